//! Telegram updates that were acted on. A redelivered one is recognised, also after a crash.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction, params};

/// Telegram delivers an update for at most 24 hours; twice that is kept.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// Notes this update in the transaction of what it causes. `false`: it was noted before, do nothing.
pub fn first_time(tx: &Transaction<'_>, update_id: i64, now: Timestamp) -> rusqlite::Result<bool> {
    tx.prepare_cached("insert into updates (update_id, seen_ms) values (?1, ?2) on conflict do nothing")?
        .execute(params![update_id, now.as_millisecond()])
        .map(|n| n > 0)
}

/// The one noted last, to start polling after. By time, not by number: after a week of silence Telegram draws a new
/// number at random, which may be lower.
pub fn newest(conn: &Connection) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached(
        "select max(update_id) from updates where seen_ms = (select max(seen_ms) from updates)",
    )?
    .query_row([], |row| row.get(0))
}
