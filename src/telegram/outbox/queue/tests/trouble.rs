//! A line, a server or a chat in trouble: what is tried again, kept, given up, and in which order.

use super::*;

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
fn a_late_notice_says_so() {
    let mut desk = Desk::new();
    let late = Some((desk.now.at, Arc::new(Content::line("n, late"))));
    let what = What::Content { content: Arc::new(Content::line("n")), late };
    desk.queue.want(Slot::Notice(1), CHAT, what, Rank::Notice, 1, desk.now.at);
    assert_eq!(desk.pump(), ["send 5 n, late"]);
    assert_eq!(desk.works(), [""; 0], "delivered once, not edited to say it was on time");
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
