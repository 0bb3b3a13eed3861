//! The nightly task: what has waited long enough in the trashes, or is too much, is deleted for good.

use std::{sync::Arc, time::Duration};

use jiff::tz::TimeZone;

use super::{
    actor::Floor,
    fault::Fault,
    trash,
    tree::{Sum, Watch},
};
use crate::{
    audit::{Audit, Entry},
    domain::{Asker, Bytes, FileName, FileWork, JobTitle},
    jobs::{Blocking, Ending, JobOrder, Jobs, Link},
    phrase,
    scheduler::{Launch, Missed, Plan, Rule, Task},
};

const DEADLINE: Duration = Duration::from_secs(12 * 3600);

/// The task of all trashes.
pub fn task(floor: Floor, jobs: Jobs, audit: Audit, zone: TimeZone) -> Task {
    let rule = Rule {
        id: "storage.trash".into(),
        title: phrase!("storage-task-trash"),
        plan: Plan::parse("daily 03:40").expect("a plan of ours"),
        zone,
        jitter: Duration::from_secs(600),
        missed: Missed::CatchUp,
    };
    let run = move |asked_by: Asker| -> std::pin::Pin<Box<dyn Future<Output = _> + Send>> {
        let (floor, jobs, audit) = (floor.clone(), jobs.clone(), audit.clone());
        Box::pin(async move {
            let started = jobs.start(order(floor, audit, asked_by)).await;
            started.map(|started| Launch::Job(started.job)).map_err(|error| error.phrase())
        })
    };
    Task { rule, run: Arc::new(run) }
}

fn order(floor: Floor, audit: Audit, asked_by: Asker) -> JobOrder {
    let names: Vec<&str> = floor.roots.all().iter().map(|root| root.name.as_str()).collect();
    JobOrder {
        title: JobTitle::Files { work: FileWork::EmptyTrash, path: names.join(", ") },
        key: Some("storage-trash".into()),
        asked_by,
        deadline: DEADLINE,
        runner: Box::new(Blocking::new(move |link| sweep(&floor, &audit, link))),
    }
}

struct Stopping<'a>(&'a Link);

impl Watch for Stopping<'_> {
    fn stopped(&self) -> bool {
        self.0.is_stopping()
    }
    fn passed(&self, _: &FileName, _: u64, _: u64) {}
}

/// Goes over all roots; one that is away, or an entry that cannot be removed, does not keep it from the others.
fn sweep(floor: &Floor, audit: &Audit, link: &Link) -> Ending {
    let (mut gone, mut failed) = (Sum::default(), 0_u64);
    let table = super::served::mount_table();
    let mut roots: Vec<_> = floor.roots.all().iter().filter(|root| !root.read_only).collect();
    // Whose server may be away comes last: whoever hangs there has emptied the others.
    roots.sort_by_key(|root| super::served::may_hang(&table, &root.path));
    for root in roots {
        let Ok(opened) = floor.roots.open(&root.name) else { continue };
        let Ok(all) = trash::list(&opened) else { continue };
        let rule = &floor.config.trash;
        for id in trash::due(&all, rule.keep, rule.max_size.0, floor.clock.now()) {
            let Some(thrown) = all.iter().find(|thrown| thrown.id == id) else { continue };
            match trash::purge(&opened, &id, &Stopping(link)) {
                Ok(()) => {
                    gone.files += thrown.sum.files;
                    gone.bytes += thrown.sum.bytes;
                    let entry = Entry::noted(
                        floor.clock.now(),
                        "storage",
                        "storage.deleted",
                        thrown.place.to_string(),
                    );
                    audit.note(entry.with("bytes", thrown.sum.bytes).with("files", thrown.sum.files));
                }
                Err(Fault::Stopped) => return Ending::Stopped,
                Err(fault) => {
                    failed += 1;
                    link.log(&format!("{}: {fault}", thrown.place));
                }
            }
        }
        // What a crash or another hand left without its note or its thing is no entry; it goes when its time is up.
        for id in trash::remains(&opened, rule.keep, floor.clock.now()).unwrap_or_default() {
            match trash::purge(&opened, &id, &Stopping(link)) {
                Ok(()) => {
                    let subject = format!("{}: {}", root.name, id.as_str());
                    audit.note(Entry::noted(floor.clock.now(), "storage", "storage.cleared", subject));
                }
                Err(Fault::Stopped) => return Ending::Stopped,
                Err(fault) => {
                    failed += 1;
                    link.log(&format!("{}: {fault}", id.as_str()));
                }
            }
        }
    }
    let size = Bytes(gone.bytes).to_string();
    if failed > 0 {
        return Ending::Incomplete {
            summary: phrase!("storage-did-sweep-partly", size = size, files = gone.files, failed = failed),
        };
    }
    Ending::Done { summary: Some(phrase!("storage-did-delete", size = size, files = gone.files)) }
}
