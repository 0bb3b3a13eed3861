//! The actor with real jobs on a real store; the clock is paused.

use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

use jiff::SignedDuration;
use ractor::{Actor, ActorRef};
use tokio::time::Instant;

use super::*;
use crate::{
    domain::{ChatId, Clock, JobOutcome, JobTitle, PilotId},
    events::{Event, Outlet},
    jobs::{self, Ending, JobOrder, Steps},
    store::testing::{Temp, temp},
};

const S: Duration = Duration::from_secs(1);

/// Wall time that follows tokio's from a given moment, and can be moved.
struct MovableClock {
    origin: Instant,
    base: Mutex<Timestamp>,
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        *self.base.lock().unwrap() + SignedDuration::try_from(self.origin.elapsed()).expect("a short test")
    }
}

struct World {
    store: Temp,
    clock: Arc<MovableClock>,
    hands: Hands,
    heard: Arc<Mutex<Vec<Event>>>,
    actor: ActorRef<Msg>,
    schedule: Schedule,
    /// How often the task was started.
    starts: Arc<AtomicU32>,
}

impl World {
    /// One task, "daily 02:30" in Berlin; its job takes a minute.
    async fn new(start: &str, unattended: bool) -> World {
        let store = temp().await;
        let clock =
            Arc::new(MovableClock { origin: Instant::now(), base: Mutex::new(start.parse().unwrap()) });
        let heard = Arc::new(Mutex::new(Vec::new()));
        let h = heard.clone();
        let outlet = Outlet::new(|_| (), move |(_, event)| h.lock().unwrap().push(event));
        let jobs_port = Port::new();
        let jobs_hands = jobs::Hands { store: store.handle(), clock: clock.clone(), outlet: outlet.clone() };
        jobs::testing::start(&jobs_port, jobs_hands).await;
        let jobs = Jobs::new(jobs_port, store.handle());
        let tasks = TaskBook::default();
        let hands = Hands {
            store: store.handle(),
            clock: clock.clone(),
            outlet,
            jobs: jobs.clone(),
            audit: None,
            tasks: tasks.clone(),
            unattended,
        };
        let (actor, schedule) = start_actor(&hands).await;
        let starts = Arc::new(AtomicU32::new(0));
        let world = World { store, clock, hands, heard, actor, schedule, starts };
        world.schedule.register("backup", vec![world.task("backup.home", "daily 02:30")]);
        world
    }

    fn task(&self, id: &str, plan: &str) -> Task {
        let (jobs, starts) = (self.hands.jobs.clone(), self.starts.clone());
        Task {
            rule: Rule {
                id: id.into(),
                title: phrase!("schedule-title-simulated"),
                plan: Plan::parse(plan).unwrap(),
                zone: TimeZone::get("Europe/Berlin").unwrap(),
                jitter: Duration::ZERO,
                missed: Missed::CatchUp,
            },
            run: Arc::new(move |asked_by| {
                starts.fetch_add(1, Ordering::Relaxed);
                let jobs = jobs.clone();
                Box::pin(async move {
                    let work = Steps::new(|_| async {
                        tokio::time::sleep(60 * S).await;
                        Ending::done()
                    });
                    let order = JobOrder {
                        title: JobTitle::Backup { plan: "home".into() },
                        key: None,
                        asked_by,
                        deadline: 3600 * S,
                        runner: Box::new(work),
                    };
                    match jobs.start(order).await {
                        Ok(started) => Ok(Launch::Job(started.job)),
                        Err(error) => Err(error.phrase()),
                    }
                })
            }),
        }
    }

    async fn crash(&mut self) {
        self.actor.kill();
        self.actor.wait(None).await.ok();
        (self.actor, self.schedule) = start_actor(&self.hands).await;
    }

    fn starts(&self) -> u32 {
        self.starts.load(Ordering::Relaxed)
    }

    async fn runs(&self) -> Vec<Run> {
        loop {
            match self.schedule.get("backup.home", 10).await {
                Ok(Some((_, runs))) => return runs,
                Ok(None) | Err(LookError::Run(RunError::NotReady)) => tokio::time::sleep(S).await,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

async fn start_actor(hands: &Hands) -> (ActorRef<Msg>, Schedule) {
    let port = Port::new();
    let (actor, _) = Actor::spawn(None, actor::SchedulerActor, hands.clone()).await.expect("starts");
    port.bind(actor.clone());
    (actor, Schedule::new(port, hands.store.clone(), hands.tasks.clone()))
}

fn done() -> RunResult {
    RunResult::Job { outcome: JobOutcome::Done { summary: None } }
}

fn dre() -> Asker {
    Asker::Pilot { id: PilotId(7), name: "Dre".into(), chat: ChatId(7) }
}

#[tokio::test(start_paused = true)]
async fn a_job_runs_at_its_time_over_a_clock_change_night_and_its_outcome_is_kept() {
    // The evening before Berlin's clocks go forward.
    let world = World::new("2026-03-28T22:00:00Z", true).await;
    tokio::time::sleep(48 * 3600 * S).await;
    let runs = world.runs().await;
    let seen: Vec<_> = runs.iter().map(|run| (run.started.to_string(), run.result.clone())).collect();
    let (second, first) = (&seen[0], &seen[1]);
    assert!(first.0.starts_with("2026-03-29T01:00:0"), "03:00 in summer time: {first:?}");
    assert!(second.0.starts_with("2026-03-30T00:30:0"), "{second:?}");
    assert_eq!((&first.1, &second.1, seen.len()), (&done(), &done(), 2));
    assert_eq!(world.starts(), 2);
    let took = runs[0].ended.unwrap().duration_since(runs[0].started).as_secs();
    assert!((59..=62).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_was_off_catches_up_once_after_a_restart() {
    let mut world = World::new("2026-07-01T12:00:00Z", true).await;
    tokio::time::sleep(3600 * S).await;
    assert_eq!(world.runs().await, []);
    *world.clock.base.lock().unwrap() += SignedDuration::from_hours(72);
    world.crash().await;
    tokio::time::sleep(300 * S).await;
    let runs = world.runs().await;
    assert_eq!((runs.len(), world.starts()), (1, 1));
    assert!(matches!(runs[0].reason, Reason::Missed { count: 3, .. }), "{runs:?}");
    assert_eq!(runs[0].result, done());
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_is_noticed_without_a_restart() {
    let world = World::new("2026-07-01T12:00:00Z", true).await;
    world.runs().await;
    *world.clock.base.lock().unwrap() += SignedDuration::from_hours(24);
    tokio::time::sleep(70 * S).await;
    assert_eq!(world.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_crash_in_the_middle_of_a_run_finds_its_job_again() {
    let mut world = World::new("2026-07-01T12:00:00Z", true).await;
    world.runs().await;
    let job = world.schedule.run_now("backup.home", dre()).await.unwrap().expect("a job");
    tokio::time::sleep(10 * S).await;
    world.crash().await;
    let runs = world.runs().await;
    assert_eq!((runs[0].job, &runs[0].result), (Some(job), &RunResult::Running));
    assert_eq!(world.schedule.run_now("backup.home", dre()).await, Err(RunError::Running(Some(job))));
    tokio::time::sleep(60 * S).await;
    let runs = world.runs().await;
    assert_eq!((runs.len(), &runs[0].result, world.starts()), (1, &done(), 1));
    assert_eq!(runs[0].reason, Reason::Asked { by: "Dre".into() });
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_kept_and_ends_by_itself() {
    let mut world = World::new("2026-07-01T12:00:00Z", true).await;
    world.runs().await;
    let now = world.clock.now();
    let until = Some(now + SignedDuration::from_hours(24));
    let pause = Pause { by: "Dre".into(), since: now, until };
    world.schedule.pause("backup.home", pause.clone()).await.unwrap();
    assert_eq!(world.schedule.pause("nothing", pause).await, Err(RunError::Unknown));
    world.crash().await;
    tokio::time::sleep(20 * 3600 * S).await;
    assert_eq!(world.starts(), 0);
    let (overview, _) = world.schedule.get("backup.home", 1).await.unwrap().unwrap();
    assert!(matches!(overview.standing, Standing::Paused(_)));
    assert_eq!(overview.coming[0].to_string(), "2026-07-03T00:30:00Z");
    tokio::time::sleep(24 * 3600 * S).await;
    assert_eq!(world.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_that_cannot_be_written_down_is_started() {
    let world = World::new("2026-07-01T22:00:00Z", true).await;
    world.runs().await;
    world.store.take_away();
    assert_eq!(world.schedule.run_now("backup.home", dre()).await, Err(RunError::NotReady));
    // Over its time, but not for long.
    tokio::time::sleep(9_100 * S).await;
    assert_eq!(world.starts(), 0);
    world.store.bring_back();
    tokio::time::sleep(120 * S).await;
    assert_eq!(world.starts(), 1);
    let runs = world.runs().await;
    assert_eq!((runs.len(), &runs[0].result), (1, &done()));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_cannot_start_is_told() {
    let world = World::new("2026-07-01T22:00:00Z", true).await;
    let refusing = Task {
        run: Arc::new(|_| Box::pin(async { Err(phrase!("jobs-refused-away")) })),
        ..world.task("backup.home", "daily 02:30")
    };
    world.schedule.register("backup", vec![refusing]);
    tokio::time::sleep(4 * 3600 * S).await;
    let why = phrase!("jobs-refused-away");
    assert_eq!(world.runs().await[0].result, RunResult::Refused { why: why.clone() });
    let heard = world.heard.lock().unwrap();
    assert!(matches!(&heard[..], [Event::RunRefused { why: told, .. }] if *told == why), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn in_practice_nothing_runs_by_itself_but_when_asked() {
    let world = World::new("2026-07-01T12:00:00Z", false).await;
    tokio::time::sleep(72 * 3600 * S).await;
    assert_eq!(world.starts(), 0);
    assert!(world.schedule.run_now("backup.home", dre()).await.unwrap().is_some());
    let listed = world.schedule.list().await.unwrap();
    assert_eq!((listed.len(), listed[0].1.is_some()), (1, true));
}

#[tokio::test(start_paused = true)]
async fn a_night_whose_hour_comes_twice_has_one_run_even_with_a_restart_in_between() {
    // Berlin's clocks go back at 01:00 UTC: half past two is at 00:30 and at 01:30.
    let mut world = World::new("2026-10-24T20:00:00Z", true).await;
    tokio::time::sleep((4 * 3600 + 50 * 60) * S).await;
    assert_eq!(world.starts(), 1);
    world.crash().await;
    tokio::time::sleep(30 * 3600 * S).await;
    let started: Vec<String> = world.runs().await.iter().map(|run| run.started.to_string()).collect();
    assert_eq!((started.len(), world.starts()), (2, 2), "{started:?}");
    assert!(started[1].starts_with("2026-10-25T00:30:0"), "the first of the two: {started:?}");
    assert!(started[0].starts_with("2026-10-26T01:30:0"), "{started:?}");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_was_off_over_both_clock_change_nights_catches_up_once_each() {
    for (evening, due) in
        [("2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"), ("2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z")]
    {
        let mut world = World::new(evening, true).await;
        world.runs().await;
        *world.clock.base.lock().unwrap() += SignedDuration::from_hours(14);
        world.crash().await;
        tokio::time::sleep(300 * S).await;
        let runs = world.runs().await;
        assert_eq!((runs.len(), world.starts(), &runs[0].result), (1, 1, &done()), "{runs:?}");
        let want = Reason::Missed { count: 1, first_due: due.parse().unwrap() };
        assert_eq!(runs[0].reason, want);
    }
}
