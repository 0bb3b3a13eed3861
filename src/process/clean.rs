//! Text of other programs, made fit to be shown: terminal escapes and control characters go, lengths are bounded.
//! Pure. Does not escape for HTML or anything else: that is the renderer's.

/// What is put where text was cut.
const CUT: char = '…';

/// Lossy UTF-8 without terminal escapes and control characters; tabs become spaces, line breaks stay. At most about
/// `max_bytes` long, then "…".
pub fn clean(bytes: &[u8], max_bytes: usize) -> String {
    // One and a half times is room for escapes, without looking at megabytes that are cut anyway.
    let window = max_bytes.saturating_add(max_bytes / 2).saturating_add(64).min(bytes.len());
    let text = String::from_utf8_lossy(&bytes[..window]);
    let mut out = String::with_capacity(text.len().min(max_bytes));
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if out.len() >= max_bytes {
            out.push(CUT);
            return out;
        }
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            // The same as ESC [ in eight bits.
            '\u{9b}' => skip_csi(&mut chars),
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            // A progress line written over itself.
            '\r' if chars.peek().is_some_and(|next| *next != '\n') => out.push('\n'),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    let whole = window == bytes.len();
    let end = out.trim_end_matches('\n').len();
    out.truncate(end);
    if !whole {
        out.push(CUT);
    }
    out
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// After ESC: a colour, a title, a charset. What is not finished is swallowed up to a bound, not to the end.
fn skip_escape(chars: &mut Chars<'_>) {
    match chars.next() {
        Some('[') => skip_csi(chars),
        // Operating system commands and strings end with BEL or ESC \.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            for _ in 0..4096 {
                match chars.peek() {
                    Some('\u{7}') => {
                        chars.next();
                        return;
                    }
                    Some('\u{1b}') => {
                        chars.next();
                        if chars.peek() == Some(&'\\') {
                            chars.next();
                        }
                        return;
                    }
                    Some('\n') | None => return,
                    Some(_) => {
                        chars.next();
                    }
                }
            }
        }
        // Charsets and the like: intermediates, then one final.
        Some(' '..='/') => {
            while chars.peek().is_some_and(|c| (' '..='/').contains(c)) {
                chars.next();
            }
            chars.next_if(|c| ('0'..='~').contains(c));
        }
        _ => {}
    }
}

fn skip_csi(chars: &mut Chars<'_>) {
    while chars.peek().is_some_and(|c| (' '..='?').contains(c)) {
        chars.next();
    }
    chars.next_if(|c| ('@'..='~').contains(c));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_and_controls_go_and_words_stay() {
        for (input, want) in [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[38;5;196mdeep\u{1b}[K red", "deep red"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{1b}(Bascii", "ascii"),
            ("a\tb\u{0}\u{8}c", "a bc"),
            ("50 %\r100 %\r\n", "50 %\n100 %"),
            ("one\ntwo\n\n", "one\ntwo"),
            ("cut\u{1b}[", "cut"),
            ("\u{9b}1mbold", "bold"),
            ("Grüße, 日本語 🚀", "Grüße, 日本語 🚀"),
        ] {
            assert_eq!(clean(input.as_bytes(), 1000), want, "{input:?}");
        }
        assert_eq!(clean(b"bin\xff\xfe\0 ary", 100), "bin\u{fffd}\u{fffd} ary");
    }

    #[test]
    fn a_megabyte_is_cut_where_asked() {
        let line = vec![b'x'; 1 << 20];
        let text = clean(&line, 100);
        assert_eq!(text.len(), 100 + CUT.len_utf8());
        assert!(text.ends_with(CUT));
        // Nothing but escapes: still short, and said to be cut.
        let line = b"\x1b[0m".repeat(1 << 18);
        assert_eq!(clean(&line, 100), "…");
    }

    proptest! {
        #[test]
        fn nothing_from_outside_gets_through_or_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600), max in 0usize..200) {
            let text = clean(&bytes, max);
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
            prop_assert!(text.len() <= max + 8);
        }
    }
}
