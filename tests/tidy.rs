//! Rules of the house that the compiler does not hold: who may import whom, which file may name which library, words
//! in both languages, headers, lengths. Each failure names the file and the rule.

#[path = "tidy/words.rs"]
mod words;

use std::{fs, path::Path};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, as (path from the root with `/`, text).
fn rust_files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(dir) = open.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push((relative(&path), fs::read_to_string(&path).expect("a readable file")));
            }
        }
    }
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root())
        .expect("below the root")
        .to_str()
        .expect("our own names are UTF-8")
        .replace('\\', "/")
}

/// Code without line comments, so that prose may name what code may not.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Unit tests in files of their own.
fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.ends_with("/props.rs") || path.contains("/tests/")
}

fn complain(rule: &str, faults: Vec<String>) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

/// Lower number = lower layer. A file may name modules of its own layer's number or below.
fn layer(module: &str) -> Option<u8> {
    Some(match module {
        "domain" => 0,
        "intent" => 1,
        "screen" | "charts" | "locale" => 2,
        "supervision" | "events" => 3,
        "process" | "kernel" => 4,
        "store" => 5,
        "room" => 6,
        "audit" => 7,
        "jobs" | "alerts" | "scheduler" => 8,
        "subsystems" => 9,
        "copilot" | "config" => 10,
        "bridge" => 11,
        "telegram" | "practice" => 12,
        "app" => 13,
        _ => return None,
    })
}

#[test]
fn imports_go_downwards() {
    let mut faults = Vec::new();
    for (path, text) in rust_files("src") {
        let own =
            path.strip_prefix("src/").and_then(|rest| rest.split(['/', '.']).next()).unwrap_or_default();
        let Some(own_layer) = layer(own) else { continue };
        // The shape of its section is all that config/ knows of the gateway: plain data.
        let text = if own == "config" { text.replace("telegram::config::", "") } else { text };
        for (number, line) in code(&text).lines().enumerate() {
            for named in modules_named(line) {
                if layer(named).is_some_and(|theirs| theirs > own_layer) {
                    faults.push(format!("{path}:{}: {own} names {named}, which is above it", number + 1));
                }
            }
        }
    }
    complain("imports go downwards only (DESIGN: a room)", faults);
}

/// Modules of this crate named in a line: `crate::a::..` and `crate::{a, b::..}` (one line).
fn modules_named(line: &str) -> Vec<&str> {
    let mut named = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        // `$crate::` in a macro is a definition, not an import.
        if line[..at].ends_with('$') {
            continue;
        }
        let rest = &line[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = 0;
            for (i, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        named.push(word(&group[start..i]));
                        break;
                    }
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        named.push(word(&group[start..i]));
                        start = i + 1;
                    }
                    _ => {}
                }
            }
        } else {
            named.push(word(rest));
        }
    }
    named
}

fn word(text: &str) -> &str {
    let text = text.trim();
    &text[..text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len())]
}

#[test]
fn rooms_do_not_look_into_each_other() {
    let mut faults = Vec::new();
    for (path, text) in rust_files("src/subsystems") {
        let Some(own) = path.strip_prefix("src/subsystems/").and_then(|rest| rest.split(['/', '.']).next())
        else {
            continue;
        };
        for (number, line) in code(&text).lines().enumerate() {
            for (at, _) in line.match_indices("subsystems::") {
                let theirs = word(&line[at + "subsystems::".len()..]);
                if own != "mod" && !theirs.is_empty() && theirs != own {
                    faults.push(format!("{path}:{}: {own} looks into {theirs}", number + 1));
                }
            }
        }
    }
    complain("links between rooms are intents", faults);
}

/// (what is named, where it may be)
const NAMED_ONLY_IN: &[(&str, &[&str])] = &[
    ("zbus::", &["src/subsystems/services/systemd", "src/app/doctor"]),
    ("bollard::", &["src/subsystems/containers/engine", "src/app/doctor"]),
    ("teloxide::", &["src/telegram/"]),
    ("reqwest::", &["src/telegram/", "src/practice/"]),
    ("axum::", &["src/practice/", "src/telegram/"]),
    ("plotters::", &["src/charts/"]),
    ("tokio::process", &["src/process/"]),
    ("std::process::Command", &["src/process/"]),
    (
        "SystemClock",
        &[
            "src/domain/",
            "src/app/",
            "src/telegram/gateway/craft.rs",
            "src/subsystems/storage/transfers/testing.rs",
        ],
    ),
    // Programs inherit a named part of the environment; everybody else is told by the app.
    ("std::env::var", &["src/main.rs", "src/app/", "src/process/"]),
];

#[test]
fn libraries_stay_behind_their_adapters() {
    let mut faults = Vec::new();
    for (path, text) in rust_files("src") {
        // Tests of an adapter may speak its library's language.
        if is_test(&path) {
            continue;
        }
        let text = code(&text);
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (named, allowed) in NAMED_ONLY_IN {
            if text.contains(named) && !allowed.iter().any(|start| path.starts_with(start)) {
                faults.push(format!("{path}: names {named}, which belongs in {}", allowed.join(", ")));
            }
        }
    }
    complain("a library is named in one place", faults);
}

#[test]
fn the_lowest_layers_know_no_runtime() {
    let mut faults = Vec::new();
    for folder in ["src/domain", "src/intent", "src/screen", "src/locale", "src/charts"] {
        for (path, text) in rust_files(folder) {
            for banned in ["ractor", "tokio::spawn", "tokio::time", "tokio::task", "tokio::fs"] {
                if code(&text).contains(banned) && !path.ends_with("tests.rs") {
                    faults.push(format!("{path}: names {banned}"));
                }
            }
        }
    }
    complain("domain, intent, screen, charts and locale are pure", faults);
}

#[test]
fn every_file_says_what_it_owns() {
    let faults = rust_files("src")
        .into_iter()
        .filter(|(path, text)| !is_test(path) && !text.starts_with("//!"))
        .map(|(path, _)| format!("{path}: begins without a //! header"))
        .collect();
    complain("header first", faults);
}

/// A sitting is about 400 lines; past this a file is to be split. Tests and tables of words may be longer.
const LINES_MAX: usize = 600;

#[test]
fn files_fit_a_sitting() {
    let faults = rust_files("src")
        .into_iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    complain("files fit a sitting", faults);
}

#[test]
fn panics_unwind_in_every_profile() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let table: toml::Table = manifest.parse().expect("valid TOML");
    for (name, profile) in table["profile"].as_table().expect("profiles") {
        let panic = profile.get("panic").and_then(|value| value.as_str()).unwrap_or("unwind");
        assert_eq!(panic, "unwind", "profile {name}: supervision is void without unwinding");
    }
}

#[test]
fn tests_and_code_leave_nothing_for_later() {
    let mut faults = Vec::new();
    for (path, text) in rust_files("src").into_iter().chain(rust_files("tests")).chain(rust_files("benches"))
    {
        if path.starts_with("tests/tidy") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            for mark in ["TODO", "FIXME", "XXX", "#[ignore"] {
                if line.contains(mark) {
                    faults.push(format!("{path}:{}: {mark}", number + 1));
                }
            }
        }
    }
    complain("nothing is left for later", faults);
}
