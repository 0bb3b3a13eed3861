//! Borg, the real program. Owns the choice of its arguments and the meaning of its exits; its lines are understood by
//! `borg_parse.rs`.
//!
//! The repository goes by environment, the password by `BORG_PASSCOMMAND=cat FILE` (Borg splits it itself; no shell,
//! and the password is in no argument and no variable). Borg locks the whole repository for each call: what reads
//! beside a running backup is told who holds it. Tried with 1.2 (Debian 12); older than 1.1 is refused.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    borg_judge::{Logs, done, is_trace, judge},
    borg_names::{archive_name, archives_of, below, is_here, passcommand},
    borg_parse::{self as parse, Pruned, Said},
    engine::*,
    flight::{
        ANSWER_MAX, Batches, Flight, LISTING, Landed, SHORT, count, dress, option, password_file, runs,
    },
    restic_judge::older,
};
use crate::{
    domain::Bytes,
    jobs::{Link, Progress, Unit, clean},
    process::{Command, Stream},
};

const NAME: &str = "borg";
const OLDEST: (u32, u32) = (1, 1);
const OLDEST_NAME: &str = "1.1";
/// A lock that a short call holds is gone after this; a backup's is not.
const LOCK_WAIT: &str = "5";
/// A repository with more locks than this is broken in another way.
const LOCKS_MAX: usize = 20;

#[derive(Debug, Clone)]
pub struct Borg {
    program: OsString,
    /// `BORG_BASE_DIR`: its cache, keys and security notes, apart from a person's own.
    base: PathBuf,
}

/// How a call is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Locking {
    Locked,
    /// On a repository that cannot be written to, which then cannot change either.
    Bypassed,
}

impl Borg {
    /// `base`: a folder of Cockpit's own, made when it is missing. It holds keys of `keyfile` repositories.
    pub fn new(base: impl Into<PathBuf>) -> Borg {
        Borg { program: NAME.into(), base: base.into() }
    }

    /// Another program than the `borg` in the path.
    pub fn program(self, program: impl Into<OsString>) -> Borg {
        Borg { program: program.into(), ..self }
    }

    fn command(&self, at: &Access, verb: &str) -> Result<Command, EngineError> {
        let mut command = dress(at, Command::new(self.program.clone()))?
            .env("BORG_REPO", &at.repository)
            .env("BORG_BASE_DIR", &self.base)
            .env("TZ", "UTC")
            // Nobody is there to answer.
            .env("BORG_DISPLAY_PASSPHRASE", "no")
            .env("BORG_CHECK_I_KNOW_WHAT_I_AM_DOING", "NO")
            .arg(verb)
            .args(["--log-json", "--lock-wait", LOCK_WAIT]);
        command = match password_file(at)? {
            Some(file) => command.env("BORG_PASSCOMMAND", passcommand(&file)),
            None => {
                command.env("BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", "yes").env("BORG_PASSPHRASE", "")
            }
        };
        if let Some(Bytes(bytes)) = at.limits.upload {
            command = command.arg(option("--upload-ratelimit", (bytes / 1024).max(1).to_string()));
        }
        Ok(command)
    }

    /// One archive of the repository. The name comes from Borg or from an order, and is looked at all the same.
    async fn archive(&self, at: &Access, which: &Which) -> Result<String, EngineError> {
        let name = match &which.name {
            Some(name) => name.clone(),
            None => {
                let all = self.snapshots(at).await?;
                let found = all.into_iter().find(|snapshot| snapshot.which.id == which.id);
                found.and_then(|snapshot| snapshot.which.name).ok_or(EngineError::NoSnapshot)?
            }
        };
        if name.is_empty() || name.contains('/') || name.chars().any(char::is_control) {
            return Err(EngineError::NoSnapshot);
        }
        Ok(parse::plain(&name))
    }

    /// Its whole standard output, or what went wrong. Warnings are logged.
    async fn ask(
        &self,
        at: &Access,
        command: Command,
        link: Option<&Link>,
        limit: Duration,
    ) -> Result<String, EngineError> {
        let mut flight = Flight::start(at, command.line_bytes_max(ANSWER_MAX), link, limit)?;
        let mut logs = Logs::default();
        let mut out = String::new();
        while let Some(line) = flight.next().await? {
            if line.stream == Stream::Out {
                if out.len() + line.text.len() > ANSWER_MAX {
                    return Err(EngineError::Garbled("too long".to_owned()));
                }
                out.push_str(&line.text);
                out.push('\n');
            } else {
                logs.take(&line, &mut flight, link);
            }
        }
        let landed = flight.landed()?;
        if done(&landed) { Ok(out) } else { Err(self.judge(at, &landed, &logs).await) }
    }

    /// Tries with a lock, and without where none can be made.
    async fn read(
        &self,
        at: &Access,
        link: Option<&Link>,
        limit: Duration,
        command: impl Fn(Command) -> Command,
        verb: &str,
    ) -> Result<String, EngineError> {
        let locked = command(self.command(at, verb)?);
        match self.ask(at, locked, link, limit).await {
            Err(EngineError::ReadOnly(_)) => {
                let bypassed = command(self.command(at, verb)?.arg("--bypass-lock"));
                self.ask(at, bypassed, link, limit).await
            }
            other => other,
        }
    }

    async fn judge(&self, at: &Access, landed: &Landed, logs: &Logs) -> EngineError {
        match judge(at, landed, logs) {
            EngineError::TooOld { needed, .. } => {
                let found = match self.about().await {
                    Ok(About { version, .. }) | Err(EngineError::TooOld { found: version, .. }) => version,
                    Err(_) => "?".to_owned(),
                };
                EngineError::TooOld { program: NAME, found, needed }
            }
            EngineError::Locked { words, .. } => {
                let seen = match self.locks(at).await {
                    Ok(Locks::Seen(locks)) => locks.into_iter().find(|lock| lock.pid.is_some()),
                    _ => None,
                };
                EngineError::Locked { by: seen.map(Box::new), words }
            }
            error => error,
        }
    }

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

    async fn list_any(
        &self,
        at: &Access,
        snapshot: &Which,
        folder: Option<&Path>,
        entries: Entries,
        link: Option<&Link>,
    ) -> Result<u64, EngineError> {
        match self.list(at, snapshot, folder, &entries, link, Locking::Locked).await {
            Err(EngineError::ReadOnly(_)) => {
                self.list(at, snapshot, folder, &entries, link, Locking::Bypassed).await
            }
            other => other,
        }
    }

    async fn save(&self, at: &Access, order: &BackupOrder, link: &Link) -> Result<Summary, EngineError> {
        // Borg would make an empty archive, and call it a warning.
        if !order.paths.iter().any(|path| path.symlink_metadata().is_ok()) {
            let paths: Vec<String> = order.paths.iter().map(|path| path.display().to_string()).collect();
            return Err(EngineError::NothingThere(clean(&format!("{} does not exist", paths.join(", ")))));
        }
        let mut command = self.command(at, "create")?.args(["--json", "--progress"]);
        if !order.tags.is_empty() {
            command = command.arg(option("--comment", parse::plain(&order.tags.join(","))));
        }
        for pattern in &order.excludes {
            command = command.arg(option("--exclude", pattern));
        }
        for (wanted, name) in
            [(order.one_file_system, "--one-file-system"), (order.exclude_caches, "--exclude-caches")]
        {
            if wanted {
                command = command.arg(name);
            }
        }
        let name = archive_name(&order.plan, order.now);
        let command = command.arg(format!("::{}", parse::plain(&name))).args(&order.paths);
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

    async fn inspect(&self, at: &Access, depth: Depth, link: &Link) -> Result<Checked, EngineError> {
        let start = tokio::time::Instant::now();
        let mut command = self.command(at, "check")?.arg("--progress");
        match depth {
            Depth::Structure => {}
            Depth::Timed(most) => {
                let most = option("--max-duration", most.as_secs().max(1).to_string());
                command = command.arg("--repository-only").arg(most);
            }
            Depth::Everything => command = command.arg("--verify-data"),
            Depth::Part { .. } => return Err(EngineError::Unsupported { program: NAME }),
        }
        let mut flight = Flight::start(at, command, Some(link), Duration::MAX)?;
        let mut logs = Logs::default();
        while let Some(line) = flight.next().await? {
            logs.take(&line, &mut flight, Some(link));
        }
        let landed = flight.landed()?;
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

    async fn bring_back(
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
        let mut flight = Flight::start(at, command, Some(link), Duration::MAX)?;
        let mut logs = Logs::default();
        while let Some(line) = flight.next().await? {
            logs.take(&line, &mut flight, Some(link));
        }
        let landed = flight.landed()?;
        if !done(&landed) {
            return Err(self.judge(at, &landed, &logs).await);
        }
        let warnings = logs.warnings(|log| log.name != "borg.locking");
        let (files, bytes, folders) = count(to.to_owned()).await;
        Ok(Restored { files, bytes: Bytes(bytes), folders, warnings })
    }
}

impl Engine for Borg {
    fn kind(&self) -> EngineKind {
        EngineKind::Borg
    }

    fn lists_folders(&self) -> bool {
        false
    }

    fn about(&self) -> Answer<'_, About> {
        Box::pin(async move {
            let output = crate::process::run(Command::new(self.program.clone()).arg("--version")).await?;
            let text = output.text();
            let first = || clean(text.lines().next().unwrap_or_default());
            let version = parse::version(&text).ok_or_else(|| EngineError::Garbled(first()))?;
            if older(&version, OLDEST) {
                return Err(EngineError::TooOld { program: NAME, found: version, needed: OLDEST_NAME });
            }
            Ok(About { kind: EngineKind::Borg, version })
        })
    }

    fn probe<'a>(&'a self, at: &'a Access) -> Answer<'a, Repository> {
        Box::pin(async move {
            let last = |command: Command| command.args(["--json", "--last=1"]);
            let json = self.read(at, None, SHORT, last, "list").await?;
            let (id, what, _) =
                parse::list(&json).map_err(|error| EngineError::Garbled(error.to_string()))?;
            Ok(Repository { id, what })
        })
    }

    fn init<'a>(&'a self, at: &'a Access) -> Answer<'a, Repository> {
        Box::pin(async move {
            let mode = if at.password == Password::Nothing { "none" } else { "repokey-blake2" };
            let command = self.command(at, "init")?.arg(option("--encryption", mode));
            self.ask(at, command, None, SHORT).await?;
            self.probe(at).await
        })
    }

    fn backup<'a>(&'a self, at: &'a Access, order: &'a BackupOrder, link: &'a Link) -> Answer<'a, Summary> {
        Box::pin(self.save(at, order, link))
    }

    fn snapshots<'a>(&'a self, at: &'a Access) -> Answer<'a, Vec<Snapshot>> {
        Box::pin(async move {
            let all = |command: Command| {
                command.args(["--json", "--format={archive}{id}{hostname}{username}{comment}{start}"])
            };
            let json = self.read(at, None, LISTING, all, "list").await?;
            let (_, _, snapshots) =
                parse::list(&json).map_err(|error| EngineError::Garbled(error.to_string()))?;
            Ok(snapshots)
        })
    }

    fn folder<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        folder: &'a Path,
        entries: Entries,
    ) -> Answer<'a, u64> {
        Box::pin(self.list_any(at, snapshot, Some(folder), entries, None))
    }

    fn walk<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        entries: Entries,
        link: &'a Link,
    ) -> Answer<'a, u64> {
        Box::pin(self.list_any(at, snapshot, None, entries, Some(link)))
    }

    fn diff<'a>(
        &'a self,
        at: &'a Access,
        old: &'a Which,
        new: &'a Which,
        link: &'a Link,
    ) -> Answer<'a, Diff> {
        Box::pin(async move {
            let (old, new) = (self.archive(at, old).await?, self.archive(at, new).await?);
            let command = self.command(at, "diff")?.args(["--json-lines", &format!("::{old}"), &new]);
            let mut flight = Flight::start(at, command, Some(link), LISTING)?;
            let (mut logs, mut diff) = (Logs::default(), Diff::default());
            while let Some(line) = flight.next().await? {
                match line.stream {
                    Stream::Out => parse::diff(&line.text, &mut diff),
                    Stream::Err => logs.take(&line, &mut flight, Some(link)),
                }
            }
            let landed = flight.landed()?;
            if done(&landed) { Ok(diff) } else { Err(self.judge(at, &landed, &logs).await) }
        })
    }

    fn forget<'a>(&'a self, at: &'a Access, snapshot: &'a Which, link: &'a Link) -> Answer<'a, ()> {
        Box::pin(async move {
            let archive = self.archive(at, snapshot).await?;
            let command = self.command(at, "delete")?.arg(format!("::{archive}"));
            let mut flight = Flight::start(at, command, Some(link), LISTING)?;
            let mut logs = Logs::default();
            while let Some(line) = flight.next().await? {
                logs.take(&line, &mut flight, Some(link));
            }
            let landed = flight.landed()?;
            // It says so and ends well.
            let gone = logs
                .kept
                .iter()
                .any(|log| log.message.starts_with("Archive ") && log.message.contains(" not found"));
            match (gone, done(&landed)) {
                (true, _) => Err(EngineError::NoSnapshot),
                (false, true) => Ok(()),
                (false, false) => Err(self.judge(at, &landed, &logs).await),
            }
        })
    }

    fn retain<'a>(
        &'a self,
        at: &'a Access,
        of: &'a Scope,
        keep: &'a Keep,
        rehearse: bool,
        link: &'a Link,
    ) -> Answer<'a, Retained> {
        Box::pin(async move {
            if keep.is_nothing() {
                return Err(EngineError::NothingThere("no rule says what to keep".to_owned()));
            }
            let mut command = self.command(at, "prune")?.arg("--list");
            command = command.arg(option("--glob-archives", archives_of(&of.plan)));
            for (name, count) in [
                ("--keep-last", keep.last),
                ("--keep-hourly", keep.hourly),
                ("--keep-daily", keep.daily),
                ("--keep-weekly", keep.weekly),
                ("--keep-monthly", keep.monthly),
                ("--keep-yearly", keep.yearly),
            ] {
                if count > 0 {
                    command = command.arg(option(name, count.to_string()));
                }
            }
            if let Some(within) = keep.within {
                command =
                    command.arg(option("--keep-within", format!("{}H", (within.as_secs() / 3600).max(1))));
            }
            if rehearse {
                command = command.arg("--dry-run");
            }
            let mut flight = Flight::start(at, command, Some(link), LISTING)?;
            let (mut logs, mut retained) = (Logs::default(), Retained::default());
            while let Some(line) = flight.next().await? {
                if let Said::Log(log) = parse::line(&line.text)
                    && let Some(pruned) = parse::pruned(&log.message)
                {
                    match pruned {
                        Pruned::Kept(kept) => retained.kept.push(kept),
                        Pruned::Removed(kept) => retained.removed.push(kept),
                    }
                    link.log(&log.message);
                    continue;
                }
                logs.take(&line, &mut flight, Some(link));
            }
            let landed = flight.landed()?;
            if done(&landed) { Ok(retained) } else { Err(self.judge(at, &landed, &logs).await) }
        })
    }

    fn prune<'a>(&'a self, at: &'a Access, link: &'a Link) -> Answer<'a, Freed> {
        Box::pin(async move {
            let command = self.command(at, "compact")?.args(["--progress", "--verbose"]);
            let mut flight = Flight::start(at, command, Some(link), Duration::MAX)?;
            let (mut logs, mut freed) = (Logs::default(), Freed::default());
            while let Some(line) = flight.next().await? {
                if let Said::Log(log) = parse::line(&line.text) {
                    freed.bytes = parse::freed(&log.message).or(freed.bytes);
                }
                logs.take(&line, &mut flight, Some(link));
            }
            let landed = flight.landed()?;
            if done(&landed) { Ok(freed) } else { Err(self.judge(at, &landed, &logs).await) }
        })
    }

    fn check<'a>(&'a self, at: &'a Access, depth: Depth, link: &'a Link) -> Answer<'a, Checked> {
        Box::pin(self.inspect(at, depth, link))
    }

    fn stats<'a>(&'a self, at: &'a Access, link: &'a Link) -> Answer<'a, Stats> {
        Box::pin(async move {
            let json = self.read(at, Some(link), LISTING, |command| command.arg("--json"), "info").await?;
            let (stored, held) =
                parse::info(&json).map_err(|error| EngineError::Garbled(error.to_string()))?;
            Ok(Stats { stored: Bytes(stored), held: Some(Bytes(held)), snapshots: None })
        })
    }

    fn restore<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        paths: &'a [PathBuf],
        to: &'a Path,
        link: &'a Link,
    ) -> Answer<'a, Restored> {
        Box::pin(async move {
            match self.bring_back(at, snapshot, paths, to, Locking::Locked, link).await {
                Err(EngineError::ReadOnly(_)) => {
                    self.bring_back(at, snapshot, paths, to, Locking::Bypassed, link).await
                }
                other => other,
            }
        })
    }

    fn locks<'a>(&'a self, at: &'a Access) -> Answer<'a, Locks> {
        Box::pin(async move {
            let Some(folder) = at.local() else { return Ok(Locks::Unseen) };
            let judge = |host: &str, pid: u32| match is_here(host) {
                true if runs(pid) => Holder::Runs,
                true => Holder::Gone,
                false => Holder::Unknown,
            };
            let roster = std::fs::read_to_string(folder.join("lock.roster")).unwrap_or_default();
            let mut locks = parse::roster(&roster, judge);
            for entry in std::fs::read_dir(folder.join("lock.exclusive")).into_iter().flatten().flatten() {
                let Some(mut lock) = parse::exclusive(&entry.file_name().to_string_lossy(), judge) else {
                    continue;
                };
                let made = entry.metadata().and_then(|meta| meta.modified()).ok();
                lock.since = made.and_then(|made| made.try_into().ok());
                // The roster names the same holder without its time.
                locks.retain(|known| (known.pid, &known.host) != (lock.pid, &lock.host));
                locks.push(lock);
            }
            locks.truncate(LOCKS_MAX);
            Ok(Locks::Seen(locks))
        })
    }

    fn unlock<'a>(&'a self, at: &'a Access, all: bool) -> Answer<'a, ()> {
        Box::pin(async move {
            if all {
                return self.ask(at, self.command(at, "break-lock")?, None, SHORT).await.map(|_| ());
            }
            // Any call that locks takes over what a dead process of this host left.
            let command = self.command(at, "list")?.args(["--json", "--last=1"]);
            self.ask(at, command, None, SHORT).await.map(|_| ())
        })
    }
}
