//! The practised world: people, chats, messages, taps. Owns what Telegram's servers would know, in memory, for the
//! length of a flight. Pure state: no sockets, no waiting. Limits: [`MESSAGES_MAX`] a chat, [`NOTED_MAX`] notes.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use super::{
    Person,
    commands::{self, Menus},
    faults::{Faults, Flood},
    keyboard::{Does, Rows, rows_json},
    media::Files,
    rich::Rich,
    updates::Updates,
};
use crate::domain::Clock;

/// Older messages of a chat are forgotten.
const MESSAGES_MAX: usize = 1_000;
/// Calls and answers of the bot that are kept to look at.
const NOTED_MAX: usize = 200;
/// Telegram takes 4096 units from people too.
pub(super) const TYPED_MAX: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    Text(Rich),
    Photo { file: u64, caption: Rich, above: bool },
    Document { file: u64, caption: Rich },
}

#[derive(Debug, Clone)]
pub(super) struct Message {
    pub id: i64,
    pub chat: i64,
    /// `None` is the bot.
    pub from: Option<i64>,
    pub date: i64,
    pub edited: Option<i64>,
    pub body: Body,
    pub rows: Rows,
    pub reply_to: Option<i64>,
    /// The placeholder of a forced reply.
    pub force_reply: Option<String>,
    pub silent: bool,
}

#[derive(Debug)]
pub(super) struct Chat {
    pub id: i64,
    /// `None` is the private chat of the person with that id.
    pub title: Option<String>,
    /// A bot cannot write to people who have not written to it.
    pub started: bool,
    pub blocked: bool,
    pub messages: BTreeMap<i64, Message>,
}

#[derive(Debug)]
pub(super) struct Query {
    pub person: i64,
    pub chat: i64,
    pub message: i64,
    pub asked: Instant,
    pub answered: bool,
}

/// Why a person cannot do something on the page.
pub(super) type Cannot = &'static str;

/// What somebody taps: a button by its place, or forged data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tap {
    pub person: i64,
    pub chat: i64,
    pub message: i64,
    pub row: Option<usize>,
    pub column: Option<usize>,
    pub data: Option<String>,
}

pub(super) struct World {
    pub clock: Arc<dyn Clock>,
    pub bot_id: i64,
    pub people: Vec<Person>,
    pub chats: BTreeMap<i64, Chat>,
    pub files: Files,
    pub updates: Updates,
    pub queries: BTreeMap<String, Query>,
    pub query_ttl: Duration,
    pub menus: Menus,
    pub faults: Faults,
    pub flood: Flood,
    /// What the page is to hear, oldest first; taken by whoever holds the world.
    pub events: Vec<Value>,
    /// Something changed that a waiting poll wants to look at.
    pub stirred: bool,
    calls: VecDeque<Value>,
    answers: VecDeque<Value>,
    last_message: i64,
    last_call: u64,
}

/// Bot usernames end in "bot".
pub(super) const BOT_USERNAME: &str = "cockpit_practice_bot";
const BOT_NAME: &str = "Cockpit";

impl World {
    pub fn new(clock: Arc<dyn Clock>, bot_id: i64, people: Vec<Person>, group: Option<String>) -> World {
        let now = clock.now().as_second();
        let empty =
            |id, title| Chat { id, title, started: id < 0, blocked: false, messages: BTreeMap::new() };
        let mut chats: BTreeMap<_, _> = people.iter().map(|p| (p.id, empty(p.id, None))).collect();
        if let Some(title) = group {
            chats.insert(GROUP_ID, empty(GROUP_ID, Some(title)));
        }
        // Numbers begin where the clock is, so that a bot with a memory of an earlier flight meets none of them again.
        let (since_2020, since_2025) = (now - 1_577_836_800, now - 1_735_689_600);
        World {
            clock,
            bot_id,
            people,
            chats,
            files: Files::default(),
            updates: Updates::after(since_2020.max(0) * 4),
            queries: BTreeMap::new(),
            query_ttl: Duration::from_secs(15),
            menus: Menus::default(),
            faults: Faults::default(),
            flood: Flood::default(),
            events: Vec::new(),
            stirred: false,
            calls: VecDeque::new(),
            answers: VecDeque::new(),
            last_message: since_2025.max(0),
            last_call: 0,
        }
    }

    pub fn now_s(&self) -> i64 {
        self.clock.now().as_second()
    }

    pub fn person(&self, id: i64) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    pub fn message(&self, chat: i64, id: i64) -> Option<&Message> {
        self.chats.get(&chat)?.messages.get(&id)
    }

    /// Puts a new message into its chat and tells the page.
    pub fn add(&mut self, mut message: Message) -> i64 {
        self.last_message += 1;
        message.id = self.last_message;
        let (chat, id) = (message.chat, message.id);
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.messages.insert(id, message);
            if chat.messages.len() > MESSAGES_MAX {
                chat.messages.pop_first();
            }
        }
        self.show(chat, id);
        id
    }

    /// Tells the page how a message looks now.
    pub fn show(&mut self, chat: i64, id: i64) {
        if let Some(message) = self.message(chat, id) {
            let message = self.page_message(message);
            self.events.push(json!({ "type": "message", "message": message }));
        }
    }

    pub fn delete(&mut self, chat: i64, id: i64) -> Option<Message> {
        let message = self.chats.get_mut(&chat)?.messages.remove(&id)?;
        self.events.push(json!({ "type": "deleted", "chat": chat, "message_id": id }));
        Some(message)
    }

    /// A person writes. In a group the bot hears only what is meant for it, as bots do unless told otherwise.
    pub fn say(&mut self, person: i64, chat: i64, body: Body, reply_to: Option<i64>) -> Result<i64, Cannot> {
        self.member(person, chat)?;
        let place = self.chats.get_mut(&chat).ok_or("there is no such chat")?;
        if place.blocked {
            return Err("this person has blocked the bot");
        }
        place.started = true;
        let reply_to = reply_to.filter(|id| place.messages.contains_key(id));
        let to_bot = reply_to.and_then(|id| place.messages.get(&id)).is_some_and(|m| m.from.is_none());
        let words = match &body {
            Body::Text(text) => text,
            Body::Photo { caption, .. } | Body::Document { caption, .. } => caption,
        };
        let heard = chat > 0
            || to_bot
            || words.text.starts_with('/')
            || words.text.to_lowercase().contains(&format!("@{BOT_USERNAME}"));
        let message = Message {
            id: 0,
            chat,
            from: Some(person),
            date: self.now_s(),
            edited: None,
            body,
            rows: Rows::new(),
            reply_to,
            force_reply: None,
            silent: false,
        };
        let id = self.add(message);
        if heard && let Some(message) = self.message(chat, id) {
            let body = self.message_json(message, true);
            self.updates.push("message", body, Some((chat, id)));
            self.stirred = true;
            self.show(chat, id);
        }
        Ok(id)
    }

    /// A person taps a button: the number of the callback query.
    pub fn tap(&mut self, tap: &Tap) -> Result<String, Cannot> {
        self.member(tap.person, tap.chat)?;
        let message = self.message(tap.chat, tap.message);
        let data = match (&tap.data, tap.row, tap.column) {
            (Some(data), ..) => data.clone(),
            (None, Some(row), Some(column)) => {
                let row = message.ok_or("there is no such message")?.rows.get(row);
                match row.and_then(|row| row.get(column)).map(|button| &button.does) {
                    Some(Does::Callback(data)) => data.clone(),
                    Some(_) => return Err("that button asks the bot nothing"),
                    None => return Err("there is no such button"),
                }
            }
            _ => return Err("a tap names data, or a row and a column"),
        };
        let message = match message {
            Some(message) => self.message_json(message, false),
            None => json!({ "chat": self.chat_json(tap.chat), "message_id": tap.message, "date": 0 }),
        };
        let id = random_number().to_string();
        let query = json!({
            "id": id,
            "from": self.person(tap.person).map(Person::to_json),
            "message": message,
            "chat_instance": (tap.chat ^ self.bot_id).to_string(),
            "data": data,
        });
        let asked = Instant::now();
        let ttl = self.query_ttl;
        self.queries.retain(|_, query| asked.duration_since(query.asked) < ttl * 4);
        let Tap { person, chat, message, .. } = *tap;
        self.queries.insert(id.clone(), Query { person, chat, message, asked, answered: false });
        self.updates.push("callback_query", query, None);
        self.stirred = true;
        Ok(id)
    }

    /// A person shuts the bot out of the private chat, or lets it in again.
    pub fn block(&mut self, person: i64, blocked: bool) -> Result<(), Cannot> {
        let chat = self.chats.get_mut(&person).ok_or("there is no such person")?;
        if chat.blocked == blocked {
            return Ok(());
        }
        chat.blocked = blocked;
        let (old, new) = if blocked { ("member", "kicked") } else { ("kicked", "member") };
        let status = |status: &str| {
            let mut member = json!({ "status": status, "user": self.bot_json() });
            if status == "kicked" {
                member["until_date"] = json!(0);
            }
            member
        };
        let body = json!({
            "chat": self.chat_json(person),
            "from": self.person(person).map(Person::to_json),
            "date": self.now_s(),
            "old_chat_member": status(old),
            "new_chat_member": status(new),
        });
        self.updates.push("my_chat_member", body, None);
        self.stirred = true;
        self.events.push(json!({ "type": "people", "people": self.people_json() }));
        Ok(())
    }

    pub fn member(&self, person: i64, chat: i64) -> Result<(), Cannot> {
        self.person(person).ok_or("there is no such person")?;
        if chat > 0 && chat != person { Err("that chat belongs to somebody else") } else { Ok(()) }
    }

    /// The bot has these messages now.
    pub fn tick(&mut self, seen: Vec<(i64, i64)>) {
        for (chat, id) in seen {
            self.events.push(json!({ "type": "seen", "chat": chat, "message_id": id }));
        }
    }

    pub fn note_call(&mut self, method: &str, chat: Option<i64>, ms: u64, refused: Option<(u16, &str)>) {
        self.last_call += 1;
        let call = json!({
            "n": self.last_call, "at": self.now_s(), "method": method, "chat": chat, "ms": ms,
            "ok": refused.is_none(), "code": refused.map(|r| r.0), "description": refused.map(|r| r.1),
        });
        self.events.push(json!({ "type": "call", "call": call }));
        keep(&mut self.calls, call);
    }

    pub fn note_answer(&mut self, answer: Value) {
        let mut event = answer.clone();
        event["type"] = json!("answer");
        self.events.push(event);
        keep(&mut self.answers, answer);
    }

    pub fn bot_json(&self) -> Value {
        json!({ "id": self.bot_id, "is_bot": true, "first_name": BOT_NAME, "username": BOT_USERNAME })
    }

    pub fn chat_json(&self, id: i64) -> Value {
        match self.chats.get(&id).and_then(|chat| chat.title.as_ref()) {
            Some(title) => json!({ "id": id, "type": "group", "title": title }),
            None => match self.person(id) {
                Some(p) => {
                    json!({ "id": id, "type": "private", "first_name": p.first_name, "username": p.username })
                }
                None => json!({ "id": id, "type": "private", "first_name": "" }),
            },
        }
    }

    /// A Message of the Bot API.
    pub fn message_json(&self, message: &Message, with_reply: bool) -> Value {
        let from = match message.from {
            Some(person) => self.person(person).map(Person::to_json),
            None => Some(self.bot_json()),
        };
        let chat = self.chat_json(message.chat);
        let mut object =
            json!({ "message_id": message.id, "from": from, "chat": chat, "date": message.date });
        if let Some(date) = message.edited {
            object["edit_date"] = json!(date);
        }
        let mut words = |rich: &Rich, text: &str, entities: &str| {
            if !rich.text.is_empty() {
                object[text] = json!(rich.text);
            }
            if !rich.entities.is_empty() {
                object[entities] = json!(rich.entities_json());
            }
        };
        match &message.body {
            Body::Text(text) => words(text, "text", "entities"),
            Body::Photo { file, caption, above } => {
                words(caption, "caption", "caption_entities");
                object["photo"] = json!(self.files.get(*file).map(|f| vec![f.to_json()]).unwrap_or_default());
                if *above {
                    object["show_caption_above_media"] = json!(true);
                }
            }
            Body::Document { file, caption } => {
                words(caption, "caption", "caption_entities");
                object["document"] = json!(self.files.get(*file).map(|f| f.to_json()));
            }
        }
        if !message.rows.is_empty() {
            object["reply_markup"] = rows_json(&message.rows);
        }
        if with_reply && let Some(original) = message.reply_to.and_then(|id| self.message(message.chat, id)) {
            object["reply_to_message"] = self.message_json(original, false);
        }
        object
    }

    /// The same with what only clients know.
    fn page_message(&self, message: &Message) -> Value {
        let mut object = self.message_json(message, true);
        object["silent"] = json!(message.silent);
        object["seen"] = json!(!self.updates.is_waiting((message.chat, message.id)));
        object["force_reply"] = json!(message.force_reply);
        object
    }

    pub fn people_json(&self) -> Value {
        let blocked = |id| self.chats.get(&id).is_some_and(|chat| chat.blocked);
        self.people
            .iter()
            .map(|person| {
                let mut object = person.to_json();
                object["blocked"] = json!(blocked(person.id));
                object
            })
            .collect()
    }

    /// Every menu that somebody sees somewhere, by "person:chat".
    pub fn menus_json(&self) -> Value {
        let mut menus = serde_json::Map::new();
        for person in &self.people {
            for chat in self.chats.keys().filter(|chat| **chat < 0 || **chat == person.id) {
                let menu = self.menus.seen_by(person.id, *chat, &person.language_code);
                menus.insert(format!("{}:{chat}", person.id), commands::to_json(menu));
            }
        }
        Value::Object(menus)
    }

    /// All that the page shows.
    pub fn snapshot(&self, version: u64) -> Value {
        let chats: Vec<Value> = self
            .chats
            .values()
            .map(|chat| {
                let mut object = self.chat_json(chat.id);
                object["started"] = json!(chat.started);
                object["messages"] = chat.messages.values().map(|m| self.page_message(m)).collect();
                object
            })
            .collect();
        json!({
            "type": "snapshot",
            "version": version,
            "bot": self.bot_json(),
            "people": self.people_json(),
            "chats": chats,
            "menus": self.menus_json(),
            "faults": self.faults,
            "calls": self.calls,
            "answers": self.answers,
            "pending_updates": self.updates.count(),
            "query_ttl_ms": u64::try_from(self.query_ttl.as_millis()).unwrap_or(u64::MAX),
        })
    }
}

/// The practised group.
pub(super) const GROUP_ID: i64 = -4_001;

fn keep(notes: &mut VecDeque<Value>, note: Value) {
    notes.push_back(note);
    if notes.len() > NOTED_MAX {
        notes.pop_front();
    }
}

/// Positive, as Telegram's callback query numbers are.
fn random_number() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("the kernel has a random source");
    u64::from_le_bytes(bytes) >> 1
}
