//! What a job is called, who asked for it and how it ended: plain data that records, events and screens share.
//! Names in serde are kept in the store for years: one once given never gets another meaning.

use serde::{Deserialize, Serialize};

use super::{ChatId, Phrase, PilotId};

/// What a job does, with the names it does it to. Its words are in `jobs.ftl`, so old records read in any language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobTitle {
    /// A long task of the simulated server.
    Simulated {
        name: String,
    },
    Backup {
        plan: String,
    },
    Restore {
        plan: String,
        what: String,
    },
    /// Old backups forgotten and their space given back.
    Prune {
        plan: String,
    },
    /// A repository's health.
    Check {
        plan: String,
    },
    /// A few files restored and compared, to see that it works.
    Prove {
        plan: String,
    },
    /// The smaller things done to a repository.
    Tend {
        plan: String,
        what: Tending,
    },
    /// What fills a folder.
    Scan {
        path: String,
    },
    /// A file on its way to the chat.
    Send {
        name: String,
    },
    /// A file on its way from the chat.
    Receive {
        name: String,
    },
    SelfTest {
        device: String,
        long: bool,
    },
    /// Packages of the system.
    Update,
    /// Something with files, in the background.
    Files {
        work: FileWork,
        /// Root and path, made harmless.
        path: String,
    },
    /// Images of a stack or container.
    Pull {
        image: String,
    },
    /// A container made anew from a newer image; or a project's.
    Renew {
        container: String,
    },
}

/// What is done to a repository besides the great tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tending {
    Initialise,
    Unlock,
    Forget,
    /// What thinning out would remove.
    Rehearse,
    Compare,
    /// All names in a snapshot, for looking into it.
    Index,
}

impl Tending {
    pub fn as_str(self) -> &'static str {
        match self {
            Tending::Initialise => "initialise",
            Tending::Unlock => "unlock",
            Tending::Forget => "forget",
            Tending::Rehearse => "rehearse",
            Tending::Compare => "compare",
            Tending::Index => "index",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileWork {
    Move,
    Copy,
    Delete,
    EmptyTrash,
    Archive,
    Checksum,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    Simulated,
    Backup,
    Restore,
    Prune,
    Check,
    Prove,
    Tend,
    Scan,
    Send,
    Receive,
    SelfTest,
    Update,
    Files,
    Pull,
    Renew,
}

impl JobTitle {
    pub fn kind(&self) -> JobKind {
        match self {
            JobTitle::Simulated { .. } => JobKind::Simulated,
            JobTitle::Backup { .. } => JobKind::Backup,
            JobTitle::Restore { .. } => JobKind::Restore,
            JobTitle::Prune { .. } => JobKind::Prune,
            JobTitle::Check { .. } => JobKind::Check,
            JobTitle::Prove { .. } => JobKind::Prove,
            JobTitle::Tend { .. } => JobKind::Tend,
            JobTitle::Scan { .. } => JobKind::Scan,
            JobTitle::Send { .. } => JobKind::Send,
            JobTitle::Receive { .. } => JobKind::Receive,
            JobTitle::SelfTest { .. } => JobKind::SelfTest,
            JobTitle::Update => JobKind::Update,
            JobTitle::Files { .. } => JobKind::Files,
            JobTitle::Pull { .. } => JobKind::Pull,
            JobTitle::Renew { .. } => JobKind::Renew,
        }
    }

    /// What it is done to, as named by people; empty where there is only one such thing.
    pub fn subject(&self) -> &str {
        match self {
            JobTitle::Simulated { name } | JobTitle::Send { name } | JobTitle::Receive { name } => name,
            JobTitle::Backup { plan } | JobTitle::Prune { plan } | JobTitle::Check { plan } => plan,
            JobTitle::Restore { plan, .. } | JobTitle::Tend { plan, .. } | JobTitle::Prove { plan } => plan,
            JobTitle::Scan { path } | JobTitle::Files { path, .. } => path,
            JobTitle::SelfTest { device, .. } => device,
            JobTitle::Update => "",
            JobTitle::Pull { image } => image,
            JobTitle::Renew { container } => container,
        }
    }

    /// The same for every run of the same thing ("backup:home"): a later success ends the warning of a failure.
    pub fn identity(&self) -> String {
        format!("{}:{}", self.kind().as_str(), self.subject())
    }
}

impl JobKind {
    pub const ALL: [JobKind; 15] = [
        JobKind::Simulated,
        JobKind::Backup,
        JobKind::Restore,
        JobKind::Prune,
        JobKind::Check,
        JobKind::Prove,
        JobKind::Tend,
        JobKind::Scan,
        JobKind::Send,
        JobKind::Receive,
        JobKind::SelfTest,
        JobKind::Update,
        JobKind::Files,
        JobKind::Pull,
        JobKind::Renew,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            JobKind::Simulated => "simulated",
            JobKind::Backup => "backup",
            JobKind::Restore => "restore",
            JobKind::Prune => "prune",
            JobKind::Check => "check",
            JobKind::Prove => "prove",
            JobKind::Tend => "tend",
            JobKind::Scan => "scan",
            JobKind::Send => "send",
            JobKind::Receive => "receive",
            JobKind::SelfTest => "self_test",
            JobKind::Update => "update",
            JobKind::Files => "files",
            JobKind::Pull => "pull",
            JobKind::Renew => "renew",
        }
    }
}

/// On whose account something runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Asker {
    Pilot {
        id: PilotId,
        /// As the chat shows it, when it was asked.
        name: String,
        chat: ChatId,
    },
    /// The scheduler, for this task.
    Schedule { task: String },
    /// Cockpit itself, for this room.
    Room { room: String },
}

/// How a job ended. Only `Done` is a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum JobOutcome {
    Done {
        summary: Option<Phrase>,
    },
    /// Carried through, but something was left out: a backup with unreadable files.
    Incomplete {
        summary: Phrase,
    },
    Failed {
        why: Phrase,
        /// What to do about it.
        mend: Option<Phrase>,
    },
    Cancelled {
        /// Who cancelled, as the chat shows them.
        by: Option<String>,
    },
    /// Stopped because its time was up.
    TimedOut {
        after_s: u64,
    },
    /// Cockpit went away in the middle of it; what it did until then is not undone.
    Interrupted {
        how: Interruption,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interruption {
    /// Cockpit was stopped in order, and stopped the job.
    Shutdown,
    /// Cockpit was killed or crashed; no process of the job was left.
    Crash,
    /// As before, but its process went on alone and has ended since. How, nobody saw.
    Survived,
}

impl JobOutcome {
    pub fn is_success(&self) -> bool {
        matches!(self, JobOutcome::Done { .. })
    }

    /// Worth a warning: it did not do what was asked, and nobody wanted that.
    pub fn is_failure(&self) -> bool {
        match self {
            JobOutcome::Done { .. } | JobOutcome::Cancelled { .. } => false,
            JobOutcome::Incomplete { .. }
            | JobOutcome::Failed { .. }
            | JobOutcome::TimedOut { .. }
            | JobOutcome::Interrupted { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_named_alike_in_titles_and_text() {
        for kind in JobKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        let title = JobTitle::Backup { plan: "home".into() };
        assert_eq!(serde_json::to_string(&title).unwrap(), r#"{"kind":"backup","plan":"home"}"#);
        assert_eq!(title.identity(), "backup:home");
    }
}
