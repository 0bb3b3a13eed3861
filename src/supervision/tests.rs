//! The supervisor with plain test actors under paused time: each behaviour of DESIGN section 2 and RACTOR 2.2–2.5.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort, concurrency::JoinHandle};
use tokio::time::Instant;

use super::*;
use crate::{
    domain::SystemClock,
    events::{Event, Outlet},
};

#[path = "hang_tests.rs"]
mod hang;
#[path = "reload_tests.rs"]
mod reload;

const MS: fn(u64) -> Duration = Duration::from_millis;
const S: fn(u64) -> Duration = Duration::from_secs;

enum Do {
    Fail,
    Panic,
    Quit,
    /// Awaits for ever in the handler.
    Hang,
    /// Says which configuration it was made with.
    Version(RpcReplyPort<u64>),
    Status(RpcReplyPort<Status>),
}

impl Asked for Do {
    fn status(reply: RpcReplyPort<Status>) -> Do {
        Do::Status(reply)
    }
}

/// What happened to all puppets of one test, in order: "+a" started, "-a" ended gracefully.
#[derive(Clone, Default)]
struct World {
    log: Arc<Mutex<Vec<String>>>,
    events: Arc<Mutex<Vec<Event>>>,
}

impl World {
    fn note(&self, line: String) {
        self.log.lock().unwrap().push(line);
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    fn starts(&self, id: &str) -> usize {
        self.log().iter().filter(|line| **line == format!("+{id}")).count()
    }

    fn surroundings(&self) -> Surroundings {
        let events = self.events.clone();
        Surroundings {
            clock: Arc::new(SystemClock),
            outlet: Outlet::new(|_| (), move |(_, event)| events.lock().unwrap().push(event)),
            faults: Faults::none(),
            dice: Dice::new(1),
        }
    }

    fn failures(&self) -> Vec<(String, u32, bool)> {
        let events = self.events.lock().unwrap();
        let told = events.iter().filter_map(|event| match event {
            Event::ActorFailed { actor, restarts, parked, .. } => Some((actor.clone(), *restarts, *parked)),
            _ => None,
        });
        told.collect()
    }

    fn recovered(&self) -> Vec<String> {
        let events = self.events.lock().unwrap();
        let told = events.iter().filter_map(|event| match event {
            Event::ActorRecovered { actor, .. } => Some(actor.clone()),
            _ => None,
        });
        told.collect()
    }

    async fn tree(&self) -> (Tree, JoinHandle<()>) {
        Tree::root(self.surroundings()).await.expect("starts")
    }
}

/// Does as it is told, and has its ways.
#[derive(Clone)]
struct Puppet {
    id: &'static str,
    world: World,
    version: u64,
    start: Start,
    /// In `post_stop`.
    lingers: Duration,
}

#[derive(Clone, Copy, PartialEq)]
enum Start {
    Well,
    Fails,
    Panics,
    Hangs,
    Takes(Duration),
}

impl Puppet {
    fn new(id: &'static str, world: &World) -> Puppet {
        Puppet { id, world: world.clone(), version: 1, start: Start::Well, lingers: Duration::ZERO }
    }

    fn child(&self, port: &Port<Do>) -> ChildSpec {
        let puppet = self.clone();
        ChildSpec::new(self.id, port, move || (puppet.clone(), ())).fingerprint(self.version)
    }
}

impl Actor for Puppet {
    type Msg = Do;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Do>, (): ()) -> Result<(), ActorProcessingErr> {
        match self.start {
            Start::Well => {}
            Start::Fails => return Err("no such device".into()),
            Start::Panics => panic!("bad start"),
            Start::Hangs => std::future::pending().await,
            Start::Takes(time) => tokio::time::sleep(time).await,
        }
        self.world.note(format!("+{}", self.id));
        Ok(())
    }

    async fn handle(&self, me: ActorRef<Do>, message: Do, _: &mut ()) -> Result<(), ActorProcessingErr> {
        match message {
            Do::Fail => return Err("disk on fire".into()),
            Do::Panic => panic!("index out of range"),
            Do::Quit => me.stop(Some("had enough".into())),
            Do::Hang => std::future::pending().await,
            Do::Version(reply) => drop(reply.send(self.version)),
            Do::Status(reply) => drop(reply.send(Status::default())),
        }
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Do>, (): &mut ()) -> Result<(), ActorProcessingErr> {
        tokio::time::sleep(self.lingers).await;
        self.world.note(format!("-{}", self.id));
        Ok(())
    }
}

async fn member(tree: &Tree, id: &str) -> Member {
    tree.crew().await.expect("answers").get(id).unwrap_or_else(|| panic!("no {id}")).clone()
}

/// Waits, in paused time, until the condition holds; an hour is for ever.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let given_up = Instant::now() + S(3600);
    while !holds().await {
        assert!(Instant::now() < given_up, "never: {what}");
        tokio::time::sleep(MS(10)).await;
    }
}

async fn version(port: &Port<Do>) -> Result<u64, CallError> {
    port.call(S(1), Do::Version).await
}

#[tokio::test(start_paused = true)]
async fn children_start_in_order_and_stop_last_started_first() {
    let world = World::default();
    let (tree, done) = world.tree().await;
    let port = Port::new;
    let specs = vec![
        Puppet { start: Start::Takes(S(1)), ..Puppet::new("store", &world) }.child(&port()),
        Puppet::new("audit", &world).child(&port()),
        Puppet::new("gateway", &world).child(&port()),
    ];
    let applied = tree.apply(specs).await.expect("applied");
    assert_eq!(applied.started, ["store", "audit", "gateway"]);
    tree.settled(S(5)).await.expect("settles");
    assert_eq!(tree.stop().await.expect("stops"), Vec::<String>::new());
    done.await.expect("the supervisor ends too");
    assert_eq!(world.log(), ["+store", "+audit", "+gateway", "-gateway", "-audit", "-store"]);
}

#[tokio::test(start_paused = true)]
async fn a_crash_is_healed_and_the_address_survives_it() {
    for (blow, why) in
        [(Do::Panic, "index out of range"), (Do::Fail, "disk on fire"), (Do::Quit, "had enough")]
    {
        let world = World::default();
        let (tree, _done) = world.tree().await;
        let port = Port::new();
        tree.apply(vec![Puppet::new("a", &world).child(&port)]).await.expect("applied");
        tree.settled(S(5)).await.expect("settles");
        port.cast(blow).expect("is up");
        until("down", async || version(&port).await == Err(CallError::Down)).await;
        until("up again", async || version(&port).await == Ok(1)).await;
        let one = member(&tree, "a").await;
        assert_eq!(one.restarts, 1);
        assert!(one.last_failure().is_some_and(|(_, told)| told.to_string().contains(why)), "{one:?}");
        assert_eq!(world.failures(), [("a".into(), 0, false)]);
        tree.stop().await.expect("stops");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_keeps_dying_is_parked_with_its_reason_while_others_answer() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let (bad, good) = (Port::new(), Port::new());
    tree.apply(vec![Puppet::new("bad", &world).child(&bad), Puppet::new("good", &world).child(&good)])
        .await
        .expect("applied");
    tree.settled(S(5)).await.expect("settles");
    let begun = Instant::now();
    loop {
        assert_eq!(version(&good).await, Ok(1), "others answer throughout");
        let _ = bad.cast(Do::Panic);
        tokio::time::sleep(S(1)).await;
        if let Standing::Parked { why, failures, until, .. } = member(&tree, "bad").await.standing {
            assert_eq!(why, Ending::Failed("index out of range".into()));
            assert_eq!(failures, 5);
            assert!(until.is_some(), "it is looked at again");
            break;
        }
        assert!(begun.elapsed() < S(60), "parked within a minute");
    }
    assert_eq!(world.failures().last(), Some(&("bad".into(), 4, true)));
    assert_eq!(world.recovered(), [""; 0]);
    assert_eq!(version(&bad).await, Err(CallError::Down));

    // On request it starts again, with nothing held against it.
    tree.restart("bad").await.expect("known");
    tree.settled(S(5)).await.expect("settles");
    assert_eq!(version(&bad).await, Ok(1));
    assert_eq!(world.recovered(), [""; 0], "not before it has held for a while");
    tokio::time::sleep(S(11)).await;
    assert_eq!(world.recovered(), ["bad"]);
    bad.cast(Do::Panic).expect("is up");
    until("healed as usual", async || version(&bad).await == Ok(1)).await;
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_parked_one_is_tried_slowly_by_itself() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let port = Port::new();
    tree.apply(vec![Puppet { start: Start::Fails, ..Puppet::new("a", &world) }.child(&port)])
        .await
        .expect("applied");
    until("parked", async || matches!(member(&tree, "a").await.standing, Standing::Parked { .. })).await;
    let restarts = member(&tree, "a").await.restarts;
    tokio::time::sleep(S(299)).await;
    assert_eq!(member(&tree, "a").await.restarts, restarts, "quiet for five minutes");
    tokio::time::sleep(S(2)).await;
    assert_eq!(member(&tree, "a").await.restarts, restarts + 1);
    until("parked again", async || matches!(member(&tree, "a").await.standing, Standing::Parked { .. }))
        .await;
    assert_eq!(world.recovered(), [""; 0]);
    tree.apply(vec![]).await.expect("applied");
    assert_eq!(world.recovered(), ["a"], "a parked one that is no longer wanted is nobody's trouble");
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_panics_or_hangs_is_a_failure_and_delays_others_only_for_its_limit() {
    for (start, want) in [
        (Start::Fails, "could not start: no such device"),
        (Start::Panics, "could not start: bad start"),
        (Start::Hangs, "could not start: took over 10s to start"),
    ] {
        let world = World::default();
        let (tree, _done) = world.tree().await;
        let (bad, good) = (Port::new(), Port::new());
        let specs = vec![
            Puppet { start, ..Puppet::new("bad", &world) }.child(&bad),
            Puppet::new("good", &world).child(&good),
        ];
        let begun = Instant::now();
        tree.apply(specs).await.expect("applied");
        until("the good one is up", async || version(&good).await == Ok(1)).await;
        assert!(begun.elapsed() <= START_MAX + S(1), "{:?}", begun.elapsed());
        let bad = member(&tree, "bad").await;
        assert_eq!(bad.last_failure().map(|(_, why)| why.to_string()).as_deref(), Some(want));
        tree.stop().await.expect("stops");
    }
}

#[tokio::test(start_paused = true)]
async fn a_maker_that_panics_is_a_failed_start() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let spec = ChildSpec::new("a", &Port::<Do>::new(), || -> (Puppet, ()) { panic!("no adapter") });
    tree.apply(vec![spec]).await.expect("applied");
    let one = member(&tree, "a").await;
    assert_eq!(
        one.last_failure().map(|(_, why)| why.to_string()).as_deref(),
        Some("could not start: no adapter")
    );
    tree.stop().await.expect("stops");
}
