//! The Engine Room in flight, on the simulated server: why a service failed, its own history, a restart that does not
//! hold, a bus that goes away, a process that will not end.

use cockpit_bot::intent::{Act, Intent, codec, sim};

use crate::{
    pilot::{Bubble, OWNER, View},
    ship::Ship,
};

/// Breaks or mends something on the simulated server, as the button on its board does.
async fn play(ship: &Ship, bubble: &Bubble, act: sim::Act) {
    let codec::Encoded::Fits(data) = codec::encode(&Intent::Act(Act::Sim(act))) else { panic!("short") };
    let query = ship.pilot.tap_data(OWNER, OWNER, bubble.id(), &data).await;
    ship.pilot.answer_to(&query).await;
}

fn photo(of: &Bubble) -> impl Fn(&View) -> Option<Bubble> {
    let id = of.id();
    move |view| view.bubbles(OWNER).into_iter().find(|b| b.id() == id && b.is_photo())
}

#[tokio::test]
async fn a_failed_service_is_explained_and_its_own_history_is_a_picture() {
    let ship = Ship::sim().await;
    let board = ship.ask("/services", "nginx").await;
    play(&ship, &board, sim::Act::Break("service-crashes".into())).await;
    // The warning tells that it was heard of, and leads to the reason as well.
    let warning = ship.pilot.bubble(OWNER, "failed (exit-code)").await;
    ship.tap(&warning, "Why?").await;
    ship.pilot.bubble(OWNER, "Port 80 is taken").await;
    let unit = ship.ask("/services nginx", "failed").await;
    ship.tap(&unit, "Diagnose").await;
    let why = ship.pilot.becomes(&unit, "Port 80 is taken").await;
    assert!(why.text().contains("What to try"), "{}", why.text());
    assert!(why.button("Start").is_some() && why.button("Log").is_some(), "{:?}", why.labels());
    // Who it is, is one tap away.
    ship.tap(&why, "port 80").await;
    let holders = ship.settles(&why, |text| text.contains("5 of 26 processes")).await;
    ship.tap(&holders, "Back").await;
    let unit = ship.ask("/services nginx", "failed").await;
    ship.tap(&unit, "Diagnose").await;
    let why = ship.pilot.becomes(&unit, "What to try").await;
    ship.tap(&why, "Back").await;
    let unit = ship.settles(&why, |text| !text.contains("What to try")).await;
    ship.tap(&unit, "📈 RAM").await;
    let chart = ship.pilot.until("its chart", photo(&unit)).await;
    assert!(chart.text().contains("GiB") || chart.text().contains("MiB"), "{}", chart.text());
    let first = chart.photo_id().to_owned();
    ship.tap(&chart, "1h").await;
    let other = |view: &View| photo(&unit)(view).filter(|b| b.photo_id() != first);
    ship.pilot.until("another range", other).await;
    assert!(ship.sim_acts().iter().all(|(verb, _)| verb.starts_with("sim.")), "{:?}", ship.sim_acts());
    assert_eq!(ship.pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_restart_that_does_not_hold_is_not_called_done() {
    let ship = Ship::sim().await;
    let question = ship.ask("/restart flaky", "This question ends").await;
    ship.tap(&question, "Restart").await;
    let told = ship.pilot.becomes(&question, "went down again").await;
    assert!(!told.text().contains("steady for"), "{}", told.text());
    assert!(told.text().contains("flaky"), "{}", told.text());
}

#[tokio::test]
async fn a_bus_that_goes_away_is_told_and_survived() {
    let ship = Ship::sim().await;
    let list = ship.ask("/services", "nginx").await;
    play(&ship, &list, sim::Act::Break("bus-away".into())).await;
    ship.eventually_says("/services", "Reconnecting").await;
    play(&ship, &list, sim::Act::Mend("bus-away".into())).await;
    ship.eventually_says("/services", "nginx").await;
    ship.eventually_says("/services nginx", "running").await;
}

#[tokio::test]
async fn a_process_that_does_not_end_is_offered_to_be_killed() {
    let ship = Ship::sim().await;
    ship.ask("/top", "processes").await;
    ship.ask("/kill 1", "PID 1").await;
    let question = ship.ask("/kill 1400", "This question ends").await;
    assert!(
        question.text().contains("stubborn") && !question.text().contains("hunter2"),
        "{}",
        question.text()
    );
    ship.tap(&question, "End").await;
    let lives = ship.pilot.becomes(&question, "it still lives").await;
    ship.tap(&lives, "Kill").await;
    let question = ship.pilot.becomes(&lives, "This question ends").await;
    ship.tap(&question, "Kill").await;
    ship.pilot.becomes(&question, "ended").await;
    let verbs: Vec<String> = ship.sim_acts().into_iter().map(|(verb, _)| verb).collect();
    assert_eq!(verbs, ["processes.term", "processes.kill"]);
    ship.ask("/top stubborn", "None is called so").await;
}

#[tokio::test]
async fn disks_say_how_healthy_they_are() {
    let ship = Ship::sim().await;
    // The first look at the disks takes a moment, and the list comes by itself.
    let list = ship.ask("/smart", "nvme0 good").await;
    assert!(list.button("sdb").is_some(), "{:?}", list.labels());
    ship.tap(&list, "sdb").await;
    ship.pilot.becomes(&list, "was 2 last week").await;
    ship.ask("/disks", "/mnt/dre").await;
    let status = ship.ask("/status", "Updates").await;
    for words in ["14, 3 for security", "restarted in order", "Swapping", "Available"] {
        assert!(status.text().contains(words), "{words} is not in:\n{}", status.text());
    }
}
