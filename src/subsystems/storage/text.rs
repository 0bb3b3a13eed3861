//! A file as text, page by page: its encoding is told from a byte order mark or guessed from its beginning, pages begin
//! at lines. Only the bytes of one page and a sample are ever read. Blocking.

use std::{fs::File, os::unix::fs::FileExt};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::fault::Fault;

/// Bytes of a page: with its frame it stays below Telegram's 4096 characters.
pub const PAGE_BYTES: u64 = 2800;
/// A line is looked for this far; longer ones are cut where they stand.
const LINE_MAX: usize = 700;
/// The guess is made from so many bytes.
const SAMPLE_BYTES: usize = 64 << 10;

/// What a file's beginning shows it to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    Text {
        encoding: &'static str,
        mark: usize,
    },
    Image(Image),
    /// What its first bytes say, in a word ("PDF"); `None` where they say nothing.
    Binary(Option<&'static str>),
    Empty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    Jpeg,
    Png,
    Gif,
    Webp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub text: String,
    pub encoding: &'static str,
    pub page: u32,
    pub pages: u32,
    /// Some bytes are no text in this encoding.
    pub damaged: bool,
}

/// Signatures at a file's beginning: (offset, bytes, word).
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"%PDF-", "PDF"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard"),
    (0, b"\xfd7zXZ\0", "XZ"),
    (0, b"BZh", "bzip2"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (257, b"ustar", "tar"),
    (0, b"\x7fELF", "ELF"),
    (0, b"SQLite format 3\0", "SQLite"),
    (0, b"OggS", "Ogg"),
    (0, b"fLaC", "FLAC"),
    (0, b"ID3", "MP3"),
    (4, b"ftyp", "MP4"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska"),
    (0, b"RIFF", "RIFF"),
];

/// The file's beginning.
///
/// # Errors
/// It cannot be read.
pub fn sample(file: &File) -> Result<Vec<u8>, Fault> {
    read_at(file, 0, SAMPLE_BYTES)
}

fn read_at(file: &File, from: u64, max: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = vec![0; max];
    let mut len = 0;
    while len < max {
        match file.read_at(&mut bytes[len..], from + len as u64) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    bytes.truncate(len);
    Ok(bytes)
}

/// # Errors
/// It cannot be read.
pub fn nature(file: &File) -> Result<Nature, Fault> {
    Ok(nature_of(&sample(file)?))
}

pub fn nature_of(sample: &[u8]) -> Nature {
    let image = match sample {
        [] => return Nature::Empty,
        [0xFF, 0xD8, 0xFF, ..] => Some(Image::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Image::Png),
        [b'G', b'I', b'F', b'8', ..] => Some(Image::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Image::Webp),
        _ => None,
    };
    if let Some(image) = image {
        return Nature::Image(image);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(sample) {
        return Nature::Text { encoding: encoding.name(), mark };
    }
    let signed =
        SIGNATURES.iter().find(|(at, sign, _)| sample.get(*at..).is_some_and(|rest| rest.starts_with(sign)));
    if let Some((_, _, word)) = signed {
        return Nature::Binary(Some(word));
    }
    if let Some(encoding) = unmarked_utf16(sample) {
        return Nature::Text { encoding, mark: 0 };
    }
    if sample.iter().any(|byte| matches!(byte, 0..=6 | 14..=26 | 28..=31)) {
        return Nature::Binary(None);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() < SAMPLE_BYTES);
    let guess = detector.guess(None, chardetng::Utf8Detection::Allow);
    Nature::Text { encoding: guess.name(), mark: 0 }
}

/// UTF-16 without its mark: every second byte of mostly Latin text is zero.
fn unmarked_utf16(sample: &[u8]) -> Option<&'static str> {
    let pairs = sample.len() / 2;
    if pairs < 8 || sample.len() % 2 == 1 && sample.len() < SAMPLE_BYTES {
        return None;
    }
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match () {
        () if odd * 10 >= pairs * 9 && even == 0 => Some(UTF_16LE.name()),
        () if even * 10 >= pairs * 9 && odd == 0 => Some(UTF_16BE.name()),
        () => None,
    }
}

/// One page; the last where the asked one does not exist.
///
/// # Errors
/// [`Fault::NotFile`] where it is no text (any more), or it cannot be read.
pub fn page(file: &File, page: u32) -> Result<Page, Fault> {
    let (encoding, mark) = match nature(file)? {
        Nature::Text { encoding, mark } => (encoding, mark),
        Nature::Empty => (UTF_8.name(), 0),
        Nature::Image(_) | Nature::Binary(_) => return Err(Fault::NotFile),
    };
    let encoding = Encoding::for_label(encoding.as_bytes()).unwrap_or(UTF_8);
    let size = file.metadata()?.len();
    let pages = u32::try_from(size.div_ceil(PAGE_BYTES).max(1)).unwrap_or(u32::MAX);
    let page = page.min(pages - 1);
    let from = start(file, encoding, u64::from(page) * PAGE_BYTES, size)?.max(mark as u64);
    let to = start(file, encoding, (u64::from(page) + 1) * PAGE_BYTES, size)?.max(from);
    let len = usize::try_from(to - from).unwrap_or(usize::MAX).min(PAGE_BYTES as usize + 2 * LINE_MAX);
    let bytes = read_at(file, from, len)?;
    let (text, damaged) = encoding.decode_without_bom_handling(&bytes);
    Ok(Page { text: text.into_owned(), encoding: encoding.name(), page, pages, damaged })
}

/// Where the page that should begin at `at` begins: behind the next line end, else between two letters. The same for
/// the end of one page and the beginning of the next.
fn start(file: &File, encoding: &'static Encoding, at: u64, size: u64) -> Result<u64, Fault> {
    if at == 0 || at >= size {
        return Ok(at.min(size));
    }
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    let at = if wide { at & !1 } else { at };
    // From one before: a line that ends there lets the page begin here.
    let step = if wide { 2 } else { 1 };
    let bytes = read_at(file, at - step, LINE_MAX)?;
    let ends = |unit: &[u8]| match unit {
        [byte] => *byte == b'\n',
        [low, high] if encoding == UTF_16LE => (*low, *high) == (b'\n', 0),
        [high, low] => (*high, *low) == (0, b'\n'),
        _ => false,
    };
    let step = usize::try_from(step).unwrap_or(1);
    if let Some(line) = bytes.chunks(step).position(ends) {
        return Ok((at - step as u64 + ((line + 1) * step) as u64).min(size));
    }
    // One long line: not within a letter of UTF-8.
    let within = |byte: &&u8| encoding == UTF_8 && **byte & 0xC0 == 0x80;
    let skip = bytes.iter().skip(step).take(4).take_while(within).count();
    Ok(at + skip as u64)
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
