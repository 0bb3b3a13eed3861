//! The runner of an external program: its lines go to a listener that turns them into progress, log and verdict; a
//! stop is SIGINT to its group, SIGKILL after its grace.

use std::time::Duration;

use super::{
    clean,
    runner::{Ending, Link, Runner, Running},
};
use crate::{
    phrase,
    process::{Cause, Command, Ended, Exit, Happened, Identity, Line, Priority, ProcessError, Stream, spawn},
};

/// Understands one program's words.
pub trait Listener: Send + 'static {
    /// A line came. What is worth keeping goes to [`Link::log`], figures to [`Link::report`].
    fn line(&mut self, line: &Line, link: &Link);

    /// It ended by itself: what that means, from its exit and from what it said before.
    fn ended(&mut self, exit: Exit, link: &Link) -> Ending;
}

/// For a program that is not understood further: all it says is logged, exit 0 is success, and its last error line is
/// the reason otherwise.
#[derive(Debug, Default)]
pub struct PlainLog {
    program: String,
    last_error: String,
}

impl PlainLog {
    /// `program` as the pilot knows it.
    pub fn of(program: impl Into<String>) -> PlainLog {
        PlainLog { program: program.into(), last_error: String::new() }
    }
}

impl Listener for PlainLog {
    fn line(&mut self, line: &Line, link: &Link) {
        link.log(&line.text);
        if line.stream == Stream::Err && !line.text.trim().is_empty() {
            self.last_error = clean(&line.text);
        }
    }

    fn ended(&mut self, exit: Exit, _: &Link) -> Ending {
        gave_up(&self.program, exit, &self.last_error)
    }
}

/// Success for exit 0; else failure with the program's last words.
pub fn gave_up(program: &str, exit: Exit, last_words: &str) -> Ending {
    if exit.success() {
        return Ending::done();
    }
    let why = if last_words.is_empty() {
        phrase!("process-failed-silent", program = program, exit = exit.to_string())
    } else {
        phrase!("process-failed", program = program, exit = exit.to_string(), words = last_words)
    };
    Ending::Failed { why, mend: None }
}

/// `Program::new(Command::new("restic").args([..]), listener)`. Its deadline is the job's.
pub struct Program<L> {
    command: Command,
    grace: Duration,
    listener: L,
}

impl<L: Listener> Program<L> {
    /// After SIGKILL and the closing of its pipes nothing is left to wait for.
    const AFTER_KILL: Duration = Duration::from_secs(5);

    /// Runs in the background: lower priority for CPU and disk. [`Program::in_front`] changes that.
    pub fn new(command: Command, listener: L) -> Program<L> {
        let command = command.no_deadline().grace(Command::GRACE).priority(Priority::Background);
        Program { command, grace: Command::GRACE, listener }
    }

    /// From SIGINT to SIGKILL.
    pub fn grace(self, grace: Duration) -> Program<L> {
        Program { command: self.command.grace(grace), grace, ..self }
    }

    /// At normal priority, for what somebody waits for.
    pub fn in_front(self) -> Program<L> {
        Program { command: self.command.priority(Priority::Normal), ..self }
    }
}

impl<L: Listener> Runner for Program<L> {
    fn run(self: Box<Self>, link: Link) -> Running {
        Box::pin(async move {
            match carry_out(self.command, self.listener, &link).await {
                Ok(ending) => ending,
                Err(error) => {
                    link.log(&error.to_string());
                    Ending::Failed { why: error.phrase(), mend: Some(error.mend()) }
                }
            }
        })
    }

    fn dropped_after(&self) -> Option<Duration> {
        Some(self.grace + Self::AFTER_KILL)
    }
}

async fn carry_out(
    command: Command,
    mut listener: impl Listener,
    link: &Link,
) -> Result<Ending, ProcessError> {
    let mut running = spawn(command)?;
    if let Some(identity) = Identity::of(running.pid()) {
        link.process_started(identity);
    }
    let control = running.control();
    let mut told = false;
    loop {
        let happened = tokio::select! {
            happened = running.next() => happened?,
            () = link.stopping(), if !told => {
                told = true;
                control.cancel();
                continue;
            }
        };
        match happened {
            Happened::Line(line) => listener.line(&line, link),
            Happened::Ended(Ended { cause: Cause::Itself, exit, .. }) => {
                return Ok(listener.ended(exit, link));
            }
            Happened::Ended(Ended { killed, .. }) => {
                if killed {
                    link.log("killed: it did not stop when it was asked to");
                }
                return Ok(Ending::Stopped);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::progress::{Progress, Unit};

    fn shell(script: &str) -> Command {
        Command::new("sh").args(["-c", script])
    }

    async fn run(command: Command) -> (Ending, Link) {
        let link = Link::loose();
        let program = Box::new(Program::new(command, PlainLog::of("sh")));
        (program.run(link.clone()).await, link)
    }

    #[tokio::test]
    async fn what_a_program_says_is_kept_and_its_exit_is_judged() {
        let (ending, link) = run(shell("echo one; echo two >&2; exit 0")).await;
        assert_eq!(ending, Ending::done());
        let mut log = link.log_tail();
        log.sort();
        assert_eq!(log, ["one", "two"]);

        let (ending, _) = run(shell("echo 'Fatal: no key found' >&2; exit 3")).await;
        let why = phrase!("process-failed", program = "sh", exit = "exit 3", words = "Fatal: no key found");
        assert_eq!(ending, Ending::Failed { why, mend: None });

        let (ending, _) = run(Command::new("no-such-program-here")).await;
        assert!(matches!(ending, Ending::Failed { mend: Some(_), .. }), "{ending:?}");
    }

    #[tokio::test]
    async fn a_stop_is_an_interrupt_that_lets_it_tidy_up() {
        crate::process::tests::heed_interrupts();
        let link = Link::loose();
        let script = "trap 'echo unlocked; exit 130' INT; echo ready; while :; do sleep 0.05; done";
        let program = Box::new(Program::new(shell(script), PlainLog::of("sh")));
        let (ending, ()) = tokio::join!(program.run(link.clone()), async {
            while link.log_tail().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            link.stop_token().cancel();
        });
        assert_eq!(ending, Ending::Stopped);
        assert_eq!(link.log_tail(), ["ready", "unlocked"]);
    }

    #[tokio::test]
    async fn one_that_does_not_heed_the_interrupt_is_killed_after_its_grace() {
        let link = Link::loose();
        let script = "trap '' INT; echo ready; while :; do sleep 0.05; done";
        let program = Program::new(shell(script), PlainLog::of("sh")).grace(Duration::from_millis(100));
        let (ending, ()) = tokio::join!(Box::new(program).run(link.clone()), async {
            while link.log_tail().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            link.stop_token().cancel();
        });
        assert_eq!(ending, Ending::Stopped);
        assert_eq!(link.log_tail().last().unwrap(), "killed: it did not stop when it was asked to");
    }

    /// Reads "done/total" lines.
    struct Counts;

    impl Listener for Counts {
        fn line(&mut self, line: &Line, link: &Link) {
            if let Some((done, total)) = line.text.split_once('/') {
                let (done, total) = (done.parse().unwrap(), total.parse().ok());
                link.report(Progress::of(done, total, Unit::Files));
            }
        }

        fn ended(&mut self, exit: Exit, _: &Link) -> Ending {
            gave_up("counts", exit, "")
        }
    }

    #[tokio::test]
    async fn lines_become_progress() {
        let link = Link::loose();
        let command = shell("for i in 1 2 3; do echo $i/4; done");
        let ending = Box::new(Program::new(command, Counts)).run(link.clone()).await;
        assert_eq!((ending, link.progress()), (Ending::done(), Progress::of(3, Some(4), Unit::Files)));
    }
}
