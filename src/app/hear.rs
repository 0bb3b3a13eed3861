//! Where events go: one event is one log line, one audit row where it matters, at most one notice.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::deps::Ports;
use crate::{
    alerts,
    audit::{Audit, Entry},
    events::{BackupEnd, Event, Outlet},
    telegram::gateway,
};

/// What is worth a row in the flight recorder besides what pilots order. Jobs record their own ends.
fn recorded(at: Timestamp, event: &Event) -> Option<Entry> {
    Some(match event {
        Event::ActorFailed { actor, why, restarts, parked } => {
            let verb = if *parked { "crew.parked" } else { "crew.restarted" };
            Entry::noted(at, "supervisor", verb, actor).with("why", why.as_str()).with("restarts", *restarts)
        }
        Event::ActorRecovered { actor, .. } => Entry::noted(at, "supervisor", "crew.recovered", actor),
        Event::DiskHealthChanged { .. } => Entry::noted(at, "smart", "smart.changed", "")
            .with("detail", serde_json::to_value(event).unwrap_or_default()),
        Event::UnitFailed { unit, result } => {
            Entry::noted(at, "services", "services.failed", unit.as_str()).with("result", result.as_str())
        }
        Event::UnitRecovered { unit } => Entry::noted(at, "services", "services.recovered", unit.as_str()),
        Event::ContainerDied { container, exit, oom, .. } => {
            Entry::noted(at, "containers", "containers.died", container).with("exit", *exit).with("oom", *oom)
        }
        Event::ContainerUnhealthy { container, .. } => {
            Entry::noted(at, "containers", "containers.unhealthy", container)
        }
        Event::ContainerRecovered { container } => {
            Entry::noted(at, "containers", "containers.recovered", container)
        }
        Event::UpdatesInterrupted { containers } if containers.is_empty() => return None,
        Event::UpdatesInterrupted { containers } => {
            Entry::noted(at, "containers", "containers.update-interrupted", containers.join(", "))
        }
        Event::BackupEnded { plan, end, .. } => {
            let verb = match end {
                BackupEnd::Done { warnings: 0, .. } => "backup.done",
                BackupEnd::Done { .. } => "backup.warned",
                BackupEnd::Failed { .. } => "backup.failed",
            };
            Entry::noted(at, "backup", verb, plan.as_str())
                .with("end", serde_json::to_value(end).unwrap_or_default())
        }
        Event::BackupOverdue { plan, due, .. } => {
            Entry::noted(at, "backup", "backup.overdue", plan.as_str()).with("due", due.to_string())
        }
        Event::BackupOnTime { .. } => return None,
        Event::RestoreCleared { place, bytes } => {
            Entry::noted(at, "backup", "backup.cleared", place).with("bytes", *bytes)
        }
        Event::JobEnded { job, outcome, took_s, .. } => {
            Entry::noted(at, "jobs", "jobs.ended", job.to_string())
                .with("outcome", serde_json::to_value(outcome).unwrap_or_default())
                .with("took_s", *took_s)
        }
        Event::RunsMissed { task, missed, .. } => {
            Entry::noted(at, "scheduler", "schedule.missed", task).with("missed", *missed)
        }
        Event::RunRefused { task, .. } => Entry::noted(at, "scheduler", "schedule.refused", task),
        Event::RunStarted { .. } => return None,
        // The watcher records these itself, with who asked.
        Event::ConfigApplied { .. } | Event::ConfigRefused { .. } => return None,
    })
}

/// Neither way waits: both end in a mailbox. A room that is down misses nothing it would not read anew.
pub fn outlet(ports: &Ports, fatal: Arc<Notify>) -> Outlet {
    let (gateway, alerts) = (ports.gateway.clone(), ports.alerts.clone());
    let audit = Audit::new(ports.audit.clone());
    Outlet::new(
        move |topic| {
            let _ = gateway.cast(gateway::Msg::Changed(topic));
        },
        move |(at, event)| {
            tracing::info!(detail = %serde_json::to_string(&event).unwrap_or_default(), "event");
            if let Event::ActorFailed { why, .. } = &event
                && why.contains(gateway::TOKEN_REFUSED)
            {
                fatal.notify_one();
            }
            if let Some(entry) = recorded(at, &event) {
                audit.note(entry);
            }
            let _ = alerts.cast(alerts::Msg::Happened(at, event));
        },
    )
}
