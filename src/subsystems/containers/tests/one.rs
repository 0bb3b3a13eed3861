//! What the screens of one container say, and what they must not.

use super::*;

/// The engine tells since when one runs; how long it is paused or unwell it does not tell.
#[tokio::test(start_paused = true)]
async fn nobody_is_told_that_it_was_paused_or_unwell_for_as_long_as_it_runs() {
    let flight = fly(&[]).await;
    flight.act(Act::Pause(name("vaultwarden"))).await;
    flight.world.health("shop-web-1", model::Health::Unhealthy);
    pass(2).await;
    flight.screen(View::ALL).await;
    pass(4).await;
    let paused = flight.screen(View::One(name("vaultwarden"))).await;
    assert!(paused.contains("▲ paused; started ") && !paused.contains("paused for"), "{paused}");
    assert!(paused.contains("CPU: 0.0 %") && paused.contains("Memory: "), "it keeps its memory: {paused}");
    let unwell = flight.screen(View::One(name("shop-web-1"))).await;
    assert!(unwell.contains("✖ unhealthy; started "), "{unwell}");
    let list = flight.screen(View::ALL).await;
    for (of, state) in [("vaultwarden", "paused"), ("web", "unhealthy")] {
        let row = list.lines().find(|line| line.contains(of)).unwrap_or_else(|| panic!("no {of}: {list}"));
        assert!(row.ends_with(state), "{row}");
    }
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_asked_for_an_end_is_not_asked_whether_memory_ran_out() {
    let flight = fly(&[]).await;
    const DOUBT: &str = "Killed for want of memory ends so, too";
    flight.act(Act::Kill(name("vaultwarden"))).await;
    pass(2).await;
    let killed = flight.screen(View::One(name("vaultwarden"))).await;
    assert!(killed.contains("exited 137 – killed by SIGKILL") && !killed.contains(DOUBT), "{killed}");
    flight.world.crash("importer", 0);
    flight.world.live("importer", Life::Steady);
    flight.act(Act::Start(name("importer"))).await;
    pass(8).await;
    flight.world.crash("importer", 137);
    pass(2).await;
    let died = flight.screen(View::One(name("importer"))).await;
    assert!(died.contains(DOUBT), "{died}");
    flight.end().await;
}

#[test]
fn one_that_had_to_be_killed_to_stop_says_so() {
    let reader = Reader {
        lang: Lang::En,
        tz: TimeZone::UTC,
        role: Role::Owner,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: "2026-11-22T12:00:00Z".parse().unwrap(),
    };
    for (verb, code, says) in [
        (Verb::Stop, 137, "web is down. It did not end when asked, so the engine killed it (exit 137)."),
        (Verb::Stop, 143, "web is down: exited 143 – ended as asked (SIGTERM)."),
        (Verb::Kill, 137, "web is down: exited 137 – killed by SIGKILL."),
    ] {
        let evidence = ops::Evidence {
            doing: ops::Doing::Act(verb),
            by: "Dre".into(),
            at: reader.now,
            took: Duration::from_secs(1),
            ends: vec![("web".into(), ops::End::Down(Some(code)))],
        };
        let blocks = panel_done::evidence_blocks(&evidence, &reader);
        assert_eq!(blocks[0], Block::State(Mark::Good, says.into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_is_told_before_the_connection_is_given_up() {
    let flight = fly(&[]).await;
    flight.world.mood(Mood::Hung);
    let screen = flight.room.view(&View::One(name("vaultwarden")), &flight.reader(Lang::En)).await;
    let text = told(&screen);
    assert!(text.contains("▲ The engine has not answered within") && text.contains("It hangs."), "{text}");
    assert!(text.contains("? Last known: up"), "{text}");
    pass(70).await;
    for view in [View::ALL, View::One(name("vaultwarden")), View::Project(name("shop"))] {
        let screen = flight.room.view(&view, &flight.reader(Lang::En)).await;
        assert!(told(&screen).contains("Reconnecting") && screen.live, "it comes back by itself: {view:?}");
    }
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn health_checks_are_told_also_while_they_are_well() {
    let flight = fly(&[]).await;
    let well = flight.screen(View::Details(name("shop-web-1"))).await;
    assert!(well.contains("Health check\nexit 0, no words"), "{well}");
    flight.world.health("shop-web-1", model::Health::Unhealthy);
    let unwell = flight.screen(View::Details(name("shop-web-1"))).await;
    assert!(unwell.contains("Health check\nwget: server returned error: HTTP/1.0 503"), "{unwell}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn values_of_variables_are_for_owners_who_ask_and_for_no_group() {
    let flight = fly(&[]).await;
    let plain = flight.screen(View::Details(name("vaultwarden"))).await;
    assert!(plain.contains("API_TOKEN") && !plain.contains("not-a-real-secret"), "{plain}");
    assert!(flight.screen(View::Values(name("vaultwarden"))).await.contains("API_TOKEN=not-a-real-secret"));
    assert_eq!(AnyView::Containers(View::Values(name("vaultwarden"))).role(), Role::Owner);
    let group = Reader { chat: ChatKind::Group, ..flight.reader(Lang::En) };
    let shown = flight.room.view(&View::Values(name("vaultwarden")), &group).await;
    let text = told(&shown);
    assert!(!text.contains("not-a-real-secret") && text.contains("private chat"), "{text}");
    let details = flight.room.view(&View::Details(name("vaultwarden")), &group).await;
    assert_eq!(details.rows, Vec::<Vec<crate::screen::Button>>::new(), "nothing is offered there");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_counted_that_was_never_seen() {
    let clock: Arc<dyn Clock> = Arc::new(TestClock(Instant::now()));
    let world = World::demo(clock.clone());
    world.mood(Mood::Away(EngineError::Denied("/run/docker.sock".into())));
    let flight = fly_on(world, clock, &[], Vec::new()).await;
    let screen = flight.room.view(&View::ALL, &flight.reader(Lang::En)).await;
    let text = told(&screen);
    assert!(text.contains("may not open /run/docker.sock") && !text.contains("0 up"), "{text}");
    assert!(screen.rows.iter().flatten().any(|button| button.label == "Trouble ?"), "{:?}", screen.rows);
    flight.world.mood(Mood::Well);
    pass(90).await;
    assert!(flight.screen(View::ALL).await.contains("7 up"));
    flight.end().await;
}

/// The state's words leave room for the name, in both languages.
#[tokio::test(start_paused = true)]
async fn a_name_of_usual_length_is_whole_in_its_row() {
    let flight = fly(&[]).await;
    pass(1500).await;
    for lang in [Lang::En, Lang::Id] {
        let list = told(&flight.room.view(&View::ALL, &flight.reader(lang)).await);
        for name in ["vaultwarden", "nightly", "old-runner"] {
            assert!(list.contains(&format!(" {name} ")), "{name}: {list}");
        }
    }
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_project_is_found_by_its_name_as_a_container_is() {
    let flight = fly(&[]).await;
    assert_eq!(flight.room.complete("shop").await, ["shop"]);
    assert_eq!(flight.room.complete("sho").await[..2], ["shop", "shop-app-1"]);
    let asked = flight.screen(View::One(name("shop"))).await;
    assert_eq!(asked, flight.screen(View::Project(name("shop"))).await);
    assert!(flight.screen(View::One(name("shoq"))).await.contains("knows nothing by that name"));
    flight.end().await;
}
