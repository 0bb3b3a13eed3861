//! The job that carries a file into a chat: as it is, in volumes where the pilot agreed, a folder as an archive that is
//! packed into a nameless file first. Volumes come with the file's sum and the command that joins them.

use std::{
    fs::File,
    os::unix::fs::MetadataExt,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::{
    inside,
    parcel::{Parcel, Sum},
    volumes::{self, Plan, Volume},
};
use crate::{
    domain::{
        Asker, Attachment, BlobError, BlobMeta, BlobSource, Blobs, ByteStream, Bytes, ChatId, Courier,
        FileName, JobTitle, Lang, Phrase, Place, Undelivered,
    },
    jobs::{Ending, JobOrder, Link, Progress, Steps, Unit, progress::Figure},
    phrase,
    room::freight,
    subsystems::storage::{Opened, archive, folder::Folder},
    t,
};

/// For all volumes together: 99 of 50 MB over a slow line.
const DEADLINE: Duration = Duration::from_secs(12 * 3600);
/// How often the counts are passed on.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// What is to be carried.
pub enum Cargo {
    File {
        file: File,
        bytes: u64,
    },
    /// Packed first, without what is guarded in its root.
    Folder {
        opened: Opened,
        folder: Folder,
        name: FileName,
    },
}

pub struct Subject {
    pub place: Place,
    /// What it is called in the chat: harmless.
    pub name: String,
    pub cargo: Cargo,
    pub chat: ChatId,
    pub lang: Lang,
    /// Whether it may go in several volumes.
    pub volumes: bool,
    /// Where an archive is packed.
    pub scratch: PathBuf,
    pub blobs: Blobs,
    pub courier: Arc<dyn Courier>,
}

/// The same thing is carried once at a time.
pub fn order(subject: Subject, asked_by: Asker) -> JobOrder {
    JobOrder {
        title: JobTitle::Send { name: subject.name.clone() },
        key: Some(format!("send:{}:{}", subject.chat, subject.place)),
        asked_by,
        deadline: DEADLINE,
        runner: Box::new(Steps::new(move |link| run(subject, link))),
    }
}

pub async fn run(subject: Subject, link: Link) -> Ending {
    let Subject { cargo, scratch, .. } = subject;
    let subject = Load {
        name: subject.name,
        chat: subject.chat,
        lang: subject.lang,
        volumes: subject.volumes,
        blobs: subject.blobs,
        courier: subject.courier,
    };
    let packed = match cargo {
        Cargo::File { file, bytes } => Ok((file, bytes)),
        Cargo::Folder { opened, folder, name } => pack(opened, folder, name, scratch, &link).await,
    };
    let (file, bytes) = match packed {
        Ok(packed) => packed,
        Err(_) if link.is_stopping() => return Ending::Stopped,
        Err(why) => return Ending::Failed { why, mend: None },
    };
    match carry(&subject, file, bytes, &link).await {
        Ok(summary) => Ending::Done { summary: Some(summary) },
        Err(_) if link.is_stopping() => Ending::Stopped,
        Err(why) => Ending::Failed { why, mend: None },
    }
}

struct Load {
    name: String,
    chat: ChatId,
    lang: Lang,
    volumes: bool,
    blobs: Blobs,
    courier: Arc<dyn Courier>,
}

/// Into a file without a name, which goes with the job.
async fn pack(
    opened: Opened,
    folder: Folder,
    name: FileName,
    scratch: PathBuf,
    link: &Link,
) -> Result<(File, u64), Phrase> {
    let inner = link.clone();
    let packing = tokio::task::spawn_blocking(move || {
        let guarded = |name: &[u8], id| opened.is_guarded(name, id);
        archive::pack_to_scratch(&folder, &name, &guarded, &scratch, &inner)
    });
    let packed = packing.await.map_err(inside)?;
    packed.map_err(|fault| fault.phrase())
}

async fn carry(load: &Load, file: File, bytes: u64, link: &Link) -> Result<Phrase, Phrase> {
    let limit = load.courier.limits().deliver.0;
    if bytes == 0 {
        return Err(phrase!("transfers-empty"));
    }
    let (size, max) = (Bytes(bytes).to_string(), Bytes(limit).to_string());
    if bytes > limit && !load.volumes {
        return Err(phrase!("transfers-too-large", size = size, max = max));
    }
    let plan = volumes::plan(&load.name, bytes, limit)
        .ok_or_else(|| phrase!("transfers-far-too-large", size = size.as_str(), max = max))?;
    let before = look(&file);
    let (file, mut sum, mut done) = (Arc::new(file), Sum::default(), 0);
    for (number, volume) in plan.volumes.iter().enumerate() {
        let at = At { number, done, whole: bytes };
        sum = one(load, &file, &plan, volume, &at, sum, link).await?;
        done += volume.bytes;
    }
    let count = plan.volumes.len();
    let changed = before != look(&file);
    if plan.is_split() {
        // The last word after the last volume: it is found there.
        let text = t!(
            load.lang,
            "transfers-join",
            command = plan.join_command(&sum.hex()),
            name = plan.whole.as_str(),
            sum = sum.hex()
        );
        let note = load.blobs.put(Text { name: format!("{}.join.txt", plan.whole), text });
        let file = Attachment { blob: note, caption: t!(load.lang, "transfers-join-caption") };
        let sent = load.courier.deliver(load.chat, file).await;
        load.blobs.drop_blob(note);
        sent.map_err(|error| freight::undelivered(&error))?;
        link.log(&plan.join_command(&sum.hex()));
    }
    link.log(&format!("sha256 {}", sum.hex()));
    if changed {
        return Err(phrase!("transfers-changed"));
    }
    Ok(match count {
        1 => phrase!("transfers-sent", size = size, sum = sum.hex()),
        _ => phrase!("transfers-sent-volumes", size = size, count = count, sum = sum.hex()),
    })
}

/// What tells that somebody wrote to it meanwhile.
fn look(file: &File) -> Option<(u64, i64, i64)> {
    let told = file.metadata().ok()?;
    Some((told.size(), told.mtime(), told.mtime_nsec()))
}

/// Where in the whole a volume stands.
struct At {
    number: usize,
    done: u64,
    whole: u64,
}

async fn one(
    load: &Load,
    file: &Arc<File>,
    plan: &Plan,
    volume: &Volume,
    at: &At,
    sum: Sum,
    link: &Link,
) -> Result<Sum, Phrase> {
    let out = Arc::default();
    let parcel = Parcel {
        file: file.clone(),
        name: volume.name.clone(),
        from: volume.from,
        bytes: volume.bytes,
        out: Arc::clone(&out),
        sum: sum.clone(),
        stop: link.stop_token().clone(),
    };
    let caption = if plan.is_split() {
        let (number, of) = (at.number + 1, plan.volumes.len());
        t!(load.lang, "transfers-volume", number = number, of = of, name = plan.whole.as_str())
    } else {
        String::new()
    };
    let blob = load.blobs.put(parcel);
    let delivering = load.courier.deliver(load.chat, Attachment { blob, caption });
    tokio::pin!(delivering);
    let mut every = tokio::time::interval(TELL_EVERY);
    let delivered = loop {
        tokio::select! {
            delivered = &mut delivering => break delivered,
            () = link.stopping() => break Err(Undelivered::Unread(BlobError::Cancelled)),
            _ = every.tick() => tell(link, plan, volume, at, out.load(Ordering::Relaxed)),
        }
    };
    load.blobs.drop_blob(blob);
    delivered.map_err(|error| freight::undelivered(&error))?;
    tell(link, plan, volume, at, volume.bytes);
    // What has arrived was read to its end.
    sum.next().ok_or_else(|| inside("a volume arrived that was not read to its end"))
}

fn tell(link: &Link, plan: &Plan, volume: &Volume, at: &At, out: u64) {
    let done = at.done + out.min(volume.bytes);
    let step = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    link.report(Progress {
        figures: vec![Figure { done, total: Some(at.whole), unit: Unit::Bytes }],
        note: Some(volume.name.clone()),
        step: plan.is_split().then(|| (step(at.number + 1), step(plan.volumes.len()))),
        ..Progress::default()
    });
}

/// A few lines as a file.
struct Text {
    name: String,
    text: String,
}

impl BlobSource for Text {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: self.name.clone(), size_bytes: Some(self.text.len() as u64) }
    }

    fn open(&self) -> Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + '_>> {
        Box::pin(async move {
            let bytes = std::io::Cursor::new(self.text.clone().into_bytes());
            Ok((self.meta(), Box::pin(bytes) as ByteStream))
        })
    }
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
