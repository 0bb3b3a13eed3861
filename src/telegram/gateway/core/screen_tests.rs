//! Bubbles under taps, prompts and leases.

use super::*;

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
