//! Identifiers. Each is parsed at the edge; below it no bare string or number stands for one.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// A Telegram user's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PilotId(pub i64);

/// A Telegram chat's id; equal to the person's id in a private chat, negative in groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatId(pub i64);

/// A job's number, counted up in the store and never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub i64);

impl fmt::Display for PilotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// 128 random bits that may be used once: the answer to one question, from one pilot, in one chat.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// From the kernel's random source. Panics only where the kernel has none, as nothing here is safe then.
    pub fn random() -> Nonce {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the kernel has a random source");
        Nonce(bytes)
    }

    pub fn parse(text: &str) -> Option<Nonce> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Nonce(bytes.try_into().ok()?))
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for Nonce {
    /// A nonce is a permission: it is not written to logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(..)")
    }
}

impl Serialize for Nonce {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Nonce, D::Error> {
        let text = String::deserialize(d)?;
        Nonce::parse(&text).ok_or_else(|| serde::de::Error::custom("not a nonce"))
    }
}

/// A systemd unit's full name ("nginx.service"). Grammar: systemd.unit(5), at most 255 bytes of ASCII letters,
/// digits, `:-_.\@`, ending in a known unit type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitName(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a unit name: letters, digits and :-_.\\@ ending in a type such as .service")]
pub struct UnitNameError(pub String);

impl UnitName {
    pub const BYTES_MAX: usize = 255;
    const TYPES: [&str; 11] = [
        "service",
        "socket",
        "device",
        "mount",
        "automount",
        "swap",
        "target",
        "path",
        "timer",
        "slice",
        "scope",
    ];

    /// A name without a type is taken for a service, as `systemctl` does.
    pub fn parse(text: &str) -> Result<UnitName, UnitNameError> {
        let typed = |t: &str| {
            t.rsplit_once('.').is_some_and(|(stem, kind)| !stem.is_empty() && Self::TYPES.contains(&kind))
        };
        let full = if typed(text) { text.to_owned() } else { format!("{text}.service") };
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b":-_.\\@".contains(&b);
        if text.is_empty()
            || full.len() > Self::BYTES_MAX
            || !full.bytes().all(allowed)
            || full.starts_with(['-', '.']) && full != "-.mount" && full != "-.slice"
        {
            return Err(UnitNameError(text.chars().take(80).collect()));
        }
        Ok(UnitName(full))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// "nginx" of "nginx.service"; other types keep their ending.
    pub fn short(&self) -> &str {
        self.0.strip_suffix(".service").unwrap_or(&self.0)
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for UnitName {
    type Error = UnitNameError;
    fn try_from(text: String) -> Result<UnitName, UnitNameError> {
        UnitName::parse(&text)
    }
}

impl From<UnitName> for String {
    fn from(name: UnitName) -> String {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_names_are_parsed_as_systemd_reads_them() {
        for (input, want) in [
            ("nginx", Some("nginx.service")),
            ("nginx.service", Some("nginx.service")),
            ("getty@tty1.service", Some("getty@tty1.service")),
            ("dev-disk-by\\x2duuid.swap", Some("dev-disk-by\\x2duuid.swap")),
            ("-.mount", Some("-.mount")),
            ("a.b", Some("a.b.service")),
            ("", None),
            ("--force", None),
            ("a b", None),
            ("$(reboot)", None),
            ("é", None),
        ] {
            assert_eq!(UnitName::parse(input).ok().as_ref().map(UnitName::as_str), want, "{input:?}");
        }
        assert!(UnitName::parse(&"a".repeat(247)).is_ok());
        assert!(UnitName::parse(&"a".repeat(248)).is_err());
    }

    #[test]
    fn a_nonce_survives_its_text_and_hides_in_logs() {
        let nonce = Nonce::random();
        assert_eq!(Nonce::parse(&nonce.to_string()), Some(nonce));
        assert_eq!(format!("{nonce:?}"), "Nonce(..)");
        assert_eq!(Nonce::parse("short"), None);
    }
}
