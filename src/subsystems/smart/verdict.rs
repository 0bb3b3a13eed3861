//! The judgement of a disk, in findings: pure, from what it says now and what it counted before.
//!
//! What counts is what studies of large fleets agree on: the disk's own verdict, and sectors it could not read or had
//! to replace. Most disks never have one; those that do fail several times as often, and sooner the faster it grows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::report::{Build, Counts, Critical, Failed, Report, TestOutcome};
use crate::{
    domain::{DiskGrade, Phrase},
    phrase,
};

/// So many new bad sectors within about a week are a surface that is giving up, not a scratch.
const SECTORS_WEEK_MAX: u64 = 16;
/// From here on the rated life of an SSD is nearly used up.
const USED_PERCENT_WATCH: u64 = 90;
/// Spare left above the disk's own threshold.
const SPARE_MARGIN_PERCENT: u64 = 10;
/// Makers of disks allow 60 °C at most; of SSDs 70.
const HDD_HOT_C: i64 = 60;
const SSD_HOT_C: i64 = 70;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// `None`: the disk says too little to judge.
    pub grade: Option<DiskGrade>,
    /// The worst first.
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub grade: DiskGrade,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// The disk's own overall verdict.
    SaysFailing,
    Critical(Critical),
    /// An attribute at or below its threshold.
    Attribute {
        name: String,
        past: bool,
    },
    TestFailed {
        says: String,
    },
    Count {
        what: Counted,
        now: u64,
        was: Option<Was>,
    },
    Worn {
        percent: u64,
    },
    Spare {
        percent: u64,
        threshold: u64,
    },
    Hot {
        celsius: i64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    Reallocated,
    Pending,
    Uncorrectable,
    Reported,
    Media,
    Crc,
}

/// An earlier count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Was {
    pub count: u64,
    pub days_ago: u64,
}

/// Counts as they were at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    pub at: Timestamp,
    pub counts: Counts,
}

/// What to compare with: the counts of a week ago, or the oldest there are. Rows are kept when a count changes, so the
/// newest row before a moment tells what it was then. `rows` oldest first.
pub fn week_ago(rows: &[Earlier], now: Timestamp) -> Option<Earlier> {
    let week = now.checked_sub(jiff::SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::MIN);
    let before = rows.iter().rev().find(|row| row.at <= week);
    // As it was then, whenever it was written.
    let then = before.map(|row| Earlier { at: week, ..*row });
    then.or_else(|| rows.first().copied()).filter(|row| row.at < now)
}

impl Verdict {
    pub fn of(report: &Report, earlier: Option<Earlier>, now: Timestamp) -> Verdict {
        let mut findings = Vec::new();
        of_itself(report, &mut findings);
        of_counts(report, earlier, now, &mut findings);
        of_wear(report, &mut findings);
        // Stable: among equals the disk's own words stay first.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
        let known = report.passed.is_some() || report.counts != Counts::default();
        let grade = findings.first().map(|worst| worst.grade).or(known.then_some(DiskGrade::Good));
        Verdict { grade, findings }
    }
}

fn of_itself(report: &Report, findings: &mut Vec<Finding>) {
    let mut find = |grade, what| findings.push(Finding { grade, what });
    if report.passed == Some(false) {
        find(DiskGrade::Replace, What::SaysFailing);
    }
    for &critical in &report.critical {
        let grade = match critical {
            Critical::SpareLow | Critical::Unreliable | Critical::ReadOnly => DiskGrade::Replace,
            Critical::Temperature | Critical::BackupFailed | Critical::Other => DiskGrade::Watch,
        };
        find(grade, What::Critical(critical));
    }
    for attribute in &report.attributes {
        let Some(failed) = attribute.failed else { continue };
        let now = failed == Failed::Now;
        let grade = if now && attribute.prefailure { DiskGrade::Replace } else { DiskGrade::Watch };
        find(grade, What::Attribute { name: attribute.name.clone(), past: !now });
    }
    if let Some(test) = report.test.last.as_ref().filter(|test| test.outcome == TestOutcome::Failed) {
        find(DiskGrade::Replace, What::TestFailed { says: test.says.clone() });
    }
    let hot = if matches!(report.build, Build::Hdd { .. }) { HDD_HOT_C } else { SSD_HOT_C };
    if let Some(celsius) = report.temperature_c.filter(|celsius| *celsius >= hot) {
        find(DiskGrade::Watch, What::Hot { celsius });
    }
}

fn of_counts(report: &Report, earlier: Option<Earlier>, now: Timestamp, findings: &mut Vec<Finding>) {
    let days_ago = earlier.map_or(0, |earlier| {
        let hours = now.duration_since(earlier.at).as_hours();
        u64::try_from(hours).unwrap_or(0).div_ceil(24)
    });
    for (what, pick) in [
        (Counted::Pending, (|counts| counts.pending) as fn(&Counts) -> Option<u64>),
        (Counted::Uncorrectable, |counts| counts.uncorrectable),
        (Counted::Reallocated, |counts| counts.reallocated),
        (Counted::Media, |counts| counts.media),
        (Counted::Reported, |counts| counts.reported),
        (Counted::Crc, |counts| counts.crc),
    ] {
        let Some(count) = pick(&report.counts).filter(|count| *count > 0) else { continue };
        let was = earlier.and_then(|earlier| pick(&earlier.counts));
        let grown = was.map(|was| count.saturating_sub(was));
        // A cable that was bad once leaves its count for ever: only what grows is worth a word.
        if what == Counted::Crc && grown.is_none_or(|grown| grown == 0) {
            continue;
        }
        let sectors = matches!(what, Counted::Pending | Counted::Uncorrectable | Counted::Reallocated);
        let fast = sectors && grown.is_some_and(|grown| grown > SECTORS_WEEK_MAX);
        let grade = if fast { DiskGrade::Replace } else { DiskGrade::Watch };
        let was = was.map(|count| Was { count, days_ago });
        findings.push(Finding { grade, what: What::Count { what, now: count, was } });
    }
}

fn of_wear(report: &Report, findings: &mut Vec<Finding>) {
    let watch = |what| Finding { grade: DiskGrade::Watch, what };
    if let Some(percent) = report.counts.used_percent.filter(|used| *used >= USED_PERCENT_WATCH) {
        findings.push(watch(What::Worn { percent }));
    }
    // A threshold of 0 is a disk (or an emulated one) that does not really say.
    if let (Some(percent), Some(threshold)) = (report.counts.spare_percent, report.spare_threshold_percent)
        && threshold > 0
        && percent < threshold + SPARE_MARGIN_PERCENT
        && !report.critical.contains(&Critical::SpareLow)
    {
        findings.push(watch(What::Spare { percent, threshold }));
    }
}

impl Finding {
    /// For screens, notices and records: "3 reallocated sectors, was 2 last week".
    pub fn phrase(&self) -> Phrase {
        match &self.what {
            What::SaysFailing => phrase!("smart-found-failing"),
            What::Critical(critical) => phrase!("smart-found-critical", what = critical.key()),
            What::Attribute { name, past: false } => {
                phrase!("smart-found-attribute", name = plain(name))
            }
            What::Attribute { name, past: true } => {
                phrase!("smart-found-attribute-past", name = plain(name))
            }
            What::TestFailed { says } => phrase!("smart-found-test", says = says.as_str()),
            What::Count { what, now, was } => {
                let (when, was) = match was {
                    None => ("never", Was { count: 0, days_ago: 0 }),
                    Some(was) if was.count == *now => ("same", *was),
                    // A day more or less is still last week.
                    Some(was) if (6..=8).contains(&was.days_ago) => ("week", *was),
                    Some(was) => ("days", *was),
                };
                let (before, days) = (was.count, was.days_ago);
                phrase!(
                    "smart-found-count",
                    what = what.key(),
                    n = *now,
                    when = when,
                    was = before,
                    days = days
                )
            }
            What::Worn { percent } => phrase!("smart-found-worn", percent = *percent),
            What::Spare { percent, threshold } => {
                phrase!("smart-found-spare", percent = *percent, threshold = *threshold)
            }
            What::Hot { celsius } => phrase!("smart-found-hot", celsius = *celsius),
        }
    }
}

impl Critical {
    /// As the words select it.
    pub fn key(self) -> &'static str {
        match self {
            Critical::SpareLow => "spare",
            Critical::Temperature => "temperature",
            Critical::Unreliable => "unreliable",
            Critical::ReadOnly => "readonly",
            Critical::BackupFailed => "backup",
            Critical::Other => "other",
        }
    }
}

impl Counted {
    pub fn key(self) -> &'static str {
        match self {
            Counted::Reallocated => "reallocated",
            Counted::Pending => "pending",
            Counted::Uncorrectable => "uncorrectable",
            Counted::Reported => "reported",
            Counted::Media => "media",
            Counted::Crc => "crc",
        }
    }
}

/// "Reallocated_Sector_Ct" as people read it.
fn plain(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
