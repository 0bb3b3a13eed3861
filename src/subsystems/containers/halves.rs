//! What is left of an update that did not come to its end: the container before it, put aside, or the new one that never
//! started. Found by their names in the list, so that it is found whatever Cockpit remembers; what Compose was told to
//! do is found by what was written down before (`begun.rs`). Pure.

use std::collections::BTreeMap;

use super::{
    begun::{Begun, Found},
    model::{Container, State},
    renew::{KEPT, MADE},
};
use crate::intent::containers::Name;

/// Half an update of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Half {
    /// Of the container that was updated.
    pub name: Name,
    /// The one before is put aside under another name; else it was only stopped.
    pub kept: bool,
    /// Something runs under its own name: the newer one, whose health nobody saw.
    pub runs: bool,
    /// It was Compose that was told to, and how its container is found.
    pub compose: Option<(Begun, Found)>,
}

impl Half {
    /// What the one before is called now.
    pub fn old(&self) -> String {
        if self.kept { format!("{}{KEPT}", self.name) } else { self.name.to_string() }
    }
}

/// Half an update by Compose.
pub fn of_compose<'a>(
    begun: &Begun,
    containers: impl Iterator<Item = &'a Container> + Clone,
) -> Option<Half> {
    let found = begun.found(containers);
    let runs = found == Found::Unwell;
    let half =
        Half { name: begun.container.clone(), kept: false, runs, compose: Some((begun.clone(), found)) };
    (!matches!(found, Found::Whole | Found::Wait)).then_some(half)
}

/// Of the container a name belongs to, whichever of the three it is.
pub fn owner(name: &str) -> &str {
    name.strip_suffix(KEPT).or_else(|| name.strip_suffix(MADE)).unwrap_or(name)
}

/// By the name of the container that was updated.
pub fn all<'a>(containers: impl Iterator<Item = &'a Container> + Clone) -> BTreeMap<String, Half> {
    let named = |name: &str| containers.clone().find(|container| container.name == name);
    let half = |left: &Container| {
        let kept = left.name.ends_with(KEPT);
        let name = owner(&left.name);
        let itself = named(name);
        let is_half = match itself {
            _ if kept => true,
            // Made and never started, beside one that was stopped for it: somebody's own "web.new" is none of ours.
            Some(itself) => {
                left.name.ends_with(MADE)
                    && left.state == State::Created
                    && matches!(itself.state, State::Exited(_))
                    && itself.image == left.image
            }
            None => false,
        };
        let runs = kept && itself.is_some_and(Container::running);
        is_half.then_some(())?;
        Some((name.to_owned(), Half { name: Name::parse(name).ok()?, kept, runs, compose: None }))
    };
    let mut found = BTreeMap::new();
    // Those put aside first: they say more than what was made.
    let (kept, others): (Vec<&Container>, Vec<&Container>) =
        containers.clone().partition(|container| container.name.ends_with(KEPT));
    for (name, half) in kept.into_iter().chain(others).filter_map(half) {
        found.entry(name).or_insert(half);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subsystems::containers::model::ContainerId;

    fn container(name: &str, state: State) -> Container {
        Container {
            id: ContainerId(name.into()),
            name: name.into(),
            image: "app:1".into(),
            image_id: String::new(),
            created: None,
            state,
            health: None,
            status: String::new(),
            ports: Vec::new(),
            compose: None,
            mounts: Vec::new(),
            networks: Vec::new(),
            shares_network_of: None,
        }
    }

    #[test]
    fn every_place_where_an_update_can_stop_is_told_from_whole_ones() {
        const UP: State = State::Running;
        const DOWN: State = State::Exited(Some(143));
        const NEW: State = State::Created;
        for (list, want) in [
            (&[("web", UP)] as &[(&str, State)], None),
            // Made, and nothing stopped yet: nothing is lost, and the next update takes it away.
            (&[("web", UP), ("web.new", NEW)], None),
            (&[("web", DOWN), ("web.new", NEW)], Some((false, false))),
            (&[("web.before-update", DOWN), ("web.new", NEW)], Some((true, false))),
            (&[("web.before-update", DOWN), ("web", NEW)], Some((true, false))),
            (&[("web.before-update", DOWN), ("web", UP)], Some((true, true))),
            (&[("web.before-update", DOWN)], Some((true, false))),
            // Somebody's own names.
            (&[("web.new", UP)], None),
            (&[("web", DOWN), ("web.new", UP)], None),
            (&[("web.new", NEW)], None),
        ] {
            let list: Vec<Container> = list.iter().map(|(name, state)| container(name, *state)).collect();
            let found = all(list.iter());
            let got = found.get("web").map(|half| (half.kept, half.runs));
            assert_eq!((got, found.len()), (want, usize::from(want.is_some())), "{list:?}");
        }
    }
}
