//! Containers in our own words: what the engine's answers mean, without its types.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A container's full id: 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContainerId(pub String);

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
    pub ports: Vec<Port>,
    pub compose: Option<Compose>,
    pub mounts: Vec<Mount>,
    pub networks: Vec<String>,
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

impl Compose {
    pub const PROJECT: &'static str = "com.docker.compose.project";
    const SERVICE: &'static str = "com.docker.compose.service";
    const DEPENDS_ON: &'static str = "com.docker.compose.depends_on";
    const WORKING_DIR: &'static str = "com.docker.compose.project.working_dir";
    const CONFIG_FILES: &'static str = "com.docker.compose.project.config_files";

    /// From a container's labels; `None` for one that Compose did not start. `depends_on` is written by Compose 2 as
    /// "db:service_started:false,cache:service_healthy:true".
    pub fn from_labels(labels: &BTreeMap<String, String>) -> Option<Compose> {
        let list = |key: &str| labels.get(key).map_or("", String::as_str).split(',').map(str::trim).filter(|s| !s.is_empty());
        Some(Compose {
            project: labels.get(Self::PROJECT)?.clone(),
            service: labels.get(Self::SERVICE).cloned().unwrap_or_default(),
            depends_on: list(Self::DEPENDS_ON)
                .map(|one| one.split(':').next().unwrap_or(one).to_owned())
                .collect(),
            working_dir: labels.get(Self::WORKING_DIR).cloned(),
            config_files: list(Self::CONFIG_FILES).map(str::to_owned).collect(),
        })
    }
}

impl Container {
    pub fn running(&self) -> bool {
        matches!(self.state, State::Running | State::Paused | State::Restarting)
    }

    /// Needs a look: unhealthy, restarting in a loop, dead, or ended with an error.
    pub fn troubled(&self) -> bool {
        match self.state {
            State::Restarting | State::Dead => true,
            State::Exited(code) => code.is_some_and(|code| code != 0),
            _ => self.health == Some(Health::Unhealthy),
        }
    }

    pub fn project(&self) -> Option<&str> {
        self.compose.as_ref().map(|compose| compose.project.as_str())
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
        "exited" | "stopped" => State::Exited(code()),
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
