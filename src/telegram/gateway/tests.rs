//! Gateway and outbox together, over HTTP, with a fake ship: as a person in the chat sees it.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{craft::Craft, fake_ship, *};
use crate::{
    bridge::ship::Answer,
    charts,
    domain::{ChatKind, Lang, Role, UnitName},
    intent::{Hole, services},
    screen::{Picture, Prompt, Screen},
    supervision::Health,
    telegram::{
        bot_api::{BotApi, TOKEN},
        outbox::Notice,
    },
};

#[path = "cargo_tests.rs"]
mod cargo;
#[path = "trouble_tests.rs"]
mod trouble;

const DRE: i64 = 1001;

struct Flight {
    api: BotApi,
    craft: Craft,
}

impl std::ops::Deref for Flight {
    type Target = Craft;
    fn deref(&self) -> &Craft {
        &self.craft
    }
}

impl std::ops::DerefMut for Flight {
    fn deref_mut(&mut self) -> &mut Craft {
        &mut self.craft
    }
}

impl Flight {
    async fn start() -> Flight {
        let api = BotApi::start().await;
        let craft = Craft::start(&api.url, TOKEN).await;
        Flight { api, craft }
    }

    /// Waits for the living bubble to say this.
    async fn shows(&self, chat: i64, text: &str) -> i64 {
        let holds = |api: &BotApi| api.living(chat).filter(|(_, said)| said.text.contains(text));
        self.api.until(&format!("a bubble with {text:?}"), holds).await.0
    }

    async fn opens(&self) -> i64 {
        self.api.types(DRE, "/start");
        self.shows(DRE, HOME).await
    }

    async fn called(&self, text: &str) {
        let holds = |api: &BotApi| api.calls().iter().any(|call| call.starts_with(text)).then_some(());
        self.api.until(text, holds).await;
    }

    async fn asked(&self, text: &str) {
        let holds =
            |_: &BotApi| self.ship.world.lock().unwrap().log.iter().any(|l| l.contains(text)).then_some(());
        self.api.until(text, holds).await;
    }

    /// Waits for rows to be written.
    async fn kept(&self, sql: &'static str) {
        let counted = async {
            while self
                .store
                .read(move |conn| conn.query_row(sql, [], |row| row.get::<_, i64>(0)))
                .await
                .unwrap()
                == 0
            {}
        };
        tokio::time::timeout(Duration::from_secs(60), counted).await.expect(sql);
    }

    async fn status(&self) -> Status {
        self.gateway.call(Duration::from_secs(5), Msg::Status).await.unwrap()
    }

    async fn notice(&self, key: &str, text: &str, loud: bool) {
        let notice = Notice {
            key: key.into(),
            chat: ChatId(DRE),
            reader: fake_ship::reader(Role::Owner, Lang::En, ChatKind::Private),
            screen: Screen {
                crumbs: vec![text.into()],
                rows: vec![vec![crate::screen::Button::view("Look", list(None))]],
                ..Screen::default()
            },
            view: Some(unit()),
            loud,
        };
        let kept =
            self.outbox.call(Duration::from_secs(5), |reply| outbox::Msg::Notice(Box::new(notice), reply));
        kept.await.unwrap();
    }

    fn extra(&self, change: impl FnOnce(&mut Screen)) {
        change(&mut self.ship.world.lock().unwrap().extra);
    }

    fn answers(&self, answer: Answer) {
        self.ship.world.lock().unwrap().answers.push(answer);
    }
}

/// As it stands in a breadcrumb, escaped.
const HOME: &str = "{&quot;h&quot;:&quot;h&quot;}";
const UNIT: &str = "nginx.service";

fn unit() -> View {
    View::Services(services::View::Unit(UnitName::parse("nginx").unwrap()))
}

fn list(search: Option<&str>) -> View {
    let search = search.map(str::to_owned);
    View::Services(services::View::List { filter: services::Filter::All, search, page: 0 })
}

fn data(view: &View) -> String {
    let crate::intent::codec::Encoded::Fits(text) =
        crate::intent::codec::encode(&crate::intent::Intent::View(view.clone()))
    else {
        panic!("too long")
    };
    text
}

fn treemap(title: &str) -> Picture {
    Picture::Treemap(charts::Treemap {
        title: title.into(),
        light: false,
        root: vec![],
        words: charts::Words::default(),
    })
}

#[tokio::test]
async fn a_command_opens_a_bubble_taps_edit_it_and_the_next_command_opens_another() {
    let flight = Flight::start().await;
    let first = flight.opens().await;
    flight.api.taps(DRE, DRE, first, &data(&unit()));
    assert_eq!(flight.shows(DRE, UNIT).await, first, "edited in place");
    flight.api.presses(DRE, "‹ Back");
    flight.shows(DRE, "l&quot;").await;
    flight.answers(Answer::Refused { why: "no such unit".into(), next: View::HOME });
    flight.api.types(DRE, "/restart zzz");
    let second = flight.shows(DRE, "✖ no such unit").await;
    assert_ne!(first, second);
    let bare = |api: &BotApi| api.message(DRE, first).filter(|said| said.keys.is_empty());
    flight.api.until("the old one without buttons", bare).await;
    flight.api.presses(DRE, "↻");
    let clean = |api: &BotApi| api.message(DRE, second).filter(|said| !said.text.contains("no such unit"));
    flight.api.until("the sentence goes with the next tap", clean).await;
    assert_eq!(flight.api.count("answerCallbackQuery"), 3);
    let menus = flight.api.bodies("setMyCommands");
    assert_eq!(menus.len(), 1, "once, not with each update: {menus:?}");
    assert_eq!(menus[0]["scope"], json!({ "type": "chat", "chat_id": DRE }));
    assert_eq!(menus[0]["commands"][1]["command"], "reload");
    assert!(flight.ship.log().contains(&"command \"restart\" \"zzz\"".to_owned()));
}

#[tokio::test]
async fn a_stranger_gets_one_line_once_and_the_ship_hears_of_it() {
    let mut flight = Flight::start().await;
    for _ in 0..3 {
        flight.api.types(666, "/start");
    }
    flight.called("sendMessage This is a private bot.").await;
    flight.kept("select count(*) from tg_strangers").await;
    flight.killed().await;
    flight.up().await;
    flight.api.types(666, "hello?");
    flight.api.taps(666, 666, 7, &data(&unit()));
    flight.opens().await;
    assert_eq!(flight.api.messages(666).len(), 1, "also after a restart");
    assert_eq!(flight.api.count("answerCallbackQuery"), 0);
    let log = flight.ship.log();
    let knocks: Vec<&String> = log.iter().filter(|line| line.starts_with("knock")).collect();
    assert_eq!(knocks, ["knock 666 x1"], "one entry an hour");
    assert!(!log.iter().any(|line| line.starts_with("view") && line.contains(UNIT)));
}

/// Processor time of this thread.
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

#[tokio::test]
async fn of_fifty_queued_taps_all_are_answered_and_the_newest_is_drawn() {
    let mut flight = Flight::start().await;
    let bubble = flight.opens().await;
    flight.kept("select count(*) from tg_bubbles where message is not null").await;
    flight.killed().await;
    flight.ship.log();
    for n in 0..50 {
        flight.api.taps(DRE, DRE, bubble, &data(&list(Some(&format!("n{n}")))));
    }
    let (edits, started, before) = (flight.api.count("editMessageText"), Instant::now(), worked());
    flight.up().await;
    flight.shows(DRE, "n49").await;
    let all = |api: &BotApi| (api.count("answerCallbackQuery") == 50).then_some(());
    flight.api.until("all answered", all).await;
    let took = started.elapsed();
    assert_eq!(flight.api.count("editMessageText") - edits, 1);
    let drawn = flight.ship.log().iter().filter(|line| line.starts_with("view")).count();
    assert!(drawn <= 2, "{drawn}: what nobody will see is not asked for");
    println!("50 queued taps, from start to the last answer: {took:?}");
    // Everything runs on this thread, the answering side as well. Its own time, for a machine may have more to do.
    let worked = worked() - before;
    assert!(worked < Duration::from_secs(2), "{worked:?}");
}

#[tokio::test]
async fn a_tap_is_answered_while_the_ship_still_thinks() {
    let flight = Flight::start().await;
    let bubble = flight.opens().await;
    let hold = Arc::new(tokio::sync::Notify::new());
    *flight.ship.hold.lock().unwrap() = Some(hold.clone());
    flight.api.taps(DRE, DRE, bubble, &data(&unit()));
    flight.called("answerCallbackQuery").await;
    assert!(flight.api.message(DRE, bubble).unwrap().text.contains(HOME));
    *flight.ship.hold.lock().unwrap() = None;
    flight.api.taps(DRE, DRE, bubble, &data(&list(None)));
    flight.shows(DRE, "&quot;a&quot;").await;
    hold.notify_waiters();
    flight.api.presses(DRE, "↻");
    let done = |api: &BotApi| (api.count("answerCallbackQuery") == 3).then_some(());
    flight.api.until("answered", done).await;
    let said = flight.api.message(DRE, bubble).unwrap().text;
    assert!(!said.contains(UNIT), "the older question was dropped: {said}");
}

#[tokio::test]
async fn refused_forged_and_old_buttons_are_told_and_never_an_error() {
    let flight = Flight::start().await;
    let bubble = flight.opens().await;
    for forged in ["", "1", "1{\"v\":{\"zz\":1}}", "1#AAAAAAAAAAAAAAAAAAAAAA", "0old", "1[[[["] {
        flight.api.taps(DRE, DRE, bubble, forged);
        flight.shows(DRE, HOME).await;
    }
    // Observers may look and not touch; a message nobody remembers is taken up.
    let observer = 1002;
    flight.api.taps(observer, observer, 77, "1{\"a\":{\"s\":{\"s\":\"nginx.service\"}}}");
    flight.api.taps(observer, observer, 77, &data(&unit()));
    flight.shows(observer, UNIT).await;
    // A screen may be there before the answer to the tap that asked for it.
    let all = |api: &BotApi| (api.count("answerCallbackQuery") == 8).then_some(());
    flight.api.until("answered", all).await;
    let toasts = flight.api.bodies("answerCallbackQuery");
    let mut toasts: Vec<&str> = toasts.iter().map(|body| body["text"].as_str().unwrap_or("")).collect();
    // Answers travel side by side and may overtake each other.
    toasts.sort_unstable();
    let old = "That button is from an old screen. Here is a fresh one.";
    assert_eq!(toasts, ["", old, old, old, old, old, old, "not for you"]);
    assert!(!flight.ship.log().iter().any(|line| line.starts_with("act")));
}

#[tokio::test]
async fn an_act_shows_its_question_and_a_double_tap_acts_once() {
    let flight = Flight::start().await;
    let bubble = flight.opens().await;
    let until = jiff::Timestamp::now() + Duration::from_secs(1);
    let screen = Box::new(Screen {
        crumbs: vec!["Start nginx?".into()],
        rows: vec![vec![crate::screen::Button::view("Cancel", unit())]],
        ..Screen::default()
    });
    flight.answers(Answer::Question { screen, back: unit(), until });
    let start = "1{\"a\":{\"s\":{\"s\":\"nginx.service\"}}}";
    let twice =
        [flight.api.tap_update(DRE, DRE, bubble, start), flight.api.tap_update(DRE, DRE, bubble, start)];
    twice.into_iter().for_each(|update| flight.api.deliver(update));
    flight.shows(DRE, "Start nginx?").await;
    let (_, question) = flight.api.living(DRE).unwrap();
    assert_eq!(question.keys.len(), 1, "its own buttons only");
    flight.shows(DRE, UNIT).await;
    let acts = flight.ship.log().iter().filter(|line| line.starts_with("act services.start")).count();
    assert!((1..=2).contains(&acts));
}

#[tokio::test]
async fn text_becomes_a_picture_and_a_picture_becomes_text() {
    let flight = Flight::start().await;
    let bubble = flight.opens().await;
    flight.extra(|screen| screen.picture = Some(treemap("x")));
    flight.api.taps(DRE, DRE, bubble, &data(&unit()));
    let photo = |api: &BotApi| api.message(DRE, bubble).filter(|said| said.photo);
    flight.api.until("a picture in the same message", photo).await;
    flight.api.presses(DRE, "⬇ File");
    flight.called("sendDocument").await;
    flight.extra(|screen| screen.picture = None);
    flight.api.taps(DRE, DRE, bubble, &data(&View::HOME));
    let text = flight.shows(DRE, HOME).await;
    assert_ne!(text, bubble);
    let gone = |api: &BotApi| api.message(DRE, bubble).is_none().then_some(());
    flight.api.until("the picture is deleted", gone).await;
    flight.extra(|screen| screen.picture = Some(treemap("x")));
    flight.api.taps(DRE, DRE, text, &data(&unit()));
    let photo = |api: &BotApi| api.message(DRE, text).filter(|said| said.photo);
    flight.api.until("the same picture again", photo).await;
    let uploads = flight.api.uploads();
    let names: Vec<&str> = uploads.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names[0] == "picture.png" && names[1].ends_with(".png") && names.len() == 2, "{names:?}");
    let reused = flight.api.bodies("editMessageMedia").pop().unwrap();
    assert_eq!(reused["media"]["media"], format!("photo{bubble}"));

    flight.extra(|screen| screen.picture = Some(treemap("broken")));
    flight.api.presses(DRE, "⌂");
    let plain = |api: &BotApi| api.living(DRE).filter(|(id, said)| *id > text && said.text.contains(HOME));
    flight.api.until("a picture that cannot be drawn leaves its words", plain).await;
}

#[tokio::test]
async fn a_typed_answer_fills_its_prompt_and_errors_are_told_in_place() {
    let flight = Flight::start().await;
    flight.extra(|screen| {
        screen.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "part of a name".into() });
    });
    let bubble = flight.opens().await;
    assert!(flight.api.message(DRE, bubble).unwrap().text.contains("✎ part of a name"));
    flight.ship.world.lock().unwrap().wrong = Some("too short".into());
    flight.api.types(DRE, "n");
    assert_eq!(flight.shows(DRE, "✖ too short").await, bubble, "in place");
    flight.extra(|screen| screen.prompt = None);
    flight.answers(Answer::Show(list(Some("ngi"))));
    flight.api.types(DRE, "ngi");
    assert_ne!(flight.shows(DRE, "ngi").await, bubble);
    let log = flight.ship.log();
    assert!(log.contains(&"fill \"n\"".to_owned()) && log.contains(&"fill \"ngi\"".to_owned()), "{log:?}");

    flight.extra(|screen| {
        screen.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "again".into() });
    });
    flight.api.presses(DRE, "↻");
    let asking = flight.shows(DRE, "✎ again").await;
    flight.api.types(DRE, "/cancel");
    let ended = |api: &BotApi| api.message(DRE, asking).filter(|said| !said.text.contains('✎'));
    flight.api.until("the prompt is over", ended).await;
    flight.api.types(DRE, "words");
    flight.asked("command \"\" \"words\"").await;
}
