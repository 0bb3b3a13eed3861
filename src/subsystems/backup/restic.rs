//! restic, the real program. Owns the choice of its arguments; what takes long is carried out by `restic_work.rs`, exits
//! are judged by `restic_judge.rs`, lines understood by `restic_parse.rs`.
//!
//! Repository and password file go by environment. What only reads goes without a lock (`--no-lock`): it works beside a
//! running backup and on a read-only repository. Tried with 0.14 (Debian 12); older than 0.12 is refused.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    common::{about, dated, locked_or_not, rules},
    engine::*,
    flight::{
        ANSWER_MAX, Flight, LISTING, Landed, SHORT, dress, host_name, line_with, option, password_file, runs,
    },
    restic_judge::{OLDEST, judge},
    restic_parse as parse,
    restic_work::{heed, report_counter, tag},
};
use crate::{
    domain::Bytes,
    jobs::{Link, clean},
    process::{Command, Stream},
};

/// A repository with more locks than this is broken in another way.
const LOCKS_MAX: usize = 20;

#[derive(Debug, Clone)]
pub struct Restic {
    program: OsString,
    /// Its own cache folder, so that a person's `restic` and ours do not disturb each other.
    cache: PathBuf,
}

impl Restic {
    /// `cache`: a folder of Cockpit's own, made when it is missing.
    pub fn new(cache: impl Into<PathBuf>) -> Restic {
        Restic { program: OLDEST.program.into(), cache: cache.into() }
    }

    /// Another program than the `restic` in the path.
    pub fn program(self, program: impl Into<OsString>) -> Restic {
        Restic { program: program.into(), ..self }
    }

    pub(super) fn command(&self, at: &Access, verb: &str) -> Result<Command, EngineError> {
        let Some(password) = password_file(at)? else {
            let why = crate::phrase!("backup-engine-needs-password").into();
            return Err(EngineError::NoPassword { file: "restic".to_owned(), why });
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
    pub(super) async fn ask(
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
    pub(super) async fn judge(&self, at: &Access, landed: &Landed) -> EngineError {
        dated(judge(at, landed), self.about()).await
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
        Box::pin(about(&self.program, "version", EngineKind::Restic, parse::version, OLDEST))
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
            let mut command = self.command(at, "forget")?.args(["--json", "--group-by=host"]);
            command = command.arg(option("--tag", tag(&of.plan)));
            if let Some(host) = &of.host {
                command = command.arg(option("--host", host));
            }
            command = rules(command, keep, 'h')?;
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
        // With its lock nobody prunes meanwhile.
        Box::pin(locked_or_not(move |locking| self.bring_back(at, snapshot, paths, to, locking, link)))
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
