//! What runs by itself, and when. Owns the book of tasks, their due times, pauses and history; never does the work:
//! a task starts a job and the scheduler hears how it ended.

pub mod plan;
pub mod state;

pub use plan::{Form, Plan, PlanError};
