//! The numbers on the dashboard are this machine's: compared with what the kernel and `df` say.

use crate::{pilot::OWNER, ship::Ship};

#[tokio::test]
async fn the_dashboard_shows_this_machines_memory_and_root_disk() {
    let ship = Ship::launch("[services]\nenabled = false", &[], &[]).await;
    ship.pilot.say(OWNER, OWNER, "/start").await;
    let home = ship.pilot.until("memory in figures", |view| {
        view.bubbles(OWNER)
            .into_iter()
            .find(|b| b.is_bots() && b.text().contains("GiB") && b.text().contains("RAM"))
    });
    let text = home.await.text().to_owned();
    let meminfo = std::fs::read_to_string("/proc/meminfo").expect("Linux");
    let total_kib: u64 = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse().ok())
        .expect("MemTotal");
    let total = cockpit_bot::domain::Bytes(total_kib << 10);
    let figure = total.figure(total.scale());
    assert!(text.contains(&figure), "{figure} of memory is not in:\n{text}");
    let root = rustix::fs::statvfs("/").expect("a root");
    let used = root.f_blocks - root.f_bfree;
    // As df counts: what is used of what is not reserved for root.
    let percent = (used * 100).div_ceil(used + root.f_bavail);
    let near = (percent.saturating_sub(1)..=percent + 1).any(|p| text.contains(&format!("{p} %")));
    assert!(near, "{percent} % of / is not in:\n{text}");
}

#[tokio::test]
async fn a_chart_is_a_picture_in_the_same_bubble_and_home_is_text_again() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/start").await;
    let home = pilot.bubble(OWNER, "potion").await;
    ship.tap(&home, "Charts").await;
    let chart = pilot
        .until("a picture", |view| {
            view.bubbles(OWNER).into_iter().find(|b| b.id() == home.id() && b.is_photo())
        })
        .await;
    let bytes = pilot.file(chart.photo_id()).await;
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() < 64 << 10, "{} bytes", bytes.len());
    ship.tap(&chart, "⌂").await;
    pilot
        .until("text again", |view| {
            view.bubbles(OWNER)
                .into_iter()
                .rev()
                .find(|b| b.is_bots() && !b.is_photo() && b.text().contains("potion"))
        })
        .await;
}
