//! The sections that belong to no room: where the data lies, what the ship is called, who flies it.

use std::{collections::BTreeSet, path::PathBuf};

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::problem::nearest;
use crate::domain::{ConfigIssue, Lang, PilotId, Role, Theme};

/// `[data]`. Cannot change while the daemon runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Store, audit trail, lock.
    pub dir: PathBuf,
}

impl Default for Data {
    fn default() -> Data {
        Data { dir: "/var/lib/cockpit-bot".into() }
    }
}

impl Data {
    pub fn validate(&self) -> Vec<ConfigIssue> {
        if self.dir.is_absolute() {
            return Vec::new();
        }
        vec![issue("dir", "expected a path from the root, such as \"/var/lib/cockpit-bot\"", false)]
    }
}

/// `[ship]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ship {
    /// Shown in every notice. `None`: the host's name.
    pub name: Option<String>,
    /// IANA name. `None`: the machine's.
    pub timezone: Option<String>,
    pub language: Language,
    /// Of charts and maps, for pilots who chose none and in groups.
    pub theme: Theme,
}

/// In which language a pilot is spoken to who did not choose one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Their Telegram's.
    #[default]
    Auto,
    En,
    Id,
}

impl Language {
    /// `tag`: what the pilot's Telegram says.
    pub fn for_tag(self, tag: Option<&str>) -> Lang {
        match self {
            Language::Auto => tag.map_or(Lang::En, Lang::from_tag),
            Language::En => Lang::En,
            Language::Id => Lang::Id,
        }
    }
}

impl Ship {
    /// Characters of a name; it stands in front of every screen.
    const NAME_MAX: usize = 32;

    pub fn validate(&self) -> Vec<ConfigIssue> {
        let mut issues = Vec::new();
        if let Some(name) = &self.name {
            let plain = !name.trim().is_empty() && !name.chars().any(char::is_control);
            if !plain || name.chars().count() > Self::NAME_MAX {
                issues.push(issue("name", "expected 1 to 32 characters on one line", false));
            }
        }
        if let Some(zone) = self.timezone.as_deref().filter(|zone| TimeZone::get(zone).is_err()) {
            let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
            // "Jakarta" is meant for "Asia/Jakarta".
            let city = |full: &str| full.rsplit('/').next().unwrap_or_default().to_owned();
            let wanted = city(zone);
            let cities: Vec<String> = known.iter().map(|full| city(full)).collect();
            let meant = nearest(zone, known.iter().map(String::as_str)).or_else(|| {
                let meant = nearest(&wanted, cities.iter().map(String::as_str))?;
                known.iter().find(|full| city(full) == meant).map(String::as_str)
            });
            let meant = meant.map(|meant| format!("; did you mean \"{meant}\"?")).unwrap_or_default();
            let message = format!("\"{zone}\" is no time zone such as \"Asia/Jakarta\"{meant}");
            issues.push(issue("timezone", message, false));
        }
        issues
    }

    pub fn zone(&self) -> TimeZone {
        self.timezone
            .as_deref()
            .and_then(|zone| TimeZone::get(zone).ok())
            .or_else(|| TimeZone::try_system().ok())
            .unwrap_or(TimeZone::UTC)
    }

    /// The name, or the host's up to its first dot.
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| {
            let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
            let host = host.split('.').next().unwrap_or_default();
            if host.is_empty() { "ship".into() } else { host.chars().take(Self::NAME_MAX).collect() }
        })
    }
}

/// One of `[[pilots]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pilot {
    pub id: PilotId,
    pub role: Role,
    /// For "restarted by Dre". Empty: as they call themselves.
    #[serde(default)]
    pub name: String,
}

/// `[[pilots]]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct Pilots(pub Vec<Pilot>);

impl Pilots {
    const NAME_MAX: usize = 64;
    /// Each is looked at for each update; more are surely a mistake.
    const COUNT_MAX: usize = 200;

    pub fn validate(&self) -> Vec<ConfigIssue> {
        let mut issues = Vec::new();
        let mut seen = BTreeSet::new();
        for (i, pilot) in self.0.iter().enumerate() {
            if pilot.id.0 <= 0 {
                issues.push(issue(
                    format!("[{i}].id"),
                    "expected the id of a person: a number above 0 (groups have negative ones)",
                    false,
                ));
            } else if !seen.insert(pilot.id) {
                let message = format!("{} stands here twice: which role holds would be chance", pilot.id);
                issues.push(issue(format!("[{i}].id"), message, false));
            }
            if pilot.name.chars().count() > Self::NAME_MAX || pilot.name.chars().any(char::is_control) {
                issues.push(issue(
                    format!("[{i}].name"),
                    "expected at most 64 characters on one line",
                    false,
                ));
            }
        }
        if self.0.len() > Self::COUNT_MAX {
            issues.push(issue("", "more than 200 pilots", false));
        }
        if !self.has_owner() {
            issues.push(issue("", "nobody is an owner: `run` refuses until somebody is", true));
        }
        issues
    }

    pub fn has_owner(&self) -> bool {
        self.0.iter().any(|pilot| pilot.role == Role::Owner)
    }

    pub fn get(&self, id: PilotId) -> Option<&Pilot> {
        self.0.iter().find(|pilot| pilot.id == id)
    }
}

fn issue(key: impl Into<String>, message: impl Into<String>, warning: bool) -> ConfigIssue {
    ConfigIssue { key: key.into(), message: message.into(), warning }
}
