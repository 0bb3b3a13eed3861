//! A real store on a temporary folder, for tests of rooms.

use std::{ops::Deref, sync::Arc};

use jiff::Timestamp;
use ractor::{Actor, ActorRef};

use super::{Arguments, Folder, Msg, Store, StoreActor};
use crate::{domain::Clock, supervision::Port};

/// Use it as a [`Store`]; the folder goes when it is dropped.
pub struct Temp {
    store: Store,
    pub port: Port<Msg>,
    pub folder: Folder,
    /// To unbind the port and bind it again: a store that is away for a while.
    pub actor: ActorRef<Msg>,
}

/// 2025-06-01 00:00 UTC, always.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::constant(1_748_736_000, 0)
    }
}

/// Starts one. Works under a paused clock too: it stands still while the store works.
pub async fn temp() -> Temp {
    at(Folder::temporary().expect("the temporary folder is writable")).await
}

/// Starts one on this folder.
pub async fn at(folder: Folder) -> Temp {
    let port = Port::new();
    let args = Arguments { file: folder.store_file(), clock: Arc::new(Still) };
    let (actor, _) =
        Actor::spawn(None, StoreActor, args).await.expect("the store's start does nothing that fails");
    port.bind(actor.clone());
    Temp { store: Store::new(port.clone()), port, folder, actor }
}

impl Temp {
    pub fn handle(&self) -> Store {
        self.store.clone()
    }

    /// From now on everybody hears that the store is down, as while its actor is restarted.
    pub fn take_away(&self) {
        self.port.unbind();
    }

    pub fn bring_back(&self) {
        self.port.bind(self.actor.clone());
    }

    /// Stops it as a shutdown does; the folder stays as long as the answer.
    pub async fn stop(self) -> Folder {
        self.actor.stop(None);
        let _ = self.actor.wait(None).await;
        self.folder.clone()
    }
}

impl Deref for Temp {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        self.actor.stop(None);
    }
}
