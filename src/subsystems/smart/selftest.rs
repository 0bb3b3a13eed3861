//! A disk's own test as a job: started, watched until the disk tells its result, aborted on request.
//!
//! smartctl says "started" also where nothing starts (7.3 with NVMe disks): only what the disk itself tells counts.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    messages::Msg,
    report::{Device, Mute, Reading, Report, SelfTest, TestOutcome},
    world::{DiskError, Disks},
};
use crate::{
    domain::{Asker, DiskId, JobTitle, Phrase},
    jobs::{Ending, JobOrder, Link, Progress, Steps},
    phrase,
    supervision::Port,
};

/// A disk that tests says so within seconds.
const STARTS_WITHIN: Duration = Duration::from_secs(30);
/// Until it is seen testing.
const FIRST_LOOKS: Duration = Duration::from_secs(2);
/// Between two looks at a test under way: a hundredth of it, but never a burden and never stale.
const LOOK_MIN: Duration = Duration::from_secs(5);
const LOOK_MAX: Duration = Duration::from_secs(120);
/// Looks in a row without an answer before the test is given up.
const UNANSWERED_MAX: u32 = 10;

/// At most one test of a disk runs.
pub fn key(disk: &DiskId) -> String {
    format!("smart:{disk}")
}

/// What a test needs.
#[derive(Clone)]
pub struct Subject {
    pub disks: Arc<dyn Disks>,
    pub device: Device,
    pub id: DiskId,
    pub long: bool,
    /// Told when it is over, so that the screens are fresh.
    pub port: Port<Msg>,
}

/// The job for `jobs`. `expected` is how long the disk itself says that it takes.
pub fn order(subject: Subject, expected: Option<Duration>, asked_by: Asker) -> JobOrder {
    // Disks in use take several times as long as they say.
    let deadline = match (expected, subject.long) {
        (Some(expected), _) => expected * 4 + Duration::from_secs(15 * 60),
        (None, false) => Duration::from_secs(60 * 60),
        (None, true) => Duration::from_secs(72 * 3600),
    };
    JobOrder {
        title: JobTitle::SelfTest { device: subject.device.short(), long: subject.long },
        key: Some(key(&subject.id)),
        asked_by,
        deadline,
        runner: Box::new(Steps::new(move |link| run(subject, expected, link))),
    }
}

pub async fn run(subject: Subject, expected: Option<Duration>, link: Link) -> Ending {
    let ending = match watch(&subject, expected, &link).await {
        Ok(ending) => ending,
        Err(Trouble { why, mend }) => Ending::Failed { why, mend },
    };
    let _ = subject.port.cast(Msg::Freshen(subject.id));
    ending
}

struct Trouble {
    why: Phrase,
    mend: Option<Phrase>,
}

impl From<DiskError> for Trouble {
    fn from(error: DiskError) -> Trouble {
        Trouble { why: error.phrase(), mend: Some(error.mend()) }
    }
}

async fn watch(subject: &Subject, expected: Option<Duration>, link: &Link) -> Result<Ending, Trouble> {
    let Subject { disks, device, long, .. } = subject;
    let before = read(subject).await?.test;
    if before.supported == Some(false) {
        return Err(Trouble { why: phrase!("smart-test-unsupported"), mend: None });
    }
    // One that runs already, whoever started it, is watched to its end.
    let mut seen = before.running.is_some();
    if !seen {
        disks.begin_test(device, *long).await?;
        link.log(&format!(
            "{}: {} self-test asked for",
            device.short(),
            if *long { "long" } else { "short" }
        ));
    }
    let look = expected.map_or(LOOK_MIN, |expected| (expected / 100).clamp(LOOK_MIN, LOOK_MAX));
    let (began, mut unanswered) = (Instant::now(), 0);
    loop {
        tokio::select! {
            () = link.stopping() => return Ok(abort(subject, link).await),
            () = tokio::time::sleep(if seen { look } else { FIRST_LOOKS }) => {}
        }
        let test = match read(subject).await {
            Ok(report) => report.test,
            Err(trouble) => {
                unanswered += 1;
                if unanswered >= UNANSWERED_MAX {
                    return Err(trouble);
                }
                continue;
            }
        };
        unanswered = 0;
        if let Some(running) = test.running {
            seen = true;
            let share = running.remaining_percent.map(|left| 1.0 - f32::from(left.min(100)) / 100.0);
            link.report(Progress { share, ..Progress::default() });
        } else if seen || is_new(&before, &test) {
            return Ok(conclude(&test, link));
        } else if began.elapsed() >= STARTS_WITHIN {
            return Err(Trouble {
                why: phrase!("smart-test-not-begun"),
                mend: Some(phrase!("smart-test-not-begun-mend")),
            });
        }
    }
}

/// Whether there is a result that was not there before: a quick disk is done before anybody looks.
fn is_new(before: &SelfTest, now: &SelfTest) -> bool {
    now.last != before.last || now.logged != before.logged
}

async fn read(subject: &Subject) -> Result<Report, Trouble> {
    match subject.disks.read(&subject.device, true).await? {
        Reading::Report(report) => Ok(*report),
        Reading::Asleep => Err(Trouble { why: phrase!("smart-state-asleep"), mend: None }),
        Reading::Mute(mute) => Err(Trouble { why: mute.phrase(), mend: mute.mend() }),
    }
}

async fn abort(subject: &Subject, link: &Link) -> Ending {
    if let Err(error) = subject.disks.end_test(&subject.device).await {
        let why = crate::locale::say(crate::domain::Lang::En, &error.phrase());
        link.log(&format!("the test may go on: {why}"));
    }
    Ending::Stopped
}

fn conclude(test: &SelfTest, link: &Link) -> Ending {
    let Some(last) = &test.last else {
        return Ending::Incomplete { summary: phrase!("smart-test-no-result") };
    };
    link.log(&last.says);
    let says = last.says.as_str();
    match last.outcome {
        TestOutcome::Passed => Ending::Done { summary: Some(phrase!("smart-test-passed")) },
        TestOutcome::Failed => Ending::Failed {
            why: phrase!("smart-found-test", says = says),
            mend: Some(phrase!("smart-test-failed-mend")),
        },
        TestOutcome::Aborted => {
            Ending::Failed { why: phrase!("smart-test-aborted", says = says), mend: None }
        }
        TestOutcome::Unknown => Ending::Incomplete { summary: phrase!("smart-test-no-result") },
    }
}

impl Mute {
    /// Exactly why a disk says nothing.
    pub fn phrase(&self) -> Phrase {
        match self {
            Mute::NoSmart { model: Some(model) } => phrase!("smart-mute-none-model", model = model.as_str()),
            Mute::NoSmart { model: None } => phrase!("smart-mute-none"),
            Mute::Off => phrase!("smart-mute-off"),
            Mute::UsbBridge { says } => phrase!("smart-mute-usb", says = says.as_str()),
            Mute::NotDetected { .. } => phrase!("smart-mute-not-detected"),
            Mute::Denied { .. } => phrase!("smart-mute-denied"),
            Mute::Gone { .. } => phrase!("smart-mute-gone"),
            Mute::Other { says } if says.is_empty() => phrase!("smart-mute-silent"),
            Mute::Other { says } => phrase!("smart-mute-other", says = says.as_str()),
        }
    }

    pub fn mend(&self) -> Option<Phrase> {
        match self {
            Mute::Off => Some(phrase!("smart-mend-off")),
            Mute::UsbBridge { .. } => Some(phrase!("smart-mend-usb")),
            Mute::Denied { .. } => Some(phrase!("smart-mend-denied")),
            Mute::NotDetected { .. } => Some(phrase!("smart-mend-not-detected")),
            Mute::NoSmart { .. } | Mute::Gone { .. } | Mute::Other { .. } => None,
        }
    }
}

#[cfg(test)]
#[path = "selftest_tests.rs"]
mod tests;
