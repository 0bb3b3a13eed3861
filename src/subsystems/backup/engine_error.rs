//! What can go wrong with an engine, each with its own words for the pilot and what mends it.

use std::time::Duration;

use super::engine::Lock;
use crate::{
    domain::{Bytes, Phrase, PhraseArg},
    phrase,
    process::ProcessError,
};

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EngineError {
    #[error("there is no repository at {at}")]
    NoRepository { at: String },
    /// `init` on one that exists.
    #[error("there is a repository already at {at}")]
    Exists { at: String },
    #[error("the password does not open the repository")]
    WrongPassword,
    /// The password or environment file is missing, empty or not readable.
    #[error("{file}: {why:?}")]
    NoPassword { file: String, why: PhraseArg },
    /// The engine's own words; `by` where it says who holds the lock.
    #[error("the repository is locked")]
    Locked { by: Option<Box<Lock>>, words: String },
    #[error("the repository does not answer: {0}")]
    Unreachable(String),
    #[error("no space left where the repository is")]
    DiskFull(String),
    #[error("the repository cannot be written to: {0}")]
    ReadOnly(String),
    #[error("the repository is damaged: {0}")]
    Damaged(String),
    #[error("no such snapshot (any more)")]
    NoSnapshot,
    /// None of the paths to save is there, or none of those to restore is in the snapshot.
    #[error("nothing to do: {0}")]
    NothingThere(String),
    /// Not installed, not executable, did not start.
    #[error("{}: {why:?}", .program)]
    Program { program: String, why: Phrase, mend: Phrase },
    #[error("{program} {found} is too old, {needed} is needed")]
    TooOld { program: &'static str, found: String, needed: &'static str },
    /// This engine has no such thing.
    #[error("{program} cannot do this")]
    Unsupported { program: &'static str },
    #[error("stopped")]
    Cancelled,
    #[error("no answer within {0:?}")]
    Slow(Duration),
    /// Ended by a signal that was not ours.
    #[error("the engine was killed: {0}")]
    Killed(String),
    #[error("the engine's answer was not understood: {0}")]
    Garbled(String),
    /// Its last lines.
    #[error("{0}")]
    Other(String),
}

impl EngineError {
    /// What went wrong, for the pilot.
    pub fn phrase(&self) -> Phrase {
        match self {
            EngineError::NoRepository { at } => phrase!("backup-engine-no-repository", at = at.as_str()),
            EngineError::Exists { at } => phrase!("backup-engine-exists", at = at.as_str()),
            EngineError::WrongPassword => phrase!("backup-engine-wrong-password"),
            EngineError::NoPassword { file, why } => {
                phrase!("backup-engine-no-password", file = file.as_str(), why = why.clone())
            }
            EngineError::Locked { by: Some(lock), .. } => {
                phrase!("backup-engine-locked-by", who = lock.who())
            }
            EngineError::Locked { by: None, .. } => phrase!("backup-engine-locked"),
            EngineError::Unreachable(words) => phrase!("backup-engine-unreachable", words = words.as_str()),
            EngineError::DiskFull(words) => match room(words) {
                Some((wanted, there)) => phrase!("backup-engine-disk-short", wanted = wanted, there = there),
                None => phrase!("backup-engine-disk-full", words = words.as_str()),
            },
            EngineError::ReadOnly(words) => phrase!("backup-engine-read-only", words = words.as_str()),
            EngineError::Damaged(words) => phrase!("backup-engine-damaged", words = words.as_str()),
            EngineError::NoSnapshot => phrase!("backup-engine-no-snapshot"),
            EngineError::NothingThere(words) => phrase!("backup-engine-nothing", words = words.as_str()),
            EngineError::Program { why, .. } => why.clone(),
            EngineError::TooOld { program, found, needed } => {
                phrase!("backup-engine-too-old", program = *program, found = found.as_str(), needed = *needed)
            }
            EngineError::Unsupported { program } => {
                phrase!("backup-engine-unsupported", program = *program)
            }
            EngineError::Cancelled => phrase!("backup-engine-cancelled"),
            EngineError::Slow(within) => phrase!("backup-engine-slow", seconds = within.as_secs()),
            EngineError::Killed(how) => phrase!("backup-engine-killed", how = how.as_str()),
            EngineError::Garbled(words) => phrase!("backup-engine-garbled", words = words.as_str()),
            EngineError::Other(words) => phrase!("backup-engine-other", words = words.as_str()),
        }
    }

    /// What the pilot can do about it.
    pub fn mend(&self) -> Option<Phrase> {
        Some(match self {
            EngineError::NoRepository { .. } => phrase!("backup-engine-mend-no-repository"),
            EngineError::WrongPassword => phrase!("backup-engine-mend-wrong-password"),
            EngineError::NoPassword { .. } => phrase!("backup-engine-mend-no-password"),
            EngineError::Locked { .. } => phrase!("backup-engine-mend-locked"),
            EngineError::Unreachable(_) | EngineError::Slow(_) => phrase!("backup-engine-mend-unreachable"),
            EngineError::DiskFull(_) => phrase!("backup-engine-mend-disk-full"),
            EngineError::ReadOnly(_) => phrase!("backup-engine-mend-read-only"),
            EngineError::Damaged(_) => phrase!("backup-engine-mend-damaged"),
            EngineError::NothingThere(_) => phrase!("backup-engine-mend-nothing"),
            EngineError::Program { mend, .. } => mend.clone(),
            EngineError::TooOld { program, .. } => phrase!("backup-engine-mend-too-old", program = *program),
            EngineError::Killed(_) => phrase!("backup-engine-mend-killed"),
            EngineError::Exists { .. }
            | EngineError::NoSnapshot
            | EngineError::Unsupported { .. }
            | EngineError::Cancelled
            | EngineError::Garbled(_)
            | EngineError::Other(_) => return None,
        })
    }
}

impl From<ProcessError> for EngineError {
    fn from(error: ProcessError) -> EngineError {
        match error {
            ProcessError::OutOfTime { after, .. } => EngineError::Slow(after),
            error => EngineError::Program {
                program: error.program().to_owned(),
                why: error.phrase(),
                mend: error.mend(),
            },
        }
    }
}

/// Borg counts before it writes: "… (required: 545.26 MB, available: 399.12 MB)." What it wants, what is there.
fn room(words: &str) -> Option<(String, String)> {
    let (_, rest) = words.split_once("(required: ")?;
    let (wanted, rest) = rest.split_once(", available: ")?;
    let (there, _) = rest.split_once(')')?;
    let figure = |text: &str| Bytes::parse(text.trim()).ok().map(|bytes| bytes.to_string());
    Some((figure(wanted)?, figure(there)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Lang, locale::say};

    #[test]
    fn a_disk_without_room_is_told_with_the_figures_that_the_engine_gave() {
        let borg =
            "Insufficient free space to complete transaction (required: 545.26 MB, available: 399.11 MB).";
        let short = EngineError::DiskFull(borg.into());
        assert_eq!(
            say(Lang::En, &short.phrase()),
            "Too little space where the repository is: the engine wants 520 MiB free, 381 MiB are."
        );
        let full = EngineError::DiskFull("write /r/data: no space left on device".into());
        assert_eq!(
            say(Lang::Id, &full.phrase()),
            "Tempat repositorinya sudah penuh: “write /r/data: no space left on device”"
        );
    }

    #[test]
    fn a_reason_of_ours_is_said_in_the_readers_language_and_the_systems_is_quoted() {
        let ours =
            EngineError::NoPassword { file: "/etc/p".into(), why: phrase!("backup-engine-empty").into() };
        assert_eq!(say(Lang::En, &ours.phrase()), "/etc/p: it is empty");
        assert_eq!(say(Lang::Id, &ours.phrase()), "/etc/p: isinya kosong");
        let theirs = EngineError::NoPassword { file: "/etc/p".into(), why: "Permission denied".into() };
        assert_eq!(say(Lang::Id, &theirs.phrase()), "/etc/p: Permission denied");
    }
}
