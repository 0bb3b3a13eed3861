//! What the bridge sees of this room: each call asks the actor, with a deadline, and draws what it answers.

use std::time::Duration;

use super::{
    engine::{EngineError, Verb},
    logs,
    messages::{ListAsk, LogFile, Msg, OneAsk, ProjectReport, Sweep},
    ops::Doing,
    panel, panel_details, panel_glance, panel_log, panel_one, panel_project, panel_stock, panel_updates,
    state::{Refusal, Target},
    update_job, weigh, words,
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

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Containers {
    pub port: Port<Msg>,
    pub jobs: Jobs,
}

impl Containers {
    async fn project(&self, name: &Name) -> Option<ProjectReport> {
        self.port.call(VIEW_MAX, |reply| Msg::Project(name.clone(), reply)).await.ok()
    }

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

    async fn mend(&self, name: &Name, how: Doing, order: &Order) -> Outcome {
        let next = AnyView::Containers(View::One(name.clone()));
        let (asked, by) = (name.clone(), order.pilot_name.clone());
        match self.port.call(ACT_MAX, |reply| Msg::Mend { name: asked, how, by, reply }).await {
            Ok(Ok(())) => Outcome::Done { next },
            Ok(Err(Refusal::Unknown)) => Outcome::Refused {
                why: t!(order.reader.lang, "containers-half-gone", name = name.as_str()),
                next,
            },
            Ok(Err(refusal)) => Outcome::Refused { why: refused(&refusal, name, &order.reader), next },
            Err(_) => Outcome::Refused { why: t!(order.reader.lang, "containers-away"), next },
        }
    }

    async fn let_go(&self, name: &Name, order: &Order) -> Outcome {
        let next = AnyView::Containers(View::One(name.clone()));
        let asked = name.clone();
        match self.port.call(ACT_MAX, |reply| Msg::LetGo(asked, reply)).await {
            Ok(Err(Refusal::Unknown)) => Outcome::Refused {
                why: t!(order.reader.lang, "containers-half-gone", name = name.as_str()),
                next,
            },
            answer => self.begun(answer, next, order),
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
            Act::Prune(what) => {
                let what = *what;
                match self.port.call(WEIGH_MAX, |reply| Msg::Forecast(what, reply)).await {
                    Ok(forecast) => weigh::prune(what, &forecast, reader),
                    Err(_) => unknown(),
                }
            }
            _ => match self.port.call(WEIGH_MAX, Msg::Snapshot).await {
                Ok(snapshot) => weigh::own(act, &snapshot, reader),
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
                    // A project may be asked for as a container is: by its name alone.
                    (Ok(report), View::One(_)) if report.is_of_none() => match self.project(name).await {
                        Some(project) if !project.rows.is_empty() => panel_project::project(&project, reader),
                        _ => panel_one::one(&report, reader),
                    },
                    (Ok(report), View::One(_)) => panel_one::one(&report, reader),
                    (Ok(report), View::Values(_)) => panel_details::details(&report, true, reader),
                    (Ok(report), _) => panel_details::details(&report, false, reader),
                    (Err(_), _) => away(reader, name.to_string()),
                }
            }
            View::Project(name) => match self.project(name).await {
                Some(report) => panel_project::project(&report, reader),
                None => away(reader, name.to_string()),
            },
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
            Act::PutBack(name) => return self.mend(name, Doing::PutBack, order).await,
            Act::LetGo(name) => return self.let_go(name, order).await,
            Act::Finish(name) => return self.mend(name, Doing::Finish, order).await,
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
                Ok(snapshot) => weigh::engine_stops(act, &snapshot, reader),
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
            Ok(glimpse) => panel_glance::glance(&glimpse, reader),
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
        Refusal::WayBack(which) => t!(lang, "containers-refused-way-back", name = which.as_str()),
    }
}
