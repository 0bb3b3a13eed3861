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
        kept.await.unwrap().unwrap();
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
    let (edits, started) = (flight.api.count("editMessageText"), Instant::now());
    flight.up().await;
    flight.shows(DRE, "n49").await;
    let all = |api: &BotApi| (api.count("answerCallbackQuery") == 50).then_some(());
    flight.api.until("all answered", all).await;
    let took = started.elapsed();
    assert_eq!(flight.api.count("editMessageText") - edits, 1);
    let drawn = flight.ship.log().iter().filter(|line| line.starts_with("view")).count();
    assert!(drawn <= 2, "{drawn}: what nobody will see is not asked for");
    println!("50 queued taps, from start to the last answer: {took:?}");
    // A machine that builds and tests at the same time is several times slower.
    assert!(took < Duration::from_secs(20), "{took:?}");
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

#[tokio::test]
async fn a_live_screen_redraws_itself_and_stays_live_over_a_restart() {
    let mut flight = Flight::start().await;
    flight.extra(|screen| screen.can_live = true);
    let bubble = flight.opens().await;
    flight.api.presses(DRE, "● Live");
    let live = |api: &BotApi| api.message(DRE, bubble).filter(|said| said.text.contains("● live"));
    flight.api.until("live", live).await;
    flight.kept("select count(*) from tg_bubbles where lease_ms is not null").await;
    let change = |flight: &Flight, name: &str| {
        flight.extra(|screen| screen.blocks = vec![crate::screen::Block::text(name)]);
        flight.gateway.cast(Msg::Changed(crate::screen::Topic::Services)).unwrap();
        flight.gateway.cast(Msg::Changed(crate::screen::Topic::Audit)).unwrap();
    };
    let started = Instant::now();
    for n in 0..20 {
        change(&flight, &format!("version {n}"));
    }
    flight.shows(DRE, "version 19").await;
    assert!(started.elapsed() > Duration::from_millis(1500), "at most once in two seconds");
    flight.killed().await;
    flight.extra(|screen| screen.blocks = vec![crate::screen::Block::text("after")]);
    flight.up().await;
    assert_eq!(flight.shows(DRE, "after").await, bubble);
    change(&flight, "and again");
    flight.shows(DRE, "and again").await;
    assert_eq!(flight.api.messages(DRE).len(), 1);
}

#[tokio::test]
async fn notices_survive_an_outage_and_a_crash_in_order_and_merged() {
    let mut flight = Flight::start().await;
    flight.api.fails(|method, _| (method != "getUpdates").then_some((502, "Bad Gateway", None)));
    flight.notice("disk", "disk 85 %", true).await;
    flight.notice("nginx", "nginx failed", true).await;
    flight.notice("disk", "disk 90 %", true).await;
    flight.killed().await;
    flight.api.works();
    flight.up().await;
    let both = |api: &BotApi| (api.messages(DRE).len() == 2).then(|| api.messages(DRE));
    let messages = flight.api.until("both notices", both).await;
    let texts: Vec<&str> = messages.iter().map(|(_, said)| said.text.as_str()).collect();
    assert_eq!(texts, ["<b>disk 90 %</b>", "<b>nginx failed</b>"]);
    assert!(messages.iter().all(|(_, said)| !said.silent));

    let disk = messages[0].0;
    flight.notice("disk", "disk 70 %, resolved", true).await;
    let edited = |api: &BotApi| api.message(DRE, disk).filter(|said| said.text.contains("resolved"));
    flight.api.until("the same message", edited).await;
    flight.killed().await;
    flight.up().await;
    flight.opens().await;
    assert_eq!(flight.api.messages(DRE).len(), 3, "delivered once: {:?}", flight.api.calls());

    // A tap on a notice opens a bubble below; what the notice shows itself opens none.
    flight.api.taps(DRE, DRE, disk, &data(&list(None)));
    let below = flight.shows(DRE, "&quot;a&quot;").await;
    assert!(below > disk && flight.api.message(DRE, disk).unwrap().text.contains("resolved"));
    flight.answers(Answer::Show(unit()));
    flight.ship.log();
    flight.api.taps(DRE, DRE, disk, "1{\"a\":{\"s\":{\"s\":\"nginx.service\"}}}");
    flight.asked("act services.start").await;
    flight.api.presses(DRE, "⌂");
    flight.shows(DRE, HOME).await;
    assert!(!flight.ship.log().iter().any(|line| line.starts_with("view") && line.contains(UNIT)));
}

#[tokio::test]
async fn who_has_left_meanwhile_is_told_nothing_more() {
    let flight = Flight::start().await;
    flight.left.lock().unwrap().push(ChatId(DRE));
    flight.notice("disk", "disk 85 %", true).await;
    flight.kept("select count(*) from tg_notices where sent_version = version").await;
    flight.left.lock().unwrap().clear();
    flight.opens().await;
    assert_eq!(flight.api.messages(DRE).len(), 1, "{:?}", flight.api.messages(DRE));
}

#[tokio::test]
async fn an_update_that_comes_twice_is_handled_once_and_unknown_ones_are_survived() {
    let mut flight = Flight::start().await;
    flight.opens().await;
    let (bubble, _) = flight.api.living(DRE).unwrap();
    let tap = flight.api.tap_update(DRE, DRE, bubble, &data(&unit()));
    flight.api.deliver(tap.clone());
    flight.api.deliver(tap.clone());
    flight.shows(DRE, UNIT).await;
    flight.api.deliver(json!({ "update_id": flight.api.number(), "brand_new": { "a": 1 } }));
    let odd = flight.api.number();
    flight.api.deliver(json!({ "update_id": odd, "message": { "x": 1 } }));
    let past = |api: &BotApi| (api.last_offset() == Some(odd + 1)).then_some(());
    flight.api.until("the batch is confirmed", past).await;
    flight.api.delivers_again(tap.clone());
    flight.opens().await;
    flight.killed().await;
    flight.api.delivers_again(tap);
    flight.up().await;
    flight.opens().await;
    assert_eq!(flight.api.count("answerCallbackQuery"), 1, "also when it comes after a restart");
    assert!(flight.api.last_offset() > Some(odd), "polling goes on where it was");
}

#[tokio::test]
async fn trouble_with_telegram_is_told_and_survived() {
    let flight = Flight::start().await;
    flight.opens().await;
    let degraded = |status: Status, text: &str| {
        let Health::Degraded { why, .. } = status.health else { return false };
        why.in_lang(Lang::En).contains(text)
    };
    flight.api.fails(|method, _| {
        let other = "Conflict: terminated by other getUpdates request; make sure that only one bot runs";
        (method == "getUpdates").then_some((409, other, None))
    });
    loop {
        if degraded(flight.status().await, "another program polls") {
            break;
        }
        tokio::task::yield_now().await;
    }
    flight.api.fails(|method, body| match method {
        "getUpdates" => None,
        "editMessageText" if body["text"].as_str().unwrap().contains(UNIT) => {
            Some((429, "Too Many Requests: retry after 1", Some(1)))
        }
        _ => None,
    });
    flight.api.presses(DRE, "↻");
    let (bubble, _) = flight.api.living(DRE).unwrap();
    flight.api.taps(DRE, DRE, bubble, &data(&unit()));
    flight.called("editMessageText").await;
    assert_eq!(flight.status().await.health, Health::Good, "polling works again");
    flight.api.works();
    flight.shows(DRE, UNIT).await;
    // Deleted by hand while nobody looked: sent anew.
    flight.api.forget_message(DRE, bubble);
    flight.api.taps(DRE, DRE, bubble, &data(&list(None)));
    assert_ne!(flight.shows(DRE, "&quot;a&quot;").await, bubble);
}

#[tokio::test]
async fn a_refused_token_ends_the_gateway_with_a_clear_word() {
    let flight = Flight::start().await;
    flight.opens().await;
    flight.api.fails(|_, _| Some((401, "Unauthorized", None)));
    let (gateway, _) = flight.actors.as_ref().unwrap();
    gateway.wait(Some(Duration::from_secs(10))).await.expect("ends by itself");
}

#[tokio::test]
async fn files_come_in_only_when_they_are_taken_and_go_out_within_the_limits() {
    let flight = Flight::start().await;
    flight.opens().await;
    let bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    flight.api.holds_file("f1", bytes.clone());
    let document = |size: usize, caption: &str| {
        json!({ "document": { "file_id": "f1", "file_unique_id": "u", "file_name": "a/b.bin", "file_size": size },
            "caption": caption })
    };
    flight.api.says(DRE, DRE, document(bytes.len(), "later"));
    flight.asked("file \"a/b.bin\" Document \"later\" at Some").await;
    assert_eq!(flight.api.count("(download)"), 0, "nothing fetched yet");
    flight.api.breaks_download_after(1_000_000);
    flight.api.says(DRE, DRE, document(bytes.len(), "keep"));
    flight.asked("got Ok(3000000) 3000000").await;
    assert_eq!(flight.api.count("(download)"), 2, "taken up where it broke");

    let blob = flight.ship.blobs.put(Memory(bytes.clone()));
    let file = crate::domain::Attachment { blob, caption: "here <it> is".into() };
    flight.answers(Answer::File { file, next: View::HOME });
    flight.api.types(DRE, "/get");
    flight.called("sendDocument").await;
    let sent = |api: &BotApi| api.uploads().into_iter().find(|(name, _)| name == "report.bin");
    let (_, sent) = flight.api.until("the file", sent).await;
    assert!(sent == bytes, "byte for byte");
}

struct Memory(Vec<u8>);

impl crate::domain::BlobSource for Memory {
    fn meta(&self) -> crate::domain::BlobMeta {
        crate::domain::BlobMeta { name: "report.bin".into(), size_bytes: Some(self.0.len() as u64) }
    }

    fn open(
        &self,
    ) -> std::pin::Pin<
        Box<
            dyn Future<
                    Output = Result<
                        (crate::domain::BlobMeta, crate::domain::ByteStream),
                        crate::domain::BlobError,
                    >,
                > + Send
                + '_,
        >,
    > {
        let bytes = std::io::Cursor::new(self.0.clone());
        Box::pin(async move { Ok((self.meta(), Box::pin(bytes) as crate::domain::ByteStream)) })
    }
}

#[tokio::test]
async fn a_button_too_long_for_telegram_works_also_after_a_restart() {
    let mut flight = Flight::start().await;
    let long = list(Some("a search so long that no button holds it, not by a mile"));
    flight.extra(|screen| screen.rows = vec![vec![crate::screen::Button::view("Long", long)]]);
    flight.opens().await;
    flight.kept("select count(*) from tg_bubbles where message is not null").await;
    flight.killed().await;
    flight.up().await;
    flight.api.presses(DRE, "Long");
    flight.shows(DRE, "a search so lon").await;
    let toast = flight.api.bodies("answerCallbackQuery").pop().unwrap();
    assert_eq!(toast["text"], Value::Null);
}

#[tokio::test]
async fn in_a_group_only_who_was_asked_answers_and_other_bots_commands_are_theirs() {
    let flight = Flight::start().await;
    let (group, other) = (-5, 1002);
    flight.extra(|screen| {
        screen.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "a name".into() });
    });
    let known = |api: &BotApi| (api.count("getMe") >= 2).then_some(());
    flight.api.until("the bot knows its name", known).await;
    flight.opens().await;
    flight.api.says(DRE, group, json!({ "text": "/start@Cockpit_Bot" }));
    flight.shows(group, "✎ a name").await;
    flight.api.says(DRE, group, json!({ "text": "/start@other_bot" }));
    flight.api.says(other, group, json!({ "text": "not me" }));
    flight.api.says(666, group, json!({ "text": "nor me" }));
    flight.api.says(DRE, group, json!({ "text": "me" }));
    flight.asked("fill \"me\"").await;
    let log = flight.ship.log();
    assert!(!log.iter().any(|line| line.contains("not me") || line.contains("nor me")), "{log:?}");
    assert_eq!(log.iter().filter(|line| line.starts_with("command \"start\"")).count(), 2);
    let menus = flight.api.bodies("setMyCommands");
    assert!(menus.iter().any(|menu| menu["scope"]["type"] == "chat_member"), "{menus:?}");
}
