//! Each card of an actor is compared with the messages its module really takes: a card can never be stale.

use std::{collections::BTreeSet, fs, path::Path};

use cockpit_bot::app::cards;

/// What an actor says to itself (timers, its own tasks) has no place on its card. `Own(..)` never has.
const TO_ITSELF: &[(&str, &[&str])] = &[
    ("root", &["Due", "Gone", "Surveyed"]),
    ("store", &["Prune"]),
    ("config", &["Touched", "Still", "Finished"]),
    ("alerts", &["Look", "Looked", "Load", "Sent", "SendAgain"]),
    ("jobs", &["Recover"]),
    ("job", &["Tick", "TimeUp", "Drop", "Process", "Ended", "SaveEnd"]),
    ("scheduler", &["Tick", "Load", "Launched", "Ended"]),
    ("metrics", &["Sample", "Back", "Written"]),
    ("processes", &["Second", "Rest", "Back", "Ended"]),
];

#[test]
fn every_actor_has_a_card_with_exactly_the_messages_it_takes() {
    let mut faults = Vec::new();
    let mut found = BTreeSet::new();
    for (path, code) in actors() {
        let id = id_of(&path);
        let all = cards::all();
        let Some(card) = all.iter().find(|card| card.id == id) else {
            faults.push(format!("{path}: the actor {id:?} has no card in src/app/cards.rs"));
            continue;
        };
        assert!(found.insert(id.clone()), "{path}: a second `enum Msg` for {id:?}");
        let takes: BTreeSet<String> = variants(&code).into_iter().collect();
        assert!(!takes.is_empty(), "{path}: no variants read");
        let own = TO_ITSELF.iter().find(|(of, _)| *of == id).map_or(&[][..], |(_, own)| own);
        let own: BTreeSet<&str> = own.iter().copied().chain(takes.contains("Own").then_some("Own")).collect();
        let told: BTreeSet<&str> = card.messages.iter().copied().collect();
        for name in told.iter().chain(&own).filter(|name| !takes.contains(**name)) {
            faults.push(format!("{path}: {id} has no message {name}"));
        }
        for name in takes.iter().map(String::as_str) {
            match (told.contains(name), own.contains(name)) {
                (false, false) => faults.push(format!("{path}: {name} is missing on the card of {id}")),
                (true, true) => faults.push(format!("{path}: {name} is on the card of {id}, and to itself")),
                _ => {}
            }
        }
    }
    for card in cards::all().iter().filter(|card| !found.contains(card.id)) {
        faults.push(format!("the card {:?} is of no actor", card.id));
    }
    assert!(faults.is_empty(), "cards and actors differ:\n  {}", faults.join("\n  "));
}

/// (path, code from the enum on) of every actor.
fn actors() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join("src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !is_test(&path) {
                let text = fs::read_to_string(&path).expect("a readable file");
                let code: Vec<&str> =
                    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
                if let Some((_, rest)) = code.join("\n").split_once("pub enum Msg {") {
                    let path = path.strip_prefix(root).expect("below it").display().to_string();
                    found.push((path, rest.to_owned()));
                }
            }
        }
    }
    assert!(found.len() > 10, "{} actors found", found.len());
    found
}

fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|name| name.to_string_lossy().ends_with("tests"))
}

/// An actor is called like its folder.
fn id_of(path: &str) -> String {
    match path {
        "src/supervision/supervisor/mod.rs" => "root".into(),
        "src/jobs/job.rs" => "job".into(),
        _ => path.rsplit('/').nth(1).unwrap_or_default().to_owned(),
    }
}

/// The names at the top level of an enum's body.
fn variants(body: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut expects_name, mut in_attribute) = (0_i32, true, false);
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '}' if depth == 0 => break,
            '#' if depth == 0 => in_attribute = true,
            '(' | '{' | '[' | '<' => depth += 1,
            ')' | '}' | '>' => depth -= 1,
            '-' => drop(chars.next_if_eq(&'>')),
            ']' => {
                depth -= 1;
                in_attribute = in_attribute && depth > 0;
            }
            ',' if depth == 0 => expects_name = true,
            c if depth == 0 && expects_name && !in_attribute && c.is_ascii_uppercase() => {
                let mut name = c.to_string();
                while let Some(more) = chars.next_if(|c| c.is_alphanumeric()) {
                    name.push(more);
                }
                names.push(name);
                expects_name = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn names_are_read_whatever_the_variants_carry() {
    let body = "\n  A(Box<X>, Y),\n #[allow(dead_code)] B { id: i64, to: Result<(), String> },\n  C,\n  D([u8; 4])\n}\nfn E() {}";
    assert_eq!(variants(body), ["A", "B", "C", "D"]);
}
