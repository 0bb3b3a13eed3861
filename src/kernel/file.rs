//! Files of /proc and /sys that are read again and again: opened once, read by `pread` into one buffer.

use std::{io, path::Path};

use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{Mode, OFlags},
};

/// One buffer serves all reads of a pass. It grows to the largest file met and stays so.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
}

impl Buffer {
    const START: usize = 8 << 10;
    /// /proc/stat of a machine with thousands of interrupts has some hundred KiB.
    const MAX: usize = 4 << 20;

    pub fn new() -> Buffer {
        Buffer { bytes: vec![0; Self::START] }
    }

    /// The whole file from its start. A `record` file comes in one piece, which saves the read that finds the end;
    /// others are read until the kernel has no more.
    fn fill(&mut self, fd: impl AsFd, record: bool) -> io::Result<&[u8]> {
        let mut len = 0;
        loop {
            if len == self.bytes.len() {
                if len >= Self::MAX {
                    return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a file of /proc beyond 4 MiB"));
                }
                self.bytes.resize(len * 2, 0);
            }
            let got = match rustix::io::pread(&fd, &mut self.bytes[len..], len as u64) {
                Err(rustix::io::Errno::INTR) => continue,
                other => other?,
            };
            len += got;
            if got == 0 || (record && len < self.bytes.len()) {
                return Ok(&self.bytes[..len]);
            }
        }
    }
}

impl Default for Buffer {
    fn default() -> Buffer {
        Buffer::new()
    }
}

/// An open file whose text the kernel makes anew for each read from its start.
#[derive(Debug)]
pub struct KernelFile {
    fd: OwnedFd,
    record: bool,
}

impl KernelFile {
    /// A file that the kernel writes line by line.
    ///
    /// # Errors
    /// As `open(2)`: missing, or not for this user.
    pub fn lines(path: impl AsRef<Path>) -> io::Result<KernelFile> {
        Self::open(path.as_ref(), false)
    }

    /// A file that the kernel writes at once, such as /proc/stat, /proc/meminfo and all of /sys.
    ///
    /// # Errors
    /// As `open(2)`: missing, or not for this user.
    pub fn record(path: impl AsRef<Path>) -> io::Result<KernelFile> {
        Self::open(path.as_ref(), true)
    }

    fn open(path: &Path, record: bool) -> io::Result<KernelFile> {
        let fd = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty())?;
        Ok(KernelFile { fd, record })
    }

    /// # Errors
    /// As `read(2)`; a sensor that was unplugged says ENODEV.
    pub fn read<'b>(&self, buffer: &'b mut Buffer) -> io::Result<&'b [u8]> {
        buffer.fill(&self.fd, self.record)
    }
}

impl AsFd for KernelFile {
    fn as_fd(&self) -> rustix::fd::BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// A file read once, cut at `max` bytes, without its last line end.
///
/// # Errors
/// As `open(2)` and `read(2)`.
pub fn read_small(path: impl AsRef<Path>, max: usize) -> io::Result<String> {
    use std::io::Read;
    let mut text = Vec::with_capacity(64);
    std::fs::File::open(path)?.take(max as u64).read_to_end(&mut text)?;
    while text.last() == Some(&b'\n') {
        text.pop();
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_larger_than_the_buffer_is_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long");
        let long: Vec<u8> = (0..100_000u32).map(|i| (i % 251) as u8).collect();
        std::fs::write(&path, &long).unwrap();
        let mut buffer = Buffer::new();
        for file in [KernelFile::lines(&path).unwrap(), KernelFile::record(&path).unwrap()] {
            for _ in 0..2 {
                assert!(file.read(&mut buffer).unwrap() == long);
            }
        }
    }

    #[test]
    fn an_open_file_of_proc_is_fresh_at_each_read() {
        let file = KernelFile::record("/proc/self/stat").unwrap();
        let mut buffer = Buffer::new();
        let before = file.read(&mut buffer).unwrap().to_vec();
        // Some user time passes: field 14 of stat moves on.
        let fresh = (0..500).any(|_| {
            std::hint::black_box((0..200_000u64).fold(0, |a, b| a ^ b.wrapping_mul(31)));
            file.read(&mut buffer).unwrap() != before
        });
        assert!(fresh);
    }
}
