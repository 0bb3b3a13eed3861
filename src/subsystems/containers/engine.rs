//! What this room needs of a container engine, in its own words. Implemented by [`super::engine_docker`] over the
//! engine's socket and by [`super::engine_fake`] in memory.

use std::{pin::Pin, sync::Arc};

use futures_util::Stream;
use jiff::Timestamp;

use super::model::{
    Container, ContainerId, Details, Happening, Image, Layer, Network, Pruned, Reading, Usage, Volume,
};
use crate::intent::containers::{Name, Prune};

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, EngineError>> + Send + 'a>>;
pub type Happenings = Pin<Box<dyn Stream<Item = Result<Happening, EngineError>> + Send>>;
pub type Readings = Pin<Box<dyn Stream<Item = Result<Reading, EngineError>> + Send>>;
pub type Layers = Pin<Box<dyn Stream<Item = Result<Layer, EngineError>> + Send>>;
pub type LogStream = Pin<Box<dyn Stream<Item = Result<LogChunk, EngineError>> + Send>>;

/// Where connections come from. One try each: trying again is the actor's.
pub trait Dock: Send + Sync + 'static {
    /// Finds the socket, asks who answers and opens the stream of events; within
    /// [`CONNECT_MAX`](super::engine_docker::CONNECT_MAX).
    fn connect(&self) -> Answer<'_, Link>;
}

/// One connection. It is over when `happenings` ends; a new one is then asked for.
pub struct Link {
    pub engine: Arc<dyn Engine>,
    pub about: About,
    pub happenings: Happenings,
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// "Docker", "Podman".
    pub name: String,
    pub version: String,
    pub api: String,
    pub socket: String,
    /// Containers go on while the daemon is restarted.
    pub live_restore: bool,
    /// Its files are this machine's, so that Compose can be asked. Never of a simulated one.
    pub here: bool,
}

/// Each call is bounded by the adapter: 5 s, acts 90 s, what the engine must count 60 s.
pub trait Engine: Send + Sync {
    /// All containers, whatever their state.
    fn list(&self) -> Answer<'_, Vec<Container>>;
    fn inspect<'a>(&'a self, container: &'a str) -> Answer<'a, Details>;
    /// What it takes, told about once a second until dropped. The first word comes after a second or two.
    fn readings<'a>(&'a self, id: &'a ContainerId) -> Answer<'a, Readings>;
    fn act<'a>(&'a self, verb: Verb, container: &'a str) -> Answer<'a, ()>;
    /// Oldest first. With `follow` it goes on until dropped.
    fn logs<'a>(&'a self, ask: &'a LogAsk) -> Answer<'a, LogStream>;
    fn volumes(&self) -> Answer<'_, Vec<Volume>>;
    fn networks(&self) -> Answer<'_, Vec<Network>>;
    fn images(&self) -> Answer<'_, Vec<Image>>;
    /// The engine walks its disks for this: seconds.
    fn usage(&self) -> Answer<'_, Usage>;
    fn prune(&self, what: Prune) -> Answer<'_, Pruned>;
    fn remove_volume<'a>(&'a self, name: &'a str) -> Answer<'a, ()>;
    /// What the registry has under this name now, as a digest: "sha256:…". The engine asks it; at most 30 s.
    fn registry_digest<'a>(&'a self, image: &'a str) -> Answer<'a, String>;
    /// An image of this machine, by name or id.
    fn image<'a>(&'a self, name: &'a str) -> Answer<'a, Image>;
    /// Fetches what the registry has. It is there when the stream ends without an error.
    fn pull<'a>(&'a self, image: &'a str) -> Answer<'a, Layers>;
    /// Makes a container `name` of `image` with all else as `like` has it: settings, mounts with their volumes,
    /// networks with aliases and addresses. It is not started, and `like` is left alone.
    fn twin<'a>(&'a self, like: &'a str, image: &'a str, name: &'a str) -> Answer<'a, ()>;
    fn rename<'a>(&'a self, from: &'a str, to: &'a str) -> Answer<'a, ()>;
    /// Gives an image (by id) this name, which another may have had.
    fn tag<'a>(&'a self, id: &'a str, name: &'a str) -> Answer<'a, ()>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    Start,
    Stop,
    Restart,
    Pause,
    Unpause,
    Kill,
    Remove,
}

impl Verb {
    /// Ends or freezes what runs.
    pub fn takes_down(self) -> bool {
        matches!(self, Verb::Stop | Verb::Restart | Verb::Pause | Verb::Kill | Verb::Remove)
    }

    /// It should run afterwards.
    pub fn brings_up(self) -> bool {
        matches!(self, Verb::Start | Verb::Restart | Verb::Unpause)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogAsk {
    pub container: Name,
    /// The newest so many; `None` is all.
    pub tail: Option<usize>,
    pub since: Option<Timestamp>,
    pub stdout: bool,
    pub follow: bool,
}

/// Some bytes of a log as they came: neither whole lines nor text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogChunk {
    pub source: Source,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    Out,
    Err,
    /// A terminal has one stream for both.
    Terminal,
}

/// What the pilot is told, and how to mend it, is in `words.rs`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    #[error("no socket at {}", .0.join(", "))]
    NoSocket(Vec<String>),
    #[error("nobody answers at {0}")]
    NoAnswer(String),
    #[error("not allowed to open {0}")]
    Denied(String),
    #[error("the engine did not answer within {0} s")]
    Slow(u64),
    /// The connection broke during the call; whether it was carried out is not known.
    #[error("the connection to the engine was lost")]
    Lost,
    #[error("the engine speaks API {found}, at least {needed} is needed")]
    TooOld { found: String, needed: &'static str },
    #[error("no such container, image or volume")]
    NotFound,
    /// The engine's own words.
    #[error("the engine refused: {0}")]
    Refused(String),
    #[error("the engine's answer was not understood: {0}")]
    Garbled(String),
    /// What Docker can be asked and Podman's service can not.
    #[error("not with Podman's service: {0:?}")]
    NotWithPodman(Lack),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// It does not ask registries what they have.
    Registry,
    /// It does not tell all settings of a container (no sysctls, no pod), so that one made anew would lose some.
    Twin,
}

impl EngineError {
    /// Said of the connection, not of one call.
    pub fn is_of_link(&self) -> bool {
        !matches!(
            self,
            EngineError::NotFound
                | EngineError::Refused(_)
                | EngineError::Garbled(_)
                | EngineError::NotWithPodman(_)
        )
    }
}
