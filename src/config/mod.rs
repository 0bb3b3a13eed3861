//! The config file: read, checked, laid over by the environment, compared with what runs, watched.
//!
//! Owns the way from TOML to [`Config`] and all words about what is wrong on it. The sections' structs and their rules
//! belong to the rooms; adding a section is one line in `sections!` below. Never applies anything itself: a changed
//! config goes as a [`Plan`] to the app, whole or not at all, and the last good one stays.
//!
//! All problems are told at once: a value that is wrong is told, put out of the way, and reading goes on.

mod actor;
mod check;
mod de;
mod diff;
mod fault;
mod keys;
mod load;
mod node;
mod problem;
mod secret;
mod sections;
#[cfg(test)]
mod tests;
mod watch;

pub use actor::{Apply, Arguments, Cause, ConfigActor, Msg, Reloaded, card, child};
pub use check::check;
pub use diff::{Diff, Plan, diff};
pub use load::{Loaded, Secrets, load, load_file};
pub use problem::{Problem, Where};
pub use sections::{Data, Language, Pilot, Pilots, Ship};

use crate::{alerts, domain::ConfigIssue, subsystems};

macro_rules! sections {
    ($($name:ident: $section:ty),* $(,)?) => {
        /// Everything the file can say, with defaults for what it does not.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct Config {
            $(pub $name: $section,)*
        }

        /// The names of the sections.
        pub const SECTIONS: &[&str] = &[$(stringify!($name)),*];

        impl Config {
            fn read(reading: &mut load::Reading<'_>) -> Config {
                Config { $($name: reading.section(stringify!($name)),)* }
            }

            /// What the rooms say about their sections; keys are relative to the section.
            fn issues(&self) -> Vec<(&'static str, ConfigIssue)> {
                let mut all = Vec::new();
                $(all.extend(self.$name.validate().into_iter().map(|issue| (stringify!($name), issue)));)*
                all
            }

            /// The sections in which the other one differs.
            pub fn changed(&self, other: &Config) -> Vec<&'static str> {
                let mut changed = Vec::new();
                $(if self.$name != other.$name {
                    changed.push(stringify!($name));
                })*
                changed
            }

            /// All keys of all sections: ("metrics", "history.minutes"), a list's written "[].id".
            pub fn keys() -> Vec<(&'static str, String)> {
                let mut all = Vec::new();
                $(all.extend(keys::of::<$section>().into_iter().map(|key| (stringify!($name), key)));)*
                all
            }
        }
    };
}

sections! {
    telegram: crate::telegram::config::Config,
    data: Data,
    ship: Ship,
    pilots: Pilots,
    metrics: subsystems::metrics::config::Config,
    services: subsystems::services::config::Config,
    processes: subsystems::processes::config::Config,
    smart: subsystems::smart::config::Config,
    containers: subsystems::containers::config::Config,
    storage: subsystems::storage::config::Config,
    backup: subsystems::backup::config::Config,
    alerts: alerts::config::Config,
}
