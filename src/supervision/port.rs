//! Addresses that survive restarts. A `Port` is made before any actor exists, handed to everybody at wiring, and
//! bound anew each time its actor is started.

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use ractor::{ActorRef, Message, RpcReplyPort, rpc::CallResult};

/// The actor is off, restarting or parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this part of Cockpit is not running")]
pub struct Down;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error("this part of Cockpit is not running")]
    Down,
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// It took the message and died, or dropped it.
    #[error("this part of Cockpit stopped while it worked on the answer")]
    Dropped,
}

pub struct Port<M: Message> {
    slot: Arc<RwLock<Option<ActorRef<M>>>>,
}

impl<M: Message> Port<M> {
    /// A port to nobody yet.
    pub fn new() -> Port<M> {
        Port { slot: Arc::new(RwLock::new(None)) }
    }

    /// From now on messages go to this actor. Called by the supervisor on each start.
    pub fn bind(&self, actor: ActorRef<M>) {
        *self.slot.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(actor);
    }

    /// Until the next [`Port::bind`] everybody hears [`Down`] at once.
    pub fn unbind(&self) {
        *self.slot.write().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }

    pub fn cast(&self, message: M) -> Result<(), Down> {
        self.actor()?.cast(message).map_err(|_| Down)
    }

    /// Asks and waits, at most `within`. A call that timed out may still be carried out later.
    pub async fn call<R: Send + 'static>(
        &self,
        within: Duration,
        message: impl FnOnce(RpcReplyPort<R>) -> M + Send,
    ) -> Result<R, CallError> {
        self.ask(within, Box::new(message)).await
    }

    /// One copy for each kind of answer, and not for each place that asks.
    async fn ask<R: Send + 'static>(
        &self,
        within: Duration,
        message: Box<dyn FnOnce(RpcReplyPort<R>) -> M + Send + '_>,
    ) -> Result<R, CallError> {
        let actor = self.actor().map_err(|Down| CallError::Down)?;
        match actor.call(message, Some(within)).await {
            Ok(CallResult::Success(answer)) => Ok(answer),
            Ok(CallResult::Timeout) => Err(CallError::Timeout(within)),
            Ok(CallResult::SenderError) => Err(CallError::Dropped),
            Err(_) => Err(CallError::Down),
        }
    }

    fn actor(&self) -> Result<ActorRef<M>, Down> {
        self.slot.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone().ok_or(Down)
    }
}

impl<M: Message> Clone for Port<M> {
    fn clone(&self) -> Port<M> {
        Port { slot: self.slot.clone() }
    }
}

impl<M: Message> Default for Port<M> {
    fn default() -> Port<M> {
        Port::new()
    }
}

impl<M: Message> std::fmt::Debug for Port<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.actor().is_ok() { "Port(up)" } else { "Port(down)" })
    }
}
