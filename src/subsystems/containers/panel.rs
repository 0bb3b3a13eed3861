//! The list of containers, and what its screens share with others. Pure: a snapshot and a reader in, a screen out.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    actor::FIGURES,
    engine::Verb,
    halves::Half,
    messages::{Figures, ListPage, Row},
    model::{Container, Health, State},
    panel_one,
    state::Link,
    words,
};
use crate::{
    domain::{Bytes, Reader},
    intent::{
        Act as AnyAct, Hole, View as AnyView,
        containers::{Act, Filter, Name, Stock, View},
    },
    locale::span,
    screen::{Block, Button, Mark, Pager, Prompt, Screen, Topic, text},
    t,
};

/// Two lines each, and as many buttons.
pub const PER_PAGE: usize = 8;
/// Monospaced columns of a phone.
const COLUMNS: usize = 34;

pub fn at(filter: Filter) -> AnyView {
    AnyView::Containers(View::List { filter, search: None, page: 0 })
}

pub fn list(page: &ListPage, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let ask = &page.ask;
    let mut blocks = link_blocks(&page.link, reader);
    let counts = page.counts;
    if is_known(page) {
        let summary = t!(
            lang,
            "containers-counts",
            running = counts.running,
            stopped = counts.stopped,
            troubled = counts.troubled
        );
        let mark = match (&page.link, counts.troubled) {
            (Link::Up(_), 0) => Mark::Good,
            (Link::Up(_), _) => Mark::Look,
            _ => Mark::Unknown,
        };
        blocks.push(Block::State(mark, summary));
    }
    let asks = ask.search.as_deref() == Some("");
    if let Some(words) = ask.search.as_ref().filter(|_| !asks && is_known(page)) {
        blocks.push(Block::text(t!(lang, "containers-found", n = page.found, words = words.as_str())));
    }
    if ask.page == 0 {
        let lines =
            page.halves.iter().map(|half| Block::State(Mark::Bad, panel_one::half_line(half, reader)));
        blocks.extend(lines);
    }
    if page.rows.is_empty() {
        if matches!(page.link, Link::Up(_)) {
            blocks.push(Block::Note(empty(page, reader)));
        }
    } else {
        blocks.push(Block::Pre(grouped(page, reader)));
    }
    let view = |number| {
        AnyView::Containers(View::List { filter: ask.filter, search: ask.search.clone(), page: number })
    };
    Screen {
        crumbs: vec![t!(lang, "containers-crumb-cargo"), t!(lang, "containers-crumb")],
        blocks,
        as_of: Some(reader.now),
        rows: list_rows(page, reader),
        pager: Pager::over(page.found, PER_PAGE, ask.page, view),
        topics: topics(),
        // Empty words ask for some.
        prompt: asks
            .then(|| Prompt { hole: Hole::ContainersSearch, hint: t!(lang, "containers-search-hint") }),
        can_live: true,
        live: is_away(&page.link) || page.rows.iter().any(comes),
        ..Screen::default()
    }
}

/// Before the first list nothing is known, which is not none.
fn is_known(page: &ListPage) -> bool {
    !is_away(&page.link) || page.counts.running + page.counts.stopped > 0
}

pub fn topics() -> Vec<Topic> {
    vec![Topic::Containers, Topic::Feed(FIGURES)]
}

/// Its figures were never seen and are on their way: the screen waits for them by itself.
pub fn comes(row: &Row) -> bool {
    row.figures_come && row.figures.cpu.is_none()
}

/// Not connected: what shows it waits for the engine to come back.
pub fn is_away(link: &Link) -> bool {
    !matches!(link, Link::Up(_))
}

/// What stands above everything while there is no connection.
pub fn link_blocks(link: &Link, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    match link {
        Link::Up(_) => Vec::new(),
        Link::Opening => vec![Block::State(Mark::Busy, t!(lang, "containers-connecting"))],
        Link::Down { since, error } => vec![
            Block::State(
                Mark::Look,
                t!(
                    lang,
                    "containers-reconnecting",
                    why = words::error(lang, error),
                    span = span(lang, age(*since, reader))
                ),
            ),
            Block::Note(words::mend(lang, error)),
        ],
    }
}

fn empty(page: &ListPage, reader: &Reader) -> String {
    let lang = reader.lang;
    match (page.ask.filter, &page.ask.search) {
        (_, Some(_)) => t!(lang, "containers-empty-search"),
        (Filter::All, None) => t!(lang, "containers-empty-all"),
        (Filter::Running, None) => t!(lang, "containers-empty-running"),
        (Filter::Stopped, None) => t!(lang, "containers-empty-stopped"),
        (Filter::Troubled, None) => t!(lang, "containers-empty-troubled"),
    }
}

fn grouped(page: &ListPage, reader: &Reader) -> String {
    let lang = reader.lang;
    let mut lines = Vec::new();
    let mut group: Option<Option<&str>> = None;
    for row in &page.rows {
        let project = row.container.project();
        if group != Some(project) {
            match project {
                Some(project) => {
                    let (up, all) = page.projects.get(project).copied().unwrap_or_default();
                    let count = t!(lang, "containers-project-count", up = up, all = all);
                    let room = COLUMNS.saturating_sub(4 + text::columns(&count));
                    lines.push(format!("📦 {} {count}", text::fit(&text::clean(project), room)));
                }
                // A headline only where there is something above it.
                None if group.is_some() => lines.push(t!(lang, "containers-alone")),
                None => {}
            }
            group = Some(project);
        }
        lines.push(row_lines(row, reader));
    }
    lines.join("\n")
}

/// `✔ web        healthy 3 h`, and below it the figures. The name gives way to the state.
pub fn row_lines(row: &Row, reader: &Reader) -> String {
    let lang = reader.lang;
    let container = &row.container;
    let mut state = match row.doing {
        Some(doing) => words::doing(lang, doing),
        None => words::state_brief(lang, container),
    };
    // How long it is unwell or paused its status does not say: that is how long it runs.
    let dated = container.state != State::Paused && container.health != Some(Health::Unhealthy);
    if let (None, true) = (row.doing, dated)
        && let Some(so_long) = words::rough(&container.status)
    {
        // "exited 3 2 s" would be read as one number.
        let apart = if matches!(container.state, State::Exited(_)) { "," } else { "" };
        state = format!("{state}{apart} {}", span(lang, so_long));
    }
    if row.newer {
        state = format!("⬆ {state}");
    }
    let state = text::fit(&state, COLUMNS - 8);
    let room = COLUMNS - 3 - text::columns(&state);
    let name = text::pad(&text::clean(&words::short(container)), room, false);
    let head = format!("{} {name} {state}", words::mark(row).sign());
    let mut below = figures(&row.figures, row.figures_come, container);
    let ports: Vec<String> = container.published().iter().map(|port| format!(":{port}")).collect();
    if !ports.is_empty() {
        below.push(ports.join(" "));
    }
    let image = text::clean(words::image(&container.image));
    let line = |text: &str| format!("    {}", text::fit(text, COLUMNS - 4));
    let figures = below.join(" · ");
    // Cut to some letters it says nothing: then it has a line of its own.
    let one_line = [figures.as_str(), image.as_str()].into_iter().filter(|part| !part.is_empty());
    let one_line = one_line.collect::<Vec<_>>().join(" · ");
    if figures.is_empty() || text::columns(&one_line) <= COLUMNS - 4 {
        return format!("{head}\n{}", line(&one_line));
    }
    format!("{head}\n{}\n{}", line(&figures), line(&image))
}

fn figures(figures: &Figures, come: bool, container: &Container) -> Vec<String> {
    if !container.takes() {
        return Vec::new();
    }
    match (figures.cpu, figures.memory) {
        (None, None) if come => vec!["…".into()],
        (cpu, memory) => vec![
            cpu.map_or_else(|| "–".into(), words::percent),
            memory.map_or_else(
                || "–".into(),
                |bytes| match figures.memory_limit {
                    Some(limit) => format!("{}/{}", Bytes(bytes), Bytes(limit)),
                    None => Bytes(bytes).to_string(),
                },
            ),
        ],
    }
}

fn list_rows(page: &ListPage, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let mut rows: Vec<Vec<Button>> = page.halves.iter().map(|half| vec![half_button(half, reader)]).collect();
    rows.extend(container_buttons(&page.rows));
    let projects: Vec<Button> = page
        .projects
        .keys()
        .filter_map(|project| Some((project, Name::parse(project).ok()?)))
        .map(|(project, name)| {
            Button::view(format!("📦 {}", text::fit(project, 20)), AnyView::Containers(View::Project(name)))
        })
        .collect();
    rows.extend(projects.chunks(2).map(<[Button]>::to_vec));
    let troubled = if is_known(page) { page.counts.troubled.to_string() } else { "?".to_owned() };
    let tab = |filter: Filter, label: String| {
        let label = if page.ask.filter == filter { format!("● {label}") } else { label };
        Button::view(label, at(filter))
    };
    rows.push(vec![
        tab(Filter::All, t!(lang, "containers-tab-all")),
        tab(Filter::Running, t!(lang, "containers-tab-running")),
        tab(Filter::Stopped, t!(lang, "containers-tab-stopped")),
    ]);
    let asking = View::List { filter: Filter::All, search: Some(String::new()), page: 0 };
    rows.push(vec![
        tab(Filter::Troubled, t!(lang, "containers-tab-troubled", n = troubled)),
        Button::view(t!(lang, "containers-search"), AnyView::Containers(asking)),
        Button::view(
            t!(lang, "containers-stock"),
            AnyView::Containers(View::Stock { what: Stock::Usage, page: 0 }),
        ),
    ]);
    if let Some(newer) = page.newer {
        let view = AnyView::Containers(View::Updates { page: 0 });
        rows.push(vec![Button::view(t!(lang, "containers-button-updates", n = newer), view)]);
    }
    rows
}

pub fn half_button(half: &Half, reader: &Reader) -> Button {
    let label = t!(reader.lang, "containers-button-half", name = text::fit(half.name.as_str(), 20));
    Button::view(label, AnyView::Containers(View::One(half.name.clone())))
}

pub fn container_buttons(rows: &[Row]) -> Vec<Vec<Button>> {
    // "web" of two projects: which is which?
    let shared = |short: &str| rows.iter().filter(|row| words::short(&row.container) == short).count() > 1;
    let label = |container: &Container| match (words::short(container), container.project()) {
        (short, Some(project)) if shared(&short) => format!("{project}/{short}"),
        (short, _) => short,
    };
    let buttons: Vec<Button> = rows
        .iter()
        .filter_map(|row| Some((row, row.container.address()?)))
        .map(|(row, name)| {
            let label = text::fit(&label(&row.container), 20);
            let label = format!("{} {label}", words::mark(row).sign());
            Button::view(label, AnyView::Containers(View::One(name)))
        })
        .collect();
    buttons.chunks(2).map(<[Button]>::to_vec).collect()
}

/// Never negative: a clock that was set back makes no "in −3 min".
pub fn age(since: Timestamp, reader: &Reader) -> Duration {
    Duration::try_from(reader.now.duration_since(since)).unwrap_or_default()
}

/// The act of a verb on one container.
pub fn act_of(verb: Verb, name: Name) -> AnyAct {
    AnyAct::Containers(match verb {
        Verb::Start => Act::Start(name),
        Verb::Stop => Act::Stop(name),
        Verb::Restart => Act::Restart(name),
        Verb::Pause => Act::Pause(name),
        Verb::Unpause => Act::Unpause(name),
        Verb::Kill => Act::Kill(name),
        Verb::Remove => Act::Remove(name),
    })
}
