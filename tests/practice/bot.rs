//! A bot that does what it is told, by plain HTTP, and a flight for it.

#![allow(dead_code, reason = "each test binary uses the part it needs")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use cockpit_bot::{
    domain::Clock,
    practice::{self, PracticeOptions, Running},
};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::pilot::{OWNER, Pilot};

/// A clock that is moved by hand.
#[derive(Clone)]
pub struct HandClock(Arc<AtomicI64>);

impl HandClock {
    pub fn advance_h(&self, hours: i64) {
        self.0.fetch_add(hours * 3600, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0.load(Ordering::Relaxed)).expect("a time of our days")
    }
}

pub struct Flight {
    pub server: Running,
    pub bot: Bot,
    pub pilot: Pilot,
    pub clock: HandClock,
}

impl Flight {
    pub async fn start() -> Flight {
        Flight::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut PracticeOptions)) -> Flight {
        let clock = HandClock(Arc::new(AtomicI64::new(1_790_000_000)));
        let listen = "127.0.0.1:0".parse().expect("an address");
        let mut options = PracticeOptions::new(listen, Arc::new(clock.clone()));
        change(&mut options);
        let server = practice::start(options).await.expect("a free port");
        let bot = Bot::new(&server.api_url, &server.token);
        let pilot = Pilot::new(&server.page_url);
        Flight { server, bot, pilot, clock }
    }

    /// A flight whose owner has pressed START.
    pub async fn met() -> Flight {
        let flight = Flight::start().await;
        flight.pilot.say(OWNER, OWNER, "/start").await;
        flight
    }
}

/// A refusal: code and description.
pub type Refused = (u64, String);

#[derive(Clone)]
pub struct Bot {
    http: reqwest::Client,
    pub base: String,
}

impl Bot {
    pub fn new(api_url: &str, token: &str) -> Bot {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().expect("a client");
        Bot { http, base: format!("{api_url}/bot{token}") }
    }

    pub async fn try_call(
        &self,
        method: &str,
        body: Value,
    ) -> Result<Result<Value, Refused>, reqwest::Error> {
        let response = self.http.post(format!("{}/{method}", self.base)).json(&body).send().await?;
        Ok(outcome(response.status().as_u16(), response.json().await?))
    }

    pub async fn call(&self, method: &str, body: Value) -> Result<Value, Refused> {
        self.try_call(method, body).await.expect("an answer")
    }

    pub async fn ok(&self, method: &str, body: Value) -> Value {
        self.call(method, body.clone()).await.unwrap_or_else(|why| panic!("{method} {body}: {why:?}"))
    }

    /// A form with files.
    pub async fn form(
        &self,
        method: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, Vec<u8>)],
    ) -> Result<Value, Refused> {
        let mut form = Form::new();
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        for (name, file, bytes) in files {
            form = form.part((*name).to_owned(), Part::bytes(bytes.clone()).file_name((*file).to_owned()));
        }
        let call = self.http.post(format!("{}/{method}", self.base)).multipart(form);
        let response = call.send().await.expect("an answer");
        outcome(response.status().as_u16(), response.json().await.expect("JSON"))
    }

    /// A message to the owner; its number.
    pub async fn write(&self, text: &str, keyboard: Value) -> i64 {
        let markup = json!({ "inline_keyboard": keyboard });
        let body = json!({ "chat_id": OWNER, "text": text, "parse_mode": "HTML", "reply_markup": markup });
        self.ok("sendMessage", body).await["message_id"].as_i64().expect("a number")
    }

    /// Updates from an offset, without waiting.
    pub async fn updates(&self, offset: i64) -> Vec<Value> {
        let body = json!({ "offset": offset, "timeout": 0 });
        self.ok("getUpdates", body).await.as_array().expect("a list").clone()
    }

    /// Forgets what has come so far.
    pub async fn catch_up(&self) {
        let updates = self.updates(0).await;
        if let Some(last) = updates.last() {
            self.updates(last["update_id"].as_i64().expect("a number") + 1).await;
        }
    }
}

fn outcome(status: u16, body: Value) -> Result<Value, Refused> {
    if body["ok"] == true {
        assert_eq!(status, 200);
        return Ok(body["result"].clone());
    }
    assert_eq!(body["error_code"], status, "the code is the status: {body}");
    Err((u64::from(status), body["description"].as_str().expect("a description").to_owned()))
}

/// Something that goes on meanwhile; ended with the test.
pub struct Aside<T>(JoinSet<T>);

impl<T: Send + 'static> Aside<T> {
    pub fn begin(work: impl Future<Output = T> + Send + 'static) -> Aside<T> {
        let mut tasks = JoinSet::new();
        tasks.spawn(work);
        Aside(tasks)
    }

    pub fn is_under_way(&mut self) -> bool {
        self.0.try_join_next().is_none()
    }

    /// Its result, which has to come within 10 s.
    pub async fn result(mut self) -> T {
        let result = tokio::time::timeout(Duration::from_secs(10), self.0.join_next()).await;
        result.expect("in time").expect("one task").expect("no panic")
    }
}

/// A real PNG of one colour.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&vec![0x55; width.div_ceil(8) as usize * height as usize]).expect("rows");
    drop(writer);
    bytes
}
