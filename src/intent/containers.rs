//! Containers, their projects, logs, images, volumes and networks.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::Role;

/// A container's or a project's name, as engines allow it: letters, digits, `_.-`, not beginning with a mark.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a container's name: letters, digits and _.-")]
pub struct NameError(String);

impl Name {
    pub const BYTES_MAX: usize = 255;

    pub fn parse(text: &str) -> Result<Name, NameError> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        // Compose allows a project to begin with an underscore no more, old ones did.
        if !begins || text.len() > Self::BYTES_MAX || !text.bytes().all(fits) {
            return Err(NameError(text.chars().take(80).collect()));
        }
        Ok(Name(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;
    fn try_from(text: String) -> Result<Name, NameError> {
        Name::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "l")]
    List {
        #[serde(rename = "f")]
        filter: Filter,
        #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
        search: Option<String>,
        #[serde(rename = "p", default)]
        page: u32,
    },
    #[serde(rename = "c")]
    One(Name),
    /// Image, mounts, networks, labels and the names of environment variables.
    #[serde(rename = "d")]
    Details(Name),
    /// The same, with the variables' values.
    #[serde(rename = "v")]
    Values(Name),
    #[serde(rename = "p")]
    Project(Name),
    #[serde(rename = "g")]
    Log(Log),
    #[serde(rename = "s")]
    Stock {
        #[serde(rename = "w")]
        what: Stock,
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// The volumes nobody uses, by name, before they can be removed.
    #[serde(rename = "u")]
    UnusedVolumes,
    /// A log collected as a file, by its number: its size, before it is sent.
    #[serde(rename = "f")]
    File {
        #[serde(rename = "l")]
        log: Log,
        #[serde(rename = "n")]
        file: u32,
    },
    /// Which images have a newer one at their registry.
    #[serde(rename = "w")]
    Updates {
        #[serde(rename = "p", default)]
        page: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Filter {
    #[serde(rename = "a")]
    All,
    #[serde(rename = "r")]
    Running,
    #[serde(rename = "s")]
    Stopped,
    /// Unhealthy, restarting again and again, dead, ended with an error.
    #[serde(rename = "t")]
    Troubled,
}

/// What lies on the engine's shelves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stock {
    /// What takes how much room.
    #[serde(rename = "u")]
    Usage,
    #[serde(rename = "i")]
    Images,
    #[serde(rename = "v")]
    Volumes,
    #[serde(rename = "n")]
    Networks,
    /// The usage as a picture.
    #[serde(rename = "m")]
    Map,
}

/// Which lines of a container's log, oldest first, the newest at the end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Log {
    #[serde(rename = "c")]
    pub name: Name,
    #[serde(rename = "n", default, skip_serializing_if = "is_default")]
    pub amount: Amount,
    #[serde(rename = "o", default, skip_serializing_if = "is_default")]
    pub only: Only,
    #[serde(rename = "s", default, skip_serializing_if = "is_default")]
    pub since: Since,
    /// Lines that contain these words, whatever their case.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// New lines are shown as they come, while the bubble is live.
    #[serde(rename = "f", default, skip_serializing_if = "is_default")]
    pub follow: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Amount {
    #[default]
    #[serde(rename = "5")]
    Fifty,
    #[serde(rename = "2")]
    TwoHundred,
}

impl Amount {
    pub fn lines(self) -> usize {
        match self {
            Amount::Fifty => 50,
            Amount::TwoHundred => 200,
        }
    }
}

/// Which of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Only {
    #[default]
    #[serde(rename = "b")]
    Both,
    #[serde(rename = "e")]
    Errors,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Since {
    #[default]
    #[serde(rename = "a")]
    Always,
    #[serde(rename = "h")]
    Hour,
    #[serde(rename = "d")]
    Day,
    /// Of the present run only.
    #[serde(rename = "s")]
    Start,
}

impl Log {
    pub fn of(name: Name) -> Log {
        Log {
            name,
            amount: Amount::default(),
            only: Only::default(),
            since: Since::default(),
            search: None,
            follow: false,
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    #[serde(rename = "s")]
    Start(Name),
    #[serde(rename = "x")]
    Stop(Name),
    #[serde(rename = "r")]
    Restart(Name),
    #[serde(rename = "p")]
    Pause(Name),
    #[serde(rename = "u")]
    Unpause(Name),
    /// At once, without asking it to end.
    #[serde(rename = "k")]
    Kill(Name),
    /// A stopped one; its volumes stay.
    #[serde(rename = "d")]
    Remove(Name),
    #[serde(rename = "ps")]
    StartProject(Name),
    #[serde(rename = "px")]
    StopProject(Name),
    #[serde(rename = "pr")]
    RestartProject(Name),
    /// All that the filters let through, not only what the screen shows.
    #[serde(rename = "g")]
    LogFile(Log),
    #[serde(rename = "c")]
    Prune(Prune),
    /// The volumes nobody uses, as they were listed: their names' hash. Another list is refused.
    #[serde(rename = "v")]
    PruneVolumes { listed: u32 },
    /// A collected log, by its number.
    #[serde(rename = "gs")]
    SendLog {
        #[serde(rename = "l")]
        log: Log,
        #[serde(rename = "n")]
        file: u32,
    },
    /// Fetches its image anew, and makes it anew from that; the one before comes back when the new one is not well.
    #[serde(rename = "up")]
    Update(Name),
    /// The same for those of a project that have a newer image.
    #[serde(rename = "pu")]
    UpdateProject(Name),
    /// Asks the registries now.
    #[serde(rename = "cu")]
    CheckUpdates,
    /// After an update that was interrupted: the container before it takes its place again.
    #[serde(rename = "pb")]
    PutBack(Name),
    /// After an update by Compose that was interrupted: Compose makes the service from the image that is here now.
    #[serde(rename = "fu")]
    Finish(Name),
    /// The same, left as it is: nobody is told of it any more.
    #[serde(rename = "lg")]
    LetGo(Name),
}

/// What nobody uses, of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Prune {
    #[serde(rename = "c")]
    Containers,
    /// Without a tag and without a container.
    #[serde(rename = "i")]
    Images,
    #[serde(rename = "b")]
    BuildCache,
    #[serde(rename = "n")]
    Networks,
}

impl Prune {
    pub fn as_str(self) -> &'static str {
        match self {
            Prune::Containers => "stopped containers",
            Prune::Images => "dangling images",
            Prune::BuildCache => "build cache",
            Prune::Networks => "unused networks",
        }
    }
}

impl View {
    pub const ALL: View = View::List { filter: Filter::All, search: None, page: 0 };

    pub(super) fn role(&self) -> Role {
        match self {
            View::Values(_) => Role::Owner,
            _ => Role::Observer,
        }
    }

    pub(super) fn parent(&self) -> Option<AnyView> {
        Some(match self {
            View::Updates { .. } => AnyView::Containers(View::ALL),
            View::File { log, .. } => AnyView::Containers(View::Log(log.clone())),
            View::List { .. } => AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Cargo)),
            View::One(_) | View::Project(_) => AnyView::Containers(View::ALL),
            View::Details(name) | View::Log(Log { name, .. }) => AnyView::Containers(View::One(name.clone())),
            View::Values(name) => AnyView::Containers(View::Details(name.clone())),
            View::Stock { what: Stock::Usage, .. } => AnyView::Containers(View::ALL),
            View::Stock { .. } => AnyView::Containers(View::Stock { what: Stock::Usage, page: 0 }),
            View::UnusedVolumes => AnyView::Containers(View::Stock { what: Stock::Volumes, page: 0 }),
        })
    }
}

impl Act {
    /// The container it is done to.
    pub fn container(&self) -> Option<&Name> {
        match self {
            Act::Start(name)
            | Act::Stop(name)
            | Act::Restart(name)
            | Act::Pause(name)
            | Act::Unpause(name)
            | Act::Kill(name)
            | Act::Remove(name)
            | Act::Update(name)
            | Act::PutBack(name)
            | Act::Finish(name)
            | Act::LetGo(name)
            | Act::LogFile(Log { name, .. })
            | Act::SendLog { log: Log { name, .. }, .. } => Some(name),
            _ => None,
        }
    }

    pub fn project(&self) -> Option<&Name> {
        match self {
            Act::StartProject(name)
            | Act::StopProject(name)
            | Act::RestartProject(name)
            | Act::UpdateProject(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn risk(&self) -> Risk {
        match self {
            Act::Start(_) | Act::Unpause(_) | Act::StartProject(_) => Risk::Change,
            Act::LogFile(_) | Act::SendLog { .. } | Act::CheckUpdates => Risk::Change,
            _ => Risk::Danger,
        }
    }

    pub(super) fn role(&self) -> Role {
        match self {
            Act::PruneVolumes { .. } => Role::Owner,
            _ => Role::Pilot,
        }
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Start(_) => "containers.start",
            Act::Stop(_) => "containers.stop",
            Act::Restart(_) => "containers.restart",
            Act::Pause(_) => "containers.pause",
            Act::Unpause(_) => "containers.unpause",
            Act::Kill(_) => "containers.kill",
            Act::Remove(_) => "containers.remove",
            Act::StartProject(_) => "containers.start-project",
            Act::StopProject(_) => "containers.stop-project",
            Act::RestartProject(_) => "containers.restart-project",
            Act::LogFile(_) => "containers.log-file",
            Act::Prune(_) => "containers.prune",
            Act::PruneVolumes { .. } => "containers.prune-volumes",
            Act::SendLog { .. } => "containers.send-log",
            Act::Update(_) => "containers.update",
            Act::UpdateProject(_) => "containers.update-project",
            Act::CheckUpdates => "containers.check-updates",
            Act::PutBack(_) => "containers.put-back",
            Act::Finish(_) => "containers.finish",
            Act::LetGo(_) => "containers.let-go",
        }
    }

    pub(super) fn subject(&self) -> String {
        match self {
            Act::Prune(what) => what.as_str().to_owned(),
            Act::PruneVolumes { .. } => "unused volumes".to_owned(),
            Act::CheckUpdates => "registries".to_owned(),
            _ => self.container().or(self.project()).map(ToString::to_string).unwrap_or_default(),
        }
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Containers(match self {
            Act::LogFile(log) | Act::SendLog { log, .. } => View::Log(log.clone()),
            Act::StartProject(name)
            | Act::StopProject(name)
            | Act::RestartProject(name)
            | Act::UpdateProject(name) => View::Project(name.clone()),
            Act::CheckUpdates => View::Updates { page: 0 },
            Act::Prune(_) => View::Stock { what: Stock::Usage, page: 0 },
            Act::PruneVolumes { .. } => View::UnusedVolumes,
            _ => self.container().map_or(View::ALL, |name| View::One(name.clone())),
        })
    }
}
