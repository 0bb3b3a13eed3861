//! The table of alerts: plain functions over a connection or transaction.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, types::Type};

use super::{
    facts::{Alert, Kind, Subject},
    snooze::{self, Snooze},
};
use crate::store::instant;

/// Past alerts that are kept.
pub const KEPT: u32 = 500;

const COLUMNS: &str =
    "id, severity, facts, raised_ms, changed_ms, resolved_ms, how, times, part, version, told";

fn alert(row: &Row<'_>) -> rusqlite::Result<(Alert, i64)> {
    let word = |column: usize| -> rusqlite::Result<serde_json::Value> {
        Ok(serde_json::Value::String(row.get::<_, Option<String>>(column)?.unwrap_or_default()))
    };
    let broken =
        |column, error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error));
    let resolved = instant::read_some(row, 5)?;
    let how = match resolved {
        Some(_) => Some(serde_json::from_value(word(6)?).map_err(|error| broken(6, error))?),
        None => None,
    };
    let facts: String = row.get(2)?;
    let alert = Alert {
        id: row.get(0)?,
        severity: serde_json::from_value(word(1)?).map_err(|error| broken(1, error))?,
        facts: serde_json::from_str(&facts).map_err(|error| broken(2, error))?,
        raised: instant::read(row, 3)?,
        changed: instant::read(row, 4)?,
        resolved: resolved.zip(how),
        times: row.get(7)?,
        part: row.get(8)?,
        version: row.get(9)?,
        snoozed: None,
    };
    Ok((alert, row.get(10)?))
}

/// Rows of kinds that only a later version knows are left alone.
fn readable(
    rows: impl Iterator<Item = rusqlite::Result<(Alert, i64)>>,
) -> rusqlite::Result<Vec<(Alert, i64)>> {
    let known = |row: &rusqlite::Result<(Alert, i64)>| {
        !matches!(row, Err(rusqlite::Error::FromSqlConversionFailure(..)))
    };
    rows.filter(known).collect()
}

fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("a plain enum is written as a word: {other:?}"),
    }
}

/// As it is now; new or in place of what was.
pub fn put(tx: &Transaction<'_>, alert: &Alert) -> rusqlite::Result<()> {
    let subject = alert.subject();
    let facts = serde_json::to_string(&alert.facts).expect("plain data with string keys");
    tx.prepare_cached(
        "insert into alerts (id, kind, subject, severity, facts, raised_ms, changed_ms, resolved_ms, how, times, part, version)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         on conflict (id) do update set severity = ?4, facts = ?5, changed_ms = ?7, resolved_ms = ?8, how = ?9,
            times = ?10, part = ?11, version = ?12",
    )?
    .execute(params![
        alert.id,
        subject.kind.as_str(),
        subject.of,
        word(&alert.severity),
        facts,
        alert.raised.as_millisecond(),
        alert.changed.as_millisecond(),
        alert.resolved.map(|(at, _)| at.as_millisecond()),
        alert.resolved.map(|(_, how)| word(&how)),
        alert.times,
        alert.part,
        alert.version,
    ])?;
    Ok(())
}

/// This version is where it is delivered from. Old ones past [`KEPT`] go.
pub fn told(tx: &Transaction<'_>, id: i64, version: i64) -> rusqlite::Result<()> {
    tx.prepare_cached("update alerts set told = max(told, ?2) where id = ?1")?.execute([id, version])?;
    tx.prepare_cached(
        "delete from alerts where resolved_ms is not null and told >= version and id <= coalesce(
            (select id from alerts where resolved_ms is not null order by id desc limit 1 offset ?1), -1)",
    )?
    .execute([KEPT])?;
    Ok(())
}

/// What the book starts from.
pub struct Kept {
    pub living: Vec<Alert>,
    pub recent: Vec<Alert>,
    /// Not yet handed over, oldest first.
    pub untold: Vec<Alert>,
    pub next_id: i64,
    pub snoozes: Vec<(Subject, Snooze)>,
}

pub fn load(conn: &Connection, since: Timestamp) -> rusqlite::Result<Kept> {
    let mut select = conn.prepare_cached(&format!(
        "select {COLUMNS} from alerts where resolved_ms is null or resolved_ms >= ?1 or told < version
         order by changed_ms, id"
    ))?;
    let rows = readable(select.query_map([since.as_millisecond()], alert)?)?;
    let next_id: i64 = conn.query_row("select coalesce(max(id), 0) + 1 from alerts", [], |row| row.get(0))?;
    let untold = rows.iter().filter(|(alert, told)| *told < alert.version).map(|(alert, _)| alert.clone());
    let untold = untold.collect();
    let alerts = rows.into_iter().map(|(alert, _)| alert);
    let (living, past): (Vec<Alert>, Vec<Alert>) = alerts.partition(Alert::is_living);
    let recent = past.into_iter().filter(|alert| alert.resolved.is_some_and(|(at, _)| at >= since)).collect();
    Ok(Kept { living, recent, untold, next_id, snoozes: snooze::all(conn)? })
}

/// Over, newest first, without what was only told.
pub fn past(conn: &Connection, limit: u32) -> rusqlite::Result<Vec<Alert>> {
    let mut select = conn.prepare_cached(&format!(
        "select {COLUMNS} from alerts where resolved_ms is not null and kind != ?1
         order by resolved_ms desc, id desc limit ?2"
    ))?;
    let rows = readable(select.query_map(params![Kind::Result.as_str(), limit], alert)?)?;
    Ok(rows.into_iter().map(|(alert, _)| alert).collect())
}

pub fn get(conn: &Connection, id: i64) -> rusqlite::Result<Option<Alert>> {
    let mut select = conn.prepare_cached(&format!("select {COLUMNS} from alerts where id = ?1"))?;
    let Some((mut alert, _)) = select.query_row([id], alert).optional()? else { return Ok(None) };
    let subject = alert.subject();
    alert.snoozed = snooze::all(conn)?.into_iter().find(|(of, _)| *of == subject).map(|(_, snooze)| snooze);
    Ok(Some(alert))
}
