//! The lab: a real systemd in namespaces of its own. Tests in it act on nothing else. `COCKPIT_LAB=1` uses the lab
//! script beside this repository, `COCKPIT_LAB=/path/to/lab` another; without it these tests say "skipped".

#![allow(dead_code, reason = "each test binary uses the part it needs")]

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use cockpit_bot::process::{Command, run};

pub struct Lab {
    script: PathBuf,
    name: String,
}

impl Lab {
    /// Up and running, or `None` and a word why.
    pub async fn up() -> Option<Lab> {
        let Some(wish) = std::env::var_os("COCKPIT_LAB").filter(|wish| !wish.is_empty()) else {
            eprintln!("skipped: set COCKPIT_LAB=1 to fly in the lab");
            return None;
        };
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/lab/lab");
        let script = if wish == "1" { beside } else { PathBuf::from(wish) };
        let script = script.canonicalize().expect("the lab's script is where COCKPIT_LAB says");
        let name = std::env::var("COCKPIT_LAB_NAME").unwrap_or_else(|_| "cockpit".into());
        let lab = Lab { script, name };
        lab.run(&["up"], Duration::from_secs(500)).await;
        Some(lab)
    }

    /// The words before a command that runs inside.
    pub fn exec(&self) -> Vec<OsString> {
        let words = ["-n", &self.name, "exec", "-t", "0"];
        std::iter::once(self.script.clone().into()).chain(words.map(OsString::from)).collect()
    }

    /// What a shell line inside says; fails when it fails.
    pub async fn sh(&self, line: &str) -> String {
        self.run(&["exec", "sh", "-c", line], Duration::from_secs(100)).await
    }

    /// The lab's file system, also for its sockets.
    pub async fn root(&self) -> PathBuf {
        self.run(&["root"], Duration::from_secs(20)).await.into()
    }

    /// A file of the host, inside.
    pub async fn push(&self, from: &Path, to: &str) {
        self.run(&["push", &from.display().to_string(), to], Duration::from_secs(100)).await;
    }

    /// A text as a file inside. It holds no line that is just END.
    pub async fn write(&self, path: &str, text: &str) {
        self.sh(&format!("cat > '{path}' <<'END'\n{text}\nEND")).await;
    }

    /// Inside, this port on loopback is the host's.
    pub async fn forward_to_host(&self, port: &str) {
        self.run(&["forward", "to-host", port, port], Duration::from_secs(20)).await;
    }

    async fn run(&self, args: &[&str], deadline: Duration) -> String {
        let command = Command::new(&self.script).args(["-n", &self.name]).args(args).deadline(deadline);
        let output = run(command).await.expect("the lab's script runs");
        let told = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.exit.success(), "{args:?}: {told} {error}");
        told
    }
}
