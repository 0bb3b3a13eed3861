//! Containers in our own words: what the engine's answers mean, without its types.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use super::stock::{Image, Layer, Network, Pruned, Shelf, Usage, Volume};
use crate::intent::containers::Name;

/// A container's full id: 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContainerId(pub String);

/// "container:4e1f…" of a network mode.
pub fn shared_network(mode: &str) -> Option<String> {
    mode.strip_prefix("container:").map(str::to_owned)
}

impl ContainerId {
    /// The twelve digits that people and engines show.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum State {
    Created,
    Running,
    Paused,
    Restarting,
    /// With its exit code, where the engine told it.
    Exited(Option<i64>),
    Dead,
    Removing,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Health {
    Starting,
    Healthy,
    Unhealthy,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    pub id: ContainerId,
    /// Without the leading slash.
    pub name: String,
    /// As it was asked for: "nginx:1.27".
    pub image: String,
    pub image_id: String,
    pub created: Option<Timestamp>,
    pub state: State,
    pub health: Option<Health>,
    /// The engine's own words: "Up 3 hours (healthy)".
    pub status: String,
    /// In the order of [`Port`]; the same port on IPv4 and IPv6 stands once.
    pub ports: Vec<Port>,
    pub compose: Option<Compose>,
    pub mounts: Vec<Mount>,
    pub networks: Vec<String>,
    /// The container (id or name) in whose network this one lives.
    pub shares_network_of: Option<String>,
}

/// What inspecting tells in addition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub container: Container,
    pub command: String,
    pub started: Option<Timestamp>,
    pub finished: Option<Timestamp>,
    /// Killed by the kernel for want of memory, at its last end.
    pub oom: bool,
    /// Why it could not be started, in the engine's words.
    pub error: Option<String>,
    pub pid: Option<i64>,
    /// `None` where there is no health check.
    pub health_log: Option<Vec<HealthLine>>,
    pub failing_streak: Option<u64>,
    pub restart_policy: String,
    pub restarts: u64,
    /// With its address, where it has one.
    pub addresses: Vec<(String, Option<String>)>,
    pub env: Vec<Variable>,
    pub memory_limit: Option<u64>,
    pub terminal: bool,
    /// What Compose wrote on it, whole, by name.
    pub compose_labels: Vec<(String, String)>,
    /// So long its health check may take to say no; `None` where there is no check.
    pub check_max: Option<Duration>,
    /// Removes itself when it ends.
    pub auto_remove: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthLine {
    pub at: Option<Timestamp>,
    pub exit: i64,
    pub output: String,
}

/// An environment variable. Its value is a secret until somebody who may know it asks, and never in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub value: String,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}=(hidden)", self.name)
    }
}

/// What a container takes, counted by the engine since it was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Processor time, ns.
    pub cpu_ns: Option<u64>,
    /// Without the file cache, as the engine's own tools count it.
    pub memory: Option<u64>,
    /// `None`: no limit of its own.
    pub memory_limit: Option<u64>,
}

/// Something the engine says happened to a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    pub id: ContainerId,
    pub name: String,
    pub project: Option<String>,
    pub what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Created,
    Started,
    /// With its exit code.
    Died(Option<i64>),
    /// The kernel ended a process of it.
    Oom,
    /// Somebody sent it this signal, by the engine.
    Signalled(Option<i64>),
    Stopped,
    Paused,
    Unpaused,
    Health(Health),
    Renamed,
    Removed,
}

/// A published port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Port {
    /// The host's side; `None` where it is only exposed.
    pub public: Option<u16>,
    pub private: u16,
    /// "tcp", "udp", "sctp".
    pub protocol: String,
    /// The host's address; "0.0.0.0" is everybody.
    pub address: Option<String>,
}

/// What Compose wrote on the container's labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compose {
    pub project: String,
    pub service: String,
    /// Services of the project that this one needs.
    pub depends_on: Vec<String>,
    pub working_dir: Option<String>,
    /// Paths on this machine, as they were when the project was started.
    pub config_files: Vec<String>,
    /// Of the settings it was made with, as Compose counts them.
    pub config_hash: Option<String>,
    /// By `run`, not by `up`: none of the service's own.
    pub one_off: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    pub kind: MountKind,
    /// A volume's name, or a path on this machine.
    pub source: String,
    pub destination: String,
    pub writable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MountKind {
    Bind,
    Volume,
    Tmpfs,
    Other,
}

impl Mount {
    pub fn is_volume(&self) -> bool {
        self.kind == MountKind::Volume
    }
}

impl Compose {
    /// Before the names of all its labels.
    pub const PREFIX: &'static str = "com.docker.compose.";
    pub const PROJECT: &'static str = "com.docker.compose.project";
    const SERVICE: &'static str = "com.docker.compose.service";
    const DEPENDS_ON: &'static str = "com.docker.compose.depends_on";
    const WORKING_DIR: &'static str = "com.docker.compose.project.working_dir";
    const CONFIG_HASH: &'static str = "com.docker.compose.config-hash";
    const ONE_OFF: &'static str = "com.docker.compose.oneoff";
    const CONFIG_FILES: &'static str = "com.docker.compose.project.config_files";

    /// From a container's labels; `None` for one that Compose did not start. `depends_on` is written by Compose 2 as
    /// "db:service_started:false,cache:service_healthy:true".
    pub fn from_labels(labels: &BTreeMap<String, String>) -> Option<Compose> {
        let list = |key: &str| {
            labels.get(key).map_or("", String::as_str).split(',').map(str::trim).filter(|s| !s.is_empty())
        };
        Some(Compose {
            project: labels.get(Self::PROJECT)?.clone(),
            service: labels.get(Self::SERVICE).cloned().unwrap_or_default(),
            depends_on: list(Self::DEPENDS_ON)
                .map(|one| one.split(':').next().unwrap_or(one).to_owned())
                .collect(),
            working_dir: labels.get(Self::WORKING_DIR).cloned(),
            config_files: list(Self::CONFIG_FILES).map(str::to_owned).collect(),
            config_hash: labels.get(Self::CONFIG_HASH).cloned(),
            one_off: labels.get(Self::ONE_OFF).is_some_and(|word| word.eq_ignore_ascii_case("true")),
        })
    }
}

impl Container {
    pub fn running(&self) -> bool {
        matches!(self.state, State::Running | State::Paused | State::Restarting)
    }

    /// Has processes, so it takes memory; between two runs of a loop it has none.
    pub fn takes(&self) -> bool {
        matches!(self.state, State::Running | State::Paused)
    }

    /// Needs a look: unhealthy, restarting in a loop, dead, or ended with an error. What was asked to end and did so
    /// by that signal is at rest.
    pub fn troubled(&self) -> bool {
        match self.state {
            State::Restarting | State::Dead => true,
            State::Exited(code) => code.is_some_and(|code| !matches!(code, 0 | 130 | 143)),
            _ => self.health == Some(Health::Unhealthy),
        }
    }

    /// Its address in intents. `None` for a name no engine would have given.
    pub fn address(&self) -> Option<Name> {
        Name::parse(&self.name).ok()
    }

    /// Ports of this machine that lead to it, each once, also those for this machine alone.
    pub fn published(&self) -> Vec<u16> {
        let mut ports: Vec<u16> = self.ports.iter().filter_map(|port| port.public).collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    pub fn project(&self) -> Option<&str> {
        self.compose.as_ref().map(|compose| compose.project.as_str())
    }

    /// Of the same service of the same Compose project, or the very same.
    pub fn is_twin(&self, other: &Container) -> bool {
        match (&self.compose, &other.compose) {
            (Some(mine), Some(theirs)) if !mine.one_off && !theirs.one_off => {
                mine.project == theirs.project && mine.service == theirs.service
            }
            _ => self.id == other.id,
        }
    }
}

/// The engine's words for a state, with what its status line adds: "Exited (137) 5 minutes ago", "Up 2 h (unhealthy)".
/// API 1.41 has no field for either in its lists.
pub fn read_state(state: &str, status: &str) -> (State, Option<Health>) {
    let code = || status.split_once('(')?.1.split_once(')')?.0.parse().ok();
    let state = match state {
        "created" => State::Created,
        "running" => State::Running,
        "paused" => State::Paused,
        "restarting" => State::Restarting,
        // Podman's words for an ended one and for one that is not yet begun.
        "exited" | "stopped" => State::Exited(code()),
        "initialized" | "configured" => State::Created,
        // It has been asked to end, and still runs.
        "stopping" => State::Running,
        "dead" => State::Dead,
        "removing" => State::Removing,
        _ => State::Unknown,
    };
    let health = if status.contains("(healthy)") {
        Some(Health::Healthy)
    } else if status.contains("(unhealthy)") {
        Some(Health::Unhealthy)
    } else if status.contains("(health: starting)") {
        Some(Health::Starting)
    } else {
        None
    };
    (state, health)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_from_both_fields() {
        for (state, status, want) in [
            ("running", "Up 3 hours (healthy)", (State::Running, Some(Health::Healthy))),
            ("running", "Up 2 seconds (health: starting)", (State::Running, Some(Health::Starting))),
            ("running", "Up 2 minutes (unhealthy)", (State::Running, Some(Health::Unhealthy))),
            ("paused", "Up 5 seconds (Paused)", (State::Paused, None)),
            ("exited", "Exited (137) 5 minutes ago", (State::Exited(Some(137)), None)),
            ("exited", "Exited", (State::Exited(None), None)),
            ("stopped", "Exited (0) 2 minutes ago", (State::Exited(Some(0)), None)),
            ("stopping", "Up 2 minutes", (State::Running, None)),
            ("initialized", "", (State::Created, None)),
            ("restarting", "Restarting (1) 3 seconds ago", (State::Restarting, None)),
            ("unheard-of", "", (State::Unknown, None)),
        ] {
            assert_eq!(read_state(state, status), want, "{state} / {status}");
        }
    }

    #[test]
    fn compose_is_read_from_labels() {
        let labels = BTreeMap::from(
            [
                ("com.docker.compose.project", "shop"),
                ("com.docker.compose.service", "web"),
                ("com.docker.compose.depends_on", "db:service_started:false,cache:service_healthy:true"),
                ("com.docker.compose.project.config_files", "/srv/shop/compose.yml,/srv/shop/override.yml"),
            ]
            .map(|(k, v)| (k.to_owned(), v.to_owned())),
        );
        let compose = Compose::from_labels(&labels).unwrap();
        assert_eq!((compose.project.as_str(), compose.service.as_str()), ("shop", "web"));
        assert_eq!(compose.depends_on, ["db", "cache"]);
        assert_eq!(compose.config_files, ["/srv/shop/compose.yml", "/srv/shop/override.yml"]);
        assert_eq!(Compose::from_labels(&BTreeMap::new()), None);
    }
}
