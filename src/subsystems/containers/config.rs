//! The `[containers]` section. A new socket takes the actor a restart; all else changes while it runs.

use std::path::PathBuf;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use crate::domain::ConfigIssue;

/// So many patterns are matched against each container; more are surely a mistake.
const PATTERNS_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub enabled: bool,
    /// The engine's unix socket. `None`: Docker's, else Podman's.
    pub socket: Option<PathBuf>,
    /// Containers that can't be stopped, restarted, paused, killed or removed from the chat: names or patterns
    /// ("*-db-*").
    pub protected: Vec<String>,
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: true, socket: None, protected: Vec::new() }
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
        if self.protected.len() > PATTERNS_MAX {
            let message = format!("{} entries; at most {PATTERNS_MAX} are allowed", self.protected.len());
            issues.push(issue("protected".into(), message));
        }
        for (i, text) in self.protected.iter().enumerate() {
            if let Err(error) = GlobBuilder::new(text).build() {
                let message = format!("{text:?} is not a pattern: {}", error.kind());
                issues.push(issue(format!("protected[{i}]"), message));
            } else if text.trim().is_empty() {
                issues.push(issue(format!("protected[{i}]"), "expected a container's name".into()));
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
        assert!(toml::from_str::<Config>("sockets = 1").is_err());
    }
}
