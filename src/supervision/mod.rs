//! The tree's own self-healing: children are desired, kept running, restarted with back-off, parked when they keep
//! dying, and stopped in order. Owns no domain knowledge. See RetryPolicy for the one idea of "again".

pub mod port;
mod status;

pub use port::{CallError, Down, Port};
pub use status::{Asked, Health, Status};
