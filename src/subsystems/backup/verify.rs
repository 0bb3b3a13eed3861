//! Checks of a repository: its structure, and its data part by part, so that all of it is read over time.

use super::{
    engine::{Depth, EngineError, EngineKind, Warning},
    ops::{Done, Subject},
    plan::{Check, Read},
};
use crate::{
    jobs::{Ending, Link, clean},
    phrase,
};

/// Damage named on the screen; the log has more.
const NAMED: usize = 5;

/// How deep the next check of this plan goes.
pub fn depth(engine: EngineKind, data: bool, part: u32, of: u32, time: std::time::Duration) -> Depth {
    match (data, engine) {
        (false, _) => Depth::Structure,
        // One part is everything.
        (true, EngineKind::Restic) if of <= 1 => Depth::Everything,
        (true, EngineKind::Restic) => Depth::Part { part, of },
        (true, EngineKind::Borg) => Depth::Timed(time),
    }
}

pub async fn check(subject: &Subject, data: bool, link: &Link) -> Done {
    subject.clear_stale(link).await?;
    let config = &subject.plan.check;
    let part = subject.desk.facts(&subject.name).await?.part(config.parts);
    let wanted = depth(subject.plan.engine, data, part, config.parts, config.time);
    let (checked, depth) = match subject.engine.check(&subject.at, wanted, link).await {
        // An older engine that cannot read a part alone: its structure is better than nothing, and it is said.
        Err(EngineError::Unsupported { .. } | EngineError::TooOld { .. }) if wanted != Depth::Structure => {
            link.log("this engine cannot read a part of the data; its structure is checked instead");
            (subject.engine.check(&subject.at, Depth::Structure, link).await?, Depth::Structure)
        }
        checked => (checked?, wanted),
    };
    for Warning { path, why } in checked.damage.first.iter().chain(&checked.remarks.first) {
        link.log(&format!("{}{why}", path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default()));
    }
    let read = match depth {
        Depth::Structure => Read::Structure,
        Depth::Part { part, of } => Read::Part { part, of },
        Depth::Timed(_) => Read::Timed,
        Depth::Everything => Read::Everything,
    };
    let kept = Check {
        at: subject.desk.now(),
        took_s: checked.took.as_secs(),
        read,
        damage: checked.damage.count,
        named: checked.damage.first.iter().take(NAMED).cloned().collect(),
    };
    subject.desk.change(&subject.name, move |facts| facts.checked(kept)).await?;
    if checked.sound() {
        return Ok(Ending::Done {
            summary: Some(match read {
                Read::Structure => phrase!("backup-check-structure"),
                Read::Part { part, of } => phrase!("backup-check-part", part = part, of = of),
                Read::Timed => phrase!("backup-check-timed"),
                Read::Everything => phrase!("backup-check-everything"),
            }),
        });
    }
    let first = checked.damage.first.first().map(|warning| clean(&warning.why)).unwrap_or_default();
    Ok(Ending::Failed {
        why: phrase!("backup-check-damaged", count = checked.damage.count, first = first),
        mend: Some(phrase!("backup-check-mend")),
    })
}
