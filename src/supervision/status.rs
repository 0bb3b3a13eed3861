//! What every actor answers about itself: for the Crew screen, for tests, later for metrics.

use jiff::Timestamp;
use ractor::{Message, RpcReplyPort};
use serde::{Deserialize, Serialize};

use crate::domain::Told;

/// Whether the actor can do its work. Failing and being restarted is the supervisor's to tell, not the actor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum Health {
    #[default]
    Good,
    /// What it needs is away (no bus, no engine); it tries again by itself.
    Degraded { since: Timestamp, why: Told, mend: Told },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Status {
    pub health: Health,
    /// Counted since the actor started, by name ("samples", "reconnects").
    pub counters: Vec<(String, u64)>,
    pub last_error: Option<(Timestamp, String)>,
}

/// Messages of an actor that answers for itself: all of them do.
pub trait Asked: Message {
    fn status(reply: RpcReplyPort<Status>) -> Self;
}
