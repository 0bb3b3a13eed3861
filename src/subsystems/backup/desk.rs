//! What everything done to a repository needs: the engines, the store, the jobs, the way back to the actor. Cheap to
//! clone.

use std::{path::PathBuf, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use super::{
    access::Access, config::PlanConfig, engine::Engines, messages::Msg, plan::Facts, scratch::Scratches,
    store,
};
use crate::{
    domain::{Blobs, Clock, Courier},
    events::Outlet,
    intent::backup::PlanName,
    jobs::Jobs,
    scheduler::Schedule,
    store::{Durability, Store, StoreError},
    supervision::Port,
};

#[derive(Clone)]
pub struct Desk {
    pub engines: Engines,
    pub store: Store,
    pub jobs: Jobs,
    pub schedule: Schedule,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
    pub blobs: Blobs,
    /// Carries files into chats.
    pub courier: Arc<dyn Courier>,
    pub port: Port<Msg>,
    /// The plans' times are in this one.
    pub zone: TimeZone,
    /// This machine's name, as restic writes it into snapshots.
    pub host: Option<String>,
    /// Where systemd puts credentials.
    pub credentials: Option<PathBuf>,
    /// Of our own: for what goes to the chat, and proofs of restore.
    pub scratch: Scratches,
    /// On a simulated server nothing is restored to real folders.
    pub simulated: bool,
}

impl Desk {
    pub fn access(&self, plan: &PlanConfig) -> Access {
        plan.access(self.credentials.as_deref())
    }

    /// Changes what is kept of a plan.
    ///
    /// # Errors
    /// The store is away: nothing has changed.
    pub async fn change(
        &self,
        plan: &PlanName,
        change: impl FnOnce(&mut Facts) + Send + 'static,
    ) -> Result<Facts, StoreError> {
        let plan = plan.clone();
        self.store.write(Durability::Full, move |tx| store::change(tx, &plan, change)).await
    }

    pub async fn facts(&self, plan: &PlanName) -> Result<Facts, StoreError> {
        let plan = plan.clone();
        let all = self.store.read(store::facts).await?;
        Ok(all.get(&plan).cloned().unwrap_or_default())
    }

    /// Something was done to its repository: the screens are to be fresh.
    pub fn freshen(&self, plan: &PlanName) {
        let _ = self.port.cast(Msg::Freshen(plan.clone()));
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
