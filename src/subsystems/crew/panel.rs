//! The Crew screens. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::counters;
use crate::{
    domain::{Lang, Reader, Role},
    intent::{
        Act as AnyAct, View as AnyView,
        crew::{Act, View},
    },
    locale::{ago, span},
    room::{Glance, Problem},
    screen::{Align, Block, Button, Column, LogLine, Mark, Screen, Style, Table, Topic},
    supervision::{
        Cause, Crew, Health, Member, Report, Standing,
        words::{brief, ending, policy},
    },
    t,
};

/// Last errors below the list; each actor's own screen has all of them.
const TROUBLES_MAX: usize = 6;
const BUTTONS_IN_ROW: usize = 3;
/// One handler that runs this long is worth saying.
const BUSY: Duration = Duration::from_secs(1);
/// An actor that has been well for this long had its errors in the past.
const FRESH: Duration = Duration::from_secs(86_400);

pub fn list(crew: &Crew, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = frame(crew.as_of, vec![t!(lang, "crew-crumb")]);
    screen.live = crew.members.iter().any(on_its_way);
    screen.blocks.push(verdict(crew, lang));
    let column = |title: String, align, shrinks| Column { title, align, shrinks };
    screen.blocks.push(Block::Table(Table {
        columns: vec![
            column(String::new(), Align::Left, false),
            column(t!(lang, "crew-column-actor"), Align::Left, true),
            column(t!(lang, "crew-column-state"), Align::Left, false),
            column("↻".into(), Align::Right, false),
        ],
        rows: crew
            .members
            .iter()
            .map(|member| {
                let restarts = if member.restarts > 0 { member.restarts.to_string() } else { String::new() };
                let mark = mark(member).sign().to_owned();
                vec![mark, member.id.clone(), short(member, crew.as_of, lang), restarts]
            })
            .collect(),
    }));
    screen.blocks.extend(troubles(crew, lang));
    screen.rows = doors(crew);
    if reader.role >= Role::Owner {
        screen.rows.push(vec![Button::act(t!(lang, "crew-reload"), AnyAct::Crew(Act::Reload))]);
    }
    screen
}

pub fn actor(crew: &Crew, id: &str, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = frame(crew.as_of, vec![t!(lang, "crew-crumb"), id.to_owned()]);
    let Some(member) = crew.get(id) else {
        screen.blocks.push(Block::Note(t!(lang, "crew-unknown-actor", actor = id)));
        return screen;
    };
    screen.live = on_its_way(member);
    screen.blocks.push(Block::State(mark(member), long(member, crew.as_of, lang)));
    if let Some(mend) = mend(member, crew.as_of, lang) {
        screen.blocks.push(Block::Note(mend));
    }
    if let Report::Answered { status, .. } = &member.report
        && let Some((at, why)) = &status.last_error
    {
        let age = ago(lang, between(*at, crew.as_of));
        screen.blocks.push(Block::text(t!(lang, "crew-last-error", age = age, why = why.as_str())));
    }
    screen.blocks.push(Block::Pairs(pairs(member, lang)));
    if !member.past.is_empty() {
        screen.blocks.push(Block::Heading(t!(lang, "crew-heading-past")));
        screen.blocks.push(Block::Log(past(member, lang)));
        if member.past.len() >= crate::supervision::INCIDENTS_MAX {
            screen.blocks.push(Block::Note(t!(lang, "crew-past-more", n = member.past.len())));
        }
    }
    screen.blocks.push(Block::Heading(t!(lang, "crew-heading-policy")));
    let grace = t!(lang, "crew-policy-grace", grace = brief(lang, member.grace));
    screen.blocks.push(Block::Note(format!("{} {grace}", policy(lang, &member.policy))));
    if reader.role >= Role::Owner {
        let act = AnyAct::Crew(Act::Restart(id.to_owned()));
        screen.rows.push(vec![Button::act(t!(lang, "crew-restart", actor = id), act).style(Style::Primary)]);
    }
    screen
}

/// The supervisor itself gives no answer.
pub fn away(reader: &Reader) -> Screen {
    let lang = reader.lang;
    let within = brief(lang, crate::supervision::CREW_MAX);
    Screen {
        blocks: vec![
            Block::State(Mark::Unknown, t!(lang, "crew-no-answer", within = within)),
            Block::Note(t!(lang, "crew-no-answer-mend")),
        ],
        ..frame(reader.now, vec![t!(lang, "crew-crumb")])
    }
}

/// What an actor needs is its room's to tell; that it fails is told here.
pub fn glance(crew: &Crew, reader: &Reader) -> Glance {
    let lang = reader.lang;
    let mut problems: Vec<Problem> = Vec::new();
    for member in &crew.members {
        let id = member.id.as_str();
        let line = match (&member.standing, &member.report) {
            (Standing::Parked { why, .. }, _) => {
                t!(lang, "crew-problem-parked", actor = id, why = ending(lang, why))
            }
            (Standing::BackOff { .. }, _) => t!(lang, "crew-problem-again", actor = id),
            (Standing::Running { .. }, Report::Silent) => t!(lang, "crew-problem-silent", actor = id),
            _ => continue,
        };
        let view = AnyView::Crew(View::Actor(id.to_owned()));
        problems.push(Problem { mark: mark(member), line, label: id.to_owned(), view });
    }
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.mark));
    Glance { problems, ..Glance::default() }
}

fn frame(as_of: Timestamp, crumbs: Vec<String>) -> Screen {
    Screen { crumbs, as_of: Some(as_of), topics: vec![Topic::Crew], can_live: true, ..Screen::default() }
}

fn mark(member: &Member) -> Mark {
    match (&member.standing, &member.report) {
        (Standing::Running { .. }, Report::Answered { status, .. }) => match status.health {
            Health::Good => Mark::Good,
            Health::Degraded { .. } => Mark::Look,
        },
        (Standing::Running { .. }, Report::Silent) => Mark::Look,
        (Standing::Running { .. }, Report::NotAsked) => Mark::Unknown,
        (Standing::Waiting | Standing::Starting | Standing::Stopping { killed: false }, _) => Mark::Busy,
        (Standing::BackOff { .. } | Standing::Stopping { killed: true }, _) => Mark::Look,
        (Standing::Parked { .. }, _) => Mark::Bad,
        (Standing::Off, _) => Mark::Idle,
    }
}

/// It will look different in a moment.
fn on_its_way(member: &Member) -> bool {
    matches!(
        member.standing,
        Standing::Waiting | Standing::Starting | Standing::BackOff { .. } | Standing::Stopping { .. }
    )
}

fn verdict(crew: &Crew, lang: Lang) -> Block {
    let of = |wanted: Mark| -> Vec<&str> {
        crew.members.iter().filter(|member| mark(member) == wanted).map(|member| member.id.as_str()).collect()
    };
    let (bad, look) = (of(Mark::Bad), of(Mark::Look));
    if !bad.is_empty() {
        Block::State(Mark::Bad, t!(lang, "crew-some-parked", n = bad.len(), names = bad.join(", ")))
    } else if !look.is_empty() {
        Block::State(Mark::Look, t!(lang, "crew-some-look", n = look.len(), names = look.join(", ")))
    } else {
        Block::State(Mark::Good, t!(lang, "crew-all-well", n = crew.members.len()))
    }
}

/// A few columns for the table.
fn short(member: &Member, now: Timestamp, lang: Lang) -> String {
    match &member.standing {
        Standing::Waiting => t!(lang, "crew-short-waiting"),
        Standing::Starting => t!(lang, "crew-short-starting"),
        Standing::Running { since } => match (&member.report, busy(member)) {
            (Report::Answered { status, .. }, _) if status.health != Health::Good => {
                t!(lang, "crew-short-degraded")
            }
            (Report::Silent, Some(time)) => t!(lang, "crew-short-busy", time = brief(lang, time)),
            (Report::Silent, None) => t!(lang, "crew-short-silent"),
            _ => span(lang, between(*since, now)),
        },
        Standing::BackOff { until } => t!(lang, "crew-short-again", time = span(lang, between(now, *until))),
        Standing::Parked { .. } => t!(lang, "crew-short-parked"),
        Standing::Stopping { killed: false } => t!(lang, "crew-short-stopping"),
        Standing::Stopping { killed: true } => t!(lang, "crew-short-stuck"),
        Standing::Off => t!(lang, "crew-short-off"),
    }
}

/// A sentence for its own screen.
fn long(member: &Member, now: Timestamp, lang: Lang) -> String {
    match &member.standing {
        Standing::Waiting => t!(lang, "crew-waiting"),
        Standing::Starting => t!(lang, "crew-starting"),
        Standing::Running { since } => match (&member.report, busy(member)) {
            (Report::Answered { status, .. }, _)
                if let Health::Degraded { since, why, .. } = &status.health =>
            {
                t!(lang, "crew-degraded", why = why.in_lang(lang), time = span(lang, between(*since, now)))
            }
            (Report::Silent, Some(time)) => t!(lang, "crew-busy", time = brief(lang, time)),
            (Report::Silent, None) => t!(lang, "crew-silent"),
            _ if between(*since, now) < Duration::from_secs(1) => t!(lang, "crew-running-just"),
            _ => t!(lang, "crew-running", time = span(lang, between(*since, now))),
        },
        Standing::BackOff { until } => t!(lang, "crew-again", time = span(lang, between(now, *until))),
        Standing::Parked { since, failures, .. } => {
            t!(lang, "crew-parked", time = span(lang, between(*since, now)), failures = *failures)
        }
        Standing::Stopping { killed: false } => t!(lang, "crew-stopping"),
        Standing::Stopping { killed: true } => t!(lang, "crew-stuck"),
        Standing::Off => t!(lang, "crew-off"),
    }
}

/// What mends it, or when it is tried again.
fn mend(member: &Member, now: Timestamp, lang: Lang) -> Option<String> {
    match (&member.standing, &member.report) {
        (Standing::Parked { until: Some(until), .. }, _) => {
            Some(t!(lang, "crew-parked-until", time = span(lang, between(now, *until))))
        }
        (Standing::Parked { until: None, .. }, _) => Some(t!(lang, "crew-parked-for-good")),
        (Standing::Running { .. }, Report::Answered { status, .. }) => match &status.health {
            Health::Degraded { mend, .. } if !mend.is_empty() => Some(mend.in_lang(lang).to_owned()),
            _ => None,
        },
        _ => None,
    }
}

fn busy(member: &Member) -> Option<Duration> {
    member.figures.and_then(|figures| figures.in_handler).filter(|busy| *busy >= BUSY)
}

fn pairs(member: &Member, lang: Lang) -> Vec<(String, String)> {
    let mut pairs = vec![(t!(lang, "crew-pair-restarts"), member.restarts.to_string())];
    if let Report::Answered { took, .. } = &member.report {
        pairs.push((t!(lang, "crew-pair-answer"), brief(lang, *took)));
    }
    if let Some(figures) = member.figures {
        pairs.push((t!(lang, "crew-pair-handled"), grouped(lang, figures.handled)));
        let share = figures.busy.as_secs_f64() / figures.up.as_secs_f64().max(f64::MIN_POSITIVE);
        let share = crate::domain::Percent((share * 100.0).min(100.0) as f32).to_string();
        let longest = brief(lang, figures.slowest);
        pairs.push((
            t!(lang, "crew-pair-handler"),
            t!(lang, "crew-pair-handler-value", share = share, longest = longest),
        ));
    }
    if let Report::Answered { status, .. } = &member.report {
        pairs.extend(
            status.counters.iter().map(|(name, count)| (counters::told(lang, name), grouped(lang, *count))),
        );
    }
    pairs
}

/// "41,220".
fn grouped(lang: Lang, count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(match lang {
                Lang::En => ',',
                Lang::Id => '.',
            });
        }
        out.push(digit);
    }
    out
}

fn past(member: &Member, lang: Lang) -> Vec<LogLine> {
    let lines = member.past.iter().map(|incident| {
        let (priority, text) = match &incident.cause {
            Cause::Failed(why) => (Some(3), ending(lang, why)),
            Cause::Asked => (None, t!(lang, "crew-past-asked")),
            Cause::Replaced => (None, t!(lang, "crew-past-replaced")),
        };
        LogLine { at: Some(incident.at), priority, text }
    });
    lines.collect()
}

/// The last errors, the newest first, of those that have one to tell.
fn troubles(crew: &Crew, lang: Lang) -> Vec<Block> {
    let mut found: Vec<(Option<Timestamp>, Mark, &str, String)> = Vec::new();
    for member in &crew.members {
        let id = member.id.as_str();
        let told = match &member.report {
            Report::Answered { status, .. } => match &status.health {
                Health::Degraded { since, why, .. } => Some((*since, why.in_lang(lang).to_owned())),
                Health::Good => status.last_error.clone(),
            },
            Report::Silent | Report::NotAsked => None,
        };
        let failed = member.last_failure().map(|(at, why)| (at, ending(lang, why)));
        let last = [told, failed].into_iter().flatten().max_by_key(|(at, _)| *at);
        let well = mark(member) == Mark::Good;
        match last {
            Some((at, why)) if !well || between(at, crew.as_of) < FRESH => {
                found.push((Some(at), if well { Mark::Idle } else { mark(member) }, id, why));
            }
            None if mark(member) == Mark::Look => {
                found.push((None, Mark::Look, id, long(member, crew.as_of, lang)));
            }
            _ => {}
        }
    }
    found.sort_by_key(|(at, mark, ..)| (std::cmp::Reverse(*mark), std::cmp::Reverse(*at)));
    let lines = found.into_iter().take(TROUBLES_MAX).map(|(at, mark, id, why)| {
        let text = match at {
            Some(at) => {
                let age = ago(lang, between(at, crew.as_of));
                t!(lang, "crew-trouble-when", actor = id, why = why, age = age)
            }
            None => t!(lang, "crew-trouble", actor = id, why = why),
        };
        Block::State(mark, text)
    });
    lines.collect()
}

/// A button to each, those in trouble first and with their mark.
fn doors(crew: &Crew) -> Vec<Vec<Button>> {
    let mut members: Vec<&Member> = crew.members.iter().collect();
    members.sort_by_key(|member| std::cmp::Reverse(mark(member).max(Mark::Unknown)));
    let buttons: Vec<Button> = members
        .into_iter()
        .map(|member| {
            let mark = mark(member);
            let label =
                if mark >= Mark::Look { format!("{} {}", mark.sign(), member.id) } else { member.id.clone() };
            Button::view(label, AnyView::Crew(View::Actor(member.id.clone())))
        })
        .collect();
    buttons.chunks(BUTTONS_IN_ROW).map(<[Button]>::to_vec).collect()
}

/// Never negative: clocks are set back at times.
fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}
