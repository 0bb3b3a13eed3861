//! One act, followed to its evidence: what the engine says of the container afterwards, not what it answered to the
//! wish. A container that should run must hold for five seconds, or become healthy where it has a check.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    engine::{Engine, EngineError, LogAsk, Verb},
    logs,
    model::{Container, Details, Health, State},
};
use crate::{domain::Phrase, intent::containers::Name, process::ProcessError, screen::LogLine};

/// Up so long without dying, and it has started.
pub const HOLDS: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// For a health check to say healthy or unhealthy; it goes on after that unseen.
pub const HEALTH_MAX: Duration = Duration::from_secs(90);
const TAIL_LINES: usize = 5;
const TAIL_MAX: Duration = Duration::from_secs(3);

/// What is done to one: a verb of the engine, or an update, which is many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doing {
    Act(Verb),
    Update,
    /// The way back from an update that was interrupted.
    PutBack,
    /// The way on, by Compose.
    Finish,
}

impl Doing {
    /// Ends or freezes what runs.
    pub fn takes_down(self) -> bool {
        match self {
            Doing::Act(verb) => verb.takes_down(),
            Doing::Update | Doing::PutBack | Doing::Finish => true,
        }
    }
}

/// Under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    pub doing: Doing,
    pub by: String,
    pub at: Timestamp,
    pub step: Option<Step>,
}

/// Which one of a project's containers, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub at: usize,
    pub of: usize,
    pub container: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub doing: Doing,
    pub by: String,
    /// When it was over.
    pub at: Timestamp,
    pub took: Duration,
    pub ends: Vec<(String, End)>,
}

impl Evidence {
    pub fn good(&self) -> bool {
        self.ends.iter().all(|(_, end)| end.good())
    }
}

/// What became of one container.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// Runs, and has held; with what its health check says.
    Up(Option<Health>),
    /// Not running any more, with its exit code.
    Down(Option<i64>),
    Paused,
    Removed,
    /// It ended soon after its start, or its check calls it unhealthy. The last lines of its log.
    Failed {
        how: Failure,
        log: Vec<LogLine>,
    },
    /// Its check has not come to a result in time.
    StillStarting,
    /// The engine said no, or was not there.
    Refused(EngineError),
    /// It is in another state than asked for.
    Otherwise(State),
    /// A container before it in the project failed.
    NotTried,
    /// Runs from the newer image, and has held.
    Updated(Option<Health>),
    /// The image that is here is what the registry has, and it runs from it.
    Current,
    /// The newer one did not hold: the container before it is back, or not.
    RolledBack {
        why: Box<End>,
        back: Box<End>,
    },
    /// Nothing was touched.
    NotUpdated(NotUpdated),
}

/// Why an update is not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotUpdated {
    NotRunning,
    /// Removes itself when it ends: there would be nothing to go back to.
    RemovesItself,
    /// Its image is fixed by digest or id.
    Pinned,
    /// An update was interrupted: this container is left of it.
    Leftover(String),
    /// These use its network and would lose it.
    Shared(Vec<String>),
    /// Compose said no, with its last words.
    Compose(String),
    /// Compose could not be asked, or did not end.
    ComposeFailed(Phrase),
    /// The last update of this one by Compose is still open.
    Unfinished(String),
    /// What is needed for the way back could not be written down.
    NotNoted,
    /// It is to be made by Compose, which is not here any more.
    NoCompose,
    /// The image to go back to was cleared away.
    ImageGone,
}

impl From<ProcessError> for NotUpdated {
    fn from(error: ProcessError) -> NotUpdated {
        match error {
            ProcessError::Failed { last_words, .. } if !last_words.is_empty() => {
                NotUpdated::Compose(last_words)
            }
            other => NotUpdated::ComposeFailed(other.phrase()),
        }
    }
}

impl End {
    pub fn good(&self) -> bool {
        match self {
            End::Up(health) | End::Updated(health) => matches!(health, None | Some(Health::Healthy)),
            End::Down(_) | End::Paused | End::Removed | End::Current => true,
            End::Failed { .. }
            | End::StillStarting
            | End::Refused(_)
            | End::Otherwise(_)
            | End::NotTried
            | End::RolledBack { .. }
            | End::NotUpdated(_) => false,
        }
    }
}

impl End {
    /// After an update by Compose: there is nothing left to be decided, whichever image it runs from.
    pub fn leaves_whole(&self) -> bool {
        match self {
            End::RolledBack { back, .. } => back.good(),
            End::NotUpdated(_) | End::StillStarting => true,
            end => end.good(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    Died {
        exit: Option<i64>,
        oom: bool,
    },
    Restarting {
        exit: Option<i64>,
        oom: bool,
    },
    Unhealthy {
        output: Option<String>,
    },
    /// The engine could not start it.
    NotStarted(String),
}

pub async fn carry(engine: &dyn Engine, verb: Verb, name: &Name) -> End {
    let before = engine.inspect(name.as_str()).await.map(|details| details.restarts).unwrap_or_default();
    let answer = engine.act(verb, name.as_str()).await;
    if let Err(error) = answer {
        // "Could not be started" stands in its state with the reason; else the engine's no is the result.
        if let (true, EngineError::Refused(why)) = (verb.brings_up(), &error) {
            return End::Failed { how: Failure::NotStarted(why.clone()), log: Vec::new() };
        }
        return End::Refused(error);
    }
    if verb.brings_up() {
        return held(engine, name, before, HOLDS, HEALTH_MAX).await;
    }
    match (verb, engine.inspect(name.as_str()).await) {
        (Verb::Remove, Err(EngineError::NotFound)) => End::Removed,
        // A container with --rm is gone when it has ended.
        (Verb::Stop | Verb::Kill, Err(EngineError::NotFound)) => End::Removed,
        (_, Err(error)) => End::Refused(error),
        (Verb::Pause, Ok(details)) if details.container.state == State::Paused => End::Paused,
        (Verb::Stop | Verb::Kill, Ok(Details { container, .. })) => match container.state {
            State::Exited(code) => End::Down(code),
            state => End::Otherwise(state),
        },
        (_, Ok(details)) => End::Otherwise(details.container.state),
    }
}

/// Watches one that should run, until it has held or failed.
pub async fn held(
    engine: &dyn Engine,
    name: &Name,
    restarts_before: u64,
    holds: Duration,
    health_max: Duration,
) -> End {
    let began = Instant::now();
    loop {
        let details = match engine.inspect(name.as_str()).await {
            Ok(details) => details,
            Err(error) => return End::Refused(error),
        };
        if let Some(how) = failure(&details, restarts_before) {
            return End::Failed { how, log: tail(engine, name).await };
        }
        // Its work was short, and went well.
        if details.container.state == State::Exited(Some(0)) {
            return End::Down(Some(0));
        }
        let waited = began.elapsed();
        match details.container.health {
            Some(Health::Healthy) if waited >= LOOK_EVERY => return End::Up(Some(Health::Healthy)),
            Some(_) if waited >= health_max => return End::StillStarting,
            None if waited >= holds => return End::Up(None),
            _ => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn failure(details: &Details, restarts_before: u64) -> Option<Failure> {
    let oom = details.oom;
    let exit = match details.container.state {
        State::Exited(code) => code,
        _ => None,
    };
    match details.container.state {
        // One that does its work and ends well has not failed.
        State::Exited(Some(0)) if !oom => None,
        State::Exited(_) | State::Dead => Some(Failure::Died { exit, oom }),
        State::Restarting => Some(Failure::Restarting { exit, oom }),
        State::Running if details.restarts > restarts_before => Some(Failure::Restarting { exit, oom }),
        _ if details.container.health == Some(Health::Unhealthy) => {
            let output = details.health_log.iter().flatten().next_back().map(|line| line.output.clone());
            Some(Failure::Unhealthy { output: output.filter(|output| !output.trim().is_empty()) })
        }
        _ => None,
    }
}

/// The last words of one that failed.
pub async fn tail(engine: &dyn Engine, name: &Name) -> Vec<LogLine> {
    tail_lines(engine, name).await.into_iter().map(logs::shown).collect()
}

pub async fn tail_lines(engine: &dyn Engine, name: &Name) -> Vec<logs::Line> {
    let ask =
        LogAsk { container: name.clone(), tail: Some(TAIL_LINES), since: None, stdout: true, follow: false };
    let lines = logs::read(engine, &ask, TAIL_LINES, TAIL_MAX, |_| true).await;
    lines.map(|page| page.lines).unwrap_or_default()
}

/// The order in which a project is brought up: what others need before those who need it, else as it was created.
/// Reversed for bringing it down. A circle of needs is broken where it closes.
pub fn order(containers: &[Container], verb: Verb) -> Vec<Container> {
    let mut by_age: Vec<&Container> = containers.iter().collect();
    by_age.sort_by_key(|container| (container.created, container.name.clone()));
    let mut service: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, container) in by_age.iter().enumerate() {
        if let Some(compose) = &container.compose {
            service.entry(compose.service.as_str()).or_default().push(i);
        }
    }
    let mut done = vec![false; by_age.len()];
    let mut ordered = Vec::with_capacity(by_age.len());
    // Depth first, without recursion: a hostile label could be deep.
    for root in 0..by_age.len() {
        let mut open = vec![(root, false)];
        let mut on_the_way = vec![false; by_age.len()];
        while let Some((i, needs_done)) = open.pop() {
            if done[i] {
                continue;
            }
            if needs_done {
                done[i] = true;
                ordered.push(by_age[i].clone());
                continue;
            }
            if on_the_way[i] {
                continue;
            }
            on_the_way[i] = true;
            open.push((i, true));
            let needs = by_age[i].compose.iter().flat_map(|compose| &compose.depends_on);
            let needs: Vec<usize> =
                needs.filter_map(|name| service.get(name.as_str())).flatten().copied().collect();
            open.extend(
                needs
                    .into_iter()
                    .rev()
                    .filter(|need| !done[*need] && !on_the_way[*need])
                    .map(|need| (need, false)),
            );
        }
    }
    if verb == Verb::Stop {
        ordered.reverse();
    }
    ordered
}
