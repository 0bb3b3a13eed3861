//! How the machine's last life ended, as the journal of the boot before tells: in order, or without a word. Asked once
//! in the actor's life, and only where a journal outlives a restart; elsewhere it is unknown.

use std::time::Duration;

use jiff::Timestamp;

use crate::process::journal::{Entry, Journal, Order, Query, Since, TEXT_BYTES_MAX};

/// An orderly end writes less than this after it reached its target.
const LINES: usize = 120;
/// A large journal on a slow disk takes its time to find the boot.
const READ_MAX: Duration = Duration::from_secs(20);

/// How the last life ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastEnd {
    /// Restarted as somebody asked.
    Restarted,
    /// Switched off as somebody asked.
    SwitchedOff,
    /// In order; why is not told.
    Orderly,
    /// The kernel gave up, and said so.
    Panic { at: Option<Timestamp> },
    /// Nothing announced it: power loss, a hard reset, a crash. With the last sign of life.
    Abrupt { at: Option<Timestamp> },
}

/// `None` = unknown: no journal of the boot before, or nobody may read it.
pub async fn last_end(journal: &dyn Journal) -> Option<LastEnd> {
    let query = Query {
        unit: None,
        identifier: None,
        priority: None,
        since: Since::BootBefore,
        order: Order::Newest,
        text_bytes_max: TEXT_BYTES_MAX,
    };
    let read = async { journal.open(query).await.ok()?.take(LINES, READ_MAX, |_| true).await.ok() };
    let (newest_first, _) = tokio::time::timeout(READ_MAX, read).await.ok()??;
    of(&newest_first)
}

/// The last lines of a boot, newest first.
fn of(lines: &[Entry]) -> Option<LastEnd> {
    let at = lines.first()?.at;
    let said = |source: &str, words: &[&str]| {
        lines.iter().any(|line| {
            let by = line.source.as_deref() == Some(source);
            by && line.text.as_deref().is_some_and(|text| words.iter().any(|word| text.contains(word)))
        })
    };
    let reached = |names: &[&str]| {
        let words: Vec<String> = names.iter().map(|name| format!("Reached target {name}")).collect();
        said("systemd", &words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    Some(if reached(&["reboot.target", "kexec.target", "System Reboot", "Reboot"]) {
        LastEnd::Restarted
    } else if reached(&["poweroff.target", "halt.target", "System Power Off", "Power-Off", "Power Off"]) {
        LastEnd::SwitchedOff
    } else if said("systemd-logind", &["rebooting", "reboot NOW"]) {
        LastEnd::Restarted
    } else if said("systemd-logind", &["powering down", "power off NOW"]) {
        LastEnd::SwitchedOff
    } else if said("systemd-journald", &["Journal stopped"]) || said("systemd", &["Shutting down."]) {
        LastEnd::Orderly
    } else if said("kernel", &["Kernel panic"]) {
        LastEnd::Panic { at }
    } else {
        LastEnd::Abrupt { at }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(said: &[(&str, &str)]) -> Vec<Entry> {
        let entry = |(source, text): &(&str, &str)| Entry {
            at: Timestamp::from_second(1_748_736_000).ok(),
            priority: Some(6),
            source: Some((*source).into()),
            pid: Some(1),
            text: Some((*text).into()),
            cursor: None,
        };
        said.iter().map(entry).collect()
    }

    #[test]
    fn the_end_is_told_by_its_last_lines() {
        let at = Timestamp::from_second(1_748_736_000).ok();
        for (said, want) in [
            (
                &[
                    ("systemd-journald", "Journal stopped"),
                    ("systemd", "Shutting down."),
                    ("systemd", "Reached target reboot.target - System Reboot."),
                ][..],
                LastEnd::Restarted,
            ),
            (
                &[("systemd-journald", "Journal stopped"), ("systemd", "Reached target Power-Off.")],
                LastEnd::SwitchedOff,
            ),
            (&[("systemd", "Reached target poweroff.target - System Power Off.")], LastEnd::SwitchedOff),
            (&[("systemd-logind", "System is rebooting.")], LastEnd::Restarted),
            (&[("systemd-journald", "Journal stopped"), ("cron", "x")], LastEnd::Orderly),
            (&[("kernel", "Kernel panic - not syncing: Fatal exception")], LastEnd::Panic { at }),
            (&[("nginx", "request served"), ("cron", "(root) CMD (true)")], LastEnd::Abrupt { at }),
            // Anybody may write such words into the journal: only systemd's own count.
            (&[("nginx", "GET /?q=Reached target reboot.target")], LastEnd::Abrupt { at }),
        ] {
            assert_eq!(of(&lines(said)), Some(want), "{said:?}");
        }
        assert_eq!(of(&[]), None);
    }
}
