//! Containers on the simulated server: the list, one of them stopped and started, its log, what is stored.

use crate::{
    pilot::{Bubble, OWNER, STRANGER, View},
    ship::Ship,
};

#[tokio::test]
async fn a_container_is_found_stopped_and_started() {
    let ship = Ship::sim().await;
    let list = ship.ask("/docker", "📦 shop").await;
    assert!(list.text().contains("shop") && list.text().contains("in trouble"), "{}", list.text());
    let one = ship.ask("/docker vaultwarden", "vaultwarden").await;
    ship.tap(&one, "Stop").await;
    let question = ship.pilot.becomes(&one, "This question ends").await;
    assert!(question.text().contains("Volumes stay: vaultwarden"), "{}", question.text());
    ship.tap(&question, "Stop").await;
    let stopped = ship.pilot.becomes(&question, "vaultwarden is down").await;
    ship.tap(&stopped, "Start").await;
    ship.pilot.becomes(&stopped, "vaultwarden is up, steady for 5 s").await;
    let acts = ship.sim_acts();
    let verbs: Vec<&str> = acts.iter().map(|(verb, _)| verb.as_str()).collect();
    assert_eq!(verbs, ["containers.stop", "containers.start"]);
    assert_eq!(ship.pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_log_tells_its_size_before_it_is_sent() {
    let ship = Ship::sim().await;
    let one = ship.ask("/docker vaultwarden", "vaultwarden").await;
    ship.tap(&one, "Log").await;
    let log = ship.pilot.becomes(&one, "served request 11").await;
    ship.tap(&log, "As a file").await;
    let ready = ship.pilot.becomes(&log, "Ready: 12 lines").await;
    ship.tap(&ready, "Send").await;
    let file = |view: &crate::pilot::View| {
        view.bubbles(OWNER).into_iter().find(|bubble| bubble.text().contains("vaultwarden: 12 lines"))
    };
    let sent = ship.pilot.until("the file", file).await;
    let text = String::from_utf8(ship.pilot.file(sent.document_id()).await).expect("text");
    assert_eq!(text.lines().count(), 12, "{text}");
}

#[tokio::test]
async fn what_is_cleared_away_says_what_it_gave_back() {
    let ship = Ship::sim().await;
    let list = ship.ask("/docker", "📦 shop").await;
    ship.tap(&list, "Storage").await;
    let usage = ship.pilot.becomes(&list, "in all").await;
    ship.tap(&usage, "Build cache").await;
    let question = ship.pilot.becomes(&usage, "This question ends").await;
    ship.tap(&question, "Remove").await;
    ship.pilot.becomes(&question, "Done: 1.2 GiB given back").await;
    assert_eq!(ship.sim_acts(), [("containers.prune".to_owned(), "build cache".to_owned())]);
}

/// Has something happen on the simulated server, by its board.
async fn breaks(ship: &Ship, what: &str) {
    let home = ship.ask("/start", "potion").await;
    ship.tap(&home, "Settings").await;
    let settings = ship.pilot.becomes(&home, "Settings").await;
    ship.tap(&settings, "Simulator").await;
    let board = ship.pilot.becomes(&settings, "This server is simulated").await;
    ship.tap(&board, &format!("⚡ {what}")).await;
    ship.pilot.becomes(&board, &format!("✖ {what}")).await;
}

const UPDATES: &str = "[containers.updates]\nenabled = true\nwhich = [\"shop-web-1\", \"vaultwarden\"]";

/// Asks the registries until they have said this of that many.
async fn newer(ship: &Ship, text: &str) -> Bubble {
    let list = ship.ask("/docker", "📦 shop").await;
    ship.tap(&list, "Newer images").await;
    let updates = ship.pilot.becomes(&list, "Asked by itself").await;
    ship.tap(&updates, "Ask now").await;
    ship.pilot.becomes(&updates, text).await
}

#[tokio::test]
async fn a_newer_image_is_asked_for_fetched_and_kept_when_it_is_healthy() {
    let ship = Ship::launch(UPDATES, &["--sim"], &[]).await;
    breaks(&ship, "The registry has a newer nginx").await;
    newer(&ship, "1 container has a newer image").await;
    let web = ship.ask("/docker shop-web-1", "The registry has a newer nginx:1.27").await;
    ship.tap(&web, "Update").await;
    let question = ship.pilot.becomes(&web, "This question ends").await;
    assert!(question.text().contains("the one before comes back"), "{}", question.text());
    assert!(question.text().contains("80"), "its ports are told: {}", question.text());
    ship.tap(&question, "Update").await;
    ship.pilot.becomes(&question, "shop-web-1 runs from the newer image and is well").await;
    let after = ship.ask("/docker shop-web-1", "shop-web-1 runs from the newer image and is healthy").await;
    assert!(!after.text().contains("The registry has a newer"), "{}", after.text());
    assert_eq!(ship.sim_acts().last(), Some(&("containers.update".to_owned(), "shop-web-1".to_owned())));
}

#[tokio::test]
async fn a_newer_image_that_does_not_hold_goes_and_the_one_before_is_back() {
    let ship = Ship::launch(UPDATES, &["--sim"], &[]).await;
    breaks(&ship, "The registry has a newer vaultwarden").await;
    newer(&ship, "1 container has a newer image").await;
    let vault = ship.ask("/docker vaultwarden", "The registry has a newer").await;
    ship.tap(&vault, "Update").await;
    let question = ship.pilot.becomes(&vault, "This question ends").await;
    ship.tap(&question, "Update").await;
    ship.pilot.becomes(&question, "did not hold. The one before is back and well").await;
    let after = ship.ask("/docker vaultwarden", "The vaultwarden of before is back and well").await;
    assert!(after.text().contains("giving up"), "with the last words of the newer: {}", after.text());
}

/// The notice about a container, once it reads so.
async fn notice(ship: &Ship, container: &str, text: &str) -> Bubble {
    let head = format!("container {container}");
    let find = |view: &View| {
        let is = |b: &Bubble| b.is_bots() && b.text().contains(&head) && b.text().contains(text);
        view.bubbles(OWNER).into_iter().rev().find(is)
    };
    ship.pilot.until(&format!("a notice of {container} with {text:?}"), find).await
}

#[tokio::test]
async fn a_warning_is_snoozed_stays_so_over_a_crash_and_is_woken() {
    let mut ship = Ship::sim().await;
    breaks(&ship, "shop-web-1 is unhealthy").await;
    let told = notice(&ship, "shop-web-1", "unhealthy").await;
    ship.tap(&told, "🔕 1 h").await;
    let quiet = ship.pilot.becomes(&told, "Snoozed until").await;
    assert!(quiet.text().contains("by Captain"), "{}", quiet.text());
    ship.kill().await;
    ship.relaunch().await;
    let list = ship.ask("/alerts", "🔕").await;
    ship.tap(&list, "shop-web-1").await;
    let one = ship.pilot.becomes(&list, "Snoozed until").await;
    ship.tap(&one, "Sound again").await;
    let awake = ship.settles(&one, |text| text.contains("shop-web-1") && !text.contains("Snoozed")).await;
    // At a time that is typed.
    ship.tap(&awake, "Until…").await;
    let asks = ship.pilot.becomes(&awake, "Until when?").await;
    ship.pilot.say(OWNER, OWNER, "half past").await;
    ship.pilot.bubble(OWNER, "That is no time").await;
    ship.pilot.say(OWNER, OWNER, "90 min").await;
    let find = |view: &View| {
        let is = |b: &Bubble| b.is_bots() && b.id() >= asks.id() && b.text().contains("Snoozed until");
        view.bubbles(OWNER).into_iter().find(is)
    };
    ship.pilot.until("the typed rest", find).await;
    let recorded = std::fs::read_to_string(ship.data_folder().join("audit.jsonl")).expect("the trail");
    for verb in ["alerts.snooze", "alerts.wake"] {
        assert!(recorded.contains(verb), "{verb} is recorded");
    }
    assert!(recorded.contains("container shop-web-1 for 60 min"), "what, and for how long");
}

#[tokio::test]
async fn values_of_the_environment_are_for_owners_who_ask_and_stand_in_no_record() {
    const SECRET: &str = "not-a-real-secret";
    let pilot = "[[pilots]]\nid = 2002\nrole = \"pilot\"\nname = \"Mate\"";
    let ship = Ship::launch(pilot, &["--sim"], &[]).await;
    let one = ship.ask("/docker vaultwarden", "vaultwarden").await;
    ship.tap(&one, "Details").await;
    let details = ship.pilot.becomes(&one, "API_TOKEN").await;
    assert!(!details.text().contains(SECRET), "{}", details.text());
    let data = details.data_of("Show values").expect("an owner is asked");
    ship.tap(&details, "Show values").await;
    ship.pilot.becomes(&details, SECRET).await;
    // A pilot is not offered it, and does not get it with the owner's own button.
    let typed = ship.pilot.say(STRANGER, STRANGER, "/docker vaultwarden").await;
    let answer = |view: &View| {
        let below = |b: &Bubble| b.is_bots() && b.id() > typed && b.text().contains("vaultwarden");
        view.bubbles(STRANGER).into_iter().find(below)
    };
    let theirs = ship.pilot.until("the pilot's screen", answer).await;
    assert_eq!(theirs.data_of("Show values"), None);
    let query = ship.pilot.tap_data(STRANGER, STRANGER, theirs.id(), &data).await;
    ship.pilot.answer_to(&query).await;
    // What came of it has come when the next is answered.
    let typed = ship.pilot.say(STRANGER, STRANGER, "/docker nightly").await;
    let answer = |view: &View| {
        let below = |b: &Bubble| b.is_bots() && b.id() > typed && b.text().contains("nightly");
        view.bubbles(STRANGER).into_iter().find(below)
    };
    ship.pilot.until("the next screen", answer).await;
    let seen = ship.pilot.view().await;
    assert!(seen.bubbles(STRANGER).iter().all(|bubble| !bubble.text().contains(SECRET)));
    // Where nothing was ordered there is no trail yet.
    let trail = std::fs::read_to_string(ship.data_folder().join("audit.jsonl")).unwrap_or_default();
    assert!(!trail.contains(SECRET) && !ship.log().contains(SECRET));
    for file in ["cockpit.db", "cockpit.db-wal"] {
        let kept = std::fs::read(ship.data_folder().join(file)).unwrap_or_default();
        let found = kept.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes());
        assert!(!found, "{file}");
    }
}
