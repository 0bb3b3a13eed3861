//! What would follow of an act, for its question: who stops with it, which ports are gone, what is deleted and how much
//! room that gives back. Pure.

use super::{
    forecast::Forecast,
    messages::Snapshot,
    model::{Container, MountKind},
    panel::age,
    state::Link,
    words,
};
use crate::{
    domain::{Bytes, Lang, Reader},
    intent::{
        containers::{Act, Prune},
        services,
    },
    locale::ago,
    room::Consequence,
    screen::Mark,
    t,
};

const NAMED_MAX: usize = 5;

/// What a clearing-away takes, and what it leaves alone.
pub fn prune(what: Prune, forecast: &Forecast, reader: &Reader) -> Vec<Consequence> {
    let lang = reader.lang;
    let mut told = Vec::new();
    let mut say = |mark, line| told.push(Consequence { mark, line });
    let usage = forecast.counted.as_ref().map(|(_, usage)| usage);
    let size = |bytes: u64| Bytes(bytes).to_string();
    match (what, usage) {
        (Prune::Images, Some(usage)) if usage.dangling.count == 0 => {
            say(Mark::Idle, t!(lang, "containers-forecast-no-images"));
        }
        (Prune::Images, Some(usage)) => {
            let (n, size) = (usage.dangling.count, size(usage.dangling.reclaimable));
            say(Mark::Look, t!(lang, "containers-forecast-images", n = n, size = size));
        }
        (Prune::BuildCache, Some(usage)) if usage.build_cache.reclaimable == 0 => {
            say(Mark::Idle, t!(lang, "containers-forecast-no-cache"));
        }
        (Prune::BuildCache, Some(usage)) => {
            let size = size(usage.build_cache.reclaimable);
            say(Mark::Look, t!(lang, "containers-forecast-cache", size = size));
        }
        (Prune::Containers, _) if forecast.names.is_empty() => {
            say(Mark::Idle, t!(lang, "containers-forecast-no-stopped"));
        }
        (Prune::Containers, usage) => {
            let (n, list) = (forecast.names.len(), listed(lang, &forecast.names));
            say(Mark::Bad, t!(lang, "containers-forecast-stopped", n = n, list = list));
            if let Some(usage) = usage {
                let size = size(usage.containers.reclaimable);
                say(Mark::Look, t!(lang, "containers-forecast-stopped-size", size = size));
            }
        }
        (Prune::Networks, _) if forecast.unanswered => {}
        (Prune::Networks, _) if forecast.names.is_empty() => {
            say(Mark::Idle, t!(lang, "containers-forecast-no-networks"));
        }
        (Prune::Networks, _) => {
            let (n, list) = (forecast.names.len(), listed(lang, &forecast.names));
            say(Mark::Look, t!(lang, "containers-forecast-networks", n = n, list = list));
        }
        (Prune::Images | Prune::BuildCache, None) => {}
    }
    let counts = !matches!(what, Prune::Networks);
    match &forecast.counted {
        _ if forecast.unanswered => say(Mark::Unknown, t!(lang, "containers-weigh-unknown")),
        Some((at, _)) if counts => {
            say(Mark::Idle, t!(lang, "containers-sizes-ago", ago = ago(lang, age(*at, reader))));
        }
        None if counts => say(Mark::Unknown, t!(lang, "containers-forecast-uncounted")),
        _ => {}
    }
    if !forecast.spared.is_empty() {
        let list = listed(lang, &forecast.spared);
        say(Mark::Good, t!(lang, "containers-forecast-spared", list = list));
    }
    let some = match (what, usage) {
        (Prune::Images, Some(usage)) => usage.dangling.count > 0,
        (Prune::BuildCache, Some(usage)) => usage.build_cache.reclaimable > 0,
        (Prune::Images | Prune::BuildCache, None) => true,
        (Prune::Containers | Prune::Networks, _) => false,
    };
    if some {
        say(Mark::Look, t!(lang, "containers-weigh-prune"));
    }
    told
}

fn listed(lang: Lang, names: &[String]) -> String {
    let mut list: Vec<String> = names.iter().take(NAMED_MAX).cloned().collect();
    if let Some(more) = names.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
        list.push(t!(lang, "containers-and-more", n = more));
    }
    list.join(", ")
}

/// Their short names, those with published ports first: "web (published on 443), worker".
fn names(lang: Lang, containers: &[&Container]) -> String {
    let mut sorted: Vec<&&Container> = containers.iter().collect();
    sorted.sort_by_key(|container| (container.published().is_empty(), container.name.clone()));
    let mut list: Vec<String> = sorted
        .iter()
        .take(NAMED_MAX)
        .map(|container| match container.published().as_slice() {
            [] => words::short(container),
            ports => {
                let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
                let name = words::short(container);
                t!(lang, "containers-weigh-published-name", name = name, ports = ports.join(", "))
            }
        })
        .collect();
    if let Some(more) = sorted.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
        list.push(t!(lang, "containers-and-more", n = more));
    }
    list.join(", ")
}

/// What the engine's own unit takes with it.
pub fn engine_stops(act: &services::Act, snapshot: &Snapshot, reader: &Reader) -> Vec<Consequence> {
    let lang = reader.lang;
    let about = match &snapshot.link {
        Link::Up(about) => about,
        Link::Opening | Link::Down { .. } => {
            let line = t!(lang, "containers-weigh-unknown");
            return vec![Consequence { mark: Mark::Unknown, line }];
        }
    };
    // Podman's containers do not live in its service; the socket only keeps new callers out.
    let unit = act.unit().as_str();
    let spared = about.live_restore || unit == "podman.service" || unit == "docker.socket";
    let running: Vec<&Container> = snapshot.containers.iter().filter(|c| c.running()).collect();
    if running.is_empty() {
        return vec![Consequence { mark: Mark::Good, line: t!(lang, "containers-weigh-none") }];
    }
    if spared {
        let line = t!(lang, "containers-weigh-spared", n = running.len());
        return vec![Consequence { mark: Mark::Good, line }];
    }
    let list = names(lang, &running);
    let line = match act {
        services::Act::Restart(_) => {
            t!(lang, "containers-weigh-engine-restart", n = running.len(), list = list)
        }
        _ => t!(lang, "containers-weigh-engine-stop", n = running.len(), list = list),
    };
    vec![Consequence { mark: Mark::Bad, line }]
}

/// What an act on containers means for others.
pub fn own(act: &Act, snapshot: &Snapshot, reader: &Reader) -> Vec<Consequence> {
    let lang = reader.lang;
    let mut told = Vec::new();
    let mut say = |mark, line| told.push(Consequence { mark, line });
    if let (Act::PutBack(name) | Act::Finish(name) | Act::LetGo(name), Link::Up(_)) = (act, &snapshot.link)
        && let Some(begun) = snapshot.begun.iter().find(|begun| begun.container == *name)
    {
        let (image, service) = (words::image(&begun.image), begun.service.service.as_str());
        let line = match act {
            Act::LetGo(_) => {
                say(Mark::Look, t!(lang, "containers-weigh-let-go", service = service));
                return told;
            }
            Act::PutBack(_) => t!(lang, "containers-weigh-compose-back", image = image, service = service),
            _ => t!(lang, "containers-weigh-compose-on", image = image, service = service),
        };
        say(Mark::Look, line);
        say(Mark::Good, t!(lang, "containers-weigh-compose-volumes"));
        return told;
    }
    let mine: Vec<&Container> = snapshot
        .containers
        .iter()
        .filter(|container| match (act.container(), act.project()) {
            (Some(name), _) if matches!(act, Act::PutBack(_)) => {
                super::halves::owner(&container.name) == name.as_str()
            }
            (Some(name), _) => container.name == name.as_str(),
            (None, Some(project)) => container.project() == Some(project.as_str()),
            (None, None) => false,
        })
        .collect();
    if !matches!(snapshot.link, Link::Up(_)) || mine.is_empty() {
        say(Mark::Unknown, t!(lang, "containers-weigh-unknown"));
        return told;
    }
    if let Some(safe) = mine.iter().find(|container| snapshot.protected.contains(&container.name)) {
        say(Mark::Bad, t!(lang, "containers-refused-protected", name = safe.name.as_str()));
    }
    if act.project().is_some() && !matches!(act, Act::UpdateProject(_)) {
        let running: Vec<&Container> = mine.iter().copied().filter(|c| c.running()).collect();
        let list = names(lang, &running);
        say(Mark::Bad, t!(lang, "containers-weigh-project", n = running.len(), list = list));
    }
    if matches!(act, Act::Update(_) | Act::UpdateProject(_)) {
        say(Mark::Look, t!(lang, "containers-weigh-update"));
        say(Mark::Good, t!(lang, "containers-weigh-update-back"));
    }
    let mut ports: Vec<String> =
        mine.iter().filter(|c| c.running()).flat_map(|c| &c.ports).filter_map(words::port).collect();
    ports.dedup();
    if !ports.is_empty() && !matches!(act, Act::Remove(_)) {
        say(Mark::Bad, t!(lang, "containers-weigh-ports", ports = ports.join(", ")));
    }
    let needing: Vec<&Container> = snapshot.containers.iter().filter(|other| needs(other, &mine)).collect();
    if !needing.is_empty() {
        let list = names(lang, &needing);
        say(Mark::Look, t!(lang, "containers-weigh-needed", n = needing.len(), list = list));
    }
    let volumes: Vec<&str> = mine
        .iter()
        .flat_map(|container| &container.mounts)
        .filter(|mount| mount.kind == MountKind::Volume)
        .map(|mount| mount.source.as_str())
        .collect();
    match act {
        Act::Remove(_) if volumes.is_empty() => say(Mark::Look, t!(lang, "containers-weigh-remove")),
        Act::Remove(_) => {
            say(Mark::Look, t!(lang, "containers-weigh-remove-volumes", list = volumes.join(", ")));
        }
        Act::PutBack(name) => {
            let runs = mine.iter().any(|container| container.name == name.as_str() && container.running());
            if runs {
                say(Mark::Look, t!(lang, "containers-weigh-put-back-runs"));
            }
            say(Mark::Good, t!(lang, "containers-weigh-put-back"));
        }
        Act::Kill(_) if !volumes.is_empty() => {
            say(Mark::Look, t!(lang, "containers-weigh-kill-volumes", list = volumes.join(", ")));
        }
        Act::Kill(_) => say(Mark::Look, t!(lang, "containers-weigh-kill")),
        Act::Pause(_) => say(Mark::Look, t!(lang, "containers-weigh-pause")),
        _ if !volumes.is_empty() => {
            say(Mark::Good, t!(lang, "containers-weigh-volumes-kept", list = volumes.join(", ")));
        }
        _ => {}
    }
    told
}

/// Runs, belongs to the same project, and needs one of these without being one of them.
fn needs(other: &Container, mine: &[&Container]) -> bool {
    other.running()
        && mine.iter().all(|one| one.id != other.id)
        && mine.iter().any(|one| match (&one.compose, &other.compose) {
            (Some(one), Some(other)) => {
                one.project == other.project && other.depends_on.contains(&one.service)
            }
            _ => false,
        })
}
