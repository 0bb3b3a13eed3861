//! Lettering: DejaVu Sans through ab_glyph. Sizes are em pixels, positions the baseline.
//!
//! DejaVu Sans (757 KB) and not the half as large Ubuntu Light (362 KB): names come from the server in any script, and
//! it has 5,900 glyphs to the other's 1,200, all marks of the panels among them; and its strokes are strong enough
//! for light text on a dark phone. One face is linked.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use ab_glyph::{Font, FontRef, GlyphId, PxScale, point};

use super::{canvas::Canvas, ink::Ink};

static FONT: LazyLock<FontRef<'static>> =
    LazyLock::new(|| FontRef::try_from_slice(dejavu::sans::regular()).expect("the linked font is a font"));

/// A name longer than this is cut before it is measured, characters.
const CHARS_MAX: usize = 200;

/// Glyphs are placed at quarters of a pixel: whole ones look uneven, finer ones cost masks.
const QUARTERS: f32 = 4.0;

/// Whether the linked font can draw it.
pub fn has_glyph(c: char) -> bool {
    FONT.glyph_id(c) != GlyphId(0)
}

/// Whether it can be written here so that it is read: the font has signs of scripts that run from right to left too,
/// but sign after sign from the left they are no words.
pub fn legible(c: char) -> bool {
    let from_the_right =
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    has_glyph(c) && !from_the_right
}

/// What is drawn of a text from outside: no control, no invisible and no direction-changing characters, "·" for what
/// cannot be written (names are told below the picture instead, see `footnotes`), and not endlessly long.
pub fn clean(text: &str) -> Cow<'_, str> {
    let plain = |c: char| (' '..='~').contains(&c);
    if text.len() <= CHARS_MAX && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter(|&c| !invisible(c)).map(|c| match c {
        c if c.is_control() || c.is_whitespace() => ' ',
        c if legible(c) => c,
        _ => '·',
    });
    Cow::Owned(shown.take(CHARS_MAX).collect())
}

fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Draws text and remembers the masks of a picture's glyphs.
#[derive(Default)]
pub struct Lettering {
    masks: HashMap<(GlyphId, u32, u8), Mask>,
}

/// Coverage of one glyph in eighths, relative to the pen.
struct Mask {
    left: i32,
    top: i32,
    width: usize,
    eighths: Vec<u8>,
}

impl Lettering {
    /// Horizontal room a text takes, pixels.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let mut width = 0.0;
        walk(text, size, |glyph| width = glyph.end);
        width
    }

    /// As much of a text as fits, with "…" where it was cut; `None` when not even three characters do.
    pub fn fit<'t>(&self, text: &'t str, size: f32, width: f32) -> Option<Cow<'t, str>> {
        let room = width - self.width("…", size);
        let (mut whole, mut chars, mut kept) = (0.0, 0, 0);
        walk(text, size, |glyph| {
            whole = glyph.end;
            chars += 1;
            if glyph.end <= room {
                kept = chars;
            }
        });
        if whole <= width {
            return Some(Cow::Borrowed(text));
        }
        let kept: String = text.chars().take(kept).collect();
        let kept = kept.trim_end();
        (kept.chars().count() >= 3).then(|| Cow::Owned(format!("{kept}…")))
    }

    /// In one ink over whatever is there.
    pub fn draw(&mut self, canvas: &mut Canvas, at: (f32, f32), text: &str, size: f32, ink: Ink) {
        self.each_pixel(at, text, size, |x, y, eighths| canvas.put(x, y, ink, eighths - 1));
    }

    /// With a rim of paper, so that it is read over lines without hiding more of them than it must.
    pub fn draw_rimmed(&mut self, canvas: &mut Canvas, at: (f32, f32), text: &str, size: f32, ink: Ink) {
        let mut core = Vec::new();
        self.each_pixel(at, text, size, |x, y, eighths| core.push((x, y, eighths)));
        for &(x, y, eighths) in core.iter().filter(|pixel| pixel.2 >= 4) {
            debug_assert!(eighths <= 8);
            canvas.fill((x - RIM, x + RIM + 1), (y - RIM, y + RIM + 1), Ink::PAPER.at(0));
        }
        core.iter().for_each(|&(x, y, eighths)| canvas.put(x, y, ink, eighths - 1));
    }

    /// One sign with the middle of its outline at a point: a mark on a value.
    pub fn draw_centred(&mut self, canvas: &mut Canvas, (x, y): (f32, f32), sign: char, size: f32, ink: Ink) {
        let glyph = FONT.glyph_id(sign).with_scale(scale(size));
        let Some(outline) = FONT.outline_glyph(glyph) else { return };
        let bounds = outline.px_bounds();
        let at = (x - (bounds.min.x + bounds.max.x) / 2.0, y - (bounds.min.y + bounds.max.y) / 2.0);
        self.draw_rimmed(canvas, at, sign.encode_utf8(&mut [0; 4]), size, ink);
    }

    /// Calls `put(x, y, eighths)` for each pixel a text covers, eighths from 1 to 8.
    pub fn each_pixel(
        &mut self,
        (x, y): (f32, f32),
        text: &str,
        size: f32,
        mut put: impl FnMut(i32, i32, u8),
    ) {
        let baseline = y.round() as i32;
        walk(text, size, |glyph| {
            let pen = x + glyph.start;
            let quarter = ((pen - pen.floor()) * QUARTERS) as u8;
            let mask = self
                .masks
                .entry((glyph.id, size.to_bits(), quarter))
                .or_insert_with(|| Mask::new(glyph.id, size, quarter));
            let left = pen.floor() as i32 + mask.left;
            for (row, eighths) in mask.eighths.chunks_exact(mask.width.max(1)).enumerate() {
                for (column, &eighths) in eighths.iter().enumerate().filter(|(_, eighths)| **eighths > 0) {
                    put(left + column as i32, baseline + mask.top + row as i32, eighths);
                }
            }
        });
    }
}

/// Paper around a rimmed letter, pixels.
const RIM: i32 = 2;

/// One glyph of a text on its line, pixels from the text's start.
struct Placed {
    id: GlyphId,
    start: f32,
    end: f32,
}

fn walk(text: &str, size: f32, mut each: impl FnMut(Placed)) {
    let per_unit = size / UNITS_PER_EM;
    let mut pen = 0.0;
    let mut last = None;
    for c in text.chars() {
        let id = FONT.glyph_id(c);
        if let Some(last) = last {
            pen += FONT.kern_unscaled(last, id) * per_unit;
        }
        let end = pen + FONT.h_advance_unscaled(id) * per_unit;
        each(Placed { id, start: pen, end });
        (pen, last) = (end, Some(id));
    }
}

impl Mask {
    fn new(id: GlyphId, size: f32, quarter: u8) -> Mask {
        let offset = f32::from(quarter) / QUARTERS;
        let glyph = id.with_scale_and_position(scale(size), point(offset, 0.0));
        let Some(outline) = FONT.outline_glyph(glyph) else {
            return Mask { left: 0, top: 0, width: 0, eighths: Vec::new() };
        };
        let bounds = outline.px_bounds();
        let (width, height) = (bounds.width().ceil() as usize, bounds.height().ceil() as usize);
        let mut eighths = vec![0; width * height];
        outline.draw(|x, y, coverage| {
            if let Some(pixel) = eighths.get_mut(y as usize * width + x as usize) {
                *pixel = (coverage * 8.0 + 0.5).min(8.0) as u8;
            }
        });
        Mask { left: bounds.min.x.floor() as i32, top: bounds.min.y.floor() as i32, width, eighths }
    }
}

/// ab_glyph counts a size from ascent to descent; an em is what everybody else means by it.
fn scale(size: f32) -> PxScale {
    PxScale::from(size * FONT.height_unscaled() / UNITS_PER_EM)
}

const UNITS_PER_EM: f32 = 2048.0;

/// From the baseline up to the top of a capital letter.
pub fn cap_height(size: f32) -> f32 {
    0.729 * size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{charts::Words, domain::Lang};

    #[test]
    fn the_font_is_measured_as_it_says() {
        assert_eq!(FONT.units_per_em(), Some(UNITS_PER_EM));
    }

    #[test]
    fn every_sign_of_the_words_and_panels_can_be_drawn() {
        let mut signs = String::from("✔▲✖↓↑·–—…≤≥×°%□●■◆▼✚★○▒ ");
        for lang in Lang::ALL {
            let words = Words::of(lang);
            assert_eq!(words.months.len(), 12, "{lang:?}");
            signs.push_str(&words.no_data);
            words.months.iter().for_each(|month| signs.push_str(month));
        }
        // Titles and labels of charts come from the rooms' words.
        for (_, en, id) in crate::locale::FILES {
            signs.extend(en.chars().chain(id.chars()).filter(|c| c.is_alphanumeric()));
        }
        let missing: String = signs.chars().filter(|&c| !has_glyph(c)).collect();
        assert_eq!(missing, "");
    }

    #[test]
    fn hostile_names_become_harmless() {
        for (text, want) in [
            ("plain", "plain"),
            ("a\nb\tc\0", "a b c "),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("日本", "··"),
            ("שלום", "····"),
            ("Привет", "Привет"),
            ("\u{1b}[31mred", " [31mred"),
        ] {
            assert_eq!(clean(text), want, "{text:?}");
        }
        assert_eq!(clean(&"x".repeat(100_000)).chars().count(), CHARS_MAX);
    }

    #[test]
    fn a_text_is_cut_to_its_room() {
        let lettering = Lettering::default();
        let text = "a-rather-long-name.service";
        let whole = lettering.width(text, 26.0);
        assert_eq!(lettering.fit(text, 26.0, whole).as_deref(), Some(text));
        let cut = lettering.fit(text, 26.0, whole / 2.0).expect("half of it fits");
        assert!(cut.ends_with('…') && text.starts_with(cut.trim_end_matches('…')), "{cut}");
        assert!(lettering.width(&cut, 26.0) <= whole / 2.0);
        assert_eq!(lettering.fit(text, 26.0, 20.0), None);
    }

    #[test]
    fn letters_stay_inside_the_room_they_were_measured_for() {
        let mut lettering = Lettering::default();
        let (text, size) = ("128 MiB/s ÅÇgjy", 28.0);
        let width = lettering.width(text, size).ceil() as i32;
        let mut pixels = 0;
        lettering.each_pixel((0.0, 0.0), text, size, |x, y, eighths| {
            assert!((1..=8).contains(&eighths));
            assert!(
                (-2..width + 2).contains(&x) && (-(size as i32)..size as i32 / 2).contains(&y),
                "{x} {y}"
            );
            pixels += 1;
        });
        assert!(pixels > 500, "{pixels}");
    }
}
