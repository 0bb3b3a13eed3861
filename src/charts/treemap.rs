//! Sizes as a treemap: squarified, at most two levels deep. Boxes too small to be seen are merged, so that nothing is
//! missing from the picture; names and sizes stand in the boxes that can hold them.
//!
//! A pixel is fill × 8 + coverage of the text upon it, so that lettering is smooth on every fill.

mod colours;
mod label;
mod layout;

use colours::{Colours, Fill, step};
use layout::{Rect, What, filled, siblings, size};

use super::{
    DrawError,
    canvas::Canvas,
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
/// The same for names that are cut.
const CUT_SIZES: [(f32, usize); 5] = [(26.0, 3), (23.0, 2), (20.0, 3), (20.0, 2), (20.0, 1)];
const EMPTY: f32 = 44.0;
/// From line to line, in sizes.
const LINE: f32 = 1.3;
const HEADER: f32 = 26.0;
const HEADER_HEIGHT: f32 = 40.0;
/// A box with its children inside is at least this large; smaller ones are drawn whole.
const PARENT_MIN: (f32, f32) = (150.0, 110.0);

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
        let inner = rect.seamed(SEAM);
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

    /// Name and size, as large as they fit, long names in several lines; the name cut, or alone, where both do not.
    fn leaf(&mut self, rect: Rect, label: &str, bytes: u64, fill: Fill) {
        let room = (rect.w - 2.0 * AIR, rect.h - 1.6 * AIR);
        let bytes = Bytes(bytes).to_string();
        let lettering = &self.lettering;
        let height = |lines: usize, size: f32| (lines as f32 - 1.0) * LINE * size + size + LINE * small(size);
        let fits = |lines: &[String], size: f32| {
            height(lines.len().max(1), size) <= room.1 && lettering.width(&bytes, small(size)) <= room.0
        };
        let measure = |size: f32| move |text: &str| lettering.width(text, size);
        let whole = LEAF_SIZES.iter().find_map(|&(size, lines_max)| {
            let lines = label::whole(label, room.0, lines_max, measure(size))?;
            fits(&lines, size).then_some((lines, size))
        });
        let cut = || {
            CUT_SIZES.iter().find_map(|&(size, lines_max)| {
                let lines = label::cut(label, room.0, lines_max, measure(size))?;
                fits(&lines, size).then_some((lines, size))
            })
        };
        if let Some((lines, size)) = whole.or_else(cut) {
            let mut at = (rect.x + AIR, rect.y + AIR + cap_height(size));
            for line in &lines {
                self.words(at, line, size, fill);
                at.1 += LINE * size;
            }
            at.1 += if lines.is_empty() { 0.0 } else { LINE * (small(size) - size) };
            self.words(at, &bytes, small(size), fill);
            return;
        }
        let least = small(0.0);
        if rect.h >= least * 1.4
            && let Some(lines) = label::cut(label, room.0, 1, measure(least))
            && let [line] = &lines[..]
        {
            let baseline = rect.y + (rect.h.min(2.4 * AIR + least) + cap_height(least)) / 2.0;
            self.words((rect.x + AIR, baseline), line, least, fill);
        }
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

#[cfg(test)]
#[path = "treemap_tests.rs"]
pub mod tests;
