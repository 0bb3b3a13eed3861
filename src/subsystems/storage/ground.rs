//! For tests: a root in a temporary folder, and what stands in it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;

use super::{
    actor::Floor,
    config::{Config, Root, Trash},
    listing::{self, Wish},
    parts::Parts,
    root::{Opened, Roots},
    trash::Throw,
    tree::Alone,
};
use crate::{
    domain::{Bytes, Clock, FileName, Place, RelPath, RootName, Target},
    intent::storage::Sort,
};

pub struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::constant(1_795_362_980, 0)
    }
}

/// A root in a temporary folder, beside a folder that is none of it.
pub struct Ground {
    pub folder: tempfile::TempDir,
    data: PathBuf,
    pub floor: Floor,
}

impl Ground {
    pub fn new() -> Ground {
        let folder = tempfile::tempdir().unwrap();
        for name in ["root", "outside", "data"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("outside/secret.txt"), "outside").unwrap();
        let floor = floor(&[("r", &folder.path().join("root"))], &folder.path().join("data"));
        Ground { data: folder.path().join("data"), folder, floor }
    }

    /// The bot's data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    pub fn root(&self, path: &str) -> PathBuf {
        self.folder.path().join("root").join(path)
    }

    pub fn outside(&self, path: &str) -> PathBuf {
        self.folder.path().join("outside").join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.root(path).parent().unwrap()).unwrap();
        fs::write(self.root(path), text).unwrap();
    }

    pub fn open(&self) -> Opened {
        self.floor.roots.open(&RootName::parse("r").unwrap()).unwrap()
    }

    pub fn target(&self, at: &str) -> Target {
        Target { place: place(at), stamp: self.open().look(&path(at)).unwrap().stamp }
    }

    /// What stands below the root, but for the trash: sorted, folders with a slash.
    pub fn tree(&self) -> Vec<String> {
        let mut found = Vec::new();
        walk(&self.root(""), &self.root(""), &mut found);
        found.sort();
        found
    }
}

fn walk(top: &Path, at: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(at).unwrap().flatten() {
        let name = entry.path().strip_prefix(top).unwrap().display().to_string();
        if name == super::root::TRASH {
            continue;
        }
        let folder = entry.file_type().unwrap().is_dir();
        found.push(if folder { format!("{name}/") } else { name });
        if folder {
            walk(top, &entry.path(), found);
        }
    }
}

pub fn floor(roots: &[(&str, &Path)], data: &Path) -> Floor {
    let roots = roots.iter().map(|(name, path)| Root {
        name: (*name).into(),
        path: path.to_path_buf(),
        read_only: false,
        sample: false,
    });
    let trash = Trash { keep: Duration::from_secs(86_400), max_size: Bytes(1 << 20) };
    let config = Config { enabled: true, roots: roots.collect(), trash };
    let parts = Parts::new(data);
    Floor { roots: Roots::new(&config, data), parts, config: Arc::new(config), clock: Arc::new(Fixed) }
}

pub fn path(text: &str) -> RelPath {
    RelPath::new(text.as_bytes()).unwrap()
}

pub fn place(text: &str) -> Place {
    Place { root: RootName::parse("r").unwrap(), path: path(text) }
}

pub fn name(text: &str) -> FileName {
    FileName::new(text.as_bytes()).unwrap()
}

pub fn throw() -> Throw<'static> {
    Throw { by: "Dre", now: Fixed.now(), watch: &Alone }
}

pub fn wish(sort: Sort, page: u32) -> Wish {
    Wish { sort, hidden: true, folders_only: false, page, per_page: 8 }
}

pub fn names(listing: &listing::Listing) -> Vec<String> {
    listing.entries.iter().map(|entry| entry.name.shown()).collect()
}
