//! The bot's command menus by scope and language, and which of them a person sees in a chat. Scopes that name a chat
//! are checked by the caller.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::refusal::{Answer, Refusal};

const COMMANDS_MAX: usize = 100;
const NAME_MAX: usize = 32;
const DESCRIPTION_MAX: usize = 256;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    Default,
    AllPrivate,
    AllGroups,
    AllAdministrators,
    Chat(i64),
    ChatAdministrators(i64),
    Member(i64, i64),
}

impl Scope {
    pub fn parse(value: Option<&Value>) -> Answer<Scope> {
        let wrong = |why: &str| Refusal::bad(format!("can't parse BotCommandScope: {why}"));
        let object = match value {
            None => return Ok(Scope::Default),
            Some(Value::String(text)) if text.is_empty() => return Ok(Scope::Default),
            Some(Value::String(_)) => return Err(Refusal::bad("can't parse BotCommandScope JSON object")),
            Some(Value::Object(object)) => object,
            Some(_) => return Err(wrong("BotCommandScope must be an Object")),
        };
        let number = |name: &str| {
            let value = object.get(name).ok_or_else(|| wrong(&format!("Can't find field \"{name}\"")))?;
            let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
            number.ok_or_else(|| wrong(&format!("Field \"{name}\" must be of type Number")))
        };
        let kind = object.get("type").ok_or_else(|| wrong("Can't find field \"type\""))?;
        Ok(match kind.as_str().unwrap_or_default() {
            "default" => Scope::Default,
            "all_private_chats" => Scope::AllPrivate,
            "all_group_chats" => Scope::AllGroups,
            "all_chat_administrators" => Scope::AllAdministrators,
            "chat" => Scope::Chat(number("chat_id")?),
            "chat_administrators" => Scope::ChatAdministrators(number("chat_id")?),
            "chat_member" => Scope::Member(number("chat_id")?, number("user_id")?),
            _ => return Err(wrong("Unsupported type specified")),
        })
    }

    pub fn chat(&self) -> Option<i64> {
        match self {
            Scope::Chat(chat) | Scope::ChatAdministrators(chat) | Scope::Member(chat, _) => Some(*chat),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    name: String,
    description: String,
}

#[derive(Debug, Default)]
pub(super) struct Menus {
    lists: BTreeMap<(Scope, String), Vec<Command>>,
}

/// "" or two letters.
pub(super) fn language(code: Option<&str>) -> Answer<String> {
    let code = code.unwrap_or_default();
    let fine = code.is_empty() || (code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()));
    if fine { Ok(code.to_owned()) } else { Err(Refusal::bad("invalid language code specified")) }
}

pub(super) fn parse(value: Option<&Value>) -> Answer<Vec<Command>> {
    let list = match value {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(Value::String(_)) => return Err(Refusal::bad("can't parse commands JSON object")),
        Some(_) => return Err(Refusal::bad("expected an Array of BotCommand")),
    };
    let mut commands = Vec::new();
    for value in list {
        let wrong = |why: String| Refusal::bad(format!("can't parse BotCommand: {why}"));
        let object = value.as_object().ok_or_else(|| wrong("expected an Object".to_owned()))?;
        let field = |name: &str| match object.get(name) {
            Some(Value::String(text)) => Ok(text.trim().to_owned()),
            Some(_) => Err(wrong(format!("Field \"{name}\" must be of type String"))),
            None => Err(wrong(format!("Can't find field \"{name}\""))),
        };
        let (name, description) = (field("command")?, field("description")?);
        let name = name.strip_prefix('/').unwrap_or(&name).to_owned();
        if name.is_empty() {
            return Err(Refusal::bad("command must be non-empty"));
        }
        if name.chars().count() > NAME_MAX {
            return Err(Refusal::bad(format!("command length must not exceed {NAME_MAX}")));
        }
        if description.is_empty() {
            return Err(Refusal::bad("command description must be non-empty"));
        }
        if description.chars().count() > DESCRIPTION_MAX {
            return Err(Refusal::bad(format!(
                "command description length must not exceed {DESCRIPTION_MAX}"
            )));
        }
        if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return Err(Refusal::bad("BOT_COMMAND_INVALID"));
        }
        commands.push(Command { name, description });
    }
    if commands.len() > COMMANDS_MAX {
        return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    Ok(commands)
}

pub(super) fn to_json(commands: &[Command]) -> Value {
    commands.iter().map(|c| json!({ "command": c.name, "description": c.description })).collect()
}

impl Menus {
    /// An empty list is the same as none.
    pub fn set(&mut self, scope: Scope, language: String, commands: Vec<Command>) {
        if commands.is_empty() {
            self.lists.remove(&(scope, language));
        } else {
            self.lists.insert((scope, language), commands);
        }
    }

    pub fn get(&self, scope: Scope, language: String) -> &[Command] {
        self.lists.get(&(scope, language)).map_or(&[], Vec::as_slice)
    }

    /// The narrowest list there is; within a scope the person's language first.
    pub fn seen_by(&self, person: i64, chat: i64, language: &str) -> &[Command] {
        let scopes = if chat > 0 {
            vec![Scope::Chat(chat), Scope::AllPrivate, Scope::Default]
        } else {
            vec![Scope::Member(chat, person), Scope::Chat(chat), Scope::AllGroups, Scope::Default]
        };
        let language = language.split(['-', '_']).next().unwrap_or_default();
        for scope in scopes {
            for language in [language, ""] {
                if let Some(commands) = self.lists.get(&(scope.clone(), language.to_owned())) {
                    return commands;
                }
            }
        }
        &[]
    }
}
