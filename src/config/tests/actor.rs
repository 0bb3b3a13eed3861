//! The actor over a file that changes: all or nothing, and it is told.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;
use ractor::{Actor, ActorRef};

use super::Env;
use crate::{
    audit::{self, Audit},
    config::{Apply, Arguments, Cause, Config, ConfigActor, Msg, Plan, Reloaded, Secrets, load_file},
    domain::Clock,
    events::{Event, Outlet},
    store::Folder,
    supervision::{Health, Port},
};

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_748_786_602).unwrap()
    }
}

struct Watched {
    folder: Folder,
    file: PathBuf,
    port: Port<Msg>,
    actor: ActorRef<Msg>,
    events: Arc<Mutex<Vec<Event>>>,
    audit: ActorRef<audit::Msg>,
}

const GOOD: &str = "[[pilots]]\nid = 1\nrole = \"owner\"\n[data]\ndir = \"/srv\"\n";

/// An actor over a file; a plan that sets the ship's name to "no" cannot be carried out.
async fn watched() -> Watched {
    let folder = Folder::temporary().unwrap();
    let file = folder.path().join("cockpit.toml");
    fs::write(&file, GOOD).unwrap();
    let loaded = load_file(&file, &Env::new(), Secrets::Find).unwrap();
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let hears = events.clone();
    let outlet = Outlet::new(|_| (), move |(_, event)| hears.lock().unwrap().push(event));
    let audit_port = Port::new();
    let audit_args = audit::Arguments::new(
        folder.path().into(),
        audit::Limits::default(),
        Arc::new(Fixed),
        Outlet::nowhere(),
    );
    let audit = Actor::spawn(None, audit::AuditActor, audit_args).await.unwrap().0;
    audit_port.bind(audit.clone());
    let apply: Apply = Arc::new(|plan: Plan| {
        let refuses = plan.new.ship.name.as_deref() == Some("no");
        Box::pin(async move { if refuses { Err("it would not fly".into()) } else { Ok(()) } })
    });
    let args = Arguments {
        file: Some(file.clone()),
        env: Env::new(),
        secrets: Secrets::Find,
        holds: Arc::new(Mutex::new(Arc::new(loaded.config.unwrap()))),
        apply,
        audit: Audit::new(audit_port),
        outlet,
        clock: Arc::new(Fixed),
    };
    let actor = Actor::spawn(None, ConfigActor, args).await.unwrap().0;
    let port = Port::new();
    port.bind(actor.clone());
    Watched { folder, file, port, actor, events, audit }
}

const S5: Duration = Duration::from_secs(5);

impl Watched {
    async fn reload(&self, text: &str) -> Reloaded {
        fs::write(&self.file, text).unwrap();
        self.port.call(S5, |reply| Msg::Reload(Cause::Pilot, Some(reply))).await.unwrap()
    }

    async fn current(&self) -> Arc<Config> {
        self.port.call(S5, Msg::Current).await.unwrap()
    }

    async fn end(self) {
        for actor in [self.actor.get_cell(), self.audit.get_cell()] {
            actor.stop(None);
            actor.wait(None).await.unwrap();
        }
        drop(self.folder);
    }
}

#[tokio::test]
async fn a_reload_applies_all_or_nothing_and_is_told() {
    let watched = watched().await;
    assert_eq!(watched.reload(&format!("{GOOD}# a remark\n")).await, Reloaded::Unchanged);

    let good = watched.reload(&format!("{GOOD}[metrics]\ninterval = \"9s\"\n[ship]\nname = \"a\"\n")).await;
    assert_eq!(good, Reloaded::Applied { changed: vec!["ship", "metrics"], warnings: vec![] });
    assert_eq!(watched.current().await.metrics.interval, Duration::from_secs(9));

    let bad = watched.reload(&format!("{GOOD}[metrics]\ninterval = 9\n[ship]\nname = \"b\"\n")).await;
    assert!(matches!(&bad, Reloaded::Refused { problems } if problems.len() == 1), "{bad:?}");
    let failed = watched.reload(&format!("{GOOD}[ship]\nname = \"no\"\n")).await;
    assert_eq!(failed, Reloaded::Failed { why: "it would not fly".into() });
    let moved = watched.reload(&GOOD.replace("/srv", "/elsewhere")).await;
    assert!(matches!(&moved, Reloaded::Refused { problems } if problems[0].key == "data.dir"), "{moved:?}");
    let nobody = watched.reload("[data]\ndir = \"/srv\"\n").await;
    assert!(matches!(&nobody, Reloaded::Refused { problems } if problems[0].key == "pilots"), "{nobody:?}");
    fs::remove_file(&watched.file).unwrap();
    let gone = watched.port.call(S5, |r| Msg::Reload(Cause::Signal, Some(r))).await.unwrap();
    assert!(matches!(gone, Reloaded::Unreadable { .. }), "{gone:?}");
    assert_eq!(watched.current().await.ship.name(), "a", "the last good one holds throughout");
    let status = watched.port.call(S5, Msg::Status).await.unwrap();
    assert!(matches!(status.health, Health::Degraded { .. }), "{status:?}");

    let kinds: Vec<_> = watched.events.lock().unwrap().iter().map(std::mem::discriminant).collect();
    let of = |event: Event| std::mem::discriminant(&event);
    let (applied, refused) =
        (of(Event::ConfigApplied { changed: vec![] }), of(Event::ConfigRefused { problems: vec![] }));
    assert_eq!(kinds, [applied, refused, refused, refused, refused, refused]);
    let recorded = || audit::Reader::new(watched.folder.path().into()).page(0, 20).unwrap().lines;
    eventually("six entries", async || recorded().len() == 6).await;
    let lines = recorded();
    assert_eq!(lines[5].entry.verb, "config.applied");
    assert!(lines[..5].iter().all(|line| line.entry.verb == "config.refused"));
    assert_eq!(lines[0].entry.details["cause"], "signal");
    watched.end().await;
}

#[tokio::test]
async fn what_comes_during_a_reload_is_one_more_afterwards() {
    let watched = watched().await;
    fs::write(&watched.file, format!("{GOOD}[ship]\nname = \"x\"\n")).unwrap();
    let ask = || watched.port.call(S5, |reply| Msg::Reload(Cause::Pilot, Some(reply)));
    let (a, b, c) = tokio::join!(ask(), ask(), ask());
    assert!(matches!(a.unwrap(), Reloaded::Applied { .. }));
    assert_eq!((b.unwrap(), c.unwrap()), (Reloaded::Unchanged, Reloaded::Unchanged));
    watched.end().await;
}

/// Waits for a condition with real time, as it depends on the kernel's word about real files.
async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = tokio::time::Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_changed_file_is_noticed_however_an_editor_writes_it() {
    type Write = fn(&std::path::Path, &str);
    let in_place: Write = |file, text| fs::write(file, text).unwrap();
    let by_rename: Write = |file, text| {
        let new = file.with_extension("new");
        fs::write(&new, text).unwrap();
        fs::rename(&new, file).unwrap();
    };
    let removed_first: Write = |file, text| {
        fs::rename(file, file.with_extension("bak")).unwrap();
        fs::write(file, text).unwrap();
    };
    let by_link: Write = |file, text| {
        let target = file.with_extension("target");
        fs::write(&target, text).unwrap();
        fs::remove_file(file).unwrap();
        std::os::unix::fs::symlink(&target, file).unwrap();
    };
    let watched = watched().await;
    for (n, write) in [in_place, by_rename, removed_first, by_link, in_place].into_iter().enumerate() {
        let name = format!("ship{n}");
        write(&watched.file, &format!("{GOOD}[ship]\nname = \"{name}\"\n"));
        eventually(&name, async || watched.current().await.ship.name() == name).await;
    }
    watched.end().await;
}
