//! The crew on paper: what `cockpit-bot actors` prints and `actors.md` holds. A test compares each list of messages
//! with the actor's own.

use crate::{
    alerts, jobs, scheduler,
    subsystems::{metrics, processes},
    supervision::{ActorCard, RetryPolicy},
};

/// Every actor, below its supervisor, in the order of start.
pub fn all() -> Vec<ActorCard> {
    let card = |id, owns, messages| ActorCard {
        id,
        parent: Some("root"),
        owns,
        messages,
        policy: Some(RetryPolicy::child()),
    };
    vec![
        ActorCard {
            id: "root",
            parent: None,
            owns: "The tree: starts, restarts, parks and ends all others. Never waits for any of them.",
            messages: &[],
            policy: None,
        },
        card(
            "audit",
            "The flight recorder's files: hash-chained JSON lines, flushed before an act begins. Ends last.",
            &["Record", "Status"],
        ),
        alerts::card(),
        jobs::card(),
        scheduler::card(),
        metrics::actor::card(),
        processes::actor::card(),
    ]
}
