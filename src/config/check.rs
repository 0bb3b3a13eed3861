//! `cockpit-bot check`: what it says and how it ends.

use std::{collections::BTreeMap, fmt::Write, io, path::Path};

use super::{Secrets, load_file};

/// The words for the terminal, and the exit code: 0 clean or warnings only, 1 warnings under `strict`, 2 errors.
///
/// # Errors
/// The file cannot be read.
pub fn check(file: &Path, env: &BTreeMap<String, String>, strict: bool) -> io::Result<(String, u8)> {
    let loaded = load_file(file, env, Secrets::Find)?;
    let mut text = String::new();
    for problem in &loaded.problems {
        let _ = writeln!(text, "{problem}");
    }
    let errors = loaded.problems.iter().filter(|problem| !problem.warning).count();
    let warnings = loaded.problems.len() - errors;
    let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let verdict = match (errors, warnings) {
        (0, 0) => "no problems".into(),
        (0, n) => counted(n, "warning"),
        (n, 0) => counted(n, "error"),
        (n, m) => format!("{}, {}", counted(n, "error"), counted(m, "warning")),
    };
    let _ = writeln!(text, "{}: {verdict}", file.display());
    let code = match (errors, warnings) {
        (0, 0) => 0,
        (0, _) => u8::from(strict),
        _ => 2,
    };
    Ok((text, code))
}
