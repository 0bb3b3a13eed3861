//! The book and the acts, without time, bus or actor: inputs in, effects out.

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
fn refusals_are_the_rooms_own() {
    let mut desk = Desk::linked(&[], vec![up("nginx"), up("vault")]);
    for verb in [Verb::Stop, Verb::Restart, Verb::Disable] {
        assert_eq!(desk.order(verb, "vault"), Err(Refusal::Protected), "{verb:?}");
    }
    assert!(desk.order(Verb::Reload, "vault").is_ok(), "protected units can be reloaded");
    for (verb, unit) in
        [(Verb::Start, "poweroff.target"), (Verb::Restart, "systemd-reboot"), (Verb::Start, "rescue")]
    {
        assert_eq!(desk.order(verb, unit), Err(Refusal::WholeServer), "{unit}");
    }
    desk.order(Verb::Restart, "nginx").unwrap();
    let busy = desk.order(Verb::Stop, "nginx");
    assert!(
        matches!(busy, Err(Refusal::Busy { verb: Verb::Restart, ref by, .. }) if by == "Dre"),
        "{busy:?}"
    );
    for i in 0..14 {
        desk.order(Verb::Start, &format!("u{i}")).unwrap();
    }
    assert_eq!(desk.order(Verb::Start, "another"), Err(Refusal::TooMany));
}

/// Restarts nginx, with what is seen after the job and, if it was up then, three seconds later.
fn restart(end: JobEnd, first: Details, last: Option<Details>) -> Conclusion {
    let mut desk = Desk::linked(&[], vec![up("nginx")]);
    let op = desk.order(Verb::Restart, "nginx").unwrap();
    assert_eq!(desk.job(op, "nginx", Ok(end)), [Effect::Look { op, unit: name("nginx") }]);
    let effects = desk.look(op, first);
    if let Some(last) = last {
        assert_eq!(effects[0], Effect::Settle { op, unit: name("nginx") });
        assert_eq!(desk.settled(op, "nginx"), [Effect::Look { op, unit: name("nginx") }]);
        desk.look(op, last);
    }
    desk.told(op, "nginx");
    assert!(desk.state.ops().is_empty(), "the act is over");
    desk.conclusion("nginx").clone()
}

#[test]
fn restarted_is_said_only_of_what_stays_up_in_the_same_run() {
    let failed = || details(unit("nginx", Active::Failed), 2);
    let looping = || {
        let unit =
            Unit { active: Active::Activating, sub: "auto-restart".into(), ..unit("nginx", Active::Failed) };
        details(unit, 2)
    };
    let again = || details(Unit { restarts: Some(1), ..up("nginx") }, 3);
    let counted = || details(Unit { restarts: Some(0), ..up("nginx") }, 2);
    let once = |result: &str| {
        let unit =
            Unit { oneshot: Some(true), result: Some(result.into()), ..unit("nginx", Active::Inactive) };
        details(unit, 2)
    };
    let idle = || details(unit("nginx", Active::Inactive), 2);
    let passed_over = || {
        let mut seen = idle();
        seen.reading.patch.condition_met = Some(false);
        seen
    };
    let good = || details(up("nginx"), 2);
    let done = JobEnd::Done;
    for (case, end, first, last, want) in [
        ("it stays up", done, good(), Some(good()), Conclusion::Steady),
        ("it dies", done, good(), Some(failed()), Conclusion::Died),
        ("it crashes in a loop", done, good(), Some(looping()), Conclusion::Died),
        ("systemd restarted it", done, good(), Some(details(up("nginx"), 3)), Conclusion::Died),
        ("it was counted as restarted", done, counted(), Some(again()), Conclusion::Died),
        ("dead at once, though done", done, failed(), None, Conclusion::NotStarted(done)),
        ("looping at once", done, looping(), None, Conclusion::NotStarted(done)),
        ("the job failed", JobEnd::Failed, failed(), None, Conclusion::NotStarted(JobEnd::Failed)),
        ("too slow", JobEnd::Timeout, failed(), None, Conclusion::NotStarted(JobEnd::Timeout)),
        ("something before it", JobEnd::Dependency, idle(), None, Conclusion::NotStarted(JobEnd::Dependency)),
        ("it ran once", done, once("success"), None, Conclusion::Ran),
        ("it ran once and badly", done, once("exit-code"), None, Conclusion::NotStarted(done)),
        ("it ended at once", done, idle(), None, Conclusion::Ended),
        ("its conditions", done, passed_over(), None, Conclusion::PassedOver),
    ] {
        assert_eq!(restart(end, first, last), want, "{case}");
    }
}

#[test]
fn a_unit_passed_over_and_unloaded_at_once_is_told_by_its_signals() {
    let mut desk = Desk::linked(&[], vec![unit("shy", Active::Inactive)]);
    let op = desk.order(Verb::Start, "shy").unwrap();
    desk.patch("shy", Patch { condition_met: Some(false), ..Patch::default() });
    desk.job(op, "shy", Ok(JobEnd::Done));
    desk.look(op, details(unit("shy", Active::Inactive), 0));
    desk.told(op, "shy");
    assert_eq!(desk.conclusion("shy"), &Conclusion::PassedOver);
}

#[test]
fn a_death_while_it_settles_is_seen_at_once() {
    let mut desk = Desk::linked(&[], vec![up("flaky")]);
    let op = desk.order(Verb::Restart, "flaky").unwrap();
    desk.job(op, "flaky", Ok(JobEnd::Done));
    desk.look(op, details(up("flaky"), 2));
    // Its figures change: no reason to look.
    let look = Effect::Look { op, unit: name("flaky") };
    assert!(!desk.patch("flaky", Patch { restarts: Some(0), ..Patch::default() }).contains(&look));
    assert!(desk.patch("flaky", patch(Active::Deactivating)).contains(&look));
    // On its way down: not judged yet.
    let falling = Unit { active: Active::Deactivating, ..up("flaky") };
    assert_eq!(desk.look(op, details(falling, 2)), []);
    assert!(desk.patch("flaky", patch(Active::Failed)).contains(&look));
    let fell = Unit { exit: Some(Exit::Code(1)), ..unit("flaky", Active::Failed) };
    let effects = desk.look(op, details(fell, 2));
    assert!(matches!(&effects[..], [Effect::Tail { .. }]), "{effects:?}");
    desk.told(op, "flaky");
    assert_eq!(desk.conclusion("flaky"), &Conclusion::Died);
    // The end of the wait comes too late to matter.
    assert_eq!(desk.settled(op, "flaky"), []);
}

#[test]
fn stop_enable_disable_and_reset_are_read_back() {
    let seen = |active, file: &str| Details { file_state: file.into(), ..details(unit("nginx", active), 1) };
    for (verb, seen, want) in [
        (Verb::Stop, seen(Active::Inactive, "enabled"), Conclusion::Stopped),
        (Verb::Stop, seen(Active::Failed, "enabled"), Conclusion::StoppedBadly),
        (Verb::Stop, seen(Active::Active, "enabled"), Conclusion::NotStopped),
        (Verb::Enable, seen(Active::Active, "enabled"), Conclusion::Enabled),
        (Verb::Enable, seen(Active::Active, "static"), Conclusion::FileState("static".into())),
        (Verb::Disable, seen(Active::Active, "disabled"), Conclusion::Disabled),
        (
            Verb::Disable,
            seen(Active::Active, "enabled-runtime"),
            Conclusion::FileState("enabled-runtime".into()),
        ),
        (Verb::ResetFailed, seen(Active::Inactive, "enabled"), Conclusion::Reset),
        (Verb::ResetFailed, seen(Active::Failed, "enabled"), Conclusion::NotReset),
    ] {
        let mut desk = Desk::linked(&[], vec![up("nginx")]);
        let op = desk.order(verb, "nginx").unwrap();
        desk.job(op, "nginx", Ok(JobEnd::Done));
        desk.look(op, seen);
        desk.told(op, "nginx");
        assert_eq!(desk.conclusion("nginx"), &want, "{verb:?}");
        assert_eq!(desk.evidence("nginx").by, "Dre");
    }
}

#[test]
fn a_refused_act_says_why_and_a_slow_one_that_it_goes_on() {
    let mut desk = Desk::linked(&[], vec![up("nginx")]);
    let op = desk.order(Verb::Stop, "nginx").unwrap();
    desk.job(op, "nginx", Err(BusError::Denied("no".into())));
    assert_eq!(desk.conclusion("nginx"), &Conclusion::Refused(BusError::Denied("no".into())));

    let op = desk.order(Verb::Stop, "nginx").unwrap();
    assert!(desk.state.evidence(&name("nginx")).is_none(), "old evidence is not shown with a new act");
    desk.on(Input::TookTooLong { op, unit: name("nginx") });
    desk.told(op, "nginx");
    assert_eq!(desk.conclusion("nginx"), &Conclusion::StillGoing);
    // The job's end, much later, is of no act any more.
    assert_eq!(desk.job(op, "nginx", Ok(JobEnd::Done)), []);
}

#[test]
fn an_act_that_cuts_the_bus_is_judged_when_it_is_back() {
    let mut desk = Desk::linked(&[], vec![up("dbus")]);
    let op = desk.order(Verb::Restart, "dbus").unwrap();
    desk.on(Input::Lost { link: 1 });
    desk.job(op, "dbus", Err(BusError::Lost));
    assert_eq!(desk.state.ops()[&name("dbus")].phase, Phase::Adrift);
    desk.on(Input::NotLinked { error: BusError::Lost });
    let effects = desk.on(Input::Linked { link: 2, version: "252".into(), units: vec![up("dbus")] });
    assert!(effects.contains(&Effect::Look { op, unit: name("dbus") }), "{effects:?}");
    desk.look(op, details(up("dbus"), 2));
    desk.settled(op, "dbus");
    desk.look(op, details(up("dbus"), 2));
    assert_eq!(desk.conclusion("dbus"), &Conclusion::Steady);

    // The answer of the broken connection comes after the new one stands: looked at right away.
    let op = desk.order(Verb::Stop, "dbus").unwrap();
    let effects = desk.job(op, "dbus", Err(BusError::Lost));
    assert_eq!(effects, [Effect::Look { op, unit: name("dbus") }]);
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

mod fuzz {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 4] = ["a", "b", "c.timer", "d.mount"];

    fn any_active() -> impl Strategy<Value = Active> {
        prop_oneof![
            Just(Active::Active),
            Just(Active::Failed),
            Just(Active::Inactive),
            Just(Active::Activating),
            Just(Active::Deactivating),
        ]
    }

    #[derive(Debug, Clone)]
    enum Step {
        Patch(usize, Active),
        Gone(usize),
        Listed(Vec<(usize, Active)>),
        Lost,
        Order(usize, usize),
        Job(usize, bool),
        Look(usize, Active, u8),
        Settled(usize),
        Told(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let unit = 0..NAMES.len();
        prop_oneof![
            (unit.clone(), any_active()).prop_map(|(u, a)| Step::Patch(u, a)),
            unit.clone().prop_map(Step::Gone),
            proptest::collection::vec((0..NAMES.len(), any_active()), 0..4).prop_map(Step::Listed),
            Just(Step::Lost),
            (unit.clone(), 0..Verb::ALL.len()).prop_map(|(u, v)| Step::Order(u, v)),
            (unit.clone(), any::<bool>()).prop_map(|(u, ok)| Step::Job(u, ok)),
            (unit.clone(), any_active(), 0..3u8).prop_map(|(u, a, r)| Step::Look(u, a, r)),
            unit.clone().prop_map(Step::Settled),
            unit.prop_map(Step::Told),
        ]
    }

    fn input(desk: &Desk, step: &Step, link: &mut u64) -> Option<Input> {
        let full = |i: &usize| name(NAMES[*i]);
        let op = |unit: &UnitName| desk.state.ops().get(unit).map(|op| op.id);
        Some(match step {
            Step::Patch(u, active) => {
                let changes = Changes { patches: [(full(u), patch(*active))].into(), ..Changes::default() };
                Input::Changed { link: *link, changes }
            }
            Step::Gone(u) => {
                let changes = Changes { gone: [full(u)].into(), ..Changes::default() };
                Input::Changed { link: *link, changes }
            }
            Step::Listed(units) => {
                *link += 1;
                let units = units.iter().map(|(u, active)| unit(NAMES[*u], *active)).collect();
                Input::Linked { link: *link, version: "252".into(), units }
            }
            Step::Lost => Input::Lost { link: *link },
            Step::Order(..) => return None,
            Step::Job(u, ok) => {
                let end = if *ok { Ok(JobEnd::Done) } else { Err(BusError::Lost) };
                Input::JobEnded { op: op(&full(u))?, unit: full(u), end }
            }
            Step::Look(u, active, run) => {
                let seen = Box::new(Ok(details(unit(NAMES[*u], *active), *run)));
                Input::Looked { op: op(&full(u))?, unit: full(u), seen }
            }
            Step::Settled(u) => Input::Settled { op: op(&full(u))?, unit: full(u) },
            Step::Told(u) => Input::Told { op: op(&full(u))?, unit: full(u), log: Vec::new() },
        })
    }

    proptest! {
        /// Whatever happens in whatever order: failures and recoveries alternate, and the book holds what it should.
        #[test]
        fn any_course_of_events_keeps_the_rules(steps in proptest::collection::vec(step(), 1..60)) {
            let mut desk = Desk::new(&["b"], &[]);
            let mut link = 0;
            let mut failing = std::collections::BTreeSet::new();
            for step in &steps {
                let effects = match step {
                    Step::Order(u, verb) => {
                        let now = desk.now();
                        desk.state.order(Verb::ALL[*verb], &name(NAMES[*u]), "Dre", now).unwrap_or_default()
                    }
                    step => match input(&desk, step, &mut link) {
                        Some(input) => desk.on(input),
                        None => continue,
                    },
                };
                for effect in effects {
                    match effect {
                        Effect::Happened(_, Event::UnitFailed { unit, .. }) => prop_assert!(failing.insert(unit)),
                        Effect::Happened(_, Event::UnitRecovered { unit }) => prop_assert!(failing.remove(&unit)),
                        _ => {}
                    }
                }
                for (name, unit) in desk.state.units() {
                    let is_held = name.as_str().ends_with(".service")
                        || unit.active == Active::Failed
                        || desk.state.is_watched(name);
                    prop_assert!(is_held, "{name} is held for nothing");
                    prop_assert!(unit.active != Active::Failed || failing.contains(name), "{name} failed untold");
                }
            }
        }
    }
}
