//! Simulated processes with state, for `--sim` and for tests: a small server's, one of which ignores TERM, and failures
//! to play with. They go on by the clock they are given.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::{
    parse::{Io, Name, Port, Stat},
    table::{Boot, Ending, Known, Refused, Row, Sheet, Signal, Signals, Table, Want},
};
use crate::{domain::Clock, intent::processes::ProcessId, kernel::cgroup::Owner};

/// As the boot id of the simulated machine begins.
pub const BOOT: u32 = 0x5e1f_0c2a;
const TICKS: u64 = 100;
const PAGE: u64 = 4096;
const UP_S: f64 = 12.0 * 86_400.0 + 4.0 * 3600.0;

/// All clones are the same processes.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<Inner>>,
}

struct Inner {
    started: f64,
    at: f64,
    processes: BTreeMap<u32, One>,
}

/// One simulated process.
struct One {
    stat: Stat,
    /// Percent of one core.
    cpu: f64,
    /// Spent since its start, seconds.
    spent: f64,
    mib: f64,
    command: &'static str,
    user: u32,
    owner: Owner,
    ports: Vec<u16>,
    stubborn: bool,
    io: Io,
    over: watch::Sender<bool>,
}

impl World {
    pub fn new(clock: Arc<dyn Clock>) -> World {
        let now = clock.now().as_millisecond() as f64 / 1000.0;
        let world = World {
            clock,
            state: Arc::new(Mutex::new(Inner { started: now, at: now, processes: BTreeMap::new() })),
        };
        world.populate();
        world
    }

    /// One that does some work; gives its pid.
    pub fn start(&self, name: &str, command: &'static str, cpu: f64, mib: f64, owner: Owner) -> u32 {
        let now = self.now();
        let mut inner = self.lock();
        let pid = inner.processes.keys().last().map_or(1, |last| last + 7);
        let start_ticks = ((UP_S + now - inner.started) * TICKS as f64) as u64;
        inner.add(pid, 1, start_ticks, (name, command), (cpu, mib), owner);
        pid
    }

    /// It ends by itself.
    pub fn end(&self, pid: u32) {
        if let Some(one) = self.lock().processes.remove(&pid) {
            one.over.send_replace(true);
        }
    }

    /// Another process takes a pid that was used.
    pub fn reuse(&self, pid: u32) {
        self.end(pid);
        let now = self.now();
        let mut inner = self.lock();
        let start_ticks = ((UP_S + 3600.0 + now - inner.started) * TICKS as f64) as u64;
        inner.add(pid, 1, start_ticks, ("innocent", "innocent --bystander"), (0.1, 3.0), Owner::Nobody);
    }

    /// A program takes all cores, or is gone again.
    pub fn hog(&self, on: bool) {
        self.toggle(on, "stress", "stress --cpu 4", 380.0, 12.0);
    }

    /// A program takes the memory, or is gone again.
    pub fn leak(&self, on: bool) {
        self.toggle(on, "leaky", "leaky --forever", 12.0, 2300.0);
    }

    fn toggle(&self, on: bool, name: &str, command: &'static str, cpu: f64, mib: f64) {
        let known: Vec<u32> = {
            let inner = self.lock();
            inner.processes.values().filter(|one| one.command == command).map(|one| one.stat.pid).collect()
        };
        known.into_iter().for_each(|pid| self.end(pid));
        if on {
            self.start(name, command, cpu, mib, Owner::Unit("worker@1.service".into()));
        }
    }

    fn now(&self) -> f64 {
        self.clock.now().as_millisecond() as f64 / 1000.0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn populate(&self) {
        let unit = |name: &str| Owner::Unit(name.to_owned());
        let n8n = "dd74f301ef5235361e02880e8a415d6ce9c6688fefa79ef3f63e2493fdfea279";
        let mut inner = self.lock();
        let mut add = |pid, parent, names, work, owner, user, ports: &[u16]| {
            let one = inner.add(pid, parent, u64::from(pid) * 13, names, work, owner);
            one.user = user;
            one.ports = ports.to_vec();
        };
        add(1, 0, ("systemd", "/sbin/init"), (0.1, 12.0), unit("init.scope"), 0, &[]);
        add(2, 0, ("kthreadd", ""), (0.0, 0.0), Owner::Nobody, 0, &[]);
        add(15, 2, ("kworker/0:1-events", ""), (0.3, 0.0), Owner::Nobody, 0, &[]);
        add(
            310,
            1,
            ("systemd-journal", "/lib/systemd/systemd-journald"),
            (0.2, 38.0),
            unit("systemd-journald.service"),
            0,
            &[],
        );
        add(512, 1, ("sshd", "sshd: /usr/sbin/sshd -D"), (0.0, 9.0), unit("ssh.service"), 0, &[22]);
        add(640, 1, ("dockerd", "/usr/bin/dockerd -H fd://"), (1.4, 96.0), unit("docker.service"), 0, &[]);
        add(
            700,
            1,
            ("nginx", "nginx: master process /usr/sbin/nginx"),
            (0.0, 6.0),
            unit("nginx.service"),
            0,
            &[80, 443],
        );
        for worker in 0..4 {
            add(
                701 + worker,
                700,
                ("nginx", "nginx: worker process"),
                (0.7, 22.0),
                unit("nginx.service"),
                33,
                &[80, 443],
            );
        }
        add(
            810,
            1,
            ("postgres", "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main"),
            (0.4, 180.0),
            unit("postgresql.service"),
            113,
            &[5432],
        );
        for backend in 0..9 {
            add(
                820 + backend,
                810,
                ("postgres", "postgres: n8n n8n [local] idle"),
                (0.5, 96.0),
                unit("postgresql.service"),
                113,
                &[],
            );
        }
        add(
            960,
            640,
            ("node", "node /usr/local/bin/n8n start --webhook-url https://n8n.example"),
            (3.9, 1843.0),
            Owner::Container(n8n.into()),
            1000,
            &[5678],
        );
        add(1200, 512, ("sshd", "sshd: dre@pts/0"), (0.0, 7.0), Owner::User(1000), 0, &[]);
        add(1201, 1200, ("bash", "-bash"), (0.0, 5.0), Owner::User(1000), 1000, &[]);
        add(1300, 1201, ("vim", "vim notes.md"), (0.1, 14.0), Owner::User(1000), 1000, &[]);
        add(
            1400,
            1,
            ("stubborn", "/opt/stubborn/run --password=hunter2 --no-term"),
            (2.0, 55.0),
            unit("stubborn.service"),
            1000,
            &[9100],
        );
        for (pid, one) in &mut inner.processes {
            one.stubborn = *pid == 1400;
            one.stat.kernel = matches!(pid, 2 | 15);
            one.spent = one.cpu * 2000.0;
        }
    }
}

impl Inner {
    fn add(
        &mut self,
        pid: u32,
        parent: u32,
        start_ticks: u64,
        (name, command): (&str, &'static str),
        (cpu, mib): (f64, f64),
        owner: Owner,
    ) -> &mut One {
        let stat = Stat {
            pid,
            parent,
            state: b'S',
            kernel: false,
            name: Name::new(name.as_bytes()),
            spent_ticks: 0,
            threads: if mib > 500.0 { 11 } else { 1 },
            nice: 0,
            start_ticks,
            resident_pages: 0,
        };
        let one = One {
            stat,
            cpu,
            spent: 0.0,
            mib,
            command,
            user: 0,
            owner,
            ports: Vec::new(),
            stubborn: false,
            io: Io::default(),
            over: watch::Sender::new(false),
        };
        self.processes.entry(pid).insert_entry(one).into_mut()
    }

    fn advance(&mut self, now: f64) {
        let step = (now - self.at).clamp(0.0, 3600.0);
        self.at = now;
        for one in self.processes.values_mut().filter(|one| one.stat.state != b'T') {
            one.spent += one.cpu / 100.0 * step;
            one.io.written += (one.cpu * step * 40_000.0) as u64;
            one.io.read += (one.cpu * step * 9000.0) as u64;
            one.stat.spent_ticks = (one.spent * TICKS as f64).round() as u64;
            one.stat.resident_pages = (one.mib * 1_048_576.0) as u64 / PAGE;
        }
    }
}

impl Table for World {
    fn scan(&mut self, io: bool, rows: &mut Vec<Row>) {
        let now = self.now();
        let mut inner = self.lock();
        inner.advance(now);
        rows.clear();
        rows.extend(inner.processes.values().map(|one| Row { stat: one.stat, io: io.then_some(one.io) }));
    }

    fn know(&mut self, stat: &Stat, want: Want, known: &mut Known) {
        let inner = self.lock();
        let Some(one) = inner.processes.get(&stat.pid) else { return };
        if want.command {
            known.command = Some(super::parse::command(one.command.replace(' ', "\0").as_bytes()).into());
        }
        known.user = known.user.or(Some(one.user).filter(|_| want.user));
        known.owner = known.owner.take().or_else(|| want.owner.then(|| one.owner.clone()));
    }

    fn sheet(&mut self, pid: u32) -> Sheet {
        let inner = self.lock();
        let Some(one) = inner.processes.get(&pid) else { return Sheet::default() };
        let cgroup = match &one.owner {
            Owner::Unit(unit) => format!("/system.slice/{unit}"),
            Owner::Container(id) => format!("/system.slice/docker-{id}.scope"),
            Owner::User(user) => format!("/user.slice/user-{user}.slice"),
            Owner::Nobody => "/".to_owned(),
        };
        let ports = one.ports.iter().map(|port| Port { port: *port, udp: false, local: *port == 5432 });
        Sheet {
            cgroup: Some(cgroup),
            open_files: Some(12 + u64::from(pid % 90)),
            open_files_max: Some(1024),
            ports: Some(ports.collect()),
            io: Some(one.io),
        }
    }

    fn waiting_on(&mut self, port: u16) -> Vec<u32> {
        let inner = self.lock();
        inner.processes.values().filter(|one| one.ports.contains(&port)).map(|one| one.stat.pid).collect()
    }

    fn group_memory(&mut self) -> Vec<(Owner, u64)> {
        vec![(Owner::Unit("postgresql.service".into()), 612 << 20)]
    }

    fn user_name(&mut self, user: u32) -> String {
        match user {
            0 => "root".into(),
            33 => "www-data".into(),
            113 => "postgres".into(),
            1000 => "dre".into(),
            other => other.to_string(),
        }
    }

    fn boot(&self) -> Boot {
        let memory_bytes = (7.7 * f64::from(1 << 30)) as u64;
        Boot { id: BOOT, ticks_per_second: TICKS, page_bytes: PAGE, memory_bytes, cores: 4 }
    }

    fn uptime_s(&mut self) -> f64 {
        UP_S + self.now() - self.lock().started
    }

    fn rest(&mut self) {}
}

impl Signals for World {
    fn send(&self, id: ProcessId, signal: Signal) -> Result<Ending, Refused> {
        let mut inner = self.lock();
        if id.pid == 1 {
            return Err(Refused::Init);
        }
        let known = inner.processes.get_mut(&id.pid);
        let one = known
            .filter(|one| one.stat.start_ticks == id.start_ticks && id.boot == BOOT)
            .ok_or(Refused::Gone)?;
        if one.stat.kernel {
            return Err(Refused::KernelThread);
        }
        match signal {
            Signal::Stop => one.stat.state = b'T',
            Signal::Cont => one.stat.state = b'S',
            Signal::Term | Signal::Hup if one.stubborn => {}
            // Programs of this world end at once, those that serve read their files again.
            Signal::Hup if !one.ports.is_empty() => {}
            Signal::Term | Signal::Kill | Signal::Hup => {
                one.over.send_replace(true);
                let mut over = one.over.subscribe();
                inner.processes.remove(&id.pid);
                return Ok(Box::pin(async move {
                    let _ = over.wait_for(|over| *over).await;
                }));
            }
        }
        let mut over = one.over.subscribe();
        Ok(Box::pin(async move {
            // The sender goes with the process.
            let _ = over.wait_for(|over| *over).await;
        }))
    }
}
