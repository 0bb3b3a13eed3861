//! What can go wrong with a program before its own exit code says anything.

use std::{io, path::PathBuf, time::Duration};

use super::{exit::Exit, lines::Stream};
use crate::{
    domain::{Lang, Phrase},
    locale::say,
    phrase,
};

#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    #[error("{program} is not installed")]
    Missing { program: String },
    #[error("not allowed to start {program}")]
    NotAllowed { program: String },
    #[error("no folder {folder:?} to start {program} in")]
    NoFolder { program: String, folder: PathBuf },
    #[error("cannot start {program}")]
    Start { program: String, source: io::Error },
    #[error("lost touch with {program}")]
    Io { program: String, source: io::Error },
    #[error("{program} did not end within {after:?}")]
    OutOfTime { program: String, after: Duration },
    #[error("{program} wrote more than {bytes_max} bytes to {stream}")]
    TooMuch { program: String, stream: Stream, bytes_max: usize },
    /// Only from [`super::Output::success`]: an exit code is data until somebody wants it to be 0.
    #[error("{program}: {exit}{}", said(.last_words))]
    Failed { program: String, exit: Exit, last_words: String },
}

fn said(last_words: &str) -> String {
    if last_words.is_empty() { String::new() } else { format!(": {last_words}") }
}

impl ProcessError {
    pub fn program(&self) -> &str {
        match self {
            ProcessError::Missing { program }
            | ProcessError::NotAllowed { program }
            | ProcessError::NoFolder { program, .. }
            | ProcessError::Start { program, .. }
            | ProcessError::Io { program, .. }
            | ProcessError::OutOfTime { program, .. }
            | ProcessError::TooMuch { program, .. }
            | ProcessError::Failed { program, .. } => program,
        }
    }

    /// What went wrong, as a sentence for the pilot.
    pub fn told(&self, lang: Lang) -> String {
        say(lang, &self.phrase())
    }

    /// What the pilot can do about it.
    pub fn hint(&self, lang: Lang) -> String {
        say(lang, &self.mend())
    }

    /// [`ProcessError::told`] as data, for records that outlive the language of the moment.
    pub fn phrase(&self) -> Phrase {
        let program = self.program();
        match self {
            ProcessError::Missing { .. } => phrase!("process-missing", program = program),
            ProcessError::NotAllowed { .. } => phrase!("process-not-allowed", program = program),
            ProcessError::NoFolder { folder, .. } => {
                phrase!("process-no-folder", program = program, folder = folder.to_string_lossy().as_ref())
            }
            ProcessError::Start { source, .. } => {
                phrase!("process-start", program = program, why = source.to_string())
            }
            ProcessError::Io { source, .. } => {
                phrase!("process-io", program = program, why = source.to_string())
            }
            ProcessError::OutOfTime { after, .. } => {
                phrase!("process-out-of-time", program = program, limit = format!("{after:?}"))
            }
            ProcessError::TooMuch { bytes_max, .. } => {
                let size = crate::domain::Bytes(*bytes_max as u64).to_string();
                phrase!("process-too-much", program = program, size = size)
            }
            ProcessError::Failed { exit, last_words, .. } if last_words.is_empty() => {
                phrase!("process-failed-silent", program = program, exit = exit.to_string())
            }
            ProcessError::Failed { exit, last_words, .. } => {
                phrase!(
                    "process-failed",
                    program = program,
                    exit = exit.to_string(),
                    words = last_words.as_str()
                )
            }
        }
    }

    /// [`ProcessError::hint`] as data.
    pub fn mend(&self) -> Phrase {
        match self {
            ProcessError::Missing { program } => match package(program) {
                Some(package) => phrase!("process-hint-install", package = package),
                None => phrase!("process-hint-missing", program = program.as_str()),
            },
            ProcessError::NotAllowed { program } => {
                phrase!("process-hint-not-allowed", program = program.as_str())
            }
            ProcessError::NoFolder { folder, .. } => {
                phrase!("process-hint-no-folder", folder = folder.to_string_lossy().as_ref())
            }
            ProcessError::Start { .. } | ProcessError::Io { .. } => phrase!("process-hint-start"),
            ProcessError::OutOfTime { .. } => phrase!("process-hint-out-of-time"),
            ProcessError::TooMuch { .. } => phrase!("process-hint-too-much"),
            ProcessError::Failed { .. } => phrase!("process-hint-failed"),
        }
    }
}

/// The Debian and Ubuntu package of a program that Cockpit may start, where the name differs or is worth saying.
fn package(program: &str) -> Option<&'static str> {
    Some(match program {
        "restic" => "restic",
        "borg" => "borgbackup",
        "rclone" => "rclone",
        "rsync" => "rsync",
        "smartctl" => "smartmontools",
        "ufw" => "ufw",
        "nft" => "nftables",
        "fail2ban-client" => "fail2ban",
        "journalctl" | "systemctl" => "systemd",
        "docker" => "docker.io",
        "ssh" | "ssh-keyscan" => "openssh-client",
        "git" => "git",
        "ping" => "iputils-ping",
        "traceroute" => "traceroute",
        "lsblk" | "findmnt" => "util-linux",
        "tar" => "tar",
        "zstd" => "zstd",
        _ => return None,
    })
}
