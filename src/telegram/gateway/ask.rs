//! One question to the ship, in a task of its own: asked, waited for, and what came of it handed back.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;

use super::{
    core::{Answered, Ask, Files, What},
    remote::Remote,
};
use crate::{
    bridge::ship::{ANSWER_MAX, Answer, Filled, Incoming, Ship, Visit},
    domain::BlobMeta,
    intent::View,
    screen::{
        Picture, Screen,
        html::{self, Frame, Live},
    },
    telegram::{line::Line, methods::UploadData, outbox::Draw},
};

/// What all tasks of the gateway share.
#[derive(Clone)]
pub struct Asker {
    pub ship: Arc<dyn Ship>,
    pub line: Line,
    pub draw: Draw,
}

impl Asker {
    /// Never panics and never takes longer than the deadline.
    pub async fn run(&self, ask: &Ask) -> Answered {
        let asked = AssertUnwindSafe(self.ask(&ask.what, &ask.visit)).catch_unwind();
        match tokio::time::timeout(ANSWER_MAX, asked).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(_)) => {
                tracing::error!(op = %ask.visit.op, "a panic while the ship was asked");
                Answered::Late
            }
            Err(_) => {
                tracing::warn!(op = %ask.visit.op, "no answer of the ship in time");
                Answered::Late
            }
        }
    }

    async fn ask(&self, what: &What, visit: &Visit) -> Answered {
        match what {
            What::View(view) => Answered::Screen(Box::new(self.ship.view(view, visit).await)),
            What::Act(act) => self.answer(self.ship.act(act, visit).await),
            What::Confirm(nonce) => self.answer(self.ship.confirm(*nonce, visit).await),
            What::Command(typed) => self.answer(self.ship.command(typed, visit).await),
            What::Fill(hole, text) => {
                let filled = self.ship.fill(hole, text, visit).await;
                let meta = match &filled {
                    Filled::Done(answer) => self.meta(answer),
                    Filled::Wrong(_) => None,
                };
                Answered::Filled(filled, meta)
            }
            What::Incoming(file, at) => {
                let remote = Remote {
                    api: self.line.api.clone(),
                    file_id: file.file_id.clone(),
                    name: file.name.clone(),
                    size: file.size,
                };
                let incoming = Incoming {
                    blob: self.line.api.blobs().put(remote),
                    kind: file.kind,
                    name: file.name.clone(),
                    size: file.size,
                    caption: file.caption.clone(),
                    at: at.clone(),
                };
                self.answer(self.ship.incoming(&incoming, visit).await)
            }
            What::Files(view) => Answered::Files(self.files(view, visit).await),
        }
    }

    fn answer(&self, answer: Answer) -> Answered {
        let meta = self.meta(&answer);
        Answered::Answer(answer, meta)
    }

    fn meta(&self, answer: &Answer) -> Option<BlobMeta> {
        let Answer::File { file, .. } = answer else { return None };
        self.line.api.blobs().meta(file.blob)
    }

    /// The picture as it was drawn, before Telegram recompresses it; the text when not all of it was shown.
    async fn files(&self, view: &View, visit: &Visit) -> Result<Files, String> {
        let screen = self.ship.view(view, visit).await;
        let frame = Frame {
            reader: &visit.reader,
            here: Some(view),
            live: Live::Off,
            head: None,
            asking: false,
            late: None,
        };
        let cut = html::page(&screen, &frame).left_out > 0;
        let name = file_name(&screen, visit);
        let mut files = Vec::new();
        match &screen.picture {
            None => {}
            Some(Picture::Blob(blob)) => files.push((format!("{name}.png"), UploadData::Blob(*blob))),
            Some(picture) => {
                let (draw, picture) = (self.draw.clone(), picture.clone());
                let drawn = tokio::task::spawn_blocking(move || draw(&picture)).await;
                let bytes = drawn.map_err(|_| "the picture could not be drawn".to_owned())??;
                files.push((format!("{name}.png"), UploadData::Bytes(bytes.into())));
            }
        }
        if cut || files.is_empty() {
            let text = html::plain(&screen, &visit.reader);
            files.push((format!("{name}.txt"), UploadData::Bytes(text.into_bytes().into())));
        }
        Ok(Files(files))
    }
}

/// "potion-engine-memory-2026-11-22-1403", from the breadcrumb.
fn file_name(screen: &Screen, visit: &Visit) -> String {
    const STEM_MAX: usize = 60;
    let mut stem = String::new();
    for c in screen.crumbs.join("-").chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            stem.push(c);
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
    }
    stem.truncate(STEM_MAX);
    let stem = if stem.trim_matches('-').is_empty() { "cockpit" } else { stem.trim_matches('-') };
    let at = screen.as_of.unwrap_or(visit.reader.now).to_zoned(visit.reader.tz.clone());
    format!("{stem}-{}", at.strftime("%Y-%m-%d-%H%M"))
}
