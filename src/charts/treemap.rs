//! Sizes as a treemap: squarified, at most two levels deep. Boxes too small to be seen are merged, so that nothing is
//! missing from the picture; names and sizes stand in the boxes that can hold them.
//!
//! A pixel is fill × 8 + coverage of the text upon it, so that lettering is smooth on every fill.

use super::{
    DrawError,
    canvas::Canvas,
    ink::{Rgb, mix},
    model::{Tile, Treemap},
    text::{Lettering, cap_height, clean},
};
use crate::domain::Bytes;

pub const WIDTH: i32 = 1280;
pub const HEIGHT: i32 = 960;

const EDGE: f32 = 20.0;
const TITLE: f32 = 36.0;
const TITLE_ROW: f32 = 50.0;
const TOP: f32 = 74.0;
/// Paper between boxes.
const SEAM: f32 = 3.0;
/// Between a box' edge and its words.
const AIR: f32 = 10.0;
/// Sizes of names and in how many lines at most, the best first; below the last size nobody reads them.
const LEAF_SIZES: [(f32, usize); 11] = [
    (44.0, 1),
    (36.0, 1),
    (30.0, 1),
    (26.0, 1),
    (30.0, 2),
    (26.0, 3),
    (23.0, 1),
    (23.0, 3),
    (20.0, 1),
    (20.0, 2),
    (20.0, 3),
];
const EMPTY: f32 = 44.0;
/// From line to line, in sizes.
const LINE: f32 = 1.3;
const HEADER: f32 = 26.0;
const HEADER_HEIGHT: f32 = 40.0;
/// A box with its children inside is at least this large; smaller ones are drawn whole.
const PARENT_MIN: (f32, f32) = (150.0, 110.0);
/// Boxes below this area, square pixels, are merged into one.
const AREA_MIN: f32 = 360.0;
/// More boxes than this in one row of siblings are merged too: a hostile folder has millions.
const TILES_MAX: usize = 200;

struct Colours {
    paper: Rgb,
    text: Rgb,
    muted: Rgb,
    /// For a box with children: behind its name.
    header: [Rgb; HUES],
    tile: [Rgb; HUES],
    rest: Rgb,
}

const HUES: usize = 8;

const DARK: Colours = Colours {
    paper: [0x10, 0x17, 0x1e],
    text: [0xf4, 0xf7, 0xfa],
    muted: [0xa3, 0xb4, 0xc4],
    header: [
        [0x12, 0x33, 0x50],
        [0x4a, 0x2d, 0x0c],
        [0x10, 0x3d, 0x28],
        [0x4a, 0x1f, 0x3a],
        [0x3d, 0x38, 0x0c],
        [0x30, 0x28, 0x55],
        [0x0d, 0x3c, 0x40],
        [0x47, 0x2a, 0x20],
    ],
    tile: [
        [0x1d, 0x55, 0x85],
        [0x80, 0x4c, 0x10],
        [0x1a, 0x67, 0x40],
        [0x7d, 0x33, 0x62],
        [0x66, 0x5c, 0x12],
        [0x52, 0x45, 0x92],
        [0x12, 0x66, 0x6c],
        [0x7a, 0x47, 0x34],
    ],
    rest: [0x3c, 0x48, 0x54],
};

const LIGHT: Colours = Colours {
    paper: [0xff, 0xff, 0xff],
    text: [0x14, 0x1b, 0x22],
    muted: [0x52, 0x60, 0x6d],
    header: [
        [0xdd, 0xec, 0xfb],
        [0xff, 0xe9, 0xd0],
        [0xd9, 0xf3, 0xe3],
        [0xfb, 0xe0, 0xf0],
        [0xf7, 0xf1, 0xc4],
        [0xe8, 0xe2, 0xfb],
        [0xd5, 0xf2, 0xf3],
        [0xf6, 0xe3, 0xda],
    ],
    tile: [
        [0xa4, 0xcf, 0xf7],
        [0xff, 0xc9, 0x85],
        [0x9a, 0xdd, 0xb5],
        [0xf4, 0xac, 0xd7],
        [0xe8, 0xda, 0x77],
        [0xc6, 0xb8, 0xf5],
        [0x8f, 0xdb, 0xde],
        [0xe8, 0xb9, 0xa2],
    ],
    rest: [0xd3, 0xda, 0xe0],
};

/// Index of a fill in the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fill(u8);

impl Fill {
    const PAPER: Fill = Fill(0);
    /// Paper again, for muted words.
    const PAPER_MUTED: Fill = Fill(1);
    const REST: Fill = Fill(2);

    fn header(hue: usize) -> Fill {
        Fill(3 + (hue % HUES) as u8)
    }

    fn tile(hue: usize) -> Fill {
        Fill(3 + (HUES + hue % HUES) as u8)
    }
}

impl Colours {
    fn of(light: bool) -> &'static Colours {
        if light { &LIGHT } else { &DARK }
    }

    fn fills(&self) -> impl Iterator<Item = (Rgb, Rgb)> {
        let papers = [(self.paper, self.text), (self.paper, self.muted), (self.rest, self.text)];
        let boxes = self.header.into_iter().chain(self.tile).map(|fill| (fill, self.text));
        papers.into_iter().chain(boxes)
    }

    fn palette(&self) -> Vec<u8> {
        // Seven steps of text after the pure fill; the last is pure text.
        let steps =
            |(fill, text): (Rgb, Rgb)| [0, 1, 2, 3, 4, 6, 7, 8].map(|eighths| mix(fill, text, eighths));
        self.fills().flat_map(steps).flatten().collect()
    }
}

/// The step of the palette for a coverage of 1 to 8 eighths.
fn step(eighths: u8) -> u8 {
    match eighths {
        ..=4 => eighths,
        5 | 6 => 5,
        7 => 6,
        _ => 7,
    }
}

/// Draws a treemap of 1280×960 as an indexed PNG. Never panics, whatever the model holds.
///
/// # Errors
/// Only when the PNG encoder refuses, which no model is known to cause.
pub fn render_treemap(map: &Treemap) -> Result<Vec<u8>, DrawError> {
    let mut picture = Picture { canvas: Canvas::new(WIDTH, HEIGHT), lettering: Lettering::default() };
    picture.heading(map);
    let all = Rect { x: EDGE, y: TOP, w: WIDTH as f32 - 2.0 * EDGE, h: HEIGHT as f32 - TOP - EDGE };
    let boxes = siblings(&map.root, all);
    if boxes.is_empty() {
        picture.empty(&map.words.no_data);
    }
    for (hue, (rect, what)) in boxes.into_iter().enumerate() {
        picture.sibling(rect, &what, hue, true);
    }
    picture.canvas.png(&Colours::of(map.light).palette())
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Rect {
    x: f32,
    y: f32,
    w: f32,
    h: f32,
}

/// What stands in a box.
#[derive(Debug, Clone, PartialEq)]
enum What<'a> {
    Tile(&'a Tile),
    /// Merged: how many, and their size.
    Rest(usize, u64),
    /// What a folder holds beside its children.
    Own(u64),
}

impl What<'_> {
    fn bytes(&self) -> u64 {
        match self {
            What::Tile(tile) => size(tile),
            What::Rest(_, bytes) | What::Own(bytes) => *bytes,
        }
    }
}

/// A parent is at least as large as its children together, whatever it says.
fn size(tile: &Tile) -> u64 {
    tile.bytes.max(tile.children.iter().fold(0, |sum, child| sum.saturating_add(child.bytes)))
}

/// Boxes of the tiles, largest first; those too small to be seen merged into the last.
fn siblings(tiles: &[Tile], room: Rect) -> Vec<(Rect, What<'_>)> {
    let total = tiles.iter().fold(0u64, |sum, tile| sum.saturating_add(size(tile)));
    filled(tiles, total, room)
}

/// The same for tiles that take only a part of `total`.
fn filled(tiles: &[Tile], total: u64, room: Rect) -> Vec<(Rect, What<'_>)> {
    if total == 0 || room.w < 1.0 || room.h < 1.0 {
        return Vec::new();
    }
    let per_byte = f64::from(room.w * room.h) / total as f64;
    let mut sorted: Vec<&Tile> = tiles.iter().filter(|tile| size(tile) > 0).collect();
    sorted.sort_by(|a, b| size(b).cmp(&size(a)).then_with(|| a.label.cmp(&b.label)));
    let visible = sorted
        .iter()
        .take(TILES_MAX)
        .take_while(|tile| size(tile) as f64 * per_byte >= f64::from(AREA_MIN))
        .count();
    let mut shown: Vec<What> = sorted[..visible].iter().map(|tile| What::Tile(tile)).collect();
    match &sorted[visible..] {
        [] => (),
        // "+1" would say less than its name.
        [only] => shown.push(What::Tile(only)),
        rest => {
            let bytes = rest.iter().fold(0u64, |sum, tile| sum.saturating_add(size(tile)));
            // Among the others by its size: out of order it would leave slivers.
            let rest = What::Rest(rest.len(), bytes);
            let place = shown.partition_point(|what| what.bytes() >= bytes);
            shown.insert(place, rest);
        }
    }
    let own = total.saturating_sub(sorted.iter().fold(0u64, |sum, tile| sum.saturating_add(size(tile))));
    if own > 0 {
        let place = shown.partition_point(|what| what.bytes() >= own);
        shown.insert(place, What::Own(own));
    }
    // Less than a pixel cannot be drawn, not even merged.
    shown.retain(|what| what.bytes() as f64 * per_byte >= 1.0);
    let areas: Vec<f32> = shown.iter().map(|what| (what.bytes() as f64 * per_byte) as f32).collect();
    squarified(&areas, room).into_iter().zip(shown).collect()
}

/// Boxes of given areas as near to squares as rows of them can be (Bruls, Huizing and van Wijk, 2000).
fn squarified(areas: &[f32], room: Rect) -> Vec<Rect> {
    let mut boxes = Vec::with_capacity(areas.len());
    let mut room = room;
    let mut rest = areas;
    while !rest.is_empty() {
        let side = room.w.min(room.h).max(1e-3);
        let mut count = 1;
        while count < rest.len() && worst(&rest[..=count], side) <= worst(&rest[..count], side) {
            count += 1;
        }
        let sum: f32 = rest[..count].iter().sum();
        // The last row takes what rounding has left.
        let depth = (sum / side).min(room.w.max(room.h));
        let mut along = 0.0;
        for area in &rest[..count] {
            let length = if sum > 0.0 { side * area / sum } else { 0.0 };
            boxes.push(if room.w >= room.h {
                Rect { x: room.x, y: room.y + along, w: depth, h: length }
            } else {
                Rect { x: room.x + along, y: room.y, w: length, h: depth }
            });
            along += length;
        }
        room = if room.w >= room.h {
            Rect { x: room.x + depth, w: (room.w - depth).max(0.0), ..room }
        } else {
            Rect { y: room.y + depth, h: (room.h - depth).max(0.0), ..room }
        };
        rest = &rest[count..];
    }
    boxes
}

/// The worst ratio of sides in a row of boxes.
fn worst(areas: &[f32], side: f32) -> f32 {
    let sum: f32 = areas.iter().sum();
    let (largest, least) = (areas[0], areas[areas.len() - 1].max(f32::MIN_POSITIVE));
    (side * side * largest / (sum * sum)).max(sum * sum / (side * side * least))
}

struct Picture {
    canvas: Canvas,
    lettering: Lettering,
}

impl Picture {
    fn heading(&mut self, map: &Treemap) {
        let total = map.root.iter().fold(0u64, |sum, tile| sum.saturating_add(size(tile)));
        let total = Bytes(total).to_string();
        let right = WIDTH as f32 - EDGE - self.lettering.width(&total, TITLE);
        self.words((right, TITLE_ROW), &total, TITLE, Fill::PAPER_MUTED);
        let title = clean(&map.title);
        if let Some(title) = self.lettering.fit(&title, TITLE, right - 2.0 * EDGE) {
            self.words((EDGE, TITLE_ROW), &title, TITLE, Fill::PAPER);
        }
    }

    fn empty(&mut self, no_data: &str) {
        let text = clean(no_data);
        let x = (WIDTH as f32 - self.lettering.width(&text, EMPTY)) / 2.0;
        self.words((x, HEIGHT as f32 / 2.0), &text, EMPTY, Fill::PAPER_MUTED);
    }

    fn sibling(&mut self, rect: Rect, what: &What, hue: usize, may_nest: bool) {
        let inner = rect.seamed();
        match what {
            What::Rest(count, bytes) => {
                self.fill(inner, Fill::REST);
                self.leaf(inner, &format!("+{count}"), *bytes, Fill::REST);
            }
            // In the colour of the folder's header.
            What::Own(bytes) => self.leaf(inner, "", *bytes, Fill::header(hue)),
            What::Tile(tile) if may_nest && nests(tile, inner) => self.parent(inner, tile, hue),
            What::Tile(tile) => {
                self.fill(inner, Fill::tile(hue));
                self.leaf(inner, &clean(&tile.label), size(tile), Fill::tile(hue));
            }
        }
    }

    fn parent(&mut self, rect: Rect, tile: &Tile, hue: usize) {
        let fill = Fill::header(hue);
        self.fill(rect, fill);
        let (x, baseline) = (rect.x + AIR, rect.y + (HEADER_HEIGHT + cap_height(HEADER)) / 2.0);
        let bytes = Bytes(size(tile)).to_string();
        let room = rect.w - 2.0 * AIR;
        let bytes_width = self.lettering.width(&bytes, HEADER);
        let label = clean(&tile.label);
        match self.lettering.fit(&label, HEADER, room - bytes_width - AIR) {
            Some(label) => {
                self.words((x, baseline), &label, HEADER, fill);
                self.words((rect.x + rect.w - AIR - bytes_width, baseline), &bytes, HEADER, fill);
            }
            None => {
                if let Some(label) = self.lettering.fit(&label, HEADER, room) {
                    self.words((x, baseline), &label, HEADER, fill);
                }
            }
        }
        let inside = Rect {
            x: rect.x + SEAM,
            y: rect.y + HEADER_HEIGHT,
            w: rect.w - 2.0 * SEAM,
            h: rect.h - HEADER_HEIGHT - SEAM,
        };
        for (rect, what) in filled(&tile.children, size(tile), inside) {
            self.sibling(rect, &what, hue, false);
        }
    }

    /// Name and size, as large as they fit, long names in several lines; the name alone, cut, where both do not.
    fn leaf(&mut self, rect: Rect, label: &str, bytes: u64, fill: Fill) {
        let room = (rect.w - 2.0 * AIR, rect.h - 1.6 * AIR);
        let bytes = Bytes(bytes).to_string();
        for (size, lines_max) in LEAF_SIZES {
            let height = |lines: usize| (lines as f32 - 1.0) * LINE * size + size + LINE * small(size);
            if height(1) > room.1 || self.lettering.width(&bytes, small(size)) > room.0 {
                continue;
            }
            let lines = self.lines(label, size, room.0);
            if lines.len() > lines_max || height(lines.len()) > room.1 {
                continue;
            }
            let mut at = (rect.x + AIR, rect.y + AIR + cap_height(size));
            for line in lines.iter().filter(|line| !line.is_empty()) {
                self.words(at, line, size, fill);
                at.1 += LINE * size;
            }
            at.1 += if label.is_empty() { 0.0 } else { LINE * (small(size) - size) };
            self.words(at, &bytes, small(size), fill);
            return;
        }
        let least = small(0.0);
        if rect.h >= least * 1.4
            && let Some(label) = self.lettering.fit(label, least, room.0)
        {
            let baseline = rect.y + (rect.h.min(2.4 * AIR + least) + cap_height(least)) / 2.0;
            self.words((rect.x + AIR, baseline), &label, least, fill);
        }
    }

    /// A name broken wherever a line is full: names of files have no better places.
    fn lines(&self, label: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut used = 0.0;
        for c in label.chars() {
            let own = self.lettering.width(c.encode_utf8(&mut [0; 4]), size);
            if used + own > width && used > 0.0 {
                lines.push(String::new());
                used = 0.0;
            }
            used += own;
            lines.last_mut().expect("it began with a line").push(c);
        }
        lines
    }

    fn fill(&mut self, rect: Rect, fill: Fill) {
        let whole = |from: f32, length: f32| (from.round() as i32, (from + length).round() as i32);
        self.canvas.fill(whole(rect.x, rect.w), whole(rect.y, rect.h), fill.0 * 8);
    }

    fn words(&mut self, at: (f32, f32), text: &str, size: f32, fill: Fill) {
        let canvas = &mut self.canvas;
        self.lettering.each_pixel(at, text, size, |x, y, eighths| {
            if let Some(pixel) = canvas.pixel(x, y) {
                *pixel = fill.0 * 8 + step(eighths).max(if *pixel / 8 == fill.0 { *pixel % 8 } else { 0 });
            }
        });
    }
}

/// The size under a name.
fn small(size: f32) -> f32 {
    (size * 0.8).max(LEAF_SIZES[LEAF_SIZES.len() - 1].0)
}

fn nests(tile: &Tile, rect: Rect) -> bool {
    tile.children.iter().any(|child| child.bytes > 0) && rect.w >= PARENT_MIN.0 && rect.h >= PARENT_MIN.1
}

impl Rect {
    /// Without half of the seam on each side, where there is room for one.
    fn seamed(self) -> Rect {
        let seam = if self.w > 3.0 * SEAM && self.h > 3.0 * SEAM { SEAM / 2.0 } else { 0.5 };
        Rect {
            x: self.x + seam,
            y: self.y + seam,
            w: (self.w - 2.0 * seam).max(0.0),
            h: (self.h - 2.0 * seam).max(0.0),
        }
    }
}

#[cfg(test)]
#[path = "treemap_tests.rs"]
pub mod tests;
