//! Which message an incident has, also while the store takes nothing: then it is told all the same, once, and its later
//! versions are edits of that message. Never delivers, never writes.

use std::collections::HashMap;

use crate::domain::ChatId;

/// More than are alive at a time; beyond it an incident may get a second message while the store is away.
const KNOWN_MAX: usize = 1024;

/// By chat and key: the row's id and version. An id below zero has no row.
#[derive(Default)]
pub struct Incidents {
    known: HashMap<(ChatId, String), (i64, i64)>,
    rowless: i64,
}

impl Incidents {
    /// It has this row. The id under which it was told without one, if it was.
    pub fn kept(&mut self, chat: ChatId, key: &str, id: i64, version: i64) -> Option<i64> {
        self.make_room();
        let before = self.known.insert((chat, key.to_owned()), (id, version));
        before.map(|(id, _)| id).filter(|id| *id < 0)
    }

    /// It could not be written: the id and version to tell it by. Of a known row the version stays the one that is
    /// written, so that the newest wins again when the store is back.
    pub fn unkept(&mut self, chat: ChatId, key: &str) -> (i64, i64) {
        self.make_room();
        *self.known.entry((chat, key.to_owned())).or_insert_with(|| {
            self.rowless -= 1;
            (self.rowless, 0)
        })
    }

    fn make_room(&mut self) {
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
    }
}
