//! Restores: what was picked goes to a folder of our own on the filesystem of its place first, and is moved from there
//! by the policy that was chosen. Engines overwrite without asking; this never does.

use std::{
    collections::BTreeMap,
    io,
    path::{Component, Path, PathBuf},
};

use super::{
    engine::{Restored, Which},
    merge::{Moved, merge},
    ops::{Done, Subject, Trouble},
    parcel,
    scratch::{Scratch, device_of},
};
use crate::{
    domain::{Bytes, Lang},
    intent::backup::{Existing, Place, Restore},
    jobs::{Ending, Link, clean},
    phrase,
};

/// Names in the result; the log has more.
const NAMED: usize = 3;

pub async fn restore(subject: &Subject, which: &Which, restore: &Restore, lang: Lang, link: &Link) -> Done {
    let paths = paths(&restore.paths)?;
    subject.clear_stale(link).await?;
    if subject.desk.simulated && restore.place != Place::Chat {
        return rehearsed(subject, which, &paths, link).await;
    }
    match &restore.place {
        Place::Chat => parcel::fetch(subject, which, &paths, lang, link).await,
        Place::Under(root) => under(subject, which, &paths, Path::new(root), link).await,
        Place::Original(existing) => original(subject, which, &paths, *existing, link).await,
    }
}

/// From the root and without detours; they came by a button.
fn paths(picked: &[String]) -> Result<Vec<PathBuf>, Trouble> {
    let plain = |path: &Path| {
        path.is_absolute()
            && path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)))
    };
    let paths: Vec<PathBuf> = picked.iter().map(PathBuf::from).filter(|path| plain(path)).collect();
    if paths.is_empty() || paths.len() != picked.len() {
        let why = phrase!("backup-nothing-picked");
        return Err(Trouble::Ending(Ending::Failed { why, mend: None }));
    }
    Ok(paths)
}

fn not_writable(error: io::Error, at: &Path) -> Trouble {
    Trouble::Ending(Ending::Failed {
        why: phrase!("backup-restore-no-room", at = at.display().to_string(), why = error.to_string()),
        mend: Some(phrase!("backup-restore-no-room-mend")),
    })
}

/// On a simulated server: into a folder of our own that is gone afterwards.
async fn rehearsed(subject: &Subject, which: &Which, paths: &[PathBuf], link: &Link) -> Done {
    let all = &subject.desk.scratch;
    let scratch = all.make("sim").await.map_err(|error| not_writable(error, all.own()))?;
    let restored = subject.engine.restore(&subject.at, which, paths, scratch.path(), link).await;
    scratch.remove().await;
    let restored = restored?;
    let (files, size) = (restored.files, restored.bytes.to_string());
    Ok(Ending::Done { summary: Some(phrase!("backup-restored-simulated", files = files, size = size)) })
}

/// A new folder beneath a storage root.
async fn under(subject: &Subject, which: &Which, paths: &[PathBuf], root: &Path, link: &Link) -> Done {
    let scratch = subject.desk.scratch.within(root, subject.name.as_str()).await;
    let scratch = scratch.map_err(|error| not_writable(error, root))?;
    let restored = subject.engine.restore(&subject.at, which, paths, scratch.path(), link).await;
    let restored = match restored {
        Ok(restored) => restored,
        Err(error) => {
            scratch.remove().await;
            return Err(error.into());
        }
    };
    let now = subject.desk.now().to_zoned(subject.desk.zone.clone());
    let name = format!("restored {} {}", subject.name, now.strftime("%Y-%m-%d %H.%M.%S"));
    let place = root.join(name);
    scratch.become_folder(&place).map_err(|error| not_writable(error, &place))?;
    link.log(&format!("restored to {}", place.display()));
    let (files, size) = (restored.files, restored.bytes.to_string());
    let place = clean(&place.display().to_string());
    if restored.warnings.is_empty() {
        let summary = phrase!("backup-restored-to", files = files, size = size, place = place);
        return Ok(Ending::Done { summary: Some(summary) });
    }
    Ok(incomplete(&restored, link))
}

fn incomplete(restored: &Restored, link: &Link) -> Ending {
    let said: Vec<String> = restored.warnings.first.iter().map(super::words::warning).collect();
    for line in &said {
        link.log(line);
    }
    let names = said.into_iter().take(NAMED).collect::<Vec<_>>().join("\n");
    let (files, size) = (restored.files, restored.bytes.to_string());
    let count = restored.warnings.count;
    Ending::Incomplete {
        summary: phrase!("backup-restored-partly", files = files, size = size, count = count, names = names),
    }
}

/// Back to where it was. Things on different filesystems are restored one filesystem after the other.
async fn original(
    subject: &Subject,
    which: &Which,
    paths: &[PathBuf],
    existing: Existing,
    link: &Link,
) -> Done {
    let mut by_device: BTreeMap<u64, Vec<PathBuf>> = BTreeMap::new();
    for path in paths {
        let device = device_of(path).map_err(|error| not_writable(error, path))?;
        by_device.entry(device).or_default().push(path.clone());
    }
    let (mut all, mut back) = (Moved::default(), Restored::default());
    for paths in by_device.into_values() {
        let target = &paths[0];
        let first = subject.plan.paths.iter().find(|saved| target.starts_with(saved)).unwrap_or(target);
        let scratch = subject.desk.scratch.beside(target, first, subject.name.as_str()).await;
        let scratch = scratch.map_err(|error| not_writable(error, first))?;
        let restored = subject.engine.restore(&subject.at, which, &paths, scratch.path(), link).await;
        let restored = match restored {
            Ok(restored) => restored,
            Err(error) => {
                scratch.remove().await;
                return Err(error.into());
            }
        };
        let moved = put(subject, &scratch, existing, link).await;
        scratch.remove().await;
        add(&mut all, moved?);
        back.files += restored.files;
        back.bytes = Bytes(back.bytes.0 + restored.bytes.0);
        for warning in restored.warnings.first {
            back.warnings.push(warning);
        }
    }
    Ok(told(&all, &back, link))
}

async fn put(
    subject: &Subject,
    scratch: &Scratch,
    existing: Existing,
    link: &Link,
) -> Result<Moved, Trouble> {
    let now = subject.desk.now().to_zoned(subject.desk.zone.clone());
    let label = format!("restored {}", now.strftime("%Y-%m-%d"));
    let (from, stop) = (scratch.path().to_owned(), link.clone());
    let moved = tokio::task::spawn_blocking(move || {
        merge(&from, Path::new("/"), existing, &label, &|| stop.is_stopping())
    });
    let moved = moved.await.map_err(|error| Trouble::Ending(Ending::broken(error)))?;
    let moved = moved.map_err(|error| not_writable(error, scratch.path()))?;
    if link.is_stopping() {
        return Err(Trouble::Ending(Ending::Stopped));
    }
    Ok(moved)
}

fn add(all: &mut Moved, more: Moved) {
    all.placed += more.placed;
    all.bytes += more.bytes;
    all.replaced += more.replaced;
    all.beside += more.beside;
    all.kept += more.kept;
    all.failures += more.failures;
    all.failed.extend(more.failed);
}

/// What was restored must be what was placed and what was left out.
fn told(all: &Moved, back: &Restored, link: &Link) -> Ending {
    for (path, why) in &all.failed {
        link.log(&format!("{}: {why}", path.display()));
    }
    let accounted = all.placed + all.kept;
    let lost = back.files.saturating_sub(accounted).max(all.failures);
    if lost > 0 || !back.warnings.is_empty() {
        let mut names: Vec<String> = all
            .failed
            .iter()
            .map(|(path, why)| format!("{}: {why}", clean(&path.to_string_lossy())))
            .collect();
        names.extend(back.warnings.first.iter().map(super::words::warning));
        names.truncate(NAMED);
        let count = lost + back.warnings.count;
        let (files, size) = (all.placed, Bytes(all.bytes).to_string());
        return Ending::Incomplete {
            summary: phrase!(
                "backup-restored-partly",
                files = files,
                size = size,
                count = count,
                names = names.join("\n")
            ),
        };
    }
    let size = Bytes(all.bytes).to_string();
    Ending::Done {
        summary: Some(phrase!(
            "backup-restored",
            files = all.placed,
            size = size,
            kept = all.kept,
            replaced = all.replaced,
            beside = all.beside
        )),
    }
}
