//! `practice`: the daemon with a Telegram of its own in the browser. Reads this machine, acts on nothing unless asked.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::{
    cli::Practice,
    exit::{Exit, print},
    fly::{Flying, Lay, Orders},
    run, sample,
    signals::Signals,
};
use crate::{
    config::{self, Config, Pilot, Pilots, Secrets},
    domain::{Flight, PilotId, Role, SystemClock},
    practice::{PracticeOptions, Running, start},
    store::Folder,
    subsystems::storage,
    telegram::config::Token,
};

pub async fn practice(asked: Practice, env: BTreeMap<String, String>) -> Result<(), Exit> {
    let signals = Signals::listen().map_err(|error| Exit::Start(error.to_string()))?;
    let clock = Arc::new(SystemClock);
    let config = match &asked.config {
        Some(file) => run::read(file, &env, Secrets::LeaveAlone)?,
        None => run::accept(config::load(None, &BTreeMap::new(), Secrets::LeaveAlone))?,
    };
    let folder = match &asked.data {
        Some(data) => Folder::claim(data)?,
        None => Folder::temporary()?,
    };
    let options = PracticeOptions {
        beyond_loopback: asked.listen_beyond_loopback,
        ..PracticeOptions::new(asked.listen, clock.clone())
    };
    let telegram = start(options).await?;
    let flight = match (asked.sim, asked.hands_on) {
        (true, _) => Flight::Sim,
        (_, true) => Flight::HandsOn,
        _ => Flight::Practice,
    };
    let orders = Orders {
        config,
        lay: lay(&telegram, folder.path().to_owned(), flight, sample::lay_out(folder.path())),
        file: asked.config.clone(),
        faults: run::faults(&env)?,
        env: if asked.config.is_some() { env } else { BTreeMap::new() },
        secrets: Secrets::LeaveAlone,
        flight,
        folder,
        clock,
    };
    let flying = Flying::take_off(orders).await?;
    greet(&telegram, flight, &asked);
    let end = flying.until_the_end(signals).await;
    telegram.shutdown().await;
    end
}

/// Practice's own Telegram, pilot and folder, whatever a file says.
fn lay(telegram: &Running, folder: PathBuf, flight: Flight, sample: Option<storage::config::Root>) -> Lay {
    let token = Token::parse(&telegram.token).expect("practice makes tokens in BotFather's shape");
    let api_url = telegram.api_url.clone();
    Arc::new(move |config: &mut Config| {
        config.telegram.token = Some(token.clone());
        config.telegram.token_file = None;
        config.telegram.practised = true;
        config.telegram.api_url.clone_from(&api_url);
        config.data.dir.clone_from(&folder);
        sample::root(config, flight, sample.clone());
        if !config.pilots.has_owner() {
            config.pilots =
                Pilots(vec![Pilot { id: PilotId(1001), role: Role::Owner, name: "Captain".into() }]);
        }
    })
}

fn greet(telegram: &Running, flight: Flight, asked: &Practice) {
    let what = match flight {
        Flight::Sim => "a simulated server: everything works and can be broken",
        Flight::HandsOn => "this machine, hands on: taps act on it, nothing acts by itself",
        Flight::Practice | Flight::Real => "this machine's real numbers; nothing is changed",
    };
    let end = match asked.data {
        None => "Data is kept in a temporary folder and goes with the end: Ctrl-C.\n",
        Some(_) => "",
    };
    let page = &telegram.page_url;
    print(&format!("Cockpit practice – {what}\n\n  open   {page}\n  then   type /start\n\n{end}"));
}
