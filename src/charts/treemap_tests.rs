//! A treemap is judged by its boxes: they fill their room, none overlaps, none is missing.

use proptest::prelude::*;

use super::{
    colours::{DARK, HUES, LIGHT},
    *,
};
use crate::charts::{
    chart::tests::{decoded, keep},
    gallery,
    ink::contrast,
    model::{Tile, Treemap, Words},
};

#[test]
fn every_kind_of_treemap_is_drawn() {
    for (name, mut map) in gallery::treemaps() {
        for light in [false, true] {
            map.light = light;
            let png = render_treemap(&map).expect(name);
            keep(name, light, &png);
            let (width, height, colours, pixels) = decoded(&png);
            assert_eq!((width, height), (1280, 960), "{name}");
            assert!(pixels.iter().all(|&index| usize::from(index) < colours), "{name}");
            assert!(png.len() <= 96 << 10, "{name}: {} bytes", png.len());
        }
    }
}

#[test]
fn words_are_read_on_every_fill() {
    for (name, colours) in [("dark", &DARK), ("light", &LIGHT)] {
        for (i, (fill, text)) in colours.fills().enumerate() {
            let ratio = contrast(fill, text);
            assert!(ratio >= 4.5, "{name}: fill {i} has {ratio:.1}");
        }
        assert_eq!(colours.palette().len(), (3 + 2 * HUES) * 8 * 3);
    }
}

fn tile(bytes: u64, children: &[u64]) -> Tile {
    let children =
        children.iter().map(|&bytes| Tile { label: "c".into(), bytes, children: vec![] }).collect();
    Tile { label: format!("t{bytes}"), bytes, children }
}

#[test]
fn what_is_too_small_to_be_seen_is_merged_and_counted() {
    let room = Rect { x: 0.0, y: 0.0, w: 1000.0, h: 800.0 };
    let tiles: Vec<Tile> = [1_000_000, 500_000].into_iter().chain([3; 50]).map(|b| tile(b, &[])).collect();
    let boxes = siblings(&tiles, room);
    assert_eq!(boxes.len(), 3);
    assert_eq!(boxes[2].1, What::Rest(50, 150));
    // Nothing of a folder of its own is lost either.
    let inside = filled(&tiles[..1], 1_500_000, room);
    assert_eq!(inside[1].1, What::Own(500_000));
    let two = [tile(1_000_000, &[]), tile(100, &[])];
    let boxes = siblings(&two, room);
    assert!(matches!(boxes[1].1, What::Tile(tile) if tile.bytes == 100));
}

#[test]
fn sizes_that_contradict_each_other_do_no_harm() {
    for root in [
        vec![tile(0, &[])],
        vec![tile(10, &[u64::MAX, u64::MAX])],
        vec![tile(u64::MAX, &[]), tile(u64::MAX, &[1])],
        vec![tile(5, &[9, 9, 9]), tile(0, &[0])],
    ] {
        let map = Treemap { title: String::new(), light: true, root, words: Words::default() };
        assert!(render_treemap(&map).is_ok(), "{map:?}");
    }
}

proptest! {
    #[test]
    fn boxes_fill_their_room_and_do_not_overlap(sizes in prop::collection::vec(1u64..1 << 40, 1..60)) {
        let room = Rect { x: 20.0, y: 74.0, w: 1240.0, h: 866.0 };
        let tiles: Vec<Tile> = sizes.iter().map(|&bytes| tile(bytes, &[])).collect();
        let boxes = siblings(&tiles, room);
        let area: f32 = boxes.iter().map(|(rect, _)| rect.w * rect.h).sum();
        prop_assert!((area / (room.w * room.h) - 1.0).abs() < 0.01, "{area}");
        let total: u64 = sizes.iter().sum();
        for (i, (rect, what)) in boxes.iter().enumerate() {
            let share = f64::from(rect.w * rect.h) / f64::from(room.w * room.h);
            let want = what.bytes() as f64 / total as f64;
            prop_assert!((share - want).abs() < 0.005, "{i}: {share} instead of {want}");
            let end = (rect.x + rect.w, rect.y + rect.h);
            prop_assert!(rect.x >= 19.9 && rect.y >= 73.9 && end.0 <= 1260.6 && end.1 <= 940.6, "{rect:?}");
            for (other, _) in &boxes[..i] {
                let over = (end.0.min(other.x + other.w) - rect.x.max(other.x)).min(
                    end.1.min(other.y + other.h) - rect.y.max(other.y));
                prop_assert!(over < 0.6, "{rect:?} and {other:?}");
            }
        }
    }

}

proptest! {
    // Whole pictures: few of them.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_names_make_a_picture(names in prop::collection::vec((".{0,300}", 0u64..1 << 50), 0..30)) {
        let root = names.into_iter().map(|(label, bytes)| Tile { label, bytes, children: vec![] }).collect();
        let map = Treemap { title: "\u{0}\u{202e}".into(), light: false, root, words: Words::default() };
        prop_assert!(render_treemap(&map).is_ok());
    }
}
