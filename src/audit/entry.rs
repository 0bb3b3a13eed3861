//! One entry: plain data, every text of it foreign until shown otherwise.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    domain::{ChatId, PilotId},
    room::Order,
};

/// Bytes of one text. A hostile caller must not fill the disk, and a line must fit a reader's block.
pub const TEXT_MAX: usize = 1024;
/// Details of one entry; more are dropped.
pub const DETAILS_MAX: usize = 16;

/// Who asked, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    Pilot {
        id: PilotId,
        name: String,
    },
    /// Somebody who is no pilot.
    Stranger {
        id: PilotId,
        name: String,
    },
    /// Cockpit itself, by the part that acted ("scheduler").
    Cockpit(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Permitted and about to be carried out. Written before the act.
    Accepted,
    Done,
    /// Not permitted, or not sensible; nothing was done.
    Refused,
    /// Tried, and it did not work.
    Failed,
    /// Goes on as a job.
    Started,
    /// Something that happened, rather than was asked for.
    Noted,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Accepted => "accepted",
            Outcome::Done => "done",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
            Outcome::Started => "started",
            Outcome::Noted => "noted",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub at: Timestamp,
    pub who: Who,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatId>,
    /// Joins the entries, log lines and jobs of one request; empty where there was none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub op: String,
    /// "services.restart". Stable: people search for it.
    pub verb: String,
    /// What it is done to: "nginx.service".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, Value>,
}

impl Entry {
    /// Something Cockpit did or noticed by itself.
    pub fn noted(at: Timestamp, part: &str, verb: &str, subject: impl Into<String>) -> Entry {
        Entry {
            at,
            who: Who::Cockpit(part.into()),
            chat: None,
            op: String::new(),
            verb: verb.into(),
            subject: subject.into(),
            outcome: Outcome::Noted,
            details: BTreeMap::new(),
        }
    }

    /// What a pilot ordered.
    pub fn ordered(
        order: &Order,
        at: Timestamp,
        verb: &str,
        subject: impl Into<String>,
        outcome: Outcome,
    ) -> Entry {
        Entry {
            at,
            who: Who::Pilot { id: order.pilot, name: order.pilot_name.clone() },
            chat: Some(order.chat),
            op: order.op.clone(),
            verb: verb.into(),
            subject: subject.into(),
            outcome,
            details: BTreeMap::new(),
        }
    }

    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Entry {
        self.details.insert(key.into(), value.into());
        self
    }

    /// The same within the limits: long texts end in "…", too many details are dropped.
    pub(super) fn bounded(mut self) -> Entry {
        match &mut self.who {
            Who::Pilot { name, .. } | Who::Stranger { name, .. } => cut(name),
            Who::Cockpit(part) => cut(part),
        }
        for text in [&mut self.op, &mut self.verb, &mut self.subject] {
            cut(text);
        }
        while self.details.len() > DETAILS_MAX {
            self.details.pop_last();
        }
        self.details = std::mem::take(&mut self.details)
            .into_iter()
            .map(|(mut key, mut value)| {
                cut(&mut key);
                match &mut value {
                    Value::String(text) => cut(text),
                    Value::Null | Value::Bool(_) | Value::Number(_) => {}
                    // Lists and maps are kept as what they print as when they are long.
                    nested @ (Value::Array(_) | Value::Object(_)) => {
                        let mut text = nested.to_string();
                        if text.len() > TEXT_MAX {
                            cut(&mut text);
                            *nested = Value::String(text);
                        }
                    }
                }
                (key, value)
            })
            .collect();
        self
    }
}

fn cut(text: &mut String) {
    if text.len() > TEXT_MAX {
        let end = (0..=TEXT_MAX - '…'.len_utf8()).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
}
