//! The Flight Recorder's screens. Pure.

use std::io;

use super::{Entry, Outcome, Verdict, Who, chain::Line, reader::Page, search::Found};
use crate::{
    domain::{Lang, Reader},
    intent::{self, Hole, audit::View},
    screen::{Block, Button, Mark, Pager, Prompt, Screen, Span, Topic},
    t,
};

pub const PER_PAGE: u32 = 8;
/// Buttons with an entry's number, in one row.
const NUMBERS_IN_ROW: usize = 4;
/// Characters of a foreign text in a list.
const BRIEF_MAX: usize = 60;

pub fn list(page: &Page, shown: u32, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = frame(reader, &[]);
    if page.lines.is_empty() {
        screen.blocks.push(Block::Note(t!(lang, "audit-empty")));
    } else {
        lines(&mut screen, &page.lines, reader);
    }
    screen.rows.push(vec![
        Button::view(t!(lang, "audit-search"), view(View::SEARCH)),
        Button::view(t!(lang, "audit-check"), view(View::Chain)),
    ]);
    let total = usize::try_from(page.total).unwrap_or(usize::MAX);
    screen.pager = Pager::over(total, PER_PAGE as usize, shown, |page| view(View::List { page }));
    screen.can_live = shown == 0;
    screen
}

pub fn ask_words(reader: &Reader) -> Screen {
    let hint = t!(reader.lang, "audit-search-hint");
    let mut screen = frame(reader, &[t!(reader.lang, "audit-search-title")]);
    screen.blocks.push(Block::text(hint.clone()));
    screen.rows.push(
        ["services.restart", "config.reload", "refused", "failed"]
            .map(|words| Button::view(words, view(View::Search { words: words.into(), page: 0 })))
            .into(),
    );
    screen.prompt = Some(Prompt { hole: Hole::AuditSearch, hint });
    screen
}

pub fn found(found: &Found, words: &str, page: u32, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = frame(reader, &[t!(lang, "audit-search-title")]);
    screen.blocks.push(Block::text(t!(lang, "audit-searched", words = words)));
    if found.lines.is_empty() {
        screen.blocks.push(Block::Note(t!(lang, "audit-nothing-found")));
    }
    lines(&mut screen, &found.lines, reader);
    if let Some(seq) = found.searched_to {
        screen.blocks.push(Block::Note(t!(lang, "audit-searched-to", seq = seq.to_string())));
    }
    let at = |page| view(View::Search { words: words.to_owned(), page });
    if page > 0 || found.more {
        screen.pager = Some(Pager {
            page,
            // How many there are is only known by searching to the end: as many as are certain.
            pages: page + 1 + u32::from(found.more),
            previous: page.checked_sub(1).map(at),
            next: found.more.then(|| at(page + 1)),
        });
    }
    screen.rows.push(vec![Button::view(t!(lang, "audit-search-again"), view(View::SEARCH))]);
    screen
}

pub fn entry(seq: u64, line: Option<&Line>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = frame(reader, &[format!("#{seq}")]);
    let Some(line) = line else {
        screen.blocks.push(Block::Note(t!(lang, "audit-entry-gone", seq = seq.to_string())));
        return screen;
    };
    let entry = &line.entry;
    let when = entry.at.to_zoned(reader.tz.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
    screen.blocks.push(Block::State(mark(entry.outcome), outcome(entry.outcome, lang)));
    let mut say = |label: String, value: String| {
        if !value.is_empty() {
            screen.blocks.push(Block::Text(vec![Span::Bold(format!("{label}: ")), Span::Plain(value)]));
        }
    };
    say(t!(lang, "audit-what"), format!("{} {}", entry.verb, entry.subject).trim().to_owned());
    say(t!(lang, "audit-who"), who_in_full(&entry.who, lang));
    say(t!(lang, "audit-when"), when);
    say(t!(lang, "audit-chat"), entry.chat.map(|chat| chat.to_string()).unwrap_or_default());
    for (key, value) in &entry.details {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        say(brief(key), value);
    }
    say(t!(lang, "audit-op"), entry.op.clone());
    say(t!(lang, "audit-seal"), line.seal.to_string()[..16].to_owned());
    let mut row = Vec::new();
    if !entry.op.is_empty() {
        let same = View::Search { words: entry.op.clone(), page: 0 };
        row.push(Button::view(t!(lang, "audit-same-request"), view(same)));
    }
    if let Some(older) = seq.checked_sub(1).filter(|older| *older > 0) {
        row.push(Button::view(format!("‹ #{older}"), view(View::Entry(older))));
    }
    row.push(Button::view(format!("#{} ›", seq + 1), view(View::Entry(seq + 1))));
    screen.rows.push(row);
    screen
}

pub fn chain(verdict: &Verdict, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = frame(reader, &[t!(lang, "audit-check-title")]);
    let Some((first, last)) = verdict.span else {
        screen.blocks.push(Block::Note(t!(lang, "audit-empty")));
        return screen;
    };
    if verdict.is_whole() {
        let text = t!(
            lang,
            "audit-whole",
            entries = verdict.entries,
            first = first.to_string(),
            last = last.to_string()
        );
        screen.blocks.push(Block::State(Mark::Good, text));
    } else {
        screen.blocks.push(Block::State(Mark::Bad, t!(lang, "audit-broken", breaks = verdict.breaks)));
        for found in &verdict.told {
            let file = found.file.file_name().unwrap_or_default().to_string_lossy();
            screen.blocks.push(Block::text(format!("{file}:{}: {}", found.line, found.why)));
        }
        screen.blocks.push(Block::Note(t!(lang, "audit-broken-mend")));
    }
    let seal = verdict.last_seal.to_string();
    screen.blocks.push(Block::Note(t!(lang, "audit-last-seal", last = last.to_string())));
    screen.blocks.push(Block::Text(vec![Span::Code(seal)]));
    screen
}

pub fn unreadable(error: &io::Error, reader: &Reader) -> Screen {
    let mut screen = frame(reader, &[]);
    let text = t!(reader.lang, "audit-unreadable", error = error.to_string());
    screen.blocks.push(Block::State(Mark::Bad, text));
    screen
}

fn frame(reader: &Reader, below: &[String]) -> Screen {
    let mut crumbs = vec![t!(reader.lang, "audit-title")];
    crumbs.extend_from_slice(below);
    Screen { crumbs, as_of: Some(reader.now), topics: vec![Topic::Audit], ..Screen::default() }
}

fn view(view: View) -> intent::View {
    intent::View::Audit(view)
}

/// The entries, newest first, under their days, and a button for each.
fn lines(screen: &mut Screen, lines: &[Line], reader: &Reader) {
    let mut day = None;
    for line in lines {
        let at = line.entry.at.to_zoned(reader.tz.clone());
        if day != Some(at.date()) {
            day = Some(at.date());
            screen.blocks.push(Block::Heading(at.date().to_string()));
        }
        let time = at.strftime("%H:%M:%S");
        let what = summary(&line.entry, reader.lang);
        screen.blocks.push(Block::State(mark(line.entry.outcome), format!("{time} {what}")));
    }
    let buttons: Vec<Button> = lines
        .iter()
        .map(|line| Button::view(format!("#{}", line.seq), view(View::Entry(line.seq))))
        .collect();
    screen.rows.extend(buttons.chunks(NUMBERS_IN_ROW).map(<[Button]>::to_vec));
}

fn summary(entry: &Entry, lang: Lang) -> String {
    let who = match &entry.who {
        Who::Pilot { name, .. } => brief(name),
        Who::Stranger { name, .. } => t!(lang, "audit-stranger", name = brief(name)),
        Who::Cockpit(part) => brief(part),
    };
    let what = format!("{} {}", entry.verb, entry.subject);
    let outcome = match entry.outcome {
        // The mark says it; and what merely happened has no outcome.
        Outcome::Done | Outcome::Noted => String::new(),
        other => format!(", {}", outcome(other, lang)),
    };
    format!("{who}: {}{outcome}", brief(what.trim()))
}

fn who_in_full(who: &Who, lang: Lang) -> String {
    match who {
        Who::Pilot { id, name } => format!("{name} ({id})"),
        Who::Stranger { id, name } => format!("{} ({id})", t!(lang, "audit-stranger", name = name.as_str())),
        Who::Cockpit(part) => t!(lang, "audit-cockpit", part = part.as_str()),
    }
}

fn outcome(outcome: Outcome, lang: Lang) -> String {
    match outcome {
        Outcome::Accepted => t!(lang, "audit-accepted"),
        Outcome::Done => t!(lang, "audit-done"),
        Outcome::Refused => t!(lang, "audit-refused"),
        Outcome::Failed => t!(lang, "audit-failed"),
        Outcome::Started => t!(lang, "audit-started"),
        Outcome::Noted => t!(lang, "audit-noted"),
    }
}

fn mark(outcome: Outcome) -> Mark {
    match outcome {
        Outcome::Done => Mark::Good,
        Outcome::Accepted | Outcome::Started => Mark::Busy,
        Outcome::Refused => Mark::Look,
        Outcome::Failed => Mark::Bad,
        Outcome::Noted => Mark::Idle,
    }
}

/// A foreign text on one line of a list: no control characters, not too long.
fn brief(text: &str) -> String {
    let mut chars = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut brief: String = chars.by_ref().take(BRIEF_MAX).collect();
    if chars.next().is_some() {
        brief.push('…');
    }
    brief
}
