//! The scheduler under a simulated clock: clock-change nights, a machine that was off, pauses, overlap.

use std::time::Duration;

use jiff::{civil, tz::TimeZone};

use super::*;
use crate::{phrase, scheduler::Plan};

const BERLIN: &str = "Europe/Berlin";

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn rule(id: &str, plan: &str, zone_name: &str) -> Rule {
    Rule {
        id: id.into(),
        title: phrase!("schedule-title-simulated"),
        plan: Plan::parse(plan).unwrap(),
        zone: zone(zone_name),
        jitter: Duration::ZERO,
        missed: Missed::CatchUp,
    }
}

/// A book, a clock and the "disk" that survives a restart.
struct World {
    book: Book,
    now: Timestamp,
    rules: Vec<Rule>,
    disk: BTreeMap<String, Saved>,
    runs: BTreeMap<i64, Run>,
    /// What happened, as one line each.
    told: Vec<String>,
    /// Jobs end as soon as they are started, unless this is set.
    jobs_hang: bool,
}

impl World {
    fn new(zone_name: &str, start: &str, rules: Vec<Rule>) -> World {
        let now = start.parse::<civil::DateTime>().unwrap().to_zoned(zone(zone_name)).unwrap().timestamp();
        let mut world = World {
            book: Book::new(true, BTreeMap::new(), Vec::new(), 1),
            now,
            rules: rules.clone(),
            disk: BTreeMap::new(),
            runs: BTreeMap::new(),
            told: Vec::new(),
            jobs_hang: false,
        };
        world.put(Input::Register(rules));
        world
    }

    fn put(&mut self, input: Input) {
        let effects = self.book.on(input, self.now);
        for effect in effects {
            match effect {
                Effect::Save { task, saved } => drop(self.disk.insert(task, saved)),
                Effect::Record(run) => {
                    let clock = |at: Timestamp| {
                        at.to_zoned(self.rules[0].zone.clone()).strftime("%d %b %H:%M:%S%:::z").to_string()
                    };
                    if run.ended.is_none() && run.job.is_none() {
                        let why = match &run.reason {
                            Reason::Due { due } if *due == self.now => String::new(),
                            Reason::Due { due } => format!(" (due {})", clock(*due)),
                            Reason::Missed { count, first_due } => {
                                format!(" (missed {count} since {})", clock(*first_due))
                            }
                            Reason::Asked { by } => format!(" (asked by {by})"),
                        };
                        self.told.push(format!("{} {}{why}", clock(self.now), run.task));
                    } else if let RunResult::Skipped | RunResult::NotRun = run.result {
                        self.told.push(format!("{} {} {:?}", clock(self.now), run.task, run.result));
                    }
                    self.runs.insert(run.id, run);
                }
                Effect::Launch { run, .. } => {
                    self.put(Input::Launched { run, result: Ok(Launch::Job(JobId(run))) });
                    if !self.jobs_hang {
                        self.put(Input::Ended { run, outcome: JobOutcome::Done { summary: None } });
                    }
                }
                Effect::Happened(Event::RunsMissed { missed, .. }) => {
                    self.told.push(format!("told: {missed} missed"));
                }
                Effect::Happened(_) => {}
            }
        }
    }

    /// Sleeps from wake to wake, as the actor's timer does.
    fn until(&mut self, end: &str, zone_name: &str) {
        let end = end.parse::<civil::DateTime>().unwrap().to_zoned(zone(zone_name)).unwrap().timestamp();
        while let Some(wake) = self.book.next_wake().filter(|wake| *wake <= end) {
            assert!(wake > self.now, "the scheduler turns on the spot at {wake}");
            self.now = wake;
            self.put(Input::Tick);
        }
        self.now = end;
    }

    /// The machine is off from now until then; a new process reads the disk.
    fn off_until(&mut self, end: &str, zone_name: &str) {
        self.now = end.parse::<civil::DateTime>().unwrap().to_zoned(zone(zone_name)).unwrap().timestamp();
        let open = self.runs.values().filter(|run| run.result.is_open()).cloned().collect();
        let next = self.runs.keys().next_back().map_or(1, |id| id + 1);
        self.book = Book::new(true, self.disk.clone(), open, next);
        self.put(Input::Register(self.rules.clone()));
        self.put(Input::Tick);
    }

    fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }
}

#[test]
fn the_spring_night_runs_each_task_once() {
    let mut world = World::new(
        BERLIN,
        "2026-03-28T12:00:00",
        vec![
            rule("early", "daily 01:30", BERLIN),
            rule("gone", "daily 02:30", BERLIN),
            rule("late", "daily 03:00", BERLIN),
        ],
    );
    world.until("2026-03-30T01:00:00", BERLIN);
    assert_eq!(
        world.told(),
        ["29 Mar 01:30:00+01 early", "29 Mar 03:00:00+02 gone", "29 Mar 03:00:00+02 late"]
    );
}

#[test]
fn the_autumn_night_runs_each_task_once() {
    let mut world = World::new(
        BERLIN,
        "2026-10-24T12:00:00",
        vec![rule("twice", "daily 02:30", BERLIN), rule("late", "daily 03:00", BERLIN)],
    );
    world.until("2026-10-26T01:00:00", BERLIN);
    assert_eq!(world.told(), ["25 Oct 02:30:00+02 twice", "25 Oct 03:00:00+01 late"]);
}

#[test]
fn an_autumn_restart_between_the_two_half_past_twos_does_not_run_it_again() {
    let mut world = World::new(BERLIN, "2026-10-24T12:00:00", vec![rule("twice", "daily 02:30", BERLIN)]);
    world.until("2026-10-25T02:45:00", BERLIN);
    assert_eq!(world.told().len(), 1);
    world.off_until("2026-10-25T02:50:00", BERLIN);
    world.until("2026-10-26T01:00:00", BERLIN);
    assert_eq!(world.told(), Vec::<String>::new());
}

#[test]
fn a_machine_that_was_off_over_the_night_catches_up_once() {
    let mut world = World::new(BERLIN, "2026-03-27T12:00:00", vec![rule("backup", "daily 02:30", BERLIN)]);
    world.until("2026-03-27T18:00:00", BERLIN);
    world.off_until("2026-03-30T09:00:00", BERLIN);
    assert_eq!(world.told(), ["30 Mar 09:00:00+02 backup (missed 3 since 28 Mar 02:30:00+01)"]);
    world.until("2026-03-31T03:00:00", BERLIN);
    assert_eq!(world.told(), ["31 Mar 02:30:00+02 backup"]);
}

#[test]
fn or_says_so_and_waits_where_that_is_the_policy() {
    let mut report = rule("reboot", "daily 02:30", BERLIN);
    report.missed = Missed::Report;
    let mut world = World::new(BERLIN, "2026-07-01T12:00:00", vec![report]);
    world.off_until("2026-07-04T09:00:00", BERLIN);
    assert_eq!(world.told(), ["04 Jul 09:00:00+02 reboot NotRun", "told: 3 missed"]);
    world.until("2026-07-05T03:00:00", BERLIN);
    assert_eq!(world.told(), ["05 Jul 02:30:00+02 reboot"]);
}

#[test]
fn coming_back_within_minutes_of_a_due_time_is_on_time() {
    let mut world = World::new("UTC", "2026-07-01T12:00:00", vec![rule("backup", "daily 02:30", "UTC")]);
    world.off_until("2026-07-03T02:34:00", "UTC");
    assert_eq!(
        world.told(),
        ["03 Jul 02:34:00+00 backup NotRun", "03 Jul 02:34:00+00 backup (due 03 Jul 02:30:00+00)"]
    );
}

#[test]
fn a_year_off_with_a_plan_of_minutes_is_counted_to_a_limit() {
    let mut world = World::new("UTC", "2025-01-01T00:00:00", vec![rule("often", "every 1 min", "UTC")]);
    world.off_until("2026-01-01T00:00:30", "UTC");
    assert_eq!(world.told(), ["01 Jan 00:00:30+00 often (missed 2000 since 01 Jan 00:01:00+00)"]);
    world.until("2026-01-01T00:01:30", "UTC");
    assert_eq!(world.told(), ["01 Jan 00:01:00+00 often"]);
}

#[test]
fn a_run_that_goes_on_is_not_started_again() {
    let mut world = World::new("UTC", "2026-07-01T00:00:00", vec![rule("slow", "hourly", "UTC")]);
    world.jobs_hang = true;
    world.until("2026-07-01T02:30:00", "UTC");
    assert_eq!(world.told(), ["01 Jul 01:00:00+00 slow", "01 Jul 02:00:00+00 slow Skipped"]);
    assert_eq!(world.book.check_run("slow"), Err(Refusal::Running(Some(JobId(1)))));
    world.put(Input::Ended { run: 1, outcome: JobOutcome::Done { summary: None } });
    world.until("2026-07-01T03:30:00", "UTC");
    assert_eq!(world.told(), ["01 Jul 03:00:00+00 slow"]);
}

#[test]
fn a_run_that_was_open_at_the_crash_still_holds_its_task() {
    let mut world = World::new("UTC", "2026-07-01T00:00:00", vec![rule("slow", "hourly", "UTC")]);
    world.jobs_hang = true;
    world.until("2026-07-01T01:30:00", "UTC");
    world.off_until("2026-07-01T02:01:00", "UTC");
    assert_eq!(world.told(), ["01 Jul 01:00:00+00 slow", "01 Jul 02:01:00+00 slow Skipped"]);
    assert_eq!(world.book.open_runs().map(|run| run.job).collect::<Vec<_>>(), [Some(JobId(1))]);
}

#[test]
fn a_pause_ends_by_time_even_if_nobody_was_there() {
    let mut world = World::new("UTC", "2026-07-01T00:00:00", vec![rule("backup", "daily 02:30", "UTC")]);
    let until = Some("2026-07-03T00:00:00Z".parse().unwrap());
    let pause = Pause { by: "Dre".into(), since: world.now, until };
    world.put(Input::Pause { task: "backup".into(), pause });
    world.until("2026-07-02T12:00:00", "UTC");
    assert_eq!(world.told(), Vec::<String>::new());
    // Off over the end of the pause: the time after it was missed, those in it were not.
    world.off_until("2026-07-03T09:00:00", "UTC");
    assert_eq!(world.told(), ["03 Jul 09:00:00+00 backup (missed 1 since 03 Jul 02:30:00+00)"]);
    assert_eq!(world.book.entry("backup").unwrap().saved.pause, None);
}

#[test]
fn what_was_due_in_a_pause_is_not_caught_up_after_it() {
    let mut world = World::new("UTC", "2026-07-01T00:00:00", vec![rule("backup", "daily 02:30", "UTC")]);
    let pause = Pause { by: "Dre".into(), since: world.now, until: None };
    world.put(Input::Pause { task: "backup".into(), pause });
    assert_eq!(world.book.next_wake(), None);
    world.now = "2026-07-05T12:00:00Z".parse().unwrap();
    world.put(Input::Resume { task: "backup".into() });
    world.put(Input::Tick);
    assert_eq!(world.told(), Vec::<String>::new());
    assert_eq!(world.book.next_wake(), Some("2026-07-06T02:30:00Z".parse().unwrap()));
}

#[test]
fn a_changed_plan_has_missed_nothing() {
    let mut world = World::new("UTC", "2026-07-01T00:00:00", vec![rule("backup", "monthly 1 04:00", "UTC")]);
    world.rules = vec![rule("backup", "hourly", "UTC")];
    world.off_until("2026-07-10T00:30:00", "UTC");
    assert_eq!(world.told(), Vec::<String>::new());
    world.until("2026-07-10T01:00:00", "UTC");
    assert_eq!(world.told(), ["10 Jul 01:00:00+00 backup"]);
}

#[test]
fn a_task_that_was_away_for_a_reload_is_found_as_it_was() {
    let mut world = World::new("UTC", "2026-07-01T00:00:00", vec![rule("backup", "hourly", "UTC")]);
    let pause = Pause { by: "Dre".into(), since: world.now, until: None };
    world.put(Input::Pause { task: "backup".into(), pause: pause.clone() });
    world.put(Input::Register(Vec::new()));
    assert_eq!(world.book.check("backup").err(), Some(Refusal::Unknown));
    world.put(Input::Register(world.rules.clone()));
    assert_eq!(world.book.entry("backup").unwrap().saved.pause, Some(pause));
}

#[test]
fn run_now_does_not_move_the_times() {
    let mut world = World::new("UTC", "2026-07-01T00:00:00", vec![rule("backup", "daily 02:30", "UTC")]);
    world.put(Input::RunNow { task: "backup".into(), by: "Dre".into() });
    world.until("2026-07-01T03:00:00", "UTC");
    assert_eq!(world.told(), ["01 Jul 00:00:00+00 backup (asked by Dre)", "01 Jul 02:30:00+00 backup"]);
}

#[test]
fn a_task_that_cannot_be_started_says_why() {
    let mut world = World::new("UTC", "2026-07-01T00:00:00", vec![rule("backup", "daily 02:30", "UTC")]);
    let start = world.book.on(Input::RunNow { task: "backup".into(), by: "Dre".into() }, world.now);
    assert!(matches!(start.as_slice(), [Effect::Record(_), Effect::Launch { run: 1, .. }]));
    let why = phrase!("process-failed-silent", program = "restic", exit = "exit 1");
    let effects = world.book.on(Input::Launched { run: 1, result: Err(why.clone()) }, world.now);
    assert!(
        matches!(&effects[..], [Effect::Record(run), Effect::Happened(Event::RunRefused { why: told, .. })]
        if run.result == RunResult::Refused { why: why.clone() } && *told == why)
    );
    assert_eq!(world.book.check_run("backup"), Ok(()));
}

#[test]
fn jitter_delays_each_run_by_its_own_fixed_amount() {
    let mut jittered = rule("backup", "daily 02:30", "UTC");
    jittered.jitter = Duration::from_secs(600);
    let dues = jittered.plan.coming("2026-07-01T00:00:00Z".parse().unwrap(), &TimeZone::UTC, 100);
    let delays: Vec<i64> =
        dues.iter().map(|due| jittered.jittered(*due).duration_since(*due).as_secs()).collect();
    assert!(delays.iter().all(|delay| (0..600).contains(delay)));
    assert!(delays.iter().collect::<std::collections::BTreeSet<_>>().len() > 50, "{delays:?}");
    assert!(delays.iter().any(|d| *d < 100) && delays.iter().any(|d| *d > 500), "{delays:?}");

    let mut world = World::new("UTC", "2026-07-01T00:00:00", vec![jittered.clone()]);
    let first = world.book.entry("backup").unwrap().next_run().unwrap();
    assert_eq!(first, jittered.jittered(dues[0]));
    world.until("2026-07-03T12:00:00", "UTC");
    assert_eq!(world.runs.len(), 3);
}

#[test]
fn a_clock_that_was_years_ahead_is_not_waited_for() {
    let mut world = World::new("UTC", "2036-01-01T00:00:00", vec![rule("backup", "daily 02:30", "UTC")]);
    world.now = "2026-07-01T00:00:00Z".parse().unwrap();
    world.put(Input::Tick);
    world.until("2026-07-01T03:00:00", "UTC");
    assert_eq!(world.told(), ["01 Jul 02:30:00+00 backup"]);
}

#[test]
fn in_practice_nothing_runs_by_itself() {
    let mut book = Book::new(false, BTreeMap::new(), Vec::new(), 1);
    let now = "2026-07-01T00:00:00Z".parse().unwrap();
    book.on(Input::Register(vec![rule("backup", "daily 02:30", "UTC")]), now);
    assert_eq!(book.next_wake(), None);
    assert_eq!(book.on(Input::Tick, "2026-07-09T00:00:00Z".parse().unwrap()), Vec::new());
    assert!(book.entry("backup").unwrap().next_run().is_some(), "but the screen shows when it would");
}
