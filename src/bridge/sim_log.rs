//! Under `--sim`, each executed act as a line of JSON in `<data.dir>/sim-acts.jsonl`: what a flight test reads.

use std::path::PathBuf;

use jiff::Timestamp;
use tokio::io::AsyncWriteExt;

use crate::{intent::Act, room::Order};

#[derive(Debug, Clone)]
pub struct SimLog {
    pub file: PathBuf,
}

impl SimLog {
    pub(super) async fn append(&self, act: &Act, order: &Order, at: Timestamp) {
        let line = serde_json::json!({
            "at": at, "pilot": order.pilot, "verb": act.verb(), "subject": act.subject(), "op": order.op,
        });
        let opened = tokio::fs::OpenOptions::new().create(true).append(true).open(&self.file).await;
        let written = match opened {
            Ok(mut file) => match file.write_all(format!("{line}\n").as_bytes()).await {
                Ok(()) => file.flush().await,
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::warn!(%error, "simulated act not written down");
        }
    }
}
