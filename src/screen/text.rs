//! Lengths and cuts of text, as Telegram counts them.

/// Length in UTF-16 code units, which is how Telegram counts.
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
