//! The gateway's decisions, without a line, a store or a clock: updates, answers of the ship and reports of the
//! outbox go in, effects come out.
//!
//! A *bubble* is one message that shows one view. A chat has one living bubble; what it showed before has no buttons.
//! Each bubble has at most one view asked for: a newer tap drops the older question, so of fifty queued taps only the
//! newest is drawn. Acts are never dropped.

mod bubble;
mod draw;
mod effect;
mod leases;
mod people;
mod restore;
mod taps;
#[cfg(test)]
mod tests;
mod typed;

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::time::Instant;

pub use bubble::{Bubble, Lease};
pub use effect::{Answered, Ask, BubbleRow, Effect, Files, Save, Ticket, What};
pub use people::Stranger;
pub use restore::Kept;

use self::{bubble::Asking, people::Menu};
use super::heard::{Heard, Person};
use crate::{
    bridge::ship::{Caller, Ship, Visit, Visitor},
    domain::{BlobId, Bytes, ChatId, PilotId},
    intent::{Intent, View},
    telegram::{outbox::Errand, seal::Seal},
};

pub use crate::telegram::outbox::Now;

/// Questions to the ship under way at once; a tap beyond that is told to try again.
const ASKS_MAX: usize = 64;
/// Bubbles remembered; of more, the oldest go.
const BUBBLES_MAX: usize = 500;
/// Delivered notices whose taps are told apart from bubbles'.
const NOTICES_MAX: usize = 2000;
/// Telegram shows no more of a toast.
const TOAST_MAX: usize = 200;

/// What the core may look at while it decides; all of it in memory.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    pub ship: &'a dyn Ship,
    pub seal: &'a Seal,
    pub now: Now,
    /// The largest files that Telegram hands over and takes.
    pub down_max: Bytes,
    pub up_max: Bytes,
}

/// Whose message it is that was tapped.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    Bubble(u64),
    /// Shows this view itself.
    Notice(Option<View>),
}

/// A question to the ship under way.
struct Asked {
    slot: u64,
    visit: Visit,
    kind: Kind,
}

enum Kind {
    View(Cause),
    /// An act or a confirmation, to recognise its double.
    Act(Intent),
    /// A typed or sent thing: whether it came as a file.
    Typed {
        file: bool,
    },
    Fill,
    Files,
}

/// Why a view is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// A pilot asked: a prompt opens, a live screen goes live.
    Pilot,
    /// Something ended by its time.
    Ended,
    /// One of its topics changed.
    Redraw,
}

/// A file on its way out, and the bubble that tells how far it is and hears when it fails.
struct Underway {
    slot: u64,
    /// Who looks at another screen by then is not told how far it is.
    view: View,
    name: String,
    /// Let go once it has arrived, or never will: it may hold a disk's room.
    blob: Option<BlobId>,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Counters {
    pub taps: u64,
    pub typed: u64,
    pub drawn: u64,
    pub redrawn: u64,
    pub strangers: u64,
}

#[derive(Default)]
pub struct Core {
    /// The bot's own name in lower case, once known.
    bot: Option<String>,
    bubbles: BTreeMap<u64, Bubble>,
    living: HashMap<ChatId, u64>,
    messages: HashMap<(ChatId, i64), Seen>,
    prompts: HashMap<(ChatId, PilotId), Asking>,
    strangers: HashMap<PilotId, Stranger>,
    menus: HashMap<(ChatId, PilotId), Menu>,
    closed: HashSet<ChatId>,
    asks: HashMap<Ticket, Asked>,
    files: HashMap<u64, Underway>,
    /// The bubble that the last file of somebody is asked about in, and when that came.
    file_slots: HashMap<(ChatId, PilotId), (u64, Instant)>,
    slot: u64,
    ticket: Ticket,
    out: Vec<Effect>,
    pub counters: Counters,
}

impl Core {
    /// Bubbles are numbered from here on; later than all of an earlier run, so that a store that answers late brings
    /// no number twice.
    pub fn starting_at(now: jiff::Timestamp) -> Core {
        Core { slot: now.as_millisecond().unsigned_abs(), ..Core::default() }
    }

    /// What the last inputs led to, in order.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.out)
    }

    pub fn heard(&mut self, ctx: &Ctx<'_>, heard: Heard) {
        match heard {
            Heard::Tap(person, tap) => {
                self.welcome(ctx, &person);
                self.counters.taps += 1;
                self.tap(ctx, person, tap);
            }
            Heard::Typed(person, text) => {
                self.welcome(ctx, &person);
                self.counters.typed += 1;
                self.typed(ctx, &person, &text);
            }
            Heard::File(person, file) => {
                self.welcome(ctx, &person);
                self.file(ctx, &person, file);
            }
            Heard::Idle(person) => self.welcome(ctx, &person),
            Heard::Stranger { caller, how } => self.stranger(ctx, caller, how),
            Heard::Door { chat, open } => {
                if open {
                    self.opened(chat);
                }
            }
            Heard::Nothing => {}
        }
    }

    /// The bot's name, for commands that name their bot.
    pub fn known_as(&mut self, username: Option<&str>) {
        self.bot = username.map(str::to_lowercase);
    }

    fn welcome(&mut self, ctx: &Ctx<'_>, person: &Person) {
        self.opened(person.caller.chat);
        self.menu(ctx, person);
    }

    fn opened(&mut self, chat: ChatId) {
        if self.closed.remove(&chat) {
            self.out.push(Effect::Opened(chat));
        }
    }

    fn answer(&mut self, callback: String, toast: &str) {
        let toast = crate::screen::text::cut_utf16(toast, TOAST_MAX).to_owned();
        self.out.push(Effect::Answer { callback, toast });
    }

    /// A question to the ship, noted and started.
    fn ask(&mut self, slot: u64, visit: Visit, kind: Kind, what: What) -> Ticket {
        self.ticket += 1;
        let ask = Ask { ticket: self.ticket, visit: visit.clone(), what };
        self.asks.insert(self.ticket, Asked { slot, visit, kind });
        self.out.push(Effect::Ask(Box::new(ask)));
        self.ticket
    }

    fn run(&mut self, errand: Errand) {
        self.out.push(Effect::Run(errand));
    }

    /// A bubble that is not at Telegram yet.
    fn open(&mut self, caller: &Caller, now: Instant) -> u64 {
        self.slot += 1;
        self.bubbles.insert(self.slot, Bubble::new(caller.clone(), View::HOME, now));
        if self.bubbles.len() > BUBBLES_MAX {
            let living: HashSet<u64> = self.living.values().copied().collect();
            let new = self.slot;
            let old = self.bubbles.keys().copied().find(|slot| !living.contains(slot) && *slot != new);
            if let Some(old) = old {
                self.forget(old);
            }
        }
        self.slot
    }

    /// Nothing more is known of this bubble; at Telegram it stays as it is.
    fn forget(&mut self, slot: u64) {
        let Some(bubble) = self.bubbles.remove(&slot) else { return };
        if let Some(ticket) = bubble.asking {
            self.asks.remove(&ticket);
            self.out.push(Effect::Drop(ticket));
        }
        if let Some(actual) = &bubble.actual {
            self.messages.remove(&(bubble.caller.chat, actual.message));
        }
        if self.living.get(&bubble.caller.chat) == Some(&slot) {
            self.living.remove(&bubble.caller.chat);
        }
        self.end_prompts_of(slot);
        self.out.push(Effect::Save(Save::DropBubble(slot)));
    }
}

/// One request of a person, as of now.
fn visit(person: &Person) -> Visit {
    let op = format!("u{}", person.update);
    visit_of(&person.caller, person.visitor.clone(), Some(person.update), op)
}

fn visit_of(caller: &Caller, visitor: Visitor, update: Option<i64>, op: String) -> Visit {
    Visit {
        pilot: caller.pilot,
        pilot_name: visitor.name,
        chat: caller.chat,
        reader: visitor.reader,
        update,
        op,
    }
}
