//! Telegram is out of reach for a while: what is to be told waits, in order and merged, and says when it was.

use std::time::Duration;

use cockpit_bot::intent::sim;

use crate::{
    ground::play,
    pilot::{Bubble, OWNER, View},
    ship::Ship,
};

/// All that writes; taps and commands still come in, so that a test can break something meanwhile.
const WRITING: [&str; 5] =
    ["sendMessage", "sendPhoto", "editMessageText", "editMessageMedia", "editMessageReplyMarkup"];

fn waiting(ship: &Ship) -> i64 {
    ship.count("select count(*) from tg_notices where version > sent_version")
}

fn notices(view: &View, after: i64) -> Vec<Bubble> {
    let of_alerts = |b: &Bubble| b.is_bots() && b.id() > after && b.text().contains("delivered late");
    view.bubbles(OWNER).into_iter().filter(of_alerts).collect()
}

#[tokio::test]
async fn what_happened_while_telegram_was_away_is_told_late_merged_in_order_and_with_its_real_time() {
    let mut ship = Ship::sim().await;
    ship.pilot.say(OWNER, OWNER, "/services").await;
    let board = ship.pilot.bubble(OWNER, "58 in all").await;
    let down = serde_json::json!({ "trouble": "reset", "methods": WRITING });
    ship.pilot.faults(down).await;
    play(&ship, &board, sim::Act::Break("service-crashes".into())).await;
    ship.eventually("the first notice", || waiting(&ship) == 1).await;
    play(&ship, &board, sim::Act::Break("container-oom".into())).await;
    ship.eventually("the second notice", || waiting(&ship) == 2).await;
    play(&ship, &board, sim::Act::Mend("service-crashes".into())).await;
    let second_version = "select count(*) from tg_notices where version = 2";
    ship.eventually("the first one's end", || ship.count(second_version) == 1).await;
    assert_eq!(waiting(&ship), 2, "merged: one message for each thing");

    // Nobody can wait ten minutes: the clock on the disk is moved while nobody looks.
    ship.kill().await;
    let made = "update tg_notices set made_ms = made_ms - 600000";
    assert_eq!(ship.store().execute(made, []).expect("a store"), 2);
    let made: Vec<i64> = {
        let store = ship.store();
        let mut rows = store.prepare("select made_ms from tg_notices order by id").expect("a table");
        rows.query_map([], |row| row.get(0)).expect("rows").map(|ms| ms.expect("a number")).collect()
    };
    ship.relaunch().await;
    ship.pilot.faults(serde_json::json!({ "trouble": "reset" })).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(waiting(&ship), 2, "still away");
    ship.pilot.faults(serde_json::json!({})).await;

    let both = |view: &View| Some(notices(view, board.id())).filter(|told| told.len() == 2);
    let told = ship.pilot.until("both notices", both).await;
    assert!(told[0].text().contains("nginx") && told[0].text().contains("over"), "{}", told[0].text());
    assert!(told[1].text().contains("shop-app-1"), "{}", told[1].text());
    let jakarta = jiff::tz::TimeZone::get("Asia/Jakarta").expect("a zone");
    for (notice, made) in told.iter().zip(made) {
        let made = jiff::Timestamp::from_millisecond(made).expect("a time").to_zoned(jakarta.clone());
        let made = made.strftime("%H:%M:%S").to_string();
        assert!(notice.text().contains(&made), "{made} is not in:\n{}", notice.text());
    }
    ship.eventually("both to be marked", || waiting(&ship) == 0).await;

    assert!(told.iter().all(|notice| !notice.is_edited()), "one message each, and nothing to edit in it");
}
