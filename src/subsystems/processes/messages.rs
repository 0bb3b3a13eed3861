//! What the actor is asked and what it answers.

use jiff::Timestamp;
use ractor::RpcReplyPort;

use super::{
    engine::{Answer, Engine, Question},
    table::{Refused, Signal},
};
use crate::{
    intent::processes::ProcessId,
    supervision::{Asked, Status},
};

pub enum Msg {
    Ask(Question, RpcReplyPort<Result<Answer, Busy>>),
    Send(ProcessId, Signal, RpcReplyPort<Result<(), Refused>>),
    /// What became of the signals sent to it.
    Sent(ProcessId, RpcReplyPort<Option<Sent>>),
    /// The first pass is old enough; with the timer's generation.
    Second(u64),
    /// Nobody has asked for a while; with the timer's generation.
    Rest(u64),
    /// The engine comes back from its task, with answers; `None` when it died there.
    Back(Option<Box<Engine>>, Vec<Answer>),
    Ended(ProcessId),
    Status(RpcReplyPort<Status>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// Too many questions wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many ask for processes at once")]
pub struct Busy;

/// The last signal that was sent to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    pub signal: Signal,
    pub at: Timestamp,
    /// `None` while it lives.
    pub ended: Option<Timestamp>,
}
