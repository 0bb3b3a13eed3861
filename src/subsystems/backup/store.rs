//! This room's SQL: facts of plans, their snapshots, sizes over time, what comparisons found. Folders of snapshots are
//! in `index.rs`.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    borg_names::is_archive_of,
    engine::{Change, Diff, How, Kept, Retained, Snapshot, Which},
    plan::Facts,
};
use crate::{domain::Bytes, intent::backup::PlanName};

/// Sizes are kept for two years.
const SIZES_KEPT_S: i64 = 730 * 86_400;
/// Comparisons kept of each plan; the oldest go.
const FOUND_KEPT: i64 = 12;

/// A snapshot as it is kept for the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub which: Which,
    pub at: Timestamp,
    #[serde(default)]
    pub host: Option<String>,
    #[serde(default)]
    pub paths: Vec<PathBuf>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub size: Option<Bytes>,
    #[serde(default)]
    pub files: Option<u64>,
}

impl Held {
    /// Whether a run of this plan made it: by its mark, or (with restic) by what it saves on this machine, where
    /// nobody has marked it otherwise.
    pub fn is_of(&self, plan: &str, paths: &[PathBuf], host: Option<&str>) -> bool {
        if let Some(name) = &self.which.name {
            return is_archive_of(plan, name);
        }
        let mine = host.is_none() || self.host.as_deref() == host;
        self.tags.iter().any(|tag| tag == plan) || self.tags.is_empty() && mine && self.paths == paths
    }
}

impl From<Snapshot> for Held {
    fn from(snapshot: Snapshot) -> Held {
        let Snapshot { which, at, host, paths, tags, size, files, .. } = snapshot;
        Held { which, at, host, paths, tags, size, files }
    }
}

/// What comparing two snapshots found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    pub changes: Vec<(Mode, String)>,
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
    pub added_bytes: Option<Bytes>,
    pub removed_bytes: Option<Bytes>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    #[serde(rename = "+")]
    Added,
    #[serde(rename = "-")]
    Removed,
    #[serde(rename = "M")]
    Changed,
    #[serde(rename = "U")]
    Meta,
    #[serde(rename = "T")]
    Kind,
}

impl From<Diff> for Compared {
    fn from(diff: Diff) -> Compared {
        let mode = |how| match how {
            How::Added => Mode::Added,
            How::Removed => Mode::Removed,
            How::Changed => Mode::Changed,
            How::Meta => Mode::Meta,
            How::Kind => Mode::Kind,
        };
        let line = |change: Change| (mode(change.how), change.path.to_string_lossy().into_owned());
        Compared {
            changes: diff.changes.into_iter().map(line).collect(),
            added: diff.added,
            removed: diff.removed,
            changed: diff.changed,
            added_bytes: diff.added_bytes,
            removed_bytes: diff.removed_bytes,
        }
    }
}

/// What thinning out would remove.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rehearsed {
    pub kept: Vec<Sorted>,
    pub removed: Vec<Sorted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sorted {
    pub which: Which,
    pub at: Option<Timestamp>,
    pub why: Vec<String>,
}

impl From<Retained> for Rehearsed {
    fn from(retained: Retained) -> Rehearsed {
        let sorted = |kept: Kept| Sorted { which: kept.which, at: kept.at, why: kept.why };
        Rehearsed {
            kept: retained.kept.into_iter().map(sorted).collect(),
            removed: retained.removed.into_iter().map(sorted).collect(),
        }
    }
}

/// "thin" in `backup_found`.
pub const THIN: &str = "thin";

pub fn diff_of(old: &str, new: &str) -> String {
    format!("diff {old} {new}")
}

/// Facts that are not understood (of a later Cockpit) are left out, and begun anew.
pub fn facts(conn: &Connection) -> rusqlite::Result<BTreeMap<PlanName, Facts>> {
    let mut select = conn.prepare_cached("SELECT plan, facts FROM backup_plan")?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut all = BTreeMap::new();
    for row in rows {
        let (plan, facts) = row?;
        if let (Ok(plan), Ok(facts)) = (PlanName::parse(&plan), serde_json::from_str(&facts)) {
            all.insert(plan, facts);
        }
    }
    Ok(all)
}

/// Changes the facts of one plan and answers how they are now.
pub fn change(
    tx: &Transaction<'_>,
    plan: &PlanName,
    change: impl FnOnce(&mut Facts),
) -> rusqlite::Result<Facts> {
    let kept: Option<String> = tx
        .prepare_cached("SELECT facts FROM backup_plan WHERE plan = ?1")?
        .query_row([plan.as_str()], |row| row.get(0))
        .optional()?;
    let mut facts: Facts = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    change(&mut facts);
    tx.prepare_cached(
        "INSERT INTO backup_plan (plan, facts) VALUES (?1, ?2) ON CONFLICT (plan) DO UPDATE SET facts = ?2",
    )?
    .execute(params![plan.as_str(), json(&facts)])?;
    Ok(facts)
}

/// The listing takes the place of the one before; folders of snapshots that are no more go with them.
pub fn list(tx: &Transaction<'_>, plan: &PlanName, snapshots: &[Held]) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM backup_snapshot WHERE plan = ?1")?.execute([plan.as_str()])?;
    let mut insert = tx.prepare_cached(
        "INSERT OR REPLACE INTO backup_snapshot (plan, id, at_s, snapshot) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for held in snapshots {
        insert.execute(params![plan.as_str(), held.which.id.as_str(), held.at.as_second(), json(held)])?;
    }
    super::index::sweep(tx, plan)
}

/// Newest first.
pub fn snapshots(conn: &Connection, plan: &PlanName) -> rusqlite::Result<Vec<Held>> {
    let mut select = conn
        .prepare_cached("SELECT snapshot FROM backup_snapshot WHERE plan = ?1 ORDER BY at_s DESC, id DESC")?;
    let rows = select.query_map([plan.as_str()], |row| row.get::<_, String>(0))?;
    let mut all = Vec::new();
    for row in rows {
        all.extend(serde_json::from_str(&row?).ok());
    }
    Ok(all)
}

pub fn snapshot(conn: &Connection, plan: &PlanName, id: &str) -> rusqlite::Result<Option<Held>> {
    let found: Option<String> = conn
        .prepare_cached("SELECT snapshot FROM backup_snapshot WHERE plan = ?1 AND id = ?2")?
        .query_row([plan.as_str(), id], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|text| serde_json::from_str(&text).ok()))
}

pub fn add_size(tx: &Transaction<'_>, plan: &PlanName, at: Timestamp, stored: Bytes) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO backup_size (plan, at_s, stored) VALUES (?1, ?2, ?3)")?
        .execute(params![plan.as_str(), at.as_second(), i64::try_from(stored.0).unwrap_or(i64::MAX)])?;
    tx.prepare_cached("DELETE FROM backup_size WHERE plan = ?1 AND at_s < ?2")?
        .execute(params![plan.as_str(), at.as_second() - SIZES_KEPT_S])?;
    Ok(())
}

/// Oldest first: unix seconds, bytes.
pub fn sizes(conn: &Connection, plan: &PlanName) -> rusqlite::Result<Vec<(i64, Bytes)>> {
    let mut select =
        conn.prepare_cached("SELECT at_s, stored FROM backup_size WHERE plan = ?1 ORDER BY at_s")?;
    let rows = select.query_map([plan.as_str()], |row| {
        Ok((row.get(0)?, Bytes(u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0))))
    })?;
    rows.collect()
}

pub fn keep_found(
    tx: &Transaction<'_>,
    plan: &PlanName,
    what: &str,
    at: Timestamp,
    found: &impl Serialize,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO backup_found (plan, what, at_s, found) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![plan.as_str(), what, at.as_second(), json(found)])?;
    tx.prepare_cached(
        "DELETE FROM backup_found WHERE plan = ?1 AND what NOT IN
            (SELECT what FROM backup_found WHERE plan = ?1 ORDER BY at_s DESC, what LIMIT ?2)",
    )?
    .execute(params![plan.as_str(), FOUND_KEPT])?;
    Ok(())
}

pub fn forget_found(tx: &Transaction<'_>, plan: &PlanName, what: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM backup_found WHERE plan = ?1 AND what = ?2")?
        .execute([plan.as_str(), what])?;
    Ok(())
}

pub fn found<T: DeserializeOwned>(
    conn: &Connection,
    plan: &PlanName,
    what: &str,
) -> rusqlite::Result<Option<(Timestamp, T)>> {
    let row: Option<(i64, String)> = conn
        .prepare_cached("SELECT at_s, found FROM backup_found WHERE plan = ?1 AND what = ?2")?
        .query_row([plan.as_str(), what], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(row.and_then(|(at, text)| Some((Timestamp::from_second(at).ok()?, serde_json::from_str(&text).ok()?))))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data with string keys")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::{Durability, testing::temp},
        subsystems::backup::engine::SnapshotId,
    };

    fn held(id: &str, at: i64) -> Held {
        Held {
            which: Which { id: SnapshotId::parse(id).expect("an id"), name: None },
            at: Timestamp::from_second(at).expect("a time"),
            host: Some("potion".into()),
            paths: vec!["/home".into()],
            tags: Vec::new(),
            size: None,
            files: Some(3),
        }
    }

    #[tokio::test]
    async fn a_listing_takes_the_place_of_the_one_before_and_is_told_newest_first() {
        let store = temp().await;
        let plan = PlanName::parse("home").expect("a name");
        let (one, two, three) = (held("aaaaaaaa", 10), held("bbbbbbbb", 30), held("cccccccc", 20));
        let (first, second) = (vec![one.clone(), two.clone()], vec![two.clone(), three.clone()]);
        let name = plan.clone();
        store
            .write(Durability::Normal, move |tx| {
                list(tx, &name, &first)?;
                list(tx, &name, &second)
            })
            .await
            .expect("written");
        let name = plan.clone();
        let read = store
            .read(move |conn| Ok((snapshots(conn, &name)?, snapshot(conn, &name, "aaaaaaaa")?)))
            .await
            .expect("read");
        assert_eq!(read, (vec![two, three], None));
    }

    #[tokio::test]
    async fn facts_are_changed_one_after_the_other_and_only_the_newest_findings_stay() {
        let store = temp().await;
        let plan = PlanName::parse("home").expect("a name");
        let name = plan.clone();
        let at = |s| Timestamp::from_second(s).expect("a time");
        store
            .write(Durability::Normal, move |tx| {
                change(tx, &name, |facts| facts.since = Some(at(5)))?;
                change(tx, &name, |facts| facts.next_part = 4)?;
                for n in 0..20 {
                    keep_found(tx, &name, &format!("diff {n}"), at(n), &n)?;
                }
                add_size(tx, &name, at(0), Bytes(1))?;
                add_size(tx, &name, at(SIZES_KEPT_S + 1), Bytes(2))
            })
            .await
            .expect("written");
        let name = plan.clone();
        let (all, old, new, sizes) = store
            .read(move |conn| {
                Ok((
                    facts(conn)?,
                    found::<i64>(conn, &name, "diff 7")?,
                    found::<i64>(conn, &name, "diff 8")?,
                    sizes(conn, &name)?,
                ))
            })
            .await
            .expect("read");
        let want = Facts { since: Some(at(5)), next_part: 4, ..Facts::default() };
        assert_eq!(all, BTreeMap::from([(plan, want)]));
        assert_eq!((old, new), (None, Some((at(8), 8))));
        assert_eq!(sizes, [(SIZES_KEPT_S + 1, Bytes(2))], "two years are kept");
    }
}
