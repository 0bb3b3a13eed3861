//! The `[metrics]` section of the config file.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

use super::places::PLACES_MAX;
use crate::domain::{ConfigIssue, duration};

/// All fields can change while the actor runs, except `enabled`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub enabled: bool,
    #[serde(deserialize_with = "duration::deserialize")]
    pub interval: Duration,
    /// `None`: every real local file system.
    pub mounts: Option<Vec<PathBuf>>,
    pub history: Keep,
}

/// How long history is kept in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keep {
    /// One row a minute.
    #[serde(deserialize_with = "duration::deserialize")]
    pub minutes: Duration,
    /// One row a quarter of an hour.
    #[serde(deserialize_with = "duration::deserialize")]
    pub quarters: Duration,
}

impl Config {
    pub const INTERVAL_MIN: Duration = Duration::from_secs(1);
    pub const INTERVAL_MAX: Duration = Duration::from_secs(60);
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: true, interval: Duration::from_secs(5), mounts: None, history: Keep::default() }
    }
}

impl Default for Keep {
    fn default() -> Keep {
        Keep { minutes: days(14), quarters: days(365) }
    }
}

const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 3600)
}

impl Keep {
    const MIN: Duration = days(1);
    const MAX: Duration = days(5 * 365);

    pub fn minutes_s(&self) -> i64 {
        i64::try_from(self.minutes.as_secs()).unwrap_or(i64::MAX / 4)
    }

    pub fn quarters_s(&self) -> i64 {
        i64::try_from(self.quarters.as_secs()).unwrap_or(i64::MAX / 4)
    }
}

impl Config {
    pub fn validate(&self) -> Vec<ConfigIssue> {
        let mut issues = Vec::new();
        let mut complain = |key: String, message: &str, warning: bool| {
            issues.push(ConfigIssue { key, message: message.to_owned(), warning });
        };
        if !(Self::INTERVAL_MIN..=Self::INTERVAL_MAX).contains(&self.interval) {
            complain("interval".into(), "expected from 1s to 60s: minutes are made from it", false);
        }
        for (key, kept) in
            [("history.minutes", self.history.minutes), ("history.quarters", self.history.quarters)]
        {
            if !(Keep::MIN..=Keep::MAX).contains(&kept) {
                complain(key.into(), "expected from 1 day to 1825 days", false);
            }
        }
        if self.history.quarters < self.history.minutes {
            complain("history.quarters".into(), "shorter than history.minutes, so it is of no use", true);
        }
        let mounts = self.mounts.as_deref().unwrap_or_default();
        for (nth, mount) in mounts.iter().enumerate() {
            if !mount.is_absolute() {
                complain(
                    format!("mounts[{nth}]"),
                    "expected a path from the root, such as \"/mnt/data\"",
                    false,
                );
            } else if mounts[..nth].contains(mount) {
                complain(format!("mounts[{nth}]"), "stands here twice", true);
            }
        }
        if mounts.len() >= PLACES_MAX {
            complain("mounts".into(), "only the first 31 are told of", true);
        }
        issues
    }

    /// Paths without a slash at their end, as the kernel writes them.
    pub fn listed(&self) -> Option<Vec<PathBuf>> {
        let mounts = self.mounts.as_ref()?;
        Some(mounts.iter().map(|mount| mount.components().collect()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issues(text: &str) -> Vec<String> {
        let config: Config = toml::from_str(text).unwrap();
        let told =
            |issue: ConfigIssue| format!("{}{}", issue.key, if issue.warning { " (warning)" } else { "" });
        config.validate().into_iter().map(told).collect()
    }

    #[test]
    fn nothing_given_is_a_good_config() {
        assert_eq!(toml::from_str::<Config>("").unwrap(), Config::default());
        assert_eq!(issues(""), [] as [&str; 0]);
    }

    #[test]
    fn each_fault_is_told_with_its_key() {
        for (text, want) in [
            ("interval = \"100ms\"", vec!["interval"]),
            ("interval = \"2m\"", vec!["interval"]),
            ("mounts = [\"/a\", \"b\", \"/a\"]", vec!["mounts[1]", "mounts[2] (warning)"]),
            ("[history]\nminutes = \"1h\"", vec!["history.minutes"]),
            ("[history]\nminutes = \"30 days\"\nquarters = \"20 days\"", vec!["history.quarters (warning)"]),
        ] {
            assert_eq!(issues(text), want, "{text}");
        }
        assert!(toml::from_str::<Config>("intervall = \"5s\"").is_err());
        assert!(toml::from_str::<Config>("interval = 5").is_err());
    }

    #[test]
    fn a_slash_at_the_end_does_not_matter() {
        let config: Config = toml::from_str("mounts = [\"/mnt/dre/\", \"/\"]").unwrap();
        assert_eq!(config.listed(), Some(vec!["/mnt/dre".into(), "/".into()]));
    }
}
