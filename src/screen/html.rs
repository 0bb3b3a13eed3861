//! Screens as Telegram HTML and rows of buttons. Pure: the same screen and frame give the same page.
//!
//! Limits: 4096 UTF-16 units of text, 1024 under a picture; monospaced lines of at most 34 columns; 100 buttons, in
//! rows as a phone can show them (`rows`). What does not fit is cut line by line and told ("… 120 more"), of a log the
//! oldest lines; the whole of it is to be had as a file. All text of a screen counts as foreign: it is escaped and
//! stripped of whatever moves, hides or colours.

use jiff::Timestamp;

use super::{
    Block, Picture, Screen, Span, Style, mono, rows,
    text::{clean, cut_utf16, fit, utf16_len},
};
use crate::{
    domain::{ChatKind, Reader},
    intent::{
        Intent, View,
        codec::{self, Encoded},
    },
    t,
};

/// Telegram's limits after the tags are taken out, in UTF-16 units.
pub const TEXT_MAX: usize = 4096;
pub const CAPTION_MAX: usize = 1024;

/// Telegram's limit on a keyboard.
const KEYS_MAX: usize = 100;
/// A button's label is cut by the clients anyway.
const LABEL_COLUMNS: usize = 40;
const CRUMB_COLUMNS: usize = 40;
/// A line shorter than this is not worth a cut in its middle.
const WORTH_CUTTING: usize = 80;

/// What surrounds a screen in its bubble.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    pub reader: &'a Reader,
    /// The view shown: *Refresh*, *Live* and *Back* are made from it. `None` for a question or a notice, which bring
    /// their own buttons only.
    pub here: Option<&'a View>,
    pub live: Live,
    /// Stands above the body until the next tap: why something was refused.
    pub head: Option<&'a str>,
    /// An answer is waited for: the prompt's hint is shown.
    pub asking: bool,
    /// For a notice that is delivered long after it was made: when that was.
    pub late: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Live {
    #[default]
    Off,
    On,
    /// It was, and ended by its time: *Go on*.
    Over,
}

/// A bubble, ready to be sent but for what is too long for a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Telegram HTML, never empty.
    pub html: String,
    pub rows: Vec<Vec<Key>>,
    /// Lines that did not fit.
    pub left_out: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub label: String,
    pub style: Style,
    pub data: Encoded,
}

/// A bubble's text and keyboard.
pub fn page(screen: &Screen, frame: &Frame<'_>) -> Page {
    let limit = if screen.picture.is_some() { CAPTION_MAX } else { TEXT_MAX };
    let (html, left_out) = compose(screen, frame, limit);
    Page { html, rows: keyboard(screen, frame, left_out > 0), left_out }
}

/// The whole text without tags and limits, for a file.
pub fn plain(screen: &Screen, reader: &Reader) -> String {
    let mut text = String::new();
    let lines = crumb(screen).into_iter().chain(body(&screen.blocks, None, reader));
    for line in lines.chain(as_of(screen, reader, Live::Off)) {
        line.runs.iter().for_each(|(_, run)| text.push_str(run));
        text.push('\n');
    }
    text
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Plain,
    Bold,
    Italic,
    Code,
}

/// One line, or one paragraph, of clean text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    runs: Vec<(Face, String)>,
    mono: bool,
}

impl Line {
    fn new(face: Face, text: String) -> Line {
        Line { runs: vec![(face, text)], mono: false }
    }

    fn mono(text: String) -> Line {
        Line { runs: vec![(Face::Plain, text)], mono: true }
    }

    fn units(&self) -> usize {
        self.runs.iter().map(|(_, text)| utf16_len(text)).sum()
    }

    /// Its start, with "…" at the end: at most `max` units.
    fn cut(&self, max: usize) -> Line {
        let mut room = max.saturating_sub(1);
        let mut runs = Vec::new();
        for (face, text) in &self.runs {
            let kept = cut_utf16(text, room);
            room -= utf16_len(kept);
            runs.push((*face, kept.to_owned()));
            if kept.len() < text.len() {
                break;
            }
        }
        if let Some((_, last)) = runs.last_mut() {
            last.push('…');
        }
        Line { runs, mono: self.mono }
    }
}

/// Frame and body within the limit: (HTML, lines left out).
fn compose(screen: &Screen, frame: &Frame<'_>, limit: usize) -> (String, usize) {
    let reader = frame.reader;
    let mut first: Vec<Line> = crumb(screen).into_iter().collect();
    let mut last = Vec::new();
    if let Some(prompt) = screen.prompt.as_ref().filter(|_| frame.asking) {
        let hint = fit(&clean(&prompt.hint), 160);
        // In a group a bot usually hears only what is said to it.
        let text = match reader.chat {
            ChatKind::Private => t!(reader.lang, "telegram-prompt", hint = hint),
            ChatKind::Group => t!(reader.lang, "telegram-prompt-group", hint = hint),
        };
        last.push(Line::new(Face::Italic, text));
    }
    last.extend(as_of(screen, reader, frame.live));
    last.extend(frame.late.map(|made| {
        Line::new(Face::Italic, t!(reader.lang, "telegram-late", time = mono::clock(made, reader)))
    }));
    let room = limit.saturating_sub(cost(&first) + cost(&last));
    let whole = body(&screen.blocks, frame.head, reader);
    let newest = (cost(&whole) > room).then(|| newest(&screen.blocks, frame.head, room, reader)).flatten();
    let (kept, left_out) = newest.unwrap_or_else(|| keep(&whole, room, reader));
    first.extend(kept);
    first.extend(last);
    if first.iter().all(|line| line.runs.iter().all(|(_, text)| text.trim().is_empty())) {
        // Telegram refuses an empty message.
        first = vec![Line::new(Face::Plain, "–".into())];
    }
    (write(&first), left_out)
}

/// Each line also costs the newline that joins it.
fn cost(lines: &[Line]) -> usize {
    lines.iter().map(|line| line.units() + 1).sum()
}

/// With as many of the newest lines of its last log as fit into `room`, and how many older ones do not; `None` where
/// there is no log, or not even its newest line fits.
fn newest(blocks: &[Block], head: Option<&str>, room: usize, reader: &Reader) -> Option<(Vec<Line>, usize)> {
    let (at, log) = blocks.iter().enumerate().rev().find_map(|(at, block)| match block {
        Block::Log(log) => Some((at, log)),
        _ => None,
    })?;
    let (before, after) = (&blocks[..at], &blocks[at + 1..]);
    let with = |kept: usize| {
        let left_out = log.len() - kept;
        let told = Block::Note(t!(reader.lang, "telegram-earlier", count = left_out));
        let part = [told, Block::Log(log[left_out..].to_vec())];
        body(&[before, &part, after].concat(), head, reader)
    };
    // One more line never takes less room.
    let (mut fits, mut too_many) = (0, log.len());
    while too_many - fits > 1 {
        let kept = fits.midpoint(too_many);
        *if cost(&with(kept)) <= room { &mut fits } else { &mut too_many } = kept;
    }
    (fits > 0).then(|| (with(fits), log.len() - fits))
}

/// As many lines as fit into `room`, and how many do not.
fn keep(body: &[Line], room: usize, reader: &Reader) -> (Vec<Line>, usize) {
    let mut used = 0;
    let fits = |used: &mut usize, line: &Line, room: usize| {
        let cost = line.units() + 1;
        let fits = *used + cost <= room;
        *used += if fits { cost } else { 0 };
        fits
    };
    if body.iter().all(|line| fits(&mut used, line, room)) {
        return (body.to_vec(), 0);
    }
    let more = |count: usize| Line::new(Face::Italic, t!(reader.lang, "telegram-more", count = count));
    let room = room.saturating_sub(more(body.len()).units() + 1);
    used = 0;
    let mut kept: Vec<Line> = body.iter().take_while(|line| fits(&mut used, line, room)).cloned().collect();
    let left_out = body.len() - kept.len();
    let rest = room - used;
    if let Some(line) = body.get(kept.len()).filter(|line| !line.mono && rest > WORTH_CUTTING) {
        kept.push(line.cut(rest - 1));
    }
    kept.push(more(left_out));
    (kept, left_out)
}

fn crumb(screen: &Screen) -> Option<Line> {
    let crumbs: Vec<String> = screen.crumbs.iter().map(|crumb| fit(&clean(crumb), CRUMB_COLUMNS)).collect();
    (!crumbs.is_empty()).then(|| Line::new(Face::Bold, fit(&crumbs.join(" › "), 3 * CRUMB_COLUMNS)))
}

fn as_of(screen: &Screen, reader: &Reader, live: Live) -> Option<Line> {
    let at = screen.as_of.map(|at| t!(reader.lang, "telegram-as-of", time = mono::clock(at, reader)));
    let on = (live == Live::On).then(|| t!(reader.lang, "telegram-live-on"));
    let parts: Vec<String> = at.into_iter().chain(on).collect();
    (!parts.is_empty()).then(|| Line::new(Face::Italic, parts.join(" · ")))
}

fn body(blocks: &[Block], head: Option<&str>, reader: &Reader) -> Vec<Line> {
    let mut lines: Vec<Line> =
        head.map(|head| Line::new(Face::Plain, format!("✖ {}", clean(head)))).into_iter().collect();
    let gauge = |block: &Block| matches!(block, Block::Bar { .. } | Block::Spark { .. });
    let mut blocks = blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        let mut mono_lines = |texts: Vec<String>| lines.extend(texts.into_iter().map(Line::mono));
        match block {
            Block::Bar { .. } | Block::Spark { .. } => {
                let mut run = vec![block];
                while let Some(next) = blocks.next_if(|next| gauge(next)) {
                    run.push(next);
                }
                mono_lines(mono::gauges(&run));
            }
            Block::Pairs(pairs) => mono_lines(mono::pairs(pairs)),
            Block::Table(table) => mono_lines(mono::table(table)),
            Block::Log(log) => mono_lines(mono::log(log, reader)),
            Block::Pre(text) => mono_lines(mono::pre(text)),
            Block::Heading(text) => {
                if !lines.is_empty() {
                    lines.push(Line::new(Face::Plain, String::new()));
                }
                lines.push(Line::new(Face::Bold, clean(text)));
            }
            Block::Text(spans) => lines.push(Line { runs: spans.iter().map(span).collect(), mono: false }),
            Block::Note(text) => lines.push(Line::new(Face::Italic, clean(text))),
            Block::State(mark, text) => {
                lines.push(Line::new(Face::Plain, format!("{} {}", mark.sign(), clean(text))));
            }
        }
    }
    lines
}

/// Spaces at a span's ends are part of the sentence.
fn span(span: &Span) -> (Face, String) {
    let (face, text) = match span {
        Span::Plain(text) => (Face::Plain, text),
        Span::Bold(text) => (Face::Bold, text),
        Span::Italic(text) => (Face::Italic, text),
        Span::Code(text) => (Face::Code, text),
    };
    let tail = if text.ends_with(char::is_whitespace) && !text.trim().is_empty() { " " } else { "" };
    let lead = if text.starts_with(char::is_whitespace) { " " } else { "" };
    (face, format!("{lead}{}{tail}", clean(text.trim_start())))
}

/// Neighbouring monospaced lines share one `<pre>`.
fn write(lines: &[Line]) -> String {
    let mut html = String::new();
    for (i, line) in lines.iter().enumerate() {
        let before = i.checked_sub(1).is_some_and(|i| lines[i].mono);
        if before && !line.mono {
            html.push_str("</pre>");
        }
        if i > 0 {
            html.push('\n');
        }
        if line.mono && !before {
            html.push_str("<pre>");
        }
        for (face, text) in &line.runs {
            let (open, close) = match face {
                // An entity around nothing is an error to some servers.
                _ if text.trim().is_empty() => ("", ""),
                Face::Plain => ("", ""),
                Face::Bold => ("<b>", "</b>"),
                Face::Italic => ("<i>", "</i>"),
                Face::Code => ("<code>", "</code>"),
            };
            html.push_str(open);
            escape(text, &mut html);
            html.push_str(close);
        }
    }
    if lines.last().is_some_and(|line| line.mono) {
        html.push_str("</pre>");
    }
    html
}

/// One line of plain text as HTML.
pub fn escaped(text: &str) -> String {
    let mut html = String::new();
    escape(&clean(text), &mut html);
    html
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

/// Action rows, the pager, then Back · Live · Refresh · Home · File.
fn keyboard(screen: &Screen, frame: &Frame<'_>, cut: bool) -> Vec<Vec<Key>> {
    let lay = |row: Vec<Key>| rows::lay(&row, |key| &key.label);
    let own = screen
        .rows
        .iter()
        .flat_map(|row| lay(row.iter().map(|b| key(&b.label, b.style, &b.intent)).collect()));
    let tail: Vec<Vec<Key>> =
        [pager(screen, frame), nav(screen, frame, cut)].into_iter().flat_map(lay).collect();
    let mut room = KEYS_MAX - tail.iter().map(Vec::len).sum::<usize>();
    let own = own.take_while(|row| {
        let fits = row.len() <= room;
        room = room.saturating_sub(row.len());
        fits
    });
    own.chain(tail).collect()
}

fn pager(screen: &Screen, frame: &Frame<'_>) -> Vec<Key> {
    let (Some(pager), Some(here)) = (&screen.pager, frame.here) else { return Vec::new() };
    let turn = |label: &str, view: &Option<View>| {
        view.as_ref().map(|view| key(label, Style::Plain, &Intent::View(view.clone())))
    };
    let place = format!("{}/{}", pager.page + 1, pager.pages);
    let middle = key(&place, Style::Plain, &Intent::View(here.clone()));
    [turn("◂", &pager.previous), Some(middle), turn("▸", &pager.next)].into_iter().flatten().collect()
}

fn nav(screen: &Screen, frame: &Frame<'_>, cut: bool) -> Vec<Key> {
    let Some(here) = frame.here else { return Vec::new() };
    let lang = frame.reader.lang;
    let plain = |label: &str, intent: Intent| Some(key(label, Style::Plain, &intent));
    let back = here.parent();
    let home = back.is_some();
    let live = match frame.live {
        Live::Off if screen.can_live => Some(t!(lang, "telegram-live")),
        Live::Over => Some(t!(lang, "telegram-go-on")),
        _ => None,
    };
    let drawn = matches!(screen.picture, Some(Picture::Chart(_) | Picture::Treemap(_)));
    [
        back.and_then(|back| plain(&t!(lang, "telegram-back"), Intent::View(back))),
        live.and_then(|label| plain(&label, Intent::Live(here.clone()))),
        plain("↻", Intent::View(here.clone())),
        home.then(|| plain("⌂", Intent::View(View::HOME))).flatten(),
        (drawn || cut).then(|| plain(&t!(lang, "telegram-file"), Intent::File(here.clone()))).flatten(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn key(label: &str, style: Style, intent: &Intent) -> Key {
    let label = fit(&clean(label), LABEL_COLUMNS);
    let label = if label.trim().is_empty() { "–".to_owned() } else { label };
    Key { label, style, data: codec::encode(intent) }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
