//! Typed answers: one that does not fit, one that does, one that comes too late, one that comes from somebody else.

use crate::{
    pilot::{Bubble, GROUP, OWNER, STRANGER, View},
    ship::Ship,
};

const ASKS: &str = "✎ Which service?";
/// The prompt, with where its bubble is.
const BUBBLE_KEPT: &str =
    "select count(*) from tg_prompts join tg_bubbles using (slot) where message is not null";

async fn asked(ship: &Ship, chat: i64) -> Bubble {
    let pilot = &ship.pilot;
    let typed = pilot.say(OWNER, chat, "/services").await;
    let list = below(ship, chat, typed, "58 in all").await;
    let find = |view: &View| view.bubbles(chat).into_iter().find(|b| b.id() == list.id())?.data_of("Search");
    let data = pilot.until("a button to search", find).await;
    pilot.tap_data(OWNER, chat, list.id(), &data).await;
    pilot.becomes(&list, ASKS).await
}

/// The newest message of the bot below another one.
async fn below(ship: &Ship, chat: i64, above: i64, text: &str) -> Bubble {
    let find = |view: &View| {
        view.bubbles(chat).into_iter().find(|b| b.is_bots() && b.id() > above && b.text().contains(text))
    };
    ship.pilot.until(&format!("an answer with {text:?} below {above}"), find).await
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_told_in_place_and_the_next_one_is_taken() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    // The simulated server's only files are the sample.
    let files = ship.data_folder().join("sample/Backups");
    let count = || std::fs::read_dir(&files).expect("a folder").count();
    let before = count();
    let folder = ship.ask("/files sample/Backups", "Backups").await;
    ship.tap(&folder, "➕").await;
    let asks = pilot.becomes(&folder, "✎").await;
    pilot.say(OWNER, OWNER, "in/voices").await;
    let wrong = pilot.becomes(&asks, "A name cannot hold a slash").await;
    assert!(wrong.text().contains('✎'), "it still asks: {}", wrong.text());
    let typed = pilot.say(OWNER, OWNER, "Invoices 2026").await;
    below(&ship, OWNER, typed, "Invoices 2026").await;
    ship.eventually("the folder", || files.join("Invoices 2026").is_dir()).await;
    let bare =
        |view: &View| view.bubbles(OWNER).into_iter().find(|b| b.id() == asks.id() && b.labels().is_empty());
    pilot.until("the asking bubble without buttons", bare).await;
    // It was one answer: the next text is none.
    let typed = pilot.say(OWNER, OWNER, "more").await;
    below(&ship, OWNER, typed, "").await;
    assert_eq!(count(), before + 1);
    assert_eq!(pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn cancel_ends_a_prompt_and_so_does_a_tap() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    for tap in [false, true] {
        let asks = asked(&ship, OWNER).await;
        if tap {
            ship.tap(&asks, "All").await;
        } else {
            pilot.say(OWNER, OWNER, "/cancel").await;
        }
        ship.settles(&asks, |text| !text.contains('✎')).await;
        let typed = pilot.say(OWNER, OWNER, "nginx").await;
        let answer = below(&ship, OWNER, typed, "").await;
        assert!(!answer.text().contains("nginx.service"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_prompt_outlives_a_crash_and_ends_by_its_time_even_if_nobody_was_there() {
    let mut ship = Ship::sim().await;
    let asks = asked(&ship, OWNER).await;
    ship.eventually("its bubble to be kept", || ship.count(BUBBLE_KEPT) == 1).await;
    ship.kill().await;
    ship.relaunch().await;
    let typed = ship.pilot.say(OWNER, OWNER, "nginx").await;
    below(&ship, OWNER, typed, "nginx").await;

    let asks_again = asked(&ship, OWNER).await;
    assert!(asks_again.id() > asks.id());
    ship.eventually("its bubble to be kept", || ship.count(BUBBLE_KEPT) == 1).await;
    ship.kill().await;
    // Six minutes pass.
    let passed = ship.store().execute("update tg_prompts set ends_ms = ends_ms - 360000", []);
    assert_eq!(passed.expect("a store"), 1);
    ship.relaunch().await;
    ship.settles(&asks_again, |text| !text.contains('✎')).await;
    let typed = ship.pilot.say(OWNER, OWNER, "nginx").await;
    let answer = below(&ship, OWNER, typed, "").await;
    assert!(!answer.text().contains("nginx.service"), "too late to be an answer: {}", answer.text());
    assert_eq!(ship.count("select count(*) from tg_prompts"), 0);
}

#[tokio::test]
async fn in_a_group_only_the_askers_answer_counts() {
    let second = format!("[[pilots]]\nid = {STRANGER}\nrole = \"pilot\"\nname = \"Second\"");
    let ship = Ship::launch(&second, &["--sim"], &[]).await;
    let pilot = &ship.pilot;
    let asks = asked(&ship, GROUP).await;
    let other = pilot.reply(STRANGER, GROUP, asks.id(), "ssh").await;
    let typed = pilot.reply(OWNER, GROUP, asks.id(), "nginx").await;
    below(&ship, GROUP, typed, "nginx").await;
    let answered =
        pilot.view().await.bubbles(GROUP).into_iter().filter(|b| b.is_bots() && b.id() > other).count();
    assert_eq!(answered, 1, "{}", pilot.view().await.describe());
}
