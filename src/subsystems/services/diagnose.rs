//! Why a unit is as it is, and what to try: what systemd says of its end, what it needs, and what its own last lines
//! give away. Pure: a report in, findings out. Only says what it has seen; what it does not recognise it leaves to
//! the log.

use crate::domain::{Bytes, UnitName};

use super::{
    messages::Diagnosis,
    unit::{Active, Exit, Load, Unit},
};

/// Clues told from the log: the newest say most.
const CLUES_MAX: usize = 3;
/// Memory this near to its limit is told before the kernel acts, percent.
const NEAR_LIMIT: u64 = 90;

/// One thing that is seen, the most telling first.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    NotInstalled,
    Masked,
    /// systemd's own words.
    BadFile(String),
    /// It cannot be without this unit, which is not up.
    Needs(Box<Unit>),
    /// The kernel ended it; its limit, where it has one.
    OutOfMemory(Option<Bytes>),
    /// The program is not there, or may not be run.
    NoProgram,
    /// systemd could not prepare what it is to run in; the exit code names the step.
    NoSurroundings(Exit),
    TimedOut,
    Watchdog,
    /// A fault of the program: SIGSEGV, SIGABRT and their like.
    Crashed(Exit),
    /// Somebody, or something, sent it this.
    Killed(Exit),
    /// It needs something whose job failed.
    Dependency,
    /// Failed too often in a short time: systemd starts it no more by itself.
    GaveUp,
    /// Dies and is started again, over and over.
    Looping,
    /// Its log gives it away; the line.
    Clue(Clue, String),
    /// Its file changed after systemd read it.
    Stale,
    NearLimit {
        used: Bytes,
        max: Bytes,
    },
    /// It ended with an error, and nothing above tells why.
    Unexplained,
    /// Nothing failed: it was stopped, or never started.
    AtRest,
    /// Others start it when needed.
    WaitsFor(UnitName),
    /// Nothing wrong is to be seen.
    Well,
}

/// What a log line gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clue {
    PortTaken(Option<u16>),
    NotAllowed,
    DiskFull,
    ReadOnly,
    NoMemory,
    TooManyFiles,
    Missing,
    Refused,
    NoName,
    BadLogin,
    Certificate,
    BadConfig,
}

/// Words that programs of all kinds use, in small letters. The first that fits counts: from the exact to the vague.
const CLUES: &[(&str, Clue)] = &[
    ("address already in use", Clue::PortTaken(None)),
    ("eaddrinuse", Clue::PortTaken(None)),
    ("port is already allocated", Clue::PortTaken(None)),
    ("no space left on device", Clue::DiskFull),
    ("enospc", Clue::DiskFull),
    ("disk quota exceeded", Clue::DiskFull),
    ("read-only file system", Clue::ReadOnly),
    ("cannot allocate memory", Clue::NoMemory),
    ("out of memory", Clue::NoMemory),
    ("too many open files", Clue::TooManyFiles),
    ("temporary failure in name resolution", Clue::NoName),
    ("name or service not known", Clue::NoName),
    ("could not resolve host", Clue::NoName),
    ("certificate has expired", Clue::Certificate),
    ("certificate verify failed", Clue::Certificate),
    ("cannot load certificate", Clue::Certificate),
    ("password authentication failed", Clue::BadLogin),
    ("access denied for user", Clue::BadLogin),
    ("authentication failed", Clue::BadLogin),
    ("connection refused", Clue::Refused),
    ("econnrefused", Clue::Refused),
    ("permission denied", Clue::NotAllowed),
    ("operation not permitted", Clue::NotAllowed),
    ("eacces", Clue::NotAllowed),
    ("no such file or directory", Clue::Missing),
    ("enoent", Clue::Missing),
    ("syntax error", Clue::BadConfig),
    ("configuration file", Clue::BadConfig),
    ("invalid configuration", Clue::BadConfig),
    ("parse error", Clue::BadConfig),
    ("unknown directive", Clue::BadConfig),
    ("[emerg]", Clue::BadConfig),
];

/// What is seen, the most telling first; never empty.
pub fn findings(diagnosis: &Diagnosis) -> Vec<Finding> {
    let Ok(details) = &diagnosis.report.details else { return vec![Finding::Unexplained] };
    let unit = &details.unit;
    match unit.load {
        Load::NotFound => return vec![Finding::NotInstalled],
        Load::Masked => return vec![Finding::Masked],
        Load::Broken => return vec![Finding::BadFile(details.load_error.clone().unwrap_or_default())],
        Load::Loaded => {}
    }
    let troubled = unit.active == Active::Failed || unit.is_crash_looping();
    let mut found = Vec::new();
    if !unit.active.is_up() {
        found.extend(diagnosis.missing.iter().cloned().map(|unit| Finding::Needs(Box::new(unit))));
    }
    if troubled {
        found.extend(of_end(unit, details.memory_max));
    }
    found.extend(clues(diagnosis));
    if troubled && found.is_empty() {
        found.push(Finding::Unexplained);
    }
    if unit.is_crash_looping() {
        found.push(Finding::Looping);
    } else if unit.active == Active::Failed && unit.result.as_deref().is_some_and(gave_up) {
        found.push(Finding::GaveUp);
    }
    if details.needs_reload {
        found.push(Finding::Stale);
    }
    if let (Some(used), Some(max)) = (details.reading.memory, details.memory_max)
        && unit.active.is_up()
        && used.0 >= max.0 / 100 * NEAR_LIMIT
    {
        found.push(Finding::NearLimit { used, max });
    }
    if found.is_empty() {
        found.push(match details.links.triggered_by.first() {
            _ if unit.active.is_up() || unit.active.is_moving() => Finding::Well,
            Some(starter) => Finding::WaitsFor(starter.clone()),
            None => Finding::AtRest,
        });
    }
    found
}

fn gave_up(result: &str) -> bool {
    result.ends_with("start-limit-hit")
}

/// What systemd's word for the end, and the exit, say by themselves.
fn of_end(unit: &Unit, memory_max: Option<Bytes>) -> Option<Finding> {
    /// The program's own fault: SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS.
    const FAULTS: [i32; 7] = [4, 5, 6, 7, 8, 11, 31];
    let exit = unit.exit;
    match unit.result.as_deref() {
        Some("oom-kill") => return Some(Finding::OutOfMemory(memory_max)),
        Some("timeout") => return Some(Finding::TimedOut),
        Some("watchdog") => return Some(Finding::Watchdog),
        Some("dependency") => return Some(Finding::Dependency),
        _ => {}
    }
    match exit? {
        Exit::Code(126 | 127 | 203) => Some(Finding::NoProgram),
        // systemd.exec(5): steps before the program itself.
        Exit::Code(200..=243) => exit.map(Finding::NoSurroundings),
        Exit::Code(_) => None,
        Exit::Signal { number, .. } if FAULTS.contains(&number) => exit.map(Finding::Crashed),
        Exit::Signal { .. } => exit.map(Finding::Killed),
    }
}

/// From the newest line back, each kind once.
fn clues(diagnosis: &Diagnosis) -> Vec<Finding> {
    let Ok(details) = &diagnosis.report.details else { return Vec::new() };
    // Of a unit that is up, only what its own severity calls an error: it works in spite of the rest.
    let worst = if details.unit.active.is_up() { 3 } else { 7 };
    let lines = diagnosis.last.iter().chain(&diagnosis.complaints);
    let mut lines: Vec<_> =
        lines.filter(|entry| entry.priority.is_none_or(|priority| priority <= worst)).collect();
    lines.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let mut found: Vec<(Clue, String)> = Vec::new();
    for text in lines.iter().filter_map(|entry| entry.text.as_deref()) {
        let Some(clue) = clue(text) else { continue };
        if found.iter().all(|(other, _)| std::mem::discriminant(other) != std::mem::discriminant(&clue)) {
            found.push((clue, text.lines().next().unwrap_or_default().to_owned()));
        }
    }
    found.truncate(CLUES_MAX);
    found.into_iter().map(|(clue, line)| Finding::Clue(clue, line)).collect()
}

/// What one line gives away.
pub fn clue(text: &str) -> Option<Clue> {
    let small = text.to_lowercase();
    let (_, clue) = CLUES.iter().find(|(words, _)| small.contains(words))?;
    Some(match clue {
        Clue::PortTaken(_) => Clue::PortTaken(port(text)),
        other => *other,
    })
}

/// Of an address ("0.0.0.0:80", "[::]:443", ":::3000", "localhost:80"), or said so ("port 80").
fn port(text: &str) -> Option<u16> {
    let number = |digits: &str| digits.parse().ok().filter(|port: &u16| *port > 0);
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| ",;.()\"'".contains(c)));
    let mut before = "";
    let mut found = None;
    for word in words {
        let of_address = word.rsplit_once(':').and_then(|(host, digits)| {
            // A time of day has neither of these before its last colon.
            let is_host = host.contains('.') || host.ends_with([']', ':', '*']) || host == "localhost";
            number(digits).filter(|_| is_host)
        });
        let said = number(word).filter(|_| before.eq_ignore_ascii_case("port"));
        found = of_address.or(said).or(found);
        before = word;
    }
    found
}

#[cfg(test)]
#[path = "diagnose_tests.rs"]
mod tests;
