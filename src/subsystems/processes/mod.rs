//! The processes: who takes the processor, the memory and the disks, and signals to them.
//!
//! # Theory of operation
//! Nothing is read until somebody asks. A question for shares of processor time needs two passes over /proc: the one
//! before, if it is at most ten seconds old, else a first one half a second earlier. A pass reads one file for each
//! process ([`linux`]); command line, user and control group are read once for each process, and only of those that a
//! screen or a search needs. All questions that wait are answered by one pass, in a blocking task ([`engine`]). Eight
//! seconds after the last question everything is forgotten and the memory given back.
//!
//! A process is named by pid, start time and boot. A signal goes through a pidfd that was opened before the start time
//! was compared, so that a pid used again is never hit. After TERM the end is waited for, and KILL offered when it does
//! not come within five seconds.
//!
//! # What it never does
//! Signal PID 1, kernel threads or this program; show a password of a command line; add the same page of memory
//! twice where the control group knows better.
//!
//! # Limits
//! 32 waiting questions; disk I/O and open files only of processes that this user may look into.

pub mod actor;
pub mod config;
pub mod engine;
pub mod linux;
pub mod messages;
pub mod panel;
mod panel_one;
pub mod parse;
pub mod table;
pub mod world;

use std::{sync::Arc, time::Duration};

use crate::{
    domain::Reader,
    intent::{
        Act as AnyAct, Hole, Intent, View as AnyView,
        processes::{Act, ProcessId, View},
    },
    room::{Consequence, Order, Outcome, Room},
    screen::Screen,
    supervision::Port,
    t,
};

use engine::{Answer, Process, Question, Which};
use messages::{Msg, Sent};
use table::Signal;

/// The registration value.
pub const ID: &str = "processes";

/// Two passes, half a second apart, on a machine with thousands of processes.
const ANSWER: Duration = Duration::from_secs(3);
const SIGNAL: Duration = Duration::from_secs(2);
/// More words than a name has.
const SEARCH_MAX: usize = 80;

/// How a container is called, by its id; from the room that knows.
pub type AskContainer = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The room.
#[derive(Clone)]
pub struct Processes {
    pub port: Port<Msg>,
    pub container: AskContainer,
}

impl Processes {
    pub fn new(port: Port<Msg>) -> Processes {
        Processes { port, container: Arc::new(|_| None) }
    }

    async fn ask(&self, question: Question) -> Option<Answer> {
        self.port.call(ANSWER, |reply| Msg::Ask(question, reply)).await.ok()?.ok()
    }

    async fn process(&self, question: Question) -> Option<Option<Box<Process>>> {
        match self.ask(question).await? {
            Answer::Process(process) => Some(process),
            Answer::Top(_) | Answer::Groups(_) | Answer::Holders(_) => None,
        }
    }

    async fn sent(&self, id: ProcessId) -> Option<Sent> {
        self.port.call(SIGNAL, |reply| Msg::Sent(id, reply)).await.ok().flatten()
    }

    /// The names and sizes of those with the most memory, for the status screen of another room. One pass.
    pub async fn holders(&self, count: usize) -> Vec<(String, u64)> {
        match self.ask(Question::Holders(count)).await {
            Some(Answer::Holders(holders)) => holders,
            _ => Vec::new(),
        }
    }

    async fn try_view(&self, view: &View, reader: &Reader) -> Option<Screen> {
        let name = |id: &str| (self.container)(id);
        let top = async |sort, which: Which, page| {
            let question = Question::Top { sort, which: which.clone(), page, per_page: panel::PER_PAGE };
            match self.ask(question).await? {
                Answer::Top(top) => Some(panel::top(&top, (sort, &which), &name, reader)),
                _ => None,
            }
        };
        match view {
            View::Top { sort, search, page } => {
                let which = search.clone().map_or(Which::All, Which::Search);
                top(*sort, which, *page).await
            }
            View::Members { owner, sort, page } => top(*sort, Which::Members(owner.clone()), *page).await,
            View::Groups { sort, page } => {
                let question = Question::Groups { sort: *sort, page: *page, per_page: panel::PER_PAGE };
                match self.ask(question).await? {
                    Answer::Groups(groups) => Some(panel::groups(&groups, *sort, &name, reader)),
                    _ => None,
                }
            }
            View::Process(id) => {
                let process = self.process(Question::Process(*id)).await?;
                let sent = self.sent(*id).await;
                Some(match process {
                    Some(process) => panel_one::process(&process, sent, &name, reader),
                    None => panel_one::gone(id.pid, sent, reader),
                })
            }
            View::Pid(pid) => Some(match self.process(Question::Pid(*pid)).await? {
                Some(process) => {
                    let sent = self.sent(process.shown.id).await;
                    panel_one::process(&process, sent, &name, reader)
                }
                None => panel_one::gone(*pid, None, reader),
            }),
        }
    }
}

impl Room for Processes {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        self.try_view(view, reader).await.unwrap_or_else(|| panel::unavailable(reader))
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let id = act.process();
        let signal = match act {
            Act::Term(_) => Signal::Term,
            Act::Kill(_) => Signal::Kill,
            Act::Hup(_) => Signal::Hup,
            Act::Stop(_) => Signal::Stop,
            Act::Cont(_) => Signal::Cont,
        };
        let next = AnyView::Processes(View::Process(id));
        match self.port.call(SIGNAL, |reply| Msg::Send(id, signal, reply)).await {
            Ok(Ok(())) => Outcome::Done { next },
            Ok(Err(refused)) => Outcome::Refused { why: panel_one::refused(&refused, id, lang), next },
            Err(_) => Outcome::Refused { why: t!(lang, "processes-away"), next },
        }
    }

    fn concerned(&self, act: &AnyAct) -> bool {
        matches!(act, AnyAct::Processes(_))
    }

    async fn weigh(&self, act: &AnyAct, reader: &Reader) -> Vec<Consequence> {
        let AnyAct::Processes(act) = act else { return Vec::new() };
        match self.process(Question::Weigh(act.process())).await {
            Some(Some(process)) => {
                let name = |id: &str| (self.container)(id);
                panel_one::consequences(&process, act, std::process::id(), &name, reader.lang)
            }
            _ => Vec::new(),
        }
    }

    async fn fill(&self, hole: &Hole, text: &str, reader: &Reader) -> Result<Intent, String> {
        let text = text.trim();
        match hole {
            Hole::ProcessesSearch => {
                let words: String = text.chars().take(SEARCH_MAX).collect();
                let search = (!words.is_empty()).then_some(words);
                let sort = crate::intent::processes::Sort::Cpu;
                Ok(Intent::View(AnyView::Processes(View::Top { sort, search, page: 0 })))
            }
            Hole::ProcessesKill => {
                let pid: u32 =
                    text.parse().map_err(|_| t!(reader.lang, "processes-not-a-pid", text = text))?;
                match self.process(Question::Pid(pid)).await {
                    // No use in asking about what is refused anyway.
                    Some(Some(process)) => match never(&process.shown) {
                        Some(why) => Err(panel_one::refused(&why, process.shown.id, reader.lang)),
                        None => Ok(Intent::Act(AnyAct::Processes(Act::Term(process.shown.id)))),
                    },
                    Some(None) => Err(t!(reader.lang, "processes-gone", pid = pid.to_string())),
                    None => Err(t!(reader.lang, "processes-away")),
                }
            }
            _ => Err(String::new()),
        }
    }
}

/// Why this process is never signalled from here, whoever asks.
fn never(shown: &engine::Shown) -> Option<table::Refused> {
    match shown.id.pid {
        1 => Some(table::Refused::Init),
        pid if pid == std::process::id() => Some(table::Refused::Own),
        _ => shown.kernel.then_some(table::Refused::KernelThread),
    }
}
