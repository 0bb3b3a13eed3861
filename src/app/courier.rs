//! The outbox as the rooms' courier: a file goes out in its turn, and whoever sent it hears when it has arrived.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::{
    domain::{Attachment, Bytes, ChatId, Courier, Delivering, Limits, Undelivered},
    supervision::{CallError, Port},
    telegram::{self, failure::Failure, outbox},
};

/// A largest file over the slowest line that is put up with, and its turn before that.
const WITHIN: Duration = Duration::from_secs(12 * 3600);

/// Cheap to clone; all clones know the same limits.
#[derive(Clone)]
pub struct OutboxCourier {
    outbox: Port<outbox::Msg>,
    fetch: Arc<AtomicU64>,
    deliver: Arc<AtomicU64>,
}

impl OutboxCourier {
    pub fn new(outbox: Port<outbox::Msg>) -> OutboxCourier {
        let limit = |bytes: Bytes| Arc::new(AtomicU64::new(bytes.0));
        let limits = telegram::limits(&telegram::config::Config::default());
        OutboxCourier { outbox, fetch: limit(limits.fetch), deliver: limit(limits.deliver) }
    }

    /// Another server has other limits.
    pub fn learn(&self, limits: Limits) {
        self.fetch.store(limits.fetch.0, Ordering::Relaxed);
        self.deliver.store(limits.deliver.0, Ordering::Relaxed);
    }
}

impl Courier for OutboxCourier {
    fn limits(&self) -> Limits {
        let limit = |of: &AtomicU64| Bytes(of.load(Ordering::Relaxed));
        Limits { fetch: limit(&self.fetch), deliver: limit(&self.deliver) }
    }

    fn deliver(&self, chat: ChatId, file: Attachment) -> Delivering<'_> {
        Box::pin(async move {
            let carried = self.outbox.call(WITHIN, |reply| outbox::Msg::Deliver(chat, file, reply)).await;
            carried.map_err(|error| told(&error))?.map_err(|failure| match failure {
                Failure::TooLarge => Undelivered::TooLarge,
                Failure::Closed(_) | Failure::Moved(_) => Undelivered::Closed,
                failure if failure.passes() => Undelivered::NoLine,
                Failure::Unread(error) => Undelivered::Unread(error),
                Failure::Refused(why) => Undelivered::Refused(why),
                failure => {
                    tracing::warn!(%failure, "a file was not delivered");
                    Undelivered::Dropped
                }
            })
        })
    }
}

fn told(error: &CallError) -> Undelivered {
    match error {
        CallError::Down | CallError::Timeout(_) => Undelivered::NoLine,
        CallError::Dropped => Undelivered::Dropped,
    }
}
