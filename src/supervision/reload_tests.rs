//! A config that differs: exactly the children concerned are removed, replaced, handed the change live.

use super::*;

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
