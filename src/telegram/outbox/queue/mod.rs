//! The outbox's decisions, without a clock and without a line: what is posted next, to whom, and what a failure means.
//!
//! Each message has at most one request under way, each chat at most one message and one upload; so edits of a message
//! arrive in order, and a chat that Telegram slows down holds up nobody else.

mod choose;
mod done;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    super::{content::Print, failure::Failure},
    pace::Bucket,
    post::{Actual, Patience, Post, Rank, Slot, Step, Wanted, What},
    words::{Effect, Errand, RESULT_AGE_MAX, Report, Ticket},
};
use crate::{domain::ChatId, supervision::Dice};

/// Requests under way at once: more would each open a connection of their own.
const ANSWERS_MAX: usize = 8;
const POSTS_MAX: usize = 12;
const UPLOADS_MAX: usize = 3;
/// Taps that wait for their answer. Telegram forgets them after a while as well.
const ANSWERS_WAITING_MAX: usize = 512;
const ERRANDS_WAITING_MAX: usize = 512;
/// A tap is answered in this time or not at all: its spinner is gone by then.
const ANSWER_AGE_MAX: Duration = Duration::from_secs(15);
/// A chat that takes no messages is tried again after this, or when somebody speaks in it.
const CLOSED_FOR: Duration = Duration::from_secs(3600);
/// Messages that redraw themselves leave this much of a chat's burst to its pilots.
const LIVE_NEEDS: f64 = 3.0;
/// Pictures that Telegram has and whose id is remembered.
const PHOTOS_MAX: usize = 256;
const CHATS_MAX: usize = 1024;
/// Undelivered notices; the store keeps no more either. The oldest go.
const NOTICES_MAX: usize = 500;
/// Messages that are as wanted and still remembered.
const POSTS_KEPT: usize = 2048;

struct Answer {
    callback: String,
    toast: String,
    since: Instant,
    wait: Option<Instant>,
}

struct Waiting {
    errand: Errand,
    since: Instant,
    patience: Patience,
}

struct Chat {
    bucket: Bucket,
    /// Telegram asked for a pause.
    paused: Option<Instant>,
    closed: Option<Instant>,
    busy: bool,
    uploading: bool,
}

enum Flight {
    Answer(Answer),
    Step { slot: Slot, step: Step },
    Errand { place: u64, waiting: Waiting },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    pub posted: u64,
    pub retried: u64,
    pub slowed: u64,
    pub dropped: u64,
}

pub struct Queue {
    answers: VecDeque<Answer>,
    posts: HashMap<Slot, Post>,
    /// By their place in line.
    errands: BTreeMap<u64, Waiting>,
    chats: HashMap<ChatId, Chat>,
    all: Bucket,
    flights: HashMap<Ticket, Flight>,
    photos: HashMap<Print, String>,
    /// When a request last went through: what failed before that did so for the line's sake.
    proven: Option<Instant>,
    place: u64,
    ticket: Ticket,
    dice: Dice,
    pub counters: Counters,
}

impl Queue {
    pub fn new(now: Instant, dice: Dice) -> Queue {
        Queue {
            answers: VecDeque::new(),
            posts: HashMap::new(),
            errands: BTreeMap::new(),
            chats: HashMap::new(),
            all: Bucket::of_all(now),
            flights: HashMap::new(),
            photos: HashMap::new(),
            proven: None,
            place: 0,
            ticket: 0,
            dice,
            counters: Counters::default(),
        }
    }

    pub fn answer(&mut self, callback: String, toast: String, now: Instant) {
        if self.answers.len() >= ANSWERS_WAITING_MAX {
            self.answers.pop_front();
            self.counters.dropped += 1;
        }
        self.answers.push_back(Answer { callback, toast, since: now, wait: None });
    }

    /// A message that exists: what it shows is known to somebody else.
    pub fn adopt(&mut self, slot: Slot, chat: ChatId, actual: Actual) {
        self.posts.entry(slot).or_insert_with(|| Post::new(chat, Some(actual)));
    }

    /// The same message under another name. One that is on its way just now keeps the old one.
    pub fn rename(&mut self, from: Slot, to: Slot) {
        if let Some(post) = self.posts.remove(&from) {
            let slot = if post.in_flight { from } else { to };
            self.posts.insert(slot, post);
        }
    }

    /// The message is to look like this. Newest wins; a place in line is kept.
    pub fn want(&mut self, slot: Slot, chat: ChatId, what: What, rank: Rank, version: i64, now: Instant) {
        self.place += 1;
        let post = self.posts.entry(slot).or_insert_with(|| Post::new(chat, None));
        let before = post.wanted.take();
        if let Some(Wanted { what: What::Bare, .. }) = &before {
            // Its buttons are on their way off: a redraw that comes late does not bring them back.
            post.wanted = before;
            return;
        }
        let (place, rank) = before.map_or((self.place, rank), |old| (old.place, old.rank.min(rank)));
        post.wanted = Some(Wanted { what, rank, place, since: now, version });
        if matches!(slot, Slot::Notice(_)) {
            self.drop_old_notices();
        }
    }

    fn drop_old_notices(&mut self) {
        let waits = |slot: &Slot, post: &Post| {
            matches!(slot, Slot::Notice(_)) && post.wanted.is_some() && !post.in_flight
        };
        let waiting = self.posts.iter().filter(|(slot, post)| waits(slot, post)).map(|(slot, _)| *slot);
        let mut waiting: Vec<Slot> = waiting.collect();
        if waiting.len() > NOTICES_MAX {
            waiting.sort_unstable();
            for slot in &waiting[..waiting.len() - NOTICES_MAX] {
                self.counters.dropped += 1;
                self.posts.remove(slot);
            }
        }
    }

    /// The message is history: its buttons go, and it is forgotten.
    pub fn bare(&mut self, slot: Slot, now: Instant) {
        self.place += 1;
        let Some(post) = self.posts.get_mut(&slot) else { return };
        if post.actual.is_none() && !post.in_flight {
            self.posts.remove(&slot);
            return;
        }
        let rank = Rank::Result;
        post.wanted = Some(Wanted { what: What::Bare, rank, place: self.place, since: now, version: 0 });
    }

    pub fn errand(&mut self, errand: Errand, now: Instant) -> Option<Report> {
        self.place += 1;
        let waiting = Waiting { errand, since: now, patience: Patience::default() };
        self.errands.insert(self.place, waiting);
        if self.errands.len() <= ERRANDS_WAITING_MAX {
            return None;
        }
        let (_, oldest) = self.errands.pop_first()?;
        self.drop_errand(oldest.errand, Failure::Own("too much is waiting to be sent".into()))
    }

    /// Somebody spoke there: messages arrive again.
    pub fn opened(&mut self, chat: ChatId) {
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.closed = None;
        }
    }

    /// The line is up again: what waited for it goes at once.
    pub fn awake(&mut self) {
        let patience = self.posts.values_mut().map(|post| &mut post.patience);
        for patience in patience.chain(self.errands.values_mut().map(|waiting| &mut waiting.patience)) {
            if std::mem::take(&mut patience.line_down) {
                patience.wait = None;
            }
        }
    }

    fn chat(&mut self, id: ChatId, now: Instant) -> &mut Chat {
        self.chats.entry(id).or_insert_with(|| Chat {
            bucket: Bucket::of_chat(id, now),
            paused: None,
            closed: None,
            busy: false,
            uploading: false,
        })
    }

    pub fn waiting(&self) -> usize {
        let posts = self.posts.values().filter(|post| post.wanted.is_some()).count();
        posts + self.errands.len() + self.answers.len()
    }

    fn give_up(&mut self, slot: Slot, why: Failure, reports: &mut Vec<Report>) {
        self.counters.dropped += 1;
        let Some(post) = self.posts.get_mut(&slot) else { return };
        post.wanted = None;
        post.patience = Patience::default();
        if post.actual.is_none() {
            self.posts.remove(&slot);
        }
        reports.push(Report::Lost { slot, why });
    }

    fn drop_errand(&mut self, errand: Errand, why: Failure) -> Option<Report> {
        self.counters.dropped += 1;
        match errand {
            Errand::File { number, .. } => Some(Report::Filed { number, result: Err(why) }),
            _ => None,
        }
    }

    /// Gives up what is too old to matter.
    fn expire(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        let late = || Failure::Unreachable("no answer in time".into());
        let mut reports = Vec::new();
        let old: Vec<Slot> = self
            .posts
            .iter()
            .filter(|(_, post)| !post.in_flight)
            .filter(|(_, post)| post.wanted.as_ref().is_some_and(|wanted| is_stale(wanted, now)))
            .map(|(slot, _)| *slot)
            .collect();
        for slot in old {
            self.give_up(slot, late(), &mut reports);
        }
        let old: Vec<u64> = self
            .errands
            .iter()
            .filter(|(_, waiting)| now.duration_since(waiting.since) > waiting.errand.age_max())
            .map(|(place, _)| *place)
            .collect();
        for place in old {
            let waiting = self.errands.remove(&place).expect("taken from the same map");
            reports.extend(self.drop_errand(waiting.errand, late()));
        }
        effects.extend(reports.into_iter().map(Effect::Report));
    }

    /// Keeps the books short.
    fn forget(&mut self, now: Instant) {
        for post in self.posts.values_mut() {
            let settled = !post.in_flight && post.wanted.is_some() && post.step(now).is_none();
            if settled {
                post.wanted = None;
            }
        }
        if self.posts.len() > POSTS_KEPT {
            let mut idle: Vec<Slot> = self
                .posts
                .iter()
                .filter(|(_, post)| !post.in_flight && post.wanted.is_none())
                .map(|(slot, _)| *slot)
                .collect();
            idle.sort_unstable();
            for slot in idle.into_iter().take(self.posts.len() - POSTS_KEPT) {
                self.posts.remove(&slot);
            }
        }
        if self.chats.len() > CHATS_MAX {
            self.chats.retain(|_, chat| {
                let waits = chat.paused.is_some_and(|until| until > now) || chat.closed.is_some();
                chat.busy || chat.uploading || waits || !chat.bucket.is_full(now)
            });
        }
    }
}

fn is_stale(wanted: &Wanted, now: Instant) -> bool {
    wanted.rank != Rank::Notice && now.duration_since(wanted.since) > RESULT_AGE_MAX
}
