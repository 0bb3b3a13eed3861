//! Names of files in boxes: broken only where a name has a joint, cut only with an ellipsis. Pure; widths are whatever
//! the measure says.

/// A cut name says at least so much, characters.
const KEPT_MIN: usize = 3;

/// The whole name in at most so many lines; `None` where that takes more, or a part of it is wider than a line.
pub fn whole(
    label: &str,
    width: f32,
    lines_max: usize,
    measure: impl Fn(&str) -> f32,
) -> Option<Vec<String>> {
    let lines = lines(label, width, &measure);
    (lines.len() <= lines_max && lines.iter().all(|line| measure(line) <= width)).then_some(lines)
}

/// As much of a name as so many lines hold, with "…" at its end. A number in it is never cut: "+12…" would lie.
/// `None` where that says nothing.
pub fn cut(label: &str, width: f32, lines_max: usize, measure: impl Fn(&str) -> f32) -> Option<Vec<String>> {
    let all = lines(label, width, &measure);
    let mut kept = Vec::new();
    for (n, line) in all.iter().enumerate() {
        let last = n + 1 == all.len();
        let fits = measure(line) <= width;
        if fits && (last || kept.len() + 1 < lines_max) {
            kept.push(line.clone());
            continue;
        }
        // The line with what comes behind it, as far as it goes.
        kept.push(shortened(line, width, &measure)?);
        break;
    }
    let said: usize = kept.iter().map(|line| line.chars().filter(|c| *c != '…').count()).sum();
    (said >= KEPT_MIN || kept == all).then_some(kept)
}

fn shortened(line: &str, width: f32, measure: &impl Fn(&str) -> f32) -> Option<String> {
    if line.starts_with('+') && line[1..].bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let ends: Vec<usize> = line.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let cut = |end: usize| format!("{}…", line[..end].trim_end_matches(JOINTS));
    let fitting = ends.partition_point(|&end| measure(&cut(end)) <= width);
    Some(cut(*ends.get(fitting.checked_sub(1)?)?))
}

/// "v2" and "iPhone" stay whole, bytes.
const PART_MIN: usize = 3;
const JOINTS: [char; 4] = [' ', '-', '_', '.'];

/// Lines as full as they get, broken at joints alone: one may be too wide.
fn lines(label: &str, width: f32, measure: &impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts(label) {
        if let Some(line) = lines.last_mut() {
            let joined = format!("{line}{part}");
            if measure(joined.trim_end()) <= width {
                *line = joined;
                continue;
            }
        }
        lines.push(part.to_owned());
    }
    lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// A name in parts: behind blanks, hyphens, underlines and brackets, before dots, humps and the first digit.
fn parts(label: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut before) = (0, None);
    for (at, c) in label.char_indices() {
        let joint = before.is_some_and(|before: char| match (before, c) {
            (' ' | '-' | '_' | ',' | '@' | ')' | ']' | '=', next) => !JOINTS.contains(&next),
            (before, '.') => !JOINTS.contains(&before),
            (_, '(' | '[') => true,
            (before, next) => {
                let hump = before.is_lowercase() && next.is_uppercase();
                let number = before.is_alphabetic() && next.is_ascii_digit();
                (hump || number) && at - from >= PART_MIN || is_whole_alone(before) && is_whole_alone(next)
            }
        });
        if joint {
            parts.push(&label[from..at]);
            from = at;
        }
        before = Some(c);
    }
    if from < label.len() {
        parts.push(&label[from..]);
    }
    parts
}

/// Chinese and Japanese are broken between any two signs.
fn is_whole_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn columns(text: &str) -> f32 {
        text.chars().count() as f32
    }

    #[test]
    fn names_are_broken_at_their_joints_alone() {
        for (label, width, want) in [
            ("photos", 8, Some("photos")),
            ("node_modules", 8, Some("node_|modules")),
            ("holiday-2024.tar.gz", 9, Some("holiday-|2024.tar|.gz")),
            ("holiday-2024.tar.gz", 12, Some("holiday-2024|.tar.gz")),
            ("MyLongClassName.java", 8, Some("MyLong|Class|Name|.java")),
            ("New folder (2)", 10, Some("New folder|(2)")),
            ("IMG20240131", 8, Some("IMG|20240131")),
            (".cache", 8, Some(".cache")),
            ("a  b", 3, Some("a|b")),
            ("...", 2, None),
            ("Rindfleischetikettierung", 8, None),
            ("", 8, Some("")),
        ] {
            let lines = whole(label, width as f32, 4, columns).map(|lines| lines.join("|"));
            assert_eq!(lines.as_deref(), want, "{label}");
        }
        assert_eq!(whole("a-b-c-d", 2.0, 3, columns), None, "four lines are more than three");
    }

    #[test]
    fn what_is_cut_says_so() {
        for (label, width, lines, want) in [
            ("Rindfleischetikettierung", 8, 1, Some("Rindfle…")),
            ("Rindfleischetikettierung", 8, 3, Some("Rindfle…")),
            ("holiday-2024.tar.gz", 9, 1, Some("holiday…")),
            ("holiday-2024.tar.gz", 9, 2, Some("holiday-|2024.tar…")),
            ("quarterly_report_final_v2.docx", 10, 2, Some("quarterly_|report…")),
            ("ab", 2, 1, Some("ab")),
            ("abcdef", 3, 1, None),
            ("+1234", 4, 1, None),
            ("+1234", 5, 1, Some("+1234")),
        ] {
            let lines = cut(label, width as f32, lines, columns).map(|lines| lines.join("|"));
            assert_eq!(lines.as_deref(), want, "{label}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_whole_or_ends_in_an_ellipsis(label in ".{0,80}", width in 4u8..30, lines in 1usize..4) {
            let width = f32::from(width);
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            if let Some(whole) = whole(&label, width, lines, columns) {
                prop_assert_eq!(bare(&whole.concat()), bare(&label));
                prop_assert!(whole.len() <= lines && whole.iter().all(|line| columns(line) <= width));
            }
            if let Some(cut) = cut(&label, width, lines, columns) {
                prop_assert!(cut.len() <= lines && cut.iter().all(|line| columns(line) <= width), "{:?}", cut);
                let ends = cut.last().is_none_or(|line| line.ends_with('…'));
                prop_assert!(ends || bare(&cut.concat()) == bare(&label), "{:?}", cut);
            }
        }
    }
}
