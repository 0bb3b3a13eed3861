//! Logs that somebody follows: what a task brings is kept for the next redraw, under a number the log's screens name.
//! For rooms that show logs; what a line is and where lines come from is theirs.
//!
//! Limits: at most [`FEEDS_MAX`] logs at once (the one that was not looked at for longest ends for a new one), each
//! for [`FEED_IDLE`] after it was last looked at, each with as many lines as its screen shows. Tasks end with their log.

use std::{
    collections::{BTreeMap, VecDeque},
    hash::{Hash, Hasher},
    time::Duration,
};

use tokio::{task::AbortHandle, time::Instant};

use crate::supervision::Tasks;

pub const FEEDS_MAX: usize = 8;
/// A bubble is live for 2 min after its last tap, and is drawn only when lines come.
pub const FEED_IDLE: Duration = Duration::from_secs(150);

#[derive(Debug)]
pub struct Feeds<T> {
    /// Numbers of this room are above it; other rooms number theirs elsewhere.
    base: u64,
    open: BTreeMap<u64, Feed<T>>,
    tasks: Tasks,
}

#[derive(Debug)]
struct Feed<T> {
    /// Oldest first, at most `max`.
    lines: VecDeque<T>,
    max: usize,
    looked_at: Instant,
    task: AbortHandle,
}

impl<T: Clone> Feeds<T> {
    pub fn new(base: u64) -> Feeds<T> {
        Feeds { base, open: BTreeMap::new(), tasks: Tasks::new() }
    }

    /// The number a log is told under: the same for the same log, so that two who ask at once share one feed.
    pub fn number(&self, log: &impl Hash) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        log.hash(&mut hasher);
        self.base | (hasher.finish() & 0x7fff_ffff)
    }

    /// Its lines, oldest first, and that somebody looked; `None` when it is not followed.
    pub fn look(&mut self, feed: u64) -> Option<Vec<T>> {
        self.end_idle();
        let feed = self.open.get_mut(&feed)?;
        feed.looked_at = Instant::now();
        Some(feed.lines.iter().cloned().collect())
    }

    /// Follows a log whose screen shows `max` lines and has these already. Asked for twice at once, one is enough.
    pub fn begin(
        &mut self,
        feed: u64,
        max: usize,
        lines: Vec<T>,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        self.end_idle();
        if self.open.contains_key(&feed) {
            return;
        }
        if self.open.len() >= FEEDS_MAX {
            let oldest = self.open.iter().min_by_key(|(_, feed)| feed.looked_at).map(|(id, _)| *id);
            oldest.and_then(|id| self.open.remove(&id));
        }
        let task = self.tasks.spawn(task);
        let mut begun = Feed { lines: VecDeque::new(), max, looked_at: Instant::now(), task };
        begun.add(lines);
        self.open.insert(feed, begun);
    }

    /// Lines have come; `false` when nobody follows that log any more.
    pub fn add(&mut self, feed: u64, lines: Vec<T>) -> bool {
        self.end_idle();
        let open = self.open.get_mut(&feed);
        open.map(|feed| feed.add(lines)).is_some()
    }

    /// Its task has ended: who looks next begins anew.
    pub fn end(&mut self, feed: u64) {
        self.open.remove(&feed);
    }

    pub fn end_all(&mut self) {
        self.open.clear();
    }

    /// How many are followed.
    pub fn count(&self) -> usize {
        self.open.len()
    }

    fn end_idle(&mut self) {
        self.open.retain(|_, feed| feed.looked_at.elapsed() < FEED_IDLE);
        while self.tasks.try_join_next().is_some() {}
    }
}

impl<T> Feed<T> {
    fn add(&mut self, lines: Vec<T>) {
        self.lines.extend(lines);
        self.lines.drain(..self.lines.len().saturating_sub(self.max));
    }
}

impl<T> Drop for Feed<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    /// A task that never ends by itself, and what hears that it was ended.
    fn task() -> (impl Future<Output = ()> + Send + 'static, oneshot::Receiver<()>) {
        let (held, ended) = oneshot::channel();
        let task = async move {
            let _held: oneshot::Sender<()> = held;
            std::future::pending::<()>().await;
        };
        (task, ended)
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_log_has_the_same_number_and_the_newest_lines() {
        let mut feeds = Feeds::new(0x5e00_0000_0000);
        let number = feeds.number(&"nginx");
        assert_eq!(number, feeds.number(&"nginx"));
        assert_ne!(number, feeds.number(&"redis"));
        assert_eq!(number >> 32, 0x5e00_0000_0000 >> 32);
        assert_eq!(feeds.look(number), None);
        feeds.begin(number, 3, vec![1, 2], task().0);
        assert!(feeds.add(number, vec![3, 4]));
        assert_eq!(feeds.look(number), Some(vec![2, 3, 4]));
        feeds.begin(number, 3, vec![9], task().0);
        assert_eq!((feeds.count(), feeds.look(number)), (1, Some(vec![2, 3, 4])));
        feeds.end(number);
        assert!(!feeds.add(number, vec![5]));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_nobody_looks_at_ends_with_its_task() {
        let mut feeds: Feeds<u8> = Feeds::new(0);
        let (run, ended) = task();
        feeds.begin(1, 10, Vec::new(), run);
        tokio::time::advance(FEED_IDLE - Duration::from_secs(1)).await;
        assert_eq!(feeds.look(1), Some(Vec::new()), "looked at in time");
        tokio::time::advance(FEED_IDLE).await;
        assert!(!feeds.add(1, vec![1]));
        assert_eq!(feeds.look(1), None);
        ended.await.expect_err("dropped, not answered");
    }

    #[tokio::test(start_paused = true)]
    async fn one_too_many_ends_that_which_was_not_looked_at_for_longest() {
        let mut feeds: Feeds<u8> = Feeds::new(0);
        for feed in 0..FEEDS_MAX as u64 {
            feeds.begin(feed, 10, Vec::new(), task().0);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert!(feeds.look(0).is_some());
        feeds.begin(100, 10, Vec::new(), task().0);
        assert_eq!(feeds.count(), FEEDS_MAX);
        assert!(feeds.look(1).is_none() && feeds.look(0).is_some() && feeds.look(100).is_some());
    }
}
