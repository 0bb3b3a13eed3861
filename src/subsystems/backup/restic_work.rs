//! What restic takes long for: listing, saving, checking, restoring. Each follows its lines to the end.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    common::{Locking, choice},
    engine::*,
    flight::{Batches, FULL, Flight, LISTING, SHORT, UNWRITABLE, count, line_with, option},
    restic::Restic,
    restic_judge::OLDEST,
    restic_parse::{self as parse, Said},
    scratch::Tally,
};
use crate::{
    domain::Bytes,
    jobs::{Figure, Link, Progress, Unit, clean},
    process::{Exit, Stream},
};

/// Between two looks at what was restored so far, at least.
const COUNT_EVERY: Duration = Duration::from_secs(2);
/// restic tries again for minutes what cannot be written; twice is proof enough.
const VAIN_TRIES: u32 = 2;
/// Of an incomplete backup: some files could not be read.
const INCOMPLETE: i32 = 3;

impl Restic {
    pub(super) async fn list(
        &self,
        at: &Access,
        snapshot: &Which,
        folder: Option<&Path>,
        entries: Entries,
        link: Option<&Link>,
    ) -> Result<u64, EngineError> {
        let mut command = self.command(at, "ls")?.args(["--json", "--no-lock", snapshot.id.as_str()]);
        if let Some(folder) = folder {
            command = command.arg(folder);
        }
        let mut flight = Flight::start(at, command, link, LISTING)?;
        let mut batches = Batches::new(entries);
        while let Some(line) = flight.next().await? {
            if line.stream == Stream::Err {
                flight.said(&line.text);
                continue;
            }
            let Some(entry) = parse::node(&line.text) else { continue };
            // Named folders on the way, the folder itself and, in the root, nothing else.
            if folder.is_some_and(|folder| entry.path.parent() != Some(folder)) {
                continue;
            }
            if !batches.push(entry).await {
                return Ok(batches.sent);
            }
            report_listing(link, batches.sent);
        }
        batches.flush().await;
        let landed = flight.landed()?;
        // It says so and ends well.
        if !landed.exit.success() || line_with(&landed.tail, &["no matching id found"]).is_some() {
            return Err(self.judge(at, &landed).await);
        }
        Ok(batches.sent)
    }

    /// The whole id of the snapshot just made: older versions tell eight digits.
    async fn whole(&self, at: &Access, which: Which) -> Which {
        if which.id.as_str().len() == 64 {
            return which;
        }
        let Ok(command) = self.command(at, "snapshots") else { return which };
        let command = command.args(["--json", "--no-lock", which.id.as_str()]);
        let Ok(json) = self.ask(at, command, None, SHORT).await else { return which };
        let found = parse::snapshots(&json).unwrap_or_default().pop().map(|snapshot| snapshot.which);
        found.filter(|found| found.id.as_str().starts_with(which.id.as_str())).unwrap_or(which)
    }

    pub(super) async fn save(
        &self,
        at: &Access,
        order: &BackupOrder,
        link: &Link,
    ) -> Result<Summary, EngineError> {
        let mut command = self.command(at, "backup")?.arg("--json").arg(option("--tag", tag(&order.plan)));
        for given in &order.tags {
            command = command.arg(option("--tag", tag(given)));
        }
        let command = choice(command, order).arg("--").args(&order.paths);
        let mut flight = Flight::start(at, command, Some(link), Duration::MAX)?;
        let (mut summary, mut warnings, mut vain) = (None, Warnings::default(), 0);
        while let Some(line) = flight.next().await? {
            match parse::message(&line.text) {
                Said::Status(progress) => link.report(*progress),
                Said::Summary(told) => summary = Some(*told),
                Said::Warning(warning) => {
                    let path = warning.path.as_deref().unwrap_or_default();
                    link.log(&format!("{path}: {}", warning.why));
                    warnings.push(warning);
                }
                Said::Exit(words) => flight.said(&words),
                Said::ScanWarning | Said::Other => {}
                Said::Text => {
                    warnings_of(&line.text, &mut warnings);
                    heed(&mut flight, &line.text, &mut vain);
                }
            }
        }
        let landed = flight.landed()?;
        let done = landed.exit.success() || landed.exit == Exit::Code(INCOMPLETE);
        match summary {
            Some(mut summary) if done => {
                if landed.exit == Exit::Code(INCOMPLETE) && warnings.is_empty() {
                    let why = landed.tail.last().map(|line| clean(line)).unwrap_or_default();
                    warnings.push(Warning { path: None, why });
                }
                summary.warnings = warnings;
                if let Some(which) = summary.snapshot.take() {
                    summary.snapshot = Some(self.whole(at, which).await);
                }
                Ok(summary)
            }
            None if done => Err(EngineError::Garbled("no summary".to_owned())),
            _ => Err(self.judge(at, &landed).await),
        }
    }

    pub(super) async fn inspect(
        &self,
        at: &Access,
        depth: Depth,
        link: &Link,
    ) -> Result<Checked, EngineError> {
        let start = tokio::time::Instant::now();
        let mut command = self.command(at, "check")?;
        match depth {
            Depth::Structure => {}
            Depth::Part { part, of } => {
                command = command.arg(option("--read-data-subset", format!("{part}/{of}")));
            }
            Depth::Everything => command = command.arg("--read-data"),
            Depth::Timed(_) => return Err(EngineError::Unsupported { program: OLDEST.program }),
        }
        let mut flight = Flight::start(at, command, Some(link), Duration::MAX)?;
        let mut errors = Warnings::default();
        let mut checked = Checked::default();
        let mut vain = 0;
        while let Some(line) = flight.next().await? {
            if report_counter(&line.text, link) {
                continue;
            }
            let text = clean(&line.text);
            if parse::is_remark(&text) {
                checked.remarks.push(Warning { path: None, why: text });
            } else if line.stream == Stream::Err
                && !text.is_empty()
                && !text.starts_with("Fatal: repository contains")
            {
                errors.push(Warning { path: None, why: text });
            }
            heed(&mut flight, &line.text, &mut vain);
        }
        let landed = flight.landed()?;
        checked.took = start.elapsed();
        if landed.exit.success() {
            // Said, and yet well: not damage.
            errors.first.into_iter().for_each(|remark| checked.remarks.push(remark));
            return Ok(checked);
        }
        match self.judge(at, &landed).await {
            EngineError::Damaged(words) => {
                if errors.is_empty() {
                    errors.push(Warning { path: None, why: words });
                }
                checked.damage = errors;
                Ok(checked)
            }
            error => Err(error),
        }
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
        let mut command = self.command(at, "restore")?.args(["--json", snapshot.id.as_str()]);
        command = command.arg(option("--target", to));
        if locking == Locking::Bypassed {
            command = command.arg("--no-lock");
        }
        // Everything is no pattern at all.
        if !paths.iter().any(|path| path == Path::new("/")) {
            for path in paths {
                command = command.arg(option("--include", parse::literal(&path.to_string_lossy())));
            }
        }
        let mut flight = Flight::start(at, command, Some(link), Duration::MAX)?;
        let (mut restored, mut vain) = (Restored::default(), 0);
        // Before 0.16 it does not say how far it is: then what lies there is counted.
        let (mut tells, mut pause) = (false, COUNT_EVERY);
        loop {
            let line = tokio::select! {
                line = flight.next() => line?,
                () = tokio::time::sleep(pause), if !tells => {
                    pause = report_count(to, link).await;
                    continue;
                }
            };
            let Some(line) = line else { break };
            match parse::message(&line.text) {
                Said::Status(progress) => {
                    tells = true;
                    link.report(*progress);
                }
                Said::Warning(warning) => {
                    flight.said(&format!("{}: {}", warning.path.as_deref().unwrap_or_default(), warning.why));
                    restored.warnings.push(warning);
                }
                Said::Exit(words) => flight.said(&words),
                Said::Summary(_) | Said::ScanWarning | Said::Other => {}
                Said::Text => {
                    if line.stream == Stream::Err {
                        warnings_of(&line.text, &mut restored.warnings);
                    }
                    heed(&mut flight, &line.text, &mut vain);
                }
            }
        }
        let landed = flight.landed()?;
        if line_with(&landed.tail, &["no matching id found"]).is_some() {
            return Err(EngineError::NoSnapshot);
        }
        // Most was restored, and what was not is named. A full disk is no such thing.
        let partly = line_with(&landed.tail, &["there were "]).is_some()
            && !restored.warnings.is_empty()
            && line_with(&landed.tail, &FULL).is_none();
        if !landed.exit.success() && !partly {
            return Err(self.judge(at, &landed).await);
        }
        let Tally { files, bytes, folders } = count(to.to_owned()).await;
        Ok(Restored { files, bytes: Bytes(bytes), folders, ..restored })
    }
}

/// How far a restore is, by what lies there; answers how long to wait for the next look, which is a tenth of the time at
/// most.
async fn report_count(to: &Path, link: &Link) -> Duration {
    let began = tokio::time::Instant::now();
    let Tally { files, bytes, .. } = count(to.to_owned()).await;
    let figure = |done, unit| Figure { done, total: None, unit };
    let figures = vec![figure(bytes, Unit::Bytes), figure(files, Unit::Files)];
    link.report(Progress { figures, ..Progress::default() });
    COUNT_EVERY.max(began.elapsed() * 10)
}

/// A comma would make two of it.
pub(super) fn tag(tag: &str) -> String {
    tag.replace(',', "-")
}

fn warnings_of(line: &str, warnings: &mut Warnings) {
    if let Some(warning) = parse::text_warning(line) {
        warnings.push(warning);
    }
}

/// Keeps a text line, and ends what tries again in vain.
pub(super) fn heed(flight: &mut Flight<'_>, line: &str, vain: &mut u32) {
    flight.said(line);
    let hopeless = |words: &[&str]| line_with(&[line.to_owned()], words).is_some();
    if line.contains("retrying after") && (hopeless(&UNWRITABLE) || hopeless(&FULL)) {
        *vain += 1;
        if *vain == VAIN_TRIES {
            flight.give_up();
        }
    }
}

fn report_listing(link: Option<&Link>, sent: u64) {
    if let Some(link) = link {
        link.report(Progress::of(sent, None, Unit::Files));
    }
}

pub(super) fn report_counter(line: &str, link: &Link) -> bool {
    let Some((share, done, total, what)) = parse::counter(line) else { return false };
    let figures = vec![Figure { done, total: Some(total), unit: Unit::Steps }];
    link.report(Progress { figures, share: Some(share), note: Some(clean(what)), ..Progress::default() });
    true
}
