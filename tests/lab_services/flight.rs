//! The room on the lab's own bus and journal, and what a test asks of it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use cockpit_bot::{
    domain::{Blobs, ChatKind, Lang, Reader, Role, SystemClock, Theme, UnitName},
    events::{Event, Outlet},
    intent::services::View,
    process::journal::Journalctl,
    room::Room,
    screen::{Block, Screen, Topic},
    subsystems::services::{
        Config, Msg, Services, Setup, actor::Keeper, messages::UnitReport, ops::Evidence, systemd::Zbus,
        unit::Verb,
    },
    supervision::{Health, Port},
};
use jiff::Timestamp;
use ractor::{Actor, ActorRef};
use tokio::time::Instant;

use crate::lab::Lab;

static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
pub const SOON: Duration = Duration::from_secs(20);

pub fn name(text: &str) -> UnitName {
    UnitName::parse(text).expect("a unit name")
}

pub struct Flight {
    pub lab: Lab,
    pub actor: ActorRef<Msg>,
    pub room: Services,
    pub events: Arc<Mutex<Vec<(Instant, Event)>>>,
    pub changed: Arc<Mutex<Vec<Topic>>>,
    pub blobs: Blobs,
    _scratch: tempfile::TempDir,
    _turn: tokio::sync::MutexGuard<'static, ()>,
}

impl Flight {
    pub async fn take_off(watch: &[&str]) -> Option<Flight> {
        let turn = TURN.lock().await;
        let lab = Lab::up().await?;
        let socket = lab.root().await.join("run/dbus/system_bus_socket");
        let systemd = Zbus::at(&format!("unix:path={}", socket.display()));
        let mut journalctl = lab.exec();
        journalctl.push("journalctl".into());
        let scratch = tempfile::tempdir().unwrap();
        let (events, changed) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let (to_events, to_changed) = (events.clone(), changed.clone());
        let blobs = Blobs::default();
        let setup = Setup {
            systemd: Arc::new(systemd),
            journal: Arc::new(Journalctl { command: journalctl }),
            outlet: Outlet::new(
                move |topic| to_changed.lock().unwrap().push(topic),
                move |(_, event)| to_events.lock().unwrap().push((Instant::now(), event)),
            ),
            clock: Arc::new(SystemClock),
            blobs: blobs.clone(),
            scratch: scratch.path().into(),
            own: None,
        };
        let config =
            Config { watch: watch.iter().map(|text| (*text).to_owned()).collect(), ..Config::default() };
        let (actor, _) = Actor::spawn(None, Keeper { setup }, config).await.unwrap();
        let port = Port::new();
        port.bind(actor.clone());
        let room = Services { port };
        let flight = Flight { lab, actor, room, events, changed, blobs, _scratch: scratch, _turn: turn };
        flight.eventually("a connection", async |f| f.counter("connections").await == 1).await;
        Some(flight)
    }

    pub async fn land(self) {
        self.actor.stop(None);
        self.actor.wait(None).await.unwrap();
    }

    pub fn reader(&self) -> Reader {
        let (lang, tz, now) = (Lang::En, jiff::tz::TimeZone::UTC, Timestamp::now());
        Reader { lang, tz, role: Role::Pilot, theme: Theme::Dark, chat: ChatKind::Private, now }
    }

    pub async fn report(&self, unit: &str) -> UnitReport {
        self.room.port.call(SOON, |reply| Msg::Unit(name(unit), reply)).await.unwrap()
    }

    pub async fn counter(&self, name: &str) -> u64 {
        let status = self.room.port.call(SOON, Msg::Status).await.unwrap();
        status.counters.iter().find(|(counter, _)| counter == name).unwrap().1
    }

    pub async fn is_degraded(&self) -> bool {
        let status = self.room.port.call(SOON, Msg::Status).await.unwrap();
        matches!(status.health, Health::Degraded { .. })
    }

    pub async fn act(&self, verb: Verb, unit: &str) {
        let by = "Dre".to_owned();
        let began =
            self.room.port.call(SOON, |reply| Msg::Act { verb, unit: name(unit), by, reply }).await.unwrap();
        assert_eq!(began, Ok(()));
    }

    pub async fn outcome(&self, verb: Verb, unit: &str) -> Evidence {
        self.act(verb, unit).await;
        self.end_of(unit).await
    }

    pub async fn end_of(&self, unit: &str) -> Evidence {
        self.eventually("the act's end", async |f| f.report(unit).await.op.is_none()).await;
        let evidence = self.report(unit).await.evidence.expect("what became of it");
        eprintln!("{:?} {unit}: {:?} after {:?}", evidence.verb, evidence.conclusion, evidence.took);
        evidence
    }

    pub async fn show(&self, view: View) -> String {
        let screen = self.room.view(&view, &self.reader()).await;
        let words = words(&screen);
        eprintln!("--- {}\n{words}", screen.crumbs.join(" › "));
        words
    }

    pub async fn eventually(&self, what: &str, is: impl AsyncFn(&Flight) -> bool) {
        let until = Instant::now() + Duration::from_secs(40);
        while Instant::now() < until {
            if is(self).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{what} did not come");
    }

    /// A unit of this test's own.
    pub async fn add(&self, unit: &str, text: &str) {
        let unit = name(unit);
        let line =
            format!("cat > '/etc/systemd/system/{unit}' <<'END'\n{text}\nEND\nsystemctl daemon-reload");
        self.lab.sh(&line).await;
    }

    pub fn events(&self) -> Vec<String> {
        let word = |(_, event): &(Instant, Event)| match event {
            Event::UnitFailed { unit, result } => format!("{} failed: {result}", unit.short()),
            Event::UnitRecovered { unit } => format!("{} recovered", unit.short()),
            other => format!("{other:?}"),
        };
        self.events.lock().unwrap().iter().map(word).collect()
    }
}

pub fn words(screen: &Screen) -> String {
    let mut out = String::new();
    for block in &screen.blocks {
        match block {
            Block::State(mark, text) => out.push_str(&format!("{} {text}\n", mark.sign())),
            Block::Note(text) | Block::Pre(text) => out.push_str(&format!("{text}\n")),
            Block::Pairs(pairs) => {
                pairs.iter().for_each(|(label, value)| out.push_str(&format!("{label}: {value}\n")));
            }
            Block::Log(lines) => lines.iter().for_each(|line| out.push_str(&format!("| {}\n", line.text))),
            other => out.push_str(&format!("{other:?}\n")),
        }
    }
    out
}
