//! The disks as this room needs them: found, read, tested. `smartctl.rs` is the real world, `smartctl_fake.rs` the
//! simulated one.

use futures_util::future::BoxFuture;

use super::{
    report::{Counts, Device, Reading},
    verdict::Earlier,
};
use crate::{
    domain::{DiskId, Phrase},
    phrase,
};

/// Each call has a deadline of its own and may take that long: a dying disk answers late.
pub trait Disks: Send + Sync + 'static {
    /// Wakes none.
    fn find(&self) -> BoxFuture<'_, Result<Found, DiskError>>;

    /// Everything one disk says. Without `wake` a sleeping one is let sleep.
    fn read<'a>(&'a self, device: &'a Device, wake: bool) -> BoxFuture<'a, Result<Reading, DiskError>>;

    /// That it was accepted does not mean that the disk tests: read it to see.
    fn begin_test<'a>(&'a self, device: &'a Device, long: bool) -> BoxFuture<'a, Result<(), DiskError>>;

    fn end_test<'a>(&'a self, device: &'a Device) -> BoxFuture<'a, Result<(), DiskError>>;

    /// What simulated disks counted before they were simulated.
    fn past(&self) -> Vec<(DiskId, Earlier)> {
        Vec::new()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    pub devices: Vec<Device>,
    /// Disks of this machine that cannot be asked at all.
    pub blind: Vec<Blind>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blind {
    /// "vda".
    pub name: String,
    pub why: BlindWhy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlindWhy {
    /// virtio, Xen, Hyper-V: made by a hypervisor, which alone knows the real disks.
    Virtual,
    /// SD cards and eMMC tell nothing by S.M.A.R.T.
    Card,
    /// On another machine.
    Network,
}

impl BlindWhy {
    /// As the words select it.
    pub fn key(self) -> &'static str {
        match self {
            BlindWhy::Virtual => "virtual",
            BlindWhy::Card => "card",
            BlindWhy::Network => "network",
        }
    }

    /// By the kernel's name for a block device; `None` for what is no disk or can be asked.
    pub fn of(name: &str) -> Option<BlindWhy> {
        const KINDS: [(&str, BlindWhy); 6] = [
            ("vd", BlindWhy::Virtual),
            ("xvd", BlindWhy::Virtual),
            ("mmcblk", BlindWhy::Card),
            ("nbd", BlindWhy::Network),
            ("rbd", BlindWhy::Network),
            ("drbd", BlindWhy::Network),
        ];
        KINDS.into_iter().find(|(start, _)| name.starts_with(start)).map(|(_, why)| why)
    }
}

/// Why nothing could be asked, or why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiskError {
    /// smartctl could not be run.
    Program {
        why: Phrase,
        mend: Phrase,
    },
    /// It does not know JSON: older than 7.0.
    TooOld,
    Garbled,
    /// In smartctl's words.
    Said(String),
}

impl DiskError {
    pub fn phrase(&self) -> Phrase {
        match self {
            DiskError::Program { why, .. } => why.clone(),
            DiskError::TooOld => phrase!("smart-error-too-old"),
            DiskError::Garbled => phrase!("smart-error-garbled"),
            DiskError::Said(says) => phrase!("smart-error-said", says = says.as_str()),
        }
    }

    pub fn mend(&self) -> Phrase {
        match self {
            DiskError::Program { mend, .. } => mend.clone(),
            DiskError::TooOld => phrase!("smart-mend-too-old"),
            DiskError::Garbled | DiskError::Said(_) => phrase!("smart-mend-by-hand"),
        }
    }
}

/// What is kept of a reading, so that "was 2 last week" can be said: a row when a count changes, and one a day.
pub fn worth_a_row(last: Option<&Earlier>, new: &Earlier) -> bool {
    const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
    // Hours change all the time.
    let told = |counts: &Counts| Counts { hours: None, ..*counts };
    last.is_none_or(|last| told(&last.counts) != told(&new.counts) || new.at.duration_since(last.at) >= DAY)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    #[test]
    fn disks_that_cannot_be_asked_are_known_by_their_names() {
        for (name, want) in [
            ("vda", Some(BlindWhy::Virtual)),
            ("xvdf", Some(BlindWhy::Virtual)),
            ("mmcblk0", Some(BlindWhy::Card)),
            ("nbd0", Some(BlindWhy::Network)),
            ("sda", None),
            ("nvme0n1", None),
            ("loop7", None),
            ("dm-0", None),
        ] {
            assert_eq!(BlindWhy::of(name), want, "{name}");
        }
    }

    #[test]
    fn a_row_is_kept_when_something_changed_and_once_a_day() {
        let row = |hours: i64, reallocated, on| Earlier {
            at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours),
            counts: Counts { reallocated: Some(reallocated), hours: Some(on), ..Counts::default() },
        };
        assert!(worth_a_row(None, &row(0, 0, 0)));
        assert!(!worth_a_row(Some(&row(0, 0, 0)), &row(1, 0, 1)));
        assert!(worth_a_row(Some(&row(0, 0, 0)), &row(1, 1, 1)));
        assert!(worth_a_row(Some(&row(0, 0, 0)), &row(24, 0, 24)));
    }
}
