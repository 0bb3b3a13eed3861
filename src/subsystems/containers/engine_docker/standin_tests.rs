//! Updates through the adapter, against a stand-in engine: a socket server with containers, images and a registry of its
//! own, whose health is as the image says.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
    task::JoinSet,
};

use super::*;
use crate::{
    intent::containers::Name,
    subsystems::containers::{
        begun::Begun,
        compose::{Place, Service},
        model::Health,
        ops::{End, Failure, NotUpdated},
        renew,
    },
};

const OLD: &str = "sha256:01d";
const NEW: &str = "sha256:0e3";

#[derive(Default)]
struct World {
    /// By name, as `inspect` shows them.
    containers: BTreeMap<String, Value>,
    /// The image that has the tag.
    tagged: String,
    /// What containers of the new image become: "healthy", "unhealthy", or exit at once.
    new_is: &'static str,
    asked: Vec<String>,
    made: u32,
    /// The stand-in for Compose leaves this file when it was told "up".
    up: PathBuf,
}

impl World {
    fn answer(&mut self, method: &str, path: &str, query: &str, body: &Value) -> (u16, Value) {
        self.asked.push(format!("{method} {path}"));
        if std::fs::remove_file(&self.up).is_ok() {
            self.compose_up();
        }
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match (method, parts.as_slice()) {
            ("GET", ["containers", "json"]) => (200, json!([])),
            ("GET", ["images", name, "json"]) => {
                let id = if *name == "app:1" { self.tagged.clone() } else { (*name).to_owned() };
                let digest = format!("app@sha256:{}", if id == OLD { "a" } else { "b" });
                let config = json!({ "Env": ["PATH=/bin"], "Cmd": ["serve"] });
                (200, json!({ "Id": id, "RepoTags": [], "RepoDigests": [digest], "Config": config }))
            }
            ("GET", ["distribution", "app:1", "json"]) => {
                let kind = "application/vnd.oci.image.index.v1+json";
                let descriptor = json!({ "mediaType": kind, "digest": "sha256:b", "size": 7 });
                (200, json!({ "Descriptor": descriptor, "Platforms": [] }))
            }
            ("GET", ["distribution", .., "json"]) => {
                let says = "Get \"https://registry/v2/\": dial tcp: lookup registry: no such host";
                (500, json!({ "message": says }))
            }
            ("POST", ["images", "create"]) => {
                self.tagged = NEW.into();
                (200, json!({ "status": "Pull complete", "id": "layer" }))
            }
            ("POST", ["containers", "create"]) => {
                let name = query.strip_prefix("name=").unwrap_or_default();
                let image = self.tagged.clone();
                self.made += 1;
                let id = format!("{:064x}", 0x7a00 + self.made);
                self.containers.insert(name.to_owned(), container(&id, name, &image, body));
                (201, json!({ "Id": id, "Warnings": [] }))
            }
            ("POST", ["images", id, "tag"]) => {
                self.tagged = id.replace("%3A", ":");
                (201, Value::Null)
            }
            ("POST", ["networks", network, "connect"]) => {
                let name = body["Container"].as_str().unwrap_or_default();
                let Some(one) = self.containers.get_mut(name) else { return missing() };
                let mut end = body["EndpointConfig"].clone();
                end["NetworkID"] = (*network).into();
                one["NetworkSettings"]["Networks"][*network] = end;
                (200, Value::Null)
            }
            ("DELETE", ["containers", name]) => match self.containers.remove(*name) {
                Some(_) => (204, Value::Null),
                None => missing(),
            },
            ("POST", ["containers", name, "rename"]) => {
                let to = query.strip_prefix("name=").unwrap_or_default().to_owned();
                let Some(mut one) = self.containers.remove(*name) else { return missing() };
                one["Name"] = format!("/{to}").into();
                self.containers.insert(to, one);
                (204, Value::Null)
            }
            (_, ["containers", name, verb]) => {
                let new_is = self.new_is;
                let Some(one) = self.containers.get_mut(*name) else { return missing() };
                match *verb {
                    "json" => return (200, one.clone()),
                    "logs" => return (200, Value::Null),
                    "stop" => one["State"] = json!({ "Status": "exited", "ExitCode": 143 }),
                    "start" if one["Image"] == NEW && new_is == "dead" => {
                        one["State"] = json!({ "Status": "exited", "ExitCode": 1 });
                    }
                    "start" => {
                        let health = if one["Image"] == NEW { new_is } else { "healthy" };
                        let log = json!([{ "Start": "2026-11-22T12:00:00Z", "End": "2026-11-22T12:00:00Z",
                            "ExitCode": i32::from(health != "healthy"), "Output": "HTTP 503" }]);
                        let health = json!({ "Status": health, "FailingStreak": 0, "Log": log });
                        one["State"] = json!({ "Status": "running", "Health": health });
                    }
                    _ => return missing(),
                }
                (204, Value::Null)
            }
            _ => missing(),
        }
    }
}

impl World {
    /// As Compose does: made anew if its image is another, started if it does not run.
    fn compose_up(&mut self) {
        self.made += 1;
        let (image, id) = (self.tagged.clone(), format!("{:064x}", 0x7b00 + self.made));
        let web = self.containers.get_mut("web").expect("the service");
        if web["Image"] != image.as_str() {
            (web["Image"], web["Id"]) = (image.into(), id.into());
            web["State"] = json!({ "Status": "created" });
        }
        if web["State"]["Status"] != "running" {
            self.answer("POST", "/containers/web/start", "", &Value::Null);
        }
    }
}

fn missing() -> (u16, Value) {
    (404, json!({ "message": "no such thing" }))
}

/// As made by this request.
fn container(id: &str, name: &str, image: &str, made: &Value) -> Value {
    let mut config = made.clone();
    let host = config["HostConfig"].take();
    let networks = made["NetworkingConfig"]["EndpointsConfig"].clone();
    json!({
        "Id": id, "Name": format!("/{name}"), "Image": image, "RestartCount": 0,
        "Config": config, "HostConfig": host, "State": { "Status": "created" },
        "Mounts": [{ "Type": "volume", "Name": "0a1b", "Destination": "/data", "RW": true }],
        "NetworkSettings": { "Networks": networks },
    })
}

struct StandIn {
    world: Arc<Mutex<World>>,
    engine: Arc<dyn Engine>,
    folder: tempfile::TempDir,
    _tasks: JoinSet<()>,
}

fn recorded(file: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/docker").join(file);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

async fn stand_in(new_is: &'static str) -> StandIn {
    let mut world = World { tagged: OLD.into(), new_is, ..World::default() };
    let made = json!({
        "Image": "app:1", "Env": ["PATH=/bin", "TOKEN=x"], "Cmd": ["serve"], "Volumes": { "/data": {} },
        "Labels": { "of": "mine" }, "Hostname": "7a0000000000",
        "HostConfig": { "NetworkMode": "front", "RestartPolicy": { "Name": "always" }, "Unheard": 7 },
        "NetworkingConfig": { "EndpointsConfig": {
            "front": { "Aliases": ["web"] }, "back": { "NetworkID": "back", "Aliases": ["db-client"] },
        } },
    });
    world.containers.insert("web".into(), container(&format!("7a{:062}", 0), "web", OLD, &made));
    world.answer("POST", "/containers/web/start", "", &Value::Null);
    let world = Arc::new(Mutex::new(world));
    let folder = tempfile::tempdir().unwrap();
    world.lock().unwrap().up = folder.path().join("up-was-told");
    let socket = folder.path().join("engine.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let mut tasks = JoinSet::new();
    let served = world.clone();
    tasks.spawn(async move {
        let mut open = JoinSet::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let world = served.clone();
            open.spawn(async move {
                let mut bytes = Vec::new();
                let (head, length) = loop {
                    if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                        return;
                    }
                    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
                    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
                    let length = head.lines().find_map(|line| {
                        let (name, value) = line.split_once(':')?;
                        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
                    });
                    break (head, end + 4 + length.and_then(Result::ok).unwrap_or(0));
                };
                while bytes.len() < length {
                    if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let body = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |end| end + 4);
                let body: Value = serde_json::from_slice(&bytes[body..]).unwrap_or_default();
                let mut words = head.split(' ');
                let (method, asked) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
                let path = match path.strip_prefix("/v1.").and_then(|rest| rest.split_once('/')) {
                    Some((_, rest)) => format!("/{rest}"),
                    None => path.to_owned(),
                };
                let (status, answer) = match path.as_str() {
                    "/version" => (200, recorded("api-version.json")),
                    "/info" => (200, recorded("api-info.json")),
                    "/events" => return std::future::pending().await,
                    path => world.lock().unwrap().answer(method, path, query, &body),
                };
                let text = if answer.is_null() { String::new() } else { answer.to_string() };
                let answer = format!(
                    "HTTP/1.1 {status} said\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
                    text.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    let engine = Docker::new(Some(&socket)).connect().await.unwrap().engine;
    StandIn { world, engine, folder, _tasks: tasks }
}

impl StandIn {
    async fn update(&self) -> End {
        let layers: Vec<_> = self.engine.pull("app:1").await.unwrap().collect().await;
        assert!(layers.iter().all(Result::is_ok), "{layers:?}");
        renew::swap(&*self.engine, &Name::parse("web").unwrap(), "app:1").await
    }

    /// The same by a program that stands in for Compose: it writes down what it is told, and fails where it is to.
    async fn update_by_compose(&self, fails: bool) -> (End, Vec<String>) {
        let folder = self.folder.path();
        let program = folder.join("compose");
        let script = "#!/bin/sh\n[ \"$1\" = version ] && { echo 2.26.1; exit; }\necho \"$*\" >> told\n\
                      [ -e fails ] && { echo 'service \"web\" has no build' >&2; exit 17; }\n: > up-was-told\n";
        crate::process::tests::executable(&program, script).await;
        if fails {
            std::fs::write(folder.join("fails"), "").unwrap();
        }
        let place = Place { program: Some(program), socket: "/run/engine.sock".into() };
        let composer = place.find().await.unwrap();
        let folder_name = folder.to_string_lossy().into_owned();
        let service = Service {
            project: "shop".into(),
            service: "web".into(),
            files: vec![format!("{folder_name}/compose.yml")],
            folder: folder_name.clone(),
            containers: vec!["web".into()],
        };
        let _: Vec<_> = self.engine.pull("app:1").await.unwrap().collect().await;
        let now = self.engine.inspect("web").await.unwrap().container;
        let begun = Begun {
            container: Name::parse("web").unwrap(),
            service,
            image: now.image,
            before: now.image_id,
            socket: "/run/engine.sock".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let end = renew::swap_by_compose(&*self.engine, &composer, &begun).await;
        let told = std::fs::read_to_string(folder.join("told")).unwrap_or_default();
        (end, told.lines().map(|line| line.replace(&folder_name, "")).collect())
    }

    fn only(&self) -> Value {
        let world = self.world.lock().unwrap();
        assert_eq!(world.containers.keys().collect::<Vec<_>>(), ["web"], "nothing is left over");
        world.containers["web"].clone()
    }
}

#[tokio::test]
async fn a_newer_digest_is_seen_and_an_unreachable_registry_is_said() {
    let stand = stand_in("healthy").await;
    let engine = &stand.engine;
    let own = engine.image(OLD).await.unwrap();
    let there = engine.registry_digest("app:1").await.unwrap();
    assert_eq!(digests::has(&own, &there), Some(false));
    match engine.registry_digest("elsewhere/app:1").await {
        Err(EngineError::Refused(why)) => assert!(why.contains("no such host"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_new_one_has_all_that_the_old_one_had() {
    let stand = stand_in("healthy").await;
    assert_eq!(stand.update().await, End::Updated(Some(Health::Healthy)));
    let new = stand.only();
    assert_eq!(new["Image"], NEW);
    assert_eq!(new["Config"]["Env"], json!(["TOKEN=x"]), "the image brings its own");
    assert_eq!(new["Config"]["Labels"], json!({ "of": "mine" }));
    assert_eq!(new["Config"].get("Hostname"), None);
    assert_eq!(new["HostConfig"]["RestartPolicy"]["Name"], "always");
    assert_eq!(new["HostConfig"]["Unheard"], 7);
    assert_eq!(new["HostConfig"]["Binds"], json!(["0a1b:/data"]), "the very same volume");
    let networks = &new["NetworkSettings"]["Networks"];
    assert_eq!(networks["front"]["Aliases"], json!(["web"]));
    assert_eq!(networks["back"]["Aliases"], json!(["db-client"]));
    assert_eq!(stand.update().await, End::Current, "nothing newer, nothing touched");
}

#[tokio::test]
async fn one_that_is_not_well_goes_and_the_old_one_is_back() {
    for new_is in ["unhealthy", "dead"] {
        let stand = stand_in(new_is).await;
        let before = stand.only()["Id"].clone();
        match stand.update().await {
            End::RolledBack { why, back } => {
                assert_eq!(*back, End::Up(Some(Health::Healthy)));
                match (*why, new_is) {
                    (End::Failed { how: Failure::Unhealthy { output }, .. }, "unhealthy") => {
                        assert_eq!(output.as_deref(), Some("HTTP 503"));
                    }
                    (End::Failed { how: Failure::Died { exit: Some(1), .. }, .. }, "dead") => {}
                    other => panic!("{other:?}"),
                }
            }
            other => panic!("{other:?}"),
        }
        let back = stand.only();
        assert_eq!((&back["Id"], &back["Image"]), (&before, &json!(OLD)), "the very same container");
        let asked = stand.world.lock().unwrap().asked.clone();
        let at = |what: &str| {
            asked.iter().position(|one| one == what).unwrap_or_else(|| panic!("{what}: {asked:?}"))
        };
        assert!(
            at("POST /containers/create") < at("POST /containers/web/stop"),
            "made before anything is stopped"
        );
        assert!(!asked.iter().any(|one| one == "DELETE /containers/web.before-update"));
    }
}

const UP: &str = "--project-name shop --file /compose.yml --project-directory  up --detach --no-deps --no-build \
                  --scale web=1 --pull never web";

#[tokio::test]
async fn a_service_of_compose_is_made_anew_by_compose_itself() {
    let stand = stand_in("healthy").await;
    let (end, told) = stand.update_by_compose(false).await;
    assert_eq!(end, End::Updated(Some(Health::Healthy)));
    assert_eq!(told, [UP]);
    assert_eq!(stand.only()["Image"], NEW);
    let (end, told) = stand.update_by_compose(false).await;
    assert_eq!((end, told.len()), (End::Current, 1), "nothing newer: Compose is not even asked");
}

#[tokio::test]
async fn a_service_that_is_not_well_gets_its_image_back_and_is_made_anew_from_it() {
    for new_is in ["unhealthy", "dead"] {
        let stand = stand_in(new_is).await;
        let (end, told) = stand.update_by_compose(false).await;
        match &end {
            End::RolledBack { why, back } => {
                assert!(matches!(**why, End::Failed { .. }), "{new_is}: {why:?}");
                assert_eq!(**back, End::Up(Some(Health::Healthy)), "{new_is}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(told, [UP, UP], "there and back");
        assert_eq!(stand.only()["Image"], OLD, "{new_is}");
        assert_eq!(stand.world.lock().unwrap().tagged, OLD, "its name means the image of before again");
    }
}

#[tokio::test]
async fn a_compose_that_says_no_touches_nothing_and_is_quoted() {
    let stand = stand_in("healthy").await;
    let before = stand.only()["Id"].clone();
    let (end, told) = stand.update_by_compose(true).await;
    assert_eq!(end, End::NotUpdated(NotUpdated::Compose("service \"web\" has no build".into())));
    assert_eq!(told, [UP], "it is not asked again for what it refused");
    assert_eq!((&stand.only()["Id"], &stand.only()["Image"]), (&before, &json!(OLD)));
}
