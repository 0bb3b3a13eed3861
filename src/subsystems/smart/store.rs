//! This room's SQL: the last report of each disk, and what it counted over time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::{
    report::{Counts, Device, Report},
    verdict::Earlier,
};
use crate::domain::{DiskGrade, DiskId};

/// Counts are kept for two years of "was … last year".
const KEPT_DAYS: i64 = 730;
/// Rows of a disk that are loaded: a week of them, and what came before.
const LOADED_DAYS: i64 = 9;

/// All that is known from before.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Past {
    pub disks: Vec<Known>,
    /// Of each disk, oldest first: the rows of the last days, and the newest one before them.
    pub rows: BTreeMap<DiskId, Vec<Earlier>>,
}

/// A disk as it was when Cockpit ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub disk: DiskId,
    pub device: Device,
    pub at: Timestamp,
    pub report: Report,
    pub grade: Option<DiskGrade>,
}

/// What is to be kept of a reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub disk: DiskId,
    pub device: Device,
    pub at: Timestamp,
    pub report: Report,
    pub grade: Option<DiskGrade>,
    /// Whether its counts get a row.
    pub row: bool,
}

pub fn keep(tx: &Transaction<'_>, kept: &Kept) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO smart_disk (disk, device, at_s, report, grade) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (disk) DO UPDATE SET device = ?2, at_s = ?3, report = ?4, grade = ?5",
    )?
    .execute(params![
        kept.disk.as_str(),
        json(&kept.device),
        kept.at.as_second(),
        json(&kept.report),
        kept.grade.map(grade_text),
    ])?;
    if kept.row {
        add_row(tx, &kept.disk, &Earlier { at: kept.at, counts: kept.report.counts })?;
        tx.prepare_cached("DELETE FROM smart_count WHERE at_s < ?1")?
            .execute([kept.at.as_second() - KEPT_DAYS * 86_400])?;
    }
    Ok(())
}

/// One row of counts; a second one of the same second replaces the first.
pub fn add_row(tx: &Transaction<'_>, disk: &DiskId, row: &Earlier) -> rusqlite::Result<()> {
    let Counts {
        reallocated,
        pending,
        uncorrectable,
        reported,
        crc,
        media,
        used_percent,
        spare_percent,
        hours,
    } = row.counts;
    let whole = |count: Option<u64>| count.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    tx.prepare_cached(
        "INSERT OR REPLACE INTO smart_count (disk, at_s, reallocated, pending, uncorrectable, reported, crc, media,
            used_percent, spare_percent, hours) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        disk.as_str(),
        row.at.as_second(),
        whole(reallocated),
        whole(pending),
        whole(uncorrectable),
        whole(reported),
        whole(crc),
        whole(media),
        whole(used_percent),
        whole(spare_percent),
        whole(hours),
    ])?;
    Ok(())
}

/// Every disk ever read, and the counts needed to compare. A report that is not understood (of a later Cockpit) is
/// left out.
pub fn load(conn: &Connection, now: Timestamp) -> rusqlite::Result<Past> {
    let mut disks =
        conn.prepare_cached("SELECT disk, device, at_s, report, grade FROM smart_disk ORDER BY disk")?;
    let read = disks.query_map([], |row| {
        let text = |at: usize| row.get::<_, String>(at);
        Ok((text(0)?, text(1)?, row.get::<_, i64>(2)?, text(3)?, row.get::<_, Option<String>>(4)?))
    })?;
    let mut known = Vec::new();
    for row in read {
        let (disk, device, at, report, grade) = row?;
        let parsed = (|| {
            Some(Known {
                disk: DiskId::parse(&disk)?,
                device: serde_json::from_str(&device).ok()?,
                at: Timestamp::from_second(at).ok()?,
                report: serde_json::from_str(&report).ok()?,
                grade: grade.as_deref().and_then(grade_of),
            })
        })();
        known.extend(parsed);
    }
    Ok(Past { disks: known, rows: rows(conn, now)? })
}

fn rows(conn: &Connection, now: Timestamp) -> rusqlite::Result<BTreeMap<DiskId, Vec<Earlier>>> {
    let since = now.as_second() - LOADED_DAYS * 86_400;
    let mut select = conn.prepare_cached(
        "SELECT disk, at_s, reallocated, pending, uncorrectable, reported, crc, media, used_percent, spare_percent,
            hours
         FROM smart_count AS row WHERE at_s >= coalesce(
            (SELECT max(at_s) FROM smart_count WHERE disk = row.disk AND at_s < ?1), ?1)
         ORDER BY disk, at_s",
    )?;
    let mut read = select.query([since])?;
    let mut rows: BTreeMap<DiskId, Vec<Earlier>> = BTreeMap::new();
    while let Some(row) = read.next()? {
        let count = |at: usize| {
            row.get::<_, Option<i64>>(at).map(|count| count.and_then(|count| u64::try_from(count).ok()))
        };
        let counts = Counts {
            reallocated: count(2)?,
            pending: count(3)?,
            uncorrectable: count(4)?,
            reported: count(5)?,
            crc: count(6)?,
            media: count(7)?,
            used_percent: count(8)?,
            spare_percent: count(9)?,
            hours: count(10)?,
        };
        let (disk, at) = (DiskId::parse(&row.get::<_, String>(0)?), Timestamp::from_second(row.get(1)?));
        if let (Some(disk), Ok(at)) = (disk, at) {
            rows.entry(disk).or_default().push(Earlier { at, counts });
        }
    }
    Ok(rows)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data with string keys")
}

fn grade_text(grade: DiskGrade) -> &'static str {
    match grade {
        DiskGrade::Good => "good",
        DiskGrade::Watch => "watch",
        DiskGrade::Replace => "replace",
    }
}

fn grade_of(text: &str) -> Option<DiskGrade> {
    [DiskGrade::Good, DiskGrade::Watch, DiskGrade::Replace]
        .into_iter()
        .find(|grade| grade_text(*grade) == text)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::store::{Durability, testing::temp};

    const NOW: Timestamp = Timestamp::constant(1_795_362_980, 0);

    fn counted(days_ago: i64, reallocated: u64) -> Earlier {
        let counts = Counts { reallocated: Some(reallocated), hours: Some(u64::MAX), ..Counts::default() };
        Earlier { at: NOW - SignedDuration::from_hours(24 * days_ago), counts }
    }

    #[tokio::test]
    async fn what_was_kept_is_known_again_with_a_week_and_the_row_before_it() {
        let store = temp().await;
        let disk = DiskId::parse("S1").unwrap();
        let report = Report { serial: Some("S1".into()), passed: Some(true), ..Report::default() };
        let device = Device { path: "/dev/sda".into(), kind: Some("megaraid,2".into()) };
        let kept = Kept {
            disk: disk.clone(),
            device: device.clone(),
            at: NOW,
            report: report.clone(),
            grade: Some(DiskGrade::Watch),
            row: true,
        };
        let wrote = kept.clone();
        let rows = [(1000, 9), (40, 1), (12, 2), (3, 3)].map(|(days, count)| counted(days, count));
        store
            .write(Durability::Normal, move |tx| {
                rows.iter().try_for_each(|row| add_row(tx, &wrote.disk, row))?;
                keep(tx, &wrote)?;
                keep(tx, &wrote)
            })
            .await
            .expect("kept");
        let past = store.read(|conn| load(conn, NOW)).await.expect("read");
        let known = past.disks;
        assert_eq!(known.len(), 1);
        assert_eq!((&known[0].disk, &known[0].device, &known[0].report), (&disk, &device, &report));
        assert_eq!((known[0].at, known[0].grade), (NOW, Some(DiskGrade::Watch)));
        let counts: Vec<Option<u64>> = past.rows[&disk].iter().map(|row| row.counts.reallocated).collect();
        assert_eq!(counts, [Some(2), Some(3), None], "the newest before nine days, and what came after");
        let all: i64 = store
            .read(|conn| conn.query_row("SELECT count(*) FROM smart_count", [], |row| row.get(0)))
            .await
            .expect("read");
        assert_eq!(all, 4, "what is older than two years is gone");
    }
}
