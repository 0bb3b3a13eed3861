//! The crew on paper: what `cockpit-bot actors` prints and `actors.md` holds. A test compares each list of messages
//! with the actor's own.

use crate::{
    alerts, audit, config, jobs, scheduler, store,
    subsystems::{backup, containers, metrics, processes, services, smart, storage},
    supervision::ActorCard,
    telegram::{gateway, outbox},
};

/// Every actor, below its supervisor, in the order of start.
pub fn all() -> Vec<ActorCard> {
    vec![
        ActorCard {
            id: "root",
            parent: None,
            owns: "The tree: starts, restarts, parks and ends all others. Never waits for any of them.",
            messages: &["Apply", "Add", "Remove", "Restart", "Crew", "Settled", "Stop", "Status"],
            policy: None,
        },
        audit::card(),
        store::card(),
        config::card(),
        alerts::card(),
        jobs::card(),
        jobs::job_card(),
        scheduler::card(),
        metrics::actor::card(),
        services::card(),
        processes::actor::card(),
        smart::card(),
        containers::card(),
        storage::card(),
        backup::card(),
        storage::transfers::card(),
        outbox::card(),
        gateway::card(),
    ]
}
