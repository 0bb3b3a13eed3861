//! Button data: what fits goes as it is, what does not is kept in the store under a token. The token is a keyed hash
//! of the text, so that drawing a screen again writes nothing.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::methods::{Key, Keyboard};
use crate::{
    intent::codec::{self, Encoded},
    screen::html,
    store::{Durability, Store, tokens},
};

/// Texts known without asking the store; past it all are forgotten at once, and asked for again.
const MEMORY_MAX: usize = 4096;
/// The store marks a text as used once a day; asking it more often than this changes nothing.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(12);
/// Buttons go out without their texts rather than wait longer for the store.
const STORE_MAX: Duration = Duration::from_secs(2);

pub struct Seal {
    key: tokens::Key,
    memory: Mutex<HashMap<String, Remembered>>,
    /// Tells this run from others: handles of files are counted anew in each.
    pub(super) run: u64,
}

struct Remembered {
    body: String,
    /// When the store last had it for certain.
    kept: Option<Timestamp>,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    pub fn new(key: tokens::Key) -> Seal {
        Seal { key, memory: Mutex::default(), run: getrandom::u64().unwrap_or(0) }
    }

    /// With the store's key; without a store, long buttons work for as long as this process does.
    pub async fn open(store: &Store) -> Seal {
        let key = store.within(STORE_MAX).write(Durability::Normal, tokens::Key::of).await;
        Seal::new(key.unwrap_or_else(|error| {
            tracing::warn!(%error, "no key for button texts: a fresh one serves until the next start");
            tokens::Key::fresh()
        }))
    }

    /// The keyboard, and the texts that must be in the store before it is shown. Pure but for memory.
    pub fn seal(&self, rows: &[Vec<html::Key>]) -> (Keyboard, Vec<String>) {
        let mut long = Vec::new();
        let keyboard = rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|key| {
                        let callback_data = match &key.data {
                            Encoded::Fits(text) => text.clone(),
                            Encoded::TooLong(text) => {
                                long.push(text.clone());
                                codec::token_data(&self.remember(text))
                            }
                        };
                        Key { text: key.label.clone(), callback_data, style: key.style }
                    })
                    .collect()
            })
            .collect();
        (keyboard, long)
    }

    /// Puts into the store what it does not have yet. A store that is away costs these buttons their memory over a
    /// restart, nothing else.
    pub async fn keep(&self, store: &Store, texts: &[String], now: Timestamp) {
        let new: Vec<String> = {
            let memory = self.lock();
            let fresh = |text: &String| {
                let kept = memory.get(&self.key.token(text)).and_then(|known| known.kept);
                kept.is_some_and(|at| now.duration_since(at) < KEPT_FOR)
            };
            texts.iter().filter(|text| !fresh(text)).cloned().collect()
        };
        if new.is_empty() {
            return;
        }
        let (key, bodies) = (self.key.clone(), new.clone());
        let store = store.within(STORE_MAX);
        let written = store.write(Durability::Normal, move |tx| {
            bodies.iter().try_for_each(|body| tokens::intern(tx, &key, body, now).map(drop))
        });
        match written.await {
            Ok(()) => {
                let mut memory = self.lock();
                for body in new {
                    memory.insert(self.key.token(&body), Remembered { body, kept: Some(now) });
                }
            }
            Err(error) => tracing::warn!(%error, "button texts not kept"),
        }
    }

    /// The text of a token, if it is at hand.
    pub fn recall(&self, token: &str) -> Option<String> {
        self.lock().get(token).map(|known| known.body.clone())
    }

    /// The text of a token, from memory or the store. `None`: unknown, forgotten, or nobody to ask.
    pub async fn look_up(&self, store: &Store, token: &str) -> Option<String> {
        if let Some(body) = self.recall(token) {
            return Some(body);
        }
        let (key, asked) = (self.key.clone(), token.to_owned());
        let found = store
            .within(STORE_MAX)
            .read(move |conn| tokens::resolve(conn, &key, &asked))
            .await
            .unwrap_or_default()?;
        self.remember(&found);
        Some(found)
    }

    fn remember(&self, body: &str) -> String {
        let token = self.key.token(body);
        let mut memory = self.lock();
        if memory.len() >= MEMORY_MAX {
            memory.clear();
        }
        memory.entry(token.clone()).or_insert_with(|| Remembered { body: body.to_owned(), kept: None });
        token
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Remembered>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{screen::Style, store::testing};

    fn page(text: &str) -> Vec<Vec<html::Key>> {
        let long = Encoded::TooLong(text.into());
        let key = |data| html::Key { label: "x".into(), style: Style::Plain, data };
        vec![vec![key(Encoded::Fits("1short".into())), key(long)]]
    }

    async fn writes(store: &Store) -> i64 {
        store
            .write(Durability::Normal, |tx| tx.query_row("select total_changes()", [], |row| row.get(0)))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_long_button_comes_back_as_its_text_even_after_a_restart() {
        let store = testing::temp().await;
        let now = Timestamp::UNIX_EPOCH;
        let seal = Seal::open(&store).await;
        let (keys, long) = seal.seal(&page("1 a text too long for a button"));
        assert_eq!(keys[0][0].callback_data, "1short");
        let token = keys[0][1].callback_data.strip_prefix("1#").expect("a token").to_owned();
        assert!(keys[0][1].callback_data.len() <= codec::DATA_BYTES_MAX);
        seal.keep(&store, &long, now).await;

        let later = Seal::open(&store).await;
        assert_eq!(later.recall(&token), None);
        assert_eq!(later.look_up(&store, &token).await.as_deref(), Some("1 a text too long for a button"));
        assert_eq!(later.look_up(&store, "AAAAAAAAAAAAAAAAAAAAAA").await, None);
        assert_eq!(later.seal(&page("1 a text too long for a button")).0, keys, "the same token again");
    }

    #[tokio::test]
    async fn drawing_the_same_screen_again_writes_nothing() {
        let store = testing::temp().await;
        let now = Timestamp::UNIX_EPOCH;
        let seal = Seal::open(&store).await;
        let before = writes(&store).await;
        for _ in 0..3 {
            let (_, long) = seal.seal(&page("1 a long text"));
            seal.keep(&store, &long, now).await;
        }
        assert_eq!(writes(&store).await, before + 1);
    }
}
