//! Strangers at the door, and the commands menu of each person of ours.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{Core, Ctx, Effect, Save};
use crate::{
    bridge::ship::{Caller, Knock},
    domain::{ChatId, ChatKind, Lang, PilotId, Role},
    t,
    telegram::{
        content::{Content, Print, print},
        gateway::heard::{Knocked, Person},
        methods::{self, Scope},
        outbox::Errand,
    },
};

/// Strangers remembered; of more, the one not seen for longest is forgotten, and may be told once more.
const STRANGERS_MAX: usize = 1000;
/// One entry in the audit trail for each of them in this time.
const AUDIT_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How often the menu of a person who is here is compared with what it should be.
const MENU_EVERY: Duration = Duration::from_secs(600);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stranger {
    pub told: Timestamp,
    pub audited: Timestamp,
    pub seen: Timestamp,
    /// Since the last entry in the audit trail.
    pub attempts: u32,
}

pub(super) struct Menu {
    /// What Telegram has.
    print: Option<Print>,
    /// What it was told to have.
    wanted: Option<Print>,
    of: Option<(Lang, Role)>,
    checked: Option<Instant>,
}

impl Core {
    /// One neutral line once, then silence; one audit entry an hour.
    pub(super) fn stranger(&mut self, ctx: &Ctx<'_>, caller: Caller, how: Knocked) {
        self.counters.strangers += 1;
        let now = ctx.now.wall;
        let known = self.strangers.get(&caller.pilot).copied();
        if known.is_none() {
            self.make_room();
            let lang = caller.lang_tag.as_deref().map_or(Lang::En, Lang::from_tag);
            let line = t!(lang, "telegram-stranger");
            match how {
                Knocked::Tapped { callback } => self.answer(callback, &line),
                Knocked::Wrote => {
                    let content = std::sync::Arc::new(Content::line(&line));
                    self.run(Errand::Line { chat: caller.chat, content });
                }
                // Others read along there.
                Knocked::Called => {}
            }
        }
        let attempts = known.map_or(0, |known| known.attempts).saturating_add(1);
        let audit = known.is_none_or(|known| now.duration_since(known.audited) >= AUDIT_EVERY);
        let stranger = Stranger {
            told: known.map_or(now, |known| known.told),
            audited: known.filter(|_| !audit).map_or(now, |known| known.audited),
            seen: now,
            attempts: if audit { 0 } else { attempts },
        };
        self.strangers.insert(caller.pilot, stranger);
        if audit {
            self.out.push(Effect::Save(Save::Stranger(caller.pilot, stranger)));
            self.out.push(Effect::Knock(Knock { caller, attempts }));
        }
    }

    /// One line in each chat with a living bubble, in the language of who touched it last.
    pub fn announce(&mut self, ctx: &Ctx<'_>, words: impl Fn(Lang) -> String) {
        let callers: Vec<Caller> = self
            .living
            .values()
            .filter_map(|slot| self.bubbles.get(slot))
            .map(|b| b.caller.clone())
            .collect();
        for caller in callers {
            let Some(visitor) = ctx.ship.who(&caller) else { continue };
            let content = std::sync::Arc::new(Content::line(&words(visitor.reader.lang)));
            self.run(Errand::Line { chat: caller.chat, content });
        }
    }

    fn make_room(&mut self) {
        if self.strangers.len() < STRANGERS_MAX {
            return;
        }
        let oldest = self.strangers.iter().min_by_key(|(_, stranger)| stranger.seen).map(|(id, _)| *id);
        if let Some(oldest) = oldest {
            self.strangers.remove(&oldest);
            self.out.push(Effect::Save(Save::DropStranger(oldest)));
        }
    }

    /// The menu is in the person's language and has what their role may ask for.
    pub(super) fn menu(&mut self, ctx: &Ctx<'_>, person: &Person) {
        let (chat, pilot) = (person.caller.chat, person.caller.pilot);
        let of = (person.visitor.reader.lang, person.visitor.reader.role);
        let menu = self.menus.entry((chat, pilot)).or_insert_with(|| Menu {
            print: None,
            wanted: None,
            of: None,
            checked: None,
        });
        let fresh = menu.checked.is_some_and(|at| ctx.now.at.duration_since(at) < MENU_EVERY);
        if fresh && menu.of == Some(of) {
            return;
        }
        menu.checked = Some(ctx.now.at);
        menu.of = Some(of);
        let commands = ctx.ship.commands(of.0, of.1);
        let wanted = print(&commands);
        if menu.print == Some(wanted) {
            return;
        }
        menu.wanted = Some(wanted);
        let scope = match person.caller.kind {
            ChatKind::Private => Scope::Chat(chat),
            ChatKind::Group => Scope::Member(chat, pilot),
        };
        let call = methods::commands(scope, &commands);
        self.run(Errand::Chore { tag: menu_tag(chat, pilot), call });
    }

    /// Telegram has the menu now.
    pub(super) fn menu_set(&mut self, tag: &str) {
        let found = self.menus.iter_mut().find(|((chat, pilot), _)| menu_tag(*chat, *pilot) == tag);
        let Some(((chat, pilot), menu)) = found else { return };
        menu.print = menu.wanted;
        if let Some(print) = menu.print {
            self.out.push(Effect::Save(Save::Menu { chat: *chat, pilot: *pilot, print }));
        }
    }

    pub(super) fn recall_menu(&mut self, chat: ChatId, pilot: PilotId, print: Print) {
        let menu = Menu { print: Some(print), wanted: Some(print), of: None, checked: None };
        self.menus.insert((chat, pilot), menu);
    }

    pub(super) fn recall_stranger(&mut self, pilot: PilotId, stranger: Stranger) {
        self.strangers.insert(pilot, stranger);
    }
}

pub fn menu_tag(chat: ChatId, pilot: PilotId) -> String {
    format!("menu {chat} {pilot}")
}
