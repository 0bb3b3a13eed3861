//! The shipped reference of all settings: valid, whole, and true.

use super::{Env, told};
use crate::config::{Config, Secrets, load};

const SHIPPED: &str = include_str!("../../../config/cockpit.toml");

/// Keys that are shown switched off: "#key = value", without a space, is a key; "# text" is text.
fn uncommented() -> String {
    let is_key = |line: &str| {
        let Some(rest) = line.trim_start().strip_prefix('#') else { return false };
        rest.starts_with('[')
            || rest.split('=').next().is_some_and(|key| {
                rest.contains('=')
                    && key.trim_end().chars().all(|c| c.is_ascii_lowercase() || "_.".contains(c))
            })
    };
    SHIPPED
        .lines()
        .map(|line| if is_key(line) { line.replacen('#', "", 1) } else { line.into() } + "\n")
        .collect()
}

#[test]
fn the_shipped_file_is_valid_as_it_is_and_makes_nobody_an_owner() {
    let loaded = load(Some(("cockpit.toml", SHIPPED)), &Env::new(), Secrets::LeaveAlone);
    assert_eq!(told(&loaded), "");
    let config = loaded.config.unwrap();
    assert_eq!(config.pilots.0, []);
    assert_eq!(config.metrics.mounts, None);
    let shown = Config { telegram: config.telegram.clone(), ..Config::default() };
    assert_eq!(config.changed(&shown), [] as [&str; 0], "what it sets is what holds without it");
}

#[test]
fn every_line_switched_off_in_the_shipped_file_is_valid_when_switched_on() {
    let text = uncommented();
    let loaded = load(Some(("cockpit.toml", &text)), &Env::new(), Secrets::LeaveAlone);
    // Both ways of giving the token are shown; together they are one too many.
    let others: Vec<_> = loaded.problems.iter().filter(|p| !p.message.contains("given twice")).collect();
    assert!(others.is_empty(), "{}", told(&loaded));
}

#[test]
fn the_shipped_file_shows_every_key() {
    let text = uncommented();
    let table: toml::Table = text.parse().unwrap();
    for (section, key) in Config::keys() {
        let mut at = table.get(section).unwrap_or_else(|| panic!("[{section}] is not shown"));
        for step in key.replace("[]", ".[]").split('.').filter(|step| !step.is_empty()) {
            at = match step {
                "[]" => at.get(0),
                step => at.get(step),
            }
            .unwrap_or_else(|| panic!("{section}.{key} is not shown"));
        }
    }
}
