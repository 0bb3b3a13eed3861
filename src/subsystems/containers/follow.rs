//! Brings the new lines of a log to the actor while somebody looks. A line longer than 4 KiB is cut.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use ractor::ActorRef;
use tokio::time::Instant;

use super::{
    engine::{Engine, LogAsk},
    logs::{Assembler, Line},
    messages::{Msg, Own},
};
use crate::intent::containers::Log;

/// Lines that come together are told together.
const BATCH: Duration = Duration::from_millis(250);
const BATCH_LINES_MAX: usize = 200;
const LINE_BYTES_MAX: usize = 4 << 10;

/// Follows until the log ends or nobody takes its lines. `last`: the newest line that is known already.
pub async fn run(feed: u64, log: Log, last: Option<Line>, engine: Arc<dyn Engine>, me: ActorRef<Msg>) {
    let wanted = super::logs::wanted(&log);
    let since = last.as_ref().and_then(|line| line.at);
    let ask = LogAsk {
        container: log.name.clone(),
        // Without a known line there is nothing to join on to: only what comes from now on.
        tail: since.is_none().then_some(0),
        since,
        stdout: log.only == crate::intent::containers::Only::Both,
        follow: true,
    };
    if let Ok(mut stream) = engine.logs(&ask).await {
        let mut assembler = Assembler::new(LINE_BYTES_MAX);
        let mut batch = Vec::new();
        let mut due = None;
        loop {
            let next = match due {
                Some(at) => tokio::time::timeout_at(at, stream.next()).await,
                None => Ok(stream.next().await),
            };
            match next {
                Ok(Some(Ok(chunk))) => {
                    assembler.push(&chunk, |line| {
                        // The engine counts whole seconds: what was before the known line comes again.
                        let new = since.is_none() || line.at > since;
                        if new && wanted(&line) {
                            batch.push(line);
                        }
                    });
                    if !batch.is_empty() && due.is_none() {
                        due = Some(Instant::now() + BATCH);
                    }
                    let excess = batch.len().saturating_sub(BATCH_LINES_MAX);
                    batch.drain(..excess);
                }
                Ok(_) => break,
                Err(_) => {
                    due = None;
                    let lines = std::mem::take(&mut batch);
                    if me.cast(Msg::Own(Own::Lines { feed, lines })).is_err() {
                        return;
                    }
                }
            }
        }
        if !batch.is_empty() {
            let _ = me.cast(Msg::Own(Own::Lines { feed, lines: batch }));
        }
    }
    let _ = me.cast(Msg::Own(Own::FollowEnded { feed }));
}
