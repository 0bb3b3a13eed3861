//! What the bridge sees of the results: read from the store, drawn, and a scan started when asked for.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{
    digest::Digest,
    job::{self, Subject},
    panel::{self, HISTORY_MAX, Known, Look, RootLine},
    store::{self, Kept, Sum},
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
    store::{Store, StoreError},
    subsystems::storage::{Floor, Storage, room::flat},
};

/// A job that cannot be looked up in time is not shown; the screen is.
const JOB_WITHIN: Duration = Duration::from_millis(300);

/// Cheap to clone.
#[derive(Clone)]
pub struct Usage {
    pub storage: Storage,
    pub store: Store,
    pub jobs: Jobs,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
    pub last: Last,
}

/// The result that was looked at last: going deeper in it reads nothing.
#[derive(Clone, Default)]
pub struct Last(Arc<Mutex<Option<Arc<Found>>>>);

/// A kept scan and the one before it.
#[derive(Debug)]
pub struct Found {
    kept: Kept,
    before: Option<Digest>,
}

impl Usage {
    /// What was kept of a place, with the sums of its own scans.
    async fn found(&self, at: &Place) -> Result<(Option<Arc<Found>>, Vec<Sum>), StoreError> {
        let held = self.last.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (place, held_id) = (at.clone(), held.as_ref().map(|found| found.kept.id));
        let (found, history) = self
            .store
            .read(move |conn| {
                let history = store::history(conn, &place, HISTORY_MAX)?;
                let newest = store::newest_id(conn, &place)?;
                if newest.is_some() && newest == held_id {
                    return Ok((None, history));
                }
                let Some(kept) = store::newest_with(conn, &place)? else { return Ok((None, history)) };
                let before = store::before(conn, kept.id, &kept.of)?;
                Ok((Some(Found { kept, before }), history))
            })
            .await?;
        let found = match found {
            Some(found) => {
                let found = Arc::new(found);
                *self.last.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
                Some(found)
            }
            None => held.filter(|held| {
                held.kept.of.root == at.root
                    && at.path.is_within(&held.kept.of.path)
                    && panel::node_of(&held.kept, at).is_some()
            }),
        };
        Ok((found, history))
    }

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
                let names: Vec<RootName> = match self.storage.work("roots", named).await {
                    Ok(names) => names,
                    Err(away) => return Ok(panel::away(&away.to_string(), reader)),
                };
                let lines = self
                    .store
                    .read(move |conn| {
                        let line = |name: RootName| Ok(RootLine { last: store::of_root(conn, &name)?, name });
                        names.into_iter().map(line).collect::<rusqlite::Result<Vec<_>>>()
                    })
                    .await?;
                Ok(panel::roots(&lines, reader))
            }
            View::Folder { at, tab, page } => {
                let (found, job) = tokio::join!(self.found(at), self.job(at));
                let (found, history) = found?;
                let look = Look { at, tab: *tab, page: *page, job: job.as_ref() };
                let known = found.as_ref().and_then(|found| {
                    let node = panel::node_of(&found.kept, at)?;
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
            Err(error) => panel::away(&error.to_string(), reader),
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let Act::Scan(at) = act;
        let next = AnyView::Usage(View::folder(at.clone()));
        let asked = at.clone();
        let open = move |floor: &Floor| floor.roots.open(&asked.root)?.folder(&asked.path);
        let folder = match flat(self.storage.work("open", open).await, order.reader.lang) {
            Ok(folder) => folder,
            Err(why) => return Outcome::Refused { why, next },
        };
        let subject = Subject {
            of: at.clone(),
            folder,
            store: self.store.clone(),
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
