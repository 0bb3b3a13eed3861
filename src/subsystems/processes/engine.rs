//! From passes to answers. Holds the last two passes, because a share of processor time needs two, and what is known of
//! each process, because that is read once. Runs in a blocking task; knows no actor.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use super::{
    parse::Stat,
    table::{Boot, Known, Row, Sheet, Table, Want},
};
use crate::{
    intent::processes::{ProcessId, Sort},
    kernel::cgroup::Owner,
};

/// A share over less than this is noise: ticks are 10 ms.
pub const BASE_MIN: Duration = Duration::from_millis(300);
/// A share over more than this is not of now.
pub const BASE_MAX: Duration = Duration::from_secs(10);
/// The name of the group of kernel threads.
pub const KERNEL: &str = "[kernel]";
const PARENTS_MAX: usize = 12;

#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    Top {
        sort: Sort,
        which: Which,
        page: u32,
        per_page: usize,
    },
    Groups {
        sort: Sort,
        page: u32,
        per_page: usize,
    },
    Process(ProcessId),
    /// The same without rates: a question about an act cannot wait for a second pass.
    Weigh(ProcessId),
    /// Whatever has this pid now.
    Pid(u32),
    /// The processes with the most memory.
    Holders(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    All,
    /// Words that name, command, user, owner or pid contain.
    Search(String),
    /// A group, by its name.
    Members(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Top(Top),
    Groups(Groups),
    Process(Option<Box<Process>>),
    Holders(Vec<(String, u64)>),
}

/// One page of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Top {
    pub rows: Vec<Shown>,
    /// After the search.
    pub found: usize,
    pub all: usize,
    pub page: u32,
    /// Of all processes; 100 is one core.
    pub cpu: Option<f32>,
    pub cores: usize,
    /// How many of the found may not be looked into for their disk I/O.
    pub io_hidden: usize,
}

/// One process as a table shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub id: ProcessId,
    pub name: String,
    pub state: u8,
    /// A thread of the kernel.
    pub kernel: bool,
    /// 100 is one core, as `top` counts; `None` without a pass to compare with.
    pub cpu: Option<f32>,
    pub memory_bytes: u64,
    /// Bytes per second read from and written to disks; `None` where it may not be known.
    pub io: Option<(f64, f64)>,
    pub threads: u32,
    pub age: Duration,
    pub user: Option<String>,
    pub owner: Owner,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    pub list: Vec<Group>,
    pub all: usize,
    pub page: u32,
}

/// The processes of one service, container or user together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub name: String,
    pub processes: usize,
    pub cpu: Option<f32>,
    /// Of the control group where there is one: pages shared by its processes count once then.
    pub memory_bytes: u64,
    pub io: Option<(f64, f64)>,
}

/// Everything about one process.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    pub shown: Shown,
    pub command: String,
    pub nice: i8,
    /// Since its start, all cores together.
    pub spent: Duration,
    /// Of all memory, 0 to 100.
    pub memory_share: Option<f32>,
    pub sheet: Sheet,
    /// The nearest first.
    pub parents: Vec<(ProcessId, String)>,
    pub children: Vec<(ProcessId, String)>,
}

struct Pass {
    at: Duration,
    rows: Vec<Row>,
    io: bool,
}

/// A row with its rates.
#[derive(Clone, Copy)]
struct Rated<'p> {
    row: &'p Row,
    cpu: Option<f32>,
    io: Option<(f64, f64)>,
}

pub struct Engine {
    table: Box<dyn Table>,
    boot: Boot,
    last: Option<Pass>,
    before: Option<Pass>,
    known: HashMap<(u32, u64), Known>,
}

impl Engine {
    pub fn new(table: Box<dyn Table>) -> Engine {
        Engine { boot: table.boot(), table, last: None, before: None, known: HashMap::new() }
    }

    pub fn boot(&self) -> Boot {
        self.boot
    }

    /// Whether these questions must wait for a first pass to compare with.
    pub fn needs_base(&self, now: Duration, questions: &[Question]) -> bool {
        let rates =
            questions.iter().any(|question| !matches!(question, Question::Weigh(_) | Question::Holders(_)));
        let io = wants_io(questions);
        rates && !self.bases(now).any(|pass| pass.io || !io)
    }

    /// The passes that the next can be compared with, the younger first.
    fn bases(&self, now: Duration) -> impl Iterator<Item = &Pass> {
        let fits = move |pass: &&Pass| (BASE_MIN..=BASE_MAX).contains(&now.saturating_sub(pass.at));
        self.last.iter().chain(&self.before).filter(fits)
    }

    /// A first pass, to compare the next with.
    pub fn lay_base(&mut self, now: Duration, questions: &[Question]) {
        self.before = None;
        self.last = Some(self.pass(now, wants_io(questions)));
    }

    fn pass(&mut self, at: Duration, io: bool) -> Pass {
        let mut rows = Vec::new();
        self.table.scan(io, &mut rows);
        Pass { at, rows, io }
    }

    /// All answers from one pass.
    pub fn answer(&mut self, now: Duration, questions: &[Question]) -> Vec<Answer> {
        let io = wants_io(questions);
        let pass = self.pass(now, io);
        let base = self.bases(now).find(|base| base.io || !io).or_else(|| self.bases(now).next());
        let rated = rate(&pass, base, self.boot.ticks_per_second);
        self.known.retain(|(pid, start), _| {
            let place = pass.rows.binary_search_by_key(pid, |row| row.stat.pid);
            place.is_ok_and(|place| pass.rows[place].stat.start_ticks == *start)
        });
        let mut desk = Desk {
            uptime_s: self.table.uptime_s(),
            table: self.table.as_mut(),
            known: &mut self.known,
            boot: self.boot,
            rated: &rated,
        };
        let answers = questions.iter().map(|question| desk.answer(question)).collect();
        // A pass right after another one would make a base that is too young for the next question.
        if self.last.as_ref().is_none_or(|last| now.saturating_sub(last.at) >= BASE_MIN) {
            self.before = self.last.replace(pass);
        }
        answers
    }

    /// Nobody looks any more: gives the memory back.
    pub fn rest(&mut self) {
        (self.last, self.before) = (None, None);
        self.known = HashMap::new();
        self.table.rest();
    }
}

fn wants_io(questions: &[Question]) -> bool {
    let wants = |question: &Question| match question {
        Question::Top { sort, .. } | Question::Groups { sort, .. } => *sort == Sort::Io,
        Question::Process(_) | Question::Pid(_) => true,
        Question::Weigh(_) | Question::Holders(_) => false,
    };
    questions.iter().any(wants)
}

/// Both passes are in order of pid: one walk compares them.
fn rate<'p>(pass: &'p Pass, base: Option<&Pass>, ticks_per_second: u64) -> Vec<Rated<'p>> {
    let Some(base) = base else {
        return pass.rows.iter().map(|row| Rated { row, cpu: None, io: None }).collect();
    };
    let seconds = pass.at.saturating_sub(base.at).as_secs_f64();
    let mut old = base.rows.iter().peekable();
    pass.rows
        .iter()
        .map(|row| {
            while old.next_if(|old| old.stat.pid < row.stat.pid).is_some() {}
            let same =
                |old: &&&Row| (old.stat.pid, old.stat.start_ticks) == (row.stat.pid, row.stat.start_ticks);
            let old = old.peek().filter(same);
            // One that is new spent all of its time since the base.
            let spent = row.stat.spent_ticks.saturating_sub(old.map_or(0, |old| old.stat.spent_ticks));
            let cpu = (spent as f64 / ticks_per_second as f64 / seconds * 100.0) as f32;
            let io = row.io.zip(old.map_or(Some(super::parse::Io::default()), |old| old.io));
            let per_second = |now: u64, old: u64| now.saturating_sub(old) as f64 / seconds;
            let io =
                io.map(|(now, old)| (per_second(now.read, old.read), per_second(now.written, old.written)));
            Rated { row, cpu: Some(cpu), io }
        })
        .collect()
}

/// Everything at hand while questions of one pass are answered.
struct Desk<'e> {
    table: &'e mut dyn Table,
    known: &'e mut HashMap<(u32, u64), Known>,
    boot: Boot,
    uptime_s: f64,
    rated: &'e [Rated<'e>],
}

impl Desk<'_> {
    fn answer(&mut self, question: &Question) -> Answer {
        match question {
            Question::Top { sort, which, page, per_page } => {
                Answer::Top(self.top(*sort, which, *page, *per_page))
            }
            Question::Groups { sort, page, per_page } => Answer::Groups(self.groups(*sort, *page, *per_page)),
            Question::Process(id) | Question::Weigh(id) => {
                let at = (id.boot == self.boot.id).then(|| self.place(id.pid)).flatten();
                let at = at.filter(|at| self.rated[*at].row.stat.start_ticks == id.start_ticks);
                Answer::Process(at.map(|at| Box::new(self.process(at))))
            }
            Question::Pid(pid) => Answer::Process(self.place(*pid).map(|at| Box::new(self.process(at)))),
            Question::Holders(count) => Answer::Holders(self.holders(*count)),
        }
    }

    fn place(&self, pid: u32) -> Option<usize> {
        self.rated.binary_search_by_key(&pid, |rated| rated.row.stat.pid).ok()
    }

    fn know(&mut self, stat: &Stat, want: Want) -> &Known {
        let known = self.known.entry((stat.pid, stat.start_ticks)).or_default();
        self.table.know(stat, want, known);
        known
    }

    fn top(&mut self, sort: Sort, which: &Which, page: u32, per_page: usize) -> Top {
        let rated = self.rated;
        let asked = if let Which::Search(words) = which { port(words) } else { None };
        let mut found: Vec<usize> = match asked {
            Some(port) => {
                let holders = self.table.waiting_on(port);
                holders.into_iter().filter_map(|pid| self.place(pid)).collect()
            }
            None => (0..rated.len()).filter(|at| self.is_wanted(*at, which)).collect(),
        };
        let key = |at: &usize| value(&rated[*at], sort);
        found.sort_by(|a, b| key(b).total_cmp(&key(a)).then(a.cmp(b)));
        let (page, shown) = cut(&found, page, per_page);
        let shown = shown.to_vec();
        Top {
            rows: shown.into_iter().map(|at| self.shown(at)).collect(),
            io_hidden: found
                .iter()
                .filter(|at| rated[**at].io.is_none() && !rated[**at].row.stat.kernel)
                .count(),
            found: found.len(),
            all: rated.len(),
            page,
            cpu: rated.iter().filter_map(|rated| rated.cpu).reduce(|a, b| a + b),
            cores: self.boot.cores,
        }
    }

    fn is_wanted(&mut self, at: usize, which: &Which) -> bool {
        let stat = self.rated[at].row.stat;
        match which {
            Which::All => true,
            Which::Members(group) => self.group_of(&stat) == *group,
            Which::Search(words) => {
                let words = words.trim().to_lowercase();
                if stat.pid.to_string() == words || stat.name.text().to_lowercase().contains(&words) {
                    return true;
                }
                let known = self.know(&stat, Want::ALL).clone();
                let has = |text: &str| text.to_lowercase().contains(&words);
                known.command.as_deref().is_some_and(has)
                    || known.owner.is_some_and(|owner| has(&owner.to_string()))
                    || known.user.is_some_and(|user| has(&self.table.user_name(user)))
            }
        }
    }

    fn group_of(&mut self, stat: &Stat) -> String {
        if stat.kernel {
            return KERNEL.to_owned();
        }
        let known = self.know(stat, Want { owner: true, ..Want::default() });
        known.owner.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    fn groups(&mut self, sort: Sort, page: u32, per_page: usize) -> Groups {
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for rated in self.rated {
            let name = self.group_of(&rated.row.stat);
            let empty = Group { name: name.clone(), processes: 0, cpu: None, memory_bytes: 0, io: None };
            let group = groups.entry(name).or_insert(empty);
            group.processes += 1;
            if let Some(cpu) = rated.cpu {
                *group.cpu.get_or_insert(0.0) += cpu;
            }
            group.memory_bytes += rated.row.stat.resident_pages * self.boot.page_bytes;
            if let Some((read, written)) = rated.io {
                let (sum_read, sum_written) = group.io.unwrap_or_default();
                group.io = Some((sum_read + read, sum_written + written));
            }
        }
        for (owner, bytes) in self.table.group_memory() {
            if let Some(group) = groups.get_mut(&owner.to_string()) {
                group.memory_bytes = bytes;
            }
        }
        let mut list: Vec<Group> = groups.into_values().collect();
        let key = |group: &Group| match sort {
            Sort::Cpu => group.cpu.map_or(-1.0, f64::from),
            Sort::Memory => group.memory_bytes as f64,
            Sort::Io => group.io.map_or(-1.0, |(read, written)| read + written),
        };
        list.sort_by(|a, b| key(b).total_cmp(&key(a)).then_with(|| a.name.cmp(&b.name)));
        let all = list.len();
        let (page, shown) = cut(&list, page, per_page);
        Groups { list: shown.to_vec(), all, page }
    }

    fn shown(&mut self, at: usize) -> Shown {
        let Rated { row, cpu, io } = self.rated[at];
        let stat = row.stat;
        let known = self.know(&stat, Want { user: true, owner: true, command: false }).clone();
        Shown {
            id: self.id(&stat),
            name: stat.name.text(),
            state: stat.state,
            kernel: stat.kernel,
            cpu,
            memory_bytes: stat.resident_pages * self.boot.page_bytes,
            io,
            threads: stat.threads,
            age: self.age(&stat),
            user: known.user.map(|user| self.table.user_name(user)),
            owner: known.owner.unwrap_or(Owner::Nobody),
        }
    }

    fn id(&self, stat: &Stat) -> ProcessId {
        ProcessId { pid: stat.pid, start_ticks: stat.start_ticks, boot: self.boot.id }
    }

    fn age(&self, stat: &Stat) -> Duration {
        let started_s = stat.start_ticks as f64 / self.boot.ticks_per_second.max(1) as f64;
        Duration::try_from_secs_f64(self.uptime_s - started_s).unwrap_or_default()
    }

    fn process(&mut self, at: usize) -> Process {
        let shown = self.shown(at);
        let stat = self.rated[at].row.stat;
        let command = self.know(&stat, Want::ALL).command.clone().unwrap_or_default().into();
        let total = self.boot.memory_bytes;
        let named = |stat: &Stat, desk: &Self| (desk.id(stat), stat.name.text());
        let mut parents = Vec::new();
        let mut parent = stat.parent;
        while let Some(at) = self.place(parent).filter(|_| parents.len() < PARENTS_MAX) {
            let stat = self.rated[at].row.stat;
            parents.push(named(&stat, self));
            parent = stat.parent;
        }
        let children = self.rated.iter().filter(|rated| rated.row.stat.parent == stat.pid);
        let children = children.map(|rated| named(&rated.row.stat, self)).collect();
        Process {
            command,
            nice: stat.nice,
            spent: Duration::from_secs_f64(
                stat.spent_ticks as f64 / self.boot.ticks_per_second.max(1) as f64,
            ),
            memory_share: (total > 0).then(|| (shown.memory_bytes as f64 * 100.0 / total as f64) as f32),
            sheet: self.table.sheet(stat.pid),
            parents,
            children,
            shown,
        }
    }

    fn holders(&self, count: usize) -> Vec<(String, u64)> {
        let mut rows: Vec<&Row> = self.rated.iter().map(|rated| rated.row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.stat.resident_pages));
        let told = |row: &&Row| (row.stat.name.text(), row.stat.resident_pages * self.boot.page_bytes);
        rows.iter().take(count).map(told).collect()
    }
}

fn value(rated: &Rated<'_>, sort: Sort) -> f64 {
    match sort {
        Sort::Cpu => rated.cpu.map_or(-1.0, f64::from),
        Sort::Memory => rated.row.stat.resident_pages as f64,
        Sort::Io => rated.io.map_or(-1.0, |(read, written)| read + written),
    }
}

/// One page of a list that may have become shorter: the last page then.
fn cut<T>(list: &[T], page: u32, per_page: usize) -> (u32, &[T]) {
    let pages = list.len().div_ceil(per_page.max(1)).max(1);
    let page = (page as usize).min(pages - 1);
    let from = (page * per_page).min(list.len());
    (page as u32, &list[from..(from + per_page).min(list.len())])
}

/// ":80" asks who waits on that port.
fn port(words: &str) -> Option<u16> {
    words.trim().strip_prefix(':')?.parse().ok().filter(|port| *port > 0)
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
