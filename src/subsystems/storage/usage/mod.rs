//! What eats the disk: a parallel walk below one folder that counts allocated bytes.
//!
//! Counts each hard link once, stays on one filesystem and follows no symbolic link (the kernel holds both: openat2),
//! never opens a file, survives what vanishes under it. Keeps folder sums and a few lists of the largest, never every
//! file: about 40 bytes and the name for each folder. Knows nothing of roots or permissions: it is given an opened
//! folder.
//!
//! Limits: [`FOLDERS_MAX`] folders are kept by name, deeper ones are counted into the last that was; [`TOP_MAX`] files
//! in each list; [`KINDS_MAX`] kinds of file.

pub mod digest;
pub mod job;
pub mod packed;
pub mod panel;
mod panel_lists;
mod pictures;
mod report;
pub mod room;
pub mod shelf;
pub mod store;
mod tally;
mod walk;

#[cfg(test)]
mod tests;

pub use digest::Digest;
pub use report::{Child, FolderId, FolderSums, Report};
pub use room::Usage;
pub use shelf::{Shelf, Sizes};
pub use tally::{BigFile, Kind};
pub use walk::{Options, Progress, ScanError, scan};

/// Folders kept by name: 4 million are about 250 MiB, which nobody has for a glance at a disk.
pub const FOLDERS_MAX: usize = 1 << 20;
/// Files in each list of the largest and the longest untouched.
pub const TOP_MAX: usize = 100;
/// Kinds of file told apart by their ending; the rest is counted together.
pub const KINDS_MAX: usize = 2048;
/// Folders that could not be read and are named.
pub const UNREADABLE_NAMED_MAX: usize = 20;
