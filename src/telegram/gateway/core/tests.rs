//! The core alone: a simulated clock, the ship answered by the test.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::{
    super::{
        fake_ship::{FakeShip, OBSERVER, OWNER, STRANGER, reader},
        heard::{Attached, Heard, Knocked, Person, Tap, Text},
    },
    *,
};
use crate::{
    bridge::ship::{Answer, FileKind, Filled, Visitor},
    domain::{Attachment, BlobId, BlobMeta, ChatKind, Lang, Role, UnitName},
    intent::{Act, Hole, codec, services},
    screen::{Block, Prompt, Screen, Topic},
    store::tokens,
    telegram::{
        failure::Failure,
        outbox::{Actual, Rank, Report, Slot},
    },
};

#[path = "crowd_tests.rs"]
mod crowd;

const S: fn(u64) -> Duration = Duration::from_secs;
const HOUR: Duration = Duration::from_secs(3600);

struct Desk {
    core: Core,
    ship: FakeShip,
    seal: Seal,
    now: Now,
    /// Effects since the last look, as short words.
    told: Vec<String>,
    asks: Vec<Ask>,
    saves: Vec<Save>,
    shown: Vec<(u64, String, Rank)>,
    message: i64,
    update: i64,
    lang: &'static str,
}

fn list(search: &str) -> View {
    View::Services(services::View::List {
        filter: services::Filter::All,
        search: Some(search.into()),
        page: 0,
    })
}

fn start() -> Intent {
    Intent::Act(Act::Services(services::Act::Start(UnitName::parse("nginx").unwrap())))
}

impl Desk {
    fn new() -> Desk {
        let now = Now { at: Instant::now(), wall: "2026-11-22T12:00:00Z".parse().unwrap() };
        Desk {
            core: Core::starting_at(Timestamp::UNIX_EPOCH),
            ship: FakeShip::default(),
            seal: Seal::new(tokens::Key::fresh()),
            now,
            told: vec![],
            asks: vec![],
            saves: vec![],
            shown: vec![],
            message: 100,
            update: 0,
            lang: "en",
        }
    }

    fn with<T>(&mut self, f: impl FnOnce(&mut Core, &Ctx<'_>) -> T) -> T {
        let ctx = Ctx {
            ship: &self.ship,
            seal: &self.seal,
            now: self.now,
            down_max: Bytes(20_000_000),
            up_max: Bytes(50_000_000),
        };
        let result = f(&mut self.core, &ctx);
        for effect in self.core.effects() {
            self.take(effect);
        }
        result
    }

    fn take(&mut self, effect: Effect) {
        let word = match effect {
            Effect::Answer { toast, .. } => format!("answer {toast}").trim_end().to_owned(),
            Effect::Show { slot, content, rank, .. } => {
                self.shown.push((slot, content.html.clone(), rank));
                format!("show {slot}")
            }
            Effect::Adopt { slot, .. } => format!("adopt {slot}"),
            Effect::Bare(slot) => format!("bare {slot}"),
            Effect::Run(Errand::Line { content, .. }) => format!("line {}", content.html),
            Effect::Run(Errand::File { name, .. }) => format!("file {name}"),
            Effect::Run(Errand::Chore { tag, .. }) => tag,
            Effect::Run(errand) => format!("{errand:?}"),
            Effect::Opened(chat) => format!("opened {chat}"),
            Effect::Ask(ask) => {
                let word = match &ask.what {
                    What::View(_) => "ask view",
                    What::Act(_) => "ask act",
                    What::Confirm(_) => "ask confirm",
                    What::Fill(..) => "ask fill",
                    What::Command(_) => "ask command",
                    What::Incoming(..) => "ask incoming",
                    What::Files(_) => "ask files",
                };
                self.asks.push(*ask);
                word.to_owned()
            }
            Effect::Drop(ticket) => {
                self.asks.retain(|ask| ask.ticket != ticket);
                return;
            }
            Effect::LookUp { token, .. } => format!("look up {token}"),
            Effect::Learn(id) => format!("learn {id}"),
            Effect::LetGo(BlobId(id)) => format!("let go {id}"),
            Effect::Knock(knock) => format!("knock x{}", knock.attempts),
            Effect::Save(save) => {
                self.saves.push(save);
                return;
            }
        };
        self.told.push(word);
    }

    fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told).into_iter().filter(|word| !word.starts_with("menu ")).collect()
    }

    fn caller(&self, pilot: PilotId, group: bool) -> Caller {
        Caller {
            pilot,
            name: "Dre".into(),
            lang_tag: Some(self.lang.into()),
            chat: if group { ChatId(-5) } else { ChatId(pilot.0) },
            kind: if group { ChatKind::Group } else { ChatKind::Private },
        }
    }

    fn person(&mut self, pilot: PilotId, group: bool) -> Person {
        self.update += 1;
        let caller = self.caller(pilot, group);
        let role = if pilot == OWNER { Role::Owner } else { Role::Observer };
        let visitor =
            Visitor { name: "Dre".into(), reader: reader(role, Lang::from_tag(self.lang), caller.kind) };
        Person { caller, visitor, update: self.update }
    }

    fn types(&mut self, text: &str) {
        self.types_in(OWNER, false, text);
    }

    fn types_in(&mut self, pilot: PilotId, group: bool, text: &str) {
        let person = self.person(pilot, group);
        let text = Text { text: text.into(), reply_to: None };
        self.with(|core, ctx| core.heard(ctx, Heard::Typed(person, text)));
    }

    fn taps(&mut self, message: i64, intent: &Intent) {
        let codec::Encoded::Fits(data) = codec::encode(intent) else { panic!("too long") };
        self.taps_data(message, &data);
    }

    fn taps_data(&mut self, message: i64, data: &str) {
        let person = self.person(OWNER, false);
        let callback = format!("cb{}", self.update);
        let tap = Tap { callback, data: data.into(), message, photo: false, sent: None };
        self.with(|core, ctx| core.heard(ctx, Heard::Tap(person, tap)));
    }

    fn sends_file(&mut self, name: &str, size: u64) {
        let person = self.person(OWNER, false);
        let file = Attached {
            file_id: "f".into(),
            kind: FileKind::Document,
            name: name.into(),
            size: Some(Bytes(size)),
            caption: String::new(),
        };
        self.with(|core, ctx| core.heard(ctx, Heard::File(person, file)));
    }

    /// The ship answers the oldest question.
    fn answers(&mut self, answered: Answered) {
        let ask = self.asks.remove(0);
        self.with(|core, ctx| core.answered(ctx, ask.ticket, answered));
    }

    fn draws(&mut self) {
        self.draws_with(|_| ());
    }

    fn draws_with(&mut self, change: impl FnOnce(&mut Screen)) {
        let What::View(view) = &self.asks[0].what else { panic!("{:?}", self.asks[0].what) };
        let mut screen = self.ship.screen(view);
        change(&mut screen);
        self.answers(Answered::Screen(Box::new(screen)));
    }

    /// What was shown last is at Telegram.
    fn arrives(&mut self) -> i64 {
        let slot = self.shown.last().expect("something was shown").0;
        let known = self.core.bubbles.get(&slot).and_then(|bubble| bubble.actual.clone());
        let message = known.map_or_else(
            || {
                self.message += 1;
                self.message
            },
            |actual| actual.message,
        );
        self.arrived(slot, message);
        message
    }

    fn arrived(&mut self, slot: u64, message: i64) {
        let chat = self.core.bubbles.get(&slot).map_or(ChatId(OWNER.0), |bubble| bubble.caller.chat);
        let actual = Actual {
            message,
            kind: crate::telegram::outbox::Kind::Text,
            print: None,
            art: None,
            sent: self.now.wall,
        };
        let report = Report::Shown { slot: Slot::Bubble(slot), chat, actual };
        self.with(|core, ctx| core.reported(ctx, report));
    }

    /// A bubble that shows the home screen; its message.
    fn opens(&mut self) -> i64 {
        self.types("/start");
        self.answers(Answered::Answer(Answer::Show(View::HOME), None));
        self.draws();
        let message = self.arrives();
        self.told();
        message
    }

    fn passes(&mut self, time: Duration) -> Vec<String> {
        self.now.at += time;
        self.now.wall += time;
        if self.core.due().is_some_and(|due| due <= self.now.at) {
            self.with(|core, ctx| core.tick(ctx));
        }
        self.told()
    }

    fn due(&self) -> u64 {
        (self.core.due().expect("something comes by itself") - self.now.at).as_millis() as u64
    }

    fn changed(&mut self, topic: Topic) -> Vec<String> {
        self.with(|core, ctx| core.changed(ctx, &topic));
        self.told()
    }

    fn last(&self) -> &str {
        &self.shown.last().expect("something was shown").1
    }
}

#[test]
fn a_live_screen_is_asked_for_at_most_each_two_seconds_and_ends_with_a_button_to_go_on() {
    for (group, gap) in [(false, 2000), (true, 3000)] {
        let mut desk = Desk::new();
        desk.types_in(OWNER, group, "/start");
        desk.answers(Answered::Answer(Answer::Show(View::HOME), None));
        desk.draws_with(|screen| screen.live = true);
        desk.arrives();
        desk.told();
        assert_eq!(desk.changed(Topic::Audit), [""; 0], "not one of its topics");
        assert_eq!(desk.changed(Topic::Services), [""; 0], "drawn just now");
        assert_eq!(desk.due(), gap);
        assert_eq!(desk.passes(Duration::from_millis(gap)), ["ask view"]);
        for _ in 0..5 {
            assert_eq!(desk.changed(Topic::Services), [""; 0], "one question at a time");
        }
        desk.draws();
        assert_eq!(desk.shown.last().unwrap().2, Rank::Live);
        assert!(desk.last().contains("● live"));
        desk.told();
        assert_eq!(desk.due(), gap, "what changed meanwhile is not forgotten");
        desk.passes(Duration::from_millis(gap));
        desk.draws();
        desk.told();
        assert_eq!(desk.passes(S(120)), ["ask view"], "one last time");
        desk.draws();
        assert!(!desk.last().contains("● live"));
        assert_eq!(desk.core.due(), None);
        desk.told();
        assert_eq!(desk.changed(Topic::Services), [""; 0]);
    }
}

#[test]
fn live_is_left_by_going_elsewhere_and_kept_by_a_refresh() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    let live = |desk: &Desk| desk.core.bubbles.values().next().unwrap().live();
    desk.taps(bubble, &Intent::Live(View::HOME));
    desk.draws();
    desk.arrives();
    assert_eq!(live(&desk), crate::screen::html::Live::On);
    desk.taps(bubble, &Intent::View(View::HOME));
    desk.draws();
    assert_eq!(live(&desk), crate::screen::html::Live::On);
    desk.taps(bubble, &Intent::View(list("a")));
    desk.draws();
    assert_eq!(live(&desk), crate::screen::html::Live::Off);
}

#[test]
fn who_is_no_longer_one_of_us_sees_no_redraw() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    desk.taps(bubble, &Intent::Live(View::HOME));
    desk.draws();
    desk.ship.world.lock().unwrap().fired = true;
    desk.told();
    desk.passes(S(5));
    assert_eq!(desk.changed(Topic::Services), [""; 0]);
    assert_eq!(desk.passes(S(300)), [""; 0]);
}

#[test]
fn a_newer_tap_drops_the_older_question() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    for n in 0..9 {
        desk.taps(bubble, &Intent::View(list(&n.to_string())));
    }
    assert_eq!(desk.asks.len(), 1);
    assert_eq!(desk.told().iter().filter(|word| *word == "answer").count(), 9);
    desk.draws();
    assert!(desk.last().contains("&quot;8&quot;"));
}

#[test]
fn the_second_half_of_a_double_tap_is_answered_and_does_nothing() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    desk.taps(bubble, &start());
    desk.taps(bubble, &start());
    assert_eq!(desk.told(), ["answer", "ask act", "answer"]);
    desk.answers(Answered::Answer(Answer::Show(View::HOME), None));
    desk.taps(bubble, &start());
    assert_eq!(desk.told(), ["ask view", "answer", "ask act"], "afterwards it is a new wish");
}

#[test]
fn an_act_is_never_dropped_and_its_refusal_stands_above_the_screen_until_the_next_tap() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    desk.taps(bubble, &start());
    desk.taps(bubble, &Intent::View(list("x")));
    assert_eq!(desk.asks.len(), 2);
    desk.answers(Answered::Answer(
        Answer::Refused { why: "port 80 is taken".into(), next: View::HOME },
        None,
    ));
    desk.draws();
    assert!(desk.last().contains("✖ port 80 is taken"));
    desk.taps(bubble, &Intent::Live(View::HOME));
    desk.draws();
    assert!(!desk.last().contains("taken"));
}

#[test]
fn the_outcome_of_an_act_is_shown_even_when_its_bubble_is_history() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    desk.taps(bubble, &start());
    desk.types("/start");
    let act = desk.asks.remove(0);
    desk.answers(Answered::Answer(Answer::Show(View::HOME), None));
    desk.draws();
    desk.arrives();
    assert!(desk.told().contains(&"bare 1".to_owned()));
    desk.asks.insert(0, act);
    desk.answers(Answered::Answer(Answer::Refused { why: "no".into(), next: View::HOME }, None));
    desk.draws();
    assert_eq!(desk.shown.last().unwrap().0, 3, "a new one below");
}

#[test]
fn a_question_ends_by_itself_and_is_never_redrawn() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    desk.taps(bubble, &start());
    let screen = Box::new(Screen { blocks: vec![Block::text("Sure?")], live: true, ..Screen::default() });
    let until = desk.now.wall + S(60);
    desk.answers(Answered::Answer(Answer::Question { screen, back: list("back"), until }, None));
    assert!(desk.last().contains("Sure?"));
    desk.told();
    assert_eq!(desk.changed(Topic::Services), [""; 0]);
    assert_eq!(desk.due(), 60_000);
    assert_eq!(desk.passes(S(60)), ["ask view"]);
    desk.draws();
    assert!(desk.last().contains("back"));
    assert_eq!(desk.core.due(), None);
}

#[test]
fn a_prompt_ends_by_time_by_any_tap_and_by_another_command() {
    let ask = |desk: &mut Desk| {
        let bubble = desk.opens();
        desk.taps(bubble, &Intent::View(list("x")));
        desk.draws_with(|screen| {
            screen.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "a name".into() });
        });
        assert!(desk.last().contains("✎ a name"));
        desk.arrives();
        desk.told();
        bubble
    };
    let mut desk = Desk::new();
    ask(&mut desk);
    assert_eq!(desk.due(), 300_000);
    assert_eq!(desk.passes(S(300)), ["ask view"], "the screen that asked, without the question");
    desk.draws_with(|screen| {
        screen.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "a name".into() });
    });
    assert!(!desk.last().contains('✎'));
    desk.types("nginx");
    assert_eq!(desk.told().last().unwrap(), "ask command", "too late to be an answer");

    let mut desk = Desk::new();
    let bubble = ask(&mut desk);
    desk.taps(bubble, &Intent::View(View::HOME));
    desk.draws();
    desk.types("nginx");
    assert_eq!(desk.told().last().unwrap(), "ask command");

    let mut desk = Desk::new();
    ask(&mut desk);
    desk.types("/status");
    desk.types("nginx");
    assert_eq!(desk.told(), ["ask command", "ask command"]);

    let mut desk = Desk::new();
    ask(&mut desk);
    desk.types("a");
    desk.types("b");
    assert_eq!(desk.told(), ["ask fill"], "one answer at a time");
    desk.answers(Answered::Filled(Filled::Wrong("no <such> unit".into()), None));
    desk.draws_with(|screen| {
        screen.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "a name".into() });
    });
    assert!(desk.last().contains("✖ no &lt;such&gt; unit") && desk.last().contains("✎ a name"));
    desk.told();
    desk.types("c");
    desk.answers(Answered::Filled(Filled::Done(Answer::Show(list("c"))), None));
    desk.draws();
    desk.arrives();
    assert!(desk.told().iter().any(|word| word.starts_with("bare")), "answered below");
    assert_eq!(desk.core.due(), None, "nothing is waited for any more");
}

#[test]
fn strangers_are_told_once_and_recorded_once_an_hour() {
    let mut desk = Desk::new();
    let knocks = |desk: &mut Desk, how: Knocked| {
        let caller = desk.caller(STRANGER, matches!(how, Knocked::Called));
        desk.with(|core, ctx| core.heard(ctx, Heard::Stranger { caller, how }));
        desk.told()
    };
    assert_eq!(knocks(&mut desk, Knocked::Wrote), ["line This is a private bot.", "knock x1"]);
    assert_eq!(knocks(&mut desk, Knocked::Wrote), [""; 0]);
    assert_eq!(knocks(&mut desk, Knocked::Tapped { callback: "x".into() }), [""; 0]);
    desk.passes(HOUR);
    assert_eq!(knocks(&mut desk, Knocked::Called), ["knock x3"]);
    for n in 0..1500 {
        desk.passes(S(1));
        let caller = desk.caller(PilotId(10_000 + n), false);
        desk.with(|core, ctx| core.heard(ctx, Heard::Stranger { caller, how: Knocked::Wrote }));
    }
    assert_eq!(desk.core.strangers.len(), 1000);
    assert!(desk.saves.contains(&Save::DropStranger(STRANGER)), "seen longest ago");

    desk.lang = "id";
    let caller = desk.caller(PilotId(7), true);
    let tapped = Heard::Stranger { caller, how: Knocked::Tapped { callback: "x".into() } };
    desk.told();
    desk.with(|core, ctx| core.heard(ctx, tapped));
    assert_eq!(
        desk.told(),
        ["answer Ini bot pribadi.", "knock x1"],
        "a toast where a line would be read by all"
    );
}

#[test]
fn a_menu_is_set_once_and_again_when_language_or_role_change() {
    let mut desk = Desk::new();
    let menus = |desk: &mut Desk| {
        desk.types("hi");
        let set = desk.told.iter().filter(|word| word.starts_with("menu ")).count();
        desk.told();
        set
    };
    assert_eq!(menus(&mut desk), 1);
    let tag = format!("menu {} {}", OWNER, OWNER);
    desk.with(|core, ctx| core.reported(ctx, Report::Done { tag: tag.clone() }));
    assert!(matches!(desk.saves.last(), Some(Save::Menu { .. })));
    assert_eq!(menus(&mut desk), 0);
    desk.passes(HOUR);
    assert_eq!(menus(&mut desk), 0);
    desk.lang = "id";
    assert_eq!(menus(&mut desk), 1);
}

#[test]
fn questions_about_several_files_wait_side_by_side() {
    let mut desk = Desk::new();
    desk.opens();
    let until = desk.now.wall + S(60);
    let mut messages = vec![];
    for n in 0..3 {
        desk.sends_file(&format!("{n}.jpg"), 100);
        let screen = Box::new(Screen { blocks: vec![Block::text("Keep?")], ..Screen::default() });
        desk.answers(Answered::Answer(Answer::Question { screen, back: View::HOME, until }, None));
        messages.push(desk.arrives());
    }
    let bare: Vec<String> = desk.told().into_iter().filter(|word| word.starts_with("bare")).collect();
    assert_eq!(bare, ["bare 1"], "only what was there before the files");
    desk.taps(messages[0], &Intent::View(list("kept")));
    desk.draws();
    assert_eq!(desk.shown.last().unwrap().0, 2);
}

#[test]
fn what_telegram_will_not_carry_is_told_beforehand() {
    let mut desk = Desk::new();
    desk.opens();
    desk.sends_file("a <big> one.iso", 45_000_000);
    let told = desk.told();
    assert!(told[0].starts_with("line a &lt;big&gt; one.iso is 42.9 MiB"), "{told:?}");
    let file = || Attachment { blob: BlobId(1), caption: String::new() };
    let answer = |size| {
        let meta = BlobMeta { name: "../x/backup.tar".into(), size_bytes: size };
        Answered::Answer(Answer::File { file: file(), next: View::HOME }, Some(meta))
    };
    desk.types("/get");
    desk.answers(answer(Some(50_000_001)));
    desk.draws();
    assert!(desk.last().contains("takes at most"), "{}", desk.last());
    desk.told();
    desk.types("/get");
    desk.answers(answer(Some(49_000_000)));
    assert!(desk.told().contains(&"file .._x_backup.tar".to_owned()));
    desk.draws();
    let number = *desk.core.files.keys().next().unwrap();
    let result = Err(Failure::Server(502));
    desk.with(|core, ctx| core.reported(ctx, Report::Filed { number, result }));
    desk.draws();
    assert!(desk.last().contains("could not be sent: Telegram is out of reach"), "{}", desk.last());
    desk.types("/get");
    desk.answers(Answered::Answer(Answer::File { file: file(), next: View::HOME }, None));
    desk.draws();
    assert!(desk.last().contains("no longer at hand"));
}

#[test]
fn an_older_bubble_that_arrives_late_is_history_at_once() {
    let mut desk = Desk::new();
    for _ in 0..2 {
        desk.types("/start");
        desk.answers(Answered::Answer(Answer::Show(View::HOME), None));
        desk.draws();
    }
    desk.told();
    desk.arrived(2, 202);
    assert_eq!(desk.told(), [""; 0]);
    desk.arrived(1, 201);
    assert_eq!(desk.told(), ["bare 1"]);
    assert_eq!(desk.core.living[&ChatId(OWNER.0)], 2);
}

#[test]
fn a_ship_that_never_answers_is_told_and_too_many_questions_are_refused() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    desk.taps(bubble, &Intent::View(list("x")));
    desk.answers(Answered::Late);
    assert!(desk.last().contains("No answer in time"));
    desk.taps(bubble, &start());
    desk.answers(Answered::Late);
    desk.draws();
    assert!(desk.last().contains("✖ No answer in time"));
    desk.told();
    for _ in 0..100 {
        desk.types("/slow");
    }
    assert_eq!(desk.asks.len(), ASKS_MAX);
    desk.taps(bubble, &Intent::View(View::HOME));
    assert_eq!(desk.told().last().unwrap(), "answer Too much at once. Try again in a moment.");
}

#[test]
fn a_tap_that_overtakes_telegrams_word_belongs_to_the_bubble_under_way() {
    let mut desk = Desk::new();
    let old = desk.opens();
    desk.types("/start");
    desk.answers(Answered::Answer(Answer::Show(View::HOME), None));
    desk.draws();
    desk.told();
    desk.taps(old + 1, &Intent::View(list("ngi")));
    assert_eq!(desk.told(), ["answer", "ask view"], "the new bubble, whose number is not known yet");
    desk.draws();
    desk.told();
    assert_eq!(desk.arrives(), old + 1);
    assert_eq!(desk.told(), ["bare 1"], "of the bubble before it alone");
    assert_eq!(desk.core.bubbles.len(), 1);
    desk.taps(old - 1, &Intent::View(View::HOME));
    assert!(desk.told().contains(&"adopt 3".to_owned()), "an old message is one of its own");
}

#[test]
fn blocked_and_moved_chats_are_cleared_and_open_again_with_the_next_word() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    let chat = ChatId(OWNER.0);
    desk.with(|core, ctx| core.reported(ctx, Report::Closed { chat }));
    assert!(desk.core.bubbles.is_empty() && desk.core.messages.is_empty() && desk.core.living.is_empty());
    desk.taps(bubble, &Intent::View(View::HOME));
    assert_eq!(desk.told(), ["opened 1001", "answer", "adopt 2", "ask view"]);
    desk.with(|core, ctx| core.reported(ctx, Report::Moved { from: chat, to: ChatId(-100) }));
    assert!(desk.core.bubbles.is_empty() && desk.asks.is_empty());
}

#[test]
fn what_an_earlier_run_left_goes_on_and_what_ended_meanwhile_is_told() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    desk.taps(bubble, &Intent::Live(list("live")));
    desk.draws();
    desk.arrives();
    let row = desk.saves.iter().rev().find_map(|save| match save {
        Save::Bubble(row) => Some((**row).clone()),
        _ => None,
    });
    let row = row.expect("kept");
    assert!(row.lease.is_some() && row.actual.is_some());
    for (away, want) in [(S(60), vec!["adopt 1", "ask view"]), (HOUR, vec!["adopt 1"])] {
        let mut later = Desk::new();
        later.now.wall += away;
        let kept = Kept { bubbles: vec![row.clone()], ..Kept::default() };
        later.with(|core, ctx| core.restore(ctx, kept));
        assert_eq!(later.told(), want);
        if away == HOUR {
            assert_eq!(later.passes(S(0)), ["ask view"], "over: drawn once more, with the button to go on");
        }
        later.draws();
        assert!(later.last().contains("live"), "{}", later.last());
        assert_eq!(later.last().contains("● live"), away == S(60));
    }
}

#[test]
fn a_store_that_answers_late_takes_nothing_from_whom_is_here_already() {
    let mut desk = Desk::new();
    desk.core = Core::starting_at(desk.now.wall);
    desk.opens();
    let old = BubbleRow {
        slot: 7,
        caller: desk.caller(OWNER, false),
        view: View::HOME,
        actual: Some(Actual {
            message: 50,
            kind: crate::telegram::outbox::Kind::Text,
            print: None,
            art: None,
            sent: desk.now.wall,
        }),
        head: None,
        lease: None,
        question: None,
        used: desk.now.wall,
    };
    let living = desk.core.living.clone();
    let kept = Kept { bubbles: vec![old], ..Kept::default() };
    desk.with(|core, ctx| core.restore(ctx, kept));
    assert_eq!(desk.told(), ["adopt 7", "bare 7"]);
    assert_eq!(desk.core.living, living);
}

#[test]
fn bubbles_are_remembered_within_bounds() {
    let mut desk = Desk::new();
    for n in 0..700 {
        let caller = desk.caller(PilotId(n), false);
        desk.with(|core, ctx| {
            core.open(&caller, ctx.now.at);
        });
    }
    assert!(desk.core.bubbles.len() <= BUBBLES_MAX);
    for n in 0..2500 {
        desk.core.learned(ChatId(1), n, None);
    }
    assert_eq!(desk.core.messages.len(), NOTICES_MAX);
}

#[derive(Debug, Clone)]
enum Do {
    Type(String),
    Tap(usize, usize),
    Answer(usize, usize),
    Arrive(usize),
    Lose(usize),
    Pass(u64),
    Change,
    Observer,
}

fn steps() -> impl Strategy<Value = Vec<Do>> {
    let text = prop::sample::select(vec!["/start", "/cancel", "hi", "/restart x", "/x@other_bot", "💥"]);
    let step = prop_oneof![
        text.prop_map(|text| Do::Type(text.into())),
        (0..6usize, 0..8usize).prop_map(|(message, intent)| Do::Tap(message, intent)),
        (0..6usize, 0..8usize).prop_map(|(ask, how)| Do::Answer(ask, how)),
        (0..6usize).prop_map(Do::Arrive),
        (0..6usize).prop_map(Do::Lose),
        (0..200u64).prop_map(Do::Pass),
        Just(Do::Change),
        Just(Do::Observer),
    ];
    prop::collection::vec(step, 0..60)
}

fn intent(n: usize) -> String {
    let intents = [
        Intent::View(View::HOME),
        Intent::View(list("x")),
        Intent::Live(list("x")),
        Intent::File(View::HOME),
        start(),
        Intent::Confirm(crate::domain::Nonce::random()),
    ];
    match intents.get(n).map(codec::encode) {
        Some(codec::Encoded::Fits(data)) => data,
        _ => "nonsense".into(),
    }
}

fn answered(what: &What, how: usize, desk: &Desk) -> Answered {
    let answer = match how {
        0 => Answer::Show(list("y")),
        1 => Answer::Refused { why: "no".into(), next: View::HOME },
        2 => {
            let until = desk.now.wall + S(60);
            Answer::Question { screen: Box::default(), back: View::HOME, until }
        }
        3 => Answer::File { file: Attachment { blob: BlobId(1), caption: String::new() }, next: View::HOME },
        _ => return Answered::Late,
    };
    match what {
        What::View(view) => {
            let mut screen = desk.ship.screen(view);
            screen.live = how == 4;
            screen.prompt = (how == 5).then(|| Prompt { hole: Hole::ServicesSearch, hint: "x".into() });
            Answered::Screen(Box::new(screen))
        }
        What::Fill(..) => Answered::Filled(Filled::Done(answer), None),
        What::Files(_) => Answered::Files(Err("no".into())),
        _ => Answered::Answer(answer, None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_taps_are_answered_and_the_books_agree(steps in steps()) {
        let mut desk = Desk::new();
        let mut taps = 0;
        let mut answers = 0;
        for step in steps {
            match step {
                Do::Type(text) => desk.types(&text),
                Do::Observer => desk.types_in(OBSERVER, true, "/start"),
                Do::Tap(message, n) => {
                    taps += 1;
                    desk.taps_data(100 + message as i64, &intent(n));
                }
                Do::Answer(n, how) if n < desk.asks.len() => {
                    let ask = desk.asks.remove(n);
                    let answered = answered(&ask.what, how, &desk);
                    desk.with(|core, ctx| core.answered(ctx, ask.ticket, answered));
                }
                Do::Arrive(n) if n < desk.shown.len() => {
                    let slot = desk.shown[n].0;
                    desk.arrived(slot, 100 + n as i64);
                }
                Do::Lose(n) if n < desk.shown.len() => {
                    let slot = Slot::Bubble(desk.shown[n].0);
                    let lost = Report::Lost { slot, why: Failure::Gone };
                    desk.with(|core, ctx| core.reported(ctx, lost));
                }
                Do::Pass(s) => {
                    answers += desk.told().iter().filter(|word| word.starts_with("answer")).count();
                    desk.passes(S(s));
                }
                Do::Change => drop(desk.changed(Topic::Services)),
                _ => {}
            }
            answers += desk.told().iter().filter(|word| word.starts_with("answer")).count();
            prop_assert_eq!(taps, answers, "each tap is answered once, at once");
            let core = &desk.core;
            for (chat, slot) in &core.living {
                prop_assert_eq!(core.bubbles[slot].caller.chat, *chat);
            }
            for asking in core.prompts.values() {
                prop_assert!(core.bubbles.contains_key(&asking.slot));
            }
            for (slot, bubble) in &core.bubbles {
                if let Some(ticket) = bubble.asking {
                    prop_assert_eq!(core.asks[&ticket].slot, *slot);
                }
            }
            for seen in core.messages.values() {
                if let Seen::Bubble(slot) = seen {
                    prop_assert!(core.bubbles.contains_key(slot));
                }
            }
            // What is due is in the future once it was looked at.
            let due = core.due();
            desk.passes(S(0));
            prop_assert!(due.is_none() || desk.core.due() != due || due > Some(desk.now.at));
        }
    }
}
