//! The actor: gathers questions, sends the engine into a blocking task with them, watches what signals end.
//!
//! Questions that come while the engine is away wait for its return and are answered by one pass together.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::time::Instant;

use super::{
    engine::{Answer, BASE_MIN, Engine, Question},
    messages::{Busy, Msg, Sent},
    table::{Signal, Signals, Table},
};
use crate::{
    domain::Clock,
    events::Outlet,
    intent::processes::ProcessId,
    screen::Topic,
    supervision::{ActorCard, ChildSpec, Health, Port, RetryPolicy, Status, Tasks, timer::Timer},
};

/// Between the two passes of a first question: long enough for a share, short enough to wait for.
const FIRST: Duration = Duration::from_millis(500);
/// Memory is back to idle within ten seconds after the last command.
const REST_AFTER: Duration = Duration::from_secs(8);
const WAITING_MAX: usize = 32;
/// Signals whose outcome is remembered.
const SENT_MAX: usize = 32;
/// A little after the screen's own patience, whatever the clocks think of each other.
const STUBBORN_AFTER: Duration = super::panel_one::PATIENCE.saturating_add(Duration::from_millis(150));
/// How long the end of a signalled process is waited for.
const WATCH_MAX: Duration = Duration::from_secs(600);

/// What the actor is made from; the same for each of its lives.
#[derive(Clone)]
pub struct Kit {
    pub table: Arc<dyn Fn() -> Box<dyn Table> + Send + Sync>,
    pub signals: Arc<dyn Signals>,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
}

pub fn child(port: &Port<Msg>, kit: Kit) -> ChildSpec {
    ChildSpec::new(super::ID, port, move || (ProcessesActor, kit.clone()))
}

/// What the list of actors says of it.
pub fn card() -> ActorCard {
    ActorCard {
        id: super::ID,
        parent: Some("root"),
        owns: "The table of processes, read when somebody asks, and signals through pidfds. Forgets everything when nobody looks.",
        messages: &["Ask", "Send", "Sent", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

#[derive(Debug)]
pub struct ProcessesActor;

type Reply = RpcReplyPort<Result<Answer, Busy>>;

pub struct Body {
    kit: Kit,
    started: Instant,
    /// `None` while it is away.
    engine: Option<Box<Engine>>,
    waiting: Vec<(Question, Reply)>,
    /// Asked of the engine that is away.
    asked: Vec<Reply>,
    second: Timer,
    rest: Timer,
    sent: VecDeque<(ProcessId, Sent)>,
    tasks: Tasks,
    passes: u64,
    signals: u64,
    deaths: u64,
}

impl Actor for ProcessesActor {
    type Msg = Msg;
    type State = Body;
    type Arguments = Kit;

    async fn pre_start(&self, _: ActorRef<Msg>, kit: Kit) -> Result<Body, ActorProcessingErr> {
        Ok(Body {
            engine: Some(Box::new(Engine::new((kit.table)()))),
            kit,
            started: Instant::now(),
            waiting: Vec::new(),
            asked: Vec::new(),
            second: Timer::default(),
            rest: Timer::default(),
            sent: VecDeque::new(),
            tasks: Tasks::new(),
            passes: 0,
            signals: 0,
            deaths: 0,
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<Msg>,
        msg: Msg,
        body: &mut Body,
    ) -> Result<(), ActorProcessingErr> {
        match msg {
            Msg::Ask(question, reply) => ask(&myself, body, question, reply),
            Msg::Send(id, signal, reply) => send(&myself, body, id, signal, reply),
            Msg::Sent(id, reply) => {
                let _ = reply.send(body.sent.iter().find(|(other, _)| *other == id).map(|(_, sent)| *sent));
            }
            Msg::Second(generation) if body.second.fired(generation) => go(&myself, body, false),
            Msg::Rest(generation) if body.rest.fired(generation) => rest(body),
            Msg::Back(engine, answers) => back(&myself, body, engine, answers),
            Msg::Ended(id) => ended(body, id),
            Msg::Status(reply) => {
                let _ = reply.send(status(body));
            }
            Msg::Second(_) | Msg::Rest(_) => {}
        }
        Ok(())
    }
}

fn ask(myself: &ActorRef<Msg>, body: &mut Body, question: Question, reply: Reply) {
    body.waiting.retain(|(_, reply)| !reply.is_closed());
    if body.waiting.len() >= WAITING_MAX {
        let _ = reply.send(Err(Busy));
        return;
    }
    body.waiting.push((question, reply));
    if !body.second.is_armed() {
        go(myself, body, true);
    }
}

/// Off with all that waits, unless the engine is away already. `may_lay_base`: when rates are asked and there is nothing
/// to compare with, this is the first of two passes.
fn go(myself: &ActorRef<Msg>, body: &mut Body, may_lay_base: bool) {
    while body.tasks.try_join_next().is_some() {}
    body.waiting.retain(|(_, reply)| !reply.is_closed());
    if body.waiting.is_empty() {
        return;
    }
    let Some(mut engine) = body.engine.take() else { return };
    body.rest.cancel();
    let now = body.started.elapsed();
    let questions: Vec<Question> = body.waiting.iter().map(|(question, _)| question.clone()).collect();
    let base = may_lay_base && engine.needs_base(now, &questions);
    if !base {
        body.asked = body.waiting.drain(..).map(|(_, reply)| reply).collect();
    }
    body.passes += 1;
    let myself = myself.clone();
    body.tasks.spawn(async move {
        let worked = tokio::task::spawn_blocking(move || {
            let answers = if base {
                engine.lay_base(now, &questions);
                Vec::new()
            } else {
                engine.answer(now, &questions)
            };
            (engine, answers)
        });
        let message = match worked.await {
            Ok((engine, answers)) => Msg::Back(Some(engine), answers),
            Err(_) => Msg::Back(None, Vec::new()),
        };
        let _ = myself.cast(message);
    });
}

fn back(myself: &ActorRef<Msg>, body: &mut Body, engine: Option<Box<Engine>>, answers: Vec<Answer>) {
    if engine.is_none() {
        body.deaths += 1;
    }
    body.engine = Some(engine.unwrap_or_else(|| Box::new(Engine::new((body.kit.table)()))));
    let laid_base = body.asked.is_empty();
    for (reply, answer) in body.asked.drain(..).zip(answers) {
        let _ = reply.send(Ok(answer));
    }
    if laid_base {
        body.second.arm(myself, FIRST.max(BASE_MIN), Msg::Second);
    } else {
        go(myself, body, true);
    }
    if body.engine.is_some() {
        body.rest.arm(myself, REST_AFTER, Msg::Rest);
    }
}

fn rest(body: &mut Body) {
    if let Some(engine) = &mut body.engine {
        engine.rest();
    }
}

fn send(
    myself: &ActorRef<Msg>,
    body: &mut Body,
    id: ProcessId,
    signal: Signal,
    reply: RpcReplyPort<Result<(), super::table::Refused>>,
) {
    // Whoever asked has given up waiting and was told so: then it must not be done behind their back.
    if reply.is_closed() {
        return;
    }
    let ending = match body.kit.signals.send(id, signal) {
        Ok(ending) => ending,
        Err(refused) => {
            let _ = reply.send(Err(refused));
            return;
        }
    };
    body.signals += 1;
    body.sent.retain(|(other, _)| *other != id);
    if body.sent.len() >= SENT_MAX {
        body.sent.pop_front();
    }
    body.sent.push_back((id, Sent { signal, at: body.kit.clock.now(), ended: None }));
    if signal.ends() {
        let (myself, outlet) = (myself.clone(), body.kit.outlet.clone());
        body.tasks.spawn(async move {
            let mut ending = ending;
            let mut over = tokio::time::timeout(STUBBORN_AFTER, &mut ending).await;
            if over.is_err() {
                // Its screen offers more by now: it is drawn anew.
                outlet.changed(Topic::Processes);
                over = tokio::time::timeout(WATCH_MAX, ending).await;
            }
            if over.is_ok() {
                let _ = myself.cast(Msg::Ended(id));
            }
        });
    }
    body.kit.outlet.changed(Topic::Processes);
    let _ = reply.send(Ok(()));
}

fn ended(body: &mut Body, id: ProcessId) {
    let now = body.kit.clock.now();
    if let Some((_, sent)) = body.sent.iter_mut().find(|(other, _)| *other == id) {
        sent.ended.get_or_insert(now);
    }
    body.kit.outlet.changed(Topic::Processes);
}

fn status(body: &Body) -> Status {
    let count = |name: &str, value: u64| (name.to_owned(), value);
    Status {
        health: Health::Good,
        counters: vec![
            count("passes", body.passes),
            count("signals sent", body.signals),
            count("passes failed", body.deaths),
            count("questions waiting", body.waiting.len() as u64),
        ],
        last_error: None,
    }
}

#[cfg(test)]
#[path = "actor_tests.rs"]
mod tests;
