//! The job of an update: fetches the image with its progress, then has the actor put the new one in its place. A stop
//! while it fetches leaves all as it was; later the swap goes on by itself to its end, which the container's screen
//! shows.

use std::{collections::BTreeMap, time::Duration};

use futures_util::StreamExt;

use super::{
    compose::{Composer, Place, Service},
    engine::{Engine, EngineError},
    messages::{Booked, Msg, Own},
    model::Compose,
    ops::End,
    state::{Refusal, Target},
    words,
};
use crate::{
    domain::{Asker, JobTitle, Phrase},
    intent::containers::Name,
    jobs::{Ending, Figure, JobOrder, Link, Progress, Steps, Unit},
    phrase,
    supervision::Port,
};

/// A big image over a thin line; and the health of each container after it.
const DEADLINE: Duration = Duration::from_secs(6 * 3600);
/// The engine says nothing for so long while it fetches: it is stuck.
const PULL_SILENCE_MAX: Duration = Duration::from_secs(10 * 60);
const BOOK_MAX: Duration = Duration::from_secs(10);
/// The longest patience with a health check, twice (there and back), and the stops between.
const SWAP_MAX: Duration = Duration::from_secs(70 * 60);

/// `title`: the container's name, or its project's. `names`: in the order they are updated.
pub fn order(port: Port<Msg>, title: &Name, names: Vec<Name>, by: String, asked_by: Asker) -> JobOrder {
    JobOrder {
        title: JobTitle::Renew { container: title.to_string() },
        key: Some(key(title)),
        asked_by,
        deadline: DEADLINE,
        runner: Box::new(Steps::new(move |link| run(port, names, by, link))),
    }
}

pub fn key(title: &Name) -> String {
    format!("containers.update.{title}")
}

/// Its steps.
pub async fn run(port: Port<Msg>, names: Vec<Name>, by: String, link: Link) -> Ending {
    let of = u32::try_from(names.len()).unwrap_or(u32::MAX);
    let (mut last, mut note) = (None, None);
    for (nth, name) in (1..).zip(&names) {
        let step = (of > 1).then_some((nth, of));
        link.report(Progress { step, note: Some(name.to_string()), ..Progress::default() });
        match one(&port, name, &by, step, &link).await {
            Ok((end, told)) if end.good() => {
                let word = if end == End::Current { "current" } else { "updated" };
                link.log(&format!("{name}: {word}"));
                last = Some(end);
                note = note.or(told);
            }
            Ok((end, _)) => return failed(name, &end),
            Err(Stop::Stopped) => return Ending::Stopped,
            Err(Stop::Refused(why)) => return Ending::Failed { why, mend: None },
        }
    }
    let summary = match (names.as_slice(), last) {
        ([name], Some(End::Current)) => phrase!("containers-update-current", name = name.as_str()),
        ([name], _) => phrase!("containers-update-done", name = name.as_str()),
        _ => phrase!("containers-update-done-all", n = names.len()),
    };
    let summary = match note {
        Some(note) => phrase!("containers-update-noted", done = summary, note = note),
        None => summary,
    };
    Ending::Done { summary: Some(summary) }
}

enum Stop {
    Stopped,
    Refused(Phrase),
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Stop {
        Stop::Refused(words::error_phrase(&error))
    }
}

/// Lets a booked container go when the job ends before the swap.
struct Hold<'a> {
    port: &'a Port<Msg>,
    name: Option<Name>,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            let _ = self.port.cast(Msg::Own(Own::Released(Target::One(name))));
        }
    }
}

async fn one(
    port: &Port<Msg>,
    name: &Name,
    by: &str,
    step: Option<(u32, u32)>,
    link: &Link,
) -> Result<(End, Option<Phrase>), Stop> {
    let away = |_| Stop::Refused(phrase!("containers-away"));
    let (asked, asker) = (name.clone(), by.to_owned());
    let booked = port.call(BOOK_MAX, |reply| Msg::Book { name: asked, by: asker, reply }).await;
    let Booked { engine, compose, twins, details } =
        booked.map_err(away)?.map_err(|refusal| Stop::Refused(refused(&refusal, name)))?;
    let mut hold = Hold { port, name: Some(name.clone()) };
    let image = details.container.image.clone();
    let labels = details.container.compose.as_ref();
    let (service, note) = match (labels, compose) {
        (Some(labels), Some(place)) => tokio::select! {
            found = as_made(labels, twins, &place, link) => found,
            () = link.stopping() => return Err(Stop::Stopped),
        },
        _ => (None, None),
    };
    link.log(&format!("pull {image}"));
    let fetch = async {
        match (pull(&*engine, &image, step, link).await, &service) {
            // Compose knows the logins of private registries.
            (Err(Stop::Refused(_)), Some((composer, service))) => {
                link.log(&format!("{} pull {}", composer.name(), service.service));
                let told = composer.pull(service).await;
                told.map_err(|error| Stop::Refused(words::not_updated_phrase(&error.into())))
            }
            (pulled, _) => pulled,
        }
    };
    tokio::select! {
        fetched = fetch => fetched?,
        () = link.stopping() => return Err(Stop::Stopped),
    }
    if let Some((composer, service)) = &service {
        link.log(&format!("{} up --no-deps {}", composer.name(), service.service));
    }
    if link.is_stopping() {
        return Err(Stop::Stopped);
    }
    link.report(Progress { step, note: Some(name.to_string()), ..Progress::default() });
    // From here on the booking is the swap's.
    hold.name = None;
    let (asked, by) = (name.clone(), by.to_owned());
    let end = port.call(SWAP_MAX, |reply| Msg::Swap { name: asked, by, service, reply }).await;
    Ok((end.map_err(away)?, note))
}

/// Compose, where it would change nothing but the image. A file that was changed since would bring its changes along,
/// and there would be no way back from them: then the container is made anew as it is, without Compose, and that is
/// told.
async fn as_made(
    labels: &Compose,
    twins: Vec<String>,
    place: &Place,
    link: &Link,
) -> (Option<(Composer, Service)>, Option<Phrase>) {
    let without = |why: &str, told| {
        link.log(&format!("{why}; made anew as it is, without Compose"));
        (None, told)
    };
    let Some(service) = Service::of(labels, twins) else {
        return without(&format!("no file of {}'s {} is here", labels.project, labels.service), None);
    };
    let Some(composer) = place.find().await else { return without("no Compose is here", None) };
    match composer.config_hash(&service).await {
        Ok(hash) if labels.config_hash.as_ref() == Some(&hash) => (Some((composer, service)), None),
        Ok(_) => {
            let files = service.files.join(", ");
            let told = phrase!("containers-update-file-changed", service = service.service.as_str());
            without(
                &format!("{files} says something else than {} was made with", service.service),
                Some(told),
            )
        }
        Err(error) => {
            let told = phrase!("containers-update-file-unread", why = error.phrase());
            without(&format!("{} config: {error}", composer.name()), Some(told))
        }
    }
}

async fn pull(engine: &dyn Engine, image: &str, step: Option<(u32, u32)>, link: &Link) -> Result<(), Stop> {
    let mut layers = engine.pull(image).await?;
    let mut sizes: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    loop {
        let next = tokio::time::timeout(PULL_SILENCE_MAX, layers.next()).await;
        let layer = match next {
            Err(_) => return Err(EngineError::Slow(PULL_SILENCE_MAX.as_secs()).into()),
            Ok(None) => return Ok(()),
            Ok(Some(layer)) => layer?,
        };
        match layer.status.as_str() {
            "Downloading" => {
                if let Some(bytes) = layer.bytes {
                    sizes.insert(layer.id.clone(), bytes);
                }
            }
            // Unpacking counts its bytes anew.
            "Extracting" => {}
            status => {
                if let Some((done, total)) = sizes.get_mut(&layer.id)
                    && matches!(status, "Download complete" | "Pull complete")
                {
                    *done = *total;
                }
                link.log(&format!("{} {status}", layer.id));
            }
        }
        let (done, total) =
            sizes.values().fold((0, 0), |(done, total), size| (done + size.0, total + size.1));
        let figures = match total {
            0 => Vec::new(),
            total => vec![Figure { done, total: Some(total), unit: Unit::Bytes }],
        };
        link.report(Progress { figures, step, note: Some(image.to_owned()), ..Progress::default() });
    }
}

fn refused(refusal: &Refusal, name: &Name) -> Phrase {
    match refusal {
        Refusal::Protected(which) => phrase!("containers-refused-protected", name = which.as_str()),
        Refusal::Busy { by, .. } => phrase!("containers-update-busy", name = name.as_str(), by = by.as_str()),
        Refusal::NotLinked(error) => words::error_phrase(error),
        Refusal::Unknown => phrase!("containers-refused-unknown", name = name.as_str()),
        Refusal::NotUpdated(why) => words::not_updated_phrase(why),
        Refusal::NothingNewer => phrase!("containers-nothing-newer"),
        Refusal::TooMany
        | Refusal::Running
        | Refusal::Sweeping
        | Refusal::Checking
        | Refusal::UpdatesOff
        | Refusal::WayBack(_) => phrase!("containers-refused-many"),
    }
}

fn failed(name: &Name, end: &End) -> Ending {
    let name = name.as_str();
    let why = match end {
        End::RolledBack { back, .. } if back.good() => phrase!("containers-update-rolled-back", name = name),
        End::RolledBack { .. } => phrase!("containers-update-lost", name = name),
        End::NotUpdated(why) => words::not_updated_phrase(why),
        End::Refused(error) => words::error_phrase(error),
        _ => phrase!("containers-update-failed", name = name),
    };
    Ending::Failed { why, mend: Some(phrase!("containers-update-look", name = name)) }
}
