//! The bot's updates: kept until confirmed by an offset, delivered again and again until then. Owns their numbers.
//! Limit: [`WAITING_MAX`]; the oldest go first, as they do at Telegram after a day.

use std::collections::VecDeque;

use serde_json::{Value, json};

const WAITING_MAX: usize = 1_000;

/// What a bot gets when it has not said what it wants; Telegram leaves out a few kinds that nothing here makes.
pub(super) const KINDS: [&str; 3] = ["message", "callback_query", "my_chat_member"];

#[derive(Debug, Clone)]
struct Update {
    id: i64,
    kind: &'static str,
    body: Value,
    /// The message that a person wrote, to tick it off once the bot has it.
    wrote: Option<(i64, i64)>,
}

#[derive(Debug)]
pub(super) struct Updates {
    waiting: VecDeque<Update>,
    /// Confirmed ones that are to be delivered once more.
    again: Vec<Update>,
    last: i64,
    allowed: Vec<String>,
    /// Counts polls; an older one that still waits has been overtaken.
    pub polls: u64,
}

impl Updates {
    /// Numbers go on after `last`.
    pub fn after(last: i64) -> Updates {
        let allowed = KINDS.map(str::to_owned).to_vec();
        Updates { waiting: VecDeque::new(), again: Vec::new(), last, allowed, polls: 0 }
    }

    pub fn push(&mut self, kind: &'static str, body: Value, wrote: Option<(i64, i64)>) {
        if !self.allowed.iter().any(|allowed| allowed == kind) {
            return;
        }
        self.last += 1;
        self.waiting.push_back(Update { id: self.last, kind, body, wrote });
        if self.waiting.len() > WAITING_MAX {
            self.waiting.pop_front();
        }
    }

    /// An empty list means all usual kinds, as in Telegram.
    pub fn allow(&mut self, kinds: Vec<String>) {
        self.allowed = if kinds.is_empty() { KINDS.map(str::to_owned).to_vec() } else { kinds };
    }

    /// Forgets what is before the offset (all but the last n for -n) and says which messages were ticked off.
    pub fn confirm(&mut self, offset: i64, duplicates: bool) -> Vec<(i64, i64)> {
        let done = if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            self.waiting.len().saturating_sub(keep)
        } else {
            self.waiting.iter().take_while(|update| update.id < offset).count()
        };
        let done: Vec<Update> = self.waiting.drain(..done).collect();
        let seen = done.iter().filter_map(|update| update.wrote).collect();
        if duplicates {
            self.again.extend(done);
        }
        seen
    }

    pub fn fetch(&mut self, limit: usize) -> Vec<Value> {
        let again = std::mem::take(&mut self.again);
        let fresh = self.waiting.iter().take(limit.saturating_sub(again.len()));
        again.iter().chain(fresh).map(|u| json!({ "update_id": u.id, u.kind: u.body })).collect()
    }

    pub fn is_waiting(&self, wrote: (i64, i64)) -> bool {
        self.waiting.iter().any(|update| update.wrote == Some(wrote))
    }

    pub fn count(&self) -> usize {
        self.waiting.len()
    }

    pub fn drop_all(&mut self) {
        self.waiting.clear();
    }
}
