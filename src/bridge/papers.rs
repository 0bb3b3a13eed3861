//! Who is at the door: pilots by their id, with role and language, as configured.

use std::sync::{Arc, RwLock};

use jiff::tz::TimeZone;

use crate::domain::{ChatKind, Flight, Lang, PilotId, Reader, Role, Theme};

/// One person who may use this cockpit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pilot {
    pub id: PilotId,
    pub role: Role,
    pub name: String,
}

/// What the bridge needs of the config; replaced as a whole on reload.
#[derive(Debug, Clone, PartialEq)]
pub struct Charter {
    pub name: String,
    pub timezone: TimeZone,
    /// `None` is "auto": the language of the person's Telegram.
    pub lang: Option<Lang>,
    pub theme: Theme,
    pub pilots: Vec<Pilot>,
    pub enabled: Enabled,
}

/// Which rooms the config switches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enabled {
    pub metrics: bool,
    pub services: bool,
    pub containers: bool,
    pub smart: bool,
    pub storage: bool,
    pub backup: bool,
    pub processes: bool,
}

/// The ship's papers, shared; a reload puts new ones in their place.
#[derive(Debug, Clone)]
pub struct Papers {
    now: Arc<RwLock<Arc<Charter>>>,
    pub flight: Flight,
}

impl Papers {
    pub fn new(charter: Charter, flight: Flight) -> Papers {
        Papers { now: Arc::new(RwLock::new(Arc::new(charter))), flight }
    }

    pub fn read(&self) -> Arc<Charter> {
        self.now.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub fn replace(&self, charter: Charter) {
        *self.now.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(charter);
    }
}

impl Charter {
    pub fn pilot(&self, id: PilotId) -> Option<&Pilot> {
        self.pilots.iter().find(|pilot| pilot.id == id)
    }

    /// How a person reads. `tag` is the language of their Telegram. In groups the ship's language is taken, so that
    /// one bubble does not change its language with each tap.
    pub fn reader(&self, role: Role, tag: Option<&str>, chat: ChatKind, now: jiff::Timestamp) -> Reader {
        let own = match chat {
            ChatKind::Private => tag.map(Lang::from_tag),
            ChatKind::Group => None,
        };
        Reader {
            lang: self.lang.or(own).unwrap_or_default(),
            tz: self.timezone.clone(),
            role,
            theme: self.theme,
            chat,
            now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_ships_else_the_persons_else_english() {
        let ship = |lang| Charter {
            name: "potion".into(),
            timezone: TimeZone::UTC,
            lang,
            theme: Theme::Dark,
            pilots: vec![],
            enabled: Enabled {
                metrics: true,
                services: true,
                containers: true,
                smart: true,
                storage: true,
                backup: true,
                processes: true,
            },
        };
        let lang =
            |set, tag, chat| ship(set).reader(Role::Pilot, tag, chat, jiff::Timestamp::UNIX_EPOCH).lang;
        assert_eq!(lang(None, Some("id"), ChatKind::Private), Lang::Id);
        assert_eq!(lang(None, Some("de"), ChatKind::Private), Lang::En);
        assert_eq!(lang(Some(Lang::En), Some("id"), ChatKind::Private), Lang::En);
        assert_eq!(lang(None, Some("id"), ChatKind::Group), Lang::En);
        assert_eq!(lang(Some(Lang::Id), None, ChatKind::Group), Lang::Id);
    }
}
