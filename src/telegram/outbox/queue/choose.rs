//! Which request is made next.

use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

use super::{
    super::{
        pace::Bucket,
        post::{Patience, Rank, Slot, Step},
        words::{Effect, Job, Now, Order, Ticket},
    },
    ANSWER_AGE_MAX, ANSWERS_MAX, CLOSED_FOR, Chat, Flight, LIVE_NEEDS, POSTS_MAX, Queue, UPLOADS_MAX,
};
use crate::domain::ChatId;

impl Queue {
    /// Starts all that may start; and when to look again.
    pub fn pump(&mut self, now: Now) -> (Vec<Effect>, Option<Instant>) {
        let mut effects = Vec::new();
        self.expire(now.at, &mut effects);
        let mut next = self.pump_answers(now.at, &mut effects);
        loop {
            let mut later = None;
            let Some((_, best)) = self.best(now.at, &mut later) else {
                next = earlier(next, later);
                break;
            };
            effects.push(Effect::Start(self.start(best, now.at)));
        }
        self.forget(now.at);
        (effects, next)
    }

    fn pump_answers(&mut self, now: Instant, effects: &mut Vec<Effect>) -> Option<Instant> {
        let mut room = ANSWERS_MAX
            .saturating_sub(self.flights.values().filter(|f| matches!(f, Flight::Answer(_))).count());
        let mut next = None;
        let mut kept = VecDeque::new();
        while let Some(answer) = self.answers.pop_front() {
            if now.duration_since(answer.since) > ANSWER_AGE_MAX {
                self.counters.dropped += 1;
            } else if let Some(wait) = answer.wait.filter(|wait| *wait > now) {
                next = earlier(next, Some(wait));
                kept.push_back(answer);
            } else if room == 0 {
                kept.push_back(answer);
            } else {
                room -= 1;
                let (callback, toast) = (answer.callback.clone(), answer.toast.clone());
                let ticket = self.fly(Flight::Answer(answer));
                effects.push(Effect::Start(Job { ticket, order: Order::Answer { callback, toast } }));
            }
        }
        self.answers = kept;
        next
    }

    /// The first of those that may go now; and for those that must wait for a time, the nearest one.
    fn best(&mut self, now: Instant, later: &mut Option<Instant>) -> Option<((Rank, u64), Choice)> {
        let uploads = self
            .flights
            .values()
            .filter(|f| matches!(f, Flight::Errand { waiting, .. } if waiting.errand.is_file()))
            .count();
        let posts_full = self.flights.len() >= ANSWERS_MAX + POSTS_MAX;
        let mut best: Option<((Rank, u64), Choice)> = None;
        let mut offer = |key: (Rank, u64), choice: Choice, when: Instant| {
            if when > now {
                *later = earlier(*later, Some(when));
            } else if best.as_ref().is_none_or(|(least, _)| key < *least) {
                best = Some((key, choice));
            }
        };
        if posts_full {
            return None;
        }
        let heads = self.waiting_notices(now);
        for (slot, post) in &self.posts {
            let Some(wanted) = post.wanted.as_ref().filter(|_| !post.in_flight) else { continue };
            let Some(step) = post.step(now) else { continue };
            let chat = self.chats.get(&post.chat);
            if chat.is_some_and(|chat| chat.busy) {
                continue;
            }
            let notice = matches!(slot, Slot::Notice(_));
            if notice && heads.get(&post.chat).is_some_and(|head| *head < wanted.place) {
                continue;
            }
            let need = match (&step, wanted.rank) {
                (Step::Strip { .. }, _) => 0.0,
                (_, Rank::Live) => LIVE_NEEDS,
                _ => 1.0,
            };
            let when = ready(chat, need, &self.all, post.patience.wait, now);
            offer((wanted.rank, wanted.place), Choice::Post(*slot, step), when);
        }
        for (place, waiting) in &self.errands {
            let chat = waiting.errand.chat().and_then(|chat| self.chats.get(&chat));
            let taken = match waiting.errand.is_file() {
                true => uploads >= UPLOADS_MAX || chat.is_some_and(|chat| chat.uploading),
                false => chat.is_some_and(|chat| chat.busy),
            };
            if taken {
                continue;
            }
            let need = if waiting.errand.is_message() { 1.0 } else { 0.0 };
            let when = ready(chat, need, &self.all, waiting.patience.wait, now);
            offer((waiting.errand.rank(), *place), Choice::Errand(*place), when);
        }
        best
    }

    /// Notices that failed and wait for their next try, the first of each chat: those behind it wait too, so that
    /// after an outage they come in order. One that keeps failing while others get through holds up nobody.
    fn waiting_notices(&self, now: Instant) -> HashMap<ChatId, u64> {
        let mut heads: HashMap<ChatId, u64> = HashMap::new();
        for (slot, post) in &self.posts {
            let (Slot::Notice(_), Some(wanted)) = (slot, &post.wanted) else { continue };
            let Patience { wait, failed, .. } = post.patience;
            if wait.is_some_and(|wait| wait > now) && failed >= self.proven {
                let head = heads.entry(post.chat).or_insert(wanted.place);
                *head = (*head).min(wanted.place);
            }
        }
        heads
    }

    fn start(&mut self, choice: Choice, now: Instant) -> Job {
        self.all.take(now);
        let (chat, message, upload) = match &choice {
            Choice::Post(slot, step) => {
                (self.posts.get(slot).map(|post| post.chat), !matches!(step, Step::Strip { .. }), false)
            }
            Choice::Errand(place) => {
                let errand = &self.errands[place].errand;
                (errand.chat(), errand.is_message(), errand.is_file())
            }
        };
        if let Some(id) = chat {
            let chat = self.chat(id, now);
            if message {
                chat.bucket.take(now);
            }
            if upload {
                chat.uploading = true;
            } else {
                chat.busy = true;
            }
        }
        match choice {
            Choice::Post(slot, step) => {
                let post = self.posts.get_mut(&slot).expect("chosen from the same map");
                post.in_flight = true;
                let version = post.wanted.as_ref().map_or(0, |wanted| wanted.version);
                let art = step.content().and_then(|content| content.art.as_ref());
                let photo = art.and_then(|art| self.photos.get(&art.print)).cloned();
                let chat = post.chat;
                let ticket = self.fly(Flight::Step { slot, step: step.clone() });
                Job { ticket, order: Order::Step { slot, chat, step, photo, version } }
            }
            Choice::Errand(place) => {
                let waiting = self.errands.remove(&place).expect("chosen from the same map");
                let order = Order::Errand(waiting.errand.clone());
                Job { ticket: self.fly(Flight::Errand { place, waiting }), order }
            }
        }
    }

    fn fly(&mut self, flight: Flight) -> Ticket {
        self.ticket += 1;
        self.counters.posted += 1;
        self.flights.insert(self.ticket, flight);
        self.ticket
    }
}

enum Choice {
    Post(Slot, Step),
    Errand(u64),
}

fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// When a message to this chat may go.
fn ready(chat: Option<&Chat>, need: f64, all: &Bucket, wait: Option<Instant>, now: Instant) -> Instant {
    let mut when = all.when(1.0, now).max(wait.unwrap_or(now));
    if let Some(chat) = chat {
        let closed = chat.closed.map(|since| since + CLOSED_FOR);
        when =
            when.max(chat.bucket.when(need, now)).max(chat.paused.unwrap_or(now)).max(closed.unwrap_or(now));
    }
    when
}
