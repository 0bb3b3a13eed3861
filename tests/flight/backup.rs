//! Backups in flight on the simulated server, from the tap to the notice. With the real engines: `backup_real.rs`.

use crate::{
    pilot::{OWNER, View},
    ship::Ship,
};

/// The newest job's screen, wherever it is.
async fn job(ship: &Ship, text: &str) -> crate::pilot::Bubble {
    ship.pilot.bubble(OWNER, text).await
}

#[tokio::test]
async fn a_backup_runs_with_progress_and_a_second_request_says_what_is_running() {
    let ship = Ship::sim().await;
    let plan = ship.ask("/backup home", "backed up").await;
    ship.tap(&plan, "Back up now").await;
    let running = ship.pilot.becomes(&plan, "running for").await;
    assert!(running.button("Cancel").is_some(), "{:?}", running.labels());
    let other = ship.ask("/backup home", "Backup home").await;
    assert!(other.button("Back up now").is_none(), "one at a time: {:?}", other.labels());
    // All pilots are told, without a sound.
    job(&ship, "backed up:").await;
    ship.eventually_says("/backup home", "new").await;
    assert!(ship.sim_acts().contains(&("backup.run".to_owned(), "home".to_owned())));
}

#[tokio::test]
async fn a_cancelled_backup_ends_and_the_next_one_may_run() {
    let ship = Ship::sim().await;
    let plan = ship.ask("/backup home", "backed up").await;
    ship.tap(&plan, "Back up now").await;
    ship.pilot.becomes(&plan, "running for").await;
    ship.tap(&plan, "Cancel").await;
    ship.pilot.becomes(&plan, "cancelled").await;
    ship.eventually_says("/backup home", "cancelled").await;
    let plan = ship.ask("/backup home", "cancelled").await;
    ship.tap(&plan, "Back up now").await;
    ship.pilot.becomes(&plan, "running for").await;
}

#[tokio::test]
async fn a_backup_that_the_daemon_died_in_is_told_as_interrupted_and_runs_once() {
    let mut ship = Ship::sim().await;
    let plan = ship.ask("/backup home", "backed up").await;
    ship.tap(&plan, "Back up now").await;
    ship.pilot.becomes(&plan, "running for").await;
    ship.kill().await;
    ship.relaunch().await;
    ship.eventually_says("/jobs", "Backup home").await;
    let told = |view: &View| {
        view.bubbles(OWNER)
            .into_iter()
            .rev()
            .find(|b| b.is_bots() && b.text().contains("interrupted") && b.text().contains("Backup home"))
    };
    ship.pilot.until("the notice of the interruption", told).await;
    let plan = ship.ask("/backup home", "backed up").await;
    assert!(plan.button("Back up now").is_some(), "nothing runs hidden: {:?}", plan.labels());
}

#[tokio::test]
async fn a_failure_is_told_with_what_to_do() {
    let ship = Ship::sim().await;
    let board = ship.ask("/start", "potion").await;
    ship.tap(&board, "Settings").await;
    ship.tap(&board, "Simulator").await;
    ship.tap(&board, "⚡ The backups' disk is full").await;
    ship.pilot.becomes(&board, "✖ The backups' disk is full").await;
    let plan = ship.ask("/backup home", "backed up").await;
    ship.tap(&plan, "Back up now").await;
    let failed = ship.pilot.becomes(&plan, "failed").await;
    assert!(failed.text().contains("no space left on device"), "{}", failed.text());
    assert!(failed.text().contains("let old snapshots go"), "{}", failed.text());
    let told = |view: &View| {
        view.bubbles(OWNER).into_iter().rev().find(|b| {
            b.is_bots()
                && b.id() != plan.id()
                && b.text().contains("Backup home")
                && b.text().contains("No space is left")
        })
    };
    ship.pilot.until("the notice of the failure", told).await;
    ship.eventually_says("/start", "home: failed").await;
}

#[tokio::test]
async fn the_front_page_says_how_old_the_backup_is_and_as_of_when_it_was_proven() {
    let ship = Ship::sim().await;
    ship.eventually_says("/start", "backed up 1 d 6 h ago").await;
    for plan in ["home", "photos"] {
        let bubble = ship.ask(&format!("/backup {plan}"), "backed up").await;
        ship.tap(&bubble, "Verify").await;
        ship.tap(&bubble, "Prove a restore").await;
        ship.pilot.becomes(&bubble, "came back as saved").await;
    }
    ship.eventually_says("/start", "backed up 1 d 6 h ago · restorable as of").await;
}

#[tokio::test]
async fn engines_that_are_not_installed_are_told_with_what_to_do() {
    let ship = Ship::sim().await;
    let board = ship.ask("/start", "potion").await;
    ship.tap(&board, "Settings").await;
    ship.tap(&board, "Simulator").await;
    ship.tap(&board, "⚡ restic and Borg are not installed").await;
    ship.pilot.becomes(&board, "✖ restic and Borg are not installed").await;
    for (plan, program) in [("home", "restic is not installed"), ("photos", "borg is not installed")] {
        let bubble = ship.ask(&format!("/backup {plan}"), "Engine").await;
        ship.tap(&bubble, "Look again").await;
        ship.pilot.becomes(&bubble, program).await;
    }
}
