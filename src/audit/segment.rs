//! The files of the trail: `audit.jsonl`, which is written, and those before it, each named by its first entry
//! (`audit-000000000001.jsonl`). Finds a place in a file without reading all of it.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use super::chain::{self, Line};

/// The file that is written.
pub const CURRENT: &str = "audit.jsonl";
/// Longer than any line ([`super::entry::TEXT_MAX`] × all texts, escaped), so that a block holds a line's start.
pub const BLOCK: u64 = 256 * 1024;

pub fn rotated_name(first: u64) -> String {
    format!("audit-{first:012}.jsonl")
}

fn rotated_first(name: &str) -> Option<u64> {
    let digits = name.strip_prefix("audit-")?.strip_suffix(".jsonl")?;
    (digits.len() == 12).then(|| digits.parse().ok()).flatten()
}

/// One file, open for reading.
#[derive(Debug)]
pub struct Segment {
    pub path: PathBuf,
    /// The number of its first entry.
    pub first: u64,
    pub len: u64,
    file: File,
}

/// All files that hold entries, the oldest first. No folder is no file.
pub fn all(folder: &Path) -> io::Result<Vec<Segment>> {
    let mut found = Vec::new();
    for (first, path) in rotated(folder)? {
        let file = File::open(&path)?;
        found.push(Segment { len: file.metadata()?.len(), path, first, file });
    }
    if let Some(current) = Segment::open(&folder.join(CURRENT))? {
        found.push(current);
    }
    Ok(found)
}

/// The finished files, the oldest first, with the number of their first entry.
pub fn rotated(folder: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if let Some(first) = entry.file_name().to_str().and_then(rotated_first) {
            found.push((first, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

impl Segment {
    /// `None` when it is missing or holds no whole entry.
    pub fn open(path: &Path) -> io::Result<Option<Segment>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let len = file.metadata()?.len();
        let segment = Segment { path: path.to_owned(), first: 0, len, file };
        let first = segment.forward(0).find_map(|(_, line)| chain::seq(&line));
        Ok(first.map(|first| Segment { first, ..segment }))
    }

    /// Where the first entry numbered `seq` or higher begins; the end of the file when there is none.
    pub fn locate(&self, seq: u64) -> io::Result<u64> {
        let (mut low, mut high) = (0, self.len);
        while high - low > BLOCK {
            let middle = low + (high - low) / 2;
            // From the middle of a line: the line's rest is skipped.
            let found = self.forward(middle).skip(1).find_map(|(at, line)| Some((at, chain::seq(&line)?)));
            match found {
                Some((at, found)) if found < seq && at < high => low = at,
                _ => high = middle,
            }
        }
        let found = self.forward(low).find(|(_, line)| chain::seq(line).is_some_and(|found| found >= seq));
        Ok(found.map_or(self.len, |(at, _)| at))
    }

    /// Whole lines from a place on, each with where it begins. The unfinished last one is not among them.
    pub fn forward(&self, from: u64) -> impl Iterator<Item = (u64, Vec<u8>)> {
        let mut lines = BufReader::new(Span { file: &self.file, at: from, end: self.len });
        let mut at = from;
        std::iter::from_fn(move || {
            let mut line = Vec::new();
            // A disk error ends the lines here; the writer meets and reports it.
            let read = lines.read_until(b'\n', &mut line).ok()?;
            (line.pop() == Some(b'\n')).then(|| {
                let begins = at;
                at += read as u64;
                (begins, line)
            })
        })
    }

    /// Lines from the end on, the newest first, read block by block. The unfinished last one is not among them.
    pub fn backward(&self) -> Backward<'_> {
        Backward { segment: self, before: self.len, held: Vec::new(), whole: false }
    }

    /// The last entry that can be read, and where its line ends.
    pub fn last(&self) -> io::Result<Option<(Line, u64)>> {
        for line in self.backward() {
            let (at, line) = line?;
            if let Ok(read) = chain::read(&line) {
                return Ok(Some((read, at + line.len() as u64 + 1)));
            }
        }
        Ok(None)
    }
}

/// A part of a file, read without moving the file's own position.
struct Span<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl io::Read for Span<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buf.len());
        let read = self.file.read_at(&mut buf[..most], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Whole lines of a file by blocks, from its end on, in memory that is used again.
pub struct Blocks<'a> {
    segment: &'a Segment,
    /// Everything from here on has been given out.
    before: u64,
}

impl<'a> Blocks<'a> {
    pub fn of(segment: &'a Segment) -> Blocks<'a> {
        Blocks { segment, before: segment.len }
    }

    /// The block before the last one: whole lines, each with its newline. The unfinished last line is in none.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn back<'m>(&mut self, memory: &'m mut Vec<u8>) -> io::Result<Option<&'m [u8]>> {
        let mut size = BLOCK;
        while self.before > 0 {
            let from = self.before.saturating_sub(size);
            memory.resize((self.before - from) as usize, 0);
            self.segment.file.read_exact_at(memory, from)?;
            // From the middle of a line: its rest belongs to the block before.
            let begins = match memchr::memchr(b'\n', memory) {
                _ if from == 0 => 0,
                Some(newline) => newline + 1,
                None => memory.len(),
            };
            let ends = memchr::memrchr(b'\n', memory).map_or(0, |newline| newline + 1);
            if begins < ends {
                self.before = from + begins as u64;
                return Ok(Some(&memory[begins..ends]));
            }
            // One line and no more, or the unfinished one, is longer than a block.
            if from == 0 {
                self.before = 0;
            }
            size *= 2;
        }
        Ok(None)
    }
}

pub struct Backward<'a> {
    segment: &'a Segment,
    /// Everything from here on has been read.
    before: u64,
    /// Read and not yet given out; ends before a newline that was (once `whole`).
    held: Vec<u8>,
    whole: bool,
}

impl Iterator for Backward<'_> {
    /// Where the line begins, and the line.
    type Item = io::Result<(u64, Vec<u8>)>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut searched = 0;
        loop {
            // Only what was read last can hold another newline.
            let fresh = self.held.len() - searched;
            if let Some(newline) = memchr::memrchr(b'\n', &self.held[..fresh]) {
                let line = self.held.split_off(newline + 1);
                self.held.pop();
                let at = self.before + newline as u64 + 1;
                if std::mem::replace(&mut self.whole, true) {
                    return Some(Ok((at, line)));
                }
                // What follows the last newline was never finished.
                searched = 0;
                continue;
            }
            searched = self.held.len();
            if self.before == 0 {
                let line = std::mem::take(&mut self.held);
                let first = std::mem::replace(&mut self.whole, false) && !line.is_empty();
                return first.then_some(Ok((0, line)));
            }
            let from = self.before.saturating_sub(BLOCK / 4);
            let mut block = vec![0; (self.before - from) as usize];
            if let Err(error) = self.segment.file.read_exact_at(&mut block, from) {
                self.before = 0;
                self.whole = false;
                self.held.clear();
                return Some(Err(error));
            }
            block.extend_from_slice(&self.held);
            self.held = block;
            self.before = from;
        }
    }
}
