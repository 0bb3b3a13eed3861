//! What is asked of systemd and done to its units over a connection: the [`Bus`] of the room.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use futures_util::future::join_all;
use tokio::task::JoinSet;
use zbus::{Connection, Message, Variant, fdo};

use super::{
    MANAGER, PROPERTIES, ROOT, UNIT, call,
    decode::{Bag, Row, full_name, interface_of, row, unit_path},
    refusals::{broken, garbled},
    signals::{SharedJobs, lock},
};
use crate::{
    domain::UnitName,
    subsystems::services::{
        bus::{Answer, Bus, BusError},
        unit::{Active, Details, JobEnd, Links, Reading, Timer, TimerRow, Unit, UnitFile, Verb},
    },
};

/// A unit stays loaded this long after its job, to be looked at.
const HELD: Duration = Duration::from_secs(2);

pub(super) struct Connected {
    pub connection: Connection,
    pub jobs: SharedJobs,
    /// The drain, the one that subscribes again, units to be let go; they end with the last user of this connection.
    pub tasks: Mutex<JoinSet<()>>,
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
