//! What can go wrong with a program before its own exit code says anything.

use std::{io, path::PathBuf, time::Duration};

use super::{exit::Exit, lines::Stream};
use crate::{domain::Lang, t};

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
        let program = self.program();
        match self {
            ProcessError::Missing { .. } => t!(lang, "process-missing", program = program),
            ProcessError::NotAllowed { .. } => t!(lang, "process-not-allowed", program = program),
            ProcessError::NoFolder { folder, .. } => {
                t!(lang, "process-no-folder", program = program, folder = folder.to_string_lossy())
            }
            ProcessError::Start { source, .. } => {
                t!(lang, "process-start", program = program, why = source.to_string())
            }
            ProcessError::Io { source, .. } => {
                t!(lang, "process-io", program = program, why = source.to_string())
            }
            ProcessError::OutOfTime { after, .. } => {
                t!(lang, "process-out-of-time", program = program, limit = format!("{after:?}"))
            }
            ProcessError::TooMuch { bytes_max, .. } => {
                let size = crate::domain::Bytes(*bytes_max as u64).to_string();
                t!(lang, "process-too-much", program = program, size = size)
            }
            ProcessError::Failed { exit, last_words, .. } if last_words.is_empty() => {
                t!(lang, "process-failed-silent", program = program, exit = exit.to_string())
            }
            ProcessError::Failed { exit, last_words, .. } => {
                t!(
                    lang,
                    "process-failed",
                    program = program,
                    exit = exit.to_string(),
                    words = last_words.as_str()
                )
            }
        }
    }

    /// What the pilot can do about it.
    pub fn hint(&self, lang: Lang) -> String {
        match self {
            ProcessError::Missing { program } => match package(program) {
                Some(package) => t!(lang, "process-hint-install", package = package),
                None => t!(lang, "process-hint-missing", program = program.as_str()),
            },
            ProcessError::NotAllowed { program } => {
                t!(lang, "process-hint-not-allowed", program = program.as_str())
            }
            ProcessError::NoFolder { folder, .. } => {
                t!(lang, "process-hint-no-folder", folder = folder.to_string_lossy())
            }
            ProcessError::Start { .. } | ProcessError::Io { .. } => t!(lang, "process-hint-start"),
            ProcessError::OutOfTime { .. } => t!(lang, "process-hint-out-of-time"),
            ProcessError::TooMuch { .. } => t!(lang, "process-hint-too-much"),
            ProcessError::Failed { .. } => t!(lang, "process-hint-failed"),
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
