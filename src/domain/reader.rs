//! Who looks at a screen, as far as drawing it needs to know.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A language the panels speak completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
    Id,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Id];

    /// From an IETF tag as Telegram sends it ("id", "in", "id-ID", "en-GB"); English for all others.
    pub fn from_tag(tag: &str) -> Lang {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        // "in" is the old ISO 639 code of Indonesian, still sent by older Android systems.
        if primary.eq_ignore_ascii_case("id") || primary.eq_ignore_ascii_case("in") {
            Lang::Id
        } else {
            Lang::En
        }
    }

    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Id => "id",
        }
    }
}

/// What a pilot may do. Ordered: an owner may do all that a pilot may, a pilot all that an observer may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Observer,
    Pilot,
    Owner,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Observer => "observer",
            Role::Pilot => "pilot",
            Role::Owner => "owner",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    Dark,
    Light,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatKind {
    Private,
    Group,
}

/// The reader of one screen. In a group the language is the chat's, not the person's.
#[derive(Debug, Clone)]
pub struct Reader {
    pub lang: Lang,
    pub tz: TimeZone,
    pub role: Role,
    pub theme: Theme,
    pub chat: ChatKind,
    pub now: Timestamp,
}

/// How far this daemon may go. Decided at start, never changed after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flight {
    /// `run`: everything works, also unattended.
    Real,
    /// `practice`: reads the real machine, acts end at their question, nothing acts unattended.
    Practice,
    /// `practice --hands-on`: acts are carried out when a pilot asks; nothing acts unattended.
    HandsOn,
    /// `--sim`: every adapter is a simulated one; everything works, labelled on every screen.
    Sim,
}

impl Flight {
    pub fn acts(self) -> bool {
        self != Flight::Practice
    }

    /// Schedules, healing and slow checks that start something by themselves.
    pub fn acts_unattended(self) -> bool {
        matches!(self, Flight::Real | Flight::Sim)
    }
}

/// Something wrong in a section of the config file, found by the room that owns it. The key is relative to the
/// section ("watch[2]"); `config/` turns it into file, line and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigIssue {
    pub key: String,
    pub message: String,
    /// A warning lets the daemon start.
    pub warning: bool,
}
