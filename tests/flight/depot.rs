//! A real engine on temporary folders, reached through the room: its plan, its repository, the engine at work.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    pilot::{Bubble, OWNER, View},
    ship::Ship,
};

pub const ENGINES: [&str; 2] = ["restic", "borg"];

/// Says which is not installed.
pub fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    if found.is_none() {
        println!("skipped: {program} is not installed");
    }
    found
}

pub fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("room");
    std::fs::write(path, text).expect("room");
}

/// Borg wants a whole segment free for compacting, 500 MB by itself: with small segments it wants 40 MB.
pub fn modest(repository: &Path) {
    let config = repository.join("config");
    let Ok(text) = std::fs::read_to_string(&config) else { return };
    if let Some(line) = text.lines().find(|line| line.starts_with("max_segment_size")) {
        write(&config, text.replace(line, "max_segment_size = 20000000"));
    }
}

/// Bytes that do not compress.
pub fn noise(bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    getrandom::fill(&mut noise).expect("chance");
    noise
}

/// A program of the test's own, in the place of an engine.
pub fn script(path: &Path, text: &str) {
    write(path, format!("#!/bin/sh\n{text}\n"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("ours");
}

/// Flies the same with each engine that is installed, both at once: most of the time they wait for Telegram.
pub async fn each_engine(make: impl AsyncFn(&'static str) -> Option<Depot>, fly: impl AsyncFn(Depot)) {
    let one = async |engine| {
        if let Some(depot) = make(engine).await {
            fly(depot).await;
        }
    };
    let [restic, borg] = ENGINES;
    tokio::join!(one(restic), one(borg));
}

/// A flight with one plan "home" of `engine`, saving `live`.
pub struct Depot {
    pub ship: Ship,
    pub dir: PathBuf,
    pub engine: &'static str,
}

impl Drop for Depot {
    /// An engine that was to outlive the daemon does not outlive its test.
    fn drop(&mut self) {
        if let Some(pid) = self.engine_pid() {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

impl Depot {
    /// `None` where the engine is not installed.
    pub async fn plain(engine: &'static str) -> Option<Depot> {
        Depot::of(engine, "").await
    }

    /// `more`: further lines of the plan.
    pub async fn of(engine: &'static str, more: &str) -> Option<Depot> {
        Depot::behind(engine, more, |_, real| format!("exec {real} \"$@\"")).await
    }

    /// With a script in the engine's place, made of the test's folder and the real program. "DIR" in the further lines is
    /// the folder.
    pub async fn behind(
        engine: &'static str,
        more: &str,
        says: impl FnOnce(&Path, &str) -> String,
    ) -> Option<Depot> {
        let real = installed(engine)?;
        let ship = Ship::on_the_ground(&[]).await;
        let dir = ship.dir.path().to_owned();
        script(&dir.join("bin").join(engine), &says(&dir, &real.display().to_string()));
        let path = format!("{}/bin:/usr/bin:/bin:/usr/sbin:/sbin", dir.display());
        let mut depot = Depot { ship: ship.with_env("PATH", &path), dir, engine };
        write(&depot.dir.join("password"), "correct horse");
        std::fs::create_dir(depot.live()).expect("room");
        let plan = depot.plan("home", &more.replace("DIR", &depot.dir.display().to_string()));
        depot.fly(&plan).await;
        Some(depot)
    }

    pub fn plan(&self, name: &str, more: &str) -> String {
        format!(
            "[[backup.plans]]\nname = \"{name}\"\nengine = \"{1}\"\nrepository = \"{0}/repo\"\n\
             paths = [\"{0}/live\"]\npassword_file = \"{0}/password\"\n{more}\n",
            self.dir.display(),
            self.engine
        )
    }

    /// Starts with these plans and without the rooms that would look at the real machine.
    pub async fn fly(&mut self, plans: &str) {
        self.ship.configure(&format!(
            "[services]\nenabled = false\n[containers]\nenabled = false\n[smart]\nenabled = false\n{plans}"
        ));
        self.ship.relaunch().await;
    }

    pub fn live(&self) -> PathBuf {
        self.dir.join("live")
    }

    pub fn repo(&self) -> PathBuf {
        self.dir.join("repo")
    }

    /// By the chat: the question, the job, the first look.
    pub async fn initialise(&self) {
        let plan = self.ship.eventually_says("/backup home", "no repository").await;
        self.ship.tap(&plan, "Set up the repository").await;
        let question = self.ship.pilot.becomes(&plan, "This question ends").await;
        assert!(question.text().contains("encrypted"), "{}", question.text());
        self.ship.tap(&question, "Set up the repository").await;
        self.ship.pilot.becomes(&plan, "is ready").await;
        modest(&self.repo());
    }

    /// Taps "Back up now"; its bubble.
    pub async fn begin(&self) -> Bubble {
        let plan = self.ship.ask("/backup home", "home").await;
        self.ship.tap(&plan, "Back up now").await;
        plan
    }

    pub async fn back_up(&self) {
        let job = self.begin().await;
        self.ship.pilot.becomes(&job, "done").await;
    }

    /// Takes as long as it is let, and no room: nothing but zeros, a terabyte of them.
    pub fn endless(&self) -> PathBuf {
        let path = self.live().join("endless");
        std::fs::File::create(&path).and_then(|file| file.set_len(1 << 40)).expect("a sparse file");
        path
    }

    /// Whether anybody holds the repository, by what lies in it.
    pub fn is_locked(&self) -> bool {
        let any = |folder: &str| {
            let entries = std::fs::read_dir(self.repo().join(folder)).into_iter().flatten().flatten();
            // One that is still being written is none yet.
            entries.into_iter().any(|entry| !entry.file_name().to_string_lossy().contains("-tmp-"))
        };
        any("locks") || any("lock.exclusive")
    }

    /// The engine's process, once it holds the repository.
    pub async fn engine_at_work(&self) -> Pid {
        self.ship.eventually("the engine to hold the repository", || self.is_locked()).await;
        self.ship.eventually("the engine's process", || self.engine_pid().is_some()).await;
        self.engine_pid().expect("just seen")
    }

    /// By the repository in its environment: nobody else's engine is ever touched.
    pub fn engine_pid(&self) -> Option<Pid> {
        let repository = self.repo();
        let names = ["RESTIC_REPOSITORY", "BORG_REPO"].map(|name| format!("{name}={}", repository.display()));
        for entry in std::fs::read_dir("/proc").expect("processes").flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let Ok(environment) = std::fs::read(entry.path().join("environ")) else { continue };
            let ours = environment
                .split(|byte| *byte == 0)
                .any(|line| names.iter().any(|name| name.as_bytes() == line));
            let command = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let saves = command.split(|byte| *byte == 0).any(|word| word == b"backup" || word == b"create");
            if ours && saves {
                return Pid::from_raw(pid);
            }
        }
        None
    }

    pub fn signal(&self, pid: Pid, signal: Signal) {
        kill_process(pid, signal).expect("our own engine");
    }

    /// The newest notice that says all of this: nobody asked for it, so no job's screen is taken for it.
    pub async fn notice(&self, words: &[&str]) -> Bubble {
        let find = |view: &View| {
            view.bubbles(OWNER).into_iter().rev().find(|bubble| {
                bubble.is_bots()
                    && !bubble.text().contains("Jobs")
                    && words.iter().all(|word| bubble.text().contains(word))
            })
        };
        self.ship.pilot.until(&format!("a notice with {words:?}"), find).await
    }

    /// Opens the list of snapshots, and one of them by its place in it.
    pub async fn open_snapshot(&self, count: &str, at: usize) -> Bubble {
        let plan = self.ship.ask("/backup home", "✔ backed up").await;
        self.ship.tap(&plan, "Snapshots").await;
        let list = self.ship.pilot.becomes(&plan, count).await;
        let label = list.labels()[at][0].clone();
        // Two of one minute have one label: the place counts.
        let data = list.0["reply_markup"]["inline_keyboard"][at][0]["callback_data"].as_str().expect(&label);
        self.ship.pilot.tap_data(OWNER, OWNER, list.id(), data).await;
        self.ship.pilot.becomes(&list, "Made").await
    }

    /// From a snapshot's screen down to the folder that was saved.
    pub async fn walk_down(&self, snapshot: &Bubble) {
        self.ship.tap(snapshot, "Look inside").await;
        if self.engine == "borg" {
            let index = |view: &View| {
                let bubble = view.bubbles(OWNER).into_iter().find(|bubble| bubble.id() == snapshot.id())?;
                let first = self.live().iter().nth(1).expect("a folder").to_str().expect("ours").to_owned();
                let listed = bubble.button(&format!("📂 {first}")).is_some();
                (listed || bubble.button("List it").is_some()).then_some(listed)
            };
            if !self.ship.pilot.until("the list, or its offer", index).await {
                self.ship.tap(snapshot, "List it").await;
            }
        }
        for part in self.live().iter().skip(1) {
            let name = part.to_str().expect("our own names");
            self.ship.tap(snapshot, &format!("📂 {name}")).await;
        }
    }

    /// Ticks, and waits until it is: the next tick is to know of it.
    pub async fn tick(&self, bubble: &Bubble, name: &str) {
        self.ship.tap(bubble, &format!("☐ {name}")).await;
        let ticked = |view: &View| {
            let bubble = view.bubbles(OWNER).into_iter().find(|b| b.id() == bubble.id())?;
            bubble.button(&format!("☑ {name}")).map(|_| ())
        };
        self.ship.pilot.until(&format!("{name} to be ticked"), ticked).await;
    }

    /// Rows of the flight recorder with this verb.
    pub fn recorded(&self, verb: &str) -> Vec<serde_json::Value> {
        let mut rows = Vec::new();
        for entry in std::fs::read_dir(self.ship.data_folder()).expect("there").flatten() {
            if entry.file_name().to_str().is_some_and(|name| name.ends_with(".jsonl")) {
                let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
                rows.extend(text.lines().filter_map(|line| serde_json::from_str(line).ok()));
            }
        }
        rows.retain(|row: &serde_json::Value| row["verb"] == verb);
        rows
    }
}
