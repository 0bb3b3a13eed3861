//! What the actor carries besides the pure state: the connection, tasks, timers, figures and followed logs. Small
//! answers that need no engine are given here.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::PathBuf,
    sync::Arc,
};

use ractor::ActorRef;
use tokio::time::Instant;

use super::{
    config::{Config, Patterns, Updates},
    engine::{Dock, Engine, EngineError},
    logs::Line,
    looks::{Samples, Watches},
    messages::{
        Counts, Glimpse, ListAsk, ListPage, LogFile, Msg, Own, Row, Sizes, Snapshot, Sweeping, Swept,
        UpdatesReport,
    },
    model::{Container, Usage, Volume},
    state::{Link, State, Target},
    updates, words,
};
use crate::{
    domain::{Told, Words},
    events::Event,
    intent::containers::Filter,
    room::feeds::Feeds,
    screen::Pager,
    supervision::{Health, RetryPolicy, Status, Tasks, dial::Dial, timer::Timer},
};

/// Tasks at the same time, of screens and acts together.
const TASKS_MAX: usize = 96;
/// Names offered for letters.
const COMPLETIONS_MAX: usize = 20;
/// Feeds of this room; other rooms number theirs elsewhere.
pub(super) const FEED_BASE: u64 = 0xc047_0000_0000;

/// The state, and the tasks and timers around it.
pub struct Shell {
    pub(super) state: State,
    pub(super) dock: Arc<dyn Dock>,
    pub(super) socket: Option<PathBuf>,
    pub(super) engine: Option<Arc<dyn Engine>>,
    pub(super) dial: Dial,
    pub(super) relist: Timer,
    /// The timer is armed for an event, not for the slow round.
    pub(super) relist_is_soon: bool,
    pub(super) relist_again: bool,
    pub(super) listing: bool,
    pub(super) listed_at: Instant,
    pub(super) tick: Timer,
    pub(super) tasks: Tasks,
    /// Follows the events of the present connection.
    pub(super) listener: Tasks,
    pub(super) samples: Samples,
    pub(super) watches: Watches,
    pub(super) figures: Timer,
    /// What waits to be told of one until it is known what to tell, and what came after it.
    pub(super) telling: BTreeMap<String, Vec<(jiff::Timestamp, Event)>>,
    pub(super) updates: updates::Book,
    pub(super) wanted: Updates,
    pub(super) sizes: Sizes,
    pub(super) sized_at: Option<Instant>,
    /// As it was counted last.
    pub(super) counted: Option<(jiff::Timestamp, Usage)>,
    /// The unused volumes as they were shown last.
    pub(super) listed: Vec<Volume>,
    pub(super) files: VecDeque<(u32, LogFile)>,
    pub(super) files_made: u32,
    pub(super) sweeping: Option<Sweeping>,
    pub(super) swept: Option<Swept>,
    pub(super) feeds: Feeds<Line>,
    pub(super) counts: Counters,
    pub(super) last_error: Option<(jiff::Timestamp, String)>,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: u64,
    pub(super) events: u64,
    pub(super) acts: u64,
    pub(super) failures: u64,
}

impl Shell {
    pub(super) fn new(config: &Config, dock: Arc<dyn Dock>) -> Shell {
        Shell {
            state: State::new(config),
            dock,
            socket: config.socket.clone(),
            engine: None,
            dial: Dial::new(RetryPolicy::reconnect()),
            relist: Timer::default(),
            relist_is_soon: false,
            relist_again: false,
            listing: false,
            listed_at: Instant::now(),
            tick: Timer::default(),
            tasks: Tasks::new(),
            listener: Tasks::new(),
            samples: Samples::default(),
            watches: Watches::default(),
            figures: Timer::default(),
            telling: BTreeMap::new(),
            updates: updates::Book::default(),
            wanted: config.updates.clone(),
            sizes: Sizes::default(),
            sized_at: None,
            counted: None,
            listed: Vec::new(),
            files: VecDeque::new(),
            files_made: 0,
            sweeping: None,
            swept: None,
            feeds: Feeds::new(FEED_BASE),
            counts: Counters::default(),
            last_error: None,
        }
    }

    /// For a screen. Past the limit it is not begun: its reply port is dropped, and the asker hears that.
    pub(super) fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        if self.tasks.len() < TASKS_MAX {
            self.tasks.spawn(task);
        }
    }

    /// For the state, which counts on an answer.
    pub(super) fn must(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    pub(super) fn engine(&self) -> Result<Arc<dyn Engine>, EngineError> {
        match (&self.engine, &self.state.link) {
            (Some(engine), _) => Ok(engine.clone()),
            (None, Link::Down { error, .. }) => Err(error.clone()),
            (None, Link::Opening | Link::Up(_)) => Err(EngineError::Lost),
        }
    }

    /// As if it had just started.
    pub(super) fn forget(&mut self, protected: &[String]) {
        self.state = State::new(&Config { protected: protected.to_vec(), ..Config::default() });
        self.engine = None;
        self.listener = Tasks::new();
        self.relist.cancel();
        self.relist_is_soon = false;
        self.feeds.end_all();
        self.watches.end_all();
        self.samples = Samples::default();
        self.sizes = Sizes::default();
        self.sized_at = None;
        self.counted = None;
        self.listed.clear();
        self.last_error = None;
    }

    pub(super) fn failed(&mut self, at: jiff::Timestamp, error: &EngineError) {
        // One that is not there is told once, not at each try.
        let known = self.last_error.as_ref().is_some_and(|(_, last)| *last == error.to_string());
        if !known || self.engine.is_some() {
            tracing::warn!(error = %error, "engine not connected");
        }
        self.last_error = Some((at, error.to_string()));
    }

    pub(super) fn dial_again(&mut self, me: &ActorRef<Msg>) {
        self.engine = None;
        self.listener = Tasks::new();
        self.watches.end_all();
        self.relist.cancel();
        self.relist_is_soon = false;
        self.dial.again(me, |g| Msg::Own(Own::Dial(g)));
    }

    pub(super) fn looked_at(&mut self, me: &ActorRef<Msg>) {
        self.dial.looked_at(me, |g| Msg::Own(Own::Dial(g)));
    }

    pub(super) fn row(&self, container: Container) -> Row {
        let doing = self.state.ops().iter().find_map(|(target, op)| {
            let mine = match target {
                Target::One(name) => container.name == name.as_str(),
                Target::Project(project) => container.project() == Some(project.as_str()),
            };
            let now = op.step.as_ref().is_none_or(|step| step.container == container.name);
            (mine && now).then_some(op.doing)
        });
        Row {
            newer: self.wanted.enabled && self.updates.has_newer(&container),
            troubled: self.state.troubled(&container),
            doing,
            figures: self.samples.figures(&container.id),
            figures_come: false,
            container,
        }
    }

    pub(super) fn page(&self, ask: ListAsk) -> ListPage {
        let words = Words::of(ask.search.as_deref());
        let mut counts = Counts::default();
        let mut projects: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        let mut found: Vec<Container> = Vec::new();
        let mut troubled_projects: BTreeSet<String> = BTreeSet::new();
        for container in self.state.containers() {
            let (running, troubled) = (container.running(), self.state.troubled(container));
            // Between two runs of a loop it is neither.
            counts.running += usize::from(container.takes());
            counts.stopped += usize::from(!running);
            counts.troubled += usize::from(troubled);
            if let Some(project) = container.project() {
                let (up, all) = projects.entry(project.to_owned()).or_default();
                *all += 1;
                *up += usize::from(container.takes());
                if troubled {
                    troubled_projects.insert(project.to_owned());
                }
            }
            let fits = match ask.filter {
                Filter::All => true,
                Filter::Running => running,
                Filter::Stopped => !running,
                Filter::Troubled => troubled,
            };
            if fits && matches(container, &words) {
                found.push(container.clone());
            }
        }
        // Projects with trouble, what is troubled and stands alone, then projects, then what stands alone; in each what
        // is troubled first, then what runs.
        found.sort_by_cached_key(|container| {
            let project = container.project();
            let group = match project {
                Some(project) if troubled_projects.contains(project) => 0,
                None if self.state.troubled(container) => 1,
                Some(_) => 2,
                None => 3,
            };
            let within = (!self.state.troubled(container), !container.running());
            (group, project.map(str::to_owned), within, container.name.clone())
        });
        let rows: Vec<Row> = Pager::slice(&found, ask.per_page, ask.page)
            .iter()
            .map(|container| self.row(container.clone()))
            .collect();
        projects.retain(|project, _| rows.iter().any(|row| row.container.project() == Some(project)));
        let newer = self.state.containers().filter(|container| self.updates.has_newer(container)).count();
        let newer = self.wanted.enabled.then_some(newer);
        let halves = self.state.halves().into_values().collect();
        let link = self.state.link.clone();
        ListPage { link, ask, found: found.len(), counts, rows, projects, newer, halves }
    }

    /// Running ones whose images the config wants asked about.
    pub(super) fn asked_about(&self) -> (Vec<Container>, usize) {
        let which = Patterns::new(&self.wanted.which);
        let running = self.state.containers().filter(|container| container.running()).cloned();
        let (asked, left_out): (Vec<_>, Vec<_>) =
            running.partition(|container| which.matches(&container.name));
        (asked, left_out.len())
    }

    pub(super) fn updates_report(&self) -> UpdatesReport {
        let (asked, left_out) = self.asked_about();
        let mut rows: Vec<_> = asked
            .into_iter()
            .map(|container| {
                let verdict = self.updates.of(&container).cloned();
                (container, verdict)
            })
            .collect();
        rows.sort_by_key(|(container, _)| (!self.updates.has_newer(container), container.name.clone()));
        UpdatesReport {
            link: self.state.link.clone(),
            enabled: self.wanted.enabled,
            schedule: self.wanted.schedule.clone(),
            checking: self.updates.checking,
            rows,
            left_out,
        }
    }

    pub(super) fn glimpse(&self) -> Glimpse {
        let troubled = self.state.containers().filter(|c| self.state.troubled(c)).cloned().collect();
        let running = self.state.containers().filter(|c| c.running()).count();
        let stopped = self.state.containers().count() - running;
        let halves = self.state.halves().into_values().collect();
        Glimpse { link: self.state.link.clone(), running, stopped, troubled, halves }
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let containers: Vec<Container> = self.state.containers().cloned().collect();
        let protected =
            containers.iter().filter(|c| self.state.is_protected(c)).map(|c| c.name.clone()).collect();
        Snapshot {
            link: self.state.link.clone(),
            containers,
            protected,
            begun: self.state.begun().cloned().collect(),
        }
    }

    pub(super) fn complete(&self, letters: &str) -> Vec<String> {
        let letters = letters.to_lowercase();
        let rank = |name: &str, service: &str| {
            let (name, service) = (name.to_lowercase(), service.to_lowercase());
            Some(match () {
                () if name == letters => 0,
                () if service == letters => 1,
                () if name.starts_with(&letters) || service.starts_with(&letters) => 2,
                () if name.contains(&letters) => 3,
                () => return None,
            })
        };
        let mut found: Vec<(u8, &str)> = Vec::new();
        for container in self.state.containers() {
            let service = container.compose.as_ref().map_or("", |compose| compose.service.as_str());
            found.extend(rank(&container.name, service).map(|rank| (rank, container.name.as_str())));
            if let Some(project) = container.project() {
                found.extend(rank(project, "").map(|rank| (rank, project)));
            }
        }
        found.sort_unstable();
        found.dedup();
        if found.first().is_some_and(|(rank, _)| *rank == 0) {
            found.truncate(1);
        }
        // What only contains the letters is offered when nothing begins with them.
        if found.first().is_some_and(|(rank, _)| *rank < 3) {
            found.retain(|(rank, _)| *rank < 3);
        }
        found.into_iter().take(COMPLETIONS_MAX).map(|(_, name)| name.to_owned()).collect()
    }

    pub(super) fn status(&self) -> Status {
        let health = match &self.state.link {
            Link::Opening | Link::Up(_) => Health::Good,
            Link::Down { since, error } => Health::Degraded {
                since: *since,
                why: Told::new(|lang| words::error(lang, error)),
                mend: Told::new(|lang| words::mend(lang, error)),
            },
        };
        let glimpse = self.glimpse();
        let counters = [
            ("running", glimpse.running as u64),
            ("stopped", glimpse.stopped as u64),
            ("troubled", glimpse.troubled.len() as u64),
            ("connections", self.counts.connections),
            ("events", self.counts.events),
            ("acts", self.counts.acts),
            ("failures", self.counts.failures),
            ("followed logs", self.feeds.count() as u64),
            ("subscriptions", self.watches.len() as u64),
        ];
        Status {
            health,
            counters: counters.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
            last_error: self.last_error.clone(),
        }
    }
}

fn matches(container: &Container, words: &Words) -> bool {
    let project = container.project().unwrap_or_default();
    words.all_in(&format!("{} {} {project}", container.name, container.image))
}
