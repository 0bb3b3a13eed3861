//! An update of one container: a twin from the newer image takes its place, and the one before it is kept until the
//! twin has held. If it does not hold, the kept one comes back.
//!
//! The twin is made before anything is stopped, so that what cannot be made costs nothing. Between the stop of the old
//! and the word on the new there is no way back by a cancel: it goes on to one of the two ends. Volumes are never
//! removed. Should Cockpit die in the middle, the kept container stands in the list under its name with [`KEPT`]: that is
//! told (`halves.rs`), the one before can be put back by a tap, and no further update is begun before somebody has
//! decided about it.

use std::{future::Future, time::Duration};

use super::{
    begun::{self, Begun},
    compose::{Composer, Service},
    engine::{Engine, EngineError, Verb},
    model::{Container, Details, State},
    ops::{self, End, Failure, NotUpdated},
};
use crate::intent::containers::Name;

/// Behind the name of a container that an update put aside.
pub const KEPT: &str = ".before-update";
/// Behind the name of one that is being made.
pub const MADE: &str = ".new";
/// Up so long without dying: longer than after a start, as there is a way back that should not be left too early.
const HOLDS: Duration = Duration::from_secs(15);
/// Whatever the health check's own times are.
const HEALTH_MIN: Duration = Duration::from_secs(90);
const HEALTH_MAX: Duration = Duration::from_secs(30 * 60);
/// A step is tried so often where the engine is away for a moment.
const TRIES: u32 = 5;
const TRY_AGAIN: Duration = Duration::from_secs(3);

/// What speaks against it before anything is fetched.
pub fn objection(details: &Details, all: &[Container]) -> Option<NotUpdated> {
    let container = &details.container;
    let sharing: Vec<String> = all
        .iter()
        .filter(|other| other.shares_network_of.as_deref().is_some_and(|whose| is(container, whose)))
        .map(|other| other.name.clone())
        .collect();
    let kept = format!("{}{KEPT}", container.name);
    match () {
        () if !matches!(container.state, State::Running) => Some(NotUpdated::NotRunning),
        () if details.auto_remove => Some(NotUpdated::RemovesItself),
        () if super::digests::is_pinned(&container.image) || !super::digests::is_name(&container.image) => {
            Some(NotUpdated::Pinned)
        }
        () if all.iter().any(|other| other.name == kept) => Some(NotUpdated::Leftover(kept)),
        () if !sharing.is_empty() => Some(NotUpdated::Shared(sharing)),
        () => None,
    }
}

fn is(container: &Container, whose: &str) -> bool {
    container.name == whose || container.id.0 == whose
}

/// So long its health is waited for: as long as its own check may take, and some.
fn patience(details: &Details) -> Duration {
    details
        .check_max
        .map_or(HEALTH_MIN, |max| max.saturating_add(Duration::from_secs(30)))
        .clamp(HEALTH_MIN, HEALTH_MAX)
}

/// Puts a twin from `image` (its name, already fetched) in the place of `name`.
pub async fn swap(engine: &dyn Engine, name: &Name, image: &str) -> End {
    let before = match engine.inspect(name.as_str()).await {
        Ok(details) => details,
        Err(error) => return End::Refused(error),
    };
    match engine.image(image).await {
        Ok(here) if here.id == before.container.image_id => return End::Current,
        Ok(_) => {}
        Err(error) => return End::Refused(error),
    }
    let (made, kept) = (format!("{name}{MADE}"), format!("{name}{KEPT}"));
    // Left of an update that ended before it began: made, and never started.
    if engine.inspect(&made).await.is_ok_and(|left| left.container.state == State::Created) {
        let _ = engine.act(Verb::Remove, &made).await;
    }
    if let Err(error) = engine.twin(name.as_str(), image, &made).await {
        let _ = engine.act(Verb::Remove, &made).await;
        return End::Refused(error);
    }
    if let Err(error) = insist(|| engine.act(Verb::Stop, name.as_str())).await {
        let _ = engine.act(Verb::Remove, &made).await;
        return End::Refused(error);
    }
    let placed = async {
        insist(|| engine.rename(name.as_str(), &kept)).await?;
        insist(|| engine.rename(&made, name.as_str())).await?;
        insist(|| engine.act(Verb::Start, name.as_str())).await
    };
    let end = match placed.await {
        Ok(()) => ops::held(engine, name, 0, HOLDS, patience(&before)).await,
        Err(EngineError::Refused(why)) => End::Failed { how: Failure::NotStarted(why), log: Vec::new() },
        Err(error) => End::Refused(error),
    };
    if let End::Up(health) = end {
        // It stays where it is if it cannot be removed; the list shows it.
        let _ = insist(|| engine.act(Verb::Remove, &kept)).await;
        return End::Updated(health);
    }
    let back = roll_back(engine, name, &made, &kept).await;
    End::RolledBack { why: Box::new(end), back: Box::new(back) }
}

/// Ends what an update left half done: the container before it takes its place again.
pub async fn put_back(engine: &dyn Engine, name: &Name) -> End {
    roll_back(engine, name, &format!("{name}{MADE}"), &format!("{name}{KEPT}")).await
}

/// Takes the twin away, under whichever name it has, and starts the kept one.
async fn roll_back(engine: &dyn Engine, name: &Name, made: &str, kept: &str) -> End {
    let undone = async {
        if insist(|| engine.inspect(kept)).await.is_ok() {
            for twin in [name.as_str(), made] {
                done_or_gone(insist(|| engine.act(Verb::Stop, twin)).await)?;
                done_or_gone(insist(|| engine.act(Verb::Remove, twin)).await)?;
            }
            insist(|| engine.rename(kept, name.as_str())).await?;
        } else {
            // It was not even put aside.
            done_or_gone(insist(|| engine.act(Verb::Remove, made)).await)?;
        }
        insist(|| engine.act(Verb::Start, name.as_str())).await
    };
    match undone.await {
        Ok(()) => ops::held(engine, name, 0, ops::HOLDS, ops::HEALTH_MAX).await,
        Err(error) => End::Refused(error),
    }
}

fn done_or_gone(answer: Result<(), EngineError>) -> Result<(), EngineError> {
    match answer {
        Err(EngineError::NotFound) => Ok(()),
        answer => answer,
    }
}

/// Half an update is worse than a late one: an engine that is away for a moment is asked again.
async fn insist<T, F: Future<Output = Result<T, EngineError>>>(
    step: impl Fn() -> F,
) -> Result<T, EngineError> {
    let mut tries = 1;
    loop {
        match step().await {
            Err(error) if error.is_of_link() && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(TRY_AGAIN).await;
            }
            answer => return answer,
        }
    }
}

/// The same for a service of a Compose project, by Compose itself. The way back is the image's name, given again to the
/// image it had before.
pub async fn swap_by_compose(engine: &dyn Engine, composer: &Composer, begun: &Begun) -> End {
    let (name, image, old) = (begun.container.as_str(), &begun.image, &begun.before);
    let before = match engine.inspect(name).await {
        Ok(details) => details,
        Err(error) => return End::Refused(error),
    };
    match engine.image(image).await {
        Ok(here) if here.id == *old => return End::Current,
        Ok(_) => {}
        Err(error) => return End::Refused(error),
    }
    let end = match up(engine, composer, &begun.service).await {
        Ok(()) => all_held(engine, &begun.service, HOLDS, patience(&before)).await,
        Err(end) => {
            // It said no before it touched anything.
            let now = engine.inspect(name).await;
            if now.is_ok_and(|now| now.container.id == before.container.id && now.container.running()) {
                let _ = insist(|| engine.tag(old, image)).await;
                return end;
            }
            end
        }
    };
    if let End::Up(health) = end {
        return End::Updated(health);
    }
    let back = match insist(|| engine.tag(old, image)).await {
        Err(error) => End::Refused(error),
        Ok(()) => match up(engine, composer, &begun.service).await {
            Err(end) => end,
            Ok(()) => all_held(engine, &begun.service, ops::HOLDS, patience(&before)).await,
        },
    };
    End::RolledBack { why: Box::new(end), back: Box::new(back) }
}

/// Ends what Compose left half done: on, with the image that has the name now, or back to the one before.
pub async fn mend_by_compose(engine: &dyn Engine, composer: &Composer, begun: &Begun, back: bool) -> End {
    if back {
        match insist(|| engine.tag(&begun.before, &begun.image)).await {
            Ok(()) => {}
            Err(EngineError::NotFound) => return End::NotUpdated(NotUpdated::ImageGone),
            Err(error) => return End::Refused(error),
        }
    }
    if let Err(end) = up(engine, composer, &begun.service).await {
        return end;
    }
    match engine.inspect(begun.container.as_str()).await {
        Ok(now) => all_held(engine, &begun.service, HOLDS, patience(&now)).await,
        Err(error) => End::Refused(error),
    }
}

/// What an `up` that was cut short has made and never started is taken away first: it would be in the way.
async fn up(engine: &dyn Engine, composer: &Composer, service: &Service) -> Result<(), End> {
    let list = insist(|| engine.list()).await.map_err(End::Refused)?;
    let of_service = |one: &Container| {
        let of = one.compose.as_ref();
        of.is_some_and(|of| of.project == service.project && of.service == service.service)
    };
    for left in list.iter().filter(|one| of_service(one) && begun::is_leftover(one)) {
        done_or_gone(insist(|| engine.act(Verb::Remove, &left.name)).await).map_err(End::Refused)?;
    }
    composer.up(service).await.map_err(|error| End::NotUpdated(error.into()))
}

/// Watches all of a service, as they were made together; the first that is not well speaks for them.
async fn all_held(engine: &dyn Engine, service: &Service, holds: Duration, health_max: Duration) -> End {
    let names = service.containers.iter().filter_map(|name| Name::parse(name).ok());
    let watched = names.map(|name| async move {
        // Made by Compose: those that it left alone have restarted before.
        let before = engine.inspect(name.as_str()).await.map(|now| now.restarts).unwrap_or_default();
        ops::held(engine, &name, before, holds, health_max).await
    });
    let mut ends = futures_util::future::join_all(watched).await;
    let bad = ends.iter().position(|end| !matches!(end, End::Up(_)));
    match bad.or(ends.len().checked_sub(1)) {
        Some(i) => ends.swap_remove(i),
        None => End::Refused(EngineError::NotFound),
    }
}
