//! Names that come from outside, made fit for a folder and for a chat. Pure.

use crate::{domain::FileName, screen::text::clean};

/// Longer ones are cut: some filesystems (eCryptfs) take 143 bytes, and a number may come behind it.
const BYTES_MAX: usize = 140;
/// An ending longer than this is part of the name.
const ENDING_BYTES_MAX: usize = 12;
/// Where nothing of a name is left.
const NAMELESS: &str = "file";
/// What Cockpit itself calls its own things in a root.
pub const OURS: &str = ".cockpit-";

/// A name as Telegram tells it becomes one name in one folder: no path, nothing invisible, no option of a program, no
/// name of Cockpit's own.
pub fn harmless(told: &str) -> FileName {
    // Windows clients send backslashes; only what stands behind the last of either is a name.
    let told = told.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let shown = clean(told);
    // Marks around right-to-left text are for the eye, not for a name.
    let name: String = shown.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}' | '\0')).collect();
    let name = name.trim();
    // "..." and "." are no names, and one that ends in a dot or blank is trouble elsewhere.
    let name = name.trim_end_matches(['.', ' ']);
    let mut name = if name.is_empty() { NAMELESS.to_owned() } else { name.to_owned() };
    if name.starts_with('-') || name.starts_with(OURS) {
        name.insert(0, '_');
    }
    let name = shortened(&name);
    FileName::new(name.as_bytes())
        .unwrap_or_else(|_| FileName::new(NAMELESS.as_bytes()).expect("a plain word is a name"))
}

/// Cut before its ending, between two letters.
fn shortened(name: &str) -> String {
    if name.len() <= BYTES_MAX {
        return name.to_owned();
    }
    let ending = name.rfind('.').map(|dot| &name[dot..]).filter(|end| end.len() <= ENDING_BYTES_MAX);
    let ending = ending.unwrap_or_default();
    let stem = &name[..name.len() - ending.len()];
    let mut end = (BYTES_MAX - ending.len()).min(stem.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", stem[..end].trim_end())
}

/// A name that a shell takes as it stands, for volumes and the command that joins them.
pub fn plain(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_start_matches(['-', '.']);
    let name = if name.chars().all(|c| c == '_') { NAMELESS } else { name };
    shortened(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_from_outside_is_one_harmless_name() {
        for (told, want) in [
            ("holiday.jpg", "holiday.jpg"),
            ("../../etc/cron.d/evil", "evil"),
            ("/etc/passwd", "passwd"),
            ("C:\\Windows\\system32\\cmd.exe", "cmd.exe"),
            ("..", "file"),
            ("", "file"),
            ("/", "file"),
            ("a/..", "file"),
            ("...", "file"),
            (".env", ".env"),
            ("-rf", "_-rf"),
            (".cockpit-trash", "_.cockpit-trash"),
            ("line\nbreak\u{0}.txt", "line break·.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("  spaced .txt  ", "spaced .txt"),
            ("dots...", "dots"),
            ("שלום.txt", "שלום.txt"),
            ("🚀 start.md", "🚀 start.md"),
        ] {
            assert_eq!(harmless(told).shown(), want, "{told:?}");
        }
        let long = harmless(&format!("{}.tar", "ü".repeat(300))).shown();
        assert!(long.len() <= BYTES_MAX && long.ends_with("ü.tar"), "{long}");
    }

    #[test]
    fn a_plain_name_needs_no_quotes() {
        for (name, want) in [
            ("disk.img", "disk.img"),
            ("my film (1).mkv", "my_film__1_.mkv"),
            ("$(reboot);.iso", "__reboot__.iso"),
            ("--help", "help"),
            (".hidden", "hidden"),
            ("日本", "file"),
        ] {
            assert_eq!(plain(name), want, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_told_stays_in_its_folder(told in ".{0,400}") {
            let name = harmless(&told);
            let shown = String::from_utf8(name.as_bytes().to_vec()).unwrap();
            let hostile = ['/', '\\', '\0', '\n', '\u{202e}'];
            prop_assert!(!shown.contains(hostile));
            prop_assert!(shown.len() <= BYTES_MAX && !shown.starts_with('-') && !shown.starts_with(OURS));
            let plain = plain(&told);
            prop_assert!(!plain.is_empty() && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)));
        }
    }
}
