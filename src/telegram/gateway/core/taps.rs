//! Taps: answered at once, then turned into a question to the ship.

use jiff::Timestamp;

use super::{
    ASKS_MAX, Asked, Bubble, Cause, Core, Ctx, Effect, Kind, Lease, Seen, What, bubble::LEASE, visit,
};
use crate::{
    bridge::ship::{Caller, Visit},
    domain::ChatId,
    intent::{
        Intent, View,
        codec::{self, Decoded},
    },
    t,
    telegram::{
        gateway::heard::{Person, Tap},
        outbox::{self, Actual},
    },
};

impl Core {
    pub(super) fn tap(&mut self, ctx: &Ctx<'_>, person: Person, tap: Tap) {
        match codec::decode(&tap.data) {
            Decoded::Intent(intent) => self.tapped(ctx, &person, tap, Some(intent)),
            Decoded::Unknown => self.tapped(ctx, &person, tap, None),
            Decoded::Token(token) => match ctx.seal.recall(&token) {
                Some(body) => self.found(ctx, &person, tap, Some(&body)),
                None => self.out.push(Effect::LookUp { person: Box::new(person), tap, token }),
            },
        }
    }

    /// A tap whose text was in the store, or is nowhere any more.
    pub fn found(&mut self, ctx: &Ctx<'_>, person: &Person, tap: Tap, body: Option<&str>) {
        let intent = body.and_then(|body| match codec::decode(body) {
            Decoded::Intent(intent) => Some(intent),
            // A kept text is an intent; a token in it would lead in circles.
            Decoded::Token(_) | Decoded::Unknown => None,
        });
        self.tapped(ctx, person, tap, intent);
    }

    /// `None`: an old button, an altered one, another program's.
    fn tapped(&mut self, ctx: &Ctx<'_>, person: &Person, tap: Tap, intent: Option<Intent>) {
        let visit = visit(person);
        let lang = visit.reader.lang;
        let (intent, toast) = match intent {
            Some(intent) => (intent, String::new()),
            None => (Intent::View(View::HOME), t!(lang, "telegram-old-button")),
        };
        if let Err(why) = ctx.ship.allows(&intent, &visit) {
            return self.answer(tap.callback, &why);
        }
        if self.asks.len() >= ASKS_MAX {
            return self.answer(tap.callback, &t!(lang, "telegram-busy"));
        }
        self.answer(tap.callback.clone(), &toast);
        self.end_prompt(visit.chat, visit.pilot);
        let caller = &person.caller;
        match intent {
            Intent::View(view) => self.go(ctx, caller, &tap, view, visit, false),
            Intent::Live(view) => self.go(ctx, caller, &tap, view, visit, true),
            Intent::File(view) => {
                let slot = self.target(ctx, caller, &tap);
                self.ask(slot, visit, Kind::Files, What::Files(view));
            }
            Intent::Act(ref act) => {
                let what = What::Act(act.clone());
                self.carry(ctx, caller, &tap, intent, what, visit);
            }
            Intent::Confirm(nonce) => self.carry(ctx, caller, &tap, intent, What::Confirm(nonce), visit),
        }
    }

    fn go(&mut self, ctx: &Ctx<'_>, caller: &Caller, tap: &Tap, view: View, visit: Visit, live: bool) {
        let slot = self.target(ctx, caller, tap);
        let Some(bubble) = self.bubbles.get_mut(&slot) else { return };
        // A refresh of a live screen leaves it live; another screen does not.
        if live {
            bubble.lease = Lease::Until(ctx.now.at + LEASE);
        } else if bubble.view != view || bubble.lease == Lease::Over {
            bubble.lease = Lease::None;
        }
        bubble.notice = None;
        self.show(ctx, slot, view, None, Cause::Pilot, visit);
    }

    /// An act or a yes. The same one again while the first is under way is the second half of a double tap.
    fn carry(&mut self, ctx: &Ctx<'_>, caller: &Caller, tap: &Tap, intent: Intent, what: What, visit: Visit) {
        let twin = |asked: &Asked| {
            matches!(&asked.kind, Kind::Act(other) if *other == intent) && asked.visit.chat == visit.chat
        };
        if self.asks.values().any(twin) {
            return;
        }
        let slot = self.target(ctx, caller, tap);
        self.ask(slot, visit, Kind::Act(intent), what);
    }

    /// The bubble that was tapped. A notice is left alone: what comes of it is shown in a new bubble below.
    fn target(&mut self, ctx: &Ctx<'_>, caller: &Caller, tap: &Tap) -> u64 {
        match self.messages.get(&(caller.chat, tap.message)).cloned() {
            Some(Seen::Bubble(slot)) if self.bubbles.contains_key(&slot) => {
                let bubble = self.bubbles.get_mut(&slot).expect("looked up just now");
                bubble.caller = caller.clone();
                slot
            }
            Some(Seen::Notice(view)) => {
                let slot = self.open(caller, ctx.now.at);
                let bubble = self.bubbles.get_mut(&slot).expect("opened just now");
                // Where the notice shows nothing of its own, home is never "already shown".
                bubble.notice = view;
                slot
            }
            _ => self.arriving(caller.chat, tap.message).unwrap_or_else(|| self.adopt(ctx, caller, tap)),
        }
    }

    /// A tap can be quicker than Telegram's word that the message was sent: newer than all that is known there, it is
    /// the one under way.
    fn arriving(&self, chat: ChatId, message: i64) -> Option<u64> {
        let known = self.messages.keys().filter(|(at, _)| *at == chat).any(|(_, id)| *id >= message);
        let under_way = |(_, bubble): &(&u64, &Bubble)| bubble.arriving && bubble.caller.chat == chat;
        (!known).then(|| self.bubbles.iter().rev().find(under_way).map(|(slot, _)| *slot)).flatten()
    }

    /// A message of ours that nobody remembers: an older run sent it.
    fn adopt(&mut self, ctx: &Ctx<'_>, caller: &Caller, tap: &Tap) -> u64 {
        let slot = self.open(caller, ctx.now.at);
        let actual = Actual {
            message: tap.message,
            kind: if tap.photo { outbox::Kind::Photo } else { outbox::Kind::Text },
            print: None,
            art: None,
            sent: tap.sent.unwrap_or(Timestamp::UNIX_EPOCH),
        };
        self.out.push(Effect::Adopt { slot, chat: caller.chat, actual: actual.clone() });
        self.arrived(ctx, slot, caller.chat, actual);
        slot
    }

    /// This message is that bubble; the newest bubble of a chat is its living one.
    pub(super) fn arrived(&mut self, ctx: &Ctx<'_>, slot: u64, chat: ChatId, actual: Actual) {
        let Some(bubble) = self.bubbles.get_mut(&slot) else { return };
        let before = bubble.actual.replace(actual.clone());
        bubble.arriving = false;
        let moved = before.as_ref().is_none_or(|old| old.message != actual.message);
        if moved || before.is_some_and(|old| old.kind != actual.kind || old.art != actual.art) {
            let save = bubble.save(slot, ctx.now);
            self.out.push(Effect::Save(save));
        }
        if !moved {
            return;
        }
        self.messages.retain(|_, seen| *seen != Seen::Bubble(slot));
        self.messages.insert((chat, actual.message), Seen::Bubble(slot));
        let living = self.living.get(&chat).copied();
        if living.is_some_and(|living| living > slot) {
            // It arrived after a newer one.
            return self.retire(slot);
        }
        self.living.insert(chat, slot);
        if let Some(old) = living.filter(|old| *old != slot) {
            self.retire(old);
        }
    }

    /// History: no buttons, nothing redrawn. A question about a file stays until it is answered.
    fn retire(&mut self, slot: u64) {
        if self.bubbles.get(&slot).is_some_and(|bubble| bubble.sticky && bubble.question.is_some()) {
            return;
        }
        self.forget(slot);
        self.out.push(Effect::Bare(slot));
    }

    /// The bubble shows this view from now on.
    pub(super) fn show(
        &mut self,
        ctx: &Ctx<'_>,
        slot: u64,
        view: View,
        head: Option<String>,
        cause: Cause,
        visit: Visit,
    ) {
        let elsewhere = self.bubbles.get(&slot).is_some_and(|bubble| bubble.view != view);
        if elsewhere {
            self.end_prompts_of(slot);
        }
        let Some(bubble) = self.bubbles.get_mut(&slot) else { return };
        if elsewhere {
            bubble.progress = None;
        }
        bubble.view = view;
        bubble.head = head;
        bubble.question = None;
        bubble.sticky = false;
        let save = bubble.save(slot, ctx.now);
        self.out.push(Effect::Save(save));
        self.ask_view(ctx, slot, cause, visit);
    }

    /// Newest wins: an older question about the same bubble is dropped.
    pub(super) fn ask_view(&mut self, ctx: &Ctx<'_>, slot: u64, cause: Cause, visit: Visit) {
        let Some(bubble) = self.bubbles.get_mut(&slot) else { return };
        bubble.dirty = false;
        bubble.next_redraw = ctx.now.at + bubble.redraw_gap();
        let (view, old) = (bubble.view.clone(), bubble.asking.take());
        if let Some(old) = old {
            self.asks.remove(&old);
            self.out.push(Effect::Drop(old));
        }
        let ticket = self.ask(slot, visit, Kind::View(cause), What::View(view));
        if let Some(Bubble { asking, .. }) = self.bubbles.get_mut(&slot) {
            *asking = Some(ticket);
        }
    }
}
