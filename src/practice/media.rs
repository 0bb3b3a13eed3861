//! Files: what is kept in memory, what counts as a photo, and the sizes Telegram allows. Never writes to disk and
//! never fetches an address. Limit: [`KEPT_MAX`] bytes in all; the oldest go first.

use std::collections::BTreeMap;

use axum::body::Bytes;
use serde_json::{Value, json};

use super::refusal::{Answer, Refusal};

/// 10 MB, Telegram's limit for a photo.
const PHOTO_MAX: usize = 10 << 20;
/// 50 MB, what a bot may send.
const DOCUMENT_MAX: usize = 50 << 20;
/// 20 MB, what a bot may fetch.
pub(super) const FETCH_MAX: usize = 20 << 20;
/// Photos: width and height together, and how many times longer one side may be.
const SIDES_MAX: u32 = 10_000;
const RATIO_MAX: u32 = 20;
/// A practice flight is not an archive.
const KEPT_MAX: usize = 256 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Photo { width: u32, height: u32 },
    Document,
}

#[derive(Debug, Clone)]
pub(super) struct File {
    pub id: u64,
    pub kind: FileKind,
    pub name: String,
    pub mime: String,
    pub bytes: Bytes,
}

impl File {
    /// Long and opaque, as Telegram's are; the number is in it.
    pub fn file_id(&self) -> String {
        format!("practice-{}-{:06}", if self.is_photo() { "photo" } else { "document" }, self.id)
    }

    pub fn is_photo(&self) -> bool {
        matches!(self.kind, FileKind::Photo { .. })
    }

    /// Where `/file/bot<token>/` serves it.
    pub fn path(&self) -> String {
        let folder = if self.is_photo() { "photos" } else { "documents" };
        let safe: String =
            self.name.chars().map(|c| if c == '/' || c.is_control() { '_' } else { c }).collect();
        format!("{folder}/file_{}_{safe}", self.id)
    }

    fn ids(&self) -> Value {
        let unique = format!("practice{:06}", self.id);
        json!({ "file_id": self.file_id(), "file_unique_id": unique, "file_size": self.bytes.len() })
    }

    /// A PhotoSize or a Document of the Bot API.
    pub fn to_json(&self) -> Value {
        let mut object = self.ids();
        match self.kind {
            FileKind::Photo { width, height } => {
                object["width"] = json!(width);
                object["height"] = json!(height);
            }
            FileKind::Document => {
                object["file_name"] = json!(self.name);
                object["mime_type"] = json!(self.mime);
            }
        }
        object
    }

    /// A File of the Bot API.
    pub fn to_file_json(&self) -> Value {
        let mut object = self.ids();
        object["file_path"] = json!(self.path());
        object
    }
}

#[derive(Debug, Default)]
pub(super) struct Files {
    kept: BTreeMap<u64, File>,
    last: u64,
    bytes: usize,
}

impl Files {
    pub fn get(&self, id: u64) -> Option<&File> {
        self.kept.get(&id)
    }

    pub fn by_file_id(&self, file_id: &str) -> Option<&File> {
        let id = file_id.rsplit('-').next()?.parse().ok()?;
        self.kept.get(&id).filter(|file| file.file_id() == file_id)
    }

    pub fn by_path(&self, path: &str) -> Option<&File> {
        let id = path.split_once("/file_")?.1.split('_').next()?.parse().ok()?;
        self.kept.get(&id).filter(|file| file.path() == path)
    }

    /// Takes a photo as Telegram does: a real picture, of reasonable shape.
    pub fn put_photo(&mut self, name: &str, bytes: Bytes) -> Answer<u64> {
        if bytes.is_empty() {
            return Err(Refusal::bad("file must be non-empty"));
        }
        if bytes.len() > PHOTO_MAX {
            let (size, max) = (bytes.len(), PHOTO_MAX);
            return Err(Refusal::bad(format!(
                "file of size {size} bytes is too big for a photo; the maximum size is {max} bytes"
            )));
        }
        let picture = Picture::read(&bytes).ok_or_else(|| Refusal::bad("IMAGE_PROCESS_FAILED"))?;
        let (width, height) = (picture.width, picture.height);
        let (long, short) = (width.max(height), width.min(height));
        if short == 0 || width.saturating_add(height) > SIDES_MAX || long > short.saturating_mul(RATIO_MAX) {
            return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
        }
        Ok(self.put(FileKind::Photo { width, height }, name, picture.mime, bytes))
    }

    pub fn put_document(&mut self, name: &str, bytes: Bytes) -> Answer<u64> {
        if bytes.is_empty() {
            return Err(Refusal::bad("file must be non-empty"));
        }
        if bytes.len() > DOCUMENT_MAX {
            return Err(Refusal::too_large());
        }
        let mime = Picture::read(&bytes).map_or_else(|| mime_of(name), |picture| picture.mime);
        Ok(self.put(FileKind::Document, name, mime, bytes))
    }

    fn put(&mut self, kind: FileKind, name: &str, mime: &str, bytes: Bytes) -> u64 {
        self.last += 1;
        let id = self.last;
        self.bytes += bytes.len();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = if name.is_empty() { "file" } else { name };
        self.kept.insert(id, File { id, kind, name: name.to_owned(), mime: mime.to_owned(), bytes });
        while self.bytes > KEPT_MAX
            && let Some((_, oldest)) = self.kept.pop_first()
        {
            self.bytes -= oldest.bytes.len();
        }
        id
    }
}

/// By the end of the name, for the few kinds this product sends; bytes otherwise.
fn mime_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "txt" | "log" | "conf" | "toml" => "text/plain",
        "json" | "jsonl" => "application/json",
        "csv" => "text/csv",
        "md" => "text/markdown",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" | "tgz" => "application/gzip",
        "zst" => "application/zstd",
        "tar" => "application/x-tar",
        _ => "application/octet-stream",
    }
}

/// What the head of a picture says.
#[derive(Debug, PartialEq, Eq)]
struct Picture {
    mime: &'static str,
    width: u32,
    height: u32,
}

impl Picture {
    /// PNG (whole, with its checksums), JPEG, GIF and WebP (their heads). Anything else is no picture.
    fn read(bytes: &[u8]) -> Option<Picture> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Picture::png(bytes);
        }
        if bytes.starts_with(b"\xff\xd8\xff") {
            return Picture::jpeg(bytes);
        }
        let pair = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
        if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
            return Some(Picture { mime: "image/gif", width: pair(6)?, height: pair(8)? });
        }
        if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            let three = |at: usize| Some(pair(at)? | u32::from(*bytes.get(at + 2)?) << 16);
            let (width, height) = match bytes.get(12..16)? {
                b"VP8X" => (three(24)? + 1, three(27)? + 1),
                b"VP8L" => {
                    let packed = pair(21)? | pair(23)? << 16;
                    ((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1)
                }
                b"VP8 " => (pair(26)? & 0x3fff, pair(28)? & 0x3fff),
                _ => return None,
            };
            return Some(Picture { mime: "image/webp", width, height });
        }
        None
    }

    fn png(bytes: &[u8]) -> Option<Picture> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().ok()?;
        let (width, height) = (reader.info().width, reader.info().height);
        // A wrong shape is refused by its head: its rows need not be unpacked.
        if width.saturating_add(height) <= SIDES_MAX {
            while reader.next_row().ok()?.is_some() {}
        }
        Some(Picture { mime: "image/png", width, height })
    }

    /// The size is in the first frame header; other segments are stepped over.
    fn jpeg(bytes: &[u8]) -> Option<Picture> {
        let pair = |at: usize| Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
        let mut at = 2;
        loop {
            let marker = *bytes.get(at + 1).filter(|_| bytes[at] == 0xff)?;
            match marker {
                0xff => at += 1,
                0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                    return Some(Picture { mime: "image/jpeg", height: pair(at + 5)?, width: pair(at + 7)? });
                }
                0xd9 | 0xda => return None,
                _ => at += 2 + pair(at + 2)? as usize,
            }
        }
    }
}

#[cfg(test)]
mod tests;
