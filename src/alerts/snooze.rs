//! A warning that somebody has seen and wants quiet for a while: until its end nothing of that subject makes a sound,
//! while its message goes on saying how it is. Something worse than what was seen ends it at once, and so does its time.
//!
//! Kept as a lease: on the disk before anybody is told that it is quiet.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};

use super::facts::{Alert, Facts, Kind, Severity, Subject};
use crate::{
    domain::PilotId,
    store::leases::{self, Grant},
};

const LEASE: &str = "alerts.snooze";
/// Longer, and it is forgotten that it is quiet: then the threshold is wrong.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
pub const SHORTEST: SignedDuration = SignedDuration::from_mins(1);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snooze {
    pub until: Timestamp,
    pub by: String,
    /// How bad it was when it was put to rest.
    pub seen: Weight,
}

/// How bad something is: first as it is told, then among those that are told alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Weight {
    pub severity: Severity,
    pub grade: u8,
}

impl Weight {
    pub fn of(facts: &Facts, severity: Severity) -> Weight {
        // One that is up and unwell may still answer; one that died does not.
        let grade = match facts {
            Facts::Container { unhealthy: false, .. } => 1,
            _ => 0,
        };
        Weight { severity, grade }
    }
}

impl Alert {
    pub fn weight(&self) -> Weight {
        Weight::of(&self.facts, self.severity)
    }

    /// Its rest, unless that is over.
    pub fn rests(&self, now: Timestamp) -> Option<&Snooze> {
        self.snoozed.as_ref().filter(|snooze| snooze.until > now)
    }
}

impl Subject {
    /// As it was written by [`Kind::as_str`] and `of`. `None`: of a kind that is not known here.
    pub fn parse(kind: &str, of: &str) -> Option<Subject> {
        let kind: Kind = serde_json::from_value(kind.into()).ok()?;
        Some(Subject { kind, of: of.to_owned() })
    }

    fn key(&self) -> String {
        format!("{} {}", self.kind.as_str(), self.of)
    }
}

#[derive(Serialize, Deserialize)]
struct Data {
    by: String,
    seen: Weight,
}

pub fn put(
    tx: &Transaction<'_>,
    subject: &Subject,
    snooze: &Snooze,
    by: PilotId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let data = Data { by: snooze.by.clone(), seen: snooze.seen };
    let data = serde_json::to_value(data).expect("plain data with string keys");
    let grant = Grant { kind: LEASE.into(), subject: subject.key(), by: Some(by), ends: snooze.until, data };
    leases::grant(tx, &grant, now).map(|_| ())
}

pub fn end(tx: &Transaction<'_>, subject: &Subject) -> rusqlite::Result<()> {
    leases::release_of(tx, LEASE, &subject.key()).map(|_| ())
}

/// All, also those whose time is over and that nobody has ended yet.
pub fn all(conn: &Connection) -> rusqlite::Result<Vec<(Subject, Snooze)>> {
    let read = |lease: leases::Lease| {
        let (kind, of) = lease.subject.split_once(' ')?;
        // What a later version wrote is left alone.
        let Data { by, seen } = serde_json::from_value(lease.data).ok()?;
        Some((Subject::parse(kind, of)?, Snooze { until: lease.ends, by, seen }))
    };
    Ok(leases::of_kind(conn, LEASE)?.into_iter().filter_map(read).collect())
}
