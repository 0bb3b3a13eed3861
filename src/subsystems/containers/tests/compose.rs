//! Updates by Compose: written down before it is told, found after Cockpit was killed, ended by a tap. A program stands in
//! for Compose: it waits until the test has done what Compose would do.

use std::path::Path;

use super::*;
use crate::{
    process::tests::executable,
    store::{self, Durability, testing::Temp},
    subsystems::containers::{begun::Begun, compose::Service, engine::Engine},
};

const WEB: &str = "shop-web-1";
const SCRIPT: &str = r#"#!/bin/sh
here=$(dirname "$0")
case "$*" in
  version*) echo 2.26.1 ;;
  *--hash=web) echo "web hash-of-web" ;;
  *" up "*) echo "$*" >> "$here/told"; : > "$here/wanted"
    until [ -e "$here/done" ]; do sleep 0.02; done; rm "$here/done" ;;
esac
"#;

/// A project whose file lies in a folder, and a program that stands in for Compose.
struct Shop {
    folder: tempfile::TempDir,
    world: World,
    clock: Arc<dyn Clock>,
}

impl Shop {
    async fn open() -> Shop {
        let clock: Arc<dyn Clock> = Arc::new(TestClock(Instant::now()));
        let folder = tempfile::tempdir().unwrap();
        let (world, program) = (World::demo(clock.clone()), folder.path().join("compose"));
        std::fs::write(folder.path().join("compose.yml"), "services: {}").unwrap();
        executable(&program, SCRIPT).await;
        world.lies_in("shop", &folder.path().to_string_lossy());
        world.publish("nginx:1.27", Life::Steady);
        Shop { folder, world, clock }
    }

    async fn fly(&self, store: Store) -> Flight {
        let program = Some(self.folder.path().join("compose"));
        let updates = config::Updates { enabled: true, compose: program, ..config::Updates::default() };
        let config = Config { updates, ..Config::default() };
        fly_as(self.world.clone(), self.clock.clone(), config, Vec::new(), store).await
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Compose is told "up", and waits.
    async fn is_wanted(&self) {
        let wanted = self.path("wanted");
        eventually("Compose to be told", async || std::fs::remove_file(&wanted).is_ok()).await;
    }

    /// As Compose makes it, from the image that has the name.
    fn made(&self, name: &str) {
        let compose = Some(("shop", "web", ""));
        self.world.add(Cast { name, image: "nginx:1.27", compose, checked: true, ..Cast::default() });
        std::fs::write(self.path("done"), "").unwrap();
    }

    fn told(&self) -> usize {
        std::fs::read_to_string(self.path("told")).unwrap_or_default().lines().count()
    }
}

async fn eventually(what: &str, is: impl AsyncFn() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !is().await {
        assert!(Instant::now() < until, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn noted(store: &Store) -> Vec<Begun> {
    store.read(super::store::begun).await.unwrap()
}

/// Cockpit is killed when Compose has stopped and removed the old one and not yet named the new one.
async fn cut_short(shop: &Shop, store: &Temp) -> (Flight, Container) {
    let before = shop.world.container(WEB).unwrap();
    let flight = shop.fly((**store).clone()).await;
    tokio::select! {
        end = flight.update(&[WEB]) => panic!("too early: {end:?}"),
        () = shop.is_wanted() => {}
    }
    let begun = noted(store).await;
    assert_eq!((begun[0].container.as_str(), &begun[0].before), (WEB, &before.image_id));
    assert!(flight.screen(View::One(name(WEB))).await.contains("On it… updating"));
    flight.actor.kill();
    let _ = flight.actor.wait(None).await;
    let leftover = format!("0123456789ab_{WEB}");
    shop.world.twin(WEB, "nginx:1.27", &leftover).await.unwrap();
    shop.world.act(Verb::Stop, WEB).await.unwrap();
    shop.world.act(Verb::Remove, WEB).await.unwrap();
    shop.world.mood(Mood::Away(EngineError::Lost));
    let flight = shop.fly((**store).clone()).await;
    pass(1).await;
    let unknown = flight.screen(View::ALL).await;
    assert!(!unknown.contains("did not come"), "before the list is known nothing is known: {unknown}");
    shop.world.mood(Mood::Well);
    let said = format!("The update of {WEB} by Compose did not come to its end: its container is gone.");
    for view in [View::One(name(WEB)), View::Project(name("shop")), View::ALL] {
        eventually("it to be told", async || flight.screen(view.clone()).await.contains(&said)).await;
    }
    (flight, before)
}

fn offered(screen: &Screen) -> Vec<AnyAct> {
    let buttons = screen.rows.iter().flatten();
    buttons
        .filter_map(|button| match &button.intent {
            crate::intent::Intent::Act(act) => Some(act.clone()),
            _ => None,
        })
        .collect()
}

/// Cut short, then ended by this way out.
async fn way_out(act: Act) -> (Shop, Container) {
    let (shop, store) = (Shop::open().await, store::testing::temp().await);
    let (flight, before) = cut_short(&shop, &store).await;
    let acts = [Act::Finish(name(WEB)), Act::PutBack(name(WEB)), Act::LetGo(name(WEB))];
    let screen = flight.room.view(&View::One(name(WEB)), &flight.reader(Lang::Id)).await;
    assert_eq!(offered(&screen), acts.clone().map(AnyAct::Containers));
    let viewer = Reader { role: Role::Observer, ..flight.reader(Lang::En) };
    assert_eq!(offered(&flight.room.view(&View::One(name(WEB)), &viewer).await), []);
    for act in acts.map(AnyAct::Containers) {
        assert_eq!((act.risk(), act.role()), (crate::intent::Risk::Danger, Role::Pilot), "{act:?}");
        assert!(!flight.room.weigh(&act, &flight.reader(Lang::En)).await.is_empty(), "{act:?}");
    }
    // The image before has no name: it is the way back.
    let prune = flight.act(Act::Prune(crate::intent::containers::Prune::Images)).await;
    assert!(matches!(prune, Outcome::Refused { .. }), "{prune:?}");
    assert!(matches!(flight.act(act.clone()).await, Outcome::Done { .. }));
    if !matches!(act, Act::LetGo(_)) {
        shop.is_wanted().await;
        let busy = flight.act(act.clone()).await;
        assert!(matches!(busy, Outcome::Refused { .. }), "not twice: {busy:?}");
        assert_eq!(shop.world.container(&format!("0123456789ab_{WEB}")), None, "it would be in the way");
        shop.made(WEB);
    }
    eventually("what was noted to go", async || noted(&store).await.is_empty()).await;
    let one = View::One(name(WEB));
    eventually("it to be told no more", async || {
        !flight.screen(one.clone()).await.contains("did not come to its end")
    })
    .await;
    let told = |flight: &Flight| flight.events.lock().unwrap().last().cloned();
    let whole = Some(Event::UpdatesInterrupted { containers: Vec::new() });
    eventually("the notice to end", async || told(&flight) == whole).await;
    flight.end().await;
    (shop, before)
}

#[tokio::test]
async fn an_update_by_compose_that_was_cut_short_is_put_back_by_compose() {
    let (shop, before) = way_out(Act::PutBack(name(WEB))).await;
    assert_eq!(shop.told(), 2);
    let named = shop.world.image("nginx:1.27").await.unwrap();
    assert_eq!(named.id, before.image_id, "its name means the image of before");
}

#[tokio::test]
async fn an_update_by_compose_that_was_cut_short_is_finished_by_compose() {
    let (shop, before) = way_out(Act::Finish(name(WEB))).await;
    assert_eq!(shop.told(), 2);
    let named = shop.world.image("nginx:1.27").await.unwrap();
    assert_ne!(named.id, before.image_id, "its name means the newer image");
}

#[tokio::test]
async fn an_update_by_compose_that_was_cut_short_can_be_left_as_it_is() {
    let (shop, _) = way_out(Act::LetGo(name(WEB))).await;
    assert_eq!((shop.told(), shop.world.container(WEB)), (1, None), "nothing is touched");
}

#[tokio::test]
async fn a_file_that_says_something_else_by_now_is_left_alone_and_that_is_told() {
    let shop = Shop::open().await;
    let script = SCRIPT.replace("hash-of-web", "another");
    executable(&shop.path("compose"), &script).await;
    let flight = shop.fly(Store::new(Port::new())).await;
    match flight.update(&[WEB]).await {
        Ending::Done { summary: Some(summary) } => {
            let said = crate::locale::say(Lang::En, &summary);
            assert!(said.contains("is well.") && said.contains("without Compose"), "{said}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(shop.told(), 0);
    flight.end().await;
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_begun() {
    let shop = Shop::open().await;
    let before = shop.world.container(WEB).unwrap();
    let flight = shop.fly(Store::new(Port::new())).await;
    match flight.update(&[WEB]).await {
        Ending::Failed { why, .. } => assert_eq!(why.id, "containers-not-updated-not-noted"),
        other => panic!("{other:?}"),
    }
    assert_eq!((shop.told(), shop.world.container(WEB).unwrap().id), (0, before.id));
    assert!(matches!(flight.act(Act::Restart(name(WEB))).await, Outcome::Done { .. }), "nothing holds it");
    flight.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_update_that_ended_unwatched_is_forgotten_when_it_has_held_and_not_while_it_falls() {
    let clock: Arc<dyn Clock> = Arc::new(TestClock(Instant::now()));
    let (world, store) = (World::demo(clock.clone()), store::testing::temp().await);
    world.live("demo-worker-1", Life::Ends { after: Duration::from_secs(4), code: 1 });
    world.crash("demo-worker-1", 1);
    for (container, socket) in
        [("vaultwarden", "/var/run/docker.sock"), ("demo-worker-1", "/var/run/docker.sock"), ("far", "/far")]
    {
        let service = Service {
            project: "demo".into(),
            service: "web".into(),
            files: Vec::new(),
            folder: "/srv/demo".into(),
            containers: vec![container.into()],
        };
        let (container, at) = (name(container), clock.now());
        let (image, before, socket) = ("app:1".into(), "sha256:before".into(), socket.into());
        let begun = Begun { container, service, image, before, socket, at };
        store.write(Durability::Full, move |tx| super::store::begin(tx, &begun)).await.unwrap();
    }
    let names = async |store: &Store| {
        noted(store).await.into_iter().map(|one| one.container.to_string()).collect::<Vec<_>>()
    };
    let flight = fly_as(world.clone(), clock, Config::default(), Vec::new(), (*store).clone()).await;
    pass(10).await;
    assert_eq!(names(&store).await, ["demo-worker-1", "far", "vaultwarden"], "it may yet fall");
    match flight.update(&["vaultwarden"]).await {
        Ending::Failed { why, .. } => assert_eq!(why.id, "containers-not-updated-unfinished"),
        other => panic!("it would take the newer one for the one to go back to: {other:?}"),
    }
    pass(110).await;
    assert_eq!(names(&store).await, ["demo-worker-1", "far"]);
    assert!(!flight.screen(View::ALL).await.contains("update of far"), "of another engine nothing is known");
    world.live("demo-worker-1", Life::Steady);
    pass(120).await;
    assert_eq!(names(&store).await, ["far"]);
    flight.end().await;
}

/// With a service of two containers.
async fn fly_with_mail(protected: &[&str]) -> Flight {
    let clock: Arc<dyn Clock> = Arc::new(TestClock(Instant::now()));
    let world = World::demo(clock.clone());
    for name in ["shop-mail-1", "shop-mail-2"] {
        world.add(Cast { name, image: "mail:1", compose: Some(("shop", "mail", "")), ..Cast::default() });
    }
    world.publish("mail:1", Life::Steady);
    fly_on(world, clock, protected, Vec::new()).await
}

#[tokio::test(start_paused = true)]
async fn containers_of_one_service_are_updated_together_or_not_at_all() {
    let flight = fly_with_mail(&[]).await;
    let later = async {
        pass(1).await;
        flight.update(&["shop-mail-2"]).await
    };
    let (first, second) = tokio::join!(flight.update(&["shop-mail-1"]), later);
    assert!(matches!(first, Ending::Done { .. }), "{first:?}");
    assert!(
        matches!(&second, Ending::Failed { why, .. } if why.id == "containers-update-busy"),
        "Compose would make both: {second:?}"
    );
    flight.end().await;
    let flight = fly_with_mail(&["shop-mail-2"]).await;
    match flight.update(&["shop-mail-1"]).await {
        Ending::Failed { why, .. } => assert_eq!(why.id, "containers-refused-protected"),
        other => panic!("{other:?}"),
    }
    flight.end().await;
}

#[test]
fn of_a_service_the_worst_container_speaks() {
    use crate::subsystems::containers::{
        begun::Found,
        model::{ContainerId, Health},
    };
    let one = |name: &str, state, health, image: &str| Container {
        id: ContainerId(name.into()),
        name: name.into(),
        image: "app:1".into(),
        image_id: image.into(),
        created: None,
        state,
        health,
        status: String::new(),
        ports: Vec::new(),
        compose: None,
        mounts: Vec::new(),
        networks: Vec::new(),
        shares_network_of: None,
    };
    let begun = Begun {
        container: name("web"),
        service: Service {
            project: "shop".into(),
            service: "web".into(),
            files: Vec::new(),
            folder: Path::new("/srv").to_string_lossy().into_owned(),
            containers: vec!["web".into(), "twin".into()],
        },
        image: "app:1".into(),
        before: "old".into(),
        socket: String::new(),
        at: Timestamp::UNIX_EPOCH,
    };
    let found = |state, health, image| {
        let list = [one("web", state, health, image), one("twin", State::Running, None, "new")];
        begun.found(list.iter())
    };
    for (state, health, image, want) in [
        (State::Running, None, "new", Found::Whole),
        (State::Running, Some(Health::Healthy), "new", Found::Whole),
        (State::Running, Some(Health::Starting), "new", Found::Wait),
        (State::Running, Some(Health::Unhealthy), "new", Found::Unwell),
        (State::Running, Some(Health::Unhealthy), "old", Found::Whole),
        (State::Restarting, None, "new", Found::Unwell),
        (State::Exited(Some(143)), None, "old", Found::Down),
        (State::Created, None, "new", Found::Down),
    ] {
        assert_eq!(found(state, health, image), want, "{state:?} {health:?} {image}");
    }
    assert_eq!(
        begun.found([one("web", State::Running, None, "new")].iter()),
        Found::Gone,
        "the twin is gone"
    );
}
