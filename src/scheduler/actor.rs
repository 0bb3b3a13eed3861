//! The shell around the book: one re-armed timer, what is due is written down, then started; jobs are watched to their
//! end.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};

use super::{
    Overview, RunError, Standing, TaskBook,
    model::{Launch, Pause, Run, RunResult},
    state::{Book, Effect, Input, Refusal},
    store,
};
use crate::{
    audit::{self, Audit},
    domain::{Asker, Clock, JobId, JobOutcome, Phrase},
    events::Outlet,
    jobs::{Jobs, LookError},
    phrase,
    screen::Topic,
    store::{Durability, Store},
    supervision::{Asked, Health, Status, Tasks, timer::Timer},
};

/// A machine that slept, or whose clock was set, is noticed within this.
const SLEEP_MAX: Duration = Duration::from_secs(60);
const STORE_WITHIN: Duration = Duration::from_secs(2);
/// The store or the jobs were away.
const AGAIN: Duration = Duration::from_secs(5);
/// From a task's start to its job; starting is quick, the work is the job's.
const LAUNCH_WITHIN: Duration = Duration::from_secs(60);

pub enum Msg {
    Tick(u64),
    Load(u64),
    TasksChanged,
    Launched { run: i64, result: Result<Launch, Phrase> },
    Ended { run: i64, result: RunResult },
    RunNow { task: String, asked_by: Asker, reply: RpcReplyPort<Result<Option<JobId>, RunError>> },
    Pause { task: String, pause: Option<Pause>, reply: RpcReplyPort<Result<(), RunError>> },
    Overview(RpcReplyPort<Result<Vec<Overview>, RunError>>),
    Status(RpcReplyPort<Status>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// What the scheduler needs of the world.
#[derive(Clone)]
pub struct Hands {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
    pub jobs: Jobs,
    /// What runs by itself is recorded before it does; `None` in tests.
    pub audit: Option<Audit>,
    pub tasks: TaskBook,
    /// False in practice.
    pub unattended: bool,
}

pub struct SchedulerActor;

pub struct State {
    hands: Hands,
    /// `None` until the store has told what was.
    book: Option<Book>,
    /// Runs begun by this actor, with their jobs as far as they are known: a reload finds them again.
    begun: BTreeMap<i64, Option<JobId>>,
    /// Who asked for a run and waits to hear of its job.
    waiting: BTreeMap<i64, RpcReplyPort<Result<Option<JobId>, RunError>>>,
    /// On whose account the runs about to be launched are; the rest is the schedule's.
    askers: BTreeMap<i64, Asker>,
    tasks: Tasks,
    tick: Timer,
    load: Timer,
    started: u64,
    last_error: Option<(Timestamp, String)>,
}

impl Actor for SchedulerActor {
    type Msg = Msg;
    type State = State;
    type Arguments = Hands;

    async fn pre_start(&self, me: ActorRef<Msg>, hands: Hands) -> Result<State, ActorProcessingErr> {
        let mut load = Timer::default();
        load.arm(&me, Duration::ZERO, Msg::Load);
        Ok(State {
            hands: Hands { store: hands.store.within(STORE_WITHIN), ..hands },
            book: None,
            begun: BTreeMap::new(),
            waiting: BTreeMap::new(),
            askers: BTreeMap::new(),
            tasks: Tasks::new(),
            tick: Timer::default(),
            load,
            started: 0,
            last_error: None,
        })
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, state: &mut State) -> Result<(), ActorProcessingErr> {
        match msg {
            Msg::Tick(generation) if state.tick.fired(generation) => state.input(&me, Input::Tick).await,
            Msg::Load(generation) if state.load.fired(generation) => state.load(&me).await,
            Msg::Tick(_) | Msg::Load(_) => {}
            Msg::TasksChanged => {
                let rules = state.hands.tasks.rules();
                state.input(&me, Input::Register(rules)).await;
                state.input(&me, Input::Tick).await;
            }
            Msg::Launched { run, result } => state.launched(&me, run, result).await,
            Msg::Ended { run, result } => state.ended(&me, run, result).await,
            Msg::RunNow { reply, .. } if reply.is_closed() => {}
            Msg::RunNow { task, asked_by, reply } => state.run_now(&me, task, asked_by, reply).await,
            Msg::Pause { task, pause, reply } => {
                let _ = reply.send(state.pause(&me, task, pause).await);
            }
            Msg::Overview(reply) => {
                let _ = reply.send(state.overview());
            }
            Msg::Status(reply) => {
                let _ = reply.send(state.status());
            }
        }
        Ok(())
    }
}

impl State {
    async fn load(&mut self, me: &ActorRef<Msg>) {
        let kept = match self.hands.store.read(store::load).await {
            Ok(kept) => kept,
            Err(error) => {
                self.failed(error.to_string());
                self.load.arm(me, AGAIN, Msg::Load);
                return;
            }
        };
        let mut open = kept.open;
        for run in &mut open {
            if let Some(Some(job)) = self.begun.get(&run.id) {
                run.job = Some(*job);
            }
        }
        let lost = open.iter().filter(|run| run.job.is_none() && !self.begun.contains_key(&run.id));
        let lost: Vec<i64> = lost.map(|run| run.id).collect();
        let jobs: Vec<(i64, JobId)> = open.iter().filter_map(|run| Some((run.id, run.job?))).collect();
        let next_run = self.begun.keys().next_back().map_or(0, |id| id + 1).max(kept.next_run);
        self.book = Some(Book::new(self.hands.unattended, kept.saved, open, next_run));
        for (run, job) in jobs {
            // One of this actor's own is watched already.
            if self.begun.insert(run, Some(job)).is_none() {
                self.watch(me, run, job);
            }
        }
        let rules = self.hands.tasks.rules();
        self.input(me, Input::Register(rules)).await;
        for run in lost {
            self.ended(me, run, RunResult::Lost).await;
        }
        self.input(me, Input::Tick).await;
    }

    /// Gives an input to the book; carries out what comes of it.
    async fn input(&mut self, me: &ActorRef<Msg>, input: Input) {
        let now = self.hands.clock.now();
        let Some(book) = &mut self.book else { return };
        let effects = book.on(input, now);
        self.carry_out(me, effects).await;
    }

    async fn carry_out(&mut self, me: &ActorRef<Msg>, effects: Vec<Effect>) {
        let now = self.hands.clock.now();
        if !effects.is_empty() {
            self.hands.outlet.changed(Topic::Schedule);
        }
        if !self.write(&effects).await {
            // Nothing that is not on the disk is started. What was decided is forgotten and decided again.
            self.book = None;
            self.load.arm(me, AGAIN, Msg::Load);
            return;
        }
        for effect in effects {
            match effect {
                Effect::Save { .. } | Effect::Record(_) => {}
                Effect::Launch { run, task } => self.launch(me, run, &task),
                Effect::Happened(event) => self.hands.outlet.happened(now, event),
            }
        }
        self.arm(me);
    }

    async fn write(&mut self, effects: &[Effect]) -> bool {
        let kept = effects.iter().filter(|effect| matches!(effect, Effect::Save { .. } | Effect::Record(_)));
        let kept: Vec<Effect> = kept.cloned().collect();
        if kept.is_empty() {
            return true;
        }
        let write = move |tx: &rusqlite::Transaction<'_>| {
            kept.iter().try_for_each(|effect| match effect {
                Effect::Save { task, saved } => store::save(tx, task, saved),
                Effect::Record(run) => store::record(tx, run),
                Effect::Launch { .. } | Effect::Happened(_) => Ok(()),
            })
        };
        match self.hands.store.write(Durability::Full, write).await {
            Ok(()) => true,
            Err(error) => {
                self.failed(error.to_string());
                false
            }
        }
    }

    fn arm(&mut self, me: &ActorRef<Msg>) {
        let Some(wake) = self.book.as_ref().and_then(Book::next_wake) else {
            self.tick.cancel();
            return;
        };
        let until = wake.duration_since(self.hands.clock.now());
        let until = Duration::try_from(until).unwrap_or_default();
        self.tick.arm(me, until.min(SLEEP_MAX), Msg::Tick);
    }

    fn launch(&mut self, me: &ActorRef<Msg>, run: i64, task: &str) {
        while self.tasks.try_join_next().is_some() {}
        let me = me.clone();
        let Some(run_task) = self.hands.tasks.run_of(task) else {
            let _ = me.cast(Msg::Launched { run, result: Err(phrase!("schedule-refused-gone")) });
            return;
        };
        self.begun.insert(run, None);
        let asker = self.askers.remove(&run);
        let audit = self.hands.audit.clone().filter(|_| asker.is_none());
        let entry = self.entry(task, run);
        let asker = asker.unwrap_or_else(|| Asker::Schedule { task: task.to_owned() });
        tracing::info!(task, run, "scheduled task starts");
        self.tasks.spawn(async move {
            let launching = async {
                if let Some(audit) = audit
                    && let Err(error) = audit.record(entry).await
                {
                    return Err(phrase!("schedule-refused-audit", why = error.why()));
                }
                run_task(asker).await
            };
            let result = match tokio::time::timeout(LAUNCH_WITHIN, launching).await {
                Ok(result) => result,
                Err(_) => Err(phrase!("schedule-refused-late", seconds = LAUNCH_WITHIN.as_secs())),
            };
            let _ = me.cast(Msg::Launched { run, result });
        });
    }

    /// What runs by itself is in the audit trail like what is asked for.
    fn entry(&self, task: &str, run: i64) -> audit::Entry {
        let now = self.hands.clock.now();
        audit::Entry {
            op: format!("run-{run}"),
            outcome: audit::Outcome::Accepted,
            ..audit::Entry::noted(now, "scheduler", "schedule.run", task)
        }
    }

    async fn launched(&mut self, me: &ActorRef<Msg>, run: i64, result: Result<Launch, Phrase>) {
        match &result {
            Ok(Launch::Job(job)) => {
                self.started += 1;
                self.begun.insert(run, Some(*job));
                self.watch(me, run, *job);
            }
            Ok(Launch::Done(_)) => {
                self.started += 1;
                self.begun.remove(&run);
            }
            Err(why) => {
                tracing::warn!(run, why = %why.id, "scheduled task not started");
                self.begun.remove(&run);
            }
        }
        if let Some(reply) = self.waiting.remove(&run) {
            let _ = reply.send(match &result {
                Ok(Launch::Job(job)) => Ok(Some(*job)),
                Ok(Launch::Done(_)) => Ok(None),
                Err(why) => Err(RunError::Refused(why.clone())),
            });
        }
        self.input(me, Input::Launched { run, result }).await;
    }

    /// Follows a job to its end, however often the jobs or the store go away meanwhile.
    fn watch(&mut self, me: &ActorRef<Msg>, run: i64, job: JobId) {
        let (jobs, me) = (self.hands.jobs.clone(), me.clone());
        self.tasks.spawn(async move {
            let result = loop {
                match jobs.ended(job).await {
                    Ok(Some(snapshot)) => {
                        let unknown =
                            JobOutcome::Failed { why: phrase!("schedule-outcome-unknown"), mend: None };
                        break RunResult::Job { outcome: snapshot.record.outcome.unwrap_or(unknown) };
                    }
                    Ok(None) => break RunResult::Lost,
                    Err(LookError::Away(_) | LookError::Store(_) | LookError::NotReady) => {
                        tokio::time::sleep(AGAIN).await;
                    }
                }
            };
            let _ = me.cast(Msg::Ended { run, result });
        });
    }

    async fn ended(&mut self, me: &ActorRef<Msg>, run: i64, result: RunResult) {
        self.begun.remove(&run);
        let now = self.hands.clock.now();
        let Some(book) = &mut self.book else { return };
        let effects = book.end(run, result, now);
        self.carry_out(me, effects).await;
    }

    async fn run_now(
        &mut self,
        me: &ActorRef<Msg>,
        task: String,
        asked_by: Asker,
        reply: RpcReplyPort<Result<Option<JobId>, RunError>>,
    ) {
        let checked = self.book.as_ref().ok_or(RunError::NotReady).and_then(|book| {
            book.check_run(&task)?;
            Ok(book.next_run())
        });
        let run = match checked {
            Ok(run) => run,
            Err(error) => {
                let _ = reply.send(Err(error));
                return;
            }
        };
        let by = match &asked_by {
            Asker::Pilot { name, .. } => name.clone(),
            Asker::Schedule { task: by } | Asker::Room { room: by } => by.clone(),
        };
        self.askers.insert(run, asked_by);
        self.waiting.insert(run, reply);
        self.input(me, Input::RunNow { task, by }).await;
        if self.book.is_none() {
            // It could not be written down, so it was not started.
            self.askers.remove(&run);
            if let Some(reply) = self.waiting.remove(&run) {
                let _ = reply.send(Err(RunError::NotReady));
            }
        }
    }

    async fn pause(
        &mut self,
        me: &ActorRef<Msg>,
        task: String,
        pause: Option<Pause>,
    ) -> Result<(), RunError> {
        let book = self.book.as_ref().ok_or(RunError::NotReady)?;
        book.check(&task)?;
        let input = match pause {
            Some(pause) => Input::Pause { task, pause },
            None => Input::Resume { task },
        };
        self.input(me, input).await;
        self.book.as_ref().map(|_| ()).ok_or(RunError::NotReady)
    }

    fn overview(&self) -> Result<Vec<Overview>, RunError> {
        let book = self.book.as_ref().ok_or(RunError::NotReady)?;
        let overview = |entry: &super::state::Entry| Overview {
            rule: entry.rule.clone(),
            standing: match (&entry.running, &entry.saved.pause) {
                (Some(Run { started, job, .. }), _) => Standing::Running { since: *started, job: *job },
                (None, Some(pause)) => Standing::Paused(pause.clone()),
                (None, None) => Standing::Waiting,
            },
            coming: entry.coming(super::COMING),
        };
        Ok(book.entries().map(overview).collect())
    }

    fn failed(&mut self, why: String) {
        tracing::warn!(why, "scheduler");
        self.last_error = Some((self.hands.clock.now(), why));
    }

    fn status(&self) -> Status {
        let tasks = self.book.as_ref().map_or(0, |book| book.entries().count() as u64);
        Status {
            health: Health::Good,
            counters: vec![
                ("tasks".into(), tasks),
                ("running".into(), self.begun.len() as u64),
                ("started".into(), self.started),
            ],
            last_error: self.last_error.clone(),
        }
    }
}

impl From<Refusal> for RunError {
    fn from(refusal: Refusal) -> RunError {
        match refusal {
            Refusal::Unknown => RunError::Unknown,
            Refusal::Running(job) => RunError::Running(job),
        }
    }
}
