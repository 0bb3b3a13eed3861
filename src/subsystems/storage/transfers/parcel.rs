//! Bytes of an opened file on their way out: a section of it as a blob, read where it lies, counted, stopped when its
//! job stops, and summed on the way.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::{StreamExt, stream};
use sha2::{Digest as _, Sha256};
use tokio_util::{io::StreamReader, sync::CancellationToken};

use crate::domain::{BlobError, BlobMeta, BlobSource, ByteStream};

/// Bytes that are held of it at once.
const CHUNK: usize = 256 << 10;

/// One volume of a file. Opened again (another try), it begins again, count and sum too.
pub struct Parcel {
    pub file: Arc<File>,
    pub name: String,
    pub from: u64,
    pub bytes: u64,
    /// Bytes that have been handed out of it.
    pub out: Arc<AtomicU64>,
    /// The sum of all before this volume; and of all with it, once it has been read to its end.
    pub sum: Sum,
    pub stop: CancellationToken,
}

/// A SHA-256 that goes through volumes, of which each may be read several times.
#[derive(Clone, Default)]
pub struct Sum {
    before: Sha256,
    after: Arc<Mutex<Option<Sha256>>>,
}

impl Sum {
    /// For the next volume. `None`: this one was not read to its end.
    pub fn next(&self) -> Option<Sum> {
        let after = self.after.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some(Sum { before: after, after: Arc::default() })
    }

    /// Of everything before.
    pub fn hex(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.before.clone().finalize())
    }
}

type Opening<'a> = Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + 'a>>;

struct Reading {
    file: Arc<File>,
    at: u64,
    left: u64,
    out: Arc<AtomicU64>,
    sum: Sha256,
    after: Arc<Mutex<Option<Sha256>>>,
    stop: CancellationToken,
}

impl BlobSource for Parcel {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: self.name.clone(), size_bytes: Some(self.bytes) }
    }

    fn open(&self) -> Opening<'_> {
        Box::pin(async move {
            if self.stop.is_cancelled() {
                return Err(BlobError::Gone);
            }
            self.out.store(0, Ordering::Relaxed);
            let reading = Reading {
                file: self.file.clone(),
                at: self.from,
                left: self.bytes,
                out: self.out.clone(),
                sum: self.sum.before.clone(),
                after: self.sum.after.clone(),
                stop: self.stop.clone(),
            };
            let chunks = stream::try_unfold(reading, |mut reading| async move {
                let chunk = reading.next().await?;
                Ok::<_, std::io::Error>(chunk.map(|chunk| (std::io::Cursor::new(chunk), reading)))
            });
            Ok((self.meta(), Box::pin(StreamReader::new(chunks.boxed())) as ByteStream))
        })
    }
}

impl Reading {
    async fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        if self.stop.is_cancelled() {
            return Err(BlobError::Cancelled.into());
        }
        if self.left == 0 {
            *self.after.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.sum.clone());
            return Ok(None);
        }
        let (file, at) = (self.file.clone(), self.at);
        let wanted = usize::try_from(self.left).unwrap_or(CHUNK).min(CHUNK);
        let chunk = tokio::task::spawn_blocking(move || {
            let mut chunk = vec![0; wanted];
            let read = file.read_at(&mut chunk, at)?;
            chunk.truncate(read);
            Ok::<_, std::io::Error>(chunk)
        });
        let chunk = chunk.await.map_err(std::io::Error::other)??;
        if chunk.is_empty() {
            return Err(BlobError::Short.into());
        }
        let read = chunk.len() as u64;
        self.at += read;
        self.left -= read;
        self.sum.update(&chunk);
        self.out.fetch_add(read, Ordering::Relaxed);
        Ok(Some(chunk))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tokio::io::AsyncReadExt;

    use super::*;

    fn parcel(file: &Arc<File>, from: u64, bytes: u64, sum: Sum) -> Parcel {
        let (out, stop) = (Arc::default(), CancellationToken::new());
        Parcel { file: file.clone(), name: "x".into(), from, bytes, out, sum, stop }
    }

    async fn read(parcel: &Parcel) -> std::io::Result<Vec<u8>> {
        let (_, mut stream) = parcel.open().await.map_err(std::io::Error::other)?;
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.map(|_| all)
    }

    #[tokio::test]
    async fn volumes_carry_the_file_and_its_sum_however_often_they_are_read() {
        let mut file = tempfile::tempfile().unwrap();
        let content: Vec<u8> = (0..700_000u32).flat_map(u32::to_le_bytes).collect();
        file.write_all(&content).unwrap();
        let file = Arc::new(file);
        let (mut sum, mut whole) = (Sum::default(), Vec::new());
        for (from, bytes) in [(0, 1_000_000u64), (1_000_000, 1_000_000), (2_000_000, 800_000)] {
            let parcel = parcel(&file, from, bytes, sum.clone());
            assert!(sum.next().is_none(), "not read yet");
            let first = read(&parcel).await.unwrap();
            assert_eq!(read(&parcel).await.unwrap(), first, "a second try is the same");
            assert_eq!(parcel.out.load(Ordering::Relaxed), bytes);
            whole.extend(first);
            sum = sum.next().unwrap();
        }
        assert_eq!(whole, content);
        assert_eq!(sum.hex(), data_encoding::HEXLOWER.encode(&Sha256::digest(&content)));
    }

    #[tokio::test]
    async fn a_file_that_shrinks_and_a_stop_end_it_with_an_error() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![1; 1000]).unwrap();
        let file = Arc::new(file);
        assert!(read(&parcel(&file, 0, 2000, Sum::default())).await.is_err());
        let stopped = parcel(&file, 0, 1000, Sum::default());
        let (_, mut stream) = stopped.open().await.unwrap();
        stopped.stop.cancel();
        assert!(stream.read_to_end(&mut Vec::new()).await.is_err());
        assert!(matches!(stopped.open().await, Err(BlobError::Gone)));
    }
}
