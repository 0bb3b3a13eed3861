//! Newer images: taken, rolled back, refused, interrupted.

use super::*;
use crate::subsystems::containers::{engine::Engine, updates::Found};

#[tokio::test(start_paused = true)]
async fn a_newer_image_is_seen_taken_and_kept_when_it_is_well() {
    let flight = fly(&[]).await;
    flight.check().await;
    assert!(
        flight.screen(View::Updates { page: 0 }).await.contains("All that are asked about are up to date")
    );
    flight.world.publish("nginx:1.27", Life::Steady);
    flight.check().await;
    let updates = flight.screen(View::Updates { page: 0 }).await;
    assert!(updates.contains("1 container has a newer image"), "{updates}");
    let before = flight.world.container("shop-web-1").unwrap();
    let one = flight.room.view(&View::One(name("shop-web-1")), &flight.reader(Lang::En)).await;
    assert!(told(&one).contains("The registry has a newer nginx:1.27"), "{}", told(&one));
    let update = AnyAct::Containers(Act::Update(name("shop-web-1")));
    assert!(one.rows.iter().flatten().any(|b| b.intent == crate::intent::Intent::Act(update.clone())));
    match flight.update(&["shop-web-1"]).await {
        Ending::Done { summary: Some(summary) } => assert_eq!(summary.id, "containers-update-done"),
        other => panic!("{other:?}"),
    }
    let after = flight.world.container("shop-web-1").unwrap();
    assert_ne!(after.image_id, before.image_id);
    assert_eq!((after.ports, after.compose), (before.ports, before.compose), "all else as before");
    assert_eq!(flight.world.container("shop-web-1.before-update"), None, "the one before is gone");
    let text = flight.screen(View::One(name("shop-web-1"))).await;
    assert!(text.contains("✔ shop-web-1 runs from the newer image and is healthy."), "{text}");
    assert!(!text.contains("has a newer"), "{text}");
    assert_eq!(flight.heard(), [], "what a pilot asked for is no crash");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn where_no_registry_was_asked_nothing_is_called_up_to_date() {
    let flight = fly(&[]).await;
    flight.check().await;
    let asked = flight.room.port.call(Duration::from_secs(1), Msg::Updates).await;
    let mut report = asked.expect("it answers");
    for (_, verdict) in &mut report.rows {
        verdict.as_mut().expect("all are asked about").found = Found::BuiltHere;
    }
    let says = |lang| told(&panel_updates::updates(&report, 0, &flight.reader(lang)));
    let (en, id) = (says(Lang::En), says(Lang::Id));
    assert!(en.contains("None of these comes from a registry") && !en.contains("up to date"), "{en}");
    assert!(en.contains("Asked by itself: daily at 04:30."), "{en}");
    assert!(id.contains("Ditanya sendiri: tiap hari jam 04:30."), "{id}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_newer_image_that_does_not_hold_is_rolled_back_with_its_last_words() {
    let flight = fly(&[]).await;
    let before = flight.world.container("vaultwarden").unwrap();
    let dies = Life::Ends { after: Duration::from_secs(4), code: 1 };
    for (image, container, life, said) in [
        ("vaultwarden/server:1.32", "vaultwarden", dies, "did not hold"),
        ("nginx:1.27", "shop-web-1", Life::Unwell, "its health check fails"),
        ("postgres:16", "shop-db-1", Life::Broken, "could not be started"),
    ] {
        flight.world.publish(image, life);
        match flight.update(&[container]).await {
            Ending::Failed { why, .. } => assert_eq!(why.id, "containers-update-rolled-back", "{container}"),
            other => panic!("{other:?}"),
        }
        let text = flight.screen(View::One(name(container))).await;
        assert!(text.contains(said) && text.contains("is back and well."), "{text}");
        assert_eq!(flight.world.container(container).unwrap().state, State::Running);
        for left in ["new", "before-update"] {
            assert_eq!(flight.world.container(&format!("{container}.{left}")), None);
        }
    }
    let back = flight.world.container("vaultwarden").unwrap();
    assert_eq!((back.id, back.image_id), (before.id, before.image_id), "the very same one");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_update_is_refused_before_anything_is_touched() {
    let flight = fly(&["shop-db-*"]).await;
    flight.world.publish("nginx:1.27", Life::Steady);
    for (container, want) in [
        ("shop-db-1", "containers-refused-protected"),
        ("nightly", "containers-not-updated-stopped"),
        ("nobody", "containers-refused-unknown"),
    ] {
        match flight.update(&[container]).await {
            Ending::Failed { why, .. } => assert_eq!(why.id, want, "{container}"),
            other => panic!("{other:?}"),
        }
    }
    flight.world.registry_away(true);
    match flight.update(&["shop-web-1"]).await {
        Ending::Failed { why, .. } => assert_eq!(why.id, "containers-refused"),
        other => panic!("{other:?}"),
    }
    // What was not begun holds nothing back.
    assert!(matches!(flight.act(Act::Restart(name("shop-web-1"))).await, Outcome::Done { .. }));
    flight.check().await;
    let text = flight.screen(View::Updates { page: 0 }).await;
    assert!(text.contains("not known") && text.contains("no such host"), "said, not guessed: {text}");
    flight.end().await;
}

impl Flight {
    /// Cockpit ends as the kernel ends it, and is started again: the engine goes on.
    async fn crash(self) -> Flight {
        self.actor.kill();
        let _ = self.actor.wait(None).await;
        fly_on(self.world, self.clock, &[], Vec::new()).await
    }

    fn interrupted(&self) -> Vec<Vec<String>> {
        let told = std::mem::take(&mut *self.events.lock().unwrap());
        let told = told.into_iter().filter_map(|event| match event {
            Event::UpdatesInterrupted { containers } => Some(containers),
            _ => None,
        });
        told.collect()
    }

    fn nothing_is_left(&self) {
        for left in ["vaultwarden.new", "vaultwarden.before-update"] {
            assert_eq!(self.world.container(left), None);
        }
        assert_eq!(self.world.container("vaultwarden").unwrap().state, State::Running);
    }
}

fn offers(screen: &Screen, act: &Act) -> bool {
    let wanted = crate::intent::Intent::Act(AnyAct::Containers(act.clone()));
    screen.rows.iter().flatten().any(|button| button.intent == wanted)
}

/// Cockpit is killed between the stop of the old one and the word on the new.
async fn cut_short() -> (Flight, Container) {
    let flight = fly(&[]).await;
    let before = flight.world.container("vaultwarden").unwrap();
    flight.world.publish("vaultwarden/server:1.32", Life::Steady);
    tokio::select! {
        end = flight.update(&["vaultwarden"]) => panic!("too early: {end:?}"),
        () = pass(8) => {}
    }
    assert_eq!(flight.world.container("vaultwarden.before-update").unwrap().id, before.id);
    assert_eq!(flight.interrupted(), [[""; 0]], "one that is under way is not interrupted");
    let flight = flight.crash().await;
    assert_eq!(flight.interrupted(), [["vaultwarden"]]);
    (flight, before)
}

#[tokio::test(start_paused = true)]
async fn an_update_that_was_cut_short_is_told_and_the_one_before_is_put_back() {
    let (flight, before) = cut_short().await;
    let said = "The update of vaultwarden was interrupted: the newer one runs, the one before is kept as \
                vaultwarden.before-update.";
    assert!(flight.screen(View::ALL).await.contains(said), "{}", flight.screen(View::ALL).await);
    let glance = flight.room.glance(&flight.reader(Lang::En)).await;
    assert_eq!(glance.problems[0].line, said);
    let put_back = Act::PutBack(name("vaultwarden"));
    // Whichever of the two is looked at.
    for shown in ["vaultwarden", "vaultwarden.before-update"] {
        let screen = flight.room.view(&View::One(name(shown)), &flight.reader(Lang::En)).await;
        assert!(told(&screen).contains(said) && offers(&screen, &put_back), "{}", told(&screen));
    }
    let update = flight.update(&["vaultwarden"]).await;
    assert!(matches!(&update, Ending::Failed { why, .. } if why.id == "containers-not-updated-leftover"));
    let asked = AnyAct::Containers(put_back.clone());
    assert_eq!(asked.risk(), crate::intent::Risk::Danger);
    let lines = flight.room.weigh(&asked, &flight.reader(Lang::En)).await;
    assert!(lines.iter().any(|line| line.line.contains("is stopped and removed")), "{lines:?}");
    assert!(matches!(flight.act(put_back.clone()).await, Outcome::Done { .. }));
    assert!(matches!(flight.act(put_back.clone()).await, Outcome::Refused { .. }), "not twice");
    let busy = flight.act(Act::Remove(name("vaultwarden.before-update"))).await;
    assert!(matches!(busy, Outcome::Refused { .. }), "{busy:?}");
    pass(10).await;
    let text = flight.screen(View::One(name("vaultwarden"))).await;
    assert!(text.contains("✔ The vaultwarden of before is back and well.") && !text.contains("interrupted"));
    flight.nothing_is_left();
    let after = flight.world.container("vaultwarden").unwrap();
    assert_eq!((after.id, after.image_id), (before.id, before.image_id), "the very same one");
    assert_eq!(flight.interrupted(), [[""; 0]], "told as whole again");
    match flight.act(put_back).await {
        Outcome::Refused { why, .. } => assert!(why.contains("nothing to put back"), "{why}"),
        other => panic!("{other:?}"),
    }
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn the_newer_one_of_an_interrupted_update_can_be_kept() {
    let (flight, before) = cut_short().await;
    let screen = flight.room.view(&View::One(name("vaultwarden")), &flight.reader(Lang::Id)).await;
    let remove = Act::Remove(name("vaultwarden.before-update"));
    assert!(offers(&screen, &remove), "{screen:?}");
    assert!(matches!(flight.act(remove).await, Outcome::Done { .. }));
    pass(3).await;
    assert_ne!(flight.world.container("vaultwarden").unwrap().id, before.id);
    flight.nothing_is_left();
    assert_eq!(flight.interrupted(), [[""; 0]]);
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn wherever_an_update_was_cut_there_is_a_way_back() {
    for cut in 1..=4 {
        let flight = fly(&[]).await;
        let (world, old, new) = (&flight.world, "vaultwarden", "vaultwarden.new");
        world.twin(old, "vaultwarden/server:1.32", new).await.unwrap();
        world.act(Verb::Stop, old).await.unwrap();
        if cut > 1 {
            world.rename(old, "vaultwarden.before-update").await.unwrap();
        }
        if cut > 2 {
            world.rename(new, old).await.unwrap();
        }
        // On the way back, when the newer one had been removed.
        if cut > 3 {
            world.act(Verb::Remove, old).await.unwrap();
        }
        let flight = flight.crash().await;
        assert_eq!(flight.interrupted(), [["vaultwarden"]], "cut {cut}");
        let put_back = Act::PutBack(name("vaultwarden"));
        let screen = flight.room.view(&View::One(name("vaultwarden")), &flight.reader(Lang::En)).await;
        assert!(offers(&screen, &put_back), "cut {cut}: {}", told(&screen));
        assert!(told(&screen).contains("The update of vaultwarden was interrupted"), "{}", told(&screen));
        assert!(matches!(flight.act(put_back).await, Outcome::Done { .. }), "cut {cut}");
        pass(10).await;
        flight.nothing_is_left();
        assert_eq!(flight.interrupted(), [[""; 0]], "cut {cut}");
        flight.end().await;
    }
}
