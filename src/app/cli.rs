//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};

/// Where the daemon looks when no file is named. There is no search path: one file, one truth.
pub const DEFAULT_CONFIG: &str = "/etc/cockpit-bot/cockpit.toml";

#[derive(Debug, Parser)]
#[command(
    name = "cockpit-bot",
    version,
    about = "A Telegram chat as the complete control panel of this server",
    after_help = "New here? `cockpit-bot practice` flies without a token and changes nothing."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Be the daemon, in the foreground
    Run {
        /// The config file
        #[arg(long, value_name = "FILE", default_value = DEFAULT_CONFIG)]
        config: PathBuf,
        /// Fly a simulated server: no act touches this machine
        #[arg(long)]
        sim: bool,
    },
    /// The same daemon with a Telegram of its own in the browser: no token, nothing changed
    Practice(Practice),
    /// Look for problems in a config file: each with line, what was expected and the nearest valid key
    Check {
        #[arg(long, value_name = "FILE", default_value = DEFAULT_CONFIG)]
        config: PathBuf,
        /// Warnings count: exit with 1
        #[arg(long)]
        strict: bool,
    },
    /// What Cockpit can use on this machine, and the line that mends what it can't
    Doctor {
        #[arg(long, value_name = "FILE", default_value = DEFAULT_CONFIG)]
        config: PathBuf,
    },
    /// The tree of actors: what each owns, how it is restarted
    Actors {
        /// As the tables of actors.md
        #[arg(long)]
        markdown: bool,
    },
    /// The flight recorder's files
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check the chain of hashes from the first entry kept to the last
    Verify {
        /// The data folder
        #[arg(long, value_name = "DIR", default_value = "/var/lib/cockpit-bot")]
        data: PathBuf,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub struct Practice {
    /// Where the page is served; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8077")]
    pub listen: SocketAddr,
    /// Let taps act on this machine; nothing acts unattended
    #[arg(long, conflicts_with = "sim")]
    pub hands_on: bool,
    /// Fly a simulated server, with failures to play with
    #[arg(long)]
    pub sim: bool,
    /// Sections of this file instead of the built-in ones; telegram and pilots are practice's own
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep the data here instead of in a temporary folder
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Listen on an address other machines can reach: whoever gets the printed key controls this practice flight
    #[arg(long)]
    pub listen_beyond_loopback: bool,
}
