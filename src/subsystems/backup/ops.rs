//! What can be done to a repository, each as a job: which title, which key, what it runs, what is kept of it.
//!
//! Whatever may write or takes the repository's lock has the repository's key: of two plans on one repository only one
//! works at a time. Comparing and listing have keys of their own and run beside it.

use std::sync::Arc;

use super::{
    access::Access,
    config::PlanConfig,
    desk::Desk,
    engine::{Engine, EngineError, Holder, Locks, Retained, Scope, Which, Work},
    plan::Chore,
    prove, read, restore, run,
    store::{self, Rehearsed},
    verify,
};
use crate::{
    domain::{Asker, JobTitle, Lang, Tending},
    intent::backup::{PlanName, Restore, short},
    jobs::{Ending, JobOrder, Link},
    phrase,
    store::Durability,
};

/// One thing to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    Run,
    Initialise,
    Unlock,
    Check {
        data: bool,
    },
    Prove,
    /// What thinning out would remove.
    Rehearse,
    Thin,
    Prune,
    Forget(Which),
    Compare {
        old: Which,
        new: Which,
    },
    Index(Which),
    Restore {
        which: Which,
        restore: Restore,
        /// Of who asked: for what is written below a file in the chat.
        lang: Lang,
    },
}

impl From<Chore> for Op {
    fn from(chore: Chore) -> Op {
        match chore {
            Chore::Run => Op::Run,
            Chore::Check { data } => Op::Check { data },
            Chore::Prove => Op::Prove,
            Chore::Thin => Op::Thin,
        }
    }
}

impl Op {
    pub fn title(&self, plan: &PlanName) -> JobTitle {
        let plan = plan.to_string();
        let tend = |what| JobTitle::Tend { plan: plan.clone(), what };
        match self {
            Op::Run => JobTitle::Backup { plan },
            Op::Initialise => tend(Tending::Initialise),
            Op::Unlock => tend(Tending::Unlock),
            Op::Check { .. } => JobTitle::Check { plan },
            Op::Prove => JobTitle::Prove { plan },
            Op::Rehearse => tend(Tending::Rehearse),
            Op::Thin | Op::Prune => JobTitle::Prune { plan },
            Op::Forget(_) => tend(Tending::Forget),
            Op::Compare { .. } => tend(Tending::Compare),
            Op::Index(_) => tend(Tending::Index),
            Op::Restore { restore, .. } => {
                let first = restore.paths.first().map_or("", |path| path.rsplit('/').next().unwrap_or(path));
                let what = match restore.paths.len() {
                    0 | 1 => first.to_owned(),
                    n => format!("{first} +{}", n - 1),
                };
                JobTitle::Restore { plan, what }
            }
        }
    }

    /// Jobs of one key exclude each other.
    pub fn key(&self, plan: &PlanConfig) -> String {
        match self {
            Op::Compare { old, new } => {
                format!("{}:compare:{}:{}", plan.key(), old.id.short(), new.id.short())
            }
            Op::Index(which) => format!("{}:index:{}", plan.key(), which.id.short()),
            _ => plan.key(),
        }
    }
}

/// All that a piece of work is about.
#[derive(Clone)]
pub struct Subject {
    pub desk: Desk,
    pub name: PlanName,
    pub plan: PlanConfig,
    pub engine: Arc<dyn Engine>,
    pub at: Access,
    pub asked_by: Asker,
}

impl Desk {
    /// The job for `jobs`.
    pub fn order(&self, name: &PlanName, plan: &PlanConfig, op: Op, asked_by: Asker) -> JobOrder {
        let subject = Subject {
            desk: self.clone(),
            name: name.clone(),
            plan: plan.clone(),
            engine: self.engines.of(plan.engine).clone(),
            at: self.access(plan),
            asked_by: asked_by.clone(),
        };
        JobOrder {
            title: op.title(name),
            key: Some(op.key(plan)),
            asked_by,
            deadline: plan.deadline,
            runner: Box::new(Work::new(move |link| async move { subject.carry_out(op, link).await })),
        }
    }
}

/// What stopped a piece of work.
pub enum Trouble {
    Engine(EngineError),
    /// Its whole ending, where more than the engine is concerned.
    Ending(Ending),
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Trouble {
        Trouble::Engine(error)
    }
}

impl From<crate::store::StoreError> for Trouble {
    fn from(error: crate::store::StoreError) -> Trouble {
        Trouble::Ending(Ending::broken(error))
    }
}

impl Trouble {
    pub fn ending(self) -> Ending {
        match self {
            Trouble::Engine(EngineError::Cancelled) => Ending::Stopped,
            Trouble::Engine(error) => Ending::Failed { why: error.phrase(), mend: error.mend() },
            Trouble::Ending(ending) => ending,
        }
    }
}

pub type Done = Result<Ending, Trouble>;

impl Subject {
    async fn carry_out(self, op: Op, link: Link) -> Ending {
        let name = self.name.clone();
        let desk = self.desk.clone();
        let done = match op {
            Op::Run => Ok(run::run(&self, &link).await),
            Op::Initialise => self.initialise(&link).await,
            Op::Unlock => self.unlock(&link).await,
            Op::Check { data } => verify::check(&self, data, &link).await,
            Op::Prove => prove::prove(&self, &link).await,
            Op::Rehearse => self.rehearse(&link).await,
            Op::Thin => self.thin(&link).await,
            Op::Prune => self.prune(&link).await,
            Op::Forget(which) => self.forget(&which, &link).await,
            Op::Compare { old, new } => self.compare(&old, &new, &link).await,
            Op::Index(which) => read::index(&self, &which, &link).await,
            Op::Restore { which, restore, lang } => {
                restore::restore(&self, &which, &restore, lang, &link).await
            }
        };
        let ending = done.unwrap_or_else(Trouble::ending);
        desk.freshen(&name);
        ending
    }

    /// Locks whose holders are gone on this very machine are in nobody's way: they are removed, and that is said. Any
    /// other lock stays, and the engine says who holds it.
    pub async fn clear_stale(&self, link: &Link) -> Result<(), EngineError> {
        let Ok(Locks::Seen(locks)) = self.engine.locks(&self.at).await else { return Ok(()) };
        if locks.is_empty() || locks.iter().any(|lock| lock.holder != Holder::Gone) {
            return Ok(());
        }
        for lock in &locks {
            link.log(&format!("removes a lock whose holder is gone: {}", lock.who()));
        }
        self.engine.unlock(&self.at, false).await
    }

    async fn initialise(&self, link: &Link) -> Done {
        let made = self.engine.init(&self.at).await?;
        link.log(&format!("repository {} made", made.id));
        Ok(Ending::Done { summary: Some(phrase!("backup-initialised", at = self.at.shown())) })
    }

    async fn unlock(&self, link: &Link) -> Done {
        let before = self.engine.locks(&self.at).await?;
        if let Locks::Seen(locks) = &before {
            // Asked for while it runs here: the question was put before it began.
            if let Some(lock) = locks.iter().find(|lock| lock.holder == Holder::Runs) {
                return Ok(Ending::Failed {
                    why: phrase!("backup-unlock-runs", who = lock.who()),
                    mend: Some(phrase!("backup-unlock-runs-mend")),
                });
            }
            for lock in locks {
                link.log(&format!("removes the lock of {}", lock.who()));
            }
        }
        self.engine.unlock(&self.at, true).await?;
        Ok(Ending::Done { summary: Some(phrase!("backup-unlocked")) })
    }

    fn scope(&self) -> Scope {
        Scope { plan: self.name.to_string(), host: self.desk.host.clone() }
    }

    async fn rehearse(&self, link: &Link) -> Done {
        self.clear_stale(link).await?;
        let found = self.engine.retain(&self.at, &self.scope(), &self.plan.keep(), true, link).await?;
        let (kept, removed) = (found.kept.len(), found.removed.len());
        self.keep_found(store::THIN.into(), Rehearsed::from(found)).await?;
        Ok(Ending::Done { summary: Some(phrase!("backup-rehearsed", kept = kept, removed = removed)) })
    }

    async fn thin(&self, link: &Link) -> Done {
        self.clear_stale(link).await?;
        let Retained { kept, removed } =
            self.engine.retain(&self.at, &self.scope(), &self.plan.keep(), false, link).await?;
        for gone in &removed {
            link.log(&format!("removed {}", gone.which.name.as_deref().unwrap_or(gone.which.id.short())));
        }
        let name = self.name.clone();
        let old = move |tx: &rusqlite::Transaction<'_>| store::forget_found(tx, &name, store::THIN);
        self.desk.store.write(Durability::Normal, old).await?;
        let freed = if removed.is_empty() { None } else { self.engine.prune(&self.at, link).await?.bytes };
        self.measure(link).await;
        let (kept, removed) = (kept.len(), removed.len());
        let summary = match freed {
            Some(freed) => {
                phrase!("backup-thinned-freed", kept = kept, removed = removed, freed = freed.to_string())
            }
            None => phrase!("backup-thinned", kept = kept, removed = removed),
        };
        Ok(Ending::Done { summary: Some(summary) })
    }

    async fn prune(&self, link: &Link) -> Done {
        self.clear_stale(link).await?;
        let freed = self.engine.prune(&self.at, link).await?.bytes;
        self.measure(link).await;
        Ok(Ending::Done { summary: freed.map(|freed| phrase!("backup-pruned", freed = freed.to_string())) })
    }

    async fn forget(&self, which: &Which, link: &Link) -> Done {
        self.clear_stale(link).await?;
        self.engine.forget(&self.at, which, link).await?;
        let shown = which.name.clone().unwrap_or_else(|| short(which.id.as_str()).to_owned());
        Ok(Ending::Done { summary: Some(phrase!("backup-forgotten", snapshot = shown)) })
    }

    async fn compare(&self, old: &Which, new: &Which, link: &Link) -> Done {
        let diff = self.engine.diff(&self.at, old, new, link).await?;
        let (added, removed, changed) = (diff.added, diff.removed, diff.changed);
        let what = store::diff_of(old.id.as_str(), new.id.as_str());
        self.keep_found(what, store::Compared::from(diff)).await?;
        Ok(Ending::Done {
            summary: Some(phrase!("backup-compared", added = added, removed = removed, changed = changed)),
        })
    }

    async fn keep_found(
        &self,
        what: String,
        found: impl serde::Serialize + Send + 'static,
    ) -> Result<(), crate::store::StoreError> {
        let (name, now) = (self.name.clone(), self.desk.now());
        self.desk
            .store
            .write(Durability::Normal, move |tx| store::keep_found(tx, &name, &what, now, &found))
            .await
    }

    /// How big the repository is now. What cannot be measured is not; the work before it has succeeded all the same.
    pub async fn measure(&self, link: &Link) {
        let stats = match self.engine.stats(&self.at, link).await {
            Ok(stats) => stats,
            Err(error) => {
                link.log(&format!("its size is not known: {error}"));
                return;
            }
        };
        let (name, now) = (self.name.clone(), self.desk.now());
        let write = move |tx: &rusqlite::Transaction<'_>| {
            store::add_size(tx, &name, now, stats.stored)?;
            let size = super::plan::Size { at: now, stored: stats.stored, held: stats.held };
            store::change(tx, &name, |facts| facts.size = Some(size)).map(drop)
        };
        if let Err(error) = self.desk.store.write(Durability::Normal, write).await {
            link.log(&format!("its size is not kept: {error}"));
        }
    }
}
