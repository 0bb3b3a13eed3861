//! The `[containers]` section. A new socket takes the actor a restart; all else changes while it runs.

use std::path::PathBuf;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use crate::{domain::ConfigIssue, scheduler::Plan};

/// So many patterns are matched against each container; more are surely a mistake.
const PATTERNS_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub enabled: bool,
    /// The engine's unix socket. `None`: Docker's, else Podman's.
    pub socket: Option<PathBuf>,
    /// Containers that can't be stopped, restarted, paused, killed or removed from the chat: names or patterns
    /// ("*-db-*").
    pub protected: Vec<String>,
    pub updates: Updates,
}

/// `[containers.updates]`: asking registries for newer images.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Updates {
    /// Off by default: it tells registries which images are in use here.
    pub enabled: bool,
    /// When, as the scheduler reads it: "daily 04:30", "Mon,Thu 08:00", "every 12 h".
    pub schedule: Plan,
    /// Containers whose images are asked about: names or patterns.
    pub which: Vec<String>,
    /// Compose's program. `None`: `docker compose`, else `docker-compose`.
    pub compose: Option<PathBuf>,
}

impl Default for Updates {
    fn default() -> Updates {
        let schedule = Plan::parse("daily 04:30").expect("a plan of ours");
        Updates { enabled: false, schedule, which: vec!["*".into()], compose: None }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: true, socket: None, protected: Vec::new(), updates: Updates::default() }
    }
}

impl Config {
    pub fn validate(&self) -> Vec<ConfigIssue> {
        let issue = |key: String, message: String| ConfigIssue { key, message, warning: false };
        let mut issues = Vec::new();
        if let Some(socket) = &self.socket
            && !socket.is_absolute()
        {
            let message = "expected a path from the root, such as \"/var/run/docker.sock\"".to_owned();
            issues.push(issue("socket".into(), message));
        }
        if let Some(program) = &self.updates.compose
            && !program.is_absolute()
        {
            let message =
                "expected a path from the root, such as \"/usr/local/bin/docker-compose\"".to_owned();
            issues.push(issue("updates.compose".into(), message));
        }
        for (key, list) in [("protected", &self.protected), ("updates.which", &self.updates.which)] {
            if list.len() > PATTERNS_MAX {
                let message = format!("{} entries; at most {PATTERNS_MAX} are allowed", list.len());
                issues.push(issue(key.into(), message));
            }
            for (i, text) in list.iter().enumerate() {
                if let Err(error) = GlobBuilder::new(text).build() {
                    let message = format!("{text:?} is not a pattern: {}", error.kind());
                    issues.push(issue(format!("{key}[{i}]"), message));
                } else if text.trim().is_empty() {
                    issues.push(issue(format!("{key}[{i}]"), "expected a container's name".into()));
                }
            }
        }
        issues
    }
}

/// Names and patterns, ready to be matched.
#[derive(Debug, Clone, Default)]
pub struct Patterns(GlobSet);

impl Patterns {
    /// Entries that are wrong are left out: the config was validated before.
    pub fn new(list: &[String]) -> Patterns {
        let mut set = GlobSetBuilder::new();
        for glob in list.iter().filter_map(|text| GlobBuilder::new(text).build().ok()) {
            set.add(glob);
        }
        Patterns(set.build().unwrap_or_default())
    }

    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns_protect_and_what_is_wrong_is_told_with_its_place() {
        let patterns = Patterns::new(&["db".into(), "shop-*-1".into()]);
        for (name, want) in [("db", true), ("db2", false), ("shop-web-1", true), ("shop-web-2", false)] {
            assert_eq!(patterns.matches(name), want, "{name}");
        }
        let config: Config = toml::from_str("socket = \"docker.sock\"\nprotected = [\"db\", \"[\"]").unwrap();
        let keys: Vec<String> = config.validate().into_iter().map(|issue| issue.key).collect();
        assert_eq!(keys, ["socket", "protected[1]"]);
        assert_eq!(Config::default().validate(), []);
        let config: Config =
            toml::from_str("[updates]\nenabled = true\nschedule = \"every 12 h\"\nwhich = [\"[\"]").unwrap();
        let keys: Vec<String> = config.validate().into_iter().map(|issue| issue.key).collect();
        assert_eq!(keys, ["updates.which[0]"]);
        assert!(toml::from_str::<Config>("updates.schedule = \"sometimes\"").is_err());
        assert!(toml::from_str::<Config>("sockets = 1").is_err());
    }
}
