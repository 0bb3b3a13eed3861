//! What a job runs: a computation, a chain of asynchronous steps, an external program ([`super::program`]). Each gets
//! a [`Link`] to report by and to hear the stop from.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::progress::Progress;
use crate::{domain::Phrase, phrase, process::Identity};

/// How a runner came to its end, in its own view.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    Done {
        summary: Option<Phrase>,
    },
    /// Carried through, but something was left out.
    Incomplete {
        summary: Phrase,
    },
    Failed {
        why: Phrase,
        mend: Option<Phrase>,
    },
    /// It was told to stop, and did.
    Stopped,
}

impl Ending {
    pub fn done() -> Ending {
        Ending::Done { summary: None }
    }

    /// `what` went wrong, in a library's words.
    pub fn broken(what: impl std::fmt::Display) -> Ending {
        Ending::Failed { why: phrase!("jobs-failed-why", why = clean(&what.to_string())), mend: None }
    }
}

pub type Running = Pin<Box<dyn Future<Output = Ending> + Send>>;

/// Something long. Reports by the link, ends soon after [`Link::stopping`]; a panic is a failure of the job only.
pub trait Runner: Send + 'static {
    fn run(self: Box<Self>, link: Link) -> Running;

    /// How long after the stop it is let be before it is dropped where it stands. `None`: it cannot be dropped (a
    /// thread), and is waited for.
    fn dropped_after(&self) -> Option<Duration>;
}

/// Steps that wait on other things: `Steps::new(|link| async move { .. })`. Dropped ten seconds after a stop.
pub struct Steps<F>(F);

impl<F, Fut> Steps<F>
where
    F: FnOnce(Link) -> Fut + Send + 'static,
    Fut: Future<Output = Ending> + Send + 'static,
{
    pub const GRACE: Duration = Duration::from_secs(10);

    pub fn new(steps: F) -> Steps<F> {
        Steps(steps)
    }
}

impl<F, Fut> Runner for Steps<F>
where
    F: FnOnce(Link) -> Fut + Send + 'static,
    Fut: Future<Output = Ending> + Send + 'static,
{
    fn run(self: Box<Self>, link: Link) -> Running {
        // Called inside, so that a panic in the closure is caught like one in the future.
        Box::pin(async move { (self.0)(link).await })
    }

    fn dropped_after(&self) -> Option<Duration> {
        Some(Self::GRACE)
    }
}

/// A computation that blocks its thread; it asks [`Link::is_stopping`] often enough.
pub struct Blocking<F>(F);

impl<F: FnOnce(&Link) -> Ending + Send + 'static> Blocking<F> {
    pub fn new(work: F) -> Blocking<F> {
        Blocking(work)
    }
}

impl<F: FnOnce(&Link) -> Ending + Send + 'static> Runner for Blocking<F> {
    fn run(self: Box<Self>, link: Link) -> Running {
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || (self.0)(&link)).await {
                Ok(ending) => ending,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // Only the end of the runtime cancels a blocking task.
                    Err(_) => Ending::Stopped,
                },
            }
        })
    }

    fn dropped_after(&self) -> Option<Duration> {
        None
    }
}

/// A runner's way to its job. Cheap to clone; none of its methods waits.
#[derive(Clone)]
pub struct Link {
    progress: Arc<watch::Sender<Progress>>,
    log: Arc<Mutex<VecDeque<String>>>,
    stop: CancellationToken,
    process: Arc<dyn Fn(Identity) + Send + Sync>,
}

impl Link {
    /// Lines kept of what the job's program says.
    pub const LOG_LINES_MAX: usize = 200;
    /// Characters kept of one line.
    pub const LINE_MAX: usize = 400;

    pub(super) fn new(
        progress: Progress,
        log: Vec<String>,
        process: impl Fn(Identity) + Send + Sync + 'static,
    ) -> Link {
        Link {
            progress: Arc::new(watch::Sender::new(progress)),
            log: Arc::new(Mutex::new(log.into())),
            stop: CancellationToken::new(),
            process: Arc::new(process),
        }
    }

    /// To nobody: for tests of a runner alone.
    pub fn loose() -> Link {
        Link::new(Progress::default(), Vec::new(), |_| ())
    }

    /// How far it is now. Only the newest is kept, so report as often as is convenient.
    pub fn report(&self, progress: Progress) {
        self.progress.send_replace(progress);
    }

    /// Changes what was reported last.
    pub fn update(&self, change: impl FnOnce(&mut Progress)) {
        self.progress.send_modify(change);
    }

    pub fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    /// One line for the job's log, as it came from outside: cleaned and cut here.
    pub fn log(&self, line: &str) {
        let line = clean(line);
        if line.is_empty() {
            return;
        }
        let mut log = self.lock();
        if log.len() == Self::LOG_LINES_MAX {
            log.pop_front();
        }
        log.push_back(line);
    }

    pub fn log_tail(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }

    /// A process works for this job from now on; kept on the disk, to be found after a crash of Cockpit.
    pub fn process_started(&self, process: Identity) {
        (self.process)(process);
    }

    /// Ends when the job is to stop.
    pub async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    pub fn stop_token(&self) -> &CancellationToken {
        &self.stop
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<String>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line of hostile text made fit to be kept: no escape sequences, no control characters, not too long.
pub fn clean(line: &str) -> String {
    let mut clean = String::new();
    let mut chars = line.trim_end().chars().peekable();
    let mut kept = 0;
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => {
                // `ESC [ … letter`: what restic writes to erase its line.
                if chars.next_if_eq(&'[').is_some() {
                    while chars.next_if(|c| !c.is_ascii_alphabetic()).is_some() {}
                    chars.next();
                }
            }
            '\t' => clean.push(' '),
            c if c.is_control() || is_invisible(c) => continue,
            c => clean.push(c),
        }
        kept += 1;
        if kept == Link::LINE_MAX {
            clean.push('…');
            break;
        }
    }
    clean
}

/// Marks that turn the direction of text or take no room: they can make a line read as another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_from_outside_are_made_harmless() {
        for (line, want) in [
            ("plain text\n", "plain text"),
            ("\u{1b}[2Ksignal interrupt received", "signal interrupt received"),
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("a\tb\rc\u{7}", "a bc"),
            ("abc\u{202e}txt.exe", "abctxt.exe"),
            ("\u{1b}", ""),
        ] {
            assert_eq!(clean(line), want, "{line:?}");
        }
        assert_eq!(clean(&"x".repeat(5000)).chars().count(), Link::LINE_MAX + 1);
    }

    #[test]
    fn the_log_keeps_its_last_lines() {
        let link = Link::loose();
        for number in 0..300 {
            link.log(&format!("line {number}"));
        }
        let tail = link.log_tail();
        assert_eq!((tail.len(), tail[0].as_str(), tail[199].as_str()), (200, "line 100", "line 299"));
    }

    #[tokio::test]
    async fn a_blocking_computation_hears_the_stop_and_reports() {
        let link = Link::loose();
        let runner = Box::new(Blocking::new(|link: &Link| {
            let mut turns = 0;
            while !link.is_stopping() {
                turns += 1;
                link.report(Progress::of(turns, None, super::super::progress::Unit::Steps));
                std::thread::yield_now();
            }
            Ending::Stopped
        }));
        let stop = link.stop_token().clone();
        let mut seen = link.progress.subscribe();
        let (ending, ()) = tokio::join!(runner.run(link.clone()), async {
            seen.wait_for(|progress| !progress.figures.is_empty()).await.expect("reports");
            stop.cancel();
        });
        assert_eq!(ending, Ending::Stopped);
        assert!(link.progress().figures[0].done > 0);
    }
}
