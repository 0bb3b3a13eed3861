//! The whole room on the lab's engine: every screen, every button, and an engine that stops, starts and hangs while
//! fifty containers are looked at.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use cockpit_bot::{
    domain::{Blobs, ChatId, ChatKind, Lang, PilotId, Reader, Role, SystemClock, Theme},
    events::{Event, Outlet},
    intent::{
        Act as AnyAct, View as AnyView,
        containers::{Act, Amount, Filter, Log, Name, Only, Prune, Since, Stock, View},
    },
    jobs::Jobs,
    process::{Command, run},
    room::{Order, Outcome, Room},
    screen::{Block, Mark, Screen, html},
    store::Store,
    subsystems::containers::{Config, Containers, Msg, Setup, actor::Keeper, engine_docker::Docker},
    supervision::{Health, Port},
};
use jiff::Timestamp;
use ractor::{Actor, ActorRef};
use tokio::time::Instant;

use super::{TURN, lab::Lab};

/// Creating and ending many takes the lab's engine its time.
const PATIENCE: Duration = Duration::from_secs(120);
const LOAD: usize = 50;
const DOCKER: &str = "run/docker.sock";

pub fn name(text: &str) -> Name {
    Name::parse(text).expect("a container's name")
}

/// The demo containers as they are made, with every fault: what an earlier test left of them goes first.
pub async fn demo(lab: &Lab) {
    lab.sh("docker ps -aq | xargs -r docker rm -f").await;
    script(lab, &["docker-demo"]).await;
}

/// A verb of the lab itself.
pub async fn script(lab: &Lab, verb: &[&str]) {
    // "lab -n NAME exec …"
    let words = lab.exec();
    let command = Command::new(&words[0]).args(&words[1..3]).args(verb).deadline(PATIENCE * 2);
    let output = run(command).await.expect("the lab's script runs");
    assert!(output.exit.success(), "{verb:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub struct Flight {
    pub lab: Lab,
    actor: ActorRef<Msg>,
    pub room: Containers,
    events: Arc<Mutex<Vec<Event>>>,
    _scratch: tempfile::TempDir,
}

impl Flight {
    /// With the engine behind this socket of the lab.
    pub async fn take_off(lab: Lab, socket: &str) -> Flight {
        let socket = lab.root().await.join(socket);
        let scratch = tempfile::tempdir().expect("a folder");
        let events: Arc<Mutex<Vec<Event>>> = Arc::default();
        let heard = events.clone();
        let setup = Setup {
            dock: Arc::new(|socket| Arc::new(Docker::new(socket))),
            outlet: Outlet::new(|_| (), move |(_, event)| heard.lock().expect("whole").push(event)),
            clock: Arc::new(SystemClock),
            blobs: Blobs::default(),
            scratch: scratch.path().into(),
            store: Store::new(Port::new()),
            warned: Arc::new(|| Box::pin(std::future::ready(Some(Vec::new())))),
        };
        let mut config = Config { socket: Some(socket), ..Config::default() };
        config.updates.enabled = true;
        let (actor, _) = Actor::spawn(None, Keeper { setup }, config).await.expect("an actor");
        let port = Port::new();
        port.bind(actor.clone());
        let room = Containers { port, jobs: Jobs::new(Port::new(), Store::new(Port::new())) };
        let flight = Flight { lab, actor, room, events, _scratch: scratch };
        flight.eventually("a connection", async |f| f.show(&View::ALL).await.contains(" up · ")).await;
        flight
    }

    pub async fn land(self) {
        self.actor.stop(None);
        self.actor.wait(None).await.expect("it ends");
    }

    fn reader(&self) -> Reader {
        let (lang, tz, now) = (Lang::En, jiff::tz::TimeZone::UTC, Timestamp::now());
        Reader { lang, tz, role: Role::Owner, theme: Theme::Dark, chat: ChatKind::Private, now }
    }

    pub async fn screen(&self, view: &View) -> Screen {
        self.room.view(view, &self.reader()).await
    }

    pub async fn show(&self, view: &View) -> String {
        html::plain(&self.screen(view).await, &self.reader())
    }

    pub async fn one(&self, container: &str) -> String {
        self.show(&View::One(name(container))).await
    }

    pub async fn act(&self, act: &Act) -> Outcome {
        let order = Order {
            pilot: PilotId(1),
            pilot_name: "Dre".into(),
            chat: ChatId(1),
            reader: self.reader(),
            op: String::new(),
        };
        self.room.act(act, &order).await
    }

    /// Carried out, and its evidence as the screen that follows tells it.
    pub async fn done(&self, act: &Act, says: &str) {
        let next = match self.act(act).await {
            Outcome::Done { next: AnyView::Containers(next) } => next,
            other => panic!("{act:?}: {other:?}"),
        };
        self.eventually(&format!("{act:?} to say {says:?}"), async |f| f.show(&next).await.contains(says))
            .await;
    }

    pub fn heard(&self) -> Vec<Event> {
        std::mem::take(&mut *self.events.lock().expect("whole"))
    }

    async fn is_degraded(&self) -> bool {
        let status = self.room.port.call(Duration::from_secs(5), Msg::Status).await.expect("it answers");
        matches!(status.health, Health::Degraded { .. })
    }

    pub async fn eventually(&self, what: &str, is: impl AsyncFn(&Flight) -> bool) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if is(self).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        panic!("waited in vain for {what}; the list is:\n{}", self.show(&View::ALL).await);
    }
}

/// `lab-oom`, ended, and the engine says that memory ran out. Its first process lives while its child is killed again
/// and again, until the engine has heard of it from the kernel, which on a busy machine takes it more than one try.
async fn killed_for_memory(lab: &Lab) {
    lab.sh("docker rm -f lab-oom >/dev/null 2>&1; id=$(docker run -d --name lab-oom -m 8m lab/busybox:1 sh -c \
              'trap \"exit 137\" TERM; while :; do dd if=/dev/zero of=/dev/null bs=64M; sleep 1; done'); \
            timeout 60 docker events --since 1m --filter container=$id --filter event=oom | head -n 1 | grep -q oom || \
              { echo 'the engine told no oom in 60 s'; docker logs --tail 5 $id; exit 1; }; \
            docker kill --signal TERM $id >/dev/null; timeout 30 docker wait $id >/dev/null")
        .await;
    let flag = lab.sh("docker inspect --format '{{.State.OOMKilled}} {{.State.ExitCode}}' lab-oom").await;
    assert_eq!(flag, "true 137", "what the engine told as an event it keeps as a flag");
}

#[tokio::test]
async fn every_screen_and_button_is_tried_on_a_real_engine() {
    let _turn = TURN.lock().await;
    let Some(lab) = Lab::up().await else { return };
    demo(&lab).await;
    killed_for_memory(&lab).await;
    lab.sh("docker rm -f lab-buttons >/dev/null 2>&1; docker volume create lab-unused; \
            docker run -d --name lab-buttons -e SECRET=lab-secret -v lab-kept:/data -p 127.0.0.1:8099:80 \
              lab/busybox:1 sh -c 'while :; do echo said; echo cried >&2; sleep 1; done'")
        .await;
    let flight = Flight::take_off(lab, DOCKER).await;
    let of = |text: &str| Log::of(name(text));
    let stock = |what| View::Stock { what, page: 0 };
    let list = |filter| View::List { filter, search: None, page: 0 };
    let views = [
        (list(Filter::All), "📦 demo"),
        (list(Filter::Running), "worker"),
        (list(Filter::Stopped), "lab-done"),
        (list(Filter::Troubled), "sick"),
        (View::List { filter: Filter::All, search: Some("butt".into()), page: 0 }, "lab-buttons"),
        (View::Project(name("demo")), "web"),
        (View::One(name("lab-buttons")), "127.0.0.1:8099"),
        (View::One(name("demo_sick_1")), "unhealthy"),
        (View::One(name("demo_crash_1")), "restart"),
        (View::One(name("lab-paused")), "paused"),
        (View::One(name("lab-failed")), "exited 3"),
        (View::One(name("lab-oom")), "out of memory"),
        (View::One(name("demo")), "of 4 up"),
        (View::Details(name("demo_sick_1")), "Health check"),
        (View::Details(name("demo_web_1")), "demo_front"),
        (View::Details(name("lab-buttons")), "SECRET"),
        (View::Values(name("lab-buttons")), "lab-secret"),
        (View::Log(of("lab-buttons")), "cried"),
        (View::Log(Log { amount: Amount::TwoHundred, since: Since::Hour, ..of("demo_crash_1") }), "fatal"),
        (View::Log(Log { only: Only::Errors, since: Since::Start, ..of("lab-buttons") }), "cried"),
        (View::Log(Log { search: Some("SAID".into()), since: Since::Day, ..of("lab-buttons") }), "said"),
        (View::Log(Log { follow: true, ..of("lab-buttons") }), "said"),
        (stock(Stock::Usage), "in all"),
        (stock(Stock::Images), "lab/busybox"),
        (stock(Stock::Volumes), "demo_webdata"),
        (stock(Stock::Networks), "demo_front"),
        (View::UnusedVolumes, "lab-unused"),
        (View::Updates { page: 0 }, "containers.updates.enabled"),
    ];
    for (view, says) in &views {
        flight
            .eventually(&format!("{view:?} with {says:?}"), async |f| f.show(view).await.contains(says))
            .await;
        let screen = flight.screen(view).await;
        let unknown = |block: &&Block| matches!(block, Block::State(Mark::Unknown, _));
        assert!(screen.blocks.iter().all(|block| !unknown(&block)), "{view:?}: {:?}", screen.blocks);
    }
    assert!(flight.screen(&stock(Stock::Map)).await.picture.is_some(), "the usage as a picture");
    assert!(!flight.show(&View::Details(name("lab-buttons"))).await.contains("lab-secret"));
    flight.eventually("figures", async |f| f.one("lab-buttons").await.contains(" %")).await;
    let frozen = async |f: &Flight| f.one("lab-paused").await.contains("CPU      0.0 %");
    flight.eventually("one that is paused to keep its memory", frozen).await;
    let errors = View::Log(Log { only: Only::Errors, ..of("lab-buttons") });
    assert!(!flight.show(&errors).await.contains("said"), "stdout is told apart from stderr");

    let one = || name("lab-buttons");
    for (act, says) in [
        (Act::Pause(one()), "lab-buttons is paused."),
        (Act::Unpause(one()), "lab-buttons goes on."),
        (Act::Restart(one()), "lab-buttons is up, steady for 5 s."),
        (Act::Stop(one()), "lab-buttons is down"),
        (Act::Start(one()), "lab-buttons is up, steady for 5 s."),
        (Act::Kill(one()), "lab-buttons is down: exited 137"),
        (Act::Remove(one()), "lab-buttons is removed."),
        (Act::Restart(name("demo_crash_1")), "demo_crash_1 did not hold"),
        (Act::StopProject(name("demo")), "demo_web_1 is down"),
        (Act::StartProject(name("demo")), "demo_web_1 is up and healthy."),
    ] {
        flight.done(&act, says).await;
    }
    let refused = flight.act(&Act::Remove(name("demo_worker_1"))).await;
    assert!(matches!(refused, Outcome::Refused { .. }), "a running one stays: {refused:?}");
    match flight.act(&Act::LogFile(of("demo_worker_1"))).await {
        Outcome::Done { next: AnyView::Containers(View::File { log, file }) } => {
            let ready = flight.show(&View::File { log: log.clone(), file }).await;
            assert!(ready.contains("Ready"), "{ready}");
            assert!(matches!(flight.act(&Act::SendLog { log, file }).await, Outcome::File(_)));
        }
        other => panic!("{other:?}"),
    }

    let unused = flight.screen(&View::UnusedVolumes).await;
    let remove = unused.rows.iter().flatten().find_map(|button| match &button.intent {
        cockpit_bot::intent::Intent::Act(AnyAct::Containers(act @ Act::PruneVolumes { .. })) => {
            Some(act.clone())
        }
        _ => None,
    });
    flight.done(&remove.expect("they can be removed"), "removed").await;
    assert!(!flight.lab.sh("docker volume ls -q").await.contains("lab-unused"));
    let forecast = AnyAct::Containers(Act::Prune(Prune::Networks));
    flight.lab.sh("docker network create lab-empty >/dev/null").await;
    flight.lab.sh("docker network create lab-tied >/dev/null; docker create --name lab-tied --network lab-tied lab/busybox:1 true >/dev/null").await;
    flight
        .eventually("the question to name what goes", async |f| {
            let lines = f.room.weigh(&forecast, &f.reader()).await;
            lines.iter().any(|one| one.line.contains("lab-empty") && !one.line.contains("lab-tied"))
        })
        .await;
    for what in [Prune::BuildCache, Prune::Images, Prune::Networks, Prune::Containers] {
        let usage = stock(Stock::Usage);
        flight.eventually("nothing to be under way", async |f| !f.show(&usage).await.contains("On it")).await;
        assert!(matches!(flight.act(&Act::Prune(what)).await, Outcome::Done { .. }), "{what:?}");
    }
    flight
        .eventually("the network to be gone", async |f| {
            !f.lab.sh("docker network ls").await.contains("lab-empty")
        })
        .await;
    flight
        .eventually("the stopped ones to be gone", async |f| !f.show(&View::ALL).await.contains("lab-done"))
        .await;
    assert!(flight.lab.sh("docker network ls").await.contains("lab-tied"), "a stopped one was tied to it");
    // What a pilot asked for is no crash; the loop and the one that is killed for memory are.
    let told = flight.heard();
    let asked =
        |event: &Event| matches!(event, Event::ContainerDied { container, .. } if container == "lab-buttons");
    assert!(!told.iter().any(asked), "{told:?}");
    // As the other tests want to find it.
    flight
        .lab
        .sh("docker rm -f lab-oom lab-buttons lab-paused >/dev/null 2>&1; docker volume rm lab-kept; docker network rm lab-tied; true")
        .await;
    demo(&flight.lab).await;
    flight.land().await;
}

#[tokio::test]
async fn an_engine_that_stops_starts_and_hangs_under_load_bursts_nothing() {
    let _turn = TURN.lock().await;
    let Some(lab) = Lab::up().await else { return };
    let begin = |from: usize, to: usize| {
        format!(
            "seq {from} {to} | xargs -P 4 -I% docker run -d --name load-% --restart always lab/busybox:1 \
             sh -c 'trap \"exit 0\" TERM; while :; do echo tick; sleep 1; done' >/dev/null"
        )
    };
    lab.sh("docker ps -aq --filter name=load- | xargs -r docker rm -f >/dev/null").await;
    for half in [(1, LOAD / 2), (LOAD / 2 + 1, LOAD)] {
        lab.sh(&begin(half.0, half.1)).await;
    }
    let flight = Flight::take_off(lab, DOCKER).await;
    let load = |page| View::List { filter: Filter::Running, search: Some("load-".into()), page };
    let log = View::Log(Log { follow: true, ..Log::of(name("load-1")) });
    let look = async || {
        for page in 0..7 {
            flight.show(&load(page)).await;
        }
        flight.show(&log).await
    };
    flight.eventually("fifty", async |f| f.show(&load(0)).await.contains(&format!("{LOAD} with"))).await;
    flight.eventually("figures", async |f| f.show(&load(0)).await.contains(" %")).await;
    assert!(look().await.contains("tick"));
    flight.heard();
    let mut spans = Vec::new();
    for _ in 0..9 {
        let began = Instant::now();
        flight.show(&View::ALL).await;
        spans.push(began.elapsed());
    }
    spans.sort();
    println!("{LOAD} containers and the demo's: from the tap to the list {:?}, median of 9", spans[4]);
    assert!(spans[0] < Duration::from_millis(300), "{spans:?}");

    for round in 0..2 {
        flight.lab.sh("systemctl stop docker.socket docker.service").await;
        flight.eventually("the end to be seen", async |f| f.is_degraded().await).await;
        let list = flight.show(&load(0)).await;
        assert!(list.contains("Reconnecting to the engine"), "{list}");
        let one = flight.one("load-1").await;
        assert!(one.contains("Last known: up"), "{one}");
        let refused = flight.act(&Act::Restart(name("load-1"))).await;
        assert!(matches!(refused, Outcome::Refused { .. }), "{refused:?}");
        flight.lab.sh("systemctl start docker.socket docker.service").await;
        flight.eventually("it to be back", async |f| !f.is_degraded().await).await;
        let all_up = async |f: &Flight| f.show(&load(0)).await.contains(&format!("{LOAD} with"));
        flight.eventually("all to be up", all_up).await;
        flight.eventually("the log to go on", async |f| f.show(&log).await.contains("tick")).await;
        flight.eventually("figures again", async |f| f.show(&load(0)).await.contains(" %")).await;
        look().await;
        let told = flight.heard();
        let of_load = |event: &&Event| format!("{event:?}").contains("load-");
        assert_eq!(told.iter().filter(of_load).collect::<Vec<_>>(), Vec::<&Event>::new(), "round {round}");
        assert!(told.len() <= 4, "of the demo's own faults, once each: {told:?}");
    }

    flight.lab.sh("systemctl kill -s STOP --kill-who=main docker.service").await;
    let began = Instant::now();
    let one = flight.one("load-1").await;
    assert!(one.contains("Last known") || one.contains("not answered"), "{one}");
    let took = began.elapsed();
    assert!(flight.show(&load(0)).await.contains("load-"), "the list is of what is known");
    flight.lab.sh("systemctl kill -s CONT --kill-who=main docker.service").await;
    println!("a hung engine cost a screen {took:?}");
    flight
        .eventually("it to answer again", async |f| {
            f.one("load-1").await.contains("steady") || f.one("load-1").await.contains("up for")
        })
        .await;
    flight.lab.sh("docker ps -aq --filter name=load- | xargs -r -n 10 -P 4 docker rm -f >/dev/null").await;
    flight.land().await;
}
