//! The adapter against a socket that serves what a real engine (20.10, API 1.41) answered.

use std::{collections::BTreeMap, path::PathBuf};

use futures_util::StreamExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
    task::JoinSet,
};

use super::{super::model::Reading, *};
use crate::{
    intent::containers::Name,
    subsystems::containers::model::{Health, State, What},
};

type Answers = BTreeMap<&'static str, Vec<u8>>;

/// Serves until dropped.
struct Served {
    socket: PathBuf,
    _folder: tempfile::TempDir,
    _tasks: JoinSet<()>,
}

fn recorded(file: &str) -> Vec<u8> {
    recorded_of("docker", file)
}

fn recorded_of(engine: &str, file: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(engine).join(file))
        .unwrap()
}

fn ok(kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn json(file: &str) -> Vec<u8> {
    ok("application/json", &recorded(file))
}

/// In pieces of 7 bytes, which cut frames, lines and letters; `ended`: with the last, empty piece.
fn chunked(body: &[u8], ended: bool) -> Vec<u8> {
    let mut out =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_vec();
    for piece in body.chunks(7) {
        out.extend(format!("{:x}\r\n", piece.len()).bytes());
        out.extend(piece);
        out.extend(b"\r\n");
    }
    if ended {
        out.extend(b"0\r\n\r\n");
    }
    out
}

/// "/v1.41/containers/json?all=1" is asked as "/containers/json", and of those that are healthy as "healthy".
fn path_of(head: &str) -> String {
    let whole = head.split(' ').nth(1).unwrap_or_default();
    let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
    if let Some(word) = ["starting", "unhealthy", "healthy"].into_iter().find(|word| query.contains(word)) {
        return word.to_owned();
    }
    match path.strip_prefix("/v1.").and_then(|rest| rest.split_once('/')) {
        Some((_, rest)) => format!("/{rest}"),
        None => path.to_owned(),
    }
}

fn serve(mut answers: Answers) -> Served {
    answers.entry("/version").or_insert_with(|| json("api-version.json"));
    answers.entry("/info").or_insert_with(|| json("api-info.json"));
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut open = JoinSet::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answers = answers.clone();
            open.spawn(async move {
                let mut head = Vec::new();
                while !head.windows(4).any(|four| four == b"\r\n\r\n") {
                    if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let path = path_of(&String::from_utf8_lossy(&head));
                let missing =
                    b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n"
                        .to_vec();
                let answer = match answers.get(path.as_str()) {
                    // Nothing at all: it hangs.
                    Some(answer) if answer.is_empty() => return std::future::pending().await,
                    Some(answer) => answer.clone(),
                    None => [missing, recorded("api-error-404.json")].concat(),
                };
                let _ = stream.write_all(&answer).await;
            });
        }
    });
    Served { socket, _folder: folder, _tasks: tasks }
}

async fn link(served: &Served) -> Link {
    Docker::new(Some(&served.socket)).connect().await.unwrap()
}

fn log_ask(name: &str) -> LogAsk {
    LogAsk { container: Name::parse(name).unwrap(), tail: Some(50), since: None, stdout: true, follow: false }
}

#[tokio::test]
async fn the_recorded_list_and_its_states_are_read() {
    let served = serve(BTreeMap::from([("/containers/json", json("api-containers-all.json"))]));
    let link = link(&served).await;
    assert_eq!((link.about.name.as_str(), link.about.api.as_str()), ("Docker", "1.41"));
    let list = link.engine.list().await.unwrap();
    let state = |name: &str| {
        let one = list.iter().find(|container| container.name == name).unwrap();
        (one.state, one.health, one.troubled())
    };
    assert_eq!(list.len(), 7);
    assert_eq!(state("lab-failed"), (State::Exited(Some(3)), None, true));
    assert_eq!(state("lab-done"), (State::Exited(Some(0)), None, false));
    assert_eq!(state("lab-paused"), (State::Paused, None, false));
    assert_eq!(state("demo_web_1"), (State::Running, Some(Health::Healthy), false));
    assert_eq!(state("demo_sick_1"), (State::Running, Some(Health::Unhealthy), true));
    let web = list.iter().find(|container| container.name == "demo_web_1").unwrap();
    assert_eq!((web.project(), web.published()), (Some("demo"), vec![8088]));
}

#[tokio::test]
async fn details_and_figures_are_read_and_secrets_stay_out_of_debug_text() {
    let served = serve(BTreeMap::from([
        ("/containers/demo_web_1/json", json("api-inspect-demo_web_1.json")),
        ("/containers/demo_web_1/stats", json("api-stats-demo_web_1.json")),
        ("/containers/lab-done/stats", json("api-stats-lab-done.json")),
    ]));
    let link = link(&served).await;
    let details = link.engine.inspect("demo_web_1").await.unwrap();
    assert_eq!(details.restart_policy, "unless-stopped");
    assert_eq!(details.container.health, Some(Health::Healthy));
    assert_eq!(details.health_log.as_ref().map(Vec::len), Some(4));
    assert_eq!(details.addresses[1], ("demo_front".into(), Some("172.27.0.2".into())));
    assert_eq!(details.finished, None, "the year 1 is never");
    assert!(details.env.iter().any(|one| one.name == "API_TOKEN" && one.value == "not-a-real-secret"));
    assert!(!format!("{details:?}").contains("not-a-real-secret"));
    let first = async |name: &str| {
        let id = ContainerId(name.into());
        let mut readings = link.engine.readings(&id).await.unwrap();
        readings.next().await.unwrap().unwrap()
    };
    let reading = first("demo_web_1").await;
    assert_eq!((reading.cpu_ns, reading.memory), (Some(103_723_374), Some(348_160)));
    assert_eq!(reading.memory_limit, None, "the machine's memory is no limit");
    let none = first("lab-done").await;
    assert_eq!(none, Reading::default());
    assert_eq!(link.engine.inspect("nobody").await, Err(EngineError::NotFound));
}

#[tokio::test]
async fn events_come_in_pieces_and_a_cut_stream_is_the_end_of_the_link() {
    let served = serve(BTreeMap::from([("/events", chunked(&recorded("api-events.jsonl"), false))]));
    let link = link(&served).await;
    let heard: Vec<_> = link.happenings.collect().await;
    let names: Vec<(String, What)> =
        heard.iter().filter_map(|one| one.as_ref().ok()).map(|one| (one.name.clone(), one.what)).collect();
    assert_eq!(names.len(), 14);
    assert!(names.contains(&("demo_crash_1".into(), What::Died(Some(42)))));
    assert!(names.contains(&("lab-paused".into(), What::Paused)));
    assert_eq!(heard.last().map(|last| last.is_err()), Some(true), "cut short: {:?}", heard.last());
}

#[tokio::test]
async fn both_streams_of_a_log_are_told_apart_however_they_are_cut() {
    let body = recorded("api-logs-demo_crash_1.bin");
    let served = serve(BTreeMap::from([("/containers/crash/logs", chunked(&body, true))]));
    let link = link(&served).await;
    let chunks: Vec<LogChunk> =
        link.engine.logs(&log_ask("crash")).await.unwrap().try_collect().await.unwrap();
    assert_eq!(chunks[0], LogChunk { source: Source::Out, bytes: b"starting\n".to_vec() });
    assert_eq!(chunks[1], LogChunk { source: Source::Err, bytes: b"fatal: no database\n".to_vec() });
}

#[tokio::test]
async fn what_is_cut_short_is_an_error_and_never_a_whole_answer() {
    let list = recorded("api-containers-all.json");
    // As long as told, but for the last third; and in pieces without the last one.
    let mut short = ok("application/json", &list);
    short.truncate(short.len() - list.len() / 3);
    let log = recorded("api-logs-demo_crash_1.bin");
    let stats = recorded("api-stats-demo_web_1.json");
    let served = serve(BTreeMap::from([
        ("/containers/json", short),
        ("/system/df", chunked(&recorded("api-system-df.json")[..200], true)),
        // In the middle of a frame's words, and in the middle of its head.
        ("/containers/words/logs", chunked(&log[..12], false)),
        ("/containers/head/logs", chunked(&log[..log.len().min(20)], true)),
        ("/containers/one/stats", chunked(&[&stats[..], b"\n", &stats[..stats.len() / 2]].concat(), false)),
        ("/images/create", chunked(b"{\"status\":\"Downloading\",\"id\":\"a\"}\n{\"stat", false)),
    ]));
    let engine = link(&served).await.engine;
    let list = engine.list().await;
    assert!(list.is_err(), "{list:?}");
    let usage = engine.usage().await;
    assert!(usage.is_err(), "{usage:?}");
    for name in ["words", "head"] {
        let chunks: Vec<_> = engine.logs(&log_ask(name)).await.unwrap().collect().await;
        let whole: Vec<&LogChunk> = chunks.iter().flatten().collect();
        // Nothing made up: what was said before the cut, at most.
        assert!(whole.iter().all(|chunk| b"starting\n".starts_with(&chunk.bytes)), "{name}: {whole:?}");
        assert!(name == "head" || chunks.last().is_some_and(Result::is_err), "{name}: {chunks:?}");
    }
    let readings: Vec<_> = engine.readings(&ContainerId("one".into())).await.unwrap().collect().await;
    assert_eq!(readings[0].as_ref().unwrap().memory, Some(348_160));
    assert!(readings[1..].iter().all(Result::is_err), "{readings:?}");
    let layers: Vec<_> = engine.pull("app:1").await.unwrap().collect().await;
    assert!(layers.last().is_some_and(Result::is_err), "half an image is none: {layers:?}");
}

#[tokio::test]
async fn disk_usage_of_an_old_engine_is_read() {
    let served = serve(BTreeMap::from([("/system/df", json("api-system-df.json"))]));
    let usage = link(&served).await.engine.usage().await.unwrap();
    assert_eq!((usage.images.bytes, usage.images.count, usage.images.in_use), (1_984_172, 1, 1));
    assert_eq!((usage.containers.count, usage.containers.in_use), (7, 5));
    assert_eq!(usage.by_volume[0].users, Some(1));
}

#[tokio::test]
async fn an_absent_a_silent_and_an_old_engine_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no.sock");
    let refused = |socket: &Path| {
        let docker = Docker::new(Some(socket));
        async move { docker.connect().await.map(|_| ()).unwrap_err() }
    };
    assert!(matches!(refused(&nowhere).await, EngineError::NoSocket(_)));
    let dead = folder.path().join("dead.sock");
    drop(UnixListener::bind(&dead).unwrap());
    assert!(matches!(refused(&dead).await, EngineError::NoAnswer(_)));
    let old = String::from_utf8(recorded("api-version.json")).unwrap().replace("\"1.41\"", "\"1.24\"");
    let served = serve(BTreeMap::from([("/version", ok("application/json", old.as_bytes()))]));
    assert_eq!(refused(&served.socket).await, EngineError::TooOld { found: "1.24".into(), needed: "1.25" });
}

#[tokio::test(start_paused = true)]
async fn a_hung_engine_costs_a_deadline() {
    let served = serve(BTreeMap::from([("/version", Vec::new())]));
    let error = Docker::new(Some(&served.socket)).connect().await.map(|_| ()).unwrap_err();
    assert_eq!(error, EngineError::Slow(CONNECT_MAX.as_secs()));
}

/// 4.3.1, API 1.41.
fn podman(mut more: Answers) -> Served {
    let json = |file: &str| ok("application/json", &recorded_of("podman", file));
    more.extend([
        ("/version", json("api-version.json")),
        ("/containers/json", json("api-containers-all.json")),
        ("starting", json("api-containers-starting.json")),
        ("healthy", json("api-containers-healthy.json")),
        ("unhealthy", json("api-containers-unhealthy.json")),
    ]);
    serve(more)
}

#[tokio::test]
async fn podman_s_list_has_the_health_that_it_does_not_tell_there() {
    let states = async |served: &Served| {
        let link = link(served).await;
        assert_eq!(link.about.name, "Podman");
        let list = link.engine.list().await.unwrap();
        let mut states: Vec<_> = list.into_iter().map(|one| (one.name, one.state, one.health)).collect();
        states.sort_by(|a, b| a.0.cmp(&b.0));
        states
    };
    let (failed, paused) = (State::Exited(Some(3)), State::Paused);
    let want = |sick, web| {
        [
            ("pod-failed".to_owned(), failed, None),
            ("pod-paused".to_owned(), paused, None),
            ("pod-sick".to_owned(), State::Running, sick),
            ("pod-web".to_owned(), State::Running, web),
        ]
    };
    let served = podman(Answers::new());
    assert_eq!(states(&served).await, want(Some(Health::Unhealthy), Some(Health::Healthy)));
    // One that does not know the question.
    let deaf = serve(BTreeMap::from([
        ("/version", ok("application/json", &recorded_of("podman", "api-version.json"))),
        ("/containers/json", ok("application/json", &recorded_of("podman", "api-containers-all.json"))),
    ]));
    assert_eq!(states(&deaf).await, want(None, None));
}

#[tokio::test]
async fn podman_s_events_tell_who_asked_and_how_the_check_went() {
    let events = recorded_of("podman", "api-events.jsonl");
    let id_of = |name: &str| -> String {
        let text = String::from_utf8_lossy(&events).into_owned();
        let line = text.lines().find(|line| line.contains(&format!("\"name\":\"{name}\""))).unwrap();
        serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let inspect = |name: &str| -> &'static str { format!("/containers/{}/json", id_of(name)).leak() };
    let seen = |file: &str| ok("application/json", &recorded_of("podman", file));
    let heard = async |web: Vec<u8>| -> Vec<(String, What)> {
        let served = podman(BTreeMap::from([
            ("/events", chunked(&events, true)),
            (inspect("pod-sick"), seen("api-inspect-pod-sick.json")),
            (inspect("pod-web"), web),
        ]));
        let heard: Vec<_> = link(&served).await.happenings.try_collect().await.unwrap();
        heard.into_iter().map(|one| (one.name, one.what)).collect()
    };
    let told = |name: &str, what| (name.to_owned(), what);
    let whole = heard(seen("api-inspect-pod-web.json")).await;
    assert_eq!(
        whole,
        [
            // Each check is an event; that it is as before is none.
            told("pod-web", What::Health(Health::Healthy)),
            told("pod-sick", What::Health(Health::Unhealthy)),
            told("pod-crash", What::Created),
            told("pod-crash", What::Started),
            told("pod-crash", What::Died(Some(42))),
            told("pod-crash", What::Signalled(None)),
            told("pod-crash", What::Started),
            told("pod-crash", What::Died(Some(42))),
            // Stopped by somebody, of which there is no word.
            told("pod-web", What::Signalled(None)),
            told("pod-web", What::Died(Some(137))),
            told("pod-web", What::Started),
            told("pod-crash", What::Removed),
        ]
    );
    let web = String::from_utf8(recorded_of("podman", "api-inspect-pod-web.json")).unwrap();
    let oom = web.replace("\"OOMKilled\":false", "\"OOMKilled\":true");
    let killed = heard(ok("application/json", oom.as_bytes())).await;
    assert!(killed.contains(&told("pod-web", What::Oom)), "{killed:?}");
    assert!(!killed.contains(&told("pod-web", What::Signalled(None))), "{killed:?}");
}

#[tokio::test]
async fn podman_s_counts_have_an_image_once_and_its_networks_their_names() {
    let seen = |file: &str| ok("application/json", &recorded_of("podman", file));
    let served = podman(BTreeMap::from([
        ("/system/df", seen("api-system-df.json")),
        ("/networks", seen("api-networks.json")),
    ]));
    let engine = link(&served).await.engine;
    let usage = engine.usage().await.unwrap();
    assert_eq!((usage.images.count, usage.images.bytes), (2, 2_834_270), "{usage:?}");
    let names: Vec<String> = engine.networks().await.unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["podman"], "the list calls it a bridge");
}

#[tokio::test]
async fn podman_is_not_asked_for_what_it_cannot_do_without_loss() {
    let served = podman(Answers::new());
    let engine = link(&served).await.engine;
    let asked = engine.registry_digest("docker.io/library/nginx:1").await;
    assert_eq!(asked, Err(EngineError::NotWithPodman(Lack::Registry)));
    let made = engine.twin("pod-web", "lab/busybox:1", "pod-web.new").await;
    assert_eq!(made, Err(EngineError::NotWithPodman(Lack::Twin)));
}
