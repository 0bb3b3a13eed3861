//! Against the practice server, which refuses what Telegram refuses and was written from the same description by
//! other hands: everything that is said here must pass there.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::craft::Craft;
use crate::{
    bridge::ship::Answer,
    charts,
    domain::{SystemClock, UnitName},
    intent::{Hole, View, services},
    practice::{self, PracticeOptions, Running},
    screen::{Block, Button, LogLine, Mark, Pager, Picture, Prompt, Span, Style},
};

const DRE: i64 = 1001;

struct Deck {
    running: Running,
    page: reqwest::Client,
    craft: Craft,
}

impl Deck {
    async fn start() -> Deck {
        let listen: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let options = PracticeOptions::new(listen, Arc::new(SystemClock));
        let running = practice::start(options).await.unwrap();
        let craft = Craft::start(&running.api_url, &running.token).await;
        Deck { running, page: reqwest::Client::new(), craft }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let address = format!("{}/page/{path}", self.running.api_url);
        let request = self.page.post(address).header("x-cockpit-key", &self.running.key).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn state(&self, after: Option<u64>) -> Value {
        let after = after.map(|version| format!("?after={version}")).unwrap_or_default();
        let address = format!("{}/page/state{after}", self.running.api_url);
        let request = self.page.get(address).header("x-cockpit-key", &self.running.key);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn until<T>(&self, what: &str, holds: impl Fn(&Value) -> Option<T>) -> T {
        let waiting = async {
            let mut version = None;
            loop {
                let state = self.state(version).await;
                if let Some(found) = holds(&state) {
                    return found;
                }
                version = state["version"].as_u64();
            }
        };
        match tokio::time::timeout(Duration::from_secs(60), waiting).await {
            Ok(found) => found,
            Err(_) => panic!("never: {what}\n{:#}", self.state(None).await["calls"]),
        }
    }

    /// The chat's last message of the bot, once it says this.
    async fn shows(&self, text: &str) -> Value {
        self.until(text, |state| {
            let last = messages(state).into_iter().rev().find(|m| m["from"]["is_bot"] == true)?;
            said(&last).contains(text).then_some(last)
        })
        .await
    }

    async fn says(&self, text: &str) {
        self.post("say", json!({ "person": DRE, "chat": DRE, "text": text })).await;
    }

    async fn presses(&self, message: &Value, label: &str) {
        let rows = message["reply_markup"]["inline_keyboard"].as_array().expect("buttons");
        for (r, row) in rows.iter().enumerate() {
            for (c, key) in row.as_array().unwrap().iter().enumerate() {
                if key["text"] == label {
                    let id = message["message_id"].as_i64();
                    let tap = json!({ "person": DRE, "chat": DRE, "message": id, "row": r, "column": c });
                    let done = self.post("tap", tap).await;
                    assert!(done["error"].is_null(), "{done}");
                    return;
                }
            }
        }
        panic!("no button {label:?}: {rows:?}");
    }
}

fn messages(state: &Value) -> Vec<Value> {
    let chats = state["chats"].as_array().unwrap();
    chats.iter().find(|chat| chat["id"] == DRE).unwrap()["messages"].as_array().unwrap().clone()
}

fn said(message: &Value) -> String {
    message["text"].as_str().or(message["caption"].as_str()).unwrap_or_default().to_owned()
}

fn chart() -> Picture {
    let points = (0..200).map(|n| charts::Point::single(f64::from(n * 60), (n % 37) as f32)).collect();
    let at = |s| jiff::Timestamp::from_second(s).unwrap();
    Picture::Chart(charts::Chart {
        title: "Memory, GiB".into(),
        unit: charts::Unit::Bytes,
        from: at(0),
        to: at(12_000),
        timezone: "Asia/Jakarta".into(),
        light: false,
        style: charts::Style::Lines,
        series: vec![charts::Series { label: "used".into(), points, gap_s: 120.0 }],
        limits: vec![],
        band: None,
        top: None,
        words: charts::Words::default(),
    })
}

#[tokio::test]
async fn a_whole_visit_passes_a_server_that_refuses_what_telegram_refuses() {
    let deck = Deck::start().await;
    let ship = &deck.craft.ship;
    let list = |page| services::View::List { filter: services::Filter::All, search: None, page };
    let unit = || UnitName::parse("nginx").unwrap();
    {
        let mut world = ship.world.lock().unwrap();
        world.extra.blocks = vec![
            Block::State(Mark::Bad, "nginx <failed> & \"gave up\"".into()),
            Block::Text(vec![
                Span::Plain("see ".into()),
                Span::Code("/etc/nginx".into()),
                Span::Bold(" now".into()),
            ]),
            Block::Bar { label: "RAM".into(), share: Some(0.79), text: "6.1 of 7.7 GiB".into() },
            Block::Log(
                (0..700)
                    .map(|n| LogLine { at: None, priority: Some(3), text: format!("line {n}") })
                    .collect(),
            ),
            Block::Note("漢字 🚀 שלום".into()),
        ];
        world.extra.rows = vec![vec![
            Button::view("✖ nginx", View::Services(services::View::Unit(unit()))).style(Style::Danger),
            Button::view(
                "Long",
                View::Services(services::View::List {
                    filter: services::Filter::All,
                    search: Some("longer than any button can hold, by far, truly".into()),
                    page: 3,
                }),
            ),
        ]];
        world.extra.pager = Pager::over(30, 8, 1, |page| View::Services(list(page)));
        world.extra.can_live = true;
    }
    deck.says("/start").await;
    let home = deck.shows("nginx <failed> & \"gave up\"").await;
    assert!(said(&home).contains(" earlier") && said(&home).contains("line 699"), "cut and told");
    deck.presses(&home, "● Live").await;
    let live = deck.shows("● live").await;
    assert_eq!(live["message_id"], home["message_id"]);
    deck.presses(&live, "Long").await;
    let long = deck.shows("longer than any").await;

    ship.world.lock().unwrap().extra.picture = Some(chart());
    deck.presses(&long, "✖ nginx").await;
    let picture =
        deck.until("a picture", |state| messages(state).into_iter().find(|m| m["photo"].is_array())).await;
    assert_eq!(picture["message_id"], home["message_id"], "in the same bubble");
    deck.presses(&picture, "⬇ File").await;
    deck.until("a file", |state| messages(state).into_iter().find(|m| m["document"].is_object())).await;
    {
        let mut world = ship.world.lock().unwrap();
        world.extra.picture = None;
        world.extra.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "part of a name".into() });
    }
    deck.presses(&picture, "⌂").await;
    let text = deck.shows("✎ part of a name").await;
    assert_ne!(text["message_id"], home["message_id"]);
    let gone = |state: &Value| (!messages(state).iter().any(|m| m["photo"].is_array())).then_some(());
    deck.until("the picture deleted", gone).await;
    ship.world.lock().unwrap().wrong = Some("no unit like <that>".into());
    deck.says("<that>").await;
    deck.shows("✖ no unit like <that>").await;
    deck.says("/cancel").await;
    deck.until("the prompt over", |state| {
        messages(state).into_iter().find(|m| m["message_id"] == text["message_id"] && !said(m).contains('✎'))
    })
    .await;

    let until = jiff::Timestamp::now() + Duration::from_secs(60);
    let screen = Box::new(crate::screen::Screen {
        crumbs: vec!["Stop nginx?".into()],
        rows: vec![vec![Button::view("Cancel", View::HOME)]],
        ..Default::default()
    });
    ship.world.lock().unwrap().answers.push(Answer::Question { screen, back: View::HOME, until });
    deck.says("/stop nginx").await;
    let question = deck.shows("Stop nginx?").await;
    deck.presses(&question, "Cancel").await;
    deck.shows("gave up").await;

    let state = deck.state(None).await;
    let refused: Vec<&Value> =
        state["calls"].as_array().unwrap().iter().filter(|call| call["ok"] == false).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    let answers = state["answers"].as_array().unwrap();
    assert!(answers.len() >= 6, "every tap was answered: {answers:?}");
    let menu = &state["menus"]["1001:1001"];
    assert!(menu.to_string().contains("reload"), "{}", state["menus"]);
}

#[tokio::test]
async fn weather_on_the_line_is_survived() {
    let deck = Deck::start().await;
    let ship = &deck.craft.ship;
    deck.says("/start").await;
    let home = deck.shows("as it is").await;
    for (name, weather) in [
        ("reset", json!({ "trouble": "reset", "times": 4 })),
        ("500", json!({ "trouble": "status", "status": 500, "times": 4 })),
        ("lost", json!({ "trouble": "lost", "methods": ["editMessageText"], "times": 2 })),
        (
            "429",
            json!({ "trouble": "status", "status": 429, "retry_after_s": 1, "methods": ["editMessageText"], "times": 1 }),
        ),
        ("409", json!({ "trouble": "status", "status": 409, "methods": ["getUpdates"], "times": 1 })),
        ("duplicates", json!({ "duplicates": true })),
        ("flood", json!({ "flood": true, "retry_after_s": 1 })),
    ] {
        ship.world.lock().unwrap().extra.blocks = vec![Block::text(format!("after {name}"))];
        deck.post("faults", weather).await;
        let fresh = deck.until("buttons", |state| {
            messages(state).into_iter().rev().find(|m| m["reply_markup"].is_object())
        });
        deck.presses(&fresh.await, "↻").await;
        let after = deck.shows(&format!("after {name}")).await;
        assert_eq!(after["message_id"], home["message_id"], "{name}");
        deck.post("faults", json!({})).await;
    }
    let state = deck.state(None).await;
    let bots = messages(&state).iter().filter(|m| m["from"]["is_bot"] == true).count();
    assert_eq!(bots, 1, "nothing was said twice");
}
