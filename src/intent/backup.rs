//! Backups: plans, their snapshots, what is inside them, and all that is done to a repository.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::Role;

/// A plan's name: letters, digits, `_-`, at most 24, as it stands in buttons, job keys and task ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanName(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a plan's name: 1 to 24 letters, digits and _-")]
pub struct PlanNameError(String);

impl PlanName {
    pub const BYTES_MAX: usize = 24;

    pub fn parse(text: &str) -> Result<PlanName, PlanNameError> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        if text.is_empty() || text.len() > Self::BYTES_MAX || !text.bytes().all(fits) {
            return Err(PlanNameError(text.chars().take(60).collect()));
        }
        Ok(PlanName(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PlanName {
    type Error = PlanNameError;
    fn try_from(text: String) -> Result<PlanName, PlanNameError> {
        PlanName::parse(&text)
    }
}

impl From<PlanName> for String {
    fn from(name: PlanName) -> String {
        name.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "l")]
    List,
    #[serde(rename = "p")]
    Plan(PlanName),
    #[serde(rename = "s")]
    Snapshots {
        #[serde(rename = "n")]
        plan: PlanName,
        #[serde(rename = "p", default)]
        page: u32,
        /// Also those that are not of this plan: another machine's, another plan's, made by hand.
        #[serde(rename = "a", default, skip_serializing_if = "is_false")]
        all: bool,
    },
    #[serde(rename = "o")]
    Snapshot {
        #[serde(rename = "n")]
        plan: PlanName,
        #[serde(rename = "s")]
        snapshot: String,
    },
    /// Which other one to compare with.
    #[serde(rename = "w")]
    With {
        #[serde(rename = "n")]
        plan: PlanName,
        #[serde(rename = "s")]
        snapshot: String,
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// What was found by comparing two.
    #[serde(rename = "d")]
    Diff {
        #[serde(rename = "n")]
        plan: PlanName,
        #[serde(rename = "a")]
        from: String,
        #[serde(rename = "b")]
        to: String,
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// The repository's size over time.
    #[serde(rename = "z")]
    Size(PlanName),
    /// Which snapshots are kept, and what thinning out would remove.
    #[serde(rename = "r")]
    Thin {
        #[serde(rename = "n")]
        plan: PlanName,
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// Checks and proofs of restore.
    #[serde(rename = "v")]
    Verify(PlanName),
    #[serde(rename = "b")]
    Browse(Browse),
    /// Where the picked ones are to go.
    #[serde(rename = "t")]
    Where(Browse),
    /// The newest snapshot that can hold this file, opened at it.
    #[serde(rename = "n")]
    Latest(String),
    /// The same, of one plan, where several save it.
    #[serde(rename = "m")]
    LatestOf {
        #[serde(rename = "n")]
        plan: PlanName,
        #[serde(rename = "f")]
        path: String,
    },
}

/// A folder of a snapshot, and what has been picked so far, also in others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Browse {
    #[serde(rename = "n")]
    pub plan: PlanName,
    #[serde(rename = "s")]
    pub snapshot: String,
    /// From the snapshot's root.
    #[serde(rename = "f")]
    pub folder: String,
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    pub page: u32,
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    pub picked: Vec<String>,
}

fn is_false(all: &bool) -> bool {
    !*all
}

fn is_zero(page: &u32) -> bool {
    *page == 0
}

impl Browse {
    /// More are picked by their folder.
    pub const PICKED_MAX: usize = 20;

    pub fn of(plan: &PlanName, snapshot: &str) -> Browse {
        let (plan, snapshot) = (plan.clone(), snapshot.to_owned());
        Browse { plan, snapshot, folder: "/".into(), page: 0, picked: Vec::new() }
    }

    pub fn at(&self, folder: impl Into<String>) -> Browse {
        Browse { folder: folder.into(), page: 0, ..self.clone() }
    }

    pub fn page(&self, page: u32) -> Browse {
        Browse { page, ..self.clone() }
    }

    pub fn is_picked(&self, path: &str) -> bool {
        self.picked.iter().any(|picked| picked == path)
    }

    /// With this one picked, or let go if it was. A folder that holds picked ones takes their place.
    pub fn toggled(&self, path: &str) -> Browse {
        let mut picked = self.picked.clone();
        if let Some(at) = picked.iter().position(|known| known == path) {
            picked.remove(at);
        } else {
            let below = format!("{}/", path.trim_end_matches('/'));
            picked.retain(|known| !known.starts_with(&below));
            if picked.len() < Self::PICKED_MAX {
                picked.push(path.to_owned());
            }
        }
        Browse { picked, ..self.clone() }
    }

    /// Whether a folder above it is picked: then it comes along.
    pub fn comes_along(&self, path: &str) -> bool {
        self.picked.iter().any(|picked| {
            path.strip_prefix(picked.as_str())
                .is_some_and(|rest| rest.starts_with('/') || picked == "/" && !rest.is_empty())
        })
    }
}

/// What becomes of a file that is in the place of one to be restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Existing {
    /// It stays; the one from the snapshot is left out.
    #[serde(rename = "k")]
    Keep,
    #[serde(rename = "r")]
    Replace,
    /// It stays; the one from the snapshot comes beside it under another name.
    #[serde(rename = "b")]
    Beside,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    #[serde(rename = "o")]
    Original(Existing),
    /// A new folder beneath this one, which is a storage root.
    #[serde(rename = "u")]
    Under(String),
    #[serde(rename = "c")]
    Chat,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Restore {
    #[serde(rename = "n")]
    pub plan: PlanName,
    #[serde(rename = "s")]
    pub snapshot: String,
    #[serde(rename = "k")]
    pub paths: Vec<String>,
    #[serde(rename = "t")]
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    #[serde(rename = "r")]
    Run(PlanName),
    /// Looks at the repository anew.
    #[serde(rename = "l")]
    Look(PlanName),
    #[serde(rename = "i")]
    Initialise(PlanName),
    #[serde(rename = "u")]
    Unlock(PlanName),
    #[serde(rename = "c")]
    Check {
        #[serde(rename = "n")]
        plan: PlanName,
        /// Reads data too: the next part of it.
        #[serde(rename = "d")]
        data: bool,
    },
    /// Restores a few files and compares them.
    #[serde(rename = "v")]
    Prove(PlanName),
    /// What thinning out would remove.
    #[serde(rename = "w")]
    Preview(PlanName),
    /// Removes what the retention does not keep, and gives the space back.
    #[serde(rename = "t")]
    Thin(PlanName),
    /// Gives back space that nothing uses.
    #[serde(rename = "p")]
    Prune(PlanName),
    #[serde(rename = "f")]
    Forget {
        #[serde(rename = "n")]
        plan: PlanName,
        #[serde(rename = "s")]
        snapshot: String,
    },
    #[serde(rename = "d")]
    Compare {
        #[serde(rename = "n")]
        plan: PlanName,
        #[serde(rename = "a")]
        from: String,
        #[serde(rename = "b")]
        to: String,
    },
    /// Lists all of a snapshot into the store, where the engine cannot list one folder.
    #[serde(rename = "x")]
    Index(Browse),
    #[serde(rename = "b")]
    Restore(Restore),
}

impl View {
    pub(super) fn role(&self) -> Role {
        match self {
            View::List | View::Plan(_) | View::Size(_) | View::Verify(_) => Role::Observer,
            View::Snapshots { .. } | View::Snapshot { .. } | View::With { .. } => Role::Observer,
            // Names of files are more than how the server is.
            View::Diff { .. } | View::Thin { .. } => Role::Pilot,
            View::Browse(_) | View::Where(_) | View::Latest(_) | View::LatestOf { .. } => Role::Pilot,
        }
    }

    pub(super) fn parent(&self) -> Option<AnyView> {
        Some(AnyView::Backup(match self {
            View::List => return Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Cargo))),
            View::Plan(_) | View::Latest(_) => View::List,
            View::LatestOf { path, .. } => View::Latest(path.clone()),
            View::Snapshots { plan, .. } | View::Thin { plan, .. } => View::Plan(plan.clone()),
            View::Size(plan) | View::Verify(plan) => View::Plan(plan.clone()),
            View::Snapshot { plan, .. } => View::Snapshots { plan: plan.clone(), page: 0, all: false },
            View::With { plan, snapshot, .. } | View::Diff { plan, to: snapshot, .. } => {
                View::Snapshot { plan: plan.clone(), snapshot: snapshot.clone() }
            }
            View::Browse(browse) => match browse.folder.trim_end_matches('/').rsplit_once('/') {
                Some((above, _)) => View::Browse(browse.at(if above.is_empty() { "/" } else { above })),
                None => View::Snapshot { plan: browse.plan.clone(), snapshot: browse.snapshot.clone() },
            },
            View::Where(browse) => View::Browse(browse.clone()),
        }))
    }
}

impl Act {
    pub fn plan(&self) -> &PlanName {
        match self {
            Act::Run(plan)
            | Act::Look(plan)
            | Act::Initialise(plan)
            | Act::Unlock(plan)
            | Act::Check { plan, .. }
            | Act::Prove(plan)
            | Act::Preview(plan)
            | Act::Thin(plan)
            | Act::Prune(plan)
            | Act::Forget { plan, .. }
            | Act::Compare { plan, .. } => plan,
            Act::Index(browse) => &browse.plan,
            Act::Restore(restore) => &restore.plan,
        }
    }

    pub(super) fn only_reads(&self) -> bool {
        matches!(self, Act::Look(_))
    }

    pub(super) fn risk(&self) -> Risk {
        match self {
            Act::Run(_)
            | Act::Look(_)
            | Act::Check { .. }
            | Act::Prove(_)
            | Act::Preview(_)
            | Act::Compare { .. }
            | Act::Index(_) => Risk::Change,
            Act::Initialise(_) | Act::Unlock(_) | Act::Thin(_) | Act::Prune(_) | Act::Forget { .. } => {
                Risk::Danger
            }
            Act::Restore(restore) => match restore.place {
                Place::Original(_) => Risk::Danger,
                Place::Under(_) | Place::Chat => Risk::Change,
            },
        }
    }

    pub(super) fn role(&self) -> Role {
        match self {
            Act::Run(_)
            | Act::Look(_)
            | Act::Check { .. }
            | Act::Prove(_)
            | Act::Preview(_)
            | Act::Compare { .. }
            | Act::Index(_) => Role::Pilot,
            Act::Initialise(_) | Act::Unlock(_) | Act::Thin(_) | Act::Prune(_) | Act::Forget { .. } => {
                Role::Owner
            }
            // A snapshot holds what its owner can read: other people's files among them.
            Act::Restore(_) => Role::Owner,
        }
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Run(_) => "backup.run",
            Act::Look(_) => "backup.look",
            Act::Initialise(_) => "backup.initialise",
            Act::Unlock(_) => "backup.unlock",
            Act::Check { .. } => "backup.check",
            Act::Prove(_) => "backup.prove",
            Act::Preview(_) => "backup.preview",
            Act::Thin(_) => "backup.thin",
            Act::Prune(_) => "backup.prune",
            Act::Forget { .. } => "backup.forget",
            Act::Compare { .. } => "backup.compare",
            Act::Index(_) => "backup.index",
            Act::Restore(_) => "backup.restore",
        }
    }

    pub(super) fn subject(&self) -> String {
        match self {
            Act::Forget { plan, snapshot } => format!("{plan} {}", short(snapshot)),
            Act::Index(browse) => format!("{} {}", browse.plan, short(&browse.snapshot)),
            Act::Compare { plan, from, to } => format!("{plan} {} {}", short(from), short(to)),
            Act::Restore(restore) => {
                let first = restore.paths.first().map_or("", String::as_str);
                match restore.paths.len() {
                    0 | 1 => format!("{} {}: {first}", restore.plan, short(&restore.snapshot)),
                    n => format!("{} {}: {first} +{}", restore.plan, short(&restore.snapshot), n - 1),
                }
            }
            other => other.plan().to_string(),
        }
    }

    pub(super) fn origin(&self) -> AnyView {
        let plan = self.plan().clone();
        AnyView::Backup(match self {
            Act::Run(_) | Act::Look(_) | Act::Initialise(_) | Act::Unlock(_) => View::Plan(plan),
            Act::Check { .. } | Act::Prove(_) => View::Verify(plan),
            Act::Preview(_) | Act::Thin(_) | Act::Prune(_) => View::Thin { plan, page: 0 },
            Act::Forget { snapshot, .. } => View::Snapshot { plan, snapshot: snapshot.clone() },
            Act::Index(browse) => View::Browse(browse.clone()),
            Act::Compare { to, .. } => View::Snapshot { plan, snapshot: to.clone() },
            Act::Restore(restore) => {
                View::Where(Browse { picked: restore.paths.clone(), ..Browse::of(&plan, &restore.snapshot) })
            }
        })
    }
}

/// As engines write a long id for people: its first eight characters. Names stay whole.
pub fn short(snapshot: &str) -> &str {
    let is_hash = snapshot.len() >= 32 && snapshot.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hash { &snapshot[..8] } else { snapshot }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_not_fit_a_button_or_an_id_are_refused() {
        for (name, good) in [
            ("home", true),
            ("Home_2-b", true),
            ("", false),
            ("a b", false),
            ("a.b", false),
            ("rumah/anu", false),
            ("é", false),
            ("abcdefghijklmnopqrstuvwx", true),
            ("abcdefghijklmnopqrstuvwxy", false),
        ] {
            assert_eq!(PlanName::parse(name).is_ok(), good, "{name:?}");
        }
    }

    #[test]
    fn picking_a_folder_takes_the_place_of_what_is_in_it() {
        let browse = Browse::of(&PlanName::parse("home").unwrap(), "abc");
        let picked = browse.toggled("/a/b").toggled("/a/c").toggled("/ab").toggled("/a");
        assert_eq!(picked.picked, ["/ab", "/a"]);
        assert!(picked.comes_along("/a/b/c") && picked.is_picked("/a"));
        assert!(!picked.comes_along("/abc") && !picked.comes_along("/a"));
        assert_eq!(picked.toggled("/a").picked, ["/ab"]);
        let full = (0..30).fold(browse, |browse, n| browse.toggled(&format!("/{n}")));
        assert_eq!(full.picked.len(), Browse::PICKED_MAX);
    }

    #[test]
    fn back_climbs_one_folder_and_ends_at_the_snapshot() {
        let plan = PlanName::parse("home").unwrap();
        let browse = Browse::of(&plan, "abc").at("/home/u/x");
        let up = |view: &View| match view.parent() {
            Some(AnyView::Backup(view)) => view,
            other => panic!("{other:?}"),
        };
        let first = up(&View::Browse(browse.clone()));
        assert_eq!(first, View::Browse(browse.at("/home/u")));
        let root = up(&up(&first));
        assert_eq!(root, View::Browse(browse.at("/")));
        assert_eq!(up(&root), View::Snapshot { plan, snapshot: "abc".into() });
    }

    #[test]
    fn only_hashes_are_shortened() {
        assert_eq!(short(&"ab12".repeat(16)), "ab12ab12");
        assert_eq!(short("home-2026-11-22T02:30:00"), "home-2026-11-22T02:30:00");
    }
}
