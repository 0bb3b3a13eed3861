//! The search of the flight recorder (`audit::Reader`, the code behind the chat's *Search*) through 1 GiB of entries in
//! files as the recorder cuts them, beside ripgrep and grep over the same files, in turn, in one run:
//! `cargo bench --bench search [-- MIB]`. In any letters' case, newest first, as the screen asks. In the product one
//! search looks through the newest 256 MiB and says so; here through everything.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a bench measures and starts its peers"
)]

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use cockpit_bot::audit::Reader;

const ROUNDS: usize = 5;
const FILE_BYTES: u64 = 8 << 20;
const SHOWN: u32 = 8;

fn main() {
    let mib: u64 = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(1024);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let entries = generate(folder.path(), mib << 20);
    println!("{mib} MiB, {entries} entries, warm, median of {ROUNDS} rounds in turn, seconds");
    println!("{:44} {:>8} {:>8}", "", "s", "ratio");
    rare(folder.path());
    newest(folder.path());
}

/// One entry of all, early in the files: everything is looked through.
fn rare(folder: &Path) {
    let own = || {
        let found = Reader::new(folder.into()).search_within(u64::MAX, "needle.service", 0, SHOWN);
        assert_eq!(found.expect("files").lines.len(), 1);
    };
    let rg = peer("rg", &["-i", "-F", "-c", "--no-filename", "-j1", "needle.service"], folder);
    let grep = peer("grep", &["-i", "-F", "-c", "-r", "needle.service"], folder);
    table("a rare entry: cockpit", own, vec![("  rg -i -F -c -j1", rg), ("  grep -i -F -c", grep)]);
}

/// The newest eight of very many.
fn newest(folder: &Path) {
    let own = || {
        let found = Reader::new(folder.into()).search_within(u64::MAX, "unit-7", 0, SHOWN).expect("files");
        assert!(found.lines.len() == SHOWN as usize && found.more);
    };
    let mut tac = Command::new("sh");
    tac.arg("-c").arg("tac \"$1\"/audit.jsonl | grep -i -F -m 9 unit-7").arg("sh").arg(folder);
    tac.stdout(Stdio::null()).stderr(Stdio::null());
    table("the newest 8 of many: cockpit", own, vec![("  tac | grep -m 9 (newest file only)", tac)]);
}

fn table(name: &str, own: impl Fn(), peers: Vec<(&str, Command)>) {
    let mut times = Vec::new();
    let mut rows: Vec<(&str, Command, Vec<f64>)> =
        peers.into_iter().map(|(name, command)| (name, command, Vec::new())).collect();
    rows.retain_mut(|(name, command, _)| {
        let there = command.status().is_ok();
        if !there {
            println!("skipped: {} is not installed", name.trim());
        }
        there
    });
    own();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        own();
        times.push(started.elapsed().as_secs_f64());
        for (_, command, times) in &mut rows {
            let started = Instant::now();
            command.status().expect("it ran before");
            times.push(started.elapsed().as_secs_f64());
        }
    }
    let first = median(&times);
    println!("{name:44} {first:8.4}");
    for (name, _, times) in &rows {
        let time = median(times);
        println!("{name:44} {time:8.4} {:7.2}×", time / first);
    }
}

fn peer(program: &str, args: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(args).arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Entries in the shape of the recorder's; their seals are of the right length and are not looked at here.
fn generate(folder: &Path, bytes: u64) -> u64 {
    let verbs =
        ["services.restart", "services.start", "containers.restart", "crew.restart", "processes.signal"];
    let (mut seq, mut total) = (0u64, 0u64);
    let mut newest = folder.join("audit.jsonl");
    while total < bytes {
        newest = folder.join(format!("audit-{:012}.jsonl", seq + 1));
        let mut out = BufWriter::new(File::create(&newest).expect("room"));
        let mut size = 0;
        while size < FILE_BYTES && total < bytes {
            seq += 1;
            let subject =
                if seq == 1000 { "needle.service".into() } else { format!("unit-{}.service", seq % 997) };
            let verb = verbs[(seq % 5) as usize];
            let line = format!(
                "{{\"seq\":{seq},\"at\":\"2026-11-01T{:02}:{:02}:{:02}Z\",\"who\":{{\"pilot\":{{\"id\":1001,\
                 \"name\":\"Captain\"}}}},\"chat\":1001,\"op\":\"{seq:08x}\",\"verb\":\"{verb}\",\
                 \"subject\":\"{subject}\",\"outcome\":\"done\",\"details\":{{\"took_ms\":{}}},\
                 \"hash\":\"{:064x}\"}}\n",
                seq % 24,
                seq % 60,
                seq % 59,
                seq % 3000,
                seq.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            );
            out.write_all(line.as_bytes()).expect("room");
            size += line.len() as u64;
            total += line.len() as u64;
        }
    }
    // The newest file is the one that is written.
    std::fs::rename(newest, folder.join("audit.jsonl")).expect("room");
    seq
}
