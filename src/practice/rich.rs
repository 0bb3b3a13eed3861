//! Text with entities, as Telegram keeps it after parsing: cleaned, trimmed, conflicts between entities settled,
//! commands and addresses found. Offsets and lengths are UTF-16 units. Never looks at markup: that is `html`.

use serde_json::{Value, json};

/// Text and its entities, sorted by offset, the longer first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rich {
    pub text: String,
    pub entities: Vec<Entity>,
}

/// A run of text that means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entity {
    pub kind: Kind,
    pub offset: usize,
    pub length: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Code,
    Pre { language: Option<String> },
    TextLink { url: String },
    Quote { expandable: bool },
    Time { unix: i64, format: String },
    Command,
    Url,
}

impl Kind {
    /// Order among entities of the same span: the outer one first.
    fn rank(&self) -> u8 {
        match self {
            Kind::Quote { .. } => 0,
            Kind::Pre { .. } => 10,
            Kind::Code => 20,
            Kind::Time { .. } => 30,
            Kind::TextLink { .. } => 49,
            Kind::Command | Kind::Url => 50,
            Kind::Bold => 90,
            Kind::Italic => 91,
            Kind::Underline => 92,
            Kind::Strikethrough => 93,
            Kind::Spoiler => 94,
        }
    }

    /// May be cut in pieces around others; all others keep their span or vanish.
    fn is_splittable(&self) -> bool {
        self.rank() >= 90
    }

    /// Nothing splittable may be inside.
    fn is_verbatim(&self) -> bool {
        matches!(self, Kind::Code | Kind::Pre { .. } | Kind::Time { .. })
    }

    fn name(&self) -> &'static str {
        match self {
            Kind::Bold => "bold",
            Kind::Italic => "italic",
            Kind::Underline => "underline",
            Kind::Strikethrough => "strikethrough",
            Kind::Spoiler => "spoiler",
            Kind::Code => "code",
            Kind::Pre { .. } => "pre",
            Kind::TextLink { .. } => "text_link",
            Kind::Quote { expandable: false } => "blockquote",
            Kind::Quote { expandable: true } => "expandable_blockquote",
            Kind::Time { .. } => "date_time",
            Kind::Command => "bot_command",
            Kind::Url => "url",
        }
    }
}

impl Entity {
    fn end(&self) -> usize {
        self.offset + self.length
    }

    fn overlaps(&self, other: &Entity) -> bool {
        self.offset < other.end() && other.offset < self.end()
    }

    /// As the Bot API writes a MessageEntity.
    pub fn to_json(&self) -> Value {
        let mut object = json!({ "type": self.kind.name(), "offset": self.offset, "length": self.length });
        match &self.kind {
            Kind::Pre { language: Some(language) } => object["language"] = json!(language),
            Kind::TextLink { url } => object["url"] = json!(url),
            Kind::Time { unix, format } => {
                object["unix_time"] = json!(unix);
                object["date_time_format"] = json!(format);
            }
            _ => {}
        }
        object
    }
}

pub(super) fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

impl Rich {
    /// What Telegram makes of a text before it is shown to anybody.
    pub fn settle(text: &str, entities: Vec<Entity>) -> Rich {
        let (text, entities) = clean(text, entities);
        let entities = unravel(entities);
        let (text, mut entities) = trim(text, entities);
        for found in detect(&text) {
            // Style and quotes may hold commands and addresses; code, links and times may not.
            let open = |e: &Entity| e.kind.is_splittable() || matches!(e.kind, Kind::Quote { .. });
            if entities.iter().all(|e| open(e) || !e.overlaps(&found)) {
                entities.push(found);
            }
        }
        sort(&mut entities);
        Rich { text, entities }
    }

    pub fn len_utf16(&self) -> usize {
        utf16(&self.text)
    }

    pub fn entities_json(&self) -> Vec<Value> {
        self.entities.iter().map(Entity::to_json).collect()
    }
}

fn sort(entities: &mut [Entity]) {
    entities.sort_by_key(|e| (e.offset, std::cmp::Reverse(e.length), e.kind.rank()));
}

/// Control characters become spaces; carriage returns and signs that break lines or run over them are dropped.
fn clean(text: &str, mut entities: Vec<Entity>) -> (String, Vec<Entity>) {
    let mut kept = String::with_capacity(text.len());
    let mut moved_to = Vec::with_capacity(text.len() + 1);
    let mut at = 0;
    for c in text.chars() {
        moved_to.extend(std::iter::repeat_n(at, c.len_utf16()));
        match c {
            '\n' => kept.push('\n'),
            '\r' | '\u{2028}'..='\u{202e}' | '\u{333}' | '\u{33f}' | '\u{30a}' => continue,
            '\0'..='\u{1f}' => kept.push(' '),
            other => kept.push(other),
        }
        at += c.len_utf16();
    }
    moved_to.push(at);
    let last = moved_to.len() - 1;
    for entity in &mut entities {
        let (start, end) = (moved_to[entity.offset.min(last)], moved_to[entity.end().min(last)]);
        (entity.offset, entity.length) = (start, end - start);
    }
    entities.retain(|e| e.length > 0);
    (kept, entities)
}

/// Spans that keep their shape never cross: the outer stays. Style is united per kind and cut out of verbatim runs.
fn unravel(mut entities: Vec<Entity>) -> Vec<Entity> {
    sort(&mut entities);
    let (styles, whole): (Vec<_>, Vec<_>) = entities.into_iter().partition(|e| e.kind.is_splittable());
    let mut kept: Vec<Entity> = Vec::new();
    for entity in whole {
        let is_quote = matches!(entity.kind, Kind::Quote { .. });
        let fits = kept.iter().all(|other| {
            let other_is_quote = matches!(other.kind, Kind::Quote { .. });
            !entity.overlaps(other) || (other_is_quote && !is_quote)
        });
        if fits {
            kept.push(entity);
        }
    }
    let verbatim: Vec<(usize, usize)> =
        kept.iter().filter(|e| e.kind.is_verbatim()).map(|e| (e.offset, e.end())).collect();
    for kind in [Kind::Bold, Kind::Italic, Kind::Underline, Kind::Strikethrough, Kind::Spoiler] {
        let spans = styles.iter().filter(|e| e.kind == kind).map(|e| (e.offset, e.end()));
        for (start, end) in subtract(&unite(spans), &verbatim) {
            kept.push(Entity { kind: kind.clone(), offset: start, length: end - start });
        }
    }
    sort(&mut kept);
    kept
}

/// Sorted spans, those that touch joined.
fn unite(spans: impl Iterator<Item = (usize, usize)>) -> Vec<(usize, usize)> {
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (start, end) in spans {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

fn subtract(spans: &[(usize, usize)], holes: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut left = Vec::new();
    for &(start, end) in spans {
        let mut at = start;
        for &(from, to) in holes.iter().filter(|hole| hole.0 < end && hole.1 > start) {
            if from > at {
                left.push((at, from));
            }
            at = at.max(to);
        }
        if at < end {
            left.push((at, end));
        }
    }
    left
}

/// White space goes at the end, and at the beginning up to the first entity.
fn trim(text: String, mut entities: Vec<Entity>) -> (String, Vec<Entity>) {
    let blank = |c: char| c == ' ' || c == '\n';
    let text = text.trim_end_matches(blank).to_owned();
    let end = utf16(&text);
    entities.retain(|e| e.offset < end);
    for entity in &mut entities {
        entity.length = entity.length.min(end - entity.offset);
    }
    let first = entities.first().map_or(end, |e| e.offset);
    // Blanks are one byte and one unit each, so that bytes and units are the same number here.
    let cut = text.chars().take(first).take_while(|c| blank(*c)).count();
    for entity in &mut entities {
        entity.offset -= cut;
    }
    (text[cut..].to_owned(), entities)
}

/// Commands (`/status`, `/status@cockpit_bot`) and http addresses that stand by themselves in a text.
fn detect(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut before: Option<char> = None;
    let mut skip_to = 0;
    let mut at = 0;
    for (byte, c) in text.char_indices() {
        let opens = before.is_none_or(|b| !(b.is_alphanumeric() || "/_<>@:.".contains(b)));
        if byte >= skip_to && opens {
            let rest = &text[byte..];
            let hit = match c {
                '/' => command_length(rest).map(|n| (Kind::Command, n)),
                'h' | 'H' => address_length(rest).map(|n| (Kind::Url, n)),
                _ => None,
            };
            if let Some((kind, bytes)) = hit {
                found.push(Entity { kind, offset: at, length: utf16(&rest[..bytes]) });
                skip_to = byte + bytes;
            }
        }
        before = Some(c);
        at += c.len_utf16();
    }
    found
}

/// Bytes of the command at the start of a text that begins with a slash.
fn command_length(text: &str) -> Option<usize> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = text[1..].find(|c| !word(c)).unwrap_or(text.len() - 1);
    if !(1..=64).contains(&name) {
        return None;
    }
    let rest = &text[1 + name..];
    let to = rest.strip_prefix('@').map_or(0, |bot| bot.find(|c| !word(c)).unwrap_or(bot.len()));
    if to > 0 {
        return Some(1 + name + 1 + to);
    }
    (!rest.starts_with('/')).then_some(1 + name)
}

fn address_length(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let end = text.find(|c: char| c.is_whitespace() || "<>\"«»".contains(c)).unwrap_or(text.len());
    let end = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']).len();
    (end > scheme.len()).then_some(end)
}
