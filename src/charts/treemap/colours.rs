//! The colours of treemaps, dark and light. A palette holds each fill eight times: with more and more of the text's
//! colour in it.

use crate::charts::ink::{Rgb, mix};

pub struct Colours {
    pub paper: Rgb,
    pub text: Rgb,
    muted: Rgb,
    /// For a box with children: behind its name.
    header: [Rgb; HUES],
    tile: [Rgb; HUES],
    rest: Rgb,
}

pub const HUES: usize = 8;

pub const DARK: Colours = Colours {
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

pub const LIGHT: Colours = Colours {
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
pub struct Fill(pub u8);

impl Fill {
    pub const PAPER: Fill = Fill(0);
    /// Paper again, for muted words.
    pub const PAPER_MUTED: Fill = Fill(1);
    pub const REST: Fill = Fill(2);

    pub fn header(hue: usize) -> Fill {
        Fill(3 + (hue % HUES) as u8)
    }

    pub fn tile(hue: usize) -> Fill {
        Fill(3 + (HUES + hue % HUES) as u8)
    }
}

impl Colours {
    pub fn of(light: bool) -> &'static Colours {
        if light { &LIGHT } else { &DARK }
    }

    pub fn fills(&self) -> impl Iterator<Item = (Rgb, Rgb)> {
        let papers = [(self.paper, self.text), (self.paper, self.muted), (self.rest, self.text)];
        let boxes = self.header.into_iter().chain(self.tile).map(|fill| (fill, self.text));
        papers.into_iter().chain(boxes)
    }

    pub fn palette(&self) -> Vec<u8> {
        // Seven steps of text after the pure fill; the last is pure text.
        let steps =
            |(fill, text): (Rgb, Rgb)| [0, 1, 2, 3, 4, 6, 7, 8].map(|eighths| mix(fill, text, eighths));
        self.fills().flat_map(steps).flatten().collect()
    }
}

/// The step of the palette for a coverage of 1 to 8 eighths.
pub fn step(eighths: u8) -> u8 {
    match eighths {
        ..=4 => eighths,
        5 | 6 => 5,
        7 => 6,
        _ => 7,
    }
}
