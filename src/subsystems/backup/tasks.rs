//! What runs by itself: each plan's backup, check, proof and thinning out, as tasks of the scheduler.
//!
//! What is due while its repository is busy is put down with the plan's facts, on the disk, before the scheduler hears
//! that it waits: neither a restart nor a failed actor loses it.

use std::{sync::Arc, time::Duration};

use super::{
    config::{Config, PlanConfig},
    desk::Desk,
    messages::Msg,
    ops::Op,
    plan::{Chore, Waiting},
};
use crate::{
    domain::Asker,
    intent::backup::PlanName,
    phrase,
    scheduler::{Launch, Missed, Plan, Rule, RunTask, Task},
};

/// The room's name as the owner of its tasks.
const OWNER: &str = "backup";

/// From now on these are all tasks of this room.
pub fn register(desk: &Desk, config: &Config) {
    let tasks = if config.enabled {
        config.named().flat_map(|(name, plan)| of_plan(desk, &name, plan)).collect()
    } else {
        Vec::new()
    };
    desk.schedule.register(OWNER, tasks);
}

/// "backup.home.check".
pub fn id(plan: &PlanName, chore: Chore) -> String {
    format!("{OWNER}.{plan}{}", chore.suffix())
}

fn of_plan(desk: &Desk, name: &PlanName, plan: &PlanConfig) -> Vec<Task> {
    let work: [(Chore, &Option<Plan>); 4] = [
        (Chore::Run, &plan.schedule),
        (Chore::Check { data: plan.check.data }, &plan.check.schedule),
        (Chore::Prove, &plan.proof.schedule),
        (Chore::Thin, &plan.retention.schedule),
    ];
    let task = |(chore, times): (Chore, &Option<Plan>)| {
        let rule = Rule {
            id: id(name, chore),
            title: chore.title(name),
            plan: times.clone()?,
            zone: desk.zone.clone(),
            jitter: Duration::ZERO,
            // A check that is late is done at its next time.
            missed: if chore == Chore::Run { plan.missed } else { Missed::CatchUp },
        };
        Some(Task { rule, run: runner(desk.clone(), name.clone(), plan.clone(), chore) })
    };
    work.into_iter().filter_map(task).collect()
}

/// Starts the job, or puts it down to wait while the repository is busy.
fn runner(desk: Desk, name: PlanName, plan: PlanConfig, chore: Chore) -> RunTask {
    Arc::new(move |asked_by: Asker| {
        let (desk, name, plan) = (desk.clone(), name.clone(), plan.clone());
        Box::pin(async move {
            let op = Op::from(chore);
            let title = op.title(&name);
            let order = desk.order(&name, &plan, op, asked_by.clone());
            let started = desk.jobs.start(order).await.map_err(|error| error.phrase())?;
            if !started.joined {
                return Ok(Launch::Job(started.job));
            }
            let running = desk.jobs.get(started.job).await.ok().flatten();
            let running = running.and_then(|snapshot| snapshot.record.title);
            if running.as_ref() == Some(&title) {
                // The very same, asked for a moment ago: that is this run.
                return Ok(Launch::Job(started.job));
            }
            let waiting = Waiting { chore, asked_by, since: desk.now() };
            let kept = desk.change(&name, |facts| facts.wait(waiting)).await;
            kept.map_err(|error| phrase!("backup-not-held", why = error.to_string()))?;
            // While the actor is away the disk waits for it.
            let _ = desk.port.cast(Msg::Hold);
            Ok(Launch::Done(Some(phrase!("backup-held"))))
        })
    })
}
