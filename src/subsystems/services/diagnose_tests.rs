//! What is concluded of which end, and of which lines.

use std::time::Duration;

use super::*;
use crate::{
    process::journal::Entry,
    subsystems::services::{
        bus::{BusError, Systemd},
        contract_tests::{clock, name},
        looks::{self, Sheet},
        messages::{Load as Cpu, UnitReport},
        state::Link,
        systemd_fake::{Way, World},
        unit::Links,
    },
};

fn line(priority: u8, text: &str) -> Entry {
    Entry {
        at: None,
        priority: Some(priority),
        source: None,
        pid: None,
        text: Some(text.into()),
        cursor: None,
    }
}

fn report(unit: &str) -> UnitReport {
    UnitReport {
        link: Link::Opening,
        name: name(unit),
        details: Err(BusError::Lost),
        last_known: None,
        load: Cpu::default(),
        timers: Vec::new(),
        dependants_up: Vec::new(),
        op: None,
        evidence: None,
        crashes: Vec::new(),
        log: Vec::new(),
        watched: true,
        protected: false,
        lifeline: None,
    }
}

/// As the room reads it, of a simulated systemd.
async fn seen(world: &World, unit: &str) -> Diagnosis {
    let bus = world.connect().await.unwrap().bus;
    let sheet = Sheet {
        bus: Some(bus),
        journal: std::sync::Arc::new(world.clone()),
        samples: Default::default(),
        report: report(unit),
    };
    looks::diagnose(sheet, clock().now()).await.0
}

fn world() -> World {
    let world = World::new(clock());
    let way = Way { takes: Duration::from_millis(1), ..Way::default() };
    let needs = Links { needs: vec![name("db")], ..Links::default() };
    world.add("db", way.clone());
    world.add("web", Way { links: needs, ..way.clone() });
    let links = Links { triggered_by: vec![name("nightly.timer")], ..Links::default() };
    world.add("nightly", Way { up: false, links, ..way.clone() });
    world.add("idle", Way { up: false, ..way.clone() });
    world.add("hidden", Way { up: false, file_state: "masked", ..way });
    world
}

#[test]
fn lines_of_many_programs_give_themselves_away() {
    for (text, want) in [
        (
            "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
            Clue::PortTaken(Some(80)),
        ),
        ("nginx: [emerg] bind() to [::]:443 failed (98: Address already in use)", Clue::PortTaken(Some(443))),
        ("Error: listen EADDRINUSE: address already in use :::3000", Clue::PortTaken(Some(3000))),
        ("could not bind: Address already in use", Clue::PortTaken(None)),
        ("12:30:07 bind: address already in use", Clue::PortTaken(None)),
        ("write /var/lib/x: No space left on device", Clue::DiskFull),
        ("open /etc/x.key: Permission denied", Clue::NotAllowed),
        ("connect ECONNREFUSED 127.0.0.1:5432", Clue::Refused),
        ("FATAL: password authentication failed for user \"app\"", Clue::BadLogin),
        ("nginx: [emerg] unknown directive \"sever\" in /etc/nginx/nginx.conf:3", Clue::BadConfig),
        ("accept4() failed (24: Too many open files)", Clue::TooManyFiles),
        ("getaddrinfo: Temporary failure in name resolution", Clue::NoName),
    ] {
        assert_eq!(clue(text), Some(want), "{text}");
    }
    for text in ["Started nginx.service.", "10.0.0.12 - - \"GET / HTTP/1.1\" 200 4523", ""] {
        assert_eq!(clue(text), None, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_unit_is_explained_by_its_end_and_its_lines() {
    let world = world();
    world.say(&name("web"), 3, "bind() to 0.0.0.0:80 failed (98: Address already in use)");
    world.crash("web", Exit::Code(1));
    let found = findings(&seen(&world, "web").await);
    assert!(
        matches!(&found[0], Finding::Clue(Clue::PortTaken(Some(80)), line) if line.contains("0.0.0.0:80")),
        "{found:?}"
    );

    world.out_of_memory("db");
    assert_eq!(findings(&seen(&world, "db").await)[0], Finding::OutOfMemory(None));
    // What it needs comes before what its own log says.
    let found = findings(&seen(&world, "web").await);
    assert!(matches!(&found[0], Finding::Needs(unit) if unit.name == name("db")), "{found:?}");

    world.crash("idle", Exit::Signal { number: 11, dumped: true });
    let found = findings(&seen(&world, "idle").await);
    assert!(matches!(found[0], Finding::Crashed(_)), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_well_or_at_rest_is_said_to_be_so() {
    let world = world();
    assert_eq!(findings(&seen(&world, "web").await), [Finding::Well]);
    assert_eq!(findings(&seen(&world, "nightly").await), [Finding::WaitsFor(name("nightly.timer"))]);
    assert_eq!(findings(&seen(&world, "idle").await), [Finding::AtRest]);
    assert_eq!(findings(&seen(&world, "hidden").await), [Finding::Masked]);
    assert_eq!(findings(&seen(&world, "nowhere").await), [Finding::NotInstalled]);
    // A warning of old is no fault of a unit that runs; an error is worth telling.
    world.say(&name("web"), 5, "connection refused by a client");
    assert_eq!(findings(&seen(&world, "web").await), [Finding::Well]);
    world.say(&name("web"), 3, "open /var/cache/web: No space left on device");
    assert!(matches!(findings(&seen(&world, "web").await)[0], Finding::Clue(Clue::DiskFull, _)));
}

#[test]
fn what_could_not_be_read_is_not_explained() {
    let diagnosis = Diagnosis {
        report: report("web"),
        missing: Vec::new(),
        complaints: Vec::new(),
        last: vec![line(3, "x")],
    };
    assert_eq!(findings(&diagnosis), [Finding::Unexplained]);
}

proptest::proptest! {
    #[test]
    fn any_line_is_survived(text: String) {
        clue(&text);
        port(&text);
    }
}
