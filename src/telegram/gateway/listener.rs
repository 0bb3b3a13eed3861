//! Long polling: updates in, at most once each, with a back-off of its own (at most five seconds).
//!
//! An update counts as handed over once the gateway has taken it; only then the offset moves on, in the store too. A
//! crash before that brings it again, and whoever acts on it recognises its number. What cannot be read is skipped,
//! never the batch.

use std::{
    collections::{HashSet, VecDeque},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use ractor::{ActorRef, rpc::CallResult};
use serde::Deserialize;
use serde_json::value::RawValue;
use teloxide::types::Update;
use tokio::time::Instant;

use super::{
    Msg, Own, Polling,
    heard::Heard,
    store,
    tree::{self, Tree},
};
use crate::{
    bridge::ship::Ship,
    store::Durability,
    supervision::{Dice, RetryPolicy, Tries, Verdict},
    telegram::{failure::Failure, line::Line, methods},
};

/// Numbers of updates remembered against double delivery.
const SEEN_MAX: usize = 1000;
const HANDOVER_MAX: Duration = Duration::from_secs(10);
const STORE_MAX: Duration = Duration::from_secs(2);
/// A server that does not wait is not asked more often than this.
const PAUSE_MIN: Duration = Duration::from_millis(500);
/// The other program may be our own predecessor, about to end.
const OTHER_POLLER: Duration = Duration::from_secs(3);
/// After a week of silence Telegram draws new numbers at random, perhaps lower ones: the old offset is worth nothing.
const OFFSET_GOOD_FOR: SignedDuration = SignedDuration::from_hours(6 * 24);

pub struct Listener {
    pub line: Line,
    pub ship: Arc<dyn Ship>,
    pub gateway: ActorRef<Msg>,
}

struct Place {
    offset: Option<i64>,
    last: Option<Timestamp>,
    seen: HashSet<i64>,
    order: VecDeque<i64>,
}

#[derive(Deserialize)]
struct Number {
    update_id: i64,
}

impl Listener {
    /// Until the token is refused or the gateway is gone.
    pub async fn run(self) {
        let tree = tree::tree();
        let mut place = self.place().await;
        let mut tries = Tries::default();
        let mut dice = Dice::random();
        let policy = RetryPolicy {
            grace: Duration::from_millis(100),
            base: Duration::from_millis(250),
            cap: Duration::from_secs(5),
            jitter: 0.2,
            forget_after: Duration::from_secs(60),
            give_up: None,
        };
        loop {
            let asked = Instant::now();
            let wait = match self.line.api.updates(place.offset(self.line.clock.now())).await {
                Ok(batch) => {
                    tries.forget();
                    self.tell(Polling::Up);
                    let idle = batch.is_empty() && asked.elapsed() < PAUSE_MIN;
                    match self.hand_over(&tree, &batch, &mut place).await {
                        Ok(()) if idle => PAUSE_MIN,
                        Ok(()) => Duration::ZERO,
                        Err(wait) => wait,
                    }
                }
                Err(failure) => {
                    let again = tries.failed(&policy, Duration::ZERO, Instant::now(), &mut dice);
                    let again = match again {
                        Verdict::Again { after } => after,
                        Verdict::GaveUp { .. } => policy.cap,
                    };
                    match failure {
                        Failure::Unauthorised => return self.tell(Polling::Refused),
                        Failure::OtherPoller => {
                            self.tell(Polling::OtherPoller);
                            again.max(OTHER_POLLER)
                        }
                        Failure::Webhook => {
                            tracing::warn!(
                                "a webhook was set for this bot: removed, since it excludes polling"
                            );
                            // If that fails, the next poll says so.
                            let _ = self.line.api.post(&methods::drop_webhook()).await;
                            again
                        }
                        Failure::TooMany(wait) => wait,
                        failure => {
                            self.tell(Polling::Down(failure.to_string()));
                            again
                        }
                    }
                }
            };
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn place(&self) -> Place {
        let store = self.line.store.within(STORE_MAX);
        let (offset, last, ids) = store.read(store::polled).await.unwrap_or_else(|error| {
            // Telegram itself remembers what was confirmed.
            tracing::warn!(%error, "polling starts where Telegram says");
            (None, None, Vec::new())
        });
        let mut place = Place { offset, last, seen: HashSet::new(), order: VecDeque::new() };
        ids.into_iter().rev().for_each(|id| place.note(id));
        place
    }

    /// # Errors
    /// The gateway did not take the batch; how long to wait before it is fetched again.
    async fn hand_over(
        &self,
        tree: &Tree,
        batch: &[Box<RawValue>],
        place: &mut Place,
    ) -> Result<(), Duration> {
        let mut ids = Vec::new();
        let mut heard = Vec::new();
        for raw in batch {
            let Ok(Number { update_id }) = serde_json::from_str(raw.get()) else {
                tracing::warn!("an update without a number: skipped");
                continue;
            };
            if place.seen.contains(&update_id) || ids.contains(&update_id) {
                continue;
            }
            ids.push(update_id);
            // An update that breaks the parser would break it again after each restart.
            let read = AssertUnwindSafe(self.read(tree, raw)).catch_unwind().await;
            match read.unwrap_or(None) {
                Some(Heard::Nothing) => {}
                Some(one) => heard.push(one),
                None => tracing::warn!(update_id, "an update that cannot be read: skipped"),
            }
        }
        let Some(next) = place.next(batch, &ids) else { return Ok(()) };
        if !heard.is_empty() {
            let taken =
                self.gateway.call(|reply| Msg::Own(Own::Heard(heard, reply)), Some(HANDOVER_MAX)).await;
            if !matches!(taken, Ok(CallResult::Success(()))) {
                return Err(PAUSE_MIN);
            }
        }
        ids.iter().for_each(|id| place.note(*id));
        place.offset = Some(next);
        let now = self.line.clock.now();
        place.last = Some(now);
        let store = self.line.store.within(STORE_MAX);
        let written =
            store.write(Durability::Normal, move |tx| store::handed_over(tx, &ids, next, now)).await;
        if let Err(error) = written {
            tracing::warn!(%error, "place in the updates not kept");
        }
        Ok(())
    }

    async fn read(&self, tree: &Tree, raw: &RawValue) -> Option<Heard> {
        let update: Update = serde_json::from_str(raw.get()).ok()?;
        Some(tree::hear(tree, update, &self.ship).await)
    }

    fn tell(&self, polling: Polling) {
        // Without a gateway this task ends with it.
        let _ = self.gateway.cast(Msg::Own(Own::Polling(polling)));
    }
}

fn number(raw: &RawValue) -> Option<i64> {
    serde_json::from_str::<Number>(raw.get()).ok().map(|number| number.update_id)
}

impl Place {
    fn offset(&self, now: Timestamp) -> Option<i64> {
        let old = self.last.is_some_and(|last| now.duration_since(last) > OFFSET_GOOD_FOR);
        self.offset.filter(|_| !old)
    }

    /// After the newest of the new ones, even where that is a lower number than before; old ones delivered again
    /// never lead back.
    fn next(&self, batch: &[Box<RawValue>], new: &[i64]) -> Option<i64> {
        let newest = new.iter().max().map(|id| id + 1);
        newest.or_else(|| batch.iter().filter_map(|raw| number(raw)).max().map(|id| id + 1).max(self.offset))
    }

    fn note(&mut self, id: i64) {
        if self.seen.insert(id) {
            self.order.push_back(id);
        }
        if self.order.len() > SEEN_MAX {
            self.order.pop_front().map(|old| self.seen.remove(&old));
        }
    }
}
