//! Control groups, v1 and v2: whose processes they hold, and what they use. Reads only; a group that vanishes while it
//! is read is left out. At most [`GROUPS_MAX`] groups, [`DEPTH_MAX`] levels deep.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{
    file::{Buffer, KernelFile},
    mounts::Mount,
    text::{lines, number, words},
};

/// A machine with more services and containers than this is listed in part: the walk takes 40 µs each.
pub const GROUPS_MAX: usize = 2048;
const DEPTH_MAX: usize = 8;

/// To whom a process belongs, as its control group tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A systemd unit: "nginx.service", "init.scope".
    Unit(String),
    /// The engine's id of a container, or a name where the engine uses names (lxc, nspawn).
    Container(String),
    /// Everything in a person's sessions, by user id.
    User(u32),
    /// Kernel threads, and machines without services.
    Nobody,
}

impl Owner {
    const CONTAINER: &str = "container:";
    const USER: &str = "user:";

    /// From a path as `/proc/PID/cgroup` has it.
    pub fn of(path: &str) -> Owner {
        path.split('/').find_map(component).unwrap_or(Owner::Nobody)
    }

    pub fn parse(text: &str) -> Owner {
        if text.is_empty() {
            Owner::Nobody
        } else if let Some(id) = text.strip_prefix(Self::CONTAINER) {
            Owner::Container(id.to_owned())
        } else if let Some(uid) = text.strip_prefix(Self::USER).and_then(|uid| uid.parse().ok()) {
            Owner::User(uid)
        } else {
            Owner::Unit(text.to_owned())
        }
    }

    /// An id as people know it from the engine's lists: its first twelve digits.
    pub fn short_id(id: &str) -> &str {
        if is_id(id) { &id[..12] } else { id }
    }
}

/// As [`Owner::parse`] reads it: "nginx.service", "container:1f2e…", "user:1000".
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::Unit(name) => f.write_str(name),
            Owner::Container(id) => write!(f, "{}{id}", Self::CONTAINER),
            Owner::User(uid) => write!(f, "{}{uid}", Self::USER),
            Owner::Nobody => Ok(()),
        }
    }
}

/// What one folder of the tree says; `None` for slices and other folders that only hold more of them.
fn component(name: &str) -> Option<Owner> {
    if let Some(uid) = name.strip_prefix("user-").and_then(|rest| rest.strip_suffix(".slice")) {
        return uid.parse().ok().map(Owner::User);
    }
    if is_id(name) {
        return Some(Owner::Container(name.to_owned()));
    }
    if let Some(lxc) = name.strip_prefix("lxc.payload.") {
        return Some(Owner::Container(lxc.to_owned()));
    }
    if let Some(scope) = name.strip_suffix(".scope") {
        // docker-ID.scope, libpod-ID.scope, cri-containerd-ID.scope, crio-ID.scope
        let last = scope.rsplit('-').next().unwrap_or_default();
        if is_id(last) {
            return Some(Owner::Container(last.to_owned()));
        }
        if let Some(machine) = scope.strip_prefix("machine-") {
            return Some(Owner::Container(machine.to_owned()));
        }
        return Some(Owner::Unit(name.to_owned()));
    }
    const UNITS: [&str; 4] = [".service", ".socket", ".mount", ".swap"];
    UNITS.iter().any(|end| name.ends_with(end)).then(|| Owner::Unit(name.to_owned()))
}

fn is_id(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The path of a process in the hierarchy that systemd or the memory controller uses, of `/proc/PID/cgroup`.
pub fn path_of(text: &[u8]) -> Option<&str> {
    let mut best = None;
    let mut best_rank = 0;
    for line in lines(text) {
        let mut parts = line.splitn(3, |byte| *byte == b':');
        let (Some(id), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let rank = match (id, controllers) {
            (_, b"name=systemd") => 3,
            (_, list) if list.split(|byte| *byte == b',').any(|one| one == b"memory") => 2,
            (b"0", b"") => 1,
            _ => continue,
        };
        // The root says nothing where another hierarchy says something: containers of cgroupfs, sandboxes.
        let rank = if path == b"/" { rank } else { rank + 10 };
        if rank > best_rank {
            best = std::str::from_utf8(path).ok();
            best_rank = rank;
        }
    }
    best
}

/// What one group uses. `None` where its controller is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    pub owner: Owner,
    /// With the page cache, as `systemctl status` and the limit count it.
    pub memory_bytes: Option<u64>,
    /// File cache of it that the kernel drops first when it needs room.
    pub cache_bytes: Option<u64>,
    /// Processor time since the group was made, all cores together.
    pub cpu_us: Option<u64>,
}

impl Usage {
    /// Memory without the cache that can go at once, which is what grows when a program leaks.
    pub fn working_bytes(&self) -> Option<u64> {
        Some(self.memory_bytes?.saturating_sub(self.cache_bytes.unwrap_or(0)))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Controller {
    V1(PathBuf),
    V2(PathBuf),
}

/// Where this machine's hierarchies are mounted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hierarchies {
    memory: Option<Controller>,
    cpu: Option<Controller>,
}

impl Hierarchies {
    pub fn find(mounts: &[Mount]) -> Hierarchies {
        let v1 = |controller: &str| {
            let mut own = mounts.iter().filter(|mount| mount.fstype == "cgroup");
            own.find(|mount| mount.super_options.split(',').any(|option| option == controller))
                .map(|mount| Controller::V1(mount.path.clone()))
        };
        let v2 = || {
            mounts
                .iter()
                .find(|mount| mount.fstype == "cgroup2")
                .map(|mount| Controller::V2(mount.path.clone()))
        };
        Hierarchies { memory: v1("memory").or_else(v2), cpu: v1("cpuacct").or_else(v2) }
    }

    /// Every unit, container and user with groups of its own, in the order of the tree.
    pub fn usage(&self) -> Vec<Usage> {
        let mut found = Vec::new();
        let tree = match (&self.memory, &self.cpu) {
            (Some(tree), _) | (None, Some(tree)) => tree,
            (None, None) => return found,
        };
        self.walk(tree.root(), Path::new(""), 0, &mut Buffer::new(), &mut found);
        found
    }

    fn walk(&self, root: &Path, below: &Path, depth: usize, buffer: &mut Buffer, found: &mut Vec<Usage>) {
        let Ok(entries) = std::fs::read_dir(root.join(below)) else { return };
        for entry in entries.flatten() {
            if found.len() >= GROUPS_MAX || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            let path = below.join(entry.file_name());
            match entry.file_name().to_str().and_then(component) {
                Some(owner) => found.push(self.read(owner, &path, buffer)),
                None if depth < DEPTH_MAX => self.walk(root, &path, depth + 1, buffer, found),
                None => {}
            }
        }
    }

    fn read(&self, owner: Owner, path: &Path, buffer: &mut Buffer) -> Usage {
        let mut usage = Usage { owner, memory_bytes: None, cache_bytes: None, cpu_us: None };
        if let Some(memory) = &self.memory {
            let (current, cache) = match memory {
                Controller::V1(_) => ("memory.usage_in_bytes", &b"total_inactive_file"[..]),
                Controller::V2(_) => ("memory.current", &b"inactive_file"[..]),
            };
            let folder = memory.root().join(path);
            usage.memory_bytes = read(&folder.join(current), buffer, |text| number(text.trim_ascii()));
            if usage.memory_bytes.is_some() {
                usage.cache_bytes = read(&folder.join("memory.stat"), buffer, |text| named(text, cache));
            }
        }
        usage.cpu_us = match &self.cpu {
            Some(Controller::V1(root)) => {
                read(&root.join(path).join("cpuacct.usage"), buffer, |text| number(text.trim_ascii()))
                    .map(|ns| ns / 1000)
            }
            Some(Controller::V2(root)) => {
                read(&root.join(path).join("cpu.stat"), buffer, |text| named(text, b"usage_usec"))
            }
            None => None,
        };
        usage
    }
}

impl Controller {
    fn root(&self) -> &Path {
        match self {
            Controller::V1(root) | Controller::V2(root) => root,
        }
    }
}

fn read<T>(path: &Path, buffer: &mut Buffer, parse: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
    parse(KernelFile::record(path).ok()?.read(buffer).ok()?)
}

/// The number after a name at the start of a line.
fn named(text: &[u8], name: &[u8]) -> Option<u64> {
    lines(text).find_map(|line| {
        let mut words = words(line);
        (words.next()? == name).then(|| number(words.next()?))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::mounts;

    const ID: &str = "dd74f301ef5235361e02880e8a415d6ce9c6688fefa79ef3f63e2493fdfea279";

    #[test]
    fn a_path_tells_its_owner() {
        let unit = |name: &str| Owner::Unit(name.into());
        let container = || Owner::Container(ID.into());
        for (path, want) in [
            ("/system.slice/nginx.service".to_owned(), unit("nginx.service")),
            ("/system.slice/nginx.service/worker".to_owned(), unit("nginx.service")),
            ("/system.slice/system-getty.slice/getty@tty1.service".to_owned(), unit("getty@tty1.service")),
            ("/init.scope".to_owned(), unit("init.scope")),
            (format!("/system.slice/docker-{ID}.scope"), container()),
            (format!("/docker/{ID}"), container()),
            (format!("/machine.slice/libpod-{ID}.scope/container"), container()),
            (format!("/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope"), container()),
            ("/lxc.payload.web/system.slice".to_owned(), Owner::Container("web".into())),
            ("/machine.slice/machine-test.scope".to_owned(), Owner::Container("test".into())),
            ("/user.slice/user-1000.slice/session-3.scope".to_owned(), Owner::User(1000)),
            (
                "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service".to_owned(),
                Owner::User(1000),
            ),
            ("/".to_owned(), Owner::Nobody),
            (String::new(), Owner::Nobody),
        ] {
            assert_eq!(Owner::of(&path), want, "{path}");
            assert_eq!(Owner::parse(&want.to_string()), want, "{path}");
        }
    }

    #[test]
    fn the_path_that_says_most_is_taken() {
        for (text, want) in [
            ("0::/system.slice/ssh.service\n", "/system.slice/ssh.service"),
            ("9:name=systemd:/\n4:memory:/docker/x\n0::/\n", "/docker/x"),
            ("5:cpu,memory:/a\n1:name=systemd:/b:c\n", "/b:c"),
            ("9:name=systemd:/\n0::/\n", "/"),
        ] {
            assert_eq!(path_of(text.as_bytes()), Some(want), "{text:?}");
        }
        assert_eq!(path_of(b"junk"), None);
    }

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn mount_at(path: &Path, fstype: &str, options: &str) -> Mount {
        let line = format!("31 23 0:28 / {} rw - {fstype} {fstype} rw,{options}", path.display());
        mounts::parse(line.as_bytes()).remove(0)
    }

    #[test]
    fn a_v2_tree_is_summed_by_unit_and_user() {
        let nginx = "system.slice/nginx.service";
        let folder = tree(&[
            (&format!("{nginx}/memory.current"), "9000\n"),
            (&format!("{nginx}/memory.stat"), "anon 5\ninactive_file 4000\nactive_file 1\n"),
            (&format!("{nginx}/cpu.stat"), "usage_usec 123456\nuser_usec 1\n"),
            (&format!("{nginx}/inner.service/memory.current"), "1\n"),
            ("user.slice/user-1000.slice/memory.current", "77\n"),
            ("dev-hugepages.mount/cpu.stat", "usage_usec 5\n"),
        ]);
        let found = Hierarchies::find(&[mount_at(folder.path(), "cgroup2", "nsdelegate")]).usage();
        let of = |owner: &Owner| found.iter().find(|usage| usage.owner == *owner).unwrap();
        let nginx = of(&Owner::Unit("nginx.service".into()));
        assert_eq!(
            (nginx.memory_bytes, nginx.cache_bytes, nginx.cpu_us),
            (Some(9000), Some(4000), Some(123_456))
        );
        assert_eq!(nginx.working_bytes(), Some(5000));
        assert_eq!(of(&Owner::User(1000)).memory_bytes, Some(77));
        let mount = of(&Owner::Unit("dev-hugepages.mount".into()));
        assert_eq!((mount.memory_bytes, mount.cpu_us), (None, Some(5)));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_v1_tree_is_read_from_two_hierarchies() {
        let docker = format!("docker/{ID}");
        let memory = tree(&[
            (&format!("{docker}/memory.usage_in_bytes"), "5000\n"),
            (&format!("{docker}/memory.stat"), "inactive_file 1\ntotal_inactive_file 2000\n"),
        ]);
        let cpu = tree(&[(&format!("{docker}/cpuacct.usage"), "7000000\n")]);
        let found = Hierarchies::find(&[
            mount_at(cpu.path(), "cgroup", "cpu,cpuacct"),
            mount_at(memory.path(), "cgroup", "memory"),
            mount_at(Path::new("/nowhere"), "cgroup2", "x"),
        ])
        .usage();
        assert_eq!(
            found,
            [Usage {
                owner: Owner::Container(ID.into()),
                memory_bytes: Some(5000),
                cache_bytes: Some(2000),
                cpu_us: Some(7000)
            }]
        );
    }
}
