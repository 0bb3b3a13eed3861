//! What a room (a subsystem with its actor and panel) shows to the bridge. All methods run in the gateway's
//! per-update task, never in the actor; each asks its actor with a deadline of its own.

pub mod feeds;
pub mod freight;
pub mod nameless;

use crate::{
    domain::{Attachment, ChatId, JobId, PilotId, Reader},
    intent::{Act, Hole, Intent, View},
    screen::{Block, Button, Mark, Screen},
};

/// Who asks for an act, where, and how they read the answer.
#[derive(Debug, Clone)]
pub struct Order {
    pub pilot: PilotId,
    /// For "restarted by Dre".
    pub pilot_name: String,
    pub chat: ChatId,
    pub reader: Reader,
    /// Joins log lines, audit entries and jobs of one tap.
    pub op: String,
}

/// What became of an act.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Carried out, or begun by the room itself, whose screen shows how it goes on.
    Done { next: View },
    /// Not done yet: the next screen asks how it is meant.
    Asked { next: View },
    /// Not done. `why` is a whole sentence in the reader's language, with what to do.
    Refused { why: String, next: View },
    /// Goes on as a job.
    Started { job: JobId, next: View },
    /// A file goes to the chat; the bubble stays as it is.
    File(Attachment),
}

/// One line of what an act would cause, as far as one room knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    pub mark: Mark,
    pub line: String,
}

/// A room's contribution to the dashboard.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Glance {
    /// The worst first. Each is a line in words and leads to its screen.
    pub problems: Vec<Problem>,
    pub blocks: Vec<Block>,
    /// Doors to this room's panels, where they are not in a panel's menu.
    pub buttons: Vec<Button>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// `Look` or `Bad`.
    pub mark: Mark,
    /// "/mnt/dre is 87 % full".
    pub line: String,
    /// A few characters for its button: "nginx".
    pub label: String,
    pub view: View,
}

pub trait Room: Send + Sync {
    type View: Send + Sync;
    type Act: Send + Sync;

    fn view(&self, view: &Self::View, reader: &Reader) -> impl Future<Output = Screen> + Send;

    /// Carries out, after its own check of what is protected. Confirmation, role and audit are the bridge's.
    fn act(&self, act: &Self::Act, order: &Order) -> impl Future<Output = Outcome> + Send;

    /// What any act, also another room's, would cause here. Empty where this room is not concerned.
    fn weigh(&self, _act: &Act, _reader: &Reader) -> impl Future<Output = Vec<Consequence>> + Send {
        async { Vec::new() }
    }

    /// Whether [`Room::weigh`] has anything to say about this act; others are not asked.
    fn concerned(&self, _act: &Act) -> bool {
        false
    }

    fn glance(&self, _reader: &Reader) -> impl Future<Output = Glance> + Send {
        async { Glance::default() }
    }

    /// Turns a typed answer into an intent, or says in the reader's language what is wrong with it.
    fn fill(
        &self,
        _hole: &Hole,
        _text: &str,
        _reader: &Reader,
    ) -> impl Future<Output = Result<Intent, String>> + Send {
        async { Err(String::new()) }
    }

    /// Names of this room's subjects that begin with a typed word ("ngi" → "nginx.service"), best first, at most 20.
    fn complete(&self, _word: &str) -> impl Future<Output = Vec<String>> + Send {
        async { Vec::new() }
    }
}
