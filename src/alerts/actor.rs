//! The shell around the book: looks by the probe, keeps what changed, hands notices over one after the other.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};

use super::{
    Ask, Probe, Sink,
    book::{Book, Effect, Input, Tell},
    config::Config,
    facts::{Alert, Kind, Notice, Severity, State as NoticeState, Subject},
    readings::Readings,
    snooze, store,
};
use crate::{
    domain::{Clock, PilotId},
    events::{Event, Outlet},
    screen::Topic,
    store::{Durability, Store},
    supervision::{Asked, Health, Status, Tasks, timer::Timer},
};

/// How often the machine is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// A probe that takes longer sees nothing this time.
const LOOK_WITHIN: Duration = Duration::from_secs(5);
const STORE_WITHIN: Duration = Duration::from_secs(2);
/// The store was away, or the sink did not take a notice.
const AGAIN: Duration = Duration::from_secs(5);
/// The sink writes to a disk, once for each who is told; longer and it is tried again.
const SINK_WITHIN: Duration = Duration::from_secs(60);
/// Events heard before the store has answered; more cannot come in those moments.
const HELD_MAX: usize = 256;
/// Notices that wait for the sink. More stay untold in the store, and are handed over after the next start.
pub(super) const WAITING_MAX: usize = 500;
/// What was over this long before the start can come back as the same incident.
const RECENT: SignedDuration = SignedDuration::from_mins(30);

pub enum Msg {
    Happened(Timestamp, Event),
    Look(u64),
    Looked(Readings),
    Load(u64),
    Sent {
        id: i64,
        version: i64,
        key: String,
        result: Result<(), String>,
    },
    SendAgain(u64),
    Living(RpcReplyPort<Vec<Alert>>),
    /// Answered when it is on the disk.
    Snooze {
        subject: Subject,
        wish: Wish,
        reply: RpcReplyPort<Result<(), NotSnoozed>>,
    },
    Wake(Subject, RpcReplyPort<Result<(), NotSnoozed>>),
    Configure(Config),
    Status(RpcReplyPort<Status>),
}

/// Quiet until then, for everybody.
#[derive(Debug, Clone)]
pub struct Wish {
    pub until: Timestamp,
    pub pilot: PilotId,
    /// For "snoozed by Dre".
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSnoozed {
    #[error("it is over")]
    Over,
    #[error("not kept: {0}")]
    Store(String),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// What the alerts need of the world.
#[derive(Clone)]
pub struct Hands {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
    pub probe: Probe,
    pub sink: Sink,
}

pub struct AlertsActor;

pub struct State {
    hands: Hands,
    config: Config,
    /// `None` until the store has told what lives.
    book: Option<Book>,
    held: Vec<(Timestamp, Event)>,
    /// Changed and not yet on the disk.
    unsaved: BTreeMap<i64, Alert>,
    /// Rests that are over and still on the disk.
    unkept: BTreeSet<Subject>,
    waiting: VecDeque<Notice>,
    sending: bool,
    looking: bool,
    tasks: Tasks,
    look: Timer,
    load: Timer,
    send_again: Timer,
    told: u64,
    last_error: Option<(Timestamp, String)>,
}

impl Actor for AlertsActor {
    type Msg = Msg;
    type State = State;
    type Arguments = (Config, Hands);

    async fn pre_start(
        &self,
        me: ActorRef<Msg>,
        (config, hands): (Config, Hands),
    ) -> Result<State, ActorProcessingErr> {
        let mut state = State {
            hands: Hands { store: hands.store.within(STORE_WITHIN), ..hands },
            config,
            book: None,
            held: Vec::new(),
            unsaved: BTreeMap::new(),
            unkept: BTreeSet::new(),
            waiting: VecDeque::new(),
            sending: false,
            looking: false,
            tasks: Tasks::new(),
            look: Timer::default(),
            load: Timer::default(),
            send_again: Timer::default(),
            told: 0,
            last_error: None,
        };
        state.load.arm(&me, Duration::ZERO, Msg::Load);
        Ok(state)
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, state: &mut State) -> Result<(), ActorProcessingErr> {
        match msg {
            Msg::Happened(at, event) => state.happened(&me, at, event).await,
            Msg::Look(generation) if state.look.fired(generation) => state.look(&me),
            Msg::Looked(readings) => state.looked(&me, readings).await,
            Msg::Load(generation) if state.load.fired(generation) => state.load(&me).await,
            Msg::SendAgain(generation) if state.send_again.fired(generation) => state.send(&me),
            Msg::Look(_) | Msg::Load(_) | Msg::SendAgain(_) => {}
            Msg::Sent { id, version, key, result } => state.sent(&me, id, version, &key, result).await,
            Msg::Living(reply) => {
                // Before the store has told what lives, "none" would be a lie: the asker hears that nobody answers.
                if let Some(book) = &state.book {
                    let _ = reply.send(book.living().cloned().collect());
                }
            }
            Msg::Snooze { subject, wish, reply } => {
                let _ = reply.send(state.snooze(&me, subject, wish).await);
            }
            Msg::Wake(subject, reply) => {
                let _ = reply.send(state.wake(&me, subject).await);
            }
            Msg::Configure(config) => state.configure(&me, config).await,
            Msg::Status(reply) => {
                let _ = reply.send(state.status());
            }
        }
        Ok(())
    }
}

impl State {
    async fn load(&mut self, me: &ActorRef<Msg>) {
        let now = self.hands.clock.now();
        let since = now.checked_sub(RECENT).unwrap_or(now);
        let kept = match self.hands.store.read(move |conn| store::load(conn, since)).await {
            Ok(kept) => kept,
            Err(error) => {
                self.failed(error.to_string());
                self.load.arm(me, AGAIN, Msg::Load);
                return;
            }
        };
        for mut alert in kept.untold {
            let subject = alert.subject();
            let snoozed = kept.snoozes.iter().find(|(of, _)| *of == subject);
            alert.snoozed = snoozed.map(|(_, snooze)| snooze.clone());
            // Whether it was loud is not kept: what was not told when it broke is told with a sound now.
            let loud = alert.is_living()
                && alert.severity == Severity::Bad
                && (alert.version == 1 || alert.part > 0)
                && alert.rests(now).is_none();
            let tell = Tell { loud, continues: alert.part > 0 };
            self.queue(&alert, tell);
        }
        let book = Book::new(self.config.clone(), kept.living, kept.recent, kept.snoozes, kept.next_id);
        self.book = Some(book);
        for (at, event) in std::mem::take(&mut self.held) {
            self.input(me, Input::Happened(event), at).await;
        }
        self.send(me);
        self.look.arm(me, Duration::ZERO, Msg::Look);
    }

    async fn happened(&mut self, me: &ActorRef<Msg>, at: Timestamp, event: Event) {
        if self.book.is_some() {
            self.input(me, Input::Happened(event), at).await;
        } else if self.held.len() < HELD_MAX {
            self.held.push((at, event));
        } else {
            self.failed("more happened before the store answered than can be held".into());
        }
    }

    /// First the disk, then the book: what is said to be quiet stays so over a crash.
    async fn snooze(&mut self, me: &ActorRef<Msg>, subject: Subject, wish: Wish) -> Result<(), NotSnoozed> {
        let now = self.hands.clock.now();
        let rest = self.book.as_ref().and_then(|book| book.rest(&subject, wish.until, wish.by));
        let rest = rest.ok_or(NotSnoozed::Over)?;
        let (of, kept) = (subject.clone(), rest.clone());
        let write = move |tx: &rusqlite::Transaction<'_>| snooze::put(tx, &of, &kept, wish.pilot, now);
        let written = self.hands.store.write(Durability::Full, write).await;
        written.map_err(|error| NotSnoozed::Store(error.to_string()))?;
        tracing::info!(kind = subject.kind.as_str(), of = subject.of, until = %rest.until, "alert snoozed");
        self.unkept.remove(&subject);
        self.input(me, Input::Snoozed(subject, rest), now).await;
        Ok(())
    }

    async fn wake(&mut self, me: &ActorRef<Msg>, subject: Subject) -> Result<(), NotSnoozed> {
        if !self.book.as_ref().is_some_and(|book| book.is_snoozed(&subject)) {
            return Ok(());
        }
        let of = subject.clone();
        let write = move |tx: &rusqlite::Transaction<'_>| snooze::end(tx, &of);
        let written = self.hands.store.write(Durability::Full, write).await;
        written.map_err(|error| NotSnoozed::Store(error.to_string()))?;
        let now = self.hands.clock.now();
        self.input(me, Input::Woken(subject), now).await;
        Ok(())
    }

    async fn configure(&mut self, me: &ActorRef<Msg>, config: Config) {
        self.config = config.clone();
        if self.book.is_some() {
            let now = self.hands.clock.now();
            self.input(me, Input::Configure(config), now).await;
        }
    }

    fn look(&mut self, me: &ActorRef<Msg>) {
        while self.tasks.try_join_next().is_some() {}
        let Some(book) = self.book.as_ref().filter(|_| !self.looking) else { return };
        self.looking = true;
        let ask = Ask { actors: book.has(Kind::Actor), config: book.has(Kind::Config) };
        let (looking, me) = ((self.hands.probe)(ask), me.clone());
        self.tasks.spawn(async move {
            let seen = tokio::time::timeout(LOOK_WITHIN, looking).await.unwrap_or_default();
            let _ = me.cast(Msg::Looked(seen));
        });
    }

    async fn looked(&mut self, me: &ActorRef<Msg>, readings: Readings) {
        self.looking = false;
        self.look.arm(me, LOOK_EVERY, Msg::Look);
        let now = self.hands.clock.now();
        self.input(me, Input::Readings(readings), now).await;
    }

    async fn input(&mut self, me: &ActorRef<Msg>, input: Input, at: Timestamp) {
        let Some(book) = &mut self.book else { return };
        let effects = book.on(input, at);
        self.unkept.extend(book.ended());
        if !effects.is_empty() {
            self.hands.outlet.changed(Topic::Alerts);
        }
        for Effect { alert, tell } in effects {
            let subject = alert.subject();
            match alert.resolved {
                None => tracing::warn!(kind = subject.kind.as_str(), of = subject.of, id = alert.id, "alert"),
                Some((_, how)) => {
                    tracing::info!(
                        kind = subject.kind.as_str(),
                        of = subject.of,
                        id = alert.id,
                        ?how,
                        "alert over"
                    );
                }
            }
            if let Some(tell) = tell {
                self.queue(&alert, tell);
            }
            self.unsaved.insert(alert.id, alert);
        }
        self.save().await;
        self.send(me);
    }

    /// What changed goes to the disk; what cannot, is tried again with the next change or look.
    async fn save(&mut self) {
        if self.unsaved.is_empty() && self.unkept.is_empty() {
            return;
        }
        let alerts: Vec<Alert> = self.unsaved.values().cloned().collect();
        let unkept = self.unkept.clone();
        let write = move |tx: &rusqlite::Transaction<'_>| {
            unkept.iter().try_for_each(|subject| snooze::end(tx, subject))?;
            alerts.iter().try_for_each(|alert| store::put(tx, alert))
        };
        match self.hands.store.write(Durability::Full, write).await {
            Ok(()) => {
                self.unsaved.clear();
                self.unkept.clear();
            }
            Err(error) => self.failed(error.to_string()),
        }
    }

    /// One notice a message: what waits under its key is replaced, and stays loud if it was.
    fn queue(&mut self, alert: &Alert, tell: Tell) {
        let at = alert.resolved.map_or(alert.changed, |(at, _)| at);
        if tell.continues
            && let Some(part) = alert.part.checked_sub(1)
        {
            let state = NoticeState::Continued;
            self.enqueue(Notice { alert: alert.clone(), part, state, loud: false, at });
        }
        let state = if alert.is_living() { NoticeState::Living } else { NoticeState::Resolved };
        self.enqueue(Notice { alert: alert.clone(), part: alert.part, state, loud: tell.loud, at });
    }

    fn enqueue(&mut self, mut notice: Notice) {
        let key = notice.key();
        // The first in line may be with the sink already.
        let from = usize::from(self.sending);
        if let Some(old) = self.waiting.iter().skip(from).position(|old| old.key() == key) {
            let old = self.waiting.remove(from + old).expect("just found");
            notice.loud |= old.loud;
        }
        self.waiting.push_back(notice);
        if self.waiting.len() > WAITING_MAX {
            self.waiting.remove(from);
            self.failed("more notices wait than can be held".into());
        }
    }

    fn send(&mut self, me: &ActorRef<Msg>) {
        while self.tasks.try_join_next().is_some() {}
        if self.sending || self.send_again.is_armed() {
            return;
        }
        let Some(notice) = self.waiting.front().cloned() else { return };
        self.sending = true;
        let (id, version, key, me) = (notice.alert.id, notice.alert.version, notice.key(), me.clone());
        let handing = (self.hands.sink)(notice);
        self.tasks.spawn(async move {
            let result = match tokio::time::timeout(SINK_WITHIN, handing).await {
                Ok(result) => result,
                Err(_) => Err(format!("not taken within {SINK_WITHIN:?}")),
            };
            let _ = me.cast(Msg::Sent { id, version, key, result });
        });
    }

    async fn sent(
        &mut self,
        me: &ActorRef<Msg>,
        id: i64,
        version: i64,
        key: &str,
        result: Result<(), String>,
    ) {
        self.sending = false;
        if let Err(error) = result {
            self.failed(format!("notice not handed over: {error}"));
            self.send_again.arm(me, AGAIN, Msg::SendAgain);
            return;
        }
        if self.waiting.front().is_some_and(|front| front.key() == key) {
            self.waiting.pop_front();
        }
        self.told += 1;
        self.save().await;
        // Both messages of one that goes on below must be out.
        if !self.waiting.iter().any(|waiting| waiting.alert.id == id) {
            let write = move |tx: &rusqlite::Transaction<'_>| store::told(tx, id, version);
            if let Err(error) = self.hands.store.write(Durability::Normal, write).await {
                // It is handed over again after the next start, as an edit to the same text.
                self.failed(error.to_string());
            }
        }
        self.send(me);
    }

    fn failed(&mut self, why: String) {
        tracing::warn!(why, "alerts");
        self.last_error = Some((self.hands.clock.now(), why));
    }

    fn status(&self) -> Status {
        let living = self.book.as_ref().map_or(0, |book| book.living().count() as u64);
        Status {
            health: Health::Good,
            counters: vec![
                ("living".into(), living),
                ("told".into(), self.told),
                ("waiting".into(), self.waiting.len() as u64),
            ],
            last_error: self.last_error.clone(),
        }
    }
}
