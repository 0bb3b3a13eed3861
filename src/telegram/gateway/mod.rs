//! The gateway: what people do on Telegram becomes questions to the ship, and its answers become bubbles.
//!
//! Owns the bubbles (message → view, reader, lease), prompts, the memory of strangers, and the poll. Decisions are in
//! [`core`], pure; each question to the ship runs in a task of its own, so no handler ever waits for a room. Never
//! posts anything itself: the outbox does. Never knows what a view or an act means.
//!
//! Limits: 64 questions under way, 500 bubbles, 1,000 strangers, redraws every 2 s (3 s in groups).

mod actor;
mod ask;
mod core;
#[cfg(test)]
mod craft;
#[cfg(test)]
mod fake_ship;
#[cfg(test)]
mod freight_tests;
mod heard;
mod listener;
#[cfg(test)]
mod practice_tests;
mod remote;
mod store;
#[cfg(test)]
mod tests;
mod tree;

pub use store::last_lang_tag;

use std::sync::Arc;

use ractor::RpcReplyPort;

use self::{
    core::{Answered, Kept, Ticket},
    heard::{Heard, Person, Tap},
};
use super::{
    line::Line,
    outbox::{self, Draw, Told},
};
use crate::{
    bridge::ship::Ship,
    domain::{Blobs, Bytes, ChatId},
    intent::View,
    screen::Topic,
    supervision::{ActorCard, Asked, ChildSpec, Port, RetryPolicy, Status},
};

/// Why the gateway failed for good; the app ends the program on it.
pub const TOKEN_REFUSED: &str =
    "Telegram does not know this token: get one from @BotFather and set telegram.token_file";

pub enum Msg {
    /// What screens of this topic show is no longer fresh.
    Changed(Topic),
    /// From the outbox.
    Told(Told),
    /// From its own tasks and timers.
    Own(Own),
    Status(RpcReplyPort<Status>),
}

pub enum Own {
    Load,
    Loaded(Box<Kept>),
    Heard(Vec<Heard>, RpcReplyPort<()>),
    Answered(Ticket, Box<Answered>),
    Found(Box<Person>, Tap, Option<String>),
    Learned(Option<(ChatId, i64, Option<View>)>),
    Polling(Polling),
    Wake(u64),
}

/// How the poll goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polling {
    Up,
    Down(String),
    OtherPoller,
    /// The token is not known: nothing will ever work.
    Refused,
    /// The task ended, which it never should.
    Ended,
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

#[derive(Clone)]
pub struct Arguments {
    pub ship: Arc<dyn Ship>,
    pub line: Line,
    pub draw: Draw,
    pub outbox: Port<outbox::Msg>,
}

pub fn child(
    port: &Port<Msg>,
    outbox: &Port<outbox::Msg>,
    ship: Arc<dyn Ship>,
    line: Line,
    draw: Draw,
) -> ChildSpec {
    let settings = line.settings.clone();
    let arguments = Arguments { ship, line, draw, outbox: outbox.clone() };
    ChildSpec::new("gateway", port, move || (actor::Gateway, arguments.clone())).configured_by(settings)
}

pub fn card() -> ActorCard {
    ActorCard {
        id: "gateway",
        parent: Some("root"),
        owns: "What people do on Telegram: the poll, bubbles and what each shows, prompts, strangers. Never posts anything itself, never knows what an act means.",
        messages: &["Changed", "Told", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

/// A file that a pilot sent can be had again by its id, also after a restart.
pub fn revive(blobs: &Blobs, line: &Line) {
    let api = line.api.clone();
    blobs.revived_by(move |file_id, meta| {
        Arc::new(remote::Remote {
            api: api.clone(),
            file_id: file_id.to_owned(),
            name: meta.name,
            size: meta.size_bytes.map(Bytes),
        })
    });
}

/// The way up for the outbox.
pub fn told(port: &Port<Msg>) -> outbox::Tell {
    let port = port.clone();
    // Without a gateway nobody needs to hear it: it reads the store when it starts.
    Arc::new(move |told| {
        let _ = port.cast(Msg::Told(told));
    })
}
