//! Clears away what has expired in the core tables. Leases are not among it: they go when their owner has ended them.

use jiff::Timestamp;
use rusqlite::Transaction;

use super::{nonces, tokens, updates};

pub fn core(tx: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<()> {
    for (sql, kept) in [
        ("delete from tokens where used_ms < ?1", tokens::KEPT),
        ("delete from nonces where expires_ms < ?1", nonces::KEPT),
        ("delete from updates where seen_ms < ?1", updates::KEPT),
    ] {
        tx.execute(sql, [(now - kept).as_millisecond()])?;
    }
    Ok(())
}
