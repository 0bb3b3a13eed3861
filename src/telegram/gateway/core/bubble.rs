//! One message and the view it shows.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{BubbleRow, Now, Save, Ticket};
use crate::{
    bridge::ship::Caller,
    domain::ChatKind,
    intent::{Hole, View},
    screen::{Topic, html},
    telegram::outbox::Actual,
};

/// How long a live screen redraws itself.
pub const LEASE: Duration = Duration::from_secs(120);
/// A screen redraws itself at most this often; groups get 20 messages a minute in all.
const REDRAW_PRIVATE: Duration = Duration::from_secs(2);
const REDRAW_GROUP: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub struct Bubble {
    /// Who it is drawn for: who touched it last.
    pub caller: Caller,
    pub view: View,
    /// Where and how it is at Telegram.
    pub actual: Option<Actual>,
    /// It is on its way as a message of its own, whose id is not known yet.
    pub arriving: bool,
    /// Stands above the screen until the next tap.
    pub head: Option<String>,
    /// How far a file is that goes out from here.
    pub progress: Option<String>,
    pub lease: Lease,
    pub topics: Vec<Topic>,
    /// A question is shown, which ends by itself then.
    pub question: Option<Instant>,
    /// The question about a file that came in: several wait side by side.
    pub sticky: bool,
    /// The view under way.
    pub asking: Option<Ticket>,
    /// A topic changed since it was last asked for.
    pub dirty: bool,
    pub next_redraw: Instant,
    /// Opened by a tap on a notice that shows this view itself: nothing new to be shown then.
    pub notice: Option<View>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    None,
    Until(Instant),
    Over,
}

/// An answer that is waited for.
#[derive(Debug, Clone)]
pub struct Asking {
    pub hole: Hole,
    pub slot: u64,
    pub until: Instant,
    /// An answer is with the ship, by this ticket: the next one waits until it is judged.
    pub filling: Option<Ticket>,
}

impl Bubble {
    pub fn new(caller: Caller, view: View, now: Instant) -> Bubble {
        Bubble {
            caller,
            view,
            actual: None,
            arriving: false,
            head: None,
            progress: None,
            lease: Lease::None,
            topics: Vec::new(),
            question: None,
            sticky: false,
            asking: None,
            dirty: false,
            next_redraw: now,
            notice: None,
        }
    }

    pub fn redraw_gap(&self) -> Duration {
        match self.caller.kind {
            ChatKind::Private => REDRAW_PRIVATE,
            ChatKind::Group => REDRAW_GROUP,
        }
    }

    pub fn live(&self) -> html::Live {
        match self.lease {
            Lease::None => html::Live::Off,
            Lease::Until(_) => html::Live::On,
            Lease::Over => html::Live::Over,
        }
    }

    /// When something is to be done about it by itself.
    pub fn due(&self) -> Option<Instant> {
        let lease = match self.lease {
            Lease::Until(end) => Some(end),
            Lease::None | Lease::Over => None,
        };
        let redraw = (lease.is_some() && self.dirty && self.asking.is_none()).then_some(self.next_redraw);
        [lease, redraw, self.question].into_iter().flatten().min()
    }

    pub fn save(&self, slot: u64, now: Now) -> Save {
        let wall = |at: Instant| wall(at, now);
        Save::Bubble(Box::new(BubbleRow {
            slot,
            caller: self.caller.clone(),
            view: self.view.clone(),
            actual: self.actual.clone(),
            head: self.head.clone(),
            lease: match self.lease {
                Lease::Until(end) => Some(wall(end)),
                Lease::None | Lease::Over => None,
            },
            question: self.question.map(wall),
            used: now.wall,
        }))
    }
}

/// A moment of elapsed time as time of day.
pub fn wall(at: Instant, now: Now) -> Timestamp {
    let ahead = at.saturating_duration_since(now.at);
    now.wall.checked_add(ahead).unwrap_or(Timestamp::MAX)
}

/// A time of day as a moment of elapsed time; one that is past is now.
pub fn moment(wall: Timestamp, now: Now) -> Instant {
    let ahead = wall.duration_since(now.wall);
    if ahead.is_positive() { now.at + ahead.unsigned_abs() } else { now.at }
}
