//! The gateway's tables.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::de::DeserializeOwned;

use super::core::{BubbleRow, Kept, Save, Stranger};
use crate::{
    domain::{ChatId, PilotId},
    store::{instant, kv},
    telegram::outbox,
};

const OFFSET: &str = "telegram.offset";
/// Telegram delivers an update for a day; twice that is kept.
const UPDATES_KEPT: SignedDuration = SignedDuration::from_hours(48);
const BUBBLES_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
const STRANGERS_KEPT: SignedDuration = SignedDuration::from_hours(180 * 24);
const BUBBLES_MAX: i64 = 500;

pub fn apply(tx: &Transaction<'_>, save: &Save) -> rusqlite::Result<()> {
    match save {
        Save::Bubble(row) => bubble(tx, row),
        Save::DropBubble(slot) => run(tx, "delete from tg_bubbles where slot = ?1", params![key(*slot)]),
        Save::Prompt { chat, pilot, hole, slot, ends } => run(
            tx,
            "insert into tg_prompts (chat, pilot, hole, slot, ends_ms) values (?1, ?2, ?3, ?4, ?5)
             on conflict (chat, pilot) do update set hole = ?3, slot = ?4, ends_ms = ?5",
            params![chat.0, pilot.0, json(hole), key(*slot), ends.as_millisecond()],
        ),
        Save::DropPrompt(chat, pilot) => {
            run(tx, "delete from tg_prompts where chat = ?1 and pilot = ?2", params![chat.0, pilot.0])
        }
        Save::Stranger(pilot, stranger) => run(
            tx,
            "insert into tg_strangers (person, told_ms, audited_ms, seen_ms) values (?1, ?2, ?3, ?4)
             on conflict (person) do update set audited_ms = ?3, seen_ms = ?4",
            params![
                pilot.0,
                stranger.told.as_millisecond(),
                stranger.audited.as_millisecond(),
                stranger.seen.as_millisecond()
            ],
        ),
        Save::DropStranger(pilot) => run(tx, "delete from tg_strangers where person = ?1", params![pilot.0]),
        Save::Menu { chat, pilot, print } => run(
            tx,
            "insert into tg_menus (chat, pilot, print) values (?1, ?2, ?3)
             on conflict (chat, pilot) do update set print = ?3",
            params![chat.0, pilot.0, print],
        ),
    }
}

fn bubble(tx: &Transaction<'_>, row: &BubbleRow) -> rusqlite::Result<()> {
    let BubbleRow { slot, caller, view, actual, head, lease, question, used } = row;
    let actual = actual.as_ref();
    run(
        tx,
        "insert into tg_bubbles (slot, chat, message, kind, print, art, sent_ms, view, caller, head, lease_ms,
             question_ms, used_ms)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         on conflict (slot) do update set chat = ?2, message = ?3, kind = ?4, print = ?5, art = ?6, sent_ms = ?7,
             view = ?8, caller = ?9, head = ?10, lease_ms = ?11, question_ms = ?12, used_ms = ?13",
        params![
            key(*slot),
            caller.chat.0,
            actual.map(|actual| actual.message),
            actual.map(|actual| outbox::kind_text(actual.kind)),
            actual.and_then(|actual| actual.print),
            actual.and_then(|actual| actual.art),
            actual.map(|actual| actual.sent.as_millisecond()),
            json(view),
            json(caller),
            head,
            lease.map(Timestamp::as_millisecond),
            question.map(Timestamp::as_millisecond),
            used.as_millisecond(),
        ],
    )
}

fn run(tx: &Transaction<'_>, sql: &str, values: impl rusqlite::Params) -> rusqlite::Result<()> {
    tx.prepare_cached(sql)?.execute(values).map(drop)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data with string keys")
}

/// Slots are counted from 1: they fit.
fn key(slot: u64) -> i64 {
    i64::try_from(slot).unwrap_or(i64::MAX)
}

pub fn prune(tx: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<()> {
    for (sql, kept) in [
        ("delete from tg_bubbles where used_ms < ?1", BUBBLES_KEPT),
        ("delete from tg_strangers where seen_ms < ?1", STRANGERS_KEPT),
        ("delete from tg_updates where seen_ms < ?1", UPDATES_KEPT),
        ("delete from tg_prompts where ends_ms < ?1", UPDATES_KEPT),
    ] {
        tx.execute(sql, [(now - kept).as_millisecond()])?;
    }
    tx.execute(
        "delete from tg_bubbles where slot in (select slot from tg_bubbles order by slot desc limit -1 offset ?1)",
        [BUBBLES_MAX],
    )
    .map(drop)
}

/// The language of the Telegram of whoever last spoke in this chat, as an IETF tag.
pub fn last_lang_tag(conn: &Connection, chat: ChatId) -> rusqlite::Result<Option<String>> {
    let newest = "select caller from tg_bubbles where chat = ?1 order by used_ms desc limit 1";
    let caller = conn
        .prepare_cached(newest)?
        .query_row([chat.0], |row| parsed::<crate::bridge::ship::Caller>(row, 0))
        .optional()?;
    Ok(caller.flatten().and_then(|caller| caller.lang_tag))
}

/// What a row of another version holds may not parse: that row is left out, not the start.
pub fn kept(conn: &Connection) -> rusqlite::Result<Kept> {
    Ok(Kept {
        bubbles: rows(
            conn,
            "select slot, view, caller, head, lease_ms, question_ms, used_ms, message, kind, print, art, sent_ms
             from tg_bubbles order by slot",
            |row| {
                let (Some(view), Some(caller)) = (parsed(row, 1)?, parsed(row, 2)?) else { return Ok(None) };
                Ok(Some(BubbleRow {
                    slot: row.get::<_, i64>(0)?.unsigned_abs(),
                    caller,
                    view,
                    actual: outbox::actual(row, 7)?,
                    head: row.get(3)?,
                    lease: instant::read_some(row, 4)?,
                    question: instant::read_some(row, 5)?,
                    used: instant::read(row, 6)?,
                }))
            },
        )?,
        prompts: rows(conn, "select chat, pilot, hole, slot, ends_ms from tg_prompts", |row| {
            let Some(hole) = parsed(row, 2)? else { return Ok(None) };
            let slot = row.get::<_, i64>(3)?.unsigned_abs();
            let ends = instant::read(row, 4)?;
            Ok(Some((ChatId(row.get(0)?), PilotId(row.get(1)?), hole, slot, ends)))
        })?,
        strangers: rows(conn, "select person, told_ms, audited_ms, seen_ms from tg_strangers", |row| {
            let (told, audited, seen) =
                (instant::read(row, 1)?, instant::read(row, 2)?, instant::read(row, 3)?);
            Ok(Some((PilotId(row.get(0)?), Stranger { told, audited, seen, attempts: 0 })))
        })?,
        menus: rows(conn, "select chat, pilot, print from tg_menus", |row| {
            let print: Vec<u8> = row.get(2)?;
            let print = print.try_into().ok();
            let (chat, pilot) = (ChatId(row.get(0)?), PilotId(row.get(1)?));
            Ok(print.map(|print| (chat, pilot, print)))
        })?,
        notices: rows(conn, "select chat, message, view from tg_notices where message is not null", |row| {
            Ok(Some((ChatId(row.get(0)?), row.get(1)?, parsed(row, 2)?)))
        })?,
    })
}

fn rows<T>(
    conn: &Connection,
    sql: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<Option<T>>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = conn.prepare(sql)?;
    let rows = statement.query_map([], read)?;
    rows.filter_map(Result::transpose).collect()
}

fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Where polling goes on, when the last update came, and which numbers were handed over lately.
pub fn polled(conn: &Connection) -> rusqlite::Result<(Option<i64>, Option<Timestamp>, Vec<i64>)> {
    let offset = kv::get(conn, OFFSET)?;
    let mut statement = conn.prepare("select update_id from tg_updates order by seen_ms desc limit 1000")?;
    let ids = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let last = conn.query_row("select max(seen_ms) from tg_updates", [], |row| instant::read_some(row, 0))?;
    Ok((offset, last, ids))
}

/// These were handed over; the next poll begins at `offset`.
pub fn handed_over(tx: &Transaction<'_>, ids: &[i64], offset: i64, now: Timestamp) -> rusqlite::Result<()> {
    for id in ids {
        run(
            tx,
            "insert into tg_updates (update_id, seen_ms) values (?1, ?2) on conflict do nothing",
            params![id, now.as_millisecond()],
        )?;
    }
    kv::set(tx, OFFSET, &offset)
}
