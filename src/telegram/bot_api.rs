//! Just enough of a Bot API server, on loopback, for tests of gateway and outbox together: it keeps messages, refuses
//! unmodified edits, redelivers what was not confirmed, and fails as it is told.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{FromRequest, Multipart, Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use serde_json::{Value, json};
use tokio::{sync::Notify, task::JoinSet};

pub const TOKEN: &str = "42:SECRET-in-test";

#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub text: String,
    pub photo: bool,
    /// (label, callback data)
    pub keys: Vec<(String, String)>,
    pub silent: bool,
}

/// (HTTP status, description, retry_after)
pub type Fault = (u16, &'static str, Option<u64>);
type Faults = Box<dyn Fn(&str, &Value) -> Option<Fault> + Send>;

#[derive(Default)]
struct World {
    calls: Vec<(String, Value)>,
    updates: VecDeque<Value>,
    /// Delivered with the next poll whatever was confirmed.
    again: Vec<Value>,
    messages: BTreeMap<(i64, i64), Said>,
    files: BTreeMap<String, Vec<u8>>,
    uploads: Vec<(String, Vec<u8>)>,
    faults: Option<Faults>,
    numbers: i64,
    offsets: Vec<i64>,
    /// A download breaks after this many bytes, once.
    cut: Option<usize>,
}

#[derive(Clone)]
pub struct BotApi {
    world: Arc<Mutex<World>>,
    changed: Arc<Notify>,
    pub url: String,
    _task: Arc<JoinSet<()>>,
}

impl BotApi {
    pub async fn start() -> BotApi {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut tasks = JoinSet::new();
        let world = Arc::new(Mutex::new(World { numbers: 500, ..World::default() }));
        let changed = Arc::new(Notify::new());
        let served = (world.clone(), changed.clone());
        let router = Router::new()
            .route("/{bot}/{method}", any(method))
            .route("/file/{bot}/{*path}", get(file))
            .layer(axum::extract::DefaultBodyLimit::max(64 << 20))
            .with_state(served);
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        BotApi { world, changed, url, _task: Arc::new(tasks) }
    }

    /// Waits until it holds; says what was called when it never does.
    pub async fn until<T>(&self, what: &str, mut holds: impl FnMut(&BotApi) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if let Some(found) = holds(self) {
                    return found;
                }
                // Some conditions are not of this server.
                let _ = tokio::time::timeout(Duration::from_millis(20), changed).await;
            }
        };
        match tokio::time::timeout(Duration::from_secs(60), waiting).await {
            Ok(found) => found,
            Err(_) => {
                let calls = self.calls();
                let messages = self.world.lock().unwrap().messages.clone();
                panic!("never: {what}\ncalls: {calls:#?}\nmessages: {messages:#?}")
            }
        }
    }

    pub fn fails(&self, faults: impl Fn(&str, &Value) -> Option<Fault> + Send + 'static) {
        self.world.lock().unwrap().faults = Some(Box::new(faults));
    }

    pub fn works(&self) {
        self.world.lock().unwrap().faults = None;
    }

    /// The calls so far of the methods named, as "method text-or-id"; polls, menus and getMe are left out.
    pub fn calls(&self) -> Vec<String> {
        let quiet = ["getUpdates", "getMe", "setMyCommands", "sendChatAction", "getFile"];
        let world = self.world.lock().unwrap();
        let shown = world.calls.iter().filter(|(method, _)| !quiet.contains(&method.as_str()));
        shown.map(|(method, body)| format!("{method} {}", first_line(body))).collect()
    }

    pub fn count(&self, method: &str) -> usize {
        self.world.lock().unwrap().calls.iter().filter(|(name, _)| name == method).count()
    }

    pub fn bodies(&self, method: &str) -> Vec<Value> {
        let world = self.world.lock().unwrap();
        world.calls.iter().filter(|(name, _)| name == method).map(|(_, body)| body.clone()).collect()
    }

    pub fn message(&self, chat: i64, id: i64) -> Option<Said> {
        self.world.lock().unwrap().messages.get(&(chat, id)).cloned()
    }

    /// The lowest message of a chat that has buttons.
    pub fn living(&self, chat: i64) -> Option<(i64, Said)> {
        let world = self.world.lock().unwrap();
        let mut here = world.messages.iter().filter(|((c, _), said)| *c == chat && !said.keys.is_empty());
        here.next_back().map(|((_, id), said)| (*id, said.clone()))
    }

    pub fn messages(&self, chat: i64) -> Vec<(i64, Said)> {
        let world = self.world.lock().unwrap();
        let here = world.messages.iter().filter(|((c, _), _)| *c == chat);
        here.map(|((_, id), said)| (*id, said.clone())).collect()
    }

    pub fn forget_message(&self, chat: i64, id: i64) {
        self.world.lock().unwrap().messages.remove(&(chat, id));
    }

    pub fn uploads(&self) -> Vec<(String, Vec<u8>)> {
        self.world.lock().unwrap().uploads.clone()
    }

    pub fn holds_file(&self, id: &str, bytes: Vec<u8>) {
        self.world.lock().unwrap().files.insert(id.to_owned(), bytes);
    }

    pub fn breaks_download_after(&self, bytes: usize) {
        self.world.lock().unwrap().cut = Some(bytes);
    }

    pub fn last_offset(&self) -> Option<i64> {
        self.world.lock().unwrap().offsets.last().copied()
    }

    pub fn deliver(&self, update: Value) {
        let mut world = self.world.lock().unwrap();
        world.updates.push_back(update);
        drop(world);
        self.changed.notify_waiters();
    }

    /// A server that forgot what was confirmed.
    pub fn delivers_again(&self, update: Value) {
        self.world.lock().unwrap().again.push(update);
        self.changed.notify_waiters();
    }

    pub fn number(&self) -> i64 {
        let mut world = self.world.lock().unwrap();
        world.numbers += 1;
        world.numbers
    }

    fn from(person: i64) -> Value {
        json!({ "id": person, "is_bot": false, "first_name": "Dre", "language_code": "en" })
    }

    fn chat(id: i64) -> Value {
        if id < 0 {
            json!({ "id": id, "type": "group", "title": "ops" })
        } else {
            json!({ "id": id, "type": "private", "first_name": "Dre" })
        }
    }

    pub fn says(&self, person: i64, chat: i64, more: Value) {
        let number = self.number();
        let mut message = json!({ "message_id": 10_000 + number, "date": 1_700_000_000,
            "chat": Self::chat(chat), "from": Self::from(person) });
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.deliver(json!({ "update_id": number, "message": message }));
    }

    pub fn types(&self, person: i64, text: &str) {
        self.says(person, person, json!({ "text": text }));
    }

    pub fn tap_update(&self, person: i64, chat: i64, message: i64, data: &str) -> Value {
        let number = self.number();
        let said = self.message(chat, message);
        let mut shown = json!({ "message_id": message, "date": 1_700_000_000, "chat": Self::chat(chat) });
        match said {
            Some(said) if said.photo => {
                shown["photo"] = json!([{ "file_id": "x", "file_unique_id": "x", "width": 1, "height": 1 }]);
            }
            _ => shown["text"] = json!("x"),
        }
        json!({ "update_id": number, "callback_query": { "id": format!("cb{number}"), "chat_instance": "1",
            "data": data, "from": Self::from(person), "message": shown } })
    }

    pub fn taps(&self, person: i64, chat: i64, message: i64, data: &str) {
        let update = self.tap_update(person, chat, message, data);
        self.deliver(update);
    }

    /// Presses the button with this label on the living message.
    pub fn presses(&self, person: i64, label: &str) {
        let (id, said) = self.living(person).expect("a message with buttons");
        let (_, data) = said.keys.iter().find(|(text, _)| text == label).expect("a button of that label");
        self.taps(person, person, id, data);
    }
}

fn first_line(body: &Value) -> String {
    let chosen = ["text", "caption", "callback_query_id", "document_name"];
    let text = chosen.iter().find_map(|key| body[*key].as_str());
    let text = text.or(body["media"]["caption"].as_str()).unwrap_or_default();
    let text = text.lines().next().unwrap_or_default();
    match body["message_id"].as_i64() {
        Some(id) => format!("#{id} {text}").trim_end().to_owned(),
        None => text.to_owned(),
    }
}

type Shared = (Arc<Mutex<World>>, Arc<Notify>);

async fn method(
    State((world, changed)): State<Shared>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    assert_eq!(bot, format!("bot{TOKEN}"));
    let body = body(request, &world).await;
    let fault = {
        let mut world = world.lock().unwrap();
        world.calls.push((method.clone(), body.clone()));
        world.faults.as_ref().and_then(|faults| faults(&method, &body))
    };
    changed.notify_waiters();
    if let Some((code, description, retry_after)) = fault {
        return refuse(code, description, retry_after);
    }
    let answer = if method == "getUpdates" {
        Ok(poll(&world, &changed, &body).await)
    } else {
        carry_out(&mut world.lock().unwrap(), &method, &body)
    };
    changed.notify_waiters();
    match answer {
        Ok(result) => json!({ "ok": true, "result": result }).to_string().into_response(),
        Err(description) => refuse(400, description, None),
    }
}

fn refuse(code: u16, description: &str, retry_after: Option<u64>) -> Response {
    let mut answer = json!({ "ok": false, "error_code": code, "description": description });
    if let Some(seconds) = retry_after {
        answer["parameters"] = json!({ "retry_after": seconds });
    }
    (StatusCode::from_u16(code).unwrap(), answer.to_string()).into_response()
}

async fn body(request: Request, world: &Mutex<World>) -> Value {
    let kind = request.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/")) {
        let bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
        return serde_json::from_slice(&bytes).unwrap_or_default();
    }
    let mut form = Multipart::from_request(request, &()).await.unwrap();
    let mut body = json!({});
    while let Some(field) = form.next_field().await.unwrap() {
        let name = field.name().unwrap().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(file) => {
                let bytes = field.bytes().await.unwrap().to_vec();
                body["document_name"] = json!(file);
                body[&name] = json!("(file)");
                world.lock().unwrap().uploads.push((file, bytes));
            }
            None => {
                let text = field.text().await.unwrap();
                body[&name] = serde_json::from_str(&text).unwrap_or(json!(text));
            }
        }
    }
    body
}

async fn poll(world: &Mutex<World>, changed: &Notify, body: &Value) -> Value {
    let deadline = tokio::time::Instant::now() + Duration::from_millis(300);
    let offset = body["offset"].as_i64();
    loop {
        let waiting = changed.notified();
        {
            let mut world = world.lock().unwrap();
            if let Some(offset) = offset {
                world.updates.retain(|update| update["update_id"].as_i64().unwrap() >= offset);
                if world.offsets.last() != Some(&offset) {
                    world.offsets.push(offset);
                }
            }
            if !world.again.is_empty() {
                return std::mem::take(&mut world.again).into();
            }
            if !world.updates.is_empty() || tokio::time::Instant::now() >= deadline {
                return world.updates.iter().take(100).cloned().collect();
            }
        }
        let _ = tokio::time::timeout_at(deadline, waiting).await;
    }
}

fn carry_out(world: &mut World, method: &str, body: &Value) -> Result<Value, &'static str> {
    let chat = body["chat_id"].as_i64().unwrap_or_default();
    let silent = body["disable_notification"].as_bool().unwrap_or_default();
    let keys: Vec<(String, String)> = body["reply_markup"]["inline_keyboard"]
        .as_array()
        .map(|rows| {
            let keys = rows.iter().flat_map(|row| row.as_array().unwrap());
            let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
            keys.map(|key| (text(key, "text"), text(key, "callback_data"))).collect()
        })
        .unwrap_or_default();
    if keys.iter().any(|(_, data)| data.len() > 64) {
        return Err("Bad Request: BUTTON_DATA_INVALID");
    }
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match method {
        "getMe" => Ok(json!({ "id": 42, "is_bot": true, "first_name": "C", "username": "Cockpit_Bot" })),
        "sendMessage" | "sendPhoto" | "sendDocument" => {
            let photo = method == "sendPhoto";
            let text = text(if method == "sendMessage" { "text" } else { "caption" });
            world.numbers += 1;
            let id = world.numbers;
            world.messages.insert((chat, id), Said { text, photo, keys, silent });
            Ok(sent(id, photo))
        }
        "editMessageText" | "editMessageCaption" | "editMessageMedia" | "editMessageReplyMarkup" => {
            let id = body["message_id"].as_i64().unwrap();
            let said = world.messages.get_mut(&(chat, id)).ok_or("Bad Request: message to edit not found")?;
            let before = said.clone();
            match method {
                "editMessageText" if said.photo => {
                    return Err("Bad Request: there is no text in the message to edit");
                }
                "editMessageText" => said.text = text("text"),
                "editMessageCaption" => said.text = text("caption"),
                "editMessageMedia" => {
                    said.photo = true;
                    said.text = body["media"]["caption"].as_str().unwrap_or_default().to_owned();
                }
                _ => {}
            }
            said.keys = keys;
            if before == *said && method != "editMessageMedia" {
                return Err(
                    "Bad Request: message is not modified: specified new message content is the same",
                );
            }
            Ok(sent(id, said.photo))
        }
        "deleteMessage" => {
            let id = body["message_id"].as_i64().unwrap();
            world.messages.remove(&(chat, id)).ok_or("Bad Request: message to delete not found")?;
            Ok(json!(true))
        }
        "getFile" => {
            let id = body["file_id"].as_str().unwrap();
            let bytes = world.files.get(id).ok_or("Bad Request: wrong file identifier")?;
            Ok(json!({ "file_id": id, "file_size": bytes.len(), "file_path": format!("documents/{id}") }))
        }
        _ => Ok(json!(true)),
    }
}

fn sent(id: i64, photo: bool) -> Value {
    if photo {
        json!({ "message_id": id, "photo": [{ "file_id": format!("photo{id}") }] })
    } else {
        json!({ "message_id": id })
    }
}

async fn file(
    State((world, changed)): State<Shared>,
    Path((_, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let mut world = world.lock().unwrap();
    let bytes = world.files[path.trim_start_matches("documents/")].clone();
    let range = headers.get("range").and_then(|range| range.to_str().ok());
    let start = range.and_then(|range| range.trim_start_matches("bytes=").trim_end_matches('-').parse().ok());
    let start: usize = start.unwrap_or(0);
    world.calls.push(("(download)".into(), json!({ "text": format!("from {start}") })));
    let cut = world.cut.take();
    drop(world);
    changed.notify_waiters();
    let status = if start > 0 { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let part = bytes[start..cut.map_or(bytes.len(), |cut| cut.min(bytes.len()))].to_vec();
    let mut parts = vec![Ok(part)];
    if cut.is_some() {
        parts.push(Err(std::io::Error::other("cut")));
    }
    let body = Body::from_stream(futures_util::stream::iter(parts));
    (status, body).into_response()
}
