//! Which containers' images have a newer one at their registry. Pure, but for the round that asks.
//!
//! A verdict belongs to one container with one image: made anew from another, it has none until the next round. What a
//! registry did not say is unknown, with the reason; it is never guessed.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    digests,
    engine::{Engine, EngineError},
    model::Container,
    words,
};
use crate::domain::{Clock, Phrase};

/// Registries count what they are asked, and nobody waits for this.
const PAUSE: Duration = Duration::from_secs(2);
/// Of one round, and in the book.
pub const ASKED_MAX: usize = 300;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Of the container when it was asked about.
    pub image_id: String,
    /// The name that was asked for: "nginx:1.27".
    pub image: String,
    pub at: Timestamp,
    pub found: Found,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    Current,
    Newer,
    /// By digest or id: there can be no newer one of that name.
    Pinned,
    /// It came from no registry.
    BuiltHere,
    /// Nobody knows, and why.
    Unknown(Phrase),
}

#[derive(Debug, Default)]
pub struct Book {
    by_name: BTreeMap<String, Verdict>,
    /// How many of how many are asked about in the present round.
    pub checking: Option<(usize, usize)>,
}

impl Book {
    pub fn load(&mut self, known: Vec<(String, Verdict)>) {
        for (name, verdict) in known {
            // What was asked since the start is newer.
            self.by_name.entry(name).or_insert(verdict);
        }
    }

    pub fn note(&mut self, name: String, verdict: Verdict) {
        if self.by_name.len() < ASKED_MAX || self.by_name.contains_key(&name) {
            self.by_name.insert(name, verdict);
        }
    }

    /// What is known of it as it is now.
    pub fn of(&self, container: &Container) -> Option<&Verdict> {
        self.by_name.get(&container.name).filter(|verdict| verdict.image_id == container.image_id)
    }

    pub fn has_newer(&self, container: &Container) -> bool {
        container.running() && self.of(container).is_some_and(|verdict| verdict.found == Found::Newer)
    }

    /// Forgets those that are not there any more; says whose rows can go.
    pub fn keep_only(&mut self, names: impl Fn(&str) -> bool) -> Vec<String> {
        self.by_name.extract_if(.., |name, _| !names(name)).map(|(name, _)| name).collect()
    }
}

/// One round: each of these, one after the other. `told` hears each verdict as it comes, and how far the round is.
pub async fn round(
    engine: Arc<dyn Engine>,
    names: Vec<String>,
    clock: Arc<dyn Clock>,
    told: impl Fn(usize, String, Verdict),
) {
    let mut answers: BTreeMap<String, Result<String, EngineError>> = BTreeMap::new();
    for (i, name) in names.into_iter().enumerate() {
        let Ok(details) = engine.inspect(&name).await else { continue };
        let (image, image_id) = (details.container.image, details.container.image_id);
        let found = found(&*engine, &image, &image_id, &mut answers).await;
        told(i + 1, name, Verdict { image_id, image, at: clock.now(), found });
    }
}

async fn found(
    engine: &dyn Engine,
    image: &str,
    image_id: &str,
    answers: &mut BTreeMap<String, Result<String, EngineError>>,
) -> Found {
    if digests::is_pinned(image) || !digests::is_name(image) {
        return Found::Pinned;
    }
    let unknown = |error: &EngineError| Found::Unknown(words::error_phrase(error));
    let own = match engine.image(image_id).await {
        Ok(own) if own.digests.is_empty() => return Found::BuiltHere,
        Ok(own) => own,
        Err(error) => return unknown(&error),
    };
    if !answers.contains_key(image) {
        let asked = |answer: &Result<_, _>| !matches!(answer, Err(EngineError::NotWithPodman(_)));
        if answers.values().any(asked) {
            tokio::time::sleep(PAUSE).await;
        }
        answers.insert(image.to_owned(), engine.registry_digest(image).await);
    }
    match &answers[image] {
        Ok(digest) if digests::has(&own, digest) == Some(true) => Found::Current,
        Ok(_) => Found::Newer,
        // Of a registry "not found" is said of the name there, not of anything here.
        Err(EngineError::NotFound) => Found::Unknown(crate::phrase!("containers-registry-no-such")),
        Err(error) => unknown(error),
    }
}
