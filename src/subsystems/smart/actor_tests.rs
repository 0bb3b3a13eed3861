//! The actor with simulated disks and a real store.

use std::sync::Mutex;

use ractor::ActorRef;

use super::*;
use crate::{
    domain::Lang,
    domain::{DiskGrade, DiskId},
    events::Event,
    store::testing::{Temp, temp},
    subsystems::smart::{
        messages::{DiskState, Snapshot},
        smartctl_fake::World,
    },
};

struct Still;

const NOW: Timestamp = Timestamp::constant(1_795_362_980, 0);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }
}

struct Flight {
    world: World,
    port: Port<Msg>,
    actor: ActorRef<Msg>,
    events: Arc<Mutex<Vec<Event>>>,
    store: Temp,
}

async fn begin(world: World, store: Temp) -> Flight {
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let heard = events.clone();
    let outlet = Outlet::new(|_| (), move |(_, event)| heard.lock().unwrap().push(event));
    let kit = Kit { disks: Arc::new(world.clone()), store: store.handle(), clock: Arc::new(Still), outlet };
    let port = Port::new();
    let (actor, _) = Actor::spawn(None, SmartActor, (kit, Config::default())).await.expect("starts");
    port.bind(actor.clone());
    Flight { world, port, actor, events, store }
}

impl Flight {
    async fn snapshot(&self) -> Arc<Snapshot> {
        self.port.call(Duration::from_secs(2), Msg::Snapshot).await.expect("it answers")
    }

    /// Waits for something to be so.
    async fn until(&self, what: &str, so: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        for _ in 0..2_000 {
            let snapshot = self.snapshot().await;
            if so(&snapshot) {
                return snapshot;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never: {what}; {:#?}", self.snapshot().await);
    }

    async fn end(self) -> (World, Temp) {
        self.actor.stop(None);
        self.actor.wait(None).await.expect("ends");
        (self.world, self.store)
    }
}

fn disk(id: &str) -> DiskId {
    DiskId::parse(id).expect("a name")
}

#[tokio::test(start_paused = true)]
async fn a_fleet_is_read_compared_with_last_week_and_none_is_woken() {
    let flight = begin(World::new(NOW), temp().await).await;
    let snapshot = flight.until("a round", |snapshot| snapshot.round.is_some()).await;
    let told: Vec<(String, Option<DiskGrade>)> =
        snapshot.disks.iter().map(|sheet| (sheet.name(), sheet.verdict.grade)).collect();
    assert_eq!(
        told,
        [
            ("sdb".to_owned(), Some(DiskGrade::Watch)),
            ("nvme0".to_owned(), Some(DiskGrade::Good)),
            ("sda".to_owned(), Some(DiskGrade::Good)),
            ("sdc".to_owned(), None),
            ("sdd".to_owned(), None),
        ]
    );
    assert!(matches!(snapshot.disk(&disk("sdc")).unwrap().state, DiskState::Asleep { .. }));
    assert!(flight.world.reads().iter().all(|(_, wake)| !wake));
    let events = flight.events.lock().unwrap().clone();
    let [Event::DiskHealthChanged { device, finding, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(device, "sdb");
    assert_eq!(locale::say(Lang::En, finding), "3 reallocated sectors, was 2 last week");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_pilots_check_wakes_the_disk() {
    let flight = begin(World::new(NOW), temp().await).await;
    flight.until("a round", |snapshot| snapshot.round.is_some()).await;
    let ask = |id: &str| {
        let id = disk(id);
        flight.port.call(Duration::from_secs(2), |reply| Msg::Check(id, reply))
    };
    assert_eq!(ask("sdc").await, Ok(true));
    assert_eq!(ask("no such disk").await, Ok(false));
    let snapshot =
        flight.until("the sleeper told", |snapshot| snapshot.disk(&disk("SIMHDD03")).is_some()).await;
    assert_eq!(snapshot.disk(&disk("SIMHDD03")).unwrap().state, DiskState::Read);
    assert_eq!(snapshot.disk(&disk("sdc")), None, "known by its serial number now");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_wearing_disk_is_told_and_a_restart_tells_nothing_twice() {
    let flight = begin(World::new(NOW), temp().await).await;
    flight.until("a round", |snapshot| snapshot.round.is_some()).await;
    flight.world.wear_out(true);
    let failing = |snapshot: &Snapshot| {
        snapshot.disk(&disk("SIMHDD01")).is_some_and(|sheet| sheet.verdict.grade == Some(DiskGrade::Replace))
    };
    for _ in 0..6 {
        let _ = flight.port.call(Duration::from_secs(2), |reply| Msg::Check(disk("SIMHDD01"), reply)).await;
        flight.until("it was read", |snapshot| !snapshot.busy).await;
    }
    flight.until("it fails", failing).await;
    let told = flight.events.lock().unwrap().len();
    assert!(told >= 2, "{told}");
    let (world, store) = flight.end().await;
    world.uninstall(true);
    let flight = begin(world, store).await;
    // Without smartctl what was known is still shown, with the reason.
    let snapshot = flight.until("trouble", |snapshot| snapshot.trouble.is_some()).await;
    assert!(failing(&snapshot), "{snapshot:#?}");
    let status = flight.port.call(Duration::from_secs(2), Msg::Status).await.expect("it answers");
    let Health::Degraded { why, mend, .. } = status.health else { panic!("{status:?}") };
    assert_eq!(why.in_lang(Lang::En), "smartctl is not installed.");
    assert_eq!(mend.in_lang(Lang::En), "Install it on the server: apt install smartmontools");
    assert_eq!(flight.events.lock().unwrap().len(), 0);
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_takes_no_screen_away() {
    let store = temp().await;
    store.take_away();
    let flight = begin(World::new(NOW), store).await;
    let snapshot = flight.until("a round", |snapshot| snapshot.round.is_some()).await;
    assert_eq!(snapshot.disks.len(), 5);
    flight.end().await;
}
