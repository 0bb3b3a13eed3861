//! Acts on the simulated server: asked, cancelled, done, and never twice.

use crate::{
    pilot::{OWNER, View},
    ship::Ship,
};

const RESTARTED: (&str, &str) = ("services.restart", "nginx.service");

fn restarted() -> Vec<(String, String)> {
    vec![(RESTARTED.0.to_owned(), RESTARTED.1.to_owned())]
}

#[tokio::test]
async fn a_restart_asks_cancels_and_does() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/restart nginx").await;
    let question = pilot.bubble(OWNER, "nginx.service?").await;
    assert_eq!(question.labels()[0].len(), 2, "Cancel and the act, in that order");
    assert_eq!(question.button("Cancel"), Some((0, 0)));

    pilot.tap(OWNER, &question, "Cancel").await;
    let unit = ship.settles(&question, |text| !text.contains("This question")).await;
    assert!(ship.sim_acts().is_empty(), "cancelled is not done");

    ship.tap(&unit, "Restart").await;
    let question = pilot.becomes(&unit, "This question ends").await;
    ship.tap(&question, "Restart").await;
    let after = pilot.becomes(&question, "steady").await;
    assert!(after.text().contains("nginx"), "{}", after.text());
    assert_eq!(ship.sim_acts(), restarted());
    assert_eq!(pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_double_tap_and_a_redelivered_tap_act_once() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.faults(serde_json::json!({ "duplicates": true })).await;
    pilot.say(OWNER, OWNER, "/restart nginx").await;
    let question = pilot.bubble(OWNER, "This question ends").await;
    let data = question.data("Restart");
    let first = pilot.tap_data(OWNER, OWNER, question.id(), &data).await;
    let second = pilot.tap_data(OWNER, OWNER, question.id(), &data).await;
    pilot.answer_to(&first).await;
    pilot.answer_to(&second).await;
    ship.eventually("the restart", || !ship.sim_acts().is_empty()).await;
    pilot.say(OWNER, OWNER, "/audit").await;
    pilot.bubble(OWNER, "services.restart").await;
    assert_eq!(ship.sim_acts(), restarted());
}

#[tokio::test]
async fn an_update_redelivered_after_a_crash_does_not_act_again() {
    let mut ship = Ship::sim().await;
    ship.pilot.say(OWNER, OWNER, "/restart nginx").await;
    let question = ship.pilot.bubble(OWNER, "This question ends").await;
    // The poll that waits now brings the tap; none after it gets through, so that the tap is never confirmed.
    ship.pilot.until("a poll", |view| view.listening().then_some(())).await;
    let deaf = serde_json::json!({ "trouble": "status", "status": 502, "methods": ["getUpdates"] });
    ship.pilot.faults(deaf).await;
    ship.pilot.tap(OWNER, &question, "Restart").await;
    ship.eventually("the restart", || !ship.sim_acts().is_empty()).await;
    ship.kill().await;
    ship.pilot.faults(serde_json::json!({ "trouble": "off", "methods": [] })).await;
    // Telegram still has it, and delivers it first of all.
    ship.relaunch().await;
    ship.pilot.say(OWNER, OWNER, "/help").await;
    ship.pilot.bubble(OWNER, "/restart").await;
    assert_eq!(ship.sim_acts(), restarted());
}

#[tokio::test]
async fn forged_and_old_data_get_a_fresh_screen() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/start").await;
    pilot.bubble(OWNER, "potion").await;
    let forged =
        ["0", "1", "1{\"a\":{\"zz\":1}}", "1#no-such-token", "9{}", "1{\"y\":\"AAAAAAAAAAAAAAAAAAAAAA\"}"];
    for data in forged {
        // On the bubble that lives now: a fresh screen may be a new one.
        let newest = |view: &View| view.bubbles(OWNER).into_iter().rev().find(|b| b.button("↻").is_some());
        let living = pilot.until("a living bubble", newest).await;
        let query = pilot.tap_data(OWNER, OWNER, living.id(), data).await;
        pilot.answer_to(&query).await;
    }
    pilot.bubble(OWNER, "potion").await;
    assert!(ship.sim_acts().is_empty());
    assert_eq!(pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_question_of_one_pilot_is_worth_nothing_to_another() {
    let ship =
        Ship::launch("[[pilots]]\nid = 2002\nrole = \"pilot\"\nname = \"Second\"", &["--sim"], &[]).await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/restart nginx").await;
    let question = pilot.bubble(OWNER, "This question ends").await;
    pilot.say(2002, 2002, "/start").await;
    let other = pilot.bubble(2002, "potion").await;
    let query = pilot.tap_data(2002, 2002, other.id(), &question.data("Restart")).await;
    pilot.answer_to(&query).await;
    pilot.bubble(2002, "over").await;
    assert!(ship.sim_acts().is_empty());
}
