//! The screens: all disks, one disk, its raw attributes; and what the dashboard says. Pure.

use super::{
    messages::{DiskState, Sheet, Snapshot},
    report::{Attribute, Report},
    verdict::{Counted, What},
    words,
};
use crate::{
    domain::{DiskGrade, DiskId, JobId, Reader, Role},
    intent::{
        Act as AnyAct, View as AnyView, jobs,
        smart::{Act, View},
    },
    locale::{self, moment, say},
    room::{Glance, Problem},
    screen::{Align, Block, Button, Column, Mark, Pager, Screen, Table, Topic, text},
    t,
};

/// Two lines each.
const ATTRIBUTES_PER_PAGE: usize = 10;
const FIGURES_PER_PAGE: usize = 20;
/// Monospaced columns of a phone.
const COLUMNS: usize = 34;
/// Buttons beside each other.
const BUTTONS_PER_ROW: usize = 3;
/// Columns of a raw value; some disks add a whole sentence.
const RAW_MAX: usize = 14;

pub fn list(snapshot: &Snapshot, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    if let Some(error) = &snapshot.trouble {
        blocks.push(Block::State(Mark::Look, say(lang, &error.phrase())));
        blocks.push(Block::Note(say(lang, &error.mend())));
    }
    for sheet in &snapshot.disks {
        if matches!(sheet.verdict.grade, Some(DiskGrade::Watch | DiskGrade::Replace)) {
            let says = words::verdict(lang, sheet);
            blocks.push(Block::State(
                words::mark(sheet),
                t!(lang, "smart-line", disk = sheet.name(), says = says),
            ));
        }
    }
    if !snapshot.disks.is_empty() {
        blocks.push(Block::Table(table(snapshot, reader)));
    }
    blocks.extend(silent(snapshot, reader));
    if snapshot.disks.is_empty() && snapshot.trouble.is_none() {
        blocks.push(match snapshot.round {
            None => Block::State(Mark::Busy, t!(lang, "smart-first-round")),
            Some(_) => Block::State(Mark::Unknown, t!(lang, "smart-no-disks")),
        });
    }
    if let Some(round) = snapshot.round.filter(|_| !snapshot.disks.is_empty()) {
        let every = locale::span(lang, snapshot.interval);
        blocks.push(Block::Note(t!(lang, "smart-round", at = moment(reader, round), every = every)));
    }
    let buttons: Vec<Button> = snapshot
        .disks
        .iter()
        .map(|sheet| {
            let label = format!("{} {}", words::mark(sheet).sign(), sheet.name());
            Button::view(label, AnyView::Smart(View::Disk(sheet.id.clone())))
        })
        .collect();
    Screen {
        crumbs: crumbs(reader, &[]),
        blocks,
        as_of: Some(reader.now),
        rows: buttons.chunks(BUTTONS_PER_ROW).map(<[Button]>::to_vec).collect(),
        topics: vec![Topic::Smart],
        // The first look takes a moment: the list comes by itself.
        live: snapshot.busy || (snapshot.round.is_none() && snapshot.trouble.is_none()),
        ..Screen::default()
    }
}

fn crumbs(reader: &Reader, more: &[String]) -> Vec<String> {
    let mut crumbs = vec![t!(reader.lang, "smart-crumb-engine"), t!(reader.lang, "smart-crumb")];
    crumbs.extend_from_slice(more);
    crumbs
}

fn table(snapshot: &Snapshot, reader: &Reader) -> Table {
    let lang = reader.lang;
    let column = |title: String, align, shrinks| Column { title, align, shrinks };
    let rows = snapshot.disks.iter().map(|sheet| {
        let report = sheet.report.as_ref().map(|(_, report)| report);
        let degrees = report.and_then(|report| report.temperature_c);
        let degrees = match (&sheet.state, degrees) {
            (DiskState::Read, Some(celsius)) => format!("{celsius} °C"),
            (DiskState::Asleep { .. }, _) => t!(lang, "smart-word-asleep"),
            _ => "–".to_owned(),
        };
        let worked = report.and_then(|report| report.power_on_hours);
        vec![
            words::mark(sheet).sign().to_owned(),
            sheet.name(),
            words::grade(lang, sheet),
            degrees,
            worked.map_or("–".to_owned(), |hours| words::worked(lang, hours)),
        ]
    });
    Table {
        columns: vec![
            column(String::new(), Align::Left, false),
            column(String::new(), Align::Left, true),
            column(String::new(), Align::Left, false),
            column(String::new(), Align::Right, false),
            column(String::new(), Align::Right, false),
        ],
        rows: rows.collect(),
    }
}

/// Why each disk that says nothing says nothing.
fn silent(snapshot: &Snapshot, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    for sheet in &snapshot.disks {
        if matches!(sheet.state, DiskState::Read | DiskState::Unread | DiskState::Asleep { .. }) {
            continue;
        }
        if let Some((mark, says)) = words::state(sheet, reader) {
            blocks.push(Block::State(mark, t!(lang, "smart-line", disk = sheet.name(), says = says)));
        }
    }
    for blind in &snapshot.blind {
        let says = t!(lang, "smart-blind", why = blind.why.key());
        blocks
            .push(Block::State(Mark::Idle, t!(lang, "smart-line", disk = blind.name.as_str(), says = says)));
    }
    blocks
}

/// `job`: the self-test that runs for this disk.
pub fn disk(snapshot: &Snapshot, id: &DiskId, job: Option<JobId>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let Some(sheet) = snapshot.disk(id) else { return unknown(id, reader) };
    let mut blocks = Vec::new();
    // A disk that never said anything is not judged: its state says why.
    if sheet.report.is_some() {
        blocks.push(Block::State(words::mark(sheet), words::verdict(lang, sheet)));
    }
    for finding in sheet.verdict.findings.iter().skip(1) {
        let mark = if finding.grade == DiskGrade::Replace { Mark::Bad } else { Mark::Look };
        blocks.push(Block::State(mark, say(lang, &finding.phrase())));
    }
    if let Some((mark, says)) = words::state(sheet, reader) {
        blocks.push(Block::State(mark, says));
    }
    let mend = match &sheet.state {
        DiskState::Mute(mute) => mute.mend(),
        DiskState::Failed(error) => Some(error.mend()),
        _ => None,
    };
    blocks.extend(mend.map(|mend| Block::Note(say(lang, &mend))));
    if let Some((_, report)) = &sheet.report {
        blocks.push(Block::Pairs(pairs(sheet, report, reader)));
        if let Some(running) = report.test.running {
            let left = running.remaining_percent.map_or("–".to_owned(), |left| format!("{left} %"));
            blocks.push(Block::State(Mark::Busy, t!(lang, "smart-test-running", left = left)));
        }
    }
    let report = sheet.report.as_ref().map(|(_, report)| &**report);
    let mut topics = vec![Topic::Smart];
    topics.extend(job.map(Topic::Job));
    Screen {
        crumbs: crumbs(reader, &[sheet.name()]),
        blocks,
        // What is shown was true when it was read.
        as_of: sheet.report.as_ref().map(|(at, _)| *at),
        rows: buttons(sheet, report, job, reader),
        topics,
        live: snapshot.busy || job.is_some(),
        ..Screen::default()
    }
}

fn unknown(id: &DiskId, reader: &Reader) -> Screen {
    Screen {
        crumbs: crumbs(reader, &[id.to_string()]),
        blocks: vec![Block::State(Mark::Unknown, t!(reader.lang, "smart-no-such-disk", disk = id.as_str()))],
        topics: vec![Topic::Smart],
        ..Screen::default()
    }
}

fn pairs(sheet: &Sheet, report: &Report, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let mut pairs = Vec::new();
    let mut pair = |label: String, value: Option<String>| pairs.extend(value.map(|value| (label, value)));
    pair(t!(lang, "smart-model"), report.model.clone());
    pair(t!(lang, "smart-serial"), report.serial.clone());
    pair(t!(lang, "smart-size"), report.size_bytes.map(words::capacity));
    pair(t!(lang, "smart-kind"), words::build(lang, report.build));
    pair(t!(lang, "smart-temperature"), report.temperature_c.map(|celsius| format!("{celsius} °C")));
    pair(t!(lang, "smart-worked"), report.power_on_hours.map(|hours| words::worked(lang, hours)));
    pair(t!(lang, "smart-cycles"), report.power_cycles.map(|count| locale::count(lang, count)));
    let counts = &report.counts;
    for (what, count) in [
        (Counted::Reallocated, counts.reallocated),
        (Counted::Pending, counts.pending),
        (Counted::Uncorrectable, counts.uncorrectable),
        (Counted::Media, counts.media),
        (Counted::Crc, counts.crc),
    ] {
        pair(
            t!(lang, "smart-count", what = what.key()),
            count.map(|count| counted(sheet, what, count, reader)),
        );
    }
    pair(t!(lang, "smart-used"), counts.used_percent.map(|used| format!("{used} %")));
    pair(t!(lang, "smart-spare"), counts.spare_percent.map(|spare| format!("{spare} %")));
    match &report.test.last {
        Some(last) => {
            pair(t!(lang, "smart-test"), Some(words::test_result(lang, last)));
            pair(t!(lang, "smart-tested"), words::tested(lang, last, report.power_on_hours));
        }
        None => {
            let never = report.test.logged.filter(|logged| *logged == 0);
            pair(t!(lang, "smart-test"), never.map(|_| t!(lang, "smart-test-never")));
        }
    }
    pairs
}

/// "3 (+1)": with what came since the count it is compared with.
fn counted(sheet: &Sheet, what: Counted, now: u64, reader: &Reader) -> String {
    let count = locale::count(reader.lang, now);
    let was = sheet.earlier.and_then(|earlier| match what {
        Counted::Reallocated => earlier.counts.reallocated,
        Counted::Pending => earlier.counts.pending,
        Counted::Uncorrectable => earlier.counts.uncorrectable,
        Counted::Media => earlier.counts.media,
        Counted::Crc => earlier.counts.crc,
        Counted::Reported => earlier.counts.reported,
    });
    match was {
        Some(was) if now > was => format!("{count} (+{})", locale::count(reader.lang, now - was)),
        Some(was) if now < was => format!("{count} (-{})", locale::count(reader.lang, was - now)),
        _ => count,
    }
}

fn buttons(sheet: &Sheet, report: Option<&Report>, job: Option<JobId>, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let mut rows = Vec::new();
    let may_act = reader.role >= Role::Pilot && !matches!(sheet.state, DiskState::Gone { .. });
    if let Some(job) = job {
        rows.push(vec![Button::view(t!(lang, "smart-button-job"), AnyView::Jobs(jobs::View::Job(job)))]);
    } else if may_act && report.is_some_and(|report| report.test.supported != Some(false)) {
        let test = |long| AnyAct::Smart(Act::Test { disk: sheet.id.clone(), long });
        let span = |minutes: Option<u64>| {
            let span =
                minutes.map(|minutes| locale::span(lang, std::time::Duration::from_secs(minutes * 60)));
            span.map_or_else(String::new, |span| format!(" · {span}"))
        };
        let told = report.map(|report| &report.test);
        let (short, long) =
            (span(told.and_then(|test| test.short_minutes)), span(told.and_then(|test| test.long_minutes)));
        // One below the other: how long it takes is not to be cut off.
        rows.push(vec![Button::act(format!("{}{short}", t!(lang, "smart-button-short")), test(false))]);
        rows.push(vec![Button::act(format!("{}{long}", t!(lang, "smart-button-long")), test(true))]);
    }
    let mut row = Vec::new();
    if report.is_some_and(|report| !report.attributes.is_empty() || !report.figures.is_empty()) {
        let view = AnyView::Smart(View::Attributes { disk: sheet.id.clone(), page: 0 });
        row.push(Button::view(t!(lang, "smart-button-raw"), view));
    }
    if may_act {
        let label = if matches!(sheet.state, DiskState::Asleep { .. }) {
            t!(lang, "smart-button-wake")
        } else {
            t!(lang, "smart-button-check")
        };
        row.push(Button::act(label, AnyAct::Smart(Act::Check(sheet.id.clone()))));
    }
    rows.push(row);
    rows.retain(|row| !row.is_empty());
    rows
}

pub fn attributes(snapshot: &Snapshot, id: &DiskId, page: u32, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let Some(sheet) = snapshot.disk(id) else { return unknown(id, reader) };
    let Some((at, report)) = &sheet.report else { return disk(snapshot, id, None, reader) };
    let nvme = report.attributes.is_empty();
    let (lines, per_page): (Vec<String>, usize) = if nvme {
        let figure = |(name, value): &(String, String)| raw_line(&name.replace('_', " "), value);
        (report.figures.iter().map(figure).collect(), FIGURES_PER_PAGE)
    } else {
        (report.attributes.iter().map(|one| attribute_lines(one, reader)).collect(), ATTRIBUTES_PER_PAGE)
    };
    let mut blocks = vec![Block::Pre(Pager::slice(&lines, per_page, page).join("\n"))];
    if !nvme {
        blocks.push(Block::Note(t!(lang, "smart-attributes-says")));
    }
    let turn = |page| AnyView::Smart(View::Attributes { disk: id.clone(), page });
    Screen {
        crumbs: crumbs(reader, &[sheet.name(), t!(lang, "smart-crumb-raw")]),
        blocks,
        as_of: Some(*at),
        pager: Pager::over(lines.len(), per_page, page, turn),
        topics: vec![Topic::Smart],
        ..Screen::default()
    }
}

/// Name left, what is counted right.
fn raw_line(name: &str, raw: &str) -> String {
    let raw = text::fit(raw, RAW_MAX);
    let room = COLUMNS - 1 - text::columns(&raw);
    format!("{} {raw}", text::pad(&text::fit(name, room), room, false))
}

fn attribute_lines(attribute: &Attribute, reader: &Reader) -> String {
    let number = |value: Option<u64>| value.map_or("–".to_owned(), |value| value.to_string());
    let mark = if attribute.failed.is_some() { Mark::Bad.sign() } else { " " };
    let name = format!("{mark}{:>3} {}", attribute.id, attribute.name.replace('_', " "));
    let (now, worst, limit) = (number(attribute.value), number(attribute.worst), number(attribute.threshold));
    let says = t!(reader.lang, "smart-attribute", now = now, worst = worst, limit = limit);
    format!("{}\n     {}", raw_line(&name, &attribute.raw), text::fit(&says, COLUMNS - 5))
}

/// The actor is away; the screen redraws itself when it is back.
pub fn away(reader: &Reader) -> Screen {
    Screen {
        crumbs: crumbs(reader, &[]),
        blocks: vec![Block::State(Mark::Unknown, t!(reader.lang, "smart-away"))],
        topics: vec![Topic::Smart],
        ..Screen::default()
    }
}

/// On the dashboard stand disks that fail, and those that got worse within the week: three bad sectors since last year
/// are no news.
pub fn glance(snapshot: &Snapshot, reader: &Reader) -> Glance {
    let lang = reader.lang;
    let mut glance = Glance::default();
    for sheet in &snapshot.disks {
        let mark = match sheet.verdict.grade {
            _ if matches!(sheet.state, DiskState::Gone { .. }) => continue,
            Some(DiskGrade::Replace) => Mark::Bad,
            Some(DiskGrade::Watch) if sheet.verdict.findings.iter().any(|found| is_news(&found.what)) => {
                Mark::Look
            }
            _ => continue,
        };
        glance.problems.push(Problem {
            mark,
            line: problem(sheet, reader),
            label: sheet.name(),
            view: AnyView::Smart(View::Disk(sheet.id.clone())),
        });
    }
    let good = snapshot.disks.iter().filter(|sheet| sheet.verdict.grade == Some(DiskGrade::Good)).count();
    if good > 0 && glance.problems.is_empty() {
        glance.blocks.push(Block::State(Mark::Good, t!(lang, "smart-glance-good", n = good)));
    }
    glance
}

/// "Disk sdb: 3 reallocated sectors, was 2 last week".
fn problem(sheet: &Sheet, reader: &Reader) -> String {
    let worst = sheet.verdict.findings.first().map(|finding| say(reader.lang, &finding.phrase()));
    t!(reader.lang, "smart-problem", disk = sheet.name(), what = worst.unwrap_or_default())
}

fn is_news(what: &What) -> bool {
    match what {
        What::Count { now, was: Some(was), .. } => now > &was.count,
        // Nothing to compare with yet: it was first seen now.
        What::Count { was: None, .. } => true,
        What::Worn { .. } | What::Spare { .. } | What::Attribute { past: true, .. } => false,
        What::SaysFailing
        | What::Critical(_)
        | What::Attribute { .. }
        | What::TestFailed { .. }
        | What::Hot { .. } => true,
    }
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
