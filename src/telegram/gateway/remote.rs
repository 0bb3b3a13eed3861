//! A file a pilot sent, as a blob: nothing is fetched before somebody reads it. A broken line is taken up where it
//! broke; the bytes are never held here.

use std::{pin::Pin, time::Duration};

use futures_util::{StreamExt, stream};
use tokio_util::io::StreamReader;

use crate::{
    domain::{BlobError, BlobMeta, BlobSource, ByteStream, Bytes},
    supervision::{Dice, RetryPolicy},
    telegram::{api::Api, failure::Failure},
};

/// Breaks in a row without a single byte in between.
const BREAKS_MAX: u32 = 6;

pub struct Remote {
    pub api: Api,
    pub file_id: String,
    pub name: String,
    pub size: Option<Bytes>,
}

type Chunks = Pin<Box<dyn stream::Stream<Item = Result<Vec<u8>, Failure>> + Send>>;

struct Fetch {
    api: Api,
    path: String,
    at: u64,
    size: Option<u64>,
    line: Option<Chunks>,
    breaks: u32,
    dice: Dice,
}

impl BlobSource for Remote {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: self.name.clone(), size_bytes: self.size.map(|size| size.0) }
    }

    fn reference(&self) -> Option<String> {
        Some(self.file_id.clone())
    }

    fn open(&self) -> Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + '_>> {
        Box::pin(async move {
            let file = self.api.remote_file(&self.file_id).await?;
            // Telegram knows of it, and not where it is.
            let path = file.file_path.ok_or(BlobError::Gone)?;
            let size = file.file_size.or(self.size.map(|size| size.0));
            let meta = BlobMeta { name: self.name.clone(), size_bytes: size };
            if let Some(path) = self.api.local_path(&path) {
                let file = tokio::fs::File::open(path).await?;
                return Ok((meta, Box::pin(file) as ByteStream));
            }
            let fetch = Fetch {
                api: self.api.clone(),
                path,
                at: 0,
                size,
                line: None,
                breaks: 0,
                dice: Dice::random(),
            };
            let chunks = stream::try_unfold(fetch, |mut fetch| async move {
                let chunk = fetch.next().await?;
                Ok::<_, std::io::Error>(chunk.map(|chunk| (std::io::Cursor::new(chunk), fetch)))
            });
            Ok((meta, Box::pin(StreamReader::new(Box::pin(chunks))) as ByteStream))
        })
    }
}

impl Fetch {
    async fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        loop {
            match self.try_next().await {
                Ok(Some(chunk)) => {
                    self.at += chunk.len() as u64;
                    self.breaks = 0;
                    if self.at > self.size.unwrap_or(self.api.down_max().0) {
                        return Err(BlobError::Long.into());
                    }
                    return Ok(Some(chunk));
                }
                Ok(None) if self.size.is_none_or(|size| self.at == size) => return Ok(None),
                // The line ended early.
                Ok(None) => self.wait(BlobError::Short).await?,
                Err(failure) if failure.passes() => self.wait(failure.into()).await?,
                Err(failure) => return Err(BlobError::from(failure).into()),
            }
        }
    }

    async fn try_next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.size == Some(self.at) {
            return Ok(None);
        }
        let line = match &mut self.line {
            Some(line) => line,
            None => {
                let line: Chunks = Box::pin(self.api.download(&self.path, self.at).await?);
                self.line.insert(line)
            }
        };
        line.next().await.transpose()
    }

    async fn wait(&mut self, why: BlobError) -> std::io::Result<()> {
        self.line = None;
        self.breaks += 1;
        if self.breaks >= BREAKS_MAX {
            return Err(why.into());
        }
        let policy = RetryPolicy { cap: Duration::from_secs(5), ..RetryPolicy::reconnect() };
        tokio::time::sleep(policy.wait(self.breaks, self.dice.roll())).await;
        Ok(())
    }
}
