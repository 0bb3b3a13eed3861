//! Small values by key. Keys are named by their owner: "telegram.offset".

use rusqlite::{
    Connection, OptionalExtension, Transaction, params,
    types::{FromSql, ToSql},
};

pub fn get<T: FromSql>(conn: &Connection, key: &str) -> rusqlite::Result<Option<T>> {
    conn.prepare_cached("select value from kv where key = ?1")?.query_row([key], |row| row.get(0)).optional()
}

pub fn set(tx: &Transaction<'_>, key: &str, value: &dyn ToSql) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "insert into kv (key, value) values (?1, ?2) on conflict (key) do update set value = ?2",
    )?
    .execute(params![key, value])
    .map(drop)
}

/// Whether there was one.
pub fn remove(tx: &Transaction<'_>, key: &str) -> rusqlite::Result<bool> {
    tx.execute("delete from kv where key = ?1", [key]).map(|n| n > 0)
}

#[cfg(test)]
mod tests {
    use crate::store::{Durability, kv, testing::temp};

    #[tokio::test]
    async fn a_value_is_kept_replaced_and_removed() {
        let store = temp().await;
        store
            .write(Durability::Normal, |tx| {
                kv::set(tx, "a", &1i64)?;
                kv::set(tx, "a", &2i64)?;
                kv::set(tx, "b", &vec![1u8, 2])
            })
            .await
            .unwrap();
        assert_eq!(store.read(|c| kv::get::<i64>(c, "a")).await.unwrap(), Some(2));
        assert_eq!(store.read(|c| kv::get::<Vec<u8>>(c, "b")).await.unwrap(), Some(vec![1, 2]));
        assert!(store.write(Durability::Normal, |tx| kv::remove(tx, "a")).await.unwrap());
        assert!(!store.write(Durability::Normal, |tx| kv::remove(tx, "a")).await.unwrap());
        assert_eq!(store.read(|c| kv::get::<i64>(c, "a")).await.unwrap(), None);
    }
}
