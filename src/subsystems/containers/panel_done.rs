//! What is being done to a container or a project, and what became of it, with its evidence. Pure.

use jiff::Timestamp;

use super::{
    engine::Verb,
    ops::{Doing, End, Evidence, Failure, Op},
    panel::age,
    words,
};
use crate::{
    domain::Reader,
    locale::span,
    screen::{Block, LogLine, Mark, text},
    t,
};

/// Evidence older than this is history; the flight recorder has it.
const EVIDENCE_FRESH_S: u64 = 15 * 60;
const OUTPUT_CHARS_MAX: usize = 200;

pub fn op_block(op: &Op, reader: &Reader) -> Block {
    let lang = reader.lang;
    let (doing, by) = (words::doing(lang, op.doing), op.by.as_str());
    let so_far = span(lang, age(op.at, reader));
    let line = match &op.step {
        Some(step) => t!(
            lang,
            "containers-op-step",
            doing = doing,
            at = step.at,
            of = step.of,
            name = step.container.as_str(),
            span = so_far,
            by = by
        ),
        None => t!(lang, "containers-op", doing = doing, span = so_far, by = by),
    };
    Block::State(Mark::Busy, line)
}

pub fn evidence_blocks(evidence: &Evidence, reader: &Reader) -> Vec<Block> {
    if age(evidence.at, reader).as_secs() >= EVIDENCE_FRESH_S {
        return Vec::new();
    }
    let lang = reader.lang;
    let mut blocks = Vec::new();
    for (name, end) in &evidence.ends {
        let mark = match end {
            end if end.good() => Mark::Good,
            End::NotTried => Mark::Idle,
            End::StillStarting => Mark::Look,
            _ => Mark::Bad,
        };
        blocks.push(Block::State(mark, said(name, end, evidence.doing, reader)));
        let failed = match end {
            End::RolledBack { why, .. } => why,
            end => end,
        };
        if let End::Failed { how, log } = failed {
            if let Failure::Unhealthy { output: Some(output) } = how {
                blocks.push(Block::Pre(short_output(output)));
            }
            if !log.is_empty() {
                blocks.push(Block::Log(log.iter().cloned().map(one_line).collect()));
            }
        }
    }
    let seconds = format!("{:.1}", evidence.took.as_secs_f64());
    let at = clock(evidence.at, reader);
    let by = evidence.by.as_str();
    blocks.push(Block::Note(t!(lang, "containers-evidence", at = at, seconds = seconds, by = by)));
    blocks
}

fn said(name: &str, end: &End, doing: Doing, reader: &Reader) -> String {
    let lang = reader.lang;
    match end {
        End::Up(None) if doing == Doing::Act(Verb::Unpause) => {
            t!(lang, "containers-done-unpause", name = name)
        }
        End::Up(_) if end.good() && doing == Doing::PutBack => {
            t!(lang, "containers-done-put-back", name = name)
        }
        End::Up(None) => t!(lang, "containers-done-up", name = name),
        End::Up(Some(_)) => t!(lang, "containers-done-healthy", name = name),
        End::Down(Some(137)) if doing == Doing::Act(Verb::Stop) => {
            t!(lang, "containers-done-down-killed", name = name)
        }
        End::Down(code) => {
            t!(lang, "containers-done-down", name = name, how = words::ended(lang, *code, false))
        }
        End::Paused => t!(lang, "containers-done-paused", name = name),
        End::Removed => t!(lang, "containers-done-removed", name = name),
        End::StillStarting => t!(lang, "containers-not-yet-healthy", name = name),
        End::Refused(error) => {
            t!(lang, "containers-not-refused", name = name, why = words::error(lang, error))
        }
        End::Otherwise(state) => {
            t!(lang, "containers-not-otherwise", name = name, state = words::state(lang, *state, None))
        }
        End::NotTried => t!(lang, "containers-not-tried", name = name),
        End::Updated(Some(_)) => t!(lang, "containers-done-updated-healthy", name = name),
        End::Updated(None) => t!(lang, "containers-done-updated", name = name),
        End::Current => t!(lang, "containers-update-current", name = name),
        End::NotUpdated(why) => format!("{name}: {}", words::not_updated(lang, why)),
        End::RolledBack { why, back } => {
            let why = said(name, why, doing, reader);
            if back.good() {
                t!(lang, "containers-not-rolled-back", why = why, name = name)
            } else {
                let back = said(name, back, doing, reader);
                t!(lang, "containers-not-rolled-back-badly", why = why, back = back)
            }
        }
        End::Failed { how, .. } => match how {
            Failure::Died { exit, oom } => {
                t!(lang, "containers-not-died", name = name, how = words::ended(lang, *exit, *oom))
            }
            Failure::Restarting { .. } => t!(lang, "containers-not-restarting", name = name),
            Failure::Unhealthy { .. } => t!(lang, "containers-not-healthy", name = name),
            Failure::NotStarted(why) => t!(lang, "containers-not-started", name = name, why = why.as_str()),
        },
    }
}

/// A log line on a container's screen takes one line.
pub fn one_line(line: LogLine) -> LogLine {
    LogLine { text: line.text.lines().next().unwrap_or_default().to_owned(), ..line }
}

pub fn short_output(output: &str) -> String {
    text::clean(output).chars().take(OUTPUT_CHARS_MAX).collect()
}

fn clock(at: Timestamp, reader: &Reader) -> String {
    at.to_zoned(reader.tz.clone()).strftime("%H:%M:%S").to_string()
}
