//! Warnings: judges figures, hears events, and keeps one living notice for each thing that is wrong.
//!
//! Owns the alerts, living and past, and decides who is told, when, and whether with a sound. Never delivers: what is
//! to be told goes to a sink (the outbox), and is marked as told only when the sink has it on the disk; until then it is
//! handed over again, also after a restart. Never measures: it asks for readings by a probe given at wiring, which also
//! say the truth after a restart (which units are failed now), so that what ended while Cockpit was away is told as over.
//!
//! Limits: looks every 15 s; figures of a living alert are told anew at most every 5 min, except when they get worse; a
//! thing that comes back within 30 min is the same incident; the last 500 past ones are kept. A pilot can put one to
//! rest for at most 7 days: until then, or until it gets worse, nothing of its subject makes a sound.

mod actor;
mod book;
pub mod config;
mod facts;
mod level;
pub mod panel;
mod panel_snooze;
mod readings;
mod room;
mod snooze;
mod store;
#[cfg(test)]
mod tests;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

pub use actor::{Hands, Msg, NotSnoozed, Wish};
pub use facts::{Alert, Audience, Facts, How, Kind, Notice, Severity, State, Subject};
pub use readings::{DiskReading, Readings, SensorReading};
pub use room::AlertsRoom;
pub use snooze::Snooze;

use crate::{
    store::{Store, StoreError},
    supervision::{ActorCard, CallError, ChildSpec, Port, RetryPolicy},
};

/// For an answer of the actor, which waits for nobody but the store.
const WITHIN: Duration = Duration::from_secs(3);

type Fut<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Takes notices to where they are delivered from. `Ok` when it is sure to be delivered, whatever happens then.
pub type Sink = Arc<dyn Fn(Notice) -> Fut<Result<(), String>> + Send + Sync>;

/// Looks at the machine. What it cannot see at the moment it leaves out.
pub type Probe = Arc<dyn Fn(Ask) -> Fut<Readings> + Send + Sync>;

/// What a probe need not look at unless asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ask {
    /// [`Readings::parked`]: only wanted while an actor is warned of.
    pub actors: bool,
    /// [`Readings::config_refused`]: only wanted while the config is warned of.
    pub config: bool,
}

/// The way to the alerts for everybody; cheap to clone, survives restarts.
#[derive(Debug, Clone)]
pub struct Alerts {
    port: Port<Msg>,
    store: Store,
}

#[derive(Debug, thiserror::Error)]
pub enum LookError {
    #[error("alerts: {0}")]
    Away(#[from] CallError),
    #[error("alerts: {0}")]
    Store(#[from] StoreError),
    #[error("alerts: {0}")]
    NotSnoozed(#[from] NotSnoozed),
}

impl Alerts {
    pub fn new(port: Port<Msg>, store: Store) -> Alerts {
        Alerts { port, store }
    }

    /// The living ones, worst first.
    ///
    /// # Errors
    /// The alerts are away.
    pub async fn living(&self) -> Result<Vec<Alert>, LookError> {
        let mut living = self.port.call(WITHIN, Msg::Living).await?;
        living.sort_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.raised));
        Ok(living)
    }

    /// The last `limit` that are over, newest first.
    ///
    /// # Errors
    /// The store is away.
    pub async fn past(&self, limit: u32) -> Result<Vec<Alert>, LookError> {
        Ok(self.store.read(move |conn| store::past(conn, limit)).await?)
    }

    /// One by its number.
    ///
    /// # Errors
    /// As the others.
    pub async fn get(&self, id: i64) -> Result<Option<Alert>, LookError> {
        let living = self.port.call(WITHIN, Msg::Living).await?;
        match living.into_iter().find(|alert| alert.id == id) {
            Some(alert) => Ok(Some(alert)),
            None => Ok(self.store.read(move |conn| store::get(conn, id)).await?),
        }
    }

    /// Nothing of that subject makes a sound until then, or until it gets worse. On the disk when this returns.
    ///
    /// # Errors
    /// It is over, the store is away, or the alerts are.
    pub async fn snooze(&self, subject: Subject, wish: Wish) -> Result<(), LookError> {
        Ok(self.port.call(WITHIN, |reply| Msg::Snooze { subject, wish, reply }).await??)
    }

    /// Ends its rest. One that does not rest stays as it is.
    ///
    /// # Errors
    /// The store is away, or the alerts are.
    pub async fn wake(&self, subject: Subject) -> Result<(), LookError> {
        Ok(self.port.call(WITHIN, |reply| Msg::Wake(subject, reply)).await??)
    }
}

/// The alerts for the tree. To be started before what it hears: an event that nobody hears is not told.
pub fn child(port: &Port<Msg>, config: config::Config, hands: Hands) -> ChildSpec {
    let (configured, live) = (config.clone(), port.clone());
    let changed = config.clone();
    ChildSpec::new("alerts", port, move || (actor::AlertsActor, (config.clone(), hands.clone())))
        .configured_by(configured)
        .reconfigure(move || live.cast(Msg::Configure(changed.clone())).is_ok())
}

/// For the crew on paper.
pub fn card() -> ActorCard {
    ActorCard {
        id: "alerts",
        parent: Some("root"),
        owns: "What is wrong: one living notice for each thing, who is told and how loud. Never measures, never delivers.",
        messages: &["Happened", "Living", "Snooze", "Wake", "Configure", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}
