//! The runner of a job whose program outlived an earlier Cockpit. It can only see whether the program still lives, and
//! stop it; what the program says goes nowhere.

use std::time::Duration;

use super::runner::{Ending, Link, Runner, Running};
use crate::process::Identity;

/// How often it is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// From SIGINT to SIGKILL.
const GRACE: Duration = Duration::from_secs(10);

pub(super) struct Survivor(pub Identity);

impl Runner for Survivor {
    fn run(self: Box<Self>, link: Link) -> Running {
        Box::pin(async move {
            let process = self.0;
            while process.alive() {
                tokio::select! {
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    () = link.stopping() => {
                        end(&process).await;
                        return Ending::Stopped;
                    }
                }
            }
            Ending::done()
        })
    }

    fn dropped_after(&self) -> Option<Duration> {
        Some(GRACE + Duration::from_secs(5))
    }
}

async fn end(process: &Identity) {
    process.interrupt();
    let gone = async {
        while process.alive() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    if tokio::time::timeout(GRACE, gone).await.is_err() {
        process.kill();
    }
}
