//! From text and environment to a config, or to all that is wrong with it.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use serde::de::DeserializeOwned;
use toml::de::DeTable;

use super::{
    Config, SECTIONS, de,
    fault::{Fault, Kind},
    node::{self, Node, Place, Step, Value, path_of, text_of},
    problem::{Problem, Where, nearest},
    secret,
};
use crate::domain::ConfigIssue;

/// A config of a megabyte is no config.
const BYTES_MAX: u64 = 1 << 20;
/// Faults told of one section.
const FAULTS_MAX: usize = 100;

/// Whether the token is to be found and everything about it told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    Find,
    /// For practice, which has a Telegram and pilots of its own.
    LeaveAlone,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// `None` when there is an error among the problems.
    pub config: Option<Config>,
    /// In the order of the file, the environment's last.
    pub problems: Vec<Problem>,
}

/// Reads the file and its surroundings. Blocking.
///
/// # Errors
/// The file cannot be read; what is wrong inside it is in [`Loaded`].
pub fn load_file(file: &Path, env: &BTreeMap<String, String>, secrets: Secrets) -> io::Result<Loaded> {
    let mut bytes = Vec::new();
    let mut opened = File::open(file)?;
    let open_to_all = opened.metadata()?.permissions().mode() & 0o004 != 0;
    (&mut opened).take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(io::Error::other("it is larger than 1 MiB: this is no config"));
    }
    let name = file.display().to_string();
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let bad = error.utf8_error().valid_up_to();
            let at = Where::of(&Place::File(bad..bad + 1), &name, &text);
            let message = "this is not UTF-8 text".to_owned();
            let problem = Problem { at, key: String::new(), message, warning: false };
            return Ok(Loaded { config: None, problems: vec![problem] });
        }
    };
    let (mut loaded, token_in_file) = read(Some((&name, &text)), env, secrets);
    // A token in the file itself makes the file a secret.
    if token_in_file && open_to_all && secrets == Secrets::Find {
        loaded.problems.push(Problem {
            at: Where::Whole { file: name.clone() },
            key: "telegram.token".into(),
            message: format!("everybody on this machine can read the token in it: chmod 600 {name}"),
            warning: true,
        });
    }
    Ok(loaded)
}

/// `file`: its name as it is shown, and its text. Reads only the files of the token, if asked to.
pub fn load(file: Option<(&str, &str)>, env: &BTreeMap<String, String>, secrets: Secrets) -> Loaded {
    read(file, env, secrets).0
}

/// Also whether the file itself holds the token.
fn read(file: Option<(&str, &str)>, env: &BTreeMap<String, String>, secrets: Secrets) -> (Loaded, bool) {
    let (name, text) = file.unwrap_or(("built-in defaults", ""));
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reading =
        Reading { file: name, text, root: Node::of(&table), found: Vec::new(), broken: Vec::new() };
    reading.syntax(&errors);
    let token_in_file = reading.root.find(&path_of("telegram.token")).is_some();
    for (variable, names, value) in node::overrides(env) {
        reading.root.lay(&names, Node::of_env(variable, value));
    }
    reading.unknown_sections();
    let mut config = Config::read(&mut reading);
    for (section, issue) in config.issues() {
        if secrets == Secrets::Find || !matches!(section, "telegram" | "pilots") {
            reading.issue(section, &issue);
        }
    }
    if secrets == Secrets::Find {
        let telegram = &config.telegram;
        let twice = token_in_file && env.contains_key("COCKPIT_TELEGRAM__TOKEN");
        let (token, issues) =
            secret::token(telegram.token.as_ref(), twice, telegram.token_file.as_deref(), env);
        for issue in issues {
            reading.issue("telegram", &issue);
        }
        config.telegram.token = token;
    }
    (reading.finish(config), token_in_file)
}

/// A reading under way: the tree, and what was found so far with its place.
pub struct Reading<'a> {
    file: &'a str,
    text: &'a str,
    root: Node,
    found: Vec<(Place, Problem)>,
    /// Lines that are no TOML: what is left of them is not judged a second time.
    broken: Vec<usize>,
}

impl Reading<'_> {
    /// One problem a line: what follows from the first is not told as well.
    fn syntax(&mut self, errors: &[toml::de::Error]) {
        let end = self.text.len();
        // A table that was not closed is also found to be a "duplicate" of what it may have become.
        let (echoes, plain): (Vec<_>, Vec<_>) = errors.iter().partition(|e| e.message() == "duplicate key");
        for error in plain.into_iter().chain(echoes) {
            let span = error.span().unwrap_or(end..end);
            // An empty span at the start would mean "the whole file".
            let place = Place::File(span.start..span.end.max(span.start + 1));
            let Where::File { line, .. } = self.at(&place) else { continue };
            if !self.broken.contains(&line) {
                self.broken.push(line);
                let message = error.message().replace('\n', ", ");
                self.tell(place, String::new(), format!("this is not TOML: {message}"), false);
            }
        }
    }

    fn unknown_sections(&mut self) {
        let Some(table) = self.root.table() else { return };
        let unknown: Vec<_> = table
            .iter()
            .filter(|(key, _)| !SECTIONS.contains(&key.name.as_str()))
            .map(|(key, _)| key.clone())
            .collect();
        for key in unknown {
            let meant = match nearest(&key.name, SECTIONS.iter().copied()) {
                Some(section) => format!("did you mean [{section}]?"),
                None => self.elsewhere(&key.name, "").unwrap_or_else(|| {
                    let known: Vec<String> = SECTIONS.iter().map(|section| format!("[{section}]")).collect();
                    format!("known are {}", known.join(" "))
                }),
            };
            self.tell(key.place, key.name, format!("unknown section; {meant}"), false);
        }
    }

    /// Reads one section, telling all its faults.
    pub fn section<T: DeserializeOwned + Default>(&mut self, name: &str) -> T {
        let section = [Step::Key(name.into())];
        for _ in 0..FAULTS_MAX {
            let Some(node) = self.root.find(&section) else { break };
            match de::read(node) {
                Ok(section) => return section,
                Err(fault) => {
                    let path = [&section[..], &fault.path[..]].concat();
                    self.fault(name, &path, &fault);
                    // Without it the rest can be judged. What can't be taken away leaves the defaults.
                    if fault.path.is_empty() || !self.root.void(&path) {
                        break;
                    }
                }
            }
        }
        T::default()
    }

    fn fault(&mut self, section: &str, path: &[Step], fault: &Fault) {
        let place = match fault.kind {
            Kind::UnknownKey { .. } | Kind::Missing { .. } => self.root.place_at(path),
            Kind::NotOneOf { .. } | Kind::WrongType { .. } | Kind::Bad(_) => self.root.value_place_at(path),
        };
        let place = place.clone();
        let message = match &fault.kind {
            Kind::UnknownKey { known } => {
                let Some(Step::Key(key)) = fault.path.last() else { return };
                let meant = match nearest(key, known.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => self
                        .elsewhere(key, section)
                        .unwrap_or_else(|| format!("known here: {}", known.join(", "))),
                };
                format!("unknown key; {meant}")
            }
            Kind::Missing { key } => {
                let table = self.root.find(path);
                let told = table.and_then(|t| t.entry(key)).is_some_and(|(_, n)| n.value == Value::Void);
                if told || !self.broken.is_empty() {
                    return;
                }
                fault.to_string()
            }
            Kind::NotOneOf { got, known } => match nearest(got, known.iter().copied()) {
                Some(meant) => format!("{fault}; did you mean \"{meant}\"?"),
                None => fault.to_string(),
            },
            Kind::WrongType { .. } | Kind::Bad(_) => fault.to_string(),
        };
        self.tell(place, text_of(path), message, false);
    }

    /// A key that was put under the wrong section.
    fn elsewhere(&self, key: &str, here: &str) -> Option<String> {
        let homes: Vec<&str> = Config::keys()
            .iter()
            .filter(|(section, known)| *section != here && known.split('.').next() == Some(key))
            .map(|(section, _)| *section)
            .collect();
        match homes.as_slice() {
            // "enabled" is a key of most.
            [] | [_, _, ..] => None,
            [home] => Some(format!("`{key}` is a key of [{home}]")),
        }
    }

    fn issue(&mut self, section: &str, issue: &ConfigIssue) {
        let mut path = vec![Step::Key(section.into())];
        path.extend(path_of(&issue.key));
        let path = self.root.as_written(&path);
        // What was put out of the way is told already; a default in its place is not judged.
        if self.root.find(&path).is_some_and(Node::has_void) {
            return;
        }
        // A broken file has nothing in it that could be missing.
        if issue.warning && !self.broken.is_empty() {
            return;
        }
        let written = self.root.entry(section).is_some();
        let place = if written { self.root.value_place_at(&path).clone() } else { Place::File(0..0) };
        self.tell(place, text_of(&path), issue.message.clone(), issue.warning);
    }

    fn tell(&mut self, place: Place, key: String, message: String, warning: bool) {
        let at = self.at(&place);
        if let Where::File { line, .. } = at
            && !key.is_empty()
            && self.broken.contains(&line)
        {
            return;
        }
        self.found.push((place, Problem { at, key, message, warning }));
    }

    fn at(&self, place: &Place) -> Where {
        Where::of(place, self.file, self.text)
    }

    fn finish(mut self, config: Config) -> Loaded {
        self.found.sort_by_key(|(place, _)| match place {
            Place::File(span) => (0, span.start),
            Place::Env(_) => (1, 0),
        });
        let problems: Vec<Problem> = self.found.into_iter().map(|(_, problem)| problem).collect();
        let good = problems.iter().all(|problem| problem.warning);
        Loaded { config: good.then_some(config), problems }
    }
}
