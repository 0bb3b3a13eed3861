//! What lies on the engine's shelves, in our own words.

use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    pub name: String,
    pub driver: String,
    pub created: Option<Timestamp>,
    pub project: Option<String>,
    /// Bytes; only [`Usage`] knows.
    pub size: Option<u64>,
    /// Containers that use it, running or not; only [`Usage`] knows.
    pub users: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    pub name: String,
    pub driver: String,
    pub subnets: Vec<String>,
    pub internal: bool,
    pub project: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub id: String,
    /// "nginx:1.27"; empty for a dangling one.
    pub tags: Vec<String>,
    pub created: Option<Timestamp>,
    pub size: u64,
    /// "nginx@sha256:…": under which digests registries have it. Empty for one that was built here.
    pub digests: Vec<String>,
}

/// How far a pull is: what the engine said of one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    pub id: String,
    /// "Downloading", "Extracting", "Pull complete".
    pub status: String,
    /// Bytes, of so many.
    pub bytes: Option<(u64, u64)>,
}

/// What takes how much of the disk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    pub images: Shelf,
    pub containers: Shelf,
    pub volumes: Shelf,
    pub build_cache: Shelf,
    /// Of the images those without a tag and without a container.
    pub dangling: Shelf,
    /// The largest first.
    pub by_volume: Vec<Volume>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shelf {
    pub count: u64,
    pub in_use: u64,
    pub bytes: u64,
    /// Given back by a prune of all that is not in use.
    pub reclaimable: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pruned {
    pub removed: Vec<String>,
    /// `None` where the engine does not tell it (networks).
    pub bytes: Option<u64>,
}
