//! What comes late, out of order or from an earlier run, and the bounds of what is remembered.

use super::*;

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
