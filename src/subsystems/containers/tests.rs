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
    let world = World::demo(clock.clone());
    let folder = tempfile::tempdir().unwrap();
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let (heard, dock) = (events.clone(), world.clone());
    let setup = Setup {
        dock: Arc::new(move |_| Arc::new(dock.clone())),
        outlet: Outlet::new(|_| (), move |(_, event)| heard.lock().unwrap().push(event)),
        clock: clock.clone(),
        blobs: Blobs::default(),
        scratch: folder.path().into(),
        store: Store::new(Port::new()),
        warned: Arc::new(move || Box::pin(std::future::ready(Some(warned.clone())))),
    };
    let updates = config::Updates { enabled: true, ..config::Updates::default() };
    let protected = protected.iter().map(|s| (*s).to_owned()).collect();
    let config = Config { protected, updates, ..Config::default() };
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

    fn heard(&self) -> Vec<Event> {
        std::mem::take(&mut *self.events.lock().unwrap())
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
    assert!(at("📦 shop") < at("📦 demo"), "{text}");
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
async fn a_crash_is_told_once_and_well_again_once() {
    let flight = fly(&[]).await;
    flight.world.live("demo-worker-1", Life::Ends { after: Duration::from_secs(1), code: 1 });
    flight.world.crash("demo-worker-1", 1);
    pass(20).await;
    match &flight.heard()[..] {
        [Event::ContainerDied { container, exit: Some(1), oom: false, means: None, last }] => {
            assert_eq!(container, "demo-worker-1", "a loop is one crash");
            assert!(last.iter().any(|line| line == "served request 11"), "its last words: {last:?}");
        }
        other => panic!("{other:?}"),
    }
    flight.world.live("demo-worker-1", Life::Steady);
    pass(60).await;
    assert_eq!(flight.heard(), [Event::ContainerRecovered { container: "demo-worker-1".into() }]);
    flight.world.out_of_memory("shop-app-1");
    pass(1).await;
    match &flight.heard()[..] {
        [Event::ContainerDied { container, exit: Some(137), oom: true, means, last }] => {
            assert_eq!(
                (container.as_str(), means.as_ref()),
                ("shop-app-1", Some(&phrase!("containers-exit-oom")))
            );
            assert_eq!(last.last().map(String::as_str), Some("allocating 64 MiB"));
        }
        other => panic!("{other:?}"),
    }
    flight.world.crash("vaultwarden", 137);
    flight.world.health("shop-db-1", model::Health::Unhealthy);
    pass(1).await;
    let heard = flight.heard();
    let killed = Some(phrase!("containers-exit-137"));
    assert!(
        heard.iter().any(|e| matches!(e, Event::ContainerDied { oom: false, means, .. } if *means == killed)),
        "without the engine's word nobody says that memory ran out: {heard:?}"
    );
    let said =
        |e: &Event| matches!(e, Event::ContainerUnhealthy { last, .. } if last[0].contains("HTTP/1.0 503"));
    assert!(heard.iter().any(said), "what the check said: {heard:?}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_warned_of_before_this_start_is_told_as_over() {
    let warned = ["vaultwarden", "gone-for-good", "nightly"].map(str::to_owned).into();
    let flight = fly_warned(&[], warned).await;
    let over = |name: &str| Event::ContainerRecovered { container: name.into() };
    assert_eq!(flight.heard(), [over("gone-for-good")], "it is not there any more");
    pass(40).await;
    assert_eq!(flight.heard(), [over("vaultwarden")], "well for as long as after a crash; nightly is not");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn after_a_broken_connection_a_crash_is_told_once_and_a_stop_is_not() {
    let flight = fly(&[]).await;
    flight.world.add(Cast { name: "plain", ..Cast::default() });
    pass(70).await;
    flight.world.mood(Mood::Away(EngineError::Lost));
    pass(1).await;
    flight.world.crash("plain", 143);
    flight.world.health("shop-db-1", model::Health::Unhealthy);
    flight.world.mood(Mood::Well);
    pass(100).await;
    let heard = flight.heard();
    let about = |name: &str| {
        heard.iter().filter(|e| matches!(e, Event::ContainerDied { container, .. } | Event::ContainerUnhealthy { container, .. } if container == name)).count()
    };
    assert_eq!((about("shop-db-1"), about("plain"), heard.len()), (1, 0, 1), "{heard:?}");
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
    assert!(list.live && watched().await == 6, "one for each that runs on this page");
    pass(3).await;
    assert!(!flight.room.view(&View::ALL, &flight.reader(Lang::En)).await.live, "they are there");
    pass(9).await;
    assert_eq!(watched().await, 6);
    pass(5).await;
    assert_eq!(watched().await, 0, "nobody has looked for 10 s");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_newer_image_is_seen_taken_and_kept_when_it_is_well() {
    let flight = fly(&[]).await;
    flight.check().await;
    assert!(
        flight.screen(View::Updates { page: 0 }).await.contains("All that are asked about are up to date")
    );
    flight.world.publish("nginx:1.27", Life::Steady);
    flight.check().await;
    let updates = flight.screen(View::Updates { page: 0 }).await;
    assert!(updates.contains("1 container has a newer image"), "{updates}");
    let before = flight.world.container("shop-web-1").unwrap();
    let one = flight.room.view(&View::One(name("shop-web-1")), &flight.reader(Lang::En)).await;
    assert!(told(&one).contains("The registry has a newer nginx:1.27"), "{}", told(&one));
    let update = AnyAct::Containers(Act::Update(name("shop-web-1")));
    assert!(one.rows.iter().flatten().any(|b| b.intent == crate::intent::Intent::Act(update.clone())));
    match flight.update(&["shop-web-1"]).await {
        Ending::Done { summary: Some(summary) } => assert_eq!(summary.id, "containers-update-done"),
        other => panic!("{other:?}"),
    }
    let after = flight.world.container("shop-web-1").unwrap();
    assert_ne!(after.image_id, before.image_id);
    assert_eq!((after.ports, after.compose), (before.ports, before.compose), "all else as before");
    assert_eq!(flight.world.container("shop-web-1.before-update"), None, "the one before is gone");
    let text = flight.screen(View::One(name("shop-web-1"))).await;
    assert!(text.contains("✔ shop-web-1 runs from the newer image and is healthy."), "{text}");
    assert!(!text.contains("has a newer"), "{text}");
    assert_eq!(flight.heard(), [], "what a pilot asked for is no crash");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_newer_image_that_does_not_hold_is_rolled_back_with_its_last_words() {
    let flight = fly(&[]).await;
    let before = flight.world.container("vaultwarden").unwrap();
    let dies = Life::Ends { after: Duration::from_secs(4), code: 1 };
    for (image, container, life, said) in [
        ("vaultwarden/server:1.32", "vaultwarden", dies, "did not hold"),
        ("nginx:1.27", "shop-web-1", Life::Unwell, "its health check fails"),
        ("postgres:16", "shop-db-1", Life::Broken, "could not be started"),
    ] {
        flight.world.publish(image, life);
        match flight.update(&[container]).await {
            Ending::Failed { why, .. } => assert_eq!(why.id, "containers-update-rolled-back", "{container}"),
            other => panic!("{other:?}"),
        }
        let text = flight.screen(View::One(name(container))).await;
        assert!(text.contains(said) && text.contains("is back and well."), "{text}");
        assert_eq!(flight.world.container(container).unwrap().state, State::Running);
        for left in ["new", "before-update"] {
            assert_eq!(flight.world.container(&format!("{container}.{left}")), None);
        }
    }
    let back = flight.world.container("vaultwarden").unwrap();
    assert_eq!((back.id, back.image_id), (before.id, before.image_id), "the very same one");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_update_is_refused_before_anything_is_touched() {
    let flight = fly(&["shop-db-*"]).await;
    flight.world.publish("nginx:1.27", Life::Steady);
    for (container, want) in [
        ("shop-db-1", "containers-refused-protected"),
        ("nightly", "containers-not-updated-stopped"),
        ("nobody", "containers-refused-unknown"),
    ] {
        match flight.update(&[container]).await {
            Ending::Failed { why, .. } => assert_eq!(why.id, want, "{container}"),
            other => panic!("{other:?}"),
        }
    }
    flight.world.registry_away(true);
    match flight.update(&["shop-web-1"]).await {
        Ending::Failed { why, .. } => assert_eq!(why.id, "containers-refused"),
        other => panic!("{other:?}"),
    }
    // What was not begun holds nothing back.
    assert!(matches!(flight.act(Act::Restart(name("shop-web-1"))).await, Outcome::Done { .. }));
    flight.check().await;
    let text = flight.screen(View::Updates { page: 0 }).await;
    assert!(text.contains("not known") && text.contains("no such host"), "said, not guessed: {text}");
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

#[tokio::test(start_paused = true)]
async fn a_log_is_shown_searched_and_sent() {
    let flight = fly(&[]).await;
    let log =
        |search: Option<&str>| Log { search: search.map(str::to_owned), ..Log::of(name("vaultwarden")) };
    let all = flight.screen(View::Log(log(None))).await;
    assert!(all.contains("served request 0") && all.contains("served request 11"), "{all}");
    let found = flight.screen(View::Log(log(Some("REQUEST 7")))).await;
    assert!(found.contains("served request 7") && !found.contains("served request 8"), "{found}");
    let Outcome::Done { next: AnyView::Containers(ready) } = flight.act(Act::LogFile(log(None))).await else {
        panic!("it is collected first")
    };
    let told_size = flight.screen(ready.clone()).await;
    assert!(told_size.contains("✔ Ready: 12 lines"), "{told_size}");
    let View::File { file, .. } = ready else { panic!("{ready:?}") };
    let send = Act::SendLog { log: log(None), file };
    assert!(matches!(flight.act(send).await, Outcome::File(file) if file.caption.contains("12 lines")));
    let gone = Act::SendLog { log: log(None), file: 7 };
    assert!(matches!(flight.act(gone).await, Outcome::Refused { .. }));
    let following = Log { follow: true, ..log(None) };
    let screen = flight.room.view(&View::Log(following.clone()), &flight.reader(Lang::En)).await;
    assert!(screen.live && screen.topics.len() == 1);
    pass(1).await;
    flight.world.say("vaultwarden", engine::Source::Err, "just now");
    pass(1).await;
    let live = flight.screen(View::Log(following)).await;
    assert!(live.contains("just now"), "{live}");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn values_of_variables_are_for_owners_who_ask() {
    let flight = fly(&[]).await;
    let plain = flight.screen(View::Details(name("vaultwarden"))).await;
    assert!(plain.contains("API_TOKEN") && !plain.contains("not-a-real-secret"), "{plain}");
    assert!(flight.screen(View::Values(name("vaultwarden"))).await.contains("API_TOKEN=not-a-real-secret"));
    assert_eq!(AnyView::Containers(View::Values(name("vaultwarden"))).role(), Role::Owner);
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn only_the_volumes_that_were_listed_are_removed() {
    let flight = fly(&[]).await;
    let listed = |screen: &Screen| match &screen.rows.last().unwrap()[0].intent {
        crate::intent::Intent::Act(AnyAct::Containers(act @ Act::PruneVolumes { .. })) => act.clone(),
        other => panic!("{other:?}"),
    };
    let screen = flight.room.view(&View::UnusedVolumes, &flight.reader(Lang::En)).await;
    assert!(told(&screen).contains("old_backup") && !told(&screen).contains("shop_db"), "{}", told(&screen));
    match flight.act(Act::PruneVolumes { listed: 7 }).await {
        Outcome::Refused { why, .. } => assert!(why.contains("nothing was removed"), "{why}"),
        other => panic!("{other:?}"),
    }
    let act = listed(&screen);
    let asked = flight.room.weigh(&AnyAct::Containers(act.clone()), &flight.reader(Lang::En)).await;
    assert!(asked[0].line.contains("old_backup") && asked[0].mark == Mark::Bad, "{asked:?}");
    assert!(matches!(flight.act(act).await, Outcome::Done { .. }));
    pass(1).await;
    let usage = flight.screen(View::Stock { what: Stock::Usage, page: 0 }).await;
    assert!(usage.contains("✔ 1 removed, 2.2 GiB given back."), "{usage}");
    assert!(!usage.contains("old_backup"), "{usage}");
    flight.end().await;
}

/// Every screen in both languages, with names as long and words as hostile as they come.
#[tokio::test(start_paused = true)]
async fn every_screen_fits_a_phone_in_both_languages_whatever_the_names() {
    let flight = fly(&[]).await;
    let long = "a-very-long-name-of-a-container-that-somebody-gave-in-anger-0123456789";
    let hostile = "registry.example.org/<b>&amp;\u{202e}evil\u{7}/app:</pre>1";
    let project = "an-unreasonably-long-project-name-for-a-phone";
    flight.world.add(Cast {
        name: long,
        image: hostile,
        compose: Some((project, "a-service-with-quite-some-name", "another-service-of-that-kind")),
        ports: &[("0.0.0.0", 65_001, 65_001), ("127.0.0.1", 65_002, 65_002)],
        volume: Some("a-volume-with-a-name-that-is-longer-than-any-screen-of-a-phone"),
        checked: true,
        ..Cast::default()
    });
    flight.world.say(long, engine::Source::Err, "\u{1b}[31m</pre><b>\u{0}\u{fffd} red");
    flight.world.publish("nginx:1.27", Life::Steady);
    flight.check().await;
    flight.act(Act::Restart(name(long))).await;
    pass(20).await;
    let Outcome::Done { next: AnyView::Containers(file) } =
        flight.act(Act::LogFile(Log::of(name(long)))).await
    else {
        panic!("collected")
    };
    flight.act(Act::Prune(crate::intent::containers::Prune::BuildCache)).await;
    pass(1).await;
    let stock = |what| View::Stock { what, page: 0 };
    let views = [
        View::ALL,
        View::List { filter: Filter::Troubled, search: Some("nothing".into()), page: 0 },
        View::One(name(long)),
        View::One(name("shop-web-1")),
        View::Details(name(long)),
        View::Values(name(long)),
        View::Project(name(project)),
        View::Project(name("shop")),
        View::Log(Log::of(name(long))),
        file,
        stock(Stock::Usage),
        stock(Stock::Images),
        stock(Stock::Volumes),
        stock(Stock::Networks),
        stock(Stock::Map),
        View::UnusedVolumes,
        View::Updates { page: 0 },
    ];
    for lang in [Lang::En, Lang::Id] {
        let reader = flight.reader(lang);
        for view in &views {
            let screen = flight.room.view(view, &reader).await;
            let text = told(&screen);
            assert!(!text.contains("containers-"), "an unknown word, {lang:?} {view:?}: {text}");
            assert!(!text.contains('\u{202e}') && !text.contains('\u{7}'), "{lang:?} {view:?}: {text:?}");
            let listed = matches!(view, View::List { .. } | View::Project(_) | View::Updates { .. });
            for block in screen.blocks.iter().filter(|_| listed || matches!(view, View::Stock { .. })) {
                let Block::Pre(lines) = block else { continue };
                for line in lines.lines() {
                    assert!(crate::screen::text::columns(line) <= 34, "{lang:?} {view:?}: {line}");
                }
            }
            for button in screen.rows.iter().flatten() {
                assert!(!button.label.trim().is_empty() && button.label.chars().count() <= 80, "{button:?}");
            }
            if *view == stock(Stock::Map) {
                assert!(screen.picture.is_some(), "the usage as a picture");
            }
        }
    }
    let details = flight.screen(View::Details(name(long))).await;
    assert!(details.contains("project.config_files = ") && details.contains(" · 900 MiB"), "{details}");
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
