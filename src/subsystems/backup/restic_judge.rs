//! What an exit of restic means: by its number (0.17 and newer) and its last words. Pure but for the look whether a
//! lock's holder lives.

use super::{
    common::Oldest,
    engine::{Access, EngineError},
    flight::{AWAY, FULL, Landed, UNWRITABLE, host_name, line_with, runs},
    restic_parse as parse,
};
use crate::jobs::clean;

pub(super) const OLDEST: Oldest = Oldest { program: "restic", version: (0, 12), name: "0.12" };
/// 0.17 and newer.
const NO_REPOSITORY: i32 = 10;
const LOCKED: i32 = 11;
const WRONG_PASSWORD: i32 = 12;

/// What an exit that is not 0 means, by its number (0.17 and newer) and its last words.
pub(super) fn judge(at: &Access, landed: &Landed) -> EngineError {
    let lines = &landed.tail;
    let said = |words: &[&str]| line_with(lines, words);
    let shown = || at.shown();
    let last = || last_words(lines);
    if said(&["unknown flag", "unknown command", "unknown shorthand"]).is_some() {
        return EngineError::TooOld { program: OLDEST.program, found: String::new(), needed: OLDEST.name };
    }
    if let Some(line) = said(&["already locked"]) {
        let by = parse::locked_by(&line, &host_name(), runs).map(Box::new);
        return EngineError::Locked { by, words: line };
    }
    if landed.code() == LOCKED {
        return EngineError::Locked { by: None, words: last() };
    }
    if landed.code() == WRONG_PASSWORD || said(&["wrong password or no key found"]).is_some() {
        return EngineError::WrongPassword;
    }
    if let Some(line) = said(&FULL) {
        return EngineError::DiskFull(line);
    }
    if let Some(line) = said(&AWAY) {
        return EngineError::Unreachable(line);
    }
    if said(&["config file already exists", "already initialized"]).is_some() {
        return EngineError::Exists { at: shown() };
    }
    let no_config = said(&["unable to open config file", "is there a repository at"]).is_some();
    let absent = said(&["no such file", "does not exist", "not found", "404", "nosuchkey"]).is_some();
    if landed.code() == NO_REPOSITORY || (no_config && absent) {
        return EngineError::NoRepository { at: shown() };
    }
    if let Some(line) = said(&["all target directories/files do not exist", "nothing to backup", "no source"])
    {
        return EngineError::NothingThere(line);
    }
    if said(&["no matching id"]).is_some() {
        return EngineError::NoSnapshot;
    }
    if let Some(line) = said(&[
        "contains errors",
        "ciphertext verification failed",
        "does not match id",
        "id does not match",
        "hash mismatch",
        "invalid data returned",
        "not found in index",
        "not found in repository",
        "is damaged",
        "wrong decrypted size",
    ]) {
        return EngineError::Damaged(line);
    }
    // Of the repository, not of a file to save: those are warnings.
    let writes = |line: &String| {
        let line = line.to_ascii_lowercase();
        ["save(", "lock", "create", "mkdir", "remove", "tmp", "write"].iter().any(|word| line.contains(word))
    };
    if lines.iter().any(writes)
        && let Some(line) = said(&UNWRITABLE)
    {
        return EngineError::ReadOnly(line);
    }
    EngineError::Other(last())
}

/// Its last words, without Go's list of calls.
fn last_words(lines: &[String]) -> String {
    let told = |line: &&String| {
        !line.starts_with(['\t', ' '])
            && !line.contains("github.com/")
            && !line.starts_with("runtime.")
            && !line.starts_with("main.")
    };
    let fatal = lines.iter().filter(told).find(|line| line.starts_with("Fatal: "));
    let line = fatal.or_else(|| lines.iter().rfind(told));
    line.map(|line| clean(line.trim_start_matches("Fatal: "))).unwrap_or_else(|| "no word why".to_owned())
}
