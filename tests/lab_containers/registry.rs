//! A stand-in registry on loopback, for an engine that has no other: one repository, one tag, its content as the test
//! says. The layer is that of an image the engine has already.

use std::{
    io::Read,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

pub struct Registry {
    /// Of loopback.
    pub port: u16,
    shelf: Arc<Mutex<Shelf>>,
    config: Value,
    layer: Vec<u8>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Shelf {
    manifest: Vec<u8>,
    blobs: Vec<Vec<u8>>,
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
}

impl Registry {
    /// `saved`: what `docker save` of a small image gave.
    pub async fn open(saved: &[u8]) -> Registry {
        let file = |name: &str| {
            let mut archive = tar::Archive::new(saved);
            let mut found = archive.entries().expect("a tar").map(|entry| entry.expect("an entry"));
            let mut entry = found
                .find(|entry| entry.path().is_ok_and(|path| path.to_string_lossy() == name))
                .unwrap_or_else(|| panic!("no {name}"));
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("a whole entry");
            bytes
        };
        let index: Value = serde_json::from_slice(&file("manifest.json")).expect("JSON");
        let named = |value: &Value| value.as_str().expect("a name").to_owned();
        let config = serde_json::from_slice(&file(&named(&index[0]["Config"]))).expect("JSON");
        let layer = file(&named(&index[0]["Layers"][0]));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("it listens").port();
        let shelf: Arc<Mutex<Shelf>> = Arc::default();
        let mut tasks = JoinSet::new();
        let served = shelf.clone();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(answer(stream, served.clone()));
            }
        });
        Registry { port, shelf, config, layer, _tasks: tasks }
    }

    /// From now on the tag is an image with this configuration.
    pub fn publish(&self, config: Value) {
        let mut whole = self.config.clone();
        whole["config"] = config;
        let config = whole.to_string().into_bytes();
        let blob = |kind: &str, bytes: &[u8]| json!({ "mediaType": kind, "size": bytes.len(), "digest": digest(bytes) });
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": blob("application/vnd.docker.container.image.v1+json", &config),
            "layers": [blob("application/vnd.docker.image.rootfs.diff.tar.gzip", &self.layer)],
        });
        let manifest = manifest.to_string().into_bytes();
        *self.shelf.lock().expect("no panic") = Shelf { manifest, blobs: vec![config, self.layer.clone()] };
    }
}

async fn answer(mut stream: tokio::net::TcpStream, shelf: Arc<Mutex<Shelf>>) {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        // What is no HTTP (the engine tries TLS first) is not waited for.
        if head.first() == Some(&0x16) || stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let (kind, body) = {
        let shelf = shelf.lock().expect("no panic");
        match path {
            "/v2/" => ("application/json", Some(b"{}".to_vec())),
            path if path.contains("/manifests/") => (MANIFEST, Some(shelf.manifest.clone())),
            path => {
                let wanted = path.rsplit('/').next().unwrap_or_default();
                let blob = shelf.blobs.iter().find(|blob| digest(blob) == wanted);
                ("application/octet-stream", blob.cloned())
            }
        }
    };
    let (status, body) = body.map_or((404, Vec::new()), |body| (200, body));
    let mut out = format!(
        "HTTP/1.1 {status} said\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nDocker-Content-Digest: {}\r\nConnection: close\r\n\r\n",
        body.len(),
        digest(&body)
    )
    .into_bytes();
    if !head.starts_with("HEAD") {
        out.extend(body);
    }
    let _ = stream.write_all(&out).await;
}
