//! What lies in the folders of snapshots, kept so that any page of a big folder opens at once. restic's folders come
//! one by one as they are looked into; Borg lists a whole snapshot or nothing, so its index is made by a job.
//!
//! Limits: folders of 3 snapshots of a plan are kept whole, and 400 folders looked into; the oldest go.

use std::{
    collections::BTreeMap,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::engine::{Entry, EntryKind};
use crate::{domain::Bytes, intent::backup::PlanName};

const INDEXES_MAX: i64 = 3;
const FOLDERS_MAX: i64 = 400;

/// One line of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub name: PathBuf,
    pub kind: EntryKind,
    pub size: Option<Bytes>,
    pub modified: Option<Timestamp>,
}

/// A page of a folder, folders first, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    pub lines: Vec<Line>,
    pub of: u64,
}

/// `None`: this folder has not been listed.
pub fn page(
    conn: &Connection,
    plan: &PlanName,
    snapshot: &str,
    folder: &Path,
    per_page: u32,
    page: u32,
) -> rusqlite::Result<Option<Page>> {
    let Some(id) = listed(conn, plan, snapshot, folder)? else {
        // In a snapshot that was listed whole, a folder without entries is empty.
        return Ok(has_index(conn, plan, snapshot)?.then(Page::default));
    };
    let of: i64 = conn
        .prepare_cached("SELECT count(*) FROM backup_entry WHERE folder = ?1")?
        .query_row([id], |row| row.get(0))?;
    let last = u32::try_from((of - 1).max(0) / i64::from(per_page)).unwrap_or(u32::MAX);
    let from = i64::from(page.min(last)) * i64::from(per_page);
    let mut select = conn.prepare_cached(
        "SELECT kind, name, size, modified_s FROM backup_entry WHERE folder = ?1
         ORDER BY kind, name LIMIT ?2 OFFSET ?3",
    )?;
    let rows = select.query_map(params![id, per_page, from], |row| {
        let modified: Option<i64> = row.get(3)?;
        Ok(Line {
            kind: kind_of(row.get(0)?),
            name: std::ffi::OsString::from_vec(row.get(1)?).into(),
            size: row.get::<_, Option<i64>>(2)?.map(|size| Bytes(u64::try_from(size).unwrap_or(0))),
            modified: modified.and_then(|at| Timestamp::from_second(at).ok()),
        })
    })?;
    let lines = rows.collect::<rusqlite::Result<Vec<Line>>>()?;
    Ok(Some(Page { lines, of: u64::try_from(of).unwrap_or(0) }))
}

/// How many lines of a listed folder stand before this one; `None`: there is none of this name in it.
pub fn rank(
    conn: &Connection,
    plan: &PlanName,
    snapshot: &str,
    path: &Path,
) -> rusqlite::Result<Option<u64>> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
    let Some(id) = listed(conn, plan, snapshot, folder)? else { return Ok(None) };
    let kind: Option<i64> = conn
        .prepare_cached("SELECT min(kind) FROM backup_entry WHERE folder = ?1 AND name = ?2")?
        .query_row(params![id, name.as_bytes()], |row| row.get(0))?;
    let Some(kind) = kind else { return Ok(None) };
    let before: i64 = conn
        .prepare_cached("SELECT count(*) FROM backup_entry WHERE folder = ?1 AND (kind, name) < (?2, ?3)")?
        .query_row(params![id, kind, name.as_bytes()], |row| row.get(0))?;
    Ok(Some(u64::try_from(before).unwrap_or(0)))
}

/// What is known of picked things together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weight {
    pub bytes: u64,
    /// Things whose size is not known: folders of a snapshot that was not listed whole.
    pub unknown: u64,
    /// Folders among them, which are packed.
    pub folders: u64,
}

pub fn weight(
    conn: &Connection,
    plan: &PlanName,
    snapshot: &str,
    paths: &[PathBuf],
) -> rusqlite::Result<Weight> {
    let whole = has_index(conn, plan, snapshot)?;
    let mut weight = Weight::default();
    for path in paths {
        let (kind, bytes) = one_weight(conn, plan, snapshot, path)?.unwrap_or((0, 0));
        let is_folder = kind == number_of(EntryKind::Folder);
        weight.folders += u64::from(is_folder);
        let known = match is_folder {
            true if whole => Some(folder_weight(conn, plan, snapshot, path)?),
            true => None,
            false => Some(bytes),
        };
        match known {
            Some(bytes) => weight.bytes = weight.bytes.saturating_add(bytes),
            None => weight.unknown += 1,
        }
    }
    Ok(weight)
}

/// Kind and bytes of one listed thing.
fn one_weight(
    conn: &Connection,
    plan: &PlanName,
    snapshot: &str,
    path: &Path,
) -> rusqlite::Result<Option<(i64, u64)>> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(Some((0, 0))) };
    conn.prepare_cached(
        "SELECT e.kind, coalesce(e.size, 0) FROM backup_entry e JOIN backup_folder f USING (folder)
         WHERE f.plan = ?1 AND f.snapshot = ?2 AND f.path = ?3 AND e.name = ?4 ORDER BY e.kind LIMIT 1",
    )?
    .query_row(params![plan.as_str(), snapshot, folder.as_os_str().as_bytes(), name.as_bytes()], |row| {
        Ok((row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0)))
    })
    .optional()
}

/// Everything below a folder, in a snapshot that was listed whole.
fn folder_weight(conn: &Connection, plan: &PlanName, snapshot: &str, folder: &Path) -> rusqlite::Result<u64> {
    let folder = folder.as_os_str().as_bytes();
    // "/a" itself, and all from "/a/" up to where "/a0" would stand.
    let top = folder.strip_suffix(b"/").unwrap_or(folder);
    let (from, to) = ([top, b"/".as_slice()].concat(), [top, b"0".as_slice()].concat());
    let bytes: i64 = conn
        .prepare_cached(
            "SELECT coalesce(sum(e.size), 0) FROM backup_folder f JOIN backup_entry e USING (folder)
             WHERE f.plan = ?1 AND f.snapshot = ?2 AND (f.path = ?3 OR f.path >= ?4 AND f.path < ?5)",
        )?
        .query_row(params![plan.as_str(), snapshot, folder, from, to], |row| row.get(0))?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}

pub fn has_index(conn: &Connection, plan: &PlanName, snapshot: &str) -> rusqlite::Result<bool> {
    conn.prepare_cached("SELECT 1 FROM backup_index WHERE plan = ?1 AND snapshot = ?2")?
        .exists([plan.as_str(), snapshot])
}

fn listed(
    conn: &Connection,
    plan: &PlanName,
    snapshot: &str,
    folder: &Path,
) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached(
        "SELECT folder FROM backup_folder WHERE plan = ?1 AND snapshot = ?2 AND path = ?3 AND whole = 1",
    )?
    .query_row(params![plan.as_str(), snapshot, folder.as_os_str().as_bytes()], |row| row.get(0))
    .optional()
}

/// Adds a batch of a listing, each entry to its folder.
pub fn add(
    tx: &Transaction<'_>,
    plan: &PlanName,
    snapshot: &str,
    entries: &[Entry],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut ids: BTreeMap<PathBuf, i64> = BTreeMap::new();
    let mut insert = tx.prepare_cached(
        "INSERT OR REPLACE INTO backup_entry (folder, kind, name, size, modified_s) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for entry in entries {
        let (Some(parent), Some(name)) = (entry.path.parent(), entry.path.file_name()) else { continue };
        let id = match ids.get(parent) {
            Some(id) => *id,
            None => {
                let id = folder_id(tx, plan, snapshot, parent, now)?;
                lead_to(tx, plan, snapshot, parent, now)?;
                ids.insert(parent.to_owned(), id);
                id
            }
        };
        insert.execute(params![
            id,
            number_of(entry.kind),
            name.as_bytes(),
            entry.size.map(|size| i64::try_from(size.0).unwrap_or(i64::MAX)),
            entry.modified.map(Timestamp::as_second),
        ])?;
    }
    Ok(())
}

/// Borg does not list the folders above those that were saved: the way down to them is made here.
fn lead_to(
    tx: &Transaction<'_>,
    plan: &PlanName,
    snapshot: &str,
    folder: &Path,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut at = folder;
    while let (Some(above), Some(name)) = (at.parent(), at.file_name()) {
        let id = folder_id(tx, plan, snapshot, above, now)?;
        let added = tx
            .prepare_cached("INSERT OR IGNORE INTO backup_entry (folder, kind, name) VALUES (?1, 0, ?2)")?
            .execute(params![id, name.as_bytes()])?;
        if added == 0 {
            // Known, and with it all above.
            return Ok(());
        }
        at = above;
    }
    Ok(())
}

fn folder_id(
    tx: &Transaction<'_>,
    plan: &PlanName,
    snapshot: &str,
    path: &Path,
    now: Timestamp,
) -> rusqlite::Result<i64> {
    tx.prepare_cached(
        "INSERT INTO backup_folder (plan, snapshot, path, listed_s, whole) VALUES (?1, ?2, ?3, ?4, 0)
         ON CONFLICT (plan, snapshot, path) DO UPDATE SET listed_s = ?4 RETURNING folder",
    )?
    .query_row(params![plan.as_str(), snapshot, path.as_os_str().as_bytes(), now.as_second()], |row| {
        row.get(0)
    })
}

/// One folder was listed to its end.
pub fn folder_is_whole(
    tx: &Transaction<'_>,
    plan: &PlanName,
    snapshot: &str,
    folder: &Path,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let id = folder_id(tx, plan, snapshot, folder, now)?;
    tx.prepare_cached("UPDATE backup_folder SET whole = 1 WHERE folder = ?1")?.execute([id])?;
    drop_folders(
        tx,
        "SELECT folder FROM backup_folder f WHERE plan = ?1
            AND NOT EXISTS (SELECT 1 FROM backup_index i WHERE i.plan = f.plan AND i.snapshot = f.snapshot)
         ORDER BY listed_s DESC, folder DESC LIMIT -1 OFFSET ?2",
        params![plan.as_str(), FOLDERS_MAX],
    )
}

/// Everything in a snapshot was listed.
pub fn snapshot_is_whole(
    tx: &Transaction<'_>,
    plan: &PlanName,
    snapshot: &str,
    entries: u64,
    now: Timestamp,
) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE backup_folder SET whole = 1 WHERE plan = ?1 AND snapshot = ?2")?
        .execute([plan.as_str(), snapshot])?;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO backup_index (plan, snapshot, at_s, entries) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        plan.as_str(),
        snapshot,
        now.as_second(),
        i64::try_from(entries).unwrap_or(i64::MAX)
    ])?;
    let old: Vec<String> = tx
        .prepare_cached(
            "SELECT snapshot FROM backup_index WHERE plan = ?1 ORDER BY at_s DESC, snapshot LIMIT -1 OFFSET ?2",
        )?
        .query_map(params![plan.as_str(), INDEXES_MAX], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for snapshot in old {
        forget(tx, plan, &snapshot)?;
    }
    Ok(())
}

/// Before a listing is begun anew, and when a snapshot is gone.
pub fn forget(tx: &Transaction<'_>, plan: &PlanName, snapshot: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM backup_index WHERE plan = ?1 AND snapshot = ?2")?
        .execute([plan.as_str(), snapshot])?;
    drop_folders(
        tx,
        "SELECT folder FROM backup_folder WHERE plan = ?1 AND snapshot = ?2",
        params![plan.as_str(), snapshot],
    )
}

/// What belongs to snapshots that are no longer listed goes.
pub fn sweep(tx: &Transaction<'_>, plan: &PlanName) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "DELETE FROM backup_index WHERE plan = ?1 AND snapshot NOT IN
            (SELECT id FROM backup_snapshot WHERE plan = ?1)",
    )?
    .execute([plan.as_str()])?;
    drop_folders(
        tx,
        "SELECT folder FROM backup_folder WHERE plan = ?1 AND snapshot NOT IN
            (SELECT id FROM backup_snapshot WHERE plan = ?1)",
        params![plan.as_str()],
    )
}

fn drop_folders(tx: &Transaction<'_>, which: &str, params: impl rusqlite::Params) -> rusqlite::Result<()> {
    let ids: Vec<i64> =
        tx.prepare_cached(which)?.query_map(params, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for id in ids {
        tx.prepare_cached("DELETE FROM backup_entry WHERE folder = ?1")?.execute([id])?;
        tx.prepare_cached("DELETE FROM backup_folder WHERE folder = ?1")?.execute([id])?;
    }
    Ok(())
}

fn number_of(kind: EntryKind) -> i64 {
    match kind {
        EntryKind::Folder => 0,
        EntryKind::File => 1,
        EntryKind::Link => 2,
        EntryKind::Other => 3,
    }
}

fn kind_of(number: i64) -> EntryKind {
    match number {
        0 => EntryKind::Folder,
        1 => EntryKind::File,
        2 => EntryKind::Link,
        _ => EntryKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Durability, testing::temp};

    fn entry(path: &str, kind: EntryKind) -> Entry {
        Entry { path: path.into(), kind, size: Some(Bytes(7)), modified: None, mode: None, target: None }
    }

    #[tokio::test]
    async fn a_folder_is_told_page_by_page_once_it_was_listed_to_its_end() {
        let store = temp().await;
        let plan = PlanName::parse("home").expect("a name");
        let now = Timestamp::UNIX_EPOCH;
        let name = plan.clone();
        let (before, pages) = store
            .write(Durability::Normal, move |tx| {
                let files: Vec<Entry> =
                    (0..25).map(|n| entry(&format!("/home/f{n:02}"), EntryKind::File)).collect();
                add(tx, &name, "aaaaaaaa", &files, now)?;
                add(tx, &name, "aaaaaaaa", &[entry("/home/z\nü", EntryKind::Folder)], now)?;
                let folder = Path::new("/home");
                let before = page(tx, &name, "aaaaaaaa", folder, 10, 0)?;
                folder_is_whole(tx, &name, "aaaaaaaa", folder, now)?;
                let get = |number| page(tx, &name, "aaaaaaaa", folder, 10, number);
                Ok((before, [get(0)?, get(2)?, get(99)?].map(|page| page.expect("listed"))))
            })
            .await
            .expect("written");
        assert_eq!(before, None, "half a listing is none");
        let names = |page: &Page| -> Vec<String> {
            page.lines.iter().map(|line| line.name.to_string_lossy().into_owned()).collect()
        };
        assert_eq!((pages[0].of, names(&pages[0])[0].as_str()), (26, "z\nü"), "folders first");
        assert_eq!(names(&pages[1]), ["f19", "f20", "f21", "f22", "f23", "f24"]);
        assert_eq!(pages[1], pages[2], "a page that is no more is the last one");
    }

    #[tokio::test]
    async fn a_file_is_found_in_its_folder_and_picked_things_are_weighed() {
        let store = temp().await;
        let plan = PlanName::parse("home").expect("a name");
        let now = Timestamp::UNIX_EPOCH;
        let (ranks, parts, whole) = store
            .write(Durability::Normal, move |tx| {
                let mut entries: Vec<Entry> =
                    (0..25).map(|n| entry(&format!("/home/f{n:02}"), EntryKind::File)).collect();
                entries.push(Entry { size: None, ..entry("/home/z", EntryKind::Folder) });
                entries.push(entry("/home/z/deep/x", EntryKind::File));
                entries.push(entry("/home/z0", EntryKind::File));
                add(tx, &plan, "aaaaaaaa", &entries, now)?;
                folder_is_whole(tx, &plan, "aaaaaaaa", Path::new("/home"), now)?;
                let rank = |path: &str| rank(tx, &plan, "aaaaaaaa", Path::new(path));
                let ranks = [rank("/home/z")?, rank("/home/f24")?, rank("/home/gone")?, rank("/var/x")?];
                let picked = ["/home/f01", "/home/z"].map(PathBuf::from);
                let parts = weight(tx, &plan, "aaaaaaaa", &picked)?;
                snapshot_is_whole(tx, &plan, "aaaaaaaa", 28, now)?;
                let all = [PathBuf::from("/")];
                let whole = [&picked[..], &all].map(|paths| weight(tx, &plan, "aaaaaaaa", paths));
                let [picked, all] = whole;
                Ok((ranks, parts, [picked?, all?]))
            })
            .await
            .expect("written");
        assert_eq!(ranks, [Some(0), Some(25), None, None], "folders stand first");
        assert_eq!(
            parts,
            Weight { bytes: 7, unknown: 1, folders: 1 },
            "what is in the folder is not known yet"
        );
        let all = Weight { bytes: 27 * 7, unknown: 0, folders: 1 };
        assert_eq!(whole, [Weight { bytes: 14, unknown: 0, folders: 1 }, all], "not what only begins alike");
    }

    #[tokio::test]
    async fn old_listings_make_room() {
        let store = temp().await;
        let plan = PlanName::parse("home").expect("a name");
        let name = plan.clone();
        let at = |s| Timestamp::from_second(s).expect("a time");
        let (kept, entries, empty) = store
            .write(Durability::Normal, move |tx| {
                for n in 0..5 {
                    let snapshot = format!("{n}aaaaaaa");
                    add(tx, &name, &snapshot, &[entry("/etc/passwd", EntryKind::File)], at(n))?;
                    snapshot_is_whole(tx, &name, &snapshot, 1, at(n))?;
                }
                for n in 0..450 {
                    folder_is_whole(tx, &name, "ffffffff", Path::new(&format!("/{n}")), at(100 + n))?;
                }
                let kept: i64 = tx.query_row("SELECT count(*) FROM backup_index", [], |row| row.get(0))?;
                let entries: i64 = tx.query_row("SELECT count(*) FROM backup_entry", [], |row| row.get(0))?;
                let folders: i64 =
                    tx.query_row("SELECT count(*) FROM backup_folder", [], |row| row.get(0))?;
                assert_eq!(folders, 2 * 3 + FOLDERS_MAX);
                Ok((kept, entries, page(tx, &name, "4aaaaaaa", Path::new("/var"), 10, 0)?))
            })
            .await
            .expect("written");
        assert_eq!((kept, entries), (3, 6), "each with its file and the way to it");
        assert_eq!(empty, Some(Page::default()), "of a whole snapshot, what is not listed is empty");
    }
}
