//! A container's log: chunks put together to lines, for a screen, for a file, and live.
//!
//! Engines cut long lines into pieces of 16 KiB, each with a stamp of its own, and mix two streams; a terminal's log is
//! one stream with carriage returns. Whatever comes, memory is bounded: a line by its limit, a page by its lines, a
//! file by [`FILE_BYTES_MAX`] of the newest.

use std::{collections::VecDeque, fs::File, io, os::unix::fs::FileExt, path::Path, time::Duration};

use futures_util::StreamExt;
use jiff::{Timestamp, tz::TimeZone};
use tokio::time::Instant;

use super::{
    engine::{Engine, EngineError, LogAsk, LogChunk, Source},
    messages::LogFile,
};
use crate::{
    domain::{Blobs, Words},
    intent::containers::{Log, Only, Since},
    room::nameless::{self, Nameless},
    screen::LogLine,
};

/// For one screen: a search stops here and says so.
pub const PAGE_MAX: Duration = Duration::from_secs(4);
/// Lines a search looks through.
pub const SEARCHED_MAX: usize = 20_000;
/// For a file: Telegram takes 50 MB from a bot.
pub const FILE_BYTES_MAX: u64 = 45 << 20;
pub const FILE_MAX: Duration = Duration::from_secs(90);
/// Of one line, on a screen and in a file.
const LINE_BYTES_MAX: usize = 4 << 10;
const FILE_LINE_BYTES_MAX: usize = 256 << 10;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub at: Option<Timestamp>,
    pub source: Source,
    /// Not valid UTF-8 is shown as "�".
    pub text: String,
    /// Its end was left out.
    pub cut: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    pub lines: Vec<Line>,
    /// All that the filters let through was looked at.
    pub complete: bool,
}

/// Puts chunks together to lines.
#[derive(Debug)]
pub struct Assembler {
    open: [Vec<u8>; 3],
    over: [bool; 3],
    max: usize,
}

impl Assembler {
    pub fn new(max: usize) -> Assembler {
        Assembler { open: Default::default(), over: [false; 3], max }
    }

    pub fn push(&mut self, chunk: &LogChunk, mut told: impl FnMut(Line)) {
        let slot = chunk.source as usize;
        let mut rest = chunk.bytes.as_slice();
        // The next piece of a long line begins with a stamp again.
        if !self.open[slot].is_empty() && chunk.source != Source::Terminal {
            rest = &rest[stamp(rest).map_or(0, |(_, end)| end)..];
        }
        while !rest.is_empty() {
            let (piece, ended) = match memchr::memchr(b'\n', rest) {
                Some(end) => (&rest[..end], true),
                None => (rest, false),
            };
            let room = self.max.saturating_sub(self.open[slot].len());
            self.open[slot].extend_from_slice(&piece[..piece.len().min(room)]);
            self.over[slot] |= piece.len() > room;
            rest = &rest[(piece.len() + usize::from(ended))..];
            if ended {
                told(self.take(chunk.source));
            }
        }
    }

    /// What the last newline was followed by.
    pub fn finish(mut self, mut told: impl FnMut(Line)) {
        for source in [Source::Out, Source::Err, Source::Terminal] {
            if !self.open[source as usize].is_empty() {
                told(self.take(source));
            }
        }
    }

    fn take(&mut self, source: Source) -> Line {
        let bytes = std::mem::take(&mut self.open[source as usize]);
        let cut = std::mem::take(&mut self.over[source as usize]);
        let (at, begin) = stamp(&bytes).map_or((None, 0), |(at, end)| (Some(at), end));
        let text = String::from_utf8_lossy(&bytes[begin..]);
        // A terminal draws over its line: what stands last is what was seen.
        let text = text.trim_end_matches('\r');
        let text = text.rsplit('\r').next().unwrap_or(text);
        Line { at, source, text: text.to_owned(), cut }
    }
}

/// "2026-11-22T15:49:50.714108285Z " at the beginning, and where it ends.
fn stamp(bytes: &[u8]) -> Option<(Timestamp, usize)> {
    let end = bytes.iter().take(40).position(|b| *b == b' ')?;
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    Some((text.parse().ok()?, end + 1))
}

/// Before a line of stderr. Many programs write all they say there: it is no sign of trouble.
pub const STDERR: &str = "┃";

/// For a screen.
pub fn shown(line: Line) -> LogLine {
    let mark = if line.source == Source::Err { format!("{STDERR} ") } else { String::new() };
    let cut = if line.cut { "…" } else { "" };
    LogLine { at: line.at, priority: None, text: format!("{mark}{}{cut}", line.text) }
}

/// What to ask the engine for. `started`: of the present run.
pub fn ask(log: &Log, now: Timestamp, started: Option<Timestamp>) -> LogAsk {
    let ago = |hours: i64| Some(now - jiff::SignedDuration::from_hours(hours));
    let filtered = log.search.is_some() || log.only == Only::Errors;
    LogAsk {
        container: log.name.clone(),
        tail: Some(if filtered { SEARCHED_MAX } else { log.amount.lines() }),
        since: match log.since {
            Since::Always => None,
            Since::Hour => ago(1),
            Since::Day => ago(24),
            Since::Start => started,
        },
        stdout: log.only == Only::Both,
        follow: false,
    }
}

pub fn wanted(log: &Log) -> impl Fn(&Line) -> bool + Send + Sync + use<> {
    let words = Words::of(log.search.as_deref());
    move |line| words.all_in(&line.text)
}

/// The newest `want` lines of those that the filter lets through, oldest first.
pub async fn read(
    engine: &dyn Engine,
    ask: &LogAsk,
    want: usize,
    limit: Duration,
    wanted: impl Fn(&Line) -> bool,
) -> Result<Lines, EngineError> {
    let until = Instant::now() + limit;
    let mut stream = engine.logs(ask).await?;
    let mut kept: VecDeque<Line> = VecDeque::new();
    let mut assembler = Assembler::new(LINE_BYTES_MAX);
    let mut seen = 0;
    let mut keep = |line: Line| {
        seen += 1;
        if line.at.is_some() && line.at < ask.since || !wanted(&line) {
            return;
        }
        if kept.len() == want {
            kept.pop_front();
        }
        kept.push_back(line);
    };
    let complete = loop {
        // A log that always has more never lets the timeout be looked at.
        if Instant::now() >= until {
            break false;
        }
        match tokio::time::timeout_at(until, stream.next()).await {
            Ok(Some(Ok(chunk))) => assembler.push(&chunk, &mut keep),
            Ok(Some(Err(error))) => return Err(error),
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    assembler.finish(&mut keep);
    let complete = complete && ask.tail.is_none_or(|tail| seen < tail);
    Ok(Lines { lines: kept.into(), complete })
}

/// All that the filters let through, the newest [`FILE_BYTES_MAX`] of it, as a file without a name.
pub async fn file(
    engine: &dyn Engine,
    log: &Log,
    started: Option<Timestamp>,
    now: Timestamp,
    tz: &TimeZone,
    scratch: &Path,
    blobs: &Blobs,
) -> Result<LogFile, EngineError> {
    let disk = |error: io::Error| EngineError::Refused(error.to_string());
    let ask = LogAsk { tail: None, ..ask(log, now, started) };
    let mut stream = engine.logs(&ask).await?;
    let wanted = wanted(log);
    let mut ring = Ring::create(scratch, FILE_BYTES_MAX).map_err(disk)?;
    let mut assembler = Assembler::new(FILE_LINE_BYTES_MAX);
    let until = Instant::now() + FILE_MAX;
    let mut written = Ok(());
    let mut put = |line: Line| {
        if (line.at.is_none() || line.at >= ask.since) && wanted(&line) && written.is_ok() {
            written = ring.put(text(&line, tz).as_bytes());
        }
    };
    let complete = loop {
        if Instant::now() >= until {
            break false;
        }
        match tokio::time::timeout_at(until, stream.next()).await {
            Ok(Some(Ok(chunk))) => assembler.push(&chunk, &mut put),
            Ok(Some(Err(error))) => return Err(error),
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    assembler.finish(&mut put);
    written.map_err(disk)?;
    let stamp = now.to_zoned(tz.clone()).strftime("%Y%m%d-%H%M").to_string();
    let (lines, cut) = (ring.lines, ring.wrapped());
    let (source, bytes) = ring.finish(format!("{}-{stamp}.log", log.name));
    let blob = blobs.put(source);
    Ok(LogFile { log: log.clone(), blob, bytes, lines, cut, complete })
}

fn text(line: &Line, tz: &TimeZone) -> String {
    let at = line.at.map(|at| at.to_zoned(tz.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string());
    let mark = match line.source {
        Source::Err => " E ",
        Source::Out | Source::Terminal => "   ",
    };
    let cut = if line.cut { "…" } else { "" };
    format!("{}{mark}{}{cut}\n", at.unwrap_or_else(|| "-".into()), crate::screen::text::clean(&line.text))
}

/// A nameless file that is written around: what does not fit pushes out the oldest.
struct Ring {
    file: File,
    at: u64,
    written: u64,
    max: u64,
    lines: u64,
    buffer: Vec<u8>,
}

/// Lines are collected up to this before they are written.
const CHUNK_BYTES: usize = 256 << 10;

impl Ring {
    fn create(folder: &Path, max: u64) -> io::Result<Ring> {
        let file = nameless::create(folder)?;
        Ok(Ring { file, at: 0, written: 0, max, lines: 0, buffer: Vec::new() })
    }

    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        self.lines += 1;
        self.buffer.extend_from_slice(line);
        if self.buffer.len() >= CHUNK_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let mut rest = buffer.as_slice();
        while !rest.is_empty() {
            let room = usize::try_from(self.max - self.at).unwrap_or(usize::MAX);
            let (now, later) = rest.split_at(rest.len().min(room));
            self.file.write_all_at(now, self.at)?;
            self.at = (self.at + now.len() as u64) % self.max;
            self.written += now.len() as u64;
            rest = later;
        }
        Ok(())
    }

    fn wrapped(&self) -> bool {
        self.written + self.buffer.len() as u64 > self.max
    }

    /// The file as it will be sent, and its size.
    fn finish(mut self, name: String) -> (Nameless, u64) {
        // What could not be written is missing at the end; the bytes before it are whole.
        if let Err(error) = self.flush() {
            tracing::warn!(%error, "the end of a log file was not written");
        }
        let size = self.written.min(self.max);
        // What was written around begins with its oldest byte, and mostly amid a line.
        let end = if self.written > self.max { self.at } else { 0 };
        let start = end + if end > 0 { self.rest_of_line(end..size) } else { 0 };
        (Nameless::new(self.file, [start..size, 0..end], name), size - (start - end))
    }

    /// Bytes up to the next line; 0 where none begins soon.
    fn rest_of_line(&self, range: std::ops::Range<u64>) -> u64 {
        let most = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let mut bytes = vec![0; most.min(2 * FILE_LINE_BYTES_MAX)];
        let found = self.file.read_exact_at(&mut bytes, range.start).ok();
        found.and_then(|()| memchr::memchr(b'\n', &bytes)).map_or(0, |at| at as u64 + 1)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::domain::BlobSource;

    fn chunk(source: Source, text: &str) -> LogChunk {
        LogChunk { source, bytes: text.as_bytes().to_vec() }
    }

    fn lines(chunks: &[LogChunk], max: usize) -> Vec<(Source, String, bool)> {
        let mut told = Vec::new();
        let mut assembler = Assembler::new(max);
        for one in chunks {
            assembler.push(one, |line| told.push((line.source, line.text, line.cut)));
        }
        assembler.finish(|line| told.push((line.source, line.text, line.cut)));
        told
    }

    #[test]
    fn chunks_become_lines_whatever_their_cut() {
        const T: &str = "2026-11-22T15:49:50.714108285Z ";
        let s = |text: &str| text.replace('@', T);
        for (chunks, want) in [
            (vec![(Source::Out, s("@one\n@two\n"))], vec!["one", "two"]),
            (vec![(Source::Out, s("@on")), (Source::Out, s("@e\n"))], vec!["one"]),
            (
                vec![(Source::Out, s("@a")), (Source::Err, s("@b\n")), (Source::Out, s("@c\n"))],
                vec!["b", "ac"],
            ),
            (vec![(Source::Terminal, s("@10 %\r20 %\r\n"))], vec!["20 %"]),
            (vec![(Source::Out, s("@no end"))], vec!["no end"]),
            (vec![(Source::Out, "no stamp\n".into())], vec!["no stamp"]),
            (vec![(Source::Out, s("@\n\n"))], vec!["", ""]),
        ] {
            let chunks: Vec<LogChunk> = chunks.iter().map(|(source, text)| chunk(*source, text)).collect();
            let texts: Vec<String> = lines(&chunks, 1000).into_iter().map(|(_, text, _)| text).collect();
            assert_eq!(texts, want, "{chunks:?}");
        }
    }

    #[test]
    fn a_line_of_a_megabyte_and_binary_bytes_stay_in_bounds() {
        let piece = "x".repeat(16 << 10);
        let mut chunks: Vec<LogChunk> = (0..64).map(|_| chunk(Source::Out, &piece)).collect();
        chunks.push(chunk(Source::Out, "\nnext\n"));
        chunks.push(LogChunk { source: Source::Err, bytes: vec![0, 0xff, 0xfe, b'\n'] });
        let told = lines(&chunks, 1000);
        assert_eq!((told[0].1.len(), told[0].2), (1000, true));
        assert_eq!(told[1], (Source::Out, "next".into(), false));
        assert_eq!(told[2], (Source::Err, "\0\u{fffd}\u{fffd}".into(), false));
    }

    #[tokio::test]
    async fn a_full_file_keeps_the_newest_bytes_in_order_and_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        for (put, want) in [
            (vec!["abc"], "abc"),
            (vec!["abcdef", "ghij"], "abcdefghij"),
            (vec!["0123456789ab"], "23456789ab"),
            (vec!["one\ntwo\n", "three\n"], "three\n"),
            (vec!["12\n45\n78\nab\nde\n"], "78\nab\nde\n"),
        ] {
            let mut ring = Ring::create(folder.path(), 10).unwrap();
            for text in &put {
                ring.put(text.as_bytes()).unwrap();
            }
            let (source, bytes) = ring.finish("x.log".into());
            let (_, mut stream) = source.open().await.unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            assert_eq!((text.as_str(), bytes), (want, want.len() as u64));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
