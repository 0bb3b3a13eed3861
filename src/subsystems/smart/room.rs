//! What the bridge sees of this room.

use std::{sync::Arc, time::Duration};

use super::{
    messages::{DiskState, Msg, Snapshot},
    panel,
    selftest::{self, Subject},
    world::Disks,
};
use crate::{
    domain::{Asker, DiskId, JobId, Reader},
    intent::{
        View as AnyView, jobs as job_intents,
        smart::{Act, View},
    },
    jobs::Jobs,
    locale::say,
    room::{Glance, Order, Outcome, Room},
    screen::Screen,
    supervision::{CallError, Port},
    t,
};

/// The actor answers from memory.
const WITHIN: Duration = Duration::from_secs(2);
const GLANCE_WITHIN: Duration = Duration::from_millis(280);
/// A job that cannot be looked up in time is not shown; the screen is.
const JOB_WITHIN: Duration = Duration::from_millis(500);

/// Cheap to clone.
#[derive(Clone)]
pub struct Smart {
    pub port: Port<Msg>,
    pub jobs: Jobs,
    pub disks: Arc<dyn Disks>,
}

impl Smart {
    async fn snapshot(&self, within: Duration) -> Result<Arc<Snapshot>, CallError> {
        self.port.call(within, Msg::Snapshot).await
    }

    async fn running_test(&self, disk: &DiskId) -> Option<JobId> {
        let key = selftest::key(disk);
        let found = tokio::time::timeout(JOB_WITHIN, self.jobs.find(&key)).await;
        let snapshot = found.ok()?.ok()??;
        snapshot.is_running().then_some(snapshot.record.id)
    }

    async fn test(&self, disk: &DiskId, long: bool, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let next = AnyView::Smart(View::Disk(disk.clone()));
        let Ok(snapshot) = self.snapshot(WITHIN).await else {
            return Outcome::Refused { why: t!(lang, "smart-away"), next };
        };
        let present = snapshot.disk(disk).filter(|sheet| !matches!(sheet.state, DiskState::Gone { .. }));
        let Some(sheet) = present else {
            return Outcome::Refused { why: t!(lang, "smart-no-such-disk", disk = disk.as_str()), next };
        };
        let test = sheet.report.as_ref().map(|(_, report)| &report.test);
        let minutes = test.and_then(|test| if long { test.long_minutes } else { test.short_minutes });
        let subject = Subject {
            disks: self.disks.clone(),
            device: sheet.device.clone(),
            id: disk.clone(),
            long,
            port: self.port.clone(),
        };
        let asked_by = Asker::Pilot { id: order.pilot, name: order.pilot_name.clone(), chat: order.chat };
        let expected = minutes.map(|minutes| Duration::from_secs(minutes.min(7 * 24 * 60) * 60));
        match self.jobs.start(selftest::order(subject, expected, asked_by)).await {
            Ok(started) => Outcome::Started {
                job: started.job,
                next: AnyView::Jobs(job_intents::View::Job(started.job)),
            },
            Err(error) => Outcome::Refused { why: say(lang, &error.phrase()), next },
        }
    }
}

impl Room for Smart {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        let Ok(snapshot) = self.snapshot(WITHIN).await else { return panel::away(reader) };
        match view {
            View::List => panel::list(&snapshot, reader),
            View::Disk(disk) => panel::disk(&snapshot, disk, self.running_test(disk).await, reader),
            View::Attributes { disk, page } => panel::attributes(&snapshot, disk, *page, reader),
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        match act {
            Act::Test { disk, long } => self.test(disk, *long, order).await,
            Act::Check(disk) => {
                let next = AnyView::Smart(View::Disk(disk.clone()));
                let asked = disk.clone();
                match self.port.call(WITHIN, |reply| Msg::Check(asked, reply)).await {
                    Ok(true) => Outcome::Done { next },
                    Ok(false) => {
                        Outcome::Refused { why: t!(lang, "smart-no-such-disk", disk = disk.as_str()), next }
                    }
                    Err(_) => Outcome::Refused { why: t!(lang, "smart-away"), next },
                }
            }
        }
    }

    async fn glance(&self, reader: &Reader) -> Glance {
        match self.snapshot(GLANCE_WITHIN).await {
            Ok(snapshot) => panel::glance(&snapshot, reader),
            Err(_) => Glance::default(),
        }
    }
}

impl std::fmt::Debug for Smart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smart({:?})", self.port)
    }
}
