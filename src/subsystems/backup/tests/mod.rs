//! Backup screens as they are read; what they are made of here.

mod browsing;
mod overview;
mod snapshots;
mod verifying;

use std::sync::Arc;

use expect_test::Expect;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    config::{Config, simulated},
    engine::{Holder, Lock, Locks, SnapshotId, Warning, Which},
    messages::{Board, Look, Seen, Sheet},
    plan::{Check, Facts, Proof, Read, Round, Size, Success},
    store::Held,
};
use crate::{
    domain::{Bytes, ChatKind, Lang, Reader, Role, Theme},
    screen::{Screen, html},
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
