//! Answers over the simulated processes.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::*;
use crate::{domain::Clock, subsystems::processes::world::World};

struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Bench {
    engine: Engine,
    world: World,
    hand: Arc<Hand>,
    mono: Duration,
}

impl Bench {
    fn new() -> Bench {
        let hand = Arc::new(Hand(Mutex::new(Timestamp::constant(1_748_736_000, 0))));
        let world = World::new(hand.clone());
        let engine = Engine::new(Box::new(world.clone()));
        Bench { engine, world, hand, mono: Duration::from_secs(100) }
    }

    fn pass(&mut self, seconds: f64) {
        let passed = Duration::from_secs_f64(seconds);
        self.mono += passed;
        *self.hand.0.lock().unwrap() += jiff::SignedDuration::try_from(passed).unwrap();
    }

    /// As the actor does: a base first where one is needed.
    fn ask(&mut self, question: Question) -> Answer {
        let questions = [question];
        if self.engine.needs_base(self.mono, &questions) {
            self.engine.lay_base(self.mono, &questions);
            self.pass(0.5);
        }
        self.engine.answer(self.mono, &questions).remove(0)
    }

    fn top(&mut self, sort: Sort, which: Which) -> Top {
        let question = Question::Top { sort, which, page: 0, per_page: 100 };
        let Answer::Top(top) = self.ask(question) else { panic!("another answer") };
        top
    }

    fn process(&mut self, question: Question) -> Option<Box<Process>> {
        let Answer::Process(process) = self.ask(question) else { panic!("another answer") };
        process
    }
}

fn names(top: &Top) -> Vec<&str> {
    top.rows.iter().map(|row| row.name.as_str()).collect()
}

#[test]
fn a_share_is_over_a_real_interval() {
    let mut bench = Bench::new();
    let hog = bench.world.start("hog", "hog", 250.0, 5.0, Owner::Nobody);
    let of = |top: &Top| top.rows.iter().find(|row| row.id.pid == hog).and_then(|row| row.cpu);
    let top = bench.top(Sort::Cpu, Which::All);
    assert_eq!(names(&top)[0], "hog");
    assert!((245.0..255.0).contains(&of(&top).unwrap()), "{:?}", of(&top));
    bench.pass(2.0);
    assert!((249.0..251.0).contains(&of(&bench.top(Sort::Cpu, Which::All)).unwrap()));
}

#[test]
fn a_recent_pass_is_used_again_and_an_old_one_is_not() {
    let mut bench = Bench::new();
    let questions = [Question::Top { sort: Sort::Cpu, which: Which::All, page: 0, per_page: 5 }];
    assert!(bench.engine.needs_base(bench.mono, &questions));
    bench.engine.lay_base(bench.mono, &questions);
    assert!(bench.engine.needs_base(bench.mono, &questions), "too young");
    bench.pass(0.4);
    assert!(!bench.engine.needs_base(bench.mono, &questions));
    bench.engine.answer(bench.mono, &questions);
    bench.pass(0.1);
    assert!(!bench.engine.needs_base(bench.mono, &questions), "the one before serves");
    bench.pass(9.0);
    assert!(!bench.engine.needs_base(bench.mono, &questions));
    let io = [Question::Top { sort: Sort::Io, which: Which::All, page: 0, per_page: 5 }];
    assert!(bench.engine.needs_base(bench.mono, &io), "it did not read disk counters");
    bench.pass(11.0);
    assert!(bench.engine.needs_base(bench.mono, &questions), "stale");
}

#[test]
fn a_process_that_came_in_between_counts_from_its_start() {
    let mut bench = Bench::new();
    let questions =
        [Question::Top { sort: Sort::Cpu, which: Which::Search("young".into()), page: 0, per_page: 5 }];
    bench.engine.lay_base(bench.mono, &questions);
    bench.pass(1.0);
    bench.world.start("young", "young", 100.0, 1.0, Owner::Nobody);
    bench.pass(1.0);
    let Answer::Top(top) = bench.engine.answer(bench.mono, &questions).remove(0) else {
        panic!("another answer")
    };
    let cpu = top.rows[0].cpu.unwrap();
    assert!((0.0..=101.0).contains(&cpu), "{cpu}");
}

#[test]
fn a_reused_pid_is_not_its_predecessor() {
    let mut bench = Bench::new();
    let pid = bench.world.start("busy", "busy", 90.0, 1.0, Owner::Nobody);
    let id = bench.process(Question::Pid(pid)).unwrap().shown.id;
    assert!(bench.process(Question::Process(id)).is_some());
    bench.pass(1.0);
    bench.world.reuse(pid);
    let other = bench.process(Question::Pid(pid)).unwrap();
    assert_eq!(other.shown.name, "innocent");
    assert!(other.shown.cpu.unwrap() < 5.0, "the old one's time is not its own");
    assert_eq!(bench.process(Question::Process(id)), None);
    assert_eq!(bench.process(Question::Weigh(ProcessId { boot: 7, ..other.shown.id })), None);
}

#[test]
fn search_looks_into_names_commands_users_services_and_pids() {
    let mut bench = Bench::new();
    for (words, want) in [
        ("NGINX", vec!["nginx"; 5]),
        ("webhook", vec!["node"]),
        ("www-data", vec!["nginx"; 4]),
        ("docker.serv", vec!["dockerd"]),
        ("1300", vec!["vim"]),
        ("no such thing", vec![]),
    ] {
        let top = bench.top(Sort::Memory, Which::Search(words.into()));
        assert_eq!(names(&top), want, "{words}");
        assert_eq!(top.found, want.len());
    }
}

#[test]
fn groups_are_summed_and_their_memory_is_the_control_group_s() {
    let mut bench = Bench::new();
    let question = Question::Groups { sort: Sort::Memory, page: 0, per_page: 50 };
    let Answer::Groups(groups) = bench.ask(question) else { panic!("another answer") };
    let of = |name: &str| groups.list.iter().find(|group| group.name == name).unwrap();
    let postgres = of("postgresql.service");
    assert_eq!((postgres.processes, postgres.memory_bytes), (10, 612 << 20), "shared pages count once");
    assert_eq!(
        of("nginx.service").memory_bytes,
        ((6 + 4 * 22) << 20),
        "without a figure of the group: summed"
    );
    assert_eq!(of(KERNEL).processes, 2);
    assert!(groups.list.is_sorted_by_key(|group| std::cmp::Reverse(group.memory_bytes)));
    let members = bench.top(Sort::Cpu, Which::Members("postgresql.service".into()));
    assert_eq!(members.found, 10);
}

#[test]
fn disk_use_is_told_by_rates() {
    let mut bench = Bench::new();
    let top = bench.top(Sort::Io, Which::All);
    let first = &top.rows[0];
    assert_eq!(first.name, "node");
    let (read, written) = first.io.unwrap();
    assert!(
        (30_000.0..40_000.0).contains(&read) && (150_000.0..160_000.0).contains(&written),
        "{read} {written}"
    );
}

#[test]
fn a_process_is_told_with_its_family() {
    let mut bench = Bench::new();
    let vim = bench.process(Question::Pid(1300)).unwrap();
    let parents: Vec<&str> = vim.parents.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(parents, ["bash", "sshd", "sshd", "systemd"]);
    assert_eq!(vim.shown.user.as_deref(), Some("dre"));
    let nginx = bench.process(Question::Pid(700)).unwrap();
    assert_eq!(nginx.children.len(), 4);
    let stubborn = bench.process(Question::Pid(1400)).unwrap();
    assert!(stubborn.command.contains("--password=•••"), "{}", stubborn.command);
}

#[test]
fn pages_that_are_no_more_show_the_last() {
    let mut bench = Bench::new();
    let question = Question::Top { sort: Sort::Memory, which: Which::All, page: 99, per_page: 10 };
    let Answer::Top(top) = bench.ask(question) else { panic!("another answer") };
    assert_eq!(top.page as usize, (top.all - 1) / 10);
    assert_eq!(top.rows.len(), (top.all - 1) % 10 + 1);
}

#[test]
fn rest_forgets_everything() {
    let mut bench = Bench::new();
    bench.top(Sort::Cpu, Which::Search("x".into()));
    assert!(!bench.engine.known.is_empty());
    bench.engine.rest();
    assert!(bench.engine.known.is_empty() && bench.engine.last.is_none() && bench.engine.before.is_none());
    bench.top(Sort::Cpu, Which::All);
}

#[test]
fn who_waits_on_a_port_is_found_by_it() {
    let mut bench = Bench::new();
    let mut pids = |words: &str| {
        let top = bench.top(Sort::Memory, Which::Search(words.into()));
        let mut pids: Vec<u32> = top.rows.iter().map(|row| row.id.pid).collect();
        pids.sort_unstable();
        pids
    };
    assert_eq!(pids(":80"), [700, 701, 702, 703, 704]);
    assert_eq!(pids(" :5432 "), [810]);
    assert_eq!(pids(":81"), [] as [u32; 0]);
    // No port, so it is a word as any other.
    assert_eq!(pids("kworker/0:1"), [15]);
    assert_eq!(pids(":99999"), [] as [u32; 0]);
}
