//! What the scheduler shows to the bridge.

use jiff::{SignedDuration, Timestamp};

use super::{LookError, Pause, RunError, Schedule, panel};
use crate::{
    domain::{Asker, Flight, Reader},
    intent::{
        View as AnyView,
        jobs::View as JobView,
        schedule::{Act, View},
    },
    locale::say,
    room::{Order, Outcome, Room},
    screen::Screen,
    t,
};

/// Past runs on a task's screen.
const RUNS_SHOWN: u32 = 8;

pub struct ScheduleRoom {
    pub schedule: Schedule,
    pub flight: Flight,
}

impl ScheduleRoom {
    async fn look(&self, view: &View, reader: &Reader) -> Result<Screen, LookError> {
        Ok(match view {
            View::List { page } => panel::list(&self.schedule.list().await?, *page, self.flight, reader),
            View::Task(task) => match self.schedule.get(task, RUNS_SHOWN).await? {
                Some((overview, runs)) => panel::task(&overview, &runs, self.flight, reader),
                None => panel::gone(reader),
            },
        })
    }
}

impl Room for ScheduleRoom {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match self.look(view, reader).await {
            Ok(screen) => screen,
            Err(error) => panel::away(&error, reader),
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let next = AnyView::Schedule(View::Task(act.task().to_owned()));
        let done = match act {
            Act::Run(task) => {
                let (id, name, chat) = (order.pilot, order.pilot_name.clone(), order.chat);
                match self.schedule.run_now(task, Asker::Pilot { id, name, chat }).await {
                    Ok(Some(job)) => {
                        return Outcome::Started { job, next: AnyView::Jobs(JobView::Job(job)) };
                    }
                    Ok(None) => Ok(()),
                    Err(error) => Err(error),
                }
            }
            Act::Pause { task, hours } => {
                let until = hours.and_then(|hours| end(order.reader.now, hours));
                let pause = Pause { by: order.pilot_name.clone(), since: order.reader.now, until };
                self.schedule.pause(task, pause).await
            }
            Act::Resume(task) => self.schedule.resume(task).await,
        };
        match done {
            Ok(()) => Outcome::Done { next },
            Err(error) => Outcome::Refused { why: why(&error, &order.reader), next },
        }
    }
}

fn end(now: Timestamp, hours: u32) -> Option<Timestamp> {
    now.checked_add(SignedDuration::from_hours(i64::from(hours))).ok()
}

fn why(error: &RunError, reader: &Reader) -> String {
    match error {
        RunError::Away(_) | RunError::NotReady => t!(reader.lang, "schedule-away-mend"),
        RunError::Unknown => t!(reader.lang, "schedule-gone"),
        RunError::Running(_) => t!(reader.lang, "schedule-running-already"),
        RunError::Refused(why) => say(reader.lang, why),
    }
}
