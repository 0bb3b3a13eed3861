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
#[path = "late_tests.rs"]
mod late;
#[path = "people_tests.rs"]
mod people;
#[path = "props.rs"]
mod props;
#[path = "screen_tests.rs"]
mod screens;

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
