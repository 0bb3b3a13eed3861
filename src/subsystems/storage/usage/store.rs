//! The table of scans: plain functions over a connection or transaction.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{digest::Digest, packed};
use crate::{
    domain::{Place, RelPath, RootName},
    store::instant,
};

/// Trees kept of one folder: this one, and the one it is compared with.
const TREES_OF_PLACE: u32 = 2;
/// Trees kept in all, a quarter MiB each at most.
const TREES_MAX: u32 = 60;
/// Sums kept of one folder.
const SUMS_OF_PLACE: u32 = 60;
/// Sums kept in all.
const SUMS_MAX: u32 = 2000;

/// A kept tree and the folder it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub id: i64,
    pub of: Place,
    pub digest: Digest,
}

/// One earlier scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    pub at: Timestamp,
    pub bytes: u64,
    pub files: u64,
}

/// Keeps a scan, and lets the oldest go.
pub fn put(tx: &Transaction<'_>, of: &Place, digest: &Digest, packed: &[u8]) -> rusqlite::Result<()> {
    let (root, path) = (of.root.as_str(), of.path.as_bytes());
    tx.prepare_cached(
        "insert into usage_scan (root, path, at_ms, took_ms, bytes, files, folders, digest)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        root,
        path,
        digest.at.as_millisecond(),
        i64::try_from(digest.took.as_millis()).unwrap_or(i64::MAX),
        digest.bytes.cast_signed(),
        digest.files.cast_signed(),
        digest.folders.cast_signed(),
        packed,
    ])?;
    for (statement, limit) in [
        (
            "update usage_scan set digest = null where root = ?1 and path = ?2 and digest is not null and id not in
             (select id from usage_scan where root = ?1 and path = ?2 and digest is not null
              order by id desc limit ?3)",
            TREES_OF_PLACE,
        ),
        (
            "delete from usage_scan where root = ?1 and path = ?2 and id not in
             (select id from usage_scan where root = ?1 and path = ?2 order by id desc limit ?3)",
            SUMS_OF_PLACE,
        ),
    ] {
        tx.prepare_cached(statement)?.execute(params![root, path, limit])?;
    }
    for (statement, limit) in [
        (
            "update usage_scan set digest = null where digest is not null and id not in
             (select id from usage_scan where digest is not null order by id desc limit ?1)",
            TREES_MAX,
        ),
        (
            "delete from usage_scan where id not in (select id from usage_scan order by id desc limit ?1)",
            SUMS_MAX,
        ),
    ] {
        tx.prepare_cached(statement)?.execute([limit])?;
    }
    Ok(())
}

/// Which tree [`newest_with`] looks into first.
pub fn newest_id(conn: &Connection, place: &Place) -> rusqlite::Result<Option<i64>> {
    Ok(candidates(conn, place)?.into_iter().next().map(|(id, _)| id))
}

/// The newest tree that shows this folder: of itself or of one above it in the same root.
pub fn newest_with(conn: &Connection, place: &Place) -> rusqlite::Result<Option<Kept>> {
    for (id, path) in candidates(conn, place)? {
        let of = Place { root: place.root.clone(), path };
        if let Some(digest) = tree(conn, id)?
            && digest.find(below(&of, place)).is_some()
        {
            return Ok(Some(Kept { id, of, digest }));
        }
    }
    Ok(None)
}

/// Trees of this folder and of those above it, newest first.
fn candidates(conn: &Connection, place: &Place) -> rusqlite::Result<Vec<(i64, RelPath)>> {
    let mut statement = conn.prepare_cached(
        "select id, path from usage_scan where root = ?1 and digest is not null order by at_ms desc, id desc",
    )?;
    let rows = statement
        .query_map([place.root.as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let mut above = Vec::new();
    for row in rows {
        let (id, path) = row?;
        // What the table holds was a path when it was written.
        above.extend(
            RelPath::new(&path).ok().filter(|path| place.path.is_within(path)).map(|path| (id, path)),
        );
    }
    Ok(above)
}

/// The tree before this one, of the same folder.
pub fn before(conn: &Connection, kept: i64, of: &Place) -> rusqlite::Result<Option<Digest>> {
    let id = conn
        .prepare_cached(
            "select id from usage_scan where root = ?1 and path = ?2 and digest is not null and id < ?3
             order by id desc limit 1",
        )?
        .query_row(params![of.root.as_str(), of.path.as_bytes(), kept], |row| row.get::<_, i64>(0))
        .optional()?;
    id.map_or(Ok(None), |id| tree(conn, id))
}

fn tree(conn: &Connection, id: i64) -> rusqlite::Result<Option<Digest>> {
    let packed: Option<Vec<u8>> = conn
        .prepare_cached("select digest from usage_scan where id = ?1")?
        .query_row([id], |row| row.get(0))?;
    // One of another version is as good as none.
    Ok(packed.as_deref().and_then(packed::unpack))
}

/// Sums of a folder's scans, oldest first.
pub fn history(conn: &Connection, of: &Place, limit: u32) -> rusqlite::Result<Vec<Sum>> {
    let mut sums: Vec<Sum> = conn
        .prepare_cached(
            "select at_ms, bytes, files from usage_scan where root = ?1 and path = ?2 order by id desc limit ?3",
        )?
        .query_map(params![of.root.as_str(), of.path.as_bytes(), limit], |row| {
            Ok(Sum {
                at: instant::read(row, 0)?,
                bytes: row.get::<_, i64>(1)?.cast_unsigned(),
                files: row.get::<_, i64>(2)?.cast_unsigned(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    sums.reverse();
    Ok(sums)
}

/// The last scan of each root itself.
pub fn of_root(conn: &Connection, root: &RootName) -> rusqlite::Result<Option<Sum>> {
    Ok(history(conn, &Place::root(root.clone()), 1)?.pop())
}

/// The part of a place's path below the scanned folder.
pub fn below<'a>(of: &Place, place: &'a Place) -> &'a [u8] {
    let path = place.path.as_bytes();
    let rest = &path[of.path.as_bytes().len().min(path.len())..];
    rest.strip_prefix(b"/").unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        store::{Durability, testing},
        subsystems::storage::usage::digest::Node,
    };

    fn place(text: &str) -> Place {
        Place::parse(text).unwrap()
    }

    fn digest(at_s: i64, bytes: u64, folders: &[&str]) -> Digest {
        let node = |name: &str| Node {
            parent: 0,
            name: name.as_bytes().into(),
            bytes,
            files: 1,
            left_out: 0,
            loose: bytes,
        };
        Digest {
            at: Timestamp::from_second(at_s).unwrap(),
            took: Duration::from_millis(7),
            bytes,
            files: 1,
            folders: 1,
            unreadable: 0,
            other_filesystems: 0,
            partial: false,
            nodes: std::iter::once("").chain(folders.iter().copied()).map(node).collect(),
            own: Vec::new(),
            cut_bytes: 0,
            largest: Vec::new(),
            untouched: Vec::new(),
            kinds: Vec::new(),
        }
    }

    async fn keep(store: &crate::store::Store, of: &str, digest: &Digest) {
        let (of, digest) = (place(of), digest.clone());
        let packed = packed::pack(&digest).unwrap();
        store.write(Durability::Normal, move |tx| put(tx, &of, &digest, &packed)).await.unwrap();
    }

    #[tokio::test]
    async fn the_newest_scan_that_shows_a_folder_is_found() {
        let store = testing::temp().await;
        keep(&store, "dre", &digest(100, 5, &["a", "ab"])).await;
        keep(&store, "dre/a", &digest(200, 6, &["b"])).await;
        keep(&store, "other", &digest(300, 7, &["a"])).await;
        let found = async |of: &str| {
            let of = place(of);
            let found = store.read(move |conn| newest_with(conn, &of)).await.unwrap();
            found.map(|kept| (kept.of.to_string(), kept.digest.bytes))
        };
        assert_eq!(found("dre").await, Some(("dre".into(), 5)));
        assert_eq!(found("dre/a").await, Some(("dre/a".into(), 6)));
        assert_eq!(found("dre/a/b").await, Some(("dre/a".into(), 6)));
        assert_eq!(found("dre/ab").await, Some(("dre".into(), 5)));
        assert_eq!(found("dre/c").await, None);
        assert_eq!(found("nowhere").await, None);
        keep(&store, "dre", &digest(400, 9, &["a"])).await;
        assert_eq!(found("dre/a").await, Some(("dre".into(), 9)), "the whole is newer now");
    }

    #[tokio::test]
    async fn two_trees_of_a_folder_stay_and_the_sums_of_more() {
        let store = testing::temp().await;
        for n in 1..=70 {
            keep(&store, "dre", &digest(n, n.unsigned_abs(), &[])).await;
        }
        let of = place("dre");
        let (trees, sums, before) = store
            .read(move |conn| {
                let trees: i64 =
                    conn.query_row("select count(*) from usage_scan where digest is not null", [], |row| {
                        row.get(0)
                    })?;
                let kept = newest_with(conn, &of)?.unwrap();
                Ok((trees, history(conn, &of, 1000)?, super::before(conn, kept.id, &of)?))
            })
            .await
            .unwrap();
        assert_eq!(trees, 2);
        assert_eq!((sums.len(), sums[0].bytes, sums[59].bytes), (60, 11, 70));
        assert_eq!(before.map(|digest| digest.bytes), Some(69));
    }
}
