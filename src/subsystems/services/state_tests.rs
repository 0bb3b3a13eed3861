//! The book and the acts, without time, bus or actor: inputs in, effects out.

mod acts;
mod fuzz;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{
    bus::{BusError, Changes},
    config::Config,
    contract_tests::name,
    ops::{Conclusion, Evidence, Phase},
    state::{EVIDENCE_MAX, Effect, Input, Link, Now, Refusal, State},
    unit::{Active, Can, Details, Exit, JobEnd, Links, Load, Patch, Reading, Unit, Verb},
};
use crate::{domain::UnitName, events::Event, screen::Topic};

/// A state and a clock that goes one second with each input.
struct Desk {
    state: State,
    start: Instant,
    seconds: u64,
}

impl Desk {
    fn new(watch: &[&str], protected: &[&str]) -> Desk {
        let list = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        let config = Config { watch: list(watch), protected: list(protected), ..Config::default() };
        Desk { state: State::new(&config), start: Instant::now(), seconds: 0 }
    }

    fn linked(watch: &[&str], units: Vec<Unit>) -> Desk {
        let mut desk = Desk::new(watch, &["vault"]);
        desk.on(Input::Linked { link: 1, version: "252".into(), units });
        desk
    }

    fn now(&self) -> Now {
        let passed = Duration::from_secs(self.seconds);
        let at = Timestamp::from_second(1_795_362_600).unwrap() + SignedDuration::try_from(passed).unwrap();
        Now { at, tick: self.start + passed }
    }

    fn on(&mut self, input: Input) -> Vec<Effect> {
        self.seconds += 1;
        let now = self.now();
        self.state.on(input, now)
    }

    fn patch(&mut self, unit: &str, patch: Patch) -> Vec<Effect> {
        let changes = Changes { patches: [(name(unit), patch)].into(), ..Changes::default() };
        self.on(Input::Changed { link: 1, changes })
    }

    fn order(&mut self, verb: Verb, unit: &str) -> Result<u64, Refusal> {
        let now = self.now();
        let effects = self.state.order(verb, &name(unit), "Dre", now)?;
        let Some(Effect::Carry { op, .. }) = effects.first() else { panic!("{effects:?}") };
        assert_eq!(effects.last(), Some(&Effect::Changed(Topic::Services)));
        Ok(*op)
    }

    fn job(&mut self, op: u64, unit: &str, end: Result<JobEnd, BusError>) -> Vec<Effect> {
        self.on(Input::JobEnded { op, unit: name(unit), end })
    }

    fn look(&mut self, op: u64, seen: Details) -> Vec<Effect> {
        self.on(Input::Looked { op, unit: seen.unit.name.clone(), seen: Box::new(Ok(seen)) })
    }

    fn settled(&mut self, op: u64, unit: &str) -> Vec<Effect> {
        self.on(Input::Settled { op, unit: name(unit) })
    }

    fn told(&mut self, op: u64, unit: &str) -> Vec<Effect> {
        self.on(Input::Told { op, unit: name(unit), log: Vec::new() })
    }

    fn evidence(&self, unit: &str) -> &Evidence {
        self.state.evidence(&name(unit)).expect("the act is over")
    }

    fn conclusion(&self, unit: &str) -> &Conclusion {
        &self.evidence(unit).conclusion
    }
}

fn unit(unit: &str, active: Active) -> Unit {
    let sub = match active {
        Active::Active => "running",
        Active::Failed => "failed",
        _ => "dead",
    };
    let result = if active == Active::Failed { "exit-code" } else { "success" };
    Unit { active, sub: sub.into(), result: Some(result.into()), ..Unit::new(name(unit)) }
}

fn up(text: &str) -> Unit {
    unit(text, Active::Active)
}

fn patch(active: Active) -> Patch {
    let sub = if active == Active::Activating { "auto-restart" } else { "x" };
    Patch {
        active: Some(active),
        sub: Some(sub.into()),
        result: Some("exit-code".into()),
        ..Patch::default()
    }
}

fn details(unit: Unit, run: u8) -> Details {
    let patch = Patch { invocation: Some([run; 16]), ..Patch::default() };
    Details {
        unit,
        reading: Reading { patch, ..Reading::default() },
        load_error: None,
        file_state: "enabled".into(),
        memory_max: None,
        tasks: None,
        says: None,
        can: Can { start: true, stop: true, reload: true },
        needs_reload: false,
        links: Links::default(),
        timer: None,
    }
}

fn events(effects: &[Effect]) -> Vec<String> {
    let word = |effect: &Effect| match effect {
        Effect::Happened(_, Event::UnitFailed { unit, result }) => {
            Some(format!("{} failed: {result}", unit.short()))
        }
        Effect::Happened(_, Event::UnitRecovered { unit }) => Some(format!("{} recovered", unit.short())),
        _ => None,
    };
    effects.iter().filter_map(word).collect()
}

#[test]
fn a_failure_is_told_once_and_so_is_its_end() {
    let mut desk = Desk::linked(&["nginx"], vec![up("nginx"), up("ssh")]);
    for (active, want) in [
        (Active::Failed, vec!["nginx failed: exit-code"]),
        // Somebody tries again: neither well nor another failure yet.
        (Active::Activating, vec![]),
        (Active::Failed, vec![]),
        (Active::Activating, vec![]),
        (Active::Active, vec!["nginx recovered"]),
        (Active::Deactivating, vec![]),
        (Active::Inactive, vec![]),
        (Active::Failed, vec!["nginx failed: exit-code"]),
        // reset-failed
        (Active::Inactive, vec!["nginx recovered"]),
    ] {
        let effects = desk.patch("nginx", patch(active));
        assert_eq!(events(&effects), want, "{active:?}");
        assert!(effects.contains(&Effect::Changed(Topic::Services)), "{active:?}");
    }
}

#[test]
fn what_failed_while_nobody_listened_is_told_with_its_own_time() {
    let mut desk = Desk::new(&[], &[]);
    let since = desk.now().at - SignedDuration::from_hours(3);
    let failed = Unit { since: Some(since), ..unit("nginx", Active::Failed) };
    let effects = desk.on(Input::Linked { link: 1, version: "252".into(), units: vec![failed.clone()] });
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Happened(at, _) if *at == since)),
        "{effects:?}"
    );

    // The connection is lost and back: what is the same is not told again, what changed is.
    desk.on(Input::Lost { link: 1 });
    let units = vec![failed.clone(), unit("cron", Active::Failed)];
    let effects = desk.on(Input::Linked { link: 2, version: "252".into(), units });
    assert_eq!(events(&effects), ["cron failed: exit-code"]);
    desk.on(Input::Lost { link: 2 });
    let effects = desk.on(Input::Linked { link: 3, version: "252".into(), units: vec![up("cron"), failed] });
    assert_eq!(events(&effects), ["cron recovered"]);
}

#[test]
fn the_book_holds_services_and_of_the_rest_what_failed_or_is_watched() {
    let units = ["a.service", "b.timer", "c.mount", "d.socket", "e.slice"].map(up).to_vec();
    let mut desk = Desk::linked(&["*.timer"], units);
    let held = |desk: &Desk| desk.state.units().keys().map(|name| name.to_string()).collect::<Vec<_>>();
    assert_eq!(held(&desk), ["a.service", "b.timer"]);

    // A mount fails: not known yet, so it is read; then it is held until it is well.
    let effects = desk.patch("c.mount", patch(Active::Failed));
    assert_eq!(effects, [Effect::Read(vec![name("c.mount")])]);
    let units = Ok(vec![unit("c.mount", Active::Failed)]);
    let effects = desk.on(Input::Read { link: 1, names: vec![name("c.mount")], units });
    assert_eq!(events(&effects), ["c.mount failed: exit-code"]);
    assert_eq!(held(&desk), ["a.service", "b.timer", "c.mount"]);
    let effects = desk.patch("c.mount", Patch { active: Some(Active::Active), ..Patch::default() });
    assert_eq!(events(&effects), ["c.mount recovered"]);
    assert_eq!(held(&desk), ["a.service", "b.timer"]);

    // Noise of others is not read, and redraws nothing.
    assert_eq!(desk.patch("run-docker-1.scope", patch(Active::Active)), []);
}

#[test]
fn units_that_appear_are_read_one_batch_at_a_time() {
    let mut desk = Desk::linked(&[], vec![]);
    let appear = |units: &[&str]| Changes {
        appeared: units.iter().map(|unit| name(unit)).collect(),
        ..Changes::default()
    };
    let changed = |changes| Input::Changed { link: 1, changes };
    assert_eq!(desk.on(changed(appear(&["a", "x.scope"]))), [Effect::Read(vec![name("a")])]);
    assert_eq!(desk.on(changed(appear(&["b"]))), []);
    assert_eq!(desk.on(changed(appear(&["c"]))), []);
    // `a` is gone already: nothing is asked twice, so a unit that is loaded only by being asked for can't loop.
    let effects = desk.on(Input::Read { link: 1, names: vec![name("a")], units: Ok(vec![]) });
    assert_eq!(effects, [Effect::Read(vec![name("b"), name("c")])]);
    let effects = desk.on(Input::Read { link: 1, names: vec![name("b")], units: Err(BusError::Lost) });
    assert_eq!(effects, []);
}

#[test]
fn a_survey_that_is_older_than_a_signal_does_not_take_it_back() {
    let mut desk = Desk::linked(&[], vec![up("nginx"), up("cron"), up("old")]);
    let relist = Changes { relist: true, ..Changes::default() };
    assert_eq!(desk.on(Input::Changed { link: 1, changes: relist }), [Effect::Survey]);
    // While it is under way one fails and one is unloaded.
    assert_eq!(events(&desk.patch("nginx", patch(Active::Failed))), ["nginx failed: exit-code"]);
    let gone = Changes { gone: [name("old")].into(), ..Changes::default() };
    desk.on(Input::Changed { link: 1, changes: gone });
    let units = Ok(vec![up("nginx"), up("old"), unit("cron", Active::Failed)]);
    let effects = desk.on(Input::Surveyed { link: 1, units });
    assert_eq!(events(&effects), ["cron failed: exit-code"], "nginx has not recovered");
    assert_eq!(desk.state.failed().count(), 2);
    assert!(!desk.state.units().contains_key(&name("old")));
    // What the signal did not say of it is read now, and so is what happens meanwhile.
    assert_eq!(effects.last(), Some(&Effect::Read(vec![name("nginx")])));
    assert_eq!(events(&desk.patch("nginx", patch(Active::Active))), ["nginx recovered"]);
    let failed = Ok(vec![unit("nginx", Active::Failed)]);
    let effects = desk.on(Input::Read { link: 1, names: vec![name("nginx")], units: failed });
    assert_eq!(effects, [Effect::Read(vec![name("nginx")])]);
    let effects = desk.on(Input::Read { link: 1, names: vec![name("nginx")], units: Ok(vec![up("nginx")]) });
    assert_eq!(events(&effects), [""; 0]);
    assert_eq!(desk.state.failed().count(), 1);
}

#[test]
fn what_an_old_connection_still_says_is_not_heard() {
    let mut desk = Desk::linked(&[], vec![up("nginx")]);
    desk.on(Input::Lost { link: 1 });
    desk.on(Input::Linked { link: 2, version: "252".into(), units: vec![up("nginx")] });
    assert_eq!(desk.patch("nginx", patch(Active::Failed)), []);
    assert_eq!(desk.on(Input::Lost { link: 1 }), []);
    assert!(desk.state.is_up());
}

#[test]
fn watched_names_are_listed_without_a_bus_and_without_a_unit() {
    let mut desk = Desk::new(&["nginx", "php*"], &[]);
    let names = |desk: &Desk| {
        desk.state.watched().into_iter().map(|u| (u.name.to_string(), u.active)).collect::<Vec<_>>()
    };
    assert_eq!(names(&desk), [("nginx.service".into(), Active::Other)]);
    let effects = desk.on(Input::NotLinked { error: BusError::NoSystemd });
    assert_eq!(effects, [Effect::Connect, Effect::Changed(Topic::Services)]);
    // The same again: tried again, but nothing new to draw; since the first time.
    let Link::Down { since, .. } = desk.state.link.clone() else { panic!() };
    assert_eq!(desk.on(Input::NotLinked { error: BusError::NoSystemd }), [Effect::Connect]);
    assert_eq!(desk.state.link, Link::Down { since, error: BusError::NoSystemd });
    assert_eq!(desk.order(Verb::Start, "nginx"), Err(Refusal::NotLinked(BusError::NoSystemd)));

    let units = vec![up("php8"), Unit { load: Load::NotFound, ..unit("nginx", Active::Inactive) }];
    desk.on(Input::Linked { link: 1, version: "252".into(), units });
    assert_eq!(
        names(&desk),
        [("nginx.service".into(), Active::Inactive), ("php8.service".into(), Active::Active)]
    );
    // A watched unit that systemd unloads has stopped; it stays on the list.
    let gone = Changes { gone: [name("nginx"), name("php8")].into(), ..Changes::default() };
    desk.on(Input::Changed { link: 1, changes: gone });
    assert_eq!(names(&desk), [("nginx.service".into(), Active::Inactive)]);
}

#[test]
fn a_new_watch_list_takes_effect_at_once() {
    let mut desk = Desk::linked(&["nginx"], vec![up("nginx"), up("ssh")]);
    let config = Config { watch: vec!["ssh".into()], protected: vec!["ssh".into()], ..Config::default() };
    let effects = desk.state.configure(&config);
    assert_eq!(effects, [Effect::Changed(Topic::Services), Effect::Survey]);
    assert!(desk.state.is_watched(&name("ssh")) && !desk.state.is_watched(&name("nginx")));
    assert_eq!(desk.order(Verb::Stop, "ssh"), Err(Refusal::Protected));
    // A second call while it lists: once more after, not at once.
    assert_eq!(desk.state.configure(&config), [Effect::Changed(Topic::Services)]);
    let effects = desk.on(Input::Surveyed { link: 1, units: Ok(vec![up("ssh")]) });
    assert!(effects.contains(&Effect::Survey), "{effects:?}");
}

#[test]
fn crashes_are_counted_and_nothing_grows_for_ever() {
    let mut desk = Desk::linked(&[], vec![up("loop")]);
    for _ in 0..30 {
        desk.patch("loop", patch(Active::Activating));
        desk.patch(
            "loop",
            Patch { active: Some(Active::Active), sub: Some("running".into()), ..Patch::default() },
        );
    }
    let crashes = desk.state.crashes(&name("loop"));
    assert_eq!(crashes.len(), 20, "the last ones");
    assert!(crashes.is_sorted());

    for i in 0..EVIDENCE_MAX + 5 {
        let unit = format!("u{i}");
        let op = desk.order(Verb::Stop, &unit).unwrap();
        desk.job(op, &unit, Err(BusError::Refused("no".into())));
    }
    let kept = (0..EVIDENCE_MAX + 5).filter(|i| desk.state.evidence(&name(&format!("u{i}"))).is_some());
    assert_eq!(kept.collect::<Vec<_>>(), (5..EVIDENCE_MAX + 5).collect::<Vec<_>>(), "the oldest go");
}
