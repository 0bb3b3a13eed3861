//! Names, sizes, ages and kinds as the panels say them.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    folder::{Kind, Special},
    text::Nature,
};
use crate::{
    domain::{Bytes, FileName, Lang, Reader},
    locale::{self, span},
    screen::text::{clean, columns, fit},
    t,
};

/// How wide a button's label may be to be read whole on a phone.
const LABEL_COLUMNS: usize = 38;

/// A name made harmless for a label; one of nothing but invisible signs is still there.
pub fn name(name: &FileName) -> String {
    visible(&name.shown())
}

/// Any foreign text as a name.
pub fn visible(text: &str) -> String {
    let clean = clean(text);
    if clean.trim().is_empty() { "␣".into() } else { clean }
}

pub fn icon(kind: Kind, name: &[u8]) -> &'static str {
    match kind {
        Kind::Folder => "📁",
        Kind::Link => "🔗",
        Kind::Special(_) => "⚙",
        Kind::File => {
            let dot = name.iter().rposition(|byte| *byte == b'.').map_or(name.len(), |dot| dot + 1);
            match name[dot..].to_ascii_lowercase().as_slice() {
                b"jpg" | b"jpeg" | b"png" | b"gif" | b"webp" | b"heic" | b"avif" | b"bmp" | b"svg" => "🖼",
                b"mp4" | b"mkv" | b"webm" | b"mov" | b"avi" => "🎞",
                b"mp3" | b"flac" | b"ogg" | b"opus" | b"wav" | b"m4a" => "🎵",
                b"zip" | b"gz" | b"zst" | b"xz" | b"bz2" | b"tar" | b"7z" | b"rar" => "🗜",
                _ => "📄",
            }
        }
    }
}

/// "📄 report.txt · 3.1 MiB · 2 d": the name is cut, the figures are not.
pub fn label(icon: &str, name: &str, figures: &[String]) -> String {
    let tail: String = figures.iter().map(|figure| format!(" · {figure}")).collect();
    let room = LABEL_COLUMNS.saturating_sub(columns(&tail) + columns(icon) + 1).max(8);
    format!("{icon} {}{tail}", fit(name, room))
}

/// How long ago, in one unit: "2 d", "3 h". The future (a clock set back, another machine's) is now.
pub fn age(at: Timestamp, reader: &Reader) -> String {
    let seconds = reader.now.duration_since(at).as_secs().max(0).unsigned_abs();
    let unit = match seconds {
        0..60 => 1,
        60..3600 => 60,
        3600..86_400 => 3600,
        _ => 86_400,
    };
    span(reader.lang, Duration::from_secs(seconds / unit * unit))
}

pub fn size(bytes: u64) -> String {
    Bytes(bytes).to_string()
}

/// "3.1 MiB (3,250,176 bytes)".
pub fn exact_size(lang: Lang, bytes: u64) -> String {
    if bytes < 1000 {
        return size(bytes);
    }
    t!(lang, "storage-exact-size", size = size(bytes), bytes = locale::count(lang, bytes))
}

pub fn kind(lang: Lang, kind: Kind) -> String {
    match kind {
        Kind::Folder => t!(lang, "storage-kind-folder"),
        Kind::File => t!(lang, "storage-kind-file"),
        Kind::Link => t!(lang, "storage-kind-link"),
        Kind::Special(Special::Block) => t!(lang, "storage-kind-block"),
        Kind::Special(Special::Char) => t!(lang, "storage-kind-char"),
        Kind::Special(Special::Pipe) => t!(lang, "storage-kind-pipe"),
        Kind::Special(Special::Socket) => t!(lang, "storage-kind-socket"),
        Kind::Special(Special::Unknown) => t!(lang, "storage-kind-unknown"),
    }
}

/// The kind, and what the first bytes say.
pub fn nature(lang: Lang, kind: Kind, nature: Option<Nature>) -> String {
    match nature {
        None => self::kind(lang, kind),
        Some(Nature::Empty) => t!(lang, "storage-kind-empty"),
        Some(Nature::Text { encoding, .. }) => t!(lang, "storage-kind-text", encoding = encoding),
        Some(Nature::Image(image)) => {
            t!(lang, "storage-kind-image", format = format!("{image:?}").to_uppercase())
        }
        Some(Nature::Binary(Some(word))) => t!(lang, "storage-kind-binary-known", format = word),
        Some(Nature::Binary(None)) => t!(lang, "storage-kind-binary"),
    }
}

/// "rwxr-xr-x (0755)".
pub fn mode(mode: u32) -> String {
    let mut text = String::with_capacity(16);
    for shift in [6, 3, 0] {
        for (bit, sign) in [(4, 'r'), (2, 'w'), (1, 'x')] {
            text.push(if mode >> shift & bit != 0 { sign } else { '-' });
        }
    }
    format!("{text} ({mode:04o})")
}
