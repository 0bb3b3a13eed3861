//! Practice: a Bot API server on loopback and a chat page in the browser, so that Cockpit is flown without a token.
//!
//! Owns a small Telegram in memory: people, chats, messages, files, updates. The bot talks to it over HTTP exactly as
//! to Telegram and is refused what Telegram refuses, in Telegram's words; refusals of this server's own say
//! "practice:". It shares no type with `telegram/`, so that each checks the other. Never reads or changes the machine:
//! what a flight may do is decided elsewhere. Limits stand where they are kept: `media`, `world`, `updates`, `wire`.
//!
//! The page is a local control panel: its address carries a random key that every call of the page sends in a header.

mod commands;
mod faults;
mod html;
mod hub;
mod keyboard;
mod media;
mod methods;
mod page;
mod params;
mod refusal;
mod rich;
mod server;
mod updates;
mod wire;
mod world;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, get, post},
};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use crate::domain::Clock;
use hub::Hub;

/// How long open connections have to end when a flight does.
const GOODBYE: Duration = Duration::from_secs(2);

/// Somebody who can write to the bot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Person {
    pub id: i64,
    pub first_name: String,
    pub username: String,
    /// The language of the person's Telegram ("en", "id").
    pub language_code: String,
}

impl Person {
    fn new(id: i64, first_name: &str, username: &str) -> Person {
        let owned = str::to_owned;
        Person { id, first_name: owned(first_name), username: owned(username), language_code: owned("en") }
    }

    /// The owner of a practice flight (1001) and somebody the bot does not know (2002).
    pub fn usual() -> Vec<Person> {
        vec![Person::new(1001, "Captain", "captain"), Person::new(2002, "Stranger", "stranger")]
    }

    /// A User of the Bot API.
    fn to_json(&self) -> Value {
        json!({
            "id": self.id, "is_bot": false, "first_name": self.first_name, "username": self.username,
            "language_code": self.language_code,
        })
    }
}

/// What a flight starts with.
pub struct PracticeOptions {
    /// Port 0 takes any free one.
    pub listen: SocketAddr,
    /// Says in so many words that whoever reaches the address may try the key.
    pub beyond_loopback: bool,
    /// As BotFather would give it: a number, a colon, letters.
    pub token: String,
    /// Their ids are positive and differ.
    pub people: Vec<Person>,
    /// The title of a group with everybody in it.
    pub group: Option<String>,
    /// How long a tap waits for its answer. Telegram's is about this: 15 s.
    pub query_ttl: Duration,
    pub clock: Arc<dyn Clock>,
}

impl PracticeOptions {
    /// The usual flight: a random token, two people, a group.
    pub fn new(listen: SocketAddr, clock: Arc<dyn Clock>) -> PracticeOptions {
        PracticeOptions {
            listen,
            beyond_loopback: false,
            token: random_token(),
            people: Person::usual(),
            group: Some("Flight deck".to_owned()),
            query_ttl: Duration::from_secs(15),
            clock,
        }
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the kernel has a random source");
    bytes
}

/// A token in BotFather's shape that is nobody's.
fn random_token() -> String {
    format!("1077000000:{}", BASE64URL_NOPAD.encode(&random::<26>()))
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "{0} can be reached from other machines, and whoever gets the key flies this server: use 127.0.0.1, or add \
         --listen-beyond-loopback if that is what you want"
    )]
    BeyondLoopback(SocketAddr),
    #[error("cannot listen on {address}: {source}; choose another port with --listen 127.0.0.1:PORT")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("a token is a number, a colon and letters, as in 123456:ABC-def")]
    Token,
    #[error("people need ids that are positive and differ")]
    People,
}

/// A server in flight. Dropping it ends it at once; [`Running::shutdown`] ends it in order.
pub struct Running {
    /// For the gateway's `api_url`.
    pub api_url: String,
    /// To open in a browser; carries the key.
    pub page_url: String,
    /// What the page sends as `x-cockpit-key`.
    pub key: String,
    pub token: String,
    pub address: SocketAddr,
    hub: Arc<Hub>,
    tasks: JoinSet<()>,
}

/// Starts to listen. The flight lasts until the returned value goes.
pub async fn start(options: PracticeOptions) -> Result<Running, StartError> {
    let PracticeOptions { listen, beyond_loopback, token, people, group, query_ttl, clock } = options;
    if !listen.ip().is_loopback() && !beyond_loopback {
        return Err(StartError::BeyondLoopback(listen));
    }
    let bot_id = token.split_once(':').and_then(|(id, rest)| id.parse().ok().filter(|_| !rest.is_empty()));
    let bot_id = bot_id.filter(|id: &i64| *id > 0).ok_or(StartError::Token)?;
    let mut ids: Vec<i64> = people.iter().map(|person| person.id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() != people.len() || ids.first().is_none_or(|id| *id <= 0) {
        return Err(StartError::People);
    }
    let failed = |source| StartError::Listen { address: listen, source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let key = HEXLOWER.encode(&random::<16>());
    let mut world = world::World::new(clock, bot_id, people, group);
    world.query_ttl = query_ttl;
    let hub = Arc::new(Hub::new(token.clone(), key.clone(), world));

    let all = address.ip().is_unspecified();
    let door = page::Door { port: address.port(), hosts: (!all).then(|| vec![address.to_string()]) };
    let app = routes(Arc::clone(&hub), door).into_make_service_with_connect_info::<wire::Cut>();
    let stop = hub.stop.clone();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        // Only accepting could fail, and that is retried.
        let _ = axum::serve(wire::Wire::new(listener), app)
            .with_graceful_shutdown(async move { stop.cancelled().await })
            .await;
    });
    let reach = if all { SocketAddr::from(([127, 0, 0, 1], address.port())) } else { address };
    Ok(Running {
        api_url: format!("http://{reach}"),
        page_url: format!("http://{reach}/#key={key}"),
        key,
        token,
        address,
        hub,
        tasks,
    })
}

fn routes(hub: Arc<Hub>, door: page::Door) -> Router {
    let calls = Router::new()
        .route("/page/events", get(page::events))
        .route("/page/state", get(page::state))
        .route("/page/say", post(page::say))
        .route("/page/upload", post(page::upload))
        .route("/page/tap", post(page::tap))
        .route("/page/person", post(page::person))
        .route("/page/faults", post(page::faults))
        .route("/page/file/{id}", get(page::file))
        .layer(middleware::from_fn_with_state(Arc::clone(&hub), page::want_key));
    Router::new()
        .route("/", get(page::shell))
        .route("/page.css", get(page::css))
        .route("/page.js", get(page::script))
        .route("/page.svg", get(page::icon))
        .route("/{bot}/{method}", any(server::call))
        .route("/file/{bot}/{*path}", get(server::file))
        .merge(calls)
        .layer(DefaultBodyLimit::max(params::BODY_MAX))
        .layer(middleware::from_fn_with_state(door, page::guard))
        .with_state(hub)
}

impl Running {
    /// Ends waiting polls and page connections, then the server; what is still open after 2 s is cut.
    pub async fn shutdown(mut self) {
        self.hub.stop.cancel();
        let _ =
            tokio::time::timeout(GOODBYE, async { while self.tasks.join_next().await.is_some() {} }).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.hub.stop.cancel();
    }
}
