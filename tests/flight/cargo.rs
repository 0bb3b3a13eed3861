//! Containers on the simulated server: the list, one of them stopped and started, its log, what is stored.

use crate::{pilot::OWNER, ship::Ship};

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
    ship.pilot.becomes(&question, "1.2 GiB given back").await;
    assert_eq!(ship.sim_acts(), [("containers.prune".to_owned(), "build cache".to_owned())]);
}
