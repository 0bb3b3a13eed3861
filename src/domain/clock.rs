//! Wall-clock time as an argument. Elapsed time inside actors is tokio's, so that paused time works.

use jiff::Timestamp;

/// Where "now" comes from. Nothing else in the project asks the machine for the time of day.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
