//! Updates: order, redelivery, waiting, two bots at once, and who is heard in a group.

use serde_json::{Value, json};

use crate::{
    bot::{Aside, Bot, Flight},
    pilot::{GROUP, OWNER, STRANGER},
};

fn ids(updates: &[Value]) -> Vec<i64> {
    updates.iter().map(|update| update["update_id"].as_i64().expect("a number")).collect()
}

fn texts(updates: &[Value]) -> Vec<&str> {
    updates.iter().filter_map(|update| update["message"]["text"].as_str()).collect()
}

#[tokio::test]
async fn updates_come_again_until_they_are_confirmed() {
    let flight = Flight::met().await;
    flight.pilot.say(OWNER, OWNER, "two").await;
    let first = flight.bot.updates(0).await;
    assert_eq!(texts(&first), ["/start", "two"]);
    assert_eq!(flight.bot.updates(0).await, first, "unconfirmed: the same again");
    let seen = |view: &crate::pilot::View| {
        view.bubbles(OWNER).iter().map(|b| b.0["seen"] == true).collect::<Vec<_>>()
    };
    assert_eq!(seen(&flight.pilot.view().await), [false, false]);
    let second = ids(&first)[1];
    assert_eq!(flight.bot.updates(second).await, first[1..]);
    assert_eq!(seen(&flight.pilot.view().await), [true, false]);
    assert_eq!(flight.bot.updates(second + 1).await, Vec::<Value>::new());
    flight.pilot.say(OWNER, OWNER, "three").await;
    let third = flight.bot.updates(second + 1).await;
    assert_eq!(ids(&third), [second + 1], "numbers go up by one");

    for n in 0..5 {
        flight.pilot.say(OWNER, OWNER, &format!("m{n}")).await;
    }
    let few = flight.bot.ok("getUpdates", json!({ "offset": second + 2, "limit": 2 })).await;
    assert_eq!(texts(few.as_array().expect("a list")), ["m0", "m1"]);
    assert_eq!(texts(&flight.bot.updates(-1).await), ["m4"], "a negative offset keeps the last ones");
}

#[tokio::test]
async fn a_poll_waits_until_somebody_writes() {
    let flight = Flight::met().await;
    flight.bot.catch_up().await;
    let bot = flight.bot.clone();
    let poll = Aside::begin(async move { bot.ok("getUpdates", json!({ "offset": 0, "timeout": 20 })).await });
    flight.pilot.until("a bot that listens", |view| view.listening().then_some(())).await;
    flight.pilot.say(OWNER, OWNER, "wake up").await;
    let updates = poll.result().await;
    assert_eq!(texts(updates.as_array().expect("a list")), ["wake up"]);
}

#[tokio::test]
async fn of_two_polls_the_older_gets_409() {
    let flight = Flight::start().await;
    let bot = flight.bot.clone();
    let older = Aside::begin(async move { bot.call("getUpdates", json!({ "timeout": 20 })).await });
    flight.pilot.until("the first poll", |view| view.listening().then_some(())).await;
    let bot = flight.bot.clone();
    let newer = Aside::begin(async move { bot.call("getUpdates", json!({ "timeout": 20 })).await });
    let refused = older.result().await.expect_err("a conflict");
    assert_eq!(refused, (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running".to_owned()
    ));
    flight.pilot.say(OWNER, OWNER, "hello").await;
    let updates = newer.result().await.expect("updates");
    assert_eq!(texts(updates.as_array().expect("a list")), ["hello"]);
}

#[tokio::test]
async fn only_allowed_updates_come() {
    let flight = Flight::met().await;
    flight.bot.catch_up().await;
    let id = flight.bot.write("x", json!([[{ "text": "Go", "callback_data": "go" }]])).await;
    flight.bot.ok("getUpdates", json!({ "allowed_updates": ["callback_query"] })).await;
    flight.pilot.say(OWNER, OWNER, "unheard").await;
    let bubble = flight.pilot.bubble(OWNER, "x").await;
    let query = flight.pilot.tap(OWNER, &bubble, "Go").await;
    let updates = flight.bot.updates(0).await;
    assert_eq!(updates.len(), 1);
    let callback = &updates[0]["callback_query"];
    assert_eq!((&callback["id"], &callback["data"]), (&json!(query), &json!("go")));
    assert_eq!((&callback["from"]["id"], &callback["message"]["message_id"]), (&json!(OWNER), &json!(id)));
    flight.pilot.set_blocked(OWNER, true).await;
    assert_eq!(flight.bot.updates(0).await.len(), 1, "my_chat_member was not asked for");
    flight.bot.ok("getUpdates", json!({ "allowed_updates": [] })).await;
    flight.pilot.set_blocked(OWNER, false).await;
    let member = flight.bot.updates(0).await.pop().expect("an update");
    assert_eq!(member["my_chat_member"]["old_chat_member"]["status"], "kicked");
    let wrong = flight.bot.call("getUpdates", json!({ "allowed_updates": "message" })).await;
    assert_eq!(wrong, Err((400, "Bad Request: can't parse allowed_updates JSON object".to_owned())));
}

#[tokio::test]
async fn a_forged_tap_reaches_the_bot_as_it_is() {
    let flight = Flight::met().await;
    flight.bot.catch_up().await;
    flight.pilot.tap_data(OWNER, OWNER, 5, "forged").await;
    let updates = flight.bot.updates(0).await;
    let callback = &updates[0]["callback_query"];
    assert_eq!(callback["data"], "forged");
    assert_eq!((&callback["message"]["message_id"], &callback["message"]["date"]), (&json!(5), &json!(0)));
    let body = json!({ "person": STRANGER, "chat": OWNER, "message": 5, "data": "x" });
    let foreign = flight.pilot.post("tap", body).await.expect_err("not the stranger's chat");
    assert_eq!(foreign, "409 Conflict: that chat belongs to somebody else");
}

#[tokio::test]
async fn in_a_group_the_bot_hears_what_is_meant_for_it() {
    let flight = Flight::start().await;
    let (pilot, bot) = (&flight.pilot, &flight.bot);
    pilot.say(STRANGER, GROUP, "just talking").await;
    pilot.say(STRANGER, GROUP, "/status").await;
    pilot.say(OWNER, GROUP, "hey @Cockpit_Practice_Bot").await;
    let asked = bot
        .ok(
            "sendMessage",
            json!({ "chat_id": GROUP, "text": "how many?", "reply_markup": { "force_reply": true } }),
        )
        .await;
    let id = asked["message_id"].as_i64().expect("a number");
    pilot.reply(OWNER, GROUP, id, "three").await;
    let updates = bot.updates(0).await;
    assert_eq!(texts(&updates), ["/status", "hey @Cockpit_Practice_Bot", "three"]);
    assert_eq!(updates[0]["message"]["entities"][0]["type"], "bot_command");
    assert_eq!(updates[2]["message"]["reply_to_message"]["message_id"], id);
    assert_eq!(updates[0]["message"]["chat"]["type"], "group");
}

#[tokio::test]
async fn calls_come_in_every_form() {
    let flight = Flight::met().await;
    let base = &flight.bot.base;
    let http = reqwest::Client::new();
    let get = http.get(format!("{base}/SENDMESSAGE?chat_id=1001&text=%3Cb%3Ea+b%3C%2Fb%3E&parse_mode=html"));
    let sent: Value = get.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(
        (&sent["result"]["text"], &sent["result"]["entities"][0]["type"]),
        (&json!("a b"), &json!("bold"))
    );
    let form = http.post(format!("{base}/SendMessage")).form(&[
        ("chat_id", "1001"),
        ("text", "é"),
        ("disable_notification", "true"),
        ("reply_markup", r#"{"inline_keyboard":[[{"text":"a","callback_data":"1"}]]}"#),
    ]);
    let sent: Value = form.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(sent["result"]["reply_markup"]["inline_keyboard"][0][0]["text"], "a");
    let sent = flight.bot.form("sendMessage", &[("chat_id", "1001"), ("text", "multi")], &[]).await;
    assert_eq!(sent.expect("a message")["text"], "multi");
    let me = flight.bot.ok("getMe", json!({})).await;
    assert_eq!((&me["is_bot"], &me["id"]), (&json!(true), &json!(1_077_000_000)));
    let info = flight.bot.ok("getWebhookInfo", json!({})).await;
    assert_eq!((&info["url"], &info["pending_update_count"]), (&json!(""), &json!(1)));
    flight.bot.ok("deleteWebhook", json!({ "drop_pending_updates": true })).await;
    assert_eq!(flight.bot.updates(0).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_wrong_token_opens_nothing() {
    let flight = Flight::start().await;
    for (token, why) in [("5:abc", "Unauthorized"), ("abc", "Unauthorized: invalid token specified")] {
        let bot = Bot::new(&flight.server.api_url, token);
        assert_eq!(bot.call("getMe", json!({})).await, Err((401, why.to_owned())), "{token}");
    }
    let other = reqwest::get(format!("{}/api/getMe", flight.server.api_url)).await.expect("an answer");
    assert_eq!(other.status(), 404);
}
