//! A file on its way from a snapshot to the chat: restored to a folder of our own, held open without a name, so that
//! it is gone when nobody holds it. The room waits a little for it; one that takes longer is fetched by a second tap.
//!
//! Limits: one plain file; 8 are held, the oldest goes.

use std::{
    collections::VecDeque,
    fs::File,
    io,
    os::{fd::AsRawFd, unix::fs::OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    engine::Which,
    ops::{Done, Subject, Trouble},
    panel_snapshots::one_line,
    scratch::Scratch,
};
use crate::{
    domain::{BlobError, BlobMeta, BlobSource, ByteStream, Bytes},
    intent::backup::Restore,
    jobs::{Ending, Link},
    phrase,
};

const HELD_MAX: usize = 8;

/// Files that wait to be sent, each for what it was asked by. Cheap to clone.
#[derive(Clone, Default)]
pub struct Parcels {
    held: Arc<Mutex<VecDeque<(Restore, Parcel)>>>,
}

#[derive(Debug, Clone)]
pub struct Parcel {
    file: Arc<File>,
    pub name: String,
    pub size: u64,
}

impl Parcels {
    fn put(&self, of: &Restore, parcel: Parcel) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(other, _)| other != of);
        if held.len() == HELD_MAX {
            held.pop_front();
        }
        held.push_back((of.clone(), parcel));
    }

    pub fn take(&self, of: &Restore) -> Option<Parcel> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let at = held.iter().position(|(other, _)| other == of)?;
        held.remove(at).map(|(_, parcel)| parcel)
    }
}

impl BlobSource for Parcel {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: self.name.clone(), size_bytes: Some(self.size) }
    }

    fn open(
        &self,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + '_>> {
        Box::pin(async move {
            // Opened anew, so that each reader has a place of its own in it.
            let path = format!("/proc/self/fd/{}", self.file.as_raw_fd());
            let file = tokio::fs::File::open(path).await.map_err(BlobError::Read)?;
            let stream: ByteStream = Box::pin(file);
            Ok((self.meta(), stream))
        })
    }
}

pub async fn fetch(
    subject: &Subject,
    which: &Which,
    restore: &Restore,
    paths: &[PathBuf],
    link: &Link,
) -> Done {
    let [path] = paths else {
        return Ok(Ending::Failed {
            why: phrase!("backup-chat-one"),
            mend: Some(phrase!("backup-chat-one-mend")),
        });
    };
    let broken = |error: io::Error| Trouble::Ending(Ending::broken(error));
    let scratch = Scratch::make(&subject.desk.scratch, "chat").map_err(broken)?;
    let restored = subject.engine.restore(&subject.at, which, paths, scratch.path(), link).await;
    let parcel = restored.map(|_| take(scratch.path(), path));
    scratch.remove().await;
    match parcel? {
        Ok(parcel) => {
            let (name, size) = (parcel.name.clone(), Bytes(parcel.size).to_string());
            subject.desk.parcels.put(restore, parcel);
            Ok(Ending::Done { summary: Some(phrase!("backup-chat-ready", name = name, size = size)) })
        }
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => Ok(Ending::Failed {
            why: phrase!("backup-chat-one"),
            mend: Some(phrase!("backup-chat-one-mend")),
        }),
        Err(error) => Err(broken(error)),
    }
}

fn take(root: &Path, path: &Path) -> io::Result<Parcel> {
    let back = root.join(path.strip_prefix("/").unwrap_or(path));
    let flags = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
    let file = File::options().read(true).custom_flags(flags).open(&back)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let name = path.file_name().map(|name| one_line(&name.to_string_lossy())).unwrap_or_default();
    Ok(Parcel { file: Arc::new(file), name, size: meta.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::backup::{Place, PlanName};

    #[tokio::test]
    async fn a_parcel_is_readable_after_its_name_is_gone_and_is_taken_once() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(dir.path().join("home")).expect("room");
        std::fs::write(dir.path().join("home/a\nb"), "text").expect("room");
        let parcel = take(dir.path(), Path::new("/home/a\nb")).expect("a file");
        assert_eq!((parcel.name.as_str(), parcel.size), ("a⏎b", 4));
        assert!(take(dir.path(), Path::new("/home")).is_err(), "a folder is no parcel");
        drop(dir);
        let of = Restore {
            plan: PlanName::parse("home").expect("a name"),
            snapshot: "aaaaaaaa".into(),
            paths: vec!["/home/a\nb".into()],
            place: Place::Chat,
        };
        let parcels = Parcels::default();
        parcels.put(&of, parcel);
        let taken = parcels.take(&of).expect("it is held");
        assert!(parcels.take(&of).is_none());
        let (_, mut stream) = taken.open().await.expect("it is open");
        let mut text = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text).await.expect("readable");
        assert_eq!(text, "text");
    }
}
