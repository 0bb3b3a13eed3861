//! What is different between the config that runs and a new one, and whether that can be had without a new start.

use std::sync::Arc;

use super::{Config, Problem, Where};

/// The difference between two configs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// Sections in which they differ.
    pub changed: Vec<&'static str>,
    /// What cannot change while the daemon runs.
    pub refused: Vec<Problem>,
}

/// A new config that is good and can be had: for the app to apply, whole or not at all.
#[derive(Debug, Clone)]
pub struct Plan {
    pub old: Arc<Config>,
    pub new: Arc<Config>,
    pub changed: Vec<&'static str>,
}

pub fn diff(old: &Config, new: &Config, file: &str) -> Diff {
    let mut refused = Vec::new();
    let mut refuse = |key: &str, message: String| {
        let at = Where::Whole { file: file.into() };
        refused.push(Problem { at, key: key.into(), message, warning: false });
    };
    if old.data.dir != new.data.dir {
        let (old, new) = (old.data.dir.display(), new.data.dir.display());
        let message = format!(
            "cannot change from {old} to {new} while Cockpit runs: stop it, move the folder, start it again"
        );
        refuse("data.dir", message);
    }
    if old.pilots.has_owner() && !new.pilots.has_owner() {
        refuse("pilots", "nobody would be an owner any more: there would be no way back in".into());
    }
    if old.telegram.token.is_some() && new.telegram.token.is_none() {
        refuse("telegram.token", "there is no token any more".into());
    }
    Diff { changed: old.changed(new), refused }
}
