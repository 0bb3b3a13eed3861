//! The actor's part for what is stored: images, volumes, networks, their sizes, what is cleared away, and log files on
//! their way to a chat.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use ractor::{ActorRef, RpcReplyPort};
use tokio::time::Instant;

use super::{
    actor::{Keeper, Setup, started},
    engine::{Engine, EngineError, Verb},
    forecast::{self, Forecast},
    logs,
    messages::{LogFile, Msg, Own, Sizes, StockPage, StockReport, Sweep, Sweeping, Swept},
    model::{Pruned, Usage, Volume},
    panel_stock,
    shell::Shell,
    state::{Link, Refusal},
};
use crate::{
    intent::containers::{Log, Prune, Stock},
    screen::Topic,
};

/// Counting walks the disks: sizes are good for so long.
const SIZES_FRESH: Duration = Duration::from_secs(10 * 60);
/// Collected log files that can still be sent.
const FILES_MAX: usize = 8;

impl Keeper {
    pub(super) fn stock(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        what: Stock,
        reply: RpcReplyPort<StockReport>,
    ) {
        shell.looked_at(me);
        let mut report =
            StockReport { page: None, sweeping: shell.sweeping.clone(), swept: shell.swept.clone() };
        if report.sweeping.is_some() {
            let _ = reply.send(report);
            return;
        }
        if what == Stock::Volumes {
            self.size(me, shell);
        }
        let (containers, sizes) = (shell.state.containers().cloned().collect(), shell.sizes.clone());
        let (engine, me) = (shell.engine(), me.clone());
        shell.spawn(async move {
            let page = async {
                let engine = engine?;
                Ok(match what {
                    Stock::Usage | Stock::Map => {
                        let usage = engine.usage().await;
                        let _ = me.cast(Msg::Own(Own::Sized(usage.clone())));
                        StockPage::Usage(usage?)
                    }
                    Stock::Images => StockPage::Images(engine.images().await?, containers),
                    Stock::Volumes => StockPage::Volumes(engine.volumes().await?, containers, sizes),
                    Stock::Networks => StockPage::Networks(engine.networks().await?, containers),
                })
            };
            report.page = Some(page.await);
            let _ = reply.send(report);
        });
    }

    /// Has the volumes' sizes counted, where they are old.
    pub(super) fn size(&self, me: &ActorRef<Msg>, shell: &mut Shell) {
        let fresh = shell.sized_at.is_some_and(|at| at.elapsed() < SIZES_FRESH);
        let Ok(engine) = shell.engine() else { return };
        if fresh || shell.sizes.come {
            return;
        }
        shell.sizes.come = true;
        let me = me.clone();
        shell.must(async move {
            let usage = engine.usage().await;
            let _ = me.cast(Msg::Own(Own::Sized(usage)));
        });
    }

    pub(super) fn sized(&self, shell: &mut Shell, usage: Result<Usage, EngineError>) {
        shell.sized_at = Some(Instant::now());
        match usage {
            Ok(usage) => {
                shell.counted = Some((self.setup.clock.now(), usage.clone()));
                let known = usage.by_volume.into_iter().filter_map(|v| Some((v.name, v.size?)));
                let at = Some(self.setup.clock.now());
                shell.sizes = Sizes { at, by_name: known.collect::<BTreeMap<_, _>>(), come: false };
            }
            Err(_) => shell.sizes.come = false,
        }
        self.setup.outlet.changed(Topic::Containers);
    }

    pub(super) fn unused_volumes(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        reply: RpcReplyPort<Result<Vec<Volume>, EngineError>>,
    ) {
        let (engine, me) = (shell.engine(), me.clone());
        shell.spawn(async move {
            let unused = async {
                let all = engine?.usage().await?.by_volume;
                Ok(all.into_iter().filter(|volume| volume.users == Some(0)).collect::<Vec<_>>())
            };
            let unused = unused.await;
            if let Ok(volumes) = &unused {
                let _ = me.cast(Msg::Own(Own::Unused(volumes.clone())));
            }
            let _ = reply.send(unused);
        });
    }

    pub(super) fn sweep(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        what: Sweep,
        by: String,
    ) -> Result<(), Refusal> {
        if !matches!(shell.state.link, Link::Up(_)) {
            return Err(Refusal::NotLinked(shell.engine().err().unwrap_or(EngineError::Lost)));
        }
        if shell.sweeping.is_some() {
            return Err(Refusal::Sweeping);
        }
        let engine = shell.engine().map_err(Refusal::NotLinked)?;
        let (go, stay) = forecast::stopped(&shell.state);
        if let Sweep::Prune(what) = &what
            && let Some(update) = shell.state.needed_by_update(*what)
        {
            return Err(Refusal::WayBack(update));
        }
        shell.counts.acts += 1;
        shell.swept = None;
        let since = self.setup.clock.now();
        shell.sweeping = Some(Sweeping { what: what.clone(), by: by.clone(), since });
        let me = me.clone();
        shell.must(async move {
            let result = match &what {
                // The engine's own way knows of no exception, but counts what it gives back.
                Sweep::Prune(Prune::Containers) if !stay.is_empty() => remove_stopped(engine, &go).await,
                Sweep::Prune(what) => engine.prune(*what).await,
                Sweep::Volumes(names) => remove_volumes(engine, names).await,
            };
            let _ = me.cast(Msg::Own(Own::Swept(what, by, result)));
        });
        Ok(())
    }

    /// What a clearing-away would take, as far as it is known without counting anew.
    pub(super) fn forecast(&self, shell: &mut Shell, what: Prune, reply: RpcReplyPort<Forecast>) {
        let (names, spared) = match what {
            Prune::Containers => forecast::stopped(&shell.state),
            _ => Default::default(),
        };
        let counted = shell.counted.clone();
        let mut forecast = Forecast { counted, names, spared, unanswered: false };
        let engine = match (what, shell.engine()) {
            (_, Err(_)) => {
                forecast.unanswered = true;
                None
            }
            (Prune::Networks, Ok(engine)) => Some(engine),
            (_, Ok(_)) => None,
        };
        let Some(engine) = engine else { return drop(reply.send(forecast)) };
        let containers: Vec<_> = shell.state.containers().cloned().collect();
        shell.spawn(async move {
            match engine.networks().await {
                Ok(networks) => forecast.names = forecast::unused(&networks, &containers),
                Err(_) => forecast.unanswered = true,
            }
            let _ = reply.send(forecast);
        });
    }

    pub(super) fn swept(
        &self,
        shell: &mut Shell,
        what: Sweep,
        by: String,
        result: Result<Pruned, EngineError>,
    ) {
        let bytes = result.as_ref().ok().and_then(|pruned| pruned.bytes);
        tracing::info!(?what, bytes, good = result.is_ok(), "cleared away");
        shell.sweeping = None;
        shell.listed.clear();
        (shell.sized_at, shell.counted) = (None, None);
        shell.swept = Some(Swept { what, by, at: self.setup.clock.now(), result });
        self.setup.outlet.changed(Topic::Containers);
    }

    pub(super) fn log_file(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        log: Log,
        tz: TimeZone,
        reply: RpcReplyPort<Result<u32, EngineError>>,
    ) {
        let Setup { clock, scratch, blobs, .. } = self.setup.clone();
        shell.files_made = shell.files_made.wrapping_add(1);
        // Numbers of an earlier life of this actor must not name a file of this one.
        let id = number(clock.now(), shell.files_made);
        let (engine, me) = (shell.engine(), me.clone());
        shell.spawn(async move {
            let made = async {
                let engine = engine?;
                let started = started(&*engine, &log).await?;
                logs::file(&*engine, &log, started, clock.now(), &tz, &scratch, &blobs).await
            };
            let made = made.await.map(|file| {
                let _ = me.cast(Msg::Own(Own::Collected(id, file)));
                id
            });
            let _ = reply.send(made);
        });
    }
}

fn number(now: Timestamp, made: u32) -> u32 {
    let seconds = u32::try_from(now.as_second().rem_euclid(1 << 24)).unwrap_or_default();
    seconds << 8 | made & 0xff
}

impl Shell {
    pub(super) fn collected(&mut self, id: u32, file: LogFile) {
        if self.files.len() >= FILES_MAX {
            self.files.pop_front();
        }
        self.files.push_back((id, file));
    }

    /// The names that stood on the list with this hash.
    pub(super) fn listed_if(&self, hash: u32) -> Option<Vec<String>> {
        let listed = &self.listed[..self.listed.len().min(panel_stock::LISTED_MAX)];
        (!listed.is_empty() && panel_stock::hash(listed) == hash)
            .then(|| listed.iter().map(|volume| volume.name.clone()).collect())
    }
}

async fn remove_stopped(engine: Arc<dyn Engine>, names: &[String]) -> Result<Pruned, EngineError> {
    let mut pruned = Pruned { removed: Vec::new(), bytes: None };
    for name in names {
        match engine.act(Verb::Remove, name).await {
            Ok(()) => pruned.removed.push(name.clone()),
            Err(error) if error.is_of_link() => return Err(error),
            // Started by now, or gone by itself.
            Err(_) => {}
        }
    }
    Ok(pruned)
}

async fn remove_volumes(engine: Arc<dyn Engine>, names: &[String]) -> Result<Pruned, EngineError> {
    let sizes = engine.usage().await?.by_volume;
    let mut pruned = Pruned { removed: Vec::new(), bytes: Some(0) };
    for name in names {
        match engine.remove_volume(name).await {
            Ok(()) => {
                let size = sizes.iter().find(|volume| volume.name == *name).and_then(|volume| volume.size);
                pruned.bytes = pruned.bytes.zip(size).map(|(sum, size)| sum + size);
                pruned.removed.push(name.clone());
            }
            Err(error) if error.is_of_link() => return Err(error),
            // In use by now, or gone by itself.
            Err(_) => {}
        }
    }
    Ok(pruned)
}
