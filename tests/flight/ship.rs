//! One Cockpit in flight: the binary as a child process, on a temporary data folder, against a Bot API in this test.

use std::{path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use cockpit_bot::{
    domain::SystemClock,
    practice::{PracticeOptions, Running, start},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::pilot::{Bubble, OWNER, Pilot, View};

/// For anything the daemon is waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Ship {
    pub pilot: Pilot,
    pub dir: tempfile::TempDir,
    telegram: Running,
    process: Option<Child>,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

impl Ship {
    /// A simulated server, in flight.
    pub async fn sim() -> Ship {
        Ship::launch("", &["--sim"], &[]).await
    }

    /// `more` is added to the config file.
    pub async fn launch(more: &str, args: &[&str], env: &[(&str, &str)]) -> Ship {
        let mut ship = Ship::ready(args, env).await;
        ship.configure(more);
        ship.relaunch().await;
        ship
    }

    /// Configured, and not started.
    pub async fn on_the_ground(args: &[&str]) -> Ship {
        let ship = Ship::ready(args, &[]).await;
        ship.configure("");
        ship
    }

    async fn ready(args: &[&str], env: &[(&str, &str)]) -> Ship {
        let clock = Arc::new(SystemClock);
        let options = PracticeOptions::new("127.0.0.1:0".parse().expect("an address"), clock);
        let telegram = start(options).await.expect("a Bot API on loopback");
        Ship {
            pilot: Pilot::new(&telegram.page_url),
            dir: tempfile::tempdir().expect("a temporary folder"),
            telegram,
            process: None,
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            env: env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        }
    }

    /// A variable for the binary, in the place of this test's own.
    pub fn with_env(mut self, key: &str, value: &str) -> Ship {
        self.env.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Kilobytes of the binary's memory that were in use at once at most, since it started.
    pub fn memory_peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid().as_raw_nonzero()));
        let status = status.expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
        line.split_whitespace().nth(1).and_then(|figure| figure.parse().ok()).expect("a figure")
    }

    pub fn data_folder(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn config_file(&self) -> PathBuf {
        self.dir.path().join("cockpit.toml")
    }

    /// Writes the config file anew, with more sections.
    pub fn configure(&self, more: &str) {
        let text = format!(
            "[telegram]\ntoken = \"{}\"\napi_url = \"{}\"\n[data]\ndir = \"{}\"\n[ship]\nname = \"potion\"\ntimezone = \"Asia/Jakarta\"\n\
             [[pilots]]\nid = 1001\nrole = \"owner\"\nname = \"Captain\"\n{more}\n",
            self.telegram.token,
            self.telegram.api_url,
            self.dir.path().join("data").display(),
        );
        // A new file in the old one's place, as editors do, and never half of one.
        let draft = self.dir.path().join("cockpit.toml.new");
        std::fs::write(&draft, text).expect("room");
        std::fs::rename(draft, self.config_file()).expect("room");
    }

    /// Starts the binary (again) and waits until it polls.
    pub async fn relaunch(&mut self) {
        // To a file: a pipe that nobody reads would hold the daemon up in the middle of a log line.
        let log = std::fs::File::options().create(true).append(true).open(self.dir.path().join("daemon.log"));
        let mut command = self.command();
        command.stderr(log.expect("room"));
        self.process = Some(command.spawn().expect("the binary"));
        self.pilot.until("the bot to listen", |view| view.listening().then_some(())).await;
    }

    #[expect(clippy::disallowed_methods, reason = "a flight starts the binary itself")]
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cockpit-bot"));
        command
            .arg("run")
            .arg("--config")
            .arg(self.config_file())
            .args(&self.args)
            .env_remove("RUST_BACKTRACE")
            .envs(self.env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    fn pid(&self) -> rustix::process::Pid {
        let id = self.process.as_ref().and_then(Child::id).expect("it runs");
        rustix::process::Pid::from_raw(i32::try_from(id).expect("a pid")).expect("a pid")
    }

    /// As the kernel ends it when memory is short: without a word.
    pub async fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().await.expect("our child");
    }

    /// SIGTERM; the exit code.
    pub async fn terminate(&mut self) -> Option<i32> {
        rustix::process::kill_process(self.pid(), rustix::process::Signal::TERM).expect("our child");
        self.ends().await
    }

    /// Waits until it ends by itself: its exit code.
    pub async fn ends(&mut self) -> Option<i32> {
        let mut process = self.process.take().expect("it runs");
        let status = tokio::time::timeout(PATIENCE, process.wait()).await;
        status.unwrap_or_else(|_| panic!("it does not end:\n{}", self.log())).expect("our child").code()
    }

    /// The address of a method of the Bot API, for whoever has the token.
    pub fn method(&self, name: &str) -> String {
        format!("{}/bot{}/{name}", self.telegram.api_url, self.telegram.token)
    }

    pub fn hang_up(&self) {
        rustix::process::kill_process(self.pid(), rustix::process::Signal::HUP).expect("our child");
    }

    /// Runs the binary beside the flying one, to its end: (exit code, standard error).
    pub async fn second(&self) -> (Option<i32>, String) {
        let mut child = self.command().spawn().expect("the binary");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut text = String::new();
        while let Ok(Some(line)) = lines.next_line().await {
            text += &format!("{line}\n");
        }
        let status = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends").expect("our child");
        (status.code(), text)
    }

    /// The executed acts of the simulated server: (verb, subject).
    pub fn sim_acts(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.dir.path().join("data/sim-acts.jsonl")).unwrap_or_default();
        let read = |line: &str| {
            let value: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
            (
                value["verb"].as_str().expect("a verb").to_owned(),
                value["subject"].as_str().expect("a subject").to_owned(),
            )
        };
        text.lines().map(read).collect()
    }

    /// Taps a button of a bubble as it is now: figures redraw it, and rows come and go.
    pub async fn tap(&self, bubble: &Bubble, label: &str) -> String {
        let find =
            |view: &View| view.bubbles(OWNER).into_iter().find(|b| b.id() == bubble.id())?.data_of(label);
        let data = self.pilot.until(&format!("a button {label:?}"), find).await;
        self.pilot.tap_data(OWNER, OWNER, bubble.id(), &data).await
    }

    /// The same bubble once its text is so.
    pub async fn settles(&self, bubble: &Bubble, is_so: impl Fn(&str) -> bool) -> Bubble {
        let find =
            |view: &View| view.bubbles(OWNER).into_iter().find(|b| b.id() == bubble.id() && is_so(b.text()));
        self.pilot.until("the bubble to change", find).await
    }

    /// Types the command; the answer below it, once it contains the text. Asked again where a part of the daemon was
    /// not up yet.
    pub async fn ask(&self, command: &str, text: &str) -> Bubble {
        const AGAIN: Duration = Duration::from_secs(10);
        let what = format!("an answer to {command} with {text:?}");
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let typed = self.pilot.say(OWNER, OWNER, command).await;
            let find = |view: &View| {
                let below = |b: &Bubble| b.is_bots() && b.id() > typed && b.text().contains(text);
                view.bubbles(OWNER).into_iter().find(below)
            };
            if tokio::time::Instant::now() > deadline {
                return self.pilot.until(&what, find).await;
            }
            if let Ok(answer) = tokio::time::timeout(AGAIN, self.pilot.until(&what, find)).await {
                return answer;
            }
        }
    }

    /// Types the command, once a second, until its answer below contains the text: that answer.
    pub async fn eventually_says(&self, command: &str, text: &str) -> Bubble {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            let typed = self.pilot.say(OWNER, OWNER, command).await;
            let below = |view: &View| view.bubbles(OWNER).into_iter().find(|b| b.is_bots() && b.id() > typed);
            let answer = self.pilot.until("an answer below", below).await;
            if answer.text().contains(text) {
                return answer;
            }
            // Telegram takes about one message a second in one chat.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let seen = self.pilot.view().await.describe();
        panic!("{command} never said {text:?}:\n{seen}\n{}", self.log());
    }

    /// What the daemon keeps, to be looked into while it flies and changed while it is down.
    pub fn store(&self) -> rusqlite::Connection {
        let store = rusqlite::Connection::open(self.dir.path().join("data/cockpit.db")).expect("a store");
        store.busy_timeout(PATIENCE).expect("a timeout");
        store
    }

    /// The first column of the first row, a number.
    pub fn count(&self, sql: &str) -> i64 {
        self.store().query_row(sql, [], |row| row.get(0)).expect("one number")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("daemon.log")).unwrap_or_default()
    }

    /// Looks at something outside the chat until it is so.
    pub async fn eventually(&self, what: &str, is_so: impl Fn() -> bool) {
        let wait = async {
            while !is_so() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            panic!("waited in vain for {what}; to be seen was:\n{}", self.pilot.view().await.describe());
        }
    }
}
