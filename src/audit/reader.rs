//! Reads the trail for screens: a page, an entry. Reads what it shows, not the whole trail; never writes,
//! needs no actor. Blocking: called on a blocking thread.

use std::{io, path::PathBuf};

use super::{
    chain::{self, Line},
    segment::{self, Segment},
};

#[derive(Debug, Clone)]
pub struct Reader {
    pub(super) folder: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The newest first.
    pub lines: Vec<Line>,
    /// Entries there are in all.
    pub total: u64,
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
