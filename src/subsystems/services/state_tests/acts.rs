//! What is done to units: who may, and what is said of it afterwards.

use super::*;

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
