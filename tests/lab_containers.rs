//! The room against the lab's real engine, with its demo containers; see tests/lab for how to ask for it.

#[path = "lab_containers/compose.rs"]
mod compose;
mod lab;
#[path = "lab_containers/podman.rs"]
mod podman;
#[path = "lab_containers/registry.rs"]
mod registry;
#[path = "lab_containers/room.rs"]
mod room;

use std::{path::PathBuf, time::Duration};

use cockpit_bot::{
    intent::containers::Name,
    subsystems::containers::{
        engine::{Dock, EngineError, LogAsk, Source, Verb},
        engine_docker::Docker,
        model::{Container, Health, State, What},
        ops::{self, End, Failure},
        renew,
    },
};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use lab::Lab;
use registry::Registry;

/// They share one engine, which one of them stops.
static TURN: Mutex<()> = Mutex::const_new(());

/// Inside the lab; the engine trusts loopback without TLS.
const REGISTRY_PORT: &str = "5555";

/// The socket of the lab's engine, with its demo containers, and the turn.
async fn engine() -> Option<(Lab, PathBuf, MutexGuard<'static, ()>)> {
    let turn = TURN.lock().await;
    let lab = Lab::up().await?;
    room::demo(&lab).await;
    let socket = lab.root().await.join("run/docker.sock");
    Some((lab, socket, turn))
}

#[tokio::test]
async fn the_lab_s_engine_is_seen_and_obeys() {
    let Some((_lab, socket, _turn)) = engine().await else { return };
    let mut link = Docker::new(Some(&socket)).connect().await.expect("a connection");
    assert_eq!(link.about.api, "1.41");
    let engine = link.engine.clone();
    let mut list = engine.list().await.expect("a list");
    // A health check takes its time to be sure.
    let starting = |one: &Container| one.health == Some(Health::Starting);
    let until = Instant::now() + Duration::from_secs(120);
    while list.iter().any(starting) && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(300)).await;
        list = engine.list().await.expect("a list");
    }
    let find = |name: &str| list.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(find("demo_web_1").health, Some(Health::Healthy));
    assert_eq!(find("demo_sick_1").health, Some(Health::Unhealthy));
    assert_eq!(find("lab-failed").state, State::Exited(Some(3)));

    // A crash loop is heard without anybody asking.
    let died = async {
        while let Some(Ok(one)) = link.happenings.next().await {
            if one.name == "demo_crash_1" && matches!(one.what, What::Died(Some(42))) {
                return;
            }
        }
        panic!("the stream ended");
    };
    tokio::time::timeout(Duration::from_secs(90), died).await.expect("the loop dies again");

    let web = Name::parse("demo_web_1").expect("a name");
    let end = ops::carry(&*engine, Verb::Restart, &web).await;
    assert_eq!(end, End::Up(Some(Health::Healthy)));
    let worker = Name::parse("demo_worker_1").expect("a name");
    assert_eq!(ops::carry(&*engine, Verb::Pause, &worker).await, End::Paused);
    assert_eq!(ops::carry(&*engine, Verb::Unpause, &worker).await, End::Up(None));
    assert!(matches!(ops::carry(&*engine, Verb::Stop, &worker).await, End::Down(_)));
    assert_eq!(ops::carry(&*engine, Verb::Start, &worker).await, End::Up(None));
    let crash = Name::parse("demo_crash_1").expect("a name");
    let end = ops::carry(&*engine, Verb::Restart, &crash).await;
    assert!(matches!(&end, End::Failed { log, .. } if !log.is_empty()), "{end:?}");
    let refused = ops::carry(&*engine, Verb::Remove, &worker).await;
    assert!(matches!(refused, End::Refused(EngineError::Refused(_))), "a running one stays: {refused:?}");

    let ask = LogAsk { container: crash, tail: Some(20), since: None, stdout: true, follow: false };
    let chunks: Vec<_> = engine.logs(&ask).await.expect("a log").collect().await;
    let sources: Vec<Source> = chunks.iter().flatten().map(|chunk| chunk.source).collect();
    assert!(sources.contains(&Source::Out) && sources.contains(&Source::Err), "{sources:?}");

    let mut readings = engine.readings(&find("demo_web_1").id).await.expect("figures");
    let reading = readings.next().await.expect("a first word").expect("figures");
    assert!(reading.memory.is_some_and(|bytes| bytes > 0), "{reading:?}");
    let usage = engine.usage().await.expect("usage");
    assert!(usage.containers.count >= 7 && usage.images.bytes > 0, "{usage:?}");
    assert!(!engine.networks().await.expect("networks").is_empty());
    assert!(engine.volumes().await.expect("volumes").iter().any(|one| one.name == "demo_webdata"));
    assert!(!engine.images().await.expect("images").is_empty());
}

#[tokio::test]
async fn an_update_keeps_everything_and_a_bad_one_is_rolled_back() {
    let Some((lab, socket, _turn)) = engine().await else { return };
    let saved = call(&socket, "GET", "/images/lab/busybox:1/get", None).await;
    let registry = Registry::open(&saved).await;
    room::script(&lab, &["forward", "stop"]).await;
    room::script(&lab, &["forward", "to-host", REGISTRY_PORT, &registry.port.to_string()]).await;
    let image = format!("127.0.0.1:{REGISTRY_PORT}/app:1");
    let link = Docker::new(Some(&socket)).connect().await.expect("a connection");
    let engine = &*link.engine;
    let pull = async || {
        let layers: Vec<_> = engine.pull(&image).await.expect("a pull").collect().await;
        assert!(layers.iter().all(Result::is_ok), "{layers:?}");
    };
    let check = |test: &str| json!({ "Test": ["CMD-SHELL", test], "Interval": 1_000_000_000, "Timeout": 1_000_000_000, "Retries": 2 });
    let config = |version: &str, test: &str| {
        json!({ "Cmd": ["sleep", "100000"], "Env": ["PATH=/bin", format!("VERSION={version}")],
            "Volumes": { "/data": {} }, "Healthcheck": check(test) })
    };

    // As a person would have made it: a nameless volume, two networks, an alias, a limit.
    let name = Name::parse("lab-renew").expect("a name");
    for left in ["lab-renew", "lab-renew.new", "lab-renew.before-update"] {
        let _ = call(&socket, "DELETE", &format!("/containers/{left}?force=1"), None).await;
    }
    let _ = call(&socket, "DELETE", "/networks/lab-renew", None).await;
    let network = json!({ "Name": "lab-renew" });
    call(&socket, "POST", "/networks/create", Some(network)).await;
    registry.publish(config("1", "true"));
    pull().await;
    let wish = json!({
        "Image": image, "Env": ["TOKEN=mine"], "Labels": { "of": "mine" },
        "HostConfig": { "Memory": 64 << 20, "RestartPolicy": { "Name": "unless-stopped" }, "NetworkMode": "bridge" },
    });
    call(&socket, "POST", "/containers/create?name=lab-renew", Some(wish)).await;
    let end = json!({ "Container": "lab-renew", "EndpointConfig": { "Aliases": ["renewed"] } });
    call(&socket, "POST", "/networks/lab-renew/connect", Some(end)).await;
    assert_eq!(ops::carry(engine, Verb::Start, &name).await, End::Up(Some(Health::Healthy)));
    let inspect = async || -> Value {
        serde_json::from_slice(&call(&socket, "GET", "/containers/lab-renew/json", None).await).expect("JSON")
    };
    let first = inspect().await;

    registry.publish(config("2", "true"));
    let digest = engine.registry_digest(&image).await.expect("the engine asks the registry");
    let own = engine.image(first["Image"].as_str().expect("an id")).await.expect("its image");
    assert!(!own.digests.is_empty() && own.digests.iter().all(|known| !known.ends_with(&digest)));
    pull().await;
    assert_eq!(renew::swap(engine, &name, &image).await, End::Updated(Some(Health::Healthy)));
    let second = inspect().await;
    assert_ne!(second["Image"], first["Image"]);
    let env: Vec<&str> =
        second["Config"]["Env"].as_array().expect("a list").iter().flat_map(Value::as_str).collect();
    assert!(
        env.contains(&"TOKEN=mine") && env.contains(&"VERSION=2") && !env.contains(&"VERSION=1"),
        "{env:?}"
    );
    for kept in ["/Config/Labels", "/HostConfig/Memory", "/HostConfig/RestartPolicy", "/Mounts/0/Name"] {
        assert_eq!(second.pointer(kept), first.pointer(kept), "{kept}");
    }
    assert!(second.pointer("/Mounts/0/Name").is_some(), "it had a volume");
    let networks = &second["NetworkSettings"]["Networks"];
    assert!(networks.get("bridge").is_some());
    assert!(networks["lab-renew"]["Aliases"].to_string().contains("renewed"), "{networks}");

    registry.publish(config("3", "false"));
    pull().await;
    match renew::swap(engine, &name, &image).await {
        End::RolledBack { why, back } => {
            assert!(matches!(*why, End::Failed { how: Failure::Unhealthy { .. }, .. }), "{why:?}");
            assert_eq!(*back, End::Up(Some(Health::Healthy)));
        }
        other => panic!("{other:?}"),
    }
    let third = inspect().await;
    assert_eq!((&third["Id"], &third["Image"]), (&second["Id"], &second["Image"]), "the very same one");
    call(&socket, "DELETE", "/containers/lab-renew?force=1", None).await;
    call(&socket, "DELETE", "/networks/lab-renew", None).await;
    room::script(&lab, &["forward", "stop"]).await;
}

/// The body of one answer, plain HTTP over the engine's socket.
async fn call(socket: &std::path::Path, method: &str, path: &str, body: Option<Value>) -> Vec<u8> {
    let mut stream = tokio::net::UnixStream::connect(socket).await.expect("the engine's socket");
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.0\r\nHost: lab\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    answer.split_off(end + 4)
}
