//! From a snapshot to the chat: restored to a folder of our own, one file as it is, anything more packed as an archive,
//! then carried by a job of its own, so that the repository is free meanwhile. It is held open without a name and is
//! gone when nobody holds it.
//!
//! Limits: what the chat takes ([`Courier::limits`]), which is said before; what is picked may weigh ten times as much
//! before it is packed.

use std::{
    fs::File,
    io::{self, Write},
    os::{fd::AsRawFd, unix::fs::OpenOptionsExt},
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::TryStreamExt;
use tokio_util::{
    io::{ReaderStream, StreamReader},
    sync::CancellationToken,
};

use super::{
    engine::{Entry, Which},
    index,
    ops::{Done, Subject, Trouble},
    panel_snapshots::one_line,
    scratch::Scratches,
    store,
};
use crate::{
    domain::{
        Asker, Attachment, BlobError, BlobMeta, BlobSource, ByteStream, Bytes, ChatId, JobTitle, Lang,
        Undelivered,
    },
    jobs::{Ending, Figure, JobOrder, Link, Progress, Steps, Unit},
    phrase,
    room::freight,
    t,
};

/// Plain text packs about ten times smaller at best: what weighs more can never fit, and is not even fetched.
pub const PACKS: u64 = 10;
/// A largest file over a slow line, and its turn before that.
const WITHIN: Duration = Duration::from_secs(12 * 3600);
/// How often the count is passed on.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// zstd's own default.
const LEVEL: i32 = 3;
const BATCHES_AHEAD: usize = 4;

/// What is to be carried.
#[derive(Debug)]
struct Load {
    file: File,
    name: String,
    size: u64,
}

pub async fn fetch(subject: &Subject, which: &Which, paths: &[PathBuf], lang: Lang, link: &Link) -> Done {
    let Asker::Pilot { chat, .. } = subject.asked_by else {
        return Ok(Ending::broken("nobody's chat to send it to"));
    };
    let most = subject.desk.courier.limits().deliver;
    let weight = weigh(subject, which, paths, link).await?;
    if weight > most.0.saturating_mul(PACKS) {
        return Ok(too_large(Bytes(weight), most));
    }
    let at = subject.desk.scratch.make("chat").await.map_err(broken)?;
    let restored = subject.engine.restore(&subject.at, which, paths, at.path(), link).await;
    let loaded = match restored {
        Ok(_) => load(subject, which, paths, at.path(), most, link).await,
        Err(error) => Err(error.into()),
    };
    at.remove().await;
    let load = match loaded? {
        Ok(load) => load,
        Err(_) if link.is_stopping() => return Ok(Ending::Stopped),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            return Ok(too_large(Bytes(weight), most));
        }
        Err(error) => return Err(broken(error)),
    };
    if load.size == 0 {
        let mend = Some(phrase!("backup-chat-mend"));
        return Ok(Ending::Failed { why: phrase!("backup-chat-empty", name = load.name), mend });
    }
    if load.size > most.0 {
        return Ok(too_large(Bytes(load.size), most));
    }
    let summary =
        phrase!("backup-chat-sending", name = load.name.as_str(), size = Bytes(load.size).to_string());
    let order = carried(subject, load, chat, lang);
    match subject.desk.jobs.start(order).await {
        Ok(_) => Ok(Ending::Done { summary: Some(summary) }),
        Err(error) => Ok(Ending::Failed { why: error.phrase(), mend: None }),
    }
}

fn broken(error: io::Error) -> Trouble {
    Trouble::Ending(Ending::broken(error))
}

fn too_large(size: Bytes, most: Bytes) -> Ending {
    Ending::Failed {
        why: phrase!("backup-chat-too-large", size = size.to_string(), most = most.to_string()),
        mend: Some(phrase!("backup-chat-mend")),
    }
}

/// How much is to be fetched, before it is: by what was listed, else by listing the snapshot.
async fn weigh(subject: &Subject, which: &Which, paths: &[PathBuf], link: &Link) -> Result<u64, Trouble> {
    let (plan, id, picked) = (subject.name.clone(), which.id.as_str().to_owned(), paths.to_vec());
    let known = subject.desk.store.read(move |conn| index::weight(conn, &plan, &id, &picked)).await?;
    if known.unknown == 0 {
        return Ok(known.bytes);
    }
    let (to, mut from) = tokio::sync::mpsc::channel::<Vec<Entry>>(BATCHES_AHEAD);
    let sum = async {
        let (mut bytes, mut seen) = (0u64, 0u64);
        while let Some(batch) = from.recv().await {
            seen += batch.len() as u64;
            let picked = batch.iter().filter(|entry| paths.iter().any(|path| entry.path.starts_with(path)));
            bytes = picked.fold(bytes, |sum, entry| sum.saturating_add(entry.size.unwrap_or_default().0));
            link.report(Progress::of(seen, None, Unit::Files));
        }
        bytes
    };
    let (listed, bytes) = tokio::join!(subject.engine.walk(&subject.at, which, to, link), sum);
    listed?;
    Ok(bytes)
}

async fn load(
    subject: &Subject,
    which: &Which,
    paths: &[PathBuf],
    root: &Path,
    most: Bytes,
    link: &Link,
) -> Result<io::Result<Load>, Trouble> {
    let (plan, id) = (subject.name.clone(), which.id.as_str().to_owned());
    let held = subject.desk.store.read(move |conn| store::snapshot(conn, &plan, &id)).await?;
    let day = held.map_or_else(
        || which.id.short().to_owned(),
        |held| held.at.to_zoned(subject.desk.zone.clone()).strftime("%Y-%m-%d").to_string(),
    );
    let name = format!("{}-{day}.tar.zst", subject.name);
    let (root, scratch, link) = (root.to_owned(), subject.desk.scratch.clone(), link.clone());
    let only = if let [path] = paths { Some(path.clone()) } else { None };
    let loading = tokio::task::spawn_blocking(move || {
        match only.map(|path| alone(&root, &path)).transpose()?.flatten() {
            Some(load) => Ok(load),
            None => packed(&root, &scratch, name, most, &link),
        }
    });
    loading.await.map_err(|error| Trouble::Ending(Ending::broken(error)))
}

/// The one picked thing, if it is a plain file.
fn alone(root: &Path, path: &Path) -> io::Result<Option<Load>> {
    let back = root.join(path.strip_prefix("/").unwrap_or(path));
    if !back.symlink_metadata()?.is_file() {
        return Ok(None);
    }
    let flags = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
    let file = File::options().read(true).custom_flags(flags).open(&back)?;
    let name = path.file_name().map(|name| one_line(&name.to_string_lossy())).unwrap_or_default();
    let size = file.metadata()?.len();
    Ok(Some(Load { file, name, size }))
}

/// All that was restored, with its way from the root. Sockets and devices are left out.
fn packed(root: &Path, scratch: &Scratches, name: String, most: Bytes, link: &Link) -> io::Result<Load> {
    let file = scratch.nameless()?;
    let capped = Capped { to: io::BufWriter::new(&file), left: most.0, stop: link.stop_token().clone() };
    let mut tar = tar::Builder::new(zstd::stream::write::Encoder::new(capped, LEVEL)?);
    tar.follow_symlinks(false);
    tar.mode(tar::HeaderMode::Complete);
    let mut open = vec![root.to_owned()];
    let (mut bytes, mut files) = (0, 0);
    while let Some(folder) = open.pop() {
        let mut entries = std::fs::read_dir(&folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let (path, kind) = (entry.path(), entry.file_type()?);
            let within = path.strip_prefix(root).map_err(io::Error::other)?;
            if kind.is_dir() {
                tar.append_dir(within, &path)?;
                open.push(path);
            } else if kind.is_file() || kind.is_symlink() {
                tar.append_path_with_name(&path, within)?;
                bytes += if kind.is_file() { entry.metadata()?.len() } else { 0 };
                files += 1;
                let figure = |done, unit| Figure { done, total: None, unit };
                let figures = vec![figure(bytes, Unit::Bytes), figure(files, Unit::Files)];
                link.report(Progress { figures, ..Progress::default() });
            } else {
                link.log(&format!("not packed, as it is no file: {}", within.display()));
            }
        }
    }
    tar.into_inner()?.finish()?.to.flush()?;
    let size = file.metadata()?.len();
    Ok(Load { file, name, size })
}

/// Ends with an error where there is more than can be carried, and at a stop.
struct Capped<W> {
    to: W,
    left: u64,
    stop: CancellationToken,
}

impl<W: Write> Write for Capped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("stopped"));
        }
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        let written = self.to.write(bytes)?;
        self.left = left + (bytes.len() - written) as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The job that carries it. Its file lives as long as it.
fn carried(subject: &Subject, load: Load, chat: ChatId, lang: Lang) -> JobOrder {
    let (desk, plan) = (subject.desk.clone(), subject.name.clone());
    JobOrder {
        title: JobTitle::Send { name: load.name.clone() },
        // Several may be on their way: the outbox gives each its turn.
        key: None,
        asked_by: subject.asked_by.clone(),
        deadline: WITHIN,
        runner: Box::new(Steps::new(move |link: Link| async move {
            let (size, out) = (load.size, Arc::new(AtomicU64::new(0)));
            let parcel = Parcel {
                file: Arc::new(load.file),
                name: load.name,
                size,
                out: out.clone(),
                stop: link.stop_token().clone(),
            };
            let blob = desk.blobs.put(parcel);
            let caption = t!(lang, "backup-chat-caption", plan = plan.as_str());
            let delivering = desk.courier.deliver(chat, Attachment { blob, caption });
            tokio::pin!(delivering);
            let mut every = tokio::time::interval(TELL_EVERY);
            let delivered = loop {
                tokio::select! {
                    delivered = &mut delivering => break Some(delivered),
                    () = link.stopping() => break None,
                    _ = every.tick() => {
                        link.report(Progress::of(out.load(Ordering::Relaxed).min(size), Some(size), Unit::Bytes));
                    }
                }
            };
            desk.blobs.drop_blob(blob);
            match delivered {
                None => Ending::Stopped,
                Some(Ok(())) => {
                    let size = Bytes(size).to_string();
                    Ending::Done { summary: Some(phrase!("backup-chat-sent", size = size)) }
                }
                Some(Err(error)) => Ending::Failed {
                    why: freight::undelivered(&error),
                    mend: (error == Undelivered::TooLarge).then(|| phrase!("backup-chat-mend")),
                },
            }
        })),
    }
}

/// Its bytes for whoever carries them, counted, ended when its job is.
struct Parcel {
    file: Arc<File>,
    name: String,
    size: u64,
    out: Arc<AtomicU64>,
    stop: CancellationToken,
}

impl BlobSource for Parcel {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: self.name.clone(), size_bytes: Some(self.size) }
    }

    fn open(&self) -> Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + '_>> {
        Box::pin(async move {
            // Opened anew, so that each try has a place of its own in it.
            let path = format!("/proc/self/fd/{}", self.file.as_raw_fd());
            let file = tokio::fs::File::open(path).await?;
            self.out.store(0, Ordering::Relaxed);
            let (out, stop, kept) = (self.out.clone(), self.stop.clone(), self.file.clone());
            let chunks = ReaderStream::new(file).and_then(move |chunk| {
                // Open as long as it is read.
                let _ = &kept;
                let stopped = stop.is_cancelled();
                out.fetch_add(chunk.len() as u64, Ordering::Relaxed);
                async move { if stopped { Err(BlobError::Cancelled.into()) } else { Ok(chunk) } }
            });
            let stream: ByteStream = Box::pin(StreamReader::new(Box::pin(chunks)));
            Ok((self.meta(), stream))
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    fn parcel(load: Load) -> Parcel {
        let (out, stop) = (Arc::default(), CancellationToken::new());
        Parcel { file: Arc::new(load.file), name: load.name, size: load.size, out, stop }
    }

    #[tokio::test]
    async fn one_file_goes_as_it_is_and_is_readable_twice_after_its_name_is_gone() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(dir.path().join("home")).expect("room");
        std::fs::write(dir.path().join("home/a\nb"), "text").expect("room");
        assert!(alone(dir.path(), Path::new("/home")).expect("there").is_none(), "a folder is packed");
        let load = alone(dir.path(), Path::new("/home/a\nb")).expect("there").expect("a file");
        assert_eq!((load.name.as_str(), load.size), ("a⏎b", 4));
        drop(dir);
        let parcel = parcel(load);
        for _ in 0..2 {
            let (_, mut stream) = parcel.open().await.expect("it is open");
            let mut text = String::new();
            stream.read_to_string(&mut text).await.expect("readable");
            assert_eq!((text.as_str(), parcel.out.load(Ordering::Relaxed)), ("text", 4));
        }
        let (_, mut stream) = parcel.open().await.expect("it is open");
        parcel.stop.cancel();
        assert!(stream.read_to_string(&mut String::new()).await.is_err(), "a stop ends it");
    }

    #[test]
    fn several_things_go_as_an_archive_with_their_way_from_the_root() {
        let dir = tempfile::tempdir().expect("a folder");
        let (root, scratch) = (dir.path().join("root"), Scratches::new(dir.path()));
        std::fs::create_dir_all(root.join("home/u/[a]*?")).expect("room");
        std::fs::write(root.join("home/u/[a]*?/new\nline 🚀"), "rocket").expect("room");
        std::os::unix::fs::symlink("/etc/passwd", root.join("home/u/link")).expect("room");
        let link = Link::loose();
        let load = packed(&root, &scratch, "home.tar.zst".into(), Bytes(1 << 20), &link).expect("packed");
        let mut file = load.file;
        io::Seek::rewind(&mut file).expect("a file");
        let mut archive = tar::Archive::new(zstd::stream::read::Decoder::new(&file).expect("zstd"));
        let mut found = Vec::new();
        for entry in archive.entries().expect("tar") {
            let mut entry = entry.expect("tar");
            let path = entry.path().expect("a path").display().to_string();
            let mut text = String::new();
            io::Read::read_to_string(&mut entry, &mut text).expect("text");
            found.push((path.trim_end_matches('/').to_owned(), text));
        }
        let want = [
            ("home", ""),
            ("home/u", ""),
            ("home/u/[a]*?", ""),
            ("home/u/link", ""),
            ("home/u/[a]*?/new\nline 🚀", "rocket"),
        ];
        assert_eq!(found, want.map(|(path, text)| (path.to_owned(), text.to_owned())));
        assert_eq!(std::fs::read_dir(scratch.own()).expect("there").count(), 0, "without a name");
    }

    #[test]
    fn packing_ends_where_the_chat_takes_no_more() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut noise = vec![0; 300_000];
        getrandom::fill(&mut noise).expect("chance");
        std::fs::create_dir(dir.path().join("root")).expect("room");
        std::fs::write(dir.path().join("root/noise"), noise).expect("room");
        let scratch = Scratches::new(dir.path());
        let pack = |most| packed(&dir.path().join("root"), &scratch, "x".into(), Bytes(most), &Link::loose());
        assert_eq!(pack(100_000).expect_err("too much").kind(), io::ErrorKind::FileTooLarge);
        assert!(pack(400_000).is_ok());
    }
}
