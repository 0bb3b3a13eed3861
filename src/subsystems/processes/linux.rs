//! The real processes: /proc, read relative to its open folder with one buffer, and signals through pidfds.
//!
//! A pass opens one file for each process and nothing else. A pid is used again sooner or later, so a signal never goes
//! to a pid: the pidfd is opened first, then the start time read and compared, then the signal sent through the pidfd.

use std::{collections::HashSet, io::Write, os::unix::ffi::OsStrExt};

use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{Mode, OFlags, RawDir, SeekFrom},
    io::Errno,
    process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal},
};
use tokio::io::{Interest, unix::AsyncFd};

use super::{
    parse,
    table::{Boot, Ending, Known, Refused, Row, Sheet, Signal, Signals, Table, Want},
};
use crate::{
    intent::processes::ProcessId,
    kernel::{Users, cgroup, mounts, read_small},
};

/// Names of /proc in one system call: enough for a thousand.
const NAMES: usize = 32 << 10;
/// /proc/PID/stat is 300 bytes, status and limits 2,000.
const TEXT: usize = 8 << 10;
/// More of a command line is of no use to anybody.
const COMMAND_MAX: usize = 4096;
/// Descriptors looked at for sockets; they are counted all.
const LINKS_MAX: usize = 4096;
/// Sockets' tables of a very busy machine are read in part.
const SOCKETS_MAX: u64 = 8 << 20;

pub struct Proc {
    /// `None` without /proc: then there are no processes to show.
    folder: Option<OwnedFd>,
    names: Vec<u8>,
    text: Vec<u8>,
    path: Vec<u8>,
    users: Users,
    boot: Boot,
}

impl Proc {
    pub fn new() -> Proc {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Proc {
            folder: rustix::fs::open("/proc", flags, Mode::empty()).ok(),
            names: Vec::new(),
            text: Vec::new(),
            path: Vec::with_capacity(32),
            users: Users::new(),
            boot: boot(),
        }
    }

    /// A file of a process, at most one buffer long, in one read.
    fn read(&mut self, pid: u32, file: &str, max: usize) -> Option<&[u8]> {
        let folder = self.folder.as_ref()?.as_fd();
        self.text.resize(self.text.len().max(max), 0);
        let len = read_at(folder, &mut self.path, &mut self.text[..max], pid, file)?;
        Some(&self.text[..len])
    }

    fn pids(&mut self, mut each: impl FnMut(&mut Self, u32)) {
        let Some(folder) = self.folder.take() else { return };
        let mut names = std::mem::take(&mut self.names);
        names.reserve(NAMES);
        let mut pids = Vec::new();
        if rustix::fs::seek(&folder, SeekFrom::Start(0)).is_ok() {
            let mut entries = RawDir::new(&folder, names.spare_capacity_mut());
            while let Some(Ok(entry)) = entries.next() {
                let pid = crate::kernel::text::number(entry.file_name().to_bytes());
                pids.extend(pid.and_then(|pid| u32::try_from(pid).ok()));
            }
        }
        (self.folder, self.names) = (Some(folder), names);
        for pid in pids {
            each(self, pid);
        }
    }

    /// The waiting ports among these sockets, in the process' own network namespace.
    fn ports(&self, pid: u32, sockets: &HashSet<u64>) -> Vec<parse::Port> {
        let mut ports = Vec::new();
        if sockets.is_empty() {
            return ports;
        }
        for (file, udp) in SOCKET_TABLES {
            let text = socket_table(&pid.to_string(), file);
            let own = parse::waiting(&text, udp).filter(|(inode, _)| sockets.contains(inode));
            ports.extend(own.map(|(_, port)| port));
        }
        ports.sort();
        ports.dedup();
        ports
    }
}

impl Default for Proc {
    fn default() -> Proc {
        Proc::new()
    }
}

/// Of one network namespace: name of the file, and whether it is of UDP.
const SOCKET_TABLES: [(&str, bool); 4] = [("tcp", false), ("tcp6", false), ("udp", true), ("udp6", true)];

/// Empty where it cannot be read.
fn socket_table(pid: &str, file: &str) -> Vec<u8> {
    let mut text = Vec::new();
    if let Ok(file) = std::fs::File::open(format!("/proc/{pid}/net/{file}")) {
        let _ = std::io::Read::read_to_end(&mut std::io::Read::take(file, SOCKETS_MAX), &mut text);
    }
    text
}

/// How many files a process has open, and which of them are sockets; `None` where this user may not look.
fn sockets(pid: u32) -> Option<(u64, HashSet<u64>)> {
    let mut count = 0;
    let mut sockets = HashSet::new();
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.flatten() {
        count += 1;
        if count <= LINKS_MAX
            && let Ok(link) = std::fs::read_link(entry.path())
        {
            sockets.extend(parse::socket_inode(link.as_os_str().as_bytes()));
        }
    }
    Some((count as u64, sockets))
}

fn read_at(
    folder: BorrowedFd<'_>,
    path: &mut Vec<u8>,
    text: &mut [u8],
    pid: u32,
    file: &str,
) -> Option<usize> {
    path.clear();
    write!(path, "{pid}/{file}\0").ok()?;
    let path = std::ffi::CStr::from_bytes_with_nul(path).ok()?;
    let fd = rustix::fs::openat(folder, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    rustix::io::read(&fd, text).ok()
}

fn boot() -> Boot {
    let id = read_small("/proc/sys/kernel/random/boot_id", 64).unwrap_or_default();
    let memory = std::fs::read("/proc/meminfo").ok().and_then(|text| {
        let line =
            crate::kernel::text::lines(&text).find_map(|line| line.strip_prefix(b"MemTotal:"))?.to_vec();
        crate::kernel::text::words(&line).next().and_then(crate::kernel::text::number)
    });
    Boot {
        id: id.get(..8).and_then(|start| u32::from_str_radix(start, 16).ok()).unwrap_or(0),
        ticks_per_second: rustix::param::clock_ticks_per_second(),
        page_bytes: rustix::param::page_size() as u64,
        memory_bytes: memory.unwrap_or(0) * 1024,
        cores: std::thread::available_parallelism().map_or(1, usize::from),
    }
}

impl Table for Proc {
    fn scan(&mut self, io: bool, rows: &mut Vec<Row>) {
        rows.clear();
        self.pids(|proc, pid| {
            let Some(stat) = proc.read(pid, "stat", 1024).and_then(parse::stat) else { return };
            let io = if io && !stat.kernel { proc.read(pid, "io", 512).and_then(parse::io) } else { None };
            rows.push(Row { stat, io });
        });
        // The kernel lists them so; two passes are compared by walking both.
        rows.sort_unstable_by_key(|row| row.stat.pid);
    }

    fn know(&mut self, stat: &parse::Stat, want: Want, known: &mut Known) {
        if want.command && known.command.is_none() {
            let command = self.read(stat.pid, "cmdline", COMMAND_MAX).map(parse::command);
            known.command = Some(command.unwrap_or_default().into());
        }
        if want.user && known.user.is_none() {
            known.user = self.read(stat.pid, "status", TEXT).and_then(parse::user);
        }
        if want.owner && known.owner.is_none() {
            let text = self.read(stat.pid, "cgroup", TEXT);
            known.owner = text.and_then(cgroup::path_of).map(cgroup::Owner::of);
        }
    }

    fn sheet(&mut self, pid: u32) -> Sheet {
        let cgroup = self.read(pid, "cgroup", TEXT).and_then(cgroup::path_of).map(str::to_owned);
        let open_files_max = self.read(pid, "limits", TEXT).and_then(parse::open_files_max);
        let io = self.read(pid, "io", 512).and_then(parse::io);
        let open = sockets(pid);
        let open_files = open.as_ref().map(|(count, _)| *count);
        let ports = open.map(|(_, sockets)| self.ports(pid, &sockets));
        Sheet { cgroup, open_files, open_files_max, ports, io }
    }

    fn waiting_on(&mut self, port: u16) -> Vec<u32> {
        let mut wanted = HashSet::new();
        for (file, udp) in SOCKET_TABLES {
            let text = socket_table("self", file);
            let waiting = parse::waiting(&text, udp).filter(|(_, other)| other.port == port);
            wanted.extend(waiting.map(|(inode, _)| inode));
        }
        let mut found = Vec::new();
        if !wanted.is_empty() {
            self.pids(|_, pid| {
                let holds = |(_, open): (u64, HashSet<u64>)| !open.is_disjoint(&wanted);
                found.extend(sockets(pid).is_some_and(holds).then_some(pid));
            });
        }
        found.sort_unstable();
        found
    }

    fn group_memory(&mut self) -> Vec<(cgroup::Owner, u64)> {
        let table = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
        let usage = cgroup::Hierarchies::find(&mounts::parse(&table)).usage();
        usage.into_iter().filter_map(|usage| Some((usage.owner.clone(), usage.working_bytes()?))).collect()
    }

    fn user_name(&mut self, user: u32) -> String {
        self.users.name(user)
    }

    fn boot(&self) -> Boot {
        self.boot
    }

    fn uptime_s(&mut self) -> f64 {
        let text = read_small("/proc/uptime", 64).unwrap_or_default();
        let first = text.split_whitespace().next().and_then(|first| first.parse().ok());
        first.unwrap_or(0.0)
    }

    fn rest(&mut self) {
        self.users.forget();
        (self.names, self.text) = (Vec::new(), Vec::new());
    }
}

/// Sends real signals.
#[derive(Debug, Clone, Copy)]
pub struct Pidfds {
    boot: u32,
}

impl Pidfds {
    pub fn new() -> Pidfds {
        Pidfds { boot: boot().id }
    }

    /// Holds on to the process, then makes sure that it is the one that is meant.
    fn hold(&self, id: ProcessId) -> Result<OwnedFd, Refused> {
        if id.boot != self.boot {
            return Err(Refused::Gone);
        }
        if id.pid == std::process::id() {
            return Err(Refused::Own);
        }
        let pid = i32::try_from(id.pid).ok().and_then(Pid::from_raw).ok_or(Refused::Gone)?;
        if pid == Pid::INIT {
            return Err(Refused::Init);
        }
        let held = pidfd_open(pid, PidfdFlags::NONBLOCK).or_else(|error| match error {
            // NONBLOCK came with Linux 5.10.
            Errno::INVAL => pidfd_open(pid, PidfdFlags::empty()),
            other => Err(other),
        });
        let held = held.map_err(refused)?;
        let text = std::fs::read(format!("/proc/{}/stat", id.pid)).map_err(|_| Refused::Gone)?;
        let now = parse::stat(&text).ok_or(Refused::Gone)?;
        if now.start_ticks != id.start_ticks {
            return Err(Refused::Gone);
        }
        if now.kernel {
            return Err(Refused::KernelThread);
        }
        Ok(held)
    }
}

impl Default for Pidfds {
    fn default() -> Pidfds {
        Pidfds::new()
    }
}

impl Signals for Pidfds {
    fn send(&self, id: ProcessId, signal: Signal) -> Result<Ending, Refused> {
        let held = self.hold(id)?;
        let signal = match signal {
            Signal::Term => rustix::process::Signal::TERM,
            Signal::Kill => rustix::process::Signal::KILL,
            Signal::Hup => rustix::process::Signal::HUP,
            Signal::Stop => rustix::process::Signal::STOP,
            Signal::Cont => rustix::process::Signal::CONT,
        };
        pidfd_send_signal(&held, signal).map_err(refused)?;
        // Readable when it has ended.
        #[expect(
            deprecated,
            reason = "unsound for types that may lose their descriptor; an OwnedFd keeps it"
        )]
        let watched = AsyncFd::with_interest(held, Interest::READABLE);
        let watched = watched.map_err(|error| Refused::Failed(error.to_string()))?;
        Ok(Box::pin(async move {
            let _ = watched.readable().await;
        }))
    }
}

fn refused(error: Errno) -> Refused {
    match error {
        Errno::SRCH => Refused::Gone,
        Errno::PERM | Errno::ACCESS => Refused::NotAllowed,
        Errno::NOSYS => Refused::TooOld,
        other => Refused::Failed(std::io::Error::from(other).to_string()),
    }
}

#[cfg(test)]
#[path = "linux_tests.rs"]
mod tests;
