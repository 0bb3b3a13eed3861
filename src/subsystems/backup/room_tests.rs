//! The whole room on a real store and real jobs, with both engines in memory: what waits for its repository outlives
//! the actor, two plans of one repository do not mix, files reach the chat.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use ractor::{Actor, ActorRef};
use tokio::io::AsyncReadExt;

use super::{
    actor::BackupActor,
    config::{Config, PlanConfig, example},
    desk::Desk,
    engine_fake::World as Fake,
    messages::{Board, Msg},
    plan::{Chore, Facts, Waiting},
    room::Backup,
    scratch::Scratches,
};
use crate::{
    domain::{
        Asker, Attachment, Blobs, Bytes, ChatId, ChatKind, Clock, Courier, Delivering, JobId, JobOutcome,
        Lang, Limits, PilotId, Reader, Role, SystemClock, Theme, Undelivered,
    },
    events::{BackupEnd, Event, Outlet},
    intent::{
        View as AnyView,
        backup::{Act, Browse, Existing, Place, PlanName, Restore, View},
    },
    jobs::{self, Hands, Jobs},
    room::{Order, Outcome, Room},
    scheduler::{Schedule, TaskBook},
    screen::html,
    store::testing::{Temp, temp},
    supervision::Port,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// The chat, a file's name and its bytes.
type Arrival = (ChatId, String, Vec<u8>);

/// Takes files into memory.
#[derive(Clone, Default)]
struct Post {
    blobs: Blobs,
    arrived: Arc<Mutex<Vec<Arrival>>>,
    most: u64,
}

impl Courier for Post {
    fn limits(&self) -> Limits {
        Limits { fetch: Bytes(20_000_000), deliver: Bytes(self.most) }
    }

    fn deliver(&self, chat: ChatId, file: Attachment) -> Delivering<'_> {
        Box::pin(async move {
            let opened = self.blobs.open(file.blob).await;
            let (meta, mut stream) = opened.map_err(Undelivered::Unread)?;
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).await.map_err(|error| Undelivered::Unread(error.into()))?;
            self.arrived.lock().unwrap().push((chat, meta.name, bytes));
            Ok(())
        })
    }
}

struct World {
    room: Backup,
    config: Config,
    actor: ActorRef<Msg>,
    fake: Fake,
    post: Post,
    heard: Arc<Mutex<Vec<Event>>>,
    _store: Temp,
    _dir: tempfile::TempDir,
}

fn name(text: &str) -> PlanName {
    PlanName::parse(text).expect("a name")
}

fn plan(name: &str) -> PlanConfig {
    PlanConfig { repository: "/mnt/dre/restic".into(), ..example(name) }
}

fn order() -> Order {
    let reader = Reader {
        lang: Lang::En,
        tz: TimeZone::UTC,
        role: Role::Owner,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: Timestamp::now(),
    };
    Order { pilot: PilotId(7), pilot_name: "Dre".into(), chat: ChatId(-9), reader, op: "u1".into() }
}

impl World {
    async fn new(plans: Vec<PlanConfig>) -> World {
        let (store, dir) = (temp().await, tempfile::tempdir().expect("a folder"));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let events = heard.clone();
        let outlet = Outlet::new(|_| (), move |(_, event)| events.lock().unwrap().push(event));
        let port = Port::new();
        let hands = Hands { store: store.handle(), clock: clock.clone(), outlet: outlet.clone() };
        jobs::testing::start(&port, hands).await;
        let (fake, blobs) = (Fake::demo(clock.clone()), Blobs::default());
        let post = Post { blobs: blobs.clone(), most: 40_000, ..Post::default() };
        let desk = Desk {
            engines: fake.engines(),
            jobs: Jobs::new(port, store.handle()),
            schedule: Schedule::new(Port::new(), store.handle(), TaskBook::default()),
            store: store.handle(),
            clock,
            outlet,
            blobs,
            courier: Arc::new(post.clone()),
            port: Port::new(),
            zone: TimeZone::UTC,
            host: Some("simulated".into()),
            credentials: None,
            scratch: Scratches::new(dir.path()),
            simulated: true,
        };
        let config = Config { plans, ..Config::default() };
        let actor = start(&desk, &config).await;
        World {
            room: Backup::new(desk, Vec::new()),
            config,
            actor,
            fake,
            post,
            heard,
            _store: store,
            _dir: dir,
        }
    }

    fn desk(&self) -> &Desk {
        &self.room.desk
    }

    /// Without a word, as when it panics.
    async fn crash(&mut self) {
        self.actor.kill();
        self.actor.wait(None).await.ok();
        self.actor = start(&self.room.desk, &self.config).await;
    }

    async fn board(&self) -> Arc<Board> {
        self.desk().port.call(PATIENCE, Msg::Snapshot).await.expect("it answers")
    }

    async fn facts(&self, plan: &str) -> Facts {
        self.desk().facts(&name(plan)).await.expect("a store")
    }

    /// Looks again until it is so.
    async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut(&World) -> Option<T>) -> T {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            if let Some(found) = look(self).await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("waited in vain for {what}; {:#?}", self.heard.lock().unwrap());
    }

    async fn listed(&self) {
        self.until("the listing", async |world| {
            let board = world.board().await;
            board.plans.iter().all(|sheet| sheet.facts.listed.is_some() && !sheet.looking).then_some(())
        })
        .await;
    }

    async fn begin(&self, act: Act) -> JobId {
        self.until("the start of a job", async |world| match world.room.act(&act, &order()).await {
            Outcome::Started { job, .. } => Some(job),
            Outcome::Refused { why, .. } if why.contains("sorted out") => None,
            other => panic!("{other:?}"),
        })
        .await
    }

    async fn ended(&self, job: JobId) -> JobOutcome {
        let ended = tokio::time::timeout(PATIENCE, self.desk().jobs.ended(job)).await.expect("in time");
        ended.expect("jobs").expect("it is known").record.outcome.expect("it ended")
    }

    async fn shown(&self, view: View) -> String {
        let reader = order().reader;
        let screen = self.room.view(&view, &reader).await;
        let labels: Vec<String> = screen.rows.iter().flatten().map(|button| button.label.clone()).collect();
        format!("{}\n{}", html::plain(&screen, &reader), labels.join("\n"))
    }

    async fn newest(&self, plan: &str) -> String {
        let success = self.facts(plan).await.success.expect("a backup");
        success.snapshot.expect("a snapshot").id.as_str().to_owned()
    }
}

async fn start(desk: &Desk, config: &Config) -> ActorRef<Msg> {
    let arguments = (desk.clone(), config.clone());
    let (actor, _) =
        Actor::spawn(None, BackupActor, arguments).await.expect("its start does nothing that fails");
    desk.port.bind(actor.clone());
    actor
}

#[tokio::test]
async fn what_waits_for_its_repository_outlives_the_actor_and_is_started_once() {
    let mut world = World::new(vec![plan("home")]).await;
    world.listed().await;
    let backup = world.begin(Act::Run(name("home"))).await;
    // As the scheduler's task puts it down when the repository is busy.
    let asked_by = Asker::Schedule { task: "backup.home.check".into() };
    let chore = Chore::Check { data: false };
    let waiting = Waiting { chore, asked_by, since: world.desk().now() };
    world.desk().change(&name("home"), move |facts| facts.wait(waiting)).await.expect("a store");
    world.desk().port.cast(Msg::Hold).expect("it is up");
    world
        .until("the screen to say so", async |world| {
            world.shown(View::Plan(name("home"))).await.contains("waits until").then_some(())
        })
        .await;
    world.crash().await;
    assert!(matches!(world.ended(backup).await, JobOutcome::Done { .. }));
    let check = world
        .until("the check", async |world| {
            let found = world.desk().jobs.find(&plan("home").key()).await.expect("jobs")?;
            (found.record.id != backup).then_some(found.record)
        })
        .await;
    assert_eq!(check.asked_by, Asker::Schedule { task: "backup.home.check".into() });
    assert!(matches!(world.ended(check.id).await, JobOutcome::Done { .. }));
    world
        .until("it to be struck off", async |world| {
            world.facts("home").await.waiting.is_empty().then_some(())
        })
        .await;
    let newest = world.desk().jobs.find(&plan("home").key()).await.expect("jobs").expect("one");
    assert_eq!(newest.record.id, check.id, "a second run of it");
}

#[tokio::test]
async fn a_backup_is_told_with_its_snapshot_and_bytes_and_a_failure_with_its_reason() {
    let world = World::new(vec![plan("home")]).await;
    world.listed().await;
    let job = world.begin(Act::Run(name("home"))).await;
    assert!(matches!(world.ended(job).await, JobOutcome::Done { .. }));
    let newest = world.newest("home").await;
    let told = world.heard.lock().unwrap().clone();
    let end = told.iter().find_map(|event| match event {
        Event::BackupEnded { end: BackupEnd::Done { snapshot, added_bytes, .. }, .. } => {
            Some((snapshot.clone(), *added_bytes))
        }
        _ => None,
    });
    let (snapshot, added) = end.unwrap_or_else(|| panic!("{told:#?}"));
    assert_eq!(snapshot.as_deref(), Some(newest.as_str()));
    assert!(added > 0);
    world.fake.fill(true);
    let job = world.begin(Act::Run(name("home"))).await;
    assert!(matches!(world.ended(job).await, JobOutcome::Failed { .. }));
    let told = world.heard.lock().unwrap().clone();
    let failed = told.iter().any(|event| {
        matches!(event, Event::BackupEnded { end: BackupEnd::Failed { why }, .. } if why.id == "backup-engine-disk-full")
    });
    assert!(failed, "{told:#?}");
}

#[tokio::test]
async fn two_plans_of_one_repository_do_not_mix_and_take_turns() {
    let world = World::new(vec![plan("home"), plan("mail")]).await;
    world.listed().await;
    let home = world.shown(View::Snapshots { plan: name("home"), page: 0, all: false }).await;
    assert!(home.contains("12 snapshots") && !home.contains("not of this plan"), "{home}");
    let mail = world.shown(View::Snapshots { plan: name("mail"), page: 0, all: false }).await;
    assert!(mail.contains("no snapshot of this plan") && mail.contains("12 more"), "{mail}");
    assert_eq!(world.facts("mail").await.success, None, "another plan's backup is not this one's");
    let proof = world.begin(Act::Prove(name("mail"))).await;
    let JobOutcome::Failed { why, .. } = world.ended(proof).await else {
        panic!("there is nothing to prove")
    };
    assert_eq!(why.id, "backup-nothing-to-prove");
    let running = world.begin(Act::Run(name("home"))).await;
    let Outcome::Refused { why, next } = world.room.act(&Act::Run(name("mail")), &order()).await else {
        panic!("two at once")
    };
    assert!(why.contains("Backup home"), "{why}");
    assert!(matches!(next, AnyView::Jobs(_)));
    assert!(matches!(world.ended(running).await, JobOutcome::Done { .. }));
    let saved = world.begin(Act::Run(name("mail"))).await;
    assert!(matches!(world.ended(saved).await, JobOutcome::Done { .. }));
    world
        .until("both lists", async |world| {
            let mail = world.shown(View::Snapshots { plan: name("mail"), page: 0, all: false }).await;
            (mail.contains("One snapshot") && mail.contains("13 more")).then_some(())
        })
        .await;
    let all = world.shown(View::Snapshots { plan: name("mail"), page: 0, all: true }).await;
    assert!(all.contains("14 snapshots") && all.contains("Only those of mail"), "{all}");
}

#[tokio::test]
async fn the_latest_version_of_a_file_is_found_on_its_page_or_said_to_be_missing() {
    let world = World::new(vec![plan("home"), plan("mail")]).await;
    world.listed().await;
    let latest = async |path: &str| world.shown(View::Latest(path.to_owned())).await;
    // Of two plans that save it only one has a snapshot.
    let found = latest("/home/dre/notes/two\nlines.md").await;
    assert!(found.contains("☑ two⏎lines.md") && found.contains("Restore 1 ticked"), "{found}");
    let missing = latest("/home/dre/notes/fresh.md").await;
    assert!(missing.contains("is not in the newest snapshot") && !missing.contains("ticked"), "{missing}");
    let away = latest("/home/nobody/x").await;
    assert!(away.contains("is not in the newest snapshot"), "{away}");
    assert!(latest("/srv/x").await.contains("No plan saves /srv/x"));
    let saved = world.begin(Act::Run(name("mail"))).await;
    world.ended(saved).await;
    world
        .until("both plans to have one", async |world| {
            world.facts("mail").await.listed.is_some_and(|(_, count)| count == 1).then_some(())
        })
        .await;
    let both = latest("/home/dre/notes/ideas.md").await;
    assert!(
        both.contains("Several plans save") && both.contains("home ·") && both.contains("mail ·"),
        "{both}"
    );
    let view = View::LatestOf { plan: name("mail"), path: "/home/dre/notes/ideas.md".into() };
    let one = world.shown(view).await;
    assert!(one.contains("☑ ideas.md"), "{one}");
}

#[tokio::test]
async fn several_things_reach_the_chat_as_one_archive_and_one_file_as_it_is() {
    let world = World::new(vec![plan("home")]).await;
    world.listed().await;
    let snapshot = world.newest("home").await;
    let send = |paths: &[&str]| {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        Act::Restore(Restore { plan: name("home"), snapshot: snapshot.clone(), paths, place: Place::Chat })
    };
    let job = world.begin(send(&["/home/dre/notes", "/home/dre/.bashrc"])).await;
    let outcome = world.ended(job).await;
    assert!(matches!(outcome, JobOutcome::Done { .. }), "{outcome:?}");
    let arrived = world.until("the archive", async |world| world.post.arrived.lock().unwrap().pop()).await;
    assert_eq!(arrived.0, ChatId(-9));
    assert!(arrived.1.starts_with("home-") && arrived.1.ends_with(".tar.zst"), "{}", arrived.1);
    let mut archive = tar::Archive::new(zstd::stream::read::Decoder::new(&arrived.2[..]).expect("zstd"));
    let names: Vec<String> = archive
        .entries()
        .expect("tar")
        .map(|entry| entry.expect("tar").path().expect("a path").display().to_string())
        .collect();
    for name in ["home/dre/.bashrc", "home/dre/notes/two\nlines.md", "home/dre/notes/[draft] what? *.md"] {
        assert!(names.iter().any(|known| known == name), "{name:?} in {names:?}");
    }
    let job = world.begin(send(&["/home/dre/notes/ideas.md"])).await;
    assert!(matches!(world.ended(job).await, JobOutcome::Done { .. }));
    let arrived = world.until("the file", async |world| world.post.arrived.lock().unwrap().pop()).await;
    assert_eq!(arrived.1, "ideas.md");
    // More than ten times what the chat takes is not even fetched.
    let job = world.begin(send(&["/home/dre/music"])).await;
    let JobOutcome::Failed { why, mend } = world.ended(job).await else { panic!("too much") };
    assert_eq!(
        (why.id.as_ref(), mend.expect("advice").id.as_ref()),
        ("backup-chat-too-large", "backup-chat-mend")
    );
    assert!(world.post.arrived.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_index_leads_back_to_where_it_was_asked_for() {
    let borg = PlanConfig {
        engine: super::engine::EngineKind::Borg,
        repository: "ssh://backup@nas/./photos".into(),
        paths: vec!["/mnt/dre/photos".into()],
        ..plan("photos")
    };
    let world = World::new(vec![borg]).await;
    world.listed().await;
    let path = "/mnt/dre/photos/dre/notes/ideas.md";
    let before = world.shown(View::Latest(path.into())).await;
    assert!(before.contains("List it"), "{before}");
    let snapshot = world.newest("photos").await;
    let browse = Browse::of(&name("photos"), &snapshot).at("/mnt/dre/photos/dre/notes").toggled(path);
    let next = world
        .until("its start", async |world| match world.room.act(&Act::Index(browse.clone()), &order()).await {
            Outcome::Started { next, .. } => Some(next),
            _ => None,
        })
        .await;
    assert_eq!(next, AnyView::Backup(View::Browse(browse)));
    let after = world.shown(View::Latest(path.into())).await;
    assert!(after.contains("☑ ideas.md"), "{after}");
}

#[tokio::test]
async fn a_restore_on_a_simulated_server_touches_nothing() {
    let world = World::new(vec![plan("home")]).await;
    world.listed().await;
    let restore = Restore {
        plan: name("home"),
        snapshot: world.newest("home").await,
        paths: vec!["/home/dre/notes".into()],
        place: Place::Original(Existing::Replace),
    };
    let job = world.begin(Act::Restore(restore)).await;
    let JobOutcome::Done { summary: Some(said) } = world.ended(job).await else { panic!("it went wrong") };
    assert_eq!(said.id, "backup-restored-simulated");
}
