//! Values and units: parsed once, trusted after. No tokio, no ractor, no I/O.

mod blobs;
mod clock;
mod courier;
mod disk;
mod id;
mod job;
mod phrase;
mod place;
mod reader;
mod told;
mod units;
mod words;
mod written;

pub use blobs::{Attachment, BlobError, BlobId, BlobMeta, BlobSource, Blobs, ByteStream};
pub use clock::{Clock, SystemClock};
pub use courier::{Courier, Delivering, Limits, Undelivered};
pub use disk::{DiskGrade, DiskId};
pub use id::{ChatId, JobId, Nonce, PilotId, UnitName, UnitNameError};
pub use job::{Asker, FileWork, Interruption, JobKind, JobOutcome, JobTitle, Tending};
pub use phrase::{Phrase, PhraseArg};
pub use place::{FileName, NameError, Place, RelPath, RootName, Stamp, Target};
pub use reader::{ChatKind, ConfigIssue, Flight, Lang, Reader, Role, Theme};
pub use told::Told;
pub use units::{Bytes, Percent, UnitError, parse_duration, parse_percent};
pub use words::Words;
pub use written::duration;
