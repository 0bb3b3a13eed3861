//! Bytes by handle: rooms and the gateway pass files to each other without either knowing where they lie.

use std::{fmt, pin::Pin};

use serde::{Deserialize, Serialize};
use tokio::io::AsyncRead;

use super::Phrase;

/// A handle to bytes held by one daemon for as long as it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlobId(pub u64);

/// What is known of a blob without reading it. The name is for display and comes from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobMeta {
    pub name: String,
    /// `None` where the size is not known until the end (an archive made while it is read).
    pub size_bytes: Option<u64>,
}

/// Why the bytes of a blob do not come. Once they stream it comes within an [`std::io::Error`], and out of it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    #[error("this file is no longer at hand")]
    Gone,
    /// The kernel's number for it.
    #[error("cannot read the file: {}", std::io::Error::from_raw_os_error(*.0))]
    Read(i32),
    /// What keeps it back, as the room says whose file it is: a whole sentence.
    #[error("the file is kept back: {}", .0.id)]
    Kept(Phrase),
    /// Whoever has it is out of reach; in words for the log.
    #[error("no line to whoever has the file: {0}")]
    NoLine(String),
    #[error("the file is larger than can be carried")]
    TooLarge,
    #[error("the file ended early")]
    Short,
    #[error("the file is longer than was said")]
    Long,
    /// Whoever wanted it does not want it any more.
    #[error("it was cancelled")]
    Cancelled,
    /// In the words of whoever has it.
    #[error("refused: {0}")]
    Refused(String),
}

impl From<std::io::Error> for BlobError {
    fn from(error: std::io::Error) -> BlobError {
        /// EIO, for what has no number.
        const SOME_FAULT: i32 = 5;
        let number = error.raw_os_error().unwrap_or(SOME_FAULT);
        error.downcast().unwrap_or(BlobError::Read(number))
    }
}

impl From<BlobError> for std::io::Error {
    fn from(error: BlobError) -> std::io::Error {
        std::io::Error::other(error)
    }
}

pub type ByteStream = Pin<Box<dyn AsyncRead + Send>>;

type Opened<'a> = Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + 'a>>;

/// What gives out bytes. The implementations: an opened file descriptor, a file at Telegram.
pub trait BlobSource: Send + Sync {
    fn meta(&self) -> BlobMeta;
    /// Opens from the start, each time anew.
    fn open(&self) -> Opened<'_>;
    /// What makes this source again in another run of the daemon, for [`Blobs::revive`]; `None` where nothing does.
    fn reference(&self) -> Option<String> {
        None
    }
}

type Reviver = dyn Fn(&str, BlobMeta) -> std::sync::Arc<dyn BlobSource> + Send + Sync;

/// The book of blobs, handed to rooms at wiring. At most [`Blobs::HELD_MAX`] are held: the oldest go first.
#[derive(Clone, Default)]
pub struct Blobs {
    book: std::sync::Arc<std::sync::Mutex<Book>>,
}

#[derive(Default)]
struct Book {
    next: u64,
    held: std::collections::BTreeMap<u64, std::sync::Arc<dyn BlobSource>>,
    reviver: Option<std::sync::Arc<Reviver>>,
}

impl Blobs {
    pub const HELD_MAX: usize = 512;

    pub fn put(&self, source: impl BlobSource + 'static) -> BlobId {
        self.hold(std::sync::Arc::new(source))
    }

    fn hold(&self, source: std::sync::Arc<dyn BlobSource>) -> BlobId {
        let mut book = self.lock();
        book.next += 1;
        let id = book.next;
        book.held.insert(id, source);
        while book.held.len() > Self::HELD_MAX {
            book.held.pop_first();
        }
        BlobId(id)
    }

    pub fn meta(&self, id: BlobId) -> Option<BlobMeta> {
        self.source(id).map(|source| source.meta())
    }

    /// # Errors
    /// [`BlobError::Gone`] for a handle that was let go; else what the source says.
    pub async fn open(&self, id: BlobId) -> Result<(BlobMeta, ByteStream), BlobError> {
        let source = self.source(id).ok_or(BlobError::Gone)?;
        source.open().await
    }

    pub fn drop_blob(&self, id: BlobId) {
        self.lock().held.remove(&id.0);
    }

    /// See [`BlobSource::reference`].
    pub fn reference(&self, id: BlobId) -> Option<String> {
        self.source(id)?.reference()
    }

    /// Who makes sources from references; a later one takes the place of the one before.
    pub fn revived_by(
        &self,
        reviver: impl Fn(&str, BlobMeta) -> std::sync::Arc<dyn BlobSource> + Send + Sync + 'static,
    ) {
        self.lock().reviver = Some(std::sync::Arc::new(reviver));
    }

    /// A blob from its reference, whether or not the one it was taken from is still held. `None` while nobody can.
    pub fn revive(&self, reference: &str, meta: BlobMeta) -> Option<BlobId> {
        let reviver = self.lock().reviver.clone()?;
        Some(self.hold(reviver(reference, meta)))
    }

    fn source(&self, id: BlobId) -> Option<std::sync::Arc<dyn BlobSource>> {
        self.lock().held.get(&id.0).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl fmt::Debug for Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blobs({} held)", self.lock().held.len())
    }
}

/// A file to be sent to a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub blob: BlobId,
    pub caption: String,
}
