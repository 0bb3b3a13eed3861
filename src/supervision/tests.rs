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

#[tokio::test(start_paused = true)]
async fn a_removed_child_stays_removed_also_during_back_off_and_while_it_lingers() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let port = Port::new();
    let slow = Puppet { lingers: S(1), ..Puppet::new("a", &world) };
    tree.apply(vec![slow.child(&port)]).await.expect("applied");
    tree.settled(S(5)).await.expect("settles");
    port.cast(Do::Panic).expect("is up");
    until("in back-off", async || matches!(member(&tree, "a").await.standing, Standing::BackOff { .. }))
        .await;
    assert_eq!(tree.apply(vec![]).await.expect("applied").removed, ["a"]);
    tokio::time::sleep(S(1000)).await;
    assert_eq!(world.starts("a"), 1);
    assert!(tree.crew().await.expect("answers").members.is_empty());

    tree.apply(vec![slow.child(&port)]).await.expect("applied");
    tree.settled(S(5)).await.expect("settles");
    tree.apply(vec![]).await.expect("applied");
    assert_eq!(version(&port).await, Err(CallError::Down), "no address from the moment it is asked to end");
    assert!(matches!(member(&tree, "a").await.standing, Standing::Stopping { .. }));
    tokio::time::sleep(S(1000)).await;
    assert_eq!(world.starts("a"), 2);
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_reload_changes_exactly_the_ones_that_differ() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let ports: Vec<Port<Do>> = (0..4).map(|_| Port::new()).collect();
    let puppet = |id| Puppet::new(id, &world);
    tree.apply(vec![
        puppet("a").child(&ports[0]),
        puppet("b").child(&ports[1]),
        puppet("c").child(&ports[2]),
    ])
    .await
    .expect("applied");
    tree.settled(S(5)).await.expect("settles");
    let changed = Puppet { version: 2, ..puppet("b") };
    let applied = tree
        .apply(vec![puppet("a").child(&ports[0]), changed.child(&ports[1]), puppet("d").child(&ports[3])])
        .await
        .expect("applied");
    let want = Applied {
        started: vec!["d".into()],
        replaced: vec!["b".into()],
        reconfigured: vec![],
        removed: vec!["c".into()],
        unchanged: vec!["a".into()],
    };
    assert_eq!(applied, want);
    tree.settled(S(5)).await.expect("settles");
    assert_eq!(version(&ports[1]).await, Ok(2));
    assert_eq!(version(&ports[2]).await, Err(CallError::Down));
    assert_eq!((world.starts("a"), world.starts("b"), world.starts("c"), world.starts("d")), (1, 2, 1, 1));
    assert_eq!(world.failures(), [], "a change is no failure");
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_config_is_compared_as_it_is_and_can_be_handed_over_live() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let port = Port::new();
    let heard: Arc<Mutex<Vec<f32>>> = Arc::default();
    let spec = |share: f32, takes: bool| {
        let heard = heard.clone();
        Puppet::new("a", &world).child(&port).configured_by((share, "secret")).reconfigure(move || {
            heard.lock().unwrap().push(share);
            takes
        })
    };
    tree.apply(vec![spec(0.5, true)]).await.expect("applied");
    tree.settled(S(5)).await.expect("settles");
    assert_eq!(tree.apply(vec![spec(0.5, true)]).await.expect("applied").unchanged, ["a"]);
    assert_eq!(tree.apply(vec![spec(0.6, true)]).await.expect("applied").reconfigured, ["a"]);
    assert_eq!(world.starts("a"), 1);
    tree.apply(vec![spec(0.7, false)]).await.expect("applied");
    tree.settled(S(5)).await.expect("settles");
    assert_eq!(world.starts("a"), 2, "what cannot be done live is done by replacing");
    assert_eq!(*heard.lock().unwrap(), [0.6, 0.7]);
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_replacement_waits_for_the_exit_and_a_stuck_one_is_killed_without_being_a_failure() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let port = Port::new();
    let stuck = Puppet { lingers: S(100_000), ..Puppet::new("a", &world) };
    tree.apply(vec![stuck.child(&port).grace(S(3))]).await.expect("applied");
    tree.settled(S(5)).await.expect("settles");
    let begun = Instant::now();
    tree.apply(vec![Puppet { version: 2, ..stuck.clone() }.child(&port)]).await.expect("applied");
    tokio::time::sleep(MS(2900)).await;
    assert_eq!(world.starts("a"), 1, "not beside the old one");
    tree.settled(S(5)).await.expect("settles");
    assert!((S(3)..S(4)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    assert_eq!(version(&port).await, Ok(2));
    assert_eq!(world.failures(), []);
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_child_killed_by_another_hand_counts_as_a_failure() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let port = Port::new();
    let cell = Arc::new(Mutex::new(None));
    let (puppet, kept) = (Puppet::new("a", &world), cell.clone());
    /// Lets the test get at its cell, which nobody else can.
    struct Bare(Puppet, Arc<Mutex<Option<ractor::ActorCell>>>);
    impl Actor for Bare {
        type Msg = Do;
        type State = ();
        type Arguments = ();
        async fn pre_start(&self, me: ActorRef<Do>, (): ()) -> Result<(), ActorProcessingErr> {
            *self.1.lock().unwrap() = Some(me.get_cell());
            self.0.pre_start(me, ()).await
        }
    }
    tree.apply(vec![ChildSpec::new("a", &port, move || (Bare(puppet.clone(), kept.clone()), ()))])
        .await
        .expect("applied");
    tree.settled(S(5)).await.expect("settles");
    cell.lock().unwrap().take().expect("started").kill();
    until("started again", async || world.starts("a") == 2).await;
    assert_eq!(member(&tree, "a").await.last_failure().map(|(_, why)| why.clone()), Some(Ending::Killed));
    assert_eq!(world.failures(), [("a".into(), 0, false)]);
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn the_crew_is_told_within_milliseconds_while_a_child_hangs_and_a_hung_one_is_started_anew() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let (hung, good) = (Port::new(), Port::new());
    tree.apply(vec![Puppet::new("hung", &world).child(&hung), Puppet::new("good", &world).child(&good)])
        .await
        .expect("applied");
    tree.settled(S(5)).await.expect("settles");
    hung.cast(Do::Hang).expect("is up");
    tokio::time::sleep(S(1)).await;
    for _ in 0..100 {
        let begun = Instant::now();
        let crew = tree.crew().await.expect("answers");
        assert!(begun.elapsed() <= MS(5), "{:?}", begun.elapsed());
        assert_eq!(crew.get("hung").map(|one| &one.report), Some(&Report::Silent));
        assert!(matches!(crew.get("good").map(|one| &one.report), Some(Report::Answered { .. })));
        let figures = crew.get("hung").and_then(|one| one.figures).expect("it runs");
        assert!(figures.in_handler.is_some_and(|busy| busy >= S(1)), "{figures:?}");
    }
    until("started anew", async || world.starts("hung") == 2).await;
    let one = member(&tree, "hung").await;
    assert_eq!(
        one.last_failure().map(|(_, why)| why.to_string()).as_deref(),
        Some("hung: one message took over 30s")
    );
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_stuck_child_costs_its_limit_and_all_of_them_together_less_than_ten_seconds() {
    let world = World::default();
    let (tree, done) = world.tree().await;
    let ids = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let specs =
        ids.iter().map(|id| Puppet { lingers: S(1000), ..Puppet::new(id, &world) }.child(&Port::new()));
    let first = Puppet::new("store", &world).child(&Port::new());
    tree.apply(std::iter::once(first).chain(specs).collect()).await.expect("applied");
    tree.settled(S(5)).await.expect("settles");
    let begun = Instant::now();
    let killed = tree.stop().await.expect("stops");
    assert!(begun.elapsed() < S(9), "{:?}", begun.elapsed());
    assert_eq!(killed, ids.iter().rev().copied().collect::<Vec<_>>());
    assert!(world.log().contains(&"-store".into()), "the first one still had its graceful end");
    done.await.expect("ends");
}

#[tokio::test(start_paused = true)]
async fn duplicate_ids_are_refused_whole() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let spec = |id| Puppet::new(id, &world).child(&Port::new());
    let refused = tree.apply(vec![spec("a"), spec("b"), spec("a")]).await;
    assert_eq!(refused, Err(TreeError::Refused(Refused::Duplicate("a".into()))));
    tree.apply(vec![spec("a")]).await.expect("applied");
    assert_eq!(tree.add(spec("a")).await, Err(TreeError::Refused(Refused::Duplicate("a".into()))));
    assert_eq!(tree.restart("zz").await, Err(TreeError::Refused(Refused::Unknown("zz".into()))));
    tree.settled(S(5)).await.expect("settles");
    assert_eq!(world.log(), ["+a"]);
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gave_up_does_no_harm() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    tree.apply(vec![Puppet::new("a", &world).child(&Port::new())]).await.expect("applied");
    for _ in 0..200 {
        assert!(tree.crew_within(Duration::ZERO).await.is_err());
        assert!(tree.settled(Duration::ZERO).await.is_err());
    }
    assert!(matches!(member(&tree, "a").await.standing, Standing::Running { .. }));
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_child_with_an_end_is_forgotten_after_it_and_its_failure_is_told() {
    let world = World::default();
    let (tree, _done) = world.tree().await;
    let (one, two) = (Port::new(), Port::new());
    tree.add(Puppet::new("one", &world).child(&one).once()).await.expect("added");
    tree.add(Puppet::new("two", &world).child(&two).once()).await.expect("added");
    tree.settled(S(5)).await.expect("settles");
    one.cast(Do::Quit).expect("is up");
    two.cast(Do::Panic).expect("is up");
    until("both over", async || tree.crew().await.expect("answers").members.is_empty()).await;
    tokio::time::sleep(S(1000)).await;
    assert_eq!(world.log(), ["+one", "+two", "-one"]);
    assert_eq!(world.failures(), [("two".into(), 0, false)]);
    tree.add(Puppet::new("one", &world).child(&one).once()).await.expect("the id is free again");
    tree.remove("one").await.expect("known");
    tree.stop().await.expect("stops");
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_below_another_is_seen_restarted_through_and_stopped_in_order() {
    let world = World::default();
    let (tree, done) = world.tree().await;
    let inner = world.clone();
    let (jobs, spec) = Tree::nested("jobs", world.surroundings(), move || {
        vec![Puppet { lingers: S(1), ..Puppet::new("clerk", &inner) }.child(&Port::new())]
    });
    tree.apply(vec![Puppet::new("store", &world).child(&Port::new()), spec]).await.expect("applied");
    tree.settled(S(5)).await.expect("settles");
    jobs.add(Puppet { lingers: S(1), ..Puppet::new("7", &world) }.child(&Port::new())).await.expect("added");
    jobs.settled(S(5)).await.expect("settles");
    let ids: Vec<String> =
        tree.crew().await.expect("answers").members.into_iter().map(|one| one.id).collect();
    assert_eq!(ids, ["store", "jobs", "jobs/clerk", "jobs/7"]);
    tree.restart("jobs/clerk").await.expect("passed on");
    until("restarted", async || world.starts("clerk") == 2).await;
    assert_eq!(
        tree.restart("jobs/zz").await,
        Err(TreeError::Refused(Refused::Unknown("zz".into()))),
        "the answer comes from below"
    );
    tree.stop().await.expect("stops");
    done.await.expect("ends");
    let ends: Vec<String> = world.log().into_iter().filter(|line| line.starts_with('-')).collect();
    assert_eq!(ends, ["-clerk", "-7", "-clerk", "-store"]);
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_stopped_from_outside_still_ends_its_children_gracefully() {
    let world = World::default();
    let (actor, done) = Actor::spawn(None, supervisor::Supervisor { children: None }, world.surroundings())
        .await
        .expect("starts");
    let specs =
        vec![Puppet::new("a", &world).child(&Port::new()), Puppet::new("b", &world).child(&Port::new())];
    actor
        .call(|reply| Msg::Apply(specs, reply), Some(S(1)))
        .await
        .expect("asked")
        .expect("applied")
        .expect("done");
    actor.call(Msg::Settled, Some(S(5))).await.expect("asked").expect("settles");
    actor.stop(None);
    done.await.expect("ends");
    assert_eq!(world.log(), ["+a", "+b", "-b", "-a"]);
}

#[cfg(feature = "faults")]
#[tokio::test(start_paused = true)]
async fn faults_happen_to_actors_that_nobody_writes_to() {
    let world = World::default();
    let mut around = world.surroundings();
    around.faults = Faults::parse("a:panic:1s,b:hang:once,c:fail:5s").expect("a plan");
    let (tree, _done) = Tree::root(around).await.expect("starts");
    let puppets = ["a", "b", "c", "d"].map(|id| Puppet::new(id, &world).child(&Port::new()));
    tree.apply(puppets.into()).await.expect("applied");
    until("parked", async || matches!(member(&tree, "a").await.standing, Standing::Parked { .. })).await;
    assert_eq!(member(&tree, "b").await.report, Report::Silent);
    tokio::time::sleep(S(60)).await;
    assert_eq!(world.starts("b"), 2, "hung once, healed, well since");
    assert!(world.starts("c") > 2);
    assert_eq!(world.starts("d"), 1);
    tree.stop().await.expect("stops");
}
