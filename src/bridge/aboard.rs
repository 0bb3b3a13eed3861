//! The bridge as the gateway sees it.

use super::{
    Bridge, act, commands,
    commands::Typed as Meant,
    doors, not_allowed,
    ship::{Answer, Answering, Caller, Command, Filled, Incoming, Knock, Ship, Typed, Visit, Visitor},
};
use crate::{
    audit::{Entry, Outcome as Recorded, Who},
    domain::{Lang, Nonce, Role},
    intent::{Act, Hole, Intent, View},
    screen::Screen,
    store::nonces,
    subsystems::storage::transfers::Sent,
    t,
};

impl Ship for Bridge {
    fn who(&self, caller: &Caller) -> Option<Visitor> {
        let charter = self.papers.read();
        let pilot = charter.pilot(caller.pilot)?;
        let reader = self.papers.reader(pilot, caller.lang_tag.as_deref(), caller.kind, self.clock.now());
        Some(Visitor { name: pilot.name.clone(), reader })
    }

    fn stranger<'a>(&'a self, knock: &'a Knock) -> Answering<'a, ()> {
        Box::pin(async move {
            let caller = &knock.caller;
            self.audit.note(Entry {
                at: self.clock.now(),
                who: Who::Stranger { id: caller.pilot, name: caller.name.clone() },
                chat: Some(caller.chat),
                op: String::new(),
                verb: "knock".into(),
                subject: String::new(),
                outcome: Recorded::Refused,
                details: [("attempts".to_owned(), knock.attempts.into())].into(),
            });
        })
    }

    fn allows(&self, intent: &Intent, visit: &Visit) -> Result<(), String> {
        let (needed, origin) = match intent {
            Intent::View(view) | Intent::Live(view) | Intent::File(view) => (view.role(), view.clone()),
            Intent::Act(act) => (act.role(), act.origin()),
            // What the question was about is looked at when the question is taken.
            Intent::Confirm(_) => return Ok(()),
        };
        if visit.reader.role < needed {
            return Err(not_allowed(needed, &visit.reader));
        }
        match doors::switched_off(&origin, &self.papers.read().enabled, &visit.reader) {
            Some(_) => Err(t!(visit.reader.lang, "bridge-room-off-short")),
            None => Ok(()),
        }
    }

    fn view<'a>(&'a self, view: &'a View, visit: &'a Visit) -> Answering<'a, Screen> {
        Box::pin(self.screen(view, visit))
    }

    fn act<'a>(&'a self, act: &'a Act, visit: &'a Visit) -> Answering<'a, Answer> {
        Box::pin(self.judged_act(act, visit))
    }

    fn confirm<'a>(&'a self, nonce: Nonce, visit: &'a Visit) -> Answering<'a, Answer> {
        Box::pin(self.judged_confirm(nonce, visit))
    }

    fn fill<'a>(&'a self, hole: &'a Hole, text: &'a str, visit: &'a Visit) -> Answering<'a, Filled> {
        Box::pin(async move {
            match self.filled(hole, text, &visit.reader).await {
                Ok(intent) => Filled::Done(self.obey(&intent, visit).await),
                Err(wrong) => Filled::Wrong(wrong),
            }
        })
    }

    fn commands(&self, lang: Lang, role: Role) -> Vec<Command> {
        commands::menu(role, lang)
            .into_iter()
            .map(|(name, about)| Command { name: name.to_owned(), about })
            .collect()
    }

    fn command<'a>(&'a self, typed: &'a Typed, visit: &'a Visit) -> Answering<'a, Answer> {
        Box::pin(async move {
            if typed.command.is_empty() {
                return Answer::Refused {
                    why: t!(visit.reader.lang, "bridge-nothing-to-fill"),
                    next: View::HOME,
                };
            }
            match self.read_command(&typed.command, &typed.rest, visit).await {
                Meant::Intent(intent) => self.obey(&intent, visit).await,
                Meant::Say(why) => Answer::Refused { why, next: View::HOME },
                Meant::Choose(screen) => {
                    let until = self.clock.now() + nonces::EXPIRES;
                    Answer::Question { screen, back: View::HOME, until }
                }
            }
        })
    }

    fn incoming<'a>(&'a self, file: &'a Incoming, visit: &'a Visit) -> Answering<'a, Answer> {
        Box::pin(async move {
            let reader = &visit.reader;
            if reader.role < Role::Pilot {
                return Answer::Refused { why: not_allowed(Role::Pilot, reader), next: View::HOME };
            }
            if !self.papers.read().enabled.storage {
                let name: String = file.name.chars().take(80).collect();
                let why = t!(reader.lang, "bridge-no-place", name = name);
                return Answer::Refused { why, next: View::HOME };
            }
            let sent =
                Sent { blob: file.blob, name: file.name.clone(), size: file.size, at: file.at.clone() };
            match self.rooms.transfers.came(sent, &act::order(visit)).await {
                Ok(next) => Answer::Show(next),
                Err(why) => Answer::Refused { why, next: View::HOME },
            }
        })
    }
}
