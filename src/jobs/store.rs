//! The table of jobs: plain functions over a connection or transaction.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{progress::Progress, record::Record};
use crate::{
    domain::{Asker, JobId, JobOutcome, JobTitle},
    process::Identity,
    store::instant,
};

/// Ended jobs that are kept.
pub const KEPT: u32 = 200;

const COLUMNS: &str = "id, key, title, asked_by, started_ms, seen_ms, ended_ms, outcome, progress, log, pid, pid_start_ticks, boot_id";

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let text = |column: usize| row.get::<_, String>(column);
    let outcome: Option<String> = row.get(7)?;
    let process = match (row.get(10)?, row.get::<_, Option<i64>>(11)?, row.get(12)?) {
        (Some(pid), Some(ticks), Some(boot_id)) => {
            Some(Identity { pid, start_ticks: ticks.cast_unsigned(), boot_id })
        }
        _ => None,
    };
    Ok(Record {
        id: JobId(row.get(0)?),
        key: row.get(1)?,
        // A newer version may have written kinds that this one does not know: the rest of the record still shows.
        title: serde_json::from_str(&text(2)?).ok(),
        asked_by: serde_json::from_str(&text(3)?).unwrap_or_else(|_| Asker::Room { room: "?".into() }),
        started: instant::read(row, 4)?,
        seen: instant::read(row, 5)?,
        ended: instant::read_some(row, 6)?,
        outcome: outcome.and_then(|text| serde_json::from_str(&text).ok()),
        progress: serde_json::from_str(&text(8)?).unwrap_or_default(),
        log: text(9)?.lines().map(str::to_owned).collect(),
        process,
    })
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data with string keys")
}

/// What a second request of a key finds.
#[derive(Debug, PartialEq, Eq)]
pub enum Begun {
    New(JobId),
    /// It runs already.
    Running(JobId),
}

/// To be committed with [`crate::store::Durability::Full`] before anything is started.
pub fn begin(
    tx: &Transaction<'_>,
    title: &JobTitle,
    key: Option<&str>,
    asked_by: &Asker,
    now: Timestamp,
) -> rusqlite::Result<Begun> {
    if let Some(key) = key
        && let Some(id) = running_of_key(tx, key)?
    {
        return Ok(Begun::Running(id));
    }
    tx.prepare_cached(
        "insert into jobs (key, title, asked_by, started_ms, seen_ms) values (?1, ?2, ?3, ?4, ?4) returning id",
    )?
    .query_row(params![key, json(title), json(asked_by), now.as_millisecond()], |row| {
        row.get(0).map(|id| Begun::New(JobId(id)))
    })
}

pub fn running_of_key(conn: &Connection, key: &str) -> rusqlite::Result<Option<JobId>> {
    conn.prepare_cached("select id from jobs where key = ?1 and ended_ms is null")?
        .query_row([key], |row| row.get(0).map(JobId))
        .optional()
}

/// The program at work, or none any more.
pub fn set_process(tx: &Transaction<'_>, id: JobId, process: Option<&Identity>) -> rusqlite::Result<()> {
    tx.prepare_cached("update jobs set pid = ?2, pid_start_ticks = ?3, boot_id = ?4 where id = ?1")?
        .execute(params![
            id.0,
            process.map(|process| process.pid),
            process.map(|process| process.start_ticks.cast_signed()),
            process.map(|process| &process.boot_id),
        ])?;
    Ok(())
}

/// How far it is, for after a crash.
pub fn save_progress(
    tx: &Transaction<'_>,
    id: JobId,
    progress: &Progress,
    log: &[String],
    now: Timestamp,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "update jobs set progress = ?2, log = ?3, seen_ms = ?4 where id = ?1 and ended_ms is null",
    )?
    .execute(params![id.0, json(progress), log.join("\n"), now.as_millisecond()])?;
    Ok(())
}

/// Its end, once; a second one changes nothing. Old ones past [`KEPT`] go.
pub fn end(
    tx: &Transaction<'_>,
    id: JobId,
    outcome: &JobOutcome,
    progress: &Progress,
    log: &[String],
    now: Timestamp,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "update jobs set outcome = ?2, progress = ?3, log = ?4, ended_ms = ?5,
            seen_ms = iif(json_extract(?2, '$.outcome') = 'interrupted', seen_ms, ?5),
            pid = null, pid_start_ticks = null, boot_id = null
         where id = ?1 and ended_ms is null",
    )?
    .execute(params![id.0, json(outcome), json(progress), log.join("\n"), now.as_millisecond()])?;
    tx.prepare_cached(
        "delete from jobs where ended_ms is not null and id <= coalesce(
            (select id from jobs where ended_ms is not null order by id desc limit 1 offset ?1), -1)",
    )?
    .execute([KEPT])?;
    Ok(())
}

/// Those without an end, oldest first.
pub fn unfinished(conn: &Connection) -> rusqlite::Result<Vec<Record>> {
    conn.prepare_cached(&format!("select {COLUMNS} from jobs where ended_ms is null order by id"))?
        .query_map([], record)?
        .collect()
}

/// The last ended, newest first.
pub fn ended(conn: &Connection, limit: u32) -> rusqlite::Result<Vec<Record>> {
    conn.prepare_cached(&format!(
        "select {COLUMNS} from jobs where ended_ms is not null order by ended_ms desc, id desc limit ?1"
    ))?
    .query_map([limit], record)?
    .collect()
}

pub fn get(conn: &Connection, id: JobId) -> rusqlite::Result<Option<Record>> {
    conn.prepare_cached(&format!("select {COLUMNS} from jobs where id = ?1"))?
        .query_row([id.0], record)
        .optional()
}

/// The newest of a key, running or not: how a room finds its job again.
pub fn newest_of_key(conn: &Connection, key: &str) -> rusqlite::Result<Option<Record>> {
    conn.prepare_cached(&format!("select {COLUMNS} from jobs where key = ?1 order by id desc limit 1"))?
        .query_row([key], record)
        .optional()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Interruption,
        jobs::progress::Unit,
        store::{Durability, testing::temp},
    };

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + s).unwrap()
    }

    fn asker() -> Asker {
        Asker::Schedule { task: "backup.home".into() }
    }

    #[tokio::test]
    async fn a_record_comes_back_as_it_was_kept() {
        let store = temp().await;
        let process = Identity { pid: 7, start_ticks: u64::MAX, boot_id: "b".into() };
        let (progress, log) =
            (Progress::of(5, Some(9), Unit::Files), vec!["one".to_owned(), "two".to_owned()]);
        let title = JobTitle::Scan { path: "/srv".into() };
        let (p, l, t, pr) = (progress.clone(), log.clone(), title.clone(), process.clone());
        let id = store
            .write(Durability::Full, move |tx| {
                let Begun::New(id) = begin(tx, &t, Some("scan"), &asker(), at(0))? else { panic!("new") };
                assert_eq!(begin(tx, &t, Some("scan"), &asker(), at(1))?, Begun::Running(id));
                set_process(tx, id, Some(&pr))?;
                save_progress(tx, id, &p, &l, at(30))?;
                Ok(id)
            })
            .await
            .unwrap();
        let found = store.read(unfinished).await.unwrap();
        let want = Record {
            id,
            title: Some(title),
            key: Some("scan".into()),
            asked_by: asker(),
            started: at(0),
            seen: at(30),
            ended: None,
            outcome: None,
            progress: progress.clone(),
            log: log.clone(),
            process: Some(process),
        };
        assert_eq!(found, std::slice::from_ref(&want));

        let outcome = JobOutcome::Interrupted { how: Interruption::Crash };
        let o = outcome.clone();
        store.write(Durability::Full, move |tx| end(tx, id, &o, &progress, &log, at(99))).await.unwrap();
        let found = store.read(|c| newest_of_key(c, "scan")).await.unwrap().unwrap();
        let outcome = Some(outcome);
        assert_eq!(found, Record { ended: Some(at(99)), outcome, process: None, ..want });
        assert!(store.read(unfinished).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn the_last_ended_are_kept_and_running_ones_always() {
        let store = temp().await;
        let left = store
            .write(Durability::Normal, |tx| {
                let title = JobTitle::Update;
                begin(tx, &title, None, &asker(), at(0))?;
                for number in 0..i64::from(KEPT) + 5 {
                    let Begun::New(id) = begin(tx, &title, None, &asker(), at(number))? else {
                        panic!("new")
                    };
                    end(tx, id, &JobOutcome::Done { summary: None }, &Progress::default(), &[], at(number))?;
                }
                Ok((unfinished(tx)?.len(), ended(tx, 1000)?.len(), ended(tx, 1)?[0].id))
            })
            .await
            .unwrap();
        assert_eq!(left, (1, KEPT as usize, JobId(206)));
    }

    #[tokio::test]
    async fn a_kind_of_a_later_version_still_shows_its_record() {
        let store = temp().await;
        let record = store
            .write(Durability::Normal, |tx| {
                let Begun::New(id) = begin(tx, &JobTitle::Update, None, &asker(), at(0))? else { panic!("new") };
                tx.execute(
                    "update jobs set title = '{\"kind\":\"teleport\"}', outcome = '{\"outcome\":\"odd\"}', ended_ms = 5 where id = ?1",
                    [id.0],
                )?;
                get(tx, id)
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!((record.title, record.outcome), (None, None));
        assert!(record.ended.is_some());
    }
}
