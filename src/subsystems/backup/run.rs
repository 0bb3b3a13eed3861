//! One backup: the hook before, the engine, what is kept and told of it, the hook after.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    engine::{BackupOrder, EngineError, Summary},
    ops::Subject,
    plan::{Attempt, Ended, Success},
};
use crate::{
    domain::{Lang, Phrase},
    events::{BackupEnd, Event},
    jobs::{Ending, Link, clean},
    locale, phrase,
    process::{self, Command},
};

/// Files named in the result; the log has up to fifty.
const NAMED: usize = 3;

pub async fn run(subject: &Subject, link: &Link) -> Ending {
    let started = subject.desk.now();
    let hooks = &subject.plan.hooks;
    let result = match hook(subject, &hooks.before, "before", link).await {
        Ok(()) => backup(subject, started, link).await,
        Err(ending) => Err(ending),
    };
    let (ending, how) = match result {
        Ok(summary) => concluded(subject, started, &summary, link).await,
        Err(Ending::Stopped) => (Ending::Stopped, Ended::Cancelled),
        Err(Ending::Failed { why, mend }) => {
            let how = Ended::Failed { why: why.clone() };
            (Ending::Failed { why, mend }, how)
        }
        Err(ending) => (ending, Ended::Cancelled),
    };
    let ended = subject.desk.now();
    if let Ended::Failed { why } = &how {
        tell(subject, BackupEnd::Failed { why: why.clone() }, started);
    }
    let attempt = Attempt { started, ended, how };
    if let Err(error) = subject.desk.change(&subject.name, |facts| facts.attempt = Some(attempt)).await {
        link.log(&format!("how it ended is not kept: {error}"));
    }
    // However it went: what the first hook stopped must be started again.
    match hook(subject, &hooks.after, "after", link).await {
        Err(Ending::Failed { why, mend }) if matches!(ending, Ending::Done { .. }) => {
            // There is a snapshot, but something may still stand still.
            if let Some(mend) = mend {
                link.log(&locale::say(Lang::En, &mend));
            }
            Ending::Incomplete { summary: phrase!("backup-after-failed", why = why) }
        }
        _ => ending,
    }
}

async fn backup(subject: &Subject, started: Timestamp, link: &Link) -> Result<Summary, Ending> {
    let failed = |error: EngineError| super::ops::Trouble::from(error).ending();
    subject.clear_stale(link).await.map_err(failed)?;
    let plan = &subject.plan;
    let order = BackupOrder {
        plan: subject.name.to_string(),
        paths: plan.paths.clone(),
        excludes: plan.excludes.clone(),
        tags: plan.tags.clone(),
        one_file_system: plan.one_file_system,
        exclude_caches: plan.exclude_caches,
        now: started,
    };
    subject.engine.backup(&subject.at, &order, link).await.map_err(failed)
}

/// Keeps the facts, measures the repository, says how it went.
async fn concluded(subject: &Subject, started: Timestamp, summary: &Summary, link: &Link) -> (Ending, Ended) {
    let ended = subject.desk.now();
    let warned = !summary.warnings.is_empty();
    let success = Success {
        started,
        ended,
        snapshot: summary.snapshot.clone(),
        added: Some(summary.added),
        bytes: summary.bytes,
        files: summary.files,
        warnings: summary.warnings.count,
        named: summary.warnings.first.iter().take(Success::NAMED_MAX).cloned().collect(),
    };
    if summary.snapshot.is_none() {
        let why = named(summary).unwrap_or_else(|| phrase!("backup-no-snapshot"));
        let how = Ended::Failed { why: why.clone() };
        return (Ending::Failed { why, mend: Some(phrase!("backup-no-snapshot-mend")) }, how);
    }
    if let Err(error) = subject.desk.change(&subject.name, |facts| facts.success = Some(success)).await {
        link.log(&format!("the result is not kept: {error}"));
    }
    subject.measure(link).await;
    let snapshot = summary.snapshot.as_ref().map(|which| which.id.as_str().to_owned());
    let took_s = u64::try_from(ended.duration_since(started).as_secs()).unwrap_or(0);
    let (added_bytes, files, bytes) = (summary.added.0, summary.files, summary.bytes.0);
    let warnings = summary.warnings.count;
    let end = BackupEnd::Done { snapshot, added_bytes, bytes, files, took_s, warnings };
    tell(subject, end, started);
    let (added, whole) = (summary.added.to_string(), summary.bytes.to_string());
    match named(summary) {
        Some(summary) if warned => (Ending::Incomplete { summary }, Ended::Warned),
        _ => {
            let summary = phrase!("backup-done", added = added, size = whole, files = files);
            (Ending::Done { summary: Some(summary) }, Ended::Done)
        }
    }
}

/// "3 files could not be read: /a, /b, /c".
fn named(summary: &Summary) -> Option<Phrase> {
    if summary.warnings.is_empty() {
        return None;
    }
    let name = |warning: &super::engine::Warning| {
        clean(warning.path.as_deref().filter(|path| !path.is_empty()).unwrap_or(&warning.why))
    };
    let names: Vec<String> = summary.warnings.first.iter().take(NAMED).map(name).collect();
    Some(phrase!("backup-warned", count = summary.warnings.count, names = names.join("\n")))
}

fn tell(subject: &Subject, end: BackupEnd, started: Timestamp) {
    let plan = subject.name.clone();
    subject.desk.outlet.happened(subject.desk.now(), Event::BackupEnded { plan, started, end });
}

/// Runs a hook to its end, or ends it with the job.
async fn hook(subject: &Subject, command: &[String], when: &str, link: &Link) -> Result<(), Ending> {
    let Some((program, args)) = command.split_first() else { return Ok(()) };
    if subject.desk.simulated {
        link.log(&format!("hook {when}: {program} (simulated)"));
        return Ok(());
    }
    link.log(&format!("hook {when}: {program}"));
    let deadline = subject.plan.hooks.deadline;
    let command = Command::new(program.as_str())
        .args(args)
        .env("COCKPIT_PLAN", subject.name.as_str())
        .env("COCKPIT_HOOK", when)
        .deadline(deadline);
    let ran = tokio::select! {
        ran = process::run(command) => ran,
        // The hook after is what puts things right again: it is not cut short.
        () = link.stopping(), if when == "before" => return Err(Ending::Stopped),
        () = tokio::time::sleep(deadline + Duration::from_secs(60)) => return Err(hook_failed(when, phrase!("backup-hook-late"))),
    };
    let output = ran.and_then(|output| {
        for line in String::from_utf8_lossy(&output.stderr).lines().chain(output.text().lines()) {
            link.log(line);
        }
        output.success()
    });
    output.map(drop).map_err(|error| hook_failed(when, error.phrase()))
}

fn hook_failed(when: &str, why: Phrase) -> Ending {
    Ending::Failed {
        why: phrase!("backup-hook-failed", hook = when, why = why),
        mend: Some(phrase!("backup-hook-mend")),
    }
}
