//! Where the boxes of a treemap go: squarified, largest first, those too small to be seen merged, nothing missing. Pure.

use crate::charts::model::Tile;

/// Boxes below this area, square pixels, are merged into one.
const AREA_MIN: f32 = 360.0;
/// More boxes than this in one row of siblings are merged too: a hostile folder has millions.
const TILES_MAX: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

/// What stands in a box.
#[derive(Debug, Clone, PartialEq)]
pub enum What<'a> {
    Tile(&'a Tile),
    /// Merged: how many, and their size.
    Rest(usize, u64),
    /// What a folder holds beside its children.
    Own(u64),
}

impl What<'_> {
    pub fn bytes(&self) -> u64 {
        match self {
            What::Tile(tile) => size(tile),
            What::Rest(_, bytes) | What::Own(bytes) => *bytes,
        }
    }
}

/// A parent is at least as large as its children together, whatever it says.
pub fn size(tile: &Tile) -> u64 {
    tile.bytes.max(tile.children.iter().fold(0, |sum, child| sum.saturating_add(child.bytes)))
}

/// Boxes of the tiles, largest first; those too small to be seen merged into the last.
pub fn siblings(tiles: &[Tile], room: Rect) -> Vec<(Rect, What<'_>)> {
    let total = tiles.iter().fold(0u64, |sum, tile| sum.saturating_add(size(tile)));
    filled(tiles, total, room)
}

/// The same for tiles that take only a part of `total`.
pub fn filled(tiles: &[Tile], total: u64, room: Rect) -> Vec<(Rect, What<'_>)> {
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
pub fn squarified(areas: &[f32], room: Rect) -> Vec<Rect> {
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
pub fn worst(areas: &[f32], side: f32) -> f32 {
    let sum: f32 = areas.iter().sum();
    let (largest, least) = (areas[0], areas[areas.len() - 1].max(f32::MIN_POSITIVE));
    (side * side * largest / (sum * sum)).max(sum * sum / (side * side * least))
}

impl Rect {
    /// Without half of the seam on each side, where there is room for one.
    pub fn seamed(self, seam: f32) -> Rect {
        let seam = if self.w > 3.0 * seam && self.h > 3.0 * seam { seam / 2.0 } else { 0.5 };
        Rect {
            x: self.x + seam,
            y: self.y + seam,
            w: (self.w - 2.0 * seam).max(0.0),
            h: (self.h - 2.0 * seam).max(0.0),
        }
    }
}
