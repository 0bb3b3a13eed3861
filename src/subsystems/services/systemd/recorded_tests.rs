//! The decoding of what a real systemd (252, Debian 12) said on its bus, as `busctl -j` recorded it.

use std::{collections::HashMap, time::Duration};

use serde_json::Value;
use zbus::{ObjectPath, Variant};

use super::decode::{Bag, row, unit_of_path};
use crate::{
    domain::{Bytes, UnitName},
    subsystems::services::unit::{Active, Exit, Patch, Unit},
};

fn recorded(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/data/systemd/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// `{"type":"u","data":86}`; shapes that nobody here reads are left out.
fn variant(value: &Value) -> Option<Variant<'static>> {
    let data = &value["data"];
    Some(match value["type"].as_str()? {
        "s" | "o" => Variant::from(data.as_str()?.to_owned()),
        "b" => Variant::Bool(data.as_bool()?),
        "t" => Variant::U64(data.as_u64()?),
        "u" => Variant::U32(data.as_u64()?.try_into().ok()?),
        "i" => Variant::I32(data.as_i64()?.try_into().ok()?),
        "as" => Variant::from(
            data.as_array()?.iter().filter_map(|text| Some(text.as_str()?.to_owned())).collect::<Vec<_>>(),
        ),
        _ => return None,
    })
}

fn bag(properties: &Value) -> Bag<'_> {
    let pairs = properties.as_object().expect("properties").iter();
    Bag(pairs.filter_map(|(name, value)| Some((name.as_str(), variant(value)?))).collect::<HashMap<_, _>>())
}

#[test]
fn a_real_service_s_properties_are_read() {
    let told: Value = serde_json::from_str(&recorded("service-properties.dbus.json")).unwrap();
    let typed = bag(&told["data"][0]);
    let details = Bag::default().details(&UnitName::parse("nginx").unwrap(), &typed, 0);
    assert_eq!(details.reading.pid, Some(86));
    assert_eq!(details.reading.memory, Some(Bytes(2_387_968)));
    assert_eq!(details.reading.cpu, Some(Duration::from_nanos(11_984_773)));
    assert_eq!((details.tasks, details.memory_max), (Some(3), None), "no limit is not a number");
    assert_eq!((details.unit.result.as_deref(), details.unit.exit), (Some("success"), None));
    assert_eq!((details.unit.restarts, details.unit.oneshot), (Some(0), Some(false)));
}

#[test]
fn a_real_list_of_units_is_read_whole() {
    let told: Value = serde_json::from_str(&recorded("list-units.dbus.json")).unwrap();
    let text = |row: &Value, nth: usize| row[nth].as_str().unwrap().to_owned();
    let rows = told["data"][0].as_array().unwrap();
    let unit = |told: &Value| {
        let [name, description, load, active, sub, following] = [0, 1, 2, 3, 4, 5].map(|nth| text(told, nth));
        let none = || ObjectPath::try_from("/").unwrap();
        let told: Vec<&str> =
            [&name, &description, &load, &active, &sub, &following].map(|text| text.as_str()).into();
        row(&(told[0], told[1], told[2], told[3], told[4], told[5], none(), 0, "", none()))
    };
    let units: Vec<Unit> = rows.iter().filter_map(unit).collect();
    assert_eq!(units.len(), rows.len(), "none of these is an alias");
    let failed: Vec<&str> =
        units.iter().filter(|unit| unit.active == Active::Failed).map(|unit| unit.name.short()).collect();
    assert_eq!(failed, ["broken", "crashloop", "flaky"]);
    for told in rows {
        assert_eq!(unit_of_path(&text(told, 6)).map(String::from), Some(text(told, 0)));
    }
}

#[test]
fn a_restart_is_followed_by_its_signals() {
    let name = UnitName::parse("nginx").unwrap();
    let mut unit = Unit::new(name.clone());
    let (mut states, mut merged) = (Vec::new(), Patch::default());
    for line in recorded("signals.dbus.jsonl").lines() {
        let signal: Value = serde_json::from_str(line).unwrap();
        let path = signal["path"].as_str().unwrap();
        if signal["member"] != "PropertiesChanged" || unit_of_path(path) != Some(name.clone()) {
            continue;
        }
        let patch = bag(&signal["payload"]["data"][1]).patch();
        unit.apply(&patch);
        merged.merge(patch);
        if states.last() != Some(&(unit.active, unit.sub.clone())) {
            states.push((unit.active, unit.sub.clone()));
        }
    }
    let told: Vec<&str> = states.iter().map(|(_, sub)| sub.as_str()).collect();
    assert_eq!(told, ["", "running", "stop", "dead", "start-pre", "start", "running"]);
    assert_eq!(unit.active, Active::Active);
    // Heard at once, it comes to the same.
    let mut at_once = Unit::new(name);
    at_once.apply(&merged);
    assert_eq!((at_once.active, at_once.since, at_once.exit), (unit.active, unit.since, unit.exit));
    assert_eq!(unit.exit, None, "the run before it ended well");
    assert_eq!(Exit::of(1, 0), Some(Exit::Code(0)));
}
