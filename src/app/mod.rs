//! Wiring: the command line, the root of the tree, reload, signals. Everything that is decided once, at start.

mod alerting;
pub mod cards;
pub mod cli;
pub mod courier;
mod deps;
pub mod doctor;
pub mod exit;
pub mod fly;
mod hear;
pub mod memory;
pub mod practice;
pub mod run;
mod sample;
pub mod signals;
mod wiring;
mod world;

use std::{collections::BTreeMap, path::Path, process::ExitCode, time::Duration};

use clap::Parser;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use cli::{AuditCommand, Cli, Command};
use exit::Exit;

use crate::{audit, config, supervision};

/// Threads that run the actors. Two keep a slow handler from holding up the rest; more would only idle.
const WORKERS: usize = 2;

/// The whole program.
pub fn main() -> ExitCode {
    memory::tune();
    say_panics_in_one_line();
    let cli = Cli::parse();
    let env: BTreeMap<String, String> = std::env::vars_os()
        // What is no text is none of ours, and `vars()` would panic at it.
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    match dispatch(cli.command, env) {
        Ok(code) => code,
        Err(exit) => exit.say(),
    }
}

fn dispatch(command: Command, env: BTreeMap<String, String>) -> Result<ExitCode, Exit> {
    match command {
        Command::Run { config, sim } => {
            log("info");
            block_on(run::run(&config, sim, env))?.map(|()| ExitCode::SUCCESS)
        }
        Command::Practice(practice) => {
            log("warn");
            block_on(practice::practice(practice, env))?.map(|()| ExitCode::SUCCESS)
        }
        Command::Check { config, strict } => {
            let (text, code) = config::check(&config, &env, strict)
                .map_err(|source| Exit::NoConfig { file: config.clone(), source })?;
            exit::print(&text);
            Ok(ExitCode::from(code))
        }
        Command::Doctor { config } => {
            let findings = block_on(run::doctor(&config, &env))?;
            exit::print(&doctor::render(&findings));
            Ok(ExitCode::from(doctor::exit_code(&findings)))
        }
        Command::Actors { markdown } => {
            let cards = cards::all();
            exit::print(&if markdown { supervision::markdown(&cards) } else { supervision::outline(&cards) });
            Ok(ExitCode::SUCCESS)
        }
        Command::Audit { command: AuditCommand::Verify { data } } => verify(&data),
    }
}

/// A panic is caught and healed by the tree: it is a line of the log, not a page on the terminal.
fn say_panics_in_one_line() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("(no text)");
        tracing::error!(at, text, "panic");
    }));
}

/// What blocks in the kernel at the end (a look at a disk of a server that is gone) is left behind: the process ends
/// on time, and that thread with it.
const LEFT_BEHIND: Duration = Duration::from_secs(1);

/// Runs to its end on a runtime of its own.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .map_err(|error| Exit::Start(error.to_string()))?;
    let end = runtime.block_on(work);
    runtime.shutdown_timeout(LEFT_BEHIND);
    Ok(end)
}

/// Log lines go to standard error; `RUST_LOG` overrides (`warn,cockpit_bot::telegram=debug`). Under systemd the
/// journal has the time already.
fn log(level: &str) {
    let quiet = format!("{level},hyper=warn,reqwest=warn,bollard=warn,zbus=warn,teloxide=warn");
    let asked = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter = asked.unwrap_or_else(|| quiet.parse().expect("targets of our own"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let all = tracing_subscriber::registry().with(filter);
    if std::env::var_os("JOURNAL_STREAM").is_some() {
        all.with(lines.without_time().with_ansi(false)).init();
    } else {
        all.with(lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))).init();
    }
}

/// 0: every line is as it was written; 1: not, and each break is named.
fn verify(folder: &Path) -> Result<ExitCode, Exit> {
    let (said, code) =
        audit::report(folder).map_err(|source| Exit::NoConfig { file: folder.to_owned(), source })?;
    exit::print(&said);
    Ok(ExitCode::from(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_blocks_for_ever_does_not_keep_the_program_from_ending() {
        let (never, waits) = std::sync::mpsc::channel::<()>();
        let (started, runs) = std::sync::mpsc::channel();
        let end = block_on(async move {
            tokio::task::spawn_blocking(move || {
                let _ = started.send(());
                waits.recv()
            });
            runs.recv().is_ok()
        });
        assert!(matches!(end, Ok(true)));
        drop(never);
    }
}
