//! What the jobs show to the bridge.

use super::{Jobs, LookError, StartError, StopError, demo, panel};
use crate::{
    domain::{Asker, Flight, Reader},
    intent::{
        View as AnyView,
        jobs::{Act, View},
    },
    locale::say,
    room::{Order, Outcome, Room},
    screen::Screen,
    t,
};

pub struct JobsRoom {
    pub jobs: Jobs,
    pub flight: Flight,
}

impl JobsRoom {
    async fn look(&self, view: &View, reader: &Reader) -> Result<Screen, LookError> {
        Ok(match view {
            View::List { page } => {
                panel::list(&self.jobs.list(panel::ENDED_MAX).await?, *page, self.flight, reader)
            }
            View::Job(job) => match self.jobs.get(*job).await? {
                Some(snapshot) => panel::job(&snapshot, reader),
                None => panel::gone(*job, reader),
            },
            View::Log { job, page } => match self.jobs.get(*job).await? {
                Some(snapshot) => panel::log(&snapshot, *page, reader),
                None => panel::gone(*job, reader),
            },
        })
    }
}

impl Room for JobsRoom {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match self.look(view, reader).await {
            Ok(screen) => screen,
            Err(error) => panel::away(&error, reader),
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        match act {
            Act::Cancel(job) => {
                let next = AnyView::Jobs(View::Job(*job));
                match self.jobs.cancel(*job, Some(order.pilot_name.clone())).await {
                    Ok(()) => Outcome::Done { next },
                    Err(StopError::NotRunning) => {
                        Outcome::Refused { why: t!(lang, "jobs-cancel-ended"), next }
                    }
                    Err(StopError::Away(_)) => Outcome::Refused { why: t!(lang, "jobs-refused-away"), next },
                }
            }
            Act::Simulate if self.flight != Flight::Sim => {
                Outcome::Refused { why: t!(lang, "jobs-simulate-refused"), next: AnyView::Jobs(View::LIST) }
            }
            Act::Simulate => {
                let (id, name, chat) = (order.pilot, order.pilot_name.clone(), order.chat);
                let asked_by = Asker::Pilot { id, name, chat };
                let started = self.jobs.start(demo::order(asked_by, demo::LENGTH)).await;
                outcome(started, order)
            }
        }
    }
}

/// What a room answers after it asked for a job.
pub fn outcome(started: Result<super::Started, StartError>, order: &Order) -> Outcome {
    match started {
        Ok(started) => Outcome::Started { job: started.job, next: AnyView::Jobs(View::Job(started.job)) },
        Err(error) => {
            Outcome::Refused { why: say(order.reader.lang, &error.phrase()), next: AnyView::Jobs(View::LIST) }
        }
    }
}
