//! Whether a repository can be trusted, what it keeps, how big it is. Pure.

use jiff::{SignedDuration, Timestamp};

use super::{
    engine::EngineKind,
    messages::Sheet,
    store::{Rehearsed, Sorted},
    words,
};
use crate::{
    charts::{Chart, Point, Series, Style as Drawn, Unit, Words},
    domain::{Bytes, Reader, Role, Theme},
    intent::{
        Act as AnyAct, View as AnyView,
        backup::{Act, View},
    },
    locale::{self, moment},
    screen::{Block, Button, Mark, Pager, Picture, Screen, Style, Topic},
    t,
};

const PER_PAGE: usize = 16;
/// A chart of one day would be a dot.
const CHART_MIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Two sizes further apart are not joined, seconds.
const GAP_S: f64 = 45.0 * 86_400.0;

pub fn verify(sheet: &Sheet, busy: bool, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let (facts, config) = (&sheet.facts, &sheet.plan.check);
    let mut blocks = Vec::new();
    match &facts.check {
        None => blocks.push(Block::State(Mark::Unknown, t!(lang, "backup-never-checked"))),
        Some(check) => {
            let says = words::checked(check, reader);
            if check.damage == 0 {
                blocks.push(Block::State(Mark::Good, t!(lang, "backup-sound", says = says)));
            }
        }
    }
    if let Some(found) = &facts.damaged {
        let line = t!(lang, "backup-damaged", count = found.damage, at = moment(reader, found.at));
        blocks.push(Block::State(Mark::Bad, line));
        let named: Vec<String> = found.named.iter().map(words::warning).collect();
        blocks.push(Block::Pre(named.join("\n")));
        blocks.push(Block::Note(t!(lang, "backup-check-mend")));
    }
    let part = facts.part(config.parts);
    if sheet.plan.engine == EngineKind::Restic && config.parts > 1 {
        let next = t!(lang, "backup-next-part", part = part, of = config.parts);
        blocks.push(Block::text(match facts.round.filter(|_| part > 1) {
            Some(round) => format!("{next} {}", t!(lang, "backup-round", at = moment(reader, round.began))),
            None => next,
        }));
    }
    match &facts.proof {
        None => blocks.push(Block::State(Mark::Unknown, t!(lang, "backup-never-proven"))),
        Some(proof) if proof.bad.is_empty() => {
            blocks.push(Block::State(Mark::Good, words::proven(proof, reader)));
        }
        Some(proof) => {
            blocks.push(Block::State(Mark::Bad, t!(lang, "backup-proof-bad", at = moment(reader, proof.at))));
            let named: Vec<String> = proof.bad.iter().map(|wrong| words::wrong(lang, wrong)).collect();
            blocks.push(Block::Pre(named.join("\n")));
            blocks.push(Block::Note(t!(lang, "backup-check-mend")));
        }
    }
    if let Some(proven) = facts.proven {
        blocks.push(Block::text(t!(lang, "backup-proven", at = moment(reader, proven))));
    }
    let mut rows = Vec::new();
    if reader.role >= Role::Pilot && !busy {
        let plan = || sheet.name.clone();
        let act = |label, act| Button::act(label, AnyAct::Backup(act));
        rows.push(vec![
            act(t!(lang, "backup-button-structure"), Act::Check { plan: plan(), data: false }),
            act(t!(lang, "backup-button-data"), Act::Check { plan: plan(), data: true }),
        ]);
        rows.push(vec![act(t!(lang, "backup-button-prove"), Act::Prove(plan()))]);
    }
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string(), t!(lang, "backup-crumb-verify")]),
        blocks,
        as_of: Some(reader.now),
        rows,
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

/// `rehearsed`: what a rehearsal found, and when. Thinning out is offered after one only.
pub fn thin(
    sheet: &Sheet,
    rehearsed: Option<&(Timestamp, Rehearsed)>,
    busy: bool,
    page: u32,
    reader: &Reader,
) -> Screen {
    let lang = reader.lang;
    let keep = sheet.plan.keep();
    let plan = || sheet.name.clone();
    let act = |label, act| Button::act(label, AnyAct::Backup(act));
    let mut blocks = Vec::new();
    let mut rows = Vec::new();
    let mut pager = None;
    if keep.is_nothing() {
        blocks.push(Block::text(t!(lang, "backup-keeps-all")));
        blocks.push(Block::Note(t!(lang, "backup-keeps-all-mend")));
    } else {
        blocks.push(Block::text(t!(lang, "backup-keeps", rules = words::retention(lang, &keep))));
        if !busy {
            rows.push(vec![act(t!(lang, "backup-button-rehearse"), Act::Preview(plan()))]);
        }
    }
    if let Some((at, found)) = rehearsed {
        let (kept, removed) = (found.kept.len(), found.removed.len());
        let at = moment(reader, *at);
        blocks.push(Block::State(
            Mark::Look,
            t!(lang, "backup-would", kept = kept, removed = removed, at = at),
        ));
        let gone = found.removed.iter().map(|one| line('-', one, reader));
        let stays = found.kept.iter().map(|one| line('=', one, reader));
        let lines: Vec<String> = gone.chain(stays).collect();
        blocks.push(Block::Pre(Pager::slice(&lines, PER_PAGE, page).join("\n")));
        let turn = |page| AnyView::Backup(View::Thin { plan: plan(), page });
        pager = Pager::over(lines.len(), PER_PAGE, page, turn);
        if removed > 0 && reader.role >= Role::Owner && !busy {
            let label = t!(lang, "backup-button-thin-now", removed = removed);
            rows.push(vec![act(label, Act::Thin(plan())).style(Style::Danger)]);
        }
    }
    if reader.role >= Role::Owner && !busy {
        rows.push(vec![act(t!(lang, "backup-button-prune"), Act::Prune(plan()))]);
    }
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string(), t!(lang, "backup-crumb-thin")]),
        blocks,
        as_of: rehearsed.map_or(Some(reader.now), |(at, _)| Some(*at)),
        rows,
        pager,
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

/// "- Tue 02:30" and why it stays.
fn line(sign: char, one: &Sorted, reader: &Reader) -> String {
    let when = one.at.map_or_else(|| one.which.id.short().to_owned(), |at| moment(reader, at));
    let why = one.why.iter().map(|why| words::reason(reader.lang, why)).collect::<Vec<_>>().join(", ");
    if why.is_empty() { format!("{sign} {when}") } else { format!("{sign} {when}  {why}") }
}

pub fn size(sheet: &Sheet, sizes: &[(i64, Bytes)], reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    let mut picture = None;
    if let (Some((first, from)), Some((last, now))) = (sizes.first(), sizes.last()) {
        blocks.push(Block::text(t!(lang, "backup-size-now", size = now.to_string())));
        if let Ok(since) = Timestamp::from_second(*first)
            && sizes.len() > 1
        {
            let (sign, by) = match now.0.checked_sub(from.0) {
                Some(grown) => ("+", Bytes(grown)),
                None => ("-", Bytes(from.0 - now.0)),
            };
            let (by, since) = (format!("{sign}{by}"), moment(reader, since));
            blocks.push(Block::text(t!(lang, "backup-size-since", by = by, since = since)));
        }
        picture = chart(sheet, sizes, *first, *last, reader).map(Picture::Chart);
    } else {
        blocks.push(Block::State(Mark::Unknown, t!(lang, "backup-size-unknown")));
    }
    if let Some(held) = sheet.facts.size.and_then(|size| size.held) {
        blocks.push(Block::text(t!(lang, "backup-size-held", size = held.to_string())));
    }
    if let Some((_, count)) = sheet.facts.listed {
        blocks.push(Block::text(t!(lang, "backup-size-snapshots", count = locale::count(lang, count))));
    }
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string(), t!(lang, "backup-crumb-size")]),
        blocks,
        as_of: sheet.facts.size.map(|size| size.at),
        picture,
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

fn chart(sheet: &Sheet, sizes: &[(i64, Bytes)], first: i64, last: i64, reader: &Reader) -> Option<Chart> {
    let to = Timestamp::from_second(last).ok()?;
    let from = Timestamp::from_second(first).ok()?.min(to.checked_sub(CHART_MIN).ok()?);
    let points = sizes.iter().map(|(at, size)| Point::single(*at as f64, size.0 as f32)).collect();
    let name = sheet.name.to_string();
    Some(Chart {
        title: t!(reader.lang, "backup-chart", plan = name.as_str()),
        unit: Unit::Bytes,
        from,
        to,
        timezone: reader.tz.iana_name().unwrap_or("UTC").to_owned(),
        light: reader.theme == Theme::Light,
        style: Drawn::Lines,
        series: vec![Series { label: name, points, gap_s: GAP_S }],
        limits: Vec::new(),
        band: None,
        top: None,
        words: Words::of(reader.lang),
    })
}
