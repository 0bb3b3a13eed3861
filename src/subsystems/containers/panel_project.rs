//! One Compose project: its containers, what needs what, and what can be done to all of them. Pure.

use super::{
    messages::ProjectReport,
    panel::{comes, container_buttons, half_button, is_away, link_blocks, row_lines, topics},
    panel_done, panel_one,
    state::Link,
    words,
};
use crate::{
    domain::{Reader, Role},
    intent::{Act as AnyAct, containers::Act},
    screen::{Block, Button, Mark, Screen, Style},
    t,
};

/// One Compose project: its containers in the order they start.
pub fn project(report: &ProjectReport, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = link_blocks(&report.link, reader);
    if let Some(op) = &report.op {
        blocks.push(panel_done::op_block(op, reader));
    } else if let Some(evidence) = &report.evidence {
        blocks.extend(panel_done::evidence_blocks(evidence, reader));
    }
    for half in report.halves.iter().filter(|_| report.op.is_none()) {
        blocks.push(Block::State(Mark::Bad, panel_one::half_line(half, reader)));
    }
    if report.rows.is_empty() {
        if matches!(report.link, Link::Up(_)) && report.halves.is_empty() {
            blocks.push(Block::State(Mark::Unknown, t!(lang, "containers-project-gone")));
        }
    } else {
        let up = report.rows.iter().filter(|row| row.container.takes()).count();
        let troubled = report.rows.iter().any(|row| row.troubled);
        let mark = if troubled {
            Mark::Look
        } else if up == 0 {
            Mark::Idle
        } else {
            Mark::Good
        };
        let count = t!(lang, "containers-project-says", up = up, all = report.rows.len());
        blocks.push(Block::State(mark, count));
        let lines: Vec<String> = report.rows.iter().map(|row| row_lines(row, reader)).collect();
        blocks.push(Block::Pre(lines.join("\n")));
        let waiting: Vec<String> =
            report.rows.iter().filter(|row| row.newer).map(|row| words::short(&row.container)).collect();
        if !waiting.is_empty() {
            blocks.push(Block::text(t!(lang, "containers-project-waiting", list = waiting.join(", "))));
        }
        blocks.extend(needs(report, reader));
        let compose = report.rows.iter().find_map(|row| row.container.compose.as_ref());
        if let Some(files) = compose.map(|compose| compose.config_files.join(", ")).filter(|f| !f.is_empty())
        {
            blocks.push(Block::Note(t!(lang, "containers-project-files", files = files)));
        }
    }
    if !report.protected.is_empty() {
        blocks.push(Block::Note(t!(
            lang,
            "containers-project-protected",
            list = report.protected.join(", ")
        )));
    }
    let mut rows: Vec<Vec<Button>> =
        report.halves.iter().map(|half| vec![half_button(half, reader)]).collect();
    rows.extend(container_buttons(&report.rows));
    if reader.role >= Role::Pilot && report.op.is_none() && matches!(report.link, Link::Up(_)) {
        let act = |label: String, act: Act| Button::act(label, AnyAct::Containers(act));
        let name = || report.project.clone();
        let mut acts = Vec::new();
        if report.rows.iter().any(|row| !row.container.running()) {
            acts.push(
                act(t!(lang, "containers-button-start-all"), Act::StartProject(name())).style(Style::Success),
            );
        }
        if report.protected.is_empty() && report.rows.iter().any(|row| row.container.running()) {
            acts.push(act(t!(lang, "containers-button-restart-all"), Act::RestartProject(name())));
            acts.push(
                act(t!(lang, "containers-button-stop-all"), Act::StopProject(name())).style(Style::Danger),
            );
        }
        if !acts.is_empty() {
            rows.push(acts);
        }
        let newer = report.rows.iter().filter(|row| row.newer).count();
        if newer > 0 && report.protected.is_empty() {
            let label = t!(lang, "containers-button-update-all", n = newer);
            rows.push(vec![act(label, Act::UpdateProject(name())).style(Style::Danger)]);
        }
    }
    Screen {
        crumbs: vec![t!(lang, "containers-crumb"), report.project.to_string()],
        blocks,
        as_of: Some(reader.now),
        rows,
        topics: topics(),
        can_live: true,
        live: report.op.is_some() || is_away(&report.link) || report.rows.iter().any(comes),
        ..Screen::default()
    }
}

fn needs(report: &ProjectReport, reader: &Reader) -> Vec<Block> {
    let lines: Vec<String> = report
        .rows
        .iter()
        .filter_map(|row| row.container.compose.as_ref())
        .filter(|compose| !compose.depends_on.is_empty())
        .map(|compose| {
            let needs = compose.depends_on.join(", ");
            t!(reader.lang, "containers-needs", service = compose.service.as_str(), needs = needs)
        })
        .collect();
    if lines.is_empty() { Vec::new() } else { vec![Block::text(lines.join(" · "))] }
}
