//! The shell around the queue: messages in, requests as tasks, one timer.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use jiff::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::{sync::Semaphore, time::Instant};

use super::{
    Arguments, Msg, Notice, Own, Tell, Told,
    incidents::Incidents,
    notices::{self, Draft},
    post::{Rank, Slot},
    queue::Queue,
    send::Sender,
    words::{Effect, Errand, Job, Now, Report},
};
use crate::{
    domain::{self, Attachment, BlobError, ChatId},
    screen::text::clean,
    store::Durability,
    supervision::{Dice, Health, Status, Tasks, timer::Timer},
    t,
    telegram::{failure::Failure, methods::UploadData},
};

/// A handler waits no longer for the store.
const STORE_MAX: Duration = Duration::from_secs(2);
/// What is under way at the end may still arrive.
const FLUSH_MAX: Duration = Duration::from_millis(1500);
/// The store was away when the undelivered notices were to be read.
const LOAD_AGAIN: Duration = Duration::from_secs(5);
/// Connections are kept open for this long after the last tap, by a tiny request this often.
const WARM_FOR: Duration = Duration::from_secs(600);
const WARM_EVERY: Duration = Duration::from_secs(45);
const WARM_AGAIN: Duration = Duration::from_secs(3);
/// Well below Telegram's 1,024 of a caption.
const CAPTION_MAX: usize = 512;

pub struct Outbox;

pub struct State {
    sender: Sender,
    tell: Tell,
    queue: Queue,
    incidents: Incidents,
    tasks: Tasks,
    wake: Timer,
    warm: Timer,
    load: Timer,
    known: bool,
    /// Who waits for which file; numbers from the top, where the gateway's never get to.
    parcels: HashMap<u64, RpcReplyPort<Result<(), Failure>>>,
    parcel: u64,
    last_tap: Option<Instant>,
    down_since: Option<Timestamp>,
    last_error: Option<(Timestamp, String)>,
}

impl Actor for Outbox {
    type Msg = Msg;
    type State = State;
    type Arguments = Arguments;

    async fn pre_start(&self, me: ActorRef<Msg>, args: Arguments) -> Result<State, ActorProcessingErr> {
        let sender = Sender {
            line: args.line,
            draw: args.draw,
            easel: Arc::new(Semaphore::new(1)),
            tell: args.tell.clone(),
            welcome: args.welcome,
        };
        let mut state = State {
            sender,
            tell: args.tell,
            queue: Queue::new(Instant::now(), Dice::random()),
            incidents: Incidents::default(),
            tasks: Tasks::new(),
            wake: Timer::default(),
            warm: Timer::default(),
            load: Timer::default(),
            known: false,
            parcels: HashMap::new(),
            parcel: u64::MAX,
            last_tap: None,
            down_since: None,
            last_error: None,
        };
        state.warm_up(&me);
        Ok(state)
    }

    async fn post_start(&self, me: ActorRef<Msg>, _: &mut State) -> Result<(), ActorProcessingErr> {
        me.cast(Msg::Own(Own::Load))?;
        Ok(())
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, state: &mut State) -> Result<(), ActorProcessingErr> {
        let now = state.now();
        match msg {
            Msg::Answer { callback, toast } => {
                state.last_tap = Some(now.at);
                if !state.warm.is_armed() {
                    state.warm.arm(&me, WARM_EVERY, |g| Msg::Own(Own::Warm(g)));
                }
                state.queue.answer(callback, toast, now.at);
            }
            Msg::Show { slot, chat, what, rank } => state.queue.want(slot, chat, what, rank, 0, now.at),
            Msg::Adopt { slot, chat, actual } => state.queue.adopt(slot, chat, actual),
            Msg::Bare(slot) => state.queue.bare(slot, now.at),
            Msg::Run(errand) => {
                if let Some(report) = state.queue.errand(errand, now.at) {
                    state.report(report);
                }
            }
            Msg::Deliver(_, _, reply) if reply.is_closed() => {}
            Msg::Deliver(chat, file, reply) => state.deliver(chat, file, reply),
            Msg::Notice(notice, reply) => state.notice(*notice, reply).await,
            Msg::Opened(chat) => state.queue.opened(chat),
            Msg::Awake => state.queue.awake(),
            Msg::Own(own) => state.own(&me, own).await,
            Msg::Status(reply) => {
                let _ = reply.send(state.status());
            }
        }
        state.pump(&me);
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), ActorProcessingErr> {
        let rest = async { while state.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(FLUSH_MAX, rest).await;
        Ok(())
    }
}

impl State {
    fn now(&self) -> Now {
        Now { at: Instant::now(), wall: self.sender.line.clock.now() }
    }

    async fn own(&mut self, me: &ActorRef<Msg>, own: Own) {
        match own {
            Own::Load => self.load(me).await,
            Own::Done { ticket, result } => {
                while self.tasks.try_join_next().is_some() {}
                self.note(result.as_ref().err());
                let effects = self.queue.done(ticket, result, self.now());
                effects.into_iter().for_each(|effect| self.run(me, effect));
            }
            Own::Wake(generation) => {
                self.wake.fired(generation);
            }
            Own::Warm(generation) => {
                if self.warm.fired(generation) {
                    self.warm_up(me);
                }
            }
            Own::Warmed(result) => self.warmed(me, result),
        }
    }

    fn pump(&mut self, me: &ActorRef<Msg>) {
        let now = self.now();
        let (effects, next) = self.queue.pump(now);
        effects.into_iter().for_each(|effect| self.run(me, effect));
        match next {
            Some(at) => {
                self.wake.arm(me, at.saturating_duration_since(now.at), |g| Msg::Own(Own::Wake(g)));
            }
            None => self.wake.cancel(),
        }
    }

    fn run(&mut self, me: &ActorRef<Msg>, effect: Effect) {
        match effect {
            Effect::Report(report) => self.report(report),
            Effect::Start(Job { ticket, order }) => {
                let (sender, me) = (self.sender.clone(), me.clone());
                self.tasks.spawn(async move {
                    // A panic must not leave its message waiting for ever.
                    let result = AssertUnwindSafe(sender.run(&order)).catch_unwind().await;
                    let result = result.unwrap_or_else(|_| Err(Failure::Own("a fault of the outbox".into())));
                    let _ = me.cast(Msg::Own(Own::Done { ticket, result }));
                });
            }
        }
    }

    fn deliver(&mut self, chat: ChatId, file: Attachment, reply: RpcReplyPort<Result<(), Failure>>) {
        let meta = self.sender.line.api.blobs().meta(file.blob);
        let Some(meta) = meta else {
            let _ = reply.send(Err(Failure::Unread(BlobError::Gone)));
            return;
        };
        self.parcel -= 1;
        let number = self.parcel;
        self.parcels.insert(number, reply);
        let name = clean(&meta.name).replace(['/', '\\'], "_");
        let caption: String = file.caption.chars().take(CAPTION_MAX).collect();
        let errand = Errand::File { chat, number, name, data: UploadData::Blob(file.blob), caption };
        if let Some(report) = self.queue.errand(errand, Instant::now()) {
            self.report(report);
        }
    }

    fn report(&mut self, report: Report) {
        if let Report::Filed { number, result } = &report
            && let Some(reply) = self.parcels.remove(number)
        {
            let _ = reply.send(result.clone());
            return;
        }
        match &report {
            Report::Lost { slot, why } => {
                tracing::warn!(?slot, %why, "message not delivered");
                if let Slot::Notice(id) = *slot {
                    self.give_up(id);
                }
            }
            Report::Closed { chat } => tracing::warn!(%chat, "chat takes no messages"),
            _ => {}
        }
        (self.tell)(Told::Report(report));
    }

    fn give_up(&mut self, id: i64) {
        let store = self.sender.line.store.within(STORE_MAX);
        self.tasks.spawn(async move {
            let written = store.write(Durability::Normal, move |tx| notices::given_up(tx, id)).await;
            if let Err(error) = written {
                tracing::warn!(%error, id, "refused notice not marked");
            }
        });
    }

    async fn notice(&mut self, notice: Notice, reply: RpcReplyPort<()>) {
        let now = self.now();
        let line = self.sender.line.clone();
        let (chat, draft, row) = (notice.chat, Draft::of(&notice), notice.clone());
        let store = line.store.within(STORE_MAX);
        let kept = store.write(Durability::Full, move |tx| notices::put(tx, &row, now.wall)).await;
        let what = draft.what(now.wall, line.seal().await, now);
        let (id, version) = match kept {
            Ok((id, version, actual)) => {
                let rowless = self.incidents.kept(chat, &notice.key, id, version);
                if let Some(actual) = actual {
                    self.queue.adopt(Slot::Notice(id), chat, actual);
                } else if let Some(rowless) = rowless {
                    self.queue.rename(Slot::Notice(rowless), Slot::Notice(id));
                }
                (id, version)
            }
            Err(error) => {
                tracing::error!(%error, "notice not kept: told, but lost by a crash before it is delivered");
                self.incidents.unkept(chat, &notice.key)
            }
        };
        self.queue.want(Slot::Notice(id), chat, what, Rank::Notice, version, now.at);
        // Told again and again until it is kept would be worse, and what comes after it would wait.
        let _ = reply.send(());
    }

    async fn load(&mut self, me: &ActorRef<Msg>) {
        let now = self.now();
        let line = self.sender.line.clone();
        let store = line.store.within(STORE_MAX);
        let all = store
            .write(Durability::Normal, move |tx| {
                notices::prune(tx, now.wall)?;
                notices::all(tx, now.wall)
            })
            .await;
        let all = match all {
            Ok(all) => all,
            Err(error) => {
                tracing::warn!(%error, "undelivered notices not read yet");
                self.load.arm(me, LOAD_AGAIN, |_| Msg::Own(Own::Load));
                return;
            }
        };
        let seal = line.seal().await;
        for kept in all {
            let slot = Slot::Notice(kept.id);
            if let Some(actual) = kept.actual {
                self.queue.adopt(slot, kept.chat, actual);
            }
            if let Some(draft) = kept.draft {
                let what = draft.what(kept.made, seal, now);
                self.queue.want(slot, kept.chat, what, Rank::Notice, kept.version, now.at);
            }
        }
    }

    /// Two at once, so that an answer and an edit find a connection each.
    fn warm_up(&mut self, me: &ActorRef<Msg>) {
        let (api, me) = (self.sender.line.api.clone(), me.clone());
        self.tasks.spawn(async move {
            let (result, _) = tokio::join!(api.me(), api.me());
            let _ = me.cast(Msg::Own(Own::Warmed(result)));
        });
    }

    fn warmed(&mut self, me: &ActorRef<Msg>, result: Result<crate::telegram::api::Me, Failure>) {
        self.note(result.as_ref().err());
        let used = self.last_tap.is_some_and(|at| at.elapsed() < WARM_FOR);
        let again = match result {
            Ok(bot) => {
                self.queue.awake();
                if !std::mem::replace(&mut self.known, true) {
                    (self.tell)(Told::Me(bot));
                }
                used.then_some(WARM_EVERY)
            }
            Err(Failure::Unauthorised) => {
                (self.tell)(Told::Report(Report::Refused));
                None
            }
            Err(_) => (!self.known).then_some(WARM_AGAIN),
        };
        if let Some(after) = again {
            self.warm.arm(me, after, |g| Msg::Own(Own::Warm(g)));
        }
    }

    fn note(&mut self, failure: Option<&Failure>) {
        let now = self.sender.line.clock.now();
        match failure {
            None => self.down_since = None,
            Some(Failure::NotModified | Failure::QueryOld) => {}
            Some(failure) => {
                if matches!(failure, Failure::Unreachable(_) | Failure::Server(_)) {
                    self.down_since.get_or_insert(now);
                }
                tracing::debug!(%failure, "request failed");
                self.last_error = Some((now, failure.to_string()));
            }
        }
    }

    fn status(&self) -> Status {
        let counters = self.queue.counters;
        let health = self.down_since.map_or(Health::Good, |since| Health::Degraded {
            since,
            why: domain::Told::new(|lang| {
                let why = self.last_error.as_ref().map_or("–", |(_, text)| text);
                t!(lang, "crew-telegram-away", why = why)
            }),
            mend: domain::Told::new(|lang| t!(lang, "crew-mend-by-itself")),
        });
        Status {
            health,
            counters: [
                ("requests", counters.posted),
                ("retried", counters.retried),
                ("slowed", counters.slowed),
                ("dropped", counters.dropped),
                ("waiting", self.queue.waiting() as u64),
            ]
            .map(|(name, count)| (name.to_owned(), count))
            .to_vec(),
            last_error: self.last_error.clone(),
        }
    }
}
