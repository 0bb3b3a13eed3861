//! The chat page and its calls. Owns who may talk to it: the shell at `/` and its three files are for everybody who
//! reaches the listen address; all else wants the access key in a header. Whatever a bot wrote leaves here as JSON
//! or as a download, never as a page.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body as HttpBody, Bytes},
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;

use super::{
    faults::Faults,
    hub::Hub,
    rich::{Rich, utf16},
    world::{Body, Cannot, TYPED_MAX, Tap},
};

/// The header that carries the access key.
pub(super) const KEY_HEADER: &str = "x-cockpit-key";
/// The page hears at least this often that the server is there.
const PING: Duration = Duration::from_secs(3);
/// How long a question for news is held.
const NEWS: Duration = Duration::from_secs(20);
/// Telegram's limit for captions, from people too.
const CAPTION_MAX: usize = 1024;

const HTML: &str = include_str!("page/index.html");
const CSS: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");
const ICON: &str = include_str!("page/page.svg");

/// Scripts and styles from here only, pictures from memory only, markup from strings never.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

pub(super) async fn shell() -> Response {
    asset("text/html; charset=utf-8", HTML)
}

pub(super) async fn css() -> Response {
    asset("text/css; charset=utf-8", CSS)
}

pub(super) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

pub(super) async fn icon() -> Response {
    asset("image/svg+xml", ICON)
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// Who the guard lets in: the listen address, as it may stand in a Host header.
#[derive(Debug, Clone)]
pub(super) struct Door {
    pub port: u16,
    /// Exactly these hosts; any address (never a name) when the server listens on all of them.
    pub hosts: Option<Vec<String>>,
}

impl Door {
    fn knows(&self, host: &str) -> bool {
        match &self.hosts {
            Some(hosts) => hosts.iter().any(|known| known == host),
            None => host.parse::<std::net::SocketAddr>().is_ok_and(|address| address.port() == self.port),
        }
    }

    /// A name that an attacker points at this address (DNS rebinding) fails on Host, a foreign page on Origin.
    fn refuses(&self, uri: &Uri, headers: &HeaderMap) -> Option<&'static str> {
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or(""));
        let host = text(header::HOST).or_else(|| uri.authority().map(|a| a.as_str())).unwrap_or("");
        if !self.knows(host) {
            return Some("this server answers to its listen address only");
        }
        let own = format!("http://{host}");
        text(header::ORIGIN)
            .is_some_and(|origin| origin != own)
            .then_some("a foreign page has no business here")
    }
}

/// Stands before everything, the Bot API included; adds the headers that every answer carries.
pub(super) async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let mut response = match door.refuses(request.uri(), request.headers()) {
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Stands before the page's calls. Both keys are hashed first: comparing takes the same time wherever they differ.
pub(super) async fn want_key(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(KEY_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    if Sha256::digest(given) != Sha256::digest(hub.key.as_bytes()) {
        return no(StatusCode::UNAUTHORIZED, "the access key is in the address that was printed at start");
    }
    if request.method() != Method::GET && request.method() != Method::POST {
        return no(StatusCode::METHOD_NOT_ALLOWED, "GET or POST");
    }
    next.run(request).await
}

fn no(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

fn done<T: serde::Serialize>(result: Result<T, Cannot>) -> Response {
    match result {
        Ok(value) => Json(json!({ "ok": value })).into_response(),
        Err(why) => no(StatusCode::CONFLICT, why),
    }
}

/// Everything, then each change: one JSON object a line, for as long as the page listens.
pub(super) async fn events(State(hub): State<Arc<Hub>>) -> Response {
    let (snapshot, events) = hub.watch();
    let first = line(&snapshot.to_string());
    let lines = stream::unfold((hub, events, Some(first)), |(hub, mut events, first)| async move {
        if let Some(first) = first {
            return Some((Ok::<_, Infallible>(first), (hub, events, None)));
        }
        let next = tokio::select! {
            event = events.recv() => match event {
                Ok(event) => line(&event),
                // Too far behind: the page asks again and begins with a snapshot.
                Err(broadcast::error::RecvError::Lagged(_) | broadcast::error::RecvError::Closed) => return None,
            },
            () = tokio::time::sleep(PING) => {
                line(&json!({ "type": "ping", "listening": hub.is_listening() }).to_string())
            }
            () = hub.stop.cancelled() => return None,
        };
        Some((Ok(next), (hub, events, None)))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    (kind, HttpBody::from_stream(lines)).into_response()
}

fn line(text: &str) -> Bytes {
    Bytes::from(format!("{text}\n"))
}

#[derive(Debug, Deserialize)]
pub(super) struct Since {
    after: Option<u64>,
}

/// Everything at once; with `after`, not before something is newer than that version (or 20 s have passed).
pub(super) async fn state(State(hub): State<Arc<Hub>>, Query(since): Query<Since>) -> Response {
    if let Some(after) = since.after {
        let mut changes = hub.changes();
        let news =
            async { while *changes.borrow_and_update() <= after && changes.changed().await.is_ok() {} };
        tokio::select! {
            _ = tokio::time::timeout(NEWS, news) => {}
            () = hub.stop.cancelled() => {}
        }
    }
    Json(hub.watch().0).into_response()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    person: i64,
    chat: i64,
    text: String,
    reply_to: Option<i64>,
}

pub(super) async fn say(State(hub): State<Arc<Hub>>, Json(typed): Json<Typed>) -> Response {
    let text = Rich::settle(&typed.text, Vec::new());
    match utf16(&text.text) {
        0 => return done::<i64>(Err("there is nothing to send")),
        1..=TYPED_MAX => {}
        _ => return done::<i64>(Err("Telegram takes at most 4096 characters")),
    }
    done(hub.with(|world| world.say(typed.person, typed.chat, Body::Text(text), typed.reply_to)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    person: i64,
    chat: i64,
    name: String,
    #[serde(default)]
    photo: bool,
    #[serde(default)]
    caption: String,
    reply_to: Option<i64>,
}

/// A file from a person; the body is the file.
pub(super) async fn upload(State(hub): State<Arc<Hub>>, Query(sent): Query<Sent>, bytes: Bytes) -> Response {
    let caption = Rich::settle(&sent.caption, Vec::new());
    if utf16(&caption.text) > CAPTION_MAX {
        return done::<i64>(Err("Telegram takes captions of at most 1024 characters"));
    }
    hub.with(|world| {
        let body = if sent.photo {
            let file = world.files.put_photo(&sent.name, bytes);
            file.map(|file| Body::Photo { file, caption, above: false })
        } else {
            world.files.put_document(&sent.name, bytes).map(|file| Body::Document { file, caption })
        };
        match body {
            Ok(body) => done(world.say(sent.person, sent.chat, body, sent.reply_to)),
            Err(refusal) => no(StatusCode::CONFLICT, &refusal.description),
        }
    })
}

pub(super) async fn tap(State(hub): State<Arc<Hub>>, Json(tap): Json<Tap>) -> Response {
    done(hub.with(|world| world.tap(&tap)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    person: i64,
    language_code: Option<String>,
    blocked: Option<bool>,
}

/// A person changes: the language of the phone, or whether the bot is blocked.
pub(super) async fn person(State(hub): State<Arc<Hub>>, Json(change): Json<Change>) -> Response {
    let fine = |code: &String| {
        (2..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if change.language_code.as_ref().is_some_and(|code| !fine(code)) {
        return done::<bool>(Err("a language is a tag such as en or id-ID"));
    }
    done(hub.with(|world| {
        if let Some(blocked) = change.blocked {
            world.block(change.person, blocked)?;
        }
        if let Some(code) = change.language_code {
            let person = world.people.iter_mut().find(|p| p.id == change.person);
            person.ok_or("there is no such person")?.language_code = code;
            let (people, menus) = (world.people_json(), world.menus_json());
            world.events.push(json!({ "type": "people", "people": people }));
            world.events.push(json!({ "type": "menus", "menus": menus }));
        }
        Ok(true)
    }))
}

pub(super) async fn faults(State(hub): State<Arc<Hub>>, Json(faults): Json<Faults>) -> Response {
    if let Some(problem) = faults.problem() {
        return no(StatusCode::CONFLICT, &problem);
    }
    done(hub.with(|world| {
        world.faults = faults;
        let now: Value = json!({ "type": "faults", "faults": world.faults });
        world.events.push(now);
        Ok(true)
    }))
}

/// A file's bytes. Its type is told only when it is a picture; the page shows nothing else.
pub(super) async fn file(State(hub): State<Arc<Hub>>, Path(id): Path<String>) -> Response {
    let Some(file) = hub.with(|world| world.files.by_file_id(&id).cloned()) else {
        return no(StatusCode::NOT_FOUND, "that file is no longer kept");
    };
    let kind = if file.mime.starts_with("image/") { file.mime.as_str() } else { "application/octet-stream" };
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, "attachment")];
    (headers, HttpBody::from(file.bytes)).into_response()
}
