//! Names as Borg wants them: archives of a plan, paths, the command that brings the password, holders of locks.

use std::{ffi::OsString, path::Path};

use super::{borg_parse as parse, flight::host_name};

/// A path to Borg: a prefix taken as it is, whatever signs are in it.
pub(super) fn below(path: &Path) -> OsString {
    let mut pattern = OsString::from("pp:");
    pattern.push(path.strip_prefix("/").unwrap_or(path));
    pattern
}

/// `cat FILE`, quoted as Borg's splitting (POSIX rules, no shell) reads it.
pub(super) fn passcommand(file: &Path) -> OsString {
    let mut command = OsString::from("cat '");
    let quoted = file.as_os_str().as_encoded_bytes().split(|byte| *byte == b'\'');
    for (index, part) in quoted.enumerate() {
        if index > 0 {
            command.push(r"'\''");
        }
        command.push(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(part));
    }
    command.push("'");
    command
}

/// "home-2026-11-22T204945Z": sorts by time, and no plan's names are the beginning of another's.
pub(super) fn archive_name(plan: &str, now: jiff::Timestamp) -> String {
    format!("{plan}-{}", now.strftime("%Y-%m-%dT%H%M%SZ"))
}

/// All archives of one plan and of no other: "home" must not reach those of "home-photos".
pub(super) fn archives_of(plan: &str) -> String {
    format!("{}-????-??-??T??????Z", parse::plain(plan))
}

/// Whether an archive's name is one that [`archive_name`] makes for this plan.
pub(super) fn is_archive_of(plan: &str, name: &str) -> bool {
    let Some(time) = name.strip_prefix(plan).and_then(|rest| rest.strip_prefix('-')) else { return false };
    let shape = b"0000-00-00T000000Z";
    let fits = |(made, wanted): (u8, &u8)| match wanted {
        b'0' => made.is_ascii_digit(),
        sign => made == *sign,
    };
    time.len() == shape.len() && time.bytes().zip(shape).all(fits)
}

/// Whether a lock's "host@node" is this machine: name and network card's address must both fit.
pub(super) fn is_here(holder: &str) -> bool {
    let (host, node) = holder.split_once('@').unwrap_or((holder, ""));
    let here = host_name();
    let same_name = host == here || host.strip_prefix(&here).is_some_and(|rest| rest.starts_with('.'));
    let Ok(node) = node.parse::<u64>() else { return false };
    let cards = std::fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    let mut addresses = cards.filter_map(|card| std::fs::read_to_string(card.path().join("address")).ok());
    same_name
        && addresses.any(|address| u64::from_str_radix(&address.trim().replace(':', ""), 16) == Ok(node))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_plans_archives_are_taken_for_anothers() {
        let now = "2026-11-22T20:49:45.5Z".parse().expect("a time");
        assert_eq!(archive_name("home", now), "home-2026-11-22T204945Z");
        assert_eq!(archives_of("home").len(), archive_name("home", now).len());
        assert_ne!(archives_of("home").len(), archive_name("home-photos", now).len());
        for (plan, name, is) in [
            ("home", archive_name("home", now).as_str(), true),
            ("home", archive_name("home-photos", now).as_str(), false),
            ("home-photos", archive_name("home-photos", now).as_str(), true),
            ("home", "home-before-the-move", false),
            ("home", "home", false),
        ] {
            assert_eq!(is_archive_of(plan, name), is, "{plan} {name}");
        }
    }

    #[test]
    fn a_password_files_name_is_quoted_as_borg_splits_it() {
        assert_eq!(passcommand(Path::new("/etc/my key")), "cat '/etc/my key'");
        assert_eq!(passcommand(Path::new("/etc/it's")), r"cat '/etc/it'\''s'");
    }
}
