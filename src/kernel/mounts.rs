//! The mount table of this process: `/proc/self/mountinfo`, parsed. Paths are the kernel's bytes, unescaped.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::PathBuf,
};

use super::text::{lines, number, words};

/// One mount, as proc_pid_mountinfo(5) tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    pub id: u32,
    pub parent: u32,
    pub major: u32,
    pub minor: u32,
    /// What of the file system is mounted here: `/` unless it is a bind mount or a subvolume.
    pub root: PathBuf,
    pub path: PathBuf,
    pub read_only: bool,
    pub fstype: String,
    /// `/dev/sda1`, `server:/export`, `tank/data`; whatever was given to mount(8).
    pub source: OsString,
    /// The whole file system is read-only, which an error can cause while the mount itself says `rw`.
    pub super_read_only: bool,
    /// The options of the file system ("rw,cpu,cpuacct" of a cgroup v1 hierarchy).
    pub super_options: String,
}

impl Mount {
    pub fn dev(&self) -> (u32, u32) {
        (self.major, self.minor)
    }
}

/// Lines that cannot be read are left out: one odd mount must not hide the others.
pub fn parse(text: &[u8]) -> Vec<Mount> {
    lines(text).filter_map(line).collect()
}

fn line(text: &[u8]) -> Option<Mount> {
    let mut words = words(text);
    let id = u32::try_from(number(words.next()?)?).ok()?;
    let parent = u32::try_from(number(words.next()?)?).ok()?;
    let dev = words.next()?;
    let colon = memchr::memchr(b':', dev)?;
    let root = PathBuf::from(unescape(words.next()?));
    let path = PathBuf::from(unescape(words.next()?));
    let options = words.next()?;
    // Optional fields ("shared:1") end with a single dash.
    words.by_ref().find(|word| *word == b"-")?;
    let fstype = String::from_utf8_lossy(words.next()?).into_owned();
    let source = unescape(words.next()?);
    let super_options = words.next().unwrap_or_default();
    Some(Mount {
        id,
        parent,
        major: u32::try_from(number(&dev[..colon])?).ok()?,
        minor: u32::try_from(number(&dev[colon + 1..])?).ok()?,
        root,
        path,
        read_only: has(options, b"ro"),
        fstype,
        source,
        super_read_only: has(super_options, b"ro"),
        super_options: String::from_utf8_lossy(super_options).into_owned(),
    })
}

fn has(options: &[u8], option: &[u8]) -> bool {
    options.split(|byte| *byte == b',').any(|one| one == option)
}

/// The kernel writes blank, tab, line end and backslash as `\040` and so on.
fn unescape(text: &[u8]) -> OsString {
    if !text.contains(&b'\\') {
        return OsStr::from_bytes(text).to_owned();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let octal = after.get(..3).filter(|_| first == b'\\').and_then(octal);
        match octal {
            Some(byte) => {
                out.push(byte);
                rest = &after[3..];
            }
            None => {
                out.push(first);
                rest = after;
            }
        }
    }
    OsString::from_vec(out)
}

fn octal(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0u8, |sum, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
        sum.checked_mul(8)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_line_is_read_with_optional_fields_and_escapes() {
        let text = br"36 35 98:0 /mnt1 /mnt/my\040disk\134x rw,noatime shared:1 master:2 - ext4 /dev/sda1 ro,errors=continue
29 1 0:26 /@ / rw,relatime - btrfs /dev/nvme0n1p2 rw,ssd,subvol=/@
junk
40 1 0:50 / /srv/nfs rw - nfs4 nas:/export rw,vers=4.2";
        let mounts = parse(text);
        assert_eq!(mounts.len(), 3);
        let first = &mounts[0];
        assert_eq!(first.path, Path::new("/mnt/my disk\\x"));
        assert_eq!((first.dev(), first.root.as_path()), ((98, 0), Path::new("/mnt1")));
        assert!(!first.read_only && first.super_read_only);
        assert_eq!(mounts[1].fstype, "btrfs");
        assert_eq!(mounts[2].source, "nas:/export");
    }

    #[test]
    fn this_machine_s_table_is_read_whole() {
        let text = std::fs::read("/proc/self/mountinfo").unwrap();
        let mounts = parse(&text);
        assert_eq!(mounts.len(), lines(&text).count());
        assert!(mounts.iter().any(|mount| mount.path == Path::new("/")));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(text: Vec<u8>) {
            parse(&text);
        }
    }
}
