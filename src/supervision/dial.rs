//! The way to a daemon that may be away: when it is tried next, and that somebody who looks hurries the next try.
//! For rooms that keep a connection (systemd's bus, a container engine).
//!
//! Holds no connection and runs no task: its owner does, and says here what became of a try.

use std::time::Duration;

use ractor::{ActorRef, Message};
use tokio::time::Instant;

use super::{
    retry::{Dice, RetryPolicy, Tries, Verdict},
    timer::Timer,
};

/// However many look, tries are not nearer to each other than this.
const HURRIED_MIN: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Dial {
    policy: RetryPolicy,
    tries: Tries,
    dice: Dice,
    timer: Timer,
    /// Counts tries: the answer to an older one is not heard.
    attempt: u64,
    trying: bool,
    tried_at: Instant,
    /// When the timer brings the next try.
    next_at: Instant,
    /// Since when the present connection stands.
    linked_at: Option<Instant>,
}

impl Dial {
    pub fn new(policy: RetryPolicy) -> Dial {
        Dial {
            policy,
            tries: Tries::default(),
            dice: Dice::random(),
            timer: Timer::default(),
            attempt: 0,
            trying: false,
            tried_at: Instant::now(),
            next_at: Instant::now(),
            linked_at: None,
        }
    }

    /// The first try, or one to another place: now, and nothing is held against it.
    pub fn afresh<M: Message>(&mut self, me: &ActorRef<M>, message: impl FnOnce(u64) -> M + Send + 'static) {
        self.tries.forget();
        self.linked_at = None;
        self.arm(me, Duration::ZERO, message);
    }

    fn arm<M: Message>(
        &mut self,
        me: &ActorRef<M>,
        after: Duration,
        message: impl FnOnce(u64) -> M + Send + 'static,
    ) {
        self.next_at = Instant::now() + after;
        self.timer.arm(me, after, message);
    }

    /// Whether this message of the timer means a try now.
    pub fn fired(&mut self, generation: u64) -> bool {
        self.timer.fired(generation)
    }

    /// A try begins. Its number comes back with the answer, for [`Dial::is_latest`].
    pub fn begin(&mut self) -> u64 {
        self.trying = true;
        self.tried_at = Instant::now();
        self.attempt += 1;
        self.attempt
    }

    pub fn is_latest(&self, attempt: u64) -> bool {
        self.attempt == attempt
    }

    /// The try went well.
    pub fn linked(&mut self) {
        self.trying = false;
        self.linked_at = Some(Instant::now());
    }

    /// The try failed, or what stood is lost: the next one comes when the policy says.
    pub fn again<M: Message>(&mut self, me: &ActorRef<M>, message: impl FnOnce(u64) -> M + Send + 'static) {
        self.trying = false;
        let ran = self.linked_at.take().map_or(Duration::ZERO, |at| at.elapsed());
        let after = match self.tries.failed(&self.policy, ran, Instant::now(), &mut self.dice) {
            Verdict::Again { after } => after,
            Verdict::GaveUp { retry_after, .. } => retry_after.unwrap_or(self.policy.cap),
        };
        self.arm(me, after, message);
    }

    /// Somebody wants to see: a try that would come late comes soon. One that comes sooner is left alone.
    pub fn looked_at<M: Message>(
        &mut self,
        me: &ActorRef<M>,
        message: impl FnOnce(u64) -> M + Send + 'static,
    ) {
        let hurried_at = self.tried_at + HURRIED_MIN;
        if self.linked_at.is_none() && !self.trying && hurried_at < self.next_at {
            self.arm(me, hurried_at.saturating_duration_since(Instant::now()), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use ractor::{Actor, ActorProcessingErr};
    use tokio::sync::mpsc;

    use super::*;

    struct Probe;

    impl Actor for Probe {
        type Msg = u64;
        type State = mpsc::UnboundedSender<u64>;
        type Arguments = mpsc::UnboundedSender<u64>;

        async fn pre_start(
            &self,
            _: ActorRef<u64>,
            told: mpsc::UnboundedSender<u64>,
        ) -> Result<Self::State, ActorProcessingErr> {
            Ok(told)
        }

        async fn handle(
            &self,
            _: ActorRef<u64>,
            generation: u64,
            told: &mut Self::State,
        ) -> Result<(), ActorProcessingErr> {
            let _ = told.send(generation);
            Ok(())
        }
    }

    /// A dial without chance in it, and what its timer says: each try as the time since the start, in ms.
    struct Bench {
        dial: Dial,
        me: ActorRef<u64>,
        heard: mpsc::UnboundedReceiver<u64>,
        began: Instant,
    }

    impl Bench {
        async fn new() -> Bench {
            let (told, heard) = mpsc::unbounded_channel();
            let (me, _) = Actor::spawn(None, Probe, told).await.unwrap();
            let policy = RetryPolicy { jitter: 0.0, ..RetryPolicy::reconnect() };
            let mut bench = Bench { dial: Dial::new(policy), me, heard, began: Instant::now() };
            bench.dial.afresh(&bench.me, |g| g);
            bench
        }

        /// Waits for the next try and begins it.
        async fn tried(&mut self) -> u128 {
            loop {
                let generation = self.heard.recv().await.unwrap();
                if self.dial.fired(generation) {
                    self.dial.begin();
                    return self.began.elapsed().as_millis();
                }
            }
        }

        fn fails(&mut self) {
            self.dial.again(&self.me, |g| g);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn tries_come_slower_and_a_connection_that_stood_is_forgiven() {
        let mut bench = Bench::new().await;
        let mut at = Vec::new();
        for _ in 0..5 {
            at.push(bench.tried().await);
            bench.fails();
        }
        assert_eq!(at, [0, 500, 1500, 3500, 7500]);
        bench.tried().await;
        bench.dial.linked();
        tokio::time::advance(Duration::from_secs(90)).await;
        let lost = bench.began.elapsed().as_millis();
        bench.fails();
        assert_eq!(bench.tried().await, lost + 500, "as after the first failure");
    }

    #[tokio::test(start_paused = true)]
    async fn who_looks_hurries_the_next_try_once_and_not_below_two_seconds() {
        let mut bench = Bench::new().await;
        for _ in 0..6 {
            bench.tried().await;
            bench.fails();
        }
        // The next one would come after 16 s.
        let last = bench.tried().await;
        for _ in 0..50 {
            bench.dial.looked_at(&bench.me, |g| g);
        }
        bench.fails();
        for _ in 0..50 {
            bench.dial.looked_at(&bench.me, |g| g);
        }
        assert_eq!(bench.tried().await, last + 2000);
        bench.dial.linked();
        bench.dial.looked_at(&bench.me, |g| g);
        assert!(!bench.dial.timer.is_armed(), "nobody hurries what stands");
    }

    #[tokio::test(start_paused = true)]
    async fn who_looks_never_puts_off_a_try_that_is_nearer() {
        let mut bench = Bench::new().await;
        bench.dial.looked_at(&bench.me, |g| g);
        assert_eq!(bench.tried().await, 0, "the first one");
        bench.fails();
        bench.dial.looked_at(&bench.me, |g| g);
        assert_eq!(bench.tried().await, 500, "the one after a failure");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_to_an_older_try_is_known_as_such() {
        let mut bench = Bench::new().await;
        let first = bench.dial.begin();
        assert!(bench.dial.is_latest(first));
        let second = bench.dial.begin();
        assert!(!bench.dial.is_latest(first) && bench.dial.is_latest(second));
    }
}
