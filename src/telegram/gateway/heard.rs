//! What an update comes down to, in our words.

use jiff::Timestamp;

use crate::{
    bridge::ship::{Caller, FileKind, Visitor},
    domain::{Bytes, ChatId},
};

#[derive(Debug, Clone)]
pub enum Heard {
    Tap(Person, Tap),
    Typed(Person, Text),
    File(Person, Attached),
    /// A person of ours said something that is none of our business (a sticker, chatter in a group).
    Idle(Person),
    Stranger {
        caller: Caller,
        how: Knocked,
    },
    /// The bot was let into a chat, or out of it.
    Door {
        chat: ChatId,
        open: bool,
    },
    Nothing,
}

/// Somebody of ours, as of this update.
#[derive(Debug, Clone)]
pub struct Person {
    pub caller: Caller,
    pub visitor: Visitor,
    /// The update's number.
    pub update: i64,
}

#[derive(Debug, Clone)]
pub struct Tap {
    pub callback: String,
    /// As the button said, or as a client made it up.
    pub data: String,
    pub message: i64,
    pub photo: bool,
    /// `None`: too old for Telegram to tell.
    pub sent: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub text: String,
    /// The message it answers.
    pub reply_to: Option<i64>,
}

/// A file in a message; nothing of it is fetched yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    pub file_id: String,
    pub kind: FileKind,
    pub name: String,
    pub size: Option<Bytes>,
    pub caption: String,
}

/// What a stranger did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Knocked {
    /// Wrote to the bot alone.
    Wrote,
    /// Pressed a button, in whatever chat.
    Tapped { callback: String },
    /// Called one of our commands in a group.
    Called,
}
