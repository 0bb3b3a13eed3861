//! `run` and `doctor`: the daemon from its config file.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    cli::DEFAULT_CONFIG,
    doctor::{self, Finding, Looked},
    exit::Exit,
    fly::{Flying, Orders},
    sample,
    signals::Signals,
};
use crate::{
    config::{self, Config, Loaded, Secrets},
    domain::{Flight, SystemClock},
    store::Folder,
    subsystems::containers::engine_docker::SOCKETS,
    supervision::Faults,
};

pub async fn run(file: &Path, sim: bool, env: BTreeMap<String, String>) -> Result<(), Exit> {
    let signals = Signals::listen().map_err(|error| Exit::Start(error.to_string()))?;
    let config = read(file, &env, Secrets::Find)?;
    if config.telegram.token.is_none() {
        return Err(Exit::NoToken);
    }
    if !config.pilots.has_owner() {
        return Err(Exit::NoOwner);
    }
    let folder = Folder::claim(&config.data.dir)?;
    let flight = if sim { Flight::Sim } else { Flight::Real };
    let laid = if sim { sample::lay_out(folder.path()) } else { None };
    let orders = Orders {
        config,
        lay: Arc::new(move |config| sample::root(config, flight, laid.clone())),
        file: Some(file.to_owned()),
        faults: faults(&env)?,
        env,
        secrets: Secrets::Find,
        flight,
        folder,
        clock: Arc::new(SystemClock),
    };
    Flying::take_off(orders).await?.until_the_end(signals).await
}

/// The config of a file, or all that is wrong with it. Warnings go to the log.
pub(super) fn read(file: &Path, env: &BTreeMap<String, String>, secrets: Secrets) -> Result<Config, Exit> {
    let loaded = config::load_file(file, env, secrets)
        .map_err(|source| Exit::NoConfig { file: file.to_owned(), source })?;
    accept(loaded)
}

pub(super) fn accept(loaded: Loaded) -> Result<Config, Exit> {
    for warning in loaded.problems.iter().filter(|problem| problem.warning) {
        tracing::warn!(%warning, "config");
    }
    let errors: Vec<String> =
        loaded.problems.iter().filter(|problem| !problem.warning).map(ToString::to_string).collect();
    loaded.config.ok_or_else(|| Exit::Config { problems: errors.join("\n") })
}

/// Failures to watch the healing by; only with the `faults` feature.
pub(super) fn faults(env: &BTreeMap<String, String>) -> Result<Faults, Exit> {
    let Some(text) = env.get("COCKPIT_FAULTS") else { return Ok(Faults::none()) };
    #[cfg(feature = "faults")]
    return Faults::parse(text).map_err(|error| Exit::Faults(error.to_string()));
    #[cfg(not(feature = "faults"))]
    Err(Exit::Faults(format!("this build cannot play \"{text}\": build with --features faults")))
}

pub async fn doctor(file: &Path, env: &BTreeMap<String, String>) -> Vec<Finding> {
    let check = if file == Path::new(DEFAULT_CONFIG) {
        "sudo cockpit-bot check".to_owned()
    } else {
        format!("cockpit-bot check --config {}", file.display())
    };
    let counted =
        |n: usize, what: &str| format!("{}: {n} {what}{}", file.display(), if n == 1 { "" } else { "s" });
    let (says, mend, config) = match config::load_file(file, env, Secrets::Find) {
        Err(error) => {
            let copy = format!("sudo install -D -m 640 config/cockpit.toml {}", file.display());
            let mend =
                if error.kind() == ErrorKind::NotFound { copy } else { format!("ls -l {}", file.display()) };
            (format!("{}: {error}", file.display()), Some(mend), None)
        }
        Ok(Loaded { config: None, problems }) => (counted(problems.len(), "problem"), Some(check), None),
        Ok(Loaded { config: Some(config), problems }) if problems.is_empty() => {
            (format!("{}: no problems", file.display()), None, Some(config))
        }
        Ok(Loaded { config: Some(config), problems }) => (
            format!("{} (cockpit-bot check names them)", counted(problems.len(), "warning")),
            None,
            Some(config),
        ),
    };
    let config = config.unwrap_or_default();
    let looked = Looked {
        root: "/".into(),
        data: config.data.dir.clone(),
        config: (says, mend),
        token: config.telegram.token.is_some(),
        engine_sockets: match config.containers.socket {
            Some(socket) => vec![socket],
            None => SOCKETS.iter().map(PathBuf::from).collect(),
        },
    };
    doctor::examine(&looked).await
}
