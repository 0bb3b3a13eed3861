//! Lengths and cuts of text, as Telegram and a monospaced column count them, and foreign text made harmless.
//!
//! Nothing here depends on a width table of the Unicode data base: the ranges below cover what servers print. A
//! column counted wrongly shifts a table by one; it never breaks a message.

/// Length in UTF-16 code units, which is how Telegram counts.
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// What one sign takes in a monospaced font: a base and all that is drawn onto it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cluster<'a> {
    pub text: &'a str,
    pub columns: usize,
}

const JOINER: char = '\u{200d}';
const EMOJI_FORM: char = '\u{fe0f}';

/// Between these two, text runs in its own direction and does not move what stands beside it.
const ISOLATE: char = '\u{2068}';
const ISOLATE_END: char = '\u{2069}';

/// The signs of a text. Cutting between two of them leaves both whole.
pub fn clusters(text: &str) -> impl Iterator<Item = Cluster<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices();
        let (_, base) = chars.next()?;
        let mut columns = char_columns(base);
        let (mut end, mut last) = (base.len_utf8(), base);
        for (at, c) in chars {
            let flag = is_flag_letter(base) && is_flag_letter(c) && end == base.len_utf8();
            if !(flag || last == JOINER || is_skin_tone(c) && columns == 2 || char_columns(c) == 0) {
                break;
            }
            if flag || c == EMOJI_FORM {
                columns = 2;
            }
            (end, last) = (at + c.len_utf8(), c);
        }
        let (sign, tail) = rest.split_at(end);
        rest = tail;
        Some(Cluster { text: sign, columns })
    })
}

/// Columns in a monospaced font.
pub fn columns(text: &str) -> usize {
    clusters(text).map(|sign| sign.columns).sum()
}

/// At most `max` columns; a cut text ends in "…".
pub fn fit(text: &str, max: usize) -> String {
    if columns(text) <= max {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for sign in clusters(text) {
        // The "…" needs one column itself.
        if used + sign.columns + 1 > max {
            break;
        }
        used += sign.columns;
        kept.push_str(sign.text);
    }
    let mut kept = kept.trim_end().to_owned();
    if max > 0 {
        kept.push('…');
    }
    if kept.contains(ISOLATE) && !kept.contains(ISOLATE_END) {
        kept.push(ISOLATE_END);
    }
    kept
}

/// Exactly `width` columns: cut or filled with spaces.
pub fn pad(text: &str, width: usize, right: bool) -> String {
    let text = fit(text, width);
    let fill = " ".repeat(width - columns(&text).min(width));
    if right { fill + &text } else { text + &fill }
}

/// The longest start of at most `max` UTF-16 units that ends between two signs.
pub fn cut_utf16(text: &str, max: usize) -> &str {
    let (mut used, mut end) = (0, 0);
    for sign in clusters(text) {
        used += utf16_len(sign.text);
        if used > max {
            break;
        }
        end += sign.text.len();
    }
    &text[..end]
}

/// Broken into lines of at most `width` columns, at spaces where there are some, else in the middle of a word.
/// `width` is at least 2.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let bare = columns(word.trim_end_matches(' '));
        if used > 0 && used + bare > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        for sign in clusters(word) {
            if used + sign.columns > width {
                if sign.text == " " {
                    continue;
                }
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(sign.text);
            used += sign.columns;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Foreign text on one line: no escape sequences, no controls, no invisible or direction-changing marks. Text in a
/// right-to-left script is isolated, so that it does not turn its neighbours around.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    let mut right_to_left = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_csi(&mut chars),
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c if c.is_control() => out.push('·'),
            c if is_invisible(c) => {}
            c if char_columns(c) == 0 => {
                marks += 1;
                // With nothing to be drawn onto it would change its neighbour; more than two marks on one letter
                // are there to overflow the line.
                if marks <= 2 && !out.is_empty() && !out.ends_with(' ') {
                    out.push(c);
                }
                continue;
            }
            c => {
                right_to_left |= is_right_to_left(c);
                out.push(c);
            }
        }
        marks = 0;
    }
    let text = out.trim_end();
    if right_to_left { format!("{ISOLATE}{text}{ISOLATE_END}") } else { text.to_owned() }
}

/// Foreign text of several lines, each made harmless; at most `max` lines.
pub fn clean_lines(text: &str, max: usize) -> Vec<String> {
    text.lines().take(max).map(clean).collect()
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn skip_escape(chars: &mut Chars<'_>) {
    match chars.next() {
        Some('[') => skip_csi(chars),
        // An operating system command ends with BEL or ESC \; a broken one takes at most its line.
        Some(']') => {
            while let Some(c) = chars.next_if(|c| *c != '\n') {
                if c == '\u{7}' || c == '\u{1b}' && chars.next_if_eq(&'\\').is_some() {
                    break;
                }
            }
        }
        _ => {}
    }
}

/// Parameters and one final byte.
fn skip_csi(chars: &mut Chars<'_>) {
    while chars.next_if(|c| ('\u{20}'..='\u{3f}').contains(c)).is_some() {}
    chars.next_if(|c| ('\u{40}'..='\u{7e}').contains(c));
}

fn is_flag_letter(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

fn is_skin_tone(c: char) -> bool {
    ('\u{1f3fb}'..='\u{1f3ff}').contains(&c)
}

/// Direction marks and overrides, zero-width spaces, fillers that look like nothing, tag characters.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Drawn onto the sign before.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn char_columns(c: char) -> usize {
    match c {
        '\u{20}'..='\u{7e}' => 1,
        '\u{200c}' | JOINER | '\u{fe00}'..=EMOJI_FORM => 0,
        c if is_mark(c) || is_invisible(c) => 0,
        // East Asian wide forms, and pictures that are drawn two columns wide in every client.
        '\u{1100}'..='\u{115e}'
        | '\u{231a}'
        | '\u{231b}'
        | '\u{23e9}'..='\u{23ec}'
        | '\u{23f0}'
        | '\u{23f3}'
        | '\u{25fd}'
        | '\u{25fe}'
        | '\u{2614}'
        | '\u{2615}'
        | '\u{2648}'..='\u{2653}'
        | '\u{267f}'
        | '\u{2693}'
        | '\u{26a1}'
        | '\u{26aa}'
        | '\u{26ab}'
        | '\u{26bd}'
        | '\u{26be}'
        | '\u{26c4}'
        | '\u{26c5}'
        | '\u{26ce}'
        | '\u{26d4}'
        | '\u{26ea}'
        | '\u{26f2}'
        | '\u{26f3}'
        | '\u{26f5}'
        | '\u{26fa}'
        | '\u{26fd}'
        | '\u{2705}'
        | '\u{270a}'
        | '\u{270b}'
        | '\u{2728}'
        | '\u{274c}'
        | '\u{274e}'
        | '\u{2753}'..='\u{2755}'
        | '\u{2757}'
        | '\u{2795}'..='\u{2797}'
        | '\u{27b0}'
        | '\u{27bf}'
        | '\u{2b1b}'
        | '\u{2b1c}'
        | '\u{2b50}'
        | '\u{2b55}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f004}'
        | '\u{1f0cf}'
        | '\u{1f18e}'
        | '\u{1f191}'..='\u{1f19a}'
        | '\u{1f200}'..='\u{1f320}'
        | '\u{1f32d}'..='\u{1f335}'
        | '\u{1f337}'..='\u{1f37c}'
        | '\u{1f37e}'..='\u{1f393}'
        | '\u{1f3a0}'..='\u{1f3ca}'
        | '\u{1f3cf}'..='\u{1f3d3}'
        | '\u{1f3e0}'..='\u{1f3f0}'
        | '\u{1f3f4}'
        | '\u{1f3f8}'..='\u{1f43e}'
        | '\u{1f440}'
        | '\u{1f442}'..='\u{1f4fc}'
        | '\u{1f4ff}'..='\u{1f53d}'
        | '\u{1f54b}'..='\u{1f54e}'
        | '\u{1f550}'..='\u{1f567}'
        | '\u{1f57a}'
        | '\u{1f595}'
        | '\u{1f596}'
        | '\u{1f5a4}'
        | '\u{1f5fb}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6c5}'
        | '\u{1f6cc}'
        | '\u{1f6d0}'..='\u{1f6d2}'
        | '\u{1f6d5}'..='\u{1f6df}'
        | '\u{1f6eb}'
        | '\u{1f6ec}'
        | '\u{1f6f4}'..='\u{1f6fc}'
        | '\u{1f7e0}'..='\u{1f7f0}'
        | '\u{1f90c}'..='\u{1f9ff}'
        | '\u{1fa70}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_a_terminal_would() {
        for (text, want) in [
            ("", 0),
            ("nginx", 5),
            ("é", 1),
            ("e\u{301}", 1),
            ("漢字", 4),
            ("🚀", 2),
            ("⚠", 1),
            ("⚠\u{fe0f}", 2),
            ("👩\u{200d}🚀", 2),
            ("👍🏽", 2),
            ("🇮🇩🇩🇪", 4),
            ("█▉░▁", 4),
            ("✔ ▲ ✖ ↻ ⌂", 9),
        ] {
            assert_eq!(columns(text), want, "{text:?}");
        }
    }

    #[test]
    fn a_cut_never_splits_a_sign_and_says_that_it_cut() {
        for (text, max, want) in [
            ("nginx.service", 20, "nginx.service"),
            ("nginx.service", 6, "nginx…"),
            ("漢字漢字", 5, "漢字…"),
            ("漢字漢字", 4, "漢…"),
            ("ab 🚀🚀", 4, "ab…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(fit(text, max), want, "{text:?} {max}");
            assert!(columns(&fit(text, max)) <= max);
        }
        assert_eq!(cut_utf16("a🚀b", 2), "a");
        assert_eq!(cut_utf16("a🚀b", 3), "a🚀");
        assert_eq!(cut_utf16("👩\u{200d}🚀!", 4), "");
        assert_eq!(pad("7", 3, true), "  7");
        assert_eq!(pad("漢", 3, false), "漢 ");
    }

    #[test]
    fn lines_break_at_spaces_and_inside_what_has_none() {
        assert_eq!(wrap("bind() to 0.0.0.0:80 failed", 12), ["bind() to", "0.0.0.0:80", "failed"]);
        assert_eq!(wrap("/var/lib/docker", 6), ["/var/l", "ib/doc", "ker"]);
        assert_eq!(wrap("a bcdefgh", 4), ["a", "bcde", "fgh"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("漢字漢", 3), ["漢", "字", "漢"]);
    }

    #[test]
    fn foreign_text_cannot_move_colour_or_hide_anything() {
        for (text, want) in [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}]0;never ends", ""),
            ("\u{9b}1mx", "x"),
            ("a\nb\r\n\tc", "a b c"),
            ("a\u{0}b\u{7f}c", "a·b·c"),
            ("exe\u{202e}gpj.scr", "exegpj.scr"),
            ("a\u{200b}\u{feff}\u{e0041}b", "ab"),
            ("z\u{300}\u{301}\u{302}\u{303}", "z\u{300}\u{301}"),
            ("שלום 5", "\u{2068}שלום 5\u{2069}"),
            ("\u{2029}x", "x"),
            ("\u{fe0f}x \u{301}y", "x y"),
        ] {
            assert_eq!(clean(text), want, "{text:?}");
        }
        assert_eq!(clean_lines("a\n\u{1b}[1mb\nc", 2), ["a", "b"]);
    }
}
