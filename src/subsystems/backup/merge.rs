//! Moves what was restored from its scratch folder to its place. Walks both trees by open folders and never through a
//! symbolic link in place, so that nobody can lead a file astray; whole folders that are not there yet are moved at
//! once, with rights and times as they were saved. Never crosses to another filesystem.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::{OsStrExt, OsStringExt},
    },
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, RenameFlags, openat, renameat_with, statat};

use crate::intent::backup::Existing;

/// Names that did not find their place; the first so many are told.
const FAILED_KEPT: usize = 20;
/// Deeper than any path can be.
const DEPTH_MAX: usize = 4096;
/// Names beside each other: "a (restored 3).txt".
const BESIDE_MAX: u32 = 99;

/// What became of the files that were restored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    pub placed: u64,
    pub bytes: u64,
    /// Of `placed`: over one that was there.
    pub replaced: u64,
    /// Of `placed`: under another name.
    pub beside: u64,
    /// Left out, as there was one.
    pub kept: u64,
    pub failed: Vec<(PathBuf, String)>,
    pub failures: u64,
}

impl Moved {
    fn fail(&mut self, path: &Path, why: impl std::fmt::Display) {
        self.failures += 1;
        if self.failed.len() < FAILED_KEPT {
            self.failed.push((path.to_owned(), why.to_string()));
        }
    }
}

/// Moves all that is in `from` to where it belongs below `root` ("/").
///
/// # Errors
/// One of the two cannot be opened; what goes wrong below is told in [`Moved::failed`].
pub fn merge(
    from: &Path,
    root: &Path,
    existing: Existing,
    label: &str,
    stop: &dyn Fn() -> bool,
) -> io::Result<Moved> {
    let mut moved = Moved::default();
    let (from, to) = (open_folder(CWD, from.as_os_str())?, open_folder(CWD, root.as_os_str())?);
    let mut merge = Merge { existing, label, stop, moved: &mut moved };
    merge.folder(&from, &to, &mut PathBuf::from("/"), 0);
    Ok(moved)
}

struct Merge<'a> {
    existing: Existing,
    label: &'a str,
    stop: &'a dyn Fn() -> bool,
    moved: &'a mut Moved,
}

impl Merge<'_> {
    fn folder(&mut self, from: &OwnedFd, to: &OwnedFd, at: &mut PathBuf, depth: usize) {
        if depth > DEPTH_MAX {
            self.moved.fail(at, "too deep");
            return;
        }
        let names = match names(from) {
            Ok(names) => names,
            Err(error) => return self.moved.fail(at, error),
        };
        for name in names {
            if (self.stop)() {
                return;
            }
            at.push(&name);
            if let Err(error) = self.entry(from, to, &name, at, depth) {
                self.moved.fail(at, error);
            }
            at.pop();
        }
    }

    fn entry(
        &mut self,
        from: &OwnedFd,
        to: &OwnedFd,
        name: &OsStr,
        at: &mut PathBuf,
        depth: usize,
    ) -> io::Result<()> {
        let source = kind(from, name)?.ok_or(io::ErrorKind::NotFound)?;
        let Some(there) = kind(to, name)? else {
            let counted = count(from, name, source)?;
            return match renameat_with(from, name, to, name, RenameFlags::NOREPLACE) {
                Ok(()) => {
                    self.moved.placed += counted.0;
                    self.moved.bytes += counted.1;
                    Ok(())
                }
                Err(error) => Err(error.into()),
            };
        };
        if source == FileType::Directory && there == FileType::Directory {
            let (from, to) = (open_folder(from, name)?, open_folder(to, name)?);
            self.folder(&from, &to, at, depth + 1);
            return Ok(());
        }
        let counted = count(from, name, source)?;
        let alike = source != FileType::Directory && there != FileType::Directory;
        match self.existing {
            Existing::Keep => {
                self.moved.kept += counted.0;
                Ok(())
            }
            Existing::Replace if alike => {
                rustix::fs::renameat(from, name, to, name)?;
                self.moved.placed += counted.0;
                self.moved.bytes += counted.1;
                self.moved.replaced += 1;
                Ok(())
            }
            // A folder never gives way to a file, nor a file to a folder.
            Existing::Replace | Existing::Beside => self.beside(from, to, name, counted),
        }
    }

    fn beside(&mut self, from: &OwnedFd, to: &OwnedFd, name: &OsStr, counted: (u64, u64)) -> io::Result<()> {
        for number in 1..=BESIDE_MAX {
            let other = beside(name, self.label, number);
            match renameat_with(from, name, to, &other, RenameFlags::NOREPLACE) {
                Ok(()) => {
                    self.moved.placed += counted.0;
                    self.moved.bytes += counted.1;
                    self.moved.beside += counted.0.max(1);
                    return Ok(());
                }
                Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(io::Error::other("too many of it beside each other"))
    }
}

/// "a.txt" is "a (restored 22 Nov).txt"; ".bashrc" has no ending.
fn beside(name: &OsStr, label: &str, number: u32) -> OsString {
    let bytes = name.as_bytes();
    let dot = bytes.iter().rposition(|b| *b == b'.').filter(|at| *at > 0).unwrap_or(bytes.len());
    let mut other = bytes[..dot].to_vec();
    let more = if number > 1 { format!(" ({label} {number})") } else { format!(" ({label})") };
    other.extend(more.as_bytes());
    other.extend(&bytes[dot..]);
    OsString::from_vec(other)
}

fn open_folder(at: impl AsFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(at, name, flags, Mode::empty())?)
}

fn kind(at: &OwnedFd, name: &OsStr) -> io::Result<Option<FileType>> {
    match statat(at, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(FileType::from_raw_mode(stat.st_mode))),
        Err(rustix::io::Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn names(folder: &OwnedFd) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(OsString::from_vec(name.to_vec()));
        }
    }
    names.sort();
    Ok(names)
}

/// Files (not folders) and their bytes, of what will be moved at once.
fn count(at: &OwnedFd, name: &OsStr, kind: FileType) -> io::Result<(u64, u64)> {
    if kind != FileType::Directory {
        let stat = statat(at, name, AtFlags::SYMLINK_NOFOLLOW)?;
        let bytes = if kind == FileType::RegularFile { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 };
        return Ok((1, bytes));
    }
    let folder = open_folder(at, name)?;
    let mut all = (0, 0);
    for name in names(&folder)? {
        if let Some(kind) = self::kind(&folder, &name)? {
            let (files, bytes) = count(&folder, &name, kind)?;
            all = (all.0 + files, all.1 + bytes);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Trees {
        dir: tempfile::TempDir,
    }

    impl Trees {
        /// `a/b=text` is a file, `a/` a folder, `a->b` a link.
        fn new(from: &[&str], to: &[&str]) -> Trees {
            let dir = tempfile::tempdir().expect("a folder");
            for (below, what) in [("from", from), ("to", to)] {
                fs::create_dir(dir.path().join(below)).expect("room");
                for line in what {
                    let root = dir.path().join(below);
                    if let Some((link, target)) = line.split_once("->") {
                        std::os::unix::fs::symlink(target, root.join(link)).expect("room");
                    } else if let Some((file, text)) = line.split_once('=') {
                        let path = root.join(file);
                        fs::create_dir_all(path.parent().expect("a folder")).expect("room");
                        fs::write(path, text).expect("room");
                    } else {
                        fs::create_dir_all(root.join(line)).expect("room");
                    }
                }
            }
            Trees { dir }
        }

        fn merge(&self, existing: Existing) -> Moved {
            let (from, to) = (self.dir.path().join("from"), self.dir.path().join("to"));
            merge(&from, &to, existing, "restored", &|| false).expect("both are there")
        }

        fn listing(&self) -> Vec<String> {
            let root = self.dir.path().join("to");
            let mut open = vec![root.clone()];
            let mut found = Vec::new();
            while let Some(dir) = open.pop() {
                for entry in fs::read_dir(dir).expect("readable") {
                    let path = entry.expect("readable").path();
                    let name = path.strip_prefix(&root).expect("below").display().to_string();
                    if path.is_symlink() {
                        found.push(format!("{name}->"));
                    } else if path.is_dir() {
                        open.push(path);
                    } else {
                        found.push(format!("{name}={}", fs::read_to_string(&path).expect("text")));
                    }
                }
            }
            found.sort();
            found
        }
    }

    #[test]
    fn what_is_in_place_is_kept_replaced_or_joined_as_was_chosen() {
        let from =
            ["home/u/a.txt=old", "home/u/new/x=1", "home/u/new/y=22", "home/u/.rc=old", "home/u/e\n🦀=n"];
        let to = ["home/u/a.txt=now", "home/u/.rc=now", "home/u/other=o"];
        let common = ["home/u/e\n🦀=n", "home/u/new/x=1", "home/u/new/y=22", "home/u/other=o"];
        for (existing, more, want) in [
            (Existing::Keep, &["home/u/a.txt=now", "home/u/.rc=now"][..], (3, 0, 0, 2)),
            (Existing::Replace, &["home/u/a.txt=old", "home/u/.rc=old"], (5, 2, 0, 0)),
            (
                Existing::Beside,
                &[
                    "home/u/a.txt=now",
                    "home/u/.rc=now",
                    "home/u/a (restored).txt=old",
                    "home/u/.rc (restored)=old",
                ],
                (5, 0, 2, 0),
            ),
        ] {
            let trees = Trees::new(&from, &to);
            let moved = trees.merge(existing);
            let mut all: Vec<String> = common.iter().chain(more).map(|line| (*line).to_owned()).collect();
            all.sort();
            assert_eq!(trees.listing(), all, "{existing:?}");
            assert_eq!((moved.placed, moved.replaced, moved.beside, moved.kept), want, "{existing:?}");
            assert_eq!(moved.failures, 0, "{moved:?}");
        }
    }

    #[test]
    fn a_second_one_beside_it_has_another_name_again() {
        let trees = Trees::new(&["a.txt=3"], &["a.txt=1", "a (restored).txt=2"]);
        trees.merge(Existing::Beside);
        assert_eq!(trees.listing(), ["a (restored 2).txt=3", "a (restored).txt=2", "a.txt=1"]);
    }

    #[test]
    fn a_link_in_place_of_a_folder_leads_nowhere() {
        let trees = Trees::new(&["home/u/docs/passwd=evil"], &["etc/passwd=good", "home/u/"]);
        let etc = trees.dir.path().join("to/etc");
        std::os::unix::fs::symlink(&etc, trees.dir.path().join("to/home/u/docs")).expect("room");
        let moved = trees.merge(Existing::Replace);
        assert_eq!(fs::read_to_string(etc.join("passwd")).expect("there"), "good");
        // What was restored stands beside the link, as a folder of its own.
        assert_eq!((moved.placed, moved.beside), (1, 1));
        assert!(trees.listing().contains(&"home/u/docs (restored)/passwd=evil".to_owned()));
    }

    #[test]
    fn a_folder_and_a_file_never_replace_each_other() {
        let trees = Trees::new(&["a/b=1", "c=2"], &["a=file", "c/d=3"]);
        let moved = trees.merge(Existing::Replace);
        assert_eq!(trees.listing(), ["a (restored)/b=1", "a=file", "c (restored)=2", "c/d=3"]);
        assert_eq!((moved.placed, moved.beside, moved.replaced), (2, 2, 0));
    }
}
