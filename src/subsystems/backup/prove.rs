//! Proof of restore: a few files of the newest snapshot, chosen by chance, are restored to a folder of our own and
//! compared with those in place; what has changed since is compared with what the snapshot says of it. The folder is
//! removed in any case. Never writes outside of it.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{
    engine::{Entry, EntryKind},
    ops::{Done, Subject},
    plan::{Proof, Wrong},
    scratch::Scratch,
    store::Held,
};
use crate::{
    domain::{Bytes, Lang, Phrase},
    jobs::{Ending, Link, Progress, Unit, clean},
    locale::say,
    phrase,
};

/// What did not come back as it was, by name; the log has all.
const NAMED: usize = 5;
const BATCHES_AHEAD: usize = 4;
const CHUNK: usize = 64 << 10;

pub async fn prove(subject: &Subject, link: &Link) -> Done {
    subject.clear_stale(link).await?;
    let snapshots = subject.engine.snapshots(&subject.at).await?;
    let of_plan =
        |held: &Held| held.is_of(subject.name.as_str(), &subject.plan.paths, subject.desk.host.as_deref());
    // Another plan's in the same repository proves nothing about this one.
    let own = snapshots.into_iter().map(Held::from).filter(of_plan);
    let Some(newest) = own.max_by_key(|held| held.at) else {
        return Ok(Ending::Failed {
            why: phrase!("backup-nothing-to-prove"),
            mend: Some(phrase!("backup-nothing-to-prove-mend")),
        });
    };
    let chosen = choose(subject, &newest.which, link).await?;
    if chosen.is_empty() {
        return Ok(Ending::Incomplete { summary: phrase!("backup-proof-no-files") });
    }
    let scratch = subject.desk.scratch.make("proof").await.map_err(broken)?;
    let paths: Vec<PathBuf> = chosen.iter().map(|entry| entry.path.clone()).collect();
    let restored = subject.engine.restore(&subject.at, &newest.which, &paths, scratch.path(), link).await;
    let judged = match restored {
        Ok(_) => judge(&chosen, &scratch, !subject.desk.simulated, link).await,
        Err(error) => {
            scratch.remove().await;
            return Err(error.into());
        }
    };
    scratch.remove().await;
    let mut proof = judged?;
    (proof.at, proof.of) = (subject.desk.now(), newest.at);
    let kept = proof.clone();
    subject
        .desk
        .change(&subject.name, move |facts| {
            if kept.bad.is_empty() {
                facts.proven = Some(kept.of);
            }
            facts.proof = Some(kept);
        })
        .await?;
    if proof.bad.is_empty() {
        let (files, size) = (proof.files, proof.bytes.to_string());
        return Ok(Ending::Done {
            summary: Some(phrase!(
                "backup-proof-done",
                files = files,
                size = size,
                compared = proof.in_place
            )),
        });
    }
    Ok(Ending::Failed {
        why: phrase!(
            "backup-proof-failed",
            count = chosen.len() as u64 - proof.files,
            name = proof.bad[0].path.as_str(),
            why = proof.bad[0].why.clone()
        ),
        mend: Some(phrase!("backup-check-mend")),
    })
}

fn broken(error: io::Error) -> super::ops::Trouble {
    super::ops::Trouble::Ending(Ending::broken(error))
}

/// A fair choice among all files that are not too big, in one pass over the listing.
async fn choose(
    subject: &Subject,
    which: &super::engine::Which,
    link: &Link,
) -> Result<Vec<Entry>, super::ops::Trouble> {
    let wanted = subject.plan.proof.files as usize;
    let largest = subject.plan.proof.file_max;
    let (to, mut from) = mpsc::channel::<Vec<Entry>>(BATCHES_AHEAD);
    let sift = async {
        let (mut chosen, mut seen, mut all) = (Vec::with_capacity(wanted), 0u64, 0u64);
        while let Some(batch) = from.recv().await {
            all += batch.len() as u64;
            for entry in batch {
                let fits = entry.kind == EntryKind::File && entry.size.is_some_and(|size| size <= largest);
                if !fits {
                    continue;
                }
                seen += 1;
                if chosen.len() < wanted {
                    chosen.push(entry);
                } else if let Some(place) = below(seen).filter(|place| (*place as usize) < wanted) {
                    chosen[place as usize] = entry;
                }
            }
            link.report(Progress::of(all, None, Unit::Files));
        }
        chosen
    };
    let (listed, chosen) = tokio::join!(subject.engine.walk(&subject.at, which, to, link), sift);
    listed?;
    Ok(chosen)
}

/// A number below `limit`, by chance.
fn below(limit: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).ok()?;
    Some(u64::from_le_bytes(bytes) % limit.max(1))
}

async fn judge(
    chosen: &[Entry],
    scratch: &Scratch,
    in_place: bool,
    link: &Link,
) -> Result<Proof, super::ops::Trouble> {
    let (chosen, root, link) = (chosen.to_vec(), scratch.path().to_owned(), link.clone());
    let judged = tokio::task::spawn_blocking(move || {
        let mut proof = Proof {
            at: Timestamp::UNIX_EPOCH,
            of: Timestamp::UNIX_EPOCH,
            files: 0,
            bytes: Bytes(0),
            in_place: 0,
            bad: Vec::new(),
        };
        for entry in &chosen {
            let name = clean(&entry.path.to_string_lossy());
            match one(entry, &root, in_place) {
                Ok(Verdict::Same { bytes, in_place }) => {
                    proof.files += 1;
                    proof.bytes.0 += bytes;
                    proof.in_place += u64::from(in_place);
                    link.log(&format!("ok {name}{}", if in_place { "" } else { " (changed since)" }));
                }
                Ok(Verdict::Other(why)) => bad(&mut proof, &link, &name, why),
                Err(error) => {
                    bad(&mut proof, &link, &name, phrase!("backup-wrong-read", why = error.to_string()))
                }
            }
        }
        proof
    });
    judged.await.map_err(|error| super::ops::Trouble::Ending(Ending::broken(error)))
}

fn bad(proof: &mut Proof, link: &Link, name: &str, why: Phrase) {
    link.log(&format!("bad {name}: {}", say(Lang::En, &why)));
    if proof.bad.len() < NAMED {
        proof.bad.push(Wrong { path: name.to_owned(), why });
    }
}

enum Verdict {
    Same { bytes: u64, in_place: bool },
    Other(Phrase),
}

fn one(entry: &Entry, root: &Path, in_place: bool) -> io::Result<Verdict> {
    let back = root.join(entry.path.strip_prefix("/").unwrap_or(&entry.path));
    let mut restored = plain_file(&back)?;
    let told = restored.metadata()?;
    if entry.size.is_some_and(|size| size.0 != told.len()) {
        return Ok(Verdict::Other(phrase!("backup-wrong-size")));
    }
    let bytes = told.len();
    let original = if in_place { plain_file(&entry.path).ok() } else { None };
    if let Some(mut original) = original {
        let now = original.metadata()?;
        let saved = entry.modified.map(Timestamp::as_second);
        if now.len() == bytes && saved.is_some_and(|saved| saved == now.mtime()) {
            if same(&mut restored, &mut original)? {
                return Ok(Verdict::Same { bytes, in_place: true });
            }
            return Ok(Verdict::Other(phrase!("backup-wrong-content")));
        }
    }
    // Changed or gone since: what the snapshot says of it must hold, and all of it must be readable.
    let read = io::copy(&mut restored, &mut io::sink())?;
    if read != bytes {
        return Ok(Verdict::Other(phrase!("backup-wrong-short")));
    }
    Ok(Verdict::Same { bytes, in_place: false })
}

/// No link is followed and no pipe waited at: names in place belong to others.
fn plain_file(path: &Path) -> io::Result<File> {
    let flags = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits();
    let file = File::options().read(true).custom_flags(flags as i32).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a plain file")) }
}

fn same(a: &mut File, b: &mut File) -> io::Result<bool> {
    let (mut left, mut right) = (vec![0; CHUNK], vec![0; CHUNK]);
    loop {
        let n = a.read(&mut left)?;
        if n == 0 {
            return Ok(b.read(&mut right[..1])? == 0);
        }
        match b.read_exact(&mut right[..n]) {
            Ok(()) if left[..n] == right[..n] => {}
            Ok(()) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &Path, size: u64, modified: i64) -> Entry {
        Entry {
            path: path.to_owned(),
            kind: EntryKind::File,
            size: Some(Bytes(size)),
            modified: Timestamp::from_second(modified).ok(),
            mode: None,
            target: None,
        }
    }

    #[test]
    fn what_came_back_is_judged_by_the_file_in_place_or_by_what_the_snapshot_says() {
        let dir = tempfile::tempdir().expect("a folder");
        let (live, root) = (dir.path().join("live"), dir.path().join("root"));
        std::fs::create_dir_all(&live).expect("room");
        let put = |name: &str, there: &str, back: &str| {
            let path = live.join(name);
            std::fs::write(&path, there).expect("room");
            let restored = root.join(path.strip_prefix("/").expect("from the root"));
            std::fs::create_dir_all(restored.parent().expect("a folder")).expect("room");
            std::fs::write(restored, back).expect("room");
            let at = std::fs::metadata(&path).expect("written").mtime();
            (path, at)
        };
        let say = |entry: &Entry| match one(entry, &root, true) {
            Ok(Verdict::Same { in_place: true, .. }) => "same".to_owned(),
            Ok(Verdict::Same { in_place: false, .. }) => "changed since".to_owned(),
            Ok(Verdict::Other(why)) => say(Lang::En, &why),
            Err(_) => "missing".to_owned(),
        };
        let (path, at) = put("a", "abc", "abc");
        assert_eq!(say(&entry(&path, 3, at)), "same");
        let (path, at) = put("b\n🦀", "abc", "abd");
        assert_eq!(say(&entry(&path, 3, at)), "its content is not that of the file in place");
        assert_eq!(say(&entry(&path, 3, at - 9)), "changed since");
        assert_eq!(say(&entry(&path, 4, at)), "its size is not the one that was saved");
        assert_eq!(say(&entry(&live.join("gone"), 3, at)), "missing");
    }

    #[test]
    fn a_link_in_the_place_of_a_file_is_not_followed() {
        let dir = tempfile::tempdir().expect("a folder");
        let (target, link) = (dir.path().join("t"), dir.path().join("l"));
        std::fs::write(&target, "x").expect("room");
        std::os::unix::fs::symlink(&target, &link).expect("room");
        assert!(plain_file(&target).is_ok() && plain_file(&link).is_err());
    }
}
