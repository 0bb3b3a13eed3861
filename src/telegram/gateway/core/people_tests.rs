//! Strangers, menus, files people send, chats that are blocked or moved.

use super::*;

#[test]
fn strangers_are_told_once_and_recorded_once_an_hour() {
    let mut desk = Desk::new();
    let knocks = |desk: &mut Desk, how: Knocked| {
        let caller = desk.caller(STRANGER, matches!(how, Knocked::Called));
        desk.with(|core, ctx| core.heard(ctx, Heard::Stranger { caller, how }));
        desk.told()
    };
    assert_eq!(knocks(&mut desk, Knocked::Wrote), ["line This is a private bot.", "knock x1"]);
    assert_eq!(knocks(&mut desk, Knocked::Wrote), [""; 0]);
    assert_eq!(knocks(&mut desk, Knocked::Tapped { callback: "x".into() }), [""; 0]);
    desk.passes(HOUR);
    assert_eq!(knocks(&mut desk, Knocked::Called), ["knock x3"]);
    for n in 0..1500 {
        desk.passes(S(1));
        let caller = desk.caller(PilotId(10_000 + n), false);
        desk.with(|core, ctx| core.heard(ctx, Heard::Stranger { caller, how: Knocked::Wrote }));
    }
    assert_eq!(desk.core.strangers.len(), 1000);
    assert!(desk.saves.contains(&Save::DropStranger(STRANGER)), "seen longest ago");

    desk.lang = "id";
    let caller = desk.caller(PilotId(7), true);
    let tapped = Heard::Stranger { caller, how: Knocked::Tapped { callback: "x".into() } };
    desk.told();
    desk.with(|core, ctx| core.heard(ctx, tapped));
    assert_eq!(
        desk.told(),
        ["answer Ini bot pribadi.", "knock x1"],
        "a toast where a line would be read by all"
    );
}

#[test]
fn a_menu_is_set_once_and_again_when_language_or_role_change() {
    let mut desk = Desk::new();
    let menus = |desk: &mut Desk| {
        desk.types("hi");
        let set = desk.told.iter().filter(|word| word.starts_with("menu ")).count();
        desk.told();
        set
    };
    assert_eq!(menus(&mut desk), 1);
    let tag = format!("menu {} {}", OWNER, OWNER);
    desk.with(|core, ctx| core.reported(ctx, Report::Done { tag: tag.clone() }));
    assert!(matches!(desk.saves.last(), Some(Save::Menu { .. })));
    assert_eq!(menus(&mut desk), 0);
    desk.passes(HOUR);
    assert_eq!(menus(&mut desk), 0);
    desk.lang = "id";
    assert_eq!(menus(&mut desk), 1);
}

#[test]
fn questions_about_several_files_wait_side_by_side() {
    let mut desk = Desk::new();
    desk.opens();
    let until = desk.now.wall + S(60);
    let mut messages = vec![];
    for n in 0..3 {
        desk.sends_file(&format!("{n}.jpg"), 100);
        let screen = Box::new(Screen { blocks: vec![Block::text("Keep?")], ..Screen::default() });
        desk.answers(Answered::Answer(Answer::Question { screen, back: View::HOME, until }, None));
        messages.push(desk.arrives());
    }
    let bare: Vec<String> = desk.told().into_iter().filter(|word| word.starts_with("bare")).collect();
    assert_eq!(bare, ["bare 1"], "only what was there before the files");
    desk.taps(messages[0], &Intent::View(list("kept")));
    desk.draws();
    assert_eq!(desk.shown.last().unwrap().0, 2);
}

#[test]
fn what_telegram_will_not_carry_is_told_beforehand() {
    let mut desk = Desk::new();
    desk.opens();
    desk.sends_file("a <big> one.iso", 45_000_000);
    let told = desk.told();
    assert!(told[0].starts_with("line a &lt;big&gt; one.iso is 42.9 MiB"), "{told:?}");
    let file = || Attachment { blob: BlobId(1), caption: String::new() };
    let answer = |size| {
        let meta = BlobMeta { name: "../x/backup.tar".into(), size_bytes: size };
        Answered::Answer(Answer::File { file: file(), next: View::HOME }, Some(meta))
    };
    desk.types("/get");
    desk.answers(answer(Some(50_000_001)));
    desk.draws();
    assert!(desk.last().contains("takes at most"), "{}", desk.last());
    desk.told();
    desk.types("/get");
    desk.answers(answer(Some(49_000_000)));
    assert!(desk.told().contains(&"file .._x_backup.tar".to_owned()));
    desk.draws();
    let number = *desk.core.files.keys().next().unwrap();
    let result = Err(Failure::Server(502));
    desk.with(|core, ctx| core.reported(ctx, Report::Filed { number, result }));
    desk.draws();
    assert!(desk.last().contains("could not be sent: Telegram is out of reach"), "{}", desk.last());
    desk.types("/get");
    desk.answers(Answered::Answer(Answer::File { file: file(), next: View::HOME }, None));
    desk.draws();
    assert!(desk.last().contains("no longer at hand"));
}

#[test]
fn blocked_and_moved_chats_are_cleared_and_open_again_with_the_next_word() {
    let mut desk = Desk::new();
    let bubble = desk.opens();
    let chat = ChatId(OWNER.0);
    desk.with(|core, ctx| core.reported(ctx, Report::Closed { chat }));
    assert!(desk.core.bubbles.is_empty() && desk.core.messages.is_empty() && desk.core.living.is_empty());
    desk.taps(bubble, &Intent::View(View::HOME));
    assert_eq!(desk.told(), ["opened 1001", "answer", "adopt 2", "ask view"]);
    desk.with(|core, ctx| core.reported(ctx, Report::Moved { from: chat, to: ChatId(-100) }));
    assert!(desk.core.bubbles.is_empty() && desk.asks.is_empty());
}
