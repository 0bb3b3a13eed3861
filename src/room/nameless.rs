//! A file that has no name: it is gone from the disk when nobody holds it any more, whatever happens. For what is made
//! only to be sent to a chat.

use std::{fs::File, io, ops::Range, os::fd::AsRawFd, path::Path, pin::Pin, sync::Arc};

use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::domain::{BlobError, BlobMeta, BlobSource, ByteStream};

/// An empty one in this folder, which is made where it is missing.
pub fn create(folder: &Path) -> io::Result<File> {
    std::fs::create_dir_all(folder)?;
    let mut random = [0; 12];
    getrandom::fill(&mut random).map_err(|e| io::Error::other(e.to_string()))?;
    let path = folder.join(format!(".log-{}", data_encoding::HEXLOWER.encode(&random)));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Such a file as it will be sent: two pieces of it, one after the other.
pub struct Nameless {
    file: Arc<File>,
    pieces: [Range<u64>; 2],
    name: String,
}

impl Nameless {
    /// `name` is what the receiver sees. A file of one piece has an empty second one.
    pub fn new(file: File, pieces: [Range<u64>; 2], name: String) -> Nameless {
        Nameless { file: Arc::new(file), pieces, name }
    }

    pub fn size_bytes(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.end - piece.start).sum()
    }
}

impl BlobSource for Nameless {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: self.name.clone(), size_bytes: Some(self.size_bytes()) }
    }

    fn open(&self) -> Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + '_>> {
        Box::pin(async {
            let [first, second] = &self.pieces;
            let first = piece(&self.file, first).await?;
            let second = piece(&self.file, second).await?;
            Ok((self.meta(), Box::pin(first.chain(second)) as ByteStream))
        })
    }
}

async fn piece(file: &File, range: &Range<u64>) -> io::Result<tokio::io::Take<tokio::fs::File>> {
    // Through its descriptor: an own position for each reader.
    let mut file = tokio::fs::File::open(format!("/proc/self/fd/{}", file.as_raw_fd())).await?;
    file.seek(io::SeekFrom::Start(range.start)).await?;
    Ok(file.take(range.end - range.start))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    #[tokio::test]
    async fn it_has_no_name_and_is_read_from_the_start_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("made/when/missing");
        let file = create(&below).unwrap();
        file.write_all_at(b"0123456789", 0).unwrap();
        assert_eq!(std::fs::read_dir(&below).unwrap().count(), 0);
        let source = Nameless::new(file, [6..10, 0..3], "x.log".into());
        assert_eq!(source.meta(), BlobMeta { name: "x.log".into(), size_bytes: Some(7) });
        for _ in 0..2 {
            let (_, mut stream) = source.open().await.unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            assert_eq!(text, "6789012");
        }
    }
}
