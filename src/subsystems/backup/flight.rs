//! One run of an engine's program: its environment, its lines, its stop, its end. Shared by both engines.
//!
//! Owns the rules: no secret in an argument; SIGINT and then patience; every call bounded by a deadline or a job.

use std::{collections::VecDeque, ffi::OsString, path::PathBuf, time::Duration};

use rustix::fs::{Access as Mode, access};
use tokio::time::Instant;

use super::{
    access::{Access, Password},
    engine::{EngineError, Entries, Entry, Work},
    environment,
    scratch::{Tally, tally},
};
use crate::{
    domain::{Bytes, PhraseArg},
    jobs::{Link, clean},
    phrase,
    process::{Cause, Command, Exit, Happened, Identity, Line, Priority, Running, Stream, spawn},
};

/// For calls that only read a little.
pub(super) const SHORT: Duration = Duration::from_secs(60);
/// For listings, which load a repository's index first.
pub(super) const LISTING: Duration = Duration::from_secs(600);
/// The longest line of a listing: two paths of 4096 bytes, each byte written as `\u00xx`.
pub(super) const LINE_MAX: usize = 64 << 10;
/// Where the whole answer is one line: some 100,000 snapshots.
pub(super) const ANSWER_MAX: usize = 64 << 20;
/// Borg saves what it has at its first SIGINT and goes on to the end of the file it reads, which may be a disk's image:
/// after this it is asked once more, and lets go.
const INSIST_AFTER: Duration = Duration::from_secs(5);
/// Lines of its error output kept to find out what went wrong.
const TAIL_MAX: usize = 60;
/// Characters of one of them.
const TAIL_LINE_MAX: usize = 2000;

/// The engine's environment file and limits on top of a bare command.
///
/// # Errors
/// The password or environment file cannot be read.
pub(super) fn dress(at: &Access, command: Command) -> Result<Command, EngineError> {
    let mut command = command
        .priority(Priority::Share { nice: at.limits.nice, io: at.limits.io })
        .grace(Work::GRACE)
        .no_deadline()
        .line_bytes_max(LINE_MAX);
    if let Some(file) = &at.environment {
        let cannot = |why| unreadable(file, why);
        let size = file.metadata().map_err(|error| cannot(error.to_string().into()))?.len();
        if size > environment::BYTES_MAX {
            let most = Bytes(environment::BYTES_MAX).to_string();
            return Err(cannot(phrase!("backup-engine-too-big", most = most).into()));
        }
        let text = std::fs::read_to_string(file).map_err(|error| cannot(error.to_string().into()))?;
        for (name, value) in environment::parse(&text) {
            command = command.env(name, value);
        }
    }
    Ok(command)
}

/// The password file, looked at before an engine asks a terminal that is not there.
///
/// # Errors
/// It is missing, empty or not readable.
pub(super) fn password_file(at: &Access) -> Result<Option<PathBuf>, EngineError> {
    let Password::File(file) = &at.password else { return Ok(None) };
    let cannot = |why| unreadable(file, why);
    let meta = file.metadata().map_err(|error| cannot(error.to_string().into()))?;
    if meta.len() == 0 {
        return Err(cannot(phrase!("backup-engine-empty").into()));
    }
    access(file, Mode::READ_OK).map_err(|error| cannot(std::io::Error::from(error).to_string().into()))?;
    Ok(Some(file.clone()))
}

fn unreadable(file: &std::path::Path, why: PhraseArg) -> EngineError {
    EngineError::NoPassword { file: file.display().to_string(), why }
}

/// A running engine.
pub(super) struct Flight<'a> {
    at: &'a Access,
    running: Running,
    link: Option<&'a Link>,
    told: bool,
    /// When it is told once more.
    insist_at: Option<Instant>,
    /// We ended it ourselves, for a reason that its lines tell.
    given_up: bool,
    tail: VecDeque<String>,
    end: Option<(Exit, Cause)>,
    limit: Duration,
}

/// How it ended, by itself.
#[derive(Debug)]
pub(super) struct Landed {
    pub exit: Exit,
    /// The last lines of its error output, cleaned, without secrets.
    pub tail: Vec<String>,
}

impl Landed {
    pub fn code(&self) -> i32 {
        match self.exit {
            Exit::Code(code) => code,
            Exit::Signal(_) => -1,
        }
    }
}

impl<'a> Flight<'a> {
    /// With a link it ends when its job ends; without, after `limit`.
    pub fn start(
        at: &'a Access,
        command: Command,
        link: Option<&'a Link>,
        limit: Duration,
    ) -> Result<Flight<'a>, EngineError> {
        if link.is_some_and(Link::is_stopping) {
            return Err(EngineError::Cancelled);
        }
        let command = if link.is_none() { command.deadline(limit) } else { command };
        let running = spawn(command)?;
        if let (Some(link), Some(identity)) = (link, Identity::of(running.pid())) {
            link.process_started(identity);
        }
        let tail = VecDeque::new();
        Ok(Flight {
            at,
            running,
            link,
            told: false,
            insist_at: None,
            given_up: false,
            tail,
            end: None,
            limit,
        })
    }

    /// Its next line; `None` at its end.
    pub async fn next(&mut self) -> Result<Option<Line>, EngineError> {
        if self.end.is_some() {
            return Ok(None);
        }
        loop {
            let stopping = async {
                match self.link {
                    Some(link) if !self.told => link.stopping().await,
                    _ => std::future::pending().await,
                }
            };
            let insist_at = self.insist_at;
            let insisting = async {
                match insist_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let happened = tokio::select! {
                happened = self.running.next() => happened?,
                () = stopping => {
                    self.told = true;
                    self.insist_at = Some(Instant::now() + INSIST_AFTER);
                    self.running.control().cancel();
                    continue;
                }
                () = insisting => {
                    self.insist_at = None;
                    self.running.control().insist();
                    continue;
                }
            };
            match happened {
                Happened::Line(line) => return Ok(Some(line)),
                Happened::Ended(ended) => {
                    if ended.killed
                        && let Some(link) = self.link
                    {
                        link.log("killed: it did not stop when it was asked to");
                    }
                    self.end = Some((ended.exit, ended.cause));
                    return Ok(None);
                }
            }
        }
    }

    /// Keeps what may explain its end, and logs it for the pilot.
    pub fn said(&mut self, line: &str) {
        let line = self.at.scrub(line);
        if let Some(link) = self.link {
            link.log(&line);
        }
        let short: String = line.chars().take(TAIL_LINE_MAX).collect();
        if short.trim().is_empty() {
            return;
        }
        if self.tail.len() == TAIL_MAX {
            self.tail.pop_front();
        }
        self.tail.push_back(short);
    }

    /// Asks it to end; its lines are then judged as if it had ended by itself.
    pub fn give_up(&mut self) {
        self.given_up = true;
        self.running.control().cancel();
    }

    /// After `next` said `None`.
    ///
    /// # Errors
    /// It did not end by itself: stopped, out of time, killed by somebody.
    pub fn landed(self) -> Result<Landed, EngineError> {
        let (exit, cause) = self.end.expect("asked after its end");
        match (cause, exit) {
            (Cause::Cancelled, _) if !self.given_up => Err(EngineError::Cancelled),
            (Cause::OutOfTime, _) => Err(EngineError::Slow(self.limit)),
            (Cause::Itself, Exit::Signal(_)) => Err(EngineError::Killed(exit.to_string())),
            _ => Ok(Landed { exit, tail: self.tail.into() }),
        }
    }

    /// For programs whose whole output is wanted: standard output joined, the rest said.
    pub async fn answer(mut self) -> Result<(String, Landed), EngineError> {
        let mut out = String::new();
        while let Some(line) = self.next().await? {
            match line.stream {
                Stream::Out if out.len() + line.text.len() > ANSWER_MAX => {
                    return Err(EngineError::Garbled("too long".to_owned()));
                }
                Stream::Out => {
                    out.push_str(&line.text);
                    out.push('\n');
                }
                Stream::Err => self.said(&line.text),
            }
        }
        Ok((out, self.landed()?))
    }
}

/// Collects entries into batches for the room.
pub(super) struct Batches {
    to: Entries,
    batch: Vec<Entry>,
    pub sent: u64,
}

impl Batches {
    pub fn new(to: Entries) -> Batches {
        Batches { to, batch: Vec::new(), sent: 0 }
    }

    /// False: nobody wants more.
    pub async fn push(&mut self, entry: Entry) -> bool {
        self.batch.push(entry);
        self.batch.len() < super::engine::BATCH || self.flush().await
    }

    pub async fn flush(&mut self) -> bool {
        if self.batch.is_empty() {
            return true;
        }
        self.sent += self.batch.len() as u64;
        self.to.send(std::mem::take(&mut self.batch)).await.is_ok()
    }
}

/// `--name=value`, so that no value is taken for an option.
pub(super) fn option(name: &str, value: impl Into<OsString>) -> OsString {
    let mut option = OsString::from(name);
    option.push("=");
    option.push(value.into());
    option
}

/// The first line with one of these words in it, cleaned.
pub(super) fn line_with(lines: &[String], words: &[&str]) -> Option<String> {
    let has = |line: &&String| {
        let line = line.to_ascii_lowercase();
        words.iter().any(|word| line.contains(word))
    };
    lines.iter().find(has).map(|line| clean(line))
}

/// What a network or an address that is away sounds like, in lower case.
pub(super) const AWAY: [&str; 18] = [
    "connection refused",
    "connection reset",
    "connection timed out",
    "connection closed",
    "no such host",
    "could not resolve",
    "name or service not known",
    "network is unreachable",
    "no route to host",
    "i/o timeout",
    "tls handshake",
    "certificate",
    "host key verification failed",
    "permission denied (publickey",
    "unable to start the sftp session",
    "ssh command exited",
    "is borg working on the server",
    "access denied",
];

pub(super) const FULL: [&str; 5] = [
    "no space left on device",
    "[errno 28]",
    "disk quota exceeded",
    "insufficient storage",
    "insufficient free space",
];

pub(super) const UNWRITABLE: [&str; 6] = [
    "read-only file system",
    "permission denied",
    "operation not permitted",
    "[errno 13]",
    "[errno 30]",
    "[errno 1]",
];

/// What was restored, counted where it lies.
pub(super) async fn count(folder: PathBuf) -> Tally {
    tokio::task::spawn_blocking(move || tally(&folder)).await.unwrap_or_default()
}

/// This machine's name, as engines write it into locks.
pub(super) fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

pub(super) fn runs(pid: u32) -> bool {
    std::path::Path::new("/proc").join(pid.to_string()).exists()
}
