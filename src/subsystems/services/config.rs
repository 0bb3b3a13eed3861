//! The `[services]` section. All of it can change without a restart of the actor, except `enabled`.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use crate::domain::{ConfigIssue, UnitName};

/// So many patterns are matched against each unit of a list; more are surely a mistake.
const PATTERNS_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub enabled: bool,
    /// Units that should run: names ("nginx", "backup.timer") or patterns ("php*-fpm", "wg-quick@*").
    pub watch: Vec<String>,
    /// Units that can't be stopped, restarted or disabled from the chat. Names or patterns.
    pub protected: Vec<String>,
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: true, watch: Vec::new(), protected: Vec::new() }
    }
}

impl Config {
    pub fn validate(&self) -> Vec<ConfigIssue> {
        let mut issues = Vec::new();
        for (key, list) in [("watch", &self.watch), ("protected", &self.protected)] {
            if list.len() > PATTERNS_MAX {
                let message = format!("{} entries; at most {PATTERNS_MAX} are allowed", list.len());
                issues.push(ConfigIssue { key: key.into(), message, warning: false });
            }
            let mut seen = BTreeSet::new();
            for (i, text) in list.iter().enumerate() {
                let key = format!("{key}[{i}]");
                match Pattern::parse(text) {
                    Err(message) => issues.push(ConfigIssue { key, message, warning: false }),
                    Ok(pattern) if !seen.insert(pattern.full().to_owned()) => {
                        let message = format!("{text:?} stands twice");
                        issues.push(ConfigIssue { key, message, warning: true });
                    }
                    Ok(_) => {}
                }
            }
        }
        issues
    }
}

enum Pattern {
    Exact(UnitName),
    Glob(globset::Glob),
}

impl Pattern {
    fn parse(text: &str) -> Result<Pattern, String> {
        if !text.contains(['*', '?', '[', ']', '{', '}']) {
            return UnitName::parse(text).map(Pattern::Exact).map_err(|error| error.to_string());
        }
        // A pattern that names no type means services, as a name does.
        let typed = text.rsplit_once('.').is_some_and(|(_, kind)| {
            kind.contains(['*', '?', '[', '{'])
                || UnitName::parse(&format!("x.{kind}")).is_ok_and(|n| n.as_str() == format!("x.{kind}"))
        });
        let full = if typed { text.to_owned() } else { format!("{text}.service") };
        GlobBuilder::new(&full)
            // Unit names carry \x2d and the like.
            .backslash_escape(false)
            .build()
            .map(Pattern::Glob)
            .map_err(|error| format!("{text:?} is not a pattern: {}", error.kind()))
    }

    fn full(&self) -> &str {
        match self {
            Pattern::Exact(name) => name.as_str(),
            Pattern::Glob(glob) => glob.glob(),
        }
    }
}

/// A list of names and patterns, ready to be matched.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    exact: BTreeSet<UnitName>,
    globs: GlobSet,
}

impl Patterns {
    /// Entries that are wrong are left out: the config was validated before.
    pub fn new(list: &[String]) -> Patterns {
        let mut exact = BTreeSet::new();
        let mut globs = GlobSetBuilder::new();
        for pattern in list.iter().filter_map(|text| Pattern::parse(text).ok()) {
            match pattern {
                Pattern::Exact(name) => {
                    exact.insert(name);
                }
                Pattern::Glob(glob) => {
                    globs.add(glob);
                }
            }
        }
        Patterns { exact, globs: globs.build().unwrap_or_default() }
    }

    pub fn matches(&self, unit: &UnitName) -> bool {
        self.exact.contains(unit) || self.globs.is_match(unit.as_str())
    }

    /// Names given in full: shown even where no such unit is loaded.
    pub fn named(&self) -> &BTreeSet<UnitName> {
        &self.exact
    }

    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.globs.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(list: &[&str]) -> Patterns {
        Patterns::new(&list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn names_and_patterns_mean_services_unless_they_say_otherwise() {
        for (pattern, unit, want) in [
            ("nginx", "nginx.service", true),
            ("nginx", "nginx2.service", false),
            ("nginx.socket", "nginx.socket", true),
            ("nginx.socket", "nginx.service", false),
            ("php*-fpm", "php8.2-fpm.service", true),
            ("php*-fpm", "php8.2-fpm.socket", false),
            ("wg-quick@*", "wg-quick@wg0.service", true),
            ("*.timer", "apt-daily.timer", true),
            ("*.timer", "apt-daily.service", false),
            ("backup.*", "backup.timer", true),
            ("worker@[0-9]", "worker@7.service", true),
            ("{web,db}-*", "db-main.service", true),
            ("dev-disk\\x2d*.swap", "dev-disk\\x2d1.swap", true),
        ] {
            let unit = UnitName::parse(unit).unwrap();
            assert_eq!(patterns(&[pattern]).matches(&unit), want, "{pattern} on {unit}");
        }
    }

    #[test]
    fn what_can_not_be_a_unit_is_told_with_its_place() {
        let config = Config {
            watch: vec!["nginx".into(), "a b".into(), "[".into(), "nginx.service".into()],
            protected: vec!["$(reboot)".into()],
            ..Config::default()
        };
        let told: Vec<(String, bool)> =
            config.validate().into_iter().map(|issue| (issue.key, issue.warning)).collect();
        let want = [("watch[1]", false), ("watch[2]", false), ("watch[3]", true), ("protected[0]", false)];
        assert_eq!(told, want.map(|(key, warning)| (key.to_owned(), warning)));
        assert_eq!(Config::default().validate(), []);
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(toml::from_str::<Config>("watched = []").is_err());
        let config: Config = toml::from_str("watch = [\"ssh\"]").unwrap();
        assert!(config.enabled && config.watch == ["ssh"]);
    }
}
