//! What Borg takes long for: listing, saving, checking, restoring. Each follows its lines to the end.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    borg::Borg,
    borg_judge::{Logs, OLDEST, done, is_trace},
    borg_names::{archive_name, below},
    borg_parse as parse,
    common::{Locking, choice, locked_or_not},
    engine::*,
    flight::{ANSWER_MAX, Batches, Flight, LISTING, Landed, count, option},
    scratch::Tally,
};
use crate::{
    domain::Bytes,
    jobs::{Link, Progress, Unit, clean},
    process::{Command, Stream},
};

/// Runs it to its end for what it logs.
pub(super) async fn fly(
    at: &Access,
    command: Command,
    limit: Duration,
    link: &Link,
) -> Result<(Landed, Logs), EngineError> {
    let mut flight = Flight::start(at, command, Some(link), limit)?;
    let mut logs = Logs::default();
    while let Some(line) = flight.next().await? {
        logs.take(&line, &mut flight, Some(link));
    }
    Ok((flight.landed()?, logs))
}

impl Borg {
    async fn list(
        &self,
        at: &Access,
        snapshot: &Which,
        folder: Option<&Path>,
        entries: &Entries,
        link: Option<&Link>,
        locking: Locking,
    ) -> Result<u64, EngineError> {
        let archive = self.archive(at, snapshot).await?;
        let mut command = self.command(at, "list")?;
        if locking == Locking::Bypassed {
            command = command.arg("--bypass-lock");
        }
        command = command.args(["--json-lines", "--format={type}{mode}{size}{mtime}{path}{linktarget}"]);
        command = command.arg(format!("::{archive}"));
        if let Some(folder) = folder.filter(|folder| *folder != Path::new("/")) {
            command = command.arg(below(folder));
        }
        let mut flight = Flight::start(at, command, link, LISTING)?;
        let (mut logs, mut batches) = (Logs::default(), Batches::new(entries.clone()));
        while let Some(line) = flight.next().await? {
            if line.stream == Stream::Err {
                logs.take(&line, &mut flight, link);
                continue;
            }
            let Some(entry) = parse::item(&line.text) else { continue };
            if folder.is_some_and(|folder| entry.path.parent() != Some(folder)) {
                continue;
            }
            if !batches.push(entry).await {
                return Ok(batches.sent);
            }
            if let Some(link) = link {
                link.report(Progress::of(batches.sent, None, Unit::Files));
            }
        }
        batches.flush().await;
        let landed = flight.landed()?;
        if done(&landed) { Ok(batches.sent) } else { Err(self.judge(at, &landed, &logs).await) }
    }

    pub(super) async fn list_any(
        &self,
        at: &Access,
        snapshot: &Which,
        folder: Option<&Path>,
        entries: Entries,
        link: Option<&Link>,
    ) -> Result<u64, EngineError> {
        locked_or_not(|locking| self.list(at, snapshot, folder, &entries, link, locking)).await
    }

    pub(super) async fn save(
        &self,
        at: &Access,
        order: &BackupOrder,
        link: &Link,
    ) -> Result<Summary, EngineError> {
        // Borg would make an empty archive, and call it a warning.
        if !order.paths.iter().any(|path| path.symlink_metadata().is_ok()) {
            let paths: Vec<String> = order.paths.iter().map(|path| path.display().to_string()).collect();
            return Err(EngineError::NothingThere(clean(&format!("{} does not exist", paths.join(", ")))));
        }
        let mut command = self.command(at, "create")?.args(["--json", "--progress"]);
        if !order.tags.is_empty() {
            command = command.arg(option("--comment", parse::plain(&order.tags.join(","))));
        }
        let name = archive_name(&order.plan, order.now);
        let command = choice(command, order).arg(format!("::{}", parse::plain(&name))).args(&order.paths);
        let mut flight = Flight::start(at, command.line_bytes_max(ANSWER_MAX), Some(link), Duration::MAX)?;
        let (mut logs, mut out) = (Logs::default(), String::new());
        while let Some(line) = flight.next().await? {
            match line.stream {
                Stream::Out if out.len() < ANSWER_MAX => out.extend([line.text.as_str(), "\n"]),
                Stream::Out => {}
                Stream::Err => logs.take(&line, &mut flight, Some(link)),
            }
        }
        let landed = flight.landed()?;
        if !done(&landed) {
            return Err(self.judge(at, &landed, &logs).await);
        }
        let mut summary = parse::created(&out).map_err(|error| EngineError::Garbled(error.to_string()))?;
        // Locks of a dead run that it took over are worth a line in the log, not a warning.
        if !landed.exit.success() {
            summary.warnings = logs.warnings(|log| log.name != "borg.locking");
        }
        Ok(summary)
    }

    pub(super) async fn inspect(
        &self,
        at: &Access,
        depth: Depth,
        link: &Link,
    ) -> Result<Checked, EngineError> {
        let start = tokio::time::Instant::now();
        let mut command = self.command(at, "check")?.arg("--progress");
        match depth {
            Depth::Structure => {}
            Depth::Timed(most) => {
                let most = option("--max-duration", most.as_secs().max(1).to_string());
                command = command.arg("--repository-only").arg(most);
            }
            Depth::Everything => command = command.arg("--verify-data"),
            Depth::Part { .. } => return Err(EngineError::Unsupported { program: OLDEST.program }),
        }
        let (landed, logs) = fly(at, command, Duration::MAX, link).await?;
        let mut checked = Checked { took: start.elapsed(), ..Checked::default() };
        if landed.exit.success() {
            checked.remarks = logs.warnings(|log| log.name != "borg.locking");
            return Ok(checked);
        }
        if !done(&landed) {
            match self.judge(at, &landed, &logs).await {
                EngineError::Damaged(_) => {}
                error => return Err(error),
            }
        }
        checked.damage = logs.warnings(|log| log.name != "borg.locking" && !is_trace(&log.message));
        if checked.damage.is_empty() {
            checked.damage.push(Warning { path: None, why: landed.tail.last().cloned().unwrap_or_default() });
        }
        Ok(checked)
    }

    pub(super) async fn bring_back(
        &self,
        at: &Access,
        snapshot: &Which,
        paths: &[PathBuf],
        to: &Path,
        locking: Locking,
        link: &Link,
    ) -> Result<Restored, EngineError> {
        let archive = self.archive(at, snapshot).await?;
        let mut command = self.command(at, "extract")?.cwd(to).arg("--progress");
        if locking == Locking::Bypassed {
            command = command.arg("--bypass-lock");
        }
        command = command.arg(format!("::{archive}"));
        // Everything is no pattern at all.
        if !paths.iter().any(|path| path == Path::new("/")) {
            command = command.args(paths.iter().map(|path| below(path)));
        }
        let (landed, logs) = fly(at, command, Duration::MAX, link).await?;
        if !done(&landed) {
            return Err(self.judge(at, &landed, &logs).await);
        }
        let warnings = logs.warnings(|log| log.name != "borg.locking");
        let Tally { files, bytes, folders } = count(to.to_owned()).await;
        Ok(Restored { files, bytes: Bytes(bytes), folders, warnings })
    }
}
