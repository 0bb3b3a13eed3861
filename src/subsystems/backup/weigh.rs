//! What an act would cause, for the question before it. Pure.

use jiff::Timestamp;

use super::{engine::Holder, messages::Sheet, store::Rehearsed, words};
use crate::{
    domain::Reader,
    intent::backup::{Act, Existing, Place, short},
    room::Consequence,
    screen::Mark,
    t,
};

pub fn consequences(
    sheet: &Sheet,
    act: &Act,
    rehearsed: Option<&(Timestamp, Rehearsed)>,
    reader: &Reader,
) -> Vec<Consequence> {
    let lang = reader.lang;
    let one = |mark, line| vec![Consequence { mark, line }];
    let at = sheet.plan.access(None).shown();
    match act {
        Act::Initialise(_) => one(Mark::Look, t!(lang, "backup-weigh-initialise", at = at)),
        Act::Unlock(_) => {
            let mut said: Vec<Consequence> = Vec::new();
            for lock in sheet.look.locks() {
                let (mark, line) = words::lock(lock, reader);
                said.push(Consequence { mark, line });
            }
            let gone = sheet.look.locks().iter().all(|lock| lock.holder == Holder::Gone);
            let line = if gone && !said.is_empty() {
                t!(lang, "backup-weigh-unlock-gone")
            } else {
                t!(lang, "backup-weigh-unlock")
            };
            said.push(Consequence { mark: Mark::Look, line });
            said
        }
        Act::Thin(_) => match rehearsed {
            Some((_, found)) => one(
                Mark::Bad,
                t!(lang, "backup-weigh-thin", removed = found.removed.len(), kept = found.kept.len()),
            ),
            None => one(Mark::Unknown, t!(lang, "backup-weigh-thin-unknown")),
        },
        Act::Prune(_) => one(Mark::Look, t!(lang, "backup-weigh-prune")),
        Act::Forget { snapshot, .. } => {
            one(Mark::Bad, t!(lang, "backup-weigh-forget", snapshot = short(snapshot)))
        }
        Act::Restore(restore) => match restore.place {
            Place::Original(existing) => {
                let count = restore.paths.len();
                match existing {
                    Existing::Keep => one(Mark::Look, t!(lang, "backup-weigh-keep", count = count)),
                    Existing::Replace => one(Mark::Bad, t!(lang, "backup-weigh-replace", count = count)),
                    Existing::Beside => one(Mark::Look, t!(lang, "backup-weigh-beside", count = count)),
                }
            }
            Place::Under(_) | Place::Chat => Vec::new(),
        },
        Act::Run(_)
        | Act::Look(_)
        | Act::Check { .. }
        | Act::Prove(_)
        | Act::Preview(_)
        | Act::Compare { .. }
        | Act::Index { .. } => Vec::new(),
    }
}
