//! Whole flights with the real restic and the real Borg through the room: from the first question to the restored byte;
//! stops and deaths in the middle; what goes wrong outside.

use std::{fs, path::Path};

use rustix::process::Signal;

use crate::depot::{Depot, each_engine, write};

/// Names that break careless programs, and what the bot shows of them.
const HOSTILE: [(&str, &str); 3] = [
    ("new\nline.txt", "new⏎line.txt"),
    ("rocket 🚀.txt", "rocket 🚀.txt"),
    ("[a]*? st*r.txt", "[a]*? st*r.txt"),
];

#[tokio::test]
async fn from_the_first_question_to_the_restored_bytes() {
    each_engine(Depot::plain, async |depot| {
        let engine = depot.engine;
        let (ship, live) = (&depot.ship, depot.live());
        for (name, _) in HOSTILE {
            write(&live.join(name), format!("{name} as it was"));
        }
        write(&live.join("a st r.txt"), "what the glob would match too");
        write(&live.join("plain.txt"), "plain");
        depot.initialise().await;
        depot.back_up().await;

        write(&live.join("plain.txt"), "another text");
        write(&live.join("fresh.txt"), "fresh");
        fs::remove_file(live.join("a st r.txt")).expect("ours");
        depot.back_up().await;
        recorded_with_snapshot_and_bytes(&depot);

        // What changed.
        let snapshot = depot.open_snapshot("2 snapshots", 0).await;
        ship.tap(&snapshot, "With the one before").await;
        ship.tap(&snapshot, "Compare").await;
        let diff = ship.pilot.becomes(&snapshot, "Removed").await;
        for line in ["fresh.txt", "plain.txt", "a st r.txt"] {
            assert!(diff.text().contains(line), "{engine}: {}", diff.text());
        }

        // Its structure.
        let plan = ship.ask("/backup home", "✔ backed up").await;
        ship.tap(&plan, "Verify").await;
        ship.tap(&plan, "Structure").await;
        ship.pilot.becomes(&plan, "structure is sound").await;

        // Three files with hostile names, first over what is there, then beside it.
        for (name, _) in HOSTILE {
            write(&live.join(name), "as it is");
        }
        let snapshot = depot.open_snapshot("2 snapshots", 1).await;
        depot.walk_down(&snapshot).await;
        for (_, shown) in HOSTILE {
            depot.tick(&snapshot, shown).await;
        }
        ship.tap(&snapshot, "Restore 3 ticked").await;
        ship.tap(&snapshot, "over what is there").await;
        let question = ship.pilot.becomes(&snapshot, "This question ends").await;
        assert!(question.text().contains("What is there now is lost"), "{}", question.text());
        ship.tap(&question, "Restore").await;
        ship.pilot.becomes(&snapshot, "3 replaced").await;
        for (name, _) in HOSTILE {
            let text = fs::read_to_string(live.join(name)).expect("restored");
            assert_eq!(text, format!("{name} as it was"), "{engine}");
        }
        assert!(!live.join("a st r.txt").exists(), "{engine}: the glob's neighbour was not asked for");
        assert_eq!(fs::read_to_string(live.join("plain.txt")).expect("there"), "another text");

        let before = fs::read_dir(&live).expect("there").count();
        let snapshot = depot.open_snapshot("2 snapshots", 1).await;
        depot.walk_down(&snapshot).await;
        for (_, shown) in HOSTILE {
            depot.tick(&snapshot, shown).await;
        }
        ship.tap(&snapshot, "Restore 3 ticked").await;
        ship.tap(&snapshot, "beside what is there").await;
        let question = ship.pilot.becomes(&snapshot, "under another name").await;
        ship.tap(&question, "Restore").await;
        ship.pilot.becomes(&snapshot, "3 put beside").await;
        assert_eq!(fs::read_dir(&live).expect("there").count(), before + 3, "{engine}");
        assert_eq!(ship.pilot.view().await.refusals(), Vec::<String>::new());
    })
    .await;
}

fn recorded_with_snapshot_and_bytes(depot: &Depot) {
    let rows = depot.recorded("backup.done");
    assert_eq!(rows.len(), 2, "{rows:#?}");
    for row in &rows {
        let end = &row["details"]["end"];
        let snapshot = end["snapshot"].as_str().unwrap_or_else(|| panic!("no snapshot in {row}"));
        assert!(snapshot.len() >= 8 && end["added_bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{row}");
    }
}

#[tokio::test]
async fn a_cancelled_backup_gives_its_lock_back() {
    each_engine(Depot::plain, async |depot| {
        let engine = depot.engine;
        depot.initialise().await;
        let endless = depot.endless();
        let job = depot.begin().await;
        depot.engine_at_work().await;
        // restic makes its lock known to its own clean-up a moment after it has written it.
        depot.ship.pilot.becomes(&job, "endless").await;
        depot.ship.tap(&job, "Cancel").await;
        // "stopping, cancelled by …" is not its end yet.
        depot.ship.pilot.becomes(&job, "Captain after").await;
        assert!(!depot.is_locked(), "{engine} left its lock");
        fs::remove_file(endless).expect("ours");
        write(&depot.live().join("x"), "x");
        depot.ship.eventually_says("/backup home", "cancelled").await;
        depot.back_up().await;
    })
    .await;
}

#[tokio::test]
async fn an_engine_that_is_killed_leaves_a_lock_that_an_owner_can_remove() {
    each_engine(Depot::plain, async |depot| {
        let engine = depot.engine;
        let ship = &depot.ship;
        depot.initialise().await;
        let endless = depot.endless();
        let job = depot.begin().await;
        let pid = depot.engine_at_work().await;
        depot.ship.pilot.becomes(&job, "endless").await;
        depot.signal(pid, Signal::KILL);
        let told = ship.pilot.becomes(&job, "ended from outside").await;
        assert!(told.text().contains("SIGKILL"), "{engine}: {}", told.text());
        depot.notice(&["Backup home", "ended from outside"]).await;
        // Borg itself takes over what a dead process of this machine left, as soon as it looks.
        if engine == "restic" {
            unlock(&depot).await;
        }
        fs::remove_file(endless).expect("ours");
        write(&depot.live().join("x"), "x");
        depot.back_up().await;
    })
    .await;
}

/// The owner's way out, offered and explained.
async fn unlock(depot: &Depot) {
    let ship = &depot.ship;
    assert!(depot.is_locked(), "nothing to unlock");
    let plan = ship.eventually_says("/backup home", "whose process is gone").await;
    ship.tap(&plan, "Unlock").await;
    let question = ship.pilot.becomes(&plan, "This question ends").await;
    assert!(question.text().contains("gone on this very machine"), "{}", question.text());
    ship.tap(&question, "Unlock").await;
    ship.pilot.becomes(&plan, "The lock is gone").await;
    assert!(!depot.is_locked());
}

#[tokio::test]
async fn a_backup_in_which_cockpit_dies_is_told_and_may_be_started_again() {
    each_engine(Depot::plain, async |mut depot| {
        let engine = depot.engine;
        depot.initialise().await;
        let endless = depot.endless();
        let job = depot.begin().await;
        depot.engine_at_work().await;
        depot.ship.pilot.becomes(&job, "endless").await;
        depot.ship.kill().await;
        // It finds nobody to speak to, and ends.
        depot.ship.eventually("the engine's end", || depot.engine_pid().is_none()).await;
        depot.ship.relaunch().await;
        depot.notice(&["Backup home", "interrupted"]).await;
        fs::remove_file(endless).expect("ours");
        write(&depot.live().join("x"), "x");
        // Nobody has to unlock it: its holder is gone on this very machine.
        depot.back_up().await;
        assert!(!depot.is_locked(), "{engine}");
        let runs = depot.ship.count(BACKUPS);
        assert_eq!(runs, 2, "{engine}: the one that died, and ours");
    })
    .await;
}

/// Backups ever begun.
const BACKUPS: &str = "SELECT count(*) FROM jobs WHERE title LIKE '%\"backup\"%'";

#[tokio::test]
async fn an_engine_that_outlives_cockpit_is_seen_and_nothing_runs_beside_it() {
    // Speaks to nobody, and so does not notice that nobody is there.
    let deaf = async |engine| {
        let says = |dir: &Path, real: &str| {
            format!("[ -e {}/deaf ] && exec {real} \"$@\" >/dev/null 2>&1\nexec {real} \"$@\"", dir.display())
        };
        Depot::behind(engine, "", says).await
    };
    each_engine(deaf, async |mut depot| {
        let (engine, deaf) = (depot.engine, depot.dir.join("deaf"));
        let endless = depot.live().join("endless");
        write(&endless, "");
        depot.initialise().await;
        depot.endless();
        write(&deaf, "");
        depot.begin().await;
        let pid = depot.engine_at_work().await;
        fs::remove_file(&deaf).expect("ours");
        depot.ship.kill().await;
        depot.ship.relaunch().await;

        let ship = &depot.ship;
        let plan = ship.eventually_says("/backup home", "in use by").await;
        let labels = plan.labels().concat();
        for never in ["Back up now", "Unlock"] {
            assert!(!labels.iter().any(|label| label.contains(never)), "{engine}: {labels:?}");
        }
        assert!(labels.iter().any(|label| label.contains("Backup home")), "{engine}: {labels:?}");
        ship.tap(&plan, "Backup home").await;
        ship.pilot.becomes(&plan, "goes on by itself").await;

        depot.signal(pid, Signal::KILL);
        ship.pilot.becomes(&plan, "while Cockpit could not hear it").await;
        depot.notice(&["Backup home", "interrupted"]).await;
        fs::remove_file(endless).expect("ours");
        write(&depot.live().join("x"), "x");
        depot.back_up().await;
        assert!(!depot.is_locked(), "{engine}");
        assert_eq!(ship.count(BACKUPS), 2, "{engine}: the one that died, and ours");
    })
    .await;
}

#[tokio::test]
async fn what_was_due_while_cockpit_was_off_is_caught_up_or_told() {
    let Some(mut depot) = Depot::of("restic", "schedule = \"daily 02:30\"").await else { return };
    write(&depot.live().join("x"), "x");
    depot.initialise().await;
    let told = "schedule = \"daily 02:30\"\nmissed = \"report\"";
    let plans = depot.plan("home", "schedule = \"daily 02:30\"") + &depot.plan("quiet", told);
    depot.ship.terminate().await;
    depot.fly(&plans).await;
    depot.ship.eventually_says("/backup quiet", "never backed up").await;
    depot
        .ship
        .eventually("both to be known", || {
            depot
                .ship
                .count("SELECT count(*) FROM schedule_tasks WHERE task IN ('backup.home', 'backup.quiet')")
                == 2
        })
        .await;
    depot.ship.kill().await;
    // Three days later.
    let store = depot.ship.store();
    store
        .execute("UPDATE schedule_tasks SET considered_ms = considered_ms - 3 * 86400000", [])
        .expect("ours");
    let since = "UPDATE backup_plan SET facts = json_set(facts, '$.since', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-3 days'))";
    store.execute(since, []).expect("ours");
    drop(store);
    depot.ship.relaunch().await;
    let ship = &depot.ship;
    // The one is run once, the other is told, in red, also on the front page.
    ship.eventually_says("/backup home", "✔ backed up").await;
    ship.eventually_says("/backup quiet", "✖ overdue").await;
    ship.eventually_says("/start", "quiet: overdue since").await;
    assert_eq!(ship.count(BACKUPS), 1);
    assert_eq!(depot.recorded("backup.overdue").iter().filter(|row| row["subject"] == "quiet").count(), 1);
}
