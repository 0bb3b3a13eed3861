//! systemd over D-Bus: the real [`Systemd`]. This folder alone names zbus.
//!
//! A connection has one task that empties its streams (`signals.rs`) and any number of callers, each with a deadline.
//! Never retries and never polls: a lost connection ends its `changes`, and the actor asks for a new one. systemd's own
//! socket (`/run/systemd/private`), which would work while the bus is away, is no way: zbus refuses its messages, as
//! they name a well-known name for their sender.

pub mod decode;
#[cfg(test)]
mod recorded_tests;
#[cfg(test)]
mod served_tests;
mod signals;

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::{BoxFuture, join_all};
use tokio::{sync::mpsc, task::JoinSet};
use zbus::{Connection, MatchRule, Message, MessageStream, Variant, connection::Builder, fdo};

use self::{
    decode::{Bag, Row, full_name, interface_of, row, unit_path},
    signals::{Drain, SharedJobs, Speaker, lock},
};
use super::{
    bus::{Answer, Bus, BusError, Link, Systemd},
    unit::{Active, Details, JobEnd, Links, Reading, Timer, TimerRow, Unit, UnitFile, Verb},
};
use crate::domain::UnitName;

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
/// A unit stays loaded this long after its job, to be looked at.
const HELD: Duration = Duration::from_secs(2);
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

struct Connected {
    connection: Connection,
    jobs: SharedJobs,
    /// The drain, the one that subscribes again, units to be let go; they end with the last user of this connection.
    tasks: Mutex<JoinSet<()>>,
}

impl Connected {
    async fn manager<B>(&self, method: &str, body: &B) -> Result<Message, BusError>
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        call(&self.connection, ROOT, MANAGER, method, body).await.map_err(broken)
    }

    /// A unit that has no such interface has no such properties.
    async fn all(&self, path: &str, interface: &str) -> Result<Option<Message>, BusError> {
        match call(&self.connection, path, PROPERTIES, "GetAll", &interface).await {
            Ok(message) => Ok(Some(message)),
            Err(zbus::Error::FDO(error))
                if matches!(*error, fdo::Error::UnknownInterface(_) | fdo::Error::UnknownProperty(_)) =>
            {
                Ok(None)
            }
            Err(error) => Err(broken(error)),
        }
    }

    async fn rows<B>(&self, method: &str, body: &B) -> Result<Vec<Unit>, BusError>
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        let reply = self.manager(method, body).await?;
        let body = reply.body();
        let rows = body.deserialize::<Vec<Row<'_>>>().map_err(garbled)?;
        Ok(rows.iter().filter_map(row).collect())
    }

    /// What a list needs, property by property: the full read has 303 of them.
    async fn reading(&self, unit: &UnitName) -> Result<Reading, BusError> {
        const OF_UNIT: [&str; 4] =
            ["StateChangeTimestamp", "ActiveEnterTimestamp", "ActiveState", "SubState"];
        const OF_TYPE: [&str; 8] = [
            "MemoryCurrent",
            "CPUUsageNSec",
            "NRestarts",
            "MainPID",
            "Result",
            "ExecMainCode",
            "ExecMainStatus",
            "Type",
        ];
        let path = unit_path(unit.as_str());
        let typed = interface_of(unit);
        let wanted =
            OF_UNIT.iter().map(|name| (UNIT, *name)).chain(OF_TYPE.iter().map(|name| (typed, *name)));
        let replies = join_all(wanted.map(async |(interface, name)| {
            (name, call(&self.connection, &path, PROPERTIES, "Get", &(interface, name)).await)
        }))
        .await;
        let (mut of_unit, mut of_type) = (Bag::default(), Bag::default());
        let mut bodies = Vec::with_capacity(replies.len());
        for (name, reply) in replies {
            match reply {
                Ok(reply) => bodies.push((name, reply.body())),
                // Not every type has every property.
                Err(zbus::Error::FDO(_) | zbus::Error::MethodError(..)) => {}
                Err(error) => return Err(broken(error)),
            }
        }
        for (name, body) in &bodies {
            let Ok(value) = body.deserialize::<Variant<'_>>() else { continue };
            let bag = if OF_UNIT.contains(name) { &mut of_unit } else { &mut of_type };
            bag.0.insert(name, value);
        }
        Ok(of_unit.reading(&of_type))
    }

    async fn timer(&self, unit: Unit, offset_us: i64) -> Result<TimerRow, BusError> {
        let path = unit_path(unit.name.as_str());
        let (own, typed) = tokio::try_join!(
            call_get(&self.connection, &path, UNIT, "Triggers"),
            self.all(&path, "org.freedesktop.systemd1.Timer")
        )?;
        let activates = own.and_then(|reply| {
            let body = reply.body();
            let value = body.deserialize::<Variant<'_>>().ok()?;
            let Variant::Array(list) = &value else { return None };
            match list.inner().first() {
                Some(Variant::Str(name)) => full_name(name.as_str()),
                _ => None,
            }
        });
        let timer = match &typed {
            Some(reply) => bag(&reply.body(), |bag| bag.timer(offset_us))?,
            None => Timer::default(),
        };
        Ok(TimerRow { name: unit.name, active: unit.active, activates, timer })
    }

    async fn job(&self, method: &str, unit: &UnitName) -> Result<JobEnd, BusError> {
        // Held for a moment: a unit that was passed over or ran once is unloaded as its job ends, and with it goes
        // all that could be read of it. Not allowed for everybody: never mind.
        let held = self.manager("RefUnit", &unit.as_str()).await.is_ok();
        let end = self.carry(method, unit).await;
        if held {
            self.let_go(unit.clone());
        }
        end
    }

    fn let_go(&self, unit: UnitName) {
        let connection = self.connection.clone();
        let mut tasks = self.tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            tokio::time::sleep(HELD).await;
            // With the connection it is let go anyway.
            let _ = call(&connection, ROOT, MANAGER, "UnrefUnit", &unit.as_str()).await;
        });
    }

    async fn carry(&self, method: &str, unit: &UnitName) -> Result<JobEnd, BusError> {
        let reply = self.manager(method, &(unit.as_str(), "replace")).await?;
        let body = reply.body();
        let job = body.deserialize::<zbus::ObjectPath<'_>>().map_err(garbled)?;
        let end = lock(&self.jobs).wait_for(job.as_str());
        end.await.map_err(|_| BusError::Lost)
    }

    async fn enable(&self, unit: &UnitName) -> Result<JobEnd, BusError> {
        let reply = self.manager("EnableUnitFiles", &(vec![unit.as_str()], false, false)).await?;
        let body = reply.body();
        let (has_install, _) = body.deserialize::<(bool, Vec<(&str, &str, &str)>)>().map_err(garbled)?;
        if !has_install {
            return Err(BusError::NoInstall(unit.clone()));
        }
        self.manager("Reload", &()).await?;
        Ok(JobEnd::Done)
    }
}

async fn call_get(
    connection: &Connection,
    path: &str,
    interface: &str,
    name: &str,
) -> Result<Option<Message>, BusError> {
    match call(connection, path, PROPERTIES, "Get", &(interface, name)).await {
        Ok(message) => Ok(Some(message)),
        Err(zbus::Error::FDO(_)) => Ok(None),
        Err(error) => Err(broken(error)),
    }
}

impl Bus for Connected {
    fn version(&self) -> Answer<'_, String> {
        Box::pin(async {
            let reply = call_get(&self.connection, ROOT, MANAGER, "Version").await?;
            let reply = reply.ok_or_else(|| BusError::Garbled("no version".into()))?;
            let body = reply.body();
            match body.deserialize::<Variant<'_>>().map_err(garbled)? {
                Variant::Str(text) => Ok(text.to_string()),
                other => Err(BusError::Garbled(format!("{other:?}"))),
            }
        })
    }

    fn units(&self) -> Answer<'_, Vec<Unit>> {
        Box::pin(self.rows("ListUnits", &()))
    }

    fn loaded<'a>(&'a self, names: &'a [UnitName]) -> Answer<'a, Vec<Unit>> {
        Box::pin(async move {
            // As patterns: the list by names would load what is not loaded. A unit name has no pattern's sign in it.
            let names: Vec<&str> = names.iter().map(UnitName::as_str).collect();
            self.rows("ListUnitsByPatterns", &(Vec::<&str>::new(), names)).await
        })
    }

    fn inspect<'a>(&'a self, names: &'a [UnitName]) -> Answer<'a, Vec<Unit>> {
        Box::pin(async move {
            let names: Vec<&str> = names.iter().map(UnitName::as_str).collect();
            self.rows("ListUnitsByNames", &names).await
        })
    }

    fn readings<'a>(&'a self, names: &'a [UnitName]) -> Answer<'a, Vec<Reading>> {
        Box::pin(
            async move { join_all(names.iter().map(|name| self.reading(name))).await.into_iter().collect() },
        )
    }

    fn details<'a>(&'a self, unit: &'a UnitName) -> Answer<'a, Details> {
        Box::pin(async move {
            let path = unit_path(unit.as_str());
            let (own, typed) = tokio::try_join!(self.all(&path, UNIT), self.all(&path, interface_of(unit)))?;
            let own = own.ok_or_else(|| BusError::NoSuchUnit(unit.clone()))?;
            let offset = offset_us();
            match typed {
                Some(typed) => {
                    let typed = typed.body();
                    bag(&own.body(), |own| bag(&typed, |typed| own.details(unit, typed, offset)))?
                }
                None => bag(&own.body(), |own| own.details(unit, &Bag::default(), offset)),
            }
        })
    }

    fn links<'a>(&'a self, unit: &'a UnitName) -> Answer<'a, Links> {
        Box::pin(async move {
            let reply = self.all(&unit_path(unit.as_str()), UNIT).await?;
            let reply = reply.ok_or_else(|| BusError::NoSuchUnit(unit.clone()))?;
            bag(&reply.body(), |own| own.links())
        })
    }

    fn files(&self) -> Answer<'_, Vec<UnitFile>> {
        Box::pin(async {
            let reply =
                self.manager("ListUnitFilesByPatterns", &(Vec::<&str>::new(), vec!["*.service"])).await?;
            let body = reply.body();
            let rows = body.deserialize::<Vec<(&str, &str)>>().map_err(garbled)?;
            let file = |(path, state): &(&str, &str)| {
                let name = full_name(path.rsplit('/').next()?)?;
                // A template is no unit, and an alias is another's name.
                let is_template = name.as_str().contains("@.");
                (!is_template && *state != "alias").then(|| UnitFile { name, state: (*state).to_owned() })
            };
            Ok(rows.iter().filter_map(file).collect())
        })
    }

    fn timers(&self) -> Answer<'_, Vec<TimerRow>> {
        Box::pin(async {
            let units = self.rows("ListUnitsByPatterns", &(Vec::<&str>::new(), vec!["*.timer"])).await?;
            let offset = offset_us();
            let units = units.into_iter().filter(|unit| unit.active != Active::Inactive);
            join_all(units.map(|unit| self.timer(unit, offset))).await.into_iter().collect()
        })
    }

    fn act<'a>(&'a self, verb: Verb, unit: &'a UnitName) -> Answer<'a, JobEnd> {
        Box::pin(async move {
            match verb {
                Verb::Start => self.job("StartUnit", unit).await,
                Verb::Stop => self.job("StopUnit", unit).await,
                Verb::Restart => self.job("RestartUnit", unit).await,
                Verb::Reload => self.job("ReloadUnit", unit).await,
                Verb::Enable => self.enable(unit).await,
                Verb::Disable => {
                    self.manager("DisableUnitFiles", &(vec![unit.as_str()], false)).await?;
                    self.manager("Reload", &()).await?;
                    Ok(JobEnd::Done)
                }
                Verb::ResetFailed => {
                    self.manager("ResetFailedUnit", &unit.as_str()).await?;
                    Ok(JobEnd::Done)
                }
            }
        })
    }
}

/// Reads a GetAll answer while its bytes are held.
fn bag<T>(body: &zbus::message::Body, read: impl FnOnce(&Bag<'_>) -> T) -> Result<T, BusError> {
    body.deserialize::<HashMap<&str, Variant<'_>>>().map(|values| read(&Bag(values))).map_err(garbled)
}

/// Time of day minus monotonic time, microseconds, now: systemd tells some timers in monotonic time.
fn offset_us() -> i64 {
    let us = |clock| {
        let time = rustix::time::clock_gettime(clock);
        time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    };
    us(rustix::time::ClockId::Realtime) - us(rustix::time::ClockId::Monotonic)
}

/// An error's innermost words, without the library's frame around them.
fn plain(error: &zbus::Error) -> String {
    match error {
        zbus::Error::Connection(io, _) | zbus::Error::InputOutput(io) => io.to_string(),
        zbus::Error::MethodError(_, Some(text), _) => text.clone(),
        other => other.to_string(),
    }
}

fn garbled(error: zbus::Error) -> BusError {
    BusError::Garbled(error.to_string())
}

fn broken(error: zbus::Error) -> BusError {
    match &error {
        zbus::Error::MethodError(name, text, _) => refusal(name.as_str(), text.clone().unwrap_or_default()),
        zbus::Error::FDO(inner) => match &**inner {
            fdo::Error::AccessDenied(text)
            | fdo::Error::AuthFailed(text)
            | fdo::Error::InteractiveAuthorizationRequired(text) => BusError::Denied(text.clone()),
            fdo::Error::NoReply(_) | fdo::Error::Disconnected(_) => BusError::Lost,
            fdo::Error::Timeout(_) | fdo::Error::TimedOut(_) => BusError::Slow(CALL_MAX.as_secs()),
            fdo::Error::ServiceUnknown(text) | fdo::Error::NameHasNoOwner(text) => {
                BusError::NoBus { address: NAME.into(), why: text.clone() }
            }
            other => BusError::Refused(other.to_string()),
        },
        zbus::Error::InputOutput(io) if io.kind() == std::io::ErrorKind::TimedOut => {
            BusError::Slow(CALL_MAX.as_secs())
        }
        zbus::Error::InputOutput(_) => BusError::Lost,
        _ => BusError::Garbled(error.to_string()),
    }
}

/// systemd's own errors, by the end of their names.
fn refusal(name: &str, text: String) -> BusError {
    // "Unit nginx.service not found."
    let unit = || text.split_whitespace().find_map(|word| full_name(word.trim_end_matches(['.', ','])));
    match (name.rsplit('.').next().unwrap_or(name), unit()) {
        ("NoSuchUnit", Some(unit)) => BusError::NoSuchUnit(unit),
        ("UnitMasked", Some(unit)) => BusError::Masked(unit),
        _ => BusError::Refused(text),
    }
}
