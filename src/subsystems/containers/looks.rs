//! What containers take right now, asked for only while somebody looks.
//!
//! Each visible container has one subscription, in which the engine tells its figures every second. It ends
//! [`UNSEEN_MAX`] after a screen with it was last drawn: while a bubble is live the figures themselves have it drawn
//! again every few seconds, so it ends with the screen's lease.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::StreamExt;
use ractor::ActorRef;
use tokio::{task::AbortHandle, time::Instant};

use super::{
    engine::Engine,
    messages::{Figures, Msg, Own},
    model::{Container, ContainerId, Reading},
};
use crate::supervision::Tasks;

/// A live screen is drawn every 2 s, in groups every 3 s, and later when many are.
pub const UNSEEN_MAX: Duration = Duration::from_secs(10);
/// All screens together.
const WATCHED_MAX: usize = 64;
/// A share is not taken over more than this.
const SHARE_MAX: Duration = Duration::from_secs(120);
/// Two looks closer than this give no share: the engine counts in ticks.
const SHARE_MIN: Duration = Duration::from_millis(500);
const KEPT_MAX: usize = 2000;

#[derive(Debug, Default)]
pub struct Samples {
    by_id: HashMap<ContainerId, Sample>,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    at: Instant,
    reading: Reading,
    cpu: Option<f64>,
}

impl Samples {
    pub fn add(&mut self, id: ContainerId, at: Instant, reading: Reading) {
        let before = self.by_id.get(&id).copied();
        let cpu = before.and_then(|before| share(&before, at, &reading));
        if self.by_id.len() >= KEPT_MAX && before.is_none() {
            self.by_id.retain(|_, sample| sample.at.elapsed() < SHARE_MAX);
        }
        self.by_id.insert(id, Sample { at, reading, cpu });
    }

    pub fn figures(&self, id: &ContainerId) -> Figures {
        let Some(sample) = self.by_id.get(id).filter(|sample| sample.at.elapsed() < SHARE_MAX) else {
            return Figures::default();
        };
        let Reading { memory, memory_limit, .. } = sample.reading;
        Figures { cpu: sample.cpu, memory, memory_limit }
    }
}

fn share(before: &Sample, at: Instant, reading: &Reading) -> Option<f64> {
    let over = at.duration_since(before.at);
    if !(SHARE_MIN..=SHARE_MAX).contains(&over) {
        return None;
    }
    // Less than before: it was started again.
    let used = reading.cpu_ns?.checked_sub(before.reading.cpu_ns?)?;
    Some(used as f64 * 100.0 / over.as_nanos() as f64)
}

/// The subscriptions.
#[derive(Default)]
pub struct Watches {
    by_id: HashMap<ContainerId, Watch>,
    tasks: Tasks,
}

struct Watch {
    seen: Instant,
    task: AbortHandle,
}

impl Watches {
    /// These are on a screen now. `true` while figures of any of them come.
    pub fn seen(&mut self, of: &[&Container], engine: &Arc<dyn Engine>, me: &ActorRef<Msg>) -> bool {
        self.end_unseen();
        let mut come = false;
        let mut room = WATCHED_MAX.saturating_sub(self.by_id.len());
        for container in of.iter().filter(|container| container.takes()) {
            match self.by_id.get_mut(&container.id) {
                Some(watch) => watch.seen = Instant::now(),
                None if room == 0 => continue,
                None => {
                    room -= 1;
                    let watch = watch(container.id.clone(), engine.clone(), me.clone());
                    let task = self.tasks.spawn(watch);
                    self.by_id.insert(container.id.clone(), Watch { seen: Instant::now(), task });
                }
            }
            come = true;
        }
        come
    }

    pub fn end_unseen(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        self.by_id.retain(|_, watch| {
            let keep = watch.seen.elapsed() < UNSEEN_MAX && !watch.task.is_finished();
            if !keep {
                watch.task.abort();
            }
            keep
        });
    }

    pub fn end_all(&mut self) {
        self.by_id.clear();
        self.tasks.abort_all();
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }
}

async fn watch(id: ContainerId, engine: Arc<dyn Engine>, me: ActorRef<Msg>) {
    let Ok(mut readings) = engine.readings(&id).await else { return };
    while let Some(Ok(reading)) = readings.next().await {
        let sampled = Own::Sampled(id.clone(), Instant::now(), reading);
        if me.cast(Msg::Own(sampled)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_share_is_of_two_looks_at_the_same_run() {
        let id = ContainerId("a".into());
        let reading = |cpu_ns| Reading { cpu_ns: Some(cpu_ns), memory: Some(7), memory_limit: None };
        let mut samples = Samples::default();
        assert_eq!(samples.figures(&id), Figures::default());
        samples.add(id.clone(), Instant::now(), reading(1_000_000_000));
        assert_eq!(samples.figures(&id).cpu, None);
        assert_eq!(samples.figures(&id).memory, Some(7));
        tokio::time::advance(Duration::from_secs(2)).await;
        samples.add(id.clone(), Instant::now(), reading(2_000_000_000));
        assert_eq!(samples.figures(&id).cpu, Some(50.0));
        tokio::time::advance(Duration::from_secs(4)).await;
        samples.add(id.clone(), Instant::now(), reading(5));
        assert_eq!(samples.figures(&id).cpu, None, "started again");
        tokio::time::advance(Duration::from_secs(200)).await;
        assert_eq!(samples.figures(&id), Figures::default(), "too old to be shown");
    }
}
