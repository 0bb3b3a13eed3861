//! What Podman's service says otherwise than Docker, and how it is learned nevertheless. Seen with Podman 4.3: its list
//! has no health, its events of health no verdict, its end of a container no word of who asked for it, its counts no sum.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bollard::models::EventMessage;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::Value;

use super::{CALL_MAX, decode, plain, within};
use crate::subsystems::containers::{
    digests,
    engine::{EngineError, Happenings},
    model::{Container, ContainerId, Details, Happening, Health, State, What},
};

/// By its own names, which its filter wants; it tells them by Docker's.
pub const EVENTS: &[&str] = &["died", "remove", "restart"];

/// Of containers whose last health was told; more are forgotten, and told once more.
const KNOWN_MAX: usize = 4096;

/// It calls the network of all that named none "bridge" in the list, and "podman" everywhere else.
const DEFAULT_NETWORK: (&str, &str) = ("bridge", "podman");

/// Ended by a signal: interrupt, kill, terminate.
const BY_SIGNAL: [i64; 3] = [130, 137, 143];

/// Gives the list its health, by asking for those of each. Three calls, however many containers there are.
pub async fn with_health(socket: &Path, list: &mut [Container]) {
    const EACH: [(&str, Health); 3] =
        [("starting", Health::Starting), ("healthy", Health::Healthy), ("unhealthy", Health::Unhealthy)];
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Listed {
        id: ContainerId,
    }
    if list.iter().all(|container| container.state != State::Running) {
        return;
    }
    for (word, health) in EACH {
        let path = format!("/containers/json?filters=%7B%22health%22%3A%5B%22{word}%22%5D%7D");
        // One that does not know the question leaves the health unknown.
        let Ok(found) = within(CALL_MAX, plain::get::<Vec<Listed>>(socket, &path)).await else { return };
        for container in list.iter_mut().filter(|one| one.state == State::Running) {
            if found.iter().any(|one| one.id == container.id) {
                container.health = Some(health);
            }
        }
    }
}

pub fn network(name: String) -> String {
    if name == DEFAULT_NETWORK.0 { DEFAULT_NETWORK.1.into() } else { name }
}

/// Its events in our words.
pub fn happenings<S>(events: S, socket: &str) -> Happenings
where
    S: Stream<Item = Result<EventMessage, EngineError>> + Send + 'static,
{
    let ear = Arc::new(Ear { socket: socket.into(), known: Mutex::default() });
    let told = events.and_then(move |message| {
        let ear = ear.clone();
        async move { Ok(stream::iter(ear.hear(message).await).map(Ok)) }
    });
    Box::pin(told.try_flatten())
}

struct Ear {
    socket: PathBuf,
    known: Mutex<BTreeMap<ContainerId, Health>>,
}

impl Ear {
    async fn hear(&self, message: EventMessage) -> Vec<Happening> {
        match message.action.as_deref() {
            // Told after each check, whatever it found.
            Some("health_status") => self.health(message).await.into_iter().collect(),
            // By somebody, before the end; or by its policy, after it. It is forgotten with the start that follows.
            Some("restart") => decode::happened(message, What::Signalled(None)).into_iter().collect(),
            _ => match decode::happening(message) {
                Some(happening) => self.ended(happening).await,
                None => Vec::new(),
            },
        }
    }

    /// Whether somebody stopped it is not told: an end by a signal is taken for that rather than cried over, unless it
    /// was for want of memory.
    async fn ended(&self, happening: Happening) -> Vec<Happening> {
        match happening.what {
            What::Died(Some(exit)) if BY_SIGNAL.contains(&exit) => {
                let oom = self.inspect(&happening.id).await.is_some_and(|details| details.oom);
                let what = if oom { What::Oom } else { What::Signalled(None) };
                vec![Happening { what, ..happening.clone() }, happening]
            }
            What::Removed => {
                self.known().remove(&happening.id);
                vec![happening]
            }
            _ => vec![happening],
        }
    }

    /// What the check found, where that is new.
    async fn health(&self, message: EventMessage) -> Option<Happening> {
        let one = decode::happened(message, What::Stopped)?;
        let health = self.inspect(&one.id).await?.container.health?;
        let mut known = self.known();
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        let is_new = known.insert(one.id.clone(), health) != Some(health);
        is_new.then_some(Happening { what: What::Health(health), ..one })
    }

    async fn inspect(&self, id: &ContainerId) -> Option<Details> {
        if !digests::is_name(&id.0) {
            return None;
        }
        let path = format!("/containers/{}/json", id.0);
        let seen = within(CALL_MAX, plain::get::<Value>(&self.socket, &path)).await.ok()?;
        decode::inspected(seen).ok()
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<ContainerId, Health>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
