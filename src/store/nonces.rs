//! Permissions that work once: the answer to one question, from one pilot, in one chat, for exactly one act, until it
//! expires.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::{instant, updates};
use crate::domain::{ChatId, Nonce, PilotId};

/// How long a question can be answered.
pub const EXPIRES: SignedDuration = SignedDuration::from_secs(60);
/// Used and expired ones are kept this long, so that a late tap is told what it is.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What a nonce is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub pilot: PilotId,
    pub chat: ChatId,
    /// The exact act, encoded.
    pub act: String,
}

/// What an answer is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes, now and never again: carry out this act.
    Yes {
        act: String,
    },
    /// Never asked, asked too long ago, or another's question: all the same to the one who taps.
    Unknown,
    Expired,
    /// Answered before.
    Used,
    /// Telegram delivered this very tap a second time.
    Redelivered,
}

/// Asks. To be committed before the question is shown.
pub fn ask(tx: &Transaction<'_>, nonce: &Nonce, question: &Question, now: Timestamp) -> rusqlite::Result<()> {
    tx.prepare_cached("insert into nonces (hash, pilot, chat, act, expires_ms) values (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            hash(nonce),
            question.pilot.0,
            question.chat.0,
            question.act,
            (now + EXPIRES).as_millisecond(),
        ])
        .map(drop)
}

/// Uses the nonce up and notes the update, both in this transaction, which is to be committed with
/// [`super::Durability::Full`] *before* the act: whatever happens then, it runs at most once.
pub fn answer(
    tx: &Transaction<'_>,
    nonce: &Nonce,
    pilot: PilotId,
    chat: ChatId,
    update_id: i64,
    now: Timestamp,
) -> rusqlite::Result<Answer> {
    if !updates::first_time(tx, update_id, now)? {
        return Ok(Answer::Redelivered);
    }
    let hash = hash(nonce);
    let row = tx
        .prepare_cached(
            "select act, expires_ms, used_ms from nonces where hash = ?1 and pilot = ?2 and chat = ?3",
        )?
        .query_row(params![hash, pilot.0, chat.0], |row| {
            Ok((row.get::<_, String>(0)?, instant::read(row, 1)?, instant::read_some(row, 2)?))
        })
        .optional()?;
    let act = match row {
        None => return Ok(Answer::Unknown),
        Some((_, _, Some(_))) => return Ok(Answer::Used),
        Some((_, expires, None)) if now >= expires => return Ok(Answer::Expired),
        Some((act, ..)) => act,
    };
    tx.prepare_cached("update nonces set used_ms = ?2 where hash = ?1")?
        .execute(params![hash, now.as_millisecond()])?;
    Ok(Answer::Yes { act })
}

/// The question was taken back (*Cancel*, another screen in its place).
pub fn withdraw(tx: &Transaction<'_>, nonce: &Nonce) -> rusqlite::Result<()> {
    tx.execute("delete from nonces where hash = ?1 and used_ms is null", params![hash(nonce)]).map(drop)
}

fn hash(nonce: &Nonce) -> Vec<u8> {
    Sha256::digest(nonce.to_string().as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Durability, testing::temp};

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + s).unwrap()
    }

    const DRE: (PilotId, ChatId) = (PilotId(1001), ChatId(1001));

    #[tokio::test]
    async fn a_yes_is_worth_one_act_to_the_one_who_was_asked() {
        let yes = || Answer::Yes { act: "stop docker".into() };
        // (who, where, update, at) → what it is worth, in this order on one question.
        let cases = [
            (PilotId(666), ChatId(1001), 1, 1, Answer::Unknown),
            (PilotId(1001), ChatId(-5), 2, 1, Answer::Unknown),
            (DRE.0, DRE.1, 3, 59, yes()),
            (DRE.0, DRE.1, 3, 59, Answer::Redelivered),
            (DRE.0, DRE.1, 4, 59, Answer::Used),
            (DRE.0, DRE.1, 5, 90, Answer::Used),
        ];
        let store = temp().await;
        let nonce = Nonce::random();
        let question = Question { pilot: DRE.0, chat: DRE.1, act: "stop docker".into() };
        let asked = question.clone();
        store.write(Durability::Full, move |tx| ask(tx, &nonce, &asked, at(0))).await.unwrap();
        for (pilot, chat, update, s, want) in cases {
            let got = store
                .write(Durability::Full, move |tx| answer(tx, &nonce, pilot, chat, update, at(s)))
                .await
                .unwrap();
            assert_eq!(got, want, "{pilot} in {chat}, update {update}, after {s} s");
        }

        let late = Nonce::random();
        let got = store
            .write(Durability::Full, move |tx| {
                ask(tx, &late, &question, at(0))?;
                answer(tx, &late, DRE.0, DRE.1, 6, at(60))
            })
            .await
            .unwrap();
        assert_eq!(got, Answer::Expired);
        let made_up = Nonce::random();
        let got = store
            .write(Durability::Full, move |tx| answer(tx, &made_up, DRE.0, DRE.1, 7, at(1)))
            .await
            .unwrap();
        assert_eq!(got, Answer::Unknown);
    }

    #[tokio::test]
    async fn a_withdrawn_question_is_worth_nothing_and_the_file_holds_no_nonce() {
        let store = temp().await;
        let nonce = Nonce::random();
        let question = Question { pilot: DRE.0, chat: DRE.1, act: "reboot".into() };
        let (got, rows) = store
            .write(Durability::Full, move |tx| {
                ask(tx, &nonce, &question, at(0))?;
                let rows: Vec<u8> = tx.query_row("select hash from nonces", [], |row| row.get(0))?;
                withdraw(tx, &nonce)?;
                Ok((answer(tx, &nonce, DRE.0, DRE.1, 1, at(1))?, rows))
            })
            .await
            .unwrap();
        assert_eq!(got, Answer::Unknown);
        assert_ne!(rows[..16], data_encoding::BASE64URL_NOPAD.decode(nonce.to_string().as_bytes()).unwrap());
    }

    #[tokio::test]
    async fn the_newest_update_is_the_one_seen_last_even_when_numbers_start_anew() {
        let store = temp().await;
        let got = store
            .write(Durability::Full, |tx| {
                assert_eq!(updates::newest(tx)?, None);
                assert!(updates::first_time(tx, 900, at(0))?);
                assert!(updates::first_time(tx, 17, at(700_000))?);
                assert!(updates::first_time(tx, 18, at(700_000))?);
                assert!(!updates::first_time(tx, 17, at(700_001))?);
                updates::newest(tx)
            })
            .await
            .unwrap();
        assert_eq!(got, Some(18));
    }
}
