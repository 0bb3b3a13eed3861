//! Names the linked font cannot write (Chinese, Japanese, Arabic, emoji) stand in a picture as "#1", and in full in
//! the text below it, which Telegram can write in any script. Pure.
//!
//! Limits: [`NOTES_MAX`] names a picture, the largest first; in further ones, and in titles, "·" stands for each sign
//! that cannot be written. A font for all scripts would be larger than the rest of Cockpit.

use super::{
    model::{Chart, Tile, Treemap},
    text::legible,
};

/// Names told below a picture; a caption holds 1024 characters.
const NOTES_MAX: usize = 9;

/// "#1", and the name it stands for.
pub type Note = (String, String);

impl Chart {
    /// Puts marks in the place of names that cannot be drawn.
    pub fn footnotes(&mut self) -> Vec<Note> {
        let mut notes = Vec::new();
        for series in &mut self.series {
            mark(&mut series.label, &mut notes);
        }
        notes
    }
}

impl Treemap {
    /// As [`Chart::footnotes`]; folders before what is in them.
    pub fn footnotes(&mut self) -> Vec<Note> {
        let mut notes = Vec::new();
        of_tiles(self.root.iter_mut().collect(), &mut notes);
        of_tiles(self.root.iter_mut().flat_map(|tile| &mut tile.children).collect(), &mut notes);
        notes
    }
}

fn of_tiles(mut tiles: Vec<&mut Tile>, notes: &mut Vec<Note>) {
    tiles.sort_by_key(|tile| std::cmp::Reverse(tile.bytes));
    for tile in tiles {
        mark(&mut tile.label, notes);
    }
}

fn mark(label: &mut String, notes: &mut Vec<Note>) {
    if !needs_a_note(label) || notes.len() == NOTES_MAX {
        return;
    }
    // The same name is the same mark: a file of one name in two folders.
    let known = notes.iter().find(|(_, name)| name == label).map(|(sign, _)| sign.clone());
    let sign = known.unwrap_or_else(|| {
        let sign = format!("#{}", notes.len() + 1);
        notes.push((sign.clone(), label.clone()));
        sign
    });
    *label = match rest(label) {
        Some(rest) => format!("{sign} {rest}"),
        None => sign,
    };
}

/// A letter is lacking, or so many signs that nothing to go by is left. A name that lost its emoji only is still one.
fn needs_a_note(label: &str) -> bool {
    let lost = |c: char| !legible(c) && !c.is_whitespace() && !c.is_control();
    let letter_lost = label.chars().any(|c| lost(c) && c.is_alphanumeric());
    let left = label.chars().filter(|&c| legible(c) && c.is_alphanumeric()).count();
    letter_lost || (label.chars().any(lost) && left < 3)
}

/// What of a name can be written and says something: the ending, a year.
fn rest(label: &str) -> Option<String> {
    let runs = label.split(|c: char| !legible(c)).map(str::trim);
    let telling = |run: &&str| run.chars().filter(|c| c.is_alphanumeric()).count() >= 2;
    let runs: Vec<&str> = runs.filter(telling).collect();
    (!runs.is_empty()).then(|| runs.join("…"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{charts::Words, domain::Lang};

    fn tile(label: &str, bytes: u64, children: Vec<Tile>) -> Tile {
        Tile { label: label.into(), bytes, children }
    }

    fn map(root: Vec<Tile>) -> Treemap {
        Treemap { title: "t".into(), light: false, root, words: Words::of(Lang::En) }
    }

    #[test]
    fn a_name_that_cannot_be_written_is_told_below_and_keeps_what_can_be() {
        for (name, drawn, told) in [
            ("photos", "photos", false),
            ("Привет", "Привет", false),
            ("写真", "#1", true),
            ("写真.jpg", "#1 .jpg", true),
            ("2024 年の写真", "#1 2024", true),
            ("旅行 2023-2024 写真.tar", "#1 2023-2024….tar", true),
            // Written from right to left and joined, which is not ours to draw.
            ("صور", "#1", true),
            ("🚀", "#1", true),
            ("holiday 🏖 2024", "holiday 🏖 2024", false),
            ("", "", false),
        ] {
            let mut map = map(vec![tile(name, 5, vec![])]);
            let notes = map.footnotes();
            assert_eq!(map.root[0].label, drawn, "{name}");
            let want: Vec<Note> = if told { vec![("#1".into(), name.into())] } else { vec![] };
            assert_eq!(notes, want, "{name}");
            let seen = crate::charts::text::clean(&map.root[0].label).into_owned();
            assert!(!seen.contains('□') && seen.chars().all(legible), "{seen}");
        }
    }

    #[test]
    fn the_largest_are_told_first_and_one_name_once() {
        let mut map = map(vec![
            tile("小", 1, vec![]),
            tile("data", 100, vec![tile("大", 90, vec![]), tile("小", 10, vec![])]),
            tile("中", 50, vec![]),
        ]);
        let notes: Vec<String> =
            map.footnotes().into_iter().map(|(sign, name)| format!("{sign} {name}")).collect();
        assert_eq!(notes, ["#1 中", "#2 小", "#3 大"]);
        assert_eq!(map.root[1].children[1].label, "#2");
        let many = (0..30u32).map(|i| {
            let name = char::from_u32(0x4e00 + i).expect("a letter");
            tile(&name.to_string(), 1, vec![])
        });
        assert_eq!(super::super::Treemap { root: many.collect(), ..map }.footnotes().len(), NOTES_MAX);
    }
}
