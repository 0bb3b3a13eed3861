//! What screens need beyond the book, read when somebody looks: a page's figures, a unit's details, who depends on it.
//! Each runs in a task of its own and answers the asker itself, so that the actor never waits for the bus.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    bus::{Bus, BusError},
    lifeline,
    messages::{Counts, Diagnosis, ListAsk, ListPage, Load, Row, Sample, UnitReport, UnitRow, Weighed},
    state::Link,
    unit::{Active, Load as UnitLoad, Reading, TimerRow, Unit, UnitFile, Verb},
    words,
};
use crate::{
    domain::{UnitName, Words},
    intent::services::Filter,
    process::journal::{Entry, Journal, Query, Since},
    screen::{Mark, Pager},
};

/// For the last lines on a unit's screen: a slow disk must not hold up the screen.
const TAIL_MAX: Duration = Duration::from_millis(900);
/// For a diagnosis, which is worth a longer wait.
const DIAGNOSE_MAX: Duration = Duration::from_secs(3);
/// Units looked at that one needs.
const NEEDS_MAX: usize = 32;
/// Units whose dependants are asked for one question.
const WEIGHED_MAX: usize = 40;

/// What a list is made of.
pub struct Shelf {
    pub bus: Option<Arc<dyn Bus>>,
    pub link: Link,
    pub units: Vec<Unit>,
    pub watched: Vec<Unit>,
    pub failed: usize,
    pub files: Option<Vec<UnitFile>>,
    pub doing: BTreeMap<UnitName, Verb>,
    pub samples: Samples,
}

pub type Samples = HashMap<UnitName, (Instant, Duration)>;

/// What a look learnt that is worth keeping.
#[derive(Default)]
pub struct Learnt {
    pub samples: Vec<Sample>,
    pub files: Option<Vec<UnitFile>>,
}

pub async fn list(shelf: Shelf, ask: ListAsk, now: Timestamp) -> (ListPage, Learnt) {
    let mut learnt = Learnt::default();
    let mut trouble = None;
    let all = shelf.units.iter().filter(|unit| unit.load != UnitLoad::NotFound).count();
    let counts = Counts { watched: shelf.watched.len(), failed: shelf.failed, all };
    let mut rows = match ask.filter {
        Filter::Timers => match timers(shelf.bus.as_deref()).await {
            Ok(timers) => timers.into_iter().map(Row::Timer).collect(),
            Err(error) => {
                trouble = Some(error);
                Vec::new()
            }
        },
        Filter::Watched => {
            let failed = shelf.units.iter().filter(|unit| unit.active == Active::Failed);
            let names: BTreeSet<&UnitName> = shelf.watched.iter().map(|unit| &unit.name).collect();
            let others: Vec<Unit> = failed.filter(|unit| !names.contains(&unit.name)).cloned().collect();
            let units = shelf.watched.iter().cloned().chain(others);
            sorted(units.map(|unit| as_row(unit, &shelf.doing)).collect(), true)
        }
        Filter::Failed => {
            let failed = shelf.units.iter().filter(|unit| unit.active == Active::Failed).cloned();
            sorted(failed.map(|unit| as_row(unit, &shelf.doing)).collect(), false)
        }
        Filter::All => {
            let files = match (shelf.files, &shelf.bus) {
                (Some(files), _) => files,
                (None, Some(bus)) => match bus.files().await {
                    Ok(files) => {
                        learnt.files = Some(files.clone());
                        files
                    }
                    Err(error) => {
                        trouble = Some(error);
                        Vec::new()
                    }
                },
                (None, None) => Vec::new(),
            };
            let known: BTreeSet<UnitName> = shelf.units.iter().map(|unit| unit.name.clone()).collect();
            let mut rows: Vec<Row> = shelf.units.into_iter().map(|unit| as_row(unit, &shelf.doing)).collect();
            rows.extend(files.into_iter().filter(|file| !known.contains(&file.name)).map(Row::File));
            sorted(rows, false)
        }
    };
    let words = Words::of(ask.search.as_deref());
    if !words.is_empty() {
        rows.retain(|row| matches(row, &words));
    }
    let found = rows.len();
    let mut rows = Pager::slice(&rows, ask.per_page, ask.page).to_vec();
    if let Some(bus) = &shelf.bus
        && let Err(error) = fill_in(&mut rows, &**bus, &shelf.samples, now, &mut learnt).await
    {
        trouble = Some(error);
    }
    (ListPage { link: shelf.link, ask, found, counts, rows, trouble }, learnt)
}

fn as_row(unit: Unit, doing: &BTreeMap<UnitName, Verb>) -> Row {
    let doing = doing.get(&unit.name).copied();
    Row::Unit(Box::new(UnitRow { unit, reading: None, load: Load::default(), doing }))
}

async fn timers(bus: Option<&dyn Bus>) -> Result<Vec<TimerRow>, BusError> {
    let mut timers = bus.ok_or(BusError::Lost)?.timers().await?;
    // The next to fire first, those that will not at the end.
    timers.sort_by(|a, b| {
        let key = |row: &TimerRow| (row.timer.next.is_none(), row.timer.next);
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    Ok(timers)
}

/// What is wrong first, then what moves, then what runs, then the rest; by name within. On the list of watched units
/// not running is wrong.
fn sorted(mut rows: Vec<Row>, should_run: bool) -> Vec<Row> {
    let rank = |row: &Row| match row {
        Row::Unit(row) => match words::mark(&row.unit, should_run) {
            Mark::Bad => 0,
            Mark::Look => 1,
            Mark::Busy => 2,
            Mark::Unknown => 3,
            Mark::Good => 4,
            Mark::Idle => 5,
        },
        Row::Timer(_) => 4,
        Row::File(_) => 6,
    };
    rows.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name().cmp(b.name())));
    rows
}

fn matches(row: &Row, words: &Words) -> bool {
    let description = match row {
        Row::Unit(row) => row.unit.description.as_str(),
        Row::File(_) | Row::Timer(_) => "",
    };
    words.all_in(&format!("{} {description}", row.name()))
}

/// Memory, CPU and times of the rows that are shown.
async fn fill_in(
    rows: &mut [Row],
    bus: &dyn Bus,
    samples: &Samples,
    now: Timestamp,
    learnt: &mut Learnt,
) -> Result<(), BusError> {
    let loaded = |row: &Row| match row {
        // A watched name that was never heard of is not loaded, and asking for it would load it.
        Row::Unit(row) if !matches!(row.unit.active, Active::Other | Active::Inactive) => {
            Some(row.unit.name.clone())
        }
        _ => None,
    };
    let names: Vec<UnitName> = rows.iter().filter_map(loaded).collect();
    let readings = bus.readings(&names).await?;
    let tick = Instant::now();
    let mut by_name: HashMap<UnitName, Reading> = names.into_iter().zip(readings).collect();
    for row in rows {
        let Row::Unit(row) = row else { continue };
        let Some(reading) = by_name.remove(&row.unit.name) else { continue };
        row.unit.apply(&reading.patch);
        if row.unit.active.is_up() {
            row.load = load_of(&row.unit.name, &reading, samples, tick, now);
        }
        if let Some(cpu) = reading.cpu {
            learnt.samples.push(Sample { unit: row.unit.name.clone(), at: tick, cpu });
        }
        row.reading = Some(reading);
    }
    Ok(())
}

/// A rate over less than this is mostly noise.
const RATE_OVER_MIN: Duration = Duration::from_millis(500);

fn load_of(unit: &UnitName, reading: &Reading, samples: &Samples, tick: Instant, now: Timestamp) -> Load {
    let Some(cpu) = reading.cpu else { return Load::default() };
    let recent = samples.get(unit).and_then(|(at, before)| {
        let over = tick.saturating_duration_since(*at);
        // Less than before: another run has begun since.
        let used = cpu.checked_sub(*before)?;
        (over >= RATE_OVER_MIN).then(|| 100.0 * used.as_secs_f64() / over.as_secs_f64())
    });
    let average = reading.active_since.and_then(|since| {
        let over = Duration::try_from(now.duration_since(since)).ok()?;
        (over >= Duration::from_secs(1)).then(|| 100.0 * cpu.as_secs_f64() / over.as_secs_f64())
    });
    Load { now: recent, average }
}

/// Everything about one unit that the book alone knows; the rest is read.
pub struct Sheet {
    pub bus: Option<Arc<dyn Bus>>,
    pub journal: Arc<dyn Journal>,
    pub samples: Samples,
    pub report: UnitReport,
}

pub async fn unit(sheet: Sheet, now: Timestamp) -> (UnitReport, Learnt) {
    let Sheet { bus, journal, samples, mut report } = sheet;
    let mut learnt = Learnt::default();
    let Some(bus) = bus else { return (report, learnt) };
    report.details = bus.details(&report.name).await;
    let Ok(details) = &report.details else { return (report, learnt) };
    let tick = Instant::now();
    report.load = load_of(&report.name, &details.reading, &samples, tick, now);
    if let Some(cpu) = details.reading.cpu {
        learnt.samples.push(Sample { unit: report.name.clone(), at: tick, cpu });
    }
    let timers = details.links.triggered_by.iter().filter(|unit| unit.as_str().ends_with(".timer")).take(3);
    let timers = timers.map(async |timer| {
        let seen = bus.details(timer).await.ok()?;
        let activates = Some(report.name.clone());
        Some(TimerRow { name: timer.clone(), active: seen.unit.active, activates, timer: seen.timer? })
    });
    let wants_log = details.unit.active == Active::Failed || details.unit.is_crash_looping();
    let log =
        async { if wants_log { tail(&*journal, &report.name, None, 4, TAIL_MAX).await } else { Vec::new() } };
    let dependants = up_now(&*bus, &details.links.stop_with_it);
    let (timers, log, dependants) = tokio::join!(join_all(timers), log, dependants);
    report.timers = timers.into_iter().flatten().collect();
    report.dependants_up = dependants.unwrap_or_default();
    report.log = log;
    (report, learnt)
}

/// What tells why a unit is as it is.
pub async fn diagnose(sheet: Sheet, now: Timestamp) -> (Diagnosis, Learnt) {
    const LAST_LINES: usize = 6;
    const COMPLAINTS: usize = 4;
    const WARNING: u8 = 4;
    let (bus, journal) = (sheet.bus.clone(), sheet.journal.clone());
    let name = sheet.report.name.clone();
    let all = Query { since: Since::Boot, ..Query::of(name) };
    let severe = Query { priority: Some(WARNING), ..all.clone() };
    let ((report, learnt), last, complaints) = tokio::join!(
        unit(sheet, now),
        last_of(&*journal, all, LAST_LINES, DIAGNOSE_MAX),
        last_of(&*journal, severe, COMPLAINTS, DIAGNOSE_MAX)
    );
    let needs = report.details.as_ref().map(|details| details.links.needs.as_slice()).unwrap_or_default();
    let missing = match &bus {
        Some(bus) => not_up(&**bus, needs).await.unwrap_or_default(),
        None => Vec::new(),
    };
    (Diagnosis { report, missing, complaints, last }, learnt)
}

/// Those of the needed units that are not up, as they are. Targets and slices only gather others.
async fn not_up(bus: &dyn Bus, needs: &[UnitName]) -> Result<Vec<Unit>, BusError> {
    let gathers = |unit: &UnitName| unit.as_str().ends_with(".target") || unit.as_str().ends_with(".slice");
    let needs: Vec<UnitName> = needs.iter().filter(|unit| !gathers(unit)).take(NEEDS_MAX).cloned().collect();
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    let known = bus.inspect(&needs).await?;
    let mut down: Vec<Unit> = known.into_iter().filter(|unit| !unit.active.is_up()).collect();
    let names: Vec<UnitName> = down.iter().map(|unit| unit.name.clone()).collect();
    for (unit, reading) in down.iter_mut().zip(bus.readings(&names).await.unwrap_or_default()) {
        unit.apply(&reading.patch);
    }
    Ok(down)
}

/// The last lines of a unit, oldest first; none where the journal can't be read in time.
pub async fn tail(
    journal: &dyn Journal,
    unit: &UnitName,
    since: Option<Timestamp>,
    lines: usize,
    limit: Duration,
) -> Vec<Entry> {
    let since = since.map_or(Since::Boot, Since::At);
    last_of(journal, Query { since, ..Query::of(unit.clone()) }, lines, limit).await
}

async fn last_of(journal: &dyn Journal, query: Query, lines: usize, limit: Duration) -> Vec<Entry> {
    let read =
        async { journal.open(query).await.ok()?.take(lines, limit, |entry| entry.text.is_some()).await.ok() };
    let Ok(Some((mut entries, _))) = tokio::time::timeout(limit, read).await else { return Vec::new() };
    entries.reverse();
    entries
}

/// Those of the units that are up.
async fn up_now(bus: &dyn Bus, units: &[UnitName]) -> Result<Vec<UnitName>, BusError> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let up = |unit: Unit| (unit.active.is_up() || unit.active.is_moving()).then_some(unit.name);
    Ok(bus.loaded(units).await?.into_iter().filter_map(up).collect())
}

/// Who goes down with a unit, and whose way in hangs on them.
pub async fn weigh(
    bus: Option<Arc<dyn Bus>>,
    unit: UnitName,
    own: Option<UnitName>,
    protected: bool,
) -> Weighed {
    let mut weighed = Weighed { protected, ..Weighed::default() };
    weighed.incomplete = match &bus {
        Some(bus) => follow(&**bus, &unit, &mut weighed).await.unwrap_or(true),
        None => true,
    };
    let all = std::iter::once(&unit).chain(&weighed.stop_with_it);
    weighed.lifelines =
        all.filter_map(|unit| Some((unit.clone(), lifeline::of(unit, own.as_ref())?))).collect();
    weighed
}

/// `true`: there are more than were asked.
async fn follow(bus: &dyn Bus, unit: &UnitName, weighed: &mut Weighed) -> Result<bool, BusError> {
    let own = bus.links(unit).await?;
    let not_target = |unit: &UnitName| !unit.as_str().ends_with(".target");
    weighed.wanted_by = up_now(bus, &own.wanted_by).await?;
    weighed.wanted_by.retain(not_target);
    weighed.triggers = up_now(bus, &own.triggered_by).await?;
    let mut seen = BTreeSet::from([unit.clone()]);
    let mut open = own.stop_with_it;
    let mut room = WEIGHED_MAX;
    while !open.is_empty() {
        open.retain(|unit| seen.insert(unit.clone()));
        let level = up_now(bus, &open).await?;
        if level.len() > room {
            return Ok(true);
        }
        room -= level.len();
        open = Vec::new();
        for links in join_all(level.iter().map(|unit| bus.links(unit))).await {
            open.extend(links?.stop_with_it);
        }
        weighed.stop_with_it.extend(level);
    }
    Ok(false)
}
