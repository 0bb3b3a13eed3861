//! LZ4 frames, as apt packs its lists with on small systems: unpacked block by block, with a bounded window. Reads
//! only what the format's own description allows; anything else is an error, never a panic. No checksums are looked
//! at: what is read is counted, not trusted.

use std::io::{self, BufRead, Read};

const MAGIC: u32 = 0x184D_2204;
/// A match reaches back this far at most.
const WINDOW: usize = 64 << 10;
/// The largest block of the format.
const BLOCK_MAX: usize = 4 << 20;

/// Unpacks while it is read.
#[derive(Debug)]
pub struct Unpacked<R> {
    packed: R,
    /// The window, then what was unpacked last.
    out: Vec<u8>,
    /// Read so far.
    at: usize,
    block: Vec<u8>,
    block_checksums: bool,
    over: bool,
}

fn broken(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

impl<R: Read> Unpacked<R> {
    /// # Errors
    /// It is no LZ4 frame, or one that needs a dictionary.
    pub fn open(mut packed: R) -> io::Result<Unpacked<R>> {
        if number(&mut packed)? != MAGIC {
            return Err(broken("no LZ4 frame"));
        }
        let mut head = [0; 2];
        packed.read_exact(&mut head)?;
        let [flags, _] = head;
        let has = |bit: u8| flags & (1 << bit) != 0;
        if flags >> 6 != 1 || has(0) {
            return Err(broken("an LZ4 frame of another kind"));
        }
        // The size of the content, where it is told, and the checksum of this head.
        let rest = if has(3) { 9 } else { 1 };
        packed.read_exact(&mut [0; 9][..rest])?;
        let (out, block) = (Vec::new(), Vec::new());
        Ok(Unpacked { packed, out, at: 0, block, block_checksums: has(4), over: false })
    }

    fn next_block(&mut self) -> io::Result<()> {
        let size = number(&mut self.packed)?;
        if size == 0 {
            self.over = true;
            return Ok(());
        }
        let (plain, size) = (size >> 31 == 1, (size & 0x7fff_ffff) as usize);
        if size > BLOCK_MAX {
            return Err(broken("an LZ4 block that is too large"));
        }
        let kept = self.out.len().min(WINDOW);
        self.out.drain(..self.out.len() - kept);
        self.at = kept;
        self.block.resize(size, 0);
        self.packed.read_exact(&mut self.block)?;
        if plain {
            self.out.extend_from_slice(&self.block);
        } else {
            unpack(&self.block, &mut self.out, kept + BLOCK_MAX)?;
        }
        if self.block_checksums {
            number(&mut self.packed)?;
        }
        Ok(())
    }
}

fn number(from: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// One block: literals and matches in turn, the last one literals only.
fn unpack(mut block: &[u8], out: &mut Vec<u8>, most: usize) -> io::Result<()> {
    const MATCH_MIN: usize = 4;
    while let Some((&token, rest)) = block.split_first() {
        block = rest;
        let literals = length(usize::from(token >> 4), &mut block)?;
        let text = block.get(..literals).ok_or_else(|| broken("literals beyond the block"))?;
        out.extend_from_slice(text);
        block = &block[literals..];
        if block.is_empty() {
            return Ok(());
        }
        let [low, high, rest @ ..] = block else { return Err(broken("half an offset")) };
        let offset = usize::from(u16::from_le_bytes([*low, *high]));
        block = rest;
        let copied = length(usize::from(token & 15), &mut block)? + MATCH_MIN;
        let from = out.len().checked_sub(offset).filter(|_| offset > 0);
        let from = from.ok_or_else(|| broken("a match before the beginning"))?;
        if out.len() + copied > most {
            return Err(broken("more than a block holds"));
        }
        // A match may overlap what it makes: byte by byte.
        for nth in from..from + copied {
            out.push(out[nth]);
        }
    }
    Ok(())
}

/// 15 goes on in further bytes, as long as these are 255.
fn length(first: usize, block: &mut &[u8]) -> io::Result<usize> {
    let mut sum = first;
    let mut more = first == 15;
    while more {
        let (&byte, rest) = block.split_first().ok_or_else(|| broken("half a length"))?;
        *block = rest;
        sum += usize::from(byte);
        more = byte == 255;
        if sum > BLOCK_MAX {
            return Err(broken("a length beyond any block"));
        }
    }
    Ok(sum)
}

impl<R: Read> BufRead for Unpacked<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.out.len() && !self.over {
            self.next_block()?;
        }
        Ok(&self.out[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.out.len());
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(blocks: &[&[u8]]) -> Vec<u8> {
        let mut bytes = MAGIC.to_le_bytes().to_vec();
        bytes.extend([0x40, 0x40, 0]);
        for block in blocks {
            bytes.extend((block.len() as u32).to_le_bytes());
            bytes.extend(*block);
        }
        bytes.extend([0; 4]);
        bytes
    }

    fn unpacked(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        Unpacked::open(bytes)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn literals_and_matches_are_joined_across_blocks() {
        // "abcd", then 8 from 4 back; then a block of its own that begins with a match into the one before.
        let first = b"\x44abcd\x04\x00\x10!";
        let second = b"\x01\x05\x00\x30xyz";
        assert_eq!(unpacked(&frame(&[first])).unwrap(), "abcdabcdabcd!");
        assert_eq!(unpacked(&frame(&[first, second])).unwrap(), "abcdabcdabcd!abcd!xyz");
    }

    #[test]
    fn a_run_overlaps_itself_and_long_lengths_go_on() {
        let mut block = b"\x1fa\x01\x00\xff\x05".to_vec();
        block.extend(b"\x10b");
        let text = unpacked(&frame(&[&block])).unwrap();
        assert_eq!((text.len(), &text[text.len() - 2..]), (1 + 4 + 15 + 255 + 5 + 1, "ab"));
    }

    #[test]
    fn what_is_broken_is_an_error() {
        for block in [&b"\x44ab"[..], b"\x14a\x09\x00", b"\x10", b"\x04\x00", b"\xf0", b"\x14a\x00\x00\x00"] {
            assert!(unpacked(&frame(&[block])).is_err(), "{block:?}");
        }
        assert!(unpacked(b"hello, world").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_block_is_survived(block: Vec<u8>) {
            let _ = unpacked(&frame(&[&block]));
        }
    }
}
