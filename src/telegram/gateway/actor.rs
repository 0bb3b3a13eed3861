//! The shell around the core: messages in, effects out, questions and the poll as tasks, one timer.

use std::{
    collections::{HashMap, VecDeque},
    panic::AssertUnwindSafe,
    time::Duration,
};

use futures_util::FutureExt;
use jiff::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::{sync::mpsc, task::AbortHandle, time::Instant};

use super::{
    Arguments, Msg, Own, Polling,
    ask::Asker,
    core::{Core, Ctx, Effect, Now, Save, Ticket},
    listener::Listener,
    store,
};
use crate::{
    domain,
    store::{Durability, Store},
    supervision::{Health, Port, Status, Tasks, timer::Timer},
    t,
    telegram::outbox::{self, Slot, Told, What},
};

const STORE_MAX: Duration = Duration::from_secs(2);
/// Rows that wait to be written; more means the store is away, and the newest matter less than being up.
const SAVES_MAX: usize = 1024;
/// So many polls lost in so short a time are no accident.
const RIVALS: usize = 4;
const RIVALS_WITHIN: Duration = Duration::from_secs(120);
const ANNOUNCE_EVERY: Duration = Duration::from_secs(3600);
/// For what was decided last, when the gateway ends.
const FLUSH_MAX: Duration = Duration::from_secs(1);
const LOAD_AGAIN: Duration = Duration::from_secs(5);

pub struct Gateway;

pub struct State {
    asker: Asker,
    outbox: Port<outbox::Msg>,
    core: Core,
    asks: HashMap<Ticket, AbortHandle>,
    tasks: Tasks,
    saves: mpsc::Sender<Save>,
    writer: Tasks,
    wake: Timer,
    /// The poll starts once bubbles are known again.
    loaded: bool,
    trouble: Option<(Timestamp, Polling)>,
    /// When another program took the poll away, lately.
    rivals: VecDeque<Instant>,
    announced: Option<Instant>,
    last_error: Option<(Timestamp, String)>,
}

impl Actor for Gateway {
    type Msg = Msg;
    type State = State;
    type Arguments = Arguments;

    async fn pre_start(&self, _: ActorRef<Msg>, args: Arguments) -> Result<State, ActorProcessingErr> {
        let (saves, rows) = mpsc::channel(SAVES_MAX);
        let mut writer = Tasks::new();
        writer.spawn(write(args.line.store.clone(), rows));
        let core = Core::starting_at(args.line.clock.now());
        Ok(State {
            asker: Asker { ship: args.ship, line: args.line, draw: args.draw },
            outbox: args.outbox,
            core,
            asks: HashMap::new(),
            tasks: Tasks::new(),
            saves,
            writer,
            wake: Timer::default(),
            loaded: false,
            trouble: None,
            rivals: VecDeque::new(),
            announced: None,
            last_error: None,
        })
    }

    async fn post_start(&self, me: ActorRef<Msg>, _: &mut State) -> Result<(), ActorProcessingErr> {
        me.cast(Msg::Own(Own::Load))?;
        Ok(())
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, state: &mut State) -> Result<(), ActorProcessingErr> {
        // Opened once, bounded by two seconds; afterwards at hand.
        state.asker.line.seal().await;
        let mut refused = false;
        match msg {
            Msg::Changed(topic) => state.with(|core, ctx| core.changed(ctx, &topic)),
            Msg::Told(Told::Me(me)) => state.core.known_as(me.username.as_deref()),
            Msg::Told(Told::Report(report)) => refused = state.with(|core, ctx| core.reported(ctx, report)),
            Msg::Own(own) => refused = state.own(&me, own).await,
            Msg::Status(reply) => {
                let _ = reply.send(state.status());
            }
        }
        if refused {
            // Nothing here can mend that: the crew screen shows it, and a new token starts everything anew.
            return Err(super::TOKEN_REFUSED.into());
        }
        state.settle(&me);
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), ActorProcessingErr> {
        // Nobody sends any more: the writer ends when all rows are written.
        state.saves = mpsc::channel(1).0;
        let _ = tokio::time::timeout(FLUSH_MAX, state.writer.join_next()).await;
        Ok(())
    }
}

impl State {
    fn with<T>(&mut self, f: impl FnOnce(&mut Core, &Ctx<'_>) -> T) -> T {
        let line = &self.asker.line;
        let ctx = Ctx {
            ship: self.asker.ship.as_ref(),
            seal: line.seal_now().expect("opened before any message is handled"),
            now: Now { at: Instant::now(), wall: line.clock.now() },
            down_max: line.api.down_max(),
            up_max: line.api.up_max(),
        };
        f(&mut self.core, &ctx)
    }

    /// Whether the token is refused.
    async fn own(&mut self, me: &ActorRef<Msg>, own: Own) -> bool {
        match own {
            Own::Load => self.load(me),
            Own::Loaded(kept) => {
                self.with(|core, ctx| core.restore(ctx, *kept));
                if !std::mem::replace(&mut self.loaded, true) {
                    self.listen(me);
                }
            }
            Own::Heard(batch, reply) => {
                // All of a batch is taken in before anything of it is asked: of many taps only the newest is drawn.
                self.with(|core, ctx| batch.into_iter().for_each(|heard| core.heard(ctx, heard)));
                let _ = reply.send(());
            }
            Own::Answered(ticket, answered) => {
                self.asks.remove(&ticket);
                self.with(|core, ctx| core.answered(ctx, ticket, *answered));
            }
            Own::Found(person, tap, body) => {
                self.with(|core, ctx| core.found(ctx, &person, tap, body.as_deref()));
            }
            Own::Learned(Some((chat, message, view))) => self.core.learned(chat, message, view),
            Own::Learned(None) => {}
            Own::Wake(generation) => {
                if self.wake.fired(generation) {
                    self.with(|core, ctx| core.tick(ctx));
                }
            }
            Own::Polling(polling) => return self.polled(me, polling),
        }
        false
    }

    fn polled(&mut self, me: &ActorRef<Msg>, polling: Polling) -> bool {
        let now = self.asker.line.clock.now();
        match polling {
            Polling::Up => {
                if self.trouble.take().is_some() {
                    tracing::info!("polling works again");
                    let _ = self.outbox.cast(outbox::Msg::Awake);
                }
            }
            Polling::Refused => return true,
            Polling::Ended => {
                tracing::error!("the poll ended by itself: started again");
                self.listen(me);
            }
            Polling::OtherPoller | Polling::Down(_) => {
                if polling == Polling::OtherPoller {
                    self.rival();
                }
                let text = why(&polling).in_lang(domain::Lang::En).to_owned();
                let since = self.trouble.as_ref().map(|(since, _)| *since);
                if self.trouble.as_ref().is_none_or(|(_, before)| *before != polling) {
                    tracing::warn!(why = text, "polling does not work");
                }
                self.last_error = Some((now, text));
                self.trouble = Some((since.unwrap_or(now), polling));
            }
        }
        false
    }

    /// One lost poll is a predecessor that ends. Many are a second program, and people wonder why half of what they
    /// do goes nowhere: they are told, at most once an hour.
    fn rival(&mut self) {
        let now = Instant::now();
        self.rivals.push_back(now);
        while self.rivals.front().is_some_and(|at| now.duration_since(*at) > RIVALS_WITHIN) {
            self.rivals.pop_front();
        }
        let quiet = self.announced.is_none_or(|at| now.duration_since(at) > ANNOUNCE_EVERY);
        if self.rivals.len() >= RIVALS && quiet {
            self.announced = Some(now);
            self.with(|core, ctx| core.announce(ctx, |lang| t!(lang, "telegram-other-poller")));
        }
    }

    fn load(&mut self, me: &ActorRef<Msg>) {
        let (me, line) = (me.clone(), self.asker.line.clone());
        self.tasks.spawn(async move {
            let now = line.clock.now();
            let store = line.store.within(STORE_MAX);
            let kept = store.write(Durability::Normal, move |tx| {
                store::prune(tx, now)?;
                store::kept(tx)
            });
            match kept.await {
                Ok(kept) => drop(me.cast(Msg::Own(Own::Loaded(Box::new(kept))))),
                Err(error) => {
                    tracing::warn!(%error, "bubbles of the last run not read yet");
                    // People can be answered without it; what it holds comes in when it is back.
                    let _ = me.cast(Msg::Own(Own::Loaded(Box::default())));
                    tokio::time::sleep(LOAD_AGAIN).await;
                    let _ = me.cast(Msg::Own(Own::Load));
                }
            }
        });
    }

    fn listen(&mut self, me: &ActorRef<Msg>) {
        let line = self.asker.line.clone();
        let listener = Listener { line, ship: self.asker.ship.clone(), gateway: me.clone() };
        let me = me.clone();
        self.tasks.spawn(async move {
            if AssertUnwindSafe(listener.run()).catch_unwind().await.is_err() {
                let _ = me.cast(Msg::Own(Own::Polling(Polling::Ended)));
            }
        });
    }

    /// Carries out what was decided, and sets the clock for what comes by itself.
    fn settle(&mut self, me: &ActorRef<Msg>) {
        while self.tasks.try_join_next().is_some() {}
        for effect in self.core.effects() {
            self.run(me, effect);
        }
        match self.core.due() {
            Some(at) => {
                let after = at.saturating_duration_since(Instant::now());
                self.wake.arm(me, after, |generation| Msg::Own(Own::Wake(generation)));
            }
            None => self.wake.cancel(),
        }
    }

    fn run(&mut self, me: &ActorRef<Msg>, effect: Effect) {
        use outbox::Msg as Out;
        match effect {
            Effect::Answer { callback, toast } => self.post(Out::Answer { callback, toast }),
            Effect::Show { slot, chat, content, rank } => {
                self.post(Out::Show { slot: Slot::Bubble(slot), chat, what: What::ready(*content), rank });
            }
            Effect::Adopt { slot, chat, actual } => {
                self.post(Out::Adopt { slot: Slot::Bubble(slot), chat, actual });
            }
            Effect::Bare(slot) => self.post(Out::Bare(Slot::Bubble(slot))),
            Effect::Run(errand) => self.post(Out::Run(errand)),
            Effect::Opened(chat) => self.post(Out::Opened(chat)),
            Effect::Ask(ask) => {
                let (asker, me, ticket) = (self.asker.clone(), me.clone(), ask.ticket);
                let task = self.tasks.spawn(async move {
                    let answered = asker.run(&ask).await;
                    let _ = me.cast(Msg::Own(Own::Answered(ticket, Box::new(answered))));
                });
                self.asks.insert(ticket, task);
            }
            Effect::Drop(ticket) => {
                if let Some(task) = self.asks.remove(&ticket) {
                    task.abort();
                }
            }
            Effect::LookUp { person, tap, token } => {
                let (line, me) = (self.asker.line.clone(), me.clone());
                self.tasks.spawn(async move {
                    let body = line.seal().await.look_up(&line.store, &token).await;
                    let _ = me.cast(Msg::Own(Own::Found(person, tap, body)));
                });
            }
            Effect::Learn(id) => {
                let (store, me) = (self.asker.line.store.within(STORE_MAX), me.clone());
                self.tasks.spawn(async move {
                    let found = store.read(move |conn| outbox::by_id(conn, id)).await.unwrap_or_default();
                    let _ = me.cast(Msg::Own(Own::Learned(found)));
                });
            }
            Effect::Knock(knock) => {
                let ship = self.asker.ship.clone();
                self.tasks.spawn(async move {
                    tracing::info!(person = %knock.caller.pilot, attempts = knock.attempts, "a stranger");
                    ship.stranger(&knock).await;
                });
            }
            Effect::LetGo(blob) => self.asker.line.api.blobs().drop_blob(blob),
            Effect::Save(save) => {
                if self.saves.try_send(save).is_err() {
                    tracing::warn!("a bubble was not kept: the store is behind");
                }
            }
        }
    }

    /// Without an outbox nothing can be said; it is back in a moment, and people tap again.
    fn post(&mut self, msg: outbox::Msg) {
        if self.outbox.cast(msg).is_err() {
            let now = self.asker.line.clock.now();
            self.last_error = Some((now, "the outbox is not running".into()));
        }
    }

    fn status(&self) -> Status {
        let counters = self.core.counters;
        let health = self.trouble.as_ref().map_or(Health::Good, |(since, polling)| Health::Degraded {
            since: *since,
            why: why(polling),
            mend: match polling {
                Polling::OtherPoller => domain::Told::new(|lang| t!(lang, "crew-mend-other-poller")),
                _ => domain::Told::new(|lang| t!(lang, "crew-mend-by-itself")),
            },
        });
        Status {
            health,
            counters: [
                ("taps", counters.taps),
                ("typed", counters.typed),
                ("drawn", counters.drawn),
                ("redrawn", counters.redrawn),
                ("strangers", counters.strangers),
            ]
            .map(|(name, count)| (name.to_owned(), count))
            .to_vec(),
            last_error: self.last_error.clone(),
        }
    }
}

fn why(polling: &Polling) -> domain::Told {
    match polling {
        Polling::OtherPoller => domain::Told::new(|lang| t!(lang, "crew-telegram-other-poller")),
        Polling::Down(text) => domain::Told::new(|lang| t!(lang, "crew-telegram-away", why = text.as_str())),
        Polling::Up | Polling::Refused | Polling::Ended => domain::Told::default(),
    }
}

/// Rows in the order they were decided, many in one transaction.
async fn write(store: Store, mut rows: mpsc::Receiver<Save>) {
    const BATCH: usize = 64;
    let mut batch = Vec::new();
    while rows.recv_many(&mut batch, BATCH).await > 0 {
        let saves = std::mem::take(&mut batch);
        let store = store.within(STORE_MAX);
        let written = store
            .write(Durability::Normal, move |tx| saves.iter().try_for_each(|save| store::apply(tx, save)));
        if let Err(error) = written.await {
            tracing::warn!(%error, "bubbles not kept");
        }
    }
}
