//! A dock with real folders, a real store and real jobs, and a Telegram that tests play.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use ractor::{Actor, ActorRef};
use tokio::io::AsyncReadExt;

use super::{
    dock::{Dock, Kit, Msg},
    room::Transfers,
};
use crate::{
    audit::Audit,
    domain::{
        Asker, Attachment, BlobError, BlobMeta, BlobSource, Blobs, ByteStream, Bytes, ChatId, ChatKind,
        Courier, Delivering, JobTitle, Lang, Limits, PilotId, Reader, Role, SystemClock, Theme, Undelivered,
    },
    events::Outlet,
    jobs::{self, Ending, Hands, JobOrder, Jobs, StartError, Steps},
    room::Order,
    store::testing::{self, Temp},
    subsystems::storage::{Floor, Roots, Storage, actor::StorageActor, config, parts::Parts, usage::Shelf},
    supervision::Port,
};

/// Files at Telegram by their reference; those that are not there cannot be had.
#[derive(Clone, Default)]
pub struct Sky(pub Arc<Mutex<HashMap<String, Arc<dyn BlobSource>>>>);

/// A file at Telegram.
pub struct There {
    pub reference: String,
    pub bytes: Vec<u8>,
    /// Breaks off after so many bytes.
    pub breaks: Option<usize>,
    /// Says nothing after its first byte until it is dropped.
    pub hangs: bool,
}

type Opening<'a> = Pin<Box<dyn Future<Output = Result<(BlobMeta, ByteStream), BlobError>> + Send + 'a>>;

impl BlobSource for There {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: "x".into(), size_bytes: Some(self.bytes.len() as u64) }
    }

    fn open(&self) -> Opening<'_> {
        Box::pin(async move {
            let end = self.breaks.unwrap_or(self.bytes.len());
            let whole = std::io::Cursor::new(self.bytes[..end].to_vec());
            let stream: ByteStream = match (self.breaks, self.hangs) {
                (_, true) => Box::pin(std::io::Cursor::new(vec![1]).chain(Silent)),
                (Some(_), _) => Box::pin(whole.chain(Broken)),
                (None, _) => Box::pin(whole),
            };
            Ok((self.meta(), stream))
        })
    }

    fn reference(&self) -> Option<String> {
        Some(self.reference.clone())
    }
}

struct Silent;
struct Broken;

impl tokio::io::AsyncRead for Silent {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        _: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Pending
    }
}

impl tokio::io::AsyncRead for Broken {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        _: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Err(BlobError::NoLine("the line went".into()).into()))
    }
}

struct Gone;

impl BlobSource for Gone {
    fn meta(&self) -> BlobMeta {
        BlobMeta { name: "x".into(), size_bytes: None }
    }

    fn open(&self) -> Opening<'_> {
        Box::pin(async { Err(BlobError::Gone) })
    }
}

/// Name, caption and bytes of a file.
type Arrival = (String, String, Vec<u8>);

/// What arrived in chats.
#[derive(Clone)]
pub struct Post {
    pub blobs: Blobs,
    pub arrived: Arc<Mutex<Vec<Arrival>>>,
    pub limit: Arc<AtomicU64>,
    /// The first so many readings break off and begin anew.
    pub breaks: Arc<AtomicU64>,
}

impl Courier for Post {
    fn limits(&self) -> Limits {
        Limits { fetch: Bytes(20_000_000), deliver: Bytes(self.limit.load(Ordering::Relaxed)) }
    }

    fn deliver(&self, _: ChatId, file: Attachment) -> Delivering<'_> {
        Box::pin(async move {
            loop {
                let opened = self.blobs.open(file.blob).await;
                let (meta, mut stream) = opened.map_err(Undelivered::Unread)?;
                let mut bytes = Vec::new();
                if self.breaks.load(Ordering::Relaxed) > 0 {
                    self.breaks.fetch_sub(1, Ordering::Relaxed);
                    let _ = stream.read_u8().await;
                    continue;
                }
                let read = stream.read_to_end(&mut bytes).await;
                read.map_err(|error| Undelivered::Unread(error.into()))?;
                self.arrived.lock().unwrap().push((meta.name, file.caption, bytes));
                return Ok(());
            }
        })
    }
}

pub struct World {
    pub room: Transfers,
    pub sky: Sky,
    pub post: Post,
    pub dir: tempfile::TempDir,
    pub store: Temp,
    pub dock: ActorRef<Msg>,
}

pub async fn world() -> World {
    let store = testing::temp().await;
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("root")).unwrap();
    std::fs::create_dir(dir.path().join("locked")).unwrap();
    let root = |name: &str, read_only| config::Root {
        name: name.into(),
        path: dir.path().join(name),
        read_only,
        sample: false,
    };
    let config = Arc::new(config::Config {
        roots: vec![root("root", false), root("locked", true)],
        ..config::Config::default()
    });
    let data = dir.path().join("data");
    let floor = Floor {
        roots: Roots::new(&config, &data),
        parts: Parts::new(&data),
        config,
        clock: Arc::new(SystemClock),
    };
    let jobs_port = Port::new();
    let hands = Hands { store: store.handle(), clock: Arc::new(SystemClock), outlet: Outlet::nowhere() };
    jobs::testing::start(&jobs_port, hands).await;
    let jobs = Jobs::new(jobs_port, store.handle());
    while matches!(jobs.start(nothing()).await, Err(StartError::NotReady)) {
        tokio::task::yield_now().await;
    }
    let (blobs, sky) = (Blobs::default(), Sky::default());
    let storage = Storage {
        port: Port::new(),
        jobs: jobs.clone(),
        audit: Audit::new(Port::new()),
        blobs: blobs.clone(),
        outlet: Outlet::nowhere(),
        shelf: Shelf::new(store.handle()),
    };
    let (actor, _) = Actor::spawn(None, StorageActor, (floor, Audit::new(Port::new()))).await.unwrap();
    storage.port.bind(actor);
    let at_telegram = sky.clone();
    blobs.revived_by(move |reference, _| {
        at_telegram.0.lock().unwrap().get(reference).cloned().unwrap_or_else(|| Arc::new(Gone))
    });
    let post = Post {
        blobs: blobs.clone(),
        arrived: Arc::default(),
        limit: Arc::new(AtomicU64::new(50_000_000)),
        breaks: Arc::default(),
    };
    let kit = Kit {
        storage,
        jobs,
        store: store.handle(),
        blobs,
        courier: Arc::new(post.clone()),
        audit: Audit::new(Port::new()),
        clock: Arc::new(SystemClock),
        outlet: Outlet::nowhere(),
    };
    let room = Transfers { kit: kit.clone(), port: Port::new(), scratch: dir.path().join("scratch") };
    let dock = start(&room).await;
    World { room, sky, post, dir, store, dock }
}

/// A job that is over at once: the jobs are ready when it is taken.
fn nothing() -> JobOrder {
    JobOrder {
        title: JobTitle::Simulated { name: "nothing".into() },
        key: None,
        asked_by: Asker::Room { room: "test".into() },
        deadline: std::time::Duration::from_secs(9),
        runner: Box::new(Steps::new(|_| async { Ending::done() })),
    }
}

pub async fn start(room: &Transfers) -> ActorRef<Msg> {
    let (actor, _) = Actor::spawn(None, Dock, (room.kit.clone(), room.port.clone())).await.unwrap();
    room.port.bind(actor.clone());
    actor
}

pub fn order() -> Order {
    Order {
        pilot: PilotId(7),
        pilot_name: "Dre".into(),
        chat: ChatId(7),
        reader: Reader {
            lang: Lang::En,
            tz: jiff::tz::TimeZone::UTC,
            role: Role::Pilot,
            theme: Theme::Dark,
            chat: ChatKind::Private,
            now: jiff::Timestamp::now(),
        },
        op: "u1".into(),
    }
}
