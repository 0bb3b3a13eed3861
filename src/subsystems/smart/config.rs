//! The `[smart]` section. All of it can change without a restart of the actor, except `enabled`.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::{
    parse::{valid_kind, valid_path},
    report::Device,
};
use crate::domain::{ConfigIssue, parse_duration};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub enabled: bool,
    /// Between two rounds over all disks.
    #[serde(deserialize_with = "duration")]
    pub interval: Duration,
    /// Disks that smartctl does not find or recognise by itself, beside those it does.
    pub disks: Vec<Disk>,
}

/// `{ path = "/dev/sda", kind = "megaraid,0" }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    pub path: String,
    /// smartctl's `-d`.
    #[serde(default)]
    pub kind: Option<String>,
}

impl Config {
    pub const INTERVAL_MIN: Duration = Duration::from_secs(5 * 60);
    pub const INTERVAL_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
    const DISKS_MAX: usize = 64;

    pub fn validate(&self) -> Vec<ConfigIssue> {
        let mut issues = Vec::new();
        let mut complain =
            |key: String, message: String| issues.push(ConfigIssue { key, message, warning: false });
        if !(Self::INTERVAL_MIN..=Self::INTERVAL_MAX).contains(&self.interval) {
            complain("interval".into(), "expected from 5m to 7 days".into());
        }
        if self.disks.len() > Self::DISKS_MAX {
            let message = format!("{} entries; at most {} are allowed", self.disks.len(), Self::DISKS_MAX);
            complain("disks".into(), message);
        }
        for (i, disk) in self.disks.iter().enumerate() {
            if !valid_path(&disk.path) {
                complain(format!("disks[{i}].path"), "expected a device file, such as \"/dev/sda\"".into());
            }
            if disk.kind.as_deref().is_some_and(|kind| !valid_kind(kind)) {
                let message = "expected what smartctl takes after -d, such as \"sat\" or \"megaraid,0\"";
                complain(format!("disks[{i}].kind"), message.into());
            }
        }
        issues
    }

    /// Only what may be handed to smartctl.
    pub fn devices(&self) -> Vec<Device> {
        let valid = self
            .disks
            .iter()
            .filter(|disk| valid_path(&disk.path) && disk.kind.as_deref().is_none_or(valid_kind));
        valid.map(|disk| Device { path: disk.path.clone(), kind: disk.kind.clone() }).collect()
    }
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: true, interval: Duration::from_secs(3600), disks: Vec::new() }
    }
}

fn duration<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
    parse_duration(&String::deserialize(d)?).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_named_by_their_key() {
        for (toml, want) in [
            ("", &[][..]),
            ("interval = \"30m\"", &[]),
            ("interval = \"10s\"", &["interval"]),
            ("disks = [{ path = \"/dev/bus/0\", kind = \"megaraid,3\" }]", &[]),
            (
                "disks = [{ path = \"sda\" }, { path = \"/dev/sdb\", kind = \"-x\" }]",
                &["disks[0].path", "disks[1].kind"],
            ),
            ("disks = [{ path = \"/dev/../etc/shadow\" }]", &["disks[0].path"]),
        ] {
            let config: Config = toml::from_str(toml).expect(toml);
            let keys: Vec<String> = config.validate().into_iter().map(|issue| issue.key).collect();
            assert_eq!(keys, want, "{toml}");
            assert_eq!(
                config.devices().len() == config.disks.len(),
                want.is_empty() || want == ["interval"],
                "{toml}"
            );
        }
        assert!(toml::from_str::<Config>("intervall = \"1h\"").is_err());
    }
}
