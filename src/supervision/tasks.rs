//! The tasks an actor keeps in its state: they end with it.
//!
//! A [`JoinSet`] whose tasks are boxed. Each type of future that is spawned brings the runtime's machinery for a task
//! with it once more, some 5 KiB of code twice over; boxed they are all of one type, and a box is nothing beside a task.

use std::{
    ops::{Deref, DerefMut},
    pin::Pin,
};

use tokio::task::{AbortHandle, JoinSet};

#[derive(Debug, Default)]
pub struct Tasks(JoinSet<()>);

impl Tasks {
    pub fn new() -> Tasks {
        Tasks::default()
    }

    /// Starts a task; it is aborted when the set is dropped.
    pub fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let task: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(task);
        self.0.spawn(task)
    }
}

impl Deref for Tasks {
    type Target = JoinSet<()>;

    fn deref(&self) -> &JoinSet<()> {
        &self.0
    }
}

impl DerefMut for Tasks {
    fn deref_mut(&mut self) -> &mut JoinSet<()> {
        &mut self.0
    }
}
