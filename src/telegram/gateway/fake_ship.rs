//! A ship with state, for tests: screens say which view they are and how often it was asked for.

use std::sync::{Arc, Mutex};

use jiff::{Timestamp, tz::TimeZone};
use tokio::sync::Notify;

use crate::{
    bridge::ship::{
        Answer, Answering, Caller, Command, Filled, Incoming, Knock, Ship, Typed, Visit, Visitor,
    },
    domain::{Blobs, ChatKind, Lang, Nonce, PilotId, Reader, Role, Theme},
    intent::{Act, Hole, Intent, View, services},
    screen::{Block, Button, Screen, Topic},
};

pub const OWNER: PilotId = PilotId(1001);
pub const OBSERVER: PilotId = PilotId(1002);
pub const STRANGER: PilotId = PilotId(666);

#[derive(Default)]
pub struct World {
    /// What was asked, in order: "view {..}", "act ..", "knock 666 x3".
    pub log: Vec<String>,
    /// What the next acts, commands, fills and files are answered with.
    pub answers: Vec<Answer>,
    pub wrong: Option<String>,
    /// What each view shows besides its own name.
    pub extra: Screen,
    pub fired: bool,
}

#[derive(Clone, Default)]
pub struct FakeShip {
    pub world: Arc<Mutex<World>>,
    pub blobs: Blobs,
    /// Views wait for it while it is set.
    pub hold: Arc<Mutex<Option<Arc<Notify>>>>,
}

pub fn reader(role: Role, lang: Lang, chat: ChatKind) -> Reader {
    Reader { lang, tz: TimeZone::UTC, role, theme: Theme::Dark, chat, now: Timestamp::UNIX_EPOCH }
}

impl FakeShip {
    pub fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.world.lock().unwrap().log)
    }

    fn note(&self, line: String) {
        self.world.lock().unwrap().log.push(line);
    }

    fn next(&self) -> Answer {
        let mut world = self.world.lock().unwrap();
        if world.answers.is_empty() { Answer::Show(View::HOME) } else { world.answers.remove(0) }
    }

    /// The screen of a view, as all views are drawn.
    pub fn screen(&self, view: &View) -> Screen {
        let name = serde_json::to_string(view).unwrap();
        let mut screen = self.world.lock().unwrap().extra.clone();
        screen.crumbs = vec!["potion".into(), name];
        screen.blocks.insert(0, Block::text("as it is"));
        screen.topics.push(Topic::Services);
        let unit = crate::domain::UnitName::parse("nginx").unwrap();
        screen.rows.push(vec![Button::act("Start", Act::Services(services::Act::Start(unit)))]);
        screen
    }
}

impl Ship for FakeShip {
    fn who(&self, caller: &Caller) -> Option<Visitor> {
        if self.world.lock().unwrap().fired {
            return None;
        }
        let lang = caller.lang_tag.as_deref().map_or(Lang::En, Lang::from_tag);
        let role = match caller.pilot {
            OWNER => Role::Owner,
            OBSERVER => Role::Observer,
            _ => return None,
        };
        Some(Visitor { name: "Dre".into(), reader: reader(role, lang, caller.kind) })
    }

    fn stranger<'a>(&'a self, knock: &'a Knock) -> Answering<'a, ()> {
        self.note(format!("knock {} x{}", knock.caller.pilot, knock.attempts));
        Box::pin(async {})
    }

    fn allows(&self, intent: &Intent, visit: &Visit) -> Result<(), String> {
        let role = match intent {
            Intent::Act(act) => act.role(),
            Intent::View(view) | Intent::Live(view) | Intent::File(view) => view.role(),
            Intent::Confirm(_) => Role::Pilot,
        };
        if visit.reader.role < role { Err("not for you".into()) } else { Ok(()) }
    }

    fn view<'a>(&'a self, view: &'a View, visit: &'a Visit) -> Answering<'a, Screen> {
        Box::pin(async move {
            self.note(format!("view {} for {}", serde_json::to_string(view).unwrap(), visit.op));
            let hold = self.hold.lock().unwrap().clone();
            if let Some(hold) = hold {
                hold.notified().await;
            }
            self.screen(view)
        })
    }

    fn act<'a>(&'a self, act: &'a Act, visit: &'a Visit) -> Answering<'a, Answer> {
        self.note(format!("act {} {} of {:?}", act.verb(), act.subject(), visit.update));
        Box::pin(async { self.next() })
    }

    fn confirm<'a>(&'a self, _: Nonce, visit: &'a Visit) -> Answering<'a, Answer> {
        self.note(format!("confirm of {:?}", visit.update));
        Box::pin(async { self.next() })
    }

    fn fill<'a>(&'a self, _: &'a Hole, text: &'a str, _: &'a Visit) -> Answering<'a, Filled> {
        self.note(format!("fill {text:?}"));
        let wrong = self.world.lock().unwrap().wrong.take();
        Box::pin(async move { wrong.map_or_else(|| Filled::Done(self.next()), Filled::Wrong) })
    }

    fn commands(&self, lang: Lang, role: Role) -> Vec<Command> {
        let command = |name: &str| Command { name: name.into(), about: format!("{name} in {}", lang.tag()) };
        let names: &[&str] = if role == Role::Owner { &["start", "reload"] } else { &["start"] };
        names.iter().map(|name| command(name)).collect()
    }

    fn command<'a>(&'a self, typed: &'a Typed, _: &'a Visit) -> Answering<'a, Answer> {
        self.note(format!("command {:?} {:?}", typed.command, typed.rest));
        Box::pin(async { self.next() })
    }

    fn incoming<'a>(&'a self, file: &'a Incoming, _: &'a Visit) -> Answering<'a, Answer> {
        Box::pin(async move {
            let at = file.at.as_ref().map(|view| serde_json::to_string(view).unwrap());
            self.note(format!("file {:?} {:?} {:?} at {at:?}", file.name, file.kind, file.caption));
            if file.caption == "keep" {
                let (_, mut stream) = self.blobs.open(file.blob).await.unwrap();
                let mut bytes = Vec::new();
                let read = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut bytes).await;
                self.note(format!("got {read:?} {}", bytes.len()));
            }
            if let Some(path) = file.caption.strip_prefix("keep:") {
                let (_, mut stream) = self.blobs.open(file.blob).await.unwrap();
                let mut kept = tokio::fs::File::create(path).await.unwrap();
                tokio::io::copy(&mut stream, &mut kept).await.unwrap();
                tokio::io::AsyncWriteExt::flush(&mut kept).await.unwrap();
            }
            self.next()
        })
    }
}
