//! The recorder's actor. Entries that come while a flush is under way wait and share the next one.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::{sync::oneshot, task::JoinSet};

use super::{
    AuditError, Entry, Limits, Who,
    chain::Seal,
    segment::CURRENT,
    trail::{Torn, Trail},
};
use crate::{
    domain::{Clock, Told},
    events::Outlet,
    locale::say,
    screen::Topic,
    supervision::{ActorCard, Asked, ChildSpec, Health, Port, RetryPolicy, Status},
};

/// Entries that may wait for the disk.
const WAITING_MAX: usize = 1024;
/// Entries of one flush.
const BATCH_MAX: usize = 256;
/// What waits at a stop may still be written; a stuck disk must not hold the shutdown longer.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

type Reply = oneshot::Sender<Result<u64, AuditError>>;

pub enum Msg {
    /// Without a way back: nobody waits for it.
    Record(Box<Entry>, Option<Reply>),
    Status(RpcReplyPort<Status>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

pub fn card() -> ActorCard {
    ActorCard {
        id: "audit",
        parent: Some("root"),
        owns: "The flight recorder's files: hash-chained JSON lines, flushed before an act begins. Ends last.",
        messages: &["Record", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

pub struct AuditActor;

/// The files and those who wait for them. Made once and handed to every start of the actor: a restart neither loses
/// an entry nor writes beside a flush that is still under way.
#[derive(Clone)]
pub struct Arguments(Arc<Desk>);

impl Arguments {
    /// `folder`: the data folder. `outlet` hears [`Topic::Audit`] after each flush.
    pub fn new(folder: PathBuf, limits: Limits, clock: Arc<dyn Clock>, outlet: Outlet) -> Arguments {
        Arguments(Arc::new(Desk {
            folder,
            limits,
            clock,
            outlet,
            line: Mutex::default(),
            trail: Mutex::new(None),
            tally: Tally::default(),
        }))
    }
}

/// The recorder as a part of the tree: stopped last, so that it can record all that others do at their end.
pub fn child(port: &Port<Msg>, arguments: Arguments) -> ChildSpec {
    let folder = arguments.0.folder.clone();
    ChildSpec::new("audit", port, move || (AuditActor, arguments.clone()))
        .configured_by(folder)
        .grace(CLOSE_WITHIN + Duration::from_millis(500))
}

pub struct State {
    desk: Arc<Desk>,
    working: JoinSet<()>,
}

impl Actor for AuditActor {
    type Msg = Msg;
    type State = State;
    type Arguments = Arguments;

    async fn pre_start(
        &self,
        _: ActorRef<Msg>,
        Arguments(desk): Arguments,
    ) -> Result<State, ActorProcessingErr> {
        let mut state = State { desk, working: JoinSet::new() };
        let desk = state.desk.clone();
        state.working.spawn_blocking(move || desk.make_ready());
        state.begin();
        Ok(state)
    }

    async fn handle(&self, _: ActorRef<Msg>, msg: Msg, state: &mut State) -> Result<(), ActorProcessingErr> {
        match msg {
            Msg::Record(entry, reply) => state.record(*entry, reply),
            Msg::Status(reply) => {
                let _ = reply.send(state.desk.status());
            }
        }
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), ActorProcessingErr> {
        let working = std::mem::take(&mut state.working);
        if tokio::time::timeout(CLOSE_WITHIN, working.join_all()).await.is_err() {
            tracing::warn!("flight recorder did not finish in time");
        }
        Ok(())
    }
}

impl State {
    fn record(&mut self, entry: Entry, reply: Option<Reply>) {
        while self.working.try_join_next().is_some() {}
        self.desk.push(entry.bounded(), reply);
        self.begin();
    }

    fn begin(&mut self) {
        if let Some(shift) = Shift::begin(&self.desk) {
            self.working.spawn_blocking(move || shift.work());
        }
    }
}

impl Drop for State {
    /// What was accepted is written, even when the actor is killed: a flush that was not begun yet must not be called
    /// off, as nobody would begin it again. It ends by itself when nobody waits.
    fn drop(&mut self) {
        self.working.detach_all();
    }
}

/// The right to write, held by one task at a time. Let go also when its task panicked or never ran.
struct Shift {
    desk: Arc<Desk>,
    done: bool,
}

impl Shift {
    fn begin(desk: &Arc<Desk>) -> Option<Shift> {
        let mut line = lock(&desk.line);
        let wanted = !line.working && !line.waiting.is_empty();
        line.working |= wanted;
        wanted.then(|| Shift { desk: desk.clone(), done: false })
    }

    fn work(mut self) {
        self.desk.work_off();
        self.done = true;
    }
}

impl Drop for Shift {
    fn drop(&mut self) {
        if !self.done {
            lock(&self.desk.line).working = false;
        }
    }
}

struct Desk {
    folder: PathBuf,
    limits: Limits,
    clock: Arc<dyn Clock>,
    outlet: Outlet,
    line: Mutex<Line>,
    trail: Mutex<Option<Trail>>,
    tally: Tally,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<(Entry, Option<Reply>)>,
    working: bool,
}

#[derive(Default)]
struct Tally {
    entries: AtomicU64,
    flushes: AtomicU64,
    lost: AtomicU64,
    trouble: Mutex<Option<(Timestamp, AuditError)>>,
    last_error: Mutex<Option<(Timestamp, String)>>,
}

impl Desk {
    fn push(&self, entry: Entry, reply: Option<Reply>) {
        let mut line = lock(&self.line);
        if line.waiting.len() < WAITING_MAX {
            line.waiting.push_back((entry, reply));
        } else {
            drop(line);
            self.refuse(vec![(entry, reply)], &AuditError::Busy);
        }
    }

    /// Blocking: writes until nobody waits.
    fn work_off(&self) {
        let mut trail = lock(&self.trail);
        loop {
            let batch = self.next();
            if batch.is_empty() {
                return;
            }
            match self.write(&mut trail, &batch) {
                Ok(seals) => self.answer(batch, &seals),
                Err(source) => {
                    // Whatever is wrong, the next attempt looks at the files afresh.
                    *trail = None;
                    let path = self.folder.join(CURRENT);
                    self.refuse(batch, &AuditError::Write { path, source: Arc::new(source) });
                }
            }
        }
    }

    fn next(&self) -> Vec<(Entry, Option<Reply>)> {
        let mut line = lock(&self.line);
        let n = line.waiting.len().min(BATCH_MAX);
        line.working = n > 0;
        line.waiting.drain(..n).collect()
    }

    fn write(
        &self,
        held: &mut Option<Trail>,
        batch: &[(Entry, Option<Reply>)],
    ) -> std::io::Result<Vec<(u64, Seal)>> {
        let trail = self.open(held.take())?;
        held.insert(trail).append(batch.iter().map(|(entry, _)| entry))
    }

    /// Blocking: takes the trail's room on the disk before somebody else does. What fails here is told when there is
    /// something to write.
    fn make_ready(&self) {
        let mut held = lock(&self.trail);
        if held.is_none() {
            *held = self.open(None).ok();
        }
    }

    fn open(&self, held: Option<Trail>) -> std::io::Result<Trail> {
        let (mut trail, torn) = match held {
            Some(trail) if trail.is_ours() => (trail, None),
            Some(trail) => {
                tracing::warn!("the flight recorder's file was changed by somebody else");
                trail.reopen()?
            }
            None => Trail::open(&self.folder, self.limits)?,
        };
        if let Some(torn) = torn {
            self.tell_torn(&mut trail, &torn)?;
        }
        Ok(trail)
    }

    fn tell_torn(&self, trail: &mut Trail, torn: &Torn) -> std::io::Result<()> {
        let kept_in = torn.kept_in.display().to_string();
        tracing::warn!(bytes = torn.bytes, kept_in, "the flight recorder's last line was torn");
        let note = Entry::noted(self.clock.now(), "audit", "audit.torn", CURRENT)
            .with("bytes", torn.bytes)
            .with("kept_in", kept_in);
        for (seq, seal) in trail.append([&note])? {
            emit(&note, seq, seal);
        }
        Ok(())
    }

    fn answer(&self, batch: Vec<(Entry, Option<Reply>)>, seals: &[(u64, Seal)]) {
        let tally = &self.tally;
        tally.entries.fetch_add(batch.len() as u64, Ordering::Relaxed);
        tally.flushes.fetch_add(1, Ordering::Relaxed);
        if lock(&tally.trouble).take().is_some() {
            tracing::info!("flight recorder writes again");
        }
        for ((entry, _), (seq, seal)) in batch.iter().zip(seals) {
            emit(entry, *seq, *seal);
        }
        self.outlet.changed(Topic::Audit);
        for ((_, reply), (seq, _)) in batch.into_iter().zip(seals) {
            if let Some(reply) = reply {
                let _ = reply.send(Ok(*seq));
            }
        }
    }

    fn refuse(&self, batch: Vec<(Entry, Option<Reply>)>, error: &AuditError) {
        let tally = &self.tally;
        let now = self.clock.now();
        tally.lost.fetch_add(batch.len() as u64, Ordering::Relaxed);
        let source = std::error::Error::source(error).map(|s| format!(": {s}")).unwrap_or_default();
        *lock(&tally.last_error) = Some((now, format!("{error}{source}")));
        let mut trouble = lock(&tally.trouble);
        if trouble.is_none() {
            tracing::error!(%error, source, mend = error.hint(), "flight recorder cannot write");
        }
        let since = trouble.as_ref().map_or(now, |(since, _)| *since);
        *trouble = Some((since, error.clone()));
        drop(trouble);
        for (entry, reply) in batch {
            // What cannot be kept in the file is at least in the log.
            tracing::warn!(verb = entry.verb, subject = entry.subject, "not recorded");
            if let Some(reply) = reply {
                let _ = reply.send(Err(error.clone()));
            }
        }
    }

    fn status(&self) -> Status {
        let tally = &self.tally;
        let count = |name: &str, n: &AtomicU64| (name.to_owned(), n.load(Ordering::Relaxed));
        Status {
            health: lock(&tally.trouble).as_ref().map_or(Health::Good, |(since, error)| Health::Degraded {
                since: *since,
                why: Told::new(|lang| say(lang, &error.why())),
                mend: Told::new(|lang| say(lang, &error.mend())),
            }),
            counters: vec![
                count("entries", &tally.entries),
                count("flushes", &tally.flushes),
                count("lost", &tally.lost),
            ],
            last_error: lock(&tally.last_error).clone(),
        }
    }
}

/// The same entry for the log, with its seal: the journal is the witness the files are compared with.
fn emit(entry: &Entry, seq: u64, seal: Seal) {
    let (pilot, name) = match &entry.who {
        Who::Pilot { id, name } | Who::Stranger { id, name } => (Some(id.0), name),
        Who::Cockpit(part) => (None, part),
    };
    tracing::info!(
        target: "audit",
        seq,
        pilot,
        who = name,
        chat = entry.chat.map(|c| c.0),
        op = entry.op,
        verb = entry.verb,
        subject = entry.subject,
        outcome = entry.outcome.as_str(),
        details = %serde_json::to_string(&entry.details).unwrap_or_default(),
        %seal,
        "recorded"
    );
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
