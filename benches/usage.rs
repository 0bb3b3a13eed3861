//! What eats the disk: a warm scan of 300,000 files beside du, dua, dust and diskus where they are installed, all over
//! the same tree, in turn, in one run. Then a second visit of that tree: its screen and picture from what was kept, after
//! a restart and while it is held. Then the browser: the first page of a folder of 100,000 files.
//! `cargo bench --bench usage [-- FILES]`; `-- --tree PATH` takes a tree that is there.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a bench measures and starts its peers"
)]

use std::{
    fs::{self, File},
    hint::black_box,
    os::fd::AsFd,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use cockpit_bot::{
    audit::Audit,
    charts::render_treemap,
    domain::{Blobs, ChatKind, Lang, Place, Reader, RelPath, Role, RootName, SystemClock, Theme},
    events::Outlet,
    intent::{storage::Sort, usage::View},
    jobs::Jobs,
    room::Room,
    screen::{Picture, html},
    store::{Durability, Store, testing},
    subsystems::storage::{
        Config, Roots, Storage, config,
        listing::{self, Wish},
        usage::{self, Digest, Options, Progress, Shelf, Usage, packed, scan},
    },
    supervision::Port,
};
use jiff::{Timestamp, tz::TimeZone};

const ROUNDS: usize = 5;
const VISITS: usize = 21;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "--scan") {
        return own_process(Path::new(&args[at + 1]));
    }
    let files: usize = args.iter().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(300_000);
    let made = tempfile::tempdir().expect("a temporary folder");
    let given = args.iter().position(|arg| arg == "--tree").map(|at| Path::new(&args[at + 1]));
    let tree = given.unwrap_or(made.path());
    if given.is_none() {
        generate(tree, files);
    }
    let own = std::env::current_exe().expect("this program");
    let peers: Vec<(&str, Command)> = vec![
        ("cockpit", with(&own.to_string_lossy(), &["--scan"], tree)),
        ("du -s", with("du", &["-s"], tree)),
        ("dua", with("dua", &["aggregate"], tree)),
        ("dust", with("dust", &["-d", "1"], tree)),
        ("diskus", with("diskus", &[], tree)),
        // What a process of ours takes before it looks at anything.
        ("idle", with(&own.to_string_lossy(), &["--scan"], made.path().join("nothing").as_path())),
    ];
    fs::create_dir(made.path().join("nothing")).expect("room");
    println!("warm, median of {ROUNDS} rounds in turn, whole processes");
    let mut rows: Vec<(&str, Command, Vec<f64>, Vec<f64>)> =
        peers.into_iter().map(|(name, command)| (name, command, Vec::new(), Vec::new())).collect();
    rows.retain_mut(|(name, command, ..)| {
        let there = command.status().is_ok();
        if !there {
            println!("skipped: {name} is not installed");
        }
        there
    });
    for _ in 0..ROUNDS {
        for (_, command, times, peaks) in &mut rows {
            let started = Instant::now();
            let child = command.spawn().expect("it ran before");
            let peak = wait_with_peak(child);
            times.push(started.elapsed().as_secs_f64());
            peaks.push(peak);
        }
    }
    let first = median(&rows[0].2);
    println!("{:10} {:>8} {:>8} {:>10}", "", "s", "ratio", "peak MiB");
    for (name, _, times, peaks) in &rows {
        let time = median(times);
        println!("{name:10} {time:8.3} {:7.2}× {:10.1}", time / first, median(peaks));
    }
    second_visit(tree);
    first_page();
}

/// What a tap on a folder that was measured costs, from the question to the screen, its words and its picture. The store
/// holds two scans of it, as there is something to compare with then.
fn second_visit(tree: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let place = Place::root(RootName::parse("r").expect("a name"));
    runtime.block_on(async {
        let store = testing::temp().await;
        for _ in 0..2 {
            let folder = File::open(tree).expect("the tree");
            let report = scan(folder.as_fd(), Options::default(), &Progress::default()).expect("a scan");
            let digest = Digest::of(&report, Timestamp::now(), Duration::from_millis(400));
            let (of, packed) = (place.clone(), packed::pack(&digest).expect("it packs"));
            let keep = move |tx: &rusqlite::Transaction<'_>| usage::store::put(tx, &of, &digest, &packed);
            store.handle().write(Durability::Normal, keep).await.expect("kept");
        }
        let view = View::folder(place);
        let (mut after_restart, mut held, mut drawn) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..VISITS {
            let room = room(store.handle());
            for times in [&mut after_restart, &mut held] {
                let started = Instant::now();
                let screen = room.view(&view, &reader()).await;
                let words = html::plain(&screen, &reader());
                times.push(started.elapsed().as_secs_f64());
                assert!(words.contains("Measured"), "{words}");
                let Some(Picture::Treemap(map)) = screen.picture else { panic!("no picture: {words}") };
                let started = Instant::now();
                black_box(render_treemap(&map).expect("a picture"));
                drawn.push(started.elapsed().as_secs_f64());
            }
        }
        for (what, times) in [
            ("second visit after a restart, screen", after_restart),
            ("second visit while it is held, screen", held),
            ("its picture", drawn),
        ] {
            let worst = times.iter().copied().fold(0.0, f64::max);
            println!("{what}: {:.2} ms, at worst {:.2} ms", median(&times) * 1e3, worst * 1e3);
        }
    });
}

/// With a real store and nobody else: whatever else the room could ask is not there.
fn room(store: Store) -> Usage {
    let jobs = Jobs::new(Port::new(), store.clone());
    let storage = Storage {
        port: Port::new(),
        jobs: jobs.clone(),
        audit: Audit::new(Port::new()),
        blobs: Blobs::default(),
        outlet: Outlet::nowhere(),
        shelf: Shelf::new(store),
    };
    Usage { storage, jobs, clock: Arc::new(SystemClock), outlet: Outlet::nowhere() }
}

fn reader() -> Reader {
    Reader {
        lang: Lang::En,
        tz: TimeZone::UTC,
        role: Role::Owner,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: Timestamp::now(),
    }
}

/// The browser reads a folder whole for each page: sorted by name, and by time, which looks at each file.
fn first_page() {
    const ENTRIES: usize = 100_000;
    let folder = tempfile::tempdir().expect("a temporary folder");
    for n in 0..ENTRIES {
        File::create(folder.path().join(format!("file-{:05}", n * 7919 % ENTRIES))).expect("room");
    }
    let root =
        config::Root { name: "r".into(), path: folder.path().to_owned(), read_only: false, sample: false };
    let config = Config { roots: vec![root], ..Config::default() };
    let roots = Roots::new(&config, Path::new("/nonexistent"));
    for sort in [Sort::Name, Sort::Size, Sort::Time] {
        let wish = Wish { sort, hidden: false, folders_only: false, page: 0, per_page: 8 };
        let times: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let started = Instant::now();
                let opened = roots.open(&roots.all()[0].name).expect("the folder");
                let page = listing::list(&opened, &RelPath::root(), &wish).expect("a page");
                assert_eq!(page.total, ENTRIES);
                started.elapsed().as_secs_f64()
            })
            .collect();
        println!("first page of {ENTRIES} entries by {sort:?}: {:.0} ms", median(&times) * 1000.0);
    }
}

fn own_process(root: &Path) {
    let folder = File::open(root).expect("the tree");
    let report = scan(folder.as_fd(), Options::default(), &Progress::default()).expect("a scan");
    println!("{} bytes in {} files, {} folders", report.bytes, report.files, report.folders);
}

fn with(program: &str, args: &[&str], tree: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(args).arg(tree).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Peak resident MiB as the kernel accounted it.
fn wait_with_peak(child: std::process::Child) -> f64 {
    let pid = child.id();
    // Reads the high-water mark while it runs: the last value before the end is close to the peak.
    let mut child = child;
    let mut peak = 0.0;
    loop {
        if let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status"))
            && let Some(kib) = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))
        {
            peak = kib.trim().trim_end_matches(" kB").parse::<f64>().map_or(peak, |kib| kib / 1024.0);
        }
        if child.try_wait().expect("our child").is_some() {
            return peak;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// Like a home: twenty files a folder, four folders a folder, sizes from nothing to some blocks.
fn generate(root: &Path, files: usize) {
    let mut made = 0;
    let mut open = std::collections::VecDeque::from([root.to_owned()]);
    while made < files {
        let folder = open.pop_front().expect("there is always one more");
        for n in 0..20.min(files - made) {
            let length = [0usize, 100, 3000, 5000, 12_000][(made + n) % 5];
            fs::write(
                folder.join(format!("file-{n}.{}", ["txt", "jpg", "log", "rs"][n % 4])),
                vec![b'x'; length],
            )
            .expect("room");
        }
        made += 20.min(files - made);
        for n in 0..4 {
            let below = folder.join(format!("folder-{n}"));
            fs::create_dir(&below).expect("room");
            open.push_back(below);
        }
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
