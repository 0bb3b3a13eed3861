//! The screen of one process, what is said when it is gone, and the questions about its signals. Pure.

use std::time::Duration;

use super::{
    engine::Process,
    messages::Sent,
    panel::{ContainerName, owner_name, screen, told_cpu, told_memory},
    parse::Port,
    table::{Refused, Signal},
};
use crate::{
    domain::{Bytes, Lang, Percent, Reader, Role, UnitName},
    intent::{
        Act as AnyAct, View as AnyView,
        processes::{Act, ProcessId, View},
        services,
    },
    kernel::cgroup::Owner,
    locale::span,
    room::Consequence,
    screen::{Block, Button, Mark, Screen, Style},
    t,
};

/// After TERM, KILL is offered when it still lives then.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// A screen redraws itself for so long after a signal.
const EVIDENCE: Duration = Duration::from_secs(30);
const CHILDREN_MAX: usize = 6;

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
