//! Short commands: started, waited for, their output whole.

use std::{borrow::Cow, time::Duration};

use super::{
    clean::clean,
    command::Command,
    error::ProcessError,
    exit::{Cause, Ended, Exit},
    lines::Stream,
    running::{Step, spawn},
};

/// How much of its last words goes into an error.
const WORDS_BYTES_MAX: usize = 300;

/// What a short command left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub program: String,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub exit: Exit,
    pub took: Duration,
}

impl Output {
    /// What is not UTF-8 is replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stdout)
    }

    /// # Errors
    /// [`ProcessError::Failed`] with the last line of its error output, for exit codes other than 0.
    pub fn success(self) -> Result<Output, ProcessError> {
        if self.exit.success() {
            return Ok(self);
        }
        let text = String::from_utf8_lossy(&self.stderr);
        let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let last_words = clean(last.as_bytes(), WORDS_BYTES_MAX);
        Err(ProcessError::Failed { program: self.program, exit: self.exit, last_words })
    }
}

/// Starts a short command and waits for its end, at most until its deadline.
///
/// # Errors
/// Not found, not allowed, out of time, too much output. An exit code is no error here: see [`Output::success`].
pub async fn run(command: Command) -> Result<Output, ProcessError> {
    let bytes_max = command.output_bytes_max;
    let (after, program) = (command.deadline, command.name());
    let mut running = spawn(command)?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    loop {
        match running.step().await? {
            Step::Chunk(stream, n) => {
                let bytes = &running.chunk(stream)[..n];
                let kept = if stream == Stream::Out { &mut stdout } else { &mut stderr };
                if kept.len() + n > bytes_max {
                    // Dropping `running` ends the group.
                    return Err(ProcessError::TooMuch { program, stream, bytes_max });
                }
                kept.extend_from_slice(bytes);
            }
            Step::Ended(Ended { cause: Cause::OutOfTime, took, .. }) => {
                return Err(ProcessError::OutOfTime { program, after: after.unwrap_or(took) });
            }
            Step::Ended(Ended { exit, took, .. }) => {
                return Ok(Output { program, stdout, stderr, exit, took });
            }
        }
    }
}
