//! The tree's own self-healing: children are desired, kept running, restarted with back-off, parked when they keep
//! dying, and stopped in order. Owns no domain knowledge. See [`RetryPolicy`] for the one idea of "again".
//!
//! How it goes: a room exports `child(..) -> ChildSpec`; the app hands all specs to [`Tree::apply`], again at each
//! reload. `plan/` decides (pure), `supervisor.rs` executes, `shell.rs` wraps each child, `crew.rs` is what is told.

mod card;
mod crew;
pub mod dial;
mod faults;
mod plan;
pub mod port;
mod retry;
mod shell;
mod spec;
mod status;
#[cfg(test)]
mod storm_tests;
mod supervisor;
mod survey;
mod tasks;
#[cfg(test)]
mod tests;
pub mod timer;
mod tree;
pub mod words;

#[cfg(feature = "faults")]
pub use faults::FaultError;
pub use {
    card::{ActorCard, markdown, outline},
    crew::{Cause, Crew, Ending, Incident, Member, Report, Standing},
    faults::Faults,
    plan::{Applied, INCIDENTS_MAX, Refused},
    port::{CallError, Down, Port},
    retry::{Dice, GiveUp, RetryPolicy, Tries, Verdict},
    shell::Figures,
    spec::{ChildSpec, GRACE, HANDLER_MAX, START_MAX},
    status::{Asked, Health, Status},
    supervisor::{Msg, Surroundings},
    tasks::Tasks,
    tree::{CREW_MAX, STOP_MAX, Tree, TreeError},
};
