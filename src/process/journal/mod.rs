//! The system's journal, read through `journalctl -o json`: as child program it costs nothing while idle, survives
//! rotation, and needs no library.
//!
//! A reading is a stream of [`Entry`] through a bounded channel: journalctl waits while nobody takes them, so memory
//! stays small however long the journal is; dropping the stream ends the program. Never loads a journal whole, never
//! puts a name through a shell. About 0.4 s behind when following: state comes from elsewhere.

pub mod parse;

use std::{collections::VecDeque, ffi::OsString, pin::Pin, time::Duration};

use jiff::Timestamp;
use tokio::{sync::mpsc, task::JoinSet};

use super::{Command, Happened, ProcessError, Stream, spawn};
use crate::domain::UnitName;

/// A line of JSON longer than this is cut by the reader; its beginning is kept.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// Of a message, on a screen: a phone shows no more of it.
pub const TEXT_BYTES_MAX: usize = 4 << 10;
/// Entries that may wait for their reader.
const AHEAD: usize = 128;
/// What journalctl said last before it failed.
const COMPLAINT_LINES_MAX: usize = 5;

/// One entry, cleaned of terminal escapes and control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Option<Timestamp>,
    /// syslog priority 0 (emergency) to 7 (debug).
    pub priority: Option<u8>,
    /// Who says it: "nginx", "systemd".
    pub source: Option<String>,
    pub pid: Option<u32>,
    /// May have several lines. `None` where the journal gave none.
    pub text: Option<String>,
    pub cursor: Option<String>,
}

/// Which entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Of one unit, with what systemd says about it.
    pub unit: Option<UnitName>,
    /// Of one syslog identifier.
    pub identifier: Option<String>,
    /// At least this severe.
    pub priority: Option<u8>,
    pub since: Since,
    pub order: Order,
    /// Of each message.
    pub text_bytes_max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Since {
    #[default]
    Always,
    Boot,
    /// Of the boot before this one alone.
    BootBefore,
    At(Timestamp),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// The newest first, to the beginning.
    Newest,
    /// The oldest first, to the present end.
    Oldest,
    /// The last so many, then new ones as they come, without end.
    Follow { tail: usize },
    /// What came after this cursor, then new ones as they come.
    After { cursor: String },
}

impl Query {
    pub fn of(unit: UnitName) -> Query {
        Query {
            unit: Some(unit),
            identifier: None,
            priority: None,
            since: Since::Always,
            order: Order::Newest,
            text_bytes_max: TEXT_BYTES_MAX,
        }
    }

    /// Everything after `--name=` is taken as it is, whatever its first character.
    fn args(&self) -> Vec<String> {
        let mut args: Vec<String> = [
            "--output=json",
            "--all",
            "--no-pager",
            "--quiet",
            "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID",
        ]
        .map(str::to_owned)
        .into();
        args.extend(self.unit.as_ref().map(|unit| format!("--unit={unit}")));
        args.extend(self.identifier.as_ref().map(|name| format!("--identifier={name}")));
        args.extend(self.priority.map(|priority| format!("--priority={priority}")));
        match self.since {
            Since::Always => {}
            Since::Boot => args.push("--boot".into()),
            Since::BootBefore => args.push("--boot=-1".into()),
            Since::At(at) => args.push(format!("--since=@{}", at.as_second())),
        }
        match &self.order {
            Order::Newest => args.push("--reverse".into()),
            Order::Oldest => {}
            Order::Follow { tail } => args.extend(["--follow".into(), format!("--lines={tail}")]),
            // Inclusive, and the entry itself is dropped by the reader: `--after-cursor` with a filter loses one.
            Order::After { cursor } => {
                args.extend(["--follow".into(), "--no-tail".into(), format!("--cursor={cursor}")]);
            }
        }
        args
    }

    fn has_an_end(&self) -> bool {
        matches!(self.order, Order::Newest | Order::Oldest)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("not allowed to read the journal")]
    NotAllowed,
    #[error("journalctl failed: {0}")]
    Failed(String),
}

pub type Opening<'a> = Pin<Box<dyn Future<Output = Result<Entries, JournalError>> + Send + 'a>>;

/// Where entries come from: [`Journalctl`], or a fake.
pub trait Journal: Send + Sync + 'static {
    fn open(&self, query: Query) -> Opening<'_>;
}

/// A reading under way. Ends with its program; dropping it ends the program.
#[derive(Debug)]
pub struct Entries {
    heard: mpsc::Receiver<Result<Entry, JournalError>>,
    _task: JoinSet<()>,
}

impl Entries {
    /// Entries made by `task`, which ends when the reading is dropped.
    pub fn made_by<F>(task: impl FnOnce(mpsc::Sender<Result<Entry, JournalError>>) -> F) -> Entries
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (say, heard) = mpsc::channel(AHEAD);
        let mut tasks = JoinSet::new();
        tasks.spawn(task(say));
        Entries { heard, _task: tasks }
    }

    /// `None` at the end. After an error nothing more comes.
    pub async fn next(&mut self) -> Option<Result<Entry, JournalError>> {
        self.heard.recv().await
    }

    /// The first `max` that `wanted` lets through, within `limit`; `bool`: all there was to read was read.
    ///
    /// # Errors
    /// What the journal said, where it said nothing else before.
    pub async fn take(
        &mut self,
        max: usize,
        limit: Duration,
        wanted: impl Fn(&Entry) -> bool,
    ) -> Result<(Vec<Entry>, bool), JournalError> {
        let mut taken = Vec::new();
        let until = tokio::time::Instant::now() + limit;
        while taken.len() < max {
            // A journal that always has a next entry never lets the timeout be looked at.
            if tokio::time::Instant::now() >= until {
                return Ok((taken, false));
            }
            match tokio::time::timeout_at(until, self.next()).await {
                Ok(Some(Ok(entry))) => taken.extend(Some(entry).filter(&wanted)),
                Ok(Some(Err(error))) if taken.is_empty() => return Err(error),
                Ok(Some(Err(_))) | Err(_) => return Ok((taken, false)),
                Ok(None) => return Ok((taken, true)),
            }
        }
        Ok((taken, false))
    }
}

/// The machine's own `journalctl`.
#[derive(Debug, Clone)]
pub struct Journalctl {
    /// The program and what stands before its options: tests reach into the lab with it.
    pub command: Vec<OsString>,
}

impl Default for Journalctl {
    fn default() -> Journalctl {
        Journalctl { command: vec!["journalctl".into()] }
    }
}

impl Journal for Journalctl {
    fn open(&self, query: Query) -> Opening<'_> {
        Box::pin(async move {
            let (program, before) = self.command.split_first().expect("a program has a name");
            let command = Command::new(program)
                .args(before)
                .args(query.args())
                .line_bytes_max(LINE_BYTES_MAX)
                // Waiting for its reader counts too: the reader's own limit ends it.
                .no_deadline();
            let mut running = spawn(command)?;
            Ok(Entries::made_by(async move |say| {
                if let Err(error) = read(&mut running, &query, &say).await {
                    let _ = say.send(Err(error)).await;
                }
            }))
        })
    }
}

/// Until the program ends or nobody listens.
async fn read(
    running: &mut super::Running,
    query: &Query,
    say: &mpsc::Sender<Result<Entry, JournalError>>,
) -> Result<(), JournalError> {
    let mut complaints = VecDeque::new();
    let known = match &query.order {
        Order::After { cursor } => Some(cursor.as_str()),
        _ => None,
    };
    loop {
        // Someone who only listens for new entries may leave while none come.
        let happened = tokio::select! {
            happened = running.next() => happened?,
            () = say.closed() => return Ok(()),
        };
        let line = match happened {
            Happened::Line(line) if line.stream == Stream::Err => {
                if complaints.len() == COMPLAINT_LINES_MAX {
                    complaints.pop_front();
                }
                complaints.push_back(super::clean::clean(line.text.as_bytes(), 500));
                continue;
            }
            Happened::Line(line) => line,
            Happened::Ended(ended) => return end(ended.exit.success() && query.has_an_end(), complaints),
        };
        let parse = if line.cut { parse::beginning } else { parse::line };
        let Some(entry) = parse(line.text.as_bytes(), query.text_bytes_max) else { continue };
        if known.is_some() && entry.cursor.as_deref() == known {
            continue;
        }
        if say.send(Ok(entry)).await.is_err() {
            return Ok(());
        }
    }
}

fn end(well: bool, complaints: VecDeque<String>) -> Result<(), JournalError> {
    let said: Vec<String> = complaints.into();
    let said = said.join("\n");
    // Without rights journalctl says so and may still end with 0.
    if said.contains("insufficient permissions") || said.contains("Permission denied") {
        return Err(JournalError::NotAllowed);
    }
    if well { Ok(()) } else { Err(JournalError::Failed(said)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_arguments_and_never_options() {
        for unit in ["-.mount", "a\\x2db.service", "worker@7.service"] {
            let args = Query::of(UnitName::parse(unit).unwrap()).args();
            assert!(args.contains(&format!("--unit={unit}")), "{args:?}");
        }
        let query = Query {
            identifier: Some("--vacuum-size=1".into()),
            since: Since::At(Timestamp::from_second(1_795_362_583).unwrap()),
            priority: Some(3),
            order: Order::After { cursor: "s=1;i=2".into() },
            unit: None,
            text_bytes_max: 100,
        };
        let args = query.args();
        for want in
            ["--identifier=--vacuum-size=1", "--since=@1795362583", "--priority=3", "--cursor=s=1;i=2"]
        {
            assert!(args.iter().any(|arg| arg == want), "{want} in {args:?}");
        }
    }

    #[tokio::test]
    async fn a_reading_stops_when_enough_is_taken_and_when_time_is_up() {
        let entry =
            |n: u32| Entry { at: None, priority: None, source: None, pid: Some(n), text: None, cursor: None };
        let endless = || {
            Entries::made_by(async move |say| {
                for n in 0.. {
                    if say.send(Ok(entry(n))).await.is_err() {
                        return;
                    }
                }
            })
        };
        let limit = Duration::from_secs(60);
        let (taken, all) = endless().take(3, limit, |e| e.pid.unwrap() % 2 == 1).await.unwrap();
        assert_eq!(taken.iter().map(|e| e.pid.unwrap()).collect::<Vec<_>>(), [1, 3, 5]);
        assert!(!all);
        let (taken, all) = endless().take(3, Duration::from_millis(20), |_| false).await.unwrap();
        assert!(taken.is_empty() && !all);
        let mut short = Entries::made_by(async move |say| {
            let _ = say.send(Ok(entry(1))).await;
        });
        assert_eq!(short.take(9, limit, |_| true).await.unwrap(), (vec![entry(1)], true));
    }

    #[test]
    fn a_journal_that_may_not_be_read_is_told_from_an_empty_one() {
        let said = |text: &str| VecDeque::from([text.to_owned()]);
        assert!(end(true, VecDeque::new()).is_ok());
        let denied = said("No journal files were opened due to insufficient permissions.");
        assert!(matches!(end(true, denied), Err(JournalError::NotAllowed)));
        assert!(matches!(
            end(false, said("Failed to seek to cursor: Invalid argument")),
            Err(JournalError::Failed(text)) if text.contains("seek")
        ));
    }
}
