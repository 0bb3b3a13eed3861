//! Checks the chain from the oldest file to the newest, line by line.

use std::{io, path::Path, path::PathBuf};

use super::{
    chain::{self, Seal},
    segment,
};

/// Breaks that are told one by one; more are only counted.
const TOLD_MAX: usize = 20;

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Lines that are entries.
    pub entries: u64,
    /// The first and last number found.
    pub span: Option<(u64, u64)>,
    /// The seal of the last entry, to compare with the journal's.
    pub last_seal: Seal,
    pub breaks: u64,
    /// The first of them, in order.
    pub told: Vec<Break>,
}

/// A place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {why}", .file.display())]
pub struct Break {
    pub file: PathBuf,
    /// From 1.
    pub line: u64,
    /// Where the line still tells.
    pub seq: Option<u64>,
    pub why: String,
}

impl Verdict {
    pub fn is_whole(&self) -> bool {
        self.breaks == 0
    }
}

/// Blocking; reads everything, in one pass, with one line in memory.
///
/// # Errors
/// A file that cannot be read.
pub fn verify(folder: &Path) -> io::Result<Verdict> {
    let mut verdict = Verdict { entries: 0, span: None, last_seal: Seal::NONE, breaks: 0, told: Vec::new() };
    // Before the first file there is nothing to compare with: older ones may have been removed by age.
    let mut before: Option<(u64, Seal)> = None;
    for segment in segment::all(folder)? {
        for (number, (_, line)) in segment.forward(0).enumerate() {
            let place = (&segment.path, number as u64 + 1);
            before = verdict.take(place, &line, before).or(before);
        }
    }
    Ok(verdict)
}

/// `cockpit-bot audit verify`: the words for the terminal, and the exit code: 0 whole, 1 broken.
///
/// # Errors
/// A file that cannot be read.
pub fn report(folder: &Path) -> io::Result<(String, u8)> {
    let verdict = verify(folder)?;
    let Some((first, last)) = verdict.span else {
        return Ok((format!("{}: nothing is recorded yet\n", folder.display()), 0));
    };
    let mut text: String = verdict.told.iter().map(|found| format!("{found}\n")).collect();
    let untold = verdict.breaks.saturating_sub(verdict.told.len() as u64);
    if untold > 0 {
        text.push_str(&format!("… and {untold} more\n"));
    }
    let state = if verdict.is_whole() { "whole and in order" } else { "BROKEN" };
    text.push_str(&format!(
        "{} entries, {first} to {last}: {state}\nlast seal {}\n  compare with: journalctl -u cockpit-bot -g 'seq=\"?{last}\\b'\n",
        verdict.entries, verdict.last_seal
    ));
    Ok((text, u8::from(!verdict.is_whole())))
}

impl Verdict {
    /// Checks one line against the one before it, and answers what the next is checked against.
    fn take(
        &mut self,
        place: (&PathBuf, u64),
        line: &[u8],
        before: Option<(u64, Seal)>,
    ) -> Option<(u64, Seal)> {
        let Ok(read) = chain::read(line) else {
            self.broken(place, None, "this is no entry".into());
            return None;
        };
        let seq = Some(read.seq);
        let known = match (before, read.prev) {
            (Some(known), _) => Some(known),
            (None, Some(prev)) => Some((read.seq.saturating_sub(1), prev)),
            (None, None) => None,
        };
        match known {
            None => self.broken(place, seq, "the beginning of this file is missing".into()),
            Some((last, _)) if read.seq != last + 1 => {
                let why = if read.seq > last + 1 {
                    format!("entries {} to {} are missing before this one", last + 1, read.seq - 1)
                } else {
                    format!("number {} comes after number {last}", read.seq)
                };
                self.broken(place, seq, why);
            }
            Some((_, seal)) if !chain::holds(seal, line) => {
                self.broken(place, seq, "this entry, or the one before it, was altered".into());
            }
            Some(_) => {}
        }
        self.entries += 1;
        self.span = Some((self.span.map_or(read.seq, |(first, _)| first), read.seq));
        self.last_seal = read.seal;
        Some((read.seq, read.seal))
    }

    fn broken(&mut self, (file, line): (&PathBuf, u64), seq: Option<u64>, why: String) {
        self.breaks += 1;
        if self.told.len() < TOLD_MAX {
            self.told.push(Break { file: file.clone(), line, seq, why });
        }
    }
}
