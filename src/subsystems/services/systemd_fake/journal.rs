//! The simulated journal: what the simulated units said, and now and then something from those that run.

use std::time::Duration;

use jiff::Timestamp;

use super::{super::unit::Active, JOURNAL_MAX, World};
use crate::{
    domain::UnitName,
    process::journal::{Entries, Entry, Journal, Opening, Order, Query, Since},
};

/// A unit that runs says something this often while somebody follows it.
const CHATTER: Duration = Duration::from_secs(3);

impl World {
    /// The unit's own words.
    pub fn say(&self, unit: &UnitName, priority: u8, text: &str) {
        let source = unit.short().split('@').next().unwrap_or_default().to_owned();
        self.write(unit, Some(source), priority, text, self.clock.now());
    }

    /// What systemd says about it.
    pub(super) fn say_systemd(&self, unit: &UnitName, priority: u8, text: &str) {
        self.write(unit, Some("systemd".into()), priority, text, self.clock.now());
    }

    pub(super) fn write(
        &self,
        unit: &UnitName,
        source: Option<String>,
        priority: u8,
        text: &str,
        at: Timestamp,
    ) {
        let mut inner = self.lock();
        inner.lines += 1;
        let line = inner.lines;
        let entry = Entry {
            at: Some(at),
            priority: Some(priority),
            source,
            pid: Some(1000),
            text: Some(text.to_owned()),
            cursor: Some(format!("sim;i={line}")),
        };
        inner.journal.push_back((line, Some(unit.clone()), entry));
        if inner.journal.len() > JOURNAL_MAX {
            inner.journal.pop_front();
        }
        drop(inner);
        self.said.send_replace(line);
    }

    /// Lines that the query lets through, oldest first, after this line.
    fn lines(&self, query: &Query, after: u64) -> Vec<(u64, Entry)> {
        if query.since == Since::BootBefore {
            return before();
        }
        let inner = self.lock();
        let wanted = |(line, unit, entry): &&(u64, Option<UnitName>, Entry)| {
            *line > after
                && (query.unit.is_none() || *unit == query.unit)
                && query.priority.is_none_or(|max| entry.priority.is_some_and(|p| p <= max))
                && match query.since {
                    Since::Always | Since::Boot => true,
                    Since::BootBefore => false,
                    Since::At(since) => entry.at.is_some_and(|at| at >= since),
                }
        };
        inner.journal.iter().filter(wanted).map(|(line, _, entry)| (*line, entry.clone())).collect()
    }

    fn chat(&self, unit: &UnitName) {
        let runs = self.lock().units.get(unit).is_some_and(|model| model.unit.active == Active::Active);
        if runs {
            let second = self.clock.now().as_second();
            let texts =
                ["request served in 12 ms", "cache refreshed", "connection from 10.0.0.7", "still here"];
            let text = texts[usize::try_from(second / 3).unwrap_or(0) % texts.len()];
            self.say(unit, 6, text);
        }
    }
}

/// The simulated server was restarted in order.
fn before() -> Vec<(u64, Entry)> {
    let entry = |text: &str| Entry {
        at: None,
        priority: Some(6),
        source: Some("systemd".into()),
        pid: Some(1),
        text: Some(text.into()),
        cursor: None,
    };
    vec![(1, entry("Reached target reboot.target - System Reboot.")), (2, entry("Shutting down."))]
}

impl Journal for World {
    fn open(&self, query: Query) -> Opening<'_> {
        let world = self.clone();
        Box::pin(async move {
            Ok(Entries::made_by(async move |say| {
                let mut last = 0;
                let mut first = world.lines(&query, 0);
                match &query.order {
                    Order::Newest => first.reverse(),
                    Order::Oldest => {}
                    Order::Follow { tail } => {
                        last = first.last().map_or(0, |(line, _)| *line);
                        first.drain(..first.len().saturating_sub(*tail));
                    }
                    Order::After { cursor } => {
                        let known = cursor.rsplit('=').next().and_then(|n| n.parse().ok()).unwrap_or(0);
                        last = known;
                        first.retain(|(line, _)| *line > known);
                    }
                }
                for (line, entry) in first {
                    last = last.max(line);
                    if say.send(Ok(entry)).await.is_err() {
                        return;
                    }
                }
                if matches!(query.order, Order::Newest | Order::Oldest) {
                    return;
                }
                let mut heard = world.said.subscribe();
                loop {
                    for (line, entry) in world.lines(&query, last) {
                        last = line;
                        if say.send(Ok(entry)).await.is_err() {
                            return;
                        }
                    }
                    tokio::select! {
                        changed = heard.changed() => if changed.is_err() { return },
                        () = tokio::time::sleep(CHATTER) => {
                            if let Some(unit) = &query.unit {
                                world.chat(unit);
                            }
                        }
                    }
                }
            }))
        })
    }
}
