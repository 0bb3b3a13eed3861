//! What eats the disk, through the chat: the numbers beside those of `du`, and what else knows them then.

use std::path::Path;

use cockpit_bot::domain::Bytes;

use crate::{pilot::OWNER, ship::Ship};

/// Allocated bytes as `du` counts them, as screens write them.
#[expect(clippy::disallowed_methods, reason = "the judge of the numbers")]
fn du(at: &Path) -> String {
    let told = std::process::Command::new("du").args(["-s", "--block-size=1"]).arg(at).output().expect("du");
    let text = String::from_utf8(told.stdout).expect("text");
    let bytes = text.split_whitespace().next().and_then(|word| word.parse().ok()).expect("a number");
    Bytes(bytes).to_string()
}

fn files(at: &Path) -> usize {
    let entries = std::fs::read_dir(at).expect("a folder").map(|entry| entry.expect("an entry"));
    entries
        .map(|entry| if entry.file_type().expect("a type").is_dir() { files(&entry.path()) } else { 1 })
        .sum()
}

#[tokio::test]
async fn a_folder_is_measured_as_du_counts_and_the_browser_knows_it_then() {
    let ship = Ship::sim().await;
    let pilot = &ship.pilot;
    let root = ship.data_folder().join("sample");
    let never = ship.ask("/usage sample", "Not measured yet").await;
    ship.tap(&never, "Measure now").await;
    let sum = format!("{} in {} files", du(&root), files(&root));
    let result = pilot.bubble(OWNER, &sum).await;
    assert!(result.is_photo(), "a treemap stands above the list");
    assert!(result.text().contains(&du(&root.join("Backups"))), "{}", result.text());

    // Deeper from the same result, and the same number in the browser beside the folder's name.
    ship.tap(&result, "📁 Documents").await;
    pilot
        .bubble(
            OWNER,
            &format!("{} in {} files", du(&root.join("Documents")), files(&root.join("Documents"))),
        )
        .await;
    let list = ship.ask("/files sample", "Folder sizes as measured").await;
    let labels = list.labels().concat();
    let wanted = format!("Documents · {}", du(&root.join("Documents")));
    assert!(labels.iter().any(|label| label.contains(&wanted)), "{labels:?}");

    // What is deleted still takes room: it is counted, named as such, and not looked into.
    let item = ship.ask("/files sample/Backups/shop-2026-11-20.sql", "rw-").await;
    ship.tap(&item, "Delete").await;
    let question = pilot.becomes(&item, "can be restored").await;
    ship.tap(&question, "Delete").await;
    pilot.becomes(&item, "In the trash.").await;
    let again = ship.ask("/usage sample", &sum).await;
    ship.tap(&again, "Measure now").await;
    let result = pilot.bubble(OWNER, "lie in the trash").await;
    assert!(!result.text().contains(".cockpit-trash"), "{}", result.text());
    ship.tap(&result, "🗑 Trash").await;
    pilot.bubble(OWNER, "1 thing in the trash").await;
    assert_eq!(pilot.view().await.refusals(), Vec::<String>::new());
}
