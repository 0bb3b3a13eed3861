//! What a clearing-away would take: told before it is done, and held to when it is. What is protected, what an update
//! has put aside and what a stopped container needs is left alone, whatever the engine's own prune would do: Docker's
//! takes the networks of stopped containers, which then cannot be started any more. Pure.

use jiff::Timestamp;

use super::{
    halves,
    model::{Container, Network, State as Run, Usage},
    ops::Doing,
    state::{State, Target},
};
use crate::intent::containers::Prune;

/// Made by the engine itself, or shared with other machines.
const NOT_OURS: [&str; 6] = ["bridge", "host", "none", "podman", "ingress", "docker_gwbridge"];

#[derive(Debug, Clone, Default)]
pub struct Forecast {
    /// As the engine counted last: counting anew takes longer than a question waits.
    pub counted: Option<(Timestamp, Usage)>,
    /// Stopped containers, or networks, that would be removed.
    pub names: Vec<String>,
    /// Stopped containers that stay.
    pub spared: Vec<String>,
    /// The engine was asked, and said nothing in time.
    pub unanswered: bool,
}

/// Stopped containers: those that go, and those that stay.
pub fn stopped(state: &State) -> (Vec<String>, Vec<String>) {
    let halves = state.halves();
    let of_update = |container: &Container| {
        let owner = halves::owner(&container.name);
        let under_way = state.ops().iter().any(|(target, op)| {
            !matches!(op.doing, Doing::Act(_))
                && matches!(target, Target::One(name) if name.as_str() == owner)
        });
        under_way || halves.contains_key(owner)
    };
    let ended = |container: &&Container| matches!(container.state, Run::Exited(_) | Run::Created | Run::Dead);
    let (stay, go): (Vec<&Container>, Vec<&Container>) = state
        .containers()
        .filter(ended)
        .partition(|container| state.is_protected(container) || of_update(container));
    let names = |list: Vec<&Container>| {
        let mut names: Vec<String> = list.into_iter().map(|container| container.name.clone()).collect();
        names.sort();
        names
    };
    (names(go), names(stay))
}

/// Networks that no container is tied to, running or not.
pub fn unused(networks: &[Network], containers: &[Container]) -> Vec<String> {
    let used = |network: &Network| containers.iter().any(|one| one.networks.contains(&network.name));
    let ours = |network: &&Network| {
        network.driver != "overlay" && !NOT_OURS.contains(&network.name.as_str()) && !used(network)
    };
    networks.iter().filter(ours).map(|network| network.name.clone()).collect()
}

impl State {
    /// An update whose way back needs what this would delete.
    pub fn needed_by_update(&self, what: Prune) -> Option<String> {
        let update = |(target, op): (&Target, &super::ops::Op)| {
            (!matches!(op.doing, Doing::Act(_))).then(|| target.name().to_string())
        };
        match what {
            // The image before has no name while the newer one is being tried.
            Prune::Images => {
                let composing = || self.begun().next().map(|begun| begun.container.to_string());
                self.ops().iter().find_map(update).or_else(composing)
            }
            Prune::Containers | Prune::BuildCache | Prune::Networks => None,
        }
    }
}
