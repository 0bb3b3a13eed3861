//! The table of processes at 200, 1,000 and 5,000 of them, beside sysinfo and `ps`, in turn, in one run.
//! `cargo bench --bench processes [-- COUNT…]`. The processes are sleeping children of this program.
//!
//! What is compared is processor time, user and system together: that of this thread for ours and sysinfo, that of the
//! child for `ps`, whose start is counted with it (its floor is the line of 200).
#![expect(clippy::disallowed_methods, reason = "a bench starts its peers and what they look at")]

use std::{
    hint::black_box,
    process::{Child, Command, Stdio},
};

use cockpit_bot::subsystems::processes::{
    linux::Proc,
    table::{Known, Row, Table, Want},
};

const ROUNDS: usize = 15;

fn main() {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let counts = if asked.is_empty() { vec![200, 1000, 5000] } else { asked };
    println!("processor time of one table, median of {ROUNDS} rounds in turn");
    println!("{:>6} {:28} {:>9} {:>11} {:>8}", "", "", "ms", "µs/process", "ratio");
    let mut crowd = Crowd(Vec::new());
    for count in counts {
        crowd.grow_to(count);
        measure();
    }
}

/// Children that sleep; ended with it.
struct Crowd(Vec<Child>);

impl Crowd {
    fn grow_to(&mut self, count: usize) {
        let there = scan(&mut Proc::new(), false, &mut Vec::new());
        for _ in there..count {
            let quiet = |command: &mut Command| {
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
            };
            self.0.push(quiet(Command::new("sleep").arg("3600")).expect("room for one more process"));
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|child| drop(child.kill()));
        self.0.iter_mut().for_each(|child| drop(child.wait()));
    }
}

fn scan(proc: &mut Proc, io: bool, rows: &mut Vec<Row>) -> usize {
    proc.scan(io, rows);
    rows.len()
}

fn measure() {
    let mut proc = Proc::new();
    let mut rows = Vec::new();
    let count = scan(&mut proc, false, &mut rows);
    let mut system = sysinfo::System::new().expect("a system");
    let kind = sysinfo::ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
    let mut refresh = || system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::All, true, kind);
    refresh();
    let (mut own, mut with_io, mut first, mut peer, mut ps) = (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        own.push(thread_ms(|| proc.scan(false, &mut rows)));
        with_io.push(thread_ms(|| proc.scan(true, &mut rows)));
        first.push(thread_ms(|| know_all(&mut proc, &rows)));
        peer.push(thread_ms(|| {
            black_box(refresh());
        }));
        ps.push(children_ms(|| {
            let args = ["-e", "-o", "pid,ppid,comm,time,rss"];
            let status = Command::new("ps").args(args).stdout(Stdio::null()).status();
            assert!(status.is_ok_and(|status| status.success()), "there is a ps");
        }));
    }
    // The kernel counts a child's time in ticks of 10 ms: only the mean of many says something.
    let ps_mean = ps.iter().sum::<f64>() / ps.len() as f64;
    let floor = median(&mut own);
    let lines = [
        ("cockpit, one pass", floor),
        ("cockpit, with disk I/O", median(&mut with_io)),
        ("cockpit, all once (see below)", median(&mut first)),
        ("sysinfo, CPU and memory", median(&mut peer)),
        ("ps, the same columns (mean)", ps_mean),
    ];
    for (name, ms) in lines {
        println!("{count:6} {name:28} {ms:9.2} {:11.1} {:7.2}×", ms * 1000.0 / count as f64, ms / floor);
    }
}

/// Command line, user and control group of every process: what a search pays once, and for new processes after.
fn know_all(proc: &mut Proc, rows: &[Row]) {
    for row in rows {
        let mut known = Known::default();
        proc.know(&row.stat, Want::ALL, &mut known);
        black_box(known);
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Time on a processor of this thread, which is the only one.
fn thread_ms(work: impl FnOnce()) -> f64 {
    let spent = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("schedstat");
        text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).expect("nanoseconds") / 1e6
    };
    let before = spent();
    work();
    spent() - before
}

/// Processor time of the children that ended meanwhile.
fn children_ms(work: impl FnOnce()) -> f64 {
    let spent = || {
        let text = std::fs::read_to_string("/proc/self/stat").expect("stat");
        let fields: Vec<&str> = text[text.rfind(')').expect("a name")..].split(' ').collect();
        let ticks = |nth: usize| fields[nth].parse::<f64>().expect("ticks");
        (ticks(14) + ticks(15)) * 10.0
    };
    let before = spent();
    work();
    spent() - before
}
