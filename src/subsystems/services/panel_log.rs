//! The screen of a unit's journal. Pure.

use super::{messages::LogPage, words};
use crate::{
    domain::{Reader, Role},
    intent::{
        Act as AnyAct, Hole, Intent, View as AnyView,
        services::{Act, Amount, Log, Since, View},
    },
    process::journal::{Entry, JournalError},
    screen::{Block, Button, LogLine, Mark, Prompt, Screen, Style, Topic},
    t,
};

/// The priorities offered: what a syslog priority is called.
const PRIORITIES: [(Option<u8>, &str); 4] = [
    (None, "services-log-all"),
    (Some(5), "services-log-notice"),
    (Some(4), "services-log-warning"),
    (Some(3), "services-log-error"),
];
const SINCE: [(Since, &str); 4] = [
    (Since::Always, "services-log-always"),
    (Since::Boot, "services-log-boot"),
    (Since::Hour, "services-log-hour"),
    (Since::Day, "services-log-day"),
];

pub fn log(log: &Log, page: &Result<LogPage, JournalError>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let asks = log.search.as_deref() == Some("");
    let mut blocks = vec![Block::text(about(log, reader))];
    let mut feed = None;
    match page {
        Ok(page) => {
            feed = page.feed;
            if page.entries.is_empty() {
                let why = if page.complete { "services-log-empty" } else { "services-log-none-yet" };
                blocks.push(Block::Note(crate::locale::text(lang, why, &[])));
            } else {
                let named = speakers(&page.entries) > 1;
                blocks.push(Block::Log(page.entries.iter().map(|entry| line(entry, named)).collect()));
            }
            if log.search.is_some() && !asks && !page.complete && page.entries.len() < log.amount.lines() {
                blocks.push(Block::Note(t!(lang, "services-log-search-stopped")));
            }
        }
        Err(error) => {
            let (why, mend) = words::journal_error(lang, error);
            blocks.push(Block::State(Mark::Unknown, why));
            blocks.push(Block::Note(mend));
        }
    }
    let mut topics = Vec::new();
    topics.extend(feed.map(Topic::Feed));
    Screen {
        crumbs: vec![log.unit.to_string(), t!(lang, "services-log-crumb")],
        blocks,
        as_of: Some(reader.now),
        rows: rows(log, reader),
        topics,
        prompt: asks.then(|| Prompt {
            hole: Hole::ServiceLogSearch(Log { search: None, ..log.clone() }),
            hint: t!(lang, "services-log-search-hint"),
        }),
        can_live: feed.is_some(),
        live: feed.is_some(),
        ..Screen::default()
    }
}

/// "last 50 lines, warnings and worse, since 1 h, with “timeout”"
fn about(log: &Log, reader: &Reader) -> String {
    let lang = reader.lang;
    let mut parts = vec![t!(lang, "services-log-lines", n = log.amount.lines())];
    if let Some(priority) = log.priority {
        parts.push(match priority {
            0..=3 => t!(lang, "services-log-only-errors"),
            4 => t!(lang, "services-log-only-warnings"),
            _ => t!(lang, "services-log-only-notices"),
        });
    }
    match log.since {
        Since::Always => {}
        Since::Boot => parts.push(t!(lang, "services-log-since-boot")),
        Since::Hour => parts.push(t!(lang, "services-log-since-hour")),
        Since::Day => parts.push(t!(lang, "services-log-since-day")),
    }
    if let Some(words) = log.search.as_deref().filter(|words| !words.is_empty()) {
        parts.push(t!(lang, "services-log-with", words = words));
    }
    parts.join(" · ")
}

const SYSTEMD: &str = "systemd";

/// How many speak, systemd not counted.
fn speakers(entries: &[Entry]) -> usize {
    let sources = entries.iter().filter_map(|entry| entry.source.as_deref());
    sources.filter(|source| *source != SYSTEMD).collect::<std::collections::BTreeSet<_>>().len()
}

/// Who speaks is said of systemd, and of others where there are several.
fn line(entry: &Entry, named: bool) -> LogLine {
    let text = entry.text.clone().unwrap_or_else(|| "–".into());
    let text = match &entry.source {
        Some(source) if named || source == SYSTEMD => format!("{source}: {text}"),
        _ => text,
    };
    LogLine { at: entry.at, priority: entry.priority, text }
}

fn rows(log: &Log, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let to = |log: Log| AnyView::Services(View::Log(log));
    let tab = |on: bool, id: &str, log: Log| {
        let label = crate::locale::text(lang, id, &[]);
        Button::view(if on { format!("● {label}") } else { label }, to(log))
    };
    let priorities = PRIORITIES
        .iter()
        .map(|(priority, id)| tab(log.priority == *priority, id, Log { priority: *priority, ..log.clone() }))
        .collect();
    let since = SINCE
        .iter()
        .map(|(since, id)| tab(log.since == *since, id, Log { since: *since, ..log.clone() }))
        .collect();
    let amounts = [(Amount::Fifty, "services-log-50"), (Amount::TwoHundred, "services-log-200")];
    let mut third: Vec<Button> = amounts
        .iter()
        .map(|(amount, id)| tab(log.amount == *amount, id, Log { amount: *amount, ..log.clone() }))
        .collect();
    let search = match log.search.as_deref() {
        Some(words) if !words.is_empty() => {
            Button::view(t!(lang, "services-log-search-off"), to(Log { search: None, ..log.clone() }))
        }
        _ => {
            Button::view(t!(lang, "services-search"), to(Log { search: Some(String::new()), ..log.clone() }))
        }
    };
    third.push(search);
    let following = Log { follow: true, since: Since::Always, ..log.clone() };
    let mut fourth = vec![if log.follow {
        Button::view(t!(lang, "services-log-unfollow"), to(Log { follow: false, ..log.clone() }))
    } else {
        // Opens the lease at once.
        Button {
            label: t!(lang, "services-log-follow"),
            intent: Intent::Live(to(following)),
            style: Style::Primary,
        }
    }];
    if reader.role >= Role::Pilot {
        let whole = Log {
            follow: false,
            amount: Amount::default(),
            search: log.search.clone().filter(|w| !w.is_empty()),
            ..log.clone()
        };
        fourth.push(Button::act(t!(lang, "services-log-file"), AnyAct::Services(Act::LogFile(whole))));
    }
    vec![priorities, since, third, fourth]
}
