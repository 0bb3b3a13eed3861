//! Searches the trail from its newest entry on. A sieve runs over whole blocks, and only lines that hold the longest of
//! the words are looked at closely. Blocking: called on a blocking thread.
//!
//! Limits: [`SEARCHED_MAX`] bytes a search, told on the screen; one block of [`segment::BLOCK`] in memory.

use std::{io, ops::Range};

use regex_automata::{Input, meta::Regex};

use super::{
    Reader,
    chain::{self, Line},
    segment::{self, Blocks},
};

/// Bytes a search looks through, from the newest on: about 0.1 s. What is older is said not to be searched.
const SEARCHED_MAX: u64 = 256 << 20;

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
    /// Entries that contain all of these words, in any letters' case, anywhere in their line.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn search(&self, words: &str, page: u32, per_page: u32) -> io::Result<Found> {
        self.search_within(SEARCHED_MAX, words, page, per_page)
    }

    /// As [`Reader::search`], through other than the usual number of bytes.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn search_within(&self, bytes: u64, words: &str, page: u32, per_page: u32) -> io::Result<Found> {
        let words: Vec<String> = words.split_whitespace().map(as_written).collect();
        let sieve = Sieve::of(&words);
        let mut skip = u64::from(page) * u64::from(per_page);
        let mut found = Found::default();
        let mut looked = 0;
        let mut memory = Vec::new();
        let segments = segment::all(&self.folder)?;
        for segment in segments.iter().rev() {
            let mut blocks = Blocks::of(segment);
            while let Some(block) = blocks.back(&mut memory)? {
                for line in sieve.lines(block).into_iter().rev().map(|line| &block[line]) {
                    if !matches(line, &words) {
                        continue;
                    }
                    let Ok(read) = chain::read(line) else { continue };
                    if skip > 0 {
                        skip -= 1;
                    } else if found.lines.len() == per_page as usize {
                        found.more = true;
                        return Ok(found);
                    } else {
                        found.lines.push(read);
                    }
                }
                looked += block.len() as u64;
                let oldest = || block.split(|byte| *byte == b'\n').find_map(chain::seq);
                if looked >= bytes {
                    // With nothing before it, nothing was left out.
                    found.searched_to =
                        oldest().filter(|seq| segments.first().is_some_and(|s| *seq > s.first));
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }
}

/// Finds lines worth a closer look, many bytes at a time.
struct Sieve(Option<Regex>);

impl Sieve {
    /// By the longest word of plain letters; without one, each line is looked at.
    fn of(words: &[String]) -> Sieve {
        let plain = words.iter().filter(|word| word.len() >= 2 && word.is_ascii());
        let longest = plain.max_by_key(|word| word.len());
        // Cannot fail for what was escaped; if it did, the search is slow and not wrong.
        Sieve(longest.and_then(|word| Regex::new(&format!("(?i){}", escaped(word))).ok()))
    }

    /// The lines, without their ends, in the block's order.
    fn lines(&self, block: &[u8]) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let mut at = 0;
        while at < block.len() {
            let hit = match &self.0 {
                None => at..at,
                Some(regex) => match regex.find(Input::new(block).range(at..)) {
                    Some(hit) => hit.range(),
                    None => break,
                },
            };
            let begins = memchr::memrchr(b'\n', &block[at..hit.start]).map_or(at, |i| at + i + 1);
            let ends = memchr::memchr(b'\n', &block[hit.end..]).map_or(block.len(), |i| hit.end + i);
            lines.push(begins..ends);
            at = ends + 1;
        }
        lines
    }
}

/// A word as a pattern that means itself.
fn escaped(word: &str) -> String {
    let mut pattern = String::new();
    for c in word.chars() {
        // "\\<" would be the start of a word.
        if c.is_ascii_punctuation() && !matches!(c, '<' | '>') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(as_written).collect()
    }

    fn sifted(block: &str, sought: &str) -> Vec<String> {
        let words = words(sought);
        let lines = Sieve::of(&words).lines(block.as_bytes());
        lines
            .into_iter()
            .map(|line| block[line].to_owned())
            .filter(|l| matches(l.as_bytes(), &words))
            .collect()
    }

    #[test]
    fn signs_of_patterns_mean_themselves() {
        let block = "a.b*c\naxbbc\n<tag>\n(x|y)\n^start$\n[1-9]{2}\nc:\\\\dir\n";
        for (sought, want) in [
            ("a.b*c", "a.b*c"),
            ("<TAG>", "<tag>"),
            ("(X|y)", "(x|y)"),
            ("^start$", "^start$"),
            ("[1-9]{2}", "[1-9]{2}"),
            ("c:\\dir", "c:\\\\dir"),
        ] {
            assert_eq!(sifted(block, sought), [want], "{sought}");
        }
    }

    proptest! {
        #[test]
        fn the_sieve_loses_no_line(
            lines in prop::collection::vec("[a-cA-CÄäk .<>*é]{0,12}", 0..30),
            sought in "[a-cA-CäÄk.<*é]{1,3}( [a-cé]{1,2})?",
        ) {
            let block: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let words = words(&sought);
            let want: Vec<String> = lines.into_iter().filter(|line| matches(line.as_bytes(), &words)).collect();
            prop_assert_eq!(sifted(&block, &sought), want);
        }
    }
}
