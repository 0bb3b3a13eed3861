//! The front page and the panels' menus, composed from what each room says at a glance. Pure: the asking, with its
//! deadline, is in `mod.rs`; a room that was late is `None` here and shown as unknown.

use crate::{
    domain::Reader,
    intent::{
        View,
        dashboard::{self, Panel},
        metrics::{self, Metric, Range},
    },
    room::{Glance, Problem},
    screen::{Block, Button, Mark, Screen, Style, Topic},
    t,
};

/// Problems named in words at the top; further ones are counted.
const PROBLEMS_IN_WORDS_MAX: usize = 4;
/// Problems that get a button of their own.
const PROBLEM_BUTTONS_MAX: usize = 6;

/// What one room said, or that it did not in time.
pub struct Said {
    /// The room's name in the reader's language.
    pub room: String,
    pub glance: Option<Glance>,
    pub panel: Panel,
}

/// A panel that exists, with the doors to its rooms.
pub struct Doors {
    pub panel: Panel,
    pub rooms: Vec<(String, View)>,
}

pub fn home(ship: &str, said: Vec<Said>, doors: &[Doors], charts: bool, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut problems: Vec<Problem> =
        said.iter().flat_map(|said| said.glance.iter()).flat_map(|g| g.problems.clone()).collect();
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.mark));
    let late = said.iter().any(|said| said.glance.is_none());
    let unknown = |block: &Block| matches!(block, Block::State(Mark::Unknown, _));
    let dark = said.iter().flat_map(|said| &said.glance).any(|glance| glance.blocks.iter().any(unknown));
    let verdict = match problems.first().map(|problem| problem.mark) {
        Some(Mark::Bad) => t!(lang, "dashboard-act"),
        Some(_) => t!(lang, "dashboard-look"),
        None if late => t!(lang, "dashboard-unknown"),
        // A room that cannot see its part says so below: "all" would be more than anybody knows.
        None if dark => t!(lang, "dashboard-well-known"),
        None => t!(lang, "dashboard-well"),
    };
    let mut blocks = vec![Block::Heading(t!(lang, "dashboard-title", ship = ship, verdict = verdict))];
    blocks.extend(problems.iter().take(PROBLEMS_IN_WORDS_MAX).map(|p| Block::State(p.mark, p.line.clone())));
    if problems.len() > PROBLEMS_IN_WORDS_MAX {
        blocks.push(Block::Note(t!(lang, "dashboard-more", n = problems.len() - PROBLEMS_IN_WORDS_MAX)));
    }
    for said in said {
        match said.glance {
            Some(glance) => blocks.extend(glance.blocks),
            None => blocks.push(Block::State(Mark::Unknown, t!(lang, "dashboard-late", room = said.room))),
        }
    }
    Screen {
        blocks,
        as_of: Some(reader.now),
        rows: home_rows(&problems, doors, charts, reader),
        topics: vec![Topic::Metrics, Topic::Services, Topic::Containers, Topic::Backup, Topic::Alerts],
        can_live: true,
        ..Screen::default()
    }
}

fn home_rows(problems: &[Problem], doors: &[Doors], charts: bool, reader: &Reader) -> Vec<Vec<Button>> {
    let mut rows: Vec<Vec<Button>> = Vec::new();
    let own: Vec<Button> = problems
        .iter()
        .take(PROBLEM_BUTTONS_MAX)
        .map(|problem| {
            let style = if problem.mark == Mark::Bad { Style::Danger } else { Style::Plain };
            Button::view(format!("{} {}", problem.mark.sign(), problem.label), problem.view.clone())
                .style(style)
        })
        .collect();
    rows.extend(own.chunks(3).map(<[Button]>::to_vec));
    let panels: Vec<Button> = doors
        .iter()
        .map(|doors| {
            Button::view(
                panel_button(doors.panel, reader),
                View::Dashboard(dashboard::View::Panel(doors.panel)),
            )
        })
        .collect();
    // Four in two rows of two: one alone would look like more than it is.
    let across = if panels.len() == 4 { 2 } else { 3 };
    rows.extend(panels.chunks(across).map(<[Button]>::to_vec));
    if charts {
        let view = View::Metrics(metrics::View::Chart { metric: Metric::Cpu, range: Range::Hour });
        rows.push(vec![Button::view(t!(reader.lang, "dashboard-charts"), view)]);
    }
    rows
}

/// One panel: what its rooms say at a glance, and their doors.
pub fn panel(panel: Panel, said: Vec<Said>, doors: &[Doors], reader: &Reader) -> Screen {
    let lang = reader.lang;
    let (crumb, says) = match panel {
        Panel::Engine => (t!(lang, "dashboard-crumb-engine"), t!(lang, "dashboard-engine-says")),
        Panel::Cargo => (t!(lang, "dashboard-crumb-cargo"), t!(lang, "dashboard-cargo-says")),
        Panel::Navigation => (t!(lang, "dashboard-crumb-navigation"), t!(lang, "dashboard-navigation-says")),
        Panel::Settings => (t!(lang, "dashboard-crumb-settings"), t!(lang, "dashboard-settings-says")),
        Panel::CoPilot => (t!(lang, "dashboard-crumb-copilot"), t!(lang, "dashboard-copilot-says")),
    };
    let rooms: Vec<Button> = doors
        .iter()
        .filter(|doors| doors.panel == panel)
        .flat_map(|doors| doors.rooms.iter().map(|(label, view)| Button::view(label.clone(), view.clone())))
        .collect();
    let mut blocks = vec![Block::Note(says)];
    if rooms.is_empty() {
        blocks.push(Block::text(t!(lang, "dashboard-panel-empty")));
    }
    for said in said.into_iter().filter(|said| said.panel == panel) {
        match said.glance {
            Some(glance) => {
                blocks.extend(glance.problems.into_iter().map(|p| Block::State(p.mark, p.line)));
                blocks.extend(glance.blocks);
            }
            None => blocks.push(Block::State(Mark::Unknown, t!(lang, "dashboard-late", room = said.room))),
        }
    }
    Screen {
        crumbs: vec![crumb],
        blocks,
        as_of: Some(reader.now),
        rows: rooms.chunks(2).map(<[Button]>::to_vec).collect(),
        can_live: true,
        topics: vec![
            Topic::Metrics,
            Topic::Services,
            Topic::Containers,
            Topic::Backup,
            Topic::Alerts,
            Topic::Jobs,
        ],
        ..Screen::default()
    }
}

fn panel_button(panel: Panel, reader: &Reader) -> String {
    let lang = reader.lang;
    match panel {
        Panel::Engine => t!(lang, "dashboard-panel-engine"),
        Panel::Cargo => t!(lang, "dashboard-panel-cargo"),
        Panel::Navigation => t!(lang, "dashboard-panel-navigation"),
        Panel::Settings => t!(lang, "dashboard-panel-settings"),
        Panel::CoPilot => t!(lang, "dashboard-panel-copilot"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChatKind, Lang, Role, Theme};

    fn reader() -> Reader {
        Reader {
            lang: Lang::En,
            tz: jiff::tz::TimeZone::UTC,
            role: Role::Owner,
            theme: Theme::Dark,
            chat: ChatKind::Private,
            now: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn problem(mark: Mark, label: &str) -> Problem {
        Problem { mark, line: format!("{label} in words"), label: label.into(), view: View::HOME }
    }

    fn said(problems: Vec<Problem>) -> Said {
        Said {
            room: "Services".into(),
            glance: Some(Glance { problems, ..Glance::default() }),
            panel: Panel::Engine,
        }
    }

    fn headline(screen: &Screen) -> &str {
        match &screen.blocks[0] {
            Block::Heading(text) => text,
            other => panic!("not a headline: {other:?}"),
        }
    }

    #[test]
    fn the_first_line_answers_whether_anything_must_be_done() {
        let check = |said: Vec<Said>, want: &str| {
            let screen = home("potion", said, &[], false, &reader());
            assert_eq!(headline(&screen), format!("🚀 potion — {want}"));
        };
        check(vec![said(vec![])], "✔ all well");
        check(vec![said(vec![problem(Mark::Look, "disk")])], "▲ look");
        check(vec![said(vec![problem(Mark::Look, "disk"), problem(Mark::Bad, "nginx")])], "✖ act");
        let unknown = Block::State(Mark::Unknown, "Services unknown".into());
        let mut dark = said(vec![]);
        dark.glance = Some(Glance { blocks: vec![unknown], ..Glance::default() });
        check(vec![said(vec![]), dark], "✔ well, as far as known");
        let late = Said { room: "Services".into(), glance: None, panel: Panel::Engine };
        check(vec![said(vec![]), late], "? not all answered");
    }

    #[test]
    fn the_bad_comes_first_and_is_a_button() {
        let screen = home(
            "potion",
            vec![said(vec![problem(Mark::Look, "disk"), problem(Mark::Bad, "nginx")])],
            &[],
            false,
            &reader(),
        );
        assert_eq!(screen.blocks[1], Block::State(Mark::Bad, "nginx in words".into()));
        assert_eq!(screen.rows[0][0].label, "✖ nginx");
    }
}
