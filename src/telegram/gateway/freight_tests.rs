//! Large files both ways, through gateway, outbox and blobs, over a line that breaks in the middle. They run in a
//! process of their own, so that its memory can be watched: it holds a part of a file, never the file.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    pin::Pin,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::{TcpListener, TcpStream},
    process::Child,
    task::JoinSet,
    time::Instant,
};

use super::craft::Craft;
use crate::{
    bridge::ship::Answer,
    domain::{Attachment, BlobError, BlobMeta, BlobSource, ByteStream, SystemClock},
    intent::View,
    practice::{self, PracticeOptions, Running},
};

const DRE: i64 = 1001;
const UP: u64 = 45_000_000;
const DOWN: u64 = 18_000_000;
/// Where the line breaks, the first time.
const BREAK_UP: u64 = 20_000_000;
const BREAK_DOWN: u64 = 8_000_000;
/// More memory than before the files; a whole one would be twice as much at least.
const MORE_MAX_KIB: u64 = 16 << 10;
const PATIENCE: Duration = Duration::from_secs(60);
/// What the process of the gateway is told by: folder, address and token.
const HOSTED: &str = "COCKPIT_TEST_HOSTED";
const HOST: &str = "telegram::gateway::freight_tests::the_process_that_is_watched";

/// Bytes that tell their place.
fn fill(at: u64, bytes: &mut [u8]) {
    for (n, byte) in bytes.iter_mut().enumerate() {
        let place = at + n as u64;
        *byte = (place ^ (place >> 8) ^ (place >> 17)) as u8;
    }
}

fn freight(size: u64) -> Vec<u8> {
    let mut bytes = vec![0; size as usize];
    fill(0, &mut bytes);
    bytes
}

/// A file that is made while it is read: slowly from [`BREAK_UP`] on the first time, and then as fast as it can.
struct Made(Arc<AtomicU64>);

struct Making {
    at: u64,
    slow: bool,
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl BlobSource for Made {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: "freight.bin".into(), size_bytes: Some(UP) }
    }

    fn open(&self) -> Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + '_>> {
        let slow = self.0.fetch_add(1, Ordering::Relaxed) == 0;
        let making = Making { at: 0, slow, pause: None };
        Box::pin(async move { Ok((self.meta(), Box::pin(making) as ByteStream)) })
    }
}

impl AsyncRead for Making {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut some = buf.remaining().min((UP - self.at) as usize);
        if self.slow && self.at >= BREAK_UP {
            let pause =
                self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(Duration::from_millis(50))));
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
            some = some.min(1024);
        }
        fill(self.at, buf.initialize_unfilled_to(some));
        buf.advance(some);
        self.at += some as u64;
        Poll::Ready(Ok(()))
    }
}

/// The other process: a gateway, an outbox and a ship that gives out [`Made`] and keeps what it is sent.
#[tokio::test]
async fn the_process_that_is_watched() {
    // Run with all tests it has nothing to do.
    let Ok(told) = std::env::var(HOSTED) else { return };
    let told: Value = serde_json::from_str(&told).unwrap();
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let craft = Craft::start(&text("url"), &text("token")).await;
    let blob = craft.ship.blobs.put(Made(Arc::default()));
    let file = Attachment { blob, caption: "here it is".into() };
    craft.ship.world.lock().unwrap().answers =
        vec![Answer::Show(View::HOME), Answer::File { file, next: View::HOME }];
    // Whoever started it ends it; nobody else would.
    tokio::time::sleep(5 * PATIENCE).await;
}

/// A line between the bot and Telegram that breaks where it is told to.
struct Wire {
    address: SocketAddr,
    up: Arc<Way>,
    down: Arc<Way>,
    _task: JoinSet<()>,
}

/// One direction, all connections together.
struct Way {
    carried: AtomicU64,
    /// The first connection that has carried so much by itself breaks.
    breaks_at: AtomicU64,
}

impl Way {
    fn new() -> Arc<Way> {
        Arc::new(Way { carried: AtomicU64::new(0), breaks_at: AtomicU64::new(u64::MAX) })
    }

    fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }

    fn breaks_at(&self, bytes: u64) {
        self.breaks_at.store(bytes, Ordering::Relaxed);
    }

    fn has_broken(&self) -> bool {
        self.breaks_at.load(Ordering::Relaxed) == u64::MAX
    }

    /// `host`: as which address the near end knows the far one, and its real one. Telegram's stand-in answers to its
    /// own name only.
    async fn carry(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        host: Option<(SocketAddr, SocketAddr)>,
    ) {
        let mut part = vec![0; 64 << 10];
        let mut own = 0;
        while let Ok(some) = from.read(&mut part).await {
            if let Some((known, real)) = host {
                rename(&mut part[..some], &known.to_string(), &real.to_string());
            }
            if some == 0 || to.write_all(&part[..some]).await.is_err() {
                return;
            }
            self.carried.fetch_add(some as u64, Ordering::Relaxed);
            own += some as u64;
            if own >= self.breaks_at.load(Ordering::Relaxed) {
                self.breaks_at.store(u64::MAX, Ordering::Relaxed);
                return;
            }
        }
    }
}

/// In the head of a request that begins here. Ports above 9999 have one length.
fn rename(part: &mut [u8], known: &str, real: &str) {
    if !(part.starts_with(b"POST ") || part.starts_with(b"GET ")) {
        return;
    }
    assert_eq!(known.len(), real.len(), "both ports are of the range for clients");
    let head = part.len().min(4096);
    if let Some(at) = part[..head].windows(known.len()).position(|window| window == known.as_bytes()) {
        part[at..at + known.len()].copy_from_slice(real.as_bytes());
    }
}

impl Wire {
    async fn to(target: SocketAddr) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (up, down) = (Way::new(), Way::new());
        let (to_far, to_near) = (up.clone(), down.clone());
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut lines = JoinSet::new();
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let (to_far, to_near) = (to_far.clone(), to_near.clone());
                lines.spawn(async move {
                    let Ok(far) = TcpStream::connect(target).await else { return };
                    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                    // When one direction ends, so does the connection.
                    tokio::select! {
                        () = to_far.carry(near_in, far_out, Some((address, target))) => {}
                        () = to_near.carry(far_in, near_out, None) => {}
                    }
                });
                while lines.try_join_next().is_some() {}
            }
        });
        Wire { address, up, down, _task: task }
    }
}

struct Flight {
    telegram: Running,
    wire: Wire,
    page: reqwest::Client,
    host: Child,
    folder: tempfile::TempDir,
}

impl Flight {
    #[expect(clippy::disallowed_methods, reason = "this very test as a child of itself")]
    async fn start() -> Flight {
        let listen: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let telegram = practice::start(PracticeOptions::new(listen, Arc::new(SystemClock))).await.unwrap();
        let target = telegram.api_url.trim_start_matches("http://").parse().unwrap();
        let wire = Wire::to(target).await;
        let told = json!({ "url": format!("http://{}", wire.address), "token": telegram.token });
        let folder = tempfile::tempdir().unwrap();
        let mut host = tokio::process::Command::new(std::env::current_exe().unwrap());
        host.args(["--exact", HOST]).env(HOSTED, told.to_string());
        host.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let host = host.spawn().unwrap();
        Flight { telegram, wire, page: reqwest::Client::new(), host, folder }
    }

    fn call(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.header("x-cockpit-key", &self.telegram.key)
    }

    fn at(&self, path: &str) -> String {
        format!("{}/page/{path}", self.telegram.api_url)
    }

    async fn says(&self, text: &str) {
        let body = json!({ "person": DRE, "chat": DRE, "text": text });
        self.call(self.page.post(self.at("say")).json(&body))
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap();
    }

    async fn sends(&self, name: &str, caption: &str, bytes: Vec<u8>) {
        let (person, chat) = (DRE.to_string(), DRE.to_string());
        let query = [
            ("person", person.as_str()),
            ("chat", &chat),
            ("name", name),
            ("photo", "false"),
            ("caption", caption),
        ];
        let upload = self.page.post(self.at("upload")).query(&query).body(bytes);
        self.call(upload).send().await.unwrap().error_for_status().unwrap();
    }

    /// The first of the chat's messages that is so.
    async fn message(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut after = String::new();
        loop {
            let state = self.call(self.page.get(self.at(&format!("state{after}")))).send().await.unwrap();
            let state: Value = state.json().await.unwrap();
            let chats = state["chats"].as_array().unwrap();
            let chat = chats.iter().find(|chat| chat["id"] == DRE).unwrap();
            let messages = chat["messages"].as_array().unwrap();
            if let Some(found) = messages.iter().find(|message| is_so(message)) {
                return found.clone();
            }
            assert!(Instant::now() < deadline, "never {what}: {messages:#?}");
            after = format!("?after={}", state["version"]);
        }
    }

    async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so() {
            assert!(Instant::now() < deadline, "never {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The most memory the process ever held, KiB.
    fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.host.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

fn says(message: &Value, text: &str) -> bool {
    message["from"]["is_bot"] == true && message["text"].as_str().is_some_and(|said| said.contains(text))
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

#[tokio::test]
async fn large_files_pass_both_ways_byte_for_byte_over_a_line_that_breaks_and_in_little_memory() {
    let flight = Flight::start().await;
    flight.says("/start").await;
    flight.message("a first screen", |message| says(message, "as it is")).await;
    let before = flight.peak_kib();

    flight.says("/get").await;
    flight.message("how far it is", |message| says(message, "Sending freight.bin")).await;
    let stuck = BREAK_UP - (1 << 20);
    flight.until("the first part of it", || flight.wire.up.carried() > stuck).await;
    flight.wire.up.breaks_at(stuck);
    let sent = flight.message("the file", |message| message["document"]["file_size"] == UP).await;
    assert_eq!(
        (&sent["caption"], &sent["document"]["file_name"]),
        (&json!("here it is"), &json!("freight.bin"))
    );
    let file = sent["document"]["file_id"].as_str().unwrap();
    let arrived = flight.call(flight.page.get(flight.at(&format!("file/{file}")))).send().await.unwrap();
    assert!(arrived.bytes().await.unwrap() == freight(UP), "up, byte for byte");
    assert!(flight.wire.up.carried() > UP + stuck, "it was begun twice");
    flight
        .message("the screen without it", |message| {
            says(message, "as it is") && message["reply_markup"].is_object() && !says(message, "Sending")
        })
        .await;

    let kept = flight.folder.path().join("kept");
    flight.wire.down.breaks_at(BREAK_DOWN);
    flight.sends("photos.tar", &format!("keep:{}", kept.display()), freight(DOWN)).await;
    flight.until("all of it", || size(&kept) == DOWN).await;
    assert!(flight.wire.down.has_broken(), "in the middle");
    assert!(std::fs::read(&kept).unwrap() == freight(DOWN), "down, byte for byte");

    let more = flight.peak_kib().saturating_sub(before);
    println!("memory at most {before} KiB before, {more} KiB more with files of {UP} and {DOWN} bytes");
    assert!(more < MORE_MAX_KIB, "{more} KiB more than {before} KiB");
}
