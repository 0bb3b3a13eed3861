//! What becomes of a message: edited, sent anew, simpler, bare.

use super::*;

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
