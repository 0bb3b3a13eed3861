//! Acts, from the tap to the record: may they, is it asked about, is it written down, then the room.

use super::{
    Bridge, not_allowed,
    question::Taken,
    ship::{Answer, Visit},
};
use crate::{
    audit::Entry,
    domain::Nonce,
    intent::{Act, Risk, View},
    room::{Order, Outcome},
    store::{Durability, updates},
    t,
};

impl Bridge {
    /// An act as tapped or typed. A dangerous one ends in a question.
    pub(super) async fn judged_act(&self, act: &Act, visit: &Visit) -> Answer {
        if let Some(refused) = self.judge(act, visit).await {
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
            Taken::Act(act) => match self.judge(&act, visit).await {
                Some(refused) => refused,
                None => self.go(&act, visit).await,
            },
            Taken::Redelivered => Answer::Show(View::HOME),
            Taken::No(why) => Answer::Refused { why, next: View::HOME },
        }
    }

    async fn judge(&self, act: &Act, visit: &Visit) -> Option<Answer> {
        let reader = &visit.reader;
        if reader.role < act.role() {
            let why = not_allowed(act.role(), reader);
            let entry = entry(act, visit, "refused").detail("why", "role");
            // A refusal is told whether or not it could be recorded.
            let _ = self.audit.record(entry).await;
            return Some(Answer::Refused { why, next: act.origin() });
        }
        let why = super::doors::switched_off(&act.origin(), &self.papers.read().enabled, reader)?;
        Some(Answer::Refused { why, next: act.origin() })
    }

    /// An act without a question: the update's number is what keeps a redelivered tap from acting twice.
    async fn go_once(&self, act: &Act, visit: &Visit) -> Answer {
        if let Some(update) = visit.update {
            let now = self.clock.now();
            let first = self.store.write(Durability::Full, move |tx| updates::first_time(tx, update, now)).await;
            match first {
                Ok(true) => {}
                Ok(false) => return Answer::Show(act.origin()),
                Err(error) => {
                    let why = t!(visit.reader.lang, "bridge-no-record", why = error.to_string());
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
        if !self.papers.flight.acts() {
            return Answer::Refused { why: t!(lang, "bridge-practice-nothing"), next };
        }
        if let Err(error) = self.audit.record(entry(act, visit, "ordered")).await {
            return Answer::Refused { why: t!(lang, "bridge-no-record", why = error.to_string()), next };
        }
        let order = Order {
            pilot: visit.pilot,
            pilot_name: visit.pilot_name.clone(),
            chat: visit.chat,
            reader: visit.reader.clone(),
            op: visit.op.clone(),
        };
        let outcome = self.carry_out(act, &order).await;
        let (word, answer) = match outcome {
            Outcome::Done { next } => ("done", Answer::Show(next)),
            Outcome::Started { next, .. } => ("started", Answer::Show(next)),
            Outcome::Refused { why, next } => ("refused", Answer::Refused { why, next }),
            Outcome::File(file) => ("done", Answer::File { file, next }),
        };
        let mut end = entry(act, visit, word);
        if let Answer::Refused { why, .. } = &answer {
            end = end.detail("why", why.as_str());
        }
        let _ = self.audit.record(end).await;
        answer
    }
}

fn entry(act: &Act, visit: &Visit, outcome: &'static str) -> Entry {
    Entry::act(visit.pilot, &visit.pilot_name, visit.chat, &visit.op, act.verb(), act.subject(), outcome)
}
