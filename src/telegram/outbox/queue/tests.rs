//! The queue alone: a simulated clock, every request answered by the test.

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

#[test]
fn an_answer_and_an_edit_leave_together() {
    let mut desk = Desk::new();
    desk.shows(1, "home");
    desk.queue.answer("a".into(), String::new(), desk.now.at);
    assert_eq!(desk.pump(), ["answer a \"\"", "send 5 home"]);
}

#[test]
fn the_newest_content_wins_and_unchanged_ones_are_not_sent() {
    let mut desk = Desk::new();
    desk.shows(1, "one");
    assert_eq!(desk.pump(), ["send 5 one"]);
    for text in ["two", "three", "four"] {
        desk.shows(1, text);
        assert_eq!(desk.pump(), [""; 0], "one request at a time for one message");
    }
    assert_eq!(desk.works(), ["text 101 four"]);
    assert_eq!(desk.edits(), [""; 0]);
    desk.shows(1, "four");
    assert_eq!(desk.pump(), [""; 0], "it shows that already");
    desk.shows(1, "five");
    desk.pump();
    assert_eq!(desk.ends(Err(Failure::NotModified)), [""; 0], "harmless where it happens");
    assert_eq!(desk.queue.waiting(), 0);
    let shown = |report: &Report| matches!(report, Report::Shown { actual, .. } if actual.message == 101);
    assert!(desk.told().iter().all(shown));
}

#[test]
fn answers_go_before_notices_before_results_before_redraws() {
    let mut desk = Desk::new();
    for chat in 0..4 {
        desk.queue.chat(ChatId(chat), desk.now.at).busy = true;
    }
    let line = |text: &str| Content::line(text);
    desk.wants(Slot::Bubble(1), ChatId(0), line("live"), Rank::Live);
    desk.wants(Slot::Bubble(2), ChatId(1), line("result"), Rank::Result);
    desk.wants(Slot::Notice(1), ChatId(2), line("notice 1"), Rank::Notice);
    desk.wants(Slot::Notice(2), ChatId(3), line("notice 2"), Rank::Notice);
    desk.wants(Slot::Notice(1), ChatId(2), line("notice 1, newer"), Rank::Notice);
    desk.queue.answer("a".into(), "no".into(), desk.now.at);
    assert_eq!(desk.pump(), ["answer a \"no\""]);
    for chat in 0..4 {
        desk.queue.chat(ChatId(chat), desk.now.at).busy = false;
    }
    assert_eq!(
        desk.pump(),
        ["send 2 notice 1, newer", "send 3 notice 2", "send 1 result", "send 0 live"],
        "a merged notice keeps its place"
    );
}

#[test]
fn a_chat_is_paced_and_redraws_leave_room_for_its_pilots() {
    let mut desk = Desk::new();
    desk.shows(1, "0");
    desk.pump();
    desk.works();
    let mut sent_at = vec![];
    for n in 1..23 {
        desk.shows(1, &n.to_string());
        if desk.pump().is_empty() {
            desk.waits();
        }
        sent_at.push((desk.now.wall.as_millisecond() as f64 / 1000.0).round());
        desk.edits();
    }
    assert_eq!(sent_at[..19], [0.0; 19]);
    assert_eq!(sent_at[19..], [1.0, 2.0, 3.0]);
    desk.wants(Slot::Bubble(1), CHAT, Content::line("redrawn"), Rank::Live);
    desk.pump();
    assert_eq!(desk.waits(), (3000, vec!["text 101 redrawn".to_owned()]), "not from the last of the burst");
}

#[test]
fn thirty_a_second_in_all_and_a_group_twenty_a_minute() {
    let mut desk = Desk::new();
    for n in 0..40 {
        desk.wants(Slot::Bubble(n), ChatId(100 + n as i64), Content::line("x"), Rank::Result);
    }
    let mut sent = desk.pump().len();
    while !desk.jobs.is_empty() {
        sent += desk.works().len();
    }
    assert_eq!(sent, 30);
    let (ms, more) = desk.waits();
    assert_eq!((ms, more.len()), (33, 1));

    let mut desk = Desk::new();
    let group = ChatId(-5);
    let mut at = vec![];
    for n in 0..8 {
        desk.wants(Slot::Bubble(1), group, Content::line(&n.to_string()), Rank::Result);
        if desk.pump().is_empty() {
            desk.waits();
        }
        at.push((desk.now.wall.as_millisecond() as f64 / 1000.0).round());
        desk.works();
    }
    assert_eq!(at, [0.0, 0.0, 0.0, 0.0, 0.0, 3.0, 6.0, 9.0]);
}

#[test]
fn a_chat_that_is_slowed_down_holds_up_nobody_else() {
    let mut desk = Desk::new();
    desk.shows(1, "x");
    desk.pump();
    assert_eq!(desk.ends(Err(Failure::TooMany(S(7)))), [""; 0]);
    desk.wants(Slot::Bubble(2), OTHER, Content::line("y"), Rank::Result);
    assert_eq!(desk.pump(), ["send 6 y"]);
    assert_eq!(desk.works(), [""; 0], "a success elsewhere does not shorten the pause");
    desk.queue.awake();
    assert_eq!(desk.passes(Duration::from_millis(6999)), [""; 0]);
    assert_eq!(desk.passes(Duration::from_millis(1)), ["send 5 x"]);
}

#[test]
fn what_passes_is_tried_again_until_it_is_too_old() {
    let mut desk = Desk::new();
    desk.shows(1, "x");
    desk.wants(Slot::Notice(1), OTHER, Content::line("n"), Rank::Notice);
    desk.pump();
    let (mut waited, mut sent) = (0, 2);
    while waited < 130_000 {
        while !desk.jobs.is_empty() {
            desk.ends(down());
        }
        let (ms, started) = desk.waits();
        assert!(ms <= 5000, "{ms}: back soon after the line is");
        waited += ms;
        sent += started.len();
    }
    assert!((50..90).contains(&sent), "{sent} requests in two minutes of silence");
    let lost: Vec<Slot> = desk
        .told()
        .iter()
        .filter_map(|report| match report {
            Report::Lost { slot, .. } => Some(*slot),
            _ => None,
        })
        .collect();
    assert_eq!(lost, [Slot::Bubble(1)], "a result is no use after two minutes; a notice is news for days");

    while !desk.jobs.is_empty() {
        desk.ends(down());
    }
    desk.queue.awake();
    assert_eq!(desk.pump(), ["send 6 n"], "at once when the line is back");
}

#[test]
fn a_server_with_a_problem_is_given_more_time() {
    let mut desk = Desk::new();
    desk.wants(Slot::Notice(1), CHAT, Content::line("n"), Rank::Notice);
    desk.pump();
    let waits: Vec<u64> = (0..9)
        .map(|_| {
            desk.ends(Err(Failure::Server(502)));
            desk.waits().0 / 100
        })
        .collect();
    assert!(waits[..7].is_sorted() && waits[8] > 200 && waits[8] <= 300, "{waits:?}");
}

#[test]
fn text_becomes_a_picture_in_place_and_a_picture_becomes_text_by_a_new_message() {
    let mut desk = Desk::new();
    desk.shows(1, "text");
    desk.pump();
    desk.works();
    desk.wants(Slot::Bubble(1), CHAT, picture("chart", 1), Rank::Result);
    assert_eq!(desk.pump(), ["media 101 chart"]);
    desk.ends(Ok(Sent { message: Some(101), photo: Some("id1".into()) }));
    desk.wants(Slot::Bubble(1), CHAT, picture("chart, other words", 1), Rank::Result);
    assert_eq!(desk.pump(), ["caption 101 chart, other words"]);
    desk.edits();
    desk.shows(1, "text again");
    assert_eq!(desk.pump(), ["send 5 text again"]);
    assert_eq!(desk.works(), ["delete 101"], "after the new one is there");
    desk.edits();
    desk.wants(Slot::Bubble(1), CHAT, picture("chart", 1), Rank::Result);
    assert_eq!(desk.pump(), ["media 102 chart by id1"], "Telegram has that picture");
    let messages: Vec<i64> = desk
        .told()
        .iter()
        .map(|report| match report {
            Report::Shown { actual, .. } => actual.message,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(messages, [101, 101, 101, 102]);
    let next = desk.ends(Err(Failure::FileUnknown));
    assert_eq!(next, ["media 102 chart"], "Telegram forgot it: drawn anew");
}

#[test]
fn a_picture_too_old_to_be_deleted_loses_its_buttons() {
    let mut desk = Desk::new();
    desk.wants(Slot::Bubble(1), CHAT, picture("chart", 1), Rank::Result);
    desk.pump();
    desk.works();
    desk.passes(S(48 * 3600));
    desk.shows(1, "text");
    assert_eq!(desk.pump(), ["send 5 text"]);
    assert_eq!(desk.works(), ["strip 101"]);
}

#[test]
fn a_message_that_is_gone_is_sent_anew_unless_nobody_asked() {
    let mut desk = Desk::new();
    for (rank, want) in [(Rank::Result, vec!["send 5 b"]), (Rank::Live, vec![])] {
        desk.queue.adopt(
            Slot::Bubble(rank as u64),
            CHAT,
            Actual { message: 7, kind: Kind::Text, print: None, art: None, sent: Timestamp::UNIX_EPOCH },
        );
        desk.wants(Slot::Bubble(rank as u64), CHAT, Content::line("b"), rank);
        assert_eq!(desk.pump(), ["text 7 b"]);
        assert_eq!(desk.ends(Err(Failure::Gone)), want);
        while !desk.jobs.is_empty() {
            desk.works();
        }
    }
    assert!(
        desk.told().contains(&Report::Lost { slot: Slot::Bubble(Rank::Live as u64), why: Failure::Gone })
    );
}

#[test]
fn history_loses_its_buttons_once_and_late_redraws_do_not_bring_them_back() {
    let mut desk = Desk::new();
    desk.shows(1, "x");
    desk.pump();
    desk.queue.bare(Slot::Bubble(1), desk.now.at);
    desk.wants(Slot::Bubble(1), CHAT, Content::line("late"), Rank::Live);
    assert_eq!(desk.works(), ["strip 101"]);
    desk.edits();
    assert_eq!((desk.queue.waiting(), desk.queue.posts.len()), (0, 0));
    desk.queue.bare(Slot::Bubble(9), desk.now.at);
    assert_eq!(desk.pump(), [""; 0]);
}

#[test]
fn a_blocked_chat_keeps_its_notices_for_when_it_opens() {
    let mut desk = Desk::new();
    desk.shows(1, "x");
    desk.shows(2, "y");
    desk.wants(Slot::Notice(1), CHAT, Content::line("n"), Rank::Notice);
    assert_eq!(desk.pump(), ["send 5 n"]);
    let blocked = || Err(Failure::Closed("blocked".into()));
    assert_eq!(desk.ends(blocked()), [""; 0]);
    assert_eq!(desk.told(), [Report::Closed { chat: CHAT }]);
    assert_eq!(desk.waits(), (3_600_000, vec!["send 5 n".to_owned()]), "looked at once an hour");
    desk.ends(blocked());
    desk.queue.opened(CHAT);
    assert_eq!(desk.pump(), ["send 5 n"]);
    desk.works();
    desk.shows(3, "z");
    assert_eq!(desk.pump(), ["send 5 z"]);
}

#[test]
fn a_group_that_moved_gets_its_message_there() {
    let mut desk = Desk::new();
    let (old, new) = (ChatId(-5), ChatId(-100));
    desk.wants(Slot::Bubble(1), old, Content::line("x"), Rank::Result);
    desk.pump();
    assert_eq!(desk.ends(Err(Failure::Moved(new))), ["send -100 x"]);
    assert_eq!(desk.told(), [Report::Moved { from: old, to: new }]);
}

#[test]
fn what_is_refused_is_sent_simpler_and_then_given_up() {
    let mut desk = Desk::new();
    let refused = |text: &str| Err(Failure::Refused(text.into()));
    desk.wants(Slot::Bubble(1), CHAT, picture("chart", 1), Rank::Result);
    desk.pump();
    assert_eq!(desk.ends(refused("PHOTO_INVALID_DIMENSIONS")), ["send 5 chart"]);
    assert_eq!(desk.ends(refused("no")), [""; 0]);
    assert_eq!(desk.told(), [Report::Lost { slot: Slot::Bubble(1), why: Failure::Refused("no".into()) }]);
    let entities = || Err(Failure::Entities("can't parse".into()));
    desk.wants(Slot::Bubble(2), CHAT, Content::tagged("<b>x</b> &lt;"), Rank::Result);
    assert_eq!(desk.pump(), ["send 5 <b>x</b> &lt;"]);
    assert_eq!(desk.ends(entities()), ["send 5 x &lt;"]);
    assert_eq!(desk.ends(entities()), [""; 0]);
    assert_eq!(desk.queue.waiting(), 0);
}

#[test]
fn a_late_notice_says_so() {
    let mut desk = Desk::new();
    let late = Some((desk.now.at, Arc::new(Content::line("n, late"))));
    let what = What::Content { content: Arc::new(Content::line("n")), late };
    desk.queue.want(Slot::Notice(1), CHAT, what, Rank::Notice, 1, desk.now.at);
    assert_eq!(desk.pump(), ["send 5 n, late"]);
    assert_eq!(desk.works(), [""; 0], "delivered once, not edited to say it was on time");
}

#[test]
fn fifty_taps_are_all_answered_a_few_at_a_time() {
    let mut desk = Desk::new();
    for n in 0..50 {
        desk.queue.answer(n.to_string(), String::new(), desk.now.at);
    }
    let mut answered = desk.pump();
    assert_eq!(answered.len(), ANSWERS_MAX);
    while !desk.jobs.is_empty() {
        answered.extend(desk.ends(Ok(Sent::default())));
    }
    assert_eq!(answered.len(), 50);
    desk.queue.answer("late".into(), String::new(), desk.now.at);
    desk.pump();
    let mut tries = 1;
    desk.ends(down());
    while desk.next.is_some() {
        let (_, again) = desk.waits();
        tries += again.len();
        if !again.is_empty() {
            desk.ends(down());
        }
    }
    assert!((30..40).contains(&tries), "{tries}: for fifteen seconds, then never again");
}

#[test]
fn a_file_on_its_way_does_not_hold_up_the_chat() {
    let mut desk = Desk::new();
    let file = |number| Errand::File {
        chat: CHAT,
        number,
        name: format!("f{number}"),
        data: crate::telegram::methods::UploadData::Blob(BlobId(1)),
        caption: String::new(),
    };
    desk.queue.errand(file(1), desk.now.at);
    desk.queue.errand(file(2), desk.now.at);
    desk.shows(1, "x");
    assert_eq!(desk.pump(), ["file 5 f1", "send 5 x"]);
    assert_eq!(desk.works(), ["file 5 f2"], "one upload at a time");
    desk.works();
    desk.ends(Err(Failure::TooLarge));
    let filed = desk.told();
    assert!(filed.contains(&Report::Filed { number: 1, result: Ok(()) }));
    assert!(filed.contains(&Report::Filed { number: 2, result: Err(Failure::TooLarge) }));
}

#[test]
fn a_refused_token_is_told() {
    let mut desk = Desk::new();
    desk.shows(1, "x");
    desk.pump();
    desk.ends(Err(Failure::Unauthorised));
    assert!(desk.told().contains(&Report::Refused));
}

#[test]
fn the_books_stay_short() {
    let mut desk = Desk::new();
    for n in 0..3000u64 {
        desk.wants(Slot::Bubble(n), ChatId(n as i64 + 1), Content::line("x"), Rank::Result);
        desk.passes(Duration::from_millis(40));
        while !desk.jobs.is_empty() {
            desk.works();
        }
    }
    desk.passes(S(10));
    assert!(desk.queue.posts.len() <= POSTS_KEPT + 1, "{}", desk.queue.posts.len());
    assert!(desk.queue.chats.len() <= CHATS_MAX + 1);
    assert!(desk.queue.photos.len() <= PHOTOS_MAX);
    for n in 0..600u64 {
        desk.queue.answer(n.to_string(), String::new(), desk.now.at);
        let content = Arc::new(Content::line("x"));
        desk.queue.errand(Errand::Line { chat: CHAT, content }, desk.now.at);
    }
    assert_eq!(
        (desk.queue.answers.len(), desk.queue.errands.len()),
        (ANSWERS_WAITING_MAX, ERRANDS_WAITING_MAX)
    );
}

#[test]
fn of_notices_that_wait_the_newest_are_kept_and_a_broken_file_says_that_it_goes_again() {
    let mut desk = Desk::new();
    for n in 1..=700 {
        desk.wants(Slot::Notice(n), CHAT, Content::line("n"), Rank::Notice);
    }
    assert_eq!(desk.queue.waiting(), NOTICES_MAX);
    assert!(
        !desk.queue.posts.contains_key(&Slot::Notice(200))
            && desk.queue.posts.contains_key(&Slot::Notice(201))
    );

    let mut desk = Desk::new();
    let file = Errand::File {
        chat: CHAT,
        number: 7,
        name: "f".into(),
        data: crate::telegram::methods::UploadData::Blob(BlobId(1)),
        caption: String::new(),
    };
    desk.queue.errand(file, desk.now.at);
    assert_eq!(desk.pump(), ["file 5 f"]);
    desk.ends(down());
    assert_eq!(desk.told(), [Report::SendingAgain { number: 7 }]);
    assert_eq!(desk.waits().1, ["file 5 f"]);
    desk.works();
    assert_eq!(desk.told(), [Report::Filed { number: 7, result: Ok(()) }]);
}

#[test]
fn notices_keep_their_order_over_an_outage_and_one_that_alone_is_refused_holds_up_nobody() {
    let server = || Err(Failure::Server(502));
    for failing in [down as fn() -> Result<Sent, Failure>, server] {
        let mut desk = Desk::new();
        desk.wants(Slot::Notice(1), CHAT, Content::line("first"), Rank::Notice);
        desk.wants(Slot::Notice(2), CHAT, Content::line("second"), Rank::Notice);
        assert_eq!(desk.pump(), ["send 5 first"]);
        for _ in 0..5 {
            assert_eq!(desk.ends(failing()), [""; 0], "the second does not overtake");
            assert_eq!(desk.waits().1, ["send 5 first"]);
        }
        assert_eq!(desk.works(), ["send 5 second"]);
        desk.works();
        assert_eq!(desk.queue.waiting(), 0);
    }

    let mut desk = Desk::new();
    desk.wants(Slot::Notice(1), CHAT, Content::line("odd"), Rank::Notice);
    desk.wants(Slot::Notice(2), CHAT, Content::line("second"), Rank::Notice);
    desk.pump();
    desk.ends(server());
    desk.passes(Duration::from_millis(10));
    desk.wants(Slot::Bubble(1), OTHER, Content::line("x"), Rank::Result);
    assert_eq!(desk.pump(), ["send 6 x"]);
    desk.passes(Duration::from_millis(10));
    assert_eq!(desk.works(), ["send 5 second"], "the line works: it is only the odd one");
}
