//! The handle of a supervisor: what the rest of Cockpit calls. Cheap to clone; survives the supervisor's restarts.

use std::{sync::Arc, time::Duration};

use ractor::{Actor, RpcReplyPort, SpawnErr, concurrency::JoinHandle};

use super::{
    crew::Crew,
    plan::{Applied, Refused},
    port::{CallError, Port},
    spec::ChildSpec,
    supervisor::{Crewing, Msg, Supervisor, Surroundings},
};

/// For everything to end after SIGTERM; systemd and people are told "under ten seconds".
pub const STOP_MAX: Duration = Duration::from_secs(8);
/// For an answer of the supervisor itself, which never waits for anybody.
const ANSWER: Duration = Duration::from_secs(1);
/// For [`Tree::crew`], a hung child included.
pub const CREW_MAX: Duration = Duration::from_millis(300);
/// For the children of a supervisor below another.
const NESTED_GRACE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Call(#[from] CallError),
}

#[derive(Clone, Debug, Default)]
pub struct Tree {
    port: Port<Msg>,
}

impl Tree {
    /// Starts a supervisor with nobody above it. The handle ends when it does.
    ///
    /// # Errors
    /// Only if the runtime is shutting down.
    pub async fn root(around: Surroundings) -> Result<(Tree, JoinHandle<()>), SpawnErr> {
        let tree = Tree::default();
        let (actor, done) = Actor::spawn(None, Supervisor { children: None }, around).await?;
        tree.port.bind(actor);
        Ok((tree, done))
    }

    /// A supervisor as another's child. It starts with `children`; when it is restarted itself, with them again.
    pub fn nested(
        id: &str,
        around: Surroundings,
        children: impl Fn() -> Vec<ChildSpec> + Send + Sync + 'static,
    ) -> (Tree, ChildSpec) {
        let tree = Tree::default();
        let children: Crewing = Arc::new(children);
        let mut spec = ChildSpec::new(id, &tree.port, move || {
            (Supervisor { children: Some(children.clone()) }, around.clone())
        })
        .grace(NESTED_GRACE);
        spec.nested = Some(tree.clone());
        (tree, spec)
    }

    /// From now on exactly these run; what is the same is left alone. Says what is being done, not that it is over.
    pub async fn apply(&self, specs: Vec<ChildSpec>) -> Result<Applied, TreeError> {
        Ok(self.port.call(ANSWER, |reply| Msg::Apply(specs, reply)).await??)
    }

    pub async fn add(&self, spec: ChildSpec) -> Result<(), TreeError> {
        Ok(self.port.call(ANSWER, |reply| Msg::Add(Box::new(spec), reply)).await??)
    }

    pub async fn remove(&self, id: &str) -> Result<(), TreeError> {
        Ok(self.port.call(ANSWER, |reply| Msg::Remove(id.to_owned(), reply)).await??)
    }

    /// Forgets its failures and starts it; stops it first if it runs.
    pub async fn restart(&self, id: &str) -> Result<(), TreeError> {
        Ok(self.port.call(ANSWER, |reply| Msg::Restart(id.to_owned(), reply)).await??)
    }

    /// Every child with its own word on how it is. A hung one costs 150 ms at most.
    pub async fn crew(&self) -> Result<Crew, CallError> {
        self.crew_within(CREW_MAX).await
    }

    pub(super) async fn crew_within(&self, within: Duration) -> Result<Crew, CallError> {
        self.port.call(within, Msg::Crew).await
    }

    /// Waits until nothing is starting or stopping: all run, wait for a retry or are parked.
    pub async fn settled(&self, within: Duration) -> Result<(), CallError> {
        self.port.call(within, Msg::Settled).await
    }

    /// Ends all children, last started first, then the supervisor. Answers those that had to be killed.
    pub async fn stop(&self) -> Result<Vec<String>, CallError> {
        let stop = |reply: RpcReplyPort<Vec<String>>| Msg::Stop { within: STOP_MAX, reply: Some(reply) };
        self.port.call(STOP_MAX + Duration::from_secs(1), stop).await
    }

    pub(super) fn port(&self) -> &Port<Msg> {
        &self.port
    }
}
