//! The question before danger: what exactly, on what, what follows from it; a nonce that is good once.

use super::{
    Bridge,
    act::unrecorded,
    ship::{Answer, Visit},
};
use crate::{
    domain::{Lang, Nonce},
    intent::{Act, Intent},
    room::Consequence,
    screen::{Block, Button, Mark, Screen, Style},
    store::{Durability, nonces},
    t,
};

impl Bridge {
    pub(super) async fn ask_first(&self, act: &Act, visit: &Visit) -> Answer {
        let lang = visit.reader.lang;
        let nonce = Nonce::random();
        let until = self.clock.now() + nonces::EXPIRES;
        let text = serde_json::to_string(act).expect("acts are plain data");
        let put = nonces::Question { pilot: visit.pilot, chat: visit.chat, act: text };
        let now = self.clock.now();
        let stored = self.store.write(Durability::Normal, move |tx| nonces::ask(tx, &nonce, &put, now));
        let (weighed, stored) = tokio::join!(self.weigh(act, &visit.reader), stored);
        if let Err(error) = stored {
            let why = unrecorded(error.why(), lang);
            return Answer::Refused { why, next: act.origin() };
        }
        let screen = question(&self.label(&visit.reader), act, &weighed, nonce, lang);
        Answer::Question { screen: Box::new(screen), back: act.origin(), until }
    }
}

/// Cancel first: a thumb that slips hits the harmless one.
fn question(
    ship: &str,
    act: &Act,
    weighed: &[(String, Option<Vec<Consequence>>)],
    nonce: Nonce,
    lang: Lang,
) -> Screen {
    let verb = super::verbs::name(act, lang);
    let heading = match super::verbs::object(act, lang) {
        Some(subject) => t!(lang, "bridge-what", verb = verb.clone(), subject = subject),
        None => format!("{verb}?"),
    };
    let mut blocks = vec![Block::Heading(heading)];
    for (room, said) in weighed {
        match said {
            Some(lines) => blocks.extend(lines.iter().map(|c| Block::State(c.mark, c.line.clone()))),
            None => {
                let line = t!(lang, "bridge-unknown-room", room = room.clone());
                blocks.push(Block::State(Mark::Unknown, line));
            }
        }
    }
    if blocks.len() == 1 {
        blocks.push(Block::text(t!(lang, "bridge-nothing-known")));
    }
    blocks.push(Block::Note(t!(lang, "bridge-ends", seconds = nonces::EXPIRES.as_secs())));
    let cancel = Button::view(t!(lang, "bridge-cancel"), act.origin());
    let yes = Button { label: verb, intent: Intent::Confirm(nonce), style: Style::Danger };
    Screen { crumbs: vec![ship.to_owned()], blocks, rows: vec![vec![cancel, yes]], ..Screen::default() }
}

/// What a yes turned out to be.
pub(super) enum Taken {
    Act(Act),
    /// Telegram delivered this tap twice: the first one is being answered.
    Redelivered,
    /// The sentence for the pilot.
    No(String),
}

impl Bridge {
    /// Uses the question up, durably, before anything is done.
    pub(super) async fn take(&self, nonce: Nonce, visit: &Visit) -> Taken {
        let lang = visit.reader.lang;
        let (pilot, chat, update, now) =
            (visit.pilot, visit.chat, visit.update.unwrap_or_default(), self.clock.now());
        let took = self
            .store
            .write(Durability::Full, move |tx| nonces::answer(tx, &nonce, pilot, chat, update, now));
        match took.await {
            Ok(nonces::Answer::Yes { act }) => match serde_json::from_str(&act) {
                Ok(act) => Taken::Act(act),
                // Asked by another version of Cockpit, before an update.
                Err(_) => Taken::No(t!(lang, "bridge-question-over")),
            },
            Ok(nonces::Answer::Redelivered) => Taken::Redelivered,
            Ok(nonces::Answer::Used) => Taken::No(t!(lang, "bridge-question-used")),
            Ok(nonces::Answer::Expired | nonces::Answer::Unknown) => {
                Taken::No(t!(lang, "bridge-question-over"))
            }
            Err(error) => Taken::No(unrecorded(error.why(), lang)),
        }
    }
}
