//! What a supervisor tells: failures to all, the crew and its own state to those who ask.

use std::collections::HashMap;

use ractor::{ActorRef, RpcReplyPort};

use super::{
    super::{
        crew::{Crew, Member, Report, Standing},
        plan::{Child, Failure, Phase},
        status::Status,
        survey::{self, Found},
    },
    Msg, State,
};
use crate::events::Event;

/// Callers that wait for one survey; more are turned away, as nobody looks at that many screens.
const WAITING_MAX: usize = 64;

impl State {
    pub(super) fn tell(&self, failure: Failure) {
        let Failure { id, why, restarts, parked } = failure;
        let why = why.to_string();
        if parked {
            tracing::error!(actor = %id, why, restarts, "actor parked");
        } else {
            tracing::warn!(actor = %id, why, restarts, "actor failed");
        }
        let event = Event::ActorFailed { actor: id, why, restarts, parked };
        self.around.outlet.happened(self.around.clock.now(), event);
    }

    pub(super) fn tell_settled(&mut self) {
        if !self.settled_waits.is_empty() && self.plan.settled() {
            for reply in self.settled_waits.drain(..) {
                let _ = reply.send(());
            }
        }
    }

    pub(super) fn status(&self) -> Status {
        let count = |wanted: fn(&Phase) -> bool| {
            self.plan.children().iter().filter(|child| wanted(&child.phase)).count() as u64
        };
        let restarts = self.plan.children().iter().map(|child| u64::from(child.restarts())).sum();
        Status {
            counters: vec![
                ("running".into(), count(|phase| *phase == Phase::Running)),
                ("parked".into(), count(|phase| matches!(phase, Phase::Parked { .. }))),
                ("restarts".into(), restarts),
            ],
            ..Status::default()
        }
    }

    /// Asks all children in a task of its own; one survey at a time answers all who wait.
    pub(super) fn survey(&mut self, reply: RpcReplyPort<Crew>, me: &ActorRef<Msg>) {
        self.crew_waits.retain(|waiting| !waiting.is_closed());
        if self.crew_waits.len() >= WAITING_MAX {
            return;
        }
        self.crew_waits.push(reply);
        if self.surveying {
            return;
        }
        self.surveying = true;
        let asks = self.alive.values().map(|alive| survey::ask(&alive.id, &alive.spec, alive.meter.read()));
        let asks: Vec<_> = asks.collect();
        let me = me.clone();
        self.tasks.spawn(async move {
            let found = futures_util::future::join_all(asks).await;
            let _ = me.cast(Msg::Surveyed(found));
        });
    }

    pub(super) fn surveyed(&mut self, found: Vec<Found>) {
        self.surveying = false;
        let mut found: HashMap<String, Found> = found.into_iter().map(|one| (one.id.clone(), one)).collect();
        let mut members = Vec::new();
        for child in self.plan.children() {
            let id = &child.desired.id;
            let meter = child.run.and_then(|run| {
                self.alive
                    .values()
                    .find(|alive| alive.run == run && alive.id == *id)
                    .map(|alive| &alive.meter)
            });
            let (report, below) = match (found.remove(id), &child.phase) {
                (Some(one), Phase::Running) => (one.report, one.below),
                _ => (Report::NotAsked, Vec::new()),
            };
            members.push(Member {
                id: id.clone(),
                standing: standing(child),
                restarts: child.restarts(),
                past: child.past.clone(),
                report,
                figures: meter.map(|meter| meter.read()),
                policy: child.desired.policy.clone(),
                grace: child.desired.grace,
            });
            members.extend(
                below.into_iter().map(|member| Member { id: format!("{id}/{}", member.id), ..member }),
            );
        }
        let crew = Crew { as_of: self.around.clock.now(), members };
        for reply in self.crew_waits.drain(..) {
            let _ = reply.send(crew.clone());
        }
    }
}

fn standing(child: &Child) -> Standing {
    match &child.phase {
        Phase::Waiting => Standing::Waiting,
        Phase::Starting => Standing::Starting,
        Phase::Running => match child.started {
            Some(at) => Standing::Running { since: at.wall },
            None => Standing::Starting,
        },
        Phase::BackOff { until } => Standing::BackOff { until: until.wall },
        Phase::Parked { since, why, failures, until } => Standing::Parked {
            since: since.wall,
            why: why.clone(),
            failures: *failures,
            until: until.map(|until| until.wall),
        },
        Phase::Stopping { killed, .. } => Standing::Stopping { killed: *killed },
        Phase::Off => Standing::Off,
    }
}
