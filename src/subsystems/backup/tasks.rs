//! What runs by itself: each plan's backup, check, proof and thinning out, as tasks of the scheduler.

use std::{sync::Arc, time::Duration};

use super::{
    config::{Config, PlanConfig},
    desk::Desk,
    messages::{Held, Msg},
    ops::Op,
};
use crate::{
    domain::{Asker, Phrase},
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

fn of_plan(desk: &Desk, name: &PlanName, plan: &PlanConfig) -> Vec<Task> {
    let named = name.as_str();
    let work: [(&str, Phrase, &Option<Plan>, Op); 4] = [
        ("", phrase!("backup-task", plan = named), &plan.schedule, Op::Run),
        (
            ".check",
            phrase!("backup-task-check", plan = named),
            &plan.check.schedule,
            Op::Check { data: plan.check.data },
        ),
        (".proof", phrase!("backup-task-proof", plan = named), &plan.proof.schedule, Op::Prove),
        (".thin", phrase!("backup-task-thin", plan = named), &plan.retention.schedule, Op::Thin),
    ];
    let task = |(suffix, title, times, op): (&str, Phrase, &Option<Plan>, Op)| {
        let rule = Rule {
            id: format!("{OWNER}.{named}{suffix}"),
            title,
            plan: times.clone()?,
            zone: desk.zone.clone(),
            jitter: Duration::ZERO,
            // A check that is late is done at its next time.
            missed: if op == Op::Run { plan.missed } else { Missed::CatchUp },
        };
        Some(Task { rule, run: runner(desk.clone(), name.clone(), plan.clone(), op) })
    };
    work.into_iter().filter_map(task).collect()
}

/// Starts the job, or leaves it with the actor while the repository is busy.
fn runner(desk: Desk, name: PlanName, plan: PlanConfig, op: Op) -> RunTask {
    Arc::new(move |asked_by: Asker| {
        let (desk, name, plan, op) = (desk.clone(), name.clone(), plan.clone(), op.clone());
        Box::pin(async move {
            let order = desk.order(&name, &plan, op.clone(), asked_by.clone());
            let started = desk.jobs.start(order).await.map_err(|error| error.phrase())?;
            if !started.joined {
                return Ok(Launch::Job(started.job));
            }
            let running = desk.jobs.get(started.job).await.ok().flatten();
            let title = running.and_then(|snapshot| snapshot.record.title);
            if title.as_ref() == Some(&op.title(&name)) {
                // The very same, asked for a moment ago: that is this run.
                return Ok(Launch::Job(started.job));
            }
            let held = Held { plan: name, op, asked_by, since: desk.now() };
            desk.port.cast(Msg::Hold(held)).map_err(|_| phrase!("backup-away"))?;
            Ok(Launch::Done(Some(phrase!("backup-held"))))
        })
    })
}
