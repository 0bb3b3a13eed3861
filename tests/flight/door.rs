//! Who may come in, and what the door says.

use crate::{
    pilot::{OWNER, STRANGER},
    ship::Ship,
};

#[tokio::test]
async fn a_stranger_hears_one_neutral_line_once_and_then_nothing() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    for text in ["/start", "/restart nginx", "hello?"] {
        pilot.say(STRANGER, STRANGER, text).await;
    }
    let line = pilot.until("one line", |view| view.bubbles(STRANGER).into_iter().find(|b| b.is_bots())).await;
    assert!(!line.text().to_lowercase().contains("potion"), "the ship is not named: {}", line.text());
    assert!(line.labels().is_empty());
    ship.eventually_says("/audit", "knock").await;
    let heard = pilot.view().await.bubbles(STRANGER).into_iter().filter(|b| b.is_bots()).count();
    assert_eq!(heard, 1);
}

#[tokio::test]
async fn a_strangers_tap_on_the_owners_data_does_nothing() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(STRANGER, STRANGER, "/start").await;
    let line = pilot.until("one line", |view| view.bubbles(STRANGER).into_iter().find(|b| b.is_bots())).await;
    pilot.tap_data(STRANGER, STRANGER, line.id(), "1{\"v\":{\"h\":\"h\"}}").await;
    pilot.say(OWNER, OWNER, "/start").await;
    pilot.bubble(OWNER, "potion").await;
    assert_eq!(pilot.view().await.bubbles(STRANGER).into_iter().filter(|b| b.is_bots()).count(), 1);
}

#[tokio::test]
async fn an_observer_sees_and_may_not_act() {
    let ship =
        Ship::launch("[[pilots]]\nid = 2002\nrole = \"observer\"\nname = \"Guest\"", &["--sim"], &[]).await;
    let pilot = &ship.pilot;
    pilot.say(2002, 2002, "/start").await;
    pilot.bubble(2002, "potion").await;
    pilot.say(2002, 2002, "/restart nginx").await;
    pilot.bubble(2002, "observer").await;
    assert!(ship.sim_acts().is_empty());
}

#[tokio::test]
async fn the_menu_is_in_the_pilots_language_and_by_role() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/start").await;
    pilot.bubble(OWNER, "potion").await;
    let menu =
        pilot.until("a menu", |view| Some(view.menu(OWNER, OWNER)).filter(|menu| !menu.is_empty())).await;
    assert!(menu.contains(&"audit".to_owned()), "{menu:?}");
    pilot.set_language(OWNER, "id").await;
    pilot.say(OWNER, OWNER, "/help").await;
    pilot.bubble(OWNER, "aku mengerti").await;
    for (command, panel) in [("/engine", "› Mesin"), ("/cargo", "› Kargo"), ("/settings", "› Setelan")]
    {
        pilot.say(OWNER, OWNER, command).await;
        pilot.bubble(OWNER, panel).await;
    }
}

#[tokio::test]
async fn a_token_telegram_does_not_know_ends_it_with_one_clear_sentence() {
    let ship = Ship::on_the_ground(&["--sim"]).await;
    let file = std::fs::read_to_string(ship.config_file()).expect("the config");
    let token = file.lines().find(|line| line.starts_with("token")).expect("a token");
    std::fs::write(ship.config_file(), file.replace(token, "token = \"42:nobody-gave-this-out\""))
        .expect("room");
    let (code, said) = ship.second().await;
    assert_eq!(code, Some(77), "{said}");
    assert!(said.contains("Telegram does not know this token") && !said.contains("panicked"), "{said}");
}
