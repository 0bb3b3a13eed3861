//! The blocks a screen's body is made of. Text in them is plain: the renderer escapes it, whoever wrote it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Judged by shape first, so that it reads without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    Good,
    Idle,
    Unknown,
    Busy,
    Look,
    Bad,
}

impl Mark {
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Good => "✔",
            Mark::Idle => "○",
            Mark::Unknown => "?",
            Mark::Busy => "…",
            Mark::Look => "▲",
            Mark::Bad => "✖",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Block {
    /// Bold, on its own line.
    Heading(String),
    /// One paragraph.
    Text(Vec<Span>),
    /// Aligned in a monospaced part: label, value.
    Pairs(Vec<(String, String)>),
    /// Monospaced, one line each, at most 34 columns.
    Table(Table),
    /// `label ███████▉░░ text`; `None` is drawn as an empty bar with "?".
    Bar { label: String, share: Option<f32>, text: String },
    /// `label ▂▁▂▅▇▃▂▂ text`, oldest first; `None` is a gap. Scaled to `max` where given.
    Spark { label: String, values: Vec<Option<f32>>, max: Option<f32>, text: String },
    /// Lines of a log, oldest first.
    Log(Vec<LogLine>),
    /// Monospaced as it is.
    Pre(String),
    /// Italic: an explanation, a limit, how to mend.
    Note(String),
    /// Something to look at: mark and sentence.
    State(Mark, String),
}

/// A run of text within a paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    Plain(String),
    Bold(String),
    Italic(String),
    Code(String),
}

impl Block {
    pub fn text(text: impl Into<String>) -> Block {
        Block::Text(vec![Span::Plain(text.into())])
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
}

/// The first column that may shrink is cut with "…" when a row is wider than the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Empty for a table without a head.
    pub title: String,
    pub align: Align,
    pub shrinks: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Align {
    Left,
    Right,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    pub at: Option<Timestamp>,
    /// syslog priority 0 (emergency) to 7 (debug), where known.
    pub priority: Option<u8>,
    pub text: String,
}
