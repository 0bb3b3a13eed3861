//! One message as it is wanted and as it is at Telegram, and the step from one to the other.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::super::content::{Content, Print};
use crate::{domain::ChatId, supervision::Tries};

/// A message of ours, also before Telegram has given it an id and after it got another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// Numbered by the gateway.
    Bubble(u64),
    /// Numbered by the store.
    Notice(i64),
}

/// Which goes first. Answers to taps go before all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Notice,
    /// What a pilot waits for.
    Result,
    /// Redrawn by itself.
    Live,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Photo,
}

/// A message as Telegram has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actual {
    pub message: i64,
    pub kind: Kind,
    /// `None`: not known (an older run sent it).
    pub print: Option<Print>,
    /// Of the picture in it.
    pub art: Option<Print>,
    pub sent: Timestamp,
}

/// Telegram lets a bot delete its messages for 48 hours; a minute less against clocks that differ.
const DELETE_MAX: SignedDuration = SignedDuration::from_mins(48 * 60 - 1);

impl Actual {
    pub fn can_be_deleted(&self, now: Timestamp) -> bool {
        now.duration_since(self.sent) < DELETE_MAX
    }
}

#[derive(Debug)]
pub struct Wanted {
    pub what: What,
    pub rank: Rank,
    /// Its place among its equals. A newer content keeps the place of the one it replaces.
    pub place: u64,
    pub since: Instant,
    /// Of a notice: the version this is.
    pub version: i64,
}

#[derive(Debug, Clone)]
pub enum What {
    Content {
        content: Arc<Content>,
        /// From then on this one instead: it says that it comes late.
        late: Option<(Instant, Arc<Content>)>,
    },
    /// The buttons off; the message is history.
    Bare,
}

impl What {
    pub fn ready(content: Content) -> What {
        What::Content { content: Arc::new(content), late: None }
    }
}

#[derive(Debug)]
pub struct Post {
    pub chat: ChatId,
    pub wanted: Option<Wanted>,
    pub actual: Option<Actual>,
    pub in_flight: bool,
    pub patience: Patience,
}

/// What a failure cost so far.
#[derive(Debug, Default)]
pub struct Patience {
    pub tries: Tries,
    /// Not before then.
    pub wait: Option<Instant>,
    pub failed: Option<Instant>,
    /// It waits because the line is down: any success ends that wait.
    pub line_down: bool,
}

/// The next request for one message.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Send { content: Arc<Content>, instead_of: Option<Actual> },
    EditText { message: i64, content: Arc<Content> },
    EditMedia { message: i64, content: Arc<Content> },
    EditCaption { message: i64, content: Arc<Content> },
    Strip { message: i64 },
}

impl Step {
    pub fn content(&self) -> Option<&Arc<Content>> {
        match self {
            Step::Send { content, .. }
            | Step::EditText { content, .. }
            | Step::EditMedia { content, .. }
            | Step::EditCaption { content, .. } => Some(content),
            Step::Strip { .. } => None,
        }
    }
}

impl Post {
    pub fn new(chat: ChatId, actual: Option<Actual>) -> Post {
        Post { chat, wanted: None, actual, in_flight: false, patience: Patience::default() }
    }

    /// `None`: all is as wanted.
    pub fn step(&self, now: Instant) -> Option<Step> {
        let content = match &self.wanted.as_ref()?.what {
            What::Bare => return self.actual.as_ref().map(|actual| Step::Strip { message: actual.message }),
            What::Content { late: Some((from, late)), .. } if *from <= now => late.clone(),
            What::Content { content, .. } => content.clone(),
        };
        let Some(actual) = &self.actual else { return Some(Step::Send { content, instead_of: None }) };
        if actual.print == Some(content.print()) {
            return None;
        }
        let message = actual.message;
        let art = content.art.as_ref().map(|art| art.print);
        Some(match (actual.kind, art) {
            (Kind::Text, None) => Step::EditText { message, content },
            (Kind::Photo, Some(art)) if actual.art == Some(art) => Step::EditCaption { message, content },
            (_, Some(_)) => Step::EditMedia { message, content },
            // A picture cannot be edited into a text.
            (Kind::Photo, None) => Step::Send { content, instead_of: Some(actual.clone()) },
        })
    }
}
