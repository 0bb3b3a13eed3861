//! restic, the real program. Owns the choice of its arguments and the meaning of its exits; its lines are understood by
//! `restic_parse.rs`.
//!
//! Repository and password file go by environment. What only reads goes without a lock (`--no-lock`): it works beside a
//! running backup and on a read-only repository. Tried with 0.14 (Debian 12); older than 0.12 is refused.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    engine::*,
    flight::{
        ANSWER_MAX, Batches, FULL, Flight, LISTING, Landed, SHORT, UNWRITABLE, count, dress, host_name,
        line_with, option, password_file, runs,
    },
    restic_judge::{OLDEST, OLDEST_NAME, judge, older},
    restic_parse::{self as parse, Said},
};
use crate::{
    domain::Bytes,
    jobs::{Figure, Link, Progress, Unit, clean},
    process::{Command, Exit, Stream},
};

const NAME: &str = "restic";
/// A repository with more locks than this is broken in another way.
const LOCKS_MAX: usize = 20;
/// Between two looks at what was restored so far, at least.
const COUNT_EVERY: Duration = Duration::from_secs(2);
/// restic tries again for minutes what cannot be written; twice is proof enough.
const VAIN_TRIES: u32 = 2;
/// Of an incomplete backup: some files could not be read.
const INCOMPLETE: i32 = 3;

#[derive(Debug, Clone)]
pub struct Restic {
    program: OsString,
    /// Its own cache folder, so that a person's `restic` and ours do not disturb each other.
    cache: PathBuf,
}

impl Restic {
    /// `cache`: a folder of Cockpit's own, made when it is missing.
    pub fn new(cache: impl Into<PathBuf>) -> Restic {
        Restic { program: NAME.into(), cache: cache.into() }
    }

    /// Another program than the `restic` in the path.
    pub fn program(self, program: impl Into<OsString>) -> Restic {
        Restic { program: program.into(), ..self }
    }

    fn command(&self, at: &Access, verb: &str) -> Result<Command, EngineError> {
        let Some(password) = password_file(at)? else {
            let why = "restic needs a password".to_owned();
            return Err(EngineError::NoPassword { file: "–".to_owned(), why });
        };
        let mut command = dress(at, Command::new(self.program.clone()))?
            .env("RESTIC_REPOSITORY", &at.repository)
            .env("RESTIC_PASSWORD_FILE", password)
            .env("RESTIC_CACHE_DIR", &self.cache)
            // Half a second between progress lines; without a terminal there would be none from some verbs.
            .env("RESTIC_PROGRESS_FPS", "2")
            .arg(verb);
        for (name, limit) in [("--limit-upload", at.limits.upload), ("--limit-download", at.limits.download)]
        {
            if let Some(Bytes(bytes)) = limit {
                command = command.arg(option(name, (bytes / 1024).max(1).to_string()));
            }
        }
        Ok(command)
    }

    /// Its whole standard output, or what went wrong.
    async fn ask(
        &self,
        at: &Access,
        command: Command,
        link: Option<&Link>,
        limit: Duration,
    ) -> Result<String, EngineError> {
        let flight = Flight::start(at, command.line_bytes_max(ANSWER_MAX), link, limit)?;
        let (out, landed) = flight.answer().await?;
        if landed.exit.success() { Ok(out) } else { Err(self.judge(at, &landed).await) }
    }

    /// An exit that is not 0, by what was said before.
    async fn judge(&self, at: &Access, landed: &Landed) -> EngineError {
        let error = judge(at, landed);
        match error {
            EngineError::TooOld { needed, .. } => {
                let found = match self.about().await {
                    Ok(About { version, .. }) | Err(EngineError::TooOld { found: version, .. }) => version,
                    Err(_) => "?".to_owned(),
                };
                EngineError::TooOld { program: NAME, found, needed }
            }
            error => error,
        }
    }

    async fn list(
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

    async fn save(&self, at: &Access, order: &BackupOrder, link: &Link) -> Result<Summary, EngineError> {
        let mut command = self.command(at, "backup")?.arg("--json").arg(option("--tag", tag(&order.plan)));
        for given in &order.tags {
            command = command.arg(option("--tag", tag(given)));
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
        let command = command.arg("--").args(&order.paths);
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

    async fn inspect(&self, at: &Access, depth: Depth, link: &Link) -> Result<Checked, EngineError> {
        let start = tokio::time::Instant::now();
        let mut command = self.command(at, "check")?;
        match depth {
            Depth::Structure => {}
            Depth::Part { part, of } => {
                command = command.arg(option("--read-data-subset", format!("{part}/{of}")));
            }
            Depth::Everything => command = command.arg("--read-data"),
            Depth::Timed(_) => return Err(EngineError::Unsupported { program: NAME }),
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

    async fn bring_back(
        &self,
        at: &Access,
        snapshot: &Which,
        paths: &[PathBuf],
        to: &Path,
        lock: bool,
        link: &Link,
    ) -> Result<Restored, EngineError> {
        let mut command = self.command(at, "restore")?.args(["--json", snapshot.id.as_str()]);
        command = command.arg(option("--target", to));
        if !lock {
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
        let (files, bytes, folders) = count(to.to_owned()).await;
        Ok(Restored { files, bytes: Bytes(bytes), folders, ..restored })
    }
}

impl Engine for Restic {
    fn kind(&self) -> EngineKind {
        EngineKind::Restic
    }

    fn lists_folders(&self) -> bool {
        true
    }

    fn about(&self) -> Answer<'_, About> {
        Box::pin(async move {
            let output = crate::process::run(Command::new(self.program.clone()).arg("version")).await?;
            let text = output.text();
            let version = parse::version(&text)
                .ok_or_else(|| EngineError::Garbled(clean(text.lines().next().unwrap_or(""))))?;
            if older(&version, OLDEST) {
                return Err(EngineError::TooOld { program: NAME, found: version, needed: OLDEST_NAME });
            }
            Ok(About { kind: EngineKind::Restic, version })
        })
    }

    fn probe<'a>(&'a self, at: &'a Access) -> Answer<'a, Repository> {
        Box::pin(async move {
            let command = self.command(at, "cat")?.args(["config", "--no-lock"]);
            let json = self.ask(at, command, None, SHORT).await?;
            let (id, version) = parse::config(&json).ok_or_else(|| EngineError::Garbled(clean(&json)))?;
            Ok(Repository { id, what: version.map(|version| format!("format {version}")) })
        })
    }

    fn init<'a>(&'a self, at: &'a Access) -> Answer<'a, Repository> {
        Box::pin(async move {
            self.ask(at, self.command(at, "init")?, None, SHORT).await?;
            self.probe(at).await
        })
    }

    fn backup<'a>(&'a self, at: &'a Access, order: &'a BackupOrder, link: &'a Link) -> Answer<'a, Summary> {
        Box::pin(self.save(at, order, link))
    }

    fn snapshots<'a>(&'a self, at: &'a Access) -> Answer<'a, Vec<Snapshot>> {
        Box::pin(async move {
            let command = self.command(at, "snapshots")?.args(["--json", "--no-lock"]);
            let json = self.ask(at, command, None, LISTING).await?;
            parse::snapshots(&json).map_err(|error| EngineError::Garbled(error.to_string()))
        })
    }

    fn folder<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        folder: &'a Path,
        entries: Entries,
    ) -> Answer<'a, u64> {
        Box::pin(self.list(at, snapshot, Some(folder), entries, None))
    }

    fn walk<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        entries: Entries,
        link: &'a Link,
    ) -> Answer<'a, u64> {
        Box::pin(self.list(at, snapshot, None, entries, Some(link)))
    }

    fn diff<'a>(
        &'a self,
        at: &'a Access,
        old: &'a Which,
        new: &'a Which,
        link: &'a Link,
    ) -> Answer<'a, Diff> {
        Box::pin(async move {
            let command = self.command(at, "diff")?.args(["--json", "--no-lock", "--metadata"]);
            let command = command.args([old.id.as_str(), new.id.as_str()]);
            let mut flight = Flight::start(at, command, Some(link), LISTING)?;
            let mut diff = Diff::default();
            while let Some(line) = flight.next().await? {
                match line.stream {
                    Stream::Out => parse::diff(&line.text, &mut diff),
                    Stream::Err => flight.said(&line.text),
                }
            }
            let landed = flight.landed()?;
            if landed.exit.success() { Ok(diff) } else { Err(self.judge(at, &landed).await) }
        })
    }

    fn forget<'a>(&'a self, at: &'a Access, snapshot: &'a Which, link: &'a Link) -> Answer<'a, ()> {
        Box::pin(async move {
            let command = self.command(at, "forget")?.args(["--json", snapshot.id.as_str()]);
            let flight = Flight::start(at, command, Some(link), LISTING)?;
            let (_, landed) = flight.answer().await?;
            // It says so and ends well.
            if !landed.exit.success() || line_with(&landed.tail, &["no matching id found"]).is_some() {
                return Err(self.judge(at, &landed).await);
            }
            Ok(())
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
            let mut command = self.command(at, "forget")?.args(["--json", "--group-by=host"]);
            command = command.arg(option("--tag", tag(&of.plan)));
            if let Some(host) = &of.host {
                command = command.arg(option("--host", host));
            }
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
                    command.arg(option("--keep-within", format!("{}h", (within.as_secs() / 3600).max(1))));
            }
            if rehearse {
                command = command.args(["--dry-run", "--no-lock"]);
            }
            let json = self.ask(at, command, Some(link), LISTING).await?;
            parse::retained(&json).map_err(|error| EngineError::Garbled(error.to_string()))
        })
    }

    fn prune<'a>(&'a self, at: &'a Access, link: &'a Link) -> Answer<'a, Freed> {
        Box::pin(async move {
            let mut flight = Flight::start(at, self.command(at, "prune")?, Some(link), Duration::MAX)?;
            let (mut freed, mut vain) = (Freed::default(), 0);
            while let Some(line) = flight.next().await? {
                if report_counter(&line.text, link) {
                    continue;
                }
                freed.bytes = parse::freed(&line.text).or(freed.bytes);
                heed(&mut flight, &line.text, &mut vain);
            }
            let landed = flight.landed()?;
            if landed.exit.success() { Ok(freed) } else { Err(self.judge(at, &landed).await) }
        })
    }

    fn check<'a>(&'a self, at: &'a Access, depth: Depth, link: &'a Link) -> Answer<'a, Checked> {
        Box::pin(self.inspect(at, depth, link))
    }

    fn stats<'a>(&'a self, at: &'a Access, link: &'a Link) -> Answer<'a, Stats> {
        Box::pin(async move {
            let command = self.command(at, "stats")?.args(["--json", "--no-lock", "--mode=raw-data"]);
            let json = self.ask(at, command, Some(link), LISTING).await?;
            let (stored, snapshots) =
                parse::stats(&json).ok_or_else(|| EngineError::Garbled(clean(&json)))?;
            Ok(Stats { stored: Bytes(stored), held: None, snapshots })
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
            // With its lock nobody prunes meanwhile; a repository that cannot be written to cannot be pruned either.
            match self.bring_back(at, snapshot, paths, to, true, link).await {
                Err(EngineError::ReadOnly(_)) => self.bring_back(at, snapshot, paths, to, false, link).await,
                other => other,
            }
        })
    }

    fn locks<'a>(&'a self, at: &'a Access) -> Answer<'a, Locks> {
        Box::pin(async move {
            let command = self.command(at, "list")?.args(["locks", "--no-lock"]);
            let listed = self.ask(at, command, None, SHORT).await?;
            let here = host_name();
            let mut locks = Vec::new();
            for id in listed.lines().filter_map(|line| SnapshotId::parse(line.trim()).ok()).take(LOCKS_MAX) {
                let command = self.command(at, "cat")?.args(["lock", id.as_str(), "--no-lock"]);
                // One that is gone meanwhile is none.
                let Ok(json) = self.ask(at, command, None, SHORT).await else { continue };
                locks.extend(parse::lock(&json, &here, runs));
            }
            Ok(Locks::Seen(locks))
        })
    }

    fn unlock<'a>(&'a self, at: &'a Access, all: bool) -> Answer<'a, ()> {
        Box::pin(async move {
            let command = self.command(at, "unlock")?;
            let command = if all { command.arg("--remove-all") } else { command };
            self.ask(at, command, None, SHORT).await.map(|_| ())
        })
    }
}

/// How far a restore is, by what lies there; answers how long to wait for the next look, which is a tenth of the time at
/// most.
async fn report_count(to: &Path, link: &Link) -> Duration {
    let began = tokio::time::Instant::now();
    let (files, bytes, _) = count(to.to_owned()).await;
    let figure = |done, unit| Figure { done, total: None, unit };
    let figures = vec![figure(bytes, Unit::Bytes), figure(files, Unit::Files)];
    link.report(Progress { figures, ..Progress::default() });
    COUNT_EVERY.max(began.elapsed() * 10)
}

/// A comma would make two of it.
fn tag(tag: &str) -> String {
    tag.replace(',', "-")
}

fn warnings_of(line: &str, warnings: &mut Warnings) {
    if let Some(warning) = parse::text_warning(line) {
        warnings.push(warning);
    }
}

/// Keeps a text line, and ends what tries again in vain.
fn heed(flight: &mut Flight<'_>, line: &str, vain: &mut u32) {
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

fn report_counter(line: &str, link: &Link) -> bool {
    let Some((share, done, total, what)) = parse::counter(line) else { return false };
    let figures = vec![Figure { done, total: Some(total), unit: Unit::Steps }];
    link.report(Progress { figures, share: Some(share), note: Some(clean(what)), ..Progress::default() });
    true
}
