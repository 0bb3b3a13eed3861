//! A started program: its streams, its limits, its end.

use std::{
    collections::VecDeque,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStderr, ChildStdin, ChildStdout},
    sync::watch,
    time::Instant,
};

use super::{
    command::{Command, IoShare, Priority},
    error::ProcessError,
    exit::{Cause, Ended},
    find,
    lines::{Cutter, Line, Stream},
};

/// One read; a pipe holds 64 KiB.
const CHUNK_BYTES: usize = 16 << 10;
/// After the program's end: for what it started and left holding its pipes. Then the group is killed.
const DRAIN: Duration = Duration::from_secs(1);
/// Starts a program whose lines are wanted as they come. It goes on while [`Running::next`] is awaited; dropping
/// [`Running`] kills its group.
///
/// # Errors
/// Not found, not allowed, no such folder. Needs a tokio runtime.
pub fn spawn(command: Command) -> Result<Running, ProcessError> {
    let program = command.name();
    let search = find::search_path();
    let path = find::find_in(&command.program, &search)?;
    if let Some(folder) = command.cwd.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(ProcessError::NoFolder { program, folder: Path::to_path_buf(folder) });
    }
    let mut built = command.build(&path, &search);
    built.stdin(if command.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
    built.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = built.spawn().map_err(|source| match source.kind() {
        std::io::ErrorKind::PermissionDenied => ProcessError::NotAllowed { program: program.clone() },
        _ => ProcessError::Start { program: program.clone(), source },
    })?;
    let pid = child.id().expect("a child not yet waited for has its number");
    let group =
        i32::try_from(pid).ok().and_then(Pid::from_raw).expect("the kernel gives out positive numbers");
    match command.priority {
        Priority::Normal => {}
        Priority::Background => give_way(group, 10, IoShare::Low),
        Priority::Share { nice, io } => give_way(group, nice.min(19), io),
    }
    let feed = child.stdin.take().zip(command.stdin.clone()).map(|(pipe, bytes)| Feed { pipe, bytes, at: 0 });
    let now = Instant::now();
    let (asks, asked) = watch::channel(Ask::GoOn);
    Ok(Running {
        program,
        group,
        feed,
        out: child.stdout.take(),
        err: child.stderr.take(),
        chunks: Default::default(),
        cutters: [Stream::Out, Stream::Err].map(|stream| Cutter::new(stream, command.line_bytes_max)),
        lines: VecDeque::new(),
        child,
        started: now,
        deadline: command.deadline.map(|limit| now + limit),
        grace: command.grace,
        end: End::Free,
        exit: None,
        asked,
        control: Control { asks },
    })
}

/// Best effort: a program that runs at normal priority is better than none.
fn give_way(group: Pid, nice: u8, io: IoShare) {
    let _ = rustix::process::setpriority_pgrp(Some(group), i32::from(nice));
    // linux/ioprio.h: WHO_PGRP is 2; the class in the bits from 13 (best-effort 2, idle 3), its level below (7 is last).
    const WHO_PGRP: libc::c_int = 2;
    let share: libc::c_int = match io {
        IoShare::Normal => return,
        IoShare::Low => (2 << 13) | 7,
        IoShare::Idle => 3 << 13,
    };
    #[expect(
        unsafe_code,
        reason = "no safe wrapper exists; the call takes three integers and touches no memory"
    )]
    // SAFETY: `ioprio_set` reads its integer arguments only, and fails with an error code on any value it does not like.
    unsafe {
        libc::syscall(libc::SYS_ioprio_set, WHO_PGRP, group.as_raw_nonzero().get(), share);
    }
}

/// Ends a program from elsewhere. Cheap to clone; harmless after the end.
#[derive(Debug, Clone)]
pub struct Control {
    asks: watch::Sender<Ask>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Ask {
    GoOn,
    Stop,
    StopAgain,
    Kill,
}

impl Control {
    /// A second SIGINT for one that was cancelled and first brings to an end what it is at. The grace stays as it is.
    pub fn insist(&self) {
        self.raise(Ask::StopAgain);
    }

    /// SIGINT to the group, SIGKILL after its grace. Works while [`Running::next`] is awaited.
    pub fn cancel(&self) {
        self.raise(Ask::Stop);
    }

    /// SIGKILL to the group.
    pub fn kill(&self) {
        self.raise(Ask::Kill);
    }

    fn raise(&self, ask: Ask) {
        self.asks.send_if_modified(|now| {
            let more = ask > *now;
            if more {
                *now = ask;
            }
            more
        });
    }
}

struct Feed {
    pipe: ChildStdin,
    bytes: Vec<u8>,
    at: usize,
}

/// How far the end has been brought about.
#[derive(Debug, Clone, Copy)]
enum End {
    Free,
    Interrupted { cause: Cause, kill_at: Instant },
    Killed { cause: Cause },
}

pub struct Running {
    program: String,
    group: Pid,
    child: Child,
    feed: Option<Feed>,
    /// `None` after its end, or when the caller took it.
    out: Option<ChildStdout>,
    err: Option<ChildStderr>,
    chunks: [Vec<u8>; 2],
    cutters: [Cutter; 2],
    lines: VecDeque<Line>,
    started: Instant,
    deadline: Option<Instant>,
    grace: Duration,
    end: End,
    /// The program's own end; its pipes may be held a little longer.
    exit: Option<(ExitStatus, Instant)>,
    asked: watch::Receiver<Ask>,
    control: Control,
}

/// What a long program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    Line(Line),
    /// The last one.
    Ended(Ended),
}

pub(super) enum Step {
    /// So many bytes are in the stream's chunk.
    Chunk(Stream, usize),
    Ended(Ended),
}

/// What one wait ended with.
enum Woke {
    Read(Stream, std::io::Result<usize>),
    Fed(std::io::Result<usize>),
    Exited(std::io::Result<ExitStatus>),
    Asked,
    Time,
}

impl Running {
    /// The process and the group it leads.
    pub fn pid(&self) -> u32 {
        self.group.as_raw_nonzero().get().unsigned_abs()
    }

    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Its output as bytes, for one who wants no lines of it. [`Running::next`] must be awaited beside reading it.
    pub fn take_stdout(&mut self) -> Option<impl AsyncRead + Send + Unpin + use<>> {
        self.out.take()
    }

    /// The next line, or the end. After the end it says the end again. Nothing is lost when the wait is dropped.
    ///
    /// # Errors
    /// [`ProcessError::Io`], after which it is of no more use: drop it.
    pub async fn next(&mut self) -> Result<Happened, ProcessError> {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Ok(Happened::Line(line));
            }
            match self.step().await? {
                Step::Chunk(stream, n) => {
                    let index = stream as usize;
                    self.cutters[index].push(&self.chunks[index][..n], &mut self.lines);
                }
                Step::Ended(ended) => {
                    self.cutters.iter_mut().for_each(|cutter| cutter.finish(&mut self.lines));
                    if self.lines.is_empty() {
                        return Ok(Happened::Ended(ended));
                    }
                }
            }
        }
    }

    pub(super) fn chunk(&self, stream: Stream) -> &[u8] {
        &self.chunks[stream as usize]
    }

    pub(super) async fn step(&mut self) -> Result<Step, ProcessError> {
        loop {
            if let Some(ended) = self.over() {
                return Ok(Step::Ended(ended));
            }
            match self.wake().await {
                Woke::Read(stream, Ok(n)) if n > 0 => return Ok(Step::Chunk(stream, n)),
                Woke::Read(Stream::Out, _) => self.out = None,
                Woke::Read(Stream::Err, _) => self.err = None,
                Woke::Fed(Ok(n)) if n > 0 => self.fed(n),
                // It closed its input, which is its right.
                Woke::Fed(_) => self.feed = None,
                Woke::Exited(Ok(status)) => {
                    self.exit = Some((status, Instant::now()));
                    self.feed = None;
                }
                Woke::Exited(Err(source)) => {
                    return Err(ProcessError::Io { program: self.program.clone(), source });
                }
                Woke::Asked => self.heed(),
                Woke::Time => self.on_time(),
            }
        }
    }

    async fn wake(&mut self) -> Woke {
        let alarm = self.alarm();
        let exited = self.exit.is_some();
        let [out_chunk, err_chunk] = &mut self.chunks;
        tokio::select! {
            biased;
            changed = self.asked.changed(), if !exited => {
                let _ = changed;
                Woke::Asked
            }
            () = sleep_until(alarm) => Woke::Time,
            n = read(&mut self.out, out_chunk) => Woke::Read(Stream::Out, n),
            n = read(&mut self.err, err_chunk) => Woke::Read(Stream::Err, n),
            n = feed(&mut self.feed) => Woke::Fed(n),
            status = self.child.wait(), if !exited => Woke::Exited(status),
        }
    }

    /// When something is due even if nothing happens.
    fn alarm(&self) -> Option<Instant> {
        if let Some((_, at)) = self.exit {
            return Some(at + DRAIN);
        }
        match self.end {
            End::Free => self.deadline,
            End::Interrupted { kill_at, .. } => Some(kill_at),
            End::Killed { .. } => None,
        }
    }

    fn on_time(&mut self) {
        if self.exit.is_some() {
            // Somebody it started holds the pipes.
            self.signal(Signal::KILL);
            (self.out, self.err) = (None, None);
            return;
        }
        match self.end {
            End::Free => self.interrupt(Cause::OutOfTime),
            End::Interrupted { cause, .. } => self.kill(cause),
            End::Killed { .. } => {}
        }
    }

    fn heed(&mut self) {
        let ask = *self.asked.borrow_and_update();
        match (ask, self.end) {
            (Ask::Stop | Ask::StopAgain, End::Free) => self.interrupt(Cause::Cancelled),
            (Ask::StopAgain, End::Interrupted { .. }) => self.signal(Signal::INT),
            (Ask::Kill, End::Free) => self.kill(Cause::Cancelled),
            (Ask::Kill, End::Interrupted { cause, .. }) => self.kill(cause),
            _ => {}
        }
    }

    fn interrupt(&mut self, cause: Cause) {
        self.signal(Signal::INT);
        self.end = End::Interrupted { cause, kill_at: Instant::now() + self.grace };
    }

    fn kill(&mut self, cause: Cause) {
        self.signal(Signal::KILL);
        self.end = End::Killed { cause };
    }

    fn fed(&mut self, n: usize) {
        if let Some(feed) = &mut self.feed {
            feed.at += n;
            if feed.at >= feed.bytes.len() {
                self.feed = None;
            }
        }
    }

    /// All is read and it is gone.
    fn over(&self) -> Option<Ended> {
        let (status, at) = self.exit?;
        if self.out.is_some() || self.err.is_some() {
            return None;
        }
        let (cause, killed) = match self.end {
            End::Free => (Cause::Itself, false),
            End::Interrupted { cause, .. } => (cause, false),
            End::Killed { cause } => (cause, true),
        };
        Some(Ended { exit: status.into(), cause, killed, took: at.duration_since(self.started) })
    }

    fn signal(&self, signal: Signal) {
        // The group's number is not given out again while anyone is in it; once all are gone the call finds nobody.
        // Between its end and this call lie at most DRAIN, in which the kernel does not come round to the same number.
        let _ = kill_process_group(self.group, signal);
    }
}

impl Drop for Running {
    /// Whoever of the group still runs or holds a pipe ends with its owner.
    fn drop(&mut self) {
        if self.exit.is_none() || self.out.is_some() || self.err.is_some() {
            self.signal(Signal::KILL);
        }
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Running({}, {:?})", self.program, self.group)
    }
}

async fn read(pipe: &mut Option<impl AsyncRead + Unpin>, chunk: &mut Vec<u8>) -> std::io::Result<usize> {
    match pipe {
        Some(pipe) => {
            chunk.resize(CHUNK_BYTES, 0);
            pipe.read(chunk).await
        }
        None => std::future::pending().await,
    }
}

async fn feed(feed: &mut Option<Feed>) -> std::io::Result<usize> {
    match feed {
        // Nothing to write is the end of input at once.
        Some(feed) if feed.at >= feed.bytes.len() => Ok(0),
        Some(feed) => feed.pipe.write(&feed.bytes[feed.at..]).await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(alarm: Option<Instant>) {
    match alarm {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
