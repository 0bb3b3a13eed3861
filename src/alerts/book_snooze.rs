//! The book's part for warnings that rest.

use super::*;
use crate::alerts::snooze::{Snooze, Weight};

impl Book {
    /// The rest that a living one would be given now; it does not hold before [`Input::Snoozed`].
    pub fn rest(&self, subject: &Subject, until: Timestamp, by: String) -> Option<Snooze> {
        self.living.get(subject).map(|alert| Snooze { until, by, seen: alert.weight() })
    }

    pub fn is_snoozed(&self, subject: &Subject) -> bool {
        self.snoozes.contains_key(subject)
    }

    /// Rests that ended since this was asked last, to be struck from the disk.
    pub fn ended(&mut self) -> Vec<Subject> {
        std::mem::take(&mut self.ended)
    }

    pub(super) fn snoozed(&mut self, subject: Subject, snooze: Option<Snooze>, out: &mut Vec<Effect>) {
        self.ended.retain(|other| *other != subject);
        if let Some(alert) = self.living.get_mut(&subject) {
            alert.snoozed.clone_from(&snooze);
            alert.version += 1;
            out.push(Effect { alert: alert.clone(), tell: QUIETLY });
        }
        match snooze {
            Some(snooze) => drop(self.snoozes.insert(subject, snooze)),
            None => drop(self.snoozes.remove(&subject)),
        }
    }

    /// Those whose time is over: what is still wrong is told again, as if it had just come.
    pub(super) fn wake(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let over: Vec<(Subject, Snooze)> =
            self.snoozes.extract_if(.., |_, snooze| snooze.until <= now).collect();
        for (subject, snooze) in over {
            if let Some(alert) = self.living.get_mut(&subject) {
                (alert.part, alert.version, alert.changed) = (alert.part + 1, alert.version + 1, now);
                alert.snoozed = None;
                let tell = Some(Tell { loud: alert.severity == Severity::Bad, continues: true });
                // The message before says why it goes on below.
                out.push(Effect { alert: Alert { snoozed: Some(snooze), ..alert.clone() }, tell });
            }
            self.ended.push(subject);
        }
    }

    /// Whether something of this weight is to be told without a sound. What is worse than what was seen ends the rest.
    pub(super) fn is_quiet(&mut self, subject: &Subject, weight: Weight) -> bool {
        match self.snoozes.get(subject) {
            None => false,
            Some(snooze) if weight <= snooze.seen => true,
            Some(_) => {
                self.snoozes.remove(subject);
                self.ended.push(subject.clone());
                if let Some(alert) = self.living.get_mut(subject) {
                    alert.snoozed = None;
                }
                false
            }
        }
    }
}
