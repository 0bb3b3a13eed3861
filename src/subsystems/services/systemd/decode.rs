//! systemd's D-Bus values in our words. Pure: takes decoded variants, gives plain values. What is missing, of another
//! type, or systemd's "not set" (u64::MAX) is `None`: an older or newer systemd never breaks a screen.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;
use zbus::Variant;

use super::super::unit::{Active, Can, Details, Exit, Links, Load, Patch, Reading, Timer, Unit};
use crate::domain::{Bytes, UnitName};

const UNIT_ROOT: &str = "/org/freedesktop/systemd1/unit/";

/// The object of a unit: bytes other than letters and digits (and a digit in front) become `_xx`.
pub fn unit_path(name: &str) -> String {
    use std::fmt::Write;
    let mut path = String::with_capacity(UNIT_ROOT.len() + name.len() + 16);
    path.push_str(UNIT_ROOT);
    for (i, b) in name.bytes().enumerate() {
        if b.is_ascii_alphabetic() || (i > 0 && b.is_ascii_digit()) {
            path.push(b as char);
        } else {
            let _ = write!(path, "_{b:02x}");
        }
    }
    path
}

/// The way back; `None` for objects that are no units.
pub fn unit_of_path(path: &str) -> Option<UnitName> {
    let label = path.strip_prefix(UNIT_ROOT)?.as_bytes();
    let mut name = Vec::with_capacity(label.len());
    let mut i = 0;
    while i < label.len() {
        if label[i] == b'_' {
            let code = std::str::from_utf8(label.get(i + 1..i + 3)?).ok()?;
            name.push(u8::from_str_radix(code, 16).ok()?);
            i += 3;
        } else {
            name.push(label[i]);
            i += 1;
        }
    }
    full_name(std::str::from_utf8(&name).ok()?)
}

/// A name as systemd gives it is complete: nothing is appended.
pub fn full_name(text: &str) -> Option<UnitName> {
    UnitName::parse(text).ok().filter(|name| name.as_str() == text)
}

/// One row of ListUnits: name, description, load, active, sub, following, object, job id, job type, job object.
pub type Row<'a> = (
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    zbus::ObjectPath<'a>,
    u32,
    &'a str,
    zbus::ObjectPath<'a>,
);

/// `None` for aliases of devices and for names that systemd itself would refuse.
pub fn row(row: &Row<'_>) -> Option<Unit> {
    let &(name, description, load, active, sub, following, ..) = row;
    following.is_empty().then_some(())?;
    Some(Unit {
        description: description.to_owned(),
        load: Load::parse(load),
        active: Active::parse(active),
        sub: sub.to_owned(),
        ..Unit::new(full_name(name)?)
    })
}

/// Properties by name, as GetAll and PropertiesChanged give them.
#[derive(Debug, Default)]
pub struct Bag<'a>(pub HashMap<&'a str, Variant<'a>>);

impl Bag<'_> {
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Variant::Str(text) => Some(text.as_str()),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Variant::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        number(self.0.get(name)?)
    }

    pub fn signed(&self, name: &str) -> Option<i32> {
        match self.0.get(name)? {
            Variant::I32(n) => Some(*n),
            _ => None,
        }
    }

    fn units(&self, names: &[&str]) -> Vec<UnitName> {
        let mut found: Vec<UnitName> = Vec::new();
        for name in names {
            let Some(Variant::Array(list)) = self.0.get(*name) else { continue };
            for item in list.inner() {
                if let Variant::Str(text) = item
                    && let Some(unit) = full_name(text.as_str())
                    && !found.contains(&unit)
                {
                    found.push(unit);
                }
            }
        }
        found
    }

    fn exit(&self) -> Option<Option<Exit>> {
        Some(Exit::of(self.signed("ExecMainCode")?, self.signed("ExecMainStatus")?))
    }

    /// What a signal or a full read says of state, whichever interface it is of.
    pub fn patch(&self) -> Patch {
        let invocation = match self.0.get("InvocationID") {
            Some(Variant::Array(bytes)) => {
                let bytes: Option<Vec<u8>> = bytes
                    .inner()
                    .iter()
                    .map(|b| if let Variant::U8(b) = b { Some(*b) } else { None })
                    .collect();
                bytes.and_then(|bytes| bytes.try_into().ok())
            }
            _ => None,
        };
        Patch {
            active: self.text("ActiveState").map(Active::parse),
            sub: self.text("SubState").map(str::to_owned),
            since: self.0.get("StateChangeTimestamp").map(timestamp),
            result: self.text("Result").map(str::to_owned),
            exit: self.exit(),
            restarts: self.number("NRestarts").and_then(|n| u32::try_from(n).ok()),
            invocation,
            // systemd also says "no" for units that never were started: the time tells those apart.
            condition_met: self
                .number("ConditionTimestamp")
                .filter(|us| *us > 0)
                .and_then(|_| self.flag("ConditionResult")),
        }
    }

    /// `typed` are the properties of the unit's own type (Service, Timer, …).
    pub fn reading(&self, typed: &Bag<'_>) -> Reading {
        let mut patch = self.patch();
        patch.merge(typed.patch());
        Reading {
            patch,
            active_since: self.0.get("ActiveEnterTimestamp").and_then(timestamp),
            oneshot: typed.text("Type").map(|kind| kind == "oneshot"),
            pid: typed.number("MainPID").and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 0),
            memory: typed.number("MemoryCurrent").map(Bytes),
            cpu: typed.number("CPUUsageNSec").map(Duration::from_nanos),
        }
    }

    pub fn links(&self) -> Links {
        Links {
            stop_with_it: self.units(&[
                "RequiredBy",
                "RequisiteOf",
                "BoundBy",
                "ConsistsOf",
                "PropagatesStopTo",
            ]),
            wanted_by: self.units(&["WantedBy", "UpheldBy"]),
            triggered_by: self.units(&["TriggeredBy"]),
            triggers: self.units(&["Triggers"]),
            needs: self.units(&["Requires", "Requisite", "BindsTo"]),
        }
    }

    /// `offset_us` turns monotonic time into time of day.
    pub fn timer(&self, offset_us: i64) -> Timer {
        let real = self.0.get("NextElapseUSecRealtime").and_then(timestamp);
        let mono = self
            .number("NextElapseUSecMonotonic")
            .filter(|us| *us > 0)
            .and_then(|us| i64::try_from(us).ok()?.checked_add(offset_us))
            .and_then(|us| Timestamp::from_microsecond(us).ok());
        Timer {
            next: [real, mono].into_iter().flatten().min(),
            last: self.0.get("LastTriggerUSec").and_then(timestamp),
        }
    }

    pub fn details(&self, name: &UnitName, typed: &Bag<'_>, offset_us: i64) -> Details {
        let reading = self.reading(typed);
        let mut unit = Unit {
            description: self.text("Description").unwrap_or_default().to_owned(),
            load: self.text("LoadState").map(Load::parse).unwrap_or_default(),
            oneshot: reading.oneshot,
            ..Unit::new(name.clone())
        };
        unit.apply(&reading.patch);
        let may =
            |can: &str, refused: &str| self.flag(can).unwrap_or(true) && !self.flag(refused).unwrap_or(false);
        Details {
            load_error: self.load_error(),
            file_state: self.text("UnitFileState").unwrap_or_default().to_owned(),
            memory_max: typed.number("MemoryMax").or_else(|| typed.number("MemoryLimit")).map(Bytes),
            tasks: typed.number("TasksCurrent"),
            says: typed.text("StatusText").filter(|text| !text.is_empty()).map(str::to_owned),
            can: Can {
                start: may("CanStart", "RefuseManualStart"),
                stop: may("CanStop", "RefuseManualStop"),
                reload: self.flag("CanReload").unwrap_or(false),
            },
            needs_reload: self.flag("NeedDaemonReload").unwrap_or(false),
            links: self.links(),
            timer: name.as_str().ends_with(".timer").then(|| typed.timer(offset_us)),
            unit,
            reading,
        }
    }

    /// LoadError is (name, text), both empty where all is well.
    fn load_error(&self) -> Option<String> {
        let Variant::Structure(pair) = self.0.get("LoadError")? else { return None };
        match pair.fields() {
            [_, Variant::Str(text)] if !text.is_empty() => Some(text.to_string()),
            _ => None,
        }
    }
}

/// Unsigned numbers; u64::MAX is systemd's "not set" or "no limit".
pub fn number(value: &Variant<'_>) -> Option<u64> {
    match value {
        Variant::U64(u64::MAX) => None,
        Variant::U64(n) => Some(*n),
        Variant::U32(n) => Some(u64::from(*n)),
        Variant::U16(n) => Some(u64::from(*n)),
        Variant::U8(n) => Some(u64::from(*n)),
        _ => None,
    }
}

/// Microseconds since 1970; 0 is "never".
pub fn timestamp(value: &Variant<'_>) -> Option<Timestamp> {
    let us = number(value).filter(|us| *us > 0)?;
    Timestamp::from_microsecond(i64::try_from(us).ok()?).ok()
}

/// The interface with the properties of a unit's own type.
pub fn interface_of(unit: &UnitName) -> &'static str {
    match unit.as_str().rsplit_once('.').map(|(_, kind)| kind) {
        Some("socket") => "org.freedesktop.systemd1.Socket",
        Some("timer") => "org.freedesktop.systemd1.Timer",
        Some("mount") => "org.freedesktop.systemd1.Mount",
        Some("automount") => "org.freedesktop.systemd1.Automount",
        Some("swap") => "org.freedesktop.systemd1.Swap",
        Some("path") => "org.freedesktop.systemd1.Path",
        Some("slice") => "org.freedesktop.systemd1.Slice",
        Some("scope") => "org.freedesktop.systemd1.Scope",
        Some("device") => "org.freedesktop.systemd1.Device",
        Some("target") => "org.freedesktop.systemd1.Target",
        _ => "org.freedesktop.systemd1.Service",
    }
}
