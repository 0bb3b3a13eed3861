//! A problem of the config, in words: where, which key, what was expected, what it may have been meant to be.

use std::fmt;

use super::node::Place;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub at: Where,
    /// "metrics.history.minutes"; empty for what concerns the file as a whole.
    pub key: String,
    pub message: String,
    /// A warning lets the daemon start.
    pub warning: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// Line and column from 1, in characters.
    File {
        file: String,
        line: usize,
        column: usize,
    },
    /// The file as a whole, or no place in it.
    Whole {
        file: String,
    },
    Env(String),
}

impl Where {
    pub fn of(place: &Place, file: &str, text: &str) -> Where {
        match place {
            Place::Env(variable) => Where::Env(variable.clone()),
            Place::File(span) if span.start == 0 && span.end == 0 => Where::Whole { file: file.into() },
            Place::File(span) => {
                let before = &text[..floor(text, span.start)];
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                Where::File {
                    file: file.into(),
                    line: before.matches('\n').count() + 1,
                    column: before[line_start..].chars().count() + 1,
                }
            }
        }
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Where::File { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Where::Whole { file } => f.write_str(file),
            Where::Env(variable) => f.write_str(variable),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = if self.warning { "warning" } else { "error" };
        write!(f, "{}: {weight}: ", self.at)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// The candidate a slip of the fingers away from `name`, if there is one.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace('-', "_");
    let name = plain(name);
    let slips_max = (name.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (slips(&name, &plain(candidate)), candidate))
        .filter(|(slips, candidate)| *slips <= slips_max || is_beginning(&name, &plain(candidate)))
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// "int" may be meant for "interval", and "intervals" for it too.
fn is_beginning(a: &str, b: &str) -> bool {
    a.len().min(b.len()) >= 3 && (a.starts_with(b) || b.starts_with(a))
}

/// Letters to change, add, leave out or swap with a neighbour.
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(a[i - 1] != b[j - 1]);
                let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + same);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_is_understood_and_nonsense_is_not() {
        let keys = ["interval", "mounts", "history", "enabled", "token_file"];
        for (name, want) in [
            ("intervall", Some("interval")),
            ("itnerval", Some("interval")),
            ("Mounts", Some("mounts")),
            ("mount", Some("mounts")),
            ("hist", Some("history")),
            ("token-file", Some("token_file")),
            ("enable", Some("enabled")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, keys), want, "{name}");
        }
    }

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let text = "a = 1\nümlaut = \"é\" # c\n";
        let at = |start| Where::of(&Place::File(start..start + 1), "f", text).to_string();
        assert_eq!(at(0), "f:1:1");
        assert_eq!(at(6), "f:2:1");
        assert_eq!(at(text.find('"').unwrap()), "f:2:10");
        assert_eq!(at(10_000), "f:3:1");
    }
}
