//! Children that hang, are killed from outside or outlive their supervisor; and what callers notice of it.

use super::*;

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
