//! The long task of the simulated server: so that a flight can watch, cancel, crash and re-attach to a job without
//! anything happening. Started on a simulated server only.

use std::time::Duration;

use super::{
    JobOrder,
    progress::{Figure, Progress, Unit},
    runner::{Ending, Link, Steps},
};
use crate::{
    domain::{Asker, Bytes, JobTitle},
    phrase,
};

pub const KEY: &str = "simulated";
/// Long enough to watch and to interrupt.
pub const LENGTH: Duration = Duration::from_secs(60);

const FILES: u64 = 5_800;
const FILE_BYTES: u64 = 4_800_000;

/// A copy of some photos that takes `length`, in steps of a fifth of a second.
pub fn order(asked_by: Asker, length: Duration) -> JobOrder {
    JobOrder {
        title: JobTitle::Simulated { name: "photos".into() },
        key: Some(KEY.into()),
        asked_by,
        deadline: length * 4 + Duration::from_secs(60),
        runner: Box::new(Steps::new(move |link| copy(link, length))),
    }
}

async fn copy(link: Link, length: Duration) -> Ending {
    let step = Duration::from_millis(200);
    let steps = u64::try_from(length.as_millis() / step.as_millis()).unwrap_or(u64::MAX).max(1);
    link.log("simulated: nothing is really copied");
    for number in 1..=steps {
        tokio::select! {
            () = link.stopping() => return Ending::Stopped,
            () = tokio::time::sleep(step) => {}
        }
        let files = FILES * number / steps;
        link.report(Progress {
            figures: vec![
                Figure { done: files * FILE_BYTES, total: Some(FILES * FILE_BYTES), unit: Unit::Bytes },
                Figure { done: files, total: Some(FILES), unit: Unit::Files },
            ],
            note: Some(format!("/simulated/photos/2019/IMG_{:04}.jpg", files % 10_000)),
            ..Progress::default()
        });
        if number % (steps / 20).max(1) == 0 {
            link.log(&format!("copied {files} files"));
        }
    }
    Ending::Done {
        summary: Some(phrase!(
            "jobs-simulated-done",
            files = FILES,
            size = Bytes(FILES * FILE_BYTES).to_string()
        )),
    }
}
