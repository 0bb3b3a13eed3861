//! One sample of the machine beside sysinfo's, in turn, in one run. `cargo bench --bench sample`.
//!
//! Both read processor, memory, load, disks' and interfaces' counters, temperatures and how full the file systems are;
//! ours reads pressure and uptime too. "Pass" is the reading alone, "sample" with everything the daemon does of it.
#![expect(clippy::disallowed_types, reason = "a bench measures real time")]

use std::{hint::black_box, time::Duration, time::Instant};

use cockpit_bot::subsystems::metrics::{
    config::Config,
    linux::Linux,
    machine::{Machine, Probe},
    raw::Raw,
    state::{Moment, State},
};
use jiff::Timestamp;

const ROUNDS: usize = 2000;

fn main() {
    let mut ours = Ours::new();
    let mut theirs = Theirs::new();
    let (mut passes, mut samples, mut peers) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        passes.push(timed(|| ours.pass()));
        samples.push(timed(|| ours.sample(round)));
        peers.push(timed(|| theirs.sample()));
    }
    let first = median(&mut passes);
    println!("one sample of this machine, median and 95th of 100 over {ROUNDS} rounds in turn");
    println!("{:26} {:>8} {:>8} {:>8}", "", "µs", "p95", "ratio");
    for (name, times) in
        [("cockpit, pass", passes), ("cockpit, sample", samples), ("sysinfo, the same", peers)]
    {
        let mut times = times;
        let middle = median(&mut times);
        let late = times[times.len() * 95 / 100];
        println!("{name:26} {middle:8.1} {late:8.1} {:7.2}×", middle / first);
    }
    println!("ring after {ROUNDS} samples: {} KiB", ours.state.ring.bytes() / 1024);
}

fn timed(work: impl FnOnce()) -> f64 {
    let before = Instant::now();
    work();
    before.elapsed().as_secs_f64() * 1e6
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

struct Ours {
    probe: Box<dyn Probe>,
    raw: Raw,
    state: State,
}

impl Ours {
    fn new() -> Ours {
        let machine = Linux::default();
        let mut probe = machine.probe();
        probe.watch(machine.sensors());
        Ours { probe, raw: Raw::default(), state: State::new(Config::default()) }
    }

    fn pass(&mut self) {
        self.probe.read(&mut self.raw);
        black_box(&self.raw);
    }

    fn sample(&mut self, round: usize) {
        self.probe.read(&mut self.raw);
        let seconds = round as u64 * 5;
        let wall = Timestamp::from_second(1_748_736_000 + seconds as i64).expect("a time of day");
        let now = Moment { wall, mono: Duration::from_secs(seconds) };
        let mut effects = Vec::new();
        self.raw = self.state.sampled(std::mem::take(&mut self.raw), now, &mut effects);
        black_box(effects);
    }
}

struct Theirs {
    system: sysinfo::System,
    networks: sysinfo::Networks,
    disks: sysinfo::Disks,
    components: sysinfo::Components,
}

impl Theirs {
    fn new() -> Theirs {
        Theirs {
            system: sysinfo::System::new().expect("a system"),
            networks: sysinfo::Networks::new_with_refreshed_list().expect("networks"),
            disks: sysinfo::Disks::new_with_refreshed_list().expect("disks"),
            components: sysinfo::Components::new_with_refreshed_list().expect("components"),
        }
    }

    fn sample(&mut self) {
        self.system.refresh_cpu_usage();
        self.system.refresh_memory();
        self.networks.refresh(true);
        self.disks.refresh(true);
        self.components.refresh(true);
        black_box(sysinfo::System::load_average().ok());
        black_box(&self.system);
    }
}
