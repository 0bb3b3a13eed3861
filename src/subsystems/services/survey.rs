//! Readings of many units at once, as the actor's tasks make them. No state: what is read goes back as a message.

use std::collections::BTreeMap;

use super::{
    bus::{Bus, BusError},
    config::Patterns,
    unit::{Active, Unit},
};
use crate::domain::UnitName;

/// Units whose details are read with a list: the watched and the failed. More than these surely are not looked at.
const READ_MAX: usize = 200;

/// All units, with since when and why for those that are watched or failed. Watched names that are not loaded are
/// looked at too, so that "not running" is told from "not installed".
pub async fn all(bus: &dyn Bus, watch: &Patterns) -> Result<Vec<Unit>, BusError> {
    let mut units: BTreeMap<UnitName, Unit> =
        bus.units().await?.into_iter().map(|unit| (unit.name.clone(), unit)).collect();
    let missing: Vec<UnitName> =
        watch.named().iter().filter(|name| !units.contains_key(*name)).cloned().collect();
    let wanted: Vec<UnitName> = units
        .values()
        .filter(|unit| unit.active == Active::Failed || watch.matches(&unit.name))
        .take(READ_MAX)
        .map(|unit| unit.name.clone())
        .collect();
    if !missing.is_empty() {
        for unit in bus.inspect(&missing).await? {
            units.insert(unit.name.clone(), unit);
        }
    }
    read_into(bus, &mut units, &wanted).await?;
    Ok(units.into_values().collect())
}

/// Those of the names that are loaded, read in full.
pub async fn some(bus: &dyn Bus, names: &[UnitName]) -> Result<Vec<Unit>, BusError> {
    let mut units: BTreeMap<UnitName, Unit> =
        bus.loaded(names).await?.into_iter().map(|unit| (unit.name.clone(), unit)).collect();
    let wanted: Vec<UnitName> = units.keys().take(READ_MAX).cloned().collect();
    read_into(bus, &mut units, &wanted).await?;
    Ok(units.into_values().collect())
}

async fn read_into(
    bus: &dyn Bus,
    units: &mut BTreeMap<UnitName, Unit>,
    names: &[UnitName],
) -> Result<(), BusError> {
    for (name, reading) in names.iter().zip(bus.readings(names).await?) {
        if let Some(unit) = units.get_mut(name) {
            unit.apply(&reading.patch);
            unit.oneshot = reading.oneshot.or(unit.oneshot);
        }
    }
    Ok(())
}
