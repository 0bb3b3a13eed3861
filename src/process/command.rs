//! What to start, and under which limits.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

/// Variables taken over from Cockpit's own environment; all others are dropped. `PATH` is always set.
pub const KEPT: [&str; 5] = ["HOME", "USER", "LOGNAME", "TMPDIR", "TZ"];
/// Output is parsed: it must not depend on where the server stands.
const LOCALE: (&str, &str) = ("LC_ALL", "C.UTF-8");

/// Which share of the machine a program gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    #[default]
    Normal,
    /// nice 10 and the last best-effort I/O level: a backup gives way to what the server is for, but is not starved.
    Background,
    /// As a plan of the config says: nice 0 to 19, and the disk's share.
    Share { nice: u8, io: IoShare },
}

/// What a program gets of the disk beside others (ionice).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IoShare {
    Normal,
    /// The last best-effort level: gives way, but is not starved.
    #[default]
    Low,
    /// Only while nobody else wants the disk.
    Idle,
}

/// Built once, started with [`super::run`] or [`super::spawn`].
#[derive(Clone)]
pub struct Command {
    pub(super) program: OsString,
    pub(super) args: Vec<OsString>,
    pub(super) env: Vec<(OsString, OsString)>,
    pub(super) cwd: Option<PathBuf>,
    pub(super) stdin: Option<Vec<u8>>,
    pub(super) deadline: Option<Duration>,
    pub(super) grace: Duration,
    pub(super) output_bytes_max: usize,
    pub(super) line_bytes_max: usize,
    pub(super) priority: Priority,
}

impl Command {
    /// Short commands answer in milliseconds; one that takes this long waits for something that does not come.
    pub const DEADLINE: Duration = Duration::from_secs(30);
    pub const GRACE: Duration = Duration::from_secs(10);
    pub const OUTPUT_BYTES_MAX: usize = 8 << 20;
    pub const LINE_BYTES_MAX: usize = 16 << 10;

    /// A name to be looked up in `PATH`, or a path.
    pub fn new(program: impl Into<OsString>) -> Command {
        Command {
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            cwd: None,
            stdin: None,
            deadline: Some(Command::DEADLINE),
            grace: Command::GRACE,
            output_bytes_max: Command::OUTPUT_BYTES_MAX,
            line_bytes_max: Command::LINE_BYTES_MAX,
            priority: Priority::Normal,
        }
    }

    pub fn arg(mut self, arg: impl Into<OsString>) -> Command {
        self.args.push(arg.into());
        self
    }

    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Command {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// On top of [`KEPT`]; replaces what is there.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Command {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Without it the program starts in `/`, so that it keeps no file system busy.
    pub fn cwd(mut self, folder: impl Into<PathBuf>) -> Command {
        self.cwd = Some(folder.into());
        self
    }

    /// What it reads; without it its input is `/dev/null`.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Command {
        self.stdin = Some(bytes.into());
        self
    }

    /// From its start to its end; past it the program is interrupted, then killed. [`Command::DEADLINE`] by default.
    pub fn deadline(mut self, deadline: Duration) -> Command {
        self.deadline = Some(deadline);
        self
    }

    /// For jobs of hours, which somebody can cancel.
    pub fn no_deadline(mut self) -> Command {
        self.deadline = None;
        self
    }

    /// Between SIGINT and SIGKILL: time to unlock a repository, to remove a temporary file.
    pub fn grace(mut self, grace: Duration) -> Command {
        self.grace = grace;
        self
    }

    /// What [`super::run`] collects of each stream before it ends the program. [`super::spawn`] has no such limit: the
    /// program waits while nobody takes its lines.
    pub fn output_bytes_max(mut self, bytes: usize) -> Command {
        self.output_bytes_max = bytes;
        self
    }

    /// Lines of [`super::spawn`] are cut here; what follows up to the line's end is dropped.
    pub fn line_bytes_max(mut self, bytes: usize) -> Command {
        self.line_bytes_max = bytes;
        self
    }

    pub fn priority(mut self, priority: Priority) -> Command {
        self.priority = priority;
        self
    }

    /// The program's name, for messages.
    pub fn name(&self) -> String {
        Path::new(&self.program).file_name().unwrap_or(&self.program).to_string_lossy().into_owned()
    }

    pub(super) fn build(&self, path: &Path, search: &OsStr) -> tokio::process::Command {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that starts programs")]
        let mut command = tokio::process::Command::new(path);
        command.args(&self.args).env_clear().env("PATH", search).env(LOCALE.0, LOCALE.1);
        command.envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.cwd.as_deref().unwrap_or(Path::new("/")));
        command.process_group(0).kill_on_drop(true);
        command
    }
}

impl fmt::Debug for Command {
    /// Arguments, variables and input may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({:?}, {} arguments)", self.program, self.args.len())
    }
}
