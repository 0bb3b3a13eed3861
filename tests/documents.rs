//! Documents stay true: what they say of the program is compared with the program.

#[path = "documents/crew.rs"]
mod crew;

use std::{fs, path::Path};

use clap::CommandFactory;
use cockpit_bot::{
    app::{cards, cli::Cli},
    supervision,
};

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_map_of_actors_is_what_the_program_prints() {
    let map = read("actors.md");
    let generated = map
        .split_once("<!-- actors:begin -->\n")
        .and_then(|(_, rest)| rest.split_once("<!-- actors:end -->"))
        .map(|(generated, _)| generated)
        .expect("actors.md has its two marks");
    let printed = supervision::markdown(&cards::all());
    assert!(
        generated.trim() == printed.trim(),
        "actors.md is behind: put the output of `cargo run -- actors --markdown` between its marks"
    );
}

#[test]
fn every_command_is_in_the_readme_and_every_one_named_there_exists() {
    let readme = read("README.md");
    let commands: Vec<String> = Cli::command().get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for command in &commands {
        assert!(
            readme.contains(&format!("cockpit-bot {command}")),
            "README does not name `cockpit-bot {command}`"
        );
    }
    for (at, _) in readme.match_indices("`cockpit-bot ") {
        let named: String = readme[at + 13..].chars().take_while(char::is_ascii_lowercase).collect();
        assert!(commands.contains(&named), "README names `cockpit-bot {named}`, which does not exist");
    }
}

#[test]
fn pictures_and_files_named_in_the_readme_exist() {
    let readme = read("README.md");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (_, rest) in readme.match_indices("](").map(|(at, _)| readme.split_at(at + 2)) {
        let target = rest.split(')').next().unwrap_or_default();
        if !target.starts_with("http") && !target.starts_with('#') {
            assert!(root.join(target).exists(), "README links to {target}, which does not exist");
        }
    }
    for file in [
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "CHANGELOG.md",
        "actors.md",
        "config/cockpit.toml",
        "config/cockpit-bot.service",
    ] {
        assert!(root.join(file).exists(), "{file} is missing");
    }
}
