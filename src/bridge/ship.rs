//! The server side, as the gateway sees it: one trait, plain data in and out. The bridge implements it; tests fly a
//! fake. Nothing in here knows Telegram's types, nothing behind it is known to the gateway.
//!
//! How one tap goes through it:
//! 1. [`Ship::who`]: a person of ours, or a stranger. In memory; before anything else is looked at.
//! 2. [`Ship::allows`]: in memory; a refusal is the toast of the answered tap. All later bad news is in the screen.
//! 3. [`Ship::view`], [`Ship::act`] or [`Ship::confirm`], in a task of this update alone. Everything judged in step 2
//!    is judged again behind the trait, where it counts.
//! 4. An [`Answer`] says which view the bubble stands for from now on; the gateway asks for its screen with
//!    [`Ship::view`], and again whenever one of the screen's topics changes while the bubble is live.
//!
//! Deadlines: the gateway waits [`ANSWER_MAX`] for any of the futures and drops them then; a view's future is dropped
//! earlier when a newer tap on the same bubble makes its screen worthless. An act's future is only dropped at the
//! deadline, so what must not be cut in the middle runs in the room's actor or as a job.

use std::{pin::Pin, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Attachment, BlobId, Bytes, ChatId, ChatKind, Lang, Nonce, PilotId, Reader, Role},
    intent::{Act, Hole, Intent, View},
    screen::Screen,
};

/// How long the gateway waits for one answer of the ship. Longer work is a job and answers at once.
pub const ANSWER_MAX: Duration = Duration::from_secs(30);

/// An answer of the ship that takes its time.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub trait Ship: Send + Sync + 'static {
    /// Who this is, by today's papers. `None` is a stranger, who learns nothing.
    fn who(&self, caller: &Caller) -> Option<Visitor>;

    /// A stranger knocked. Called at most once an hour for each of them: one audit entry.
    fn stranger<'a>(&'a self, knock: &'a Knock) -> Answering<'a, ()>;

    /// Whether this person may ask for this at all: role, and whether the room exists.
    ///
    /// # Errors
    /// A few words for a toast (at most 200 characters), in the reader's language.
    fn allows(&self, intent: &Intent, visit: &Visit) -> Result<(), String>;

    /// The screen of a view: a pure read. A view that may not be seen is a screen that says so.
    fn view<'a>(&'a self, view: &'a View, visit: &'a Visit) -> Answering<'a, Screen>;

    fn act<'a>(&'a self, act: &'a Act, visit: &'a Visit) -> Answering<'a, Answer>;

    fn confirm<'a>(&'a self, nonce: Nonce, visit: &'a Visit) -> Answering<'a, Answer>;

    /// What a pilot typed into a prompt.
    fn fill<'a>(&'a self, hole: &'a Hole, text: &'a str, visit: &'a Visit) -> Answering<'a, Filled>;

    /// The commands menu, in its order.
    fn commands(&self, lang: Lang, role: Role) -> Vec<Command>;

    /// A typed command with its words ("/restart ngi"), or any other text that fills no prompt.
    fn command<'a>(&'a self, typed: &'a Typed, visit: &'a Visit) -> Answering<'a, Answer>;

    /// A file a pilot sent. Nothing of it was fetched yet: opening the blob fetches it.
    fn incoming<'a>(&'a self, file: &'a Incoming, visit: &'a Visit) -> Answering<'a, Answer>;
}

/// What the ship answers to anything but a plain view.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The bubble shows this view from now on; its screen is asked for freshly.
    Show(View),
    /// Not done. The whole sentence stands above the screen of `next` until the next tap on that bubble.
    Refused { why: String, next: View },
    /// Asked about first. The screen carries its own buttons, *Cancel* first, and gets no frame of navigation; at
    /// `until` the bubble goes to `back` by itself.
    Question { screen: Box<Screen>, back: View, until: Timestamp },
    /// A file goes to the chat; the bubble goes to `next`.
    File { file: Attachment, next: View },
}

/// What a typed answer to a prompt led to.
#[derive(Debug, Clone, PartialEq)]
pub enum Filled {
    /// It fits. What became of it is shown in a new bubble below what was typed.
    Done(Answer),
    /// It does not: the sentence is put above the asking screen, and the prompt stays open.
    Wrong(String),
}

/// Where an update came from, as Telegram tells it: nothing of it is believed before [`Ship::who`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Caller {
    pub pilot: PilotId,
    /// As the person calls themselves: foreign text, at most 64 characters.
    pub name: String,
    /// IETF tag of their Telegram.
    pub lang_tag: Option<String>,
    pub chat: ChatId,
    pub kind: ChatKind,
}

/// A person of ours.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// As the config calls them.
    pub name: String,
    pub reader: Reader,
}

/// One request of one person; made for each, never kept. A redraw is one too, without an update.
#[derive(Debug, Clone)]
pub struct Visit {
    pub pilot: PilotId,
    pub pilot_name: String,
    pub chat: ChatId,
    pub reader: Reader,
    /// Telegram's number of the update. An act commits it with its audit entry, so that one delivered twice (also
    /// across a crash) never acts twice.
    pub update: Option<i64>,
    /// Joins log lines, audit entries and jobs of one request.
    pub op: String,
}

/// A stranger at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knock {
    pub caller: Caller,
    /// Updates of theirs since the last time this was told, this one included.
    pub attempts: u32,
}

/// One line of the commands menu.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Command {
    /// Without the slash: 1 to 32 of `a-z`, `0-9`, `_`.
    pub name: String,
    /// 1 to 256 characters, in the menu's language.
    pub about: String,
}

/// What a pilot typed. `/cancel` never comes here while a prompt is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// "restart" of "/restart@cockpit_bot ngi", in lower case; empty for text that is no command (private chats
    /// only; in groups such text is none of our business).
    pub command: String,
    /// "ngi": trimmed; of text that is no command, all of it.
    pub rest: String,
}

/// A file sent by a pilot, small enough to be fetched: larger ones are refused before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Opening it streams the bytes from Telegram; each opening starts anew.
    pub blob: BlobId,
    pub kind: FileKind,
    /// As sent: foreign text, perhaps with slashes. For photos and voices made up from the kind.
    pub name: String,
    pub size: Option<Bytes>,
    pub caption: String,
    /// The view the chat's bubble shows: where a file is put that names no place.
    pub at: Option<View>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Document,
    Photo,
    Video,
    Audio,
}
