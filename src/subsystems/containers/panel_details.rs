//! All else there is to know of a container: where it comes from, its health checks, mounts, networks, environment. Pure.

use super::{
    messages::{Report, Sizes},
    model::{Compose, Details, HealthLine, Mount, MountKind},
    panel::{age, link_blocks, topics},
    panel_done::short_output,
    words,
};
use crate::{
    domain::{Bytes, ChatKind, Reader, Role},
    intent::{View as AnyView, containers::View},
    locale::{ago, moment},
    screen::{Block, Button, LogLine, Mark, Screen, Span, text},
    t,
};

/// Of mounts, networks and variables, each.
const LISTED_MAX: usize = 40;

/// Everything else there is to know. `asked`: an owner wants the environment's values, which no group is shown.
pub fn details(report: &Report, asked: bool, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let alone = reader.chat == ChatKind::Private;
    let values = asked && alone;
    let mut blocks = link_blocks(&report.link, reader);
    let mut rows = Vec::new();
    match &report.details {
        Err(error) => {
            blocks.push(Block::State(Mark::Unknown, words::error(lang, error)));
            blocks.push(Block::Note(words::mend(lang, error)));
        }
        Ok(details) => {
            let container = &details.container;
            blocks.push(Block::Pairs(identity(details, reader)));
            blocks.push(Block::Text(vec![Span::Code(text::clean(&details.command))]));
            if let Some(checks) = details.health_log.as_ref().filter(|checks| !checks.is_empty()) {
                blocks.push(Block::Heading(t!(lang, "containers-checks")));
                blocks.push(Block::Log(checks.iter().map(|check| check_line(check, reader)).collect()));
            }
            let sizes = &report.sizes;
            section(
                &mut blocks,
                t!(lang, "containers-mounts"),
                container.mounts.iter().map(|one| mount(one, sizes)),
            );
            let volumes = container.mounts.iter().any(Mount::is_volume);
            if let Some(at) = sizes.at.filter(|_| volumes) {
                blocks.push(Block::Note(t!(lang, "containers-sizes-ago", ago = ago(lang, age(at, reader)))));
            }
            let addresses = details.addresses.iter().map(|(name, address)| match address {
                Some(address) => format!("{name} {address}"),
                None => name.clone(),
            });
            section(&mut blocks, t!(lang, "containers-networks"), addresses);
            let inside: Vec<String> = container
                .ports
                .iter()
                .filter(|p| p.public.is_none())
                .map(|p| format!("{}/{}", p.private, p.protocol))
                .collect();
            section(&mut blocks, t!(lang, "containers-ports-inside"), inside.into_iter());
            let variables = details
                .env
                .iter()
                .map(|one| if values { format!("{}={}", one.name, one.value) } else { one.name.clone() });
            section(&mut blocks, t!(lang, "containers-env"), variables);
            let labels = details.compose_labels.iter().map(|(name, value)| {
                let name = name.strip_prefix(Compose::PREFIX).unwrap_or(name);
                // As people know ids and hashes.
                let hash = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
                format!("{name} = {}", if hash { &value[..12] } else { value })
            });
            section(&mut blocks, t!(lang, "containers-compose-labels"), labels);
            if !details.env.is_empty() && !values && alone && reader.role >= Role::Owner {
                let show = AnyView::Containers(View::Values(report.name.clone()));
                rows.push(vec![Button::view(t!(lang, "containers-button-values"), show)]);
            }
            if asked {
                let says = if alone { "containers-values-note" } else { "containers-values-private" };
                blocks.push(Block::Note(crate::locale::text(lang, says, &[])));
            }
        }
    }
    Screen {
        crumbs: vec![report.name.to_string(), t!(lang, "containers-crumb-details")],
        blocks,
        as_of: Some(reader.now),
        rows,
        // The sizes draw it anew when they have come.
        topics: if report.sizes.come { topics() } else { Vec::new() },
        live: report.sizes.come,
        ..Screen::default()
    }
}

/// What a health check said, or its exit code.
pub fn check_line(check: &HealthLine, reader: &Reader) -> LogLine {
    let text = match short_output(&check.output) {
        silent if silent.trim().is_empty() => {
            t!(reader.lang, "containers-check-silent", code = check.exit.to_string())
        }
        output => output,
    };
    LogLine { at: check.at, priority: (check.exit != 0).then_some(3), text }
}

fn identity(details: &Details, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let container = &details.container;
    let mut pairs = vec![
        (t!(lang, "containers-image"), text::clean(&container.image)),
        (t!(lang, "containers-image-id"), words::image(&container.image_id).to_owned()),
        (t!(lang, "containers-id"), container.id.short().to_owned()),
    ];
    if let Some(created) = container.created {
        pairs.push((t!(lang, "containers-created"), moment(reader, created)));
    }
    if let Some(pid) = details.pid {
        pairs.push((t!(lang, "containers-pid"), pid.to_string()));
    }
    pairs
}

fn section(blocks: &mut Vec<Block>, title: String, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.take(LISTED_MAX).map(|line| text::clean(&line)).collect();
    if !lines.is_empty() {
        blocks.push(Block::Heading(title));
        blocks.push(Block::Pre(lines.join("\n")));
    }
}

fn mount(mount: &Mount, sizes: &Sizes) -> String {
    let kind = match mount.kind {
        MountKind::Volume => "🗄",
        MountKind::Bind => "📁",
        MountKind::Tmpfs => "💨",
        MountKind::Other => "·",
    };
    let mode = if mount.writable { "" } else { " (ro)" };
    let size = match (mount.is_volume(), sizes.by_name.get(&mount.source)) {
        (true, Some(bytes)) => format!(" · {}", Bytes(*bytes)),
        (true, None) if sizes.come => " · …".to_owned(),
        _ => String::new(),
    };
    format!("{kind} {} → {}{mode}{size}", mount.source, mount.destination)
}
