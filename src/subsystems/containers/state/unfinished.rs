//! The book's part for updates that have not come to their end: which there are, what belongs to them, when one that
//! nobody watched is believed to be whole. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{Effect, Now, State, Target};
use crate::{
    events::Event,
    intent::containers::Name,
    screen::Topic,
    subsystems::containers::{
        begun::{Begun, Found},
        halves::{self, Half},
        model::{Container, ContainerId},
        ops::Doing,
    },
};

impl State {
    /// Where Compose came to its end although nobody waited for it: it must hold before that is believed.
    pub(super) fn watch_whole(&mut self, now: Now) -> Vec<Effect> {
        let whole: Vec<(Name, ContainerId)> = self
            .begun()
            .filter(|begun| !self.ops.contains_key(&Target::One(begun.container.clone())))
            .filter(|begun| begun.found(self.containers.values()) == Found::Whole)
            .filter_map(|begun| Some((begun.container.clone(), self.find(&begun.container)?.id.clone())))
            .collect();
        self.whole_since.retain(|name, (id, _)| whole.iter().any(|(known, now)| known == name && now == id));
        let mut effects = Vec::new();
        for (name, id) in whole {
            self.whole_since.entry(name).or_insert_with(|| {
                effects.push(Effect::Settle { id: id.clone(), since: now.tick });
                (id, now.tick)
            });
        }
        effects
    }

    /// Compose is about to be told.
    pub fn begin(&mut self, begun: Begun) {
        self.begun.get_or_insert_default().insert(begun.container.clone(), begun);
    }

    /// Its update by Compose came to a good end, or somebody has decided that it is to stay as it is.
    pub fn end(&mut self, container: &Name) {
        if let Some(begun) = &mut self.begun {
            begun.remove(container);
        }
        self.whole_since.remove(container);
    }

    /// At the engine whose containers are known.
    pub fn begun(&self) -> impl Iterator<Item = &Begun> {
        let here = |begun: &&Begun| self.listed_by.as_ref() == Some(&begun.socket);
        self.begun.iter().flat_map(BTreeMap::values).filter(here)
    }

    /// Told when two lists agree: one may have been on its way while an update came to its end.
    pub(super) fn judge_halves(&mut self, now: Now) -> Vec<Effect> {
        if self.begun.is_none() {
            return Vec::new();
        }
        let found: BTreeSet<String> = self.halves().into_keys().collect();
        let told = self.halves_told.as_ref();
        let same = told == Some(&found);
        if self.halves.as_ref() != Some(&found) {
            self.halves = Some(found);
            return if same { Vec::new() } else { vec![Effect::Relist] };
        }
        if same {
            return Vec::new();
        }
        self.halves_told = Some(found.clone());
        let event = Event::UpdatesInterrupted { containers: found.into_iter().collect() };
        vec![Effect::Happened(now.at, event), Effect::Changed(Topic::Containers)]
    }

    /// Updates that were interrupted, but for those that are under way.
    pub fn halves(&self) -> BTreeMap<String, Half> {
        let mut found = halves::all(self.containers.values());
        let of_compose = self.begun().filter_map(|begun| halves::of_compose(begun, self.containers.values()));
        found.extend(of_compose.map(|half| (half.name.to_string(), half)));
        found.retain(|_, half| !self.ops.contains_key(&Target::One(half.name.clone())));
        found
    }

    /// Whether it is the half update of one of that project's.
    pub fn is_of(&self, half: &Half, project: &Name) -> bool {
        let of_compose =
            half.compose.as_ref().is_some_and(|(begun, _)| begun.service.project == project.as_str());
        of_compose || self.left_of(&half.name).iter().any(|one| one.project() == Some(project.as_str()))
    }

    /// The half update that a container belongs to, under any of its names.
    pub fn half_of(&self, name: &str) -> Option<Half> {
        self.halves().remove(halves::owner(name))
    }

    /// The targets, and what else is made anew with them: Compose knows services, not single containers.
    pub(super) fn touched(&self, doing: Doing, target: &Target, targets: &[Container]) -> Vec<Container> {
        let mut touched = targets.to_vec();
        if !matches!(doing, Doing::Act(_)) {
            let begun = self.begun().find(|begun| begun.container == *target.name());
            let of_begun =
                |one: &Container| begun.is_some_and(|begun| begun.service.containers.contains(&one.name));
            let more = |one: &&Container| {
                let twin = targets.iter().any(|mine| mine.is_twin(one));
                (twin || of_begun(one)) && targets.iter().all(|mine| mine.id != one.id)
            };
            touched.extend(self.containers.values().filter(more).cloned());
        }
        touched
    }

    /// All that belongs to the half update of that container.
    pub(super) fn left_of(&self, name: &Name) -> Vec<Container> {
        let mine = |container: &&Container| halves::owner(&container.name) == name.as_str();
        self.containers.values().filter(mine).cloned().collect()
    }

    /// Of these, one whose update by Compose is open: another would forget the way back of this one.
    pub(super) fn open_update(&self, targets: &[Container]) -> Option<String> {
        let part = |begun: &&Begun| targets.iter().any(|one| begun.service.containers.contains(&one.name));
        self.begun().find(part).map(|begun| begun.container.to_string())
    }
}
