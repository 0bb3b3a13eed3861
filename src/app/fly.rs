//! One flight: from a checked config to a running tree, reloads on the way, and an orderly end.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use super::{
    deps::Deps,
    exit::Exit,
    signals::{Asked, Signals},
    wiring::{self, Talk},
    world::World,
};
use crate::{
    bridge::Bridge,
    config::{self, Cause, Config, Plan, Reloaded, Secrets},
    domain::{Clock, Flight, Lang},
    store::Folder,
    subsystems::crew::Reload,
    supervision::{Faults, Tree},
    t,
    telegram::{self, config::Token, line::Line},
};

/// Everything decided before take-off.
pub struct Orders {
    pub config: Config,
    /// Watched and reloaded; `None` for a flight without a file.
    pub file: Option<PathBuf>,
    pub env: BTreeMap<String, String>,
    pub secrets: Secrets,
    pub flight: Flight,
    /// Claimed: no other Cockpit works on it.
    pub folder: Folder,
    pub token: Token,
    pub faults: Faults,
    pub clock: Arc<dyn Clock>,
}

/// In flight.
pub struct Flying {
    tree: Tree,
    config: crate::supervision::Port<config::Msg>,
    /// Held until the end.
    _folder: Folder,
}
