//! Restarts, outages, refusals, double deliveries: what is told, what is kept, what is survived.

use super::*;

#[tokio::test]
async fn a_live_screen_redraws_itself_and_stays_live_over_a_restart() {
    let mut flight = Flight::start().await;
    flight.extra(|screen| screen.can_live = true);
    let bubble = flight.opens().await;
    flight.api.presses(DRE, "● Live");
    let live = |api: &BotApi| api.message(DRE, bubble).filter(|said| said.text.contains("● live"));
    flight.api.until("live", live).await;
    flight.kept("select count(*) from tg_bubbles where lease_ms is not null").await;
    let change = |flight: &Flight, name: &str| {
        flight.extra(|screen| screen.blocks = vec![crate::screen::Block::text(name)]);
        flight.gateway.cast(Msg::Changed(crate::screen::Topic::Services)).unwrap();
        flight.gateway.cast(Msg::Changed(crate::screen::Topic::Audit)).unwrap();
    };
    let started = Instant::now();
    for n in 0..20 {
        change(&flight, &format!("version {n}"));
    }
    flight.shows(DRE, "version 19").await;
    assert!(started.elapsed() > Duration::from_millis(1500), "at most once in two seconds");
    flight.killed().await;
    flight.extra(|screen| screen.blocks = vec![crate::screen::Block::text("after")]);
    flight.up().await;
    assert_eq!(flight.shows(DRE, "after").await, bubble);
    change(&flight, "and again");
    flight.shows(DRE, "and again").await;
    assert_eq!(flight.api.messages(DRE).len(), 1);
}

#[tokio::test]
async fn notices_survive_an_outage_and_a_crash_in_order_and_merged() {
    let mut flight = Flight::start().await;
    flight.api.fails(|method, _| (method != "getUpdates").then_some((502, "Bad Gateway", None)));
    flight.notice("disk", "disk 85 %", true).await;
    flight.notice("nginx", "nginx failed", true).await;
    flight.notice("disk", "disk 90 %", true).await;
    flight.killed().await;
    flight.api.works();
    flight.up().await;
    let both = |api: &BotApi| (api.messages(DRE).len() == 2).then(|| api.messages(DRE));
    let messages = flight.api.until("both notices", both).await;
    let texts: Vec<&str> = messages.iter().map(|(_, said)| said.text.as_str()).collect();
    assert_eq!(texts, ["<b>disk 90 %</b>", "<b>nginx failed</b>"]);
    assert!(messages.iter().all(|(_, said)| !said.silent));

    let disk = messages[0].0;
    flight.notice("disk", "disk 70 %, resolved", true).await;
    let edited = |api: &BotApi| api.message(DRE, disk).filter(|said| said.text.contains("resolved"));
    flight.api.until("the same message", edited).await;
    flight.killed().await;
    flight.up().await;
    flight.opens().await;
    assert_eq!(flight.api.messages(DRE).len(), 3, "delivered once: {:?}", flight.api.calls());

    // A tap on a notice opens a bubble below; what the notice shows itself opens none.
    flight.api.taps(DRE, DRE, disk, &data(&list(None)));
    let below = flight.shows(DRE, "&quot;a&quot;").await;
    assert!(below > disk && flight.api.message(DRE, disk).unwrap().text.contains("resolved"));
    flight.answers(Answer::Show(unit()));
    flight.ship.log();
    flight.api.taps(DRE, DRE, disk, "1{\"a\":{\"s\":{\"s\":\"nginx.service\"}}}");
    flight.asked("act services.start").await;
    flight.api.presses(DRE, "⌂");
    flight.shows(DRE, HOME).await;
    assert!(!flight.ship.log().iter().any(|line| line.starts_with("view") && line.contains(UNIT)));
}

#[tokio::test]
async fn a_store_that_takes_nothing_keeps_no_notice_back_and_repeats_none() {
    let flight = Flight::start().await;
    flight.notice("memory", "memory 85 %", true).await;
    let shown = async |text: &str| {
        let found = |api: &BotApi| api.messages(DRE).into_iter().find(|(_, said)| said.text.contains(text));
        flight.api.until(text, found).await.0
    };
    let memory = shown("memory 85 %").await;
    flight.store.take_away();
    // Each is acknowledged: what comes after it waits for nothing.
    flight.notice("disk", "disk 85 %", true).await;
    flight.notice("nginx", "nginx failed", true).await;
    let disk = shown("disk 85 %").await;
    shown("nginx failed").await;
    flight.notice("disk", "disk 90 %", true).await;
    flight.notice("memory", "memory 90 %", true).await;
    assert_eq!(shown("disk 90 %").await, disk);
    assert_eq!(shown("memory 90 %").await, memory);
    flight.store.bring_back();
    flight.notice("disk", "disk 70 %, resolved", true).await;
    flight.notice("memory", "memory 70 %, resolved", true).await;
    assert_eq!(shown("disk 70 %").await, disk);
    assert_eq!(shown("memory 70 %").await, memory);
    assert_eq!(flight.api.count("sendMessage"), 3, "{:?}", flight.api.calls());
}

#[tokio::test]
async fn who_has_left_meanwhile_is_told_nothing_more() {
    let flight = Flight::start().await;
    flight.left.lock().unwrap().push(ChatId(DRE));
    flight.notice("disk", "disk 85 %", true).await;
    flight.kept("select count(*) from tg_notices where sent_version = version").await;
    flight.left.lock().unwrap().clear();
    flight.opens().await;
    assert_eq!(flight.api.messages(DRE).len(), 1, "{:?}", flight.api.messages(DRE));
}

#[tokio::test]
async fn an_update_that_comes_twice_is_handled_once_and_unknown_ones_are_survived() {
    let mut flight = Flight::start().await;
    flight.opens().await;
    let (bubble, _) = flight.api.living(DRE).unwrap();
    let tap = flight.api.tap_update(DRE, DRE, bubble, &data(&unit()));
    flight.api.deliver(tap.clone());
    flight.api.deliver(tap.clone());
    flight.shows(DRE, UNIT).await;
    flight.api.deliver(json!({ "update_id": flight.api.number(), "brand_new": { "a": 1 } }));
    let odd = flight.api.number();
    flight.api.deliver(json!({ "update_id": odd, "message": { "x": 1 } }));
    let past = |api: &BotApi| (api.last_offset() == Some(odd + 1)).then_some(());
    flight.api.until("the batch is confirmed", past).await;
    flight.api.delivers_again(tap.clone());
    flight.opens().await;
    flight.killed().await;
    flight.api.delivers_again(tap);
    flight.up().await;
    flight.opens().await;
    assert_eq!(flight.api.count("answerCallbackQuery"), 1, "also when it comes after a restart");
    assert!(flight.api.last_offset() > Some(odd), "polling goes on where it was");
}

#[tokio::test]
async fn trouble_with_telegram_is_told_and_survived() {
    let flight = Flight::start().await;
    flight.opens().await;
    let degraded = |status: Status, text: &str| {
        let Health::Degraded { why, .. } = status.health else { return false };
        why.in_lang(Lang::En).contains(text)
    };
    flight.api.fails(|method, _| {
        let other = "Conflict: terminated by other getUpdates request; make sure that only one bot runs";
        (method == "getUpdates").then_some((409, other, None))
    });
    loop {
        if degraded(flight.status().await, "another program polls") {
            break;
        }
        tokio::task::yield_now().await;
    }
    flight.api.fails(|method, body| match method {
        "getUpdates" => None,
        "editMessageText" if body["text"].as_str().unwrap().contains(UNIT) => {
            Some((429, "Too Many Requests: retry after 1", Some(1)))
        }
        _ => None,
    });
    flight.api.presses(DRE, "↻");
    let (bubble, _) = flight.api.living(DRE).unwrap();
    flight.api.taps(DRE, DRE, bubble, &data(&unit()));
    flight.called("editMessageText").await;
    assert_eq!(flight.status().await.health, Health::Good, "polling works again");
    flight.api.works();
    flight.shows(DRE, UNIT).await;
    // Deleted by hand while nobody looked: sent anew.
    flight.api.forget_message(DRE, bubble);
    flight.api.taps(DRE, DRE, bubble, &data(&list(None)));
    assert_ne!(flight.shows(DRE, "&quot;a&quot;").await, bubble);
}

#[tokio::test]
async fn a_refused_token_ends_the_gateway_with_a_clear_word() {
    let flight = Flight::start().await;
    flight.opens().await;
    flight.api.fails(|_, _| Some((401, "Unauthorized", None)));
    let (gateway, _) = flight.actors.as_ref().unwrap();
    gateway.wait(Some(Duration::from_secs(10))).await.expect("ends by itself");
}
