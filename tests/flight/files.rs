//! The file browser in flight: the sample of practice, with real files on the disk behind it.

use std::path::PathBuf;

use crate::{pilot::OWNER, ship::Ship};

/// Where practice keeps its sample.
fn sample(ship: &Ship) -> PathBuf {
    ship.dir.path().join("data/sample")
}

#[tokio::test]
async fn a_file_is_found_renamed_deleted_and_restored() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    let folder = sample(&ship).join("Documents");
    let was = std::fs::read(folder.join("shopping.md")).expect("a sample file");

    pilot.say(OWNER, OWNER, "/files").await;
    let bubble = pilot.bubble(OWNER, "free").await;
    ship.tap(&bubble, "sample").await;
    let top = pilot.becomes(&bubble, "folders").await;
    ship.tap(&top, "Documents").await;
    ship.tap(&top, "shopping.md").await;
    let item = pilot.becomes(&top, "rw-").await;

    ship.tap(&item, "View").await;
    let text = pilot.becomes(&item, "- chilli").await;
    ship.tap(&text, "Back").await;
    let item = pilot.becomes(&text, "rw-").await;

    ship.tap(&item, "Rename").await;
    pilot.becomes(&item, "be called?").await;
    pilot.say(OWNER, OWNER, "belanja 🛒.md").await;
    let renamed = pilot.bubble(OWNER, "sample/Documents/belanja 🛒.md").await;
    assert_eq!(std::fs::read(folder.join("belanja 🛒.md")).expect("renamed"), was);

    ship.tap(&renamed, "Delete").await;
    let question = pilot.becomes(&renamed, "can be restored for 30 d").await;
    assert!(question.text().contains("1 file"), "{}", question.text());
    ship.tap(&question, "Delete").await;
    let thrown = pilot.becomes(&question, "In the trash.").await;
    assert!(!folder.join("belanja 🛒.md").exists());

    ship.tap(&thrown, "Restore").await;
    pilot.becomes(&thrown, "rw-").await;
    assert_eq!(std::fs::read(folder.join("belanja 🛒.md")).expect("restored"), was);
    pilot.say(OWNER, OWNER, "/audit").await;
    let audit = pilot.bubble(OWNER, "storage.restore").await;
    assert!(audit.text().contains("belanja"), "{}", audit.text());
    assert_eq!(pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_folder_is_copied_by_a_job_and_deleted_for_good() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    pilot.say(OWNER, OWNER, "/files sample/Documents").await;
    let folder = pilot.bubble(OWNER, "sample › Documents").await;
    ship.tap(&folder, "Details").await;
    let item = pilot.becomes(&folder, "rwx").await;
    ship.tap(&item, "Copy").await;
    let pick = pilot.becomes(&item, "Where to?").await;
    ship.tap(&pick, "Backups").await;
    let there = pilot.becomes(&pick, "To: sample/Backups").await;
    ship.tap(&there, "Copy here").await;
    pilot.becomes(&there, "now at sample/Backups/Documents").await;
    let copy = sample(&ship).join("Backups/Documents");
    assert_eq!(std::fs::read_dir(copy.join("Invoices 2026")).expect("a copy").count(), 11);

    pilot.say(OWNER, OWNER, "/files sample/Backups/Documents").await;
    let copied = pilot.bubble(OWNER, "sample › Backups › Documents").await;
    ship.tap(&copied, "Details").await;
    pilot.becomes(&copied, "rwx").await;
    ship.tap(&copied, "Delete").await;
    let question = pilot.becomes(&copied, "can be restored").await;
    assert!(question.text().contains("15 files"), "{}", question.text());
    ship.tap(&question, "Delete").await;
    let thrown = pilot.becomes(&question, "In the trash.").await;
    ship.tap(&thrown, "Delete for good").await;
    let question = pilot.becomes(&thrown, "cannot be restored").await;
    assert!(question.text().contains("15 files"), "{}", question.text());
    ship.tap(&question, "Delete for good").await;
    pilot.becomes(&question, "15 files deleted").await;
    assert!(!copy.exists());
    assert_eq!(pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_changed_between_question_and_yes_stays() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    let file = sample(&ship).join("README.txt");
    pilot.say(OWNER, OWNER, "/files sample/README.txt").await;
    let item = pilot.bubble(OWNER, "rw-").await;
    ship.tap(&item, "Delete").await;
    let question = pilot.becomes(&item, "can be restored").await;
    std::fs::write(file.with_extension("new"), "another").expect("a file beside it");
    std::fs::rename(file.with_extension("new"), &file).expect("put in its place");
    ship.tap(&question, "Delete").await;
    pilot.becomes(&question, "Something else stands there now").await;
    assert_eq!(std::fs::read_to_string(&file).expect("still there"), "another");
}

#[tokio::test]
async fn the_latest_version_in_the_backup_is_offered_where_there_are_backups() {
    let ship = Ship::sim().await;
    let item = ship.ask("/files sample/README.txt", "rw-").await;
    ship.tap(&item, "Latest version").await;
    ship.settles(&item, |text| !text.contains("rw-") && text.contains("README.txt")).await;

    let ship = Ship::launch("[backup]\nenabled = false", &["--sim"], &[]).await;
    let item = ship.ask("/files sample/README.txt", "rw-").await;
    assert!(item.data_of("Download").is_some());
    assert_eq!(item.data_of("Latest version"), None);
}

#[tokio::test]
async fn what_a_crash_left_half_made_goes_at_the_next_start() {
    let mut ship = Ship::sim().await;
    let (folder, notes) = (sample(&ship).join("Documents"), ship.data_folder().join("parts"));
    ship.kill().await;
    let half = folder.join(".cockpit-part-0123456789ab");
    std::fs::write(&half, "half of it").expect("room");
    std::fs::write(folder.join(".cockpit-part-of-somebody"), "not ours").expect("room");
    std::fs::create_dir_all(&notes).expect("room");
    std::fs::write(notes.join("before-0123456789ab"), "sample/Documents/.cockpit-part-0123456789ab")
        .expect("room");
    ship.relaunch().await;
    ship.eventually("the half-made file to go", || !half.exists()).await;
    assert!(folder.join(".cockpit-part-of-somebody").exists());
    ship.eventually_says("/audit", "storage.cleared").await;
}
