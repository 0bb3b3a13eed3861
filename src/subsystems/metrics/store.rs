//! The history's SQL: one wide row per minute, quarters of an hour made from them, pruning, reading.
//!
//! Everything of one minute is one transaction. Pruning is slow on purpose ([`PRUNED_MAX`] rows a minute): a clock
//! wrongly set to 2099 must not empty the history before somebody mends it.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    config::Keep,
    ring::Span,
    rows::{self, SLOTS_MAX},
    series::Series,
};
use crate::charts::Point;

pub const MINUTE_S: i64 = 60;
pub const QUARTER_S: i64 = 15 * MINUTE_S;
const HOUR_S: i64 = 3600;
/// A day's worth in an hour.
const PRUNED_MAX: u32 = 24;
/// Quarters made in one transaction: after a store that was away for hours there are some to catch up with.
const ROLLED_MAX: usize = 8;

/// What one minute was like.
#[derive(Debug, Clone, PartialEq)]
pub struct Minute {
    /// Unix time of its start, s.
    pub t: i64,
    pub spans: Vec<(Series, Span)>,
}

/// Writes finished minutes, the quarters they complete, and takes away what is old. Oldest first.
///
/// # Errors
/// What SQLite says; nothing is written then.
pub fn write(tx: &Transaction<'_>, minutes: &[Minute], keep: &Keep) -> rusqlite::Result<()> {
    let Some(last) = minutes.iter().map(|minute| minute.t).max() else { return Ok(()) };
    let now = last + MINUTE_S;
    let mut names = Names::load(tx)?;
    for minute in minutes {
        let spans = names.slots(tx, minute, keep)?;
        tx.prepare_cached("INSERT OR REPLACE INTO metrics_minute (t, spans) VALUES (?1, ?2)")?
            .execute(params![minute.t, rows::encode(&spans)])?;
    }
    roll(tx, &names, now)?;
    prune(tx, "metrics_minute", now - keep.minutes_s())?;
    prune(tx, "metrics_quarter", now - keep.quarters_s())
}

/// Rows from elsewhere, into a history that has none. Does nothing to one that has.
///
/// # Errors
/// What SQLite says; nothing is written then.
pub fn seed(
    tx: &Transaction<'_>,
    minutes: &[Minute],
    quarters: &[Minute],
    keep: &Keep,
) -> rusqlite::Result<()> {
    let empty =
        "SELECT NOT EXISTS (SELECT 1 FROM metrics_minute) AND NOT EXISTS (SELECT 1 FROM metrics_quarter)";
    if !tx.query_row(empty, [], |row| row.get::<_, bool>(0))? {
        return Ok(());
    }
    let mut names = Names::load(tx)?;
    for (table, wanted) in [("metrics_minute", minutes), ("metrics_quarter", quarters)] {
        let mut insert = tx.prepare(&format!("INSERT OR REPLACE INTO {table} (t, spans) VALUES (?1, ?2)"))?;
        for row in wanted {
            insert.execute(params![row.t, rows::encode(&names.slots(tx, row, keep)?)])?;
        }
    }
    Ok(())
}

fn prune(tx: &Transaction<'_>, table: &str, before: i64) -> rusqlite::Result<()> {
    let old = format!("SELECT t FROM {table} WHERE t < ?1 ORDER BY t LIMIT {PRUNED_MAX}");
    tx.prepare_cached(&format!("DELETE FROM {table} WHERE t IN ({old})"))?.execute([before])?;
    Ok(())
}

/// Which slot is whose.
struct Names {
    /// (slot, seen)
    by_name: HashMap<String, (usize, i64)>,
    by_slot: BTreeMap<usize, String>,
}

impl Names {
    fn load(conn: &Connection) -> rusqlite::Result<Names> {
        let mut names = Names { by_name: HashMap::new(), by_slot: BTreeMap::new() };
        let mut query = conn.prepare_cached("SELECT slot, name, seen FROM metrics_series")?;
        let mut found = query.query([])?;
        while let Some(row) = found.next()? {
            let (slot, name): (u16, String) = (row.get(0)?, row.get(1)?);
            let slot = usize::from(slot);
            names.by_slot.insert(slot, name.clone());
            names.by_name.insert(name, (slot, row.get(2)?));
        }
        Ok(names)
    }

    fn slots(
        &mut self,
        tx: &Transaction<'_>,
        row: &Minute,
        keep: &Keep,
    ) -> rusqlite::Result<Vec<(usize, Span)>> {
        let mut spans = Vec::with_capacity(row.spans.len());
        for (series, span) in &row.spans {
            if let Some(slot) = self.slot(tx, series, row.t, keep)? {
                spans.push((slot, *span));
            }
        }
        Ok(spans)
    }

    /// `None` when all slots are taken by names that rows still hold.
    fn slot(
        &mut self,
        tx: &Transaction<'_>,
        series: &Series,
        t: i64,
        keep: &Keep,
    ) -> rusqlite::Result<Option<usize>> {
        let name = series.to_string();
        let hour = t - t.rem_euclid(HOUR_S);
        if let Some((slot, seen)) = self.by_name.get(&name).copied() {
            // Once an hour is enough: it only says when a slot is free again.
            if seen < hour {
                tx.prepare_cached("UPDATE metrics_series SET seen = ?2 WHERE slot = ?1")?
                    .execute(params![slot as i64, hour])?;
                self.by_name.insert(name, (slot, hour));
            }
            return Ok(Some(slot));
        }
        let Some(slot) = self.free(t, keep) else { return Ok(None) };
        tx.prepare_cached("INSERT OR REPLACE INTO metrics_series (slot, name, seen) VALUES (?1, ?2, ?3)")?
            .execute(params![slot as i64, name, hour])?;
        if let Some(gone) = self.by_slot.insert(slot, name.clone()) {
            self.by_name.remove(&gone);
        }
        self.by_name.insert(name, (slot, hour));
        Ok(Some(slot))
    }

    /// The lowest slot that is unused, or whose name has no rows left.
    fn free(&self, now: i64, keep: &Keep) -> Option<usize> {
        (0..SLOTS_MAX).find(|slot| {
            let Some(name) = self.by_slot.get(slot) else { return true };
            let lasting = Series::parse(name).is_none_or(|series| series.is_lasting());
            let kept_s = if lasting { keep.minutes_s().max(keep.quarters_s()) } else { keep.minutes_s() };
            // Pruning lags behind by design: a day more.
            let until = kept_s + 24 * HOUR_S;
            self.by_name.get(name).is_none_or(|(_, seen)| seen + until < now)
        })
    }

    fn lasting(&self, slot: usize) -> bool {
        self.by_slot.get(&slot).and_then(|name| Series::parse(name)).is_some_and(|series| series.is_lasting())
    }
}

/// Makes the quarters that are over and not yet made.
fn roll(tx: &Transaction<'_>, names: &Names, now: i64) -> rusqlite::Result<()> {
    for _ in 0..ROLLED_MAX {
        // Rows of the future are a clock's mistake: they must not stop the quarters of the present.
        let made: Option<i64> = tx
            .prepare_cached("SELECT max(t) FROM metrics_quarter WHERE t < ?1")?
            .query_row([now], |row| row.get(0))?;
        let after = made.map_or(i64::MIN, |t| t + QUARTER_S);
        let next: Option<i64> = tx
            .prepare_cached("SELECT t FROM metrics_minute WHERE t >= ?1 ORDER BY t LIMIT 1")?
            .query_row([after], |row| row.get(0))
            .optional()?;
        let Some(quarter) = next.map(|t| t - t.rem_euclid(QUARTER_S)) else { return Ok(()) };
        if quarter + QUARTER_S > now {
            return Ok(());
        }
        let spans = quarter_of(tx, names, quarter)?;
        tx.prepare_cached("INSERT OR REPLACE INTO metrics_quarter (t, spans) VALUES (?1, ?2)")?
            .execute(params![quarter, rows::encode(&spans)])?;
    }
    Ok(())
}

fn quarter_of(tx: &Transaction<'_>, names: &Names, quarter: i64) -> rusqlite::Result<Vec<(usize, Span)>> {
    let mut by_slot: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    let mut query = tx.prepare_cached("SELECT spans FROM metrics_minute WHERE t >= ?1 AND t < ?2")?;
    let mut minutes = query.query([quarter, quarter + QUARTER_S])?;
    while let Some(row) = minutes.next()? {
        for (slot, span) in rows::decode_all(row.get_ref(0)?.as_blob()?) {
            by_slot.entry(slot).or_default().push(span);
        }
    }
    let lasting = by_slot.into_iter().filter(|(slot, _)| names.lasting(*slot));
    Ok(lasting.filter_map(|(slot, spans)| Some((slot, Span::over(spans)?))).collect())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    Minutes,
    Quarters,
}

impl Table {
    pub fn step_s(self) -> i64 {
        match self {
            Table::Minutes => MINUTE_S,
            Table::Quarters => QUARTER_S,
        }
    }
}

/// The series that had values since a moment (unix time, s), in the order in which they were first seen.
///
/// # Errors
/// What SQLite says.
pub fn known(conn: &Connection, since: i64) -> rusqlite::Result<Vec<Series>> {
    let mut query = conn.prepare_cached("SELECT name FROM metrics_series WHERE seen >= ?1 ORDER BY slot")?;
    let names = query.query_map([since - HOUR_S], |row| row.get::<_, String>(0))?;
    names.filter_map(|name| name.map(|name| Series::parse(&name)).transpose()).collect()
}

/// One line of points for each asked series, over `from..to` (unix time, s), oldest first. Points stand in the middle
/// of their while. A row in which a series is absent gives it no point.
///
/// # Errors
/// What SQLite says.
pub fn read(
    conn: &Connection,
    table: Table,
    series: &[Series],
    from: i64,
    to: i64,
) -> rusqlite::Result<Vec<Vec<Point>>> {
    let names = Names::load(conn)?;
    // A name that is not in the table has a slot that no row has.
    let slot = |series: &Series| names.by_name.get(&series.to_string()).map_or(usize::MAX, |(slot, _)| *slot);
    let slots: Vec<usize> = series.iter().map(slot).collect();
    let sql = match table {
        Table::Minutes => "SELECT t, spans FROM metrics_minute WHERE t >= ?1 AND t < ?2 ORDER BY t",
        Table::Quarters => "SELECT t, spans FROM metrics_quarter WHERE t >= ?1 AND t < ?2 ORDER BY t",
    };
    let middle = table.step_s() as f64 / 2.0;
    let mut lines = vec![Vec::new(); series.len()];
    let mut query = conn.prepare_cached(sql)?;
    let mut found = query.query([from, to])?;
    while let Some(row) = found.next()? {
        let t = row.get::<_, i64>(0)? as f64 + middle;
        let spans = rows::decode(row.get_ref(1)?.as_blob()?, &slots);
        for (line, span) in lines.iter_mut().zip(spans) {
            line.extend(span.map(|span| span.at(t)));
        }
    }
    Ok(lines)
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
