//! Acts, from the tap to the record: may they, is it asked about, is it written down, then the room.

use super::{
    Bridge, not_allowed,
    question::Taken,
    ship::{Answer, Visit},
};
use crate::{
    audit::{Entry, Outcome as Recorded},
    domain::{Flight, Lang, Nonce, Phrase},
    intent::{Act, Risk, View},
    locale::say,
    phrase,
    room::{Order, Outcome},
    store::{Durability, updates},
    t,
};

impl Bridge {
    /// An act as tapped or typed. A dangerous one ends in a question.
    pub(super) async fn judged_act(&self, act: &Act, visit: &Visit) -> Answer {
        if let Some(refused) = self.judge(act, visit) {
            return refused;
        }
        match act.risk() {
            Risk::Danger => self.ask_first(act, visit).await,
            Risk::Change => self.go_once(act, visit).await,
        }
    }

    /// Yes to a question. Role and question are judged anew: both may have changed since it was put.
    pub(super) async fn judged_confirm(&self, nonce: Nonce, visit: &Visit) -> Answer {
        match self.take(nonce, visit).await {
            Taken::Act(act) => match self.judge(&act, visit) {
                Some(refused) => refused,
                None => self.go(&act, visit).await,
            },
            Taken::Redelivered => Answer::Show(View::HOME),
            Taken::No(why) => Answer::Refused { why, next: View::HOME },
        }
    }

    fn judge(&self, act: &Act, visit: &Visit) -> Option<Answer> {
        let reader = &visit.reader;
        if reader.role < act.role() {
            let why = not_allowed(act.role(), reader);
            self.audit.note(self.entry(act, &order(visit), Recorded::Refused).with("why", "role"));
            return Some(Answer::Refused { why, next: act.origin() });
        }
        let why = super::doors::switched_off(&act.origin(), &self.papers.read().enabled, reader)?;
        Some(Answer::Refused { why, next: act.origin() })
    }

    /// An act without a question: the update's number is what keeps a redelivered tap from acting twice.
    async fn go_once(&self, act: &Act, visit: &Visit) -> Answer {
        if let Some(update) = visit.update {
            let now = self.clock.now();
            let first =
                self.store.write(Durability::Full, move |tx| updates::first_time(tx, update, now)).await;
            match first {
                Ok(true) => {}
                Ok(false) => return Answer::Show(act.origin()),
                Err(error) => {
                    let why = unrecorded(error.why(), visit.reader.lang);
                    return Answer::Refused { why, next: act.origin() };
                }
            }
        }
        self.go(act, visit).await
    }

    /// The record is on the disk before the act begins; what cannot be recorded is not done.
    async fn go(&self, act: &Act, visit: &Visit) -> Answer {
        let lang = visit.reader.lang;
        let next = act.origin();
        if !self.papers.flight.acts() && !act.spares_the_server() {
            return Answer::Refused { why: t!(lang, "bridge-practice-nothing"), next };
        }
        let order = order(visit);
        if let Err(error) = self.audit.record(self.entry(act, &order, Recorded::Accepted)).await {
            return Answer::Refused { why: unrecorded(error.why(), lang), next };
        }
        if self.papers.flight == Flight::Sim {
            self.sim_log.append(act, &order, self.clock.now()).await;
        }
        let (recorded, answer) = match self.carry_out(act, &order).await {
            Outcome::Done { next } => (Recorded::Done, Answer::Show(next)),
            Outcome::Started { next, .. } => (Recorded::Started, Answer::Show(next)),
            Outcome::Asked { next } => (Recorded::Refused, Answer::Show(next)),
            Outcome::Refused { why, next } => (Recorded::Refused, Answer::Refused { why, next }),
            Outcome::File(file) => (Recorded::Done, Answer::File { file, next }),
        };
        let mut end = self.entry(act, &order, recorded);
        if let Answer::Refused { why, .. } = &answer {
            end = end.with("why", why.as_str());
        } else if recorded == Recorded::Refused {
            end = end.with("why", "asked how it is meant");
        }
        self.audit.note(end);
        answer
    }

    fn entry(&self, act: &Act, order: &Order, outcome: Recorded) -> Entry {
        Entry::ordered(order, self.clock.now(), act.verb(), act.subject(), outcome)
    }
}

/// What cannot be recorded is not done.
pub(super) fn unrecorded(why: Phrase, lang: Lang) -> String {
    say(lang, &phrase!("bridge-no-record", why = why))
}

pub(super) fn order(visit: &Visit) -> Order {
    Order {
        pilot: visit.pilot,
        pilot_name: visit.pilot_name.clone(),
        chat: visit.chat,
        reader: visit.reader.clone(),
        op: visit.op.clone(),
    }
}
