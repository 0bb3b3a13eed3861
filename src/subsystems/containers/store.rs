//! This room's SQL: what the registries said of each container's image, so that a restart need not ask again; and the
//! updates by Compose that have begun.

use rusqlite::{Connection, Transaction, params};

use super::{begun::Begun, updates::Verdict};
use crate::intent::containers::Name;

/// # Errors
/// What SQLite says.
pub fn load(conn: &Connection) -> rusqlite::Result<Vec<(String, Verdict)>> {
    let mut query = conn.prepare_cached("SELECT container, verdict FROM containers_update")?;
    let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    // A row of a newer version that is not understood is asked about again.
    let read = |(name, text): (String, String)| Some((name, serde_json::from_str(&text).ok()?));
    rows.filter_map(|row| row.map(read).transpose()).collect()
}

/// # Errors
/// What SQLite says.
pub fn save(tx: &Transaction<'_>, container: &str, verdict: &Verdict) -> rusqlite::Result<()> {
    let text = serde_json::to_string(verdict).expect("plain data");
    tx.prepare_cached("INSERT OR REPLACE INTO containers_update (container, verdict) VALUES (?1, ?2)")?
        .execute(params![container, text])?;
    Ok(())
}

/// # Errors
/// What SQLite says.
pub fn forget(tx: &Transaction<'_>, containers: &[String]) -> rusqlite::Result<()> {
    let mut delete = tx.prepare_cached("DELETE FROM containers_update WHERE container = ?1")?;
    for container in containers {
        delete.execute([container])?;
    }
    Ok(())
}

/// # Errors
/// What SQLite says.
pub fn begun(conn: &Connection) -> rusqlite::Result<Vec<Begun>> {
    let mut query = conn.prepare_cached("SELECT begun FROM containers_begun")?;
    let rows = query.query_map([], |row| row.get::<_, String>(0))?;
    // What is not understood could not be offered to be mended either.
    rows.filter_map(|row| row.map(|text| serde_json::from_str(&text).ok()).transpose()).collect()
}

/// # Errors
/// What SQLite says.
pub fn begin(tx: &Transaction<'_>, begun: &Begun) -> rusqlite::Result<()> {
    let text = serde_json::to_string(begun).expect("plain data");
    tx.prepare_cached("INSERT OR REPLACE INTO containers_begun (container, begun) VALUES (?1, ?2)")?
        .execute(params![begun.container.as_str(), text])?;
    Ok(())
}

/// # Errors
/// What SQLite says.
pub fn end(tx: &Transaction<'_>, container: &Name) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM containers_begun WHERE container = ?1")?.execute([container.as_str()])?;
    Ok(())
}
