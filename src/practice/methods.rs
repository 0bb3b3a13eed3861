//! The methods of the Bot API that Cockpit calls, with Telegram's limits and words of refusal. Owns the table of
//! methods and parameters; a method or parameter that is not in it is refused. getUpdates alone waits, and is in
//! `server`.

mod deliver;

use serde_json::{Value, json};

use self::deliver::known;
use super::{
    commands::{self, Scope},
    html, keyboard,
    media::FETCH_MAX,
    params::{Kind, Params},
    refusal::{Answer, Refusal},
    rich::Rich,
    world::{Body, World},
};

/// UTF-16 units, after the entities are parsed.
const TEXT_MAX: usize = 4096;
const CAPTION_MAX: usize = 1024;
const TOAST_MAX: usize = 200;
/// Bytes before the entities are parsed.
const SOURCE_MAX: usize = 1 << 15;
/// A bot may delete what is younger than 48 hours.
const DELETE_S: i64 = 48 * 3600;

pub(super) struct Method {
    pub name: &'static str,
    pub params: &'static [(&'static str, Kind)],
    pub run: fn(&mut World, &Params) -> Answer<Value>,
}

const CHAT: (&str, Kind) = ("chat_id", Kind::Chat);
const MESSAGE: (&str, Kind) = ("message_id", Kind::Integer);
const MODE: (&str, Kind) = ("parse_mode", Kind::Text);
const MARKUP: (&str, Kind) = ("reply_markup", Kind::Json);
const REPLY: (&str, Kind) = ("reply_parameters", Kind::Json);
const QUIET: (&str, Kind) = ("disable_notification", Kind::Boolean);
const PROTECT: (&str, Kind) = ("protect_content", Kind::Boolean);
const CAPTION: (&str, Kind) = ("caption", Kind::Text);
const ABOVE: (&str, Kind) = ("show_caption_above_media", Kind::Boolean);
const PREVIEW: (&str, Kind) = ("link_preview_options", Kind::Json);
/// Older than `link_preview_options`, and still taken.
const NO_PREVIEW: (&str, Kind) = ("disable_web_page_preview", Kind::Boolean);
const SCOPE: (&str, Kind) = ("scope", Kind::Json);
const LANGUAGE: (&str, Kind) = ("language_code", Kind::Text);

#[rustfmt::skip]
pub(super) const METHODS: &[Method] = &[
    Method { name: "getMe", params: &[], run: get_me },
    Method { name: "getWebhookInfo", params: &[], run: get_webhook_info },
    Method { name: "deleteWebhook", params: &[("drop_pending_updates", Kind::Boolean)], run: delete_webhook },
    Method { name: "getUpdates", params: &[("offset", Kind::Integer), ("limit", Kind::Integer), ("timeout", Kind::Integer), ("allowed_updates", Kind::Json)], run: |_, _| Ok(json!([])) },
    Method { name: "sendMessage", params: &[CHAT, ("text", Kind::Text), MODE, PREVIEW, NO_PREVIEW, QUIET, PROTECT, REPLY, MARKUP], run: send_message },
    Method { name: "sendPhoto", params: &[CHAT, ("photo", Kind::File), CAPTION, MODE, ABOVE, QUIET, PROTECT, REPLY, MARKUP], run: send_photo },
    Method { name: "sendDocument", params: &[CHAT, ("document", Kind::File), CAPTION, MODE, ("disable_content_type_detection", Kind::Boolean), QUIET, PROTECT, REPLY, MARKUP], run: send_document },
    Method { name: "sendChatAction", params: &[CHAT, ("action", Kind::Text)], run: send_chat_action },
    Method { name: "editMessageText", params: &[CHAT, MESSAGE, ("text", Kind::Text), MODE, PREVIEW, NO_PREVIEW, MARKUP], run: edit_message_text },
    Method { name: "editMessageCaption", params: &[CHAT, MESSAGE, CAPTION, MODE, ABOVE, MARKUP], run: edit_message_caption },
    Method { name: "editMessageMedia", params: &[CHAT, MESSAGE, ("media", Kind::Json), MARKUP], run: edit_message_media },
    Method { name: "editMessageReplyMarkup", params: &[CHAT, MESSAGE, MARKUP], run: edit_message_reply_markup },
    Method { name: "deleteMessage", params: &[CHAT, MESSAGE], run: delete_message },
    Method { name: "answerCallbackQuery", params: &[("callback_query_id", Kind::Text), ("text", Kind::Text), ("show_alert", Kind::Boolean), ("cache_time", Kind::Integer)], run: answer_callback_query },
    Method { name: "setMyCommands", params: &[("commands", Kind::Json), SCOPE, LANGUAGE], run: set_my_commands },
    Method { name: "deleteMyCommands", params: &[SCOPE, LANGUAGE], run: delete_my_commands },
    Method { name: "getMyCommands", params: &[SCOPE, LANGUAGE], run: get_my_commands },
    Method { name: "getFile", params: &[("file_id", Kind::Text)], run: get_file },
];

/// Documented parameters of the methods above that mean nothing in a practised world.
pub(super) const UNPRACTISED: &[&str] = &[
    "allow_paid_broadcast",
    "business_connection_id",
    "caption_entities",
    "direct_messages_topic_id",
    "entities",
    "has_spoiler",
    "inline_message_id",
    "message_effect_id",
    "message_thread_id",
    "rich_message",
    "suggested_post_parameters",
    "thumbnail",
    "url",
];

pub(super) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name.eq_ignore_ascii_case(name))
}

fn get_me(world: &mut World, _: &Params) -> Answer<Value> {
    let mut me = world.bot_json();
    let abilities = [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ];
    for (name, value) in abilities {
        me[name] = json!(value);
    }
    Ok(me)
}

fn get_webhook_info(world: &mut World, _: &Params) -> Answer<Value> {
    let pending = world.updates.count();
    Ok(json!({ "url": "", "has_custom_certificate": false, "pending_update_count": pending }))
}

fn delete_webhook(world: &mut World, params: &Params) -> Answer<Value> {
    if params.flag("drop_pending_updates") {
        world.updates.drop_all();
    }
    Ok(json!(true))
}

/// A text as Telegram would show it. The limits are the callers'.
fn rich(text: Option<&str>, mode: Option<&str>) -> Answer<Rich> {
    let text = text.unwrap_or_default();
    if text.len() > SOURCE_MAX {
        return Err(Refusal::bad("text is too long"));
    }
    if text.is_empty() {
        return Ok(Rich::default());
    }
    match mode.map(str::to_ascii_lowercase).as_deref() {
        None | Some("none") => Ok(Rich::settle(text, Vec::new())),
        Some("html") => {
            let (text, entities) =
                html::parse(text).map_err(|why| Refusal::bad(format!("can't parse entities: {why}")))?;
            Ok(Rich::settle(&text, entities))
        }
        Some("markdown" | "markdownv2") => {
            Err(Refusal::strict("of the parse modes only HTML is practised here"))
        }
        Some(_) => Err(Refusal::bad("unsupported parse_mode")),
    }
}

fn text(params: &Params, too_long: &str) -> Answer<Rich> {
    let source = params.text("text").ok_or_else(|| Refusal::bad("message text is empty"))?;
    let text = rich(Some(source), params.text("parse_mode"))?;
    match text.len_utf16() {
        0 => Err(Refusal::bad("text must be non-empty")),
        1..=TEXT_MAX => Ok(text),
        _ => Err(Refusal::bad(too_long)),
    }
}

fn caption(text: Option<&str>, mode: Option<&str>, too_long: &str) -> Answer<Rich> {
    let caption = rich(text, mode)?;
    if caption.len_utf16() > CAPTION_MAX { Err(Refusal::bad(too_long)) } else { Ok(caption) }
}

fn check_preview(params: &Params) -> Answer<()> {
    match params.json("link_preview_options") {
        None | Some(Value::Object(_)) => Ok(()),
        Some(Value::String(_)) => Err(Refusal::bad("can't parse link preview options JSON object")),
        Some(_) => Err(Refusal::bad("object expected as link preview options")),
    }
}

fn send_message(world: &mut World, params: &Params) -> Answer<Value> {
    check_preview(params)?;
    let text = text(params, "message is too long")?;
    let markup = keyboard::parse(params.json("reply_markup"))?;
    world.send(params, markup, |_| Ok(Body::Text(text)))
}

fn send_photo(world: &mut World, params: &Params) -> Answer<Value> {
    let caption = caption(params.text("caption"), params.text("parse_mode"), "message caption is too long")?;
    let markup = keyboard::parse(params.json("reply_markup"))?;
    world.send(params, markup, |world| {
        let file = world.take_file(params, "photo", params.text("photo"), true)?;
        let file = file.ok_or_else(|| Refusal::bad("there is no photo in the request"))?;
        Ok(Body::Photo { file, caption, above: params.flag("show_caption_above_media") })
    })
}

fn send_document(world: &mut World, params: &Params) -> Answer<Value> {
    let caption = caption(params.text("caption"), params.text("parse_mode"), "message caption is too long")?;
    let markup = keyboard::parse(params.json("reply_markup"))?;
    world.send(params, markup, |world| {
        let file = world.take_file(params, "document", params.text("document"), false)?;
        let file = file.ok_or_else(|| Refusal::bad("there is no document in the request"))?;
        Ok(Body::Document { file, caption })
    })
}

const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

fn send_chat_action(world: &mut World, params: &Params) -> Answer<Value> {
    let action = params.text("action").unwrap_or_default().to_ascii_lowercase();
    if !ACTIONS.contains(&action.as_str()) {
        return Err(Refusal::bad("wrong parameter action in request"));
    }
    let chat = world.target(params)?;
    world.events.push(json!({ "type": "action", "chat": chat, "action": action }));
    Ok(json!(true))
}

fn edit_message_text(world: &mut World, params: &Params) -> Answer<Value> {
    check_preview(params)?;
    let text = text(params, "MESSAGE_TOO_LONG")?;
    let rows = keyboard::parse_inline(params.json("reply_markup"))?;
    let message = world.editable(params)?;
    if !matches!(message.body, Body::Text(_)) {
        return Err(Refusal::bad("there is no text in the message to edit"));
    }
    world.replace(&message, Body::Text(text), rows)
}

fn edit_message_caption(world: &mut World, params: &Params) -> Answer<Value> {
    let rows = keyboard::parse_inline(params.json("reply_markup"))?;
    let caption = caption(params.text("caption"), params.text("parse_mode"), "MEDIA_CAPTION_TOO_LONG")?;
    let message = world.editable(params)?;
    let body = match message.body {
        Body::Text(_) => return Err(Refusal::bad("there is no caption in the message to edit")),
        Body::Photo { file, .. } => {
            Body::Photo { file, caption, above: params.flag("show_caption_above_media") }
        }
        Body::Document { file, .. } => Body::Document { file, caption },
    };
    world.replace(&message, body, rows)
}

fn edit_message_media(world: &mut World, params: &Params) -> Answer<Value> {
    let rows = keyboard::parse_inline(params.json("reply_markup"))?;
    let wrong = |why: &str| Refusal::bad(format!("can't parse InputMedia: {why}"));
    let media = match params.json("media") {
        None => return Err(Refusal::bad("parameter \"media\" is required")),
        Some(Value::Object(object)) => object,
        Some(Value::String(_)) => return Err(Refusal::bad("can't parse input media JSON object")),
        Some(_) => return Err(wrong("expected an Object")),
    };
    let field = |name: &str| media.get(name).and_then(Value::as_str);
    let photo = match field("type") {
        Some("photo") => true,
        Some("document") => false,
        Some(other) => return Err(wrong(&format!("type \"{other}\" is unsupported"))),
        None => return Err(wrong("Can't find field \"type\"")),
    };
    let mut fields = vec!["type", "media", "caption", "parse_mode"];
    fields.push(if photo { "show_caption_above_media" } else { "disable_content_type_detection" });
    known(media, &fields, "InputMedia")?;
    let caption = caption(field("caption"), field("parse_mode"), "message caption is too long")?;
    let message = world.editable(params)?;
    let file = world.take_file(params, "media", field("media"), photo)?;
    let file = file.ok_or_else(|| wrong("media not found"))?;
    let above = media.get("show_caption_above_media") == Some(&Value::Bool(true));
    let body = if photo { Body::Photo { file, caption, above } } else { Body::Document { file, caption } };
    world.replace(&message, body, rows)
}

fn edit_message_reply_markup(world: &mut World, params: &Params) -> Answer<Value> {
    let rows = keyboard::parse_inline(params.json("reply_markup"))?;
    let message = world.editable(params)?;
    world.replace(&message, message.body.clone(), rows)
}

fn delete_message(world: &mut World, params: &Params) -> Answer<Value> {
    if params.text("chat_id").is_none() {
        return Err(Refusal::bad("chat identifier is not specified"));
    }
    let id = params.integer("message_id").filter(|id| *id != 0);
    let id = id.ok_or_else(|| Refusal::bad("message identifier is not specified"))?;
    let chat = world.target(params)?;
    let message = world.message(chat, id).ok_or_else(|| Refusal::bad("message to delete not found"))?;
    // In a group a bot that is no administrator deletes only what it said itself.
    let foreign = chat < 0 && message.from.is_some();
    if foreign || world.now_s() - message.date > DELETE_S {
        return Err(Refusal::bad("message can't be deleted for everyone"));
    }
    world.delete(chat, id);
    Ok(json!(true))
}

fn answer_callback_query(world: &mut World, params: &Params) -> Answer<Value> {
    let text = params.text("text").unwrap_or_default();
    if super::rich::utf16(text) > TOAST_MAX {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    let ttl = world.query_ttl;
    let id = params.text("callback_query_id").unwrap_or_default();
    let query = world.queries.get_mut(id).filter(|query| !query.answered && query.asked.elapsed() < ttl);
    let Some(query) = query else {
        return Err(Refusal::bad("query is too old and response timeout expired or query ID is invalid"));
    };
    query.answered = true;
    let answer = json!({
        "query": id, "person": query.person, "chat": query.chat, "message_id": query.message,
        "text": text, "alert": params.flag("show_alert"),
    });
    world.note_answer(answer);
    Ok(json!(true))
}

impl World {
    fn scope(&self, params: &Params) -> Answer<(Scope, String)> {
        let scope = Scope::parse(params.json("scope"))?;
        if let Some(chat) = scope.chat() {
            self.reachable(chat)?;
            // Narrower than a chat makes sense in groups only.
            if chat > 0 && !matches!(scope, Scope::Chat(_)) {
                return Err(Refusal::bad("BOT_COMMAND_SCOPE_INVALID"));
            }
        }
        Ok((scope, commands::language(params.text("language_code"))?))
    }

    fn tell_menus(&mut self) {
        let menus = self.menus_json();
        self.events.push(json!({ "type": "menus", "menus": menus }));
    }
}

fn set_my_commands(world: &mut World, params: &Params) -> Answer<Value> {
    let commands = commands::parse(params.json("commands"))?;
    let (scope, language) = world.scope(params)?;
    world.menus.set(scope, language, commands);
    world.tell_menus();
    Ok(json!(true))
}

fn delete_my_commands(world: &mut World, params: &Params) -> Answer<Value> {
    let (scope, language) = world.scope(params)?;
    world.menus.set(scope, language, Vec::new());
    world.tell_menus();
    Ok(json!(true))
}

fn get_my_commands(world: &mut World, params: &Params) -> Answer<Value> {
    let (scope, language) = world.scope(params)?;
    Ok(commands::to_json(world.menus.get(scope, language)))
}

fn get_file(world: &mut World, params: &Params) -> Answer<Value> {
    let id = params.text("file_id").ok_or_else(|| Refusal::bad("file_id not specified"))?;
    let file = world.files.by_file_id(id).ok_or_else(|| Refusal::bad("invalid file_id"))?;
    if file.bytes.len() > FETCH_MAX {
        return Err(Refusal::bad("file is too big"));
    }
    Ok(file.to_file_json())
}

#[cfg(test)]
mod tests;
