//! From the tap to the screen of `/docker`, for 50 and for 500 containers: an engine's recorded answer, multiplied, on a
//! socket of this program; the room's actor, its panel and the HTML of one message are the product's own.
//! `cargo bench --bench containers [-- COUNT…]`.
//!
//! "list" is one answer of the engine fetched and read; "first screen" begins with nothing (find the socket, ask who
//! answers, list, draw); "screen" is what a tap costs while the room is connected.
#![expect(clippy::disallowed_methods, reason = "the stand-in engine serves in tasks of its own")]

use std::{
    hint::black_box,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use cockpit_bot::{
    domain::{Blobs, ChatKind, Lang, Reader, Role, SystemClock, Theme},
    events::Outlet,
    intent::containers::View,
    jobs::Jobs,
    room::Room,
    screen::html,
    store::Store,
    subsystems::containers::{Config, Containers, Setup, actor::Keeper, engine::Dock, engine_docker::Docker},
    supervision::Port,
};
use jiff::{Timestamp, tz::TimeZone};
use ractor::Actor;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
    time::Instant,
};

const ROUNDS: usize = 41;

fn main() {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let counts = if asked.is_empty() { vec![50, 500] } else { asked };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    println!("milliseconds, median and worst of {ROUNDS} rounds");
    println!("{:>10} {:14} {:>8} {:>8}", "containers", "", "median", "worst");
    for count in counts {
        runtime.block_on(measure(count));
    }
}

async fn measure(count: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("engine.sock");
    let server = tokio::spawn(serve(UnixListener::bind(&socket).expect("a socket"), count));
    let link = Docker::new(Some(&socket)).connect().await.expect("a connection");
    let mut list = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        assert_eq!(black_box(link.engine.list().await.expect("a list")).len(), count);
        list.push(began.elapsed());
    }
    tell(count, "list", list);
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let (room, actor) = room(&socket, folder.path()).await;
        // The actor connects by itself: the screen is asked for until it has the list.
        while !drawn(&room).await.contains("demo") {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        first.push(began.elapsed());
        let began = Instant::now();
        black_box(drawn(&room).await);
        again.push(began.elapsed());
        actor.stop(None);
    }
    tell(count, "first screen", first);
    tell(count, "screen", again);
    server.abort();
}

async fn room(
    socket: &Path,
    scratch: &Path,
) -> (Containers, ractor::ActorRef<cockpit_bot::subsystems::containers::Msg>) {
    let setup = Setup {
        dock: Arc::new(|socket| Arc::new(Docker::new(socket))),
        outlet: Outlet::nowhere(),
        clock: Arc::new(SystemClock),
        blobs: Blobs::default(),
        scratch: scratch.into(),
        store: Store::new(Port::new()),
        warned: Arc::new(|| Box::pin(std::future::ready(Some(Vec::new())))),
    };
    let config = Config { socket: Some(socket.into()), ..Config::default() };
    let (actor, _) = Actor::spawn(None, Keeper { setup }, config).await.expect("an actor");
    let port = Port::new();
    port.bind(actor.clone());
    (Containers { port, jobs: Jobs::new(Port::new(), Store::new(Port::new())) }, actor)
}

async fn drawn(room: &Containers) -> String {
    let reader = Reader {
        lang: Lang::En,
        tz: TimeZone::UTC,
        role: Role::Owner,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: Timestamp::now(),
    };
    html::plain(&room.view(&View::ALL, &reader).await, &reader)
}

fn tell(count: usize, what: &str, mut spans: Vec<Duration>) {
    spans.sort();
    let ms = |span: Duration| span.as_secs_f64() * 1e3;
    let (median, worst) = (ms(spans[spans.len() / 2]), ms(spans[spans.len() - 1]));
    println!("{count:>10} {what:14} {median:>8.2} {worst:>8.2}");
}

/// The recorded list, again and again under other names, until there are so many.
fn many(count: usize) -> Vec<u8> {
    let recorded: Vec<Value> = serde_json::from_slice(&data("api-containers-all.json")).expect("JSON");
    let list: Vec<Value> = (0..count)
        .map(|nth| {
            let mut one = recorded[nth % recorded.len()].clone();
            one["Id"] = format!("{nth:064x}").into();
            let name = one["Names"][0].as_str().unwrap_or("/one").to_owned();
            one["Names"][0] = format!("{name}-{nth}").into();
            one
        })
        .collect();
    serde_json::to_vec(&list).expect("JSON")
}

fn data(file: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/docker");
    std::fs::read(folder.join(file)).expect("a recorded answer")
}

async fn serve(listener: UnixListener, count: usize) {
    let (version, info, list) = (data("api-version.json"), data("api-info.json"), many(count));
    let answers = Arc::new((version, info, list));
    while let Ok((mut stream, _)) = listener.accept().await {
        let answers = answers.clone();
        tokio::spawn(async move {
            let mut head = Vec::new();
            loop {
                while !head.windows(4).any(|four| four == b"\r\n\r\n") {
                    if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let asked = String::from_utf8_lossy(&head).into_owned();
                head.clear();
                let path = asked.split(' ').nth(1).unwrap_or_default();
                let body = match path {
                    path if path.contains("/version") => &answers.0,
                    path if path.contains("/info") => &answers.1,
                    path if path.contains("/containers/json") => &answers.2,
                    // Events, and figures: nothing happens.
                    _ => return std::future::pending().await,
                };
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                if stream.write_all(&[head.as_bytes(), body].concat()).await.is_err() {
                    return;
                }
                // Asked without keep-alive, it is over.
                if asked.contains("HTTP/1.0") {
                    return;
                }
            }
        });
    }
}
