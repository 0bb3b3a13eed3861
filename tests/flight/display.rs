//! How a pilot reads: chosen by button, seen at once, kept over a crash, and nobody else's.

use crate::{
    pilot::{Bubble, OWNER, View},
    ship::Ship,
};

/// The first colour of a palette, which is the paper's.
fn paper(png: &[u8]) -> [u8; 3] {
    let at = png.windows(4).position(|four| four == b"PLTE").expect("a palette") + 4;
    [png[at], png[at + 1], png[at + 2]]
}

fn photo(of: &Bubble) -> impl Fn(&View) -> Option<Bubble> {
    let id = of.id();
    move |view| view.bubbles(OWNER).into_iter().find(|b| b.id() == id && b.is_photo())
}

async fn paper_of(ship: &Ship, says: &str, label: &str) -> [u8; 3] {
    let screen = ship.ask("/display", says).await;
    ship.tap(&screen, label).await;
    let chart = ship.pilot.until("a chart", photo(&screen)).await;
    paper(&ship.pilot.file(chart.photo_id()).await)
}

#[tokio::test]
async fn language_and_colours_are_chosen_by_button_seen_at_once_and_kept() {
    let second = "[[pilots]]\nid = 2002\nrole = \"observer\"\nname = \"Guest\"";
    let mut ship = Ship::launch(second, &["--sim"], &[]).await;
    assert_eq!(paper_of(&ship, "Charts and maps", "Look at one").await, [0x10, 0x17, 0x1e]);

    let screen = ship.ask("/display", "dark").await;
    ship.tap(&screen, "light").await;
    ship.pilot.becomes(&screen, "Charts and maps: ☀ light").await;
    ship.tap(&screen, "Indonesia").await;
    ship.pilot.becomes(&screen, "Bahasa: Indonesia, pilihanmu").await;
    assert_eq!(paper_of(&ship, "Grafik dan peta", "Coba lihat").await, [0xff; 3]);

    ship.kill().await;
    ship.relaunch().await;
    let screen = ship.ask("/display", "Grafik dan peta: ☀ terang").await;
    // An observer may choose for themselves, and finds nothing changed.
    ship.pilot.say(2002, 2002, "/display").await;
    let theirs = ship.pilot.bubble(2002, "Charts and maps: 🌙 dark").await;
    ship.pilot.tap(2002, &theirs, "light").await;
    ship.pilot.becomes(&theirs, "Charts and maps: ☀ light").await;

    ship.tap(&screen, "Otomatis").await;
    ship.pilot.becomes(&screen, "as your Telegram or the config says").await;
    let mut refused = ship.pilot.view().await.refusals();
    // A notice may be due before the guest has written for the first time, as one can't be written to until then.
    refused.retain(|call| !call.contains("chat not found"));
    assert_eq!(refused, Vec::<String>::new());
}
