//! What sending and editing have in common: where to, whether it is let through, and the files that go along.

use axum::body::Bytes;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::practice::{
    keyboard::{self, Markup},
    params::Params,
    refusal::{Answer, Refusal},
    world::{Body, Message, World},
};

impl World {
    /// A chat the bot may write to.
    pub(super) fn target(&self, params: &Params) -> Answer<i64> {
        let id = params.text("chat_id").ok_or_else(|| Refusal::bad("chat_id is empty"))?;
        self.reachable(id.trim().parse().unwrap_or(0))
    }

    /// People who have never written to a bot do not exist for it.
    pub(super) fn reachable(&self, id: i64) -> Answer<i64> {
        match self.chats.get(&id) {
            Some(chat) if chat.blocked => Err(Refusal::forbidden("bot was blocked by the user")),
            Some(chat) if chat.started => Ok(id),
            _ => Err(Refusal::bad("chat not found")),
        }
    }

    fn admit(&mut self, chat: i64) -> Answer<()> {
        if !self.faults.flood {
            return Ok(());
        }
        self.flood.admit(chat, Instant::now()).map_err(Refusal::too_many)
    }

    fn reply_to(&self, chat: i64, value: Option<&Value>) -> Answer<Option<i64>> {
        let object = match value {
            None => return Ok(None),
            Some(Value::Object(object)) => object,
            Some(Value::String(_)) => return Err(Refusal::bad("can't parse reply parameters JSON object")),
            Some(_) => return Err(Refusal::bad("object expected as reply parameters")),
        };
        known(object, &["message_id", "chat_id", "allow_sending_without_reply"], "ReplyParameters")?;
        let Some(id) = object.get("message_id") else {
            return Err(Refusal::bad("can't find field \"message_id\""));
        };
        let id = id.as_i64().ok_or_else(|| Refusal::bad("field \"message_id\" must be of type Number"))?;
        let elsewhere = object.get("chat_id").and_then(Value::as_i64).is_some_and(|other| other != chat);
        if elsewhere {
            return Err(Refusal::strict("replies to another chat are not practised here"));
        }
        let lenient = object.get("allow_sending_without_reply") == Some(&Value::Bool(true));
        match self.message(chat, id) {
            Some(_) => Ok(Some(id)),
            None if lenient => Ok(None),
            None => Err(Refusal::bad("message to be replied not found")),
        }
    }

    pub(super) fn send(
        &mut self,
        params: &Params,
        markup: Markup,
        body: impl FnOnce(&mut World) -> Answer<Body>,
    ) -> Answer<Value> {
        let chat = self.target(params)?;
        let reply_to = self.reply_to(chat, params.json("reply_parameters"))?;
        self.admit(chat)?;
        let body = body(self)?;
        let (rows, force_reply) = match markup {
            Markup::Inline(rows) => (rows, None),
            Markup::ForceReply { placeholder } => (Vec::new(), Some(placeholder)),
            Markup::None | Markup::Remove => (Vec::new(), None),
        };
        let silent = params.flag("disable_notification");
        let date = self.now_s();
        let id = self.add(Message {
            id: 0,
            chat,
            from: None,
            date,
            edited: None,
            body,
            rows,
            reply_to,
            force_reply,
            silent,
        });
        let sent = self.message(chat, id).expect("it was just added");
        Ok(self.message_json(sent, true))
    }

    /// The message an edit is about: the bot's own, in a chat it may write to.
    pub(super) fn editable(&self, params: &Params) -> Answer<Message> {
        let id = params.integer("message_id").unwrap_or(0);
        if params.text("chat_id").is_none() && id == 0 {
            return Err(Refusal::bad("message identifier is not specified"));
        }
        let chat = self.target(params)?;
        let message = self.message(chat, id).ok_or_else(|| Refusal::bad("message to edit not found"))?;
        if message.from.is_some() {
            return Err(Refusal::bad("message can't be edited"));
        }
        Ok(message.clone())
    }

    /// Replaces a message by its edited self, unless nothing changed.
    pub(super) fn replace(&mut self, old: &Message, body: Body, rows: keyboard::Rows) -> Answer<Value> {
        if old.body == body && old.rows == rows {
            return Err(Refusal::bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a \
                 current content and reply markup of the message",
            ));
        }
        self.admit(old.chat)?;
        // A change of the keyboard alone leaves no trace of an edit.
        let edited = if old.body == body { old.edited } else { Some(self.now_s()) };
        let new = Message { body, rows, edited, ..old.clone() };
        let json = self.message_json(&new, false);
        if let Some(chat) = self.chats.get_mut(&old.chat) {
            chat.messages.insert(old.id, new);
        }
        self.show(old.chat, old.id);
        Ok(json)
    }

    /// An uploaded file, or one that was sent before.
    pub(super) fn take_file(
        &mut self,
        params: &Params,
        field: &str,
        named: Option<&str>,
        photo: bool,
    ) -> Answer<Option<u64>> {
        let attached = named.and_then(|text| text.strip_prefix("attach://"));
        let upload = attached.map_or_else(|| params.upload(field), |part| params.upload(part));
        if let Some(upload) = upload {
            let bytes = Bytes::clone(&upload.bytes);
            let put = if photo {
                self.files.put_photo(&upload.name, bytes)
            } else {
                self.files.put_document(&upload.name, bytes)
            };
            return put.map(Some);
        }
        let Some(named) = named.filter(|text| !text.is_empty() && attached.is_none()) else {
            return Ok(None);
        };
        if named.starts_with("http://") || named.starts_with("https://") {
            return Err(Refusal::bad("failed to get HTTP URL content"));
        }
        let Some(file) = self.files.by_file_id(named) else {
            return Err(Refusal::bad("wrong remote file identifier specified: can't unserialize it"));
        };
        if file.is_photo() != photo {
            let name = |photo| if photo { "Photo" } else { "Document" };
            let (is, wanted) = (name(file.is_photo()), name(photo));
            return Err(Refusal::bad(format!("can't use file of type {is} as {wanted}")));
        }
        Ok(Some(file.id))
    }
}

pub(super) fn known(object: &Map<String, Value>, names: &[&str], what: &str) -> Answer<()> {
    match object.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => Err(Refusal::strict(format!("{what} has no field \"{key}\" that is practised here"))),
        None => Ok(()),
    }
}
