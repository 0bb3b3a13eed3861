//! What was kept of scans, for whoever shows sizes: the usage screens, and the browser beside a folder's name. Only
//! reads; the result that was looked at last is held, so that going deeper in it reads nothing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    digest::Digest,
    store::{self, Kept, Sum, below},
};
use crate::{
    domain::Place,
    store::{Store, StoreError},
};

/// A list of files does not wait longer for sizes: it is shown without them.
const SIZES_WITHIN: Duration = Duration::from_millis(250);

/// Cheap to clone; clones hold the same last result.
#[derive(Clone)]
pub struct Shelf {
    store: Store,
    last: Arc<Mutex<Option<Arc<Found>>>>,
}

/// A kept scan and the one before it.
#[derive(Debug)]
pub struct Found {
    pub kept: Kept,
    pub before: Option<Digest>,
}

/// What a folder and the folders in it hold, as measured at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    pub at: Timestamp,
    /// Allocated bytes, and files.
    pub whole: (u64, u64),
    pub folders: HashMap<Box<[u8]>, u64>,
}

impl Shelf {
    pub fn new(store: Store) -> Shelf {
        Shelf { store, last: Arc::default() }
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What was kept of a place, with at most `history` sums of its own scans.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn found(
        &self,
        at: &Place,
        history: u32,
    ) -> Result<(Option<Arc<Found>>, Vec<Sum>), StoreError> {
        let held = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (place, held_id) = (at.clone(), held.as_ref().map(|found| found.kept.id));
        let (found, history) = self
            .store
            .read(move |conn| {
                let history = store::history(conn, &place, history)?;
                let newest = store::newest_id(conn, &place)?;
                if newest.is_some() && newest == held_id {
                    return Ok((None, history));
                }
                let Some(kept) = store::newest_with(conn, &place)? else { return Ok((None, history)) };
                let before = store::before(conn, kept.id, &kept.of)?;
                Ok((Some(Found { kept, before }), history))
            })
            .await?;
        let found = match found {
            Some(found) => {
                let found = Arc::new(found);
                *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
                Some(found)
            }
            None => held.filter(|held| {
                held.kept.of.root == at.root
                    && at.path.is_within(&held.kept.of.path)
                    && node_of(&held.kept, at).is_some()
            }),
        };
        Ok((found, history))
    }

    /// `None`: never measured, too small to be kept by name, or the store does not answer at once.
    pub async fn sizes(&self, at: &Place) -> Option<Sizes> {
        let (found, _) = tokio::time::timeout(SIZES_WITHIN, self.found(at, 0)).await.ok()?.ok()?;
        let found = found?;
        let node = node_of(&found.kept, at)?;
        let digest = &found.kept.digest;
        let inside = digest.children(node).into_iter();
        let named = inside.map(|child| (digest.nodes[child].name.clone(), digest.nodes[child].bytes));
        let whole = (digest.nodes[node].bytes, digest.nodes[node].files);
        Some(Sizes { at: digest.at, whole, folders: named.collect() })
    }
}

/// The node of a place in a kept scan.
pub fn node_of(kept: &Kept, at: &Place) -> Option<usize> {
    kept.digest.find(below(&kept.of, at))
}
