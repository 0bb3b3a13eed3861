//! The words of the outbox: what it is asked to do, what it has posted, what it tells.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    super::{
        content::Content,
        failure::Failure,
        methods::{Call, UploadData},
    },
    post::{Actual, Rank, Slot, Step},
};
use crate::domain::{Bytes, ChatId};

/// What a pilot asked for is worth nothing after this.
pub const RESULT_AGE_MAX: Duration = Duration::from_secs(120);
const FILE_AGE_MAX: Duration = Duration::from_secs(900);
const CHORE_AGE_MAX: Duration = Duration::from_secs(3600);

pub type Ticket = u64;

/// Something to be done once, that is no living message.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// A message nobody will edit.
    Line {
        chat: ChatId,
        content: Arc<Content>,
    },
    File {
        chat: ChatId,
        number: u64,
        name: String,
        data: UploadData,
        caption: String,
    },
    Strip {
        chat: ChatId,
        message: i64,
    },
    Delete {
        chat: ChatId,
        message: i64,
    },
    /// Anything else; `tag` names it in the report.
    Chore {
        tag: String,
        call: Call,
    },
}

impl Errand {
    pub fn chat(&self) -> Option<ChatId> {
        match self {
            Errand::Line { chat, .. }
            | Errand::File { chat, .. }
            | Errand::Strip { chat, .. }
            | Errand::Delete { chat, .. } => Some(*chat),
            Errand::Chore { .. } => None,
        }
    }

    pub fn rank(&self) -> Rank {
        if matches!(self, Errand::Chore { .. }) { Rank::Live } else { Rank::Result }
    }

    pub fn age_max(&self) -> Duration {
        match self {
            Errand::File { .. } => FILE_AGE_MAX,
            Errand::Chore { .. } | Errand::Strip { .. } | Errand::Delete { .. } => CHORE_AGE_MAX,
            Errand::Line { .. } => RESULT_AGE_MAX,
        }
    }

    pub fn is_file(&self) -> bool {
        matches!(self, Errand::File { .. })
    }

    /// Whether Telegram counts it as a message to the chat.
    pub fn is_message(&self) -> bool {
        matches!(self, Errand::Line { .. } | Errand::File { .. })
    }
}

/// One request, to be made now.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub ticket: Ticket,
    pub order: Order,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    Answer {
        callback: String,
        toast: String,
    },
    Step {
        slot: Slot,
        chat: ChatId,
        step: Step,
        /// The id of its picture, when Telegram has it already.
        photo: Option<String>,
        version: i64,
    },
    Errand(Errand),
}

/// What the gateway hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// The message shows what was wanted, or what was wanted when it left.
    Shown {
        slot: Slot,
        chat: ChatId,
        actual: Actual,
    },
    /// What was wanted is given up; the message, if there is one, stays as it is.
    Lost {
        slot: Slot,
        why: Failure,
    },
    /// A file is on its way: so much of it has left. `total` is `None` where nobody knows it beforehand.
    Sending {
        number: u64,
        done: Bytes,
        total: Option<Bytes>,
    },
    /// The line broke under a file: it is sent once more, from its start.
    SendingAgain {
        number: u64,
    },
    Filed {
        number: u64,
        result: Result<(), Failure>,
    },
    Done {
        tag: String,
    },
    Closed {
        chat: ChatId,
    },
    Moved {
        from: ChatId,
        to: ChatId,
    },
    /// The token is refused: nothing will ever work.
    Refused,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Start(Job),
    Report(Report),
}

/// The two clocks of one moment.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    pub at: Instant,
    pub wall: Timestamp,
}
