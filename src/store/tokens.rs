//! Texts too long for a button, kept under a keyed hash of their content: the same text has the same token, so that
//! redrawing a screen writes nothing, and nobody outside can make up a token for a text of theirs.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::Sha256;

use super::kv;

/// Counted from the last time the text was on a screen.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A text that is drawn again is marked as used at most this often.
const MARKED_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Longer texts are no intents.
pub const BODY_BYTES_MAX: usize = 16 * 1024;

/// What tokens are made with; drawn at the first start and kept in the store.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// The store's key; the first call draws it.
    pub fn of(tx: &Transaction<'_>) -> rusqlite::Result<Key> {
        if let Some(key) = kv::get::<Vec<u8>>(tx, "tokens.key")?.and_then(|bytes| bytes.try_into().ok()) {
            return Ok(Key(key));
        }
        let key = Key::fresh();
        kv::set(tx, "tokens.key", &key.0.as_slice())?;
        Ok(key)
    }

    /// A key that is kept nowhere: its tokens are forgotten with the process.
    pub fn fresh() -> Key {
        let mut key = [0; 32];
        getrandom::fill(&mut key).expect("the kernel has a random source");
        Key(key)
    }

    /// 128 bits as 22 characters. Needs no store.
    pub fn token(&self, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length of key will do");
        mac.update(body.as_bytes());
        BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()[..16])
    }
}

/// Keeps this text and answers its token. Writes when it is new or was marked more than a day ago.
pub fn intern(tx: &Transaction<'_>, key: &Key, body: &str, now: Timestamp) -> rusqlite::Result<String> {
    let token = key.token(body);
    tx.prepare_cached(
        "insert into tokens (token, body, used_ms) values (?1, ?2, ?3)
         on conflict (token) do update set used_ms = ?3 where used_ms < ?4",
    )?
    .execute(params![token, body, now.as_millisecond(), (now - MARKED_EVERY).as_millisecond()])?;
    Ok(token)
}

/// Which of these texts [`intern`] would have to write: the others need no transaction.
pub fn missing(
    conn: &Connection,
    key: &Key,
    bodies: &[String],
    now: Timestamp,
) -> rusqlite::Result<Vec<String>> {
    let mut known = conn.prepare_cached("select 1 from tokens where token = ?1 and used_ms >= ?2")?;
    let since = (now - MARKED_EVERY).as_millisecond();
    let mut missing = Vec::new();
    for body in bodies {
        if !known.exists(params![key.token(body), since])? {
            missing.push(body.clone());
        }
    }
    Ok(missing)
}

/// The text of a token, unless it is unknown, forgotten, or was altered in the file.
pub fn resolve(conn: &Connection, key: &Key, token: &str) -> rusqlite::Result<Option<String>> {
    let body: Option<String> = conn
        .prepare_cached("select body from tokens where token = ?1")?
        .query_row([token], |row| row.get(0))
        .optional()?;
    Ok(body.filter(|body| key.token(body) == token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Durability, prune, testing::temp};

    fn at(days: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + days * 86_400).unwrap()
    }

    #[tokio::test]
    async fn the_same_text_has_the_same_token_and_is_written_once() {
        let store = temp().await;
        store
            .write(Durability::Normal, |tx| {
                let key = Key::of(tx)?;
                let body =
                    "1{\"v\":{\"s\":{\"l\":{\"f\":\"a\",\"s\":\"a very long search indeed, really\"}}}}";
                let token = intern(tx, &key, body, at(0))?;
                assert_eq!(token.len(), 22);
                let writes = tx.query_row("select total_changes()", [], |row| row.get::<_, i64>(0))?;
                assert_eq!(intern(tx, &Key::of(tx)?, body, at(0))?, token);
                assert_eq!(tx.query_row("select total_changes()", [], |row| row.get::<_, i64>(0))?, writes);
                assert_eq!(missing(tx, &key, &[body.into(), "other".into()], at(0))?, ["other"]);
                assert_eq!(missing(tx, &key, &[body.into()], at(2))?, [body]);
                assert_eq!(resolve(tx, &key, &token)?.as_deref(), Some(body));
                assert_eq!(resolve(tx, &key, "AAAAAAAAAAAAAAAAAAAAAA")?, None);
                assert_ne!(Key([0; 32]).token(body), token, "another key, another token");
                tx.execute("update tokens set body = 'altered'", [])?;
                assert_eq!(resolve(tx, &key, &token)?, None, "an altered text is not given out");
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn what_is_drawn_again_lives_on_and_the_rest_is_forgotten_after_thirty_days() {
        let store = temp().await;
        store
            .write(Durability::Normal, |tx| {
                let key = Key::of(tx)?;
                let old = intern(tx, &key, "old", at(0))?;
                let drawn = intern(tx, &key, "drawn", at(0))?;
                intern(tx, &key, "drawn", at(20))?;
                prune::core(tx, at(31))?;
                assert_eq!(resolve(tx, &key, &old)?, None);
                assert_eq!(resolve(tx, &key, &drawn)?.as_deref(), Some("drawn"));
                Ok(())
            })
            .await
            .unwrap();
    }
}
