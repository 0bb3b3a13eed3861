//! Notices as rows: written before they are acknowledged, marked once they are delivered, read again at start.
//!
//! A notice is delivered at least once: a crash in the moment between Telegram's answer and the mark repeats it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    super::{content::Content, seal::Seal},
    post::{Actual, Kind, What},
    words::Now,
};
use crate::{
    domain::{ChatId, ChatKind, Lang, Reader, Role, Theme},
    intent::View,
    screen::{
        Screen,
        html::{Frame, Live},
    },
    store::instant,
};

/// Typed data that comes unasked, as its room's panel drew it for one recipient.
#[derive(Debug, Clone)]
pub struct Notice {
    /// One incident: the same key in the same chat is the same message, edited. At most 200 characters.
    pub key: String,
    pub chat: ChatId,
    pub reader: Reader,
    pub screen: Screen,
    /// What a tap that leads to this view need not draw again, since the notice itself shows it.
    pub view: Option<View>,
    /// With a sound; only its first version can be.
    pub loud: bool,
}

/// A notice as the store has it.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: i64,
    pub chat: ChatId,
    pub version: i64,
    pub made: Timestamp,
    pub actual: Option<Actual>,
    /// `None`: delivered as it is.
    pub draft: Option<Draft>,
}

#[derive(Debug, Clone)]
pub struct Draft {
    reader: Reader,
    screen: Screen,
    loud: bool,
}

/// Later than this and it says so itself.
const LATE_AFTER: SignedDuration = SignedDuration::from_secs(90);
/// After that long nothing is edited any more, and undelivered ones are no news.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
const NEWS_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// More undelivered ones than this: the oldest go.
const WAITING_MAX: i64 = 500;

impl Draft {
    pub fn of(notice: &Notice) -> Draft {
        Draft { reader: notice.reader.clone(), screen: notice.screen.clone(), loud: notice.loud }
    }

    /// As it is sent now, and as it is sent when it comes late.
    pub fn what(&self, made: Timestamp, seal: &Seal, now: Now) -> What {
        let age = now.wall.duration_since(made);
        let wait = LATE_AFTER.saturating_sub(age).max(SignedDuration::ZERO);
        let from: Instant = now.at + wait.unsigned_abs();
        let late = self.drawn(Some(made), seal, now);
        What::Content { content: Arc::new(self.content(seal, now)), late: Some((from, Arc::new(late))) }
    }

    pub fn content(&self, seal: &Seal, now: Now) -> Content {
        self.drawn(None, seal, now)
    }

    fn drawn(&self, late: Option<Timestamp>, seal: &Seal, now: Now) -> Content {
        let reader = Reader { now: now.wall, ..self.reader.clone() };
        let frame = Frame { reader: &reader, here: None, live: Live::Off, head: None, asking: false, late };
        Content::of(&self.screen, &frame, seal).loud(self.loud)
    }
}

/// `Reader`, without its moment.
#[derive(Serialize, Deserialize)]
struct ReaderRow {
    lang: Lang,
    tz: String,
    role: Role,
    theme: Theme,
    chat: ChatKind,
}

fn reader_text(reader: &Reader) -> String {
    let tz = reader.tz.iana_name().unwrap_or("UTC").to_owned();
    let row = ReaderRow { lang: reader.lang, tz, role: reader.role, theme: reader.theme, chat: reader.chat };
    serde_json::to_string(&row).expect("plain data")
}

fn reader_of(text: &str, now: Timestamp) -> Option<Reader> {
    let row: ReaderRow = serde_json::from_str(text).ok()?;
    let tz = TimeZone::get(&row.tz).unwrap_or(TimeZone::UTC);
    Some(Reader { lang: row.lang, tz, role: row.role, theme: row.theme, chat: row.chat, now })
}

/// A new incident, or the newest version of a known one: (id, version, what Telegram has of it).
pub fn put(
    tx: &Transaction<'_>,
    notice: &Notice,
    now: Timestamp,
) -> rusqlite::Result<(i64, i64, Option<Actual>)> {
    let key: String = notice.key.chars().take(200).collect();
    let screen = serde_json::to_string(&notice.screen).expect("plain data");
    let view = notice.view.as_ref().map(|view| serde_json::to_string(view).expect("plain data"));
    tx.prepare_cached(
        "insert into tg_notices (chat, key, screen, reader, view, loud, made_ms, version)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
         on conflict (chat, key) do update set screen = ?3, reader = ?4, view = ?5, version = version + 1,
             made_ms = case when sent_version = version then ?7 else made_ms end",
    )?
    .execute(params![
        notice.chat.0,
        key,
        screen,
        reader_text(&notice.reader),
        view,
        notice.loud,
        now.as_millisecond()
    ])?;
    tx.execute(
        "delete from tg_notices where id in
             (select id from tg_notices where version > sent_version order by id desc limit -1 offset ?1)",
        [WAITING_MAX],
    )?;
    tx.prepare_cached(
        "select id, version, message, kind, print, art, sent_ms from tg_notices where chat = ?1 and key = ?2",
    )?
    .query_row(params![notice.chat.0, key], |row| Ok((row.get(0)?, row.get(1)?, actual(row, 2)?)))
}

/// This version is at Telegram, as this message.
pub fn delivered(
    tx: &Transaction<'_>,
    id: i64,
    version: i64,
    chat: ChatId,
    actual: &Actual,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "update tg_notices set sent_version = max(sent_version, ?2), chat = ?3, message = ?4, kind = ?5, print = ?6,
             art = ?7, sent_ms = ?8 where id = ?1",
    )?
    .execute(params![
        id,
        version,
        chat.0,
        actual.message,
        kind_text(actual.kind),
        actual.print,
        actual.art,
        actual.sent.as_millisecond(),
    ])
    .map(drop)
}

/// It cannot be delivered, ever: not tried again.
pub fn given_up(tx: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    tx.execute("update tg_notices set sent_version = version where id = ?1", [id]).map(drop)
}

pub fn prune(tx: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<()> {
    tx.execute("delete from tg_notices where made_ms < ?1", [(now - KEPT_FOR).as_millisecond()])?;
    tx.execute(
        "delete from tg_notices where version > sent_version and made_ms < ?1",
        [(now - NEWS_FOR).as_millisecond()],
    )
    .map(drop)
}

/// All that can still be edited or must still be delivered, oldest first.
pub fn all(conn: &Connection, now: Timestamp) -> rusqlite::Result<Vec<Kept>> {
    conn.prepare_cached(
        "select id, chat, version, sent_version, made_ms, screen, reader, loud, message, kind, print, art, sent_ms
         from tg_notices order by id",
    )?
    .query_map([], |row| {
        let (version, sent): (i64, i64) = (row.get(2)?, row.get(3)?);
        let draft = if version > sent { draft(row, now)? } else { None };
        Ok(Kept {
            id: row.get(0)?,
            chat: ChatId(row.get(1)?),
            version,
            made: instant::read(row, 4)?,
            draft,
            actual: actual(row, 8)?,
        })
    })?
    .collect()
}

/// Where a notice was delivered, and the view it shows.
pub fn by_id(conn: &Connection, id: i64) -> rusqlite::Result<Option<(ChatId, i64, Option<View>)>> {
    let found = conn
        .prepare_cached("select chat, message, view from tg_notices where id = ?1 and message is not null")?
        .query_row([id], |row| {
            let view: Option<String> = row.get(2)?;
            let view = view.and_then(|view| serde_json::from_str(&view).ok());
            Ok((ChatId(row.get(0)?), row.get(1)?, view))
        });
    found.optional()
}

/// What an older program wrote may not parse any more: that notice is dropped, not the start.
fn draft(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<Option<Draft>> {
    let (screen, reader): (String, String) = (row.get(5)?, row.get(6)?);
    let loud = row.get(7)?;
    let parts = serde_json::from_str(&screen).ok().zip(reader_of(&reader, now));
    Ok(parts.map(|(screen, reader)| Draft { reader, screen, loud }))
}

/// Five columns: message, kind, print, art, sent_ms.
pub fn actual(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Actual>> {
    let Some(message) = row.get::<_, Option<i64>>(first)? else { return Ok(None) };
    let kind: Option<String> = row.get(first + 1)?;
    let print = |column| row.get::<_, Option<Vec<u8>>>(column).map(|b| b.and_then(|b| b.try_into().ok()));
    Ok(Some(Actual {
        message,
        kind: if kind.as_deref() == Some("photo") { Kind::Photo } else { Kind::Text },
        print: print(first + 2)?,
        art: print(first + 3)?,
        sent: instant::read_some(row, first + 4)?.unwrap_or(Timestamp::UNIX_EPOCH),
    }))
}

pub fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Photo => "photo",
    }
}
