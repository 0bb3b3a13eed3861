//! What the bridge sees of the results: read from the store, drawn, and a scan started when asked for.

use std::{sync::Arc, time::Duration};

use super::{
    job::{self, Subject},
    panel::{self, HISTORY_MAX, Known, Look, RootLine},
    shelf::{Found, node_of},
    store,
};
use crate::{
    domain::{Asker, Clock, Place, Reader, RootName},
    events::Outlet,
    intent::{
        View as AnyView,
        usage::{Act, View},
    },
    jobs::{Jobs, Snapshot},
    locale::say,
    room::{Order, Outcome, Room},
    screen::Screen,
    store::StoreError,
    subsystems::storage::{Floor, Storage, room::flat},
};

/// A job that cannot be looked up in time is not shown; the screen is.
const JOB_WITHIN: Duration = Duration::from_millis(300);

/// Cheap to clone.
#[derive(Clone)]
pub struct Usage {
    pub storage: Storage,
    pub jobs: Jobs,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
}

impl Usage {
    /// The newest scan of this folder as a job, or one of its root that is under way.
    async fn job(&self, at: &Place) -> Option<Snapshot> {
        let look = async {
            let own = self.jobs.find(&job::key(at)).await.ok().flatten();
            if at.path.is_root() || own.as_ref().is_some_and(Snapshot::is_running) {
                return own;
            }
            let root = self.jobs.find(&job::key(&Place::root(at.root.clone()))).await.ok().flatten();
            root.filter(Snapshot::is_running).or(own)
        };
        tokio::time::timeout(JOB_WITHIN, look).await.ok().flatten()
    }

    async fn look(&self, view: &View, reader: &Reader) -> Result<Screen, StoreError> {
        match view {
            View::Roots => {
                let named = |floor: &Floor| floor.roots.all().iter().map(|root| root.name.clone()).collect();
                let names: Vec<RootName> = match self.storage.work(None, "roots", named).await {
                    Ok(names) => names,
                    Err(away) => return Ok(panel::away(&say(reader.lang, &away.phrase()), reader)),
                };
                let lines = self
                    .storage
                    .shelf
                    .store()
                    .read(move |conn| {
                        let line = |name: RootName| Ok(RootLine { last: store::of_root(conn, &name)?, name });
                        names.into_iter().map(line).collect::<rusqlite::Result<Vec<_>>>()
                    })
                    .await?;
                Ok(panel::roots(&lines, reader))
            }
            View::Folder { at, tab, page } => {
                let (found, job) = tokio::join!(self.storage.shelf.found(at, HISTORY_MAX), self.job(at));
                let (found, history) = found?;
                let look = Look { at, tab: *tab, page: *page, job: job.as_ref() };
                let own = |found: &Found| {
                    node_of(&found.kept, at).is_some_and(|node| found.kept.digest.is_own(node))
                };
                if found.as_deref().is_some_and(own) {
                    return Ok(panel::guarded(reader));
                }
                let known = found.as_ref().and_then(|found| {
                    let node = node_of(&found.kept, at)?;
                    Some(Known { kept: &found.kept, before: found.before.as_ref(), history: &history, node })
                });
                Ok(panel::folder(&look, known.as_ref(), reader))
            }
        }
    }
}

impl Room for Usage {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match self.look(view, reader).await {
            Ok(screen) => screen,
            Err(error) => panel::away(&say(reader.lang, &error.phrase()), reader),
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let Act::Scan(at) = act;
        let next = AnyView::Usage(View::folder(at.clone()));
        let asked = at.clone();
        let open = move |floor: &Floor| {
            let opened = floor.roots.open(&asked.root)?;
            let folder = opened.folder(&asked.path)?;
            Ok((opened.guarded_on(folder.id.dev), folder))
        };
        let opened = self.storage.work(Some(&at.root), "open", open).await;
        let (own, folder) = match flat(opened, order.reader.lang) {
            Ok(opened) => opened,
            Err(why) => return Outcome::Refused { why, next },
        };
        let subject = Subject {
            of: at.clone(),
            folder,
            own,
            store: self.storage.shelf.store().clone(),
            clock: self.clock.clone(),
            outlet: self.outlet.clone(),
        };
        let asked_by = Asker::Pilot { id: order.pilot, name: order.pilot_name.clone(), chat: order.chat };
        match self.jobs.start(job::order(subject, asked_by)).await {
            // Its own screen shows how it goes on, and then the result.
            Ok(started) => Outcome::Started { job: started.job, next },
            Err(error) => Outcome::Refused { why: say(order.reader.lang, &error.phrase()), next },
        }
    }
}

impl std::fmt::Debug for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Usage")
    }
}
