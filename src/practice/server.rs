//! The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`. Owns the token check, the weather on
//! the way and the long poll. Never answers a browser page: that is `page`.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{ConnectInfo, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    faults::Trouble,
    hub::Hub,
    methods::{self, UNPRACTISED},
    params::Params,
    refusal::{Answer, Refusal},
    wire::Cut,
};

/// Telegram holds a poll no longer.
const POLL_MAX_S: i64 = 50;
/// A call that gets no answer is dropped after this.
const HANG: Duration = Duration::from_secs(120);

/// One call of the bot.
pub(super) async fn call(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Some(token) = bot.strip_prefix("bot") else { return Refusal::not_found("").into_response() };
    let started = Instant::now();
    let delay = hub.with(|world| world.faults.latency_ms);
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    let trouble = hub.with(|world| {
        let before = world.faults.clone();
        let trouble = world.faults.meet(&method);
        let refusal = before.refusal();
        if trouble != Trouble::Off {
            let ms = millis(started);
            let (code, what) = match trouble {
                Trouble::Status => (refusal.code, refusal.description.as_str()),
                Trouble::Reset => (0, "connection reset"),
                Trouble::Hang => (0, "no answer"),
                Trouble::Lost | Trouble::Off => (0, "answer lost"),
            };
            world.note_call(&method, None, ms, Some((code, what)));
        }
        if before != world.faults {
            let now = json!({ "type": "faults", "faults": world.faults });
            world.events.push(now);
        }
        (trouble, refusal)
    });
    let answer = match trouble {
        (Trouble::Reset, _) => return lose(&cut),
        (Trouble::Hang, _) => {
            hang(&hub, &method).await;
            return lose(&cut);
        }
        (Trouble::Status, refusal) => return refusal.into_response(),
        (Trouble::Lost | Trouble::Off, _) => answer(&hub, token, &method, request, &cut, started).await,
    };
    match answer {
        _ if trouble.0 == Trouble::Lost => lose(&cut),
        Some(Ok(result)) => Json(json!({ "ok": true, "result": result })).into_response(),
        Some(Err(refusal)) => refusal.into_response(),
        None => lose(&cut),
    }
}

/// What the other side sees is a reset connection; this response is never written.
fn lose(cut: &Cut) -> Response {
    cut.cut();
    ().into_response()
}

/// Until the weather changes, the flight ends, or nobody can still be waiting.
async fn hang(hub: &Hub, method: &str) {
    let mut changes = hub.changes();
    let still = || hub.with(|world| world.faults.trouble == Trouble::Hang && world.faults.concerns(method));
    let wait = async { while still() && changes.changed().await.is_ok() {} };
    tokio::select! {
        _ = tokio::time::timeout(HANG, wait) => {}
        () = hub.stop.cancelled() => {}
    }
}

/// `None`: the connection is to be cut.
async fn answer(
    hub: &Hub,
    token: &str,
    method: &str,
    request: Request,
    cut: &Cut,
    started: Instant,
) -> Option<Answer<Value>> {
    let called = match prepare(hub, token, method, request).await {
        Ok(called) => called,
        Err(refusal) => {
            let noted = Some((refusal.code, refusal.description.as_str()));
            hub.with(|world| world.note_call(method, None, millis(started), noted));
            return Some(Err(refusal));
        }
    };
    let (method, params) = called;
    let chat = params.text("chat_id").and_then(|id| id.parse().ok());
    let poll = method.name == "getUpdates";
    let result =
        if poll { poll_updates(hub, &params, cut).await? } else { hub.with(|w| (method.run)(w, &params)) };
    // Polls that bring nothing are not worth a line.
    if !poll || result.is_err() {
        let refused = result.as_ref().err().map(|refusal| (refusal.code, refusal.description.as_str()));
        hub.with(|world| world.note_call(method.name, chat, millis(started), refused));
    }
    Some(result)
}

async fn prepare(
    hub: &Hub,
    token: &str,
    method: &str,
    request: Request,
) -> Answer<(&'static methods::Method, Params)> {
    check_token(hub, token)?;
    let method = methods::find(method).ok_or_else(|| Refusal::not_found(": method not found"))?;
    let mut params = Params::read(request).await?;
    params.check(method.name, method.params, UNPRACTISED)?;
    Ok((method, params))
}

fn check_token(hub: &Hub, token: &str) -> Answer<()> {
    if token == hub.token {
        return Ok(());
    }
    let shaped = token.split_once(':').is_some_and(|(id, _)| id.parse::<u64>().is_ok_and(|id| id > 0));
    Err(Refusal::unauthorized(if shaped { "" } else { ": invalid token specified" }))
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The long poll. A newer one ends it with 409; the end of the flight answers it empty.
async fn poll_updates(hub: &Hub, params: &Params, cut: &Cut) -> Option<Answer<Value>> {
    let allowed = match params.json("allowed_updates").map(serde_json::Value::as_array) {
        None => None,
        Some(Some(list)) => Some(list.iter().filter_map(|kind| kind.as_str().map(str::to_owned)).collect()),
        Some(None) => return Some(Err(Refusal::bad("can't parse allowed_updates JSON object"))),
    };
    let offset = params.integer("offset").unwrap_or(0);
    let limit = usize::try_from(params.integer("limit").unwrap_or(100).clamp(1, 100)).unwrap_or(100);
    let timeout = params.integer("timeout").unwrap_or(0).clamp(0, POLL_MAX_S);
    let deadline = Instant::now() + Duration::from_secs(timeout.unsigned_abs());
    let _listening = hub.listen();
    let mine = hub.with(|world| {
        if let Some(kinds) = allowed {
            world.updates.allow(kinds);
        }
        let seen = world.updates.confirm(offset, world.faults.duplicates);
        world.tick(seen);
        world.updates.polls += 1;
        world.stirred = true;
        world.updates.polls
    });
    let mut changes = hub.changes();
    loop {
        changes.mark_unchanged();
        let (overtaken, down, found) = hub.with(|world| {
            let overtaken = world.updates.polls != mine;
            let down = matches!(world.faults.trouble, Trouble::Reset | Trouble::Hang)
                && world.faults.concerns("getUpdates");
            let found = if overtaken || down { Vec::new() } else { world.updates.fetch(limit) };
            (overtaken, down, found)
        });
        if overtaken {
            return Some(Err(Refusal::conflict()));
        }
        if down {
            // The network went away under a poll that was waiting.
            cut.cut();
            return None;
        }
        if !found.is_empty() || Instant::now() >= deadline {
            return Some(Ok(Value::Array(found)));
        }
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep_until(deadline) => {}
            () = hub.stop.cancelled() => return Some(Ok(json!([]))),
        }
    }
}

/// Gives out a file that `getFile` named; from an offset on, if asked to (`bytes=N-`), as Telegram's servers do.
pub(super) async fn file(
    State(hub): State<Arc<Hub>>,
    Path((bot, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let token = bot.strip_prefix("bot").unwrap_or_default();
    if check_token(&hub, token).is_err() {
        return Refusal::unauthorized("").into_response();
    }
    let Some(file) = hub.with(|world| world.files.by_path(&path).cloned()) else {
        return Refusal::not_found(": file not found").into_response();
    };
    let kind = (header::CONTENT_TYPE, "application/octet-stream".to_owned());
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let from = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let size = file.bytes.len();
    match from {
        None => ([kind], Body::from(file.bytes)).into_response(),
        Some(from) if from < size => {
            let part = (header::CONTENT_RANGE, format!("bytes {from}-{}/{size}", size - 1));
            (StatusCode::PARTIAL_CONTENT, [kind, part], Body::from(file.bytes.slice(from..))).into_response()
        }
        Some(_) => {
            let whole = (header::CONTENT_RANGE, format!("bytes */{size}"));
            (StatusCode::RANGE_NOT_SATISFIABLE, [whole]).into_response()
        }
    }
}
