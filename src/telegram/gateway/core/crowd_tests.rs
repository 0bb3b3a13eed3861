//! Prompts where several people share a bubble, and what is told of files on their way.

use super::*;

impl Desk {
    fn asks_in_group(&mut self) -> i64 {
        self.types_in(OWNER, true, "/start");
        self.answers(Answered::Answer(Answer::Show(list("")), None));
        self.draws_with(|screen| {
            screen.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "a name".into() });
        });
        let bubble = self.arrives();
        self.told();
        bubble
    }

    fn replies_in_group(&mut self, pilot: PilotId, to: i64, text: &str) {
        let person = self.person(pilot, true);
        let text = Text { text: text.into(), reply_to: Some(to) };
        self.with(|core, ctx| core.heard(ctx, Heard::Typed(person, text)));
    }

    fn taps_in_group(&mut self, pilot: PilotId, message: i64, intent: &Intent) {
        let codec::Encoded::Fits(data) = codec::encode(intent) else { panic!("too long") };
        let person = self.person(pilot, true);
        let callback = format!("cb{}", self.update);
        let tap = Tap { callback, data, message, photo: false, sent: None };
        self.with(|core, ctx| core.heard(ctx, Heard::Tap(person, tap)));
    }

    /// A file goes out; its number.
    fn sends(&mut self, size: Option<u64>) -> u64 {
        self.types("/get");
        let file = Attachment { blob: BlobId(1), caption: String::new() };
        let meta = BlobMeta { name: "report.bin".into(), size_bytes: size };
        self.answers(Answered::Answer(Answer::File { file, next: list("files") }, Some(meta)));
        let number = *self.core.files.keys().next().expect("on its way");
        self.draws();
        self.arrives();
        self.told();
        number
    }

    fn reports(&mut self, report: Report) {
        self.with(|core, ctx| core.reported(ctx, report));
    }
}

#[test]
fn in_a_group_a_reply_to_another_message_is_no_answer() {
    let mut desk = Desk::new();
    let bubble = desk.asks_in_group();
    desk.replies_in_group(OWNER, bubble - 50, "yes, let us eat");
    desk.replies_in_group(OBSERVER, bubble, "nginx");
    assert_eq!(desk.told(), [""; 0]);
    desk.replies_in_group(OWNER, bubble, "nginx");
    assert_eq!(desk.told(), ["ask fill"]);
}

#[test]
fn a_prompt_ends_when_another_pilot_leads_its_bubble_elsewhere() {
    let mut desk = Desk::new();
    let bubble = desk.asks_in_group();
    desk.taps_in_group(OBSERVER, bubble, &Intent::View(list("")));
    desk.draws();
    desk.told();
    assert_eq!(desk.core.prompts.len(), 1, "a refresh leaves it open");
    desk.taps_in_group(OBSERVER, bubble, &Intent::View(View::HOME));
    desk.draws();
    desk.told();
    desk.types_in(OWNER, true, "nobody asked for this any more");
    assert_eq!(desk.told(), [""; 0]);
    assert!(desk.core.prompts.is_empty());
    assert!(matches!(
        desk.saves.iter().rev().find(|s| !matches!(s, Save::Bubble(_))),
        Some(Save::DropPrompt(..))
    ));
}

#[test]
fn a_late_judgement_leaves_a_newer_prompt_alone() {
    let prompt = |screen: &mut Screen| {
        screen.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "a name".into() });
    };
    for late in [Filled::Wrong("no such unit".into()), Filled::Done(Answer::Show(list("late")))] {
        let mut desk = Desk::new();
        let bubble = desk.opens();
        desk.taps(bubble, &Intent::View(list("")));
        desk.draws_with(prompt);
        desk.types("nginx");
        // The ship thinks, and the pilot asks anew.
        desk.taps(bubble, &Intent::View(list("again")));
        let fill = desk.asks.remove(0);
        desk.draws_with(prompt);
        desk.told();
        desk.with(|core, ctx| core.answered(ctx, fill.ticket, Answered::Filled(late, None)));
        assert_eq!(desk.core.prompts.len(), 1);
        desk.told();
        desk.types("ssh");
        assert_eq!(desk.told(), ["ask fill"]);
    }
}

#[test]
fn a_prompt_of_an_earlier_run_needs_its_bubble_and_gives_way_to_a_newer_one() {
    let hole = || Hole::AuditSearch;
    let mut desk = Desk::new();
    let ends = desk.now.wall + S(100);
    let prompts = vec![(ChatId(-5), OWNER, hole(), 77, ends)];
    desk.with(|core, ctx| core.restore(ctx, Kept { prompts, ..Kept::default() }));
    desk.types_in(OWNER, true, "chatter");
    assert_eq!(desk.told(), [""; 0], "nobody can see what was asked");

    desk.asks_in_group();
    let slot = *desk.core.living.values().next().expect("a bubble");
    let prompts = vec![(ChatId(-5), OWNER, hole(), slot, ends)];
    desk.with(|core, ctx| core.restore(ctx, Kept { prompts, ..Kept::default() }));
    desk.types_in(OWNER, true, "nginx");
    let What::Fill(asked, _) = &desk.asks[0].what else { panic!("{:?}", desk.asks) };
    assert_eq!(*asked, Hole::ServicesSearch);
}

#[test]
fn how_far_a_file_is_stands_above_the_screen_it_was_sent_from() {
    let mut desk = Desk::new();
    let number = desk.sends(Some(45_000_000));
    let half = Report::Sending { number, done: Bytes(15_000_000), total: Some(Bytes(45_000_000)) };
    desk.passes(S(3));
    desk.reports(half.clone());
    assert_eq!(desk.told(), ["ask view"]);
    desk.draws();
    let (done, total) = (Bytes(15_000_000).to_string(), Bytes(45_000_000).to_string());
    assert!(desk.last().contains(&format!("Sending report.bin: {done} of {total}")), "{}", desk.last());
    desk.told();
    desk.reports(half.clone());
    assert_eq!(desk.told(), [""; 0], "no more often than a live screen");
    desk.passes(S(3));
    desk.reports(Report::SendingAgain { number });
    desk.draws();
    assert!(desk.last().contains("the line broke"), "{}", desk.last());
    desk.told();
    desk.passes(S(3));
    desk.reports(Report::Filed { number, result: Ok(()) });
    assert_eq!(desk.told(), ["let go 1", "ask view"]);
    desk.draws();
    assert!(!desk.last().contains("report.bin"), "{}", desk.last());
    desk.told();
    desk.reports(half);
    assert_eq!(desk.told(), [""; 0], "over is over");
    assert_eq!(desk.core.due(), None);
}

#[test]
fn who_went_elsewhere_is_not_told_how_far_a_file_is_but_that_it_failed() {
    let mut desk = Desk::new();
    let number = desk.sends(None);
    desk.passes(S(3));
    desk.reports(Report::Sending { number, done: Bytes(15_000_000), total: None });
    desk.draws();
    assert!(desk.last().contains("so far"), "{}", desk.last());
    let message = desk.message;
    desk.taps(message, &Intent::View(View::HOME));
    desk.draws();
    assert!(!desk.last().contains("report.bin"), "{}", desk.last());
    desk.told();
    desk.passes(S(3));
    desk.reports(Report::Sending { number, done: Bytes(20_000_000), total: None });
    assert_eq!(desk.told(), [""; 0]);
    let why = Failure::TooLarge;
    desk.reports(Report::Filed { number, result: Err(why) });
    assert_eq!(desk.told(), ["let go 1", "ask view"]);
    desk.draws();
    assert!(desk.last().contains("larger than Telegram takes"), "{}", desk.last());
}

#[test]
fn a_file_is_an_errand_of_its_own_name() {
    let mut desk = Desk::new();
    desk.types("/get");
    let file = Attachment { blob: BlobId(1), caption: String::new() };
    let meta = BlobMeta { name: "../a\u{202e}b/c.bin".into(), size_bytes: Some(1) };
    desk.answers(Answered::Answer(Answer::File { file, next: View::HOME }, Some(meta)));
    let told = desk.told();
    assert!(
        told.iter().any(|word| word.starts_with("file .._") && !word.contains(['/', '\u{202e}'])),
        "{told:?}"
    );
}
