//! Backups in flight: on the simulated server from the tap to the notice, and once with the real restic on temporary
//! folders.

use std::path::Path;

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

fn restic_is_here() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join("restic").is_file())
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("room");
    std::fs::write(path, text).expect("room");
}

#[tokio::test]
async fn the_real_restic_makes_a_repository_backs_up_and_restores_beside_what_is_there() {
    if !restic_is_here() {
        println!("skipped: restic is not installed");
        return;
    }
    let mut ship = Ship::on_the_ground(&[]).await;
    let dir = ship.dir.path().to_owned();
    let file = dir.join("live/notes.md");
    write(&file, "as it was");
    write(&dir.join("password"), "secret");
    ship.configure(&format!(
        "[services]\nenabled = false\n[containers]\nenabled = false\n[smart]\nenabled = false\n\
         [[backup.plans]]\nname = \"home\"\nengine = \"restic\"\nrepository = \"{0}/repo\"\n\
         paths = [\"{0}/live\"]\npassword_file = \"{0}/password\"\n",
        dir.display()
    ));
    ship.relaunch().await;
    ship.eventually_says("/backup home", "no repository").await;
    let plan = ship.ask("/backup home", "no repository").await;
    ship.tap(&plan, "Set up the repository").await;
    let question = ship.pilot.becomes(&plan, "This question ends").await;
    assert!(question.text().contains("encrypted"), "{}", question.text());
    ship.tap(&question, "Set up the repository").await;
    ship.pilot.becomes(&plan, "is ready").await;
    ship.eventually_says("/backup home", "never backed up").await;
    let plan = ship.ask("/backup home", "never backed up").await;
    ship.tap(&plan, "Back up now").await;
    ship.pilot.becomes(&plan, "done").await;
    write(&file, "as it is");

    ship.eventually_says("/backup home", "backed up").await;
    let plan = ship.ask("/backup home", "backed up").await;
    ship.tap(&plan, "Snapshots").await;
    let list = ship.pilot.becomes(&plan, "One snapshot").await;
    let first = list.labels()[0][0].clone();
    ship.tap(&list, &first).await;
    ship.tap(&list, "Look inside").await;
    // Down to the folder that was saved.
    for part in dir.join("live").iter().skip(1) {
        let name = part.to_str().expect("our own names");
        ship.tap(&list, &format!("📂 {name}")).await;
    }
    ship.tap(&list, "☐ notes.md").await;
    ship.tap(&list, "Restore 1 ticked").await;
    ship.tap(&list, "beside what is there").await;
    ship.tap(&list, "Restore").await;
    ship.pilot.becomes(&list, "put beside").await;
    let beside = std::fs::read_dir(dir.join("live")).expect("readable").filter_map(|entry| {
        let path = entry.expect("readable").path();
        (path != file).then_some(path)
    });
    let beside: Vec<_> = beside.collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
    assert_eq!(std::fs::read_to_string(&beside[0]).expect("text"), "as it was");
    assert_eq!(std::fs::read_to_string(&file).expect("text"), "as it is");
}
