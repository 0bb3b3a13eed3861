//! What the pilot reads. Pure: answers and readers in, screens out.

use super::engine::{Group, Groups, KERNEL, Shown, Top, Which};
use crate::{
    domain::{Bytes, Lang, Percent, Reader, Role},
    intent::{
        Hole, View as AnyView,
        processes::{Sort, View},
    },
    kernel::cgroup::Owner,
    locale::span,
    screen::{
        Align, Block, Button, Column, Mark, Pager, Prompt, Screen, Style, Table, Topic,
        mono::COLUMNS,
        text::{fit, pad},
    },
    t,
};

pub const PER_PAGE: usize = 8;

/// How a container is called, by its id, as another room knows it.
pub type ContainerName<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(super) fn screen(reader: &Reader, crumb: Option<String>) -> Screen {
    let crumbs = [t!(reader.lang, "dashboard-crumb-engine"), t!(reader.lang, "processes-crumb")];
    Screen {
        crumbs: crumbs.into_iter().chain(crumb).collect(),
        as_of: Some(reader.now),
        topics: vec![Topic::Processes],
        can_live: true,
        ..Screen::default()
    }
}

pub fn unavailable(reader: &Reader) -> Screen {
    let block = Block::State(Mark::Unknown, t!(reader.lang, "processes-away"));
    Screen { blocks: vec![block], ..screen(reader, None) }
}

pub fn top(top: &Top, (sort, which): (Sort, &Which), name: ContainerName<'_>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let crumb = match which {
        Which::All => None,
        Which::Search(words) => Some(t!(lang, "processes-crumb-search", words = words.as_str())),
        Which::Members(group) => Some(group_name(group, name, lang)),
    };
    let mut screen = screen(reader, crumb);
    let at = |sort: Sort, page: u32| {
        AnyView::Processes(match which {
            Which::All => View::Top { sort, search: None, page },
            Which::Search(words) => View::Top { sort, search: Some(words.clone()), page },
            Which::Members(owner) => View::Members { owner: owner.clone(), sort, page },
        })
    };
    let cpu =
        top.cpu.map_or_else(|| "–".to_owned(), |cpu| Percent(cpu / top.cores.max(1) as f32).to_string());
    let head = match which {
        Which::All => t!(lang, "processes-head", n = top.all, cpu = cpu, cores = top.cores),
        Which::Search(_) | Which::Members(_) => t!(lang, "processes-found", n = top.found, all = top.all),
    };
    screen.blocks.push(Block::text(head));
    if top.rows.is_empty() {
        screen.blocks.push(Block::State(Mark::Idle, t!(lang, "processes-none-found")));
    } else {
        screen.blocks.push(Block::Pre(lines(&top.rows, sort, name, lang)));
    }
    if sort == Sort::Io && top.io_hidden > 0 {
        screen.blocks.push(Block::Note(t!(lang, "processes-io-hidden", n = top.io_hidden)));
    }
    screen.rows = process_buttons(&top.rows, reader);
    screen.rows.push(Sort::ALL.map(|other| sort_button(other, other == sort, at(other, 0), lang)).to_vec());
    let groups = AnyView::Processes(View::Groups { sort, page: 0 });
    let mut doors = vec![Button::view(t!(lang, "processes-door-groups"), groups)];
    if *which != Which::All {
        doors.push(Button::view(t!(lang, "processes-door-all"), AnyView::Processes(View::TOP)));
    }
    screen.rows.push(doors);
    screen.pager = Pager::over(top.found, PER_PAGE, top.page, |page| at(sort, page));
    screen.prompt = Some(Prompt { hole: Hole::ProcessesSearch, hint: t!(lang, "processes-search-hint") });
    screen
}

fn sort_button(sort: Sort, current: bool, view: AnyView, lang: Lang) -> Button {
    let label = match sort {
        Sort::Cpu => "CPU".to_owned(),
        Sort::Memory => "RAM".to_owned(),
        Sort::Io => t!(lang, "processes-sort-io"),
    };
    let (label, style) =
        if current { (format!("• {label}"), Style::Primary) } else { (label, Style::Plain) };
    Button::view(label, view).style(style)
}

fn process_buttons(rows: &[Shown], reader: &Reader) -> Vec<Vec<Button>> {
    if reader.role < Role::Pilot {
        return Vec::new();
    }
    let button = |row: &Shown| {
        Button::view(format!("{} {}", row.name, row.id.pid), AnyView::Processes(View::Process(row.id)))
    };
    rows.chunks(2).map(|pair| pair.iter().map(button).collect()).collect()
}

/// Two lines for each: name and figures; then to whom it belongs, who started it, for how long it runs.
fn lines(rows: &[Shown], sort: Sort, name: ContainerName<'_>, lang: Lang) -> String {
    let widths = if sort == Sort::Io { [10, 10] } else { [6, 8] };
    let head = match sort {
        Sort::Cpu | Sort::Memory => ["CPU %".to_owned(), "RAM".to_owned()],
        Sort::Io => [t!(lang, "processes-read"), t!(lang, "processes-written")],
    };
    let line = |name: &str, [third, fourth]: [String; 2]| {
        let figures = format!("{} {}", pad(&third, widths[0], true), pad(&fourth, widths[1], true));
        let room = COLUMNS - 2 - widths[0] - widths[1];
        format!("{} {figures}\n", pad(&fit(name, room), room, false))
    };
    let mut text = line(&t!(lang, "processes-name"), head);
    for row in rows {
        let marked = matches!(row.state, b'Z' | b'D' | b'T');
        let called =
            if marked { format!("{} {}", row.name, char::from(row.state)) } else { row.name.clone() };
        let io = |pick: fn((f64, f64)) -> f64| {
            row.io.map_or_else(|| "–".to_owned(), |io| format!("{}/s", Bytes(pick(io) as u64)))
        };
        text += &line(
            &called,
            match sort {
                Sort::Cpu | Sort::Memory => [told_cpu(row.cpu), told_memory(row)],
                Sort::Io => [io(|io| io.0), io(|io| io.1)],
            },
        );
        let owner = if row.kernel {
            Some(t!(lang, "processes-kernel"))
        } else {
            (row.owner != Owner::Nobody).then(|| owner_name(&row.owner, name, lang))
        };
        let threads = (row.threads > 1).then(|| t!(lang, "processes-threads-short", n = row.threads));
        let parts = [owner, row.user.clone(), Some(span(lang, row.age)), threads];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        text += &format!("  {}\n", fit(&parts.join(" · "), COLUMNS - 2));
    }
    text
}

pub(super) fn told_cpu(cpu: Option<f32>) -> String {
    cpu.map_or_else(|| "–".to_owned(), |cpu| format!("{cpu:.1}"))
}

/// A thread of the kernel has no memory of its own, which is not none.
pub(super) fn told_memory(shown: &Shown) -> String {
    if shown.kernel { "–".to_owned() } else { Bytes(shown.memory_bytes).to_string() }
}

/// "nginx", "n8n (container)", "dre's sessions".
pub fn owner_name(owner: &Owner, name: ContainerName<'_>, lang: Lang) -> String {
    match owner {
        Owner::Unit(unit) => unit.strip_suffix(".service").unwrap_or(unit).to_owned(),
        Owner::Container(id) => {
            let name = name(id).unwrap_or_else(|| Owner::short_id(id).to_owned());
            t!(lang, "processes-container", name = name)
        }
        Owner::User(user) => t!(lang, "processes-sessions", user = user.to_string()),
        Owner::Nobody => t!(lang, "processes-no-owner"),
    }
}

fn group_name(group: &str, name: ContainerName<'_>, lang: Lang) -> String {
    if group == KERNEL { t!(lang, "processes-kernel") } else { owner_name(&Owner::parse(group), name, lang) }
}

pub fn groups(groups: &Groups, sort: Sort, name: ContainerName<'_>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = screen(reader, Some(t!(lang, "processes-crumb-groups")));
    let column = |title: String, align| Column { title, align, shrinks: align == Align::Left };
    let told = |group: &Group| {
        let io = group.io.map_or_else(
            || "–".to_owned(),
            |(read, written)| format!("{}/s", Bytes((read + written) as u64)),
        );
        let last = match sort {
            Sort::Io => io,
            // Its threads have no memory of their own.
            Sort::Cpu | Sort::Memory if group.name == KERNEL => "–".to_owned(),
            Sort::Cpu | Sort::Memory => Bytes(group.memory_bytes).to_string(),
        };
        vec![group_name(&group.name, name, lang), group.processes.to_string(), told_cpu(group.cpu), last]
    };
    screen.blocks.push(Block::Table(Table {
        columns: vec![
            column(t!(lang, "processes-group"), Align::Left),
            column("#".into(), Align::Right),
            column("CPU %".into(), Align::Right),
            column(if sort == Sort::Io { t!(lang, "processes-sort-io") } else { "RAM".into() }, Align::Right),
        ],
        rows: groups.list.iter().map(told).collect(),
    }));
    let members = |group: &Group| {
        let view = View::Members { owner: group.name.clone(), sort, page: 0 };
        Button::view(group_name(&group.name, name, lang), AnyView::Processes(view))
    };
    screen.rows = groups.list.chunks(2).map(|pair| pair.iter().map(members).collect()).collect();
    let at = |sort, page| AnyView::Processes(View::Groups { sort, page });
    screen.rows.push(Sort::ALL.map(|other| sort_button(other, other == sort, at(other, 0), lang)).to_vec());
    screen.pager = Pager::over(groups.all, PER_PAGE, groups.page, |page| at(sort, page));
    screen
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
