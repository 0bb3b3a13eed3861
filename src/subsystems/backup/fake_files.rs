//! The files of simulated snapshots: a small tree that grows from day to day, made again whenever it is asked for.
//! Pure, but for [`write`].

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;

use super::engine::{
    Change, Diff, Entry, EntryKind, How, Keep, Kept, Restored, Retained, Snapshot, Warnings,
};
use crate::domain::Bytes;

/// Photos that come in a day.
pub(super) const NEW_A_DAY: u64 = 3;
const PHOTO: u64 = 4_200_000;
/// So old are the days counted from.
const FIRST_DAY: i64 = 1_794_000_000;
/// Restored files are made no longer than this: it is a simulation, the disk is real.
const WRITTEN_MAX: u64 = 64 << 10;

const FILES: [(&str, u64); 14] = [
    ("dre/documents/letter to the tax office.odt", 48_213),
    ("dre/documents/contract.pdf", 812_004),
    ("dre/documents/2025/invoice 17.pdf", 93_420),
    ("dre/documents/2025/invoice 18.pdf", 91_113),
    ("dre/notes/ideas.md", 3_214),
    ("dre/notes/two\nlines.md", 211),
    ("dre/notes/[draft] what? *.md", 977),
    ("dre/photos/2025/beach 🏖.jpg", 5_310_882),
    ("dre/photos/2025/mountains.jpg", 4_988_120),
    ("dre/music/first song.flac", 31_244_010),
    ("dre/music/second song.flac", 28_700_555),
    ("dre/.bashrc", 3_771),
    ("dre/projects/cockpit/README.md", 12_020),
    ("dre/projects/cockpit/notes.txt", 840),
];

/// Folders before what is in them.
pub(super) fn tree(roots: &[PathBuf], age: u64) -> Vec<Entry> {
    let mut entries = BTreeMap::new();
    for root in roots {
        let mut put = |name: String, size: u64, day: u64| {
            let path = root.join(name);
            let above = path.ancestors().skip(1).filter(|folder| folder.parent().is_some());
            for folder in above {
                entries.entry(folder.to_owned()).or_insert_with(|| entry(folder, EntryKind::Folder, None, 0));
            }
            entries.insert(path.clone(), entry(&path, EntryKind::File, Some(size), day));
        };
        for (name, size) in FILES {
            put(name.to_owned(), size, 0);
        }
        // Written to each day.
        put("dre/notes/journal.md".to_owned(), 4_000 + 310 * age, age);
        for day in 1..=age {
            for number in 1..=NEW_A_DAY {
                put(format!("dre/photos/2026/day {day:03}/picture {number}.jpg"), PHOTO, day);
            }
        }
    }
    entries.into_values().collect()
}

fn entry(path: &Path, kind: EntryKind, size: Option<u64>, day: u64) -> Entry {
    let second = FIRST_DAY + 86_400 * i64::try_from(day).unwrap_or(0);
    Entry {
        path: path.to_owned(),
        kind,
        size: size.map(Bytes),
        modified: Timestamp::from_second(second).ok(),
        mode: Some(if kind == EntryKind::Folder { 0o755 } else { 0o644 }),
        target: None,
    }
}

/// Files and bytes.
pub(super) fn weight(tree: &[Entry]) -> (u64, u64) {
    let files = tree.iter().filter(|entry| entry.kind == EntryKind::File);
    files.fold((0, 0), |(count, bytes), entry| (count + 1, bytes + entry.size.unwrap_or_default().0))
}

/// New bytes of one day.
pub(super) fn new_on(age: u64) -> u64 {
    if age == 0 { 0 } else { NEW_A_DAY * PHOTO + 4_000 + 310 * age }
}

pub(super) fn diff(old: &[Entry], new: &[Entry]) -> Diff {
    let of = |tree: &[Entry]| -> BTreeMap<PathBuf, (EntryKind, Option<Bytes>)> {
        tree.iter().map(|entry| (entry.path.clone(), (entry.kind, entry.size))).collect()
    };
    let (before, after) = (of(old), of(new));
    let paths: BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let (mut diff, mut added, mut removed) = (Diff::default(), 0, 0);
    for path in paths {
        let size = |side: &BTreeMap<PathBuf, (EntryKind, Option<Bytes>)>| {
            side.get(path).and_then(|(_, size)| *size).unwrap_or_default().0
        };
        let file = |side: &BTreeMap<PathBuf, (EntryKind, Option<Bytes>)>| {
            side.get(path).is_some_and(|(kind, _)| *kind == EntryKind::File)
        };
        let how = match (before.get(path), after.get(path)) {
            (None, Some(_)) => How::Added,
            (Some(_), None) => How::Removed,
            (Some(old), Some(new)) if old != new => How::Changed,
            _ => continue,
        };
        match how {
            How::Added => diff.added += u64::from(file(&after)),
            How::Removed => diff.removed += u64::from(file(&before)),
            _ => diff.changed += 1,
        }
        added += if how == How::Removed { 0 } else { size(&after) };
        removed += if how == How::Added { 0 } else { size(&before) };
        if diff.changes.len() < Diff::CHANGES_MAX {
            diff.changes.push(Change { path: path.clone(), how });
        }
    }
    (diff.added_bytes, diff.removed_bytes) = (Some(Bytes(added)), Some(Bytes(removed)));
    diff
}

/// The rules as both engines understand them, in UTC: of each hour, day, week … the newest one.
pub(super) fn retained(snapshots: &[&Snapshot], keep: &Keep, now: Timestamp) -> Retained {
    let mut newest_first: Vec<&&Snapshot> = snapshots.iter().collect();
    newest_first.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.at));
    let rules: [(&str, u32, &str); 6] = [
        ("last snapshot", keep.last, "%s"),
        ("hourly snapshot", keep.hourly, "%Y-%m-%d %H"),
        ("daily snapshot", keep.daily, "%Y-%m-%d"),
        ("weekly snapshot", keep.weekly, "%G-%V"),
        ("monthly snapshot", keep.monthly, "%Y-%m"),
        ("yearly snapshot", keep.yearly, "%Y"),
    ];
    let mut seen: [BTreeSet<String>; 6] = Default::default();
    let mut retained = Retained::default();
    for snapshot in newest_first {
        let mut why = Vec::new();
        for ((name, count, form), seen) in rules.iter().zip(&mut seen) {
            let slot = snapshot.at.strftime(form).to_string();
            if (seen.len() as u64) < u64::from(*count) && seen.insert(slot) {
                why.push((*name).to_owned());
            }
        }
        let age = Duration::try_from(snapshot.at.duration_until(now)).unwrap_or_default();
        if keep.within.is_some_and(|within| age <= within) {
            why.push("within".to_owned());
        }
        let kept = Kept { which: snapshot.which.clone(), at: Some(snapshot.at), why };
        if kept.why.is_empty() { retained.removed.push(kept) } else { retained.kept.push(kept) }
    }
    retained
}

/// Writes the entries below a folder, files at their whole length as far as it is small: longer ones are sparse.
pub(super) fn write(tree: &[Entry], to: &Path) -> io::Result<Restored> {
    let mut restored = Restored { warnings: Warnings::default(), ..Restored::default() };
    for entry in tree {
        let path = to.join(entry.path.strip_prefix("/").unwrap_or(&entry.path));
        if entry.kind == EntryKind::Folder {
            fs::create_dir_all(&path)?;
            restored.folders += 1;
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let size = entry.size.unwrap_or_default().0;
        let line = format!("simulated content of {}\n", entry.path.display());
        let short = usize::try_from(size.min(WRITTEN_MAX)).unwrap_or(0);
        let content: Vec<u8> = line.bytes().cycle().take(short).collect();
        fs::write(&path, content)?;
        fs::File::options().write(true).open(&path)?.set_len(size)?;
        restored.files += 1;
        restored.bytes.0 += size;
    }
    Ok(restored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subsystems::backup::engine::{SnapshotId, Which};

    #[test]
    fn a_day_brings_what_the_difference_says() {
        let roots = [PathBuf::from("/home")];
        let (old, new) = (tree(&roots, 2), tree(&roots, 3));
        let diff = diff(&old, &new);
        assert_eq!((diff.added, diff.removed, diff.changed), (NEW_A_DAY, 0, 1));
        assert_eq!(diff.added_bytes, Some(Bytes(new_on(3))));
        assert_eq!(weight(&new).0, weight(&old).0 + NEW_A_DAY);
    }

    #[test]
    fn the_newest_of_each_day_is_kept() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let snapshot = |number: u8, when: &str| Snapshot {
            which: Which {
                id: SnapshotId::parse(&format!("{number:02x}").repeat(4)).expect("digits"),
                name: None,
            },
            at: at(when),
            host: None,
            user: None,
            paths: Vec::new(),
            tags: Vec::new(),
            size: None,
            files: None,
        };
        let all = [
            snapshot(1, "2026-11-20T01:00:00Z"),
            snapshot(2, "2026-11-21T01:00:00Z"),
            snapshot(3, "2026-11-21T23:00:00Z"),
            snapshot(4, "2026-11-22T01:00:00Z"),
        ];
        let all: Vec<&Snapshot> = all.iter().collect();
        let now = at("2026-11-22T02:00:00Z");
        let kept = |keep: Keep| -> Vec<String> {
            let retained = retained(&all, &keep, now);
            retained.kept.iter().map(|kept| kept.which.id.as_str()[..2].to_owned()).collect()
        };
        assert_eq!(kept(Keep { daily: 2, ..Keep::default() }), ["04", "03"]);
        assert_eq!(kept(Keep { last: 3, ..Keep::default() }), ["04", "03", "02"]);
        assert_eq!(
            kept(Keep { within: Some(Duration::from_secs(4 * 3600)), ..Keep::default() }),
            ["04", "03"]
        );
    }
}
