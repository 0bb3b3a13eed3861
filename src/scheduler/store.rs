//! The tables of the scheduler: plain functions over a connection or transaction.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, Transaction, params};

use super::model::{Run, RunResult, Saved};
use crate::{domain::JobId, store::instant};

/// Runs of one task that are kept.
pub const KEPT: u32 = 100;

const COLUMNS: &str = "id, task, reason, started_ms, ended_ms, job, result";

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let reason: String = row.get(2)?;
    let result: String = row.get(6)?;
    let ended = instant::read_some(row, 4)?;
    Ok(Run {
        id: row.get(0)?,
        task: row.get(1)?,
        reason: serde_json::from_str(&reason).map_err(|error| instant::unreadable(2, error))?,
        started: instant::read(row, 3)?,
        ended,
        job: row.get::<_, Option<i64>>(5)?.map(JobId),
        // A job's outcome may be of a kind that only a later version knows.
        result: serde_json::from_str(&result).unwrap_or(match ended {
            Some(_) => RunResult::Lost,
            None => RunResult::Running,
        }),
    })
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data with string keys")
}

pub fn save(tx: &Transaction<'_>, task: &str, saved: &Saved) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "insert into schedule_tasks (task, considered_ms, plan, pause) values (?1, ?2, ?3, ?4)
         on conflict (task) do update set considered_ms = ?2, plan = ?3, pause = ?4",
    )?
    .execute(params![
        task,
        saved.considered.as_millisecond(),
        saved.plan,
        saved.pause.as_ref().map(json)
    ])?;
    Ok(())
}

/// New, or in place of what was. Old ones past [`KEPT`] go.
pub fn record(tx: &Transaction<'_>, run: &Run) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "insert into schedule_runs (id, task, reason, started_ms, ended_ms, job, result)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         on conflict (id) do update set ended_ms = ?5, job = ?6, result = ?7",
    )?
    .execute(params![
        run.id,
        run.task,
        json(&run.reason),
        run.started.as_millisecond(),
        run.ended.map(|at| at.as_millisecond()),
        run.job.map(|job| job.0),
        json(&run.result),
    ])?;
    tx.prepare_cached(
        "delete from schedule_runs where task = ?1 and ended_ms is not null and id <= coalesce(
            (select id from schedule_runs where task = ?1 order by id desc limit 1 offset ?2), -1)",
    )?
    .execute(params![run.task, KEPT])?;
    Ok(())
}

/// What the book starts from.
pub struct Kept {
    pub saved: BTreeMap<String, Saved>,
    pub open: Vec<Run>,
    pub next_run: i64,
}

pub fn load(conn: &Connection) -> rusqlite::Result<Kept> {
    let saved = conn
        .prepare_cached("select task, considered_ms, plan, pause from schedule_tasks")?
        .query_map([], |row| {
            let pause: Option<String> = row.get(3)?;
            let pause = pause.map(|text| serde_json::from_str(&text)).transpose();
            let saved = Saved {
                considered: instant::read(row, 1)?,
                plan: row.get(2)?,
                pause: pause.map_err(|error| instant::unreadable(3, error))?,
            };
            Ok((row.get(0)?, saved))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let open = conn
        .prepare_cached(&format!("select {COLUMNS} from schedule_runs where ended_ms is null order by id"))?
        .query_map([], run)?
        .collect::<rusqlite::Result<_>>()?;
    let next_run =
        conn.query_row("select coalesce(max(id), 0) + 1 from schedule_runs", [], |row| row.get(0))?;
    Ok(Kept { saved, open, next_run })
}

/// The last of one task, newest first.
pub fn history(conn: &Connection, task: &str, limit: u32) -> rusqlite::Result<Vec<Run>> {
    conn.prepare_cached(&format!(
        "select {COLUMNS} from schedule_runs where task = ?1 order by id desc limit ?2"
    ))?
    .query_map(params![task, limit], run)?
    .collect()
}

/// The newest of each task.
pub fn newest(conn: &Connection) -> rusqlite::Result<BTreeMap<String, Run>> {
    conn.prepare_cached(&format!(
        "select {COLUMNS} from schedule_runs where id in (select max(id) from schedule_runs group by task)"
    ))?
    .query_map([], |row| run(row).map(|run| (run.task.clone(), run)))?
    .collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        domain::JobOutcome,
        scheduler::model::{Pause, Reason},
        store::{Durability, testing::temp},
    };

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + s).unwrap()
    }

    #[tokio::test]
    async fn what_is_kept_comes_back_and_the_last_runs_of_each_task_stay() {
        let store = temp().await;
        let pause = Pause { by: "Dre".into(), since: at(1), until: Some(at(9)) };
        let saved = Saved { considered: at(0), plan: "hourly @ UTC".into(), pause: Some(pause) };
        let run = |id, task: &str, open: bool| Run {
            id,
            task: task.into(),
            reason: Reason::Due { due: at(id) },
            started: at(id),
            ended: (!open).then(|| at(id + 1)),
            job: Some(JobId(id)),
            result: if open {
                RunResult::Running
            } else {
                RunResult::Job { outcome: JobOutcome::Done { summary: None } }
            },
        };
        let kept = saved.clone();
        let (found, many, other, newest) = store
            .write(Durability::Full, move |tx| {
                save(tx, "a", &kept)?;
                record(tx, &run(1, "a", true))?;
                record(tx, &run(2, "b", false))?;
                for id in 3..300 {
                    record(tx, &run(id, "a", false))?;
                }
                Ok((load(tx)?, history(tx, "a", 1000)?, history(tx, "b", 1000)?, newest(tx)?))
            })
            .await
            .unwrap();
        assert_eq!(found.saved, BTreeMap::from([("a".to_owned(), saved)]));
        assert_eq!((found.open, found.next_run), (vec![run(1, "a", true)], 300));
        assert_eq!((many.len(), many[0].clone()), (KEPT as usize + 1, run(299, "a", false)));
        assert_eq!(other, [run(2, "b", false)]);
        assert_eq!(newest.keys().collect::<Vec<_>>(), ["a", "b"]);
    }
}
