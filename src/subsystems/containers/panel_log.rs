//! The screen of a container's log. Pure.

use super::{
    engine::{EngineError, Source},
    logs,
    messages::{LogFile, LogPage},
    words,
};
use crate::{
    domain::{Bytes, Reader, Role},
    intent::{
        Act as AnyAct, Hole, Intent, View as AnyView,
        containers::{Act, Amount, Log, Only, Since, View},
    },
    screen::{Block, Button, Mark, Prompt, Screen, Style, Topic},
    t,
};

const SINCE: [(Since, &str); 4] = [
    (Since::Always, "containers-log-always"),
    (Since::Start, "containers-log-start"),
    (Since::Hour, "containers-log-hour"),
    (Since::Day, "containers-log-day"),
];

pub fn log(log: &Log, page: &Result<LogPage, EngineError>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let asks = log.search.as_deref() == Some("");
    let mut blocks = vec![Block::text(about(log, reader))];
    let mut feed = None;
    match page {
        Ok(page) => {
            feed = page.feed;
            let lines = &page.lines.lines;
            if log.only == Only::Both && lines.iter().any(|line| line.source == Source::Err) {
                blocks.push(Block::Note(t!(lang, "containers-log-stderr", mark = logs::STDERR)));
            }
            if lines.is_empty() {
                blocks.push(Block::Note(t!(lang, "containers-log-empty")));
            } else {
                blocks.push(Block::Log(lines.iter().cloned().map(logs::shown).collect()));
            }
            if log.search.is_some() && !asks && !page.lines.complete && lines.len() < log.amount.lines() {
                let n = logs::SEARCHED_MAX;
                blocks.push(Block::Note(t!(lang, "containers-log-search-stopped", n = n)));
            }
        }
        Err(error) => {
            blocks.push(Block::State(Mark::Unknown, words::error(lang, error)));
            blocks.push(Block::Note(words::mend(lang, error)));
        }
    }
    Screen {
        crumbs: vec![log.name.to_string(), t!(lang, "containers-log-crumb")],
        blocks,
        as_of: Some(reader.now),
        rows: rows(log, reader),
        topics: feed.map(Topic::Feed).into_iter().collect(),
        prompt: asks.then(|| Prompt {
            hole: Hole::ContainerLogSearch(Log { search: None, ..log.clone() }),
            hint: t!(lang, "containers-log-search-hint"),
        }),
        can_live: feed.is_some(),
        live: feed.is_some(),
        ..Screen::default()
    }
}

/// "last 50 lines, only errors, since 1 h, with “timeout”"
fn about(log: &Log, reader: &Reader) -> String {
    let lang = reader.lang;
    let mut parts = vec![t!(lang, "containers-log-lines", n = log.amount.lines())];
    if log.only == Only::Errors {
        parts.push(t!(lang, "containers-log-only-errors"));
    }
    match log.since {
        Since::Always => {}
        Since::Start => parts.push(t!(lang, "containers-log-since-start")),
        Since::Hour => parts.push(t!(lang, "containers-log-since-hour")),
        Since::Day => parts.push(t!(lang, "containers-log-since-day")),
    }
    if let Some(words) = log.search.as_deref().filter(|words| !words.is_empty()) {
        parts.push(t!(lang, "containers-log-with", words = words));
    }
    parts.join(" · ")
}

fn rows(log: &Log, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let to = |log: Log| AnyView::Containers(View::Log(log));
    let tab = |on: bool, label: String, log: Log| {
        Button::view(if on { format!("● {label}") } else { label }, to(log))
    };
    let since = SINCE
        .iter()
        .map(|(since, id)| {
            let label = crate::locale::text(lang, id, &[]);
            tab(log.since == *since, label, Log { since: *since, ..log.clone() })
        })
        .collect();
    let other = if log.only == Only::Errors { Only::Both } else { Only::Errors };
    let amounts = [(Amount::Fifty, "50"), (Amount::TwoHundred, "200")];
    let mut second: Vec<Button> = amounts
        .iter()
        .map(|(amount, label)| {
            tab(log.amount == *amount, (*label).to_owned(), Log { amount: *amount, ..log.clone() })
        })
        .collect();
    let errors = t!(lang, "containers-log-errors");
    second.push(tab(log.only == Only::Errors, errors, Log { only: other, ..log.clone() }));
    second.push(match log.search.as_deref() {
        Some(words) if !words.is_empty() => {
            Button::view(t!(lang, "containers-log-search-off"), to(Log { search: None, ..log.clone() }))
        }
        _ => Button::view(
            t!(lang, "containers-search"),
            to(Log { search: Some(String::new()), ..log.clone() }),
        ),
    });
    let plain = log.search.clone().filter(|words| !words.is_empty());
    let mut third = vec![if log.follow {
        Button::view(t!(lang, "containers-log-unfollow"), to(Log { follow: false, ..log.clone() }))
    } else {
        // Opens the lease at once.
        let following = Log { follow: true, since: Since::Always, search: plain.clone(), ..log.clone() };
        Button {
            label: t!(lang, "containers-log-follow"),
            intent: Intent::Live(to(following)),
            style: Style::Primary,
        }
    }];
    if reader.role >= Role::Pilot {
        let whole = Log { follow: false, amount: Amount::default(), search: plain, ..log.clone() };
        third.push(Button::act(t!(lang, "containers-log-file"), AnyAct::Containers(Act::LogFile(whole))));
    }
    vec![since, second, third]
}

/// A collected file before it is sent: how large it is, and what it lacks.
pub fn file(log: &Log, number: u32, file: Option<&LogFile>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = Screen {
        crumbs: vec![
            log.name.to_string(),
            t!(lang, "containers-log-crumb"),
            t!(lang, "containers-crumb-file"),
        ],
        ..Screen::default()
    };
    match file {
        None => screen.blocks.push(Block::State(Mark::Unknown, t!(lang, "containers-log-file-gone"))),
        Some(file) if file.lines == 0 => {
            screen.blocks.push(Block::State(Mark::Idle, t!(lang, "containers-log-file-empty")));
        }
        Some(file) => {
            let (size, n) = (Bytes(file.bytes).to_string(), file.lines);
            // How many lines are left of a cut one nobody counted.
            let ready = match file.cut {
                true => t!(lang, "containers-log-file-ready-cut", n = n, size = size),
                false => t!(lang, "containers-log-file-ready", n = n, size = size),
            };
            screen.blocks.push(Block::State(Mark::Good, ready));
            screen.blocks.extend(shortcomings(file, reader).map(|line| Block::State(Mark::Look, line)));
            let act = AnyAct::Containers(Act::SendLog { log: log.clone(), file: number });
            let send = t!(lang, "containers-log-file-send", size = Bytes(file.bytes).to_string());
            screen.rows.push(vec![Button::act(send, act).style(Style::Primary)]);
        }
    }
    screen
}

fn shortcomings<'a>(file: &'a LogFile, reader: &'a Reader) -> impl Iterator<Item = String> + 'a {
    let lang = reader.lang;
    let cut =
        file.cut.then(|| t!(lang, "containers-log-file-cut", max = Bytes(logs::FILE_BYTES_MAX).to_string()));
    let late = (!file.complete).then(|| t!(lang, "containers-log-file-late"));
    cut.into_iter().chain(late)
}

/// What stands under the file in the chat.
pub fn about_file(file: &LogFile, reader: &Reader) -> String {
    let (size, name) = (Bytes(file.bytes).to_string(), file.log.name.as_str());
    let says = match file.cut {
        true => t!(reader.lang, "containers-log-file-says-cut", name = name, n = file.lines, size = size),
        false => t!(reader.lang, "containers-log-file-says", name = name, n = file.lines, size = size),
    };
    std::iter::once(says).chain(shortcomings(file, reader)).collect::<Vec<_>>().join("\n")
}
