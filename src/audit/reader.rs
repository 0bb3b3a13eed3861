//! Reads the trail for screens: a page, an entry, a search. Reads what it shows, not the whole trail; never writes,
//! needs no actor. Blocking: called on a blocking thread.

use std::{io, path::PathBuf};

use super::{
    chain::{self, Line},
    segment::{self, Segment},
};

/// Bytes a search looks through, from the newest on: about 0.1 s. What is older is said not to be searched.
const SEARCHED_MAX: u64 = 64 << 20;

#[derive(Debug, Clone)]
pub struct Reader {
    folder: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The newest first.
    pub lines: Vec<Line>,
    /// Entries there are in all.
    pub total: u64,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The newest first.
    pub lines: Vec<Line>,
    /// There is at least one more.
    pub more: bool,
    /// The oldest entry that was looked at, where older ones were not.
    pub searched_to: Option<u64>,
}

impl Reader {
    /// `folder`: the data folder.
    pub fn new(folder: PathBuf) -> Reader {
        Reader { folder }
    }

    /// Page 0 is the newest.
    ///
    /// # Errors
    /// A file that cannot be read. Damaged lines are left out.
    pub fn page(&self, page: u32, per_page: u32) -> io::Result<Page> {
        let segments = segment::all(&self.folder)?;
        let Some((first, last)) = span(&segments)? else { return Ok(Page::default()) };
        let total = last - first + 1;
        let newest = last.saturating_sub(u64::from(page) * u64::from(per_page));
        if newest < first || newest == 0 {
            return Ok(Page { lines: Vec::new(), total });
        }
        let oldest = (newest + 1).saturating_sub(u64::from(per_page)).max(first);
        Ok(Page { lines: between(&segments, oldest, newest)?, total })
    }

    /// # Errors
    /// A file that cannot be read.
    pub fn entry(&self, seq: u64) -> io::Result<Option<Line>> {
        Ok(between(&segment::all(&self.folder)?, seq, seq)?.pop())
    }

    /// Entries that contain all of these words, in any letters' case, anywhere in their line.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn search(&self, words: &str, page: u32, per_page: u32) -> io::Result<Found> {
        let words: Vec<String> = words.split_whitespace().map(as_written).collect();
        let mut skip = u64::from(page) * u64::from(per_page);
        let mut found = Found::default();
        let mut budget = SEARCHED_MAX;
        let segments = segment::all(&self.folder)?;
        for line in segments.iter().rev().flat_map(Segment::backward) {
            let (_, line) = line?;
            match budget.checked_sub(line.len() as u64) {
                Some(left) => budget = left,
                None => {
                    found.searched_to = chain::seq(&line).map(|seq| seq + 1);
                    break;
                }
            }
            if !matches(&line, &words) {
                continue;
            }
            let Ok(read) = chain::read(&line) else { continue };
            if skip > 0 {
                skip -= 1;
            } else if found.lines.len() == per_page as usize {
                found.more = true;
                break;
            } else {
                found.lines.push(read);
            }
        }
        Ok(found)
    }
}

/// A word as it stands inside a JSON text, in lower case.
fn as_written(word: &str) -> String {
    let quoted = serde_json::Value::from(word.to_lowercase()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn matches(line: &[u8], words: &[String]) -> bool {
    let text = String::from_utf8_lossy(line);
    // The seal is no text of anybody's: "deadbeef" is not looked for in it.
    let text = text.rsplit_once(",\"hash\":").map_or(&*text, |(body, _)| body).to_lowercase();
    words.iter().all(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

fn span(segments: &[Segment]) -> io::Result<Option<(u64, u64)>> {
    for segment in segments.iter().rev() {
        if let Some((line, _)) = segment.last()? {
            return Ok(segments.first().map(|first| (first.first.min(line.seq), line.seq)));
        }
    }
    Ok(None)
}

/// The entries from `oldest` to `newest`, the newest first.
fn between(segments: &[Segment], oldest: u64, newest: u64) -> io::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        let ends_before = segments.get(i + 1).is_some_and(|next| next.first <= oldest);
        if ends_before || segment.first > newest {
            continue;
        }
        for (_, line) in segment.forward(segment.locate(oldest)?) {
            match chain::seq(&line) {
                Some(seq) if seq > newest => break,
                Some(_) => lines.extend(chain::read(&line)),
                None => {}
            }
        }
    }
    lines.reverse();
    Ok(lines)
}
