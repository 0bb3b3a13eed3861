//! Whatever happens, in whatever order: each tap is answered once, and the books agree with each other.

use super::*;

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
