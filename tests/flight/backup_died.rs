//! A restore that dies with Cockpit, with the real engines: what it has written so far is found again and removed by the
//! next start, once nobody writes to it any more, and nothing else is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    depot::{Depot, each_engine, write},
    pilot::Bubble,
};

/// A depot with a storage root "box", whose engine does not end after it has brought something back, while "hold" is
/// there: it says its number in "held", and sleeps.
async fn depot(engine: &'static str) -> Option<Depot> {
    let says = |dir: &Path, real: &str| {
        let at = dir.display();
        format!(
            "case \" $* \" in *\" restore \"*|*\" extract \"*)\n\
             [ -e {at}/hold ] && {{ {real} \"$@\"; echo $$ >{at}/held.new; mv {at}/held.new {at}/held; exec sleep 900; }};;\n\
             esac\nexec {real} \"$@\""
        )
    };
    let depot = Depot::behind(engine, "[[storage.roots]]\nname = \"box\"\npath = \"DIR/box\"", says).await?;
    write(&depot.live().join("x"), "four");
    // Somebody's own, by a name as ours.
    write(&depot.dir.join("box/.cockpit-restore-mine/keep"), "keep");
    Some(depot)
}

fn scratches(depot: &Depot) -> Vec<PathBuf> {
    let ours = |path: &PathBuf| path.to_string_lossy().contains("/.cockpit-restore-home-");
    let entries = fs::read_dir(depot.dir.join("box")).expect("there");
    entries.map(|entry| entry.expect("readable").path()).filter(ours).collect()
}

/// Asks for "x" in a new folder of the root.
async fn restore(depot: &Depot) -> Bubble {
    let snapshot = depot.open_snapshot("One snapshot", 0).await;
    depot.walk_down(&snapshot).await;
    depot.tick(&snapshot, "x").await;
    depot.ship.tap(&snapshot, "Restore 1 ticked").await;
    depot.ship.tap(&snapshot, "To a new folder in box").await;
    snapshot
}

/// A restore that has written all and does not end: the engine's process.
async fn held(depot: &Depot) -> Pid {
    write(&depot.dir.join("hold"), "");
    restore(depot).await;
    let file = depot.dir.join("held");
    depot.ship.eventually("the engine to have written", || file.exists()).await;
    let pid = fs::read_to_string(&file).expect("there");
    fs::remove_file(depot.dir.join("hold")).expect("ours");
    Pid::from_raw(pid.trim().parse().expect("a number")).expect("a process")
}

#[tokio::test]
async fn what_a_died_restore_left_goes_once_nobody_writes_to_it() {
    each_engine(depot, async |mut depot| {
        let engine = depot.engine;
        depot.initialise().await;
        depot.back_up().await;
        let pid = held(&depot).await;
        let left = scratches(&depot);
        assert_eq!(left.len(), 1, "{engine}: {left:?}");
        let restored = left[0].join(depot.live().strip_prefix("/").expect("from the root")).join("x");
        assert_eq!(fs::read_to_string(restored).expect("restored"), "four", "{engine}");

        // As a power failure ends both, or as a crash ends Cockpit alone.
        depot.ship.kill().await;
        let outlives = engine == "restic";
        let mut killed = Timestamp::now();
        if !outlives {
            kill_process(pid, Signal::KILL).expect("our own engine");
        }
        depot.ship.relaunch().await;
        if outlives {
            let plan = depot.ship.eventually_says("/backup home", "✔ backed up").await;
            depot.ship.tap(&plan, "Restore").await;
            depot.ship.pilot.becomes(&plan, "goes on by itself").await;
            assert_eq!(scratches(&depot), left);
            killed = Timestamp::now();
            kill_process(pid, Signal::KILL).expect("our own engine");
        }
        depot.ship.eventually("what it left to go", || !left[0].exists()).await;
        depot.ship.eventually_says("/audit", "backup.cleared").await;
        let rows = depot.recorded("backup.cleared");
        assert_eq!(rows.len(), 1, "{rows:#?}");
        assert_eq!(rows[0]["subject"], left[0].to_str().expect("ours"), "{rows:#?}");
        assert_eq!(rows[0]["details"]["bytes"], 4, "{rows:#?}");
        let at: Timestamp = rows[0]["at"].as_str().and_then(|at| at.parse().ok()).expect("a time");
        assert!(at >= killed, "not while the engine was at work: {at}, {killed}");
        assert_eq!(
            fs::read_to_string(depot.dir.join("box/.cockpit-restore-mine/keep")).expect("there"),
            "keep"
        );
        assert_eq!(fs::read_dir(depot.ship.data_folder().join("restores")).expect("there").count(), 0);

        // And the next one comes to its end.
        let snapshot = restore(&depot).await;
        depot.ship.pilot.becomes(&snapshot, "restored to").await;
        assert_eq!(scratches(&depot), Vec::<PathBuf>::new());
    })
    .await;
}
