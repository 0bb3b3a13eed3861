//! The names of what is remembered. A name is written into the store once and never changes its meaning.

use std::{fmt, sync::Arc};

/// One line of history. Percentages are 0 to 100, sizes bytes, rates bytes per second, temperatures °C.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    /// All that is not idle and not waiting for disks.
    Cpu,
    CpuUser,
    CpuSystem,
    CpuIowait,
    CpuSteal,
    Core(u32),
    /// The average of one minute.
    Load,
    /// Total less available.
    MemoryUsed,
    /// Available less free: what the kernel gives back when asked.
    MemoryCache,
    SwapUsed,
    SwapIn,
    SwapOut,
    DiskRead,
    DiskWritten,
    NetReceived,
    NetSent,
    /// Share of time in which at least one task waited.
    WaitCpu,
    WaitMemory,
    WaitIo,
    /// By the path of the mount.
    DiskUsed(Arc<str>),
    DiskShare(Arc<str>),
    /// How many are in use.
    DiskInodes(Arc<str>),
    /// By the sensor's id.
    Heat(Arc<str>),
    /// By an owner, as [`crate::kernel::cgroup::Owner`] is written: memory without droppable cache.
    GroupMemory(Arc<str>),
    /// 100 is one core.
    GroupCpu(Arc<str>),
}

/// Those without a subject, with their names.
const PLAIN: [(&str, Series); 18] = [
    ("cpu", Series::Cpu),
    ("cpu.user", Series::CpuUser),
    ("cpu.system", Series::CpuSystem),
    ("cpu.iowait", Series::CpuIowait),
    ("cpu.steal", Series::CpuSteal),
    ("load", Series::Load),
    ("memory.used", Series::MemoryUsed),
    ("memory.cache", Series::MemoryCache),
    ("swap.used", Series::SwapUsed),
    ("swap.in", Series::SwapIn),
    ("swap.out", Series::SwapOut),
    ("disks.read", Series::DiskRead),
    ("disks.written", Series::DiskWritten),
    ("net.received", Series::NetReceived),
    ("net.sent", Series::NetSent),
    ("wait.cpu", Series::WaitCpu),
    ("wait.memory", Series::WaitMemory),
    ("wait.io", Series::WaitIo),
];

impl Series {
    pub fn parse(name: &str) -> Option<Series> {
        let Some((family, subject)) = name.split_once(' ') else {
            return PLAIN.iter().find(|(plain, _)| *plain == name).map(|(_, series)| series.clone());
        };
        Some(match family {
            "core" => Series::Core(subject.parse().ok()?),
            "disk.used" => Series::DiskUsed(subject.into()),
            "disk.share" => Series::DiskShare(subject.into()),
            "disk.inodes" => Series::DiskInodes(subject.into()),
            "heat" => Series::Heat(subject.into()),
            "group.memory" => Series::GroupMemory(subject.into()),
            "group.cpu" => Series::GroupCpu(subject.into()),
            _ => return None,
        })
    }

    /// Remembered for a year in quarters of an hour, not only for days in minutes. Services and containers come and
    /// go by the hundred, and cores are a matter of hours.
    pub fn is_lasting(&self) -> bool {
        !matches!(self, Series::Core(_) | Series::GroupMemory(_) | Series::GroupCpu(_))
    }

    /// Goes to the store at all; cores are kept in memory only.
    pub fn is_stored(&self) -> bool {
        !matches!(self, Series::Core(_))
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Series::Core(core) => write!(f, "core {core}"),
            Series::DiskUsed(path) => write!(f, "disk.used {path}"),
            Series::DiskShare(path) => write!(f, "disk.share {path}"),
            Series::DiskInodes(path) => write!(f, "disk.inodes {path}"),
            Series::Heat(id) => write!(f, "heat {id}"),
            Series::GroupMemory(owner) => write!(f, "group.memory {owner}"),
            Series::GroupCpu(owner) => write!(f, "group.cpu {owner}"),
            plain => {
                let (name, _) =
                    PLAIN.iter().find(|(_, series)| series == plain).expect("all others are plain");
                f.write_str(name)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        let named = |text: &str| {
            [
                Series::DiskUsed(text.into()),
                Series::DiskShare(text.into()),
                Series::DiskInodes(text.into()),
                Series::Heat(text.into()),
                Series::GroupMemory(text.into()),
                Series::GroupCpu(text.into()),
            ]
        };
        let plain = PLAIN.iter().map(|(_, series)| series.clone());
        let all = plain
            .chain([Series::Core(63)])
            .chain(named("/mnt/my disk"))
            .chain(named("coretemp Package id 0"));
        for series in all {
            assert_eq!(Series::parse(&series.to_string()), Some(series));
        }
        assert_eq!(Series::parse("cpu.nothing"), None);
        assert_eq!(Series::parse("core x"), None);
    }
}
