//! Backup screens as they are read.

use std::sync::Arc;

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::*;
use crate::{
    domain::{Bytes, ChatKind, Lang, Theme},
    intent::backup::Browse,
    phrase,
    screen::html,
    subsystems::backup::{
        config::{Config, simulated},
        engine::{EntryKind, Lock, Locks, SnapshotId, Warning, Which},
        index::{Line, Page},
        messages::Seen,
        panel_browse, panel_snapshots, panel_verify,
        plan::{Attempt, Check, Facts, Proof, Read, Round, Size, Success},
        read::Folder,
        store::{Compared, Held, Mode, Rehearsed, Sorted},
        weigh,
    },
};

const NOW: Timestamp = Timestamp::constant(1_795_362_980, 0);

fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: TimeZone::get("Asia/Jakarta").unwrap(),
        role: Role::Owner,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: NOW,
    }
}

fn hours(hours: i64) -> Timestamp {
    NOW - SignedDuration::from_hours(hours)
}

fn which(id: &str) -> Which {
    Which { id: SnapshotId::parse(id).unwrap(), name: None }
}

fn facts(ended: Timestamp, warnings: u64) -> Facts {
    let warning = |n| Warning { path: Some(format!("/home/u/secret{n}")), why: "permission denied".into() };
    Facts {
        since: Some(hours(1000)),
        success: Some(Success {
            started: ended,
            ended,
            snapshot: Some(which("67aa21d4")),
            added: Some(Bytes(12 << 20)),
            bytes: Bytes(271 << 30),
            files: 58_104,
            warnings,
            named: (0..warnings).map(warning).collect(),
        }),
        check: Some(Check {
            at: hours(20),
            took_s: 90,
            read: Read::Part { part: 3, of: 20 },
            damage: 0,
            named: Vec::new(),
        }),
        next_part: 4,
        round: Some(Round { began: hours(24 * 15), of: 20 }),
        proof: Some(Proof {
            at: hours(30),
            of: hours(31),
            files: 5,
            bytes: Bytes(3 << 20),
            in_place: 4,
            bad: Vec::new(),
        }),
        proven: Some(hours(31)),
        size: Some(Size { at: ended, stored: Bytes(92 << 30), held: Some(Bytes(271 << 30)) }),
        listed: Some((ended, 31)),
        ..Facts::default()
    }
}

fn sheet(at: usize, facts: Facts) -> Sheet {
    let config = Config { plans: simulated(), ..Config::default() };
    let (name, plan) = config.named().nth(at).unwrap();
    let due = facts.due(plan, &TimeZone::get("Asia/Jakarta").unwrap(), false, NOW);
    let seen = Seen { version: "0.14.0".into(), locks: Locks::Seen(Vec::new()) };
    Sheet {
        plan: Arc::new(plan.clone()),
        facts,
        due,
        look: Look::Ready { at: NOW, seen },
        looking: false,
        held: Vec::new(),
        name,
    }
}

fn locked(mut sheet: Sheet, holder: Holder) -> Sheet {
    let lock = Lock {
        host: Some("nas".into()),
        user: Some("backup".into()),
        pid: Some(4711),
        since: Some(hours(9)),
        exclusive: true,
        holder,
    };
    let seen = Seen { version: "0.14.0".into(), locks: Locks::Seen(vec![lock]) };
    sheet.look = Look::Ready { at: NOW, seen };
    sheet
}

fn shown(screen: &Screen, lang: Lang) -> String {
    let mut text = html::plain(screen, &reader(lang));
    for row in &screen.rows {
        let labels: Vec<String> = row.iter().map(|button| format!("[{}]", button.label)).collect();
        text.push_str(&format!("\n{}", labels.join(" ")));
    }
    text + "\n"
}

/// Both languages, one below the other.
fn check(draw: impl Fn(&Reader) -> Screen, want: &Expect) {
    let both = Lang::ALL.map(|lang| shown(&draw(&reader(lang)), lang));
    want.assert_eq(&both.join("---\n"));
}

fn board(plans: Vec<Sheet>) -> Board {
    Board { plans, known: true }
}

#[test]
fn the_overview_names_what_is_wrong_first() {
    let board = board(vec![sheet(0, facts(hours(6), 0)), sheet(1, facts(hours(50), 0))]);
    check(|reader| list(&board, &[], reader), &expect![[""]]);
    let empty = Board { plans: Vec::new(), known: true };
    check(|reader| list(&empty, &[], reader), &expect![[""]]);
}

#[test]
fn a_plan_that_is_well() {
    let sheet = sheet(0, facts(hours(6), 0));
    check(|reader| plan(&sheet, &[], reader), &expect![[""]]);
}

#[test]
fn a_plan_with_files_left_out_and_a_lock_of_another_machine() {
    let sheet = locked(sheet(0, facts(hours(6), 2)), Holder::Unknown);
    check(|reader| plan(&sheet, &[], reader), &expect![[""]]);
}

#[test]
fn a_plan_that_failed_and_is_overdue_while_something_else_works_on_its_repository() {
    let mut facts = facts(hours(60), 0);
    facts.attempt = Some(Attempt {
        started: hours(7),
        ended: hours(7),
        how: Ended::Failed { why: phrase!("backup-engine-wrong-password") },
    });
    let sheet = locked(sheet(0, facts), Holder::Gone);
    let title = JobTitle::Check { plan: "home".into() };
    let working = [Working { job: JobId(7), key: sheet.plan.key(), title }];
    check(|reader| plan(&sheet, &working, reader), &expect![[""]]);
}

#[test]
fn a_first_time_offers_to_make_the_repository_to_an_owner_only() {
    let mut sheet = sheet(0, Facts { since: Some(hours(1)), ..Facts::default() });
    let error = EngineError::NoRepository { at: "/mnt/dre/restic".into() };
    sheet.look = Look::Trouble { at: NOW, error };
    check(|reader| plan(&sheet, &[], reader), &expect![[""]]);
    let mut pilot = reader(Lang::En);
    pilot.role = Role::Pilot;
    let labels: Vec<String> =
        plan(&sheet, &[], &pilot).rows.concat().into_iter().map(|button| button.label).collect();
    assert!(!labels.iter().any(|label| label.contains("Set up")), "{labels:?}");
}

#[test]
fn only_an_owner_may_unlock_and_nobody_while_a_job_of_ours_runs() {
    let gone = locked(sheet(0, facts(hours(6), 0)), Holder::Gone);
    let runs = locked(sheet(0, facts(hours(6), 0)), Holder::Runs);
    let key = gone.plan.key();
    let working = [Working { job: JobId(7), key, title: JobTitle::Backup { plan: "home".into() } }];
    let unlocks = |sheet: &Sheet, jobs: &[Working], role| {
        let reader = Reader { role, ..reader(Lang::En) };
        let buttons = plan(sheet, jobs, &reader).rows.concat();
        buttons.iter().any(|button| button.label.contains("Unlock"))
    };
    assert!(unlocks(&gone, &[], Role::Owner));
    assert!(!unlocks(&gone, &[], Role::Pilot));
    assert!(!unlocks(&gone, &working, Role::Owner));
    assert!(!unlocks(&runs, &[], Role::Owner));
}

fn held(id: &str, hours_ago: i64) -> Held {
    Held {
        which: which(id),
        at: hours(hours_ago),
        host: Some("potion".into()),
        paths: vec!["/home".into(), "/etc".into()],
        tags: vec!["home".into()],
        size: None,
        files: None,
    }
}

#[test]
fn snapshots_are_paged_in_the_pilots_zone() {
    let all: Vec<Held> = (0..20).map(|n| held(&format!("{n:02}aa21d4"), 6 + 24 * i64::from(n))).collect();
    let sheet = sheet(0, facts(hours(6), 0));
    check(|reader| panel_snapshots::list(&sheet, &all, 2, reader), &expect![[""]]);
    check(|reader| panel_snapshots::one(&sheet, &all[0], all.get(1), reader), &expect![[""]]);
}

#[test]
fn a_comparison_names_what_changed() {
    let sheet = sheet(0, facts(hours(6), 0));
    let (old, new) = (held("00aa21d4", 30), held("01aa21d4", 6));
    let compared = Compared {
        changes: vec![
            (Mode::Added, "/home/u/new\nname 🦀.txt".into()),
            (Mode::Changed, "/home/u/notes.md".into()),
            (Mode::Removed, "/home/u/old".into()),
        ],
        added: 1500,
        removed: 1,
        changed: 1,
        added_bytes: Some(Bytes(3 << 20)),
        removed_bytes: None,
    };
    let found = (hours(1), compared);
    check(|reader| panel_snapshots::diff(&sheet, (&old, &new), Some(&found), 0, reader), &expect![[""]]);
    check(|reader| panel_snapshots::diff(&sheet, (&old, &new), None, 0, reader), &expect![[""]]);
}

fn rehearsed() -> (Timestamp, Rehearsed) {
    let sorted = |id, at, why: &[&str]| Sorted {
        which: which(id),
        at: Some(hours(at)),
        why: why.iter().map(|why| (*why).to_owned()).collect(),
    };
    let found = Rehearsed {
        kept: vec![sorted("00aa21d4", 6, &["daily snapshot", "weekly snapshot"])],
        removed: vec![sorted("01aa21d4", 30, &[]), sorted("02aa21d4", 54, &[])],
    };
    (hours(1), found)
}

#[test]
fn thinning_out_is_offered_after_its_rehearsal_only() {
    let sheet = sheet(0, facts(hours(6), 0));
    check(|reader| panel_verify::thin(&sheet, None, false, 0, reader), &expect![[""]]);
    let found = rehearsed();
    check(|reader| panel_verify::thin(&sheet, Some(&found), false, 0, reader), &expect![[""]]);
}

#[test]
fn verifying_tells_which_part_comes_next_and_what_was_proven() {
    check(|reader| panel_verify::verify(&sheet(0, facts(hours(6), 0)), false, reader), &expect![[""]]);
    let mut bad = facts(hours(6), 0);
    bad.check = Some(Check {
        at: hours(1),
        took_s: 3,
        read: Read::Structure,
        damage: 2,
        named: vec![Warning { path: None, why: "pack 5a1b: ciphertext verification failed".into() }],
    });
    bad.proof = bad.proof.map(|proof| Proof { bad: vec!["/home/u/a: cut short".into()], ..proof });
    check(|reader| panel_verify::verify(&sheet(0, bad.clone()), false, reader), &expect![[""]]);
}

#[test]
fn the_size_over_time_is_a_chart() {
    let sheet = sheet(0, facts(hours(6), 0));
    let sizes = [(hours(24 * 40).as_second(), Bytes(80 << 30)), (hours(6).as_second(), Bytes(92 << 30))];
    let screen = panel_verify::size(&sheet, &sizes, &reader(Lang::En));
    assert!(
        matches!(&screen.picture, Some(crate::screen::Picture::Chart(chart)) if chart.series[0].points.len() == 2)
    );
    check(|reader| panel_verify::size(&sheet, &sizes, reader), &expect![[""]]);
}

fn page() -> Folder {
    let line = |name: &str, kind, size: Option<u64>| Line {
        name: name.into(),
        kind,
        size: size.map(Bytes),
        modified: None,
    };
    Folder::Page(Page {
        lines: vec![
            line("photos", EntryKind::Folder, None),
            line("notes.md", EntryKind::File, Some(1536)),
            line("new\nname 🦀.txt", EntryKind::File, Some(3)),
            line("link", EntryKind::Link, None),
        ],
        of: 1_200,
    })
}

#[test]
fn a_snapshot_is_looked_into_with_boxes_to_tick() {
    let sheet = sheet(0, facts(hours(6), 0));
    let held = held("00aa21d4", 6);
    let browse = Browse::of(&sheet.name, "00aa21d4").at("/home/u").toggled("/home/u/notes.md");
    check(|reader| panel_browse::folder(&sheet, &held, &browse, &page(), &[], reader), &expect![[""]]);
    let none = Folder::NoIndex;
    check(|reader| panel_browse::folder(&sheet, &held, &browse, &none, &[], reader), &expect![[""]]);
    let roots = [("dre".to_owned(), "/mnt/dre".into())];
    check(|reader| panel_browse::destination(&browse, &held, &roots, reader), &expect![[""]]);
}

#[test]
fn questions_say_what_is_lost() {
    let sheet = locked(sheet(0, facts(hours(6), 0)), Holder::Unknown);
    let found = rehearsed();
    let name = sheet.name.clone();
    let mut said = String::new();
    for lang in Lang::ALL {
        for act in [
            Act::Initialise(name.clone()),
            Act::Unlock(name.clone()),
            Act::Thin(name.clone()),
            Act::Forget { plan: name.clone(), snapshot: "ab12".repeat(16) },
        ] {
            for one in weigh::consequences(&sheet, &act, Some(&found), &reader(lang)) {
                said.push_str(&format!("{} {}\n", one.mark.sign(), one.line));
            }
        }
    }
    expect![[""]].assert_eq(&said);
}

#[test]
fn the_dashboard_says_how_old_the_oldest_backup_is_and_what_is_proven() {
    let say = |board: &Board| {
        let glance = glance(board, &reader(Lang::En));
        let problems: Vec<String> = glance
            .problems
            .iter()
            .map(|problem| format!("{} {}", problem.mark.sign(), problem.line))
            .collect();
        let blocks: Vec<String> = glance
            .blocks
            .iter()
            .map(|block| match block {
                Block::State(mark, line) => format!("{} {line}", mark.sign()),
                other => panic!("{other:?}"),
            })
            .collect();
        (problems, blocks)
    };
    let (home, photos) = (sheet(0, facts(hours(6), 0)), sheet(1, facts(hours(7), 0)));
    let (problems, blocks) = say(&board(vec![home.clone(), photos]));
    assert_eq!(problems, [""; 0]);
    assert_eq!(blocks, ["✔ backed up 7 h ago · restorable as of Mon 08:09"]);
    let never = sheet(1, Facts { since: Some(hours(2)), ..Facts::default() });
    let (_, blocks) = say(&board(vec![home, never]));
    assert_eq!(blocks, [""; 0], "what was never backed up is not as old as another one");
    let (problems, _) = say(&board(vec![sheet(1, facts(hours(50), 0))]));
    assert_eq!(problems.len(), 1);
    assert_eq!(say(&board(Vec::new())), (Vec::new(), Vec::new()), "without plans nothing is said");
}
