//! The kernel's own files, as more than one room reads them: reused buffers, mounts, control groups, users.
//!
//! Reads /proc and /sys, lets a thread give way, starts no program, knows no actor. What can hang (a dead network
//! mount) is not touched here: it is the caller's, in a blocking task with a deadline.

pub mod cgroup;
pub mod errno;
mod file;
pub mod lz4;
pub mod mounts;
pub mod priority;
pub mod text;
mod users;

pub use file::{Buffer, KernelFile, read_small};
pub use users::Users;
