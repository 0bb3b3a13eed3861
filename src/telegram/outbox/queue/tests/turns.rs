//! Whose turn it is: pacing, and who goes before whom.

use super::*;

#[test]
fn an_answer_and_an_edit_leave_together() {
    let mut desk = Desk::new();
    desk.shows(1, "home");
    desk.queue.answer("a".into(), String::new(), desk.now.at);
    assert_eq!(desk.pump(), ["answer a \"\"", "send 5 home"]);
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
