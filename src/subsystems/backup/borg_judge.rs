//! What an exit of Borg means: by the log messages before it, whose ids are the same since 1.1.

use super::{
    borg_parse::{self as parse, Level, Log, Said},
    common::Oldest,
    engine::{Access, EngineError, Warnings},
    flight::{AWAY, FULL, Flight, Landed, UNWRITABLE, line_with},
};
use crate::{
    jobs::{Link, clean},
    process::Line,
};

pub(super) const OLDEST: Oldest = Oldest { program: "borg", version: (1, 1), name: "1.1" };
/// The first with `compact`, `--upload-ratelimit` and `--max-duration` together.
const MODERN_NAME: &str = "1.2";
/// 2 and above are errors; from 100 on (1.4 and newer, when told so) warnings again.
const WARNING: i32 = 1;
const MODERN_WARNINGS: std::ops::Range<i32> = 100..128;

pub(super) fn done(landed: &Landed) -> bool {
    let code = landed.code();
    landed.exit.success() || code == WARNING || MODERN_WARNINGS.contains(&code)
}

/// What Borg logged that matters.
#[derive(Debug, Default)]
pub(super) struct Logs {
    pub kept: Vec<Log>,
    /// Warnings and errors beyond those kept.
    more: u64,
}

impl Logs {
    const KEPT: usize = 200;

    pub fn take(&mut self, line: &Line, flight: &mut Flight<'_>, link: Option<&Link>) {
        match parse::line(&line.text) {
            Said::Progress(progress) => {
                if let Some(link) = link {
                    link.report(*progress);
                }
            }
            Said::Log(log) if log.level == Level::Info => {
                if let Some(link) = link {
                    link.log(&log.message);
                }
            }
            Said::Log(log) => {
                log.message.lines().filter(|_| !is_trace(&log.message)).for_each(|line| flight.said(line));
                if self.kept.len() < Self::KEPT { self.kept.push(log) } else { self.more += 1 }
            }
            Said::Other => {}
            Said::Text => flight.said(&line.text),
        }
    }

    pub fn warnings(self, wanted: impl Fn(&Log) -> bool) -> Warnings {
        let mut warnings = Warnings::default();
        self.kept
            .iter()
            .filter(|log| wanted(log))
            .for_each(|log| warnings.push(parse::warning(&log.message)));
        warnings.count += self.more;
        warnings
    }

    fn has(&self, ids: &[&str]) -> bool {
        self.kept.iter().any(|log| ids.contains(&log.id.as_str()))
    }
}

/// Python's list of calls.
pub(super) fn is_trace(message: &str) -> bool {
    message.starts_with("Traceback ")
}

/// What an exit of 2 and above means.
pub(super) fn judge(at: &Access, landed: &Landed, logs: &Logs) -> EngineError {
    let lines = &landed.tail;
    let said = |words: &[&str]| line_with(lines, words);
    let whole: Vec<String> = logs.kept.iter().map(|log| log.message.clone()).collect();
    let anywhere = |words: &[&str]| line_with(&whole, words).is_some();
    let last = || {
        let error = logs.kept.iter().rev().find(|log| log.level == Level::Error && !is_trace(&log.message));
        let line = error.map(|log| log.message.as_str()).or(lines.last().map(String::as_str));
        clean(&at.scrub(line.unwrap_or("no word why")))
    };
    if said(&["unrecognized arguments", "invalid choice"]).is_some() {
        return EngineError::TooOld { program: OLDEST.program, found: String::new(), needed: MODERN_NAME };
    }
    if logs.has(&[
        "Repository.DoesNotExist",
        "Repository.InvalidRepository",
        "Repository.ParentPathDoesNotExist",
    ]) {
        return EngineError::NoRepository { at: at.shown() };
    }
    if logs.has(&["Repository.AlreadyExists", "Repository.PathAlreadyExists"]) {
        return EngineError::Exists { at: at.shown() };
    }
    if logs.has(&["PassphraseWrong"]) {
        return EngineError::WrongPassword;
    }
    if logs.has(&["LockTimeout", "Cache.RepositoryReplay"]) && anywhere(&["(timeout)"]) {
        return EngineError::Locked { by: None, words: last() };
    }
    if logs.has(&["Repository.InsufficientFreeSpaceError"]) || anywhere(&FULL) {
        return EngineError::DiskFull(said(&FULL).unwrap_or_else(last));
    }
    if logs.has(&["Archive.DoesNotExist"]) {
        return EngineError::NoSnapshot;
    }
    if logs.has(&["ConnectionClosed", "ConnectionClosedWithHint", "ConnectionBrokenWithHint"])
        || said(&AWAY).is_some()
    {
        return EngineError::Unreachable(said(&AWAY).unwrap_or_else(last));
    }
    if logs.has(&["LockFailed", "LockError", "Exception"]) && anywhere(&UNWRITABLE)
        || anywhere(&["read-only file system"])
    {
        return EngineError::ReadOnly(said(&UNWRITABLE).unwrap_or_else(last));
    }
    let broken =
        ["IntegrityError", "Repository.CheckNeeded", "Repository.ObjectNotFound", "Manifest.NoManifest"];
    if logs.has(&broken)
        || anywhere(&["integrity error", "checksum mismatch", "checksum verification failed"])
    {
        return EngineError::Damaged(last());
    }
    EngineError::Other(last())
}
