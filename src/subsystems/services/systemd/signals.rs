//! The one task that empties a connection's signal streams. It never makes a call and never waits for its reader: a
//! full stream would stop the whole connection, replies included. What it can't hand over yet it merges per unit.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt;
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};
use zbus::{Message, MessageStream, Variant};

use super::{
    super::{bus::Changes, unit::JobEnd},
    BUS, MANAGER, NAME,
    decode::{Bag, full_name, unit_of_path},
};

/// A failure comes as several signals within 0.1 ms; this is well above, and nothing a person would notice.
const MERGE: Duration = Duration::from_millis(10);
/// When the reader is behind, its next portion waits this long.
const BEHIND: Duration = Duration::from_millis(100);
/// A job can end before its caller has heard its name. So many ends are remembered.
const ENDS_MAX: usize = 64;

/// Who waits for which job.
#[derive(Debug, Default)]
pub struct Jobs {
    waiting: HashMap<String, oneshot::Sender<JobEnd>>,
    ended: VecDeque<(String, JobEnd)>,
    /// The connection is gone: nobody will hear anything any more.
    over: bool,
}

pub type SharedJobs = Arc<Mutex<Jobs>>;

pub fn lock(jobs: &SharedJobs) -> std::sync::MutexGuard<'_, Jobs> {
    jobs.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Jobs {
    /// Resolves when the job ends; an error when the connection is lost first.
    pub fn wait_for(&mut self, job: &str) -> oneshot::Receiver<JobEnd> {
        let (tell, end) = oneshot::channel();
        if let Some((_, early)) = self.ended.iter().find(|(path, _)| path == job) {
            let _ = tell.send(*early);
        } else if !self.over {
            self.waiting.retain(|_, waiting| !waiting.is_closed());
            self.waiting.insert(job.to_owned(), tell);
        }
        end
    }

    fn ended(&mut self, job: &str, end: JobEnd) {
        if let Some(tell) = self.waiting.remove(job) {
            let _ = tell.send(end);
            return;
        }
        if self.ended.len() == ENDS_MAX {
            self.ended.pop_front();
        }
        self.ended.push_back((job.to_owned(), end));
    }

    fn close(&mut self) {
        self.over = true;
        self.waiting.clear();
    }
}

/// Whose word counts. On a bus anybody may send us a signal; only systemd's own are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A direct line to PID 1.
    Peer,
    /// The unique name behind `org.freedesktop.systemd1`; `None` while nobody has it.
    Bus(Option<String>),
}

pub struct Drain {
    pub signals: MessageStream,
    /// NameOwnerChanged; only on a bus.
    pub owners: Option<MessageStream>,
    pub speaker: Speaker,
    pub jobs: SharedJobs,
    pub out: mpsc::Sender<Changes>,
    /// Told when systemd has a new name on the bus, to subscribe again.
    pub reborn: mpsc::Sender<()>,
}

impl Drain {
    /// Until the connection is lost or the reader is gone.
    pub async fn run(mut self) {
        let mut pending = Changes::default();
        let mut reloading = false;
        let mut due: Option<Instant> = None;
        loop {
            tokio::select! {
                message = self.signals.next() => {
                    let Some(Ok(message)) = message else { break };
                    if self.speaks(&message) {
                        self.heard(&message, &mut pending, &mut reloading);
                    }
                }
                message = next(&mut self.owners) => {
                    let Some(Ok(message)) = message else { break };
                    self.owner_changed(&message, &mut pending);
                }
                () = until(due) => {
                    due = None;
                    match self.out.try_send(std::mem::take(&mut pending)) {
                        Ok(()) => {}
                        Err(mpsc::error::TrySendError::Full(back)) => {
                            pending = back;
                            due = Some(Instant::now() + BEHIND);
                        }
                        Err(mpsc::error::TrySendError::Closed(_)) => break,
                    }
                }
            }
            if due.is_none() && !pending.is_empty() {
                due = Some(Instant::now() + MERGE);
            }
        }
        lock(&self.jobs).close();
    }

    fn speaks(&self, message: &Message) -> bool {
        match &self.speaker {
            Speaker::Peer => true,
            Speaker::Bus(owner) => {
                owner.as_deref() == message.header().sender().map(|name| name.as_str()) && owner.is_some()
            }
        }
    }

    fn heard(&mut self, message: &Message, pending: &mut Changes, reloading: &mut bool) {
        let header = message.header();
        let (Some(path), Some(interface), Some(member)) =
            (header.path(), header.interface(), header.member())
        else {
            return;
        };
        let body = message.body();
        match (interface.as_str(), member.as_str()) {
            ("org.freedesktop.DBus.Properties", "PropertiesChanged") => {
                let Some(unit) = unit_of_path(path.as_str()) else { return };
                let Ok((_, values, _)) = body.deserialize::<(&str, HashMap<&str, Variant<'_>>, Vec<&str>)>()
                else {
                    return;
                };
                pending.patches.entry(unit).or_default().merge(Bag(values).patch());
            }
            (MANAGER, "JobRemoved") => {
                if let Ok((_, job, _, result)) = body.deserialize::<(u32, zbus::ObjectPath<'_>, &str, &str)>()
                {
                    lock(&self.jobs).ended(job.as_str(), JobEnd::parse(result));
                }
            }
            // While it reloads, systemd takes all its units away and brings them back.
            (MANAGER, "UnitNew" | "UnitRemoved") if *reloading => {}
            (MANAGER, "UnitNew") => {
                if let Some(unit) = first_unit(message) {
                    pending.unit_appeared(unit);
                }
            }
            (MANAGER, "UnitRemoved") => {
                if let Some(unit) = first_unit(message) {
                    pending.unit_gone(unit);
                }
            }
            (MANAGER, "Reloading") => {
                *reloading = body.deserialize::<bool>().unwrap_or(false);
                pending.relist |= !*reloading;
            }
            (MANAGER, "UnitFilesChanged") => pending.files = true,
            _ => {}
        }
    }

    fn owner_changed(&mut self, message: &Message, pending: &mut Changes) {
        let header = message.header();
        if header.sender().is_none_or(|name| name.as_str() != BUS) {
            return;
        }
        let body = message.body();
        let Ok((name, _, new)) = body.deserialize::<(&str, &str, &str)>() else { return };
        if name != NAME {
            return;
        }
        self.speaker = Speaker::Bus((!new.is_empty()).then(|| new.to_owned()));
        if !new.is_empty() {
            pending.relist = true;
            // One pending request is enough.
            let _ = self.reborn.try_send(());
        }
    }
}

fn first_unit(message: &Message) -> Option<crate::domain::UnitName> {
    let body = message.body();
    let (name, _) = body.deserialize::<(&str, zbus::ObjectPath<'_>)>().ok()?;
    full_name(name)
}

async fn next(stream: &mut Option<MessageStream>) -> Option<zbus::Result<Message>> {
    match stream {
        Some(stream) => stream.next().await,
        None => std::future::pending().await,
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_ended_before_its_name_was_known_is_not_missed() {
        let mut jobs = Jobs::default();
        jobs.ended("/job/1", JobEnd::Failed);
        assert_eq!(jobs.wait_for("/job/1").try_recv(), Ok(JobEnd::Failed));
        let mut late = jobs.wait_for("/job/2");
        assert!(late.try_recv().is_err());
        jobs.ended("/job/2", JobEnd::Done);
        assert_eq!(late.try_recv(), Ok(JobEnd::Done));
    }

    #[test]
    fn who_waits_hears_that_the_connection_is_gone_and_so_do_the_late() {
        let mut jobs = Jobs::default();
        let mut early = jobs.wait_for("/job/1");
        jobs.close();
        let mut late = jobs.wait_for("/job/1");
        for end in [&mut early, &mut late] {
            assert_eq!(end.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        }
    }

    #[test]
    fn ends_nobody_asked_for_do_not_pile_up() {
        let mut jobs = Jobs::default();
        for n in 0..1000 {
            jobs.ended(&format!("/job/{n}"), JobEnd::Done);
        }
        assert_eq!(jobs.ended.len(), ENDS_MAX);
        assert_eq!(jobs.wait_for("/job/999").try_recv(), Ok(JobEnd::Done));
    }
}
