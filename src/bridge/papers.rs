//! Who is at the door: pilots by their id, with role and language, as configured.

use std::sync::{Arc, RwLock};

use jiff::tz::TimeZone;

use crate::{
    domain::{ChatKind, Flight, Lang, PilotId, Reader, Role, Theme},
    subsystems::display::Tastes,
};

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
    /// Of pictures, where nobody chose.
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
    tastes: Tastes,
    pub flight: Flight,
}

impl Papers {
    pub fn new(charter: Charter, tastes: Tastes, flight: Flight) -> Papers {
        Papers { now: Arc::new(RwLock::new(Arc::new(charter))), tastes, flight }
    }

    /// How one of our people reads in a chat: as they chose, else as the charter has it.
    pub fn reader(&self, pilot: &Pilot, tag: Option<&str>, chat: ChatKind, now: jiff::Timestamp) -> Reader {
        let reader = self.read().reader(pilot.role, tag, chat, now);
        if chat == ChatKind::Group {
            return reader;
        }
        let taste = self.tastes.of(pilot.id);
        Reader {
            lang: taste.lang.unwrap_or(reader.lang),
            theme: taste.theme.unwrap_or(reader.theme),
            ..reader
        }
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
    use crate::subsystems::display::Taste;

    fn ship(lang: Option<Lang>) -> Charter {
        Charter {
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
        }
    }

    #[test]
    fn what_a_pilot_chose_holds_in_their_own_chat_and_not_in_a_group() {
        let pilot = Pilot { id: PilotId(1001), role: Role::Owner, name: "Dre".into() };
        let tastes = Tastes::default();
        let taste = Taste { lang: Some(Lang::Id), theme: Some(Theme::Light) };
        let papers = Papers::new(ship(Some(Lang::En)), tastes.clone(), Flight::Real);
        let reads = |chat| {
            let reader = papers.reader(&pilot, Some("en"), chat, jiff::Timestamp::UNIX_EPOCH);
            (reader.lang, reader.theme)
        };
        assert_eq!(reads(ChatKind::Private), (Lang::En, Theme::Dark));
        tastes.put(pilot.id, taste);
        assert_eq!(reads(ChatKind::Private), (Lang::Id, Theme::Light));
        assert_eq!(reads(ChatKind::Group), (Lang::En, Theme::Dark));
    }

    #[test]
    fn the_language_is_the_ships_else_the_persons_else_english() {
        let lang =
            |set, tag, chat| ship(set).reader(Role::Pilot, tag, chat, jiff::Timestamp::UNIX_EPOCH).lang;
        assert_eq!(lang(None, Some("id"), ChatKind::Private), Lang::Id);
        assert_eq!(lang(None, Some("de"), ChatKind::Private), Lang::En);
        assert_eq!(lang(Some(Lang::En), Some("id"), ChatKind::Private), Lang::En);
        assert_eq!(lang(None, Some("id"), ChatKind::Group), Lang::En);
        assert_eq!(lang(Some(Lang::Id), None, ChatKind::Group), Lang::Id);
    }
}
