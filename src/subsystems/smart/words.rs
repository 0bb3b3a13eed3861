//! Figures and states of disks in words.

use std::time::Duration;

use super::{
    messages::{DiskState, Sheet},
    report::{Build, TestOutcome, TestResult},
};
use crate::{
    domain::{DiskGrade, Lang, Reader},
    locale::{self, moment, say},
    screen::Mark,
    t,
};

pub fn mark(sheet: &Sheet) -> Mark {
    match (&sheet.state, sheet.verdict.grade) {
        (DiskState::Gone { .. }, _) => Mark::Unknown,
        (_, Some(DiskGrade::Replace)) => Mark::Bad,
        (_, Some(DiskGrade::Watch)) => Mark::Look,
        (DiskState::Mute(_) | DiskState::Failed(_), _) | (_, None) => Mark::Unknown,
        (_, Some(DiskGrade::Good)) => Mark::Good,
    }
}

/// One word for a table.
pub fn grade(lang: Lang, sheet: &Sheet) -> String {
    match sheet.verdict.grade {
        Some(DiskGrade::Good) => t!(lang, "smart-word-good"),
        Some(DiskGrade::Watch) => t!(lang, "smart-word-watch"),
        Some(DiskGrade::Replace) => t!(lang, "smart-word-replace"),
        None => t!(lang, "smart-word-unknown"),
    }
}

/// "Watch: 3 reallocated sectors, was 2 last week".
pub fn verdict(lang: Lang, sheet: &Sheet) -> String {
    let worst = sheet.verdict.findings.first().map(|finding| say(lang, &finding.phrase()));
    match (sheet.verdict.grade, worst) {
        (Some(DiskGrade::Watch), Some(what)) => t!(lang, "smart-watch", what = what),
        (Some(DiskGrade::Replace), Some(what)) => t!(lang, "smart-replace", what = what),
        (Some(_), _) => t!(lang, "smart-good"),
        (None, _) => t!(lang, "smart-unknown"),
    }
}

/// Why what is shown is not of now; `None` when it is.
pub fn state(sheet: &Sheet, reader: &Reader) -> Option<(Mark, String)> {
    let lang = reader.lang;
    let age = |at| locale::ago(lang, age(at, reader));
    Some(match &sheet.state {
        DiskState::Read => return None,
        DiskState::Unread => (Mark::Busy, t!(lang, "smart-state-unread")),
        DiskState::Asleep { since } => {
            (Mark::Idle, t!(lang, "smart-state-asleep-since", at = moment(reader, *since)))
        }
        DiskState::Mute(mute) => (Mark::Unknown, say(lang, &mute.phrase())),
        DiskState::Failed(error) => (Mark::Look, say(lang, &error.phrase())),
        DiskState::Gone { since } => (Mark::Look, t!(lang, "smart-state-gone", ago = age(*since))),
    })
}

pub fn age(at: jiff::Timestamp, reader: &Reader) -> Duration {
    Duration::try_from(reader.now.duration_since(at)).unwrap_or_default()
}

/// "2.3 years", "41 days", "7 h": how long a disk has run.
pub fn worked(lang: Lang, hours: u64) -> String {
    match hours {
        0..48 => t!(lang, "smart-hours", n = hours),
        48..17_520 => t!(lang, "smart-days", n = hours / 24),
        _ => t!(lang, "smart-years", years = format!("{:.1}", hours as f64 / 8766.0)),
    }
}

pub fn build(lang: Lang, build: Build) -> Option<String> {
    match build {
        Build::Hdd { rpm } => Some(t!(lang, "smart-build-hdd", rpm = locale::count(lang, rpm))),
        Build::Ssd => Some("SSD".to_owned()),
        Build::Nvme => Some("NVMe SSD".to_owned()),
        Build::Scsi => Some("SCSI/SAS".to_owned()),
        Build::Unknown => None,
    }
}

/// "short, passed".
pub fn test_result(lang: Lang, last: &TestResult) -> String {
    let outcome = match last.outcome {
        TestOutcome::Passed => t!(lang, "smart-test-word-passed"),
        TestOutcome::Failed => t!(lang, "smart-test-word-failed"),
        TestOutcome::Aborted => t!(lang, "smart-test-word-aborted"),
        TestOutcome::Unknown => t!(lang, "smart-word-unknown"),
    };
    match last.long {
        Some(true) => t!(lang, "smart-test-long-was", outcome = outcome),
        Some(false) => t!(lang, "smart-test-short-was", outcome = outcome),
        None => outcome,
    }
}

/// "12 d of use ago": in hours the disk has run, the only clock it has. Some disks keep 16 bits of it for tests, so
/// that a difference below nothing says nothing.
pub fn tested(lang: Lang, last: &TestResult, hours_now: Option<u64>) -> Option<String> {
    let hours = hours_now.zip(last.at_hours).and_then(|(now, at)| now.checked_sub(at))?;
    Some(t!(lang, "smart-test-ago", worked = worked(lang, hours)))
}

/// "12.0 TB" as disks are sold: in powers of 1000, since that is what stands on them.
pub fn capacity(bytes: u64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let bytes = bytes as f64;
    match UNITS.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) if bytes / unit < 9.95 => format!("{:.1} {name}", bytes / unit),
        Some((unit, name)) => format!("{:.0} {name}", bytes / unit),
        None => format!("{bytes:.0} B"),
    }
}
