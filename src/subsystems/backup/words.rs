//! Small pieces of this room's screens in words. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    engine::{Holder, Lock, Warning},
    messages::Sheet,
    panel_snapshots::one_line,
    plan::{Check, Due, Ended, Proof, Read, Wrong},
};
use crate::{
    domain::{Lang, Reader},
    jobs::clean,
    locale::{ago, moment, say, span},
    screen::Mark,
    t,
};

pub fn crumbs(reader: &Reader, more: &[String]) -> Vec<String> {
    let mut crumbs = vec![t!(reader.lang, "backup-crumb-cargo"), t!(reader.lang, "backup-crumb")];
    crumbs.extend_from_slice(more);
    crumbs
}

pub fn age(reader: &Reader, at: Timestamp) -> String {
    ago(reader.lang, Duration::try_from(reader.now.duration_since(at)).unwrap_or_default())
}

/// As [`age`], without "ago": where a heading says it.
pub fn span_since(reader: &Reader, at: Timestamp) -> String {
    span(reader.lang, Duration::try_from(reader.now.duration_since(at)).unwrap_or_default())
}

/// The worst that is to be said of a plan, as its mark.
pub fn mark(sheet: &Sheet, running: bool) -> Mark {
    if running {
        return Mark::Busy;
    }
    let facts = &sheet.facts;
    let failed = facts.attempt.as_ref().is_some_and(|last| matches!(last.how, Ended::Failed { .. }));
    let damaged = facts.damaged.is_some();
    let unproven = facts.proof.as_ref().is_some_and(|proof| !proof.bad.is_empty());
    if matches!(sheet.due, Due::Overdue { .. }) || failed || damaged || unproven {
        return Mark::Bad;
    }
    if sheet.look.error().is_some() {
        return Mark::Bad;
    }
    let warned = facts.success.as_ref().is_some_and(|success| success.warnings > 0);
    let locked = sheet.look.locks().iter().any(|lock| lock.holder != Holder::Runs);
    match &facts.success {
        _ if warned || locked => Mark::Look,
        Some(_) => Mark::Good,
        None => Mark::Unknown,
    }
}

/// The worst of a plan in one line.
pub fn line(sheet: &Sheet, reader: &Reader) -> String {
    let lang = reader.lang;
    let facts = &sheet.facts;
    if let Some(error) = sheet.look.error() {
        return say(lang, &error.phrase());
    }
    if let Due::Overdue { since } = sheet.due {
        return match &facts.success {
            Some(success) => {
                t!(lang, "backup-overdue", due = moment(reader, since), last = age(reader, success.ended))
            }
            None => t!(lang, "backup-overdue-never", due = moment(reader, since)),
        };
    }
    if let Some(check) = &facts.damaged {
        return t!(lang, "backup-damaged", count = check.damage, at = moment(reader, check.at));
    }
    if facts.proof.as_ref().is_some_and(|proof| !proof.bad.is_empty()) {
        return t!(lang, "backup-unproven");
    }
    if let Some(last) = &facts.attempt
        && let Ended::Failed { why } = &last.how
    {
        return t!(lang, "backup-failed", at = moment(reader, last.ended), why = say(lang, why));
    }
    match &facts.success {
        Some(success) if success.warnings > 0 => {
            t!(lang, "backup-warned-line", age = age(reader, success.ended), count = success.warnings)
        }
        Some(success) => t!(lang, "backup-good", age = age(reader, success.ended)),
        None => t!(lang, "backup-never"),
    }
}

pub fn due(sheet: &Sheet, reader: &Reader) -> String {
    let lang = reader.lang;
    match sheet.due {
        Due::Unplanned => t!(lang, "backup-next-unplanned"),
        Due::OnTime { next: Some(next) } => moment(reader, next),
        Due::OnTime { next: None } => "–".to_owned(),
        Due::Now { since } => t!(lang, "backup-next-now", since = moment(reader, since)),
        Due::Overdue { since } => t!(lang, "backup-next-overdue", since = moment(reader, since)),
    }
}

pub fn checked(check: &Check, reader: &Reader) -> String {
    let lang = reader.lang;
    let read = match check.read {
        Read::Structure => t!(lang, "backup-read-structure"),
        Read::Part { part, of } => t!(lang, "backup-read-part", part = part, of = of),
        Read::Timed => t!(lang, "backup-read-timed"),
        Read::Everything => t!(lang, "backup-read-everything"),
    };
    format!("{}, {read}", age(reader, check.at))
}

pub fn proven(proof: &Proof, reader: &Reader) -> String {
    let lang = reader.lang;
    let (at, of) = (age(reader, proof.at), moment(reader, proof.of));
    t!(lang, "backup-proof-line", at = at, files = proof.files, size = proof.bytes.to_string(), of = of)
}

/// Who holds it and what that means, in one sentence.
pub fn lock(lock: &Lock, reader: &Reader) -> (Mark, String) {
    let lang = reader.lang;
    let who = clean(&lock.who());
    let since = lock.since.map_or("?".to_owned(), |since| moment(reader, since));
    match lock.holder {
        Holder::Runs => (Mark::Busy, t!(lang, "backup-lock-runs", who = who, since = since)),
        Holder::Gone => (Mark::Look, t!(lang, "backup-lock-gone", who = who, since = since)),
        Holder::Unknown => (Mark::Look, t!(lang, "backup-lock-unknown", who = who, since = since)),
    }
}

pub fn warning(warning: &Warning) -> String {
    let why = clean(&warning.why);
    match warning.path.as_deref().filter(|path| !path.is_empty()) {
        Some(path) => format!("{}: {why}", clean(path)),
        None => why,
    }
}

/// A file that did not come back, and why.
pub fn wrong(lang: Lang, wrong: &Wrong) -> String {
    format!("{}: {}", one_line(&wrong.path), say(lang, &wrong.why))
}

/// Why a snapshot is kept, in our words: engines say "daily snapshot", "weekly #3", "daily[oldest] #7". What they say
/// besides is quoted.
pub fn reason(lang: Lang, raw: &str) -> String {
    const RULES: [(&str, &str); 8] = [
        ("last", "last"),
        ("secondly", "last"),
        ("hourly", "hourly"),
        ("daily", "daily"),
        ("weekly", "weekly"),
        ("monthly", "monthly"),
        ("yearly", "yearly"),
        ("within", "within"),
    ];
    let word = |c: char| !c.is_ascii_alphabetic();
    let found = RULES.iter().find(|(theirs, _)| raw.split(word).any(|word| word == *theirs));
    match found {
        Some((_, rule)) => t!(lang, "backup-why", rule = *rule),
        None => format!("“{}”", one_line(raw)),
    }
}

/// Rules of retention in words: "7 daily, 4 weekly".
pub fn retention(lang: Lang, keep: &super::engine::Keep) -> String {
    let rules = [
        ("last", keep.last),
        ("hourly", keep.hourly),
        ("daily", keep.daily),
        ("weekly", keep.weekly),
        ("monthly", keep.monthly),
        ("yearly", keep.yearly),
    ];
    let said: Vec<String> = rules
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(rule, count)| t!(lang, "backup-keep", rule = rule, count = count))
        .collect();
    said.join(", ")
}
