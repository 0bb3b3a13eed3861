//! How plans stand, told step by step.

use super::*;
use crate::{
    domain::{Asker, Bytes, JobId, Phrase},
    phrase,
    subsystems::backup::{
        config::example,
        engine::Locks,
        ops::Op,
        plan::{Attempt, Ended, Success},
    },
};

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn name(text: &str) -> PlanName {
    PlanName::parse(text).expect(text)
}

fn state(plans: &[&str]) -> State {
    let plans = plans.iter().map(|name| example(name)).collect();
    State::new(Config { plans, ..Config::default() }, TimeZone::UTC)
}

fn backed_up(ended: &str) -> Facts {
    let ended = at(ended);
    let success = Success {
        started: ended,
        ended,
        snapshot: None,
        added: None,
        bytes: Bytes(0),
        files: 0,
        warnings: 0,
        named: Vec::new(),
    };
    Facts { since: Some(ended), success: Some(success), ..Facts::default() }
}

fn known(facts: &[(&str, Facts)], running: Vec<Running>) -> Input {
    let facts = facts.iter().map(|(plan, facts)| (name(plan), facts.clone())).collect();
    Input::Known(Ok(Known { facts, running }))
}

fn runs(plan: &str) -> Running {
    Running { job: JobId(1), key: example(plan).key(), title: JobTitle::Backup { plan: plan.to_owned() } }
}

fn events(effects: &[Effect]) -> Vec<String> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Happened(Event::BackupOverdue { plan, due, .. }) => Some(format!("{plan} overdue {due}")),
            Effect::Happened(Event::BackupOnTime { plan }) => Some(format!("{plan} on time")),
            _ => None,
        })
        .collect()
}

fn armed(effects: &[Effect]) -> Duration {
    let found = effects.iter().rev().find_map(|effect| match effect {
        Effect::Arm(after) => Some(*after),
        _ => None,
    });
    found.expect("it wakes again")
}

#[test]
fn overdue_is_told_once_and_so_is_its_end_whoever_was_off_in_between() {
    let mut state = state(&["home"]);
    let old = backed_up("2026-07-14T02:30:05Z");
    let tell = |state: &mut State, facts: &Facts, running, now| {
        events(&state.on(known(&[("home", facts.clone())], running), at(now)))
    };
    // The start, days later: what was missed is told at once.
    assert_eq!(tell(&mut state, &old, vec![], "2026-07-17T12:00:00Z"), ["home overdue 2026-07-15T02:30:00Z"]);
    assert_eq!(tell(&mut state, &old, vec![], "2026-07-17T13:00:00Z"), [""; 0]);
    // One that runs is not over yet.
    assert_eq!(tell(&mut state, &old, vec![runs("home")], "2026-07-17T13:05:00Z"), [""; 0]);
    let new = backed_up("2026-07-17T13:30:00Z");
    assert_eq!(tell(&mut state, &new, vec![], "2026-07-17T13:30:01Z"), ["home on time"]);
    assert_eq!(tell(&mut state, &new, vec![], "2026-07-17T13:40:01Z"), [""; 0]);
    assert_eq!(tell(&mut state, &new, vec![], "2026-07-18T03:30:00Z"), ["home overdue 2026-07-18T02:30:00Z"]);
}

#[test]
fn a_run_that_failed_is_told_as_that_and_not_as_overdue_too() {
    let mut state = state(&["home"]);
    let why: Phrase = phrase!("backup-engine-wrong-password");
    let failed = Facts {
        attempt: Some(Attempt {
            started: at("2026-07-15T02:30:00Z"),
            ended: at("2026-07-15T02:30:09Z"),
            how: Ended::Failed { why },
        }),
        ..backed_up("2026-07-14T02:30:05Z")
    };
    let effects = state.on(known(&[("home", failed)], vec![]), at("2026-07-15T04:00:00Z"));
    assert_eq!(events(&effects), [""; 0]);
    let sheet = &state.board(at("2026-07-15T04:00:00Z")).plans[0];
    assert_eq!(
        sheet.due,
        Due::Overdue { since: at("2026-07-15T02:30:00Z") },
        "the screen says it all the same"
    );
}

#[test]
fn it_wakes_when_a_plan_can_turn_overdue_and_often_enough_for_a_clock_that_is_set() {
    let mut state = state(&["home"]);
    let facts = backed_up("2026-07-15T02:30:05Z");
    let effects = state.on(known(&[("home", facts.clone())], vec![]), at("2026-07-16T03:29:00Z"));
    assert_eq!(armed(&effects), Duration::from_secs(61));
    let effects = state.on(known(&[("home", facts)], vec![]), at("2026-07-15T12:00:00Z"));
    assert_eq!(armed(&effects), JUDGE_EVERY);
    let effects = state.on(Input::Known(Err("away".into())), at("2026-07-15T12:00:00Z"));
    assert_eq!(armed(&effects), AGAIN);
}

#[test]
fn a_new_plan_is_looked_at_and_counted_from_now_on() {
    let mut state = state(&["home", "mail"]);
    let now = at("2026-07-15T12:00:00Z");
    let effects = state.on(known(&[("mail", backed_up("2026-07-15T02:30:00Z"))], vec![]), now);
    assert!(effects.contains(&Effect::Since(vec![name("home")])), "{effects:?}");
    for plan in ["home", "mail"] {
        assert!(effects.contains(&Effect::Look(name(plan))), "{plan}");
    }
    // It is being looked at already.
    assert!(!state.on(Input::Look(name("home")), now).contains(&Effect::Look(name("home"))));
    let seen = Seen { version: "0.14.0".into(), locks: Locks::Seen(Vec::new()) };
    state.on(Input::Looked(name("home"), Ok(seen)), now);
    assert!(state.on(Input::Freshen(name("home")), now).contains(&Effect::Look(name("home"))));
    assert!(!state.on(Input::Freshen(name("gone")), now).contains(&Effect::Look(name("gone"))));
}

#[test]
fn a_repository_that_was_not_to_be_had_is_tried_again_sooner() {
    let mut state = state(&["home"]);
    let facts = [("home", backed_up("2026-07-15T02:30:00Z"))];
    let tries = |state: &mut State, now| {
        state.on(known(&facts, vec![]), at(now)).contains(&Effect::Look(name("home")))
    };
    assert!(tries(&mut state, "2026-07-15T03:00:00Z"));
    let away = EngineError::Unreachable("no route".into());
    state.on(Input::Looked(name("home"), Err(away.clone())), at("2026-07-15T03:00:10Z"));
    assert_eq!(state.board(at("2026-07-15T03:00:10Z")).plans[0].look.error(), Some(&away));
    assert!(!tries(&mut state, "2026-07-15T03:30:00Z"));
    assert!(tries(&mut state, "2026-07-15T04:00:11Z"));
}

fn hold(plan: &str, op: Op, since: &str) -> Held {
    let asked_by = Asker::Schedule { task: format!("backup.{plan}") };
    Held { plan: name(plan), op, asked_by, since: at(since) }
}

fn started(effects: &[Effect]) -> Vec<Held> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Start(held) => Some(held.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn what_waits_for_its_repository_is_started_one_after_the_other() {
    let mut state = state(&["home"]);
    let facts = [("home", backed_up("2026-07-15T02:30:00Z"))];
    let now = "2026-07-15T05:00:00Z";
    let (check, prove) = (hold("home", Op::Check { data: true }, now), hold("home", Op::Prove, now));
    for held in [&check, &prove, &check] {
        state.on(Input::Hold(held.clone()), at(now));
    }
    assert_eq!(state.held(), 2, "the same is not held twice");
    let effects = state.on(known(&facts, vec![runs("home")]), at(now));
    assert_eq!(started(&effects), [], "it is still busy");
    assert_eq!(armed(&effects), HELD_EVERY);
    let effects = state.on(known(&facts, vec![]), at(now));
    assert_eq!(started(&effects), std::slice::from_ref(&check));
    // While its start is under way, the other one waits.
    assert_eq!(started(&state.on(known(&facts, vec![]), at(now))), []);
    // Somebody was quicker.
    state.on(Input::Started(check.clone(), false), at(now));
    assert_eq!(started(&state.on(known(&facts, vec![]), at(now))), std::slice::from_ref(&prove));
    state.on(Input::Started(prove, true), at(now));
    assert_eq!(started(&state.on(known(&facts, vec![]), at(now))), std::slice::from_ref(&check));
    state.on(Input::Started(check, true), at(now));
    assert_eq!(state.held(), 0);
}

#[test]
fn what_waits_too_long_is_given_up_and_what_lost_its_plan_goes_with_it() {
    let mut state = state(&["home", "mail"]);
    let facts = [("home", backed_up("2026-07-15T02:30:00Z"))];
    state.on(Input::Hold(hold("home", Op::Prove, "2026-07-15T05:00:00Z")), at("2026-07-15T05:00:00Z"));
    let effects = state.on(known(&facts, vec![runs("home")]), at("2026-07-16T05:00:01Z"));
    assert_eq!((started(&effects).len(), state.held()), (0, 0));
    state.on(Input::Hold(hold("mail", Op::Prove, "2026-07-16T05:00:00Z")), at("2026-07-16T05:00:00Z"));
    state.configure(Config { plans: vec![example("home")], ..Config::default() });
    assert_eq!(state.held(), 0);
}

#[test]
fn another_repository_is_looked_at_anew_and_the_same_one_is_not() {
    let mut state = state(&["home"]);
    let now = at("2026-07-15T05:00:00Z");
    let seen = Seen { version: "0.14.0".into(), locks: Locks::Unseen };
    state.on(known(&[], vec![]), now);
    state.on(Input::Looked(name("home"), Ok(seen.clone())), now);
    let mut plan = example("home");
    plan.overdue_after = Duration::from_secs(7200);
    state.configure(Config { plans: vec![plan.clone()], ..Config::default() });
    assert_eq!(state.board(now).plans[0].look, Look::Ready { at: now, seen });
    plan.repository = "/srv/elsewhere".into();
    state.configure(Config { plans: vec![plan], ..Config::default() });
    assert_eq!(state.board(now).plans[0].look, Look::NotYet);
}
