//! The queue alone: a simulated clock, every request answered by the test.

mod shape;
mod trouble;
mod turns;

use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::{
    domain::BlobId,
    screen::Picture,
    telegram::{
        api::Sent,
        content::{Art, Content},
        outbox::{
            post::Kind,
            words::{Job, Now, Order},
        },
    },
};

const CHAT: ChatId = ChatId(5);
const OTHER: ChatId = ChatId(6);
const S: fn(u64) -> Duration = Duration::from_secs;

struct Desk {
    queue: Queue,
    now: Now,
    jobs: Vec<Job>,
    reports: Vec<Report>,
    next: Option<Instant>,
    message: i64,
}

impl Desk {
    fn new() -> Desk {
        let now = Now { at: Instant::now(), wall: Timestamp::UNIX_EPOCH };
        let queue = Queue::new(now.at, Dice::new(1));
        Desk { queue, now, jobs: vec![], reports: vec![], next: None, message: 100 }
    }

    fn pump(&mut self) -> Vec<String> {
        let (effects, next) = self.queue.pump(self.now);
        self.next = next;
        let before = self.jobs.len();
        self.take(effects);
        self.jobs[before..].iter().map(told).collect()
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Start(job) => self.jobs.push(job),
                Effect::Report(report) => self.reports.push(report),
            }
        }
    }

    /// The oldest request under way ends like this; what starts then.
    fn ends(&mut self, result: Result<Sent, Failure>) -> Vec<String> {
        let job = self.jobs.remove(0);
        let effects = self.queue.done(job.ticket, result, self.now);
        self.take(effects);
        self.pump()
    }

    fn works(&mut self) -> Vec<String> {
        self.message += 1;
        self.ends(Ok(Sent { message: Some(self.message), photo: Some(format!("photo{}", self.message)) }))
    }

    /// The line answers `true` where a message was edited by its id.
    fn edits(&mut self) -> Vec<String> {
        self.ends(Ok(Sent::default()))
    }

    fn passes(&mut self, time: Duration) -> Vec<String> {
        self.now.at += time;
        self.now.wall += time;
        self.pump()
    }

    /// Time passes until the queue wants to look again.
    fn waits(&mut self) -> (u64, Vec<String>) {
        let time = self.next.expect("something waits for its time") - self.now.at;
        (time.as_millis() as u64, self.passes(time))
    }

    fn shows(&mut self, slot: u64, text: &str) {
        self.wants(Slot::Bubble(slot), CHAT, Content::line(text), Rank::Result);
    }

    fn wants(&mut self, slot: Slot, chat: ChatId, content: Content, rank: Rank) {
        self.queue.want(slot, chat, What::ready(content), rank, 1, self.now.at);
    }

    fn told(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.reports)
    }
}

fn told(job: &Job) -> String {
    let html = |content: &Arc<Content>| content.html.clone();
    match &job.order {
        Order::Answer { callback, toast } => format!("answer {callback} {toast:?}"),
        Order::Step { chat, step, photo, .. } => {
            let photo = photo.as_ref().map(|id| format!(" by {id}")).unwrap_or_default();
            match step {
                Step::Send { content, .. } => format!("send {chat} {}{photo}", html(content)),
                Step::EditText { message, content } => format!("text {message} {}", html(content)),
                Step::EditMedia { message, content } => format!("media {message} {}{photo}", html(content)),
                Step::EditCaption { message, content } => format!("caption {message} {}", html(content)),
                Step::Strip { message } => format!("strip {message}"),
            }
        }
        Order::Errand(errand) => match errand {
            Errand::Line { chat, content } => format!("line {chat} {}", html(content)),
            Errand::File { chat, name, .. } => format!("file {chat} {name}"),
            Errand::Strip { message, .. } => format!("strip {message}"),
            Errand::Delete { message, .. } => format!("delete {message}"),
            Errand::Chore { tag, .. } => format!("chore {tag}"),
        },
    }
}

fn picture(text: &str, art: u8) -> Content {
    let art = Art { picture: Picture::Blob(BlobId(u64::from(art))), print: [art; 16] };
    Content::line(text).with_art(art)
}

fn down() -> Result<Sent, Failure> {
    Err(Failure::Unreachable("no route".into()))
}
