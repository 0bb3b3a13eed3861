//! Rows of buttons as a phone can show them. Pure. Telegram makes the buttons of a row equally wide and cuts what a
//! label has too much, so a row holds as many as can be read; the others follow below. One place for all rooms, which
//! say only what belongs together.
//!
//! Limits: widths are of a usual font on a phone 360 dots wide; another font may be a little wider.

use super::text::clusters;

/// Telegram's limit.
pub const KEYS_IN_ROW: usize = 8;

/// What a bubble with a keyboard has on a narrow phone; between two buttons; beside a label inside its button.
const ROW_DOTS: usize = 312;
const GAP_DOTS: usize = 3;
const EDGES_DOTS: usize = 8;

/// The same buttons in the same order, in the fewest rows in which every label can be read; a label that is too long
/// for a row of its own has one all the same.
pub fn lay<T: Clone>(row: &[T], label: impl Fn(&T) -> &str) -> Vec<Vec<T>> {
    let dots: Vec<usize> = row.iter().map(|key| label_dots(label(key))).collect();
    let fits = |part: &[usize]| {
        part.len() == 1
            || part.len() <= KEYS_IN_ROW && part.iter().all(|dots| *dots <= room_for_label(part.len()))
    };
    let rows = (1..=row.len()).find(|rows| split(&dots, *rows).iter().all(|part| fits(part)));
    split(row, rows.unwrap_or(1)).into_iter().map(<[T]>::to_vec).collect()
}

/// Into so many parts of lengths as even as can be, the longer ones first.
fn split<T>(row: &[T], parts: usize) -> Vec<&[T]> {
    let mut rest = row;
    let mut done = Vec::with_capacity(parts);
    for left in (1..=parts).rev() {
        let (part, after) = rest.split_at(rest.len().div_ceil(left));
        done.push(part);
        rest = after;
    }
    done.retain(|part| !part.is_empty());
    done
}

fn room_for_label(keys: usize) -> usize {
    (ROW_DOTS - (keys - 1) * GAP_DOTS) / keys - EDGES_DOTS
}

/// How wide a label is about drawn, in dots.
fn label_dots(label: &str) -> usize {
    clusters(label)
        .map(|sign| match (sign.columns, sign.text.chars().next()) {
            (0, _) | (_, None) => 0,
            (1, Some(c)) => char_dots(c),
            _ => 20,
        })
        .sum()
}

fn char_dots(c: char) -> usize {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '‹' | '›' | '·' => 4,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '\\' | '-' | '"' => 6,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 13,
        c if c.is_ascii_uppercase() => 10,
        c if c.is_ascii() => 8,
        c if c.is_alphanumeric() => 9,
        // Marks like "■" and "▶" are as wide as they are high.
        _ => 13,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(row: &[&str]) -> String {
        lay(row, |label| *label).iter().map(|row| row.join(" ")).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn a_row_holds_as_many_buttons_as_can_be_read() {
        for (row, want) in [
            (&["↻"][..], "↻"),
            (&["‹ Back", "● Live", "↻", "⌂"], "‹ Back ● Live ↻ ⌂"),
            (&["‹ Kembali", "↻", "⌂"], "‹ Kembali ↻ ⌂"),
            (&["‹ Kembali", "● Langsung", "↻", "⌂", "📎 File"], "‹ Kembali ● Langsung ↻ / ⌂ 📎 File"),
            (&["1h", "6h", "24h", "7d", "30d"], "1h 6h 24h 7d 30d"),
            (&["1", "2", "3", "4", "5", "6", "7", "8", "9"], "1 2 3 4 5 / 6 7 8 9"),
            (&["✖ Batal", "■ Hentikan docker.service"], "✖ Batal / ■ Hentikan docker.service"),
            (
                &["▶ Start", "■ Stop", "↻ Restart", "⟳ Reload", "⊘ Disable"],
                "▶ Start ■ Stop ↻ Restart / ⟳ Reload ⊘ Disable",
            ),
        ] {
            assert_eq!(laid(row), want);
        }
        let long = "x".repeat(200);
        assert_eq!(laid(&[&long, &long]), format!("{long} / {long}"));
        assert_eq!(laid(&[]), "");
    }

    #[test]
    fn nothing_is_lost_and_the_order_stays() {
        for count in 1..40 {
            let row: Vec<String> = (0..count).map(|n| "m".repeat(n % 7 + 1) + &n.to_string()).collect();
            let laid = lay(&row, |label| label.as_str());
            assert_eq!(laid.concat(), row);
            assert!(laid.iter().all(|row| (1..=KEYS_IN_ROW).contains(&row.len())));
        }
    }
}
