//! Opens the file, checks whose it is and of which age, and brings its schema up to date.

use std::{
    fs::OpenOptions,
    os::unix::{ffi::OsStrExt, fs::OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};
use rustix::fs::{FallocateFlags, fallocate};
use sha2::{Digest, Sha256};

use super::{
    StoreError,
    migrations::{ALL, Migration},
};

/// "CKPT": `file` and `sqlite3` can tell whose database it is.
const APPLICATION_ID: i32 = 0x434b_5054;
/// How long a statement waits for another program that holds the file (a person with `sqlite3`).
const HELD_MAX: Duration = Duration::from_secs(2);
/// KiB of page cache for each connection. Half-file scans cost 1.9 MiB with it, 9.6 MiB with SQLite's own 8 MiB.
const CACHE_KIB: i32 = 512;
/// Pages after which the log is folded back: it stays below about 1.1 MiB.
const WAL_PAGES: i32 = 200;
/// Room on the disk that the log holds, where the filesystem can: about a thousand pages. Each tap writes some, and on a
/// disk that somebody else has filled nothing could be done from the chat, not even to delete what fills it.
const WAL_RESERVE: u32 = 4 << 20;

/// The writing connection, its schema up to date.
pub fn writer(path: &Path, now: Timestamp) -> Result<Connection, StoreError> {
    let of = |e| StoreError::of(e, path);
    // SQLite would make it readable for all; its log and index take over the mode. What keeps the file from being
    // made is SQLite's to tell, in the next step. One that is there is not opened: closing it would let go of the locks
    // that SQLite holds on it in this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
    let _ = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut conn = Connection::open_with_flags(path, flags).map_err(of)?;
    settle(&conn).map_err(of)?;
    whose(&conn, path)?;
    conn.pragma_update(None, "journal_mode", "wal").map_err(of)?;
    conn.pragma_update(None, "wal_autocheckpoint", WAL_PAGES).map_err(of)?;
    // It is not cut below what it holds.
    conn.pragma_update(None, "journal_size_limit", WAL_RESERVE).map_err(of)?;
    conn.pragma_update(None, "synchronous", "normal").map_err(of)?;
    migrate(&mut conn, ALL, path, now)?;
    reserve(path);
    Ok(conn)
}

/// Without it the store works as well, until the disk is full. SQLite holds no locks on its log, which would go with the
/// closing here.
fn reserve(path: &Path) {
    if let Ok(log) = OpenOptions::new().write(true).open(log_of(path)) {
        let _ = fallocate(&log, FallocateFlags::KEEP_SIZE, 0, WAL_RESERVE.into());
    }
}

/// A connection that cannot write. Makes the file or brings it up to date first, where the writer was not there yet.
pub fn reader(path: &Path, now: Timestamp) -> Result<Connection, StoreError> {
    let newest = ALL.last().map_or(0, |m| m.number);
    let version =
        |conn: &Connection| conn.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
    if let Ok(conn) = read_only(path)
        && version(&conn).is_ok_and(|found| found == newest)
    {
        return Ok(conn);
    }
    // Kept open until the reader is: the last one to close a database folds and removes its log.
    let _writer = writer(path, now)?;
    read_only(path).map_err(|e| StoreError::of(e, path))
}

/// A file of ours, of whatever age, as it is. Leaves nothing beside it: where no daemon is at work there is no log to
/// read, and SQLite is told not to make one.
pub fn look(path: &Path) -> Result<Connection, StoreError> {
    let of = |e| StoreError::of(e, path);
    let log = log_of(path);
    let conn = if log.exists() { read_only(path) } else { as_it_lies(path) }.map_err(of)?;
    let id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(of)?;
    if id == APPLICATION_ID { Ok(conn) } else { Err(StoreError::Foreign { path: path.to_owned() }) }
}

fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Without locks or log.
fn as_it_lies(path: &Path) -> rusqlite::Result<Connection> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b);
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        if plain(*byte) { uri.push(char::from(*byte)) } else { uri.push_str(&format!("%{byte:02X}")) }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    Connection::open_with_flags(uri, flags)
}

fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let conn = Connection::open_with_flags(path, flags)?;
    settle(&conn)?;
    Ok(conn)
}

fn settle(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(HELD_MAX)?;
    conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    conn.pragma_update(None, "temp_store", "memory")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "trusted_schema", false)
}

/// Refuses another program's database before anything in it is changed.
fn whose(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let of = |e| StoreError::of(e, path);
    let id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(of)?;
    let tables: u32 =
        conn.query_row("select count(*) from sqlite_master", [], |row| row.get(0)).map_err(of)?;
    match id {
        APPLICATION_ID => Ok(()),
        0 if tables == 0 => conn.pragma_update(None, "application_id", APPLICATION_ID).map_err(of),
        _ => Err(StoreError::Foreign { path: path.to_owned() }),
    }
}

/// Applies what is missing, all or nothing. Steps already there must be the ones this program knows.
pub fn migrate(
    conn: &mut Connection,
    steps: &[Migration],
    path: &Path,
    now: Timestamp,
) -> Result<(), StoreError> {
    let of = |e| StoreError::of(e, path);
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(of)?;
    tx.execute_batch(
        "create table if not exists migrations (
            number     integer primary key,
            name       text not null,
            sha256     text not null,
            applied_ms integer not null
        ) strict",
    )
    .map_err(of)?;
    let applied: Vec<(u32, String)> = tx
        .prepare("select number, sha256 from migrations order by number")
        .and_then(|mut q| q.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(of)?;
    let known = steps.last().map_or(0, |m| m.number);
    for (number, sha256) in &applied {
        match steps.iter().find(|m| m.number == *number) {
            None => return Err(StoreError::Newer { path: path.to_owned(), found: *number, known }),
            Some(step) if digest(step) != *sha256 => {
                return Err(StoreError::Altered { path: path.to_owned(), number: *number });
            }
            Some(_) => {}
        }
    }
    for step in steps.iter().filter(|m| applied.iter().all(|(number, _)| *number != m.number)) {
        tx.execute_batch(step.sql).map_err(of)?;
        tx.execute(
            "insert into migrations values (?1, ?2, ?3, ?4)",
            params![step.number, step.name, digest(step), now.as_millisecond()],
        )
        .map_err(of)?;
        tracing::info!(number = step.number, name = step.name, "schema step applied");
    }
    tx.pragma_update(None, "user_version", known).map_err(of)?;
    tx.commit().map_err(of)
}

fn digest(step: &Migration) -> String {
    HEXLOWER.encode(&Sha256::digest(step.sql.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::store::Folder;

    fn now() -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }

    const ONE: Migration = Migration { number: 1, name: "one", sql: "create table one (x)" };
    const THREE: Migration = Migration { number: 3, name: "three", sql: "create table three (x)" };

    fn steps_of(conn: &Connection) -> Vec<u32> {
        conn.prepare("select number from migrations order by number")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    }

    #[test]
    fn missing_steps_are_applied_whatever_their_order_of_landing() {
        let mut conn = Connection::open_in_memory().unwrap();
        let path = Path::new("test");
        migrate(&mut conn, &[THREE], path, now()).unwrap();
        migrate(&mut conn, &[ONE, THREE], path, now()).unwrap();
        migrate(&mut conn, &[ONE, THREE], path, now()).unwrap();
        assert_eq!(steps_of(&conn), [1, 3]);
    }

    #[test]
    fn a_newer_file_and_an_altered_step_are_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        let path = Path::new("test");
        migrate(&mut conn, &[ONE, THREE], path, now()).unwrap();
        let newer = migrate(&mut conn, &[ONE], path, now()).unwrap_err();
        assert!(matches!(newer, StoreError::Newer { found: 3, known: 1, .. }), "{newer:?}");
        let other = Migration { sql: "create table other (x)", ..ONE };
        let altered = migrate(&mut conn, &[other, THREE], path, now()).unwrap_err();
        assert!(matches!(altered, StoreError::Altered { number: 1, .. }), "{altered:?}");
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind() {
        let mut conn = Connection::open_in_memory().unwrap();
        let broken = Migration { number: 2, name: "two", sql: "create table two (x); nonsense" };
        assert!(migrate(&mut conn, &[ONE, broken], Path::new("test"), now()).is_err());
        let tables: u32 = conn.query_row("select count(*) from sqlite_master", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 0);
    }

    #[test]
    fn a_reader_that_comes_first_makes_the_file() {
        let folder = Folder::temporary().unwrap();
        let conn = reader(&folder.store_file(), now()).unwrap();
        assert_eq!(steps_of(&conn), ALL.iter().map(|m| m.number).collect::<Vec<_>>());
        assert!(conn.execute("delete from kv", []).is_err(), "a reader cannot write");
        for name in ["cockpit.db", "cockpit.db-wal"] {
            let file = folder.path().join(name);
            let Ok(meta) = std::fs::metadata(&file) else { continue };
            assert_eq!(meta.permissions().mode() & 0o077, 0, "{name} is for its owner only");
        }
    }

    #[test]
    fn another_programs_database_is_left_alone() {
        let folder = Folder::temporary().unwrap();
        let path = folder.store_file();
        Connection::open(&path).unwrap().execute_batch("create table theirs (x)").unwrap();
        let error = writer(&path, now()).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error:?}");
    }

    #[test]
    fn a_damaged_file_is_called_damaged() {
        let folder = Folder::temporary().unwrap();
        let path = folder.store_file();
        std::fs::write(&path, "this is no database, it is a letter to my aunt. ".repeat(200)).unwrap();
        let error = writer(&path, now()).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
        assert!(error.hint().contains("recover"));
    }
}
