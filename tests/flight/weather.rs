//! What Telegram answers when it does not do what it is asked: too fast, broken, torn, another poller, no longer ours.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    pilot::{Bubble, OWNER, STRANGER, View},
    ship::Ship,
};

/// All that writes into a chat.
const WRITING: [&str; 5] =
    ["sendMessage", "sendPhoto", "editMessageText", "editMessageMedia", "editMessageReplyMarkup"];

/// Answers of the bot below what was typed that contain a text.
fn below(view: &View, typed: i64, text: &str) -> Vec<Bubble> {
    let fits = |b: &Bubble| b.is_bots() && b.id() > typed && b.text().contains(text);
    view.bubbles(OWNER).into_iter().filter(fits).collect()
}

/// The first of the bot's calls from a number on that is so.
fn call(view: &View, from: i64, is_so: impl Fn(&Value) -> bool) -> Option<(i64, i64)> {
    let found = view.calls().into_iter().find(|call| call["n"].as_i64() >= Some(from) && is_so(call))?;
    Some((found["n"].as_i64()?, found["at"].as_i64()?))
}

#[tokio::test]
async fn a_flood_wait_holds_up_its_own_chat_only_and_loses_nothing() {
    /// So long that a slow machine is not taken for a hasty one.
    const WAIT_S: i64 = 20;
    let second = format!("[[pilots]]\nid = {STRANGER}\nrole = \"pilot\"\nname = \"Second\"");
    let ship = Ship::launch(&second, &["--sim"], &[]).await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/services").await;
    let held = pilot.bubble(OWNER, "58 in all").await;
    pilot.say(STRANGER, STRANGER, "/services").await;
    let free = pilot.bubble(STRANGER, "58 in all").await;

    let once = json!({
        "trouble": "status", "status": 429, "retry_after_s": WAIT_S, "methods": ["editMessageText"], "times": 1,
    });
    pilot.faults(once).await;
    pilot.tap_answered(OWNER, &held, "⌂").await;
    let (refused, refused_at) =
        pilot.until("the flood wait", |view| call(view, 0, |call| call["code"] == 429)).await;
    // In the chat that waits people go on, and the taps are answered at once.
    let typed = pilot.say(OWNER, OWNER, "/crew").await;
    pilot.tap_answered(OWNER, &held, "⌂").await;
    pilot.say(OWNER, OWNER, "/jobs").await;
    // The other chat notices nothing.
    pilot.tap_answered(STRANGER, &free, "⌂").await;
    pilot.becomes(&free, "potion").await;

    let last = pilot.until("the last answer", |view| below(view, typed, "Nothing is running").pop()).await;
    let crew = pilot.until("the first answer", |view| below(view, typed, "gateway").pop()).await;
    assert!(crew.id() < last.id(), "in the order they were asked for");
    let view = pilot.view().await;
    let writes = |call: &Value, chat: i64| {
        call["ok"] == true && call["chat"] == chat && WRITING.iter().any(|method| call["method"] == *method)
    };
    let (others, _) = call(&view, refused, |call| writes(call, STRANGER)).expect("the other chat's screen");
    let (own, own_at) = call(&view, refused, |call| writes(call, OWNER)).expect("the held chat's screen");
    assert!(others < own, "the other chat did not wait");
    // Both in whole seconds.
    assert!(own_at - refused_at >= WAIT_S - 1, "{} s", own_at - refused_at);
    assert_eq!(view.refusals().len(), 1, "{:?}", view.refusals());
}

#[tokio::test]
async fn server_errors_and_torn_lines_lose_nothing_and_repeat_nothing() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/start").await;
    pilot.bubble(OWNER, "potion").await;
    for trouble in [
        json!({ "trouble": "status", "status": 500, "methods": WRITING, "times": 2 }),
        json!({ "trouble": "status", "status": 502, "methods": [], "times": 3 }),
        json!({ "trouble": "reset", "methods": WRITING, "times": 2 }),
        json!({ "latency_ms": 700 }),
    ] {
        pilot.faults(trouble.clone()).await;
        let typed = pilot.say(OWNER, OWNER, "/jobs").await;
        pilot.until("an answer", |view| below(view, typed, "Nothing is running").pop()).await;
        pilot.faults(json!({})).await;
        // What comes next is the answer to what is asked next: nothing was left over.
        let after = pilot.say(OWNER, OWNER, "/help").await;
        pilot.until("the next answer", |view| below(view, after, "/restart").pop()).await;
        let view = pilot.view().await;
        assert_eq!(below(&view, typed, "Nothing is running").len(), 1, "{trouble}: {}", view.describe());
    }
}

#[tokio::test]
async fn an_edit_whose_answer_was_lost_is_seen_and_leaves_the_bubble_alive() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/services").await;
    let list = pilot.bubble(OWNER, "58 in all").await;
    pilot.faults(json!({ "trouble": "lost", "methods": ["editMessageText"], "times": 1 })).await;
    pilot.tap_answered(OWNER, &list, "⌂").await;
    let home = pilot.becomes(&list, "potion").await;
    ship.tap(&home, "⚙").await;
    pilot.becomes(&home, "Engine").await;
}

/// A second program with the same token, as somebody starts who forgot the first.
#[tokio::test]
async fn another_program_that_polls_is_told_in_the_chat_and_outlived() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/start").await;
    pilot.bubble(OWNER, "potion").await;
    let (client, url) = (reqwest::Client::new(), ship.method("getUpdates"));
    let rival = async {
        loop {
            // Without an offset: it takes nothing away, it only stands in the way.
            let _ = client.post(&url).json(&json!({ "timeout": 5 })).send().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::select! {
        () = rival => {}
        _ = pilot.bubble(OWNER, "Another program uses this bot's token") => {}
    }
    // It ended: all is as before, and what was typed meanwhile is answered.
    ship.ask("/jobs", "Nothing is running").await;
    assert!(ship.log().contains("another program polls with the same token"), "{}", ship.log());
}

#[tokio::test]
async fn a_token_that_is_revoked_in_flight_ends_it_with_its_code() {
    let mut ship = Ship::sim().await;
    ship.pilot.say(OWNER, OWNER, "/start").await;
    ship.pilot.bubble(OWNER, "potion").await;
    ship.pilot.faults(json!({ "trouble": "status", "status": 401 })).await;
    // The poll that waits is answered before the next one is refused.
    ship.pilot.say(OWNER, OWNER, "/start").await;
    assert_eq!(ship.ends().await, Some(77), "{}", ship.log());
    assert!(ship.log().contains("Telegram does not know this token"), "{}", ship.log());
}
