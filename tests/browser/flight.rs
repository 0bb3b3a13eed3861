//! The newcomer's own path: `cockpit-bot practice` as a child process, its printed address in a browser.

use std::{process::Stdio, time::Duration};

use cockpit_bot::domain::Bytes;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::pilot::Pilot;

/// An unoptimised binary on two busy cores.
const START_MAX: Duration = Duration::from_secs(60);
/// What the product promises.
const STOP_MAX: Duration = Duration::from_secs(10);

pub struct Practice {
    child: Child,
    pub page_url: String,
    pub pilot: Pilot,
    pub home: tempfile::TempDir,
}

impl Practice {
    /// With its data below a folder that goes with the test.
    pub async fn start(args: &[&str]) -> Practice {
        let home = tempfile::tempdir().expect("a folder");
        #[expect(clippy::disallowed_methods, reason = "the product itself, as a child of its test")]
        let mut command = Command::new(env!("CARGO_BIN_EXE_cockpit-bot"));
        command.args(["practice", "--listen", "127.0.0.1:0", "--data"]).arg(home.path().join("data"));
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(std::fs::File::create(home.path().join("log")).expect("a file"));
        let mut child = command.kill_on_drop(true).spawn().expect("the binary");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address = async {
            loop {
                let line = lines.next_line().await.expect("readable").expect("an address before the end");
                if let Some(address) = line.split_whitespace().find(|word| word.contains("/#key=")) {
                    return address.to_owned();
                }
            }
        };
        let page_url = tokio::time::timeout(START_MAX, address).await.expect("an address in time");
        Practice { child, pilot: Pilot::new(&page_url), page_url, home }
    }

    /// What the simulated server was made to do, a JSON object a line.
    pub fn sim_acts(&self) -> String {
        std::fs::read_to_string(self.home.path().join("data/sim-acts.jsonl")).unwrap_or_default()
    }

    /// SIGTERM; the exit code.
    pub async fn stop(mut self) -> Option<i32> {
        let id = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).expect("it runs");
        kill_process(id, Signal::TERM).expect("our own child");
        let status = tokio::time::timeout(STOP_MAX, self.child.wait()).await.expect("it ends in time");
        status.expect("a status").code()
    }
}

impl Drop for Practice {
    /// A test that fails shows what the binary had to say.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            println!("the binary's last words:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        }
    }
}

/// The machine's memory, as a screen writes it.
pub fn memory_total() -> String {
    let meminfo = std::fs::read_to_string("/proc/meminfo").expect("Linux");
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:")).expect("MemTotal");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    let total = Bytes(kib << 10);
    total.figure(total.scale())
}

/// As `df` counts: what is used of what is not reserved for root.
pub fn root_used_percent() -> u64 {
    let root = rustix::fs::statvfs("/").expect("a root");
    let used = root.f_blocks - root.f_bfree;
    (used * 100).div_ceil(used + root.f_bavail)
}
