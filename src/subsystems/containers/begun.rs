//! An update by Compose, written down before Compose is told: Compose leaves no container aside by which it would be seen
//! that it was cut short. Pure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    compose::Service,
    model::{Container, Health, State},
};
use crate::intent::containers::Name;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub container: Name,
    pub service: Service,
    /// Under this name the newer image is, or the one before after it was given back.
    pub image: String,
    /// The id of the image it ran from.
    pub before: String,
    /// Of the engine it was begun at: another one's containers say nothing of it.
    pub socket: String,
    pub at: Timestamp,
}

/// How the service's containers are now, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// Each runs from the image before, or well from the newer one: there is nothing to decide.
    Whole,
    /// A health check has not decided.
    Wait,
    /// The newer one runs and is not well.
    Unwell,
    /// There, and not running.
    Down,
    Gone,
}

impl Begun {
    /// The worst of them counts.
    pub fn found<'a>(&self, containers: impl Iterator<Item = &'a Container> + Clone) -> Found {
        let one = |name: &String| match containers.clone().find(|one| one.name == *name) {
            Some(now) => self.found_one(now),
            None => Found::Gone,
        };
        self.service.containers.iter().map(one).max().unwrap_or(Found::Gone)
    }

    fn found_one(&self, now: &Container) -> Found {
        match (now.state, now.health) {
            (State::Running | State::Paused, _) if now.image_id == self.before => Found::Whole,
            (State::Running, Some(Health::Healthy) | None) => Found::Whole,
            (State::Running, Some(Health::Starting)) => Found::Wait,
            (State::Running, Some(Health::Unhealthy)) | (State::Restarting | State::Paused, _) => {
                Found::Unwell
            }
            _ => Found::Down,
        }
    }
}

/// "525f437600f5_shop-web-1": what Compose makes first, and leaves where it is cut short. Left, it is in the way of the
/// next `up`.
pub fn is_leftover(container: &Container) -> bool {
    let made = container.name.split_once('_').is_some_and(|(id, rest)| {
        id.len() == 12 && id.bytes().all(|b| b.is_ascii_hexdigit()) && !rest.is_empty()
    });
    made && container.compose.is_some() && container.state == State::Created
}
