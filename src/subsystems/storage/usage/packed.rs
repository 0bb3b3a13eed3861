//! A digest as bytes for the store: numbers of variable length, names as they are, all of it compressed. What does not
//! read is no digest: the scan is made again.

use std::{io::Read, time::Duration};

use jiff::Timestamp;

use super::{
    digest::{Digest, Listed, Node},
    tally::Kind,
};

/// Of the form below. Another one is not read.
const VERSION: u64 = 2;
/// Unpacked; the largest digests are far below.
const UNPACKED_BYTES_MAX: u64 = 16 << 20;
/// The quickest; names and sizes shrink to a third with it.
const LEVEL: i32 = 1;

/// # Errors
/// The compressor refuses, which it does for want of memory only.
pub fn pack(digest: &Digest) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(digest.nodes.len() * 24);
    let mut put = |number: u64| write(&mut out, number);
    put(VERSION);
    put(digest.at.as_millisecond().unsigned_abs());
    put(u64::try_from(digest.took.as_millis()).unwrap_or(u64::MAX));
    for number in [
        digest.bytes,
        digest.files,
        digest.folders,
        digest.unreadable,
        digest.other_filesystems,
        u64::from(digest.partial),
        digest.cut_bytes,
        digest.nodes.len() as u64,
    ] {
        put(number);
    }
    for node in &digest.nodes {
        for number in [u64::from(node.parent), node.bytes, node.files, node.left_out, node.loose] {
            write(&mut out, number);
        }
        text(&mut out, &node.name);
    }
    for list in [&digest.largest, &digest.untouched] {
        write(&mut out, list.len() as u64);
        for file in list {
            write(&mut out, file.bytes);
            // Times before 1970 are told as 1970: "untouched for over fifty years" either way.
            write(&mut out, u64::try_from(file.touched_s).unwrap_or(0));
            text(&mut out, &file.path);
        }
    }
    write(&mut out, digest.kinds.len() as u64);
    for kind in &digest.kinds {
        write(&mut out, kind.files);
        write(&mut out, kind.bytes);
        text(&mut out, kind.ending.as_bytes());
    }
    write(&mut out, digest.own.len() as u64);
    for own in &digest.own {
        write(&mut out, u64::from(*own));
    }
    zstd::bulk::compress(&out, LEVEL)
}

/// `None` for anything that [`pack`] of this version did not make.
pub fn unpack(packed: &[u8]) -> Option<Digest> {
    let mut bytes = Vec::new();
    let decoder = zstd::stream::read::Decoder::new(packed).ok()?;
    decoder.take(UNPACKED_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    let mut from = &bytes[..];
    let from = &mut from;
    (read(from)? == VERSION).then_some(())?;
    let at = Timestamp::from_millisecond(i64::try_from(read(from)?).ok()?).ok()?;
    let took = Duration::from_millis(read(from)?);
    let mut digest = Digest {
        at,
        took,
        bytes: read(from)?,
        files: read(from)?,
        folders: read(from)?,
        unreadable: read(from)?,
        other_filesystems: read(from)?,
        partial: read(from)? != 0,
        cut_bytes: read(from)?,
        nodes: Vec::new(),
        own: Vec::new(),
        largest: Vec::new(),
        untouched: Vec::new(),
        kinds: Vec::new(),
    };
    for at in 0..read(from)? {
        let parent = u32::try_from(read(from)?).ok()?;
        // Parents stand before their children: what is walked upwards ends.
        (u64::from(parent) < at || at == 0 && parent == 0).then_some(())?;
        let (bytes, files, left_out, loose) = (read(from)?, read(from)?, read(from)?, read(from)?);
        digest.nodes.push(Node { parent, bytes, files, left_out, loose, name: read_text(from)?.into() });
    }
    for list in [&mut digest.largest, &mut digest.untouched] {
        for _ in 0..read(from)? {
            let bytes = read(from)?;
            let touched_s = i64::try_from(read(from)?).ok()?;
            list.push(Listed { bytes, touched_s, path: read_text(from)?.to_vec() });
        }
    }
    for _ in 0..read(from)? {
        let (files, bytes) = (read(from)?, read(from)?);
        let ending = String::from_utf8(read_text(from)?.to_vec()).ok()?;
        digest.kinds.push(Kind { ending, files, bytes });
    }
    for _ in 0..read(from)? {
        let own = u32::try_from(read(from)?).ok()?;
        digest.own.push(own);
    }
    let known = digest.own.iter().all(|own| (*own as usize) < digest.nodes.len());
    (known && !digest.nodes.is_empty() && from.is_empty()).then_some(digest)
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
fn write(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn read(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn text(out: &mut Vec<u8>, text: &[u8]) {
    write(out, text.len() as u64);
    out.extend_from_slice(text);
}

fn read_text<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(read(from)?).ok()?;
    let (text, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(text)
}
