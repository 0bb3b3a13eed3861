//! The `[storage]` section. A change restarts the actor; running jobs go on with the roots they began with.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use serde::Deserialize;

use crate::domain::{Bytes, ConfigIssue, RootName, duration};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub enabled: bool,
    /// The folders that can be browsed, with all below them; none by default.
    pub roots: Vec<Root>,
    pub trash: Trash,
}

/// `{ name = "dre", path = "/mnt/dre", read_only = false }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// Short: it stands in front of every path.
    pub name: String,
    pub path: PathBuf,
    #[serde(default)]
    pub read_only: bool,
    /// Made by practice, inside its own data folder; never from a file.
    #[serde(skip)]
    pub sample: bool,
}

/// What becomes of deleted files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trash {
    /// Older ones are deleted for good, at night.
    #[serde(deserialize_with = "duration::deserialize")]
    pub keep: Duration,
    /// Of one root's trash; beyond it the oldest are deleted for good, at night.
    pub max_size: Bytes,
}

impl Config {
    pub const ROOTS_MAX: usize = 32;
    const KEEP_MIN: Duration = Duration::from_secs(3600);
    const KEEP_MAX: Duration = Duration::from_secs(3650 * 24 * 3600);

    pub fn validate(&self) -> Vec<ConfigIssue> {
        let mut issues = Vec::new();
        let mut complain =
            |key: String, message: String| issues.push(ConfigIssue { key, message, warning: false });
        if self.roots.len() > Self::ROOTS_MAX {
            let message = format!("{} entries; at most {} are allowed", self.roots.len(), Self::ROOTS_MAX);
            complain("roots".into(), message);
        }
        let mut names = BTreeSet::new();
        for (i, root) in self.roots.iter().enumerate() {
            if let Err(error) = RootName::parse(&root.name) {
                complain(
                    format!("roots[{i}].name"),
                    format!("expected a short name such as \"data\": {error}"),
                );
            } else if !names.insert(&root.name) {
                complain(format!("roots[{i}].name"), format!("\"{}\" stands here twice", root.name));
            }
            if !root.path.is_absolute() {
                let message = "expected a path from the top, such as \"/mnt/dre\"";
                complain(format!("roots[{i}].path"), message.into());
            }
        }
        if !(Self::KEEP_MIN..=Self::KEEP_MAX).contains(&self.trash.keep) {
            complain("trash.keep".into(), "expected from 1h to 3650 days".into());
        }
        issues
    }
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: true, roots: Vec::new(), trash: Trash::default() }
    }
}

impl Default for Trash {
    fn default() -> Trash {
        Trash { keep: Duration::from_secs(30 * 24 * 3600), max_size: Bytes(20 << 30) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_named_by_their_key() {
        for (toml, want) in [
            ("", &[][..]),
            ("roots = [{ name = \"dre\", path = \"/mnt/dre\", read_only = true }]", &[]),
            ("roots = [{ name = \"a/b\", path = \"/mnt\" }]", &["roots[0].name"]),
            ("roots = [{ name = \"a\", path = \"mnt\" }]", &["roots[0].path"]),
            (
                "roots = [{ name = \"a\", path = \"/a\" }, { name = \"a\", path = \"/b\" }]",
                &["roots[1].name"],
            ),
            ("trash = { keep = \"5m\" }", &["trash.keep"]),
            ("trash = { keep = \"7 days\", max_size = \"5 GiB\" }", &[]),
        ] {
            let config: Config = toml::from_str(toml).expect(toml);
            let keys: Vec<String> = config.validate().into_iter().map(|issue| issue.key).collect();
            assert_eq!(keys, want, "{toml}");
        }
        assert!(toml::from_str::<Config>("roots = [{ name = \"a\", path = \"/\", sample = true }]").is_err());
    }
}
