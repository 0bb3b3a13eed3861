//! Screens as data: typed blocks, buttons, a picture's model. Nothing here knows Telegram; `telegram/` renders
//! HTML from it, tests read it.

mod block;
pub mod html;
pub mod mono;
pub mod rows;
pub mod text;

pub use block::{Align, Block, Column, LogLine, Mark, Span, Table};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    charts,
    domain::{BlobId, JobId},
    intent::{Hole, Intent, View},
};

/// What one bubble shows. The frame (breadcrumb, "as of", Back · Refresh · Home) is drawn from the named fields, so
/// that a panel cannot forget it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Screen {
    /// "potion › Engine › nginx.service"; the ship's name is put in front by the bridge.
    pub crumbs: Vec<String>,
    pub blocks: Vec<Block>,
    /// When what is shown was true. `None` on screens that show nothing measured.
    pub as_of: Option<Timestamp>,
    pub rows: Vec<Vec<Button>>,
    pub pager: Option<Pager>,
    /// Whose changes redraw this screen while its lease lasts.
    pub topics: Vec<Topic>,
    pub picture: Option<Picture>,
    pub prompt: Option<Prompt>,
    /// Offer *Live*: keep this bubble redrawn for two minutes.
    pub can_live: bool,
    /// Open the lease at once (a job, a restart in progress), without a tap on *Live*.
    pub live: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub label: String,
    pub intent: Intent,
    pub style: Style,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    #[default]
    Plain,
    Primary,
    Success,
    Danger,
}

impl Button {
    pub fn view(label: impl Into<String>, view: View) -> Button {
        Button { label: label.into(), intent: Intent::View(view), style: Style::Plain }
    }

    pub fn act(label: impl Into<String>, act: crate::intent::Act) -> Button {
        Button { label: label.into(), intent: Intent::Act(act), style: Style::Plain }
    }

    pub fn style(self, style: Style) -> Button {
        Button { style, ..self }
    }
}

/// Pages are counted from 0 inside, shown from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pager {
    pub page: u32,
    pub pages: u32,
    pub previous: Option<View>,
    pub next: Option<View>,
}

impl Pager {
    /// `at(page)` makes the view of a page. `None` when everything fits on one.
    pub fn over(items: usize, per_page: usize, page: u32, at: impl Fn(u32) -> View) -> Option<Pager> {
        let pages = Self::pages(items, per_page);
        let page = page.min(pages - 1);
        (pages > 1).then(|| Pager {
            page,
            pages,
            previous: page.checked_sub(1).map(&at),
            next: (page + 1 < pages).then(|| at(page + 1)),
        })
    }

    /// The items of a page that may no longer exist: the last page then.
    pub fn slice<T>(items: &[T], per_page: usize, page: u32) -> &[T] {
        let page = page.min(Self::pages(items.len(), per_page) - 1) as usize;
        &items[(page * per_page).min(items.len())..((page + 1) * per_page).min(items.len())]
    }

    fn pages(items: usize, per_page: usize) -> u32 {
        u32::try_from(items.div_ceil(per_page).max(1)).unwrap_or(u32::MAX)
    }
}

/// Something whose change is worth a redraw. A room publishes it as an event; a screen names those it shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Topic {
    Metrics,
    Services,
    Processes,
    Containers,
    Storage,
    Smart,
    Backup,
    Crew,
    Audit,
    Alerts,
    Schedule,
    Jobs,
    Job(JobId),
    /// One followed log or one subject inside a room, by a number the room gave out.
    Feed(u64),
}

/// Pictures are sent as models and drawn beside the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Picture {
    Chart(charts::Chart),
    Treemap(charts::Treemap),
    /// An image file as it is.
    Blob(BlobId),
}

/// The next text from this pilot in this chat fills the hole. Presets are buttons of the same screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    pub hole: Hole,
    /// What is asked for, with an example.
    pub hint: String,
}

impl Prompt {
    /// How long an answer is waited for, seconds.
    pub const EXPIRES_S: i64 = 300;
}
