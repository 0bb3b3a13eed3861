//! Alerts over time: figures, units, jobs; restarts, comings and goings.

use super::*;
use crate::{
    alerts::{DiskReading, SensorReading},
    domain::{ChatId, Interruption, JobId, JobTitle, PilotId},
    phrase,
};

/// A book with its "disk": what was kept, and what was told as one line each.
struct World {
    book: Book,
    now: Timestamp,
    disk: BTreeMap<i64, Alert>,
    told: Vec<String>,
    readings: Readings,
}

impl World {
    fn new() -> World {
        World {
            book: Book::new(Config::default(), Vec::new(), Vec::new(), Vec::new(), 1),
            now: "2026-07-15T12:00:00Z".parse().unwrap(),
            disk: BTreeMap::new(),
            told: Vec::new(),
            readings: Readings::default(),
        }
    }

    fn put(&mut self, input: Input) {
        for Effect { alert, tell } in self.book.on(input, self.now) {
            if let Some(Tell { loud, continues }) = tell {
                let state = match alert.resolved {
                    None if alert.version == 1 => "raised".to_owned(),
                    None => format!("again {}", alert.times),
                    Some((_, how)) => format!("{how:?}"),
                };
                let value = match &alert.facts {
                    Facts::Level(level) => format!(" {:.0}", level.value),
                    _ => String::new(),
                };
                let subject = alert.subject();
                let (of, sound) = (subject.of, if loud { " LOUD" } else { "" });
                let part = if continues { " below" } else { "" };
                self.told.push(format!(
                    "{} {} {of}{value} {state} {:?}{sound}{part}",
                    self.now.strftime("%H:%M:%S"),
                    subject.kind.as_str(),
                    alert.severity
                ));
            }
            self.disk.insert(alert.id, alert);
        }
    }

    /// Looks every 15 s at readings that stay as they are.
    fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds / 15 {
            self.now += SignedDuration::from_secs(15);
            self.put(Input::Readings(self.readings.clone()));
        }
    }

    fn happened(&mut self, event: Event) {
        self.put(Input::Happened(event));
    }

    /// Cockpit is off for a while and comes back with what is on the disk.
    fn off(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        let (living, past): (Vec<Alert>, Vec<Alert>) =
            self.disk.values().cloned().partition(Alert::is_living);
        let next = self.disk.keys().next_back().map_or(1, |id| id + 1);
        let snoozes = std::mem::take(&mut self.book.snoozes).into_iter().collect();
        self.book = Book::new(self.book.config.clone(), living, past, snoozes, next);
    }

    fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }

    fn disk(&mut self, share: f32) {
        self.readings.disks =
            Some(vec![DiskReading { mount: "/srv".into(), share: Some(share), free_bytes: Some(1 << 30) }]);
    }

    fn units(&mut self, failed: &[&str]) {
        self.readings.failed_units =
            Some(failed.iter().map(|name| (unit(name), "exit-code".to_owned())).collect());
    }
}

fn unit(name: &str) -> UnitName {
    UnitName::parse(name).unwrap()
}

fn failed(name: &str) -> Event {
    Event::UnitFailed { unit: unit(name), result: "exit-code".into() }
}

fn job(outcome: JobOutcome, took_s: u64) -> Event {
    let asked_by = Asker::Pilot { id: PilotId(7), name: "Dre".into(), chat: ChatId(7) };
    Event::JobEnded {
        job: JobId(1),
        title: JobTitle::Backup { plan: "home".into() },
        asked_by,
        outcome,
        took_s,
    }
}

fn broken() -> JobOutcome {
    JobOutcome::Failed { why: phrase!("jobs-failed-stopped"), mend: None }
}

#[test]
fn a_disk_that_fills_is_one_notice_through_all_its_states() {
    let mut world = World::new();
    world.disk(80.0);
    world.pass(300);
    world.disk(87.0);
    world.pass(75);
    assert_eq!(world.told(), ["12:06:15 disk /srv 87 raised Look"]);
    // More of it is told now and then, worse at once and with a sound.
    world.disk(88.4);
    world.pass(120);
    assert_eq!(world.told(), Vec::<String>::new());
    world.pass(240);
    assert_eq!(world.told(), ["12:11:15 disk /srv 88 again 1 Look"]);
    world.disk(96.0);
    world.pass(15);
    assert_eq!(world.told(), ["12:12:30 disk /srv 96 again 1 Bad LOUD below"]);
    world.disk(84.0);
    world.pass(300);
    assert_eq!(world.told(), ["12:17:30 disk /srv 84 again 1 Bad"], "between the marks it goes on");
    world.disk(60.0);
    world.pass(90);
    assert_eq!(world.told(), ["12:18:45 disk /srv 60 Recovered Bad"]);
    assert_eq!(world.disk.len(), 1);
    let Facts::Level(level) = &world.disk[&1].facts else { panic!("a level") };
    assert_eq!((level.peak, level.value), (96.0, 60.0));
}

#[test]
fn a_disk_that_was_cleaned_while_cockpit_was_off_is_told_as_over() {
    let mut world = World::new();
    world.disk(90.0);
    world.pass(120);
    world.told();
    world.off(4 * 3600);
    world.disk(50.0);
    world.pass(120);
    assert_eq!(world.told(), ["16:03:15 disk /srv 50 WhileAway Look"]);
}

#[test]
fn a_disk_that_stayed_full_over_a_restart_is_not_told_again() {
    let mut world = World::new();
    world.disk(90.0);
    world.pass(120);
    world.told();
    world.off(60);
    world.pass(600);
    assert_eq!(world.told(), Vec::<String>::new());
    world.disk(50.0);
    world.pass(75);
    assert_eq!(world.told(), ["12:14:15 disk /srv 50 Recovered Look"]);
}

#[test]
fn an_unmounted_disk_takes_its_warning_along_and_a_silent_one_does_not() {
    let mut world = World::new();
    world.disk(90.0);
    world.pass(120);
    world.told();
    world.readings.disks = Some(vec![DiskReading { mount: "/srv".into(), share: None, free_bytes: None }]);
    world.pass(3600);
    assert_eq!(world.told(), Vec::<String>::new());
    world.readings.disks = None;
    world.pass(3600);
    assert_eq!(world.told(), Vec::<String>::new(), "nothing is known of disks at all");
    world.readings.disks = Some(Vec::new());
    world.pass(660);
    assert_eq!(world.told(), ["14:12:15 disk /srv 90 Gone Look"]);
}

#[test]
fn a_threshold_that_is_switched_off_ends_its_warnings() {
    let mut world = World::new();
    world.disk(90.0);
    world.pass(120);
    world.told();
    let mut config = Config::default();
    config.disk.enabled = false;
    world.put(Input::Configure(config));
    assert_eq!(world.told(), ["12:02:00 disk /srv 90 NotWatched Look"]);
    world.pass(600);
    assert_eq!(world.told(), Vec::<String>::new());
}

#[test]
fn a_unit_that_fails_is_told_with_a_sound_and_its_recovery_without() {
    let mut world = World::new();
    world.happened(failed("nginx"));
    world.units(&["nginx"]);
    world.pass(60);
    world.happened(Event::UnitRecovered { unit: unit("nginx") });
    world.units(&[]);
    world.pass(60);
    assert_eq!(
        world.told(),
        ["12:00:00 unit nginx.service raised Bad LOUD", "12:01:00 unit nginx.service Recovered Bad"]
    );
}

#[test]
fn a_unit_that_fails_again_and_again_is_one_incident() {
    let mut world = World::new();
    for _ in 0..3 {
        world.happened(failed("cron-thing"));
        world.pass(30);
        world.happened(Event::UnitRecovered { unit: unit("cron-thing") });
        world.pass(270);
    }
    let told = world.told();
    assert_eq!(told.len(), 6);
    assert_eq!(told.iter().filter(|line| line.ends_with("LOUD")).count(), 1, "{told:#?}");
    assert!(told[4].contains("again 3"), "{told:#?}");
    assert_eq!(world.disk.len(), 1);
    // After a quiet while it is a new one.
    world.pass(3600);
    world.happened(failed("cron-thing"));
    assert_eq!(world.disk.len(), 2);
    assert!(world.told()[0].ends_with("LOUD"));
}

#[test]
fn what_became_of_units_while_nobody_listened_is_found_out() {
    let mut world = World::new();
    world.happened(failed("nginx"));
    world.happened(failed("ssh"));
    world.told();
    world.off(3600);
    // nginx was mended, redis broke; ssh is told of as everything that is found failed at a start.
    world.happened(failed("ssh"));
    assert_eq!(world.told(), Vec::<String>::new());
    world.units(&["ssh", "redis"]);
    world.pass(15);
    assert_eq!(world.told(), Vec::<String>::new(), "one look can be older than what has just happened");
    world.pass(15);
    assert_eq!(
        world.told(),
        ["13:00:30 unit nginx.service WhileAway Bad", "13:00:30 unit redis.service raised Bad LOUD"]
    );
    world.pass(600);
    assert_eq!(world.told(), Vec::<String>::new());
}

#[test]
fn a_failed_job_is_warned_of_until_the_same_job_succeeds() {
    let mut world = World::new();
    world.happened(job(broken(), 10));
    world.happened(job(JobOutcome::Cancelled { by: None }, 10));
    world.happened(job(JobOutcome::Interrupted { how: Interruption::Crash }, 10));
    world.happened(job(JobOutcome::Done { summary: None }, 10));
    assert_eq!(
        world.told(),
        [
            "12:00:00 job backup:home raised Bad LOUD",
            "12:00:00 job backup:home again 2 Bad",
            "12:00:00 job backup:home Recovered Bad"
        ]
    );
}

#[test]
fn a_failed_job_that_nobody_repeats_is_put_away_after_a_week() {
    let mut world = World::new();
    world.happened(job(broken(), 10));
    world.told();
    world.now += SignedDuration::from_hours(24 * 7);
    world.pass(15);
    assert_eq!(world.told(), ["12:00:15 job backup:home Told Bad"]);
}

#[test]
fn a_long_job_that_went_well_is_told_to_the_one_who_asked() {
    let mut world = World::new();
    let scan = |took_s| match job(JobOutcome::Done { summary: None }, took_s) {
        Event::JobEnded { job, asked_by, outcome, took_s, .. } => {
            Event::JobEnded { job, title: JobTitle::Scan { path: "/srv".into() }, asked_by, outcome, took_s }
        }
        other => other,
    };
    world.happened(scan(60));
    assert_eq!(world.told(), Vec::<String>::new(), "the screen still showed it");
    world.happened(job(JobOutcome::Done { summary: None }, 3600));
    assert_eq!(world.told(), Vec::<String>::new(), "a backup is told to everybody, as that");
    world.happened(scan(3600));
    assert_eq!(world.told(), ["12:00:00 result 1 Told Look"]);
    assert_eq!(world.book.living().count(), 0);
}

#[test]
fn a_parked_actor_is_warned_of_until_it_runs_again() {
    let mut world = World::new();
    let parked =
        |parked| Event::ActorFailed { actor: "metrics".into(), why: "x".into(), restarts: 5, parked };
    world.happened(parked(false));
    assert_eq!(world.told(), Vec::<String>::new());
    world.happened(parked(true));
    assert!(world.book.has(Kind::Actor));
    world.readings.parked = Some(BTreeSet::from(["metrics".to_owned()]));
    world.pass(60);
    world.readings.parked = Some(BTreeSet::new());
    world.pass(15);
    assert_eq!(
        world.told(),
        ["12:00:00 actor metrics raised Bad LOUD", "12:01:15 actor metrics Recovered Bad"]
    );
}

#[test]
fn a_disk_that_gets_worse_by_its_own_word_is_loud_when_it_is_to_be_replaced() {
    let mut world = World::new();
    let grade = |grade| Event::DiskHealthChanged {
        disk: crate::domain::DiskId::parse("S3Z9NB0K").unwrap(),
        device: "sda".into(),
        grade,
        was: None,
        finding: phrase!("jobs-failed-stopped"),
    };
    world.happened(grade(DiskGrade::Watch));
    world.happened(grade(DiskGrade::Replace));
    world.happened(grade(DiskGrade::Good));
    assert_eq!(
        world.told(),
        [
            "12:00:00 health S3Z9NB0K raised Look",
            "12:00:00 health S3Z9NB0K again 1 Bad LOUD below",
            "12:00:00 health S3Z9NB0K Recovered Bad"
        ]
    );
}

#[test]
fn a_schedule_that_could_not_start_is_over_when_it_does() {
    let mut world = World::new();
    let (title, why) = (phrase!("schedule-title-simulated"), phrase!("jobs-refused-away"));
    world.happened(Event::RunRefused { task: "t".into(), title, why });
    world.happened(Event::RunStarted { task: "t".into() });
    world.happened(Event::RunStarted { task: "t".into() });
    assert_eq!(world.told(), ["12:00:00 schedule t raised Bad LOUD", "12:00:00 schedule t Recovered Bad"]);
}

#[test]
fn a_busy_processor_is_never_loud_and_a_hot_one_can_be() {
    let mut world = World::new();
    world.readings.cpu = Some(100.0);
    world.readings.sensors = Some(vec![SensorReading { name: "Package".into(), celsius: Some(88.0) }]);
    world.pass(600);
    world.readings.sensors = Some(vec![SensorReading { name: "Package".into(), celsius: Some(97.0) }]);
    world.pass(15);
    assert_eq!(
        world.told(),
        [
            "12:02:15 temperature Package 88 raised Look",
            "12:05:15 cpu  100 raised Look",
            "12:10:15 temperature Package 97 again 1 Bad LOUD below"
        ]
    );
}

fn died(container: &str) -> Event {
    let container = container.to_owned();
    Event::ContainerDied { container, exit: Some(1), oom: false, means: None, last: Vec::new() }
}

fn unwell(container: &str) -> Event {
    Event::ContainerUnhealthy { container: container.to_owned(), last: Vec::new() }
}

fn well(container: &str) -> Event {
    Event::ContainerRecovered { container: container.to_owned() }
}

impl World {
    fn snooze(&mut self, container: &str, minutes: i64) {
        let subject = Subject { kind: Kind::Container, of: container.into() };
        let until = self.now + SignedDuration::from_mins(minutes);
        let snooze = self.book.rest(&subject, until, "Dre".into()).expect("it lives");
        self.put(Input::Snoozed(subject, snooze));
    }

    fn rests(&self) -> Vec<String> {
        self.book.snoozes.keys().map(|subject| subject.of.clone()).collect()
    }
}

#[test]
fn a_snoozed_one_makes_no_sound_until_its_time_and_is_told_again_if_it_is_still_so() {
    let mut world = World::new();
    world.happened(died("web"));
    world.snooze("web", 60);
    world.happened(well("web"));
    // Past the half hour in which it is the same incident.
    world.pass(45 * 60);
    world.happened(died("web"));
    assert_eq!(
        world.told(),
        [
            "12:00:00 container web raised Bad LOUD",
            "12:00:00 container web again 1 Bad",
            "12:00:00 container web Recovered Bad",
            "12:45:00 container web raised Bad",
        ]
    );
    assert!(world.book.living().next().unwrap().rests(world.now).is_some());
    world.pass(14 * 60 + 45);
    assert_eq!(world.told(), [""; 0]);
    world.pass(15);
    assert_eq!(world.told(), ["13:00:00 container web again 1 Bad LOUD below"]);
    assert_eq!((world.rests(), world.book.ended().len()), (Vec::new(), 1));
    assert_eq!(world.book.living().next().unwrap().snoozed, None);
}

#[test]
fn one_that_is_over_when_its_rest_ends_is_not_told_again() {
    let mut world = World::new();
    world.happened(died("web"));
    world.snooze("web", 60);
    world.happened(well("web"));
    world.told();
    world.pass(3600);
    assert_eq!(world.told(), [""; 0]);
    world.happened(died("web"));
    assert_eq!(world.told(), ["13:00:00 container web raised Bad LOUD"]);
}

#[test]
fn what_is_worse_than_what_was_seen_breaks_through() {
    let mut world = World::new();
    world.happened(unwell("web"));
    world.snooze("web", 60);
    world.happened(unwell("web"));
    world.told();
    world.happened(died("web"));
    assert_eq!(world.told(), ["12:00:00 container web again 3 Bad LOUD below"]);
    assert_eq!((world.rests(), world.book.ended().len()), (Vec::new(), 1));
    // Seen as dead, its return as unwell and its next death are no news.
    world.snooze("web", 60);
    world.happened(well("web"));
    world.happened(unwell("web"));
    world.happened(died("web"));
    assert!(world.told().iter().all(|told| !told.contains("LOUD")));
    assert_eq!(world.rests(), ["web"]);

    // A disk that is nearly full, and then full.
    world.disk(90.0);
    world.pass(600);
    let disk = Subject { kind: Kind::Disk, of: "/srv".into() };
    let snooze = world.book.rest(&disk, world.now + SignedDuration::from_hours(2), "Dre".into()).unwrap();
    world.put(Input::Snoozed(disk, snooze));
    world.told();
    world.disk(93.0);
    world.pass(600);
    assert!(world.told().iter().all(|told| !told.contains("LOUD")));
    world.disk(97.0);
    world.pass(60);
    assert!(world.told().iter().any(|told| told.contains("disk /srv 97") && told.ends_with("LOUD below")));
}

#[test]
fn a_rest_holds_over_a_restart_and_ends_while_nobody_is_there() {
    let mut world = World::new();
    world.happened(died("web"));
    world.happened(died("db"));
    world.snooze("web", 60);
    world.told();
    world.off(600);
    world.happened(died("web"));
    assert_eq!(world.told(), ["12:10:00 container web again 2 Bad"]);
    assert!(world.book.living().any(|alert| alert.rests(world.now).is_some_and(|rest| rest.by == "Dre")));
    world.off(7200);
    world.pass(15);
    assert_eq!(world.told(), ["14:10:15 container web again 2 Bad LOUD below"]);
}
