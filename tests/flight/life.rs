//! Reload, failures, the end: what happens to the daemon itself.

use std::time::Duration;

use crate::{pilot::OWNER, ship::Ship};

#[tokio::test]
async fn a_reload_removes_and_adds_exactly_what_differs() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/crew").await;
    pilot.bubble(OWNER, "services").await;

    ship.configure("[services]\nenabled = false");
    ship.hang_up();
    pilot.until("services to be gone", |view| view.calls().last().cloned()).await;
    eventually_says(&ship, "/services", "services.enabled").await;

    ship.configure("");
    ship.hang_up();
    eventually_says(&ship, "/services", "nginx").await;
}

/// Types the command until its answer contains the text: the reload is over then.
async fn eventually_says(ship: &Ship, command: &str, text: &str) {
    for _ in 0..40 {
        let typed = ship.pilot.say(OWNER, OWNER, command).await;
        let answer = ship
            .pilot
            .until("an answer below", |view| {
                view.bubbles(OWNER).into_iter().find(|b| b.is_bots() && b.id() > typed)
            })
            .await;
        if answer.text().contains(text) {
            return;
        }
    }
    panic!("{command} never said {text:?}:\n{}", ship.pilot.view().await.describe());
}

#[tokio::test]
async fn an_invalid_file_is_refused_whole_and_the_old_config_holds() {
    let ship = Ship::sim().await;
    ship.configure("[services]\nenabled = false\nwach = [\"ssh\"]");
    ship.pilot.say(OWNER, OWNER, "/reload").await;
    ship.pilot.bubble(OWNER, "wach").await;
    eventually_says(&ship, "/services", "nginx").await;
}

#[tokio::test]
async fn sigterm_ends_in_order_and_soon() {
    let mut ship = Ship::sim().await;
    ship.pilot.say(OWNER, OWNER, "/start").await;
    ship.pilot.bubble(OWNER, "potion").await;
    let (code, took) = ship.terminate().await;
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "took {took:?}");
}

#[tokio::test]
async fn a_second_one_on_the_same_folder_is_refused_in_one_sentence() {
    let ship = Ship::sim().await;
    let (code, said) = ship.second().await;
    assert_eq!(code, Some(75), "{said}");
    assert!(said.contains("another Cockpit") && !said.contains("panicked"), "{said}");
    ship.pilot.say(OWNER, OWNER, "/start").await;
    ship.pilot.bubble(OWNER, "potion").await;
}

#[tokio::test]
async fn what_was_typed_while_telegram_was_away_is_answered_afterwards() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.faults(serde_json::json!({ "outage": true })).await;
    pilot.say(OWNER, OWNER, "/start").await;
    pilot.faults(serde_json::json!({ "outage": false })).await;
    pilot.bubble(OWNER, "potion").await;
}

#[tokio::test]
async fn bubbles_survive_a_crash() {
    let mut ship = Ship::sim().await;
    ship.pilot.say(OWNER, OWNER, "/services").await;
    let list = ship.pilot.bubble(OWNER, "nginx").await;
    ship.kill().await;
    ship.relaunch().await;
    ship.pilot.tap(OWNER, &list, "⌂").await;
    ship.pilot.becomes(&list, "potion").await;
}

#[cfg(feature = "faults")]
#[tokio::test]
async fn an_actor_that_panics_every_second_is_parked_while_others_answer_and_a_button_revives_it() {
    let ship = Ship::launch("", &["--sim"], &[("COCKPIT_FAULTS", "metrics:panic:300ms")]).await;
    let pilot = &ship.pilot;
    for _ in 0..20 {
        eventually_says(&ship, "/services", "nginx").await;
        pilot.say(OWNER, OWNER, "/crew").await;
        let crew = pilot.bubble(OWNER, "metrics").await;
        if crew.text().contains("parked") {
            break;
        }
    }
    pilot.say(OWNER, OWNER, "/crew").await;
    let crew = pilot.bubble(OWNER, "parked").await;
    pilot.tap(OWNER, &crew, "metrics").await;
    let actor = pilot.becomes(&crew, "parked").await;
    pilot.tap(OWNER, &actor, "Restart").await;
    pilot.until("the restart in the trail", |view| view.calls().last().cloned()).await;
    eventually_says(&ship, "/audit", "crew.restart").await;
}
