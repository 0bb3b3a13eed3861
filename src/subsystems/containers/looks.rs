//! What containers take right now, asked for only while somebody looks.
//!
//! One answer takes the engine a second, whatever it is asked for; all visible ones are asked at the same time. A share
//! of the processor needs two looks: the first of a container is followed by a second at once.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::Instant;

use super::{
    engine::Engine,
    messages::Figures,
    model::{ContainerId, Reading},
};

/// Figures on a screen are at most so old before they are asked for again.
pub const FRESH: Duration = Duration::from_secs(4);
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

    /// Too old to be shown, or never asked for.
    pub fn is_due(&self, id: &ContainerId) -> bool {
        self.by_id.get(id).is_none_or(|sample| sample.at.elapsed() >= FRESH)
    }

    /// One look only: its share is not known yet.
    pub fn is_new(&self, id: &ContainerId) -> bool {
        self.by_id.get(id).is_none_or(|sample| sample.at.elapsed() >= SHARE_MAX)
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

/// Reads all at once, those marked new twice. `told` hears what has come after each round.
pub async fn sample(
    engine: Arc<dyn Engine>,
    due: Vec<(ContainerId, bool)>,
    told: impl Fn(Vec<(ContainerId, Instant, Reading)>),
) {
    let new: Vec<ContainerId> = due.iter().filter(|(_, new)| *new).map(|(id, _)| id.clone()).collect();
    for round in [due.into_iter().map(|(id, _)| id).collect(), new] {
        let found = read(&engine, &round).await;
        if !found.is_empty() {
            told(found);
        }
    }
}

async fn read(engine: &Arc<dyn Engine>, ids: &[ContainerId]) -> Vec<(ContainerId, Instant, Reading)> {
    let asks: FuturesUnordered<_> = ids
        .iter()
        .map(|id| async move {
            engine.reading(id).await.ok().map(|reading| (id.clone(), Instant::now(), reading))
        })
        .collect();
    asks.filter_map(async |found| found).collect().await
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
        assert!(samples.is_due(&id));
        samples.add(id.clone(), Instant::now(), reading(1_000_000_000));
        assert_eq!(samples.figures(&id).cpu, None);
        assert_eq!(samples.figures(&id).memory, Some(7));
        tokio::time::advance(Duration::from_secs(2)).await;
        samples.add(id.clone(), Instant::now(), reading(2_000_000_000));
        assert_eq!(samples.figures(&id).cpu, Some(50.0));
        assert!(!samples.is_due(&id));
        tokio::time::advance(Duration::from_secs(4)).await;
        assert!(samples.is_due(&id));
        samples.add(id.clone(), Instant::now(), reading(5));
        assert_eq!(samples.figures(&id).cpu, None, "started again");
        tokio::time::advance(Duration::from_secs(200)).await;
        assert_eq!(samples.figures(&id), Figures::default(), "too old to be shown");
    }
}
