//! What an earlier run left: bubbles go on living, leases that ended meanwhile are told, questions end.

use jiff::Timestamp;

use super::{
    Bubble, BubbleRow, Cause, Core, Ctx, Effect, Lease, Save, Seen, Stranger,
    bubble::{Asking, moment},
};
use crate::{
    domain::{ChatId, PilotId},
    intent::{Hole, View},
    telegram::content::Print,
};

/// As read from the store.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Oldest first.
    pub bubbles: Vec<BubbleRow>,
    pub prompts: Vec<(ChatId, PilotId, Hole, u64, Timestamp)>,
    pub strangers: Vec<(PilotId, Stranger)>,
    pub menus: Vec<(ChatId, PilotId, Print)>,
    /// Delivered notices: where, and which view each shows.
    pub notices: Vec<(ChatId, i64, Option<View>)>,
}

impl Core {
    pub fn restore(&mut self, ctx: &Ctx<'_>, kept: Kept) {
        for (chat, message, view) in kept.notices {
            self.learned(chat, message, view);
        }
        for (chat, pilot, print) in kept.menus {
            self.recall_menu(chat, pilot, print);
        }
        for (pilot, stranger) in kept.strangers {
            self.recall_stranger(pilot, stranger);
        }
        for row in kept.bubbles {
            self.restore_bubble(ctx, row);
        }
        for (chat, pilot, hole, slot, ends) in kept.prompts {
            // What nobody can see any more is not answered, and what was asked since counts more.
            if !self.bubbles.contains_key(&slot) || self.prompts.contains_key(&(chat, pilot)) {
                continue;
            }
            let until = moment(ends, ctx.now);
            self.prompts.insert((chat, pilot), Asking { hole, slot, until, filling: None });
        }
    }

    fn restore_bubble(&mut self, ctx: &Ctx<'_>, row: BubbleRow) {
        let BubbleRow { slot, caller, view, actual, head, lease, question, used: _ } = row;
        if self.bubbles.contains_key(&slot) {
            return;
        }
        self.slot = self.slot.max(slot);
        let Some(actual) = actual else {
            // It never arrived, and what it was to show is long stale.
            self.out.push(Effect::Save(Save::DropBubble(slot)));
            return;
        };
        let chat = caller.chat;
        let mut bubble = Bubble::new(caller, view, ctx.now.at);
        bubble.actual = Some(actual.clone());
        bubble.head = head;
        bubble.question = question.map(|end| moment(end, ctx.now));
        bubble.sticky = bubble.question.is_some();
        bubble.lease = lease.map_or(Lease::None, |end| Lease::Until(moment(end, ctx.now)));
        // Its topics are not known before it is drawn once.
        bubble.dirty = lease.is_some();
        if self.living.get(&chat).is_some_and(|living| *living > slot) {
            self.out.push(Effect::Adopt { slot, chat, actual });
            self.out.push(Effect::Bare(slot));
            self.out.push(Effect::Save(Save::DropBubble(slot)));
            return;
        }
        self.messages.insert((chat, actual.message), Seen::Bubble(slot));
        self.living.insert(chat, slot);
        self.bubbles.insert(slot, bubble);
        self.out.push(Effect::Adopt { slot, chat, actual });
        if lease.is_some_and(|end| end > ctx.now.wall) {
            let caller = self.bubbles[&slot].caller.clone();
            if let Some(visit) = self.again(ctx, &caller) {
                self.ask_view(ctx, slot, Cause::Redraw, visit);
            }
        }
    }
}
