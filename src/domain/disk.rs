//! A disk's name and how it is, as events, intents and screens share them.

use serde::{Deserialize, Serialize};

/// Which disk, whatever letter the kernel gives it this time: its serial number, or its device file where it has none.
/// From the disk's firmware, so cleaned when parsed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiskId(String);

impl DiskId {
    const CHARS_MAX: usize = 64;

    /// `None` where nothing readable is left.
    pub fn parse(text: &str) -> Option<DiskId> {
        let text: String = text.chars().filter(|c| !c.is_control()).take(Self::CHARS_MAX).collect();
        let text = text.trim();
        (!text.is_empty()).then(|| DiskId(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DiskId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Ordered: the last is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiskGrade {
    Good,
    /// Something that healthy disks do not have. It may run for years.
    Watch,
    /// It says itself that it fails, or does.
    Replace,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_from_a_disk_becomes_harmless() {
        for (text, want) in
            [(" S3Z9NB0K ", Some("S3Z9NB0K")), ("a\u{0}b\nc", Some("abc")), ("\u{0}\n ", None), ("", None)]
        {
            assert_eq!(DiskId::parse(text).as_ref().map(DiskId::as_str), want, "{text:?}");
        }
        assert_eq!(DiskId::parse(&"x".repeat(500)).unwrap().as_str().len(), 64);
    }
}
