//! The recorder's room: reads the files for its screens, in the bridge's task. Has no acts.

use std::{convert::Infallible, io, path::PathBuf, time::Duration};

use super::{Msg, Reader, panel, verify};
use crate::{
    domain,
    intent::{self, Act, Hole, Intent, audit::View},
    room::{Glance, Order, Outcome, Problem, Room},
    screen::{Mark, Screen},
    supervision::{Health, Port},
    t,
};

/// Search words are cut here: nobody types more on purpose.
const WORDS_MAX: usize = 100;
const STATUS_WITHIN: Duration = Duration::from_millis(250);

#[derive(Debug, Clone)]
pub struct FlightRecorder {
    pub port: Port<Msg>,
    /// The data folder.
    pub folder: PathBuf,
}

impl FlightRecorder {
    /// Runs a blocking read of the files and draws what it found, or why it could not.
    async fn drawn<T: Send + 'static>(
        &self,
        reader: &domain::Reader,
        read: impl FnOnce(Reader) -> io::Result<T> + Send + 'static,
        draw: impl FnOnce(T, &domain::Reader) -> Screen,
    ) -> Screen {
        let files = Reader::new(self.folder.clone());
        let found = tokio::task::spawn_blocking(move || read(files)).await;
        match found.map_err(io::Error::other).and_then(|found| found) {
            Ok(found) => draw(found, reader),
            Err(error) => panel::unreadable(&error, reader),
        }
    }
}

impl Room for FlightRecorder {
    type View = View;
    type Act = Infallible;

    async fn view(&self, view: &View, reader: &domain::Reader) -> Screen {
        let per_page = panel::PER_PAGE;
        match view.clone() {
            View::List { page } => {
                let read = move |files: Reader| files.page(page, per_page);
                self.drawn(reader, read, |found, reader| panel::list(&found, page, reader)).await
            }
            View::Entry(seq) => {
                let read = move |files: Reader| files.entry(seq);
                self.drawn(reader, read, |found, reader| panel::entry(seq, found.as_ref(), reader)).await
            }
            View::Search { words, .. } if words.trim().is_empty() => panel::ask_words(reader),
            View::Search { words, page } => {
                let words: String = words.chars().take(WORDS_MAX).collect();
                let sought = words.clone();
                let read = move |files: Reader| files.search(&sought, page, per_page);
                self.drawn(reader, read, |found, reader| panel::found(&found, &words, page, reader)).await
            }
            View::Chain => {
                let folder = self.folder.clone();
                self.drawn(reader, move |_| verify(&folder), |verdict, reader| panel::chain(&verdict, reader))
                    .await
            }
        }
    }

    async fn act(&self, act: &Infallible, _: &Order) -> Outcome {
        match *act {}
    }

    async fn weigh(&self, _: &Act, _: &domain::Reader) -> Vec<crate::room::Consequence> {
        Vec::new()
    }

    /// A recorder that cannot write stops every act: that belongs on the front page.
    async fn glance(&self, reader: &domain::Reader) -> Glance {
        let Ok(status) = self.port.call(STATUS_WITHIN, Msg::Status).await else { return Glance::default() };
        let Health::Degraded { mend, .. } = status.health else { return Glance::default() };
        Glance {
            problems: vec![Problem {
                mark: Mark::Bad,
                line: t!(reader.lang, "audit-cannot-write", mend = mend.in_lang(reader.lang)),
                label: t!(reader.lang, "audit-title"),
                view: intent::View::Audit(View::List { page: 0 }),
            }],
            ..Glance::default()
        }
    }

    async fn fill(&self, hole: &Hole, text: &str, reader: &domain::Reader) -> Result<Intent, String> {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match hole {
            Hole::AuditSearch if !words.is_empty() => {
                let words = words.chars().take(WORDS_MAX).collect();
                Ok(Intent::View(intent::View::Audit(View::Search { words, page: 0 })))
            }
            _ => Err(t!(reader.lang, "audit-search-hint")),
        }
    }
}
