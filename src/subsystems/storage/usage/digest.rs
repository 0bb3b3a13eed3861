//! What is kept of a scan: the largest folders as a tree, the lists, the sums. A few hundred KiB at most, however much
//! was scanned, so that a second visit needs no second scan. Pure.
//!
//! Folders that are too small are left out and counted with the folder they are in; how small is told
//! ([`Digest::cut_bytes`]), so that nothing on a screen pretends to be complete.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    super::root::is_trash,
    report::Report,
    tally::{BigFile, Kind},
};

/// Folders kept of one scan.
pub const FOLDERS_KEPT_MAX: usize = 4096;
/// Kinds of file kept; the rest is too small to matter.
const KINDS_KEPT_MAX: usize = 60;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub at: Timestamp,
    pub took: Duration,
    /// Allocated, of everything.
    pub bytes: u64,
    pub files: u64,
    pub folders: u64,
    pub unreadable: u64,
    pub other_filesystems: u64,
    pub partial: bool,
    /// Parents before their children; the first is the scanned folder itself.
    pub nodes: Vec<Node>,
    /// Nodes that are Cockpit's own (a trash, its data): counted, with nothing of their inside here.
    pub own: Vec<u32>,
    /// No folder left out is larger than this; 0 where none was left out.
    pub cut_bytes: u64,
    pub largest: Vec<Listed>,
    pub untouched: Vec<Listed>,
    pub kinds: Vec<Kind>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Of the scanned folder itself: 0.
    pub parent: u32,
    /// As the filesystem has it. Empty for the scanned folder.
    pub name: Box<[u8]>,
    /// With everything below.
    pub bytes: u64,
    pub files: u64,
    /// Folders directly in it that were left out.
    pub left_out: u64,
    /// Of its own files and of the folders left out: what no kept folder below it holds.
    pub loose: u64,
}

/// A file in one of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Below the scanned folder.
    pub path: Vec<u8>,
    pub bytes: u64,
    /// Unix seconds.
    pub touched_s: i64,
}

/// A folder that holds more than it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    pub node: usize,
    pub bytes: u64,
    /// It may have been there before, too small to be noted: it grew by this at least.
    pub at_least: bool,
    /// It was not there.
    pub new: bool,
}

impl Digest {
    pub fn of(report: &Report, at: Timestamp, took: Duration) -> Digest {
        let cut_bytes = cut(report);
        let mut nodes: Vec<Node> = Vec::new();
        // From the report's numbers to ours; those left out are not in it.
        let mut ours: HashMap<u32, u32> = HashMap::new();
        let mut own = Vec::new();
        let mut closed: HashSet<u32> = report.own.iter().copied().collect();
        for folder in report.folders_in_order() {
            if folder.id != 0 && closed.contains(&folder.parent) {
                closed.insert(folder.id);
                continue;
            }
            let parent = ours.get(&folder.parent).copied();
            if folder.id != 0 && folder.bytes <= cut_bytes && cut_bytes > 0 {
                if let Some(parent) = parent {
                    nodes[parent as usize].left_out += 1;
                }
                continue;
            }
            let parent = parent.unwrap_or(0);
            let id = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
            ours.insert(folder.id, id);
            if closed.contains(&folder.id) {
                own.push(id);
            }
            if folder.id != 0 {
                let above = &mut nodes[parent as usize];
                above.loose = above.loose.saturating_sub(folder.bytes);
            }
            nodes.push(Node {
                parent,
                name: folder.name.into(),
                bytes: folder.bytes,
                files: folder.files,
                left_out: 0,
                loose: folder.bytes,
            });
        }
        let list = |files: &[BigFile]| {
            let open = files.iter().filter(|file| !closed.contains(&file.folder.0));
            open.map(|file| listed(report, file)).collect()
        };
        Digest {
            at,
            took,
            bytes: report.bytes,
            files: report.files,
            folders: report.folders,
            unreadable: report.unreadable,
            other_filesystems: report.other_filesystems,
            partial: report.partial,
            nodes,
            own,
            cut_bytes,
            largest: list(&report.largest),
            untouched: list(&report.untouched),
            kinds: report.kinds.iter().take(KINDS_KEPT_MAX).cloned().collect(),
        }
    }

    /// Whether a node is Cockpit's own.
    pub fn is_own(&self, node: usize) -> bool {
        self.own.iter().any(|own| *own as usize == node)
    }

    /// What trashes hold, of this node and below.
    pub fn trashed(&self, node: usize) -> u64 {
        let within = |at: u32| {
            let mut at = at as usize;
            while at != node && at != 0 {
                at = self.nodes[at].parent as usize;
            }
            at == node
        };
        let trashes =
            self.own.iter().filter(|own| is_trash(&self.nodes[**own as usize].name) && within(**own));
        trashes.map(|own| self.nodes[*own as usize].bytes).sum()
    }

    /// The kept folder at this path below the scanned one (empty: that itself).
    pub fn find(&self, path: &[u8]) -> Option<usize> {
        let parts = path.split(|byte| *byte == b'/').filter(|part| !part.is_empty());
        parts.into_iter().try_fold(0, |at, part| self.child(at, part))
    }

    fn child(&self, of: usize, name: &[u8]) -> Option<usize> {
        let below = self.nodes.iter().enumerate().skip(of + 1);
        below
            .into_iter()
            .find(|(_, node)| node.parent as usize == of && *node.name == *name)
            .map(|(at, _)| at)
    }

    /// Kept folders directly in this one, most bytes first.
    pub fn children(&self, of: usize) -> Vec<usize> {
        let below = self.nodes.iter().enumerate().skip(of + 1);
        let mut children: Vec<usize> =
            below.filter(|(_, node)| node.parent as usize == of).map(|(at, _)| at).collect();
        children.sort_by(|a, b| {
            let (a, b) = (&self.nodes[*a], &self.nodes[*b]);
            b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name))
        });
        children
    }

    /// Below the scanned folder, as bytes; empty for itself.
    pub fn path(&self, of: usize) -> Vec<u8> {
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut at = of;
        while at != 0 {
            parts.push(&self.nodes[at].name);
            at = self.nodes[at].parent as usize;
        }
        parts.reverse();
        parts.join(&b'/')
    }

    /// Whether a path below the scanned folder lies in this kept folder, and what of it is left then.
    pub fn inside<'a>(&self, of: &[u8], path: &'a [u8]) -> Option<&'a [u8]> {
        if of.is_empty() {
            return Some(path);
        }
        path.strip_prefix(of)?.strip_prefix(b"/")
    }

    /// Where more lies than at an earlier scan of the same folder, most first. Only what lies loose in a folder counts
    /// for it, so that one new file is told once and not for each folder above it; a new folder counts whole.
    pub fn grown_since(&self, before: &Digest) -> Vec<Growth> {
        // This node in the earlier tree: known there, inside something new, or unknown.
        let mut there: Vec<Option<usize>> = vec![None; self.nodes.len()];
        let mut inside_new = vec![false; self.nodes.len()];
        there[0] = Some(0);
        let index: HashMap<(u32, &[u8]), usize> = before
            .nodes
            .iter()
            .enumerate()
            .skip(1)
            .map(|(at, node)| ((node.parent, &*node.name), at))
            .collect();
        let mut here = vec![false; before.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().skip(1) {
            let parent = node.parent as usize;
            inside_new[at] = inside_new[parent] || there[parent].is_none();
            there[at] = there[parent]
                .and_then(|parent| u32::try_from(parent).ok())
                .and_then(|parent| index.get(&(parent, &*node.name)).copied());
            there[at].into_iter().for_each(|old| here[old] = true);
        }
        // What was kept by name then and is not now lies loose now, if it lies anywhere.
        let mut unnamed: HashMap<u32, u64> = HashMap::new();
        for (_, node) in before.nodes.iter().enumerate().skip(1).filter(|(at, _)| !here[*at]) {
            *unnamed.entry(node.parent).or_default() += node.bytes;
        }
        let mut grown = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            let growth = match there[at] {
                Some(old) => {
                    let named_then = u32::try_from(old).ok().and_then(|old| unnamed.get(&old).copied());
                    let was = before.nodes[old].loose
                        + named_then.filter(|_| node.left_out > 0).unwrap_or_default();
                    let bytes = node.loose.saturating_sub(was);
                    Growth { node: at, bytes, at_least: false, new: false }
                }
                None if inside_new[at] => continue,
                None => Growth {
                    node: at,
                    bytes: node.bytes.saturating_sub(before.cut_bytes),
                    at_least: before.cut_bytes > 0,
                    new: before.cut_bytes == 0,
                },
            };
            if growth.bytes > 0 {
                grown.push(growth);
            }
        }
        grown.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.node.cmp(&b.node)));
        grown
    }
}

/// The size up to which folders are left out, so that at most [`FOLDERS_KEPT_MAX`] stay. A folder is never smaller
/// than one inside it: of a kept folder all above it are kept.
fn cut(report: &Report) -> u64 {
    let mut sizes: Vec<u64> = report.folders_in_order().map(|folder| folder.bytes).collect();
    if sizes.len() <= FOLDERS_KEPT_MAX {
        return 0;
    }
    let (_, cut, _) = sizes.select_nth_unstable_by(FOLDERS_KEPT_MAX, |a, b| b.cmp(a));
    // Empty folders take nothing on some filesystems, and they too are only so many.
    (*cut).max(1)
}

fn listed(report: &Report, file: &BigFile) -> Listed {
    use std::os::unix::ffi::OsStrExt;
    let mut path = report.path(file.folder).as_os_str().as_bytes().to_vec();
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(&file.name);
    Listed { path, bytes: file.bytes, touched_s: file.touched_s }
}

#[cfg(test)]
#[path = "digest_tests.rs"]
mod tests;
