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
    ship.eventually_says("/services", "services.enabled").await;

    ship.configure("");
    ship.hang_up();
    ship.eventually_says("/services", "58 in all").await;
}

#[tokio::test]
async fn an_invalid_file_is_refused_whole_and_the_old_config_holds() {
    let ship = Ship::sim().await;
    ship.configure("[services]\nenabled = false\nwach = [\"ssh\"]");
    ship.pilot.say(OWNER, OWNER, "/reload").await;
    ship.pilot.bubble(OWNER, "wach").await;
    ship.eventually_says("/services", "58 in all").await;
}

#[tokio::test]
async fn sigterm_ends_in_order_and_soon() {
    let mut ship = Ship::sim().await;
    ship.pilot.say(OWNER, OWNER, "/start").await;
    ship.pilot.bubble(OWNER, "potion").await;
    assert_eq!(ship.terminate().await, Some(0), "{}", ship.log());
    // By the daemon's own clock: a busy machine may be late with the rest.
    let log = ship.log();
    let at = |says: &str| -> jiff::Timestamp {
        let line =
            log.lines().rev().find(|line| line.ends_with(says)).unwrap_or_else(|| panic!("{says}: {log}"));
        line.split(' ')
            .next()
            .and_then(|time| time.parse().ok())
            .unwrap_or_else(|| panic!("a time in {line}"))
    };
    let took = at(" ended").duration_since(at(" ending"));
    assert!(took < jiff::SignedDuration::from_secs(10), "took {took:?}: {log}");
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
async fn what_was_typed_while_telegram_was_away_for_a_minute_is_answered_afterwards() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/services").await;
    pilot.bubble(OWNER, "58 in all").await;
    pilot.faults(serde_json::json!({ "trouble": "reset" })).await;
    pilot.say(OWNER, OWNER, "/crew").await;
    // The minute itself is what is tested; nothing is waited for meanwhile.
    tokio::time::sleep(Duration::from_secs(60)).await;
    pilot.faults(serde_json::json!({ "trouble": "off" })).await;
    let crew = pilot.bubble(OWNER, "gateway").await;
    ship.tap(&crew, "⌂").await;
    ship.settles(&crew, |text| text.contains("RAM")).await;
}

#[tokio::test]
async fn bubbles_survive_a_crash() {
    let mut ship = Ship::sim().await;
    ship.pilot.say(OWNER, OWNER, "/services").await;
    let list = ship.pilot.bubble(OWNER, "58 in all").await;
    ship.kill().await;
    ship.relaunch().await;
    ship.pilot.tap(OWNER, &list, "⌂").await;
    ship.pilot.becomes(&list, "potion").await;
}

#[cfg(feature = "faults")]
#[tokio::test]
async fn an_actor_that_panics_every_second_is_parked_while_others_answer_and_a_button_revives_it() {
    // Five lives: after the fifth it is parked, and what the button starts is in good health.
    let ship = Ship::launch("", &["--sim"], &[("COCKPIT_FAULTS", "metrics:panic:1s:5")]).await;
    let pilot = &ship.pilot;
    ship.eventually_says("/services", "58 in all").await;
    ship.eventually_says("/crew", "parked").await;
    ship.eventually_says("/services", "58 in all").await;
    ship.ask("/status", "not answering").await;
    let crew = ship.ask("/crew", "parked").await;
    ship.tap(&crew, "metrics").await;
    let actor = pilot.becomes(&crew, "› metrics").await;
    ship.tap(&actor, "Restart").await;
    ship.eventually_says("/audit", "crew.restart").await;
    ship.eventually_says("/status", "GiB").await;
    let crew = ship.ask("/crew", "gateway").await;
    assert!(!crew.text().contains("parked"), "{}", crew.text());
}
