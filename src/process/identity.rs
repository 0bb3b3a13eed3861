//! Telling a process from another that got its number later: number, start time and boot together are unique.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub pid: u32,
    /// Clock ticks since boot, as the kernel counts them.
    pub start_ticks: u64,
    /// Of the kernel that ran then.
    pub boot_id: String,
}

impl Identity {
    /// `None` when there is no such process (any more), or `/proc` is not readable.
    pub fn of(pid: u32) -> Option<Identity> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let boot_id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let (state, start_ticks) = parse_stat(&stat)?;
        // A zombie has ended; only its parent has not looked yet.
        (state != "Z" && state != "X").then(|| Identity {
            pid,
            start_ticks,
            boot_id: boot_id.trim().to_owned(),
        })
    }

    /// Whether this very process still runs.
    pub fn alive(&self) -> bool {
        Identity::of(self.pid).as_ref() == Some(self)
    }

    /// Asks the process's group to end (SIGINT), if it is still this very process and leads its group.
    pub fn interrupt(&self) -> bool {
        self.signal(rustix::process::Signal::INT)
    }

    /// Ends the process's group at once (SIGKILL), as [`Identity::interrupt`].
    pub fn kill(&self) -> bool {
        self.signal(rustix::process::Signal::KILL)
    }

    fn signal(&self, signal: rustix::process::Signal) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw);
        let Some(pid) = pid.filter(|_| self.alive()) else { return false };
        let leads = rustix::process::getpgid(Some(pid)).is_ok_and(|group| group == pid);
        leads && rustix::process::kill_process_group(pid, signal).is_ok()
    }
}

/// State and start time of `/proc/PID/stat`. The name before them may hold anything, also ") ".
fn parse_stat(stat: &str) -> Option<(&str, u64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    // Field 22 of proc(5); the state is field 3.
    let start_ticks = fields.nth(18)?.parse().ok()?;
    Some((state, start_ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_time_is_found_behind_any_name() {
        let tail = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";
        for name in ["sh", "a) b", ") Z 1 2 (", ""] {
            assert_eq!(parse_stat(&format!("42 ({name}) {tail}")), Some(("S", 4711)), "{name:?}");
        }
        assert_eq!(parse_stat("42 (sh) S 1 2"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn this_process_is_itself_and_no_other() {
        let me = Identity::of(std::process::id()).expect("it runs");
        assert!(me.alive());
        assert!(!Identity { start_ticks: me.start_ticks + 1, ..me.clone() }.alive());
        assert!(!Identity { boot_id: "other".into(), ..me.clone() }.alive());
        // The kernel's limit on numbers is 2^22.
        assert_eq!(Identity::of(1 << 30), None);
    }
}
