//! How plans stand, told step by step.

use super::*;
use crate::{
    domain::{Asker, Bytes, JobId, Phrase},
    phrase,
    subsystems::backup::{
        config::example,
        engine::Locks,
        plan::{Attempt, Chore, Ended, Success, Waiting},
        scratch::Swept,
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
fn what_changes_while_the_store_is_asked_is_asked_for_again_and_no_two_answers_overtake_each_other() {
    let mut state = state(&["home", "photos"]);
    let now = at("2026-07-15T12:00:00Z");
    let seen = || Ok(Seen { version: "1".into(), locks: Locks::Unseen });
    let mut asked = |input| state.on(input, now).iter().filter(|effect| **effect == Effect::Know).count();
    let home = ("home", backed_up("2026-07-15T02:30:05Z"));
    let photos = ("photos", backed_up("2026-07-14T02:30:05Z"));
    assert_eq!(asked(Input::Due), 1);
    assert_eq!(asked(known(&[], vec![])), 0, "nothing changed meanwhile");
    assert_eq!(asked(Input::Looked(name("home"), seen())), 1);
    assert_eq!(asked(Input::Looked(name("photos"), seen())), 0, "one question at a time");
    assert_eq!(asked(Input::Hold), 0);
    assert_eq!(asked(known(std::slice::from_ref(&home), vec![])), 1, "that answer is without the photos");
    assert_eq!(asked(known(&[home, photos], vec![])), 0);
    assert!(state.board(now).plans.iter().all(|sheet| sheet.facts.success.is_some()));
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
fn a_repository_that_our_own_job_holds_is_not_in_trouble() {
    let mut state = state(&["home"]);
    let now = at("2026-07-15T12:00:00Z");
    let facts = [("home", backed_up("2026-07-15T02:30:00Z"))];
    let locked = || Err(EngineError::Locked { by: None, words: "locked".into() });
    let seen = Seen { version: "1.2.4".into(), locks: Locks::Unseen };
    state.on(known(&facts, vec![]), now);
    state.on(Input::Looked(name("home"), Ok(seen.clone())), now);
    state.on(known(&facts, vec![runs("home")]), now);
    state.on(Input::Looked(name("home"), locked()), now);
    assert_eq!(state.board(now).plans[0].look, Look::Ready { at: now, seen });
    // Nobody of ours: then somebody else.
    state.on(known(&facts, vec![]), now);
    state.on(Input::Looked(name("home"), locked()), now);
    assert!(state.board(now).plans[0].look.error().is_some());
}

#[test]
fn what_was_done_during_a_look_is_looked_at_again_once() {
    let mut state = state(&["home"]);
    let now = at("2026-07-15T12:00:00Z");
    let looks = |effects: &[Effect]| effects.contains(&Effect::Look(name("home")));
    let seen = || Ok(Seen { version: "0.14.0".into(), locks: Locks::Seen(Vec::new()) });
    assert!(looks(&state.on(Input::Freshen(name("home")), now)));
    // A job that began and ended meanwhile.
    assert!(!looks(&state.on(Input::Freshen(name("home")), now)));
    assert!(!looks(&state.on(Input::Freshen(name("home")), now)));
    assert!(looks(&state.on(Input::Looked(name("home"), seen()), now)));
    assert!(!looks(&state.on(Input::Looked(name("home"), seen()), now)));
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

fn wait(chore: Chore, since: &str) -> Waiting {
    Waiting { chore, asked_by: Asker::Schedule { task: "backup.home".into() }, since: at(since) }
}

fn waiting(waiting: &[&Waiting]) -> Facts {
    let waiting = waiting.iter().map(|waiting| (*waiting).clone()).collect();
    Facts { waiting, ..backed_up("2026-07-15T02:30:00Z") }
}

fn started(effects: &[Effect]) -> Vec<Waiting> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Start(held) => Some(held.waiting.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn what_waits_for_its_repository_is_started_one_after_the_other_also_after_a_restart() {
    let now = "2026-07-15T05:00:00Z";
    let (check, prove) = (wait(Chore::Check { data: true }, now), wait(Chore::Prove, "2026-07-15T05:00:01Z"));
    let both = [("home", waiting(&[&prove, &check]))];
    let held = |waiting: &Waiting| Held { plan: name("home"), waiting: waiting.clone() };
    let now = at("2026-07-15T05:00:02Z");

    // What is on the disk is all that a new state needs to go on.
    let mut state = state(&["home"]);
    let effects = state.on(known(&both, vec![runs("home")]), now);
    assert_eq!(started(&effects), [], "it is still busy");
    assert_eq!((armed(&effects), state.held()), (HELD_EVERY, 2));
    let effects = state.on(known(&both, vec![]), now);
    assert_eq!(started(&effects), std::slice::from_ref(&check), "the oldest first");
    // While its start is under way, the other one waits.
    assert_eq!(started(&state.on(known(&both, vec![]), now)), []);
    // Somebody was quicker.
    state.on(Input::Started(held(&check), false), now);
    assert_eq!(started(&state.on(known(&both, vec![]), now)), std::slice::from_ref(&check));
    state.on(Input::Started(held(&check), true), now);
    // A look that began before it was struck off: it is not started a second time.
    assert_eq!(started(&state.on(known(&both, vec![]), now)), std::slice::from_ref(&prove));
    state.on(Input::Started(held(&prove), true), now);
    assert_eq!((started(&state.on(known(&both, vec![]), now)), state.held()), (vec![], 0));
}

#[test]
fn two_plans_of_one_repository_wait_for_each_other() {
    let (now, mut mail) = (at("2026-07-15T05:00:00Z"), example("mail"));
    mail.repository = example("home").repository;
    let config = Config { plans: vec![example("home"), mail], ..Config::default() };
    let mut state = State::new(config, TimeZone::UTC);
    let prove = wait(Chore::Prove, "2026-07-15T04:00:00Z");
    let facts = [("home", waiting(&[&prove])), ("mail", waiting(&[&prove]))];
    assert_eq!(started(&state.on(known(&facts, vec![runs("home")]), now)), []);
    assert_eq!(started(&state.on(known(&facts, vec![]), now)).len(), 1);
}

#[test]
fn what_waits_too_long_is_given_up_and_that_is_told() {
    let mut state = state(&["home"]);
    let prove = wait(Chore::Prove, "2026-07-15T05:00:00Z");
    let facts = [("home", waiting(&[&prove]))];
    let effects = state.on(known(&facts, vec![runs("home")]), at("2026-07-16T05:00:01Z"));
    assert!(effects.contains(&Effect::GiveUp(Held { plan: name("home"), waiting: prove.clone() })));
    let told = effects.iter().any(|effect| {
        matches!(effect, Effect::Happened(Event::RunsMissed { task, first_due, .. })
            if task == "backup.home.proof" && *first_due == prove.since)
    });
    assert!(told && started(&effects).is_empty(), "{effects:?}");
    // Once.
    let again = state.on(known(&facts, vec![runs("home")]), at("2026-07-16T05:00:09Z"));
    assert!(!again.iter().any(|effect| matches!(effect, Effect::Happened(_) | Effect::GiveUp(_))));
}

#[test]
fn leftovers_of_a_died_restore_are_removed_once_none_is_at_work() {
    let facts = [("home", backed_up("2026-07-15T02:30:00Z"))];
    let now = at("2026-07-15T05:00:00Z");
    let title = JobTitle::Restore { plan: "home".into(), what: "x".into() };
    let survivor = Running { title, ..runs("home") };
    for (running, sweeps) in [(vec![], true), (vec![runs("home")], true), (vec![survivor], false)] {
        let mut state = state(&["home"]);
        let first = state.on(known(&facts, running.clone()), now);
        assert_eq!(first.contains(&Effect::Sweep), sweeps, "{running:?}");
        assert_eq!(first.contains(&Effect::Arm(HELD_EVERY)), !sweeps, "soon looked at again: {first:?}");
        let again = state.on(known(&facts, vec![]), now).contains(&Effect::Sweep);
        assert_eq!(again, !sweeps, "{running:?}");
        assert!(!state.on(known(&facts, vec![]), now).contains(&Effect::Sweep), "once");
    }
}

#[test]
fn what_was_removed_is_told_and_what_is_on_a_disk_that_is_away_waits_an_hour() {
    let mut state = state(&["home"]);
    let now = at("2026-07-15T05:00:00Z");
    state.on(known(&[], vec![]), now);
    let removed = vec![("/srv/box/.cockpit-restore-home-1".into(), 7)];
    let told = state.on(Input::Swept(Swept { removed, waiting: 1 }), now);
    let place = "/srv/box/.cockpit-restore-home-1".to_owned();
    assert_eq!(told, [Effect::Happened(Event::RestoreCleared { place, bytes: 7 })]);
    for (minutes, sweeps) in [(59, false), (60, true), (61, false)] {
        let effects = state.on(known(&[], vec![]), now + SignedDuration::from_mins(minutes));
        assert_eq!(effects.contains(&Effect::Sweep), sweeps, "{minutes} min");
    }
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
