//! The table of files that came in: plain functions over a connection or transaction.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{
    domain::{Asker, ChatId, FileName, Phrase, PilotId, Place},
    intent::transfers::Batch,
    store::instant,
};

/// Files in one batch: an album has ten, and a careless hand some more.
pub const BATCH_MAX: u32 = 50;
/// Files that wait for a chat's answer or their turn.
pub const WAITING_MAX: u32 = 200;
/// An offer nobody took up, and what became of others, are kept this long. Telegram lets go of files earlier.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has said where to.
    Offered,
    Queued,
    Done,
    Failed,
    Cancelled,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            State::Offered => "offered",
            State::Queued => "queued",
            State::Done => "done",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Option<State> {
        [State::Offered, State::Queued, State::Done, State::Failed, State::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A file as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    pub chat: ChatId,
    pub pilot: PilotId,
    /// What makes its bytes be had again.
    pub reference: String,
    pub name: FileName,
    pub bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub id: i64,
    pub batch: Batch,
    pub chat: ChatId,
    pub pilot: PilotId,
    pub reference: String,
    pub name: FileName,
    pub bytes: Option<u64>,
    pub state: State,
    pub place: Option<Place>,
    pub asked_by: Option<Asker>,
    pub saved: Option<FileName>,
    pub said: Option<Phrase>,
    /// What has its name already goes to the trash.
    pub replace: bool,
}

/// In the column `clash`; everything else keeps both.
const REPLACE: &str = "replace";

const COLUMNS: &str =
    "id, batch, chat, pilot, reference, name, bytes, state, place, asked_by, saved, said, clash";

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let text = |column: usize| row.get::<_, String>(column);
    let some = |column: usize| row.get::<_, Option<String>>(column);
    let parsed = |column: usize, text: String| {
        FileName::try_from(text).map_err(|error| instant::unreadable(column, error))
    };
    Ok(Entry {
        id: row.get(0)?,
        batch: Batch(row.get(1)?),
        chat: ChatId(row.get(2)?),
        pilot: PilotId(row.get(3)?),
        reference: text(4)?,
        name: parsed(5, text(5)?)?,
        bytes: row.get::<_, Option<i64>>(6)?.map(i64::cast_unsigned),
        // A newer version may know more: nothing is done about those here.
        state: State::parse(&text(7)?).unwrap_or(State::Cancelled),
        place: some(8)?.and_then(|text| Place::parse(&text).ok()),
        asked_by: some(9)?.and_then(|text| serde_json::from_str(&text).ok()),
        saved: some(10)?.and_then(|text| FileName::try_from(text).ok()),
        said: some(11)?.and_then(|text| serde_json::from_str(&text).ok()),
        replace: text(12)? == REPLACE,
    })
}

/// Notes a file, in this batch where it still takes some, else in a new one. `None`: too many wait already.
pub fn arrived(
    tx: &Transaction<'_>,
    file: &Arrival,
    join: Option<Batch>,
    now: Timestamp,
) -> rusqlite::Result<Option<Batch>> {
    tx.execute(
        "delete from transfer_in where at_ms < ?1 and state <> 'queued'",
        [(now - KEPT).as_millisecond()],
    )?;
    let waiting: u32 = tx.query_row(
        "select count(*) from transfer_in where chat = ?1 and state in ('offered', 'queued')",
        [file.chat.0],
        |row| row.get(0),
    )?;
    if waiting >= WAITING_MAX {
        return Ok(None);
    }
    let open = match join {
        None => None,
        Some(batch) => {
            let (all, other): (u32, u32) = tx.query_row(
                "select count(*), count(*) filter (where state <> 'offered' or chat <> ?2 or pilot <> ?3)
                 from transfer_in where batch = ?1",
                params![batch.0, file.chat.0, file.pilot.0],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            (all > 0 && all < BATCH_MAX && other == 0).then_some(batch)
        }
    };
    let id: i64 = tx
        .prepare_cached(
            "insert into transfer_in (batch, chat, pilot, at_ms, reference, name, bytes, state)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'offered') returning id",
        )?
        .query_row(
            params![
                open.map_or(0, |batch| batch.0),
                file.chat.0,
                file.pilot.0,
                now.as_millisecond(),
                file.reference,
                file.name.to_string(),
                file.bytes.map(u64::cast_signed),
            ],
            |row| row.get(0),
        )?;
    if let Some(batch) = open {
        return Ok(Some(batch));
    }
    tx.execute("update transfer_in set batch = ?1 where id = ?1", [id])?;
    Ok(Some(Batch(id)))
}

pub fn batch(conn: &Connection, batch: Batch) -> rusqlite::Result<Vec<Entry>> {
    conn.prepare_cached(&format!("select {COLUMNS} from transfer_in where batch = ?1 order by id"))?
        .query_map([batch.0], entry)?
        .collect()
}

/// Where files go, and whether what has their names goes to the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    pub place: Place,
    pub replace: bool,
}

/// From `from` to the queue; of whose chat. Without a goal they keep the one they had.
pub fn queue(
    tx: &Transaction<'_>,
    batch: Batch,
    from: State,
    to: Option<&Goal>,
    asked_by: &Asker,
) -> rusqlite::Result<Option<ChatId>> {
    let asked_by = serde_json::to_string(asked_by).expect("plain data with string keys");
    let clash = to.map(|goal| if goal.replace { REPLACE } else { "keep" });
    tx.prepare_cached(
        "update transfer_in set state = 'queued', place = coalesce(?3, place), clash = coalesce(?5, clash),
         asked_by = ?4, said = null
         where batch = ?1 and state = ?2 and (?3 is not null or place is not null) returning chat",
    )?
    .query_map(
        params![batch.0, from.as_str(), to.map(|goal| goal.place.to_string()), asked_by, clash],
        |row| row.get(0).map(ChatId),
    )?
    .collect::<rusqlite::Result<Vec<_>>>()
    .map(|chats| chats.first().copied())
}

pub fn decline(tx: &Transaction<'_>, batch: Batch) -> rusqlite::Result<()> {
    tx.execute("update transfer_in set state = 'cancelled' where batch = ?1 and state = 'offered'", [batch.0])
        .map(drop)
}

/// What waits in a chat's queue: the first, how many it is with it, and their bytes as far as they are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    pub first: Entry,
    pub files: u64,
    pub bytes: u64,
}

pub fn waiting(conn: &Connection, chat: ChatId) -> rusqlite::Result<Option<Waiting>> {
    let first = conn
        .prepare_cached(&format!(
            "select {COLUMNS} from transfer_in where chat = ?1 and state = 'queued' order by id limit 1"
        ))?
        .query_row([chat.0], entry)
        .optional()?;
    let Some(first) = first else { return Ok(None) };
    let (files, bytes): (i64, i64) = conn
        .prepare_cached(
            "select count(*), coalesce(sum(bytes), 0) from transfer_in where chat = ?1 and state = 'queued'",
        )?
        .query_row([chat.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Some(Waiting { first, files: files.cast_unsigned(), bytes: bytes.cast_unsigned() }))
}

/// Chats in whose queue something waits.
pub fn chats_waiting(conn: &Connection) -> rusqlite::Result<Vec<ChatId>> {
    conn.prepare_cached("select distinct chat from transfer_in where state = 'queued'")?
        .query_map([], |row| row.get(0).map(ChatId))?
        .collect()
}

/// How one ended.
pub fn ended(
    tx: &Transaction<'_>,
    id: i64,
    state: State,
    saved: Option<&FileName>,
    said: Option<&Phrase>,
) -> rusqlite::Result<()> {
    let said = said.map(|said| serde_json::to_string(said).expect("plain data with string keys"));
    tx.prepare_cached("update transfer_in set state = ?2, saved = ?3, said = ?4 where id = ?1")?
        .execute(params![id, state.as_str(), saved.map(FileName::to_string), said])
        .map(drop)
}

/// What waited in a chat's queue does not come any more.
pub fn cancel_waiting(tx: &Transaction<'_>, chat: ChatId) -> rusqlite::Result<()> {
    tx.execute("update transfer_in set state = 'cancelled' where chat = ?1 and state = 'queued'", [chat.0])
        .map(drop)
}

/// Folders that were used last, the newest first.
pub fn recent(conn: &Connection, pilot: PilotId, limit: u32) -> rusqlite::Result<Vec<Place>> {
    let texts = conn
        .prepare_cached(
            "select place from transfer_in where pilot = ?1 and place is not null
             group by place order by max(id) desc limit ?2",
        )?
        .query_map(params![pilot.0, limit], |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(texts.iter().filter_map(|text| Place::parse(text).ok()).collect())
}
