//! The world, shared by the two sides of the server: who holds it, who hears that it changed. The lock is never held
//! across an await.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::{
    sync::{broadcast, watch},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

use super::world::World;

/// Events a slow page may be behind before it starts afresh with a snapshot.
const EVENTS_BEHIND_MAX: usize = 512;
/// A bot that has not polled for so long does not listen.
const SILENCE: Duration = Duration::from_secs(4);

pub(super) struct Hub {
    pub token: String,
    pub key: String,
    /// Ends every wait.
    pub stop: CancellationToken,
    world: Mutex<World>,
    version: watch::Sender<u64>,
    events: broadcast::Sender<Arc<str>>,
    /// Polls that wait, and when the last one ended.
    listening: Mutex<(usize, Option<Instant>)>,
}

impl Hub {
    pub fn new(token: String, key: String, world: World) -> Hub {
        Hub {
            token,
            key,
            stop: CancellationToken::new(),
            world: Mutex::new(world),
            version: watch::Sender::new(0),
            events: broadcast::Sender::new(EVENTS_BEHIND_MAX),
            listening: Mutex::new((0, None)),
        }
    }

    /// Works on the world, then tells everybody what happened in it.
    pub fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut world);
        let events = std::mem::take(&mut world.events);
        let stirred = std::mem::take(&mut world.stirred);
        if stirred || !events.is_empty() {
            self.version.send_modify(|version| *version += 1);
        }
        for event in events {
            // An error means that no page is open.
            let _ = self.events.send(Arc::from(event.to_string()));
        }
        result
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// All there is to see, and the events from then on: none is missed in between, none comes twice.
    pub fn watch(&self) -> (Value, broadcast::Receiver<Arc<str>>) {
        let world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let events = self.events.subscribe();
        let mut snapshot = world.snapshot(*self.version.borrow());
        snapshot["listening"] = Value::from(self.is_listening());
        (snapshot, events)
    }

    /// Held while a poll waits.
    pub fn listen(&self) -> Listening<'_> {
        self.polls().0 += 1;
        Listening(self)
    }

    pub fn is_listening(&self) -> bool {
        let (waiting, ended) = *self.polls();
        waiting > 0 || ended.is_some_and(|at| at.elapsed() < SILENCE)
    }

    fn polls(&self) -> std::sync::MutexGuard<'_, (usize, Option<Instant>)> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Listening<'a>(&'a Hub);

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        let mut polls = self.0.polls();
        *polls = (polls.0 - 1, Some(Instant::now()));
    }
}
