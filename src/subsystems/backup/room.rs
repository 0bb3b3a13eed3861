//! What the bridge sees of this room.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use super::{
    config::PlanConfig,
    desk::Desk,
    engine::Which,
    messages::{Board, Msg},
    ops::Op,
    panel::{self, Working},
    store, weigh,
};
use crate::{
    domain::{Asker, JobId, Lang, Reader},
    intent::{
        Act as AnyAct, View as AnyView,
        backup::{Act, Browse, Place, PlanName, Restore, View},
        jobs as job_intents,
    },
    jobs,
    locale::say,
    room::{Consequence, Glance, Order, Outcome, Room},
    screen::Screen,
    t,
};

/// The actor answers from memory.
const WITHIN: Duration = Duration::from_secs(2);
const GLANCE_WITHIN: Duration = Duration::from_millis(280);
/// Jobs that cannot be looked up in time are not shown; the screen is.
const JOBS_WITHIN: Duration = Duration::from_millis(500);

/// A comparison or a rehearsal is waited for this long before its job is shown instead.
const FOUND_WITHIN: Duration = Duration::from_secs(6);

/// Where a restore may make a folder: names and paths.
pub type Roots = Vec<(String, std::path::PathBuf)>;

/// Cheap to clone.
#[derive(Clone)]
pub struct Backup {
    pub desk: Desk,
    roots: Arc<RwLock<Roots>>,
}

impl Backup {
    pub fn new(desk: Desk, roots: Roots) -> Backup {
        Backup { desk, roots: Arc::new(RwLock::new(roots)) }
    }

    /// After a reload of the config.
    pub fn replace_roots(&self, roots: Roots) {
        *self.roots.write().unwrap_or_else(PoisonError::into_inner) = roots;
    }

    pub(super) fn roots(&self) -> Roots {
        self.roots.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn board(&self, within: Duration) -> Option<Arc<Board>> {
        self.desk.port.call(within, Msg::Snapshot).await.ok()
    }

    /// What works on repositories at this moment.
    pub(super) async fn working(&self) -> Vec<Working> {
        let listed = tokio::time::timeout(JOBS_WITHIN, self.desk.jobs.list(0)).await;
        let running = listed.ok().and_then(Result::ok).map(|listing| listing.running).unwrap_or_default();
        let ours = running.iter().filter_map(|snapshot| {
            let record = &snapshot.record;
            let key = record.key.clone().filter(|key| key.starts_with("backup:"))?;
            Some(Working { job: record.id, key, title: record.title.clone()? })
        });
        ours.collect()
    }

    async fn which(&self, plan: &PlanName, snapshot: &str) -> Option<Which> {
        let (plan, id) = (plan.clone(), snapshot.to_owned());
        let held = self.desk.store.read(move |conn| store::snapshot(conn, &plan, &id)).await.ok()??;
        Some(held.which)
    }

    /// What an act asks for; `None` when a snapshot that it names is gone.
    async fn op(&self, act: &Act, lang: Lang) -> Option<Op> {
        Some(match act {
            Act::Run(_) | Act::Look(_) => Op::Run,
            Act::Initialise(_) => Op::Initialise,
            Act::Unlock(_) => Op::Unlock,
            Act::Check { data, .. } => Op::Check { data: *data },
            Act::Prove(_) => Op::Prove,
            Act::Preview(_) => Op::Rehearse,
            Act::Thin(_) => Op::Thin,
            Act::Prune(_) => Op::Prune,
            Act::Forget { plan, snapshot } => Op::Forget(self.which(plan, snapshot).await?),
            Act::Compare { plan, from, to } => {
                Op::Compare { old: self.which(plan, from).await?, new: self.which(plan, to).await? }
            }
            Act::Index(browse) => Op::Index(self.which(&browse.plan, &browse.snapshot).await?),
            Act::Restore(restore) => {
                let which = self.which(&restore.plan, &restore.snapshot).await?;
                Op::Restore { which, restore: restore.clone(), lang }
            }
        })
    }

    async fn start(&self, plan: &PlanConfig, act: &Act, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let next = act_origin(act);
        let Some(op) = self.op(act, lang).await else {
            return Outcome::Refused { why: t!(lang, "backup-snapshot-gone"), next };
        };
        if let Act::Restore(restore) = act
            && let Err(why) = self.permitted(restore, order)
        {
            return Outcome::Refused { why, next };
        }
        let title = op.title(act.plan());
        let asked_by = Asker::Pilot { id: order.pilot, name: order.pilot_name.clone(), chat: order.chat };
        let started = match self.desk.jobs.start(self.desk.order(act.plan(), plan, op, asked_by)).await {
            Ok(started) => started,
            Err(error) => return Outcome::Refused { why: say(lang, &error.phrase()), next },
        };
        self.desk.freshen(act.plan());
        let next = AnyView::Jobs(job_intents::View::Job(started.job));
        if !started.joined {
            let next = self.found(act, started.job).await.unwrap_or(next);
            return Outcome::Started { job: started.job, next };
        }
        let running = self.desk.jobs.get(started.job).await.ok().flatten();
        let running = running.and_then(|snapshot| snapshot.record.title);
        if running.as_ref() == Some(&title) {
            let what = jobs::panel::title(Some(&title), &order.reader);
            return Outcome::Refused { why: t!(lang, "backup-runs-already", what = what), next };
        }
        let what = jobs::panel::title(running.as_ref(), &order.reader);
        Outcome::Refused { why: t!(lang, "backup-busy", what = what), next }
    }

    /// What a job that only looks has found, if it is through in a moment: its screen says more than the job's.
    async fn found(&self, act: &Act, job: JobId) -> Option<AnyView> {
        let view = match act {
            Act::Compare { plan, from, to } => {
                View::Diff { plan: plan.clone(), from: from.clone(), to: to.clone(), page: 0 }
            }
            Act::Preview(plan) => View::Thin { plan: plan.clone(), page: 0 },
            Act::Index(browse) => return self.listed(browse, job).await,
            _ => return None,
        };
        self.is_through(job).await.then_some(AnyView::Backup(view))
    }

    /// The folder that was to be looked into; where one file was meant, opened at it.
    async fn listed(&self, browse: &Browse, job: JobId) -> Option<AnyView> {
        if !self.is_through(job).await {
            return None;
        }
        let view = match browse.picked.as_slice() {
            [path] => View::Browse(self.turned_to(browse, path).await),
            _ => View::Browse(browse.clone()),
        };
        Some(AnyView::Backup(view))
    }

    async fn is_through(&self, job: JobId) -> bool {
        let Ok(Ok(Some(ended))) = tokio::time::timeout(FOUND_WITHIN, self.desk.jobs.ended(job)).await else {
            return false;
        };
        ended.record.outcome.is_some_and(|outcome| outcome.is_success())
    }

    /// A place that is not (any more) one of the storage's roots is no place to restore to.
    fn permitted(&self, restore: &Restore, order: &Order) -> Result<(), String> {
        let lang = order.reader.lang;
        if restore.paths.is_empty() {
            return Err(t!(lang, "backup-nothing-picked"));
        }
        match &restore.place {
            Place::Under(root) => {
                let known = self.roots().iter().any(|(_, path)| path.to_str() == Some(root));
                if known { Ok(()) } else { Err(t!(lang, "backup-no-such-root", root = root.as_str())) }
            }
            _ => Ok(()),
        }
    }
}

/// Where a refused act leads back to.
fn act_origin(act: &Act) -> AnyView {
    AnyAct::Backup(act.clone()).origin()
}

impl Room for Backup {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        let Some(board) = self.board(WITHIN).await else { return panel::away(reader) };
        let name = match view {
            View::List if !board.known => return panel::reading(reader),
            View::List => return panel::list(&board, &self.working().await, reader),
            View::Latest(_) if !board.known => return panel::reading(reader),
            View::Latest(path) => {
                let screen = self.latest(&board, path, reader).await;
                return screen.unwrap_or_else(|| panel::away(reader));
            }
            View::LatestOf { plan, .. } => plan,
            View::Plan(plan) | View::Size(plan) | View::Verify(plan) => plan,
            View::Snapshots { plan, .. }
            | View::Snapshot { plan, .. }
            | View::With { plan, .. }
            | View::Diff { plan, .. }
            | View::Thin { plan, .. } => plan,
            View::Browse(browse) | View::Where(browse) => &browse.plan,
        };
        let Some(sheet) = board.plan(name) else { return panel::unknown(name, reader) };
        if !board.known {
            return panel::reading(reader);
        }
        self.one(sheet, view, reader).await.unwrap_or_else(|| panel::away(reader))
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let next = act_origin(act);
        let Some(board) = self.board(WITHIN).await else {
            return Outcome::Refused { why: t!(lang, "backup-away"), next };
        };
        let Some(sheet) = board.plan(act.plan()) else {
            let why = t!(lang, "backup-no-such-plan", plan = act.plan().as_str());
            return Outcome::Refused { why, next: AnyView::Backup(View::List) };
        };
        if let Act::Look(plan) = act {
            let plan = plan.clone();
            return match self.desk.port.call(WITHIN, |reply| Msg::Look(plan, reply)).await {
                Ok(_) => Outcome::Done { next },
                Err(_) => Outcome::Refused { why: t!(lang, "backup-away"), next },
            };
        }
        self.start(&sheet.plan, act, order).await
    }

    async fn weigh(&self, act: &AnyAct, reader: &Reader) -> Vec<Consequence> {
        let AnyAct::Backup(act) = act else { return Vec::new() };
        let Some(board) = self.board(WITHIN).await else { return Vec::new() };
        let Some(sheet) = board.plan(act.plan()) else { return Vec::new() };
        let rehearsed = match act {
            Act::Thin(plan) => {
                let plan = plan.clone();
                let found = self.desk.store.read(move |conn| store::found(conn, &plan, store::THIN)).await;
                found.ok().flatten()
            }
            _ => None,
        };
        weigh::consequences(sheet, act, rehearsed.as_ref(), reader)
    }

    fn concerned(&self, act: &AnyAct) -> bool {
        matches!(act, AnyAct::Backup(_))
    }

    async fn glance(&self, reader: &Reader) -> Glance {
        match self.board(GLANCE_WITHIN).await {
            Some(board) => panel::glance(&board, reader),
            None => Glance::default(),
        }
    }

    async fn complete(&self, word: &str) -> Vec<String> {
        let Some(board) = self.board(WITHIN).await else { return Vec::new() };
        let word = word.to_ascii_lowercase();
        let names = board.plans.iter().map(|sheet| sheet.name.to_string());
        names.filter(|name| name.to_ascii_lowercase().starts_with(&word)).collect()
    }
}

impl std::fmt::Debug for Backup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Backup({:?})", self.desk.port)
    }
}
