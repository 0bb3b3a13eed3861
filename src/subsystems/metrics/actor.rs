//! The actor: makes the passes, sends the errands, answers. A table of short arms over [`State`].
//!
//! The pass itself runs in the handler (0.1 ms). Whatever may wait (disks, network mounts, firmware, the store) runs in
//! tasks it owns; a mount that never answers holds one blocking thread, never a second.

use std::{sync::Arc, time::Duration};

use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::time::Instant;

use super::{
    boot,
    config::Config,
    forecast::{self, Fill, Forecasts},
    history,
    machine::{Machine, Probe},
    messages::{Back, Busy, Errand, History, Line, Msg, Query},
    raw::{Raw, Stock},
    series::Series,
    state::{Effect, Moment, State, Wish},
    store::{self, Minute},
};
use crate::{
    charts::Point,
    domain::{Clock, Told},
    events::Outlet,
    process::journal::Journal,
    screen::Topic,
    store::{Durability, Store},
    supervision::{ActorCard, ChildSpec, Health, Port, RetryPolicy, Status, Tasks, timer::Timer},
    t,
};

/// Rates need a second pass: nobody wants to wait a whole interval for the first figures.
const FIRST: Duration = Duration::from_secs(1);
/// For the running minute when the daemon ends.
const LAST_WORDS: Duration = Duration::from_millis(1500);
/// Charts being read at once; each holds the store's reading lane for a few ms.
const CHARTS_MAX: usize = 16;
const CHART_WITHIN: Duration = Duration::from_secs(2);

/// What the actor is made from; the same for each of its lives.
#[derive(Clone)]
pub struct Kit {
    pub config: Config,
    pub machine: Arc<dyn Machine>,
    /// Tells how the machine's last life ended.
    pub journal: Arc<dyn Journal>,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
}

/// The supervised child. Its config changes while it runs, so that the hours in memory outlive a reload.
pub fn child(port: &Port<Msg>, kit: Kit) -> ChildSpec {
    let (config, hand_over, handed) = (kit.config.clone(), port.clone(), kit.config.clone());
    ChildSpec::new(super::ID, port, move || (MetricsActor, kit.clone()))
        .configured_by(config)
        .reconfigure(move || hand_over.cast(Msg::Configure(handed.clone())).is_ok())
}

/// What the list of actors says of it.
pub fn card() -> ActorCard {
    ActorCard {
        id: super::ID,
        parent: Some("root"),
        owns: "How the machine is, now and as history: one pass over the kernel's files each interval, one row a minute.",
        messages: &["Snapshot", "History", "Groups", "Configure", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

#[derive(Debug)]
pub struct MetricsActor;

pub struct Body {
    kit: Kit,
    state: State,
    probe: Box<dyn Probe>,
    spare: Raw,
    timer: Timer,
    started: Instant,
    errands: Tasks,
    charts: Tasks,
    store_failing_since: Option<jiff::Timestamp>,
    last_error: Option<(jiff::Timestamp, String)>,
}

impl Body {
    fn now(&self) -> Moment {
        Moment { wall: self.kit.clock.now(), mono: self.started.elapsed() }
    }
}

impl Actor for MetricsActor {
    type Msg = Msg;
    type State = Body;
    type Arguments = Kit;

    async fn pre_start(&self, myself: ActorRef<Msg>, kit: Kit) -> Result<Body, ActorProcessingErr> {
        let mut probe = kit.machine.probe();
        probe.tell_of(kit.config.listed());
        let mut timer = Timer::default();
        timer.arm(&myself, Duration::ZERO, Msg::Sample);
        let mut errands = Tasks::new();
        let (to, journal) = (myself.clone(), kit.journal.clone());
        errands.spawn(async move {
            let last_end = boot::last_end(&*journal).await;
            let _ = to.cast(Msg::Back(Back::LastEnd(last_end)));
        });
        if let Some(past) = kit.machine.past() {
            let (store, keep) = (kit.store.clone(), kit.config.history);
            errands.spawn(async move {
                let seed = store.write(Durability::Normal, move |tx| {
                    store::seed(tx, &past.minutes, &past.quarters, &keep)
                });
                if let Err(error) = seed.await {
                    tracing::warn!(%error, "the simulated past is not written");
                }
            });
        }
        Ok(Body {
            state: State::new(kit.config.clone()),
            kit,
            probe,
            spare: Raw::default(),
            timer,
            started: Instant::now(),
            errands,
            charts: Tasks::new(),
            store_failing_since: None,
            last_error: None,
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<Msg>,
        msg: Msg,
        body: &mut Body,
    ) -> Result<(), ActorProcessingErr> {
        match msg {
            Msg::Sample(generation) => sample(&myself, body, generation),
            Msg::Snapshot(ask, reply) if !reply.is_closed() => {
                let mut snapshot = body.state.snapshot(ask, body.now());
                snapshot.frequency = ask.frequency.then(|| body.probe.frequency()).flatten();
                let _ = reply.send(Arc::new(snapshot));
            }
            Msg::History(query, reply) if !reply.is_closed() => read_history(body, query, reply),
            Msg::Groups(reply) => {
                let _ = reply.send(body.state.book.groups.clone());
                let effect = body.state.want_groups(body.now());
                run(&myself, body, effect);
            }
            Msg::Configure(config) => configure(&myself, body, config),
            Msg::Back(back) => {
                let mut effects = Vec::new();
                let now = body.now();
                body.state.back(back, now, &mut effects);
                run(&myself, body, effects);
            }
            Msg::Written { upto, result } => written(body, upto, result),
            Msg::Status(reply) => {
                let _ = reply.send(status(body));
            }
            Msg::Snapshot(..) | Msg::History(..) => {}
        }
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Msg>, body: &mut Body) -> Result<(), ActorProcessingErr> {
        let minutes = body.state.last_words();
        let write = write(body.kit.store.within(LAST_WORDS), minutes, &body.state.config);
        if let Err(error) = write.await {
            tracing::warn!(%error, "the last minute is not in the history");
        }
        Ok(())
    }
}

fn sample(myself: &ActorRef<Msg>, body: &mut Body, generation: u64) {
    if !body.timer.fired(generation) {
        return;
    }
    let mut raw = std::mem::take(&mut body.spare);
    body.probe.read(&mut raw);
    let mut effects = Vec::new();
    let now = body.now();
    let first = body.state.counters.samples == 0;
    body.spare = body.state.sampled(raw, now, &mut effects);
    run(myself, body, effects);
    body.kit.outlet.changed(Topic::Metrics);
    let interval = body.state.config.interval;
    body.timer.arm(myself, if first { FIRST.min(interval) } else { interval }, Msg::Sample);
}

fn configure(myself: &ActorRef<Msg>, body: &mut Body, config: Config) {
    body.probe.tell_of(config.listed());
    body.state.configure(config);
    body.timer.arm(myself, Duration::ZERO, Msg::Sample);
}

fn run(myself: &ActorRef<Msg>, body: &mut Body, effects: impl IntoIterator<Item = Effect>) {
    while body.errands.try_join_next().is_some() {}
    for effect in effects {
        match effect {
            Effect::Run(errand) => send(myself, body, errand),
            Effect::Watch(sensors) => body.probe.watch(sensors),
            Effect::Foresee(wishes) => foresee(myself, body, wishes),
            Effect::Write(minutes) => {
                let (myself, upto) = (myself.clone(), minutes.last().map_or(0, |minute| minute.t));
                let write = write(body.kit.store.clone(), minutes, &body.state.config);
                body.errands.spawn(async move {
                    let result = write.await;
                    let _ = myself.cast(Msg::Written { upto, result });
                });
            }
        }
    }
}

/// Off to a blocking thread. Which errand is on its way is the state's to know: never two of a kind.
fn send(myself: &ActorRef<Msg>, body: &mut Body, errand: Errand) {
    let (myself, machine) = (myself.clone(), body.kit.machine.clone());
    body.errands.spawn(async move {
        let asked = errand.clone();
        let back = tokio::task::spawn_blocking(move || go(machine.as_ref(), errand)).await;
        let _ = myself.cast(Msg::Back(back.unwrap_or(Back::Lost(asked))));
    });
}

/// Reads the history of these disks' use and reckons, aside.
fn foresee(myself: &ActorRef<Msg>, body: &mut Body, wishes: Vec<Wish>) {
    let (myself, store, at) = (myself.clone(), body.kit.store.within(CHART_WITHIN), body.kit.clock.now());
    body.errands.spawn(async move {
        let series = |wish: &Wish| {
            let path = wish.path.to_string_lossy().into();
            match wish.stock {
                Stock::Bytes => Series::DiskUsed(path),
                Stock::Inodes => Series::DiskInodes(path),
            }
        };
        let series: Vec<Series> = wishes.iter().map(series).collect();
        let read = store.read(move |conn| {
            let now_s = at.as_second();
            let back = |table, back: Duration| {
                store::read(conn, table, &series, now_s - back.as_secs() as i64, now_s)
            };
            Ok((
                back(store::Table::Quarters, forecast::SLOW_BACK)?,
                back(store::Table::Minutes, forecast::FAST_BACK)?,
            ))
        });
        let foreseen = match read.await {
            Ok((slow, fast)) => {
                tokio::task::spawn_blocking(move || reckon(wishes, &slow, &fast, at)).await.ok()
            }
            Err(_) => None,
        };
        let _ = myself.cast(Msg::Back(Back::Foreseen(foreseen)));
    });
}

fn reckon(wishes: Vec<Wish>, slow: &[Vec<Point>], fast: &[Vec<Point>], at: jiff::Timestamp) -> Forecasts {
    let fills = |points: &[Point]| points.iter().map(|p| (p.t, f64::from(p.avg))).collect::<Vec<Fill>>();
    let foreseen = wishes.into_iter().zip(slow.iter().zip(fast)).filter_map(|(wish, (slow, fast))| {
        let found = forecast::forecast(&fills(slow), &fills(fast), wish.supply, wish.held.as_ref(), at);
        Some(((wish.path, wish.stock), found?))
    });
    foreseen.collect()
}

fn go(machine: &dyn Machine, errand: Errand) -> Back {
    match errand {
        Errand::Host => Back::Host(machine.host()),
        Errand::FindSensors => Back::Sensors(machine.sensors()),
        Errand::Heat(sensors) => {
            Back::Heat(sensors.into_iter().map(|sensor| (sensor.id.clone(), machine.heat(&sensor))).collect())
        }
        Errand::Space(path) => {
            let space = machine.space(&path).ok();
            Back::Space(path, space)
        }
        Errand::Groups => Back::Groups(machine.groups()),
        Errand::Updates => Back::Updates(machine.updates()),
    }
}

fn write(
    store: Store,
    minutes: Vec<Minute>,
    config: &Config,
) -> impl Future<Output = Result<(), String>> + Send + use<> {
    let keep = config.history;
    async move {
        let write = store.write(Durability::Normal, move |tx| store::write(tx, &minutes, &keep));
        write.await.map_err(|error| error.to_string())
    }
}

fn written(body: &mut Body, upto: i64, result: Result<(), String>) {
    body.state.written(upto, result.is_ok());
    match result {
        Ok(()) => body.store_failing_since = None,
        Err(error) => {
            let now = body.kit.clock.now();
            tracing::warn!(%error, "history is not written");
            body.store_failing_since.get_or_insert(now);
            body.last_error = Some((now, error));
        }
    }
}

fn read_history(body: &mut Body, query: Query, reply: RpcReplyPort<Result<History, Busy>>) {
    while body.charts.try_join_next().is_some() {}
    if body.charts.len() >= CHARTS_MAX {
        let _ = reply.send(Err(Busy));
        return;
    }
    let (from_s, to_s) = (query.from.as_second(), query.to.as_second());
    let in_memory = body.state.ring.oldest().map(|ms| ms.div_euclid(1000));
    let plan = if query.lines.are_of_groups() {
        history::plan_by_minute(from_s, to_s)
    } else {
        history::plan(from_s, to_s, in_memory, body.state.config.interval)
    };
    let memory = history::of_memory(&body.state.ring, &query.lines, &plan, to_s);
    let store = body.kit.store.within(CHART_WITHIN);
    body.charts.spawn(async move {
        let lines = query.lines.clone();
        let parts = plan.stored.clone();
        let stored = if parts.iter().all(|(_, from, to)| from >= to) {
            Ok(Vec::new())
        } else {
            store.read(move |conn| read_parts(conn, &lines, &parts, from_s)).await
        };
        let in_part = stored.is_err();
        let asked_s = (to_s - from_s) as f64;
        let lines = history::merge(stored.unwrap_or_default(), memory, &query.lines, asked_s);
        let _ = reply.send(Ok(History { from: query.from, to: query.to, lines, gap_s: plan.gap_s, in_part }));
    });
}

fn read_parts(
    conn: &rusqlite::Connection,
    lines: &super::messages::Lines,
    parts: &[(store::Table, i64, i64)],
    from_s: i64,
) -> rusqlite::Result<Vec<Line>> {
    let known = store::known(conn, from_s)?;
    let series: Vec<_> = known.into_iter().filter(|series| lines.wants(series)).collect();
    let mut found: Vec<Line> =
        series.iter().map(|series| Line { series: series.clone(), points: Vec::new() }).collect();
    for (table, from, to) in parts {
        for (line, points) in found.iter_mut().zip(store::read(conn, *table, &series, *from, *to)?) {
            line.points.extend(points);
        }
    }
    Ok(found)
}

fn status(body: &Body) -> Status {
    let counters = body.state.counters;
    let count = |name: &str, value: u64| (name.to_owned(), value);
    Status {
        health: body.store_failing_since.map_or(Health::Good, |since| Health::Degraded {
            since,
            why: Told::new(|lang| t!(lang, "crew-metrics-not-written")),
            mend: Told::new(|lang| t!(lang, "crew-mend-metrics")),
        }),
        counters: vec![
            count("samples", counters.samples),
            count("minutes written", counters.minutes),
            count("writes failed", counters.write_failures),
            count("minutes lost", counters.minutes_lost),
            count("clock jumps", counters.clock_jumps),
            count("errands away", body.errands.len() as u64),
            count("bytes in memory", body.state.ring.bytes() as u64),
        ],
        last_error: body.last_error.clone(),
    }
}

#[cfg(test)]
#[path = "actor_tests.rs"]
mod tests;
