//! The actor over the simulated processes, on a clock of its own.

use super::*;
use crate::{
    intent::processes::Sort,
    subsystems::processes::{
        engine::{Top, Which},
        table::Refused,
        world::World,
    },
};

const SOON: Duration = Duration::from_secs(3);

/// Wall time that goes with tokio's.
struct Paced(Instant);

impl Clock for Paced {
    fn now(&self) -> jiff::Timestamp {
        let passed = jiff::SignedDuration::try_from(self.0.elapsed()).unwrap();
        jiff::Timestamp::from_second(1_748_736_000).unwrap() + passed
    }
}

struct Flight {
    port: Port<Msg>,
    world: World,
}

async fn take_off() -> Flight {
    let clock: Arc<dyn Clock> = Arc::new(Paced(Instant::now()));
    let world = World::new(clock.clone());
    let table = world.clone();
    let kit = Kit {
        table: Arc::new(move || Box::new(table.clone())),
        signals: Arc::new(world.clone()),
        clock,
        outlet: Outlet::nowhere(),
    };
    let (actor, _) = Actor::spawn(None, ProcessesActor, kit).await.unwrap();
    let port = Port::new();
    port.bind(actor);
    Flight { port, world }
}

impl Flight {
    async fn ask(&self, question: Question) -> Answer {
        self.port.call(SOON, |reply| Msg::Ask(question, reply)).await.unwrap().unwrap()
    }

    async fn top(&self) -> Top {
        let question = Question::Top { sort: Sort::Cpu, which: Which::All, page: 0, per_page: 5 };
        let Answer::Top(top) = self.ask(question).await else { panic!("another answer") };
        top
    }

    async fn id(&self, pid: u32) -> ProcessId {
        let Answer::Process(Some(process)) = self.ask(Question::Pid(pid)).await else { panic!("it is gone") };
        process.shown.id
    }

    async fn send(&self, id: ProcessId, signal: Signal) -> Result<(), Refused> {
        self.port.call(SOON, |reply| Msg::Send(id, signal, reply)).await.unwrap()
    }

    async fn sent(&self, id: ProcessId) -> Option<Sent> {
        self.port.call(SOON, |reply| Msg::Sent(id, reply)).await.unwrap()
    }

    async fn counter(&self, name: &str) -> u64 {
        let status = self.port.call(SOON, Msg::Status).await.unwrap();
        status.counters.iter().find(|(counter, _)| counter == name).unwrap().1
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_read_until_somebody_asks() {
    let flight = take_off().await;
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(flight.counter("passes").await, 0);
    let before = Instant::now();
    assert!(flight.top().await.rows[0].cpu.is_some());
    assert!(before.elapsed() >= FIRST);
    assert_eq!(flight.counter("passes").await, 2);
    // A live screen, two seconds later: one pass is enough, at once.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = Instant::now();
    flight.top().await;
    assert_eq!((flight.counter("passes").await, before.elapsed()), (3, Duration::ZERO));
    tokio::time::sleep(Duration::from_secs(3600)).await;
    flight.top().await;
    assert_eq!(flight.counter("passes").await, 5, "everything was forgotten");
}

#[tokio::test(start_paused = true)]
async fn those_who_ask_together_share_a_pass() {
    let flight = take_off().await;
    let (a, b, c) = tokio::join!(flight.top(), flight.top(), flight.ask(Question::Pid(700)));
    assert_eq!(a.rows, b.rows);
    assert!(matches!(c, Answer::Process(Some(_))));
    assert!(flight.counter("passes").await <= 3);
}

#[tokio::test(start_paused = true)]
async fn the_end_after_a_signal_is_noticed() {
    let flight = take_off().await;
    let vim = flight.id(1300).await;
    assert_eq!(flight.sent(vim).await, None);
    flight.send(vim, Signal::Term).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(flight.sent(vim).await.unwrap().ended.is_some());
    assert_eq!(flight.send(vim, Signal::Term).await, Err(Refused::Gone));

    let stubborn = flight.id(1400).await;
    flight.send(stubborn, Signal::Term).await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let sent = flight.sent(stubborn).await.unwrap();
    assert_eq!((sent.signal, sent.ended), (Signal::Term, None));
    flight.send(stubborn, Signal::Kill).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(flight.sent(stubborn).await.unwrap().ended.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_pid_used_again_between_screen_and_tap_is_not_hit() {
    let flight = take_off().await;
    let vim = flight.id(1300).await;
    flight.world.reuse(1300);
    assert_eq!(flight.send(vim, Signal::Kill).await, Err(Refused::Gone));
    assert_ne!(flight.id(1300).await, vim);
    assert_eq!(flight.sent(vim).await, None);
}

#[tokio::test(start_paused = true)]
async fn too_many_questions_are_refused_and_the_rest_answered() {
    let flight = take_off().await;
    let crowd = (0..60).map(|_| {
        let question = Question::Top { sort: Sort::Cpu, which: Which::All, page: 0, per_page: 5 };
        flight.port.call(SOON, |reply| Msg::Ask(question, reply))
    });
    let answers = futures_util::future::join_all(crowd).await;
    let busy = answers.iter().filter(|answer| matches!(answer, Ok(Err(Busy)))).count();
    assert!(busy > 0 && busy < 60, "{busy}");
    assert!(answers.iter().all(Result::is_ok));
}
