//! History as SQLite keeps it.

use std::time::Duration;

use super::*;
use crate::store::{Durability, Store, testing};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// A quarter's start.
const T0: i64 = 1_748_736_000;

fn minute(t: i64, values: &[(Series, f32)]) -> Minute {
    Minute { t, spans: values.iter().map(|(series, value)| (series.clone(), Span::single(*value))).collect() }
}

async fn put(store: &Store, minutes: Vec<Minute>, keep: Keep) {
    store.write(Durability::Normal, move |tx| write(tx, &minutes, &keep)).await.unwrap();
}

async fn line(store: &Store, table: Table, series: Series, from: i64, to: i64) -> Vec<(i64, f32)> {
    let lines = store.read(move |conn| read(conn, table, &[series], from, to)).await.unwrap();
    lines[0].iter().map(|point| (point.t as i64, point.avg)).collect()
}

async fn count(store: &Store, table: &'static str) -> i64 {
    store
        .read(move |conn| conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)))
        .await
        .unwrap()
}

#[tokio::test]
async fn minutes_are_read_back_by_name_and_gaps_stay_gaps() {
    let store = testing::temp().await;
    let keep = Keep::default();
    put(&store, vec![minute(T0, &[(Series::Cpu, 10.0), (Series::Load, 1.0)])], keep).await;
    put(&store, vec![minute(T0 + 60, &[(Series::Load, 2.0)])], keep).await;
    put(&store, vec![minute(T0 + 600, &[(Series::Cpu, 30.0), (Series::SwapIn, 0.0)])], keep).await;
    assert_eq!(
        line(&store, Table::Minutes, Series::Cpu, T0, T0 + HOUR).await,
        [(T0 + 30, 10.0), (T0 + 630, 30.0)]
    );
    assert_eq!(line(&store, Table::Minutes, Series::Load, T0 + 60, T0 + HOUR).await, [(T0 + 90, 2.0)]);
    assert_eq!(line(&store, Table::Minutes, Series::CpuSteal, T0, T0 + HOUR).await, []);
    let known = store.read(|conn| known(conn, T0)).await.unwrap();
    assert_eq!(known, [Series::Cpu, Series::Load, Series::SwapIn]);
}

#[tokio::test]
async fn quarters_are_made_when_they_are_over_and_keep_extremes() {
    let store = testing::temp().await;
    let keep = Keep::default();
    let owner = Series::GroupMemory("nginx.service".into());
    for nth in 0..15 {
        assert_eq!(count(&store, "metrics_quarter").await, 0);
        put(&store, vec![minute(T0 + nth * 60, &[(Series::Cpu, nth as f32), (owner.clone(), 5.0)])], keep)
            .await;
    }
    let lines = store.read(|conn| read(conn, Table::Quarters, &[Series::Cpu], T0, T0 + HOUR)).await.unwrap();
    assert_eq!(lines[0], [Point { t: (T0 + 450) as f64, min: 0.0, avg: 7.0, max: 14.0 }]);
    let of_groups = line(&store, Table::Quarters, owner, T0, T0 + HOUR).await;
    assert_eq!(of_groups, [], "services are kept in minutes only");
}

#[tokio::test]
async fn quarters_are_caught_up_with_after_a_long_stop() {
    let store = testing::temp().await;
    let keep = Keep::default();
    // Written while quarters could not be made: as if the program had died before each quarter's end.
    let before: Vec<Minute> =
        (0..3).map(|nth| minute(T0 + nth * 2 * QUARTER_S, &[(Series::Cpu, 1.0)])).collect();
    put(&store, before, keep).await;
    put(&store, vec![minute(T0 + 10 * QUARTER_S, &[(Series::Cpu, 1.0)])], keep).await;
    let made = line(&store, Table::Quarters, Series::Cpu, 0, i64::MAX).await;
    assert_eq!(made.iter().map(|(t, _)| (t - T0) / QUARTER_S).collect::<Vec<_>>(), [0, 2, 4]);
}

#[tokio::test]
async fn a_clock_in_the_future_costs_little_and_stops_nothing() {
    let store = testing::temp().await;
    let keep = Keep::default();
    let day: Vec<Minute> = (0..1440).map(|nth| minute(T0 + nth * 60, &[(Series::Cpu, 1.0)])).collect();
    put(&store, day, keep).await;
    let quarters = count(&store, "metrics_quarter").await;
    let far = T0 + 70 * 365 * DAY;
    for nth in 0..16 {
        put(&store, vec![minute(far + nth * 60, &[(Series::Cpu, 9.0)])], keep).await;
    }
    let left = line(&store, Table::Minutes, Series::Cpu, T0, T0 + 2 * DAY).await.len();
    assert_eq!(left, 1440 - 16 * PRUNED_MAX as usize);
    // The clock is mended, and quarters go on being made.
    for nth in 0..30 {
        put(&store, vec![minute(T0 + DAY + nth * 60, &[(Series::Cpu, 2.0)])], keep).await;
    }
    let after = line(&store, Table::Quarters, Series::Cpu, T0 + DAY, T0 + 2 * DAY).await;
    assert_eq!(after.len(), 2, "{after:?}, {quarters} before");
}

#[tokio::test]
async fn old_rows_go_and_their_slots_are_used_again_only_then() {
    let store = testing::temp().await;
    let day = Duration::from_secs(DAY as u64);
    let keep = Keep { minutes: day, quarters: 2 * day };
    let group = |nth: usize| Series::GroupCpu(format!("run-{nth}.service").into());
    let all: Vec<(Series, f32)> = (0..SLOTS_MAX).map(|nth| (group(nth), 1.0)).collect();
    put(&store, vec![minute(T0, &all)], keep).await;
    let newcomer = group(5000);
    put(&store, vec![minute(T0 + DAY, &[(newcomer.clone(), 3.0)])], keep).await;
    assert_eq!(
        line(&store, Table::Minutes, newcomer.clone(), 0, i64::MAX).await,
        [],
        "rows may still hold the old"
    );
    let later = T0 + 2 * DAY + HOUR;
    put(&store, vec![minute(later, &[(newcomer.clone(), 4.0)])], keep).await;
    assert_eq!(line(&store, Table::Minutes, newcomer, 0, i64::MAX).await, [(later + 30, 4.0)]);
    assert_eq!(line(&store, Table::Minutes, group(0), 0, i64::MAX).await, []);
    assert_eq!(count(&store, "metrics_series").await, SLOTS_MAX as i64);
}

#[tokio::test]
async fn a_minute_written_twice_stands_once() {
    let store = testing::temp().await;
    for value in [1.0, 2.0] {
        put(&store, vec![minute(T0, &[(Series::Cpu, value)])], Keep::default()).await;
    }
    assert_eq!(line(&store, Table::Minutes, Series::Cpu, 0, i64::MAX).await, [(T0 + 30, 2.0)]);
}
