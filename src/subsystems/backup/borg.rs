//! Borg, the real program. Owns the choice of its arguments; what takes long is carried out by `borg_work.rs`, exits are
//! judged by `borg_judge.rs`, lines understood by `borg_parse.rs`.
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
    borg_judge::{Logs, OLDEST, done, judge},
    borg_names::{archives_of, is_here, passcommand},
    borg_parse::{self as parse, Pruned, Said},
    borg_work::fly,
    common::{Locking, about, dated, locked_or_not, rules},
    engine::*,
    flight::{ANSWER_MAX, Flight, LISTING, Landed, SHORT, dress, option, password_file, runs},
};
use crate::{
    domain::Bytes,
    jobs::Link,
    process::{Command, Stream},
};

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

impl Borg {
    /// `base`: a folder of Cockpit's own, made when it is missing. It holds keys of `keyfile` repositories.
    pub fn new(base: impl Into<PathBuf>) -> Borg {
        Borg { program: OLDEST.program.into(), base: base.into() }
    }

    /// Another program than the `borg` in the path.
    pub fn program(self, program: impl Into<OsString>) -> Borg {
        Borg { program: program.into(), ..self }
    }

    pub(super) fn command(&self, at: &Access, verb: &str) -> Result<Command, EngineError> {
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
    pub(super) async fn archive(&self, at: &Access, which: &Which) -> Result<String, EngineError> {
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
        locked_or_not(async |locking| {
            let bare = self.command(at, verb)?;
            let bare = if locking == Locking::Bypassed { bare.arg("--bypass-lock") } else { bare };
            self.ask(at, command(bare), link, limit).await
        })
        .await
    }

    pub(super) async fn judge(&self, at: &Access, landed: &Landed, logs: &Logs) -> EngineError {
        match judge(at, landed, logs) {
            EngineError::Locked { words, .. } => {
                let seen = match self.locks(at).await {
                    Ok(Locks::Seen(locks)) => locks.into_iter().find(|lock| lock.pid.is_some()),
                    _ => None,
                };
                EngineError::Locked { by: seen.map(Box::new), words }
            }
            error => dated(error, self.about()).await,
        }
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
        Box::pin(about(&self.program, "--version", EngineKind::Borg, parse::version, OLDEST))
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
            let (landed, logs) = fly(at, command, LISTING, link).await?;
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
            let mut command = self.command(at, "prune")?.arg("--list");
            command = command.arg(option("--glob-archives", archives_of(&of.plan)));
            command = rules(command, keep, 'H')?;
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
        Box::pin(locked_or_not(move |locking| self.bring_back(at, snapshot, paths, to, locking, link)))
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
