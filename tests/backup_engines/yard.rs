//! A place to fly engines in: a temporary repository, a folder to save, a password file; and what this machine lacks.

use std::{
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use cockpit_bot::{
    jobs::Link,
    subsystems::backup::{
        borg::Borg,
        engine::{Access, BackupOrder, Engine, EngineKind, Entry, Password, Summary, Which},
        restic::Restic,
    },
};
use tokio::sync::mpsc;

pub struct Yard {
    pub engine: Arc<dyn Engine>,
    pub at: Access,
    pub folder: tempfile::TempDir,
}

/// One for each engine that is installed; says which is not.
pub fn yards() -> Vec<Yard> {
    [EngineKind::Restic, EngineKind::Borg].into_iter().filter_map(Yard::of).collect()
}

/// Borg wants a whole segment free for compacting, 500 MB by itself: with small segments it wants 40 MB.
pub fn modest(repository: &Path) {
    let config = repository.join("config");
    let Ok(text) = fs::read_to_string(&config) else { return };
    if let Some(line) = text.lines().find(|line| line.starts_with("max_segment_size")) {
        fs::write(&config, text.replace(line, "max_segment_size = 20000000")).expect("room");
    }
}

/// Takes as long as it is let, and no room: nothing but zeros, a terabyte of them.
pub fn endless(file: &Path) {
    fs::File::create(file).and_then(|file| file.set_len(1 << 40)).expect("a sparse file");
}

pub fn installed(program: &str) -> bool {
    let there = cockpit_bot::process::find(OsStr::new(program)).is_ok();
    if !there {
        println!("skipped: {program} is not installed");
    }
    there
}

impl Yard {
    pub fn of(kind: EngineKind) -> Option<Yard> {
        let program = match kind {
            EngineKind::Restic => "restic",
            EngineKind::Borg => "borg",
        };
        installed(program).then(|| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let base = folder.path().join("our cache");
            let engine: Arc<dyn Engine> = match kind {
                EngineKind::Restic => Arc::new(Restic::new(base)),
                EngineKind::Borg => Arc::new(Borg::new(base)),
            };
            let key = folder.path().join("the key's file");
            fs::write(&key, "correct horse\n").unwrap();
            let repository = folder.path().join("repository").to_str().unwrap().to_owned();
            fs::create_dir(folder.path().join("data")).unwrap();
            Yard { engine, at: Access::new(repository, Password::File(key)), folder }
        })
    }

    /// A new repository that is content with a nearly full disk.
    pub async fn init(&self) {
        self.engine.init(&self.at).await.expect("a new repository");
        modest(Path::new(&self.at.repository));
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn write(&self, name: impl AsRef<OsStr>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.data().join(name.as_ref());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Names that break careless programs, and a file of several chunks.
    pub fn fill(&self) {
        self.write("plain.txt", "plain");
        self.write("new\nline.txt", "line");
        self.write("sub/rocket 🚀.txt", "rocket");
        self.write("[a]*?/st*r [1].txt", "glob");
        self.write("[a]*?/star 1.txt", "its neighbour, which the glob would match");
        self.write("back\\slash", "slash");
        self.write("-dash", "dash");
        self.write("{now}", "placeholder");
        self.write("sub/deep/blob", noise(3_000_000));
        std::os::unix::fs::symlink("plain.txt", self.data().join("link")).unwrap();
    }

    pub fn order(&self, second: u8) -> BackupOrder {
        BackupOrder {
            plan: "home".into(),
            paths: vec![self.data()],
            excludes: vec!["*.tmp".into()],
            tags: vec!["nightly".into()],
            one_file_system: false,
            exclude_caches: true,
            now: format!("2026-11-22T02:30:{second:02}Z").parse().unwrap(),
        }
    }

    pub async fn back_up(&self, second: u8) -> Summary {
        let link = Link::loose();
        let summary = self.engine.backup(&self.at, &self.order(second), &link).await;
        summary.unwrap_or_else(|error| panic!("{error:?}\n{:#?}", link.log_tail()))
    }

    pub async fn entries(&self, which: &Which, folder: Option<&Path>) -> Vec<Entry> {
        let (to, mut from) = mpsc::channel(4);
        let link = Link::loose();
        let listing = async {
            match folder {
                Some(folder) => self.engine.folder(&self.at, which, folder, to).await,
                None => self.engine.walk(&self.at, which, to, &link).await,
            }
        };
        let (sent, entries) = tokio::join!(listing, async {
            let mut entries = Vec::new();
            while let Some(batch) = from.recv().await {
                entries.extend(batch);
            }
            entries
        });
        assert_eq!(sent.expect("a listing"), entries.len() as u64);
        entries
    }

    pub fn scratch(&self, name: &str) -> PathBuf {
        let scratch = self.folder.path().join(name);
        fs::create_dir(&scratch).unwrap();
        scratch
    }
}

/// Bytes that neither compress nor repeat, the same each time.
pub fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut noise = Vec::with_capacity(bytes + 8);
    while noise.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        noise.extend(state.to_le_bytes());
    }
    noise.truncate(bytes);
    noise
}

/// Where a path of the data lies in a scratch folder.
pub fn below(scratch: &Path, path: &Path) -> PathBuf {
    scratch.join(OsStr::from_bytes(&path.as_os_str().as_bytes()[1..]))
}
