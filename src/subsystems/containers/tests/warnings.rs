//! What is told of containers in trouble: once, with its last words, and when it is over.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_crash_is_told_once_and_well_again_once() {
    let flight = fly(&[]).await;
    flight.world.live("demo-worker-1", Life::Ends { after: Duration::from_secs(1), code: 1 });
    flight.world.crash("demo-worker-1", 1);
    pass(20).await;
    match &flight.heard()[..] {
        [Event::ContainerDied { container, exit: Some(1), oom: false, means: None, last }] => {
            assert_eq!(container, "demo-worker-1", "a loop is one crash");
            assert!(last.iter().any(|line| line == "served request 11"), "its last words: {last:?}");
        }
        other => panic!("{other:?}"),
    }
    let list = told(&flight.room.view(&View::ALL, &flight.reader(Lang::En)).await);
    assert!(
        list.contains("restarting") && list.contains("demo 1/2 up"),
        "between two runs it is not up: {list}"
    );
    flight.world.live("demo-worker-1", Life::Steady);
    pass(60).await;
    assert_eq!(flight.heard(), [Event::ContainerRecovered { container: "demo-worker-1".into() }]);
    flight.world.out_of_memory("shop-app-1");
    pass(1).await;
    match &flight.heard()[..] {
        [Event::ContainerDied { container, exit: Some(137), oom: true, means, last }] => {
            assert_eq!(
                (container.as_str(), means.as_ref()),
                ("shop-app-1", Some(&phrase!("containers-exit-oom")))
            );
            assert_eq!(last.last().map(String::as_str), Some("allocating 64 MiB"));
        }
        other => panic!("{other:?}"),
    }
    flight.world.crash("vaultwarden", 137);
    flight.world.health("shop-db-1", model::Health::Unhealthy);
    pass(1).await;
    let heard = flight.heard();
    let killed = Some(phrase!("containers-exit-137"));
    assert!(
        heard.iter().any(|e| matches!(e, Event::ContainerDied { oom: false, means, .. } if *means == killed)),
        "without the engine's word nobody says that memory ran out: {heard:?}"
    );
    let said =
        |e: &Event| matches!(e, Event::ContainerUnhealthy { last, .. } if last[0].contains("HTTP/1.0 503"));
    assert!(heard.iter().any(said), "what the check said: {heard:?}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_came_to_nothing_excuses_no_later_crash() {
    let flight = fly(&[]).await;
    flight.world.mood(Mood::Refuses("not now".into()));
    let _ = flight.act(Act::Stop(name("vaultwarden"))).await;
    pass(5).await;
    flight.world.mood(Mood::Well);
    pass(2).await;
    assert!(flight.world.container("vaultwarden").is_some_and(|one| one.state == State::Running));
    flight.heard();
    flight.world.crash("vaultwarden", 1);
    pass(1).await;
    let heard = flight.heard();
    assert!(
        matches!(&heard[..], [Event::ContainerDied { container, exit: Some(1), .. }] if container == "vaultwarden"),
        "{heard:?}"
    );
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn one_that_was_unwell_and_then_dies_is_told_again_as_worse() {
    let flight = fly(&[]).await;
    flight.world.health("shop-db-1", model::Health::Unhealthy);
    pass(1).await;
    flight.world.crash("shop-db-1", 1);
    pass(1).await;
    flight.world.crash("shop-db-1", 1);
    pass(1).await;
    let heard = flight.heard();
    assert!(
        matches!(&heard[..], [Event::ContainerUnhealthy { .. }, Event::ContainerDied { exit: Some(1), .. }]),
        "each once: {heard:?}"
    );
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_warned_of_before_this_start_is_told_as_over() {
    let warned = ["vaultwarden", "gone-for-good", "nightly"].map(str::to_owned).into();
    let flight = fly_warned(&[], warned).await;
    let over = |name: &str| Event::ContainerRecovered { container: name.into() };
    assert_eq!(flight.heard(), [over("gone-for-good")], "it is not there any more");
    pass(40).await;
    assert_eq!(flight.heard(), [over("vaultwarden")], "well for as long as after a crash; nightly is not");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn after_a_broken_connection_a_crash_is_told_once_and_a_stop_is_not() {
    let flight = fly(&[]).await;
    flight.world.add(Cast { name: "plain", ..Cast::default() });
    pass(70).await;
    flight.world.mood(Mood::Away(EngineError::Lost));
    pass(1).await;
    flight.world.crash("plain", 143);
    flight.world.health("shop-db-1", model::Health::Unhealthy);
    flight.world.mood(Mood::Well);
    pass(100).await;
    let heard = flight.heard();
    let about = |name: &str| {
        heard.iter().filter(|e| matches!(e, Event::ContainerDied { container, .. } | Event::ContainerUnhealthy { container, .. } if container == name)).count()
    };
    assert_eq!((about("shop-db-1"), about("plain"), heard.len()), (1, 0, 1), "{heard:?}");
    flight.end().await;
}
