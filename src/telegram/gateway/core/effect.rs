//! What the core wants done, and what comes back of it.

use jiff::Timestamp;

use super::{
    super::heard::{Attached, Person, Tap},
    Stranger,
};
use crate::{
    bridge::ship::{Answer, Caller, Filled, Knock, Typed, Visit},
    domain::{BlobId, BlobMeta, ChatId, Nonce, PilotId},
    intent::{Act, Hole, View},
    screen::Screen,
    telegram::{
        content::{Content, Print},
        methods::UploadData,
        outbox::{Actual, Errand, Rank},
    },
};

pub type Ticket = u64;

#[derive(Debug)]
pub enum Effect {
    Answer {
        callback: String,
        toast: String,
    },
    Show {
        slot: u64,
        chat: ChatId,
        content: Box<Content>,
        rank: Rank,
    },
    Adopt {
        slot: u64,
        chat: ChatId,
        actual: Actual,
    },
    Bare(u64),
    Run(Errand),
    Opened(ChatId),
    /// In a task of its own; its result comes back with the ticket.
    Ask(Box<Ask>),
    /// Nobody waits for this one any more.
    Drop(Ticket),
    /// A button whose text is in the store.
    LookUp {
        person: Box<Person>,
        tap: Tap,
        token: String,
    },
    /// Which view a delivered notice shows.
    Learn(i64),
    Knock(Knock),
    /// Nobody reads this one any more.
    LetGo(BlobId),
    Save(Save),
}

#[derive(Debug)]
pub struct Ask {
    pub ticket: Ticket,
    pub visit: Visit,
    pub what: What,
}

/// What is asked of the ship.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    View(View),
    Act(Act),
    Confirm(Nonce),
    Fill(Hole, String),
    Command(Typed),
    Incoming(Attached, Option<View>),
    /// The view's picture and text as files.
    Files(View),
}

#[derive(Debug)]
pub enum Answered {
    Screen(Box<Screen>),
    /// With what is known of the file, if it is one.
    Answer(Answer, Option<BlobMeta>),
    Filled(Filled, Option<BlobMeta>),
    Files(Result<Files, String>),
    /// Not in time, or it failed in the middle.
    Late,
}

/// Files made from a screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Files(pub Vec<(String, UploadData)>);

/// What must survive a restart.
#[derive(Debug, Clone, PartialEq)]
pub enum Save {
    Bubble(Box<BubbleRow>),
    DropBubble(u64),
    Prompt { chat: ChatId, pilot: PilotId, hole: Hole, slot: u64, ends: Timestamp },
    DropPrompt(ChatId, PilotId),
    Stranger(PilotId, Stranger),
    DropStranger(PilotId),
    Menu { chat: ChatId, pilot: PilotId, print: Print },
}

#[derive(Debug, Clone, PartialEq)]
pub struct BubbleRow {
    pub slot: u64,
    pub caller: Caller,
    pub view: View,
    pub actual: Option<Actual>,
    pub head: Option<String>,
    pub lease: Option<Timestamp>,
    pub question: Option<Timestamp>,
    pub used: Timestamp,
}
