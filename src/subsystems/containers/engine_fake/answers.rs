//! What the simulated engine answers.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures_util::stream;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{EVENTS_MAX, World};
use crate::{
    intent::containers::Prune,
    subsystems::containers::{
        engine::{
            About, Answer, Dock, Engine, EngineError, Layers, Link, LogAsk, LogChunk, LogStream, Readings,
            Source, Verb,
        },
        model::{
            Container, ContainerId, Details, Image, Layer, Network, Pruned, Reading, Shelf, State, Usage,
            Volume, What,
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
                here: self.lock().here,
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

    fn readings<'a>(&'a self, id: &'a ContainerId) -> Answer<'a, Readings> {
        Box::pin(async move {
            self.ready().await?;
            let begin = (self.clone(), id.clone());
            // As often as the real one tells.
            let told = stream::unfold(begin, |(world, id)| async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let reading = world.reading(&id)?;
                Some((Ok(reading), (world, id)))
            });
            Ok(Box::pin(told) as Readings)
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
            let dangling = |image: &&Image| image.tags.is_empty() && !image_used(image);
            let images = inner.images.iter();
            Ok(Usage {
                dangling: Shelf {
                    count: images.clone().filter(dangling).count() as u64,
                    in_use: 0,
                    bytes: images.clone().filter(dangling).map(|image| image.size).sum(),
                    reclaimable: images.clone().filter(dangling).map(|image| image.size).sum(),
                },
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

    fn registry_digest<'a>(&'a self, image: &'a str) -> Answer<'a, String> {
        Box::pin(async move {
            self.ready().await?;
            let inner = self.lock();
            if inner.registry_away {
                let why = "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host";
                return Err(EngineError::Refused(why.into()));
            }
            if let Some((digest, _)) = inner.registry.get(image) {
                return Ok(digest.clone());
            }
            let here = inner.images.iter().find(|one| one.tags.iter().any(|tag| tag == image));
            let digest = here.and_then(|one| one.digests.first()?.split_once('@').map(|(_, d)| d.to_owned()));
            digest.ok_or(EngineError::NotFound)
        })
    }

    fn image<'a>(&'a self, name: &'a str) -> Answer<'a, Image> {
        Box::pin(async move {
            self.ready().await?;
            let inner = self.lock();
            let found = inner.images.iter().find(|one| one.id == name || one.tags.iter().any(|t| t == name));
            found.cloned().ok_or(EngineError::NotFound)
        })
    }

    fn pull<'a>(&'a self, image: &'a str) -> Answer<'a, Layers> {
        Box::pin(async move {
            self.registry_digest(image).await?;
            let begin = (self.clone(), image.to_owned(), 0_u64);
            let told = stream::unfold(begin, |(world, image, step)| async move {
                const STEPS: u64 = 12;
                const LAYER_BYTES: u64 = 24 << 20;
                tokio::time::sleep(Duration::from_millis(250)).await;
                if step > STEPS {
                    return None;
                }
                let layer = Layer {
                    id: format!("{:012x}", 0xa1b2_c3d4_u64 + step / 5),
                    status: if step == STEPS { "Pull complete" } else { "Downloading" }.into(),
                    bytes: Some((LAYER_BYTES * (step % 5 + 1) / 5, LAYER_BYTES)),
                };
                if step == STEPS {
                    world.fetched(&image);
                }
                Some((Ok(layer), (world, image, step + 1)))
            });
            Ok(Box::pin(told) as Layers)
        })
    }

    fn twin<'a>(&'a self, like: &'a str, image: &'a str, name: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            self.ready().await?;
            let mut inner = self.lock();
            if inner.find(name).is_some() {
                return Err(EngineError::Refused(format!(
                    "Conflict. The container name \"/{name}\" is in use"
                )));
            }
            let made = inner.images.iter().find(|one| one.tags.iter().any(|tag| tag == image));
            let image_id = made.map(|one| one.id.clone()).ok_or(EngineError::NotFound)?;
            inner.made += 1;
            let id = format!("{:064x}", (0xfeed_0000 + inner.made).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let life = inner.lives.get(&image_id).copied();
            let mut body = inner.find(like).ok_or(EngineError::NotFound)?.clone();
            body.container.id = ContainerId(id);
            body.container.name = name.to_owned();
            body.container.image_id = image_id;
            body.container.state = State::Created;
            body.container.health = None;
            body.container.created = Some(self.clock.now());
            body.life = life.unwrap_or(body.life);
            (body.started, body.finished, body.restarts, body.run) = (None, None, 0, 0);
            body.log.clear();
            inner.bodies.push(body);
            drop(inner);
            self.tell(name, What::Created);
            Ok(())
        })
    }

    fn rename<'a>(&'a self, from: &'a str, to: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            self.ready().await?;
            let mut inner = self.lock();
            if inner.find(to).is_some() {
                return Err(EngineError::Refused(format!(
                    "Conflict. The container name \"/{to}\" is in use"
                )));
            }
            inner.find(from).ok_or(EngineError::NotFound)?.container.name = to.to_owned();
            drop(inner);
            self.tell(to, What::Renamed);
            Ok(())
        })
    }

    fn tag<'a>(&'a self, id: &'a str, name: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            self.ready().await?;
            let mut inner = self.lock();
            inner.images.iter_mut().for_each(|one| one.tags.retain(|tag| tag != name));
            let image = inner.images.iter_mut().find(|one| one.id == id).ok_or(EngineError::NotFound)?;
            image.tags.push(name.to_owned());
            Ok(())
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

impl World {
    /// `None`: it is gone. One that does not run takes nothing.
    fn reading(&self, id: &ContainerId) -> Option<Reading> {
        let now = self.clock.now();
        let mut inner = self.lock();
        let body = inner.find(&id.0)?;
        if !body.container.takes() {
            return Some(Reading::default());
        }
        let paused = body.container.state == State::Paused;
        let ran = body.started.map_or(0, |at| now.as_nanosecond() - at.as_nanosecond()).max(0);
        Some(Reading {
            cpu_ns: if paused {
                Some(0)
            } else {
                u64::try_from(ran).ok().map(|ran| ran / 1000 * body.permille)
            },
            memory: Some(body.memory),
            memory_limit: body.memory_limit,
        })
    }

    /// What the registry has is here now, and has the name.
    fn fetched(&self, image: &str) {
        let mut inner = self.lock();
        let Some((digest, life)) = inner.registry.remove(image) else { return };
        let id = digest.replace("beef", "f00d");
        inner.images.iter_mut().for_each(|one| one.tags.retain(|tag| tag != image));
        let (name, _) = image.rsplit_once(':').unwrap_or((image, ""));
        inner.images.push(Image {
            id: id.clone(),
            tags: vec![image.to_owned()],
            created: Some(self.clock.now()),
            size: 142 << 20,
            digests: vec![format!("{name}@{digest}")],
        });
        inner.lives.insert(id, life);
    }
}
