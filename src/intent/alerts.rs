//! Warnings, living and past, and their rest.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::Role;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// The living ones, worst first, then the last resolved.
    #[serde(rename = "l")]
    List {
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// One, by its number in the store.
    #[serde(rename = "a")]
    Alert(i64),
    /// For how long it is to be quiet.
    #[serde(rename = "z")]
    Snooze(i64),
}

/// What a warning is about, whichever warning that is: it may come again under another number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct About {
    /// "container", "disk"
    #[serde(rename = "k")]
    pub kind: String,
    /// "web", "/srv"
    #[serde(rename = "o", default, skip_serializing_if = "String::is_empty")]
    pub of: String,
}

/// Until when nothing of it makes a sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Span {
    /// Minutes from the tap on.
    #[serde(rename = "m")]
    For(u32),
    /// Seconds since 1970.
    #[serde(rename = "u")]
    Until(i64),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    #[serde(rename = "z")]
    Snooze {
        /// The warning it was asked on, whose screen follows.
        #[serde(rename = "n")]
        alert: i64,
        #[serde(rename = "a")]
        about: About,
        #[serde(rename = "s")]
        span: Span,
    },
    #[serde(rename = "w")]
    Wake {
        #[serde(rename = "n")]
        alert: i64,
        #[serde(rename = "a")]
        about: About,
    },
}

impl View {
    pub const LIST: View = View::List { page: 0 };

    pub(super) fn parent(&self) -> Option<AnyView> {
        match self {
            View::List { .. } => Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::CoPilot))),
            View::Alert(_) => Some(AnyView::Alerts(View::LIST)),
            View::Snooze(alert) => Some(AnyView::Alerts(View::Alert(*alert))),
        }
    }
}

impl Act {
    pub(super) fn risk(&self) -> Risk {
        Risk::Change
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Snooze { .. } => "alerts.snooze",
            Act::Wake { .. } => "alerts.wake",
        }
    }

    /// "container web for 60 min"
    pub(super) fn subject(&self) -> String {
        match self {
            Act::Snooze { about, span: Span::For(minutes), .. } => format!("{about} for {minutes} min"),
            Act::Snooze { about, span: Span::Until(second), .. } => {
                match jiff::Timestamp::from_second(*second) {
                    Ok(until) => format!("{about} until {until}"),
                    Err(_) => about.to_string(),
                }
            }
            Act::Wake { about, .. } => about.to_string(),
        }
    }

    pub(super) fn origin(&self) -> AnyView {
        match self {
            Act::Snooze { alert, .. } | Act::Wake { alert, .. } => AnyView::Alerts(View::Alert(*alert)),
        }
    }
}

impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.of.as_str() {
            "" => write!(f, "{}", self.kind),
            of => write!(f, "{} {of}", self.kind),
        }
    }
}
