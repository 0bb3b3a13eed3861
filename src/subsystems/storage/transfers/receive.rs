//! The job that fetches a chat's files, one after the other, until none waits. A file that cannot be had or kept is
//! told and passed over; nothing of it is left in the folder.

use std::{pin::Pin, time::Duration};

use tokio::io::AsyncReadExt;

use super::{
    dock::{Kit, Msg, topic},
    inside,
    landing::{Lacks, Landing},
    store::{self, Entry, State, Waiting},
};
use crate::{
    audit::{self, Audit},
    domain::{Asker, BlobError, BlobMeta, Bytes, ChatId, FileName, JobTitle, Phrase, Place},
    jobs::{Ending, JobOrder, Link, Progress, Steps, Unit, clean, progress::Figure},
    phrase,
    room::freight,
    store::{Durability, StoreError},
    subsystems::storage::{
        Fault, Floor,
        folder::{Folder, Kind, Space},
        trash::{self, Throw},
        tree::Alone,
    },
    supervision::Port,
};

/// For all files of one chat together.
const DEADLINE: Duration = Duration::from_secs(6 * 3600);
/// Bytes that are held of a file at once.
const CHUNK: usize = 256 << 10;
/// A disk is never filled to its last byte for a file from a chat.
const SPARE: u64 = 16 << 20;
/// The dock reads the store.
const ASK_WITHIN: Duration = Duration::from_secs(5);
/// A line that says nothing for so long is dead; those who read it try again before.
const SILENCE_MAX: Duration = Duration::from_secs(120);

/// One job of a chat at once: its files come one after the other.
pub fn key(chat: ChatId) -> String {
    format!("receive:{chat}")
}

pub fn order(kit: Kit, dock: Port<Msg>, chat: ChatId, waiting: &Waiting) -> JobOrder {
    let first = clean(&waiting.first.name.shown());
    let name = if waiting.files > 1 { format!("{first} +{}", waiting.files - 1) } else { first };
    let asked_by = waiting.first.asked_by.clone();
    JobOrder {
        title: JobTitle::Receive { name },
        key: Some(key(chat)),
        asked_by: asked_by.unwrap_or_else(|| Asker::Room { room: "transfers".into() }),
        deadline: DEADLINE,
        runner: Box::new(Steps::new(move |link| run(kit, dock, chat, link))),
    }
}

/// Tells the dock when the job goes before its time, however it goes.
struct Leaving {
    dock: Port<Msg>,
    chat: ChatId,
    early: bool,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if self.early {
            let _ = self.dock.cast(Msg::Left(self.chat));
        }
    }
}

/// What came of the files so far.
#[derive(Debug, Default)]
struct Tally {
    saved: u64,
    saved_bytes: u64,
    /// Bytes of files that are through, however they ended.
    through: u64,
    files: u64,
    failed: u64,
    why: Option<Phrase>,
    place: Option<Place>,
}

pub async fn run(kit: Kit, dock: Port<Msg>, chat: ChatId, link: Link) -> Ending {
    let mut leaving = Leaving { dock: dock.clone(), chat, early: true };
    let mut tally = Tally::default();
    loop {
        let asked = dock.call(ASK_WITHIN, |reply| Msg::Next(chat, reply)).await;
        let waiting = match asked {
            Ok(Ok(Some(waiting))) => waiting,
            Ok(Ok(None)) => {
                leaving.early = false;
                return ending(tally);
            }
            Ok(Err(error)) => return broken(unstored(&error)),
            Err(error) => return broken(inside(error)),
        };
        tell(&link, &tally, &waiting, 0);
        let entry = waiting.first.clone();
        let done = tokio::select! {
            done = fetch(&kit, &entry, |bytes| tell(&link, &tally, &waiting, bytes)) => done,
            () = link.stopping() => return Ending::Stopped,
        };
        tally.files += 1;
        tally.through += entry.bytes.unwrap_or(0);
        if let Err(error) = note(&kit, &entry, &done).await {
            return broken(unstored(&error));
        }
        match done {
            Ok(saved) => {
                tally.saved += 1;
                tally.saved_bytes += saved.bytes;
                tally.place = entry.place;
            }
            Err(why) => {
                link.log(&format!(
                    "{}: {}",
                    entry.name.shown(),
                    crate::locale::say(crate::domain::Lang::En, &why)
                ));
                tally.failed += 1;
                tally.why = Some(why);
            }
        }
    }
}

fn broken(why: Phrase) -> Ending {
    Ending::Failed { why, mend: None }
}

fn ending(tally: Tally) -> Ending {
    let size = Bytes(tally.saved_bytes).to_string();
    match (tally.saved, tally.failed, tally.why) {
        (0, _, Some(why)) => Ending::Failed { why, mend: None },
        (saved, 1.., Some(why)) => Ending::Incomplete {
            summary: phrase!("transfers-some-failed", saved = saved, failed = tally.failed, why = why),
        },
        (saved, ..) => {
            let place = tally.place.map(|place| place.shown()).unwrap_or_default();
            let summary = phrase!("transfers-saved", files = saved, size = size, place = clean(&place));
            Ending::Done { summary: Some(summary) }
        }
    }
}

fn tell(link: &Link, tally: &Tally, waiting: &Waiting, bytes: u64) {
    let figure = |done, total, unit| Figure { done, total: Some(total), unit };
    link.report(Progress {
        figures: vec![
            figure(tally.through + bytes, tally.through + waiting.bytes, Unit::Bytes),
            figure(tally.files, tally.files + waiting.files, Unit::Files),
        ],
        note: Some(waiting.first.name.shown()),
        ..Progress::default()
    });
}

/// A file in its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Saved {
    name: FileName,
    bytes: u64,
}

/// The record of one, and its line in the flight recorder.
async fn note(kit: &Kit, entry: &Entry, done: &Result<Saved, Phrase>) -> Result<(), StoreError> {
    let id = entry.id;
    let (state, saved, said) = match done {
        Ok(saved) => (State::Done, Some(saved.name.clone()), None),
        Err(why) => (State::Failed, None, Some(why.clone())),
    };
    if let (Ok(saved), Some(place)) = (done, &entry.place) {
        let at = place.join(&saved.name).unwrap_or_else(|_| place.clone());
        let line = audit::Entry::noted(kit.clock.now(), "transfers", "transfers.saved", at.to_string());
        kit.audit.note(line.with("bytes", saved.bytes).with("pilot", entry.pilot.0));
    }
    let write =
        move |tx: &rusqlite::Transaction<'_>| store::ended(tx, id, state, saved.as_ref(), said.as_ref());
    kit.store.write(Durability::Full, write).await?;
    kit.outlet.changed(topic(entry.batch));
    Ok(())
}

async fn fetch(kit: &Kit, entry: &Entry, tell: impl Fn(u64) + Send + Sync) -> Result<Saved, Phrase> {
    let place = entry.place.clone().ok_or_else(|| phrase!("transfers-no-place"))?;
    let (folder, floor) = target(kit, &place, entry.bytes).await?;
    let meta = BlobMeta { name: entry.name.shown(), size_bytes: entry.bytes };
    let blob = kit.blobs.revive(&entry.reference, meta).ok_or_else(|| phrase!("freight-no-line"))?;
    let opened = kit.blobs.open(blob).await;
    kit.blobs.drop_blob(blob);
    let (_, mut stream) = opened.map_err(|error| not_fetched(&error))?;
    let size = entry.bytes;
    let (parts, at) = (floor.parts.clone(), place.clone());
    let mut landing = blocking(move || {
        let landing = Landing::begin(&folder, || parts.begin(&at), Lacks::default())?;
        size.map_or(Ok(()), |size| landing.reserve(size))?;
        Ok::<_, Fault>(landing)
    })
    .await?;
    let limit = kit.courier.limits().fetch.0;
    let mut written = 0u64;
    loop {
        let chunk = tokio::time::timeout(SILENCE_MAX, filled(&mut stream)).await;
        let chunk =
            chunk.map_err(|_| phrase!("freight-no-line"))?.map_err(|error| not_fetched(&error.into()))?;
        if chunk.is_empty() {
            break;
        }
        written += chunk.len() as u64;
        if written > limit {
            return Err(phrase!("freight-long"));
        }
        landing = blocking(move || {
            landing.write(&chunk)?;
            Ok::<_, Fault>(landing)
        })
        .await?;
        tell(written);
    }
    if size.is_some_and(|size| size != written) {
        return Err(phrase!("transfers-not-all", got = Bytes(written).to_string()));
    }
    let replace = entry.replace && !came_with_it(kit, entry).await?;
    let (name, audit, by) = (entry.name.clone(), kit.audit.clone(), by(entry));
    let name = blocking(move || {
        if replace {
            give_way(&floor, &place, &name, &by, &audit)?;
        }
        Ok::<_, Fault>(landing.finish(&name, Lacks::default())?)
    })
    .await?;
    Ok(Saved { name, bytes: written })
}

fn by(entry: &Entry) -> String {
    match &entry.asked_by {
        Some(Asker::Pilot { name, .. }) => name.clone(),
        _ => String::new(),
    }
}

/// Two photos of one name, sent together, do not replace each other.
async fn came_with_it(kit: &Kit, entry: &Entry) -> Result<bool, Phrase> {
    let batch = entry.batch;
    let entries = kit.store.read(move |conn| store::batch(conn, batch)).await;
    let entries = entries.map_err(|error| unstored(&error))?;
    Ok(entries.iter().any(|one| one.place == entry.place && one.saved.as_ref() == Some(&entry.name)))
}

/// What has the name goes to the trash. A folder stays, as does what no trash is there for: then both are kept.
fn give_way(floor: &Floor, place: &Place, name: &FileName, by: &str, audit: &Audit) -> Result<(), Fault> {
    let opened = floor.roots.open(&place.root)?;
    let there = match opened.folder(&place.path)?.look(name) {
        Err(Fault::Gone) => return Ok(()),
        other => other?,
    };
    if !matches!(there.kind, Kind::File | Kind::Link) {
        return Ok(());
    }
    let at = place.join(name).map_err(|_| Fault::TooLong)?;
    let throw = Throw { by, now: floor.clock.now(), watch: &Alone };
    match trash::throw(&opened, &at.path, there.stamp, &throw) {
        Ok(thrown) => {
            let line = audit::Entry::noted(throw.now, "transfers", "storage.trashed", at.to_string());
            audit.note(line.with("bytes", thrown.sum.bytes));
            Ok(())
        }
        Err(Fault::OtherDisk | Fault::Gone) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// The folder, opened beneath its root, if it may be written to and has the room.
async fn target(kit: &Kit, place: &Place, bytes: Option<u64>) -> Result<(Folder, Floor), Phrase> {
    let asked = place.clone();
    let open = move |floor: &Floor| -> Result<(Folder, Option<Space>, Floor), Fault> {
        let opened = floor.roots.open(&asked.root)?;
        opened.writable()?;
        let folder = opened.folder(&asked.path)?;
        let space = folder.space();
        Ok((folder, space, floor.clone()))
    };
    let opened = kit.storage.work(Some(&place.root), "receive", open).await;
    let (folder, space, floor) = opened.map_err(|away| away.phrase())?.map_err(|fault| fault.phrase())?;
    let needed = bytes.unwrap_or(0).saturating_add(SPARE);
    match space {
        Some(space) if space.free.0 < needed => Err(Fault::Full { free: Some(space.free) }.phrase()),
        _ => Ok((folder, floor)),
    }
}

/// Up to a whole chunk; empty at the end.
async fn filled(stream: &mut Pin<Box<dyn tokio::io::AsyncRead + Send>>) -> std::io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(CHUNK);
    while chunk.len() < CHUNK {
        let room = (CHUNK - chunk.len()) as u64;
        if stream.as_mut().take(room).read_buf(&mut chunk).await? == 0 {
            break;
        }
    }
    Ok(chunk)
}

/// Disks may hang: not on a thread of the runtime.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Phrase> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|fault| fault.phrase()),
        Err(error) => Err(inside(error)),
    }
}

/// From Telegram; what it has forgotten can be sent again.
fn not_fetched(error: &BlobError) -> Phrase {
    match error {
        BlobError::Gone => phrase!("transfers-gone"),
        other => freight::unread(other),
    }
}

fn unstored(error: &StoreError) -> Phrase {
    phrase!("transfers-not-noted", why = error.phrase())
}
