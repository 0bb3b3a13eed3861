//! The whole room on a simulated engine, its clock paused: the list, control, warnings, the connection.

mod compose;
mod one;
mod screens;
mod updates;
mod warnings;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use ractor::{Actor, ActorRef};
use tokio::time::Instant;

use super::{
    actor::Keeper,
    engine::{EngineError, Verb},
    engine_fake::{Life, Mood, Role as Cast, World},
    model::{Container, State},
    ops,
    room::Containers,
    *,
};
use crate::{
    domain::{Blobs, ChatId, ChatKind, Clock, Lang, PilotId, Reader, Role, Theme, UnitName},
    events::{Event, Outlet},
    intent::{
        Act as AnyAct, View as AnyView,
        containers::{Act, Filter, Log, Name, Stock, View},
        services,
    },
    jobs::{Ending, Link},
    phrase,
    room::{Order, Outcome, Room},
    screen::{Block, Mark, Screen},
    store::Store,
    supervision::{Health, Port},
};

/// Moves with tokio's, so that paused time is the only one.
struct TestClock(Instant);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let begin: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        begin + self.0.elapsed()
    }
}

struct Flight {
    world: World,
    room: Containers,
    events: Arc<Mutex<Vec<Event>>>,
    clock: Arc<dyn Clock>,
    actor: ActorRef<Msg>,
    _folder: tempfile::TempDir,
}

async fn fly(protected: &[&str]) -> Flight {
    fly_warned(protected, Vec::new()).await
}

async fn fly_warned(protected: &[&str], warned: Vec<String>) -> Flight {
    let clock: Arc<dyn Clock> = Arc::new(TestClock(Instant::now()));
    fly_on(World::demo(clock.clone()), clock, protected, warned).await
}

/// Aboard an engine that may have seen others before.
async fn fly_on(world: World, clock: Arc<dyn Clock>, protected: &[&str], warned: Vec<String>) -> Flight {
    let updates = config::Updates { enabled: true, ..config::Updates::default() };
    let protected = protected.iter().map(|s| (*s).to_owned()).collect();
    let config = Config { protected, updates, ..Config::default() };
    fly_as(world, clock, config, warned, Store::new(Port::new())).await
}

async fn fly_as(
    world: World,
    clock: Arc<dyn Clock>,
    config: Config,
    warned: Vec<String>,
    store: Store,
) -> Flight {
    let folder = tempfile::tempdir().unwrap();
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let (heard, dock) = (events.clone(), world.clone());
    let setup = Setup {
        dock: Arc::new(move |_| Arc::new(dock.clone())),
        outlet: Outlet::new(|_| (), move |(_, event)| heard.lock().unwrap().push(event)),
        clock: clock.clone(),
        blobs: Blobs::default(),
        scratch: folder.path().into(),
        store,
        warned: Arc::new(move || Box::pin(std::future::ready(Some(warned.clone())))),
    };
    let (actor, _) = Actor::spawn(None, Keeper { setup }, config).await.unwrap();
    let port = Port::new();
    port.bind(actor.clone());
    pass(1).await;
    // Of jobs only the order is of this room: the tests run its steps themselves.
    let jobs = crate::jobs::Jobs::new(Port::new(), Store::new(Port::new()));
    Flight { world, room: Containers { port, jobs }, events, clock, actor, _folder: folder }
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

impl Flight {
    fn reader(&self, lang: Lang) -> Reader {
        let now = self.clock.now();
        Reader {
            lang,
            tz: TimeZone::UTC,
            role: Role::Owner,
            theme: Theme::Dark,
            chat: ChatKind::Private,
            now,
        }
    }

    async fn screen(&self, view: View) -> String {
        told(&self.room.view(&view, &self.reader(Lang::En)).await)
    }

    async fn act(&self, act: Act) -> Outcome {
        let reader = self.reader(Lang::En);
        let order =
            Order { pilot: PilotId(1), pilot_name: "Dre".into(), chat: ChatId(1), reader, op: String::new() };
        self.room.act(&act, &order).await
    }

    /// But for the word after each connection that no update was interrupted.
    fn heard(&self) -> Vec<Event> {
        let mut heard = std::mem::take(&mut *self.events.lock().unwrap());
        heard.retain(|event| *event != Event::UpdatesInterrupted { containers: Vec::new() });
        heard
    }

    /// The steps of an update's job.
    async fn update(&self, names: &[&str]) -> Ending {
        let names: Vec<Name> = names.iter().map(|text| name(text)).collect();
        update_job::run(self.room.port.clone(), names, "Dre".into(), Link::loose()).await
    }

    async fn check(&self) {
        assert!(matches!(self.act(Act::CheckUpdates).await, Outcome::Done { .. }));
        pass(60).await;
    }

    async fn end(self) {
        self.actor.stop(None);
    }
}

/// The words of a screen, without its buttons.
fn told(screen: &Screen) -> String {
    let mut lines = vec![screen.crumbs.join(" › ")];
    for block in &screen.blocks {
        lines.push(match block {
            Block::State(mark, line) => format!("{} {line}", mark.sign()),
            Block::Pre(text) | Block::Note(text) | Block::Heading(text) => text.clone(),
            Block::Pairs(pairs) => {
                pairs.iter().map(|(a, b)| format!("{a}: {b}")).collect::<Vec<_>>().join("\n")
            }
            Block::Log(log) => log.iter().map(|line| line.text.clone()).collect::<Vec<_>>().join("\n"),
            other => format!("{other:?}"),
        });
    }
    lines.join("\n")
}

#[tokio::test(start_paused = true)]
async fn the_list_is_grouped_with_trouble_first_and_its_figures_follow() {
    let flight = fly(&[]).await;
    flight.world.health("shop-web-1", model::Health::Unhealthy);
    pass(1).await;
    let first = flight.room.view(&View::ALL, &flight.reader(Lang::En)).await;
    let text = told(&first);
    assert!(first.live, "it waits for its figures");
    assert!(text.contains("7 up · 2 stopped · 2 in trouble"), "{text}");
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
    assert!(at("📦 shop") < at("▲ nightly") && at("▲ nightly") < at("📦 demo"), "problems first: {text}");
    assert!(at("✖ web") < at("✔ app"), "{text}");
    assert!(text.contains(":80 :443 · nginx:1.27"), "{text}");
    assert!(text.lines().all(|line| crate::screen::text::columns(line) <= 60), "{text}");
    pass(3).await;
    let second = flight.room.view(&View::ALL, &flight.reader(Lang::En)).await;
    assert!(!second.live && told(&second).contains("31.0 MiB"), "{}", told(&second));
    let found = View::List { filter: Filter::Stopped, search: None, page: 0 };
    let stopped = flight.screen(found).await;
    assert!(stopped.contains("nightly") && !stopped.contains("vaultwarden"), "{stopped}");
    let id = told(&flight.room.view(&View::ALL, &flight.reader(Lang::Id)).await);
    assert!(id.contains("7 jalan · 2 berhenti · 2 bermasalah"), "{id}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_restart_is_done_when_it_has_held_or_is_healthy() {
    let flight = fly(&[]).await;
    assert!(matches!(flight.act(Act::Restart(name("vaultwarden"))).await, Outcome::Done { .. }));
    pass(2).await;
    let doing = flight.screen(View::One(name("vaultwarden"))).await;
    assert!(doing.contains("On it… restarting"), "{doing}");
    pass(6).await;
    let done = flight.screen(View::One(name("vaultwarden"))).await;
    assert!(done.contains("✔ vaultwarden is up, steady for 5 s."), "{done}");
    flight.act(Act::Restart(name("shop-web-1"))).await;
    pass(4).await;
    let healthy = flight.screen(View::One(name("shop-web-1"))).await;
    assert!(healthy.contains("✔ shop-web-1 is up and healthy."), "{healthy}");
    assert_eq!(flight.heard(), [], "what a pilot asked for is no crash");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn one_that_dies_within_five_seconds_has_failed_with_its_last_words() {
    let flight = fly(&[]).await;
    flight.world.live("importer", Life::Ends { after: Duration::from_secs(3), code: 1 });
    flight.act(Act::Start(name("importer"))).await;
    pass(8).await;
    let text = flight.screen(View::One(name("importer"))).await;
    assert!(text.contains("✖ importer did not hold: exited 1."), "{text}");
    assert!(text.contains("fatal: giving up"), "{text}");
    flight.world.live("importer", Life::Broken);
    flight.act(Act::Start(name("importer"))).await;
    pass(3).await;
    let text = flight.screen(View::One(name("importer"))).await;
    assert!(text.contains("could not be started") && text.contains("already allocated"), "{text}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_project_stops_in_reverse_order_of_its_needs() {
    let flight = fly(&[]).await;
    flight.act(Act::StopProject(name("shop"))).await;
    pass(3).await;
    let text = flight.screen(View::Project(name("shop"))).await;
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
    assert!(at("shop-web-1 is down") < at("shop-app-1 is down"), "{text}");
    assert!(at("shop-app-1 is down") < at("shop-db-1 is down"), "{text}");
    assert!(text.contains("○ 0 of 3 up"), "stopped as asked is no trouble: {text}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn of_a_project_only_what_needs_a_failed_one_is_not_tried() {
    let flight = fly(&[]).await;
    flight.world.add(Cast {
        name: "shop-mail-1",
        compose: Some(("shop", "mail", "")),
        state: State::Exited(Some(0)),
        ..Cast::default()
    });
    flight.act(Act::StopProject(name("shop"))).await;
    pass(10).await;
    flight.world.live("shop-app-1", Life::Broken);
    flight.act(Act::StartProject(name("shop"))).await;
    pass(60).await;
    let text = flight.screen(View::Project(name("shop"))).await;
    assert!(
        text.contains("shop-app-1 could not be started") && text.contains("shop-web-1: not tried"),
        "{text}"
    );
    assert_eq!(flight.world.container("shop-mail-1").unwrap().state, State::Running, "{text}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_protected_or_runs_is_left_alone() {
    let flight = fly(&["shop-db-*"]).await;
    for (act, want) in [
        (Act::Stop(name("shop-db-1")), "shop-db-1 is protected"),
        (Act::StopProject(name("shop")), "shop-db-1 is protected"),
        (Act::Remove(name("vaultwarden")), "Stop it first"),
        (Act::Stop(name("nobody")), "There is no nobody"),
    ] {
        match flight.act(act.clone()).await {
            Outcome::Refused { why, .. } => assert!(why.contains(want), "{act:?}: {why}"),
            other => panic!("{act:?}: {other:?}"),
        }
    }
    assert_eq!(flight.world.container("shop-db-1").unwrap().state, State::Running);
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn figures_come_while_somebody_looks_and_end_soon_after() {
    let flight = fly(&[]).await;
    let watched = async || {
        let status = flight.room.port.call(Duration::from_secs(1), Msg::Status).await.unwrap();
        status.counters.iter().find(|(name, _)| name == "subscriptions").unwrap().1
    };
    let list = flight.room.view(&View::ALL, &flight.reader(Lang::En)).await;
    assert!(list.live && watched().await == 7, "one for each on this page that has processes");
    pass(3).await;
    assert!(!flight.room.view(&View::ALL, &flight.reader(Lang::En)).await.live, "they are there");
    pass(9).await;
    assert_eq!(watched().await, 7);
    pass(5).await;
    assert_eq!(watched().await, 0, "nobody has looked for 10 s");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_goes_away_or_hangs_is_said_and_comes_back_by_itself() {
    let flight = fly(&[]).await;
    flight.world.mood(Mood::Away(EngineError::Denied("/run/docker.sock".into())));
    pass(2).await;
    let text = flight.screen(View::ALL).await;
    assert!(
        text.contains("Cockpit may not open /run/docker.sock") && text.contains("usermod -aG docker"),
        "{text}"
    );
    let status = flight.room.port.call(Duration::from_secs(1), Msg::Status).await.unwrap();
    assert!(matches!(status.health, Health::Degraded { .. }), "{status:?}");
    flight.world.mood(Mood::Well);
    pass(90).await;
    assert!(flight.screen(View::ALL).await.contains("7 up"));
    flight.world.mood(Mood::Hung);
    pass(70).await;
    let text = flight.screen(View::ALL).await;
    assert!(text.contains("has not answered within 5 s"), "{text}");
    assert_eq!(flight.heard(), [], "nobody crashed");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn stopping_the_engine_names_what_stops_with_it() {
    let flight = fly(&[]).await;
    let docker = UnitName::parse("docker").unwrap();
    let act = AnyAct::Services(services::Act::Stop(docker));
    assert!(flight.room.concerned(&act));
    let said = flight.room.weigh(&act, &flight.reader(Lang::En)).await;
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].mark, Mark::Bad);
    assert!(said[0].line.starts_with("7 containers stop with it"), "{}", said[0].line);
    assert!(said[0].line.contains("web (published on 80, 443)"), "{}", said[0].line);
    let nginx = AnyAct::Services(services::Act::Stop(UnitName::parse("nginx").unwrap()));
    assert!(!flight.room.concerned(&nginx));
    flight.end().await;
}

#[test]
fn a_circle_of_needs_still_has_an_order() {
    let one = |name: &str, needs: &[&str]| Container {
        id: model::ContainerId(name.into()),
        name: name.into(),
        image: String::new(),
        image_id: String::new(),
        created: None,
        state: State::Running,
        health: None,
        status: String::new(),
        ports: Vec::new(),
        compose: Some(model::Compose {
            project: "p".into(),
            service: name.into(),
            depends_on: needs.iter().map(|need| (*need).to_owned()).collect(),
            working_dir: None,
            config_files: Vec::new(),
            config_hash: None,
            one_off: false,
        }),
        mounts: Vec::new(),
        networks: Vec::new(),
        shares_network_of: None,
    };
    let order = |list: &[Container], verb| {
        ops::order(list, verb).into_iter().map(|container| container.name).collect::<Vec<_>>()
    };
    let line = [one("a", &["b"]), one("b", &["c"]), one("c", &[])];
    assert_eq!(order(&line, Verb::Start), ["c", "b", "a"]);
    assert_eq!(order(&line, Verb::Stop), ["a", "b", "c"]);
    let circle = [one("a", &["b"]), one("b", &["a"]), one("self", &["self", "gone"])];
    let mut all = order(&circle, Verb::Start);
    all.sort();
    assert_eq!(all, ["a", "b", "self"]);
}
