//! `org.freedesktop.systemd1` made of the simulated world, as far as the adapter asks for it.

use std::{collections::HashMap, sync::Arc};

use futures_util::{StreamExt, future::poll_immediate};
use tokio::task::JoinSet;
use zbus::{Connection, Message, MessageStream, ObjectPath, Variant};

use crate::{
    domain::UnitName,
    subsystems::services::{
        bus::{Bus, BusError, Changes, Link, Systemd},
        contract_tests::name,
        systemd::{
            MANAGER, PROPERTIES, ROOT, UNIT,
            decode::{interface_of, unit_of_path, unit_path},
        },
        systemd_fake::World,
        unit::{Active, Details, Exit, JobEnd, Load, Unit, Verb},
    },
};

pub(super) type Bag = HashMap<&'static str, Variant<'static>>;

const JOB: &str = "/org/freedesktop/systemd1/job/";

/// Answers as systemd does, until the connection ends or the world's bus goes away.
pub(super) async fn serve(connection: Connection, world: World) {
    let Ok(Link { bus, mut changes }) = world.connect().await else { return };
    let mut calls = MessageStream::from(&connection);
    let mut acts = JoinSet::new();
    let mut jobs = 0;
    loop {
        tokio::select! {
            call = calls.next() => {
                let Some(Ok(call)) = call else { return };
                if call.message_type() != zbus::message::Type::MethodCall {
                    continue;
                }
                jobs += 1;
                acts.spawn(answer(connection.clone(), bus.clone(), call, jobs));
            }
            heard = changes.recv() => match heard {
                Some(changes) => tell(&connection, &bus, changes).await,
                None => {
                    let _ = connection.close().await;
                    return;
                }
            },
            Some(_) = acts.join_next() => {}
        }
    }
}

async fn answer(connection: Connection, bus: Arc<dyn Bus>, call: Message, job: u32) {
    let header = call.header();
    let path = header.path().unwrap().to_string();
    let (interface, member) = (header.interface().unwrap().to_string(), header.member().unwrap().to_string());
    let body = call.body();
    let reply = match (interface.as_str(), member.as_str()) {
        (MANAGER, "Subscribe") => {
            connection.reply_error(&header, "org.freedesktop.systemd1.AlreadySubscribed", &"twice").await
        }
        (MANAGER, "Reload" | "UnrefUnit") => connection.reply(&header, &()).await,
        (MANAGER, "RefUnit") => {
            connection.reply_error(&header, "org.freedesktop.DBus.Error.AccessDenied", &"not for you").await
        }
        (MANAGER, "ListUnits") => connection.reply(&header, &rows(bus.units().await.unwrap())).await,
        (MANAGER, "ListUnitsByPatterns") => {
            let (_, patterns): (Vec<String>, Vec<String>) = body.deserialize().unwrap();
            let fits = |unit: &Unit| {
                patterns.iter().any(|p| {
                    p == unit.name.as_str()
                        || p.strip_prefix('*').is_some_and(|end| unit.name.as_str().ends_with(end))
                })
            };
            let units = bus.units().await.unwrap().into_iter().filter(fits).collect();
            connection.reply(&header, &rows(units)).await
        }
        (MANAGER, "ListUnitsByNames") => {
            let names: Vec<String> = body.deserialize().unwrap();
            let names: Vec<UnitName> = names.iter().map(|text| name(text)).collect();
            connection.reply(&header, &rows(bus.inspect(&names).await.unwrap())).await
        }
        (MANAGER, "ListUnitFilesByPatterns") => {
            let files = bus.files().await.unwrap();
            let mut files: Vec<(String, String)> = files
                .into_iter()
                .map(|file| (format!("/etc/systemd/system/{}", file.name), file.state))
                .collect();
            files.push(("/lib/systemd/system/getty@.service".into(), "enabled".into()));
            files.push(("/lib/systemd/system/www.service".into(), "alias".into()));
            connection.reply(&header, &files).await
        }
        (MANAGER, "EnableUnitFiles" | "DisableUnitFiles") => {
            let unit = if member == "EnableUnitFiles" {
                body.deserialize::<(Vec<String>, bool, bool)>().unwrap().0
            } else {
                body.deserialize::<(Vec<String>, bool)>().unwrap().0
            };
            let verb = if member == "EnableUnitFiles" { Verb::Enable } else { Verb::Disable };
            let none = Vec::<(String, String, String)>::new();
            match bus.act(verb, &name(&unit[0])).await {
                Ok(_) if verb == Verb::Enable => connection.reply(&header, &(true, none)).await,
                Ok(_) => connection.reply(&header, &(none,)).await,
                Err(BusError::NoInstall(_)) => connection.reply(&header, &(false, none)).await,
                Err(error) => refuse(&connection, &call, &error).await,
            }
        }
        (MANAGER, "ResetFailedUnit") => {
            let unit: String = body.deserialize().unwrap();
            bus.act(Verb::ResetFailed, &name(&unit)).await.unwrap();
            connection.reply(&header, &()).await
        }
        (MANAGER, verb @ ("StartUnit" | "StopUnit" | "RestartUnit" | "ReloadUnit")) => {
            let verb = match verb {
                "StartUnit" => Verb::Start,
                "StopUnit" => Verb::Stop,
                "RestartUnit" => Verb::Restart,
                _ => Verb::Reload,
            };
            let (unit, _): (String, String) = body.deserialize().unwrap();
            return carry(&connection, &*bus, &call, verb, &unit, job).await;
        }
        (PROPERTIES, "GetAll") => {
            let of: String = body.deserialize().unwrap();
            match properties(&*bus, &path, &of).await {
                Some(bag) => connection.reply(&header, &bag).await,
                None => {
                    let error = "org.freedesktop.DBus.Error.UnknownInterface";
                    connection.reply_error(&header, error, &"Unknown interface.").await
                }
            }
        }
        (PROPERTIES, "Get") => {
            let (of, property): (String, String) = body.deserialize().unwrap();
            let mut bag = properties(&*bus, &path, &of).await.unwrap_or_default();
            match bag.remove(property.as_str()) {
                Some(value) => connection.reply(&header, &value).await,
                None => {
                    let error = "org.freedesktop.DBus.Error.UnknownProperty";
                    connection.reply_error(&header, error, &"Unknown property.").await
                }
            }
        }
        other => panic!("the adapter asked for {other:?}"),
    };
    // The adapter may be gone already.
    let _ = reply;
}

/// The answer names the job; its end is a signal. A refusal comes at once.
async fn carry(connection: &Connection, bus: &dyn Bus, call: &Message, verb: Verb, unit: &str, job: u32) {
    let unit = name(unit);
    let mut act = bus.act(verb, &unit);
    let early = poll_immediate(&mut act).await;
    if let Some(Err(error)) = &early {
        let _ = refuse(connection, call, error).await;
        return;
    }
    let path = ObjectPath::try_from(format!("{JOB}{job}")).unwrap();
    let _ = connection.reply(&call.header(), &path).await;
    let end = match early {
        Some(end) => end,
        None => act.await,
    };
    let word = match end {
        Ok(JobEnd::Done) => "done",
        _ => "failed",
    };
    let _ = signal(connection, ROOT, MANAGER, "JobRemoved", &(job, path, unit.as_str(), word)).await;
}

async fn refuse(connection: &Connection, call: &Message, error: &BusError) -> zbus::Result<()> {
    let (name, text) = match error {
        BusError::NoSuchUnit(unit) => {
            ("org.freedesktop.systemd1.NoSuchUnit", format!("Unit {unit} not found."))
        }
        BusError::Masked(unit) => ("org.freedesktop.systemd1.UnitMasked", format!("Unit {unit} is masked.")),
        BusError::Denied(why) => ("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", why.clone()),
        other => ("org.freedesktop.systemd1.OnlyByDependency", other.to_string()),
    };
    connection.reply_error(&call.header(), name, &text).await
}

type SentRow =
    (String, String, String, String, String, String, ObjectPath<'static>, u32, String, ObjectPath<'static>);

fn rows(units: Vec<Unit>) -> Vec<SentRow> {
    let row = |unit: Unit| {
        let path = ObjectPath::try_from(unit_path(unit.name.as_str())).unwrap();
        let none = ObjectPath::from_static_str("/").unwrap();
        let (active, load) = (active_word(unit.active), load_word(unit.load));
        let (name, sub) = (unit.name.to_string(), unit.sub);
        (name, unit.description, load.into(), active.into(), sub, String::new(), path, 0, String::new(), none)
    };
    // And one that systemd lists under another unit's name.
    let following = Unit::new(name("sys-devices-virtual.device"));
    let mut rows: Vec<SentRow> = units.into_iter().map(row).collect();
    let mut alias = row(following);
    alias.5 = "other.device".into();
    rows.push(alias);
    rows
}

fn active_word(active: Active) -> &'static str {
    match active {
        Active::Active => "active",
        Active::Reloading => "reloading",
        Active::Inactive => "inactive",
        Active::Failed => "failed",
        Active::Activating => "activating",
        Active::Deactivating => "deactivating",
        Active::Other => "maintenance",
    }
}

fn load_word(load: Load) -> &'static str {
    match load {
        Load::Loaded => "loaded",
        Load::NotFound => "not-found",
        Load::Masked => "masked",
        Load::Broken => "bad-setting",
    }
}

fn us(at: Option<jiff::Timestamp>) -> Variant<'static> {
    Variant::U64(at.map_or(0, |at| at.as_microsecond().unsigned_abs()))
}

pub(super) fn text(text: &str) -> Variant<'static> {
    Variant::from(text.to_owned())
}

fn names(units: &[UnitName]) -> Variant<'static> {
    Variant::from(units.iter().map(UnitName::to_string).collect::<Vec<String>>())
}

async fn properties(bus: &dyn Bus, path: &str, interface: &str) -> Option<Bag> {
    if (path, interface) == (ROOT, MANAGER) {
        return Some(Bag::from([("Version", text("252.38-1~deb12u1"))]));
    }
    let unit = unit_of_path(path)?;
    let details = bus.details(&unit).await.ok()?;
    match interface {
        UNIT => Some(of_unit(&details)),
        own if own == interface_of(&unit) && own.ends_with(".Service") => Some(of_service(&details)),
        own if own == interface_of(&unit) && own.ends_with(".Timer") => {
            let timer = details.timer.unwrap_or_default();
            Some(Bag::from([
                ("NextElapseUSecRealtime", us(timer.next)),
                ("NextElapseUSecMonotonic", Variant::U64(0)),
                ("LastTriggerUSec", us(timer.last)),
                ("Result", text("success")),
            ]))
        }
        own if own == interface_of(&unit) => Some(Bag::from([("Result", text("success"))])),
        _ => None,
    }
}

fn of_unit(details: &Details) -> Bag {
    let unit = &details.unit;
    let error = details.load_error.clone();
    let invocation = details.reading.patch.invocation.unwrap_or_default();
    let mut bag = state_of_unit(details);
    bag.extend([
        ("Id", text(unit.name.as_str())),
        ("Description", text(&unit.description)),
        ("LoadState", text(load_word(unit.load))),
        ("UnitFileState", text(&details.file_state)),
        ("ActiveEnterTimestamp", us(details.reading.active_since)),
        ("CanStart", Variant::Bool(details.can.start)),
        ("CanStop", Variant::Bool(details.can.stop)),
        ("CanReload", Variant::Bool(details.can.reload)),
        ("RefuseManualStart", Variant::Bool(false)),
        ("RefuseManualStop", Variant::Bool(false)),
        ("NeedDaemonReload", Variant::Bool(false)),
        ("ConditionResult", Variant::Bool(true)),
        ("ConditionTimestamp", us(unit.since)),
        ("InvocationID", Variant::from(invocation.to_vec())),
        ("RequiredBy", names(&details.links.stop_with_it)),
        // Twice the same: said once.
        ("BoundBy", names(&details.links.stop_with_it)),
        ("WantedBy", names(&details.links.wanted_by)),
        ("TriggeredBy", names(&details.links.triggered_by)),
        ("Triggers", names(&details.links.triggers)),
        ("Requires", names(&details.links.needs)),
        // Bound as well as required: said once.
        ("BindsTo", names(&details.links.needs)),
        (
            "LoadError",
            Variant::from(match error {
                Some(why) => ("org.freedesktop.systemd1.NoSuchUnit".to_owned(), why),
                None => (String::new(), String::new()),
            }),
        ),
    ]);
    bag
}

fn state_of_unit(details: &Details) -> Bag {
    let unit = &details.unit;
    let invocation = details.reading.patch.invocation.unwrap_or_default();
    Bag::from([
        ("ActiveState", text(active_word(unit.active))),
        ("SubState", text(&unit.sub)),
        ("StateChangeTimestamp", us(unit.since)),
        ("InvocationID", Variant::from(invocation.to_vec())),
    ])
}

fn of_service(details: &Details) -> Bag {
    let (unit, reading) = (&details.unit, &details.reading);
    let (code, status) = match unit.exit {
        None => (0, 0),
        Some(Exit::Code(code)) => (1, code),
        Some(Exit::Signal { number, dumped: false }) => (2, number),
        Some(Exit::Signal { number, dumped: true }) => (3, number),
    };
    Bag::from([
        ("Type", text(if unit.oneshot == Some(true) { "oneshot" } else { "simple" })),
        ("MainPID", Variant::U32(reading.pid.unwrap_or(0))),
        ("MemoryCurrent", Variant::U64(reading.memory.map_or(u64::MAX, |bytes| bytes.0))),
        ("MemoryMax", Variant::U64(u64::MAX)),
        ("TasksCurrent", Variant::U64(details.tasks.unwrap_or(u64::MAX))),
        (
            "CPUUsageNSec",
            Variant::U64(reading.cpu.map_or(u64::MAX, |cpu| u64::try_from(cpu.as_nanos()).unwrap())),
        ),
        ("NRestarts", Variant::U32(unit.restarts.unwrap_or(0))),
        ("Result", text(unit.result.as_deref().unwrap_or("success"))),
        ("ExecMainCode", Variant::I32(code)),
        ("ExecMainStatus", Variant::I32(status)),
        ("StatusText", text("")),
    ])
}

/// As systemd does: what is of the type first, then what is of all units, in two signals.
async fn tell(connection: &Connection, bus: &Arc<dyn Bus>, changes: Changes) {
    for unit in changes.patches.keys() {
        let Ok(details) = bus.details(unit).await else { continue };
        let path = unit_path(unit.as_str());
        let typed = (interface_of(unit), of_service(&details), Vec::<&str>::new());
        let _ = signal(connection, &path, PROPERTIES, "PropertiesChanged", &typed).await;
        let own = (UNIT, state_of_unit(&details), vec!["Conditions"]);
        let _ = signal(connection, &path, PROPERTIES, "PropertiesChanged", &own).await;
    }
    for (member, units) in [("UnitNew", &changes.appeared), ("UnitRemoved", &changes.gone)] {
        for unit in units {
            let path = ObjectPath::try_from(unit_path(unit.as_str())).unwrap();
            let _ = signal(connection, ROOT, MANAGER, member, &(unit.as_str(), path)).await;
        }
    }
    if changes.relist {
        let _ = signal(connection, ROOT, MANAGER, "Reloading", &true).await;
        // All units go and come back meanwhile.
        let path = ObjectPath::try_from(unit_path("nginx.service")).unwrap();
        let _ = signal(connection, ROOT, MANAGER, "UnitRemoved", &("nginx.service", path)).await;
        let _ = signal(connection, ROOT, MANAGER, "Reloading", &false).await;
    }
    if changes.files {
        let _ = signal(connection, ROOT, MANAGER, "UnitFilesChanged", &()).await;
    }
}

async fn signal<B>(
    connection: &Connection,
    path: &str,
    interface: &str,
    member: &str,
    body: &B,
) -> zbus::Result<()>
where
    B: serde::Serialize + zbus::DynamicType,
{
    connection.emit_signal(None::<zbus::names::BusName<'_>>, path, interface, member, body).await
}
