//! Notes of what is half made: one small file for each thing, on the disk before the thing is. What a crash leaves behind
//! is so found again by the next life of the program, and nothing else is ever taken for it. Blocking.
//!
//! Limits: 1,000 notes are looked at; one that cannot be acted on is kept for 90 days.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// More were surely not left by crashes.
const NOTES_MAX: usize = 1000;
/// What it tells of may be on a disk that is away, or not in the config any more.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// A note is one path.
const BYTES_MAX: u64 = 16 << 10;

/// The notes of one folder. Cheap to clone; clones are of the same life.
#[derive(Debug, Clone)]
pub struct Notes {
    folder: Arc<Path>,
    /// What tells this process from those before it.
    life: Arc<str>,
    written: Arc<AtomicU64>,
}

/// One note of this life; it goes when this is dropped.
#[derive(Debug)]
pub struct Note(Option<PathBuf>);

/// One note of an earlier life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub text: Vec<u8>,
    note: PathBuf,
}

impl Notes {
    /// `folder` is made when the first note is written.
    pub fn new(folder: &Path) -> Notes {
        let mut random = [0; 6];
        // Without random numbers nothing half made gets a name either.
        let _ = getrandom::fill(&mut random);
        let life = data_encoding::HEXLOWER.encode(&random);
        Notes { folder: folder.into(), life: life.into(), written: Arc::default() }
    }

    /// On the disk when this answers, so that it is there after a power failure as well. Where it cannot be written
    /// (the data folder's disk is full), the work goes on without.
    pub fn write(&self, text: &[u8]) -> Note {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let note = self.folder.join(format!("{}-{number}", self.life));
        match self.put(&note, text) {
            Ok(()) => Note(Some(note)),
            Err(error) => {
                tracing::warn!(%error, "what is half made cannot be noted");
                Note(None)
            }
        }
    }

    fn put(&self, note: &Path, text: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = fs::File::options().write(true).create_new(true).open(note)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::File::open(&self.folder)?.sync_all()
    }

    /// What earlier lives noted and did not finish. Notes that cannot be read go.
    pub fn left(&self) -> Vec<Left> {
        let Ok(notes) = fs::read_dir(&self.folder) else { return Vec::new() };
        let own = format!("{}-", self.life);
        let notes = notes.flatten().filter(|note| !note.file_name().to_string_lossy().starts_with(&own));
        let read = notes.take(NOTES_MAX).filter_map(|note| {
            let small = note.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= BYTES_MAX);
            let text = if small { fs::read(note.path()).ok() } else { None };
            if text.is_none() {
                let _ = fs::remove_file(note.path());
            }
            Some(Left { text: text?, note: note.path() })
        });
        read.collect()
    }
}

impl Note {
    /// What it tells of could not be removed: the note stays for the next life.
    pub fn stay(mut self) {
        self.0 = None;
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        if let Some(note) = &self.0 {
            let _ = fs::remove_file(note);
        }
    }
}

impl Left {
    /// What it told of is gone.
    pub fn settle(&self) {
        let _ = fs::remove_file(&self.note);
    }

    /// It cannot be settled now: it waits for another time, but not for ever.
    pub fn put_off(&self) {
        let made = self.note.metadata().and_then(|meta| meta.modified()).ok();
        if made.and_then(|made| made.elapsed().ok()).is_some_and(|age| age > KEPT) {
            self.settle();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_outlives_a_crash_and_not_the_work_it_tells_of() {
        let dir = tempfile::tempdir().expect("a folder");
        let before = Notes::new(&dir.path().join("notes"));
        drop(before.write(b"finished"));
        before.write(b"not removed").stay();
        std::mem::forget(before.write(b"crashed"));
        assert_eq!(before.left(), [], "its own are at work");
        let now = Notes::new(&dir.path().join("notes"));
        std::mem::forget(now.write(b"at work"));
        let mut left = now.left();
        left.sort_by(|a, b| a.text.cmp(&b.text));
        assert_eq!(
            left.iter().map(|left| left.text.as_slice()).collect::<Vec<_>>(),
            [b"crashed".as_slice(), b"not removed"]
        );
        left[0].settle();
        left[1].put_off();
        assert_eq!(now.left(), left[1..]);
    }

    #[test]
    fn a_note_is_put_off_for_ninety_days() {
        let dir = tempfile::tempdir().expect("a folder");
        std::mem::forget(Notes::new(dir.path()).write(b"of a disk that is away"));
        let now = Notes::new(dir.path());
        let left = now.left();
        let note = fs::File::options().write(true).open(&left[0].note).expect("ours");
        for (days, kept) in [(89, true), (91, false)] {
            #[expect(clippy::disallowed_types, reason = "what a file's time is compared with")]
            let ago = std::time::SystemTime::now() - Duration::from_secs(days * 24 * 3600);
            note.set_modified(ago).expect("ours");
            left[0].put_off();
            assert_eq!(!now.left().is_empty(), kept, "{days} days");
        }
    }

    #[test]
    fn what_is_too_big_for_a_note_is_none() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("x-0"), vec![b'x'; BYTES_MAX as usize + 1]).expect("room");
        assert_eq!(Notes::new(dir.path()).left(), []);
        assert_eq!(fs::read_dir(dir.path()).expect("there").count(), 0);
    }
}
