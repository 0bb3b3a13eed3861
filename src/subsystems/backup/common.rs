//! What the adapters of both engines do alike: what is chosen to be saved, the rules of retention, which version
//! answers, going without a lock where none can be made.

use std::ffi::OsStr;

use super::{
    engine::{About, BackupOrder, EngineError, EngineKind, Keep},
    flight::option,
};
use crate::{
    jobs::clean,
    process::{self, Command},
};

/// A program's version as it is compared: what is older is refused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oldest {
    pub program: &'static str,
    pub version: (u32, u32),
    pub name: &'static str,
}

impl Oldest {
    /// "0.9.6" is older than (0, 12).
    pub fn refuses(&self, version: &str) -> bool {
        let mut parts = version.split(['.', '-', 'b', 'r']).map(|part| part.parse::<u32>().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < self.version
    }
}

/// Patterns and switches of what is left out.
pub(super) fn choice(mut command: Command, order: &BackupOrder) -> Command {
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
    command
}

/// How many of each to keep. `hour`: how the engine writes an hour.
///
/// # Errors
/// No rule at all would remove everything.
pub(super) fn rules(mut command: Command, keep: &Keep, hour: char) -> Result<Command, EngineError> {
    if keep.is_nothing() {
        return Err(EngineError::NothingThere("no rule says what to keep".to_owned()));
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
        let hours = (within.as_secs() / 3600).max(1);
        command = command.arg(option("--keep-within", format!("{hours}{hour}")));
    }
    Ok(command)
}

/// Which version answers, and whether it is new enough. `argument`: how it is asked; `parse`: reads the answer.
///
/// # Errors
/// It is not installed, too old, or another program.
pub(super) async fn about(
    program: &OsStr,
    argument: &str,
    kind: EngineKind,
    parse: impl Fn(&str) -> Option<String>,
    oldest: Oldest,
) -> Result<About, EngineError> {
    let output = process::run(Command::new(program).arg(argument)).await?;
    let text = output.text();
    let version =
        parse(&text).ok_or_else(|| EngineError::Garbled(clean(text.lines().next().unwrap_or_default())))?;
    if oldest.refuses(&version) {
        return Err(EngineError::TooOld { program: oldest.program, found: version, needed: oldest.name });
    }
    Ok(About { kind, version })
}

/// "Too old" with the version that was found.
pub(super) async fn dated(
    error: EngineError,
    about: impl Future<Output = Result<About, EngineError>>,
) -> EngineError {
    let EngineError::TooOld { program, needed, .. } = error else { return error };
    let found = match about.await {
        Ok(About { version, .. }) | Err(EngineError::TooOld { found: version, .. }) => version,
        Err(_) => "?".to_owned(),
    };
    EngineError::TooOld { program, found, needed }
}

/// Tries with a lock, and without where none can be made: what cannot be written to does not change either.
pub(super) async fn locked_or_not<T, F>(attempt: impl Fn(Locking) -> F) -> Result<T, EngineError>
where
    F: Future<Output = Result<T, EngineError>>,
{
    match attempt(Locking::Locked).await {
        Err(EngineError::ReadOnly(_)) => attempt(Locking::Bypassed).await,
        other => other,
    }
}

/// How a call is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Locking {
    Locked,
    /// On a repository that cannot be written to.
    Bypassed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let oldest = Oldest { program: "restic", version: (0, 12), name: "0.12" };
        for (version, refused) in
            [("0.9.6", true), ("0.12.0", false), ("0.14.0", false), ("0.17.1-dev", false), ("1.0", false)]
        {
            assert_eq!(oldest.refuses(version), refused, "{version}");
        }
    }
}
