//! What the bridge sees of this room: each call asks the actor, with a deadline, and draws what it answers.

use std::time::Duration;

use super::{
    engine::{EngineError, Verb},
    logs,
    messages::{ListAsk, LogFile, Msg, OneAsk, Snapshot, Sweep},
    model::Container,
    panel, panel_log, panel_one, panel_stock, panel_updates,
    state::{Link, Refusal, Target},
    update_job, words,
};
use crate::{
    domain::{Asker, Attachment, Reader, UnitName},
    intent::{
        Act as AnyAct, Hole, Intent, View as AnyView,
        containers::{Act, Filter, Log, Name, Stock, View},
        services,
    },
    jobs::Jobs,
    locale::{ago, say},
    room::{Consequence, Glance, Order, Outcome, Room},
    screen::{Block, Mark, Screen, Topic},
    supervision::{CallError, Port},
    t,
};

/// For a screen from what the actor knows, or one quick call of the engine.
const VIEW_MAX: Duration = Duration::from_secs(7);
/// The engine walks its disks.
const COUNT_MAX: Duration = Duration::from_secs(65);
const ACT_MAX: Duration = Duration::from_secs(2);
/// The bridge gives up a little later.
const WEIGH_MAX: Duration = Duration::from_millis(280);
/// Words of a search, characters: they travel in buttons.
const SEARCH_MAX: usize = 60;
const NAMED_MAX: usize = 5;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Containers {
    pub port: Port<Msg>,
    pub jobs: Jobs,
}

impl Containers {
    async fn show_log(&self, log: &Log, reader: &Reader) -> Screen {
        let asked = log.clone();
        match self.port.call(logs::PAGE_MAX + VIEW_MAX, |reply| Msg::Log(asked, reply)).await {
            Ok(page) => panel_log::log(log, &page, reader),
            Err(_) => away(reader, log.name.to_string()),
        }
    }

    /// Onto the disk first; its size is told before it is sent.
    async fn collect_log(&self, log: &Log, order: &Order) -> Outcome {
        let next = AnyView::Containers(View::Log(log.clone()));
        let (asked, tz) = (log.clone(), order.reader.tz.clone());
        let limit = logs::FILE_MAX + VIEW_MAX;
        match self.port.call(limit, |reply| Msg::LogFile { log: asked, tz, reply }).await {
            Ok(Ok(file)) => {
                Outcome::Done { next: AnyView::Containers(View::File { log: log.clone(), file }) }
            }
            Ok(Err(error)) => Outcome::Refused { why: both(&error, &order.reader), next },
            Err(_) => Outcome::Refused { why: t!(order.reader.lang, "containers-away"), next },
        }
    }

    async fn file_of(&self, file: u32) -> Option<LogFile> {
        self.port.call(ACT_MAX, |reply| Msg::FileOf(file, reply)).await.ok().flatten()
    }

    async fn send_log(&self, log: &Log, file: u32, order: &Order) -> Outcome {
        match self.file_of(file).await {
            Some(file) => {
                let caption = panel_log::about_file(&file, &order.reader);
                Outcome::File(Attachment { blob: file.blob, caption })
            }
            None => Outcome::Refused {
                why: t!(order.reader.lang, "containers-log-file-gone"),
                next: AnyView::Containers(View::Log(log.clone())),
            },
        }
    }

    async fn update(&self, target: Target, order: &Order) -> Outcome {
        let reader = &order.reader;
        let title = target.name().clone();
        let next = AnyView::Containers(match &target {
            Target::One(name) => View::One(name.clone()),
            Target::Project(name) => View::Project(name.clone()),
        });
        let names = match self.port.call(ACT_MAX, |reply| Msg::MayUpdate(target, reply)).await {
            Ok(Ok(names)) => names,
            Ok(Err(refusal)) => return Outcome::Refused { why: refused(&refusal, &title, reader), next },
            Err(_) => return Outcome::Refused { why: t!(reader.lang, "containers-away"), next },
        };
        let asker = Asker::Pilot { id: order.pilot, name: order.pilot_name.clone(), chat: order.chat };
        let by = order.pilot_name.clone();
        match self.jobs.start(update_job::order(self.port.clone(), &title, names, by, asker)).await {
            Ok(started) => Outcome::Started {
                job: started.job,
                next: AnyView::Jobs(crate::intent::jobs::View::Job(started.job)),
            },
            Err(error) => Outcome::Refused { why: say(reader.lang, &error.phrase()), next },
        }
    }

    async fn put_back(&self, name: &Name, order: &Order) -> Outcome {
        let next = AnyView::Containers(View::One(name.clone()));
        let (asked, by) = (name.clone(), order.pilot_name.clone());
        match self.port.call(ACT_MAX, |reply| Msg::PutBack { name: asked, by, reply }).await {
            Ok(Ok(())) => Outcome::Done { next },
            Ok(Err(Refusal::Unknown)) => Outcome::Refused {
                why: t!(order.reader.lang, "containers-half-gone", name = name.as_str()),
                next,
            },
            Ok(Err(refusal)) => Outcome::Refused { why: refused(&refusal, name, &order.reader), next },
            Err(_) => Outcome::Refused { why: t!(order.reader.lang, "containers-away"), next },
        }
    }

    async fn check(&self, order: &Order) -> Outcome {
        let next = AnyView::Containers(View::Updates { page: 0 });
        self.begun(self.port.call(ACT_MAX, Msg::Check).await, next, order)
    }

    fn begun(&self, begun: Result<Result<(), Refusal>, CallError>, next: AnyView, order: &Order) -> Outcome {
        match begun {
            Ok(Ok(())) => Outcome::Done { next },
            Ok(Err(refusal)) => Outcome::Refused { why: refusal_words(&refusal, "", &order.reader), next },
            Err(_) => Outcome::Refused { why: t!(order.reader.lang, "containers-away"), next },
        }
    }

    async fn carry(&self, verb: Verb, target: Target, order: &Order) -> Outcome {
        let reader = &order.reader;
        let next = AnyView::Containers(match &target {
            Target::One(name) => View::One(name.clone()),
            Target::Project(name) => View::Project(name.clone()),
        });
        let (asked, by) = (target.clone(), order.pilot_name.clone());
        match self.port.call(ACT_MAX, |reply| Msg::Act { verb, target: asked, by, reply }).await {
            Ok(Ok(())) => Outcome::Done { next },
            Ok(Err(refusal)) => Outcome::Refused { why: refused(&refusal, target.name(), reader), next },
            Err(_) => Outcome::Refused { why: t!(reader.lang, "containers-away"), next },
        }
    }

    /// Its screen shows how it goes on and what it gave back.
    async fn sweep(&self, what: Sweep, order: &Order) -> Outcome {
        let next = AnyView::Containers(View::Stock { what: Stock::Usage, page: 0 });
        let by = order.pilot_name.clone();
        let begun = self.port.call(ACT_MAX, |reply| Msg::Sweep { what, by, reply }).await;
        self.begun(begun, next, order)
    }

    async fn remove_volumes(&self, listed: u32, order: &Order) -> Outcome {
        let next = AnyView::Containers(View::UnusedVolumes);
        let lang = order.reader.lang;
        let volumes = match self.port.call(COUNT_MAX, Msg::UnusedVolumes).await {
            Ok(Ok(volumes)) => volumes,
            Ok(Err(error)) => return Outcome::Refused { why: both(&error, &order.reader), next },
            Err(_) => return Outcome::Refused { why: t!(lang, "containers-away"), next },
        };
        let volumes = &volumes[..volumes.len().min(panel_stock::LISTED_MAX)];
        if panel_stock::hash(volumes) != listed {
            return Outcome::Refused { why: t!(lang, "containers-volumes-changed"), next };
        }
        let names = volumes.iter().map(|volume| volume.name.clone()).collect();
        self.sweep(Sweep::Volumes(names), order).await
    }

    async fn weigh_own(&self, act: &Act, reader: &Reader) -> Vec<Consequence> {
        let lang = reader.lang;
        let unknown =
            || vec![Consequence { mark: Mark::Unknown, line: t!(lang, "containers-weigh-unknown") }];
        match act {
            // The very list that was shown: counting anew takes longer than a question waits.
            Act::PruneVolumes { listed } => {
                match self.port.call(WEIGH_MAX, |reply| Msg::Listed(*listed, reply)).await {
                    Ok(Some(names)) => {
                        let (n, list) = (names.len(), names.join(", "));
                        let line = t!(lang, "containers-weigh-volumes", n = n, list = list);
                        vec![Consequence { mark: Mark::Bad, line }]
                    }
                    _ => {
                        let line = t!(lang, "containers-weigh-volumes-unlisted");
                        vec![Consequence { mark: Mark::Unknown, line }]
                    }
                }
            }
            Act::Prune(_) => vec![Consequence { mark: Mark::Look, line: t!(lang, "containers-weigh-prune") }],
            _ => match self.port.call(WEIGH_MAX, Msg::Snapshot).await {
                Ok(snapshot) => own_consequences(act, &snapshot, reader),
                Err(_) => unknown(),
            },
        }
    }
}

impl Room for Containers {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match view {
            View::List { filter, search, page } => {
                let search = search.as_deref().map(searched);
                let ask = ListAsk { filter: *filter, search, page: *page, per_page: panel::PER_PAGE };
                match self.port.call(VIEW_MAX, |reply| Msg::List(ask, reply)).await {
                    Ok(page) => panel::list(&page, reader),
                    Err(_) => away(reader, t!(reader.lang, "containers-crumb")),
                }
            }
            View::One(name) | View::Details(name) | View::Values(name) => {
                let ask = OneAsk { name: name.clone(), whole: matches!(view, View::Details(_)) };
                match (self.port.call(VIEW_MAX, |reply| Msg::One(ask, reply)).await, view) {
                    (Ok(report), View::One(_)) => panel_one::one(&report, reader),
                    (Ok(report), View::Values(_)) => panel_one::details(&report, true, reader),
                    (Ok(report), _) => panel_one::details(&report, false, reader),
                    (Err(_), _) => away(reader, name.to_string()),
                }
            }
            View::Project(name) => {
                let asked = name.clone();
                match self.port.call(VIEW_MAX, |reply| Msg::Project(asked, reply)).await {
                    Ok(report) => panel::project(&report, reader),
                    Err(_) => away(reader, name.to_string()),
                }
            }
            View::Log(log) => self.show_log(log, reader).await,
            View::Stock { what, page } => {
                let counts = matches!(what, Stock::Usage | Stock::Map);
                let limit = if counts { COUNT_MAX } else { VIEW_MAX };
                match self.port.call(limit, |reply| Msg::Stock(*what, reply)).await {
                    Ok(answer) => panel_stock::stock(*what, *page, &answer, reader),
                    Err(_) => away(reader, t!(reader.lang, "containers-stock")),
                }
            }
            View::File { log, file } => {
                panel_log::file(log, *file, self.file_of(*file).await.as_ref(), reader)
            }
            View::Updates { page } => match self.port.call(VIEW_MAX, Msg::Updates).await {
                Ok(report) => panel_updates::updates(&report, *page, reader),
                Err(_) => away(reader, t!(reader.lang, "containers-updates")),
            },
            View::UnusedVolumes => match self.port.call(COUNT_MAX, Msg::UnusedVolumes).await {
                Ok(volumes) => panel_stock::unused(&volumes, reader),
                Err(_) => away(reader, t!(reader.lang, "containers-stock-volumes")),
            },
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let one = |name: &Name| Target::One(name.clone());
        let all = |name: &Name| Target::Project(name.clone());
        let (verb, target) = match act {
            Act::Start(name) => (Verb::Start, one(name)),
            Act::Stop(name) => (Verb::Stop, one(name)),
            Act::Restart(name) => (Verb::Restart, one(name)),
            Act::Pause(name) => (Verb::Pause, one(name)),
            Act::Unpause(name) => (Verb::Unpause, one(name)),
            Act::Kill(name) => (Verb::Kill, one(name)),
            Act::Remove(name) => (Verb::Remove, one(name)),
            Act::StartProject(name) => (Verb::Start, all(name)),
            Act::StopProject(name) => (Verb::Stop, all(name)),
            Act::RestartProject(name) => (Verb::Restart, all(name)),
            Act::LogFile(log) => return self.collect_log(log, order).await,
            Act::SendLog { log, file } => return self.send_log(log, *file, order).await,
            Act::Prune(what) => return self.sweep(Sweep::Prune(*what), order).await,
            Act::Update(name) => return self.update(one(name), order).await,
            Act::UpdateProject(name) => return self.update(all(name), order).await,
            Act::CheckUpdates => return self.check(order).await,
            Act::PutBack(name) => return self.put_back(name, order).await,
            Act::PruneVolumes { listed } => return self.remove_volumes(*listed, order).await,
        };
        self.carry(verb, target, order).await
    }

    fn concerned(&self, act: &AnyAct) -> bool {
        match act {
            AnyAct::Containers(_) => true,
            AnyAct::Services(services::Act::Stop(unit) | services::Act::Restart(unit)) => is_engine(unit),
            _ => false,
        }
    }

    async fn weigh(&self, act: &AnyAct, reader: &Reader) -> Vec<Consequence> {
        match act {
            AnyAct::Containers(act) => self.weigh_own(act, reader).await,
            AnyAct::Services(act) => match self.port.call(WEIGH_MAX, Msg::Snapshot).await {
                Ok(snapshot) => engine_stops(act, &snapshot, reader),
                Err(_) => {
                    let line = t!(reader.lang, "containers-weigh-unknown");
                    vec![Consequence { mark: Mark::Unknown, line }]
                }
            },
            _ => Vec::new(),
        }
    }

    async fn glance(&self, reader: &Reader) -> Glance {
        match self.port.call(WEIGH_MAX, Msg::Glance).await {
            Ok(glimpse) => panel::glance(&glimpse, reader),
            Err(_) => Glance {
                blocks: vec![Block::State(Mark::Unknown, t!(reader.lang, "containers-away"))],
                ..Glance::default()
            },
        }
    }

    async fn fill(&self, hole: &Hole, text: &str, reader: &Reader) -> Result<Intent, String> {
        let words = searched(text);
        if words.is_empty() {
            return Err(t!(reader.lang, "containers-search-empty"));
        }
        Ok(Intent::View(AnyView::Containers(match hole {
            Hole::ContainersSearch => View::List { filter: Filter::All, search: Some(words), page: 0 },
            Hole::ContainerLogSearch(log) => View::Log(Log { search: Some(words), ..log.clone() }),
            _ => return Err(String::new()),
        })))
    }

    async fn complete(&self, letters: &str) -> Vec<String> {
        let letters = letters.to_owned();
        self.port.call(ACT_MAX, |reply| Msg::Complete(letters, reply)).await.unwrap_or_default()
    }
}

/// Units whose stop takes containers down.
fn is_engine(unit: &UnitName) -> bool {
    matches!(unit.as_str(), "docker.service" | "containerd.service" | "podman.service" | "docker.socket")
}

fn searched(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(SEARCH_MAX).collect()
}

fn both(error: &EngineError, reader: &Reader) -> String {
    format!("{} {}", words::error(reader.lang, error), words::mend(reader.lang, error))
}

/// The actor is away; the screen redraws itself when it is back.
fn away(reader: &Reader, crumb: String) -> Screen {
    Screen {
        crumbs: vec![t!(reader.lang, "containers-crumb-cargo"), crumb],
        blocks: vec![Block::State(Mark::Unknown, t!(reader.lang, "containers-away"))],
        topics: vec![Topic::Containers],
        ..Screen::default()
    }
}

fn refused(refusal: &Refusal, name: &Name, reader: &Reader) -> String {
    refusal_words(refusal, name.as_str(), reader)
}

fn refusal_words(refusal: &Refusal, name: &str, reader: &Reader) -> String {
    let lang = reader.lang;
    match refusal {
        Refusal::Protected(which) => t!(lang, "containers-refused-protected", name = which.as_str()),
        Refusal::Busy { doing, by, since } => {
            let ago = ago(lang, panel::age(*since, reader));
            let doing = words::doing(lang, *doing);
            t!(lang, "containers-refused-busy", name = name, doing = doing, by = by.as_str(), ago = ago)
        }
        Refusal::TooMany => t!(lang, "containers-refused-many"),
        Refusal::NotLinked(error) => both(error, reader),
        Refusal::Unknown => t!(lang, "containers-refused-unknown", name = name),
        Refusal::Running => t!(lang, "containers-refused-running", name = name),
        Refusal::Sweeping => t!(lang, "containers-refused-sweeping"),
        Refusal::Checking => t!(lang, "containers-refused-checking"),
        Refusal::UpdatesOff => t!(lang, "containers-updates-off"),
        Refusal::NothingNewer => t!(lang, "containers-nothing-newer"),
        Refusal::NotUpdated(why) => words::not_updated(lang, why),
    }
}

/// Their short names, those with published ports first: "web (published on 443), worker".
fn names(lang: crate::domain::Lang, containers: &[&Container]) -> String {
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

fn engine_stops(act: &services::Act, snapshot: &Snapshot, reader: &Reader) -> Vec<Consequence> {
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

fn own_consequences(act: &Act, snapshot: &Snapshot, reader: &Reader) -> Vec<Consequence> {
    let lang = reader.lang;
    let mut told = Vec::new();
    let mut say = |mark, line| told.push(Consequence { mark, line });
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
        .filter(|mount| mount.kind == super::model::MountKind::Volume)
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
