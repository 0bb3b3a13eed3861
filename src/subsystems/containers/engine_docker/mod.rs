//! The engine over its unix socket: Docker, or Podman's service that speaks the same. The only place that names the
//! client library; `decode.rs` turns its answers into our words.
//!
//! The library bounds only the wait for an answer's head, so every call has a deadline of ours around it. What the
//! library's types lost (the disk usage of older engines) is read as plain JSON by `plain.rs`. What Podman says
//! otherwise is in `podman.rs`.

mod decode;
mod plain;
mod podman;
#[cfg(test)]
mod standin_tests;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use bollard::{
    API_DEFAULT_VERSION, Docker as Client,
    container::LogOutput,
    errors::Error,
    query_parameters::{
        CreateImageOptions, EventsOptions, KillContainerOptions, ListImagesOptions, ListVolumesOptions,
        LogsOptions, PruneBuildOptions, PruneImagesOptions, RemoveContainerOptions, RemoveVolumeOptions,
        RenameContainerOptions, StatsOptions, TagImageOptions,
    },
};
use futures_util::TryStreamExt;

use serde_json::Value;

use super::{
    blueprint, digests,
    engine::{
        About, Answer, Dock, Engine, EngineError, Happenings, Lack, Layers, Link, LogAsk, LogChunk,
        LogStream, Readings, Source, Verb,
    },
    forecast,
    model::{Container, ContainerId, Details, Image, Network, Pruned, Usage, Volume},
};
use crate::intent::containers::Prune;

/// For finding the socket and hearing who answers.
pub const CONNECT_MAX: Duration = Duration::from_secs(8);
const CALL_MAX: Duration = Duration::from_secs(5);
/// A container has its own time to end, 10 s by default.
const ACT_MAX: Duration = Duration::from_secs(90);
/// The engine walks its disks.
const COUNT_MAX: Duration = Duration::from_secs(60);
/// The engine asks somebody on the internet.
const REGISTRY_MAX: Duration = Duration::from_secs(30);
/// The library's own limit, above all of ours.
const LIBRARY_MAX_S: u64 = 120;
/// Prune and disk usage came with it (Docker 1.13).
const API_MIN: &str = "1.25";
/// In this order where the config names none.
pub const SOCKETS: &[&str] = &["/var/run/docker.sock", "/run/podman/podman.sock"];
/// Of all else there is a flood: each health check is three events.
const EVENTS: &[&str] = &[
    "create",
    "start",
    "die",
    "oom",
    "kill",
    "stop",
    "pause",
    "unpause",
    "health_status",
    "rename",
    "destroy",
];

/// The engine of this machine.
#[derive(Debug, Clone)]
pub struct Docker {
    sockets: Vec<String>,
}

impl Docker {
    /// `socket`: the config's; otherwise the usual ones.
    pub fn new(socket: Option<&Path>) -> Docker {
        let sockets = match socket {
            Some(path) => vec![path.to_string_lossy().into_owned()],
            None => SOCKETS.iter().map(|socket| (*socket).to_owned()).collect(),
        };
        Docker { sockets }
    }

    async fn dial(&self) -> Result<Link, EngineError> {
        let Some(socket) = self.sockets.iter().find(|socket| Path::new(socket).exists()) else {
            return Err(EngineError::NoSocket(self.sockets.clone()));
        };
        let told = |error| decode::error(error, socket);
        let client = Client::connect_with_unix(socket, LIBRARY_MAX_S, API_DEFAULT_VERSION).map_err(told)?;
        let client = client.negotiate_version().await.map_err(told)?;
        let version = client.version().await.map_err(told)?;
        let api = version.api_version.clone().unwrap_or_default();
        if decode::api(&api) < decode::api(API_MIN) {
            return Err(EngineError::TooOld { found: api, needed: API_MIN });
        }
        // Only two details come from it: without them all else works.
        let info = client.info().await.ok();
        let about = About {
            name: decode::engine_name(&version),
            version: version.version.unwrap_or_default(),
            api,
            socket: socket.clone(),
            here: true,
            live_restore: info.as_ref().and_then(|info| info.live_restore_enabled).unwrap_or_default(),
        };
        let podman = about.name == decode::PODMAN;
        let wanted = EVENTS.iter().chain(podman::EVENTS.iter().filter(|_| podman));
        let filters = HashMap::from([
            ("type".to_owned(), vec!["container".to_owned()]),
            ("event".to_owned(), wanted.map(|event| (*event).to_owned()).collect()),
        ]);
        let events =
            client.events(Some(EventsOptions { filters: Some(filters), ..EventsOptions::default() }));
        let at = socket.clone();
        let events = events.map_err(move |error| decode::error(error, &at));
        let happenings: Happenings = match podman {
            true => podman::happenings(events, socket),
            false => Box::pin(events.try_filter_map(async |message| Ok(decode::happening(message)))),
        };
        let memory = info.and_then(|info| info.mem_total).and_then(|total| u64::try_from(total).ok());
        let engine = Arc::new(Connection { client, socket: socket.clone(), podman, memory });
        Ok(Link { engine, about, happenings })
    }
}

impl Dock for Docker {
    fn connect(&self) -> Answer<'_, Link> {
        Box::pin(within(CONNECT_MAX, self.dial()))
    }
}

async fn within<T>(
    limit: Duration,
    call: impl Future<Output = Result<T, EngineError>>,
) -> Result<T, EngineError> {
    tokio::time::timeout(limit, call).await.unwrap_or(Err(EngineError::Slow(limit.as_secs())))
}

struct Connection {
    client: Client,
    socket: String,
    podman: bool,
    /// Of the machine, bytes: a container whose limit is that has none.
    memory: Option<u64>,
}

impl Connection {
    fn call<'a, T: Send + 'a>(
        &'a self,
        limit: Duration,
        call: impl Future<Output = Result<T, Error>> + Send + 'a,
    ) -> Answer<'a, T> {
        let call = async move { call.await.map_err(|error| decode::error(error, &self.socket)) };
        Box::pin(within(limit, call))
    }

    async fn plain<T: serde::de::DeserializeOwned>(
        &self,
        limit: Duration,
        path: &str,
    ) -> Result<T, EngineError> {
        within(limit, plain::get(Path::new(&self.socket), path)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<(), EngineError> {
        within(ACT_MAX, plain::call(Path::new(&self.socket), "POST", path, Some(body))).await.map(|_| ())
    }

    /// Made with the settings of another. Engines before API 1.44 take one network at the making, so all others are
    /// connected after it, which works with every one.
    async fn make_twin(&self, like: &str, image: &str, name: &str) -> Result<(), EngineError> {
        if self.podman {
            return Err(EngineError::NotWithPodman(Lack::Twin));
        }
        let seen: Value = self.plain(CALL_MAX, &format!("/containers/{like}/json")).await?;
        let own_image = seen.get("Image").and_then(Value::as_str).filter(|id| digests::is_name(id));
        let own_image: Option<Value> = match own_image {
            Some(id) => Some(self.plain(CALL_MAX, &format!("/images/{id}/json")).await?),
            None => None,
        };
        let twin = blueprint::twin(&seen, own_image.as_ref(), image)
            .ok_or_else(|| EngineError::Garbled("inspect: no settings".into()))?;
        self.post(&format!("/containers/create?name={name}"), &twin.create).await?;
        for (network, end) in &twin.connect {
            let body = serde_json::json!({ "Container": name, "EndpointConfig": end });
            self.post(&format!("/networks/{network}/connect"), &body).await?;
        }
        Ok(())
    }
}

impl Engine for Connection {
    fn list(&self) -> Answer<'_, Vec<Container>> {
        Box::pin(async move {
            let list: Vec<Value> = self.plain(CALL_MAX, "/containers/json?all=1").await?;
            let mut list: Vec<Container> = list.into_iter().filter_map(decode::listed).collect();
            if self.podman {
                podman::with_health(Path::new(&self.socket), &mut list).await;
            }
            Ok(list)
        })
    }

    fn inspect<'a>(&'a self, container: &'a str) -> Answer<'a, Details> {
        Box::pin(async move {
            decode::inspected(self.plain(CALL_MAX, &format!("/containers/{container}/json")).await?)
        })
    }

    fn readings<'a>(&'a self, id: &'a ContainerId) -> Answer<'a, Readings> {
        let (socket, memory) = (self.socket.clone(), self.memory);
        let stats = self.client.stats(&id.0, Some(StatsOptions { stream: true, one_shot: false }));
        let readings = stats
            .map_ok(move |stats| decode::reading(&stats, memory))
            .map_err(move |error| decode::error(error, &socket));
        Box::pin(async move { Ok(Box::pin(readings) as Readings) })
    }

    fn act<'a>(&'a self, verb: Verb, container: &'a str) -> Answer<'a, ()> {
        let client = &self.client;
        match verb {
            Verb::Start => self.call(ACT_MAX, client.start_container(container, None)),
            Verb::Stop => self.call(ACT_MAX, client.stop_container(container, None)),
            Verb::Restart => self.call(ACT_MAX, client.restart_container(container, None)),
            Verb::Pause => self.call(ACT_MAX, client.pause_container(container)),
            Verb::Unpause => self.call(ACT_MAX, client.unpause_container(container)),
            Verb::Kill => {
                let now = KillContainerOptions { signal: "KILL".into() };
                self.call(ACT_MAX, client.kill_container(container, Some(now)))
            }
            Verb::Remove => {
                let gently = RemoveContainerOptions { v: false, force: false, link: false };
                self.call(ACT_MAX, client.remove_container(container, Some(gently)))
            }
        }
    }

    fn logs<'a>(&'a self, ask: &'a LogAsk) -> Answer<'a, LogStream> {
        let options = LogsOptions {
            follow: ask.follow,
            stdout: ask.stdout,
            stderr: true,
            // Whole seconds: the reader drops what is older by its stamp.
            since: ask.since.map_or(0, |at| i32::try_from(at.as_second()).unwrap_or_default()),
            until: 0,
            timestamps: true,
            tail: ask.tail.map_or_else(|| "all".to_owned(), |lines| lines.to_string()),
        };
        let (socket, logs) = (self.socket.clone(), self.client.logs(ask.container.as_str(), Some(options)));
        let logs = logs.try_filter(|output| std::future::ready(!is_cut_head(output)));
        let chunks = logs.map_ok(chunk).map_err(move |error| decode::error(error, &socket));
        Box::pin(async move { Ok(Box::pin(chunks) as LogStream) })
    }

    fn volumes(&self) -> Answer<'_, Vec<Volume>> {
        Box::pin(async move {
            let list = self.call(CALL_MAX, self.client.list_volumes(None::<ListVolumesOptions>)).await?;
            Ok(list.volumes.unwrap_or_default().into_iter().map(decode::volume).collect())
        })
    }

    fn networks(&self) -> Answer<'_, Vec<Network>> {
        Box::pin(async move {
            let list = self.call(CALL_MAX, self.client.list_networks(None)).await?;
            let mut list: Vec<Network> = list.into_iter().filter_map(decode::network).collect();
            if self.podman {
                list.iter_mut().for_each(|one| one.name = podman::network(std::mem::take(&mut one.name)));
            }
            Ok(list)
        })
    }

    fn images(&self) -> Answer<'_, Vec<Image>> {
        Box::pin(async move {
            let list = self.call(CALL_MAX, self.client.list_images(None::<ListImagesOptions>)).await?;
            Ok(list.into_iter().map(decode::image).collect())
        })
    }

    fn usage(&self) -> Answer<'_, Usage> {
        Box::pin(async move { Ok(self.plain::<plain::DiskUsage>(COUNT_MAX, "/system/df").await?.into()) })
    }

    fn prune(&self, what: Prune) -> Answer<'_, Pruned> {
        let size = |bytes: Option<i64>| bytes.and_then(|bytes| u64::try_from(bytes).ok());
        Box::pin(async move {
            Ok(match what {
                Prune::Containers => {
                    let told = self.call(COUNT_MAX, self.client.prune_containers(None)).await?;
                    let removed = told.containers_deleted.unwrap_or_default();
                    Pruned { removed, bytes: size(told.space_reclaimed) }
                }
                Prune::Images => {
                    let told =
                        self.call(COUNT_MAX, self.client.prune_images(None::<PruneImagesOptions>)).await?;
                    let deleted = told.images_deleted.unwrap_or_default();
                    let removed = deleted.into_iter().filter_map(|item| item.deleted.or(item.untagged));
                    Pruned { removed: removed.collect(), bytes: size(told.space_reclaimed) }
                }
                Prune::BuildCache => {
                    let told =
                        self.call(COUNT_MAX, self.client.prune_build(None::<PruneBuildOptions>)).await?;
                    let removed = told.caches_deleted.unwrap_or_default();
                    Pruned { removed, bytes: size(told.space_reclaimed) }
                }
                Prune::Networks => {
                    let (networks, containers) = (self.networks().await?, self.list().await?);
                    let mut removed = Vec::new();
                    for name in forecast::unused(&networks, &containers) {
                        match self.call(CALL_MAX, self.client.remove_network(&name)).await {
                            Ok(()) => removed.push(name),
                            Err(error) if error.is_of_link() => return Err(error),
                            // In use by now, or gone by itself.
                            Err(_) => {}
                        }
                    }
                    Pruned { removed, bytes: None }
                }
            })
        })
    }

    fn remove_volume<'a>(&'a self, name: &'a str) -> Answer<'a, ()> {
        let gently = RemoveVolumeOptions { force: false };
        self.call(ACT_MAX, self.client.remove_volume(name, Some(gently)))
    }

    fn registry_digest<'a>(&'a self, image: &'a str) -> Answer<'a, String> {
        Box::pin(async move {
            if self.podman {
                return Err(EngineError::NotWithPodman(Lack::Registry));
            }
            let asked = self.client.inspect_registry_image(image, None);
            let found = self.call(REGISTRY_MAX, asked).await?;
            found.descriptor.digest.ok_or_else(|| EngineError::Garbled("distribution: no digest".into()))
        })
    }

    fn image<'a>(&'a self, name: &'a str) -> Answer<'a, Image> {
        Box::pin(async move {
            let seen = self.call(CALL_MAX, self.client.inspect_image(name)).await?;
            decode::image_seen(seen).ok_or_else(|| EngineError::Garbled("image: no id".into()))
        })
    }

    fn pull<'a>(&'a self, image: &'a str) -> Answer<'a, Layers> {
        let (name, tag) = digests::split(image);
        let options = CreateImageOptions {
            from_image: Some(name.to_owned()),
            tag: Some(tag.to_owned()),
            ..CreateImageOptions::default()
        };
        let socket = self.socket.clone();
        let told = self.client.create_image(Some(options), None, None);
        let layers = told
            .map_err(move |error| decode::error(error, &socket))
            .and_then(async |info| decode::layer(info));
        Box::pin(async move { Ok(Box::pin(layers) as Layers) })
    }

    fn twin<'a>(&'a self, like: &'a str, image: &'a str, name: &'a str) -> Answer<'a, ()> {
        Box::pin(self.make_twin(like, image, name))
    }

    fn rename<'a>(&'a self, from: &'a str, to: &'a str) -> Answer<'a, ()> {
        let to = RenameContainerOptions { name: to.to_owned() };
        self.call(CALL_MAX, self.client.rename_container(from, to))
    }

    fn tag<'a>(&'a self, id: &'a str, name: &'a str) -> Answer<'a, ()> {
        let (repo, tag) = digests::split(name);
        let options = TagImageOptions { repo: Some(repo.to_owned()), tag: Some(tag.to_owned()) };
        self.call(CALL_MAX, self.client.tag_image(id, Some(options)))
    }
}

/// What is left of a stream that ended within the head of a frame: the library hands it on as text of a terminal.
fn is_cut_head(output: &LogOutput) -> bool {
    matches!(output, LogOutput::Console { message } if message.first().is_some_and(|first| *first <= 2))
}

fn chunk(output: LogOutput) -> LogChunk {
    let source = match output {
        LogOutput::StdErr { .. } => Source::Err,
        LogOutput::StdOut { .. } | LogOutput::StdIn { .. } => Source::Out,
        LogOutput::Console { .. } => Source::Terminal,
    };
    LogChunk { source, bytes: output.into_bytes().to_vec() }
}
