//! Notices that the config file became another one: by the kernel's word (inotify on its folder, since editors write a
//! new file and rename it) or, where that cannot be had, by looking every few seconds. Reads nothing of the file.

use std::{
    fs,
    io::{self, ErrorKind},
    mem::MaybeUninit,
    os::{fd::OwnedFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tokio::io::unix::AsyncFd;

/// How often is looked where the kernel says nothing.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Looks between two attempts to have the kernel's word again.
const LOOKS_BEFORE_RETRY: u32 = 12;

/// Which file it is, and of when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    file: (u64, u64),
    changed: (i64, i64),
    bytes: u64,
}

/// Follows links; `None` while there is no such file.
fn stamp(path: &Path) -> Option<Stamp> {
    let meta = fs::metadata(path).ok()?;
    Some(Stamp {
        file: (meta.dev(), meta.ino()),
        changed: (meta.mtime(), meta.mtime_nsec()),
        bytes: meta.len(),
    })
}

/// Calls `touched` at once, as the file may have changed since it was read, and then whenever it is another one than
/// before. Never ends; is ended by dropping it.
pub async fn watch(path: PathBuf, touched: impl Fn()) {
    touched();
    let mut last = stamp(&path);
    let mut look = move || {
        let now = stamp(&path);
        if now != last {
            last = now;
            touched();
        }
        path.clone()
    };
    loop {
        let path = look();
        match listen(&path) {
            Ok(events) => {
                // What changed between the look and the listening.
                look();
                let Err(error) = follow(&events, &mut look).await;
                eprintln!("WATCH {error}");
                tracing::debug!(%error, "config folder is looked at instead of listened to");
            }
            Err(error) => tracing::debug!(%error, "config folder is looked at instead of listened to"),
        }
        for _ in 0..LOOKS_BEFORE_RETRY {
            tokio::time::sleep(LOOK_EVERY).await;
            look();
        }
    }
}

/// Listens to the file's folder and, where the file is a link, to its target's.
fn listen(path: &Path) -> io::Result<AsyncFd<OwnedFd>> {
    let events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    let flags = WatchFlags::CLOSE_WRITE
        | WatchFlags::MOVED_TO
        | WatchFlags::MOVED_FROM
        | WatchFlags::CREATE
        | WatchFlags::DELETE
        | WatchFlags::ATTRIB
        | WatchFlags::DELETE_SELF
        | WatchFlags::MOVE_SELF
        | WatchFlags::ONLYDIR;
    let folder = |path: &Path| match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    inotify::add_watch(&events, folder(path), flags)?;
    if let Ok(target) = path.canonicalize() {
        inotify::add_watch(&events, folder(&target), flags)?;
    }
    #[expect(unsafe_code, reason = "the only way to wait for a descriptor of ours; argued here")]
    // SAFETY: an OwnedFd stays open and answers the same number until it is dropped, and it is moved into the
    // AsyncFd, which unregisters before it drops it; nobody takes it out or puts another in its place.
    Ok(unsafe { AsyncFd::register(events) }?)
}

/// Looks after each burst of events. Ends when the folder itself goes.
async fn follow<P>(
    events: &AsyncFd<OwnedFd>,
    look: &mut impl FnMut() -> P,
) -> Result<std::convert::Infallible, io::Error> {
    let mut buffer = [MaybeUninit::uninit(); 4096];
    loop {
        let mut ready = events.readable().await?;
        let mut reader = inotify::Reader::new(events.get_ref(), &mut buffer);
        let gone = loop {
            match reader.next() {
                Ok(event) if event.events().contains(inotify::ReadFlags::IGNORED) => break true,
                Ok(_) => {}
                Err(rustix::io::Errno::AGAIN) => break false,
                Err(error) => return Err(error.into()),
            }
        };
        ready.clear_ready();
        look();
        if gone {
            return Err(io::Error::new(ErrorKind::NotFound, "the folder went away"));
        }
    }
}
