//! Seals: how one line becomes part of the chain, and how it is read back. Pure.
//!
//! A line is a JSON object whose last member is its seal, `"hash":"<64 hex digits>"`. The seal is the SHA-256 of the
//! seal before, as hex, a newline, and the line as it would be without its seal:
//! `printf '%s\n%s' "$seal_before" "$line_without_hash" | sha256sum`. The first line of a file carries the seal before
//! it as `prev`, so that a file can be checked alone.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Entry;

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seal([u8; 32]);

impl Seal {
    /// Before the very first entry.
    pub const NONE: Seal = Seal([0; 32]);

    pub fn parse(hex: &str) -> Option<Seal> {
        Some(Seal(HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()?))
    }

    fn of(before: Seal, body: &str) -> Seal {
        let mut hash = Sha256::new();
        hash.update(before.to_string());
        hash.update("\n");
        hash.update(body);
        Seal(hash.finalize().into())
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A line as it is read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub seq: u64,
    pub entry: Entry,
    /// On the first line of a file.
    pub prev: Option<Seal>,
    pub seal: Seal,
}

#[derive(Serialize, Deserialize)]
struct Body<E> {
    seq: u64,
    #[serde(flatten)]
    entry: E,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
}

/// The sealed line, without its newline.
pub fn seal(before: Seal, seq: u64, entry: &Entry, first_of_file: bool) -> (String, Seal) {
    let body = Body { seq, entry, prev: first_of_file.then(|| before.to_string()) };
    let mut line = serde_json::to_string(&body).expect("entries are plain data with string keys");
    let seal = Seal::of(before, &line);
    line.pop();
    line.push_str(&format!("{HASH_KEY}{seal}\"}}"));
    (line, seal)
}

const HASH_KEY: &str = ",\"hash\":\"";
const HASH_MEMBER_LEN: usize = HASH_KEY.len() + 64 + "\"}".len();

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a line of the flight recorder")]
pub struct Unreadable;

/// Splits a line in the part that is sealed and its seal.
pub fn unseal(line: &[u8]) -> Result<(String, Seal), Unreadable> {
    let line = std::str::from_utf8(line).map_err(|_| Unreadable)?;
    let at =
        line.len().checked_sub(HASH_MEMBER_LEN).filter(|at| line.is_char_boundary(*at)).ok_or(Unreadable)?;
    let (body, member) = line.split_at(at);
    let hex = member.strip_prefix(HASH_KEY).and_then(|m| m.strip_suffix("\"}")).ok_or(Unreadable)?;
    Ok((format!("{body}}}"), Seal::parse(hex).ok_or(Unreadable)?))
}

/// Reads a line; whether its seal is right is [`holds`]'s to say.
pub fn read(line: &[u8]) -> Result<Line, Unreadable> {
    let (body, seal) = unseal(line)?;
    let body: Body<Entry> = serde_json::from_str(&body).map_err(|_| Unreadable)?;
    let prev = body.prev.map(|hex| Seal::parse(&hex).ok_or(Unreadable)).transpose()?;
    Ok(Line { seq: body.seq, entry: body.entry, prev, seal })
}

/// Only the number: what finding a place in a file needs.
pub fn seq(line: &[u8]) -> Option<u64> {
    let rest = line.strip_prefix(b"{\"seq\":")?;
    let digits = rest.iter().position(|b| !b.is_ascii_digit())?;
    std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
}

/// Whether the line is the one that was written after `before`.
pub fn holds(before: Seal, line: &[u8]) -> bool {
    unseal(line).is_ok_and(|(body, seal)| Seal::of(before, &body) == seal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry::noted(
            "2025-06-01T14:03:22Z".parse().unwrap(),
            "test",
            "test.noted",
            "a \"subject\"\n\u{1b}[2J",
        )
        .with("n", 3)
        .with("text", "},\"hash\":\"")
    }

    #[test]
    fn a_line_is_plain_json_and_comes_back_as_it_was() {
        let (line, seal) = super::seal(Seal::NONE, 1, &entry(), true);
        let plain: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(plain["hash"], seal.to_string());
        assert!(!line.contains('\n') && !line.contains('\u{1b}'), "safe to print: {line}");
        let back = read(line.as_bytes()).unwrap();
        assert_eq!(back, Line { seq: 1, entry: entry(), prev: Some(Seal::NONE), seal });
        assert_eq!(super::seq(line.as_bytes()), Some(1));
        assert!(holds(Seal::NONE, line.as_bytes()));
    }

    #[test]
    fn no_byte_of_a_line_can_change_unseen() {
        let (_, before) = super::seal(Seal::NONE, 1, &entry(), true);
        let (line, _) = super::seal(before, 2, &entry(), false);
        assert!(!holds(Seal::NONE, line.as_bytes()), "nor can it follow another line");
        for at in 0..line.len() {
            let mut bytes = line.clone().into_bytes();
            bytes[at] ^= 1;
            assert!(!holds(before, &bytes), "byte {at}");
        }
    }

    #[test]
    fn what_is_no_line_is_unreadable() {
        for text in ["", "{}", "null", "{\"seq\":1}", &"\0".repeat(200), &"é".repeat(100)] {
            assert_eq!(read(text.as_bytes()), Err(Unreadable), "{text:?}");
        }
    }
}
