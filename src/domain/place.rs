//! Where a file lies: the name of a configured root and a path below it, as the kernel's bytes. What is parsed here
//! cannot name anything above its root: no component is empty, `.`, `..` or holds a slash or a zero. Whether it leads
//! out by a link is the kernel's to judge, when it is opened.
//!
//! As text (in buttons, in the store) a place is `root/path`; bytes that are no UTF-8, control characters and `%` are
//! written `%XX`, so that each path has exactly one text and each text at most one path.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One name in a folder: 1 to 255 bytes of anything but `/` and zero, not `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(Box<[u8]>);

/// The name of a root, from the config: 1 to 32 of letters, digits, `-`, `_`, `.`; not `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RootName(Box<str>);

/// A path below a root; empty is the root itself. At most 4,096 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RelPath(Box<[u8]>);

/// A path below a root of that name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    pub root: RootName,
    pub path: RelPath,
}

/// Which file or folder, whatever its name: a number from its filesystem, inode and time of birth. Tells a file from
/// another one that took its name in the meantime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(pub u64);

/// Something at a place, as it was when it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    #[serde(rename = "p")]
    pub place: Place,
    #[serde(rename = "s")]
    pub stamp: Stamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("it is empty")]
    Empty,
    #[error("it is longer than {} bytes", FileName::BYTES_MAX)]
    TooLong,
    #[error("\".\" and \"..\" are no names")]
    Dots,
    #[error("it holds a slash")]
    Slash,
    #[error("it holds a zero byte")]
    Zero,
    #[error("only letters, digits, \"-\", \"_\" and \".\" are allowed")]
    Letters,
    #[error("\"%\" is not followed by two hexadecimal digits")]
    Escape,
}

impl FileName {
    /// What Linux filesystems allow.
    pub const BYTES_MAX: usize = 255;

    /// # Errors
    /// It can be no name of a file.
    pub fn new(bytes: &[u8]) -> Result<FileName, NameError> {
        match bytes {
            [] => Err(NameError::Empty),
            b"." | b".." => Err(NameError::Dots),
            _ if bytes.len() > Self::BYTES_MAX => Err(NameError::TooLong),
            _ if bytes.contains(&b'/') => Err(NameError::Slash),
            _ if bytes.contains(&0) => Err(NameError::Zero),
            _ => Ok(FileName(bytes.into())),
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn is_hidden(&self) -> bool {
        self.0.first() == Some(&b'.')
    }

    /// For people; foreign text, to be cleaned like any other. Two names may look alike.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// "tar.gz" of "a.tar.gz" is "gz"; `None` without a dot, or with one at its start only.
    pub fn ending(&self) -> Option<&[u8]> {
        let dot = self.0.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0)?;
        Some(&self.0[dot + 1..])
    }

    /// "report (2).txt": the same name with a number before its ending, cut where it would be too long.
    pub fn numbered(&self, number: u32) -> FileName {
        let split = match self.ending() {
            Some(ending) if ending.len() <= 16 => self.0.len() - ending.len() - 1,
            _ => self.0.len(),
        };
        let (stem, ending) = self.0.split_at(split);
        let mark = format!(" ({number})");
        let room = Self::BYTES_MAX - mark.len() - ending.len();
        let mut end = stem.len().min(room);
        // Not in the middle of a letter, where the name is UTF-8.
        while end < stem.len() && end > 1 && stem[end] & 0xC0 == 0x80 {
            end -= 1;
        }
        FileName([&stem[..end], mark.as_bytes(), ending].concat().into())
    }
}

impl RootName {
    pub const CHARS_MAX: usize = 32;

    /// # Errors
    /// It is not what the config may call a root.
    pub fn parse(text: &str) -> Result<RootName, NameError> {
        match text {
            "" => Err(NameError::Empty),
            "." | ".." => Err(NameError::Dots),
            _ if text.len() > Self::CHARS_MAX => Err(NameError::TooLong),
            _ if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) => {
                Err(NameError::Letters)
            }
            _ => Ok(RootName(text.into())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RelPath {
    pub const BYTES_MAX: usize = 4096;

    /// The root itself.
    pub fn root() -> RelPath {
        RelPath::default()
    }

    /// # Errors
    /// A component is no name, or it is too long. A leading slash makes the first component empty: an absolute path
    /// is refused.
    pub fn new(bytes: &[u8]) -> Result<RelPath, NameError> {
        if bytes.len() > Self::BYTES_MAX {
            return Err(NameError::TooLong);
        }
        if !bytes.is_empty() {
            for part in bytes.split(|byte| *byte == b'/') {
                FileName::new(part)?;
            }
        }
        Ok(RelPath(bytes.into()))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    pub fn parts(&self) -> impl DoubleEndedIterator<Item = FileName> + '_ {
        let parts = self.0.split(|byte| *byte == b'/').filter(|part| !part.is_empty());
        parts.map(|part| FileName(part.into()))
    }

    /// The last part; `None` of the root.
    pub fn name(&self) -> Option<FileName> {
        self.parts().next_back()
    }

    /// `None` of the root.
    pub fn parent(&self) -> Option<RelPath> {
        if self.is_root() {
            return None;
        }
        let end = self.0.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
        Some(RelPath(self.0[..end].into()))
    }

    /// # Errors
    /// The whole would be too long.
    pub fn join(&self, name: &FileName) -> Result<RelPath, NameError> {
        let joined = if self.is_root() { name.0.to_vec() } else { [&self.0, &b"/"[..], &name.0].concat() };
        if joined.len() > Self::BYTES_MAX {
            return Err(NameError::TooLong);
        }
        Ok(RelPath(joined.into()))
    }

    /// Whether this is `other` or lies below it, by name.
    pub fn is_within(&self, other: &RelPath) -> bool {
        other.is_root()
            || self.0.strip_prefix(&*other.0).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    }
}

impl Place {
    pub fn root(root: RootName) -> Place {
        Place { root, path: RelPath::root() }
    }

    pub fn parent(&self) -> Option<Place> {
        Some(Place { root: self.root.clone(), path: self.path.parent()? })
    }

    /// # Errors
    /// The whole would be too long.
    pub fn join(&self, name: &FileName) -> Result<Place, NameError> {
        Ok(Place { root: self.root.clone(), path: self.path.join(name)? })
    }

    /// What it is called: the last part, or the root's name. Foreign text.
    pub fn name(&self) -> String {
        self.path.name().map_or_else(|| self.root.as_str().to_owned(), |name| name.shown())
    }

    /// For people: foreign text, to be cleaned like any other.
    pub fn shown(&self) -> String {
        let mut shown = self.root.as_str().to_owned();
        for part in self.path.parts() {
            shown.push('/');
            shown.push_str(&part.shown());
        }
        shown
    }

    /// From its text.
    ///
    /// # Errors
    /// Not of that shape.
    pub fn parse(text: &str) -> Result<Place, NameError> {
        let (root, path) = text.split_once('/').unwrap_or((text, ""));
        let path = unescape(path)?;
        if path.is_empty() && text.contains('/') {
            return Err(NameError::Empty);
        }
        Ok(Place { root: RootName::parse(root)?, path: RelPath::new(&path)? })
    }
}

fn escape(bytes: &[u8], f: &mut impl fmt::Write) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '%' || c.is_ascii_control() {
                write!(f, "%{:02X}", c as u32)?;
            } else {
                f.write_char(c)?;
            }
        }
        for byte in chunk.invalid() {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

fn unescape(text: &str) -> Result<Vec<u8>, NameError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        bytes.push(digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).ok_or(NameError::Escape)?);
        rest = &rest[2..];
    }
    Ok(bytes)
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(&self.0, f)
    }
}

impl fmt::Display for RootName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Place {
    /// The exact text: what [`Place::parse`] reads, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root.0)?;
        if !self.path.is_root() {
            f.write_str("/")?;
            escape(&self.path.0, f)?;
        }
        Ok(())
    }
}

impl TryFrom<String> for FileName {
    type Error = NameError;
    fn try_from(text: String) -> Result<FileName, NameError> {
        FileName::new(&unescape(&text)?)
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> String {
        name.to_string()
    }
}

impl TryFrom<String> for RootName {
    type Error = NameError;
    fn try_from(text: String) -> Result<RootName, NameError> {
        RootName::parse(&text)
    }
}

impl From<RootName> for String {
    fn from(name: RootName) -> String {
        name.0.into()
    }
}

impl TryFrom<String> for Place {
    type Error = NameError;
    fn try_from(text: String) -> Result<Place, NameError> {
        Place::parse(&text)
    }
}

impl From<Place> for String {
    fn from(place: Place) -> String {
        place.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_leads_out_of_a_root_is_no_path() {
        for bad in [&b"/etc"[..], b"..", b"a/../b", b"a//b", b"a/", b".", b"a/./b", b"a\0b", b"/"] {
            assert!(RelPath::new(bad).is_err(), "{bad:?}");
        }
        assert!(RelPath::new(&[b'a'; 256]).is_err());
        for bad in
            ["", "/", "dre/", "dre//a", "dre/..", "dre/%2E%2E", "dre/a%2F..%2Fb", "dre/%", "dre/%g0", "d/%00"]
        {
            assert!(Place::parse(bad).is_err(), "{bad:?}");
        }
        assert!(serde_json::from_str::<Place>("\"dre/../etc\"").is_err());
    }

    #[test]
    fn odd_names_have_one_text_on_one_line() {
        let place = |bytes: &[u8]| {
            Place { root: RootName::parse("dre").unwrap(), path: RelPath::new(bytes).unwrap() }.to_string()
        };
        assert_eq!(place(b""), "dre");
        assert_eq!(place(b"a b/100%"), "dre/a b/100%25");
        assert_eq!(place(b"line\nend\xff"), "dre/line%0Aend%FF");
        assert_eq!(place("höhe/🚀".as_bytes()), "dre/höhe/🚀");
    }

    #[test]
    fn a_second_of_a_name_gets_a_number_before_its_ending() {
        for (name, want) in
            [("a.txt", "a (2).txt"), ("a", "a (2)"), (".env", ".env (2)"), ("a.tar.zst", "a.tar (2).zst")]
        {
            assert_eq!(FileName::new(name.as_bytes()).unwrap().numbered(2).shown(), want);
        }
        let long = FileName::new("ü".repeat(127).as_bytes()).unwrap().numbered(12);
        assert!(long.as_bytes().len() <= FileName::BYTES_MAX && long.shown().ends_with("ü (12)"));
    }

    #[test]
    fn within_is_by_whole_names() {
        let path = |text: &str| RelPath::new(text.as_bytes()).unwrap();
        assert!(
            path("a/b").is_within(&path("a"))
                && path("a").is_within(&path("a"))
                && path("a").is_within(&path(""))
        );
        assert!(!path("ab").is_within(&path("a")) && !path("a").is_within(&path("a/b")));
    }

    proptest! {
        #[test]
        fn each_path_has_one_text_that_leads_back(parts in proptest::collection::vec(proptest::collection::vec(1u8.., 1..20), 0..6)) {
            let parts: Vec<Vec<u8>> = parts.into_iter().filter(|part| FileName::new(part).is_ok()).collect();
            let path = RelPath::new(&parts.join(&b'/')).unwrap();
            let place = Place { root: RootName::parse("r").unwrap(), path };
            let text = place.to_string();
            prop_assert!(!text.bytes().any(|byte| byte.is_ascii_control()));
            prop_assert_eq!(&Place::parse(&text).unwrap(), &place);
            let json = serde_json::to_string(&place).unwrap();
            prop_assert_eq!(serde_json::from_str::<Place>(&json).unwrap(), place);
        }

        #[test]
        fn any_text_is_a_place_beneath_or_none(text in "\\PC{0,40}|[a-z./%0-9A-F]{0,40}") {
            if let Ok(place) = Place::parse(&text) {
                prop_assert!(place.path.parts().all(|part| part.as_bytes() != b".." && part.as_bytes() != b"." && !part.as_bytes().is_empty()));
                prop_assert!(!place.path.as_bytes().starts_with(b"/"));
                prop_assert_eq!(Place::parse(&place.to_string()).unwrap(), place);
            }
        }

        #[test]
        fn a_numbered_name_is_a_name(bytes in proptest::collection::vec(1u8.., 1..255), number in 2u32..1_000_000) {
            if let Ok(name) = FileName::new(&bytes) {
                prop_assert!(FileName::new(name.numbered(number).as_bytes()).is_ok());
            }
        }
    }
}
