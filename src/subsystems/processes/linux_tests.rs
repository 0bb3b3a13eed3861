//! The real table against `ps`, and real signals to children of this test only.

use std::{
    os::unix::process::ExitStatusExt,
    process::{Child, Stdio},
    time::Duration,
};

use super::*;

/// A child that waits for input; ended when dropped.
struct Sleeper(Child);

impl Sleeper {
    fn start() -> Sleeper {
        #[expect(clippy::disallowed_methods, reason = "a test needs children of its own")]
        let cat =
            std::process::Command::new("cat").arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = cat.expect("there is a cat everywhere");
        // Its answer says that it is past its start: from now on nothing of it changes.
        child.stdin.as_mut().unwrap().write_all(b"x").unwrap();
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0]).unwrap();
        Sleeper(child)
    }

    fn id(&self) -> ProcessId {
        let stat = stat_of(self.0.id()).expect("it lives");
        ProcessId { pid: stat.pid, start_ticks: stat.start_ticks, boot: boot().id }
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().expect("it is our child").is_none()
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn stat_of(pid: u32) -> Option<parse::Stat> {
    parse::stat(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
}

fn scan() -> Vec<Row> {
    let mut rows = Vec::new();
    Proc::new().scan(true, &mut rows);
    rows
}

fn ps(args: &[&str]) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a test compares with the tool itself")]
    let out = std::process::Command::new("ps").args(args).output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not within ten seconds: {what}");
}

#[test]
fn a_child_is_as_ps_says() {
    let sleeper = Sleeper::start();
    let id = sleeper.id();
    let rows = scan();
    let row = rows[rows.binary_search_by_key(&id.pid, |row| row.stat.pid).expect("it is in the table")];
    assert_eq!((row.stat.start_ticks, row.stat.name.text().as_str()), (id.start_ticks, "cat"));
    assert!(row.io.is_some());
    let Some(text) = ps(&["-o", "ppid=,nlwp=,ni=,rss=,uid=,etimes=", "-p", &id.pid.to_string()]) else {
        println!("skipped: no ps on this machine");
        return;
    };
    let figures: Vec<i64> = text.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
    assert_eq!(
        figures[..3],
        [i64::from(row.stat.parent), i64::from(row.stat.threads), i64::from(row.stat.nice)]
    );
    // The kernel keeps this counter per core and adds it up roughly: 64 pages each.
    let resident_kib = (row.stat.resident_pages * boot().page_bytes / 1024) as i64;
    assert!(resident_kib.abs_diff(figures[3]) <= 512, "{resident_kib} and {}", figures[3]);
    let mut proc = Proc::new();
    let mut known = Known::default();
    proc.know(&row.stat, Want::ALL, &mut known);
    assert_eq!(known.user.map(i64::from), Some(figures[4]));
    assert_eq!(known.command.as_deref(), Some("cat -"));
    let age_s = proc.uptime_s() - row.stat.start_ticks as f64 / boot().ticks_per_second as f64;
    assert!((age_s - figures[5] as f64).abs() < 3.0, "{age_s} and {}", figures[5]);
}

#[test]
fn nobody_is_missing() {
    let pids = || -> Option<HashSet<u32>> {
        Some(ps(&["-e", "-o", "pid="])?.split_whitespace().filter_map(|pid| pid.parse().ok()).collect())
    };
    let Some(before) = pids() else {
        println!("skipped: no ps on this machine");
        return;
    };
    let rows = scan();
    let after = pids().unwrap();
    let seen: HashSet<u32> = rows.iter().map(|row| row.stat.pid).collect();
    let missing: Vec<&u32> = before.intersection(&after).filter(|pid| !seen.contains(pid)).collect();
    assert_eq!(missing, [] as [&u32; 0]);
    assert!(rows.is_sorted_by_key(|row| row.stat.pid));
}

#[tokio::test]
async fn a_signal_reaches_its_process_and_the_end_is_seen() {
    let mut sleeper = Sleeper::start();
    let ending = Pidfds::new().send(sleeper.id(), Signal::Term).unwrap();
    tokio::time::timeout(Duration::from_secs(10), ending).await.expect("it ends");
    let status = sleeper.0.wait().unwrap();
    assert_eq!(status.signal(), Some(15));
}

#[tokio::test]
async fn a_pid_that_was_used_again_is_not_hit() {
    let mut sleeper = Sleeper::start();
    let now = sleeper.id();
    let then = ProcessId { start_ticks: now.start_ticks - 1, ..now };
    for signal in [Signal::Term, Signal::Kill, Signal::Hup, Signal::Stop] {
        assert_eq!(Pidfds::new().send(then, signal).err(), Some(Refused::Gone));
    }
    let other_boot = ProcessId { boot: now.boot ^ 1, ..now };
    assert_eq!(Pidfds::new().send(other_boot, Signal::Kill).err(), Some(Refused::Gone));
    // Had one of them been sent, the next one would have found a dead or stopped process.
    eventually("it sleeps on", || stat_of(now.pid).is_some_and(|stat| stat.state == b'S')).await;
    assert!(sleeper.lives());
}

#[tokio::test]
async fn pausing_and_going_on_are_seen_in_its_state() {
    let mut sleeper = Sleeper::start();
    let id = sleeper.id();
    let state = |wanted: u8| move || stat_of(id.pid).is_some_and(|stat| stat.state == wanted);
    let signals = Pidfds::new();
    drop(signals.send(id, Signal::Stop).unwrap());
    eventually("paused", state(b'T')).await;
    drop(signals.send(id, Signal::Cont).unwrap());
    eventually("goes on", state(b'S')).await;
    assert!(sleeper.lives());
}

#[tokio::test]
async fn what_must_not_be_signalled_is_refused() {
    let id = |pid: u32| {
        let stat = stat_of(pid)?;
        Some(ProcessId { pid, start_ticks: stat.start_ticks, boot: boot().id })
    };
    // CONT, so that a fault here would do no harm.
    let send = |id: ProcessId| Pidfds::new().send(id, Signal::Cont).err();
    assert_eq!(send(id(std::process::id()).unwrap()), Some(Refused::Own));
    assert_eq!(send(ProcessId { pid: 1, start_ticks: 0, boot: boot().id }), Some(Refused::Init));
    match scan().iter().find(|row| row.stat.kernel) {
        Some(row) => assert_eq!(send(id(row.stat.pid).unwrap()), Some(Refused::KernelThread)),
        None => println!("skipped: no kernel threads are seen from here"),
    }
    let mut ended = Sleeper::start();
    let gone = ended.id();
    ended.0.kill().unwrap();
    ended.0.wait().unwrap();
    assert_eq!(send(gone), Some(Refused::Gone));
}

#[test]
fn own_ports_and_files_are_found() {
    let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    let sheet = Proc::new().sheet(std::process::id());
    let ports = sheet.ports.unwrap();
    let port = |port, udp, local| parse::Port { port, udp, local };
    assert!(ports.contains(&port(tcp.local_addr().unwrap().port(), false, true)), "{ports:?}");
    assert!(ports.contains(&port(udp.local_addr().unwrap().port(), true, false)), "{ports:?}");
    for port in [tcp.local_addr().unwrap().port(), udp.local_addr().unwrap().port()] {
        assert!(Proc::new().waiting_on(port).contains(&std::process::id()), "who waits on {port}");
    }
    assert!(sheet.open_files.unwrap() >= 5);
    assert!(sheet.open_files_max.unwrap() > sheet.open_files.unwrap());
    assert!(sheet.cgroup.is_some());
}

#[test]
fn a_child_that_ended_unnoticed_is_a_zombie() {
    let mut sleeper = Sleeper::start();
    let pid = sleeper.0.id();
    sleeper.0.kill().unwrap();
    // Its end is not waited for: it stays in the table.
    let became = (0..100_000).any(|_| stat_of(pid).is_some_and(|stat| stat.state == b'Z'));
    assert!(became);
    let rows = scan();
    let row = rows[rows.binary_search_by_key(&pid, |row| row.stat.pid).unwrap()];
    assert_eq!((row.stat.state, row.stat.resident_pages), (b'Z', 0));
}
