//! What the fault panel makes go wrong.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    bot::{Aside, Flight},
    pilot::OWNER,
};

#[tokio::test]
async fn an_error_status_hits_the_chosen_methods_so_many_times() {
    let flight = Flight::met().await;
    let body = json!({ "chat_id": OWNER, "text": "x" });
    flight.pilot.faults(json!({ "trouble": "status", "status": 429, "retry_after_s": 7, "times": 2, "methods": ["sendmessage"] })).await;
    let response = reqwest::Client::new()
        .post(format!("{}/sendMessage", flight.bot.base))
        .json(&body)
        .send()
        .await
        .expect("an answer");
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].as_bytes()), (429, &b"7"[..]));
    let answer: Value = response.json().await.expect("JSON");
    assert_eq!(answer["parameters"]["retry_after"], 7);
    assert_eq!(answer["description"], "Too Many Requests: retry after 7");
    flight.bot.ok("getMe", json!({})).await;
    flight.bot.call("sendMessage", body.clone()).await.expect_err("the second of two");
    flight.bot.ok("sendMessage", body.clone()).await;
    assert_eq!(flight.pilot.view().await.0["faults"]["trouble"], "off", "the panel shows that it is over");

    for (status, description) in
        [(500, "Internal Server Error: restart"), (502, "Bad Gateway"), (503, "Service Unavailable")]
    {
        flight.pilot.faults(json!({ "trouble": "status", "status": status })).await;
        assert_eq!(flight.bot.call("getMe", json!({})).await, Err((status, description.to_owned())));
    }
    flight
        .pilot
        .faults(json!({ "trouble": "status", "status": 400, "description": "Bad Request: STYLE" }))
        .await;
    assert_eq!(flight.bot.call("getMe", json!({})).await, Err((400, "Bad Request: STYLE".to_owned())));
    let odd = flight.pilot.post("faults", json!({ "trouble": "status", "status": 200 })).await;
    assert_eq!(odd.expect_err("no error"), "409 Conflict: status is between 400 and 599");
}

#[tokio::test]
async fn a_reset_comes_as_a_reset_and_wakes_a_waiting_poll() {
    let flight = Flight::start().await;
    let bot = flight.bot.clone();
    let poll = Aside::begin(async move { bot.try_call("getUpdates", json!({ "timeout": 25 })).await });
    flight.pilot.until("a poll", |view| view.listening().then_some(())).await;
    flight.pilot.faults(json!({ "trouble": "reset" })).await;
    poll.result().await.expect_err("the connection is gone");
    let error = flight.bot.try_call("getMe", json!({})).await.expect_err("no answer");
    assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    // The page is not behind the same network.
    flight.pilot.faults(json!({})).await;
    flight.bot.ok("getMe", json!({})).await;
}

#[tokio::test]
async fn a_lost_answer_is_carried_out() {
    let flight = Flight::met().await;
    flight.pilot.faults(json!({ "trouble": "lost", "times": 1, "methods": ["sendMessage"] })).await;
    let body = json!({ "chat_id": OWNER, "text": "sent once" });
    flight.bot.try_call("sendMessage", body).await.expect_err("no answer");
    flight.pilot.bubble(OWNER, "sent once").await;
}

#[tokio::test]
async fn a_silent_network_answers_when_the_weather_changes() {
    let flight = Flight::start().await;
    flight.pilot.faults(json!({ "trouble": "hang" })).await;
    let bot = flight.bot.clone();
    let mut call = Aside::begin(async move { bot.try_call("getMe", json!({})).await });
    flight.pilot.until("the call", |view| (!view.calls().is_empty()).then_some(())).await;
    assert!(call.is_under_way());
    flight.pilot.faults(json!({})).await;
    call.result().await.expect_err("the connection was dropped");
    flight.bot.ok("getMe", json!({})).await;
}

#[tokio::test]
async fn a_slow_network_is_slow_for_the_bot_alone() {
    let flight = Flight::start().await;
    flight.pilot.faults(json!({ "latency_ms": 300 })).await;
    let before = Instant::now();
    flight.bot.ok("getMe", json!({})).await;
    assert!(before.elapsed() >= Duration::from_millis(300));
    let wrong = flight.pilot.post("faults", json!({ "latency_ms": 600_000 })).await;
    assert!(wrong.is_err());
}

#[tokio::test]
async fn confirmed_updates_come_once_more() {
    let flight = Flight::met().await;
    flight.pilot.faults(json!({ "duplicates": true })).await;
    let first = flight.bot.updates(0).await;
    let next = first[0]["update_id"].as_i64().expect("a number") + 1;
    assert_eq!(flight.bot.updates(next).await, first, "delivered again after it was confirmed");
    assert_eq!(flight.bot.updates(next).await, Vec::<Value>::new(), "and only once");
}

#[tokio::test]
async fn floods_are_stopped() {
    let flight = Flight::met().await;
    flight.pilot.faults(json!({ "flood": true })).await;
    for n in 0..20 {
        flight.bot.ok("sendMessage", json!({ "chat_id": OWNER, "text": format!("{n}") })).await;
    }
    let refused = flight.bot.call("sendMessage", json!({ "chat_id": OWNER, "text": "more" })).await;
    let (code, description) = refused.expect_err("a flood");
    assert_eq!(code, 429);
    assert!(description.starts_with("Too Many Requests: retry after "), "{description}");
}
