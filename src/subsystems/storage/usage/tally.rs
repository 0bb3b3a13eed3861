//! What one thread has counted: the lists of the largest, the kinds. Merged at the end.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use super::{KINDS_MAX, TOP_MAX, report::FolderId};

/// Only files of this size are worth a line among the untouched, bytes.
const UNTOUCHED_BYTES_MIN: u64 = 32 << 20;
/// An ending longer than this is part of a name, not a kind.
const ENDING_BYTES_MAX: usize = 8;

/// A file in one of the lists. The name is what the filesystem says: any bytes but `/` and zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BigFile {
    pub folder: FolderId,
    pub name: Box<[u8]>,
    /// Allocated, which is less than its length for a sparse file.
    pub bytes: u64,
    /// The later of last read and last change, Unix seconds. Reading is only noted where the mount does (relatime).
    pub touched_s: i64,
}

/// Files with one ending, lower case, without the dot; empty for those without.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kind {
    pub ending: String,
    pub files: u64,
    pub bytes: u64,
}

#[derive(Default)]
pub struct Tally {
    largest: BinaryHeap<Reverse<(u64, Kept)>>,
    untouched: BinaryHeap<(i64, Kept)>,
    kinds: HashMap<Box<[u8]>, (u64, u64)>,
    other_kinds: (u64, u64),
}

/// Ordered by name last, so that two runs over the same tree list the same files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    folder: FolderId,
    name: Box<[u8]>,
    bytes: u64,
    touched_s: i64,
}

impl Tally {
    pub fn file(&mut self, folder: FolderId, name: &[u8], bytes: u64, touched_s: i64) {
        let full = self.largest.len() >= TOP_MAX;
        if !full || self.largest.peek().is_some_and(|Reverse((least, _))| bytes > *least) {
            self.largest.push(Reverse((bytes, keep(folder, name, bytes, touched_s))));
            if full {
                self.largest.pop();
            }
        }
        if bytes >= UNTOUCHED_BYTES_MIN {
            let full = self.untouched.len() >= TOP_MAX;
            if !full || self.untouched.peek().is_some_and(|(newest, _)| touched_s < *newest) {
                self.untouched.push((touched_s, keep(folder, name, bytes, touched_s)));
                if full {
                    self.untouched.pop();
                }
            }
        }
        self.kind(name, bytes);
    }

    fn kind(&mut self, name: &[u8], bytes: u64) {
        let mut lower = [0u8; ENDING_BYTES_MAX];
        let ending = ending(name, &mut lower);
        if self.kinds.len() < KINDS_MAX && !self.kinds.contains_key(ending) {
            self.kinds.insert(ending.into(), (0, 0));
        }
        let sums = self.kinds.get_mut(ending).unwrap_or(&mut self.other_kinds);
        sums.0 += 1;
        sums.1 += bytes;
    }

    pub fn merge(&mut self, other: Tally) {
        self.largest.extend(other.largest);
        self.untouched.extend(other.untouched);
        for (ending, (files, bytes)) in other.kinds {
            let sums = self.kinds.entry(ending).or_default();
            sums.0 += files;
            sums.1 += bytes;
        }
        self.other_kinds.0 += other.other_kinds.0;
        self.other_kinds.1 += other.other_kinds.1;
    }

    /// (largest first, longest untouched first, most bytes first)
    pub fn finish(self) -> (Vec<BigFile>, Vec<BigFile>, Vec<Kind>) {
        let mut largest: Vec<BigFile> =
            self.largest.into_iter().map(|Reverse((_, kept))| kept.into()).collect();
        largest.sort_by(|a: &BigFile, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
        largest.truncate(TOP_MAX);
        let mut untouched: Vec<BigFile> = self.untouched.into_iter().map(|(_, kept)| kept.into()).collect();
        untouched.sort_by(|a: &BigFile, b| a.touched_s.cmp(&b.touched_s).then_with(|| b.bytes.cmp(&a.bytes)));
        untouched.truncate(TOP_MAX);
        let mut kinds: Vec<Kind> = self
            .kinds
            .into_iter()
            .map(|(ending, (files, bytes))| Kind {
                ending: String::from_utf8_lossy(&ending).into_owned(),
                files,
                bytes,
            })
            .collect();
        kinds.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.ending.cmp(&b.ending)));
        (largest, untouched, kinds)
    }
}

fn keep(folder: FolderId, name: &[u8], bytes: u64, touched_s: i64) -> Kept {
    Kept { folder, name: name.into(), bytes, touched_s }
}

impl From<Kept> for BigFile {
    fn from(kept: Kept) -> BigFile {
        BigFile { folder: kept.folder, name: kept.name, bytes: kept.bytes, touched_s: kept.touched_s }
    }
}

/// "JPG" of "IMG_2231.JPG", in lower case; nothing for ".bashrc", "Makefile" and "v1.2 final notes".
fn ending<'a>(name: &[u8], lower: &'a mut [u8; ENDING_BYTES_MAX]) -> &'a [u8] {
    let Some(dot) = memchr::memrchr(b'.', name) else { return &[] };
    let ending = &name[dot + 1..];
    if dot == 0
        || ending.is_empty()
        || ending.len() > ENDING_BYTES_MAX
        || !ending.iter().all(u8::is_ascii_alphanumeric)
    {
        return &[];
    }
    let lower = &mut lower[..ending.len()];
    lower.copy_from_slice(ending);
    lower.make_ascii_lowercase();
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_a_plain_ending() {
        for (name, want) in [
            (&b"IMG_2231.JPG"[..], &b"jpg"[..]),
            (b"backup.tar.zst", b"zst"),
            (b".bashrc", b""),
            (b"Makefile", b""),
            (b"trailing.", b""),
            (b"v1.2 final notes", b""),
            (b"x.averylongone", b""),
            (b"\xff.mp4", b"mp4"),
        ] {
            assert_eq!(ending(name, &mut [0; ENDING_BYTES_MAX]), want, "{}", String::from_utf8_lossy(name));
        }
    }

    #[test]
    fn the_lists_keep_the_largest_and_the_longest_untouched() {
        let mut tally = Tally::default();
        for n in 0..1000u64 {
            tally.file(FolderId::ROOT, format!("f{n}").as_bytes(), n << 20, 1_000_000 - n as i64);
        }
        let (largest, untouched, kinds) = tally.finish();
        assert_eq!(largest.len(), TOP_MAX);
        assert_eq!((&*largest[0].name, &*largest[99].name), (&b"f999"[..], &b"f900"[..]));
        assert_eq!(&*untouched[0].name, b"f999");
        assert_eq!(kinds.len(), 1);
        assert_eq!(kinds[0].files, 1000);
    }
}
