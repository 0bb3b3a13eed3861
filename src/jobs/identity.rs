//! Which process it was: pid, start time and boot together are never used twice. Kept on the disk while a program
//! works for a job, so that after a crash of Cockpit it can be found again, and stopped without hitting another.

use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    pub pid: i32,
    /// Clock ticks from boot to its start, from `/proc/<pid>/stat`.
    pub start_ticks: u64,
    /// `/proc/sys/kernel/random/boot_id`.
    pub boot_id: String,
}

/// The fields of `/proc/<pid>/stat` that tell one process from another.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    state: char,
    group: i32,
    start_ticks: u64,
}

impl ProcessIdentity {
    /// Of a process that runs now. `None` where it has already gone or `/proc` cannot be read.
    pub fn of(pid: u32) -> Option<ProcessIdentity> {
        let pid = i32::try_from(pid).ok()?;
        let stat = stat(pid)?;
        Some(ProcessIdentity { pid, start_ticks: stat.start_ticks, boot_id: boot_id()? })
    }

    /// Whether this very process still runs. One that has ended and waits to be collected does not.
    pub fn is_alive(&self) -> bool {
        self.stat().is_some()
    }

    fn stat(&self) -> Option<Stat> {
        if boot_id()? != self.boot_id {
            return None;
        }
        stat(self.pid).filter(|stat| stat.start_ticks == self.start_ticks && !matches!(stat.state, 'Z' | 'X'))
    }

    /// Signals its whole group where it leads one (as programs of jobs do), else itself alone. `false`: it has gone.
    pub fn signal(&self, signal: Signal) -> bool {
        let Some(pid) = Pid::from_raw(self.pid) else { return false };
        let Some(stat) = self.stat() else { return false };
        if stat.group == self.pid {
            rustix::process::kill_process_group(pid, signal).is_ok()
        } else {
            rustix::process::kill_process(pid, signal).is_ok()
        }
    }
}

fn boot_id() -> Option<String> {
    Some(std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned())
}

fn stat(pid: i32) -> Option<Stat> {
    parse(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// The name stands in brackets and may hold anything, brackets too: the last one ends it.
fn parse(text: &[u8]) -> Option<Stat> {
    let after = text.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(&text[after + 1..]).ok()?;
    // proc(5): state is the 3rd field, the group the 5th, the start time the 22nd.
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    let group = fields.nth(1)?.parse().ok()?;
    let start_ticks = fields.nth(16)?.parse().ok()?;
    Some(Stat { state, group, start_ticks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_misleads_nobody() {
        let line = b"42 (a) R 1 (b) S 1 77 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 200 18446744073709551615\n";
        assert_eq!(parse(line), Some(Stat { state: 'S', group: 77, start_ticks: 987_654 }));
        assert_eq!(parse(b""), None);
        assert_eq!(parse(b"42 (cut) S 1"), None);
    }

    #[test]
    fn we_are_alive_and_another_start_time_is_another_process() {
        let me = ProcessIdentity::of(std::process::id()).expect("/proc");
        assert!(me.is_alive());
        assert!(!ProcessIdentity { start_ticks: me.start_ticks + 1, ..me.clone() }.is_alive());
        assert!(!ProcessIdentity { boot_id: "another".into(), ..me.clone() }.is_alive());
        assert!(!ProcessIdentity { start_ticks: me.start_ticks + 1, ..me }.signal(Signal::INT));
    }
}
