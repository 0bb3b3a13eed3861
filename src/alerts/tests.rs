//! The actor on a real store, with a probe and a sink that can fail; the clock is paused.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use ractor::{Actor, ActorRef};
use tokio::time::Instant;

use super::*;
use crate::{
    domain::{Clock, UnitName},
    events::{Event, Outlet},
    store::testing::{Temp, temp},
};

const S: Duration = Duration::from_secs(1);

struct FollowingClock(Instant);

impl Clock for FollowingClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.0.elapsed()).expect("a short test");
        "2026-07-15T12:00:00Z".parse::<Timestamp>().unwrap() + passed
    }
}

/// What the sink took, and whether it takes.
#[derive(Default)]
struct Outbox {
    taken: Vec<Notice>,
    away: bool,
}

struct World {
    store: Temp,
    hands: Hands,
    readings: Arc<Mutex<Readings>>,
    outbox: Arc<Mutex<Outbox>>,
    actor: ActorRef<Msg>,
    alerts: Alerts,
}

impl World {
    async fn new() -> World {
        let store = temp().await;
        let readings = Arc::new(Mutex::new(Readings::default()));
        let outbox = Arc::new(Mutex::new(Outbox::default()));
        let (seen, taking) = (readings.clone(), outbox.clone());
        let hands = Hands {
            store: store.handle(),
            clock: Arc::new(FollowingClock(Instant::now())),
            outlet: Outlet::nowhere(),
            probe: Arc::new(move |_| {
                let readings = seen.lock().unwrap().clone();
                Box::pin(async move { readings })
            }),
            sink: Arc::new(move |notice| {
                let taking = taking.clone();
                Box::pin(async move {
                    let mut outbox = taking.lock().unwrap();
                    if outbox.away {
                        return Err("away".into());
                    }
                    outbox.taken.push(notice);
                    Ok(())
                })
            }),
        };
        let (actor, alerts) = start(&hands).await;
        World { store, hands, readings, outbox, actor, alerts }
    }

    async fn crash(&mut self) {
        self.actor.kill();
        self.actor.wait(None).await.ok();
        (self.actor, self.alerts) = start(&self.hands).await;
    }

    fn happened(&self, event: Event) {
        self.actor.cast(Msg::Happened(self.hands.clock.now(), event)).unwrap();
    }

    fn taken(&self) -> Vec<(String, State, bool)> {
        let taken = std::mem::take(&mut self.outbox.lock().unwrap().taken);
        taken.iter().map(|notice| (notice.key(), notice.state, notice.loud)).collect()
    }

    /// Waits until the sink has taken so many, then answers them.
    async fn taken_after(&self, count: usize) -> Vec<(String, State, bool)> {
        eventually(|| async { self.outbox.lock().unwrap().taken.len() >= count }).await;
        self.taken()
    }
}

async fn start(hands: &Hands) -> (ActorRef<Msg>, Alerts) {
    let port = Port::new();
    let args = (config::Config::default(), hands.clone());
    let (actor, _) = Actor::spawn(None, actor::AlertsActor, args).await.expect("starts");
    port.bind(actor.clone());
    (actor, Alerts::new(port, hands.store.clone()))
}

async fn eventually<F: Future<Output = bool>>(condition: impl Fn() -> F) {
    let waited = tokio::time::timeout(600 * S, async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    waited.await.expect("it comes about");
}

fn failed(name: &str) -> Event {
    Event::UnitFailed { unit: UnitName::parse(name).unwrap(), result: "exit-code".into() }
}

fn recovered(name: &str) -> Event {
    Event::UnitRecovered { unit: UnitName::parse(name).unwrap() }
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_fills_and_is_cleaned_is_one_message_edited() {
    let world = World::new().await;
    let disk = |share| {
        let disks = vec![DiskReading { mount: "/srv".into(), share: Some(share), free_bytes: Some(1) }];
        *world.readings.lock().unwrap() = Readings { disks: Some(disks), ..Readings::default() };
    };
    disk(90.0);
    assert_eq!(world.taken_after(1).await, [("alert:1:0".into(), State::Living, false)]);
    assert_eq!(world.alerts.living().await.unwrap().len(), 1);
    disk(97.0);
    assert_eq!(
        world.taken_after(2).await,
        [("alert:1:0".into(), State::Continued, false), ("alert:1:1".into(), State::Living, true)]
    );
    disk(40.0);
    assert_eq!(world.taken_after(1).await, [("alert:1:1".into(), State::Resolved, false)]);
    assert_eq!(world.alerts.living().await.unwrap(), []);
    assert_eq!(world.alerts.past(10).await.unwrap().len(), 1);
    assert_eq!(world.alerts.get(1).await.unwrap().unwrap().id, 1);
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_is_not_taken_is_handed_over_until_it_is_merged_and_in_order() {
    let world = World::new().await;
    world.outbox.lock().unwrap().away = true;
    world.happened(failed("nginx"));
    world.happened(failed("ssh"));
    tokio::time::sleep(60 * S).await;
    world.happened(recovered("nginx"));
    tokio::time::sleep(60 * S).await;
    assert_eq!(world.taken(), []);
    world.outbox.lock().unwrap().away = false;
    eventually(|| async { world.outbox.lock().unwrap().taken.len() == 2 }).await;
    let taken = std::mem::take(&mut world.outbox.lock().unwrap().taken);
    let told: Vec<_> = taken.iter().map(|notice| (notice.alert.facts.subject().of, notice.state)).collect();
    assert_eq!(
        told,
        [("nginx.service".into(), State::Resolved), ("ssh.service".into(), State::Living)]
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    let raised = taken.iter().find(|notice| notice.state == State::Living).unwrap();
    assert!(raised.loud);
    assert_eq!(raised.at.to_string(), "2026-07-15T12:00:00Z", "the real time, not that of the delivery");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_told_before_a_crash_is_told_after_it_and_nothing_twice() {
    let mut world = World::new().await;
    world.happened(failed("nginx"));
    assert_eq!(world.taken_after(1).await.len(), 1);
    // Its mark is on the disk.
    eventually(|| async {
        let kept = world.hands.store.read(|conn| store::load(conn, Timestamp::UNIX_EPOCH)).await.unwrap();
        kept.untold.is_empty()
    })
    .await;
    world.outbox.lock().unwrap().away = true;
    world.happened(failed("ssh"));
    eventually(|| async { world.alerts.living().await.unwrap().len() == 2 }).await;
    eventually(|| async {
        let kept = world.hands.store.read(|conn| store::load(conn, Timestamp::UNIX_EPOCH)).await.unwrap();
        kept.living.len() == 2
    })
    .await;
    world.crash().await;
    world.outbox.lock().unwrap().away = false;
    assert_eq!(world.taken_after(1).await, [("alert:2:0".into(), State::Living, true)]);
    tokio::time::sleep(120 * S).await;
    assert_eq!(world.taken(), []);
    assert_eq!(world.alerts.living().await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_happens_while_the_store_is_away_is_kept_for_it() {
    let mut world = World::new().await;
    eventually(|| async { world.alerts.living().await.is_ok() }).await;
    world.store.take_away();
    world.crash().await;
    world.happened(failed("nginx"));
    tokio::time::sleep(30 * S).await;
    assert_eq!(world.taken(), []);
    world.store.bring_back();
    assert_eq!(world.taken_after(1).await, [("alert:1:0".into(), State::Living, true)]);

    world.store.take_away();
    world.happened(failed("ssh"));
    assert_eq!(world.taken_after(1).await.len(), 1, "the outbox may have it all the same");
    world.store.bring_back();
    eventually(|| async {
        let kept = world.hands.store.read(|conn| store::load(conn, Timestamp::UNIX_EPOCH)).await.unwrap();
        kept.living.len() == 2
    })
    .await;
}

#[tokio::test]
async fn a_row_of_a_later_version_does_not_keep_the_others_away() {
    let store = temp().await;
    let kept = store
        .write(crate::store::Durability::Normal, |tx| {
            let facts = Facts::Unit { unit: UnitName::parse("nginx").unwrap(), result: "signal".into() };
            let now = "2026-07-15T12:00:00Z".parse().unwrap();
            let alert = Alert {
                id: 3,
                facts,
                severity: Severity::Bad,
                raised: now,
                changed: now,
                resolved: None,
                times: 1,
                part: 0,
                version: 1,
                snoozed: None,
            };
            store::put(tx, &alert)?;
            tx.execute(
                "insert into alerts select 4, 'later', 'x', severity, '{\"about\":\"later\"}', raised_ms, changed_ms,
                    resolved_ms, how, times, part, version, told from alerts where id = 3",
                [],
            )?;
            store::load(tx, now)
        })
        .await
        .unwrap();
    assert_eq!((kept.living.len(), kept.untold.len(), kept.next_id), (1, 1, 5));
}

#[tokio::test(start_paused = true)]
async fn of_notices_that_nobody_takes_so_many_wait_and_the_rest_is_told_after_the_next_start() {
    let mut world = World::new().await;
    world.outbox.lock().unwrap().away = true;
    let count = actor::WAITING_MAX + 20;
    let lives = async |count| world.alerts.living().await.is_ok_and(|living| living.len() == count);
    world.happened(failed("unit0"));
    eventually(|| lives(1)).await;
    for n in 1..count {
        world.happened(failed(&format!("unit{n}")));
    }
    eventually(|| lives(count)).await;
    let status = world.actor.call(Msg::Status, Some(600 * S)).await.unwrap().unwrap();
    let waiting = status.counters.iter().find(|(name, _)| name == "waiting").unwrap().1;
    assert_eq!(waiting, actor::WAITING_MAX as u64);
    world.outbox.lock().unwrap().away = false;
    let mut told = world.taken_after(actor::WAITING_MAX).await;
    world.crash().await;
    told.extend(world.taken_after(count - told.len()).await);
    let keys: std::collections::BTreeSet<String> = told.into_iter().map(|(key, ..)| key).collect();
    assert_eq!(keys.len(), count);
}

#[tokio::test(start_paused = true)]
async fn a_snooze_is_on_the_disk_before_it_is_said_and_holds_over_a_crash() {
    let mut world = World::new().await;
    let died = || Event::ContainerDied {
        container: "web".into(),
        exit: Some(1),
        oom: false,
        means: None,
        last: Vec::new(),
    };
    let web = || Subject { kind: Kind::Container, of: "web".into() };
    let now = world.hands.clock.now();
    let wish = |hours| Wish {
        until: now + SignedDuration::from_hours(hours),
        pilot: crate::domain::PilotId(7),
        by: "Dre".into(),
    };
    eventually(|| async { world.alerts.living().await.is_ok() }).await;
    let error = world.alerts.snooze(web(), wish(1)).await.unwrap_err();
    assert!(matches!(error, LookError::NotSnoozed(NotSnoozed::Over)), "{error}");
    world.happened(died());
    assert_eq!(world.taken_after(1).await, [("alert:1:0".into(), State::Living, true)]);
    world.store.take_away();
    let error = world.alerts.snooze(web(), wish(1)).await.unwrap_err();
    assert!(!matches!(error, LookError::NotSnoozed(NotSnoozed::Over)), "{error}");
    assert!(world.alerts.living().await.unwrap()[0].snoozed.is_none(), "nothing is said that does not hold");
    world.store.bring_back();
    world.alerts.snooze(web(), wish(1)).await.unwrap();
    assert_eq!(world.taken_after(1).await, [("alert:1:0".into(), State::Living, false)]);
    world.crash().await;
    eventually(|| async { world.alerts.living().await.is_ok() }).await;
    let rests = async || {
        let alert = world.alerts.get(1).await.unwrap().unwrap();
        alert.rests(world.hands.clock.now()).map(|rest| (rest.until, rest.by.clone()))
    };
    assert_eq!(rests().await, Some((now + SignedDuration::from_hours(1), "Dre".into())));
    world.happened(Event::ContainerRecovered { container: "web".into() });
    eventually(|| async { world.alerts.living().await.is_ok_and(|living| living.is_empty()) }).await;
    assert!(rests().await.is_some(), "one that is over for now rests on");
    world.alerts.wake(web()).await.unwrap();
    assert_eq!(rests().await, None);
    let left = world.hands.store.read(snooze::all).await.unwrap();
    assert_eq!(left, []);

    // Its time ends it on the disk too.
    world.happened(died());
    eventually(|| async { world.alerts.living().await.is_ok_and(|living| living.len() == 1) }).await;
    let until = world.hands.clock.now() + SignedDuration::from_mins(5);
    world.alerts.snooze(web(), Wish { until, ..wish(1) }).await.unwrap();
    world.taken();
    eventually(|| async { world.hands.store.read(snooze::all).await.unwrap().is_empty() }).await;
    let told = world.taken();
    assert_eq!(told.last(), Some(&("alert:1:1".into(), State::Living, true)), "{told:?}");
}
