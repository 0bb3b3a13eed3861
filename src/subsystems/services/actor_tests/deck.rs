//! The actor, the simulated systemd and the room, put together for a flight.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use ractor::{Actor, ActorRef};
use tokio::time::Instant;

use crate::subsystems::services::{
    actor::{Keeper, Setup},
    config::Config,
    contract_tests::{Paced, name},
    messages::{LogPage, Msg, UnitReport},
    ops::Evidence,
    room::Services,
    state::Refusal,
    systemd_fake::World,
    unit::Verb,
};
use crate::{
    domain::{Blobs, ChatId, ChatKind, Lang, PilotId, Reader, Role, Theme},
    events::{Event, Outlet},
    intent::services::{Filter, Log, View},
    room::{Order, Room},
    screen::{Block, Screen, Topic},
    supervision::Port,
};

pub const SOON: Duration = Duration::from_secs(20);

pub struct Flight {
    pub actor: ActorRef<Msg>,
    pub room: Services,
    pub world: World,
    pub changed: Arc<Mutex<Vec<Topic>>>,
    pub events: Arc<Mutex<Vec<(jiff::Timestamp, Event)>>>,
    pub blobs: Blobs,
    pub clock: Arc<Paced>,
    pub _scratch: tempfile::TempDir,
}

pub async fn take_off(watch: &[&str]) -> Flight {
    let clock = Arc::new(Paced(Instant::now()));
    fly(World::demo(clock.clone()), clock, watch).await
}

pub async fn fly(world: World, clock: Arc<Paced>, watch: &[&str]) -> Flight {
    let scratch = tempfile::tempdir().unwrap();
    let (changed, events) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let (to_changed, to_events) = (changed.clone(), events.clone());
    let blobs = Blobs::default();
    let setup = Setup {
        systemd: Arc::new(world.clone()),
        journal: Arc::new(world.clone()),
        outlet: Outlet::new(
            move |topic| to_changed.lock().unwrap().push(topic),
            move |event| to_events.lock().unwrap().push(event),
        ),
        clock: clock.clone(),
        blobs: blobs.clone(),
        scratch: scratch.path().into(),
        own: Some(name("cockpit-bot")),
    };
    let config = Config {
        watch: watch.iter().map(|text| (*text).to_owned()).collect(),
        protected: vec!["tailscaled".into()],
        ..Config::default()
    };
    let (actor, _) = Actor::spawn(None, Keeper { setup }, config).await.unwrap();
    let port = Port::new();
    port.bind(actor.clone());
    let room = Services { port };
    let flight = Flight { actor, room, world, changed, events, blobs, clock, _scratch: scratch };
    flight.eventually("a connection", async |flight| flight.counter("connections").await == 1).await;
    flight
}

pub fn reader(lang: Lang, now: jiff::Timestamp) -> Reader {
    let tz = jiff::tz::TimeZone::UTC;
    Reader { lang, tz, role: Role::Pilot, theme: Theme::Dark, chat: ChatKind::Private, now }
}

impl Flight {
    pub fn reader(&self) -> Reader {
        reader(Lang::En, crate::domain::Clock::now(&*self.clock))
    }

    pub fn order(&self) -> Order {
        Order {
            pilot: PilotId(1001),
            pilot_name: "Dre".into(),
            chat: ChatId(1001),
            reader: self.reader(),
            op: "7f3a".into(),
        }
    }

    pub async fn report(&self, unit: &str) -> UnitReport {
        self.room.port.call(SOON, |reply| Msg::Unit(name(unit), reply)).await.unwrap()
    }

    pub async fn act(&self, verb: Verb, unit: &str) -> Result<(), Refusal> {
        let (unit, by) = (name(unit), "Dre".to_owned());
        self.room.port.call(SOON, |reply| Msg::Act { verb, unit, by, reply }).await.unwrap()
    }

    /// Acts, and waits for what became of it.
    pub async fn outcome(&self, verb: Verb, unit: &str) -> Evidence {
        self.act(verb, unit).await.unwrap();
        self.eventually("the act's end", async |flight| flight.report(unit).await.op.is_none()).await;
        self.report(unit).await.evidence.expect("what became of it")
    }

    pub async fn counter(&self, name: &str) -> u64 {
        let status = self.room.port.call(SOON, Msg::Status).await.unwrap();
        status.counters.iter().find(|(counter, _)| counter == name).unwrap().1
    }

    pub async fn view(&self, view: View) -> Screen {
        self.room.view(&view, &self.reader()).await
    }

    pub async fn page(&self, filter: Filter, search: Option<&str>, page: u32) -> Screen {
        self.view(View::List { filter, search: search.map(str::to_owned), page }).await
    }

    pub async fn log(&self, log: &Log) -> LogPage {
        self.room.port.call(SOON, |reply| Msg::Log(log.clone(), reply)).await.unwrap().unwrap()
    }

    pub fn events(&self) -> Vec<String> {
        let events = self.events.lock().unwrap();
        let word = |(_, event): &(jiff::Timestamp, Event)| match event {
            Event::UnitFailed { unit, result } => format!("{} failed: {result}", unit.short()),
            Event::UnitRecovered { unit } => format!("{} recovered", unit.short()),
            other => format!("{other:?}"),
        };
        events.iter().map(word).collect()
    }

    pub async fn eventually(&self, what: &str, is: impl AsyncFn(&Flight) -> bool) {
        for _ in 0..4000 {
            if is(self).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{what} did not come");
    }

    pub async fn land(self) {
        self.actor.stop(None);
        self.actor.wait(None).await.unwrap();
    }
}

/// All words of a screen.
pub fn words(screen: &Screen) -> String {
    let mut out = String::new();
    for block in &screen.blocks {
        match block {
            Block::State(mark, text) => out.push_str(&format!("{} {text}\n", mark.sign())),
            Block::Note(text) | Block::Pre(text) | Block::Heading(text) => out.push_str(&format!("{text}\n")),
            Block::Text(spans) => out.push_str(&format!("{spans:?}\n")),
            Block::Pairs(pairs) => {
                pairs.iter().for_each(|(label, value)| out.push_str(&format!("{label}: {value}\n")));
            }
            Block::Log(lines) => lines.iter().for_each(|line| out.push_str(&format!("| {}\n", line.text))),
            other => out.push_str(&format!("{other:?}\n")),
        }
    }
    out
}

pub fn labels(screen: &Screen) -> Vec<String> {
    screen.rows.iter().flatten().map(|button| button.label.clone()).collect()
}
