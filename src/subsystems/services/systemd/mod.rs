//! systemd over D-Bus: the real [`Systemd`]. This folder alone names zbus.
//!
//! A connection has one task that empties its streams (`signals.rs`) and any number of callers, each with a deadline.
//! Never retries and never polls: a lost connection ends its `changes`, and the actor asks for a new one. systemd's own
//! socket (`/run/systemd/private`), which would work while the bus is away, is no way: zbus refuses its messages, as
//! they name a well-known name for their sender.

mod connected;
pub mod decode;
#[cfg(test)]
mod recorded_tests;
mod refusals;
#[cfg(test)]
mod served_tests;
mod signals;

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::{sync::mpsc, task::JoinSet};
use zbus::{Connection, MatchRule, Message, MessageStream, connection::Builder};

use self::{
    connected::Connected,
    refusals::{broken, garbled, plain},
    signals::{Drain, SharedJobs, Speaker},
};
use super::bus::{Answer, BusError, Link, Systemd};

const NAME: &str = "org.freedesktop.systemd1";
const ROOT: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const UNIT: &str = "org.freedesktop.systemd1.Unit";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const BUS: &str = "org.freedesktop.DBus";

/// A whole connect, handshake and subscription included. Measured: 4 ms.
pub const CONNECT_MAX: Duration = Duration::from_secs(4);
/// One call. Measured: under 2 ms; a machine under heavy load takes its time.
const CALL_MAX: Duration = Duration::from_secs(5);
/// A reload of all unit files, and the guard of last resort for any other call.
const RELOAD_MAX: Duration = Duration::from_secs(60);
/// Where `sd_booted` looks.
const BOOTED: &str = "/run/systemd/system";
/// Portions of changes that may wait for the actor.
const CHANGES_MAX: usize = 16;

type Dial = Box<dyn Fn() -> BoxFuture<'static, zbus::Result<Connection>> + Send + Sync>;

/// The way to systemd.
pub struct Zbus {
    /// For messages.
    address: String,
    dial: Dial,
    /// Whether to look for the signs of a machine started by systemd when there is no bus.
    is_this_machine: bool,
}

impl Zbus {
    /// This machine's systemd.
    pub fn system() -> Zbus {
        let dial: Dial = Box::new(|| Box::pin(guarded(Builder::system()).build()));
        Zbus { address: "the system bus".into(), dial, is_this_machine: true }
    }

    /// The systemd behind a message bus.
    pub fn at(address: &str) -> Zbus {
        let text = address.to_owned();
        let dial: Dial = Box::new(move || {
            let address = text.clone();
            Box::pin(async move { guarded(Builder::address(address.as_str())).build().await })
        });
        Zbus { address: address.to_owned(), dial, is_this_machine: false }
    }

    /// A connection made by somebody else: for tests over a socket pair.
    pub fn over(
        dial: impl Fn() -> BoxFuture<'static, zbus::Result<Connection>> + Send + Sync + 'static,
    ) -> Zbus {
        Zbus { address: "a socket pair".into(), dial: Box::new(dial), is_this_machine: false }
    }

    async fn dial(&self) -> Result<Connection, BusError> {
        let error = match tokio::time::timeout(CONNECT_MAX, (self.dial)()).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => BusError::NoBus { address: self.address.clone(), why: plain(&error) },
            Err(_) => BusError::Slow(CONNECT_MAX.as_secs()),
        };
        let is_elsewhere = self.is_this_machine && !Path::new(BOOTED).is_dir();
        Err(if is_elsewhere { BusError::NoSystemd } else { error })
    }
}

/// Without a limit of its own zbus would wait for ever on a bus that swallows answers.
fn guarded(builder: Builder<'_>) -> Builder<'_> {
    builder.method_timeout(RELOAD_MAX)
}

impl Systemd for Zbus {
    fn connect(&self) -> Answer<'_, Link> {
        Box::pin(async {
            let connection = self.dial().await?;
            tokio::time::timeout(CONNECT_MAX, open(connection))
                .await
                .unwrap_or(Err(BusError::Slow(CONNECT_MAX.as_secs())))
        })
    }
}

async fn open(connection: Connection) -> Result<Link, BusError> {
    let signal = || MatchRule::builder().msg_type(zbus::message::Type::Signal);
    let rule = signal().sender(NAME).path_namespace(ROOT).build().map_err(broken)?;
    let signals = MessageStream::for_match_rule(rule, &connection, None).await.map_err(broken)?;
    let (owners, speaker) = if connection.is_bus() {
        let rule = signal().sender(BUS).interface(BUS).member("NameOwnerChanged").add_arg(NAME);
        let rule = rule.build().map_err(broken)?;
        let owners = MessageStream::for_match_rule(rule, &connection, None).await.map_err(broken)?;
        (Some(owners), Speaker::Bus(Some(owner(&connection).await?)))
    } else {
        (None, Speaker::Peer)
    };
    let jobs = SharedJobs::default();
    let (out, changes) = mpsc::channel(CHANGES_MAX);
    let (reborn, mut births) = mpsc::channel(1);
    let mut tasks = JoinSet::new();
    tasks.spawn(Drain { signals, owners, speaker, jobs: jobs.clone(), out, reborn }.run());
    subscribe(&connection).await?;
    let again = connection.clone();
    tasks.spawn(async move {
        while births.recv().await.is_some() {
            // If it fails the connection is lost, and the drain says so.
            let _ = subscribe(&again).await;
        }
    });
    Ok(Link { bus: Arc::new(Connected { connection, jobs, tasks: Mutex::new(tasks) }), changes })
}

async fn owner(connection: &Connection) -> Result<String, BusError> {
    let call = connection.call_method(Some(BUS), "/org/freedesktop/DBus", Some(BUS), "GetNameOwner", &NAME);
    let reply = tokio::time::timeout(CALL_MAX, call).await.map_err(|_| BusError::Slow(CALL_MAX.as_secs()))?;
    let reply = reply.map_err(|error| BusError::NoBus { address: NAME.into(), why: plain(&error) })?;
    reply.body().deserialize::<String>().map_err(garbled)
}

async fn subscribe(connection: &Connection) -> Result<(), BusError> {
    match call(connection, ROOT, MANAGER, "Subscribe", &()).await {
        Ok(_) => Ok(()),
        Err(zbus::Error::MethodError(name, ..)) if name.as_str().ends_with(".AlreadySubscribed") => Ok(()),
        Err(error) => Err(broken(error)),
    }
}

async fn call<B>(
    connection: &Connection,
    path: &str,
    interface: &str,
    method: &str,
    body: &B,
) -> zbus::Result<Message>
where
    B: serde::Serialize + zbus::DynamicType,
{
    let limit = if method == "Reload" { RELOAD_MAX } else { CALL_MAX };
    match tokio::time::timeout(limit, connection.call_method(Some(NAME), path, Some(interface), method, body))
        .await
    {
        Ok(answer) => answer,
        Err(_) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
    }
}
