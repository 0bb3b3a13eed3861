//! The dozen methods of the Bot API that are used, as plain data ready to be posted.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    bridge::ship::Command,
    domain::{BlobId, ChatId, PilotId},
    screen::Style,
};

/// One request: JSON, or a form when a file goes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub method: &'static str,
    pub body: Map<String, Value>,
    pub file: Option<Upload>,
}

/// A file that goes with a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// The form's field it travels in.
    pub field: &'static str,
    /// Shown to the pilot: clean.
    pub name: String,
    pub data: UploadData,
}

#[derive(Clone, PartialEq)]
pub enum UploadData {
    Bytes(std::sync::Arc<[u8]>),
    Blob(BlobId),
}

impl std::fmt::Debug for UploadData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UploadData::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            UploadData::Blob(blob) => write!(f, "{blob:?}"),
        }
    }
}

/// A picture in a message: one that Telegram has, or one that is sent along.
#[derive(Debug, Clone, PartialEq)]
pub enum Photo {
    Id(String),
    New(UploadData),
}

/// A button as Telegram takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Key {
    pub text: String,
    pub callback_data: String,
    #[serde(default, skip_serializing_if = "is_plain", serialize_with = "style")]
    pub style: Style,
}

pub type Keyboard = Vec<Vec<Key>>;

fn is_plain(style: &Style) -> bool {
    *style == Style::Plain
}

fn style<S: serde::Serializer>(style: &Style, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(match style {
        Style::Plain => "plain",
        Style::Primary => "primary",
        Style::Success => "success",
        Style::Danger => "danger",
    })
}

fn markup(keys: &Keyboard) -> Value {
    json!({ "inline_keyboard": keys })
}

impl Call {
    /// `body` is an object literal.
    fn new(method: &'static str, body: Value) -> Call {
        let Value::Object(body) = body else { unreachable!("bodies are object literals of this file") };
        Call { method, body, file: None }
    }

    fn with(mut self, field: &str, value: impl Into<Value>) -> Call {
        self.body.insert(field.to_owned(), value.into());
        self
    }

    /// No empty keyboard in a new message: that is an error to some servers.
    fn keys(self, keys: &Keyboard) -> Call {
        if keys.is_empty() { self } else { self.with("reply_markup", markup(keys)) }
    }

    fn silent(self, silent: bool) -> Call {
        if silent { self.with("disable_notification", true) } else { self }
    }
}

pub fn send_message(chat: ChatId, html: &str, keys: &Keyboard, silent: bool) -> Call {
    let body = json!({
        "chat_id": chat, "text": html, "parse_mode": "HTML", "link_preview_options": { "is_disabled": true },
    });
    Call::new("sendMessage", body).keys(keys).silent(silent)
}

pub fn edit_text(chat: ChatId, message: i64, html: &str, keys: &Keyboard) -> Call {
    let body = json!({
        "chat_id": chat, "message_id": message, "text": html, "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
    });
    Call::new("editMessageText", body).keys(keys)
}

const PHOTO_NAME: &str = "picture.png";

pub fn send_photo(chat: ChatId, photo: Photo, caption: &str, keys: &Keyboard, silent: bool) -> Call {
    let call = Call::new("sendPhoto", json!({ "chat_id": chat, "caption": caption, "parse_mode": "HTML" }));
    let call = call.keys(keys).silent(silent);
    match photo {
        Photo::Id(id) => call.with("photo", id),
        Photo::New(data) => {
            Call { file: Some(Upload { field: "photo", name: PHOTO_NAME.into(), data }), ..call }
        }
    }
}

/// Also turns a text into a picture; the way back does not exist.
pub fn edit_media(chat: ChatId, message: i64, photo: Photo, caption: &str, keys: &Keyboard) -> Call {
    let (media, file) = match photo {
        Photo::Id(id) => (id, None),
        Photo::New(data) => {
            ("attach://picture".to_owned(), Some(Upload { field: "picture", name: PHOTO_NAME.into(), data }))
        }
    };
    let body = json!({
        "chat_id": chat, "message_id": message,
        "media": { "type": "photo", "media": media, "caption": caption, "parse_mode": "HTML" },
    });
    Call { file, ..Call::new("editMessageMedia", body).keys(keys) }
}

pub fn edit_caption(chat: ChatId, message: i64, caption: &str, keys: &Keyboard) -> Call {
    let body = json!({ "chat_id": chat, "message_id": message, "caption": caption, "parse_mode": "HTML" });
    Call::new("editMessageCaption", body).keys(keys)
}

/// Takes the buttons off.
pub fn strip(chat: ChatId, message: i64) -> Call {
    let body = json!({ "chat_id": chat, "message_id": message, "reply_markup": markup(&Vec::new()) });
    Call::new("editMessageReplyMarkup", body)
}

pub fn delete(chat: ChatId, message: i64) -> Call {
    Call::new("deleteMessage", json!({ "chat_id": chat, "message_id": message }))
}

pub fn send_document(chat: ChatId, name: &str, data: UploadData, caption: &str) -> Call {
    let mut call = Call::new("sendDocument", json!({ "chat_id": chat }));
    if !caption.is_empty() {
        call = call.with("caption", caption);
    }
    Call { file: Some(Upload { field: "document", name: name.to_owned(), data }), ..call }
}

/// An empty text answers blank: only the button's spinner stops.
pub fn answer(callback: &str, toast: &str) -> Call {
    let call = Call::new("answerCallbackQuery", json!({ "callback_query_id": callback }));
    if toast.is_empty() { call } else { call.with("text", toast) }
}

pub fn uploading(chat: ChatId) -> Call {
    Call::new("sendChatAction", json!({ "chat_id": chat, "action": "upload_document" }))
}

/// Where a menu of commands is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everybody who has no menu of their own.
    Default,
    /// A private chat.
    Chat(ChatId),
    /// One person in a group.
    Member(ChatId, PilotId),
}

impl Scope {
    fn value(self) -> Value {
        match self {
            Scope::Default => json!({ "type": "default" }),
            Scope::Chat(chat) => json!({ "type": "chat", "chat_id": chat }),
            Scope::Member(chat, pilot) => {
                json!({ "type": "chat_member", "chat_id": chat, "user_id": pilot })
            }
        }
    }
}

/// Telegram takes 100 commands at most.
const COMMANDS_MAX: usize = 100;

/// An empty list takes the menu away.
pub fn commands(scope: Scope, commands: &[Command]) -> Call {
    if commands.is_empty() {
        return Call::new("deleteMyCommands", json!({ "scope": scope.value() }));
    }
    let list: Vec<Value> = commands
        .iter()
        .take(COMMANDS_MAX)
        .map(|command| json!({ "command": command.name, "description": command.about }))
        .collect();
    Call::new("setMyCommands", json!({ "commands": list, "scope": scope.value() }))
}

pub fn me() -> Call {
    Call::new("getMe", json!({}))
}

pub fn file(file_id: &str) -> Call {
    Call::new("getFile", json!({ "file_id": file_id }))
}

/// Polling and a webhook exclude each other; what is pending stays.
pub fn drop_webhook() -> Call {
    Call::new("deleteWebhook", json!({}))
}

/// Kinds that are acted on; others are not even sent.
const WANTED: [&str; 3] = ["message", "callback_query", "my_chat_member"];

/// `offset` confirms all before it; without one the oldest unconfirmed update comes first.
pub fn updates(offset: Option<i64>, wait_s: u64) -> Call {
    let body = json!({ "timeout": wait_s, "limit": 100, "allowed_updates": WANTED });
    let call = Call::new("getUpdates", body);
    match offset {
        Some(offset) => call.with("offset", offset),
        None => call,
    }
}
