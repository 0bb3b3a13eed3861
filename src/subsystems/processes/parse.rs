//! The text of /proc/PID, read. Pure: bytes in, values out. Names and command lines are other people's: any bytes.

use crate::kernel::text::{lines, number, signed, words};

/// As much of a name as a table shows; programs have at most 15 bytes, kernel threads more.
pub const NAME_MAX: usize = 23;

/// One line of the table, from /proc/PID/stat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    pub pid: u32,
    pub parent: u32,
    /// `R`, `S`, `D`, `T`, `Z` … as `ps` writes them.
    pub state: u8,
    pub kernel: bool,
    pub name: Name,
    /// Processor time since its start, clock ticks.
    pub spent_ticks: u64,
    pub threads: u32,
    pub nice: i8,
    /// Clock ticks since boot.
    pub start_ticks: u64,
    pub resident_pages: u64,
}

/// A short name that needs no allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Name {
    len: u8,
    bytes: [u8; NAME_MAX],
}

impl Name {
    pub fn new(bytes: &[u8]) -> Name {
        let mut name = Name::default();
        let len = bytes.len().min(NAME_MAX);
        name.bytes[..len].copy_from_slice(&bytes[..len]);
        name.len = len as u8;
        name
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

/// The kernel's mark of a thread of its own (PF_KTHREAD).
const KERNEL_THREAD: u64 = 0x0020_0000;

/// /proc/PID/stat. The name stands in parentheses and may hold any byte, parentheses and blanks too.
pub fn stat(text: &[u8]) -> Option<Stat> {
    let open = memchr::memchr(b'(', text)?;
    let close = memchr::memrchr(b')', text).filter(|close| *close > open)?;
    let pid = id(text[..open].trim_ascii())?;
    let mut fields = words(text[close + 1..].trim_ascii_end());
    let state = *fields.next()?.first()?;
    let parent = id(fields.next()?)?;
    // pgrp session tty tpgid
    let flags = number(fields.nth(4)?)?;
    // minflt cminflt majflt cmajflt
    let user = number(fields.nth(4)?)?;
    let system = number(fields.next()?)?;
    // cutime cstime priority
    let nice = signed(fields.nth(3)?)?;
    let threads = number(fields.next()?)?;
    // itrealvalue
    let start_ticks = number(fields.nth(1)?)?;
    // vsize
    let resident_pages = number(fields.nth(1)?).unwrap_or(0);
    Some(Stat {
        pid,
        parent,
        state,
        kernel: flags & KERNEL_THREAD != 0,
        name: Name::new(&text[open + 1..close]),
        spent_ticks: user.checked_add(system)?,
        threads: u32::try_from(threads).ok()?,
        nice: i8::try_from(nice).ok()?,
        start_ticks,
        resident_pages,
    })
}

fn id(text: &[u8]) -> Option<u32> {
    u32::try_from(number(text)?).ok()
}

/// The real user of /proc/PID/status.
pub fn user(text: &[u8]) -> Option<u32> {
    let line = lines(text).find_map(|line| line.strip_prefix(b"Uid:"))?;
    id(words(line).next()?)
}

/// Bytes that reached or left the disks, of /proc/PID/io.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Io {
    pub read: u64,
    pub written: u64,
}

pub fn io(text: &[u8]) -> Option<Io> {
    let field = |name: &[u8]| lines(text).find_map(|line| number(line.strip_prefix(name)?.trim_ascii()));
    Some(Io { read: field(b"read_bytes:")?, written: field(b"write_bytes:")? })
}

/// The soft limit of open files, of /proc/PID/limits.
pub fn open_files_max(text: &[u8]) -> Option<u64> {
    let line = lines(text).find_map(|line| line.strip_prefix(b"Max open files"))?;
    number(words(line).next()?)
}

/// A port that somebody waits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    pub port: u16,
    pub udp: bool,
    /// Reachable from this machine only.
    pub local: bool,
}

/// The waiting sockets of /proc/PID/net/{tcp,tcp6,udp,udp6}, with their inodes.
pub fn waiting(text: &[u8], udp: bool) -> impl Iterator<Item = (u64, Port)> {
    lines(text).skip(1).filter_map(move |line| {
        let mut fields = words(line);
        let local = fields.nth(1)?;
        let remote = fields.next()?;
        let state = fields.next()?;
        // A udp socket without a peer waits for anybody.
        let waits = if udp { remote.ends_with(b":0000") } else { state == b"0A" };
        let inode = number(fields.nth(5)?)?;
        let colon = memchr::memchr(b':', local)?;
        let port = u16::from_str_radix(std::str::from_utf8(&local[colon + 1..]).ok()?, 16).ok()?;
        (waits && port > 0).then_some((inode, Port { port, udp, local: is_loopback(&local[..colon]) }))
    })
}

/// Addresses stand there in the machine's byte order, as hexadecimal words.
fn is_loopback(address: &[u8]) -> bool {
    let word =
        |text: &[u8]| Some(u32::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok()?.to_ne_bytes());
    match address.len() {
        8 => word(address).is_some_and(|bytes| bytes[0] == 127),
        32 => {
            let words: Vec<[u8; 4]> = address.chunks(8).filter_map(word).collect();
            words == [[0; 4], [0; 4], [0; 4], [0, 0, 0, 1]]
                || (words[..2] == [[0; 4], [0; 4]] && words[2] == [0, 0, 255, 255] && words[3][0] == 127)
        }
        _ => false,
    }
}

/// The inode of a socket, of a link below /proc/PID/fd.
pub fn socket_inode(link: &[u8]) -> Option<u64> {
    number(link.strip_prefix(b"socket:[")?.strip_suffix(b"]")?)
}

/// A command line as a person would type it, without what must not be shown. Arguments are separated by NUL; programs
/// that rename themselves leave one text with blanks in it.
pub fn command(text: &[u8]) -> String {
    let text = text.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let mut args: Vec<String> = text.map(std::borrow::Cow::into_owned).collect();
    while args.last().is_some_and(String::is_empty) {
        args.pop();
    }
    mask(&mut args);
    let quoted = args.iter().map(|arg| match arg.as_str() {
        "" => "''".to_owned(),
        arg if args.len() > 1 && arg.contains(' ') => format!("'{arg}'"),
        arg => arg.to_owned(),
    });
    quoted.collect::<Vec<_>>().join(" ")
}

const HIDDEN: &str = "•••";

/// Passwords, tokens and keys given on command lines are not for chats.
fn mask(args: &mut [String]) {
    let mut hide_next = false;
    for arg in args {
        if std::mem::take(&mut hide_next) && !arg.starts_with('-') {
            HIDDEN.clone_into(arg);
            continue;
        }
        if let Some((name, _)) = arg.split_once('=') {
            if is_secret(name) {
                *arg = format!("{name}={HIDDEN}");
                continue;
            }
        } else if arg.starts_with('-') && is_secret(arg) {
            hide_next = true;
            continue;
        }
        if let Some(masked) = without_password(arg) {
            *arg = masked;
        }
    }
}

fn is_secret(name: &str) -> bool {
    const SECRETS: [&str; 10] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "api-key",
        "api_key",
        "credential",
        "authkey",
    ];
    let name = name.to_ascii_lowercase();
    // "--password-file" names a file, which is no secret.
    SECRETS.iter().any(|secret| name.contains(secret)) && !name.ends_with("file") && !name.ends_with("path")
}

/// `scheme://user:password@host` without the password.
fn without_password(arg: &str) -> Option<String> {
    let start = arg.find("://")? + 3;
    let authority = arg[start..].split(['/', '?', '#']).next()?;
    let at = authority.rfind('@')?;
    let colon = authority[..at].find(':')?;
    Some(format!("{}{}:{HIDDEN}{}", &arg[..start], &authority[..colon], &arg[start + at..]))
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
