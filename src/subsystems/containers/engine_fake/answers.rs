//! What the simulated engine answers.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures_util::stream;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{EVENTS_MAX, World};
use crate::{
    intent::containers::Prune,
    subsystems::containers::{
        engine::{About, Answer, Dock, Engine, EngineError, Link, LogAsk, LogChunk, LogStream, Source, Verb},
        model::{
            Container, ContainerId, Details, Image, Network, Pruned, Reading, Shelf, State, Usage, Volume,
        },
    },
};

impl Dock for World {
    fn connect(&self) -> Answer<'_, Link> {
        Box::pin(async move {
            self.ready().await?;
            let (tell, hear) = mpsc::channel(EVENTS_MAX);
            self.lock().listeners.push(tell);
            let happenings =
                stream::unfold(hear, |mut hear| async move { hear.recv().await.map(|one| (one, hear)) });
            let about = About {
                name: "Docker".into(),
                version: "27.3.1".into(),
                api: "1.47".into(),
                socket: "/var/run/docker.sock".into(),
                live_restore: false,
            };
            Ok(Link { engine: Arc::new(self.clone()), about, happenings: Box::pin(happenings) })
        })
    }
}

impl Engine for World {
    fn list(&self) -> Answer<'_, Vec<Container>> {
        Box::pin(async move {
            self.ready().await?;
            let inner = self.lock();
            Ok(inner.bodies.iter().map(|body| self.worded(body)).collect())
        })
    }

    fn inspect<'a>(&'a self, container: &'a str) -> Answer<'a, Details> {
        Box::pin(async move {
            self.ready().await?;
            let mut inner = self.lock();
            let body = inner.find(container).ok_or(EngineError::NotFound)?;
            Ok(self.details(body))
        })
    }

    fn reading<'a>(&'a self, id: &'a ContainerId) -> Answer<'a, Reading> {
        Box::pin(async move {
            self.ready().await?;
            // As long as the real one takes.
            tokio::time::sleep(Duration::from_secs(1)).await;
            let now = self.clock.now();
            let mut inner = self.lock();
            let body = inner.find(&id.0).ok_or(EngineError::NotFound)?;
            if body.container.state != State::Running {
                return Ok(Reading::default());
            }
            let ran = body.started.map_or(0, |at| now.as_nanosecond() - at.as_nanosecond()).max(0);
            Ok(Reading {
                cpu_ns: u64::try_from(ran).ok().map(|ran| ran / 1000 * body.permille),
                memory: Some(body.memory),
                memory_limit: body.memory_limit,
            })
        })
    }

    fn act<'a>(&'a self, verb: Verb, container: &'a str) -> Answer<'a, ()> {
        Box::pin(self.carry(verb, container))
    }

    fn logs<'a>(&'a self, ask: &'a LogAsk) -> Answer<'a, LogStream> {
        Box::pin(async move {
            self.ready().await?;
            let known = self.lock().find(ask.container.as_str()).is_some();
            if !known {
                return Err(EngineError::NotFound);
            }
            let (world, ask) = (self.clone(), ask.clone());
            let said = self.said.subscribe();
            let begin = (world, ask, said, None::<Timestamp>, VecDeque::new(), false);
            Ok(Box::pin(stream::unfold(
                begin,
                |(world, ask, mut said, mut last, mut queue, mut begun)| async move {
                    loop {
                        if let Some(chunk) = queue.pop_front() {
                            return Some((Ok(chunk), (world, ask, said, last, queue, begun)));
                        }
                        if begun && (!ask.follow || said.changed().await.is_err()) {
                            return None;
                        }
                        let mut inner = world.lock();
                        let lines = inner.find(ask.container.as_str()).map(|body| &body.log);
                        let since = last.max(ask.since);
                        let new: Vec<_> = lines
                            .into_iter()
                            .flatten()
                            .filter(|(at, source, _)| {
                                (ask.stdout || *source == Source::Err)
                                    && if begun {
                                        Some(*at) > since
                                    } else {
                                        Some(*at) >= since || since.is_none()
                                    }
                            })
                            .collect();
                        let tail = if begun { new.len() } else { ask.tail.unwrap_or(new.len()) };
                        for (at, source, text) in &new[new.len().saturating_sub(tail)..] {
                            queue.push_back(LogChunk {
                                source: *source,
                                bytes: format!("{at} {text}\n").into_bytes(),
                            });
                        }
                        last = new.last().map(|(at, ..)| *at).or(last);
                        drop(inner);
                        begun = true;
                    }
                },
            )) as LogStream)
        })
    }

    fn volumes(&self) -> Answer<'_, Vec<Volume>> {
        Box::pin(async move {
            self.ready().await?;
            let plain = |volume: &Volume| Volume { size: None, users: None, ..volume.clone() };
            Ok(self.lock().volumes.iter().map(plain).collect())
        })
    }

    fn networks(&self) -> Answer<'_, Vec<Network>> {
        Box::pin(async move {
            self.ready().await?;
            Ok(self.lock().networks.clone())
        })
    }

    fn images(&self) -> Answer<'_, Vec<Image>> {
        Box::pin(async move {
            self.ready().await?;
            Ok(self.lock().images.clone())
        })
    }

    fn usage(&self) -> Answer<'_, Usage> {
        Box::pin(async move {
            self.ready().await?;
            let inner = self.lock();
            let mut by_volume = inner.volumes.clone();
            for volume in &mut by_volume {
                volume.users = Some(self.used(&inner, &volume.name));
            }
            by_volume.sort_by_key(|volume| std::cmp::Reverse(volume.size));
            let size = |volume: &Volume| volume.size.unwrap_or_default();
            let image_used =
                |image: &&Image| inner.bodies.iter().any(|body| body.container.image_id == image.id);
            let images = inner.images.iter();
            Ok(Usage {
                images: Shelf {
                    count: inner.images.len() as u64,
                    in_use: images.clone().filter(image_used).count() as u64,
                    bytes: images.clone().map(|image| image.size).sum(),
                    reclaimable: images.filter(|image| !image_used(image)).map(|image| image.size).sum(),
                },
                containers: Shelf {
                    count: inner.bodies.len() as u64,
                    in_use: inner.bodies.iter().filter(|body| body.container.running()).count() as u64,
                    bytes: inner.bodies.len() as u64 * (3 << 20),
                    reclaimable: inner.bodies.iter().filter(|b| !b.container.running()).count() as u64
                        * (3 << 20),
                },
                volumes: Shelf {
                    count: by_volume.len() as u64,
                    in_use: by_volume.iter().filter(|volume| volume.users > Some(0)).count() as u64,
                    bytes: by_volume.iter().map(size).sum(),
                    reclaimable: by_volume.iter().filter(|v| v.users == Some(0)).map(size).sum(),
                },
                build_cache: Shelf {
                    count: u64::from(inner.build_cache > 0) * 14,
                    in_use: 0,
                    bytes: inner.build_cache,
                    reclaimable: inner.build_cache,
                },
                by_volume,
            })
        })
    }

    fn prune(&self, what: Prune) -> Answer<'_, Pruned> {
        Box::pin(async move {
            self.ready().await?;
            let mut guard = self.lock();
            let inner = &mut *guard;
            Ok(match what {
                Prune::Containers => {
                    let (keep, gone): (Vec<_>, Vec<_>) =
                        inner.bodies.drain(..).partition(|body| body.container.running());
                    inner.bodies = keep;
                    let bytes = Some(gone.len() as u64 * (3 << 20));
                    Pruned { removed: gone.into_iter().map(|body| body.container.id.0).collect(), bytes }
                }
                Prune::Images => {
                    let used = |image: &Image| {
                        !image.tags.is_empty()
                            || inner.bodies.iter().any(|b| b.container.image_id == image.id)
                    };
                    let (keep, gone): (Vec<_>, Vec<_>) = inner.images.drain(..).partition(used);
                    inner.images = keep;
                    let bytes = Some(gone.iter().map(|image| image.size).sum());
                    Pruned { removed: gone.into_iter().map(|image| image.id).collect(), bytes }
                }
                Prune::BuildCache => {
                    let bytes = std::mem::take(&mut inner.build_cache);
                    Pruned {
                        removed: if bytes > 0 { vec!["cache".into()] } else { Vec::new() },
                        bytes: Some(bytes),
                    }
                }
                Prune::Networks => {
                    let used = |network: &Network| {
                        network.name == "bridge"
                            || inner.bodies.iter().any(|b| b.container.networks.contains(&network.name))
                    };
                    let (keep, gone): (Vec<_>, Vec<_>) = inner.networks.drain(..).partition(used);
                    inner.networks = keep;
                    Pruned { removed: gone.into_iter().map(|network| network.name).collect(), bytes: None }
                }
            })
        })
    }

    fn remove_volume<'a>(&'a self, name: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            self.ready().await?;
            let mut inner = self.lock();
            if self.used(&inner, name) > 0 {
                return Err(EngineError::Refused(format!("remove {name}: volume is in use")));
            }
            let before = inner.volumes.len();
            inner.volumes.retain(|volume| volume.name != name);
            if inner.volumes.len() == before { Err(EngineError::NotFound) } else { Ok(()) }
        })
    }
}
