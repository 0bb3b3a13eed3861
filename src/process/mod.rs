//! The one place that starts programs. An argument list, never a shell; a cleared environment; a process group of its
//! own; every wait with a deadline and every output with a limit.
//!
//! [`run`] is for short commands whose output is wanted whole; [`spawn`] for long ones, whose lines are wanted as they
//! come. Neither knows what it runs. What a program is started with may hold secrets, so no argument, no variable and no
//! input is ever written to a log: only the program's name is.
//!
//! Limits: a program that leaves its process group (`setsid`) is not followed. Lowered priority is set right after the
//! start, so the first milliseconds run at normal priority.

pub mod clean;
mod command;
mod error;
mod exit;
mod find;
mod identity;
pub mod journal;
mod lines;
mod run;
mod running;
#[cfg(test)]
pub mod small_disk;
#[cfg(test)]
pub(crate) mod tests;

pub use {
    command::{Command, IoShare, Priority},
    error::ProcessError,
    exit::{Cause, Ended, Exit},
    find::find,
    identity::Identity,
    lines::{Line, Stream},
    run::{Output, run},
    running::{Control, Happened, Running, spawn},
};
