//! How a pilot reads: the language Cockpit speaks to them, the colours of its pictures. Their own business, so anybody
//! who may look may choose.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::{Lang, Role, Theme};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// The reader's own.
    #[serde(rename = "m")]
    Mine,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    #[serde(rename = "t")]
    Theme(Theme),
    /// `None`: as the ship's config or the pilot's Telegram has it.
    #[serde(rename = "l")]
    Language(Option<Lang>),
}

impl View {
    pub(super) fn parent(&self) -> Option<AnyView> {
        Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Settings)))
    }
}

impl Act {
    pub(super) fn risk(&self) -> Risk {
        Risk::Change
    }

    pub(super) fn role(&self) -> Role {
        Role::Observer
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Theme(_) => "display.theme",
            Act::Language(_) => "display.language",
        }
    }

    pub(super) fn subject(&self) -> String {
        match self {
            Act::Theme(Theme::Dark) => "dark",
            Act::Theme(Theme::Light) => "light",
            Act::Language(lang) => lang.map_or("auto", Lang::tag),
        }
        .into()
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Display(View::Mine)
    }
}
