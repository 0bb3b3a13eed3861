//! `journalctl -o json` line by line. Pure, and safe on any bytes: what is not a journal line is `None`.
//!
//! A field comes as text, as an array of numbers (bytes that are no UTF-8), as an array of those (a field that was
//! given several times), or as null (longer than 4 KiB, where `--all` was not asked for).

use jiff::Timestamp;
use serde::Deserialize;

use super::Entry;
use crate::process::clean::clean;

#[derive(Deserialize)]
#[serde(untagged)]
enum Field {
    Text(String),
    Bytes(Vec<u8>),
    Many(Vec<Field>),
    Null,
}

impl Field {
    fn bytes(self) -> Option<Vec<u8>> {
        match self {
            Field::Text(text) => Some(text.into_bytes()),
            Field::Bytes(bytes) => Some(bytes),
            Field::Many(fields) => {
                let parts: Vec<Vec<u8>> = fields.into_iter().filter_map(Field::bytes).collect();
                Some(parts.join(&b'\n'))
            }
            Field::Null => None,
        }
    }

    /// Of a repeated field the last.
    fn text(self) -> Option<String> {
        match self {
            Field::Many(mut fields) => fields.pop()?.text(),
            other => other.bytes().and_then(|bytes| String::from_utf8(bytes).ok()),
        }
    }
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "MESSAGE")]
    message: Option<Field>,
    #[serde(rename = "PRIORITY")]
    priority: Option<Field>,
    #[serde(rename = "SYSLOG_IDENTIFIER")]
    identifier: Option<Field>,
    #[serde(rename = "_PID")]
    pid: Option<Field>,
    #[serde(rename = "__REALTIME_TIMESTAMP")]
    at: Option<Field>,
    #[serde(rename = "__CURSOR")]
    cursor: Option<Field>,
}

/// `text_max` bounds the message, bytes.
pub fn line(bytes: &[u8], text_max: usize) -> Option<Entry> {
    let line: Line = serde_json::from_slice(bytes).ok()?;
    let text = |field: Option<Field>| field.and_then(Field::text);
    let at = text(line.at).and_then(|us| Timestamp::from_microsecond(us.parse().ok()?).ok());
    Some(Entry {
        at,
        priority: text(line.priority).and_then(|p| p.parse().ok()).filter(|p| *p <= 7),
        source: text(line.identifier)
            .map(|name| clean(name.as_bytes(), SOURCE_MAX))
            .filter(|name| !name.is_empty()),
        pid: text(line.pid).and_then(|pid| pid.parse().ok()),
        text: line.message.and_then(Field::bytes).map(|bytes| clean(&bytes, text_max)),
        cursor: text(line.cursor),
    })
}

const SOURCE_MAX: usize = 64;

/// A line that was too long to be read whole: what its beginning says. Fields stand in any order, so the time may be
/// missing.
pub fn beginning(bytes: &[u8], text_max: usize) -> Option<Entry> {
    let mut rest = bytes.strip_prefix(b"{")?;
    let mut whole = Vec::new();
    let mut message = None;
    while let Some((key, after)) = string(rest) {
        let Some(after) = after.strip_prefix(b":") else { break };
        match string(after) {
            Some((value, next)) => {
                let is_cut = next.is_empty();
                if key == b"\"MESSAGE\"" {
                    message = Some(value);
                } else if !is_cut {
                    whole.push([key, b":", value].concat());
                }
                rest = next.strip_prefix(b",").unwrap_or_default();
            }
            // An array or null: small ones are skipped, a cut one ends it.
            None => {
                let Some(end) = memchr::memchr(if after.starts_with(b"[") { b']' } else { b',' }, after)
                else {
                    break;
                };
                let next = &after[end..];
                rest = next.strip_prefix(b"],").or_else(|| next.strip_prefix(b",")).unwrap_or_default();
            }
        }
    }
    let message = message?;
    let fields = whole.join(&b',');
    let mut entry = line(&[b"{", fields.as_slice(), b"}"].concat(), text_max)?;
    let mut text = unescape(message, text_max);
    if !text.ends_with('…') {
        text.push('…');
    }
    entry.text = Some(text);
    Some(entry)
}

/// A JSON string with its quotes, and what follows; unterminated ones reach to the end.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut i = 1;
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 2,
            b'"' => return Some(bytes.split_at(i + 1)),
            _ => i += 1,
        }
    }
    Some((bytes, &[]))
}

/// The text of a JSON string whose end may be missing.
fn unescape(quoted: &[u8], text_max: usize) -> String {
    // A little more than is shown, as escapes shrink; then a clean end: no half escape, no half character.
    let mut end = quoted.len().min(text_max.saturating_mul(2).saturating_add(64));
    if end == quoted.len() && quoted.len() > 1 && quoted.ends_with(b"\"") {
        end -= 1;
    }
    for back in 0..=12.min(end.saturating_sub(1)) {
        let candidate = [&quoted[..end - back], b"\"".as_slice()].concat();
        if let Ok(text) = serde_json::from_slice::<String>(&candidate) {
            return clean(text.as_bytes(), text_max);
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAX: usize = 8192;

    fn data(name: &str) -> String {
        std::fs::read_to_string(format!("{}/tests/data/journal/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn every_line_a_real_journal_printed_is_read() {
        let text = data("mixed.jsonl");
        let entries: Vec<Entry> =
            text.lines().map(|l| line(l.as_bytes(), MAX).expect("a journal line")).collect();
        assert_eq!(entries.len(), text.lines().count());
        assert!(entries.iter().all(|e| e.at.is_some() && e.cursor.is_some() && e.text.is_some()));
        let with = |words: &str| {
            entries
                .iter()
                .find(|e| e.text.as_deref().is_some_and(|text| text.contains(words)))
                .expect("is there")
        };
        assert_eq!(with("upstream timed out").priority, Some(3));
        assert_eq!(with("Grüße").text.as_deref(), Some("unicode: Grüße, 日本語, emoji 🚀"));
        assert_eq!(with("second line").text.as_deref(), Some("first line\nsecond line\nthird line"));
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_far_as_they_are() {
        let entry = line(data("all-fields.jsonl").trim().as_bytes(), MAX).unwrap();
        assert_eq!(entry.text.as_deref(), Some("binary \u{fffd}\u{fffd} message"));
        assert_eq!(entry.source.as_deref(), Some("binary"));
        assert_eq!((entry.pid, entry.priority), (Some(561), Some(6)));
    }

    #[test]
    fn a_message_comes_in_four_forms() {
        for (json, want) in [
            (r#"{"MESSAGE":"text"}"#, Some("text")),
            (r#"{"MESSAGE":[104,105]}"#, Some("hi")),
            (r#"{"MESSAGE":["one","two"]}"#, Some("one\ntwo")),
            (r#"{"MESSAGE":[[104,105],"two"]}"#, Some("hi\ntwo")),
            (r#"{"MESSAGE":null}"#, None),
            (r#"{"MESSAGE":""}"#, Some("")),
            (r#"{"_PID":"1"}"#, None),
        ] {
            assert_eq!(line(json.as_bytes(), MAX).unwrap().text.as_deref(), want, "{json}");
        }
        for bad in ["", "{", "[]", "-- No entries --", "{\"MESSAGE\":{}}", "\u{0}"] {
            assert!(line(bad.as_bytes(), MAX).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn of_a_line_too_long_the_beginning_is_kept_with_what_stood_before() {
        let long = "y".repeat(1 << 20);
        let json = format!(
            r#"{{"_PID":"7","X":[1,2],"PRIORITY":"3","__REALTIME_TIMESTAMP":"1795362583849693","MESSAGE":"a \"b\"\n{long}"#
        );
        let entry = beginning(json.as_bytes(), 100).unwrap();
        let text = entry.text.unwrap();
        assert!(text.starts_with("a \"b\"\nyyy") && text.ends_with('…') && text.len() < 120, "{text}");
        assert_eq!((entry.pid, entry.priority), (Some(7), Some(3)));
        assert!(entry.at.is_some());
        // The message first: no time, and that is said by `None`.
        let json = format!(r#"{{"MESSAGE":"{long}"#);
        assert_eq!(beginning(json.as_bytes(), 100).unwrap().at, None);
        assert!(beginning(b"{\"A\":\"b\"", 100).is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = line(&bytes, 64);
            let _ = beginning(&bytes, 64);
        }

        #[test]
        fn any_cut_of_a_real_line_is_survived(at in 0usize..1500) {
            let text = data("mixed.jsonl");
            for l in text.lines().take(20) {
                let bytes = &l.as_bytes()[..at.min(l.len())];
                if let Some(entry) = beginning(bytes, 40) {
                    prop_assert!(entry.text.unwrap().chars().count() <= 41);
                }
            }
        }
    }
}
