//! A file below a root as bytes for the chat. Nothing is held open meanwhile: a disk can be unmounted. It is opened
//! when it is sent, beneath its root again, and only if it is still the file that was meant.

use std::pin::Pin;

use super::{actor::Floor, fault::Fault};
use crate::domain::{BlobError, BlobMeta, BlobSource, ByteStream, Target};

pub struct FileBlob {
    pub floor: Floor,
    pub target: Target,
    pub size: u64,
}

impl BlobSource for FileBlob {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: self.target.place.name(), size_bytes: Some(self.size) }
    }

    fn open(&self) -> Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + '_>> {
        let (floor, target) = (self.floor.clone(), self.target.clone());
        Box::pin(async move {
            let opening = tokio::task::spawn_blocking(move || {
                let (file, meta) = floor.roots.open(&target.place.root)?.file(&target.place.path)?;
                if meta.stamp == target.stamp { Ok(file) } else { Err(Fault::Changed) }
            });
            let file = opening.await.map_err(|_| BlobError::Gone)?.map_err(|fault| match fault {
                Fault::Gone | Fault::Changed => BlobError::Gone,
                other => BlobError::Kept(other.phrase()),
            })?;
            Ok((self.meta(), Box::pin(tokio::fs::File::from_std(file)) as ByteStream))
        })
    }
}
