//! The pure part: which task is due, what was missed, what is paused. Input and the time go in, effects come out.
//!
//! Every due time is handled once: `considered` is the last one that was, and it is on the disk before anything is
//! started, so a crash never runs a time twice.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::model::{Launch, Missed, Pause, Reason, Rule, Run, RunResult, Saved};
use crate::{
    domain::{JobId, JobOutcome, Phrase},
    events::Event,
};

/// A run this late is no longer on time: the task's policy for missed runs decides.
pub const LATE_MAX: SignedDuration = SignedDuration::from_mins(5);
/// A clock that was this far ahead and came back is not waited for.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(2);
/// Missed times are counted one by one up to this; a plan of minutes and a machine off for a year would take seconds.
pub const MISSED_MAX: u32 = 2_000;

#[derive(Debug, PartialEq)]
pub enum Input {
    /// All tasks there are; those no longer named are forgotten, their history is not.
    Register(Vec<Rule>),
    Tick,
    RunNow {
        task: String,
        by: String,
    },
    Pause {
        task: String,
        pause: Pause,
    },
    Resume {
        task: String,
    },
    Launched {
        run: i64,
        result: Result<Launch, Phrase>,
    },
    Ended {
        run: i64,
        outcome: JobOutcome,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Save { task: String, saved: Saved },
    Record(Run),
    Launch { run: i64, task: String },
    Happened(Event),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such task")]
    Unknown,
    #[error("its last run still goes on")]
    Running(Option<JobId>),
}

#[derive(Debug)]
pub struct Entry {
    pub rule: Rule,
    pub saved: Saved,
    pub running: Option<Run>,
    /// The next due time after `considered`, without jitter.
    next: Option<Timestamp>,
}

impl Entry {
    /// When it will run next, jitter included; `None` while it is paused without an end.
    pub fn next_run(&self) -> Option<Timestamp> {
        let after = match &self.saved.pause {
            Some(Pause { until: None, .. }) => return None,
            Some(Pause { until: Some(until), .. }) if *until > self.saved.considered => {
                self.rule.plan.next_after(*until, &self.rule.zone)
            }
            _ => self.next,
        };
        after.map(|due| self.rule.jittered(due))
    }

    /// The next few runs, as they will be if nothing changes.
    pub fn coming(&self, count: usize) -> Vec<Timestamp> {
        let from = match &self.saved.pause {
            Some(Pause { until: None, .. }) => return Vec::new(),
            Some(Pause { until: Some(until), .. }) => (*until).max(self.saved.considered),
            None => self.saved.considered,
        };
        let times = self.rule.plan.coming(from, &self.rule.zone, count);
        times.into_iter().map(|due| self.rule.jittered(due)).collect()
    }

    fn consider(&mut self, to: Timestamp) {
        self.saved.considered = to;
        self.next = self.rule.plan.next_after(to, &self.rule.zone);
    }

    fn save(&self) -> Effect {
        Effect::Save { task: self.rule.id.clone(), saved: self.saved.clone() }
    }
}

/// All tasks and what is known of those that are not registered at the moment.
#[derive(Debug)]
pub struct Book {
    entries: BTreeMap<String, Entry>,
    saved: BTreeMap<String, Saved>,
    open: Vec<Run>,
    next_run: i64,
    /// False in practice: times pass, nothing runs by itself.
    unattended: bool,
}

struct Dues {
    first: Timestamp,
    last: Timestamp,
    last_at: Timestamp,
    count: u32,
    more: bool,
}

impl Book {
    /// From the store: what was saved, the runs without an end, and the first number not yet used.
    pub fn new(unattended: bool, saved: BTreeMap<String, Saved>, open: Vec<Run>, next_run: i64) -> Book {
        Book { entries: BTreeMap::new(), saved, open, next_run, unattended }
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    pub fn entry(&self, task: &str) -> Option<&Entry> {
        self.entries.get(task)
    }

    /// Whether "run now" and the like can be done, asked before an [`Input`] is given.
    pub fn check(&self, task: &str) -> Result<&Entry, Refusal> {
        self.entries.get(task).ok_or(Refusal::Unknown)
    }

    pub fn check_run(&self, task: &str) -> Result<(), Refusal> {
        match &self.check(task)?.running {
            Some(run) => Err(Refusal::Running(run.job)),
            None => Ok(()),
        }
    }

    /// The number that the next run will have.
    pub fn next_run(&self) -> i64 {
        self.next_run
    }

    /// When the next task is due, or the next pause ends.
    pub fn next_wake(&self) -> Option<Timestamp> {
        if !self.unattended {
            return None;
        }
        self.entries.values().filter_map(Entry::next_run).min()
    }

    pub fn on(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        match input {
            Input::Register(rules) => self.register(rules, now),
            Input::Tick => self.tick(now),
            Input::RunNow { task, by } => match self.check_run(&task) {
                Ok(()) => self.launch(&task, Reason::Asked { by }, now),
                Err(_) => Vec::new(),
            },
            Input::Pause { task, pause } => self.change(&task, |entry| entry.saved.pause = Some(pause)),
            Input::Resume { task } => self.change(&task, |entry| {
                // What was due during the pause was meant to be left out.
                if entry.saved.pause.take().is_some() {
                    entry.consider(now.max(entry.saved.considered));
                }
            }),
            Input::Launched { run, result } => self.launched(run, result, now),
            Input::Ended { run, outcome } => {
                self.end(run, RunResult::Job { outcome }, now).into_iter().collect()
            }
        }
    }

    fn change(&mut self, task: &str, change: impl FnOnce(&mut Entry)) -> Vec<Effect> {
        let Some(entry) = self.entries.get_mut(task) else { return Vec::new() };
        change(entry);
        vec![entry.save()]
    }

    fn register(&mut self, rules: Vec<Rule>, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut before = std::mem::take(&mut self.entries);
        for rule in rules {
            let fingerprint = rule.fingerprint();
            let old = before.remove(&rule.id);
            let running = match &old {
                Some(entry) => entry.running.clone(),
                None => self.open.iter().position(|run| run.task == rule.id).map(|at| self.open.remove(at)),
            };
            let known = old.map(|entry| entry.saved).or_else(|| self.saved.remove(&rule.id));
            let fresh = known.as_ref().is_none_or(|saved| saved.plan != fingerprint);
            let mut saved = known.unwrap_or(Saved { considered: now, plan: String::new(), pause: None });
            if fresh {
                saved.considered = now;
                saved.plan = fingerprint;
            }
            let mut entry = Entry { rule, saved, running, next: None };
            entry.consider(entry.saved.considered);
            if fresh {
                effects.push(entry.save());
            }
            self.entries.insert(entry.rule.id.clone(), entry);
        }
        // A room that is switched off for an hour finds its tasks as they were.
        for (id, entry) in before {
            self.open.extend(entry.running);
            self.saved.insert(id, entry.saved);
        }
        effects
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        if !self.unattended {
            return Vec::new();
        }
        let mut effects = Vec::new();
        let mut launches = Vec::new();
        for entry in self.entries.values_mut() {
            if entry.saved.considered.duration_since(now) > AHEAD_MAX {
                entry.consider(now);
                effects.push(entry.save());
            }
            if let Some(pause) = &entry.saved.pause {
                match pause.until {
                    Some(until) if until <= now => {
                        entry.saved.pause = None;
                        entry.consider(until.max(entry.saved.considered));
                        effects.push(entry.save());
                    }
                    _ => continue,
                }
            }
            let Some(dues) = dues(entry, now) else { continue };
            entry.consider(if dues.more { now } else { dues.last });
            effects.push(entry.save());
            launches.push((entry.rule.id.clone(), dues));
        }
        for (task, dues) in launches {
            effects.extend(self.due(&task, dues, now));
        }
        effects
    }

    /// One task whose time has come, perhaps several times over.
    fn due(&mut self, task: &str, dues: Dues, now: Timestamp) -> Vec<Effect> {
        let entry = &self.entries[task];
        let on_time = !dues.more && now.duration_since(dues.last_at) <= LATE_MAX;
        let missed = if on_time { dues.count - 1 } else { dues.count };
        let missed_reason = Reason::Missed { count: missed, first_due: dues.first };
        if entry.running.is_some() {
            let reason = if on_time { Reason::Due { due: dues.last } } else { missed_reason };
            return vec![self.note(task, reason, RunResult::Skipped, now)];
        }
        let mut effects = Vec::new();
        let catch_up = entry.rule.missed == Missed::CatchUp;
        if missed > 0 && (on_time || !catch_up) {
            let title = entry.rule.title.clone();
            effects.push(self.note(task, missed_reason.clone(), RunResult::NotRun, now));
            // A run that is on time makes up for those before it, where one is enough.
            if !catch_up {
                let (task, first_due) = (task.to_owned(), dues.first);
                effects.push(Effect::Happened(Event::RunsMissed { task, title, missed, first_due }));
            }
        }
        if on_time {
            effects.extend(self.launch(task, Reason::Due { due: dues.last }, now));
        } else if catch_up {
            effects.extend(self.launch(task, missed_reason, now));
        }
        effects
    }

    fn launch(&mut self, task: &str, reason: Reason, now: Timestamp) -> Vec<Effect> {
        let run = self.run(task, reason, RunResult::Running, now);
        let id = run.id;
        self.entries.get_mut(task).expect("checked by the caller").running = Some(run.clone());
        vec![Effect::Record(run), Effect::Launch { run: id, task: task.to_owned() }]
    }

    /// A line of history for something that was not run.
    fn note(&mut self, task: &str, reason: Reason, result: RunResult, now: Timestamp) -> Effect {
        let mut run = self.run(task, reason, result, now);
        run.ended = Some(now);
        Effect::Record(run)
    }

    fn run(&mut self, task: &str, reason: Reason, result: RunResult, now: Timestamp) -> Run {
        let id = self.next_run;
        self.next_run += 1;
        Run { id, task: task.to_owned(), reason, started: now, ended: None, job: None, result }
    }

    fn launched(&mut self, id: i64, result: Result<Launch, Phrase>, now: Timestamp) -> Vec<Effect> {
        match result {
            Ok(Launch::Job(job)) => {
                let Some(run) = self.running_mut(id) else { return Vec::new() };
                run.job = Some(job);
                let (run, task) = (run.clone(), run.task.clone());
                vec![Effect::Record(run), Effect::Happened(Event::RunStarted { task })]
            }
            Ok(Launch::Done(summary)) => {
                let Some(task) = self.running_mut(id).map(|run| run.task.clone()) else { return Vec::new() };
                let mut effects = self.end(id, RunResult::Done { summary }, now);
                effects.push(Effect::Happened(Event::RunStarted { task }));
                effects
            }
            Err(why) => {
                let Some(task) = self.running_mut(id).map(|run| run.task.clone()) else { return Vec::new() };
                let mut effects = self.end(id, RunResult::Refused { why: why.clone() }, now);
                if let Some(entry) = self.entries.get(&task) {
                    let title = entry.rule.title.clone();
                    effects.push(Effect::Happened(Event::RunRefused { task, title, why }));
                }
                effects
            }
        }
    }

    /// Ends a run, also one of a task that is not registered any more.
    pub fn end(&mut self, id: i64, result: RunResult, now: Timestamp) -> Vec<Effect> {
        let of_entry = self.entries.values_mut().find_map(|entry| entry.running.take_if(|run| run.id == id));
        let run = of_entry.or_else(|| {
            let at = self.open.iter().position(|run| run.id == id)?;
            Some(self.open.remove(at))
        });
        let Some(mut run) = run else { return Vec::new() };
        run.ended = Some(now);
        run.result = result;
        vec![Effect::Record(run)]
    }

    /// Runs without an end, of registered tasks and of others.
    pub fn open_runs(&self) -> impl Iterator<Item = &Run> {
        self.entries.values().filter_map(|entry| entry.running.as_ref()).chain(&self.open)
    }

    fn running_mut(&mut self, id: i64) -> Option<&mut Run> {
        let of_entries = self.entries.values_mut().filter_map(|entry| entry.running.as_mut());
        of_entries.chain(&mut self.open).find(|run| run.id == id)
    }
}

/// The due times that have come since the last one handled.
fn dues(entry: &Entry, now: Timestamp) -> Option<Dues> {
    let rule = &entry.rule;
    let mut found: Option<Dues> = None;
    let mut next = entry.next;
    while let Some(due) = next {
        let at = rule.jittered(due);
        if at > now {
            break;
        }
        let dues = found.get_or_insert(Dues { first: due, last: due, last_at: at, count: 0, more: false });
        if dues.count == MISSED_MAX {
            dues.more = true;
            break;
        }
        (dues.last, dues.last_at) = (due, at);
        dues.count += 1;
        next = rule.plan.next_after(due, &rule.zone);
    }
    found
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
