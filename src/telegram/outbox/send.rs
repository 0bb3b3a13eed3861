//! One request from start to end, in a task of its own: button texts kept, picture drawn, call posted, a delivered
//! notice marked.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

use super::{
    super::{
        api::{Gauge, Sent},
        content::{Art, Content},
        failure::Failure,
        line::Line,
        methods::{self, Photo, UploadData},
    },
    notices,
    post::{Actual, Kind, Slot, Step},
    words::{Errand, Order, Report},
};
use super::{Tell, Told};
use crate::{
    charts,
    domain::{Bytes, ChatId},
    screen::Picture,
    store::Durability,
};

/// Draws a chart or a treemap as PNG. Blocks for some milliseconds.
pub type Draw = Arc<dyn Fn(&Picture) -> Result<Vec<u8>, String> + Send + Sync>;

/// Whether somebody of ours is still to be found in a chat.
pub type Welcome = Arc<dyn Fn(ChatId) -> bool + Send + Sync>;

/// What all tasks of the outbox share.
#[derive(Clone)]
pub struct Sender {
    pub line: Line,
    pub draw: Draw,
    /// One picture at a time: two are no faster on a small machine and need twice the memory.
    pub easel: Arc<Semaphore>,
    /// Hears how far a file is.
    pub tell: Tell,
    /// Whether a notice may be told there: recipients are chosen when it is made, and may have left since.
    pub welcome: Welcome,
}

/// Telegram shows "sending a file" for five seconds.
const UPLOADING_EVERY: Duration = Duration::from_secs(5);
/// How often a file's progress is told; the gateway redraws no more often.
const PROGRESS_EVERY: Duration = Duration::from_secs(3);
const MARK_MAX: Duration = Duration::from_secs(2);

impl Sender {
    pub async fn run(&self, order: &Order) -> Result<Sent, Failure> {
        match order {
            Order::Answer { callback, toast } => self.line.api.post(&methods::answer(callback, toast)).await,
            Order::Step { slot, chat, step, photo, version } => {
                self.step(*slot, *chat, step, photo.clone(), *version).await
            }
            Order::Errand(errand) => self.errand(errand).await,
        }
    }

    async fn step(
        &self,
        slot: Slot,
        chat: ChatId,
        step: &Step,
        photo: Option<String>,
        version: i64,
    ) -> Result<Sent, Failure> {
        let Some(content) = step.content() else {
            let Step::Strip { message } = step else { unreachable!("only this step has no content") };
            return self.line.api.post(&methods::strip(chat, *message)).await;
        };
        if matches!(slot, Slot::Notice(_)) && !(self.welcome)(chat) {
            return Err(Failure::Own("its recipient is no longer one of ours".into()));
        }
        if !content.long.is_empty() {
            self.line.seal().await.keep(&self.line.store, &content.long, self.line.clock.now()).await;
        }
        let photo = match &content.art {
            Some(art) => Some(self.photo(art, photo).await?),
            None => None,
        };
        let (html, keys) = (content.html.as_str(), &content.keys);
        let call = match (step, photo) {
            (Step::Send { .. }, None) => methods::send_message(chat, html, keys, content.silent),
            (Step::Send { .. }, Some(photo)) => methods::send_photo(chat, photo, html, keys, content.silent),
            (Step::EditMedia { message, .. }, Some(photo)) => {
                methods::edit_media(chat, *message, photo, html, keys)
            }
            (Step::EditCaption { message, .. }, _) => methods::edit_caption(chat, *message, html, keys),
            (Step::EditText { message, .. } | Step::EditMedia { message, .. }, _) => {
                methods::edit_text(chat, *message, html, keys)
            }
            (Step::Strip { message }, _) => methods::strip(chat, *message),
        };
        let sent = self.line.api.post(&call).await;
        if let (Slot::Notice(id), Ok(sent)) = (slot, &sent) {
            self.mark(id, version, chat, step, content, sent).await;
        }
        sent
    }

    /// The mark belongs to the delivery: a crash right after finds it.
    async fn mark(&self, id: i64, version: i64, chat: ChatId, step: &Step, content: &Content, sent: &Sent) {
        let message = sent.message.or(match step {
            Step::EditText { message, .. }
            | Step::EditMedia { message, .. }
            | Step::EditCaption { message, .. }
            | Step::Strip { message } => Some(*message),
            Step::Send { .. } => None,
        });
        let Some(message) = message else { return };
        let art = content.art.as_ref().map(|art| art.print);
        let actual = Actual {
            message,
            kind: if art.is_some() { Kind::Photo } else { Kind::Text },
            print: Some(content.print()),
            art,
            sent: self.line.clock.now(),
        };
        let store = self.line.store.within(MARK_MAX);
        let marked = store
            .write(Durability::Normal, move |tx| notices::delivered(tx, id, version, chat, &actual))
            .await;
        if let Err(error) = marked {
            tracing::warn!(%error, id, "delivered notice not marked: it may come again after a restart");
        }
    }

    async fn photo(&self, art: &Art, known: Option<String>) -> Result<Photo, Failure> {
        if let Some(id) = known {
            return Ok(Photo::Id(id));
        }
        if let Picture::Blob(blob) = art.picture {
            return Ok(Photo::New(UploadData::Blob(blob)));
        }
        let permit = self.easel.clone().acquire_owned().await;
        let (draw, picture) = (self.draw.clone(), art.picture.clone());
        let drawn = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            draw(&picture)
        });
        let bytes = drawn.await.map_err(|_| Failure::Own("the picture could not be drawn".into()))?;
        Ok(Photo::New(UploadData::Bytes(bytes.map_err(Failure::Own)?.into())))
    }

    async fn errand(&self, errand: &Errand) -> Result<Sent, Failure> {
        let api = &self.line.api;
        match errand {
            Errand::Line { chat, content } => {
                api.post(&methods::send_message(*chat, &content.html, &content.keys, content.silent)).await
            }
            Errand::Strip { chat, message } => api.post(&methods::strip(*chat, *message)).await,
            Errand::Delete { chat, message } => {
                match api.post(&methods::delete(*chat, *message)).await {
                    // Not ours to delete any more: then at least nothing can be pressed on it.
                    Err(Failure::Gone | Failure::Refused(_)) => {
                        api.post(&methods::strip(*chat, *message)).await
                    }
                    other => other,
                }
            }
            Errand::Chore { call, .. } => api.post(call).await,
            Errand::File { chat, number, name, data, caption } => {
                let call = methods::send_document(*chat, name, data.clone(), caption);
                self.file(*chat, *number, data, &call).await
            }
        }
    }

    /// A file, with word of how far it is.
    async fn file(
        &self,
        chat: ChatId,
        number: u64,
        data: &UploadData,
        call: &methods::Call,
    ) -> Result<Sent, Failure> {
        let api = &self.line.api;
        let gauge = Gauge::default();
        let total = match data {
            UploadData::Bytes(bytes) => Some(bytes.len() as u64),
            UploadData::Blob(blob) => api.blobs().meta(*blob).and_then(|meta| meta.size_bytes),
        };
        let says = async {
            loop {
                // Decoration: whether it arrives matters to nobody.
                let _ = api.post(&methods::uploading(chat)).await;
                tokio::time::sleep(UPLOADING_EVERY).await;
            }
        };
        let counts = async {
            loop {
                tokio::time::sleep(PROGRESS_EVERY).await;
                let (done, total) = (gauge.read(), total.map(Bytes));
                (self.tell)(Told::Report(Report::Sending { number, done, total }));
            }
        };
        tokio::select! {
            sent = api.post_gauged(call, &gauge) => sent,
            never = says => never,
            never = counts => never,
        }
    }
}

/// Charts and treemaps as they are drawn in flight.
pub fn painter() -> Draw {
    Arc::new(|picture| {
        let drawn = match picture {
            Picture::Chart(chart) => charts::render_chart(chart),
            Picture::Treemap(map) => charts::render_treemap(map),
            // Sent as it is, never drawn.
            Picture::Blob(_) => return Err("an image file is not drawn".into()),
        };
        drawn.map_err(|error| error.to_string())
    })
}
