//! The outbox: everything Cockpit says on Telegram goes through here. Owns the queue and the requests under way.
//!
//! Answers to taps go first, then notices, results, and screens that redraw themselves. A message has one wanted
//! content, the newest; how Telegram gets there (edit, new picture, new message) is worked out when it is its turn.
//! Pacing: see [`pace`]. Notices are in the store before they are acknowledged and survive `kill -9`; while the store
//! takes nothing (a full disk is a reason to warn) they are told all the same, once. All else is worth nothing after two
//! minutes. Never asks a room anything, never decides what is worth saying.
//!
//! Limits: 512 taps waiting to be answered, 512 errands, 500 undelivered notices, 20 requests at once.

mod actor;
mod incidents;
mod notices;
mod pace;
mod post;
mod queue;
mod send;
mod words;

use std::sync::Arc;

use ractor::RpcReplyPort;

pub use actor::Outbox;
pub use notices::Notice;
pub(super) use notices::{actual, by_id, kind_text};
pub use post::{Actual, Kind, Rank, Slot, What};
pub use send::{Draw, Welcome, painter};
pub use words::{Errand, Now, Report};

use super::{
    api::{Me, Sent},
    failure::Failure,
    line::Line,
};
use crate::{
    domain::{Attachment, ChatId},
    supervision::{ActorCard, Asked, ChildSpec, Port, RetryPolicy, Status},
};

pub enum Msg {
    /// The tap with this callback id; an empty toast answers blank.
    Answer {
        callback: String,
        toast: String,
    },
    /// This message is to look like that; newest wins.
    Show {
        slot: Slot,
        chat: ChatId,
        what: What,
        rank: Rank,
    },
    /// A message that is at Telegram already.
    Adopt {
        slot: Slot,
        chat: ChatId,
        actual: Actual,
    },
    /// The message becomes history: its buttons go.
    Bare(Slot),
    Run(Errand),
    /// A file for somebody who waits until it has arrived or is given up.
    Deliver(ChatId, Attachment, RpcReplyPort<Result<(), Failure>>),
    /// Answered once it is in the store, or the store has said that it cannot take it: then it is delivered all the
    /// same, and a crash before that loses it.
    Notice(Box<Notice>, RpcReplyPort<()>),
    /// Somebody spoke in this chat: messages arrive there.
    Opened(ChatId),
    /// Polling works: what waited for the line goes now.
    Awake,
    /// From its own tasks and timers.
    Own(Own),
    Status(RpcReplyPort<Status>),
}

pub enum Own {
    Load,
    Done { ticket: u64, result: Result<Sent, Failure> },
    Warmed(Result<Me, Failure>),
    Wake(u64),
    Warm(u64),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// What the gateway hears of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    Report(Report),
    Me(Me),
}

/// Where [`Told`] goes; neither waits nor fails.
pub type Tell = Arc<dyn Fn(Told) + Send + Sync>;

#[derive(Clone)]
pub struct Arguments {
    pub line: Line,
    pub draw: Draw,
    pub tell: Tell,
    pub welcome: Welcome,
}

pub fn child(port: &Port<Msg>, line: Line, draw: Draw, tell: Tell, welcome: Welcome) -> ChildSpec {
    let settings = line.settings.clone();
    let arguments = Arguments { line, draw, tell, welcome };
    ChildSpec::new("outbox", port, move || (actor::Outbox, arguments.clone())).configured_by(settings)
}

pub fn card() -> ActorCard {
    ActorCard {
        id: "outbox",
        parent: Some("root"),
        owns: "All that is said on Telegram: the queue, its pace, notices until they are delivered. Never asks a room, never decides what is worth saying.",
        messages: &[
            "Answer", "Show", "Adopt", "Bare", "Run", "Deliver", "Notice", "Opened", "Awake", "Status",
        ],
        policy: Some(RetryPolicy::child()),
    }
}
