//! Self-tests of simulated disks, in paused time.

use jiff::Timestamp;

use super::*;
use crate::subsystems::smart::smartctl_fake::{LONG, SHORT, World};

fn world() -> World {
    World::new(Timestamp::constant(1_795_362_980, 0))
}

fn subject(world: &World, name: &str, long: bool) -> Subject {
    Subject {
        disks: Arc::new(world.clone()),
        device: Device { path: format!("/dev/{name}"), kind: None },
        id: DiskId::parse(name).expect("a name"),
        long,
        port: Port::new(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_test_is_watched_to_its_result() {
    let world = world();
    for (long, length) in [(false, SHORT), (true, LONG)] {
        let (link, began) = (Link::loose(), Instant::now());
        let ending = run(subject(&world, "sda", long), Some(length), link.clone()).await;
        assert_eq!(ending, Ending::Done { summary: Some(phrase!("smart-test-passed")) });
        let took = began.elapsed();
        assert!(took >= length && took < length + Duration::from_secs(15), "{took:?}");
        assert!(link.progress().share().is_some_and(|share| share >= 0.6), "{:?}", link.progress());
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_disk_fails_its_test() {
    let world = world();
    world.wear_out(true);
    let ending = run(subject(&world, "sda", false), Some(SHORT), Link::loose()).await;
    let Ending::Failed { why, mend } = ending else { panic!("{ending:?}") };
    assert_eq!(why, phrase!("smart-found-test", says = "Completed: read failure"));
    assert!(mend.is_some());
}

#[tokio::test(start_paused = true)]
async fn stopping_the_job_aborts_the_test_in_the_disk() {
    let world = world();
    let link = Link::loose();
    let stop = link.stop_token().clone();
    let stopped = async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        stop.cancel();
    };
    let (ending, ()) = tokio::join!(run(subject(&world, "sda", true), Some(LONG), link), stopped);
    assert_eq!(ending, Ending::Stopped);
    let device = Device { path: "/dev/sda".into(), kind: None };
    let Ok(Reading::Report(report)) = world.read(&device, false).await else { panic!("it answers") };
    assert_eq!(report.test.running, None);
    assert_eq!(report.test.last.map(|last| last.outcome), Some(TestOutcome::Aborted));
}

#[tokio::test(start_paused = true)]
async fn a_test_that_runs_already_is_watched_not_started() {
    let world = world();
    let device = Device { path: "/dev/sda".into(), kind: None };
    world.begin_test(&device, true).await.expect("begun by somebody else");
    let ending = run(subject(&world, "sda", false), Some(SHORT), Link::loose()).await;
    assert_eq!(ending, Ending::Done { summary: Some(phrase!("smart-test-passed")) });
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_ignores_the_command_is_found_out() {
    let world = world();
    world.ignore_tests("/dev/nvme0");
    let ending = run(subject(&world, "nvme0", false), None, Link::loose()).await;
    let Ending::Failed { why, .. } = ending else { panic!("{ending:?}") };
    assert_eq!(why, phrase!("smart-test-not-begun"));
}

#[tokio::test(start_paused = true)]
async fn disks_that_cannot_be_tested_say_why() {
    let world = world();
    let ending = run(subject(&world, "sdd", false), None, Link::loose()).await;
    let Ending::Failed { why, .. } = ending else { panic!("{ending:?}") };
    assert_eq!(why.id, "smart-mute-usb");
    // One that goes away in the middle is given up after a while, not at once and not never.
    let link = Link::loose();
    let unplug = async {
        tokio::time::sleep(Duration::from_secs(9)).await;
        world.unplug("/dev/sdb");
    };
    let (ending, ()) = tokio::join!(run(subject(&world, "sdb", true), Some(LONG), link), unplug);
    let Ending::Failed { why, .. } = ending else { panic!("{ending:?}") };
    assert_eq!(why.id, "smart-error-said");
}

#[test]
fn one_test_of_a_disk_at_a_time_and_never_without_an_end() {
    let world = world();
    let by = || Asker::Room { room: "test".into() };
    let short = order(subject(&world, "sda", false), Some(Duration::from_secs(120)), by());
    let long = order(subject(&world, "sda", true), None, by());
    assert_eq!(short.key, long.key);
    assert_eq!(short.deadline, Duration::from_secs(23 * 60));
    assert!(long.deadline >= Duration::from_secs(48 * 3600));
}
