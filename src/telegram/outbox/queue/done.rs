//! What the answer to a request means.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    super::{
        super::{api::Sent, content::Content, failure::Failure},
        post::{Actual, Kind, Patience, Rank, Slot, Step, Wanted, What},
        words::{Effect, Errand, Now, Report, Ticket},
    },
    Answer, Flight, PHOTOS_MAX, Queue, Waiting,
};
use crate::{
    domain::ChatId,
    supervision::{Dice, RetryPolicy, Verdict},
};

impl Queue {
    /// What became of a request. [`Queue::pump`] comes next.
    pub fn done(&mut self, ticket: Ticket, result: Result<Sent, Failure>, now: Now) -> Vec<Effect> {
        let mut reports = Vec::new();
        let Some(flight) = self.flights.remove(&ticket) else { return Vec::new() };
        match &result {
            Ok(_) => {
                self.proven = Some(now.at);
                self.awake();
            }
            Err(Failure::Unauthorised) => reports.push(Report::Refused),
            Err(_) => {}
        }
        match flight {
            Flight::Answer(answer) => self.answered(answer, result, now.at),
            Flight::Step { slot, step } => self.stepped(slot, step, result, now, &mut reports),
            Flight::Errand { place, waiting } => self.ran(place, waiting, result, now.at, &mut reports),
        }
        reports.into_iter().map(Effect::Report).collect()
    }

    fn answered(&mut self, mut answer: Answer, result: Result<Sent, Failure>, now: Instant) {
        /// Quick: the person looks at a spinner.
        const AGAIN: Duration = Duration::from_millis(400);
        let wait = match result {
            Err(Failure::TooMany(wait)) => wait,
            Err(failure) if failure.passes() => AGAIN,
            _ => return,
        };
        self.counters.retried += 1;
        answer.wait = Some(now + wait);
        self.answers.push_back(answer);
    }

    fn stepped(
        &mut self,
        slot: Slot,
        step: Step,
        result: Result<Sent, Failure>,
        now: Now,
        reports: &mut Vec<Report>,
    ) {
        let Some(post) = self.posts.get_mut(&slot) else { return };
        post.in_flight = false;
        let chat = post.chat;
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.busy = false;
        }
        let result = match result {
            Err(Failure::NotModified) => Ok(Sent::default()),
            other => other,
        };
        match result {
            Ok(sent) => self.arrived(slot, step, sent, now, reports),
            Err(failure) => self.step_failed(slot, step, failure, now, reports),
        }
    }

    fn arrived(&mut self, slot: Slot, step: Step, sent: Sent, now: Now, reports: &mut Vec<Report>) {
        let Some(post) = self.posts.get_mut(&slot) else { return };
        post.patience = Patience::default();
        let (chat, before) = (post.chat, post.actual.take());
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.closed = None;
        }
        let Some(content) = step.content() else {
            // Bare: nothing more is wanted of it.
            self.posts.remove(&slot);
            return;
        };
        let art = content.art.as_ref().map(|art| art.print);
        if let (Some(art), Some(photo)) = (art, sent.photo) {
            if self.photos.len() >= PHOTOS_MAX {
                self.photos.clear();
            }
            self.photos.insert(art, photo);
        }
        let fresh = matches!(step, Step::Send { .. });
        let Some(message) = sent.message.or(before.as_ref().map(|actual| actual.message)) else {
            reports.push(Report::Lost { slot, why: Failure::Refused("no message id".into()) });
            self.posts.remove(&slot);
            return;
        };
        let actual = Actual {
            message,
            kind: if art.is_some() { Kind::Photo } else { Kind::Text },
            print: Some(content.print()),
            art,
            sent: before.filter(|_| !fresh).map_or(now.wall, |actual| actual.sent),
        };
        post.actual = Some(actual.clone());
        let reached = |wanted: &Wanted| matches!(&wanted.what, What::Content { .. });
        if post.wanted.as_ref().is_some_and(reached) && post.step(now.at).is_none() {
            post.wanted = None;
        }
        reports.push(Report::Shown { slot, chat, actual });
        if let Step::Send { instead_of: Some(old), .. } = step {
            let message = old.message;
            let errand = match old.can_be_deleted(now.wall) {
                true => Errand::Delete { chat, message },
                false => Errand::Strip { chat, message },
            };
            reports.extend(self.errand(errand, now.at));
        }
    }

    fn step_failed(&mut self, slot: Slot, step: Step, failure: Failure, now: Now, reports: &mut Vec<Report>) {
        let Some(post) = self.posts.get_mut(&slot) else { return };
        let chat = post.chat;
        let bare = step.content().is_none();
        match failure {
            Failure::TooMany(wait) => self.pause(chat, now.at + wait),
            failure if failure.passes() => {
                self.counters.retried += 1;
                wait_after(&mut post.patience, &failure, &mut self.dice, now.at);
            }
            Failure::Moved(to) => self.moved(chat, to, reports),
            Failure::Closed(_) => self.closed(chat, now.at, reports),
            _ if bare => {
                self.posts.remove(&slot);
            }
            // Somebody deleted a bubble that only redraws itself: that is an answer.
            Failure::Gone if post.wanted.as_ref().is_some_and(|wanted| wanted.rank == Rank::Live) => {
                post.actual = None;
                self.give_up(slot, Failure::Gone, reports);
            }
            Failure::Gone => post.actual = None,
            Failure::FileUnknown => {
                let art = step.content().and_then(|content| content.art.as_ref());
                if art.and_then(|art| self.photos.remove(&art.print)).is_none() {
                    self.give_up(slot, Failure::FileUnknown, reports);
                }
            }
            failure => {
                let simpler = step.content().and_then(|content| simpler(content, &failure));
                match (simpler, &mut post.wanted) {
                    (Some(simpler), Some(Wanted { what: What::Content { content, late }, .. })) => {
                        tracing::error!(%failure, "a message was refused as it was: sent simpler");
                        // What was replaced meanwhile is not brought back.
                        if step.content() == Some(content) || late.is_some() {
                            *content = Arc::new(simpler);
                            *late = None;
                        }
                    }
                    _ => self.give_up(slot, failure, reports),
                }
            }
        }
    }

    fn ran(
        &mut self,
        place: u64,
        mut waiting: Waiting,
        result: Result<Sent, Failure>,
        now: Instant,
        reports: &mut Vec<Report>,
    ) {
        let file = waiting.errand.is_file();
        if let Some(chat) = waiting.errand.chat().and_then(|chat| self.chats.get_mut(&chat)) {
            if file { chat.uploading = false } else { chat.busy = false }
        }
        match result {
            Ok(_) => reports.extend(match waiting.errand {
                Errand::File { number, .. } => Some(Report::Filed { number, result: Ok(()) }),
                Errand::Chore { tag, .. } => Some(Report::Done { tag }),
                _ => None,
            }),
            Err(failure) if failure.passes() => {
                self.counters.retried += 1;
                if let Errand::File { number, .. } = waiting.errand {
                    reports.push(Report::SendingAgain { number });
                }
                match (&failure, waiting.errand.chat()) {
                    (Failure::TooMany(wait), Some(chat)) => self.pause(chat, now + *wait),
                    (Failure::TooMany(wait), None) => waiting.patience.wait = Some(now + *wait),
                    _ => wait_after(&mut waiting.patience, &failure, &mut self.dice, now),
                }
                self.errands.insert(place, waiting);
            }
            Err(failure) => {
                match (&failure, waiting.errand.chat()) {
                    (Failure::Closed(_), Some(chat)) => self.closed(chat, now, reports),
                    (Failure::Moved(to), Some(chat)) => self.moved(chat, *to, reports),
                    _ => {}
                }
                reports.extend(self.drop_errand(waiting.errand, failure));
            }
        }
    }

    fn pause(&mut self, chat: ChatId, until: Instant) {
        self.counters.slowed += 1;
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.paused = Some(until);
        }
    }

    /// Notices wait for the chat to open; what a pilot asked for there does not.
    fn closed(&mut self, chat: ChatId, now: Instant, reports: &mut Vec<Report>) {
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.closed = Some(now);
        }
        let bubble = |slot: &Slot| matches!(slot, Slot::Bubble(_));
        self.posts.retain(|slot, post| post.chat != chat || post.in_flight || !bubble(slot));
        reports.push(Report::Closed { chat });
        let dropped: Vec<u64> = self
            .errands
            .iter()
            .filter(|(_, waiting)| waiting.errand.chat() == Some(chat))
            .map(|(place, _)| *place)
            .collect();
        for place in dropped {
            let waiting = self.errands.remove(&place).expect("taken from the same map");
            // Somebody may wait to hear of a file.
            if let Errand::File { number, .. } = waiting.errand {
                let why = Failure::Closed("it was closed meanwhile".into());
                reports.push(Report::Filed { number, result: Err(why) });
            }
        }
    }

    /// A group became a supergroup: its messages have other ids there.
    fn moved(&mut self, from: ChatId, to: ChatId, reports: &mut Vec<Report>) {
        for post in self.posts.values_mut().filter(|post| post.chat == from && !post.in_flight) {
            post.chat = to;
            post.actual = None;
        }
        reports.push(Report::Moved { from, to });
    }
}

/// The same message in a form that is harder to refuse; `None` when there is none.
fn simpler(content: &Content, failure: &Failure) -> Option<Content> {
    match failure {
        Failure::Entities(_) => Some(content.without_tags()).filter(|plain| plain.html != content.html),
        Failure::Refused(_) | Failure::Own(_) | Failure::Unread(_) | Failure::TooLarge => {
            content.art.is_some().then(|| content.without_art())
        }
        _ => None,
    }
}

/// For as long as the line is down, quickly; a server with a problem is given more time.
fn wait_after(patience: &mut Patience, failure: &Failure, dice: &mut Dice, now: Instant) {
    let line_down = matches!(failure, Failure::Unreachable(_));
    let policy = RetryPolicy {
        grace: Duration::from_millis(300),
        base: Duration::from_millis(600),
        cap: Duration::from_secs(if line_down { 5 } else { 30 }),
        jitter: 0.2,
        forget_after: Duration::from_secs(60),
        give_up: None,
    };
    let Verdict::Again { after } = patience.tries.failed(&policy, Duration::ZERO, now, dice) else { return };
    patience.wait = Some(now + after);
    patience.failed = Some(now);
    patience.line_down = line_down;
}
