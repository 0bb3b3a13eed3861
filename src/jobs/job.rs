//! The actor of one job: runs its runner as a task of its own, publishes how far it is, stops it when asked or when its
//! time is up, and writes its end. It stops itself when the end is on the disk.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::{sync::watch, task::JoinSet, time::Instant};

use super::{
    progress::Estimator,
    record::{Live, Record, Snapshot, StopWhy},
    runner::{Ending, Link, Runner, clean},
    store,
};
use crate::{
    domain::{Clock, Interruption, JobOutcome},
    events::{Event, Outlet},
    phrase,
    process::Identity,
    screen::Topic,
    store::{Durability, Store},
    supervision::timer::Timer,
};

/// How often a running job's figures are looked at.
const TICK: Duration = Duration::from_secs(1);
/// How often they are written down, for after a crash.
const SAVE_EVERY: Duration = Duration::from_secs(30);
/// An end that could not be written is tried again this often.
const SAVE_AGAIN: Duration = Duration::from_secs(5);
/// At a shutdown a runner may take this long to stop in order; then it is dropped.
pub(super) const SHUTDOWN_GRACE: Duration = Duration::from_secs(4);

pub enum Msg {
    Tick(u64),
    TimeUp(u64),
    Stop(StopWhy),
    /// It was told to stop long ago.
    Drop(u64),
    Process(Identity),
    Ended(Ending),
    SaveEnd(u64),
}

pub struct JobActor;

pub struct Arguments {
    pub record: Record,
    pub runner: Box<dyn Runner>,
    pub deadline: Duration,
    pub survivor: bool,
    pub snapshot: watch::Sender<Arc<Snapshot>>,
    pub hands: Hands,
    /// Where the runner's link is put for the supervisor to read the log from.
    pub link: tokio::sync::oneshot::Sender<Link>,
}

/// What every job needs of the world.
#[derive(Clone)]
pub struct Hands {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
}

pub struct State {
    record: Record,
    live: Live,
    link: Link,
    /// The runner, and nothing else.
    running: JoinSet<Ending>,
    dropped_after: Option<Duration>,
    estimator: Estimator,
    saved: Instant,
    /// The end is on the disk.
    written: bool,
    snapshot: watch::Sender<Arc<Snapshot>>,
    hands: Hands,
    tick: Timer,
    deadline: Timer,
    dropping: Timer,
    save_again: Timer,
}

impl Actor for JobActor {
    type Msg = Msg;
    type State = State;
    type Arguments = Arguments;

    async fn pre_start(&self, me: ActorRef<Msg>, args: Arguments) -> Result<State, ActorProcessingErr> {
        let told = me.clone();
        let link = Link::new(args.record.progress.clone(), args.record.log.clone(), move |process| {
            let _ = told.cast(Msg::Process(process));
        });
        let _ = args.link.send(link.clone());
        let dropped_after = args.runner.dropped_after();
        let mut running = JoinSet::new();
        running.spawn(run(args.runner, link.clone(), me.clone()));
        let mut state = State {
            record: args.record,
            live: Live { survivor: args.survivor, ..Live::default() },
            link,
            running,
            dropped_after,
            estimator: Estimator::default(),
            saved: Instant::now(),
            written: false,
            snapshot: args.snapshot,
            hands: args.hands,
            tick: Timer::default(),
            deadline: Timer::default(),
            dropping: Timer::default(),
            save_again: Timer::default(),
        };
        let deadline = args.deadline;
        state.tick.arm(&me, TICK, Msg::Tick);
        state.deadline.arm(&me, deadline, Msg::TimeUp);
        Ok(state)
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, state: &mut State) -> Result<(), ActorProcessingErr> {
        match msg {
            Msg::Tick(generation) if state.tick.fired(generation) => state.tick(&me).await,
            Msg::TimeUp(generation) if state.deadline.fired(generation) => {
                let after = state.record.took_s(state.hands.clock.now());
                state.stop(&me, StopWhy::TimeUp { after_s: after });
            }
            Msg::Drop(generation) if state.dropping.fired(generation) => {
                state.running.abort_all();
                state.end(&me, Ending::Stopped).await;
            }
            Msg::SaveEnd(generation) if state.save_again.fired(generation) => state.save_end(&me).await,
            Msg::Tick(_) | Msg::TimeUp(_) | Msg::Drop(_) | Msg::SaveEnd(_) => {}
            Msg::Stop(why) => state.stop(&me, why),
            Msg::Process(process) => state.process(process).await,
            Msg::Ended(ending) => state.end(&me, ending).await,
        }
        Ok(())
    }

    /// Reached by itself after the end, or in the middle of the job at a shutdown.
    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), ActorProcessingErr> {
        if state.written {
            return Ok(());
        }
        if state.record.ended.is_none() {
            state.stop_for_shutdown().await;
        }
        if let Err(error) = state.write_end().await {
            tracing::error!(job = %state.record.id, %error, "end of job not written");
        }
        Ok(())
    }
}

async fn run(runner: Box<dyn Runner>, link: Link, me: ActorRef<Msg>) -> Ending {
    // A panic is this job's failure: nothing of the runner's state is used after it.
    let ended = AssertUnwindSafe(async move { runner.run(link).await }).catch_unwind().await;
    let ending = ended.unwrap_or_else(|panic| Ending::Failed {
        why: phrase!("jobs-failed-inside", why = panic_text(panic.as_ref())),
        mend: None,
    });
    let _ = me.cast(Msg::Ended(ending.clone()));
    ending
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    clean(&text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "?".to_owned()))
}

/// What its own view of the end and the reason to stop come to.
fn outcome(ending: Ending, stopping: Option<&StopWhy>, survivor: bool) -> JobOutcome {
    let stopped = |why: &StopWhy| match why {
        StopWhy::Cancelled { by } => JobOutcome::Cancelled { by: by.clone() },
        StopWhy::TimeUp { after_s } => JobOutcome::TimedOut { after_s: *after_s },
        StopWhy::Shutdown => JobOutcome::Interrupted { how: Interruption::Shutdown },
    };
    match (ending, stopping) {
        // It had gone by itself, and nobody saw how.
        (Ending::Done { .. }, _) if survivor => JobOutcome::Interrupted { how: Interruption::Survived },
        // It was through before the stop reached it.
        (Ending::Done { summary }, _) => JobOutcome::Done { summary },
        (Ending::Stopped | Ending::Failed { .. } | Ending::Incomplete { .. }, Some(why)) => stopped(why),
        (Ending::Stopped, None) => JobOutcome::Failed { why: phrase!("jobs-failed-stopped"), mend: None },
        (Ending::Incomplete { summary }, None) => JobOutcome::Incomplete { summary },
        (Ending::Failed { why, mend }, None) => JobOutcome::Failed { why, mend },
    }
}

impl State {
    async fn tick(&mut self, me: &ActorRef<Msg>) {
        if self.record.ended.is_some() {
            return;
        }
        let now = Instant::now();
        let progress = self.link.progress();
        self.estimator.observe(now, &progress);
        self.live.rate = progress.rate.filter(|rate| rate.is_finite() && *rate >= 0.0);
        if self.live.rate.is_none() && !progress.figures.is_empty() {
            self.live.rate = self.estimator.rate();
        }
        self.live.eta_s = progress.eta_s.or_else(|| self.estimator.eta().map(|eta| eta.as_secs()));
        self.record.progress = progress;
        self.record.seen = self.hands.clock.now();
        self.publish();
        if now.duration_since(self.saved) >= SAVE_EVERY {
            self.saved = now;
            let (id, progress, log) = (self.record.id, self.record.progress.clone(), self.link.log_tail());
            let seen = self.record.seen;
            let write =
                move |tx: &rusqlite::Transaction<'_>| store::save_progress(tx, id, &progress, &log, seen);
            if let Err(error) = self.hands.store.write(Durability::Normal, write).await {
                tracing::warn!(job = %id, %error, "progress of job not written");
            }
        }
        self.tick.arm(me, TICK, Msg::Tick);
    }

    fn stop(&mut self, me: &ActorRef<Msg>, why: StopWhy) {
        if self.live.stopping.is_some() || self.record.ended.is_some() {
            return;
        }
        self.live.stopping = Some(why);
        self.link.stop_token().cancel();
        if let Some(after) = self.dropped_after {
            self.dropping.arm(me, after, Msg::Drop);
        }
        self.publish();
    }

    async fn stop_for_shutdown(&mut self) {
        self.live.stopping.get_or_insert(StopWhy::Shutdown);
        self.link.stop_token().cancel();
        let ending = match tokio::time::timeout(SHUTDOWN_GRACE, self.running.join_next()).await {
            Ok(Some(Ok(ending))) => ending,
            Ok(_) | Err(_) => Ending::Stopped,
        };
        self.running.abort_all();
        self.conclude(ending);
    }

    async fn process(&mut self, process: Identity) {
        self.record.process = Some(process.clone());
        let id = self.record.id;
        let write = move |tx: &rusqlite::Transaction<'_>| store::set_process(tx, id, Some(&process));
        if let Err(error) = self.hands.store.write(Durability::Full, write).await {
            tracing::warn!(job = %id, %error, "process of job not written");
        }
    }

    async fn end(&mut self, me: &ActorRef<Msg>, ending: Ending) {
        if self.record.ended.is_some() {
            return;
        }
        self.conclude(ending);
        self.save_end(me).await;
        self.snapshot.send_replace(Arc::new(Snapshot { record: self.record.clone(), live: None }));
        self.hands.outlet.changed(Topic::Job(self.record.id));
        self.hands.outlet.changed(Topic::Jobs);
    }

    /// The record of its end, in memory, and the event.
    fn conclude(&mut self, ending: Ending) {
        let now = self.hands.clock.now();
        self.record.progress = self.link.progress();
        self.record.log = self.link.log_tail();
        let outcome = outcome(ending, self.live.stopping.as_ref(), self.live.survivor);
        self.record.ended = Some(now);
        self.record.seen = now;
        self.record.process = None;
        self.record.outcome = Some(outcome.clone());
        let took_s = self.record.took_s(now);
        let Some(title) = self.record.title.clone() else { return };
        tracing::info!(job = %self.record.id, title = %title.identity(), took_s, ?outcome, "job ended");
        let (job, asked_by) = (self.record.id, self.record.asked_by.clone());
        self.hands.outlet.happened(now, Event::JobEnded { job, title, asked_by, outcome, took_s });
    }

    /// Stops the actor once the end is on the disk; until then the next start would take it for a crash.
    async fn save_end(&mut self, me: &ActorRef<Msg>) {
        match self.write_end().await {
            Ok(()) => {
                self.written = true;
                me.stop(None);
            }
            Err(error) => {
                tracing::error!(job = %self.record.id, %error, "end of job not written yet");
                self.save_again.arm(me, SAVE_AGAIN, Msg::SaveEnd);
            }
        }
    }

    async fn write_end(&self) -> Result<(), crate::store::StoreError> {
        let Record { id, progress, log, ended, outcome, .. } = self.record.clone();
        let (Some(ended), Some(outcome)) = (ended, outcome) else { return Ok(()) };
        self.hands
            .store
            .within(Duration::from_secs(2))
            .write(Durability::Full, move |tx| store::end(tx, id, &outcome, &progress, &log, ended))
            .await
    }

    fn publish(&self) {
        let snapshot = Snapshot { record: self.record.clone(), live: Some(self.live.clone()) };
        let before = self.snapshot.borrow().clone();
        let seen_only = Snapshot {
            record: Record { seen: before.record.seen, ..snapshot.record.clone() },
            live: snapshot.live.clone(),
        };
        let changed = *before != seen_only;
        self.snapshot.send_replace(Arc::new(snapshot));
        if changed {
            self.hands.outlet.changed(Topic::Job(self.record.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_what_really_became_of_it() {
        let cancel = StopWhy::Cancelled { by: Some("Dre".into()) };
        let failed = Ending::Failed { why: phrase!("jobs-failed-stopped"), mend: None };
        for (ending, stopping, survivor, want) in [
            (Ending::done(), None, false, JobOutcome::Done { summary: None }),
            (Ending::done(), Some(&cancel), false, JobOutcome::Done { summary: None }),
            (Ending::Stopped, Some(&cancel), false, JobOutcome::Cancelled { by: Some("Dre".into()) }),
            (failed.clone(), Some(&cancel), false, JobOutcome::Cancelled { by: Some("Dre".into()) }),
            (failed, Some(&StopWhy::TimeUp { after_s: 9 }), false, JobOutcome::TimedOut { after_s: 9 }),
            (
                Ending::Stopped,
                Some(&StopWhy::Shutdown),
                false,
                JobOutcome::Interrupted { how: Interruption::Shutdown },
            ),
            (Ending::done(), None, true, JobOutcome::Interrupted { how: Interruption::Survived }),
        ] {
            assert_eq!(outcome(ending, stopping, survivor), want);
        }
    }
}
