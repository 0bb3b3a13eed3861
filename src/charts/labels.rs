//! Names and last values of series: beside the lines' ends where they fit, else as a legend under the title.

use super::{
    canvas::Canvas,
    columns::Frame,
    ink::Ink,
    text::{Lettering, cap_height, clean},
};

/// Text of labels, em pixels. A phone shows 1280 pixels on some 70 mm: smaller is not read in the dark.
pub const SIZE: f32 = 28.0;
/// From one line of text to the next.
const PITCH: f32 = 34.0;
/// Room for labels beside the plot at most: the lines need the rest.
const BESIDE_MAX: f32 = 290.0;
/// From the plot's edge to the labels: the marks on the last values lie there.
const GAP: f32 = 22.0;
const LEGEND_ROWS_MAX: usize = 3;
/// Between the items of a legend.
const APART: f32 = 34.0;

/// Marks of series in turn, as different in shape as can be.
const MARKS: [char; 8] = ['●', '■', '▲', '◆', '▼', '✚', '★', '○'];

pub fn mark(series: usize) -> char {
    MARKS[series % MARKS.len()]
}

/// What a label says.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    pub ink: Ink,
    pub mark: char,
    pub name: String,
    pub value: String,
    /// The row its value is drawn in; set once the frame is known.
    pub row: f32,
}

impl Label {
    pub fn new(ink: Ink, mark: char, name: &str, value: String) -> Label {
        Label { ink, mark, name: clean(name).into_owned(), value, row: 0.0 }
    }

    fn title(&self) -> String {
        format!("{} {}", self.mark, self.name)
    }
}

/// Where the labels go and how much room they take from the plot.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// Right of the plot; `lines` is 1 or 2 per label.
    Beside {
        width: f32,
        lines: usize,
    },
    /// Rows under the title: how many labels each holds.
    Above {
        rows: Vec<usize>,
        hidden: usize,
    },
    Nowhere,
}

impl Place {
    /// `height` is the plot's, `width` the picture's.
    pub fn choose(labels: &[Label], lettering: &Lettering, width: f32, height: f32) -> Place {
        if labels.is_empty() {
            return Place::Nowhere;
        }
        let measure = |text: &str| lettering.width(text, SIZE);
        let widest = |of: &dyn Fn(&Label) -> f32| labels.iter().map(of).fold(0.0, f32::max);
        let one = widest(&|label| measure(&format!("{} {}", label.title(), label.value)));
        let two = widest(&|label| measure(&label.title()).max(measure(&label.value)));
        let fits = |lines: usize| labels.len() as f32 * block(lines) <= height;
        // One line only where it is hardly wider than two.
        if one <= two + 70.0 && one <= BESIDE_MAX && fits(1) {
            return Place::Beside { width: one + GAP, lines: 1 };
        }
        if two <= BESIDE_MAX && fits(2) {
            return Place::Beside { width: two + GAP, lines: 2 };
        }
        let item = |label: &Label| measure(&label.title()) + measure(&label.value) + APART / 2.0 + APART;
        let mut rows = vec![0];
        let mut used = 0.0;
        for (i, label) in labels.iter().enumerate() {
            let item = item(label).min(width);
            if used + item > width && rows[rows.len() - 1] > 0 {
                if rows.len() == LEGEND_ROWS_MAX {
                    return Place::Above { rows, hidden: labels.len() - i };
                }
                rows.push(0);
                used = 0.0;
            }
            used += item;
            *rows.last_mut().expect("it began with a row") += 1;
        }
        Place::Above { rows, hidden: 0 }
    }

    /// Taken from the plot's right.
    pub fn beside(&self) -> f32 {
        if let Place::Beside { width, .. } = self { *width } else { 0.0 }
    }

    /// Taken from above the plot.
    pub fn above(&self) -> f32 {
        if let Place::Above { rows, .. } = self { rows.len() as f32 * PITCH + 8.0 } else { 0.0 }
    }

    pub fn draw(
        &self,
        labels: &[Label],
        canvas: &mut Canvas,
        lettering: &mut Lettering,
        frame: &Frame,
        (left, top): (f32, f32),
    ) {
        match self {
            Place::Nowhere => (),
            Place::Beside { lines, .. } => beside(labels, *lines, canvas, lettering, frame),
            Place::Above { rows, hidden } => {
                let mut rest = labels.iter();
                let mut end = (left, top);
                for (row, &count) in rows.iter().enumerate() {
                    let baseline = top + (row as f32 + 0.8) * PITCH;
                    end = (left, baseline);
                    for label in rest.by_ref().take(count) {
                        end.0 = item(label, canvas, lettering, end);
                    }
                }
                if *hidden > 0 {
                    lettering.draw(canvas, end, &format!("+{hidden}"), SIZE, Ink::MUTED);
                }
            }
        }
    }
}

/// Height of one label beside the plot.
fn block(lines: usize) -> f32 {
    lines as f32 * PITCH + if lines == 1 { 4.0 } else { 12.0 }
}

fn beside(labels: &[Label], lines: usize, canvas: &mut Canvas, lettering: &mut Lettering, frame: &Frame) {
    let mut order: Vec<&Label> = labels.iter().collect();
    order.sort_by(|a, b| a.row.total_cmp(&b.row));
    let wanted: Vec<f32> = order.iter().map(|label| label.row).collect();
    let (top, bottom) = (frame.y.0 as f32, frame.y.1 as f32);
    let x = frame.x.1 as f32 + GAP;
    for (label, middle) in order.iter().zip(spread(&wanted, block(lines), top, bottom)) {
        let half = cap_height(SIZE) / 2.0;
        if lines == 1 {
            let at = (x, middle + half);
            item(label, canvas, lettering, at);
        } else {
            lettering.draw(canvas, (x, middle + half - PITCH / 2.0), &label.title(), SIZE, label.ink);
            lettering.draw(canvas, (x, middle + half + PITCH / 2.0), &label.value, SIZE, Ink::TEXT);
        }
    }
}

/// One line: mark, name, value. Returns where the next may begin.
fn item(label: &Label, canvas: &mut Canvas, lettering: &mut Lettering, (x, baseline): (f32, f32)) -> f32 {
    let room = canvas.width as f32 - x - 8.0;
    let title = label.title();
    let Some(title) = lettering.fit(&title, SIZE, room) else { return x };
    lettering.draw(canvas, (x, baseline), &title, SIZE, label.ink);
    let after = x + lettering.width(&title, SIZE) + lettering.width(" ", SIZE);
    lettering.draw(canvas, (after, baseline), &label.value, SIZE, Ink::TEXT);
    after + lettering.width(&label.value, SIZE) + APART
}

/// Middles of blocks of one height, as near to the wanted ones (ascending) as they can be without overlapping and
/// without leaving the room where there is enough.
fn spread(wanted: &[f32], height: f32, top: f32, bottom: f32) -> Vec<f32> {
    // Blocks that touch move as one: (sum of where they want their first, how many).
    let mut groups: Vec<(f32, usize)> = Vec::new();
    let lead = |(sum, count): (f32, usize)| sum / count as f32;
    for (i, &want) in wanted.iter().enumerate() {
        let mut group = (want - i as f32 * height, 1);
        while let Some(&last) = groups.last()
            && lead(last) >= lead(group)
        {
            group = (group.0 + last.0, group.1 + last.1);
            groups.pop();
        }
        groups.push(group);
    }
    let first = top + height / 2.0;
    let last = (bottom - height / 2.0 - (wanted.len().max(1) - 1) as f32 * height).max(first);
    let leads = groups.iter().flat_map(|&group| std::iter::repeat_n(lead(group), group.1));
    leads.enumerate().map(|(i, lead)| lead.clamp(first, last) + i as f32 * height).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blocks_stay_where_they_want_when_there_is_room() {
        assert_eq!(spread(&[50.0, 200.0], 40.0, 0.0, 300.0), [50.0, 200.0]);
        assert_eq!(spread(&[100.0, 100.0], 40.0, 0.0, 300.0), [80.0, 120.0]);
        assert_eq!(spread(&[0.0, 0.0, 290.0], 40.0, 0.0, 300.0), [20.0, 60.0, 280.0]);
    }

    proptest! {
        #[test]
        fn blocks_never_overlap_and_stay_inside(mut wanted in prop::collection::vec(-50f32..600.0, 0..8)) {
            wanted.sort_by(f32::total_cmp);
            let middles = spread(&wanted, 60.0, 10.0, 500.0);
            prop_assert_eq!(middles.len(), wanted.len());
            prop_assert!(middles.windows(2).all(|pair| pair[1] - pair[0] > 59.9), "{:?}", middles);
            prop_assert!(middles.iter().all(|m| (39.9..470.1).contains(m)), "{:?}", middles);
        }
    }

    #[test]
    fn many_or_long_names_go_above_and_the_rest_is_counted() {
        let lettering = Lettering::default();
        let label = |name: &str| Label::new(Ink::mark(0), '●', name, "12 %".to_owned());
        let choose = |labels: &[Label]| Place::choose(labels, &lettering, 1200.0, 520.0);
        assert!(matches!(choose(&[label("/"), label("/a")]), Place::Beside { lines: 1, .. }));
        assert!(matches!(choose(&[label("/mnt/backup")]), Place::Beside { lines: 2, .. }));
        assert!(matches!(choose(&[label(&"long ".repeat(9))]), Place::Above { hidden: 0, .. }));
        let Place::Above { rows, hidden } = choose(&vec![label("core 12 of 64"); 64]) else {
            panic!("64 labels have no room beside the plot")
        };
        assert_eq!(rows.len(), LEGEND_ROWS_MAX);
        assert_eq!(rows.iter().sum::<usize>() + hidden, 64);
        assert_eq!(choose(&[]), Place::Nowhere);
    }
}
