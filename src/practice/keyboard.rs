//! Reply markup: what Telegram accepts below a message. Owns the shape of keyboards and the limits of buttons; never
//! knows what a button does. Only inline keyboards, forced replies and the removal of keyboards are practised.

use serde_json::{Map, Value, json};

use super::{
    html::checked_link,
    refusal::{Answer, Refusal},
    rich::utf16,
};

/// In bytes.
const DATA_MAX: usize = 64;
const BUTTONS_MAX: usize = 100;
/// Clients show no more in one row.
const ROW_MAX: usize = 8;
/// UTF-16 units of a text to copy.
const COPY_MAX: usize = 256;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Button {
    pub text: String,
    pub style: Option<&'static str>,
    pub does: Does,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Does {
    Callback(String),
    Url(String),
    Copy(String),
    Nothing,
}

pub(super) type Rows = Vec<Vec<Button>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Markup {
    None,
    Inline(Rows),
    ForceReply { placeholder: String },
    Remove,
}

impl Button {
    fn to_json(&self) -> Value {
        let mut object = json!({ "text": self.text });
        if let Some(style) = self.style {
            object["style"] = json!(style);
        }
        match &self.does {
            Does::Callback(data) => object["callback_data"] = json!(data),
            Does::Url(url) => object["url"] = json!(url),
            Does::Copy(text) => object["copy_text"] = json!({ "text": text }),
            Does::Nothing => object["disabled"] = json!({}),
        }
        object
    }
}

pub(super) fn rows_json(rows: &Rows) -> Value {
    json!({ "inline_keyboard": rows.iter().map(|row| row.iter().map(Button::to_json).collect()).collect::<Vec<Vec<_>>>() })
}

/// The `reply_markup` of a call.
pub(super) fn parse(value: Option<&Value>) -> Answer<Markup> {
    let object = match value {
        None => return Ok(Markup::None),
        Some(Value::String(text)) if text.is_empty() => return Ok(Markup::None),
        Some(Value::Object(object)) => object,
        Some(Value::String(_)) => return Err(Refusal::bad("can't parse reply keyboard markup JSON object")),
        Some(_) => return Err(Refusal::bad("object expected as reply markup")),
    };
    if let Some(rows) = object.get("inline_keyboard") {
        only(object, &["inline_keyboard"], "InlineKeyboardMarkup")?;
        let rows = inline(rows)?;
        return Ok(if rows.is_empty() { Markup::None } else { Markup::Inline(rows) });
    }
    if object.get("force_reply") == Some(&Value::Bool(true)) {
        only(object, &["force_reply", "input_field_placeholder", "selective"], "ForceReply")?;
        let placeholder = object.get("input_field_placeholder").and_then(Value::as_str).unwrap_or_default();
        if utf16(placeholder) > 64 {
            return Err(Refusal::bad("REPLY_MARKUP_INVALID"));
        }
        return Ok(Markup::ForceReply { placeholder: placeholder.to_owned() });
    }
    if object.get("remove_keyboard") == Some(&Value::Bool(true)) {
        only(object, &["remove_keyboard", "selective"], "ReplyKeyboardRemove")?;
        return Ok(Markup::Remove);
    }
    if object.is_empty() {
        return Ok(Markup::None);
    }
    Err(Refusal::strict(
        "reply_markup: only inline keyboards, force_reply and remove_keyboard are practised here",
    ))
}

/// For edits, which take inline keyboards only.
pub(super) fn parse_inline(value: Option<&Value>) -> Answer<Rows> {
    match parse(value)? {
        Markup::None => Ok(Vec::new()),
        Markup::Inline(rows) => Ok(rows),
        Markup::ForceReply { .. } | Markup::Remove => Err(Refusal::bad("inline keyboard expected")),
    }
}

fn only(object: &Map<String, Value>, known: &[&str], what: &str) -> Answer<()> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Refusal::strict(format!("{what} has no field \"{key}\" that is practised here"))),
        None => Ok(()),
    }
}

fn inline(rows: &Value) -> Answer<Rows> {
    let shape =
        || Refusal::bad("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays");
    let mut keyboard = Vec::new();
    for row in rows.as_array().ok_or_else(shape)? {
        let mut buttons = Vec::new();
        for value in row.as_array().ok_or_else(shape)? {
            buttons.push(button(value)?);
        }
        if buttons.len() > ROW_MAX {
            return Err(Refusal::strict(format!(
                "{} buttons in a row: clients show {ROW_MAX}",
                buttons.len()
            )));
        }
        if !buttons.is_empty() {
            keyboard.push(buttons);
        }
    }
    if keyboard.iter().map(Vec::len).sum::<usize>() > BUTTONS_MAX {
        return Err(Refusal::bad("reply markup is too long"));
    }
    Ok(keyboard)
}

fn button(value: &Value) -> Answer<Button> {
    let wrong = |why: &str| Refusal::bad(format!("can't parse inline keyboard button: {why}"));
    let object = value.as_object().ok_or_else(|| wrong("InlineKeyboardButton must be an Object"))?;
    only(
        object,
        &["text", "style", "callback_data", "url", "copy_text", "disabled"],
        "InlineKeyboardButton",
    )?;
    let field = |name: &str| match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(wrong(&format!("Field \"{name}\" must be of type String"))),
    };
    if !object.contains_key("text") {
        return Err(wrong("Can't find field \"text\""));
    }
    let style = match field("style")?.map(|style| style.to_ascii_lowercase()).as_deref() {
        None | Some("default") => None,
        Some("primary") => Some("primary"),
        Some("success") => Some("success"),
        Some("danger") => Some("danger"),
        Some(_) => return Err(wrong("invalid button style specified")),
    };
    let does = if let Some(url) = field("url")? {
        let checked = checked_link(&url);
        Does::Url(checked.ok_or_else(|| {
            Refusal::bad(format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"))
        })?)
    } else if let Some(data) = field("callback_data")? {
        if data.len() > DATA_MAX {
            return Err(Refusal::bad("BUTTON_DATA_INVALID"));
        }
        Does::Callback(data)
    } else if let Some(copy) = object.get("copy_text") {
        let copied = copy.get("text").and_then(Value::as_str);
        let copied = copied.ok_or_else(|| wrong("Can't find field \"text\""))?;
        if copied.is_empty() || utf16(copied) > COPY_MAX {
            return Err(Refusal::bad("BUTTON_COPY_TEXT_INVALID"));
        }
        Does::Copy(copied.to_owned())
    } else if object.contains_key("disabled") {
        Does::Nothing
    } else {
        return Err(wrong("Text buttons are unallowed in the inline keyboard"));
    };
    let kinds = ["callback_data", "url", "copy_text", "disabled"];
    if kinds.iter().filter(|kind| object.contains_key(**kind)).count() > 1 {
        return Err(Refusal::strict(
            "a button does one thing: exactly one of its optional fields has to be given",
        ));
    }
    let text = field("text")?.ok_or_else(|| Refusal::bad("inline keyboard button text must be non-empty"))?;
    Ok(Button { text, style, does })
}
