//! What happens by itself: redraws of live screens, and the ends of leases, questions and prompts.

use tokio::time::Instant;

use super::{Bubble, Cause, Core, Ctx, Effect, Lease, visit_of};
use crate::{
    bridge::ship::{Caller, Visit},
    screen::Topic,
};

impl Core {
    /// What screens of this topic show is no longer fresh.
    pub fn changed(&mut self, ctx: &Ctx<'_>, topic: &Topic) {
        let mut now_due = Vec::new();
        for (slot, bubble) in &mut self.bubbles {
            if matches!(bubble.lease, Lease::Until(_)) && bubble.topics.contains(topic) {
                bubble.dirty = true;
                if bubble.asking.is_none() && bubble.next_redraw <= ctx.now.at {
                    now_due.push(*slot);
                }
            }
        }
        now_due.into_iter().for_each(|slot| self.redraw(ctx, slot));
    }

    /// When [`Core::tick`] has something to do.
    pub fn due(&self) -> Option<Instant> {
        let bubbles = self.bubbles.values().filter_map(Bubble::due);
        bubbles.chain(self.prompts.values().map(|asking| asking.until)).min()
    }

    pub fn tick(&mut self, ctx: &Ctx<'_>) {
        let now = ctx.now.at;
        let due: Vec<u64> = self
            .bubbles
            .iter()
            .filter(|(_, bubble)| bubble.due().is_some_and(|due| due <= now))
            .map(|(slot, _)| *slot)
            .collect();
        for slot in due {
            let Some(bubble) = self.bubbles.get_mut(&slot) else { continue };
            if bubble.question.is_some_and(|end| end <= now) {
                bubble.question = None;
                let (view, caller) = (bubble.view.clone(), bubble.caller.clone());
                if let Some(visit) = self.again(ctx, &caller) {
                    self.show(ctx, slot, view, None, Cause::Ended, visit);
                }
            } else if matches!(bubble.lease, Lease::Until(end) if end <= now) {
                bubble.lease = Lease::Over;
                let save = bubble.save(slot, ctx.now);
                let caller = bubble.caller.clone();
                self.out.push(Effect::Save(save));
                // One last time, with the button to go on.
                if let Some(visit) = self.again(ctx, &caller) {
                    self.ask_view(ctx, slot, Cause::Redraw, visit);
                }
            } else {
                self.redraw(ctx, slot);
            }
        }
        self.end_prompts(ctx);
    }

    fn end_prompts(&mut self, ctx: &Ctx<'_>) {
        let over: Vec<_> = self
            .prompts
            .iter()
            .filter(|(_, asking)| asking.until <= ctx.now.at)
            .map(|(key, _)| *key)
            .collect();
        for (chat, pilot) in over {
            let Some(asking) = self.end_prompt(chat, pilot) else { continue };
            let caller = self.bubbles.get(&asking.slot).map(|bubble| bubble.caller.clone());
            if let Some(visit) = caller.and_then(|caller| self.again(ctx, &caller)) {
                self.show(ctx, asking.slot, asking.hole.origin(), None, Cause::Ended, visit);
            }
        }
    }

    pub(super) fn redraw(&mut self, ctx: &Ctx<'_>, slot: u64) {
        let Some(caller) = self.bubbles.get(&slot).map(|bubble| bubble.caller.clone()) else { return };
        match self.again(ctx, &caller) {
            Some(visit) => self.ask_view(ctx, slot, Cause::Redraw, visit),
            // No longer one of us: what they saw last is all they see.
            None => {
                if let Some(bubble) = self.bubbles.get_mut(&slot) {
                    bubble.lease = Lease::None;
                }
            }
        }
    }

    /// A visit without an update: judged anew, by today's papers.
    pub(super) fn again(&mut self, ctx: &Ctx<'_>, caller: &Caller) -> Option<Visit> {
        let visitor = ctx.ship.who(caller)?;
        self.ticket += 1;
        Some(visit_of(caller, visitor, None, format!("r{}", self.ticket)))
    }
}
