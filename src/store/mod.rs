//! The SQLite file: history, outbox, leases, jobs, bubbles, settings, tokens, nonces.
//!
//! Owns the only connections to `<data.dir>/cockpit.db` (one writes, one reads), the schema and its steps, and the
//! core tables. A room's SQL lives in the room, as plain functions over a connection or transaction that it hands to
//! [`Store::read`] and [`Store::write`]. Never runs two writes at once and never lets a long read hold up a commit.
//! The file is readable with the ordinary `sqlite3` while the daemon runs.
//!
//! Limits: 1,024 waiting requests in each direction; a request is given up, broken off and rolled back after
//! [`WITHIN`], or when its caller goes away.

mod actor;
mod error;
mod folder;
pub mod instant;
pub mod kv;
mod lane;
pub mod leases;
mod migrations;
pub mod nonces;
pub mod notes;
mod open;
mod prune;
pub mod settings;
pub mod testing;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod updates;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use actor::{Arguments, Msg, StoreActor, card, child};
pub use error::{StoreError, rescue};
pub use folder::Folder;
use lane::{Job, Work};

use crate::supervision::Port;

/// How long a request may take, waiting in line included, unless [`Store::within`] says otherwise.
pub const WITHIN: Duration = Duration::from_secs(5);

/// What a commit outlives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process, however it ends; a power failure may take the last few commits (never the file).
    Normal,
    /// A power failure too: on the disk before it is acknowledged. For nonces, leases, acts, notices.
    Full,
}

/// The way to the store for everybody; cheap to clone, survives restarts of the actor.
#[derive(Debug, Clone)]
pub struct Store {
    port: Port<Msg>,
    within: Duration,
}

impl Store {
    pub fn new(port: Port<Msg>) -> Store {
        Store { port, within: WITHIN }
    }

    /// The same store with another deadline, for what is known to be long.
    pub fn within(&self, within: Duration) -> Store {
        Store { within, ..self.clone() }
    }

    /// Looks things up, in one consistent snapshot that includes all that was acknowledged before.
    ///
    /// # Errors
    /// The store is down, overloaded, late or cannot open its file; or the closure's own error.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let work = Box::new(move |conn: &mut Connection| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Deferred)?;
            f(&tx)
        });
        self.ask(Msg::Read, work).await
    }

    /// Runs `f` in one transaction and commits when it is `Ok`. An error or a panic of `f` leaves nothing behind.
    ///
    /// # Errors
    /// As [`Store::read`]. After [`StoreError::Timeout`] the write has either been rolled back or was committed in
    /// that very moment: whoever must know looks again.
    pub async fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        f: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let work = Box::new(move |conn: &mut Connection| transact(conn, durability, f));
        self.ask(Msg::Write, work).await
    }

    async fn ask<T: Send + 'static>(&self, message: fn(Job) -> Msg, work: Work<T>) -> Result<T, StoreError> {
        let caller = Caller::default();
        let (job, answer) = Job::new(caller.0.clone(), work);
        self.port.cast(message(job)).map_err(|_| StoreError::Down)?;
        match tokio::time::timeout(self.within, answer).await {
            Ok(answer) => answer.unwrap_or(Err(StoreError::Down)),
            Err(_) => Err(StoreError::Timeout(self.within)),
        }
    }
}

/// Tells the request when the one who asked stops waiting, whether by its deadline or because it was dropped.
#[derive(Default)]
struct Caller(Arc<AtomicBool>);

impl Drop for Caller {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn transact<T>(
    conn: &mut Connection,
    durability: Durability,
    f: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    // Cannot be changed inside a transaction, and is set each time: an earlier one may have ended in a panic.
    conn.pragma_update(
        None,
        "synchronous",
        match durability {
            Durability::Normal => "normal",
            Durability::Full => "full",
        },
    )?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = f(&tx)?;
    tx.commit()?;
    Ok(value)
}

/// Opens the file once and brings its schema up to date, for the plain word at start that a tree of actors cannot
/// give: a store that cannot work stops the daemon before it begins. Returns what pilots have set, which is wanted
/// before the first update; rows that cannot be read are no reason not to start.
///
/// # Errors
/// Whatever keeps the store from working, see [`StoreError::hint`].
pub fn prove(file: &Path, clock: &dyn crate::domain::Clock) -> Result<Vec<settings::Setting>, StoreError> {
    let conn = open::writer(file, clock.now())?;
    Ok(settings::all(&conn).unwrap_or_else(|error| {
        tracing::warn!(%error, "settings cannot be read; as if nothing was set");
        Vec::new()
    }))
}

/// What [`inspect`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    pub bytes: u64,
    /// The newest schema step in the file.
    pub schema: u32,
    /// What SQLite's own check complains of; empty when the file is sound.
    pub complaints: Vec<String>,
}

/// Looks at the file without changing anything, also beside a running daemon. Blocking; reads all of it.
///
/// # Errors
/// There is none, it cannot be read, or it is not ours.
pub fn inspect(file: &Path) -> Result<Inspected, StoreError> {
    let of = |e| StoreError::of(e, file);
    let conn = open::look(file)?;
    let schema = conn.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(of)?;
    let mut check = conn.prepare("pragma quick_check(10)").map_err(of)?;
    let said: Result<Vec<String>, _> = check.query_map([], |row| row.get(0)).and_then(Iterator::collect);
    let mut complaints = said.map_err(of)?;
    complaints.retain(|line| line != "ok");
    let bytes = std::fs::metadata(file).map_or(0, |meta| meta.len());
    Ok(Inspected { bytes, schema, complaints })
}
