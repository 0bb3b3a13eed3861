//! The flight recorder.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// Newest first; page 0 is the newest.
    #[serde(rename = "l")]
    List {
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// One entry by its sequence number.
    #[serde(rename = "e")]
    Entry(u64),
}
