//! What is read when, and what follows from it.

use jiff::SignedDuration;

use super::*;
use crate::subsystems::smart::{
    report::{Counts, Mute},
    store::Known,
};

const NOW: Timestamp = Timestamp::constant(1_795_362_980, 0);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn device(name: &str) -> Device {
    Device { path: format!("/dev/{name}"), kind: None }
}

fn id(text: &str) -> DiskId {
    DiskId::parse(text).expect("a name")
}

fn report(serial: &str, reallocated: u64) -> Report {
    Report {
        serial: Some(serial.to_owned()),
        passed: Some(true),
        counts: Counts { reallocated: Some(reallocated), ..Counts::default() },
        ..Report::default()
    }
}

/// What each disk of a round answers, in the order of the devices.
type Answers<'a> = &'a [(&'a str, Result<Reading, DiskError>)];

fn told(report: Report) -> Result<Reading, DiskError> {
    Ok(Reading::Report(Box::new(report)))
}

/// Runs a whole round and returns its effects but the reads and changes.
fn round(state: &mut State, answers: Answers<'_>, now: Timestamp) -> Vec<Effect> {
    let mut effects = state.on(Input::Due, now);
    let mut done = Vec::new();
    while let Some(effect) = effects.pop() {
        match effect {
            Effect::Load => effects.extend(state.on(Input::Loaded(Ok(Past::default())), now)),
            Effect::Find => {
                let devices = answers.iter().map(|(name, _)| device(name)).collect();
                let found = Found { devices, blind: Vec::new() };
                effects.extend(state.on(Input::Found(Ok(found)), now));
            }
            Effect::Read { device, wake } => {
                assert!(!wake, "a round wakes nobody");
                let answer =
                    answers.iter().find(|(name, _)| device.short() == *name).expect("a device of it");
                let reading = answer.1.clone();
                effects.extend(state.on(Input::Read { device, reading }, now));
            }
            Effect::Changed => {}
            other => done.push(other),
        }
    }
    done
}

fn events(effects: &[Effect]) -> Vec<(DiskGrade, Option<DiskGrade>)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Happened(Event::DiskHealthChanged { grade, was, .. }) => Some((*grade, *was)),
            _ => None,
        })
        .collect()
}

fn states(state: &State) -> Vec<(String, DiskState)> {
    state.snapshot(NOW).disks.into_iter().map(|sheet| (sheet.id.to_string(), sheet.state)).collect()
}

#[test]
fn a_round_reads_each_disk_once_and_arms_the_next() {
    let mut state = State::new(Config::default());
    let effects = round(&mut state, &[("sda", told(report("A", 0))), ("sdb", told(report("B", 0)))], NOW);
    let kept = effects.iter().filter(|effect| matches!(effect, Effect::Keep(kept) if kept.row)).count();
    assert_eq!(kept, 2);
    assert!(effects.contains(&Effect::Arm(Duration::from_secs(3600))));
    assert_eq!(events(&effects), [], "good disks are no news");
    assert_eq!(state.snapshot(NOW).round, Some(NOW));
    let again =
        round(&mut state, &[("sda", told(report("A", 0))), ("sdb", told(report("B", 0)))], NOW + HOUR);
    assert!(!again.iter().any(|effect| matches!(effect, Effect::Keep(kept) if kept.row)), "nothing changed");
}

#[test]
fn a_change_of_verdict_is_told_once() {
    let mut state = State::new(Config::default());
    let mut round = |sectors, hours| {
        events(&round(&mut state, &[("sda", told(report("A", sectors)))], NOW + HOUR * hours))
    };
    assert_eq!(round(0, 0), []);
    assert_eq!(round(3, 1), [(DiskGrade::Watch, Some(DiskGrade::Good))]);
    assert_eq!(round(3, 2), []);
    assert_eq!(round(60, 3), [(DiskGrade::Replace, Some(DiskGrade::Watch))]);
    assert_eq!(round(0, 4), [(DiskGrade::Good, Some(DiskGrade::Replace))]);
}

#[test]
fn a_disk_that_is_bad_when_first_seen_is_told() {
    let mut state = State::new(Config::default());
    let effects = round(&mut state, &[("sda", told(report("A", 3)))], NOW);
    assert_eq!(events(&effects), [(DiskGrade::Watch, None)]);
}

#[test]
fn what_was_known_before_a_restart_is_shown_and_not_told_again() {
    let mut state = State::new(Config::default());
    let known = Known {
        disk: id("A"),
        device: device("sdx"),
        at: NOW - HOUR,
        report: report("A", 3),
        grade: Some(DiskGrade::Watch),
    };
    let before = Earlier { at: NOW - HOUR * 24 * 9, counts: report("A", 2).counts };
    let past = Past { disks: vec![known], rows: [(id("A"), vec![before])].into() };
    assert_eq!(state.on(Input::Due, NOW), [Effect::Load]);
    assert_eq!(state.on(Input::Loaded(Ok(past)), NOW), [Effect::Find]);
    assert_eq!(states(&state), [("A".to_owned(), DiskState::Unread)]);
    // It has another letter now.
    let found = Found { devices: vec![device("sda")], blind: Vec::new() };
    state.on(Input::Found(Ok(found)), NOW);
    let effects = state.on(Input::Read { device: device("sda"), reading: told(report("A", 3)) }, NOW);
    assert_eq!(events(&effects), []);
    let snapshot = state.snapshot(NOW);
    assert_eq!((snapshot.disks.len(), snapshot.disks[0].name().as_str()), (1, "sda"));
    let finding = snapshot.disks[0].verdict.findings[0].phrase();
    let says = crate::locale::say(crate::domain::Lang::En, &finding);
    assert_eq!(says, "3 reallocated sectors, was 2 last week");
}

#[test]
fn a_sleeping_disk_keeps_its_values_and_the_time_it_fell_asleep() {
    let mut state = State::new(Config::default());
    round(&mut state, &[("sda", told(report("A", 0)))], NOW);
    for hours in [1, 2] {
        round(&mut state, &[("sda", Ok(Reading::Asleep))], NOW + HOUR * hours);
    }
    let sheet = &state.snapshot(NOW + HOUR * 2).disks[0];
    assert_eq!(sheet.state, DiskState::Asleep { since: NOW + HOUR });
    assert_eq!(sheet.report.as_ref().map(|(at, _)| *at), Some(NOW));
}

#[test]
fn a_pilots_check_may_wake_and_goes_first() {
    let mut state = State::new(Config::default());
    round(&mut state, &[("sda", told(report("A", 0))), ("sdb", told(report("B", 0)))], NOW);
    let read = |name: &str, wake| Effect::Read { device: device(name), wake };
    assert!(state.on(Input::Check(id("B")), NOW).contains(&read("sdb", true)));
    // The next round comes due meanwhile: it waits, and is not forgotten.
    assert_eq!(state.on(Input::Due, NOW), []);
    let effects = state.on(Input::Read { device: device("sdb"), reading: told(report("B", 0)) }, NOW);
    assert!(effects.contains(&Effect::Find));
    let found = Found { devices: vec![device("sda"), device("sdb")], blind: Vec::new() };
    assert!(state.on(Input::Found(Ok(found)), NOW).contains(&read("sda", false)));
    // During the round a check is put before what is left of it.
    state.on(Input::Check(id("A")), NOW);
    let effects = state.on(Input::Read { device: device("sda"), reading: told(report("A", 0)) }, NOW);
    assert!(effects.contains(&read("sda", true)));
    let effects = state.on(Input::Read { device: device("sda"), reading: told(report("A", 0)) }, NOW);
    assert!(effects.contains(&read("sdb", false)));
    let effects = state.on(Input::Read { device: device("sdb"), reading: told(report("B", 0)) }, NOW);
    assert!(effects.contains(&Effect::Arm(Duration::from_secs(3600))));
}

#[test]
fn a_check_alone_does_not_put_off_the_next_round() {
    let mut state = State::new(Config::default());
    round(&mut state, &[("sda", told(report("A", 0)))], NOW);
    state.on(Input::Check(id("A")), NOW);
    let effects = state.on(Input::Read { device: device("sda"), reading: told(report("A", 0)) }, NOW);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Arm(_))), "{effects:?}");
}

#[test]
fn without_smartctl_it_is_said_and_tried_again_soon() {
    let mut state = State::new(Config::default());
    state.on(Input::Due, NOW);
    state.on(Input::Loaded(Err("the store is away".into())), NOW);
    let effects = state.on(Input::Found(Err(DiskError::TooOld)), NOW);
    assert!(effects.contains(&Effect::Arm(RETRY)));
    assert_eq!(state.snapshot(NOW).trouble, Some(DiskError::TooOld));
    // What was counted before is asked for again.
    assert_eq!(state.on(Input::Due, NOW), [Effect::Load]);
}

#[test]
fn a_pulled_disk_is_gone_and_forgotten_after_a_week() {
    let mut state = State::new(Config::default());
    round(&mut state, &[("sda", told(report("A", 0))), ("sdb", told(report("B", 0)))], NOW);
    round(&mut state, &[("sda", told(report("A", 0)))], NOW + HOUR);
    assert_eq!(
        states(&state),
        [("A".to_owned(), DiskState::Read), ("B".to_owned(), DiskState::Gone { since: NOW + HOUR })]
    );
    round(&mut state, &[("sda", told(report("A", 0)))], NOW + HOUR * 24 * 8);
    assert_eq!(states(&state), [("A".to_owned(), DiskState::Read)]);
}

#[test]
fn a_disk_swapped_for_another_is_not_mistaken_for_it() {
    let mut state = State::new(Config::default());
    round(&mut state, &[("sda", told(report("OLD", 3)))], NOW);
    let effects = round(&mut state, &[("sda", told(report("NEW", 0)))], NOW + HOUR);
    assert_eq!(events(&effects), [], "the new one is good, the old one is not told to be");
    let mut seen = states(&state);
    seen.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(seen[0], ("NEW".to_owned(), DiskState::Read));
    assert_eq!(seen[1], ("OLD".to_owned(), DiskState::Gone { since: NOW + HOUR }));
}

#[test]
fn disks_that_claim_one_serial_number_are_told_apart() {
    let mut state = State::new(Config::default());
    let answers = [("sda", told(report("SAME", 0))), ("sdb", told(report("SAME", 7)))];
    for hours in 0..3 {
        round(&mut state, &answers, NOW + HOUR * hours);
        let names: Vec<String> = states(&state).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["SAME sdb", "SAME"], "after {hours} h");
    }
}

#[test]
fn a_mute_disk_is_known_by_its_place_until_it_speaks() {
    let mut state = State::new(Config::default());
    let mute = Mute::Denied { says: "Permission denied".into() };
    round(&mut state, &[("sda", Ok(Reading::Mute(mute.clone())))], NOW);
    assert_eq!(states(&state), [("sda".to_owned(), DiskState::Mute(mute))]);
    round(&mut state, &[("sda", told(report("A", 0)))], NOW + HOUR);
    assert_eq!(states(&state), [("A".to_owned(), DiskState::Read)]);
    round(&mut state, &[("sda", Err(DiskError::Garbled))], NOW + HOUR * 2);
    assert_eq!(states(&state), [("A".to_owned(), DiskState::Failed(DiskError::Garbled))]);
}

#[test]
fn a_changed_config_takes_effect_at_once() {
    let mut state = State::new(Config::default());
    round(&mut state, &[("sda", told(report("A", 0)))], NOW);
    let quicker = Config { interval: Duration::from_secs(1800), ..Config::default() };
    assert_eq!(state.configure(quicker.clone()), [Effect::Arm(Duration::from_secs(1800))]);
    let disk =
        crate::subsystems::smart::config::Disk { path: "/dev/bus/0".into(), kind: Some("megaraid,1".into()) };
    let more = Config { disks: vec![disk], ..quicker };
    assert_eq!(state.configure(more), [Effect::Arm(Duration::ZERO)]);
    state.on(Input::Due, NOW);
    let found = Found { devices: vec![device("sda")], blind: Vec::new() };
    let effects = state.on(Input::Found(Ok(found)), NOW);
    let raid = Device { path: "/dev/bus/0".into(), kind: Some("megaraid,1".into()) };
    assert_eq!(effects, [Effect::Read { device: raid, wake: false }]);
}
