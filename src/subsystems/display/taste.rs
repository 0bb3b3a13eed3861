//! What pilots chose for themselves, in memory; pure but for the lock.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use serde_json::Value;

use crate::{
    domain::{Lang, PilotId, Theme},
    store::settings::Setting,
};

/// One pilot's. `None`: nothing was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taste {
    pub lang: Option<Lang>,
    pub theme: Option<Theme>,
}

impl Taste {
    /// The rows that keep it; without a value, the row is to go.
    pub fn settings(&self, pilot: PilotId) -> [(String, Option<Value>); 2] {
        let value = |of: Result<Value, serde_json::Error>| of.expect("a word");
        [
            (format!("pilot.{pilot}.language"), self.lang.map(|lang| value(serde_json::to_value(lang)))),
            (format!("pilot.{pilot}.theme"), self.theme.map(|theme| value(serde_json::to_value(theme)))),
        ]
    }
}

/// Everybody's; cheap to clone, one for the whole ship.
#[derive(Debug, Clone, Default)]
pub struct Tastes(Arc<RwLock<BTreeMap<PilotId, Taste>>>);

impl Tastes {
    /// From the rows of the store. What is of another kind, or no longer understood, is passed over.
    pub fn from_settings(rows: &[Setting]) -> Tastes {
        let tastes = Tastes::default();
        for row in rows {
            let mut parts = row.key.splitn(3, '.');
            let (Some("pilot"), Some(id), Some(what)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let Ok(id) = id.parse().map(PilotId) else { continue };
            let mut taste = tastes.of(id);
            match what {
                "language" => taste.lang = serde_json::from_value(row.value.clone()).ok(),
                "theme" => taste.theme = serde_json::from_value(row.value.clone()).ok(),
                _ => continue,
            }
            tastes.put(id, taste);
        }
        tastes
    }

    pub fn of(&self, pilot: PilotId) -> Taste {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&pilot).copied().unwrap_or_default()
    }

    pub fn put(&self, pilot: PilotId, taste: Taste) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(pilot, taste);
    }
}
