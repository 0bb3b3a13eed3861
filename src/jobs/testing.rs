//! Running jobs for tests of those who start them.

use ractor::{Actor, ActorRef};

use super::{Hands, Msg, actor::JobsActor};
use crate::supervision::Port;

/// Starts the supervisor of jobs, outside of any tree.
pub async fn start(port: &Port<Msg>, hands: Hands) -> ActorRef<Msg> {
    let (actor, _) = Actor::spawn(None, JobsActor, hands).await.expect("its start does nothing that fails");
    port.bind(actor.clone());
    actor
}
