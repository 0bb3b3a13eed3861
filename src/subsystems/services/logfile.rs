//! A file filled from its end: the journal is read newest first, so that what does not fit is the oldest, and the file
//! still reads downwards. In bounded memory, and without a name: it is gone when nobody holds it, whatever happens.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path};

use crate::room::nameless::{self, Nameless};

/// Lines are collected up to this before they are written.
const CHUNK_BYTES: usize = 256 << 10;

pub struct Backwards {
    file: File,
    /// Where the next chunk ends.
    at: u64,
    max: u64,
    /// The chunk so far, its lines in the order they came; `kept` is their length.
    lines: Vec<Vec<u8>>,
    kept: usize,
}

impl Backwards {
    /// A nameless file in this folder.
    pub fn create(folder: &Path, max: u64) -> io::Result<Backwards> {
        let file = nameless::create(folder)?;
        Ok(Backwards { file, at: max, max, lines: Vec::new(), kept: 0 })
    }

    /// Puts a line before all others; `false` when there is no room for it.
    pub fn put(&mut self, line: &[u8]) -> io::Result<bool> {
        if (self.kept + line.len()) as u64 > self.at {
            return Ok(false);
        }
        self.kept += line.len();
        self.lines.push(line.to_vec());
        if self.kept >= CHUNK_BYTES {
            self.write()?;
        }
        Ok(true)
    }

    fn write(&mut self) -> io::Result<()> {
        let chunk: Vec<u8> = self.lines.drain(..).rev().flatten().collect();
        self.kept = 0;
        self.at -= chunk.len() as u64;
        self.file.write_all_at(&chunk, self.at)
    }

    /// The file as it will be sent, and its size.
    pub fn finish(mut self, name: String) -> io::Result<(Nameless, u64)> {
        self.write()?;
        Ok((Nameless::new(self.file, [self.at..self.max, 0..0], name), self.max - self.at))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::domain::BlobSource;

    async fn read(source: &Nameless) -> String {
        let (_, mut stream) = source.open().await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn what_comes_newest_first_reads_downwards_and_leaves_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Backwards::create(folder.path(), 1000).unwrap();
        for line in ["three\n", "two\n", "one\n"] {
            assert!(file.put(line.as_bytes()).unwrap());
        }
        let (source, bytes) = file.finish("x.log".into()).unwrap();
        assert_eq!(bytes, 14);
        for _ in 0..2 {
            assert_eq!(read(&source).await, "one\ntwo\nthree\n");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn when_it_is_full_the_oldest_are_missing() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Backwards::create(folder.path(), 10).unwrap();
        assert!(file.put(b"newest\n").unwrap());
        assert!(!file.put(b"older\n").unwrap());
        let (source, bytes) = file.finish("x.log".into()).unwrap();
        assert_eq!((read(&source).await.as_str(), bytes), ("newest\n", 7));
    }

    #[tokio::test]
    async fn many_chunks_stand_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Backwards::create(folder.path(), 8 << 20).unwrap();
        let line = |n: u32| format!("{n:06} {}\n", "x".repeat(90));
        for n in (0..20_000).rev() {
            assert!(file.put(line(n).as_bytes()).unwrap());
        }
        let (source, _) = file.finish("x.log".into()).unwrap();
        let text = read(&source).await;
        assert!(text.lines().enumerate().all(|(n, l)| l.starts_with(&format!("{n:06} "))));
        assert_eq!(text.lines().count(), 20_000);
    }
}
