//! Images, volumes, networks and what they take of the disk. Pure.

use std::time::Duration;

use super::{
    engine::EngineError,
    messages::{Sizes, StockPage, StockReport, Sweep, Swept},
    model::{Container, Image, MountKind, Network, Shelf, Usage, Volume},
    panel::age,
    words,
};
use crate::{
    charts::{Tile, Treemap, Words},
    domain::{Bytes, Reader, Role, Theme},
    intent::{
        Act as AnyAct, View as AnyView,
        containers::{Act, Prune, Stock, View},
    },
    locale::{ago, span},
    screen::{Block, Button, Mark, Pager, Picture, Screen, Style, Topic, text},
    t,
};

const PER_PAGE: usize = 12;
const COLUMNS: usize = 34;
/// Volumes named before they can be removed at once; with more the question could not list them.
pub const LISTED_MAX: usize = 40;

/// What was cleared away longer ago is history.
const SWEPT_FRESH: Duration = Duration::from_secs(15 * 60);
/// Volumes in the picture.
const TILES_MAX: usize = 40;

fn to(what: Stock) -> AnyView {
    AnyView::Containers(View::Stock { what, page: 0 })
}

pub fn stock(what: Stock, number: u32, report: &StockReport, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = Screen {
        crumbs: vec![t!(lang, "containers-crumb"), name(what, reader)],
        as_of: Some(reader.now),
        ..Screen::default()
    };
    if let Some(sweeping) = &report.sweeping {
        let (by, so_far) = (sweeping.by.as_str(), span(lang, age(sweeping.since, reader)));
        let what = sweep_name(&sweeping.what, reader);
        let line = t!(lang, "containers-sweeping", what = what, span = so_far, by = by);
        screen.blocks.push(Block::State(Mark::Busy, line));
        // Its end redraws this.
        screen.topics = vec![Topic::Containers];
        screen.live = true;
    } else if let Some(swept) = report.swept.as_ref().filter(|_| what == Stock::Usage) {
        screen.blocks.extend(swept_blocks(swept, reader));
    }
    match &report.page {
        None => {}
        Some(Err(error)) => {
            screen.blocks.push(Block::State(Mark::Unknown, words::error(lang, error)));
            screen.blocks.push(Block::Note(words::mend(lang, error)));
        }
        Some(Ok(StockPage::Usage(usage))) if what == Stock::Map => map_screen(&mut screen, usage, reader),
        Some(Ok(StockPage::Usage(usage))) => usage_screen(&mut screen, usage, reader),
        Some(Ok(StockPage::Images(images, containers))) => {
            let mut images: Vec<&Image> = images.iter().collect();
            images.sort_by_key(|image| std::cmp::Reverse(image.size));
            let lines: Vec<String> = images.iter().map(|one| image(one, containers, reader)).collect();
            listed(&mut screen, what, number, lines, reader);
        }
        Some(Ok(StockPage::Volumes(volumes, containers, sizes))) => {
            let lines = volumes.iter().map(|one| volume(one, containers, sizes, reader)).collect();
            // They come when the engine has counted.
            screen.topics = vec![Topic::Containers];
            screen.live = sizes.come;
            listed(&mut screen, what, number, lines, reader);
            if reader.role >= Role::Owner {
                let view = AnyView::Containers(View::UnusedVolumes);
                screen.rows.push(vec![Button::view(t!(lang, "containers-button-unused-volumes"), view)]);
            }
        }
        Some(Ok(StockPage::Networks(networks, containers))) => {
            let lines: Vec<String> = networks.iter().map(|one| network(one, containers, reader)).collect();
            listed(&mut screen, what, number, lines, reader);
        }
    }
    let tab = |other: Stock| {
        let label = name(other, reader);
        Button::view(if other == what { format!("● {label}") } else { label }, to(other))
    };
    screen.rows.push(vec![tab(Stock::Usage), tab(Stock::Map)]);
    screen.rows.push(vec![tab(Stock::Images), tab(Stock::Volumes), tab(Stock::Networks)]);
    screen
}

fn sweep_name(what: &Sweep, reader: &Reader) -> String {
    let lang = reader.lang;
    match what {
        Sweep::Prune(Prune::Images) => t!(lang, "containers-sweep-images"),
        Sweep::Prune(Prune::BuildCache) => t!(lang, "containers-sweep-cache"),
        Sweep::Prune(Prune::Containers) => t!(lang, "containers-sweep-containers"),
        Sweep::Prune(Prune::Networks) => t!(lang, "containers-sweep-networks"),
        Sweep::Volumes(names) => t!(lang, "containers-sweep-volumes", n = names.len()),
    }
}

fn swept_blocks(swept: &Swept, reader: &Reader) -> Vec<Block> {
    let since = age(swept.at, reader);
    if since >= SWEPT_FRESH {
        return Vec::new();
    }
    let lang = reader.lang;
    let told = match &swept.result {
        Err(error) => Block::State(Mark::Bad, words::error(lang, error)),
        Ok(pruned) => {
            let n = pruned.removed.len();
            let line = match pruned.bytes {
                Some(0) | None if n == 0 => t!(lang, "containers-pruned-nothing"),
                // Engines count layers and records, nothing that a person has seen.
                Some(bytes) if matches!(swept.what, Sweep::Prune(Prune::Images | Prune::BuildCache)) => {
                    t!(lang, "containers-pruned-size", size = Bytes(bytes).to_string())
                }
                Some(bytes) => t!(lang, "containers-pruned", n = n, size = Bytes(bytes).to_string()),
                None => t!(lang, "containers-pruned-some", n = n),
            };
            Block::State(Mark::Good, line)
        }
    };
    let note = t!(lang, "containers-swept", ago = ago(lang, since), by = swept.by.as_str());
    vec![told, Block::Note(note)]
}

/// Who takes the room, as a picture: volumes and kinds by their size.
fn map_screen(screen: &mut Screen, usage: &Usage, reader: &Reader) {
    let lang = reader.lang;
    let tile = |label: String, bytes: u64| Tile { label, bytes, children: Vec::new() };
    let volumes: Vec<Tile> = usage
        .by_volume
        .iter()
        .filter_map(|volume| Some(tile(text::clean(&volume.name), volume.size?)))
        .filter(|tile| tile.bytes > 0)
        .take(TILES_MAX)
        .collect();
    let free = usage.images.reclaimable.min(usage.images.bytes);
    let images = vec![
        tile(t!(lang, "containers-map-used"), usage.images.bytes - free),
        tile(t!(lang, "containers-unused"), free),
    ];
    let group = |label: String, bytes: u64, children: Vec<Tile>| {
        let children = children.into_iter().filter(|tile| tile.bytes > 0).collect();
        Tile { label, bytes, children }
    };
    let root: Vec<Tile> = [
        group(t!(lang, "containers-stock-images"), usage.images.bytes, images),
        group(t!(lang, "containers-stock-volumes"), usage.volumes.bytes, volumes),
        group(t!(lang, "containers-shelf-containers"), usage.containers.bytes, Vec::new()),
        group(t!(lang, "containers-map-cache"), usage.build_cache.bytes, Vec::new()),
    ]
    .into_iter()
    .filter(|tile| tile.bytes > 0)
    .collect();
    let total: u64 = root.iter().map(|tile| tile.bytes).sum();
    if root.is_empty() {
        screen.blocks.push(Block::Note(t!(lang, "containers-stock-empty")));
        return;
    }
    let title = t!(lang, "containers-map-title", total = Bytes(total).to_string());
    screen.blocks.push(Block::text(title.clone()));
    let light = reader.theme == Theme::Light;
    screen.picture = Some(Picture::Treemap(Treemap { title, light, root, words: Words::of(lang) }));
}

fn name(what: Stock, reader: &Reader) -> String {
    let lang = reader.lang;
    match what {
        Stock::Usage => t!(lang, "containers-stock-usage"),
        Stock::Images => t!(lang, "containers-stock-images"),
        Stock::Volumes => t!(lang, "containers-stock-volumes"),
        Stock::Networks => t!(lang, "containers-stock-networks"),
        Stock::Map => t!(lang, "containers-stock-map"),
    }
}

fn usage_screen(screen: &mut Screen, usage: &Usage, reader: &Reader) {
    let lang = reader.lang;
    let shelves = [
        (t!(lang, "containers-stock-images"), usage.images),
        (t!(lang, "containers-shelf-containers"), usage.containers),
        (t!(lang, "containers-stock-volumes"), usage.volumes),
        (t!(lang, "containers-shelf-cache"), usage.build_cache),
    ];
    let total: u64 = shelves.iter().map(|(_, shelf)| shelf.bytes).sum();
    let free: u64 = shelves.iter().map(|(_, shelf)| shelf.reclaimable).sum();
    let (total_text, free_text) = (Bytes(total).to_string(), Bytes(free).to_string());
    screen.blocks.push(Block::text(t!(lang, "containers-usage-says", total = total_text, free = free_text)));
    for (label, shelf) in shelves {
        let share = (total > 0).then(|| shelf.bytes as f32 / total as f32);
        let Shelf { count, in_use, bytes, .. } = shelf;
        let text = t!(lang, "containers-shelf", size = Bytes(bytes).to_string(), used = in_use, all = count);
        screen.blocks.push(Block::Bar { label, share: share.or(Some(0.0)), text });
    }
    let largest: Vec<String> = usage
        .by_volume
        .iter()
        .filter_map(|volume| Some((volume, volume.size?)))
        .filter(|(_, size)| *size > 0)
        .take(5)
        .map(|(volume, size)| line(&volume.name, &Bytes(size).to_string()))
        .collect();
    if !largest.is_empty() {
        screen.blocks.push(Block::Heading(t!(lang, "containers-usage-volumes")));
        screen.blocks.push(Block::Pre(largest.join("\n")));
    }
    if reader.role >= Role::Pilot {
        let act = |label: String, what: Prune| Button::act(label, AnyAct::Containers(Act::Prune(what)));
        screen.rows.push(vec![
            act(t!(lang, "containers-prune-images"), Prune::Images),
            act(t!(lang, "containers-prune-cache"), Prune::BuildCache),
        ]);
        screen.rows.push(vec![
            act(t!(lang, "containers-prune-containers"), Prune::Containers),
            act(t!(lang, "containers-prune-networks"), Prune::Networks),
        ]);
    }
}

fn listed(screen: &mut Screen, what: Stock, number: u32, lines: Vec<String>, reader: &Reader) {
    if lines.is_empty() {
        screen.blocks.push(Block::Note(t!(reader.lang, "containers-stock-empty")));
        return;
    }
    let view = |page| AnyView::Containers(View::Stock { what, page });
    screen.pager = Pager::over(lines.len(), PER_PAGE, number, view);
    screen.blocks.push(Block::Pre(Pager::slice(&lines, PER_PAGE, number).join("\n")));
}

/// `name            right`
fn line(name: &str, right: &str) -> String {
    let right = text::fit(right, COLUMNS / 2);
    let room = COLUMNS - 1 - text::columns(&right);
    format!("{} {right}", text::pad(&text::clean(name), room, false))
}

fn two(name: &str, right: &str, below: &str) -> String {
    format!("{}\n  {}", line(name, right), text::fit(below, COLUMNS - 2))
}

fn users(names: Vec<String>, reader: &Reader) -> String {
    if names.is_empty() { t!(reader.lang, "containers-unused") } else { text::clean(&names.join(", ")) }
}

fn image(image: &Image, containers: &[Container], reader: &Reader) -> String {
    let digest = words::image(&image.id).to_owned();
    let name =
        image.tags.first().cloned().unwrap_or_else(|| t!(reader.lang, "containers-dangling", id = digest));
    let mine = containers.iter().filter(|c| c.image_id == image.id).map(words::short).collect();
    two(&name, &Bytes(image.size).to_string(), &users(mine, reader))
}

fn volume(volume: &Volume, containers: &[Container], sizes: &Sizes, reader: &Reader) -> String {
    let uses = |container: &&Container| {
        container.mounts.iter().any(|mount| mount.kind == MountKind::Volume && mount.source == volume.name)
    };
    let mine = containers.iter().filter(uses).map(words::short).collect();
    let size = match sizes.by_name.get(&volume.name) {
        Some(bytes) => Bytes(*bytes).to_string(),
        None => if sizes.come { "…" } else { "–" }.to_owned(),
    };
    let mut below = users(mine, reader);
    if volume.driver != "local" {
        below = format!("{} · {below}", volume.driver);
    }
    two(&volume.name, &size, &below)
}

fn network(network: &Network, containers: &[Container], reader: &Reader) -> String {
    let mine: Vec<String> =
        containers.iter().filter(|c| c.networks.contains(&network.name)).map(words::short).collect();
    let right =
        if network.internal { t!(reader.lang, "containers-internal") } else { network.driver.clone() };
    let below = if mine.is_empty() { network.subnets.join(", ") } else { users(mine, reader) };
    two(&network.name, &right, if below.is_empty() { "–" } else { &below })
}

/// The first of two confirmations: what would be gone, by name.
pub fn unused(volumes: &Result<Vec<Volume>, EngineError>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = Screen {
        crumbs: vec![t!(lang, "containers-stock-volumes"), t!(lang, "containers-crumb-unused")],
        as_of: Some(reader.now),
        ..Screen::default()
    };
    match volumes {
        Err(error) => {
            screen.blocks.push(Block::State(Mark::Unknown, words::error(lang, error)));
            screen.blocks.push(Block::Note(words::mend(lang, error)));
        }
        Ok(volumes) if volumes.is_empty() => {
            screen.blocks.push(Block::State(Mark::Good, t!(lang, "containers-no-unused-volumes")));
        }
        Ok(volumes) => {
            let listed = &volumes[..volumes.len().min(LISTED_MAX)];
            let says = t!(lang, "containers-unused-volumes", n = listed.len(), all = volumes.len());
            screen.blocks.push(Block::State(Mark::Look, says));
            let size =
                |volume: &Volume| volume.size.map_or_else(|| "?".into(), |size| Bytes(size).to_string());
            let lines: Vec<String> = listed.iter().map(|one| line(&one.name, &size(one))).collect();
            screen.blocks.push(Block::Pre(lines.join("\n")));
            screen.blocks.push(Block::Note(t!(lang, "containers-volumes-warn")));
            if reader.role >= Role::Owner {
                let act = Act::PruneVolumes { listed: hash(listed) };
                let label = t!(lang, "containers-button-remove-volumes", n = listed.len());
                screen.rows.push(vec![Button::act(label, AnyAct::Containers(act)).style(Style::Danger)]);
            }
        }
    }
    screen
}

/// Of the names, in any order: FNV-1a.
pub fn hash(volumes: &[Volume]) -> u32 {
    let mut names: Vec<&str> = volumes.iter().map(|volume| volume.name.as_str()).collect();
    names.sort_unstable();
    let mut hash: u32 = 0x811c_9dc5;
    for byte in names.join("\n").bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}
