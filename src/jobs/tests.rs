//! The jobs as a whole: the real supervisor and job actors on a real store, under paused time where nothing real runs.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use ractor::ActorRef;
use rustix::process::Signal;
use tokio::time::Instant;

use super::*;
use crate::{
    domain::{ChatId, Clock, Interruption, JobOutcome, PilotId},
    events::{Event, Outlet},
    process::Identity,
    screen::Topic,
    store::testing::{Temp, temp},
};

const S: Duration = Duration::from_secs(1);

/// Wall time that follows tokio's, so that it stands still with it.
struct FollowingClock(Instant);

impl Clock for FollowingClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.0.elapsed()).expect("a short test");
        "2026-07-15T12:00:00Z".parse::<Timestamp>().unwrap() + passed
    }
}

struct World {
    store: Temp,
    hands: Hands,
    heard: Arc<Mutex<Vec<Event>>>,
    topics: Arc<Mutex<Vec<Topic>>>,
    actor: ActorRef<Msg>,
    jobs: Jobs,
}

impl World {
    async fn new() -> World {
        World::on(temp().await).await
    }

    async fn on(store: Temp) -> World {
        let (heard, topics) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let (h, t) = (heard.clone(), topics.clone());
        let outlet = Outlet::new(
            move |topic| t.lock().unwrap().push(topic),
            move |(_, event)| h.lock().unwrap().push(event),
        );
        let clock = Arc::new(FollowingClock(Instant::now()));
        let hands = Hands { store: store.handle(), clock, outlet };
        let (actor, jobs) = start(&hands).await;
        World { store, hands, heard, topics, actor, jobs }
    }

    /// What `kill -9` leaves: the store, and no actor that could have said anything.
    async fn crash(&mut self) {
        self.actor.kill();
        self.actor.wait(None).await.ok();
        (self.actor, self.jobs) = start(&self.hands).await;
    }

    fn outcomes(&self) -> Vec<JobOutcome> {
        let outcome = |event: &Event| match event {
            Event::JobEnded { outcome, .. } => outcome.clone(),
            other => panic!("{other:?}"),
        };
        self.heard.lock().unwrap().iter().map(outcome).collect()
    }

    async fn end_of(&self, job: JobId) -> Record {
        loop {
            match tokio::time::timeout(3600 * S, self.jobs.ended(job)).await.expect("ends") {
                Ok(ended) => return ended.expect("a job").record,
                Err(LookError::NotReady) => tokio::time::sleep(Duration::from_millis(1)).await,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

async fn start(hands: &Hands) -> (ActorRef<Msg>, Jobs) {
    let port = Port::new();
    let actor = testing::start(&port, hands.clone()).await;
    (actor, Jobs::new(port, hands.store.clone()))
}

fn dre() -> Asker {
    Asker::Pilot { id: PilotId(7), name: "Dre".into(), chat: ChatId(7) }
}

fn order(runner: impl Runner) -> JobOrder {
    JobOrder {
        title: JobTitle::Scan { path: "/srv".into() },
        key: None,
        asked_by: dre(),
        deadline: 3600 * S,
        runner: Box::new(runner),
    }
}

/// Waits for the stop, however long.
fn patient() -> impl Runner {
    Steps::new(|link| async move {
        link.stopping().await;
        Ending::Stopped
    })
}

/// Right after a start the jobs may still look for what was left.
async fn begin(jobs: &Jobs, order: impl Fn() -> JobOrder) -> Started {
    loop {
        match jobs.start(order()).await {
            Ok(started) => return started,
            Err(StartError::NotReady) => tokio::time::sleep(Duration::from_millis(1)).await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_tells_how_far_it_is_and_leaves_a_record() {
    let world = World::new().await;
    let started = begin(&world.jobs, || demo::order(dre(), 60 * S)).await;
    let mut seen = world.jobs.watch(started.job).await.unwrap().expect("it runs");
    let half =
        seen.wait_for(|snapshot| snapshot.record.progress.share().is_some_and(|share| share >= 0.5)).await;
    let half = half.expect("comes to the half").clone();
    let live = half.live.as_ref().expect("running");
    let expected_rate = 5_800.0 * 4_800_000.0 / 60.0;
    assert!((live.rate.unwrap() / expected_rate - 1.0).abs() < 0.05, "{:?}", live.rate);
    assert!((28..=30).contains(&live.eta_s.unwrap()), "{:?}", live.eta_s);
    assert_eq!(world.jobs.list(50).await.unwrap().running.len(), 1);
    assert!(!world.jobs.get(started.job).await.unwrap().unwrap().record.log.is_empty());

    let record = world.end_of(started.job).await;
    assert!(matches!(record.outcome, Some(JobOutcome::Done { summary: Some(_) })), "{record:?}");
    assert_eq!(record.took_s(world.hands.clock.now()), 60);
    let listing = world.jobs.list(50).await.unwrap();
    assert_eq!((listing.running.len(), listing.ended.len()), (0, 1));
    assert_eq!(listing.ended[0].progress.share(), Some(1.0));
    assert_eq!(world.outcomes().len(), 1);
    let topics = world.topics.lock().unwrap();
    assert!(topics.contains(&Topic::Jobs));
    let redraws = topics.iter().filter(|topic| **topic == Topic::Job(started.job)).count();
    assert!((50..=70).contains(&redraws), "about one a second, not one a report: {redraws}");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_job_stops_and_says_who_did_it() {
    let world = World::new().await;
    let job = begin(&world.jobs, || order(patient())).await.job;
    world.jobs.cancel(job, Some("Ana".into())).await.unwrap();
    let record = world.end_of(job).await;
    assert_eq!(record.outcome, Some(JobOutcome::Cancelled { by: Some("Ana".into()) }));
    eventually(|| async { world.jobs.cancel(job, None).await == Err(StopError::NotRunning) }).await;
}

#[tokio::test(start_paused = true)]
async fn a_second_request_of_a_key_finds_the_running_job() {
    let world = World::new().await;
    let keyed = || JobOrder { key: Some("backup:home".into()), ..order(patient()) };
    let first = begin(&world.jobs, keyed).await;
    let second = begin(&world.jobs, keyed).await;
    assert_eq!((first.joined, second), (false, Started { job: first.job, joined: true }));
    assert_eq!(world.jobs.find("backup:home").await.unwrap().unwrap().record.id, first.job);
    world.jobs.cancel(first.job, None).await.unwrap();
    world.end_of(first.job).await;
    let third = begin(&world.jobs, keyed).await;
    assert!(!third.joined && third.job != first.job);
}

#[tokio::test(start_paused = true)]
async fn a_job_whose_time_is_up_is_stopped() {
    let world = World::new().await;
    let job = begin(&world.jobs, || JobOrder { deadline: 90 * S, ..order(patient()) }).await.job;
    assert_eq!(world.end_of(job).await.outcome, Some(JobOutcome::TimedOut { after_s: 90 }));
}

#[tokio::test(start_paused = true)]
async fn steps_that_do_not_hear_the_stop_are_dropped() {
    let world = World::new().await;
    let deaf = || order(Steps::new(|_| std::future::pending()));
    let job = begin(&world.jobs, deaf).await.job;
    let at = Instant::now();
    world.jobs.cancel(job, None).await.unwrap();
    assert_eq!(world.end_of(job).await.outcome, Some(JobOutcome::Cancelled { by: None }));
    assert!((10..=11).contains(&at.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_one_jobs_failure_and_nobody_elses() {
    let world = World::new().await;
    let other = begin(&world.jobs, || order(patient())).await.job;
    let steps = begin(&world.jobs, || order(Steps::new(|_| async { panic!("at step 3") }))).await.job;
    let blocking = begin(&world.jobs, || order(Blocking::new(|_: &Link| panic!("in a thread")))).await.job;
    for (job, why) in [(steps, "at step 3"), (blocking, "in a thread")] {
        match world.end_of(job).await.outcome {
            Some(JobOutcome::Failed { why: told, .. }) => {
                assert_eq!(told, phrase!("jobs-failed-inside", why = why));
            }
            outcome => panic!("{outcome:?}"),
        }
    }
    assert!(world.jobs.get(other).await.unwrap().unwrap().is_running());
}

#[tokio::test(start_paused = true)]
async fn more_than_the_limit_are_refused() {
    let world = World::new().await;
    for _ in 0..RUNNING_MAX {
        begin(&world.jobs, || order(patient())).await;
    }
    assert_eq!(world.jobs.start(order(patient())).await, Err(StartError::TooMany));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_a_crash_cut_off_is_told_as_interrupted() {
    let mut world = World::new().await;
    let job = begin(&world.jobs, || demo::order(dre(), 600 * S)).await.job;
    tokio::time::sleep(100 * S).await;
    world.crash().await;
    let record = world.end_of(job).await;
    assert_eq!(record.outcome, Some(JobOutcome::Interrupted { how: Interruption::Crash }));
    let share = record.progress.share().expect("the figures of the last half minute at least");
    assert!((0.1..0.17).contains(&share), "{share}");
    assert!(record.seen < record.ended.unwrap(), "when it was last seen is kept");
    eventually(|| async { world.outcomes().len() == 1 }).await;
    // And its key is free again.
    assert!(!begin(&world.jobs, || demo::order(dre(), S)).await.joined);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_stops_jobs_in_order() {
    let world = World::new().await;
    let tidied = Arc::new(Mutex::new(false));
    let flag = tidied.clone();
    let careful = move || {
        let flag = flag.clone();
        order(Steps::new(|link: Link| async move {
            link.stopping().await;
            tokio::time::sleep(S).await;
            *flag.lock().unwrap() = true;
            Ending::Stopped
        }))
    };
    let job = begin(&world.jobs, careful).await.job;
    world.actor.stop(None);
    world.actor.wait(None).await.unwrap();
    assert!(*tidied.lock().unwrap());
    let record = world.hands.store.read(move |conn| store::get(conn, job)).await.unwrap().unwrap();
    assert_eq!(record.outcome, Some(JobOutcome::Interrupted { how: Interruption::Shutdown }));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_started_that_cannot_be_recorded_and_an_end_waits_for_the_store() {
    let world = World::new().await;
    let job = begin(&world.jobs, || order(patient())).await.job;
    let mut seen = world.jobs.watch(job).await.unwrap().expect("runs");
    world.store.take_away();
    assert!(matches!(world.jobs.start(order(patient())).await, Err(StartError::Store(_))));
    world.jobs.cancel(job, None).await.unwrap();
    // The screen says what is, even while it cannot be kept.
    seen.wait_for(|snapshot| !snapshot.is_running()).await.unwrap();
    tokio::time::sleep(20 * S).await;
    world.store.bring_back();
    eventually(|| async {
        let record = world.hands.store.read(move |conn| store::get(conn, job)).await.unwrap().unwrap();
        record.outcome == Some(JobOutcome::Cancelled { by: None })
    })
    .await;
}

/// A program of its own group that lives for a while, as a job's program does.
struct Sleeper(std::process::Child);

impl Sleeper {
    fn new() -> (Sleeper, Identity) {
        use std::{os::unix::process::CommandExt, process::Stdio};
        #[expect(clippy::disallowed_methods, reason = "must not be ended with the one who started it")]
        let mut command = std::process::Command::new("sleep");
        command.arg("60").process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("sleep is everywhere");
        let identity = Identity::of(child.id()).expect("/proc");
        (Sleeper(child), identity)
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_program_that_outlived_a_crash_is_found_kept_apart_and_can_be_stopped() {
    crate::process::tests::heed_interrupts();
    let mut world = World::new().await;
    let (mut sleeper, identity) = Sleeper::new();
    let keyed = |identity: Identity| JobOrder {
        key: Some("backup:home".into()),
        ..order(Steps::new(move |link: Link| async move {
            link.process_started(identity);
            std::future::pending().await
        }))
    };
    let job = begin(&world.jobs, || keyed(identity.clone())).await.job;
    let jobs = world.hands.store.clone();
    eventually(|| async {
        jobs.read(move |conn| store::get(conn, job)).await.unwrap().unwrap().process.is_some()
    })
    .await;

    world.crash().await;
    let again = begin(&world.jobs, || keyed(identity.clone())).await;
    assert_eq!(again, Started { job, joined: true }, "not a second one beside the survivor");
    let snapshot = world.jobs.get(job).await.unwrap().unwrap();
    assert!(snapshot.live.expect("watched").survivor);
    assert!(identity.alive());

    world.jobs.cancel(job, Some("Dre".into())).await.unwrap();
    let status = tokio::task::spawn_blocking(move || sleeper.0.wait()).await.unwrap().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(Signal::INT.as_raw()));
    assert_eq!(world.end_of(job).await.outcome, Some(JobOutcome::Cancelled { by: Some("Dre".into()) }));
}

#[tokio::test]
async fn a_program_that_outlived_a_crash_and_ends_by_itself_is_told_as_such() {
    let mut world = World::new().await;
    let (sleeper, identity) = Sleeper::new();
    let known = identity.clone();
    let runner = move || {
        let identity = known.clone();
        order(Steps::new(move |link: Link| async move {
            link.process_started(identity);
            std::future::pending().await
        }))
    };
    let job = begin(&world.jobs, runner).await.job;
    let store = world.hands.store.clone();
    eventually(|| async {
        store.read(move |conn| super::store::get(conn, job)).await.unwrap().unwrap().process.is_some()
    })
    .await;
    world.crash().await;
    eventually(|| async {
        let found = world.jobs.get(job).await;
        found.is_ok_and(|found| found.unwrap().live.is_some_and(|live| live.survivor))
    })
    .await;
    drop(sleeper);
    let how = Interruption::Survived;
    assert_eq!(world.end_of(job).await.outcome, Some(JobOutcome::Interrupted { how }));
}

async fn eventually<F: Future<Output = bool>>(condition: impl Fn() -> F) {
    let waited = tokio::time::timeout(30 * S, async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    waited.await.expect("it comes about within 30 s");
}
