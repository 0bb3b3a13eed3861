//! The actor over the simulated machine and a real store, on a clock of its own.

use super::*;
use crate::{
    store::testing::{self, Temp},
    subsystems::metrics::{
        messages::{Ask, Lines, Snapshot},
        series::Series,
        world::{Failure, World},
    },
};

const T0: i64 = 1_748_736_000;
const SOON: Duration = Duration::from_secs(2);

/// Wall time that goes with tokio's.
struct Paced(Instant);

impl Clock for Paced {
    fn now(&self) -> jiff::Timestamp {
        let passed = jiff::SignedDuration::try_from(self.0.elapsed()).unwrap();
        jiff::Timestamp::from_second(T0).unwrap() + passed
    }
}

/// A machine that keeps none.
struct NoJournal;

impl crate::process::journal::Journal for NoJournal {
    fn open(&self, _: crate::process::journal::Query) -> crate::process::journal::Opening<'_> {
        Box::pin(async { Err(crate::process::journal::JournalError::NotAllowed) })
    }
}

struct Flight {
    actor: ActorRef<Msg>,
    port: Port<Msg>,
    world: World,
    clock: Arc<dyn Clock>,
    store: Temp,
}

async fn take_off() -> Flight {
    let clock: Arc<dyn Clock> = Arc::new(Paced(Instant::now()));
    let world = World::new(clock.clone());
    let store = testing::temp().await;
    let kit = Kit {
        config: Config::default(),
        machine: Arc::new(world.clone()),
        journal: Arc::new(NoJournal),
        store: store.handle(),
        clock: clock.clone(),
        outlet: Outlet::nowhere(),
    };
    let (actor, _) = Actor::spawn(None, MetricsActor, kit).await.unwrap();
    let port = Port::new();
    port.bind(actor.clone());
    Flight { actor, port, world, clock, store }
}

impl Flight {
    async fn snapshot(&self) -> Arc<Snapshot> {
        let ask = Ask { cpu_above: Some(90.0), frequency: true };
        self.port.call(SOON, |reply| Msg::Snapshot(ask, reply)).await.unwrap()
    }

    async fn history(&self, lines: Lines, seconds: i64) -> History {
        let to = self.clock.now();
        let query = Query { lines, from: to - jiff::SignedDuration::from_secs(seconds), to };
        self.port.call(SOON, |reply| Msg::History(query, reply)).await.unwrap().unwrap()
    }

    async fn counter(&self, name: &str) -> u64 {
        let status = self.port.call(SOON, Msg::Status).await.unwrap();
        status.counters.iter().find(|(counter, _)| counter == name).unwrap().1
    }

    async fn stored_minutes(&self, from: i64) -> i64 {
        let count = "SELECT count(*) FROM metrics_minute WHERE t >= ?1";
        self.store.read(move |conn| conn.query_row(count, [from], |row| row.get(0))).await.unwrap()
    }

    async fn land(self) {
        self.actor.stop(None);
        self.actor.wait(None).await.unwrap();
    }
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn an_hour_of_flight_is_shown_and_remembered() {
    let flight = take_off().await;
    pass(3).await;
    let first = flight.snapshot().await;
    assert!(first.reading.as_ref().unwrap().cpu.is_some(), "rates after the second pass");
    assert!(first.frequency.is_some() && first.sensors_known);
    assert_eq!(first.host.name.as_deref(), Some("potion"));

    pass(3600).await;
    assert!(flight.counter("samples").await >= 700);
    assert_eq!(flight.counter("minutes written").await, 60);
    assert_eq!(flight.stored_minutes(T0).await, 60);
    let hour = flight.history(Lines::Named(vec![Series::Cpu, Series::SwapIn]), 3600).await;
    assert!(!hour.in_part && hour.lines[0].points.len() > 600);
    assert!(hour.lines[0].points.is_sorted_by_key(|point| point.t));
    // The simulated past goes before the first pass.
    let month = flight.history(Lines::Disks, 30 * 86_400).await;
    assert_eq!(month.lines.len(), 3);
    let root = &month.lines[0];
    assert_eq!(root.series, Series::DiskShare("/".into()));
    assert!(root.points.len() > 1400, "{}", root.points.len());
    assert!(root.points.windows(2).all(|pair| pair[1].t - pair[0].t < month.gap_s));
    // It grows by 0.6 % of 458 GiB a day, in that past as now.
    let forecasts = flight.snapshot().await.forecasts.clone();
    let key = |stock| (std::path::PathBuf::from("/mnt/dre"), stock);
    assert_eq!(forecasts.keys().cloned().collect::<Vec<_>>(), [key(Stock::Bytes), key(Stock::Inodes)]);
    let a_day = forecasts[&key(Stock::Bytes)].per_day / f64::from(1 << 30);
    assert!((a_day - 2.748).abs() < 0.05, "{a_day} GiB a day");
    // And by 0.68 % of its 15 million inodes.
    let a_day = forecasts[&key(Stock::Inodes)].per_day;
    assert!((a_day - 102_000.0).abs() < 1500.0, "{a_day} inodes a day");
    let groups = flight.port.call(SOON, Msg::Groups).await.unwrap();
    assert_eq!(
        groups.list.first().map(|group| group.owner.to_string()).as_deref(),
        Some("postgresql.service")
    );
    // One service by the minute, from the simulated past on without a break.
    let nginx = Lines::Named(vec![Series::GroupMemory("nginx.service".into())]);
    let day = flight.history(nginx, 6 * 3600).await;
    let points = &day.lines[0].points;
    assert!(points.len() >= 355, "{}", points.len());
    assert!(points.windows(2).all(|pair| pair[1].t - pair[0].t < day.gap_s));
    assert!(points.iter().all(|point| (8e7..1.3e8).contains(&point.avg)));
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn the_running_minute_is_written_when_it_ends() {
    let flight = take_off().await;
    pass(90).await;
    assert_eq!(flight.stored_minutes(T0).await, 1);
    let store = flight.store.handle();
    flight.actor.stop(None);
    flight.actor.wait(None).await.unwrap();
    let count = store
        .read(|conn| {
            conn.query_row("SELECT count(*) FROM metrics_minute WHERE t >= ?1", [T0], |row| {
                row.get::<_, i64>(0)
            })
        })
        .await;
    assert_eq!(count.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn another_interval_keeps_the_hours_in_memory() {
    let flight = take_off().await;
    pass(600).await;
    let before = flight.history(Lines::Named(vec![Series::Cpu]), 600).await.lines[0].points.len();
    let config = Config { interval: Duration::from_secs(20), ..Config::default() };
    flight.port.cast(Msg::Configure(config)).unwrap();
    pass(200).await;
    let after = flight.history(Lines::Named(vec![Series::Cpu]), 900).await.lines[0].points.len();
    assert!(after > before && after < before + 15, "{before} {after}");
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_told_and_caught_up_with() {
    let flight = take_off().await;
    pass(70).await;
    flight.store.port.unbind();
    pass(300).await;
    let status = flight.port.call(SOON, Msg::Status).await.unwrap();
    assert!(matches!(status.health, Health::Degraded { .. }), "{status:?}");
    let history = flight.history(Lines::Named(vec![Series::Cpu]), 24 * 3600).await;
    assert!(history.in_part && !history.lines[0].points.is_empty());
    flight.store.port.bind(flight.store.actor.clone());
    pass(130).await;
    assert_eq!(flight.port.call(SOON, Msg::Status).await.unwrap().health, Health::Good);
    assert_eq!(flight.stored_minutes(T0).await, 8);
    flight.land().await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_the_simulated_machine_is_seen() {
    let flight = take_off().await;
    pass(10).await;
    flight.world.play(Failure::CpuHog, true);
    pass(300).await;
    assert!(flight.snapshot().await.cpu_above_since.is_some());
    flight.world.play(Failure::CpuHog, false);
    pass(180).await;
    assert_eq!(flight.snapshot().await.cpu_above_since, None);
    flight.land().await;
}
