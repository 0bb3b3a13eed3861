//! A pilot for tests: taps, types and looks at chats through the practice page's own calls, as the browser does.
//! Waits for what is to be seen, never for time; a wait that is in vain says what was there instead.

#![allow(dead_code, reason = "each test binary uses the part it needs")]

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// The practised people and their group.
pub const OWNER: i64 = 1001;
pub const STRANGER: i64 = 2002;
pub const GROUP: i64 = -4001;

/// No wait of a test is longer.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Pilot {
    http: Client,
    pub base: String,
    pub key: String,
}

/// What a pilot can see at a moment.
#[derive(Clone)]
pub struct View(pub Value);

/// One message in a chat.
#[derive(Clone, Debug)]
pub struct Bubble(pub Value);

impl Pilot {
    /// From the address that is printed at start: `http://127.0.0.1:PORT/#key=KEY`.
    pub fn new(page_url: &str) -> Pilot {
        let (base, key) = page_url.split_once("/#key=").expect("an address with a key");
        Pilot { http: Client::new(), base: base.to_owned(), key: key.trim().to_owned() }
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("{}{path}", self.base)).header("x-cockpit-key", &self.key).timeout(PATIENCE)
    }

    /// A call of the page: its `ok`, or the reason why not.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        let url = format!("{}/page/{path}", self.base);
        let call = self.http.post(url).header("x-cockpit-key", &self.key).json(&body).timeout(PATIENCE);
        answer(call.send().await.expect("the page server answers")).await
    }

    pub async fn view(&self) -> View {
        let response = self.get("/page/state").send().await.expect("the page server answers");
        assert_eq!(response.status(), StatusCode::OK);
        View(response.json().await.expect("a snapshot"))
    }

    /// Looks again at each change until something is found.
    pub async fn until<T>(&self, what: &str, find: impl Fn(&View) -> Option<T>) -> T {
        let mut view = self.view().await;
        let wait = async {
            loop {
                if let Some(found) = find(&view) {
                    return found;
                }
                let path = format!("/page/state?after={}", view.version());
                let response = self.get(&path).send().await.expect("the page server answers");
                view = View(response.json().await.expect("a snapshot"));
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain for {what}; to be seen was:\n{}", self.view().await.describe()),
        }
    }

    /// Types a text; the number of the new message.
    pub async fn say(&self, person: i64, chat: i64, text: &str) -> i64 {
        let body = json!({ "person": person, "chat": chat, "text": text });
        self.post("say", body).await.expect("a text").as_i64().expect("a number")
    }

    pub async fn reply(&self, person: i64, chat: i64, to: i64, text: &str) -> i64 {
        let body = json!({ "person": person, "chat": chat, "text": text, "reply_to": to });
        self.post("say", body).await.expect("a text").as_i64().expect("a number")
    }

    pub async fn upload(
        &self,
        chat: i64,
        name: &str,
        photo: bool,
        caption: &str,
        bytes: Vec<u8>,
    ) -> Result<Value, String> {
        let person = if chat > 0 { chat } else { OWNER };
        let query = [
            ("person", person.to_string()),
            ("chat", chat.to_string()),
            ("name", name.to_owned()),
            ("photo", photo.to_string()),
            ("caption", caption.to_owned()),
        ];
        let call = self.http.post(format!("{}/page/upload", self.base)).query(&query);
        let call = call.header("x-cockpit-key", &self.key).body(bytes).timeout(PATIENCE);
        answer(call.send().await.expect("the page server answers")).await
    }

    /// Taps the button whose label contains a text; the number of the query.
    pub async fn tap(&self, person: i64, bubble: &Bubble, label: &str) -> String {
        let (row, column) =
            bubble.button(label).unwrap_or_else(|| panic!("no button {label:?} among {:?}", bubble.labels()));
        let body = json!({
            "person": person, "chat": bubble.chat(), "message": bubble.id(), "row": row, "column": column,
        });
        self.post("tap", body).await.expect("a tap").as_str().expect("a number").to_owned()
    }

    /// What an altered client can do: any data, on any message.
    pub async fn tap_data(&self, person: i64, chat: i64, message: i64, data: &str) -> String {
        let body = json!({ "person": person, "chat": chat, "message": message, "data": data });
        self.post("tap", body).await.expect("a tap").as_str().expect("a number").to_owned()
    }

    /// Taps, and waits for the answer to the tap: (text, alert).
    pub async fn tap_answered(&self, person: i64, bubble: &Bubble, label: &str) -> (String, bool) {
        let query = self.tap(person, bubble, label).await;
        self.answer_to(&query).await
    }

    pub async fn answer_to(&self, query: &str) -> (String, bool) {
        self.until("the answer to a tap", |view| view.answer_to(query)).await
    }

    /// The newest message of the bot in a chat that contains a text.
    pub async fn bubble(&self, chat: i64, text: &str) -> Bubble {
        self.until(&format!("a message with {text:?} in chat {chat}"), |view| {
            view.bubbles(chat).into_iter().rev().find(|b| b.is_bots() && b.text().contains(text))
        })
        .await
    }

    /// The same message again, once it contains a text.
    pub async fn becomes(&self, bubble: &Bubble, text: &str) -> Bubble {
        let (chat, id) = (bubble.chat(), bubble.id());
        self.until(&format!("message {id} with {text:?}"), |view| {
            view.bubbles(chat).into_iter().find(|b| b.id() == id && b.text().contains(text))
        })
        .await
    }

    pub async fn faults(&self, faults: Value) {
        self.post("faults", faults).await.expect("these faults exist");
    }

    pub async fn set_language(&self, person: i64, code: &str) {
        let body = json!({ "person": person, "language_code": code });
        self.post("person", body).await.expect("a language");
    }

    pub async fn set_blocked(&self, person: i64, blocked: bool) {
        self.post("person", json!({ "person": person, "blocked": blocked })).await.expect("a person");
    }

    pub async fn file(&self, file_id: &str) -> Vec<u8> {
        let response = self.get(&format!("/page/file/{file_id}")).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "file {file_id}");
        response.bytes().await.expect("bytes").to_vec()
    }
}

async fn answer(response: reqwest::Response) -> Result<Value, String> {
    let status = response.status();
    let text = response.text().await.expect("a body");
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| json!({ "error": text }));
    match body.get("ok") {
        Some(ok) if status.is_success() => Ok(ok.clone()),
        _ => Err(format!("{status}: {}", body["error"].as_str().unwrap_or(&text))),
    }
}

impl View {
    pub fn version(&self) -> u64 {
        self.0["version"].as_u64().expect("a version")
    }

    pub fn bubbles(&self, chat: i64) -> Vec<Bubble> {
        let chats = self.0["chats"].as_array().expect("chats");
        let chat = chats.iter().find(|c| c["id"] == chat).expect("a chat");
        chat["messages"].as_array().expect("messages").iter().cloned().map(Bubble).collect()
    }

    pub fn answer_to(&self, query: &str) -> Option<(String, bool)> {
        let answers = self.0["answers"].as_array().expect("answers");
        let answer = answers.iter().find(|answer| answer["query"] == query)?;
        Some((answer["text"].as_str()?.to_owned(), answer["alert"].as_bool()?))
    }

    /// The bot's calls, oldest first (the last 200).
    pub fn calls(&self) -> Vec<Value> {
        self.0["calls"].as_array().expect("calls").clone()
    }

    /// Descriptions of refused calls: a bot in good health has none.
    pub fn refusals(&self) -> Vec<String> {
        let refused = self.calls().into_iter().filter(|call| call["ok"] == false);
        refused.map(|call| format!("{}: {}", call["method"], call["description"])).collect()
    }

    /// Names of the commands somebody sees in a chat.
    pub fn menu(&self, person: i64, chat: i64) -> Vec<String> {
        let menu = self.0["menus"][format!("{person}:{chat}")].as_array().cloned().unwrap_or_default();
        menu.iter().map(|c| c["command"].as_str().expect("a name").to_owned()).collect()
    }

    pub fn listening(&self) -> bool {
        self.0["listening"] == true
    }

    /// All chats as text, for a test that fails.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for chat in self.0["chats"].as_array().expect("chats") {
            let id = chat["id"].as_i64().expect("an id");
            for bubble in self.bubbles(id) {
                let who = if bubble.is_bots() { "bot" } else { "person" };
                text += &format!("[{id}] {} {who}: {}\n", bubble.id(), bubble.text());
                for row in bubble.labels() {
                    text += &format!("      {row:?}\n");
                }
            }
        }
        for refusal in self.refusals() {
            text += &format!("refused {refusal}\n");
        }
        text
    }
}

impl Bubble {
    pub fn id(&self) -> i64 {
        self.0["message_id"].as_i64().expect("a number")
    }

    pub fn chat(&self) -> i64 {
        self.0["chat"]["id"].as_i64().expect("a chat")
    }

    pub fn is_bots(&self) -> bool {
        self.0["from"]["is_bot"] == true
    }

    /// Text or caption.
    pub fn text(&self) -> &str {
        self.0["text"].as_str().or_else(|| self.0["caption"].as_str()).unwrap_or_default()
    }

    pub fn is_photo(&self) -> bool {
        self.0.get("photo").is_some()
    }

    pub fn is_edited(&self) -> bool {
        self.0.get("edit_date").is_some()
    }

    pub fn photo_id(&self) -> &str {
        self.0["photo"][0]["file_id"].as_str().expect("a photo")
    }

    pub fn document_id(&self) -> &str {
        self.0["document"]["file_id"].as_str().expect("a document")
    }

    pub fn labels(&self) -> Vec<Vec<String>> {
        let rows = self.0["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
        let label = |button: &Value| button["text"].as_str().expect("a label").to_owned();
        rows.iter().map(|row| row.as_array().expect("a row").iter().map(label).collect()).collect()
    }

    /// Row and column of the first button whose label contains a text.
    pub fn button(&self, label: &str) -> Option<(usize, usize)> {
        let rows = self.labels();
        let places =
            rows.iter().enumerate().flat_map(|(r, row)| row.iter().enumerate().map(move |(c, l)| (r, c, l)));
        places.into_iter().find(|(.., l)| l.contains(label)).map(|(r, c, _)| (r, c))
    }

    /// What the button would send, if there is one.
    pub fn data_of(&self, label: &str) -> Option<String> {
        self.button(label).map(|_| self.data(label))
    }

    /// What a button would send.
    pub fn data(&self, label: &str) -> String {
        let (row, column) = self.button(label).unwrap_or_else(|| panic!("no button {label:?}"));
        let button = &self.0["reply_markup"]["inline_keyboard"][row][column];
        button["callback_data"].as_str().expect("a button that asks").to_owned()
    }
}
