//! Telegram's HTML: a text with tags becomes a plain text with entities, or the refusal Telegram gives, with byte
//! offsets. Owns only the grammar; what becomes of the entities afterwards is `rich`. Never fails on odd text, only
//! on odd tags.

use super::rich::{Entity, Kind};

const TAGS: [&str; 17] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// An open tag.
struct Open {
    tag: String,
    argument: String,
    unix: i64,
    /// Where its text begins: UTF-16 units, and bytes of the result.
    offset: usize,
    byte: usize,
}

struct Parser<'a> {
    source: &'a str,
    at: usize,
    text: String,
    units: usize,
    open: Vec<Open>,
    /// With the language that a `code` asks for, until it meets its `pre`.
    found: Vec<(Entity, Option<String>)>,
}

/// The text without its tags and the entities in the order in which their tags were closed. The error is Telegram's
/// words without "can't parse entities: ".
pub(super) fn parse(source: &str) -> Result<(String, Vec<Entity>), String> {
    let mut parser =
        Parser { source, at: 0, text: String::new(), units: 0, open: Vec::new(), found: Vec::new() };
    while let Some(c) = source[parser.at..].chars().next() {
        match c {
            '<' => parser.tag()?,
            '&' => match reference(&source[parser.at..])? {
                Some((decoded, bytes)) => {
                    parser.push(decoded);
                    parser.at += bytes;
                }
                None => parser.take(c),
            },
            _ => parser.take(c),
        }
    }
    if let Some(open) = parser.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.tag));
    }
    Ok((parser.text, parser.found.into_iter().map(|(entity, _)| entity).collect()))
}

/// A character reference at the start of a text: what it stands for and its bytes. `None`: it is plain text.
fn reference(text: &str) -> Result<Option<(char, usize)>, String> {
    let body = &text[1..];
    let (code, bytes) = if let Some(number) = body.strip_prefix('#') {
        let (radix, digits, before) = match number.strip_prefix('x') {
            Some(hex) => (16, hex, 3),
            None => (10, number, 2),
        };
        let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        let code = u32::from_str_radix(&digits[..length], radix).unwrap_or(0);
        if code == 0 || code >= 0x10_ffff || before + length >= 10 {
            return Ok(None);
        }
        (code, before + length)
    } else {
        let length = body.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(body.len());
        let code = match &body[..length] {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            _ => return Ok(None),
        };
        (u32::from(code), 1 + length)
    };
    let semicolon = usize::from(text[bytes..].starts_with(';'));
    match char::from_u32(code) {
        Some(c) => Ok(Some((c, bytes + semicolon))),
        None => {
            Err("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched \
                     surrogate code units"
                .to_owned())
        }
    }
}

/// Blanks of the grammar; the end of the text counts as one.
fn blank(byte: Option<u8>) -> bool {
    byte.is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x0b))
}

impl Parser<'_> {
    fn push(&mut self, c: char) {
        self.text.push(c);
        self.units += c.len_utf16();
    }

    fn take(&mut self, c: char) {
        self.push(c);
        self.at += c.len_utf8();
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, pass: impl Fn(Option<u8>) -> bool) {
        while self.at < self.source.len() && pass(self.peek()) {
            self.at += 1;
        }
    }

    /// The source since a byte that begins a character. Skipping stops at ASCII only, so both ends are boundaries.
    fn since(&self, start: usize) -> &str {
        &self.source[start..self.at]
    }

    fn tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 1;
        if self.peek() == Some(b'/') { self.end_tag(begin) } else { self.start_tag(begin) }
    }

    fn start_tag(&mut self, begin: usize) -> Result<(), String> {
        self.skip(|b| !blank(b) && b != Some(b'>'));
        if self.peek().is_none() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        let tag = self.since(begin + 1).to_ascii_lowercase();
        if !TAGS.contains(&tag.as_str()) {
            return Err(format!("Unsupported start tag \"{tag}\" at byte offset {begin}"));
        }
        let mut open =
            Open { tag, argument: String::new(), unix: 0, offset: self.units, byte: self.text.len() };
        loop {
            self.skip(blank);
            if self.peek() == Some(b'>') {
                break;
            }
            self.attribute(&mut open, begin)?;
        }
        self.at += 1;
        if open.tag == "span" && open.argument != "spoiler" {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
        }
        self.open.push(open);
        Ok(())
    }

    fn attribute(&mut self, open: &mut Open, begin: usize) -> Result<(), String> {
        let unclosed = format!("Unclosed start tag \"{}\" at byte offset {begin}", open.tag);
        let start = self.at;
        self.skip(|b| !blank(b) && !matches!(b, Some(b'=' | b'>' | b'/' | b'"' | b'\'')));
        let name = self.since(start).to_owned();
        if name.is_empty() {
            return Err(format!("Empty attribute name in the tag \"{}\" at byte offset {begin}", open.tag));
        }
        self.skip(blank);
        match self.peek() {
            Some(b'=') => {}
            None => return Err(unclosed),
            Some(_) => {
                if open.tag == "blockquote" && name == "expandable" {
                    open.argument = "1".to_owned();
                }
                return Ok(());
            }
        }
        self.at += 1;
        self.skip(blank);
        let value = match self.peek() {
            None => return Err(unclosed),
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote)?,
            Some(_) => self.bare()?,
        };
        if self.peek().is_none() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        match (open.tag.as_str(), name.as_str()) {
            ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "format") => open.argument = value,
            ("code", "class") => {
                if let Some(language) = value.strip_prefix("language-") {
                    open.argument = language.to_owned();
                }
            }
            ("span", "class") => {
                if let Some(class) = value.strip_prefix("tg-") {
                    open.argument = class.to_owned();
                }
            }
            ("blockquote", "expandable") => open.argument = "1".to_owned(),
            ("tg-time", "unix") => open.unix = value.parse().unwrap_or(0),
            _ => {}
        }
        Ok(())
    }

    /// A value without quotes: letters, digits, dots and hyphens, not case sensitive.
    fn bare(&mut self) -> Result<String, String> {
        let start = self.at;
        self.skip(|b| b.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-'));
        if !blank(self.peek()) && self.peek() != Some(b'>') {
            return Err(format!("Unexpected end of name token at byte offset {start}"));
        }
        Ok(self.since(start).to_ascii_lowercase())
    }

    fn quoted(&mut self, quote: u8) -> Result<String, String> {
        self.at += 1;
        let mut value = String::new();
        while let Some(c) = self.source[self.at..].chars().next() {
            if c == char::from(quote) {
                self.at += 1;
                break;
            }
            if c == '&'
                && let Some((decoded, bytes)) = reference(&self.source[self.at..])?
            {
                value.push(decoded);
                self.at += bytes;
                continue;
            }
            value.push(c);
            self.at += c.len_utf8();
        }
        Ok(value)
    }

    fn end_tag(&mut self, begin: usize) -> Result<(), String> {
        let Some(open) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        self.skip(|b| !blank(b) && b != Some(b'>'));
        let name = self.since(begin + 2).to_ascii_lowercase();
        self.skip(blank);
        if self.peek() != Some(b'>') {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        self.at += 1;
        if !name.is_empty() && name != open.tag {
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{name}>\"",
                open.tag
            ));
        }
        if self.units > open.offset { self.close(open) } else { Ok(()) }
    }

    /// A closed tag with text in it becomes an entity.
    fn close(&mut self, open: Open) -> Result<(), String> {
        let (offset, length) = (open.offset, self.units - open.offset);
        let same_span = |other: &Entity| other.offset == offset && other.length == length;
        let mut language = None;
        let kind = match open.tag.as_str() {
            "b" | "strong" => Kind::Bold,
            "i" | "em" => Kind::Italic,
            "u" | "ins" => Kind::Underline,
            "s" | "strike" | "del" => Kind::Strikethrough,
            "tg-spoiler" | "span" => Kind::Spoiler,
            "blockquote" => Kind::Quote { expandable: !open.argument.is_empty() },
            // Only bots whose owner pays may send these; for all others the plain sign stays.
            "tg-emoji" => match open.argument.parse::<i64>() {
                Ok(id) if id != 0 => return Ok(()),
                _ => return Err("Invalid custom emoji identifier specified".to_owned()),
            },
            "tg-time" => match time(open.unix, open.argument)? {
                Some(kind) => kind,
                None => return Ok(()),
            },
            "a" => {
                let url = if open.argument.is_empty() { &self.text[open.byte..] } else { &open.argument };
                match checked_link(url) {
                    Some(url) => Kind::TextLink { url },
                    None => return Ok(()),
                }
            }
            "pre" => match self.found.last_mut() {
                // `<pre><code class="language-x">`: both are one entity with a language.
                Some((last, wanted @ Some(_))) if last.kind == Kind::Code && same_span(last) => {
                    last.kind = Kind::Pre { language: wanted.take() };
                    return Ok(());
                }
                _ => Kind::Pre { language: None },
            },
            _ => {
                language = Some(open.argument).filter(|l| !l.is_empty());
                match self.found.last_mut() {
                    Some((last, _))
                        if last.kind == Kind::Pre { language: None }
                            && same_span(last)
                            && language.is_some() =>
                    {
                        last.kind = Kind::Pre { language: language.take() };
                        return Ok(());
                    }
                    _ => Kind::Code,
                }
            }
        };
        self.found.push((Entity { kind, offset, length }, language));
        Ok(())
    }
}

fn time(unix: i64, format: String) -> Result<Option<Kind>, String> {
    if format != "r" && !format.chars().all(|c| "tTdDwW".contains(c)) {
        return Err("Invalid date format used".to_owned());
    }
    Ok((unix > 0).then_some(Kind::Time { unix, format }))
}

/// An address that a client would open, with its scheme; `None` where Telegram leaves the text without a link.
pub(super) fn checked_link(url: &str) -> Option<String> {
    let url = url.trim();
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let lower = url.to_ascii_lowercase();
    if lower.starts_with("tg://") && url.len() > "tg://".len() {
        return Some(url.to_owned());
    }
    let (scheme, rest) = match lower.find("://") {
        Some(end) if matches!(&lower[..end], "http" | "https") => (&lower[..end], &url[end + 3..]),
        Some(_) => return None,
        None => ("http", url),
    };
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host = authority.rsplit('@').next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let plausible =
        name.contains('.') && !name.starts_with('.') && !name.ends_with('.') || name == "localhost";
    let path = &rest[authority.len()..];
    let slash = if path.is_empty() { "/" } else { "" };
    plausible.then(|| format!("{scheme}://{}{slash}{path}", authority.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests;
