//! What the pilot reads. Pure: answers and readers in, screens out.

use std::time::Duration;

use super::{
    engine::{Group, Groups, KERNEL, Process, Shown, Top, Which},
    messages::Sent,
    parse::Port,
    table::{Refused, Signal},
};
use crate::{
    domain::{Bytes, Lang, Percent, Reader, Role, UnitName},
    intent::{
        Act as AnyAct, Hole, View as AnyView,
        processes::{Act, ProcessId, Sort, View},
        services,
    },
    kernel::cgroup::Owner,
    locale::span,
    room::Consequence,
    screen::{
        Align, Block, Button, Column, Mark, Pager, Prompt, Screen, Style, Table, Topic,
        mono::COLUMNS,
        text::{fit, pad},
    },
    t,
};

pub const PER_PAGE: usize = 8;
/// After TERM, KILL is offered when it still lives then.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// A screen redraws itself for so long after a signal.
const EVIDENCE: Duration = Duration::from_secs(30);
const CHILDREN_MAX: usize = 6;

/// How a container is called, by its id, as another room knows it.
pub type ContainerName<'a> = &'a dyn Fn(&str) -> Option<String>;

fn screen(reader: &Reader, crumb: Option<String>) -> Screen {
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

fn told_cpu(cpu: Option<f32>) -> String {
    cpu.map_or_else(|| "–".to_owned(), |cpu| format!("{cpu:.1}"))
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

/// One process, alive.
pub fn process(process: &Process, sent: Option<Sent>, name: ContainerName<'_>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let shown = &process.shown;
    let mut screen = screen(reader, Some(format!("{} {}", shown.name, shown.id.pid)));
    screen.blocks.push(Block::State(state_mark(shown.state), state_words(shown.state, lang)));
    let patient = sent.map(|sent| since(sent, reader));
    if let Some(sent) = sent {
        screen.blocks.push(evidence(sent, reader));
        screen.live = since(sent, reader) < EVIDENCE;
    }
    if !process.command.is_empty() {
        screen.blocks.push(Block::Pre(process.command.clone()));
    }
    screen.blocks.push(Block::Pairs(figures(process, name, reader)));
    let mut children =
        process.children.iter().map(|(id, name)| format!("{name} {}", id.pid)).collect::<Vec<_>>();
    if !children.is_empty() {
        let more = children.len().saturating_sub(CHILDREN_MAX);
        children.truncate(CHILDREN_MAX);
        let rest = if more > 0 { format!(", +{more}") } else { String::new() };
        let list = format!("{}{rest}", children.join(", "));
        screen.blocks.push(Block::text(t!(lang, "processes-children", list = list)));
    }
    screen.rows = acts(process, sent.map(|sent| sent.signal).zip(patient), reader);
    screen.rows.push(links(process, reader));
    screen.rows.retain(|row| !row.is_empty());
    screen
}

/// A thread of the kernel has no memory of its own, which is not none.
fn told_memory(shown: &Shown) -> String {
    if shown.kernel { "–".to_owned() } else { Bytes(shown.memory_bytes).to_string() }
}

fn since(sent: Sent, reader: &Reader) -> Duration {
    reader.now.duration_since(sent.at).unsigned_abs()
}

/// What became of a signal, as far as it is known.
fn evidence(sent: Sent, reader: &Reader) -> Block {
    let lang = reader.lang;
    let (signal, age) = (sent.signal.name(), span(lang, since(sent, reader)));
    match sent.ended {
        Some(ended) => {
            let took = format!("{:.1}", ended.duration_since(sent.at).as_secs_f64().max(0.0));
            Block::State(Mark::Good, t!(lang, "processes-ended-after", signal = signal, seconds = took))
        }
        None if !sent.signal.ends() => {
            Block::State(Mark::Good, t!(lang, "processes-sent", signal = signal, age = age))
        }
        None if since(sent, reader) < PATIENCE => {
            Block::State(Mark::Busy, t!(lang, "processes-waiting", signal = signal, age = age))
        }
        None => Block::State(Mark::Look, t!(lang, "processes-lives-on", signal = signal, age = age)),
    }
}

fn figures(process: &Process, name: ContainerName<'_>, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let shown = &process.shown;
    let mut pairs = vec![
        (
            "CPU".to_owned(),
            t!(lang, "processes-cpu-now-and-all", cpu = told_cpu(shown.cpu), all = span(lang, process.spent)),
        ),
        (
            "RAM".to_owned(),
            match process.memory_share.filter(|_| !shown.kernel) {
                Some(share) => format!("{} ({})", Bytes(shown.memory_bytes), Percent(share)),
                None => told_memory(shown),
            },
        ),
    ];
    if let Some((read, written)) = shown.io {
        let scale = Bytes(read.max(written) as u64).scale();
        let figure = |bytes: f64| Bytes(bytes as u64).figure(scale);
        let unit = Bytes::unit(scale);
        let text =
            t!(lang, "processes-io-rates", read = figure(read), written = figure(written), unit = unit);
        pairs.push((t!(lang, "processes-sort-io"), text));
    }
    let owner = if process.shown.kernel {
        t!(lang, "processes-kernel")
    } else {
        owner_name(&shown.owner, name, lang)
    };
    pairs.push((t!(lang, "processes-of"), owner));
    pairs.push((t!(lang, "processes-user"), shown.user.clone().unwrap_or_else(|| "–".to_owned())));
    pairs.push((t!(lang, "processes-age"), span(lang, shown.age)));
    let threads = match process.nice {
        0 => shown.threads.to_string(),
        nice => t!(lang, "processes-threads-nice", n = shown.threads, nice = nice.to_string()),
    };
    pairs.push((t!(lang, "processes-threads"), threads));
    pairs.push((t!(lang, "processes-files"), files(process, lang)));
    if let Some(ports) = process.sheet.ports.as_ref().filter(|ports| !ports.is_empty()) {
        pairs.push((t!(lang, "processes-ports"), told_ports(ports, lang)));
    }
    if !process.parents.is_empty() {
        let chain = process.parents.iter().rev().map(|(id, name)| format!("{name} {}", id.pid));
        pairs.push((t!(lang, "processes-parents"), chain.collect::<Vec<_>>().join(" › ")));
    }
    if let Some(cgroup) = &process.sheet.cgroup {
        pairs.push((t!(lang, "processes-cgroup"), cgroup.clone()));
    }
    pairs
}

fn files(process: &Process, lang: Lang) -> String {
    match (process.sheet.open_files, process.sheet.open_files_max) {
        (Some(open), Some(max)) => {
            t!(lang, "processes-files-of", open = open.to_string(), max = max.to_string())
        }
        (Some(open), None) => open.to_string(),
        (None, _) => t!(lang, "processes-not-allowed-to-look"),
    }
}

fn told_ports(ports: &[Port], lang: Lang) -> String {
    let told = |port: &Port| {
        let text = format!("{}/{}", port.port, if port.udp { "udp" } else { "tcp" });
        if port.local { t!(lang, "processes-port-local", port = text) } else { text }
    };
    let mut texts: Vec<String> = ports.iter().map(told).collect();
    texts.dedup();
    texts.join(", ")
}

fn acts(process: &Process, sent: Option<(Signal, Duration)>, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let id = process.shown.id;
    if reader.role < Role::Pilot || process.shown.kernel || id.pid == 1 {
        return Vec::new();
    }
    let button = |label: String, act: Act| Button::act(label, AnyAct::Processes(act));
    let term = button(t!(lang, "processes-term"), Act::Term(id)).style(Style::Danger);
    let lives_on = sent.is_some_and(|(signal, age)| signal.ends() && age >= PATIENCE);
    let kill = lives_on.then(|| button(t!(lang, "processes-kill"), Act::Kill(id)).style(Style::Danger));
    let pause = if process.shown.state == b'T' {
        button(t!(lang, "processes-cont"), Act::Cont(id)).style(Style::Success)
    } else {
        button(t!(lang, "processes-stop"), Act::Stop(id))
    };
    let first = std::iter::once(term).chain(kill).collect();
    vec![first, vec![button(t!(lang, "processes-hup"), Act::Hup(id)), pause]]
}

/// Doors to what it belongs to.
fn links(process: &Process, reader: &Reader) -> Vec<Button> {
    let lang = reader.lang;
    let mut links = Vec::new();
    if let Owner::Unit(unit) = &process.shown.owner
        && let Ok(unit) = UnitName::parse(unit)
    {
        let label = t!(lang, "processes-door-unit", unit = unit.short());
        links.push(Button::view(label, AnyView::Services(services::View::Unit(unit))));
    }
    if let Some((parent, name)) = process.parents.first() {
        links.push(Button::view(
            format!("↑ {name} {}", parent.pid),
            AnyView::Processes(View::Process(*parent)),
        ));
    }
    links
}

/// A process that is not there any more, and what is known of its end.
pub fn gone(pid: u32, sent: Option<Sent>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = screen(reader, Some(pid.to_string()));
    screen.blocks.extend(sent.map(|sent| {
        // That it is gone is known; when exactly, perhaps a moment later.
        if sent.ended.is_some() || !sent.signal.ends() {
            return evidence(sent, reader);
        }
        Block::State(Mark::Good, t!(lang, "processes-ended", signal = sent.signal.name()))
    }));
    if sent.is_none() {
        screen.blocks.push(Block::State(Mark::Idle, t!(lang, "processes-gone", pid = pid.to_string())));
    }
    screen.rows = vec![vec![Button::view(t!(lang, "processes-door-all"), AnyView::Processes(View::TOP))]];
    screen
}

/// As `ps` names them, in words.
fn state_words(state: u8, lang: Lang) -> String {
    match state {
        b'R' => t!(lang, "processes-state-running"),
        b'S' => t!(lang, "processes-state-sleeping"),
        b'D' => t!(lang, "processes-state-disk"),
        b'T' | b't' => t!(lang, "processes-state-stopped"),
        b'Z' | b'X' => t!(lang, "processes-state-zombie"),
        b'I' => t!(lang, "processes-state-idle"),
        other => t!(lang, "processes-state-other", state = char::from(other).to_string()),
    }
}

fn state_mark(state: u8) -> Mark {
    match state {
        b'R' | b'S' => Mark::Good,
        b'I' => Mark::Idle,
        b'D' | b'T' | b't' | b'Z' | b'X' => Mark::Look,
        _ => Mark::Unknown,
    }
}

/// Why a signal was not sent, with what to do.
pub fn refused(refused: &Refused, id: ProcessId, lang: Lang) -> String {
    let pid = id.pid.to_string();
    match refused {
        Refused::Init => t!(lang, "processes-refused-init"),
        Refused::KernelThread => t!(lang, "processes-refused-kernel", pid = pid),
        Refused::Own => t!(lang, "processes-refused-own"),
        Refused::Gone => t!(lang, "processes-refused-gone", pid = pid),
        Refused::NotAllowed => t!(lang, "processes-refused-not-allowed", pid = pid),
        Refused::TooOld => t!(lang, "processes-refused-too-old"),
        Refused::Failed(why) => t!(lang, "processes-refused-failed", why = why.as_str()),
    }
}

/// What a signal to this process would cause.
pub fn consequences(
    process: &Process,
    act: &Act,
    own: u32,
    name: ContainerName<'_>,
    lang: Lang,
) -> Vec<Consequence> {
    let shown = &process.shown;
    let owner = if process.shown.kernel {
        t!(lang, "processes-kernel")
    } else {
        owner_name(&shown.owner, name, lang)
    };
    let line = |mark, line| Consequence { mark, line };
    let what = if process.command.is_empty() {
        shown.name.clone()
    } else {
        process.command.chars().take(120).collect()
    };
    let mut found = vec![
        line(Mark::Idle, what),
        line(Mark::Idle, t!(lang, "processes-weigh-who", owner = owner, age = span(lang, shown.age))),
    ];
    let ends = matches!(act, Act::Term(_) | Act::Kill(_));
    if let Some(ports) = process.sheet.ports.as_ref().filter(|ports| !ports.is_empty()) {
        found.push(line(Mark::Look, t!(lang, "processes-weigh-ports", ports = told_ports(ports, lang))));
    }
    if !process.children.is_empty() {
        found.push(line(Mark::Look, t!(lang, "processes-weigh-children", n = process.children.len())));
    }
    // A scope or a slice starts nothing by itself.
    if let (Owner::Unit(unit), true) = (&shown.owner, ends)
        && unit.ends_with(".service")
    {
        found.push(line(Mark::Look, t!(lang, "processes-weigh-unit", unit = unit.as_str())));
    }
    if process.children.iter().any(|(id, _)| id.pid == own) {
        found.push(line(Mark::Bad, t!(lang, "processes-weigh-own")));
    }
    match act {
        Act::Kill(_) => found.push(line(Mark::Look, t!(lang, "processes-weigh-kill"))),
        Act::Hup(_) => found.push(line(Mark::Look, t!(lang, "processes-weigh-hup"))),
        Act::Stop(_) => found.push(line(Mark::Look, t!(lang, "processes-weigh-stop"))),
        Act::Term(_) | Act::Cont(_) => {}
    }
    found
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
