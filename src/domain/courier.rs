//! Who carries files into chats: rooms hand one over and wait until it is there, without knowing how it goes.

use std::pin::Pin;

use super::{Attachment, BlobError, Bytes, ChatId};

/// The largest files that can be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From a chat.
    pub fetch: Bytes,
    /// Into a chat.
    pub deliver: Bytes,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    #[error("it is larger than can be carried")]
    TooLarge,
    /// For minutes, and tried again and again.
    #[error("the line is down")]
    NoLine,
    #[error("the chat takes no files")]
    Closed,
    /// Its bytes did not come.
    #[error("{0}")]
    Unread(BlobError),
    /// In words of whoever refused it.
    #[error("{0}")]
    Refused(String),
    /// A fault of whoever carries; the log says which.
    #[error("it was dropped on the way")]
    Dropped,
}

pub type Delivering<'a> = Pin<Box<dyn Future<Output = Result<(), Undelivered>> + Send + 'a>>;

pub trait Courier: Send + Sync {
    fn limits(&self) -> Limits;

    /// Resolves when it has arrived or is given up. Dropping it does not call it back: what is to be stopped ends
    /// its bytes.
    fn deliver(&self, chat: ChatId, file: Attachment) -> Delivering<'_>;
}
