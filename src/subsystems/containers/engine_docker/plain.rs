//! One call over the socket with plain JSON both ways: for answers whose shape changed between API versions, which the
//! client library reads in its newest form only, and for settings that must come back whole, also those no library
//! knows yet. HTTP/1.0, so the answer is neither chunked nor kept open.

use std::{
    collections::{HashMap, HashSet},
    io,
    path::Path,
};

use serde::{Deserialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

use crate::subsystems::containers::{
    engine::EngineError,
    model::{Compose, Shelf, Usage, Volume},
};

/// Of one answer: thousands of images fit.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

pub async fn get<T: DeserializeOwned>(socket: &Path, path: &str) -> Result<T, EngineError> {
    let body = call(socket, "GET", path, None).await?;
    serde_json::from_slice(&body).map_err(|error| EngineError::Garbled(format!("{path}: {error}")))
}

/// The answer's body; what is not a success is the engine's own words.
pub async fn call(
    socket: &Path,
    method: &str,
    path: &str,
    body: Option<&serde_json::Value>,
) -> Result<Vec<u8>, EngineError> {
    let lost = |_: io::Error| EngineError::Lost;
    let mut stream = UnixStream::connect(socket).await.map_err(lost)?;
    let body = body.map(ToString::to_string).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.map_err(lost)?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await.map_err(lost)?;
    let garbled = |what: &str| EngineError::Garbled(format!("{path}: {what}"));
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(|| garbled("no head"))?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let status = head.split(' ').nth(1).and_then(|code| code.parse::<u16>().ok());
    let content = answer[end + 4..].to_vec();
    match status {
        Some(200..300 | 304) => Ok(content),
        Some(404) => Err(EngineError::NotFound),
        Some(code) => Err(EngineError::Refused(words(&content).unwrap_or_else(|| format!("HTTP {code}")))),
        None => Err(garbled("no status")),
    }
}

/// `{"message": ".."}`
fn words(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    body.get("message")?.as_str().map(str::to_owned)
}

/// `/system/df` up to API 1.51; later engines still send these lists beside their sums.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
pub struct DiskUsage {
    layers_size: u64,
    images: Option<Vec<Image>>,
    containers: Option<Vec<Container>>,
    volumes: Option<Vec<RawVolume>>,
    build_cache: Option<Vec<Cache>>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Image {
    id: String,
    repo_tags: Option<Vec<String>>,
    containers: i64,
    size: u64,
    shared_size: i64,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Container {
    size_rw: u64,
    state: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct RawVolume {
    name: String,
    driver: String,
    created_at: String,
    labels: Option<HashMap<String, String>>,
    usage_data: Option<VolumeUsage>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct VolumeUsage {
    size: i64,
    ref_count: i64,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Cache {
    in_use: bool,
    shared: bool,
    size: u64,
}

impl From<DiskUsage> for Usage {
    fn from(raw: DiskUsage) -> Usage {
        let mut images = raw.images.unwrap_or_default();
        // Podman tells an image once for each of its names, and no sum.
        let mut seen = HashSet::new();
        images.retain(|image| image.id.is_empty() || seen.insert(image.id.clone()));
        let all_layers = match raw.layers_size {
            0 => images.iter().map(|image| image.size).sum(),
            sum => sum,
        };
        let containers = raw.containers.unwrap_or_default();
        let cache = raw.build_cache.unwrap_or_default();
        let mut by_volume: Vec<Volume> = raw.volumes.unwrap_or_default().into_iter().map(volume).collect();
        by_volume.sort_by_key(|volume| std::cmp::Reverse(volume.size));
        let used = |volume: &&Volume| volume.users.is_some_and(|users| users > 0);
        let bytes = |volume: &Volume| volume.size.unwrap_or_default();
        let running =
            |container: &&Container| matches!(container.state.as_str(), "running" | "paused" | "restarting");
        // Layers that a used image needs too are not given back.
        let own =
            |image: &Image| image.size.saturating_sub(u64::try_from(image.shared_size).unwrap_or_default());
        let unused_images = images.iter().filter(|image| image.containers == 0);
        let no_tag = |image: &&Image| image.repo_tags.iter().flatten().all(|tag| tag == "<none>:<none>");
        let dangling: Vec<&Image> = unused_images.clone().filter(no_tag).collect();
        let given_back = |images: &[&Image]| images.iter().map(|one| own(one)).sum::<u64>().min(all_layers);
        Usage {
            images: Shelf {
                count: images.len() as u64,
                in_use: images.iter().filter(|image| image.containers > 0).count() as u64,
                bytes: all_layers,
                reclaimable: given_back(&unused_images.collect::<Vec<_>>()),
            },
            containers: Shelf {
                count: containers.len() as u64,
                in_use: containers.iter().filter(running).count() as u64,
                bytes: containers.iter().map(|container| container.size_rw).sum(),
                reclaimable: containers.iter().filter(|c| !running(c)).map(|c| c.size_rw).sum(),
            },
            volumes: Shelf {
                count: by_volume.len() as u64,
                in_use: by_volume.iter().filter(used).count() as u64,
                bytes: by_volume.iter().map(bytes).sum(),
                reclaimable: by_volume.iter().filter(|v| !used(v)).map(bytes).sum(),
            },
            build_cache: Shelf {
                count: cache.len() as u64,
                in_use: cache.iter().filter(|one| one.in_use).count() as u64,
                bytes: cache.iter().filter(|one| !one.shared).map(|one| one.size).sum(),
                reclaimable: cache.iter().filter(|one| !one.in_use && !one.shared).map(|one| one.size).sum(),
            },
            dangling: Shelf {
                count: dangling.len() as u64,
                in_use: 0,
                bytes: dangling.iter().map(|image| image.size).sum(),
                reclaimable: given_back(&dangling),
            },
            by_volume,
        }
    }
}

fn volume(raw: RawVolume) -> Volume {
    let usage = raw.usage_data.unwrap_or(VolumeUsage { size: -1, ref_count: -1 });
    Volume {
        project: raw.labels.and_then(|labels| labels.get(Compose::PROJECT).cloned()),
        created: raw.created_at.parse().ok(),
        name: raw.name,
        driver: raw.driver,
        // -1: the driver does not tell.
        size: u64::try_from(usage.size).ok(),
        users: u64::try_from(usage.ref_count).ok(),
    }
}
