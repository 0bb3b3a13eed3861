//! Bytes into lines, each of bounded length.

use std::{collections::VecDeque, fmt};

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stream {
    Out,
    Err,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stream::Out => "its output",
            Stream::Err => "its error output",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub stream: Stream,
    /// Without its end; what is not UTF-8 is replaced.
    pub text: String,
    /// The end was dropped, as the line was too long.
    pub cut: bool,
}

/// Cuts at `\n`, and at `\r` as progress displays use it.
#[derive(Debug)]
pub(super) struct Cutter {
    stream: Stream,
    max: usize,
    part: Vec<u8>,
    cut: bool,
    /// The last byte was `\r`: a `\n` after it belongs to the same end.
    after_return: bool,
}

impl Cutter {
    pub fn new(stream: Stream, max: usize) -> Cutter {
        Cutter { stream, max, part: Vec::new(), cut: false, after_return: false }
    }

    pub fn push(&mut self, mut bytes: &[u8], out: &mut VecDeque<Line>) {
        while let Some(at) = memchr::memchr2(b'\n', b'\r', bytes) {
            let (head, tail) = bytes.split_at(at);
            let newline = tail[0] == b'\n';
            if !(newline && self.after_return && head.is_empty() && self.part.is_empty()) {
                self.keep(head);
                out.push_back(self.take());
            }
            self.after_return = !newline;
            bytes = &tail[1..];
        }
        if !bytes.is_empty() {
            self.after_return = false;
            self.keep(bytes);
        }
    }

    /// What stood after the last line's end, if anything.
    pub fn finish(&mut self, out: &mut VecDeque<Line>) {
        if !self.part.is_empty() {
            out.push_back(self.take());
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = self.max - self.part.len();
        self.part.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.cut |= bytes.len() > room;
    }

    fn take(&mut self) -> Line {
        let mut bytes = std::mem::take(&mut self.part);
        if self.cut {
            // Not in the middle of a character.
            let whole = match std::str::from_utf8(&bytes) {
                Err(error) if error.error_len().is_none() => error.valid_up_to(),
                _ => bytes.len(),
            };
            bytes.truncate(whole);
        }
        let text =
            String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        Line { stream: self.stream, text, cut: std::mem::take(&mut self.cut) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(max: usize, chunks: &[&[u8]]) -> Vec<String> {
        let (mut cutter, mut out) = (Cutter::new(Stream::Out, max), VecDeque::new());
        for chunk in chunks {
            cutter.push(chunk, &mut out);
        }
        cutter.finish(&mut out);
        out.into_iter().map(|line| if line.cut { format!("{}…", line.text) } else { line.text }).collect()
    }

    #[test]
    fn lines_are_cut_at_their_ends_wherever_the_chunks_are() {
        let cases: [(&[&[u8]], &[&str]); 9] = [
            (&[b"a\nb\n"], &["a", "b"]),
            (&[b"a\nb"], &["a", "b"]),
            (&[b"a", b"b\n", b"c"], &["ab", "c"]),
            (&[b"a\r\nb\r\n"], &["a", "b"]),
            (&[b"a\r", b"\nb"], &["a", "b"]),
            (&[b"10%\r20%\r100%\n"], &["10%", "20%", "100%"]),
            (&[b"\n\na"], &["", "", "a"]),
            (&[b"\r\n\r\n"], &["", ""]),
            (&[b"\xff\xfe!"], &["\u{fffd}\u{fffd}!"]),
        ];
        for (chunks, want) in cases {
            assert_eq!(cut(100, chunks), want, "{chunks:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_between_characters_and_the_next_one_is_whole() {
        assert_eq!(cut(4, &[b"abcdefgh\nij"]), ["abcd…", "ij"]);
        assert_eq!(cut(4, &[b"abcd\nij"]), ["abcd", "ij"]);
        assert_eq!(cut(4, &["aéé€".as_bytes(), b"\nij"]), ["aé…", "ij"]);
        let endless = vec![b'x'; 1 << 20];
        assert_eq!(cut(4, &[&endless, &endless]), ["xxxx…"]);
    }
}
