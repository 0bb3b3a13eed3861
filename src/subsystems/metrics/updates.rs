//! How many packages have a newer version, from the files that apt keeps: no program is started, nothing is asked of a
//! network. Ubuntu writes the count down itself; elsewhere the installed versions are compared with apt's lists, which
//! is done again only when one of those files changed.
//!
//! Counts as `apt list --upgradable` does, less the packages on hold, which somebody wants as they are; lists that are
//! not taken by themselves (backports, experimental) are left out by both. Where that can't be known – another package manager, packed lists, pins of the
//! machine's owner – the answer is "unknown". Reads at most [`LISTS_BYTES_MAX`], line by line.

use std::{
    cmp::Ordering,
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::kernel::{lz4, read_small};

/// The lists of a Debian with everything switched on have some 120 MB, unpacked.
const LISTS_BYTES_MAX: u64 = 400 << 20;

/// Packages with a newer version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Updates {
    pub pending: usize,
    /// Of these, from a list of security updates.
    pub security: usize,
    /// When the lists were fetched last, as far as is known.
    pub as_of: Option<Timestamp>,
}

/// What was counted, of which files.
#[derive(Debug, Default)]
pub struct Counted {
    stamps: Vec<(PathBuf, Timestamp)>,
    found: Option<Updates>,
}

impl Counted {
    /// Counts again when a file changed since the last time. `None` = unknown. `root` is `/` but in tests.
    pub fn look(&mut self, root: &Path) -> Option<Updates> {
        let sources = Sources::find(root);
        let stamps = sources.stamps();
        if stamps != self.stamps || stamps.is_empty() {
            self.found = sources.count();
            self.stamps = stamps;
        }
        self.found
    }
}

/// The files that tell.
struct Sources {
    /// Ubuntu's own sentence.
    told: PathBuf,
    status: PathBuf,
    lists: Vec<PathBuf>,
    /// What apt touches when it fetches the lists; these have the time of the server's own files.
    fetched: [PathBuf; 3],
    /// Cannot be counted by versions alone.
    odd: bool,
}

impl Sources {
    fn find(root: &Path) -> Sources {
        let folder = root.join("var/lib/apt/lists");
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let names: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        let ends = |path: &Path, end: &str| path.as_os_str().as_encoded_bytes().ends_with(end.as_bytes());
        let packed = ["_Packages.xz", "_Packages.gz", "_Packages.bz2", "_Packages.zst"];
        let odd = names.iter().any(|path| packed.iter().any(|end| ends(path, end))) || pins(root);
        let read = |path: &PathBuf| ends(path, "_Packages") || ends(path, "_Packages.lz4");
        let mut lists: Vec<PathBuf> = names.into_iter().filter(read).collect();
        lists.sort();
        Sources {
            told: root.join("var/lib/update-notifier/updates-available"),
            status: root.join("var/lib/dpkg/status"),
            lists,
            fetched: [root.join("var/lib/apt/periodic/update-success-stamp"), folder.join("partial"), folder],
            odd,
        }
    }

    fn stamps(&self) -> Vec<(PathBuf, Timestamp)> {
        let all = [&self.told, &self.status].into_iter().chain(&self.lists);
        all.filter_map(|path| Some((path.clone(), changed(path)?))).collect()
    }

    fn count(&self) -> Option<Updates> {
        let as_of = self.fetched.iter().filter_map(|path| changed(path)).max();
        if let Some((pending, security)) = read_small(&self.told, 4096).ok().as_deref().and_then(told) {
            return Some(Updates { pending, security, as_of });
        }
        let bytes: u64 = self.lists.iter().filter_map(|path| Some(path.metadata().ok()?.len())).sum();
        if self.odd || self.lists.is_empty() || bytes > LISTS_BYTES_MAX {
            return None;
        }
        let mut installed = installed(&self.status)?;
        for list in self.lists.iter().filter(|list| is_taken(list)) {
            let secure = list.to_string_lossy().contains("-security");
            offers(list, secure, &mut installed)?;
        }
        let newer: Vec<&Package> = installed.values().filter(|package| package.best.is_some()).collect();
        let security = newer.iter().filter(|package| package.secure).count();
        Some(Updates { pending: newer.len(), security, as_of })
    }
}

fn changed(path: &Path) -> Option<Timestamp> {
    Timestamp::try_from(path.metadata().ok()?.modified().ok()?).ok()
}

/// "12 updates can be applied immediately.", "3 of these updates are standard security updates."
fn told(text: &str) -> Option<(usize, usize)> {
    let number = |line: &str| line.split_whitespace().next()?.parse::<usize>().ok();
    let of = |words: &str| text.lines().find(|line| line.contains(words)).and_then(number);
    let pending = of("can be applied immediately").or_else(|| of("can be installed immediately"));
    let pending = pending.or_else(|| of("packages can be updated"))?;
    Some((pending, of("security updates").unwrap_or(0)))
}

/// The owner decides which versions are wanted: comparing numbers would tell another story than apt.
fn pins(root: &Path) -> bool {
    let folder = std::fs::read_dir(root.join("etc/apt/preferences.d")).into_iter().flatten().flatten();
    let files = folder.map(|entry| entry.path()).chain([root.join("etc/apt/preferences")]);
    let priority = |line: &str| line.trim_start().to_ascii_lowercase().starts_with("pin-priority");
    files.into_iter().any(|file| {
        // Below zero only forbids, which is how Ubuntu keeps a package out.
        let forbids = |line: &str| line.rsplit(':').next().is_some_and(|n| n.trim().starts_with('-'));
        read_small(&file, 64 << 10)
            .is_ok_and(|text| text.lines().any(|line| priority(line) && !forbids(line)))
    })
}

/// apt takes nothing by itself of lists whose release says so.
fn is_taken(list: &Path) -> bool {
    let name = list.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Some((release, _)) = name.split_once("_dists_").and_then(|(host, rest)| {
        // "deb.debian.org_debian_dists_bookworm-backports_main_binary-amd64_Packages"
        let suite = rest.split('_').next()?;
        Some((format!("{host}_dists_{suite}"), rest))
    }) else {
        return true;
    };
    let says = |file: &str| {
        let text = read_small(list.with_file_name(format!("{release}_{file}")), 16 << 10).ok()?;
        Some(text.lines().any(|line| line.eq_ignore_ascii_case("NotAutomatic: yes")))
    };
    !says("InRelease").or_else(|| says("Release")).unwrap_or(false)
}

#[derive(Debug)]
struct Package {
    version: String,
    /// The newest that is offered, if it is newer.
    best: Option<String>,
    secure: bool,
}

/// One paragraph's fields that matter here.
#[derive(Default)]
struct Stanza {
    package: String,
    version: String,
    architecture: String,
    status: String,
}

/// Calls with each paragraph. `None` when the file cannot be read.
fn stanzas(file: &Path, mut each: impl FnMut(&Stanza)) -> Option<()> {
    let text = BufReader::with_capacity(64 << 10, File::open(file).ok()?);
    let mut lines: Box<dyn BufRead> = match file.extension() {
        Some(packed) if packed == "lz4" => Box::new(lz4::Unpacked::open(text).ok()?),
        _ => Box::new(text),
    };
    let mut stanza = Stanza::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = lines.read_until(b'\n', &mut line).ok()?;
        if read <= 1 {
            if !stanza.package.is_empty() {
                each(&stanza);
            }
            let Stanza { package, version, architecture, status } = &mut stanza;
            [package, version, architecture, status].into_iter().for_each(String::clear);
            if read == 0 {
                return Some(());
            }
            continue;
        }
        let (field, rest) = match memchr::memchr(b':', &line) {
            Some(colon) if colon < 14 => (&line[..colon], line[colon + 1..].trim_ascii()),
            _ => continue,
        };
        let slot = match field {
            b"Package" => &mut stanza.package,
            b"Version" => &mut stanza.version,
            b"Architecture" => &mut stanza.architecture,
            b"Status" => &mut stanza.status,
            _ => continue,
        };
        slot.clear();
        slot.push_str(&String::from_utf8_lossy(rest));
    }
}

/// By name, and by architecture where it is a foreign one.
type Installed = HashMap<(String, String), Package>;

fn installed(status: &Path) -> Option<Installed> {
    let mut all = Vec::new();
    stanzas(status, |stanza| {
        if stanza.status == "install ok installed" {
            all.push((stanza.package.clone(), stanza.architecture.clone(), stanza.version.clone()));
        }
    })?;
    let package = |version| Package { version, best: None, secure: false };
    Some(all.into_iter().map(|(name, arch, version)| ((name, arch), package(version))).collect())
}

fn offers(list: &Path, secure: bool, installed: &mut Installed) -> Option<()> {
    let mut key = (String::new(), String::new());
    stanzas(list, |stanza| {
        key.0.clone_from(&stanza.package);
        key.1.clone_from(&stanza.architecture);
        let Some(package) = installed.get_mut(&key) else { return };
        let known = package.best.as_ref().unwrap_or(&package.version);
        match compare(&stanza.version, known) {
            Ordering::Greater => (package.best, package.secure) = (Some(stanza.version.clone()), secure),
            // The same version is in the point release as well.
            Ordering::Equal => package.secure |= secure && package.best.is_some(),
            Ordering::Less => {}
        }
    })
}

/// As dpkg compares: [epoch:]upstream[-revision].
pub fn compare(a: &str, b: &str) -> Ordering {
    let cut = |version: &str| {
        let (epoch, rest) = version.split_once(':').unwrap_or(("0", version));
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        (epoch.parse::<u64>().unwrap_or(0), upstream.to_owned(), revision.to_owned())
    };
    let (a, b) = (cut(a), cut(b));
    a.0.cmp(&b.0)
        .then_with(|| part(a.1.as_bytes(), b.1.as_bytes()))
        .then_with(|| part(a.2.as_bytes(), b.2.as_bytes()))
}

/// Letters before other signs, `~` before everything, even the end; digits by their value.
fn part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    };
    let is_sign = |text: &[u8]| text.first().is_some_and(|byte| !byte.is_ascii_digit());
    while !a.is_empty() || !b.is_empty() {
        while is_sign(a) || is_sign(b) {
            let order = weight(a.first()).cmp(&weight(b.first()));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (a.get(1..).unwrap_or_default(), b.get(1..).unwrap_or_default());
        }
        let digits = |text: &[u8]| {
            let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
            let zeros = text[..end].iter().take_while(|byte| **byte == b'0').count();
            (zeros, end)
        };
        let ((a_from, a_to), (b_from, b_to)) = (digits(a), digits(b));
        let (x, y) = (&a[a_from..a_to], &b[b_from..b_to]);
        let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (&a[a_to..], &b[b_to..]);
    }
    Ordering::Equal
}

#[cfg(test)]
#[path = "updates_tests.rs"]
mod tests;
