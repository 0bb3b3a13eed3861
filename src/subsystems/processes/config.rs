//! The `[processes]` section of the config file.

use serde::Deserialize;

use crate::domain::ConfigIssue;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub enabled: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: true }
    }
}

impl Config {
    pub fn validate(&self) -> Vec<ConfigIssue> {
        Vec::new()
    }
}
