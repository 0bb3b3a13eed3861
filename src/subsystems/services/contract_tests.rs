//! What this room relies on, held against both: the simulated systemd, and the D-Bus adapter before a systemd1 of its
//! own (`systemd/served_tests.rs`). `tests/lab_services.rs` holds the adapter against the real one.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    bus::{BusError, Changes, Link, Systemd},
    systemd_fake::{Behaviour, Way, World},
    unit::{Active, Exit, JobEnd, Links, Load, Patch, Verb},
};
use crate::domain::{Clock, UnitName};

pub fn name(text: &str) -> UnitName {
    UnitName::parse(text).unwrap()
}

/// Wall time that goes with tokio's.
pub struct Paced(pub Instant);

impl Clock for Paced {
    fn now(&self) -> Timestamp {
        let passed = jiff::SignedDuration::try_from(self.0.elapsed()).unwrap();
        Timestamp::from_second(1_795_362_600).unwrap() + passed
    }
}

pub fn clock() -> Arc<dyn Clock> {
    Arc::new(Paced(Instant::now()))
}

/// A small world that is quick: it also stands behind real sockets, where time can't be paused.
pub fn world() -> World {
    let world = World::new(clock());
    let quick = Way { takes: Duration::from_millis(20), ..Way::default() };
    let description = "A high performance web server".to_owned();
    let links = Links {
        stop_with_it: vec![name("shop")],
        triggered_by: vec![name("nginx.socket")],
        needs: vec![name("nginx.socket")],
        ..Links::default()
    };
    world.add("nginx", Way { description, can_reload: true, links, ..quick.clone() });
    world.add("shop", quick.clone());
    world.add("nginx.socket", Way { memory: None, ..quick.clone() });
    world.add("idle", Way { up: false, file_state: "static", ..quick.clone() });
    world.add("masked", Way { up: false, file_state: "masked", ..quick.clone() });
    world.add("stubborn", Way { behaviour: Behaviour::Refuses, ..quick.clone() });
    world.add("broken", Way { behaviour: Behaviour::Broken, up: false, ..quick.clone() });
    world.add("once", Way { behaviour: Behaviour::Once { exit: 0 }, up: false, ..quick.clone() });
    world.add("dev-disk\\x2done@7", quick.clone());
    let every = Some(Duration::from_secs(3600));
    let links = Links { triggers: vec![name("once")], ..Links::default() };
    world.add("once.timer", Way { every, links, memory: None, ..quick });
    world
}

/// Changes until what is wanted came; fails when it does not come.
pub async fn until(link: &mut Link, what: &str, mut wanted: impl FnMut(&Changes) -> bool) -> Changes {
    let mut merged = Changes::default();
    let wait = async {
        loop {
            let changes = link.changes.recv().await.expect("the connection stands");
            for (unit, patch) in &changes.patches {
                merged.patches.entry(unit.clone()).or_default().merge(patch.clone());
            }
            merged.appeared.extend(changes.appeared.clone());
            merged.gone.extend(changes.gone.clone());
            merged.relist |= changes.relist;
            merged.files |= changes.files;
            if wanted(&changes) {
                return;
            }
        }
    };
    if tokio::time::timeout(Duration::from_secs(20), wait).await.is_err() {
        panic!("{what} did not come; heard {merged:?}");
    }
    merged
}

fn is(changes: &Changes, unit: &str, wanted: impl Fn(&Patch) -> bool) -> bool {
    changes.patches.get(&name(unit)).is_some_and(wanted)
}

/// Everything the room relies on. `away` cuts the connections and refuses new ones.
pub async fn contract(systemd: &dyn Systemd, world: &World) {
    let mut link = systemd.connect().await.expect("connects");
    reads(&link).await;
    acts(&mut link, world).await;
    signals(&mut link, world).await;
    goes_away(link, systemd, world).await;
}

async fn reads(link: &Link) {
    let bus = &link.bus;
    assert!(bus.version().await.unwrap().starts_with("252"));

    let units = bus.units().await.unwrap();
    let nginx = units.iter().find(|unit| unit.name == name("nginx")).expect("nginx is loaded");
    assert_eq!((nginx.active, nginx.sub.as_str()), (Active::Active, "running"));
    assert_eq!((nginx.description.as_str(), nginx.load), ("A high performance web server", Load::Loaded));
    assert!(units.iter().any(|unit| unit.name == name("dev-disk\\x2done@7")), "escapes stay as they are");
    assert!(units.iter().all(|unit| unit.name != name("idle")), "what nobody uses is not loaded");

    let asked = [name("nginx"), name("idle"), name("nosuch")];
    let loaded = bus.loaded(&asked).await.unwrap();
    assert_eq!(loaded.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>(), ["nginx.service"]);
    let seen = bus.inspect(&asked[2..]).await.unwrap();
    assert_eq!((seen[0].load, seen[0].active), (Load::NotFound, Active::Inactive));

    let readings = bus.readings(&[name("nginx"), name("nginx.socket")]).await.unwrap();
    let web = &readings[0];
    assert!(web.memory.is_some_and(|bytes| bytes.0 == 12 << 20) && web.cpu.is_some() && web.pid.is_some());
    assert_eq!((web.oneshot, web.patch.result.as_deref()), (Some(false), Some("success")));
    assert!(web.active_since.is_some() && web.patch.since.flatten().is_some());
    assert_eq!(
        (readings[1].memory, readings[1].pid),
        (None, None),
        "a socket has no process: unknown, not 0"
    );

    let details = bus.details(&name("nginx")).await.unwrap();
    assert_eq!((details.file_state.as_str(), details.unit.active), ("enabled", Active::Active));
    assert!(details.can.start && details.can.stop && details.can.reload);
    assert_eq!(details.links.stop_with_it, [name("shop")]);
    assert_eq!(details.links.needs, [name("nginx.socket")]);
    assert_eq!(details.links, bus.links(&name("nginx")).await.unwrap());
    assert_eq!((details.memory_max, details.tasks), (None, Some(4)), "no limit is no number");
    let missing = bus.details(&name("nosuch")).await.unwrap();
    assert_eq!(missing.unit.load, Load::NotFound);
    assert!(missing.load_error.is_some_and(|why| why.contains("not found")));

    let timers = bus.timers().await.unwrap();
    assert_eq!((timers.len(), timers[0].activates.clone()), (1, Some(name("once"))));
    assert!(timers[0].timer.next > timers[0].timer.last && timers[0].timer.last.is_some());
    let files = bus.files().await.unwrap();
    let idle = files.iter().find(|file| file.name == name("idle")).expect("on disk");
    assert_eq!(idle.state, "static");
}

async fn acts(link: &mut Link, world: &World) {
    let bus = link.bus.clone();
    let act = async |verb, unit: &str| bus.act(verb, &name(unit)).await;
    let run = async || bus.details(&name("nginx")).await.unwrap().reading.patch.invocation;

    let before = run().await;
    assert_eq!(act(Verb::Restart, "nginx").await, Ok(JobEnd::Done));
    assert!(run().await != before && before.is_some(), "another run has another number");
    assert_eq!(act(Verb::Reload, "nginx").await, Ok(JobEnd::Done));
    assert_eq!(act(Verb::Stop, "nginx").await, Ok(JobEnd::Done));
    assert_eq!(bus.details(&name("nginx")).await.unwrap().unit.active, Active::Inactive);
    assert_eq!(act(Verb::Start, "nginx").await, Ok(JobEnd::Done));

    // Done is not healthy.
    assert_eq!(act(Verb::Start, "broken").await, Ok(JobEnd::Done));
    let broken = bus.details(&name("broken")).await.unwrap().unit;
    assert_eq!((broken.active, broken.exit), (Active::Failed, Some(Exit::Code(203))));
    assert_eq!(act(Verb::ResetFailed, "broken").await, Ok(JobEnd::Done));
    assert_eq!(bus.details(&name("broken")).await.unwrap().unit.active, Active::Inactive);

    assert_eq!(act(Verb::Start, "once").await, Ok(JobEnd::Done));
    let once = bus.details(&name("once")).await.unwrap().unit;
    assert_eq!((once.active, once.oneshot, once.exit), (Active::Inactive, Some(true), Some(Exit::Code(0))));

    assert_eq!(act(Verb::Start, "nosuch").await, Err(BusError::NoSuchUnit(name("nosuch"))));
    assert_eq!(act(Verb::Start, "masked").await, Err(BusError::Masked(name("masked"))));
    assert!(matches!(act(Verb::Stop, "stubborn").await, Err(BusError::Refused(_))));
    assert!(matches!(act(Verb::Reload, "shop").await, Err(BusError::Refused(_))));
    world.deny(true);
    assert!(matches!(act(Verb::Stop, "nginx").await, Err(BusError::Denied(_))));
    world.deny(false);

    assert_eq!(act(Verb::Disable, "nginx").await, Ok(JobEnd::Done));
    assert_eq!(bus.details(&name("nginx")).await.unwrap().file_state, "disabled");
    assert_eq!(act(Verb::Enable, "nginx").await, Ok(JobEnd::Done));
    assert_eq!(act(Verb::Enable, "idle").await, Err(BusError::NoInstall(name("idle"))));
    until(link, "word of changed unit files", |changes| changes.files).await;

    // Two at once, each hears of its own.
    let (web, shop) = tokio::join!(act(Verb::Restart, "nginx"), act(Verb::Restart, "shop"));
    assert_eq!((web, shop), (Ok(JobEnd::Done), Ok(JobEnd::Done)));
}

async fn signals(link: &mut Link, world: &World) {
    world.crash("nginx", Exit::Code(1));
    until(link, "the failure, whole", |changes| {
        is(changes, "nginx", |patch| {
            patch.active == Some(Active::Failed)
                && patch.result.as_deref() == Some("exit-code")
                && patch.exit == Some(Some(Exit::Code(1)))
        })
    })
    .await;
    world.out_of_memory("shop");
    let killed = Exit::Signal { number: 9, dumped: false };
    until(link, "the kill", |changes| {
        is(changes, "shop", |patch| {
            patch.result.as_deref() == Some("oom-kill") && patch.exit == Some(Some(killed))
        })
    })
    .await;
    world.add("newcomer", Way::default());
    until(link, "the new unit", |changes| changes.appeared.contains(&name("newcomer"))).await;
    world.remove("newcomer");
    until(link, "its end", |changes| changes.gone.contains(&name("newcomer"))).await;
    world.reread();
    until(link, "the call to list again", |changes| changes.relist).await;
    // More than any queue holds, from somebody who does not listen for a while: nothing stands still.
    for _ in 0..500 {
        world.crash("nginx", Exit::Code(2));
        world.crash("shop", Exit::Code(2));
    }
    assert_eq!(link.bus.act(Verb::Start, &name("nginx")).await, Ok(JobEnd::Done));
    let came =
        |changes: &Changes| changes.relist || is(changes, "nginx", |p| p.active == Some(Active::Active));
    until(link, "the last word", came).await;
}

async fn goes_away(mut link: Link, systemd: &dyn Systemd, world: &World) {
    world.bus_away();
    let ended = async { while link.changes.recv().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the changes end with the connection");
    assert!(matches!(link.bus.units().await, Err(BusError::Lost)));
    assert!(matches!(systemd.connect().await, Err(BusError::NoBus { .. })));
    world.bus_back();
    let link = systemd.connect().await.expect("connects again");
    assert!(link.bus.units().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_simulated_systemd_keeps_the_contract() {
    let world = world();
    contract(&world, &world).await;
}
