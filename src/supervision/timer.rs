//! A timer that an actor keeps in its state: one message after a while, re-armed at the end of a handler. It ends with
//! its owner, and a late message of a cancelled one is told by its generation.
//!
//! Never ticks by itself: ticks pile up behind a slow handler.

use std::time::Duration;

use ractor::{ActorRef, Message};
use tokio::task::AbortHandle;

#[derive(Debug, Default)]
pub struct Timer {
    task: Option<AbortHandle>,
    generation: u64,
}

impl Timer {
    /// Sends one message to `to` when `after` has passed; what was armed before is cancelled. The message is made
    /// with the generation to check with [`Timer::fired`] when it arrives.
    pub fn arm<M: Message>(
        &mut self,
        to: &ActorRef<M>,
        after: Duration,
        message: impl FnOnce(u64) -> M + Send + 'static,
    ) {
        self.cancel();
        let generation = self.generation;
        // Boxed: one type of task for each kind of message, and not for each place that arms one.
        let message: Box<dyn FnOnce() -> M + Send> = Box::new(move || message(generation));
        #[expect(clippy::disallowed_methods, reason = "this is the timer that keeps the handle")]
        let task = to.send_after(after, message);
        self.task = Some(task.abort_handle());
    }

    /// What was armed is not sent; if it is already in the mailbox, [`Timer::fired`] says no to it.
    pub fn cancel(&mut self) {
        self.generation += 1;
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }

    /// Whether this message is of the timer as armed last. A timer fires once.
    pub fn fired(&mut self, generation: u64) -> bool {
        let current = self.task.is_some() && generation == self.generation;
        if current {
            self.task = None;
            self.generation += 1;
        }
        current
    }

    pub fn is_armed(&self) -> bool {
        self.task.is_some()
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[cfg(test)]
mod tests {
    use ractor::{Actor, ActorProcessingErr};
    use tokio::sync::mpsc;

    use super::*;

    const S: Duration = Duration::from_secs(1);

    struct Probe;

    impl Actor for Probe {
        type Msg = u64;
        type State = mpsc::UnboundedSender<u64>;
        type Arguments = mpsc::UnboundedSender<u64>;

        async fn pre_start(
            &self,
            _: ActorRef<u64>,
            out: Self::Arguments,
        ) -> Result<Self::State, ActorProcessingErr> {
            Ok(out)
        }

        async fn handle(
            &self,
            _: ActorRef<u64>,
            message: u64,
            out: &mut Self::State,
        ) -> Result<(), ActorProcessingErr> {
            out.send(message).map_err(Into::into)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_was_armed_last_fires_and_only_once() {
        let (out, mut heard) = mpsc::unbounded_channel();
        let (probe, done) = Actor::spawn(None, Probe, out).await.expect("starts");
        let mut timer = Timer::default();
        timer.arm(&probe, S, |generation| generation);
        timer.arm(&probe, 3 * S, |generation| generation);
        let generation = heard.recv().await.expect("the second");
        assert!(!timer.fired(generation - 1), "the first was replaced");
        assert!(timer.fired(generation) && !timer.fired(generation));
        assert!(!timer.is_armed());

        timer.arm(&probe, S, |generation| generation);
        drop(timer);
        tokio::time::sleep(10 * S).await;
        assert!(heard.try_recv().is_err(), "a timer ends with its owner");
        probe.stop(None);
        done.await.expect("ends");
    }
}
