//! The bridge: plain functions run in the gateway's per-update task. Routes an intent to its room, judges who may,
//! weighs and asks before danger, records before it acts, and composes the dashboard from all rooms.
//!
//! Owns no state but the ship's papers (who is a pilot, which rooms are on); questions that wait for their answer are
//! in the store. Never knows Telegram, never touches the server: rooms do.

mod aboard;
mod act;
mod ask;
pub mod commands;
mod dashboard;
mod doors;
mod papers;
mod question;
mod rooms;
pub mod ship;
mod sim_log;
mod verbs;

pub use papers::{Charter, Enabled, Papers, Pilot};
pub use rooms::Rooms;
pub use sim_log::SimLog;

use std::sync::Arc;

use crate::{
    audit::Audit,
    domain::{Clock, Flight, Reader},
    intent::{Hole, Intent, View, dashboard as dashboard_intent},
    room::Room,
    screen::{Block, Picture, Screen},
    store::Store,
    t,
};
use ship::Visit;

/// Of a name told below a picture.
const NOTE_CHARS_MAX: usize = 60;

pub struct Bridge {
    pub rooms: Rooms,
    pub papers: Papers,
    pub store: Store,
    pub audit: Audit,
    pub clock: Arc<dyn Clock>,
    pub sim_log: SimLog,
}

impl Bridge {
    /// The screen of a view, for a reader who may see it.
    pub async fn screen(&self, view: &View, visit: &Visit) -> Screen {
        let reader = &visit.reader;
        let mut screen = match self.closed(view, reader) {
            Some(why) => refusal(why),
            None => self.route(view, visit).await,
        };
        below(&mut screen);
        doors::close(&mut screen, &self.papers.read().enabled, reader);
        if !matches!(view, View::Dashboard(dashboard_intent::View::Home)) {
            screen.crumbs.insert(0, self.label(reader));
        }
        screen
    }

    /// Why this view is not to be had: not for this role, or its room is switched off.
    fn closed(&self, view: &View, reader: &Reader) -> Option<String> {
        if reader.role < view.role() {
            return Some(not_allowed(view.role(), reader));
        }
        doors::switched_off(view, &self.papers.read().enabled, reader)
    }

    /// A typed answer becomes an intent, or a sentence about what is wrong with it.
    ///
    /// # Errors
    /// The sentence, in the reader's language.
    pub(super) async fn filled(&self, hole: &Hole, text: &str, reader: &Reader) -> Result<Intent, String> {
        match hole {
            Hole::ServicesSearch | Hole::ServiceLogSearch(_) => {
                self.rooms.services.fill(hole, text, reader).await
            }
            Hole::ContainersSearch | Hole::ContainerLogSearch(_) => {
                self.rooms.containers.fill(hole, text, reader).await
            }
            Hole::Storage(_) => self.rooms.storage.fill(hole, text, reader).await,
            Hole::AlertSnooze(_) => self.rooms.alerts.fill(hole, text, reader).await,
            Hole::AuditSearch => self.rooms.audit.fill(hole, text, reader).await,
            Hole::ProcessesSearch | Hole::ProcessesKill => {
                self.rooms.processes.fill(hole, text, reader).await
            }
        }
    }

    /// The ship's name as it stands in front of every breadcrumb, labelled when it is not the real thing.
    pub fn label(&self, reader: &Reader) -> String {
        let ship = self.papers.read().name.clone();
        match self.papers.flight {
            Flight::Real => ship,
            Flight::Sim => t!(reader.lang, "bridge-sim", ship = ship),
            Flight::Practice | Flight::HandsOn => t!(reader.lang, "bridge-practice", ship = ship),
        }
    }
}

fn not_allowed(needed: crate::domain::Role, reader: &Reader) -> String {
    t!(reader.lang, "bridge-not-allowed", role = needed.as_str(), own = reader.role.as_str())
}

/// Names that a picture cannot write are told in the text below it.
fn below(screen: &mut Screen) {
    let notes = match &mut screen.picture {
        Some(Picture::Chart(chart)) => chart.footnotes(),
        Some(Picture::Treemap(map)) => map.footnotes(),
        Some(Picture::Blob(_)) | None => return,
    };
    let notes = notes.into_iter().map(|(sign, name)| {
        let name: String = name.chars().take(NOTE_CHARS_MAX).collect();
        Block::text(format!("{sign} {name}"))
    });
    screen.blocks.extend(notes);
}

/// A screen that only says why there is none.
fn refusal(why: String) -> Screen {
    Screen { blocks: vec![Block::text(why)], ..Screen::default() }
}
