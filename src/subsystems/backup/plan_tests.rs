//! Overdue or not, what a check clears, what is read next.

use super::*;
use crate::subsystems::backup::config::example;

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

#[test]
fn damage_stands_until_what_was_damaged_is_read_again() {
    let part = |part| Read::Part { part, of: 3 };
    let now = at("2026-07-15T02:30:00Z");
    let check = |read, damage| Check { at: now, took_s: 1, read, damage, named: Vec::new() };
    for (found, then, stands) in [
        (part(1), Read::Structure, true),
        (part(1), part(2), true),
        (part(1), part(1), false),
        (part(1), Read::Everything, false),
        (Read::Structure, part(2), false),
        (Read::Structure, Read::Timed, true),
        (Read::Timed, Read::Timed, true),
        (Read::Timed, Read::Structure, false),
        (Read::Everything, part(1), true),
    ] {
        let mut facts = Facts::default();
        facts.checked(check(found, 2));
        facts.checked(check(then, 0));
        assert_eq!(facts.damaged.is_some(), stands, "{found:?}, then {then:?}");
        assert_eq!(facts.check, Some(check(then, 0)));
    }
    let mut facts = Facts::default();
    facts.checked(check(part(1), 0));
    facts.checked(check(part(2), 1));
    assert_eq!(facts.part(3), 2, "the damaged part is read again");
}

fn backed_up(started: &str) -> Facts {
    let started = at(started);
    Facts {
        success: Some(Success {
            started,
            ended: started,
            snapshot: None,
            added: None,
            bytes: Bytes(0),
            files: 0,
            warnings: 0,
            named: Vec::new(),
        }),
        ..Facts::default()
    }
}

#[test]
fn overdue_is_judged_by_the_schedule_in_the_ships_zone() {
    let jakarta = "Asia/Jakarta";
    for (schedule, zone, last, now, want) in [
        // Daily at half past two in Jakarta is 19:30 UTC of the day before.
        ("daily 02:30", jakarta, "2026-07-14T19:30:05Z", "2026-07-15T10:00:00Z", "next 2026-07-15T19:30:00Z"),
        ("daily 02:30", jakarta, "2026-07-14T19:30:05Z", "2026-07-15T20:00:00Z", "now 2026-07-15T19:30:00Z"),
        (
            "daily 02:30",
            jakarta,
            "2026-07-14T19:30:05Z",
            "2026-07-15T20:30:00Z",
            "overdue 2026-07-15T19:30:00Z",
        ),
        (
            "daily 02:30",
            "UTC",
            "2026-07-14T19:30:05Z",
            "2026-07-15T03:31:00Z",
            "overdue 2026-07-15T02:30:00Z",
        ),
        // A week away: the first one that was missed is told.
        (
            "daily 02:30",
            "UTC",
            "2026-07-01T02:30:09Z",
            "2026-07-08T12:00:00Z",
            "overdue 2026-07-02T02:30:00Z",
        ),
        // By hand before its time: it is due all the same.
        (
            "daily 02:30",
            "UTC",
            "2026-07-15T01:00:00Z",
            "2026-07-15T04:00:00Z",
            "overdue 2026-07-15T02:30:00Z",
        ),
        ("Sun 05:00", "UTC", "2026-07-12T05:00:01Z", "2026-07-18T23:00:00Z", "next 2026-07-19T05:00:00Z"),
        // The night in which the clocks jump over half past two.
        (
            "daily 02:30",
            "Europe/Berlin",
            "2026-03-28T01:30:10Z",
            "2026-03-29T00:59:00Z",
            "next 2026-03-29T01:00:00Z",
        ),
        ("every 6 h", "UTC", "2026-07-15T00:00:00Z", "2026-07-15T07:30:00Z", "overdue 2026-07-15T06:00:00Z"),
        // A clock that was ahead.
        ("daily 02:30", "UTC", "2027-07-15T02:30:00Z", "2026-07-15T12:00:00Z", "next 2026-07-16T02:30:00Z"),
    ] {
        let mut plan = example("home");
        plan.schedule = Some(crate::scheduler::Plan::parse(schedule).expect(schedule));
        let zone = TimeZone::get(zone).expect(zone);
        let said = match backed_up(last).due(&plan, &zone, false, at(now)) {
            Due::Unplanned => "unplanned".to_owned(),
            Due::OnTime { next } => format!("next {}", next.expect("a next time")),
            Due::Now { since } => format!("now {since}"),
            Due::Overdue { since } => format!("overdue {since}"),
        };
        assert_eq!(said, want, "{schedule} after {last} at {now}");
    }
}

#[test]
fn a_plan_that_never_ran_is_overdue_from_its_first_due_time_on() {
    let (mut plan, utc) = (example("home"), TimeZone::UTC);
    let facts = Facts { since: Some(at("2026-07-15T12:00:00Z")), ..Facts::default() };
    let due = |now| facts.due(&plan, &utc, false, at(now));
    assert_eq!(due("2026-07-15T12:00:01Z"), Due::OnTime { next: Some(at("2026-07-16T02:30:00Z")) });
    assert_eq!(due("2026-07-16T03:30:00Z"), Due::Overdue { since: at("2026-07-16T02:30:00Z") });
    assert_eq!(
        facts.due(&plan, &utc, true, at("2026-07-16T09:00:00Z")),
        Due::Now { since: at("2026-07-16T02:30:00Z") }
    );
    assert_eq!(
        facts.turns(&plan, &utc, at("2026-07-15T12:00:01Z")),
        Some(at("2026-07-16T03:30:00Z")),
        "looked at again when its grace is over"
    );
    plan.schedule = None;
    assert_eq!(facts.due(&plan, &utc, false, at("2027-01-01T00:00:00Z")), Due::Unplanned);
}

#[test]
fn what_was_due_before_the_plan_was_in_the_config_was_not_promised() {
    let (plan, utc) = (example("home"), TimeZone::UTC);
    let facts = Facts { since: Some(at("2026-07-15T12:00:00Z")), ..backed_up("2026-07-01T02:30:00Z") };
    assert_eq!(
        facts.due(&plan, &utc, false, at("2026-07-15T12:00:01Z")),
        Due::OnTime { next: Some(at("2026-07-16T02:30:00Z")) }
    );
    assert!(matches!(facts.due(&plan, &utc, false, at("2026-07-16T04:00:00Z")), Due::Overdue { .. }));
}

#[test]
fn a_failure_after_the_due_time_has_been_told_already() {
    let due = at("2026-07-16T02:30:00Z");
    let ended = |ended, how| Facts {
        attempt: Some(Attempt { started: due, ended: at(ended), how }),
        ..Facts::default()
    };
    let failed = || Ended::Failed { why: crate::phrase!("backup-engine-wrong-password") };
    assert!(ended("2026-07-16T02:31:00Z", failed()).failed_since(due));
    assert!(!ended("2026-07-15T02:31:00Z", failed()).failed_since(due));
    assert!(!ended("2026-07-16T02:31:00Z", Ended::Cancelled).failed_since(due));
}

#[test]
fn the_parts_of_the_data_are_read_in_turn_until_all_of_it_was() {
    let (mut facts, now) = (Facts::default(), at("2026-07-16T02:30:00Z"));
    let mut read = Vec::new();
    for _ in 0..5 {
        let part = facts.part(3);
        read.push(part);
        facts.checked_part(part, 3, now);
    }
    assert_eq!(read, [1, 2, 3, 1, 2]);
    assert_eq!(facts.part(10), 1, "another number of parts begins anew");
}

#[test]
fn a_newer_snapshot_of_others_making_counts_and_an_older_one_does_not() {
    let held = |text: &str| Held {
        which: Which {
            id: crate::subsystems::backup::engine::SnapshotId::parse("67aa21d4").unwrap(),
            name: None,
        },
        at: at(text),
        host: None,
        paths: Vec::new(),
        tags: Vec::new(),
        size: None,
        files: None,
    };
    let mut facts = backed_up("2026-07-14T19:30:05Z");
    facts.adopt(&held("2026-07-14T19:30:01Z"));
    assert_eq!(facts, backed_up("2026-07-14T19:30:05Z"), "our own run ended after its snapshot was made");
    facts.adopt(&held("2026-07-15T08:00:00Z"));
    assert_eq!(facts.success.map(|success| success.ended), Some(at("2026-07-15T08:00:00Z")));
}

#[test]
fn facts_survive_the_store_and_older_ones_are_read() {
    let facts = backed_up("2026-07-14T19:30:05Z");
    let json = serde_json::to_string(&facts).expect("plain data");
    assert_eq!(serde_json::from_str::<Facts>(&json).expect("its own words"), facts);
    assert_eq!(serde_json::from_str::<Facts>("{}").expect("an old one"), Facts::default());
}
