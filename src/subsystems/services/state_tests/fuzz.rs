//! Any course of events.

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
