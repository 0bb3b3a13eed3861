//! How the program ends when it cannot go on: one sentence, what to do, a code of its own. Never a backtrace.

use std::{
    io::{ErrorKind, Write},
    path::PathBuf,
    process::ExitCode,
};

use crate::{practice::StartError, store::StoreError};

/// Each way to end has a code of its own. From 64 up they follow sysexits.h where one fits; 1 and 2 belong to `check`
/// and, for arguments that make no sense, to clap. The unit file names those that a new start does not change.
#[derive(Debug, thiserror::Error)]
pub enum Exit {
    #[error("{problems}")]
    Config { problems: String },
    #[error("cannot read {}: {source}", file.display())]
    NoConfig { file: PathBuf, source: std::io::Error },
    #[error("no bot token is configured")]
    NoToken,
    #[error("no owner is configured: nobody could use this cockpit")]
    NoOwner,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Practice(#[from] StartError),
    #[error("Telegram does not know this token")]
    TokenRefused,
    #[error("cannot begin: {0}")]
    Start(String),
    #[error("COCKPIT_FAULTS: {0}")]
    Faults(String),
}

/// To standard output. A reader that has gone (`| head`) is no reason to fall over.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

impl Exit {
    pub fn code(&self) -> u8 {
        match self {
            Exit::Faults(_) | Exit::Practice(StartError::BeyondLoopback(_)) => 64,
            Exit::Config { .. } => 65,
            Exit::NoConfig { .. } => 66,
            Exit::NoOwner => 67,
            Exit::NoToken => 78,
            Exit::Store(StoreError::Locked { .. }) => 75,
            Exit::Store(_) => 74,
            Exit::Practice(_) => 69,
            Exit::TokenRefused => 77,
            Exit::Start(_) => 70,
        }
    }

    /// What to do; empty where the sentence has said it.
    fn hint(&self) -> String {
        match self {
            Exit::Config { .. } | Exit::Practice(_) | Exit::Faults(_) => String::new(),
            Exit::NoConfig { file, source } if source.kind() != ErrorKind::NotFound => format!(
                "Look who may read it (ls -l {}), or name another file with --config.",
                file.display()
            ),
            Exit::NoConfig { file, .. } => format!(
                "Copy the commented reference there (config/cockpit.toml → {}), name another file with --config, or try `cockpit-bot practice`, which needs none.",
                file.display()
            ),
            Exit::NoToken => "Talk to @BotFather in Telegram, /newbot, and put the token into the file named by telegram.token_file. `cockpit-bot practice` needs none.".into(),
            Exit::NoOwner => "Send any message to @userinfobot in Telegram: it answers your id. Put it under [[pilots]] with role = \"owner\".".into(),
            Exit::Store(error) => error.hint(),
            Exit::TokenRefused => "It was revoked or mistyped: ask @BotFather for /token, replace it in the file, start again.".into(),
            Exit::Start(_) => "This is a fault in Cockpit or a machine at its limits: the lines above say more.".into(),
        }
    }

    /// Says it and ends with its code.
    pub fn say(&self) -> ExitCode {
        let hint = self.hint();
        eprintln!("cockpit-bot: {self}");
        if !hint.is_empty() {
            eprintln!("  {hint}");
        }
        ExitCode::from(self.code())
    }
}
