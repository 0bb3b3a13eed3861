//! The settings overlay: what pilots changed by button, laid over the config file. A key is the path of the config
//! ("alerts.cpu") or of a pilot's own setting ("pilot.1001.language"); a value is JSON.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::instant;
use crate::domain::PilotId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub key: String,
    pub value: serde_json::Value,
    pub set_by: PilotId,
    pub set_at: Timestamp,
}

fn setting(row: &Row<'_>) -> rusqlite::Result<Setting> {
    let value: String = row.get(1)?;
    Ok(Setting {
        key: row.get(0)?,
        value: serde_json::from_str(&value).map_err(|e| instant::unreadable(1, e))?,
        set_by: PilotId(row.get(2)?),
        set_at: instant::read(row, 3)?,
    })
}

pub fn all(conn: &Connection) -> rusqlite::Result<Vec<Setting>> {
    conn.prepare_cached("select key, value, set_by, set_at_ms from settings order by key")?
        .query_map([], setting)?
        .collect()
}

pub fn get(conn: &Connection, key: &str) -> rusqlite::Result<Option<Setting>> {
    conn.prepare_cached("select key, value, set_by, set_at_ms from settings where key = ?1")?
        .query_row([key], setting)
        .optional()
}

pub fn set(
    tx: &Transaction<'_>,
    key: &str,
    value: &serde_json::Value,
    by: PilotId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "insert into settings (key, value, set_by, set_at_ms) values (?1, ?2, ?3, ?4)
         on conflict (key) do update set value = ?2, set_by = ?3, set_at_ms = ?4",
    )?
    .execute(params![key, value.to_string(), by.0, now.as_millisecond()])
    .map(drop)
}

/// Back to what the file says. Whether there was one.
pub fn remove(tx: &Transaction<'_>, key: &str) -> rusqlite::Result<bool> {
    tx.execute("delete from settings where key = ?1", [key]).map(|n| n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Durability, testing::temp};

    #[tokio::test]
    async fn a_setting_overrides_and_goes_back() {
        let store = temp().await;
        let at = Timestamp::from_millisecond(1_700_000_000_123).unwrap();
        let value = serde_json::json!({ "above": "90%", "note": "\u{202e}'; drop table settings; --" });
        let kept = value.clone();
        store
            .write(Durability::Full, move |tx| {
                set(tx, "alerts.cpu", &serde_json::json!("old"), PilotId(1), at)?;
                set(tx, "alerts.cpu", &kept, PilotId(1001), at)
            })
            .await
            .unwrap();
        let got = store.read(|c| get(c, "alerts.cpu")).await.unwrap().unwrap();
        assert_eq!(got, Setting { key: "alerts.cpu".into(), value, set_by: PilotId(1001), set_at: at });
        assert_eq!(store.read(all).await.unwrap(), [got]);
        assert!(store.write(Durability::Full, |tx| remove(tx, "alerts.cpu")).await.unwrap());
        assert_eq!(store.read(all).await.unwrap(), []);
    }
}
