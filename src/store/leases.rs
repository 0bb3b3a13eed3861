//! Leases: whatever is temporary (an opened port, a snooze, a pause). Written first and durably, shown with their end,
//! ended by time even if the daemon was dead then: a lease stays in the table until its owner has really undone what
//! it stands for, so that [`due`] finds it after a start.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::instant;
use crate::domain::PilotId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub id: i64,
    /// Named by its owner: "alerts.snooze". There is at most one of a kind on a subject.
    pub kind: String,
    pub subject: String,
    /// `None`: Cockpit itself.
    pub granted_by: Option<PilotId>,
    pub granted: Timestamp,
    pub ends: Timestamp,
    /// What the owner needs to undo it.
    pub data: serde_json::Value,
}

/// A lease to be granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub kind: String,
    pub subject: String,
    pub by: Option<PilotId>,
    pub ends: Timestamp,
    pub data: serde_json::Value,
}

const COLUMNS: &str = "id, kind, subject, granted_by, granted_ms, ends_ms, data";

fn lease(row: &Row<'_>) -> rusqlite::Result<Lease> {
    let data: String = row.get(6)?;
    Ok(Lease {
        id: row.get(0)?,
        kind: row.get(1)?,
        subject: row.get(2)?,
        granted_by: row.get::<_, Option<i64>>(3)?.map(PilotId),
        granted: instant::read(row, 4)?,
        ends: instant::read(row, 5)?,
        data: serde_json::from_str(&data).map_err(|e| instant::unreadable(6, e))?,
    })
}

/// Grants it, in place of an earlier one of this kind on this subject (whose id it keeps). To be committed with
/// [`super::Durability::Full`] *before* what it stands for is done.
pub fn grant(tx: &Transaction<'_>, grant: &Grant, now: Timestamp) -> rusqlite::Result<i64> {
    tx.prepare_cached(
        "insert into leases (kind, subject, granted_by, granted_ms, ends_ms, data) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (kind, subject) do update set granted_by = ?3, granted_ms = ?4, ends_ms = ?5, data = ?6
         returning id",
    )?
    .query_row(
        params![
            grant.kind,
            grant.subject,
            grant.by.map(|p| p.0),
            now.as_millisecond(),
            grant.ends.as_millisecond(),
            grant.data.to_string(),
        ],
        |row| row.get(0),
    )
}

/// Moves the end. `false`: there is no such lease any more.
pub fn extend(tx: &Transaction<'_>, id: i64, ends: Timestamp) -> rusqlite::Result<bool> {
    tx.execute("update leases set ends_ms = ?2 where id = ?1", params![id, ends.as_millisecond()])
        .map(|n| n > 0)
}

/// What it stood for has been undone (or is to stay for good). `false`: there was none.
pub fn release(tx: &Transaction<'_>, id: i64) -> rusqlite::Result<bool> {
    tx.execute("delete from leases where id = ?1", [id]).map(|n| n > 0)
}

/// As [`release`], by its kind and subject.
pub fn release_of(tx: &Transaction<'_>, kind: &str, subject: &str) -> rusqlite::Result<bool> {
    tx.execute("delete from leases where kind = ?1 and subject = ?2", [kind, subject]).map(|n| n > 0)
}

/// Of this kind, ended or not, the next to end first.
pub fn of_kind(conn: &Connection, kind: &str) -> rusqlite::Result<Vec<Lease>> {
    conn.prepare_cached(&format!("select {COLUMNS} from leases where kind = ?1 order by ends_ms, id"))?
        .query_map([kind], lease)?
        .collect()
}

/// On this subject, unless it has ended.
pub fn find(conn: &Connection, kind: &str, subject: &str, now: Timestamp) -> rusqlite::Result<Option<Lease>> {
    conn.prepare_cached(&format!(
        "select {COLUMNS} from leases where kind = ?1 and subject = ?2 and ends_ms > ?3"
    ))?
    .query_row(params![kind, subject, now.as_millisecond()], lease)
    .optional()
}

/// Of this kind, ended by now and not yet released: to be undone.
pub fn due(conn: &Connection, kind: &str, now: Timestamp) -> rusqlite::Result<Vec<Lease>> {
    conn.prepare_cached(&format!(
        "select {COLUMNS} from leases where kind = ?1 and ends_ms <= ?2 order by ends_ms, id"
    ))?
    .query_map(params![kind, now.as_millisecond()], lease)?
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Durability, testing::temp};

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + s).unwrap()
    }

    fn snooze(subject: &str, ends_s: i64) -> Grant {
        Grant {
            kind: "snooze".into(),
            subject: subject.into(),
            by: Some(PilotId(7)),
            ends: at(ends_s),
            data: serde_json::json!({ "was": "on" }),
        }
    }

    #[tokio::test]
    async fn a_lease_ends_by_time_and_stays_until_it_is_undone() {
        let store = temp().await;
        let id = store.write(Durability::Full, |tx| grant(tx, &snooze("cpu", 60), at(0))).await.unwrap();
        let find = |now| store.read(move |c| super::find(c, "snooze", "cpu", now));
        let due = |now| store.read(move |c| super::due(c, "snooze", now));
        assert_eq!(find(at(59)).await.unwrap().unwrap().ends, at(60));
        assert_eq!(due(at(59)).await.unwrap(), []);
        assert_eq!(find(at(60)).await.unwrap(), None);
        let ended = due(at(86_400)).await.unwrap();
        assert_eq!((ended.len(), ended[0].id, &ended[0].data["was"]), (1, id, &"on".into()));
        assert!(store.write(Durability::Full, move |tx| release(tx, id)).await.unwrap());
        assert!(!store.write(Durability::Full, move |tx| release(tx, id)).await.unwrap());
        assert_eq!(due(at(86_400)).await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_second_grant_on_a_subject_replaces_the_first() {
        let store = temp().await;
        let (first, again, other) = store
            .write(Durability::Full, |tx| {
                let first = grant(tx, &snooze("cpu", 60), at(0))?;
                let again = grant(tx, &snooze("cpu", 600), at(5))?;
                let other = grant(tx, &snooze("disk", 30), at(5))?;
                extend(tx, other, at(40))?;
                Ok((first, again, other))
            })
            .await
            .unwrap();
        assert_eq!(first, again);
        let all = store.read(|c| of_kind(c, "snooze")).await.unwrap();
        let seen: Vec<_> = all.iter().map(|l| (l.id, l.ends)).collect();
        assert_eq!(seen, [(other, at(40)), (first, at(600))]);
    }
}
