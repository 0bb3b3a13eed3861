//! Inks and themes. A pixel is one byte: ink × 8 + coverage step, where step 0 is an eighth of the ink over the paper
//! and step 7 the full ink. 32 inks fit; the palette of a theme is computed from their colours.

/// A colour as sRGB bytes.
pub type Rgb = [u8; 3];

/// Which ink; below 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(pub u8);

/// Full coverage.
pub const FULL: u8 = 7;

/// Series beyond this many share colours with earlier ones and differ in dash and mark.
pub const COLOURS: usize = 8;

impl Ink {
    pub const PAPER: Ink = Ink(0);
    pub const TEXT: Ink = Ink(1);
    pub const MUTED: Ink = Ink(2);
    pub const GRID: Ink = Ink(3);
    pub const LIMIT: Ink = Ink(4);
    pub const BAND: Ink = Ink(5);

    /// What a series' measured values are drawn in, and nothing else.
    pub fn series(index: usize) -> Ink {
        Ink(6 + (index % COLOURS) as u8)
    }

    /// A series' name, marks and legend: the same colour, but told apart from its values by index, so that a test
    /// can see whether any pixel claims a value that was not measured.
    pub fn mark(index: usize) -> Ink {
        Ink(6 + (COLOURS + index % COLOURS) as u8)
    }

    pub const fn at(self, step: u8) -> u8 {
        self.0 * 8 + step
    }

    #[cfg(test)]
    pub fn of(pixel: u8) -> Ink {
        Ink(pixel / 8)
    }
}

pub struct Theme {
    pub paper: Rgb,
    pub text: Rgb,
    pub muted: Rgb,
    pub grid: Rgb,
    pub limit: Rgb,
    pub band: Rgb,
    pub series: [Rgb; COLOURS],
}

/// Near Telegram's own night colours; hues far apart also for the colour-blind.
pub const DARK: Theme = Theme {
    paper: [0x10, 0x17, 0x1e],
    text: [0xee, 0xf2, 0xf6],
    muted: [0xa3, 0xb4, 0xc4],
    grid: [0x2b, 0x38, 0x45],
    limit: [0xff, 0x6e, 0x66],
    band: [0x9a, 0xa9, 0xd8],
    series: [
        [0x4c, 0xc2, 0xff],
        [0xff, 0xb0, 0x3b],
        [0x62, 0xd9, 0x8b],
        [0xff, 0x8f, 0xcb],
        [0xf4, 0xe4, 0x6a],
        [0xb9, 0xa3, 0xff],
        [0x3f, 0xd6, 0xcd],
        [0xe2, 0x9a, 0x78],
    ],
};

pub const LIGHT: Theme = Theme {
    paper: [0xff, 0xff, 0xff],
    text: [0x17, 0x1f, 0x27],
    muted: [0x52, 0x60, 0x6d],
    grid: [0xdc, 0xe3, 0xe9],
    limit: [0xc6, 0x22, 0x22],
    band: [0x5f, 0x6f, 0xa8],
    series: [
        [0x06, 0x67, 0xc4],
        [0xb2, 0x55, 0x00],
        [0x0e, 0x7a, 0x44],
        [0xb3, 0x22, 0x7c],
        [0x76, 0x68, 0x00],
        [0x68, 0x45, 0xc9],
        [0x00, 0x7a, 0x80],
        [0x8d, 0x4b, 0x30],
    ],
};

impl Theme {
    pub fn of(light: bool) -> &'static Theme {
        if light { &LIGHT } else { &DARK }
    }

    /// RGB triples, one per index, as PNG's PLTE wants them.
    pub fn palette(&self) -> Vec<u8> {
        let inks = [self.paper, self.text, self.muted, self.grid, self.limit, self.band]
            .into_iter()
            .chain(self.series)
            .chain(self.series);
        inks.flat_map(|ink| (1..=8).flat_map(move |eighths| mix(self.paper, ink, eighths))).collect()
    }
}

/// `eighths` of `over` on `under`.
pub fn mix(under: Rgb, over: Rgb, eighths: u16) -> Rgb {
    std::array::from_fn(|i| {
        ((u16::from(under[i]) * (8 - eighths) + u16::from(over[i]) * eighths + 4) / 8) as u8
    })
}

/// WCAG contrast ratio, 1 to 21.
#[cfg(test)]
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let luminance = |rgb: Rgb| {
        let [r, g, b] = rgb.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_stands_out_from_the_paper() {
        for (name, theme) in [("dark", &DARK), ("light", &LIGHT)] {
            assert!(contrast(theme.text, theme.paper) >= 12.0, "{name}: text");
            assert!(contrast(theme.muted, theme.paper) >= 4.5, "{name}: muted");
            assert!(contrast(theme.limit, theme.paper) >= 4.5, "{name}: limit");
            assert!(contrast(theme.band, theme.paper) >= 4.5, "{name}: band");
            for (i, ink) in theme.series.into_iter().enumerate() {
                let ratio = contrast(ink, theme.paper);
                assert!(ratio >= 4.5, "{name}: series {i} has {ratio:.1}");
            }
            // Thin: seen, never in the way.
            let grid = contrast(theme.grid, theme.paper);
            assert!((1.2..2.0).contains(&grid), "{name}: grid {grid:.2}");
        }
    }

    #[test]
    fn the_palette_holds_each_ink_in_eight_steps() {
        let palette = DARK.palette();
        assert_eq!(palette.len(), (6 + 2 * COLOURS) * 8 * 3);
        let colour = |index: u8| &palette[usize::from(index) * 3..][..3];
        assert_eq!(colour(Ink::TEXT.at(FULL)), DARK.text);
        assert_eq!(colour(Ink::PAPER.at(0)), DARK.paper);
        assert_eq!(colour(Ink::series(1).at(FULL)), colour(Ink::mark(9).at(FULL)));
    }
}
