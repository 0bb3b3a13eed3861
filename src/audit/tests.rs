//! The recorder as a whole, on real files.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    sync::{Arc, atomic::AtomicU64, atomic::Ordering},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use ractor::{Actor, ActorRef};

use super::{
    Arguments, Audit, AuditActor, AuditError, Entry, FlightRecorder, Limits, Msg, Outcome, Reader, Who,
    panel, segment, trail::Trail, verify,
};
use crate::{
    domain::{self, ChatId, ChatKind, Clock, Lang, PilotId, Role, Theme},
    events::Outlet,
    intent::{self, Hole, Intent, audit::View},
    process::small_disk::{goes_on_in_a_namespace, small},
    room::Room,
    screen::{Block, Mark},
    store::Folder,
    supervision::{Health, Port, Status},
};

fn at(s: i64) -> Timestamp {
    Timestamp::from_second(1_748_786_602 + s).unwrap()
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        at(0)
    }
}

struct Flying {
    audit: Audit,
    port: Port<Msg>,
    actor: ActorRef<Msg>,
    flushes_told: Arc<AtomicU64>,
}

async fn start(folder: &Path, limits: Limits) -> Flying {
    let told = Arc::new(AtomicU64::new(0));
    let hears = told.clone();
    let outlet = Outlet::new(
        move |_| {
            hears.fetch_add(1, Ordering::Relaxed);
        },
        |_| (),
    );
    let args = Arguments::new(folder.into(), limits, Arc::new(Fixed), outlet);
    let (actor, _) = Actor::spawn(None, AuditActor, args).await.unwrap();
    let port = Port::new();
    port.bind(actor.clone());
    Flying { audit: Audit::new(port.clone()), port, actor, flushes_told: told }
}

impl Flying {
    async fn stop(self) {
        self.actor.stop(None);
        self.actor.wait(None).await.unwrap();
    }

    async fn status(&self) -> Status {
        self.port.call(Duration::from_secs(5), Msg::Status).await.unwrap()
    }
}

fn restart(n: i64) -> Entry {
    Entry {
        at: at(n),
        who: Who::Pilot { id: PilotId(1001), name: "Dre".into() },
        chat: Some(ChatId(1001)),
        op: format!("op{n}"),
        verb: "services.restart".into(),
        subject: format!("unit{n}.service"),
        outcome: Outcome::Done,
        details: [("took_ms".to_owned(), n.into())].into(),
    }
}

#[tokio::test]
async fn a_restart_of_the_actor_loses_no_entry_and_keeps_the_chain() {
    let folder = Folder::temporary().unwrap();
    let args = Arguments::new(folder.path().into(), Limits::default(), Arc::new(Fixed), Outlet::nowhere());
    let port = Port::new();
    for round in 0..20 {
        let (actor, ended) = Actor::spawn(None, AuditActor, args.clone()).await.unwrap();
        port.bind(actor.clone());
        let audit = Audit::new(port.clone());
        for n in 0..10 {
            audit.note(restart(round * 10 + n));
        }
        // Taken by the actor, then killed in the middle of whatever the disk is doing.
        port.call(Duration::from_secs(5), Msg::Status).await.unwrap();
        actor.kill();
        ended.await.unwrap();
    }
    let flying = Actor::spawn(None, AuditActor, args).await.unwrap().0;
    port.bind(flying);
    assert_eq!(Audit::new(port).record(restart(999)).await.unwrap(), 201);
    let verdict = verify(folder.path()).unwrap();
    assert!(verdict.is_whole() && verdict.entries == 201, "{verdict:?}");
}

/// Fills a trail without an actor and without a flush for each entry.
fn fill(folder: &Path, limits: Limits, count: i64) {
    let (mut trail, _) = Trail::open(folder, limits).unwrap();
    let entries: Vec<Entry> = (1..=count).map(restart).collect();
    for batch in entries.chunks(256) {
        trail.append(batch).unwrap();
    }
}

#[tokio::test]
async fn an_entry_is_on_the_disk_when_its_number_is_known() {
    let folder = Folder::temporary().unwrap();
    let flying = start(folder.path(), Limits::default()).await;
    assert_eq!(flying.audit.record(restart(1)).await.unwrap(), 1);
    assert_eq!(flying.audit.record(restart(2)).await.unwrap(), 2);
    let text = fs::read_to_string(folder.audit_file()).unwrap();
    assert_eq!(text.lines().count(), 2);
    let mode = fs::metadata(folder.audit_file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "for its owner only");
    assert_eq!(flying.flushes_told.load(Ordering::Relaxed), 2, "screens hear of it");
    let line = Reader::new(folder.path().into()).entry(2).unwrap().unwrap();
    assert_eq!(line.entry, restart(2));
}

#[tokio::test]
async fn what_comes_at_once_shares_flushes_and_keeps_its_order() {
    let folder = Folder::temporary().unwrap();
    let flying = start(folder.path(), Limits::default()).await;
    let mut asked = tokio::task::JoinSet::new();
    for n in 0..500 {
        let audit = flying.audit.clone();
        asked.spawn(async move { audit.record(restart(n)).await.unwrap() });
    }
    let numbers: BTreeSet<u64> = asked.join_all().await.into_iter().collect();
    assert_eq!(numbers, (1..=500).collect());
    let status = flying.status().await;
    let counter = |name: &str| status.counters.iter().find(|(n, _)| n == name).unwrap().1;
    assert_eq!(counter("entries"), 500);
    assert!(counter("flushes") < 100, "{} flushes", counter("flushes"));
    assert!(verify(folder.path()).unwrap().is_whole());
}

#[tokio::test]
async fn a_torn_last_line_is_set_aside_and_recorded() {
    let folder = Folder::temporary().unwrap();
    fill(folder.path(), Limits::default(), 3);
    let whole = fs::read(folder.audit_file()).unwrap();
    // Cut anywhere in the last line, or followed by what a crashed filesystem leaves behind.
    let last = whole[..whole.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    let cases: [(&str, Vec<u8>, u64); 4] = [
        ("half a line", whole[..last + 40].to_vec(), 2),
        ("all but the newline", whole[..whole.len() - 1].to_vec(), 2),
        ("zeros behind", [&whole[..], &[0; 300]].concat(), 3),
        ("nothing but rubbish", b"rubbish\nrubbish".to_vec(), 0),
    ];
    for (name, bytes, kept) in cases {
        let folder = Folder::temporary().unwrap();
        fs::write(folder.audit_file(), &bytes).unwrap();
        let flying = start(folder.path(), Limits::default()).await;
        assert_eq!(flying.audit.record(restart(9)).await.unwrap(), kept + 2, "{name}");
        let note = Reader::new(folder.path().into()).entry(kept + 1).unwrap().unwrap().entry;
        assert_eq!(note.verb, "audit.torn", "{name}");
        let aside = fs::read(note.details["kept_in"].as_str().unwrap()).unwrap();
        assert!(bytes.ends_with(&aside) && !aside.is_empty(), "{name}");
        let verdict = verify(folder.path()).unwrap();
        assert!(verdict.is_whole() && verdict.entries == kept + 2, "{name}: {verdict:?}");
        flying.stop().await;
    }
}

#[tokio::test]
async fn the_chain_goes_on_over_files_and_restarts() {
    let folder = Folder::temporary().unwrap();
    let small = Limits { file_bytes: 2000, files: 100 };
    for _ in 0..3 {
        let flying = start(folder.path(), small).await;
        for n in 0..20 {
            flying.audit.record(restart(n)).await.unwrap();
        }
        flying.stop().await;
    }
    assert!(segment::rotated(folder.path()).unwrap().len() > 5);
    let verdict = verify(folder.path()).unwrap();
    assert!(verdict.is_whole(), "{verdict:?}");
    assert_eq!(verdict.span, Some((1, 60)));

    // Only the newest files are kept, and what is left is still a whole chain.
    let flying = start(folder.path(), Limits { files: 2, ..small }).await;
    for n in 0..20 {
        flying.audit.record(restart(n)).await.unwrap();
    }
    assert_eq!(segment::rotated(folder.path()).unwrap().len(), 2);
    let verdict = verify(folder.path()).unwrap();
    assert!(verdict.is_whole(), "{verdict:?}");
    assert_eq!(verdict.span.unwrap().1, 80);
    let page = Reader::new(folder.path().into()).page(0, 8).unwrap();
    assert_eq!(page.lines.iter().map(|l| l.seq).collect::<Vec<_>>(), (73..=80).rev().collect::<Vec<_>>());
}

#[test]
fn tampering_is_found_and_its_place_told() {
    type Tamper = fn(&mut Vec<String>);
    let cases: [(&str, Tamper, u64, &str); 6] = [
        ("an altered text", |l| l[4] = l[4].replace("unit5.service", "unit6.service"), 5, "altered"),
        ("a line taken out", |l| drop(l.remove(4)), 5, "entries 5 to 5 are missing"),
        ("two lines swapped", |l| l.swap(4, 5), 5, "missing"),
        ("a line put in", |l| l.insert(4, l[4].clone()), 6, "number 5 comes after number 5"),
        ("a line blanked", |l| l[4] = " ".repeat(l[4].len()), 5, "no entry"),
        ("the beginning taken off", |l| drop(l.drain(..3)), 1, "beginning of this file is missing"),
    ];
    for (name, tamper, line, why) in cases {
        let folder = Folder::temporary().unwrap();
        fill(folder.path(), Limits::default(), 10);
        assert!(verify(folder.path()).unwrap().is_whole());
        let text = fs::read_to_string(folder.audit_file()).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        tamper(&mut lines);
        fs::write(folder.audit_file(), lines.join("\n") + "\n").unwrap();
        let verdict = verify(folder.path()).unwrap();
        assert!(!verdict.is_whole(), "{name}");
        assert_eq!(verdict.told[0].line, line, "{name}: {:?}", verdict.told);
        assert!(verdict.told[0].why.contains(why), "{name}: {:?}", verdict.told);
    }
}

proptest::proptest! {
    #[test]
    fn lines_read_from_the_end_are_the_lines_read_from_the_start(
        lines in proptest::collection::vec("[a-z\u{e9}]{1,40}", 0..60),
        long in proptest::collection::vec(0usize..90_000, 0..6),
        unfinished in "[a-z]{0,9}",
    ) {
        let folder = Folder::temporary().unwrap();
        let mut lines = lines;
        // Longer than a block, at any place.
        for length in long {
            lines.insert(length % (lines.len() + 1), "x".repeat(length + 1));
        }
        // A numbered line, so that the file counts as one of the trail's.
        lines.insert(0, "{\"seq\":1,".into());
        let text = lines.join("\n") + "\n" + &unfinished;
        fs::write(folder.audit_file(), &text).unwrap();
        let segment = segment::Segment::open(&folder.audit_file()).unwrap().unwrap();
        let forward: Vec<_> = segment.forward(0).collect();
        let mut backward: Vec<_> = segment.backward().collect::<Result<_, _>>().unwrap();
        backward.reverse();
        proptest::prop_assert_eq!(&forward, &backward);
        let texts: Vec<_> = forward.into_iter().map(|(_, line)| String::from_utf8(line).unwrap()).collect();
        proptest::prop_assert_eq!(texts, lines);
    }
}

#[test]
fn the_report_for_the_terminal_says_how_it_ends() {
    let folder = Folder::temporary().unwrap();
    assert_eq!(super::report(folder.path()).unwrap().1, 0, "nothing recorded is nothing broken");
    fill(folder.path(), Limits::default(), 100);
    let (said, code) = super::report(folder.path()).unwrap();
    assert!(code == 0 && said.starts_with("100 entries, 1 to 100: whole and in order\nlast seal "), "{said}");
    let text = fs::read_to_string(folder.audit_file()).unwrap();
    fs::write(folder.audit_file(), text.replace("Dre", "Eve")).unwrap();
    let (said, code) = super::report(folder.path()).unwrap();
    assert!(code == 1 && said.contains("… and 80 more") && said.contains("BROKEN"), "{said}");
}

#[test]
fn a_whole_file_taken_out_is_found() {
    let folder = Folder::temporary().unwrap();
    fill(folder.path(), Limits { file_bytes: 20_000, files: 100 }, 2000);
    let rotated = segment::rotated(folder.path()).unwrap();
    assert!(rotated.len() > 3);
    fs::remove_file(&rotated[1].1).unwrap();
    let verdict = verify(folder.path()).unwrap();
    assert_eq!(verdict.breaks, 1, "{verdict:?}");
    assert!(verdict.told[0].why.contains("are missing"), "{verdict:?}");
}

#[tokio::test]
async fn a_file_removed_under_the_recorder_is_begun_anew_and_the_gap_shows() {
    let folder = Folder::temporary().unwrap();
    let flying = start(folder.path(), Limits { file_bytes: 500, files: 100 }).await;
    for n in 0..4 {
        flying.audit.record(restart(n)).await.unwrap();
    }
    fs::remove_file(folder.audit_file()).unwrap();
    flying.audit.record(restart(5)).await.unwrap();
    let kept = Reader::new(folder.path().into()).page(0, 1).unwrap().lines.pop().unwrap();
    assert_eq!((kept.seq, kept.entry), (5, restart(5)), "what is recorded after is in the folder again");
    let verdict = verify(folder.path()).unwrap();
    assert_eq!(verdict.told[0].why, "entries 3 to 4 are missing before this one");
}

#[tokio::test]
async fn a_disk_that_refuses_is_told_and_taken_up_again() {
    let folder = Folder::temporary().unwrap();
    let data = folder.path().join("data");
    let flying = start(&data, Limits::default()).await;
    let error = flying.audit.record(restart(1)).await.unwrap_err();
    assert!(matches!(error, AuditError::Write { .. }), "{error:?}");
    assert!(matches!(flying.status().await.health, Health::Degraded { .. }));
    let room = FlightRecorder { port: flying.port.clone(), folder: data.clone() };
    let glance = room.glance(&reader(Lang::En)).await;
    assert_eq!(glance.problems[0].mark, Mark::Bad);
    fs::create_dir(&data).unwrap();
    assert_eq!(flying.audit.record(restart(1)).await.unwrap(), 1);
    assert_eq!(flying.status().await.health, Health::Good);
    assert!(room.glance(&reader(Lang::En)).await.problems.is_empty());
}

#[tokio::test]
async fn on_a_full_disk_there_is_still_room_to_record_what_is_done_about_it() {
    let name = "audit::tests::on_a_full_disk_there_is_still_room_to_record_what_is_done_about_it";
    if goes_on_in_a_namespace(name) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    if !small(folder.path(), "2m") {
        return;
    }
    let flying = start(folder.path(), Limits::default()).await;
    // Before anything is recorded.
    let has_room = |at: &Path| fs::metadata(at).is_ok_and(|file| file.blocks() > 0);
    while !has_room(&folder.path().join(segment::CURRENT)) {
        tokio::task::yield_now().await;
    }
    let mut filler = fs::File::create(folder.path().join("filler")).unwrap();
    while std::io::Write::write_all(&mut filler, &[1; 4096]).is_ok() {}
    let mut recorded = 0;
    while flying.audit.record(restart(recorded + 1)).await.is_ok() {
        recorded += 1;
    }
    assert!(recorded >= 500, "{recorded}");
    drop(filler);
    // Used up is used up; with room again it goes on, and the chain is whole.
    fs::remove_file(folder.path().join("filler")).unwrap();
    flying.audit.record(restart(recorded + 1)).await.unwrap();
    flying.stop().await;
    let verdict = verify(folder.path()).unwrap();
    assert!(verdict.is_whole() && verdict.entries == recorded as u64 + 1, "{verdict:?}");
}

#[tokio::test]
async fn hostile_text_stays_text_and_within_its_limits() {
    let folder = Folder::temporary().unwrap();
    let flying = start(folder.path(), Limits::default()).await;
    let evil = "\n{\"seq\":1}\u{1b}]0;x\u{7}\u{202e}\"}\\";
    let mut entry = restart(1);
    entry.who = Who::Stranger { id: PilotId(666), name: evil.repeat(1000) };
    entry.subject = evil.into();
    for n in 0..100 {
        entry = entry.with(&format!("{n} {evil}"), serde_json::json!([evil.repeat(1000)]));
    }
    flying.audit.record(entry).await.unwrap();
    let text = fs::read_to_string(folder.audit_file()).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert!(text.len() < 64 * 1024, "{}", text.len());
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
    let line = Reader::new(folder.path().into()).entry(1).unwrap().unwrap();
    assert_eq!(line.entry.subject, evil);
    assert_eq!(line.entry.details.len(), 16);
    let screen = panel::list(&Reader::new(folder.path().into()).page(0, 8).unwrap(), 0, &reader(Lang::En));
    let shown = format!("{:?}", screen.blocks);
    assert!(!shown.contains("\\n") && shown.len() < 500, "{shown}");
}

/// Processor time of this thread: the machine may be busy with other tests.
fn spent() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec.unsigned_abs(), u32::try_from(spent.tv_nsec).expect("below a second"))
}

#[test]
fn pages_of_a_hundred_thousand_entries_are_found_without_reading_them_all() {
    let folder = Folder::temporary().unwrap();
    fill(folder.path(), Limits::default(), 100_000);
    let files = segment::all(folder.path()).unwrap();
    assert!(files.len() > 2, "several files");
    let reader = Reader::new(folder.path().into());
    let begun = spent();
    for page in [0, 1, 7, 3_000, 6_250, 12_499, 12_500, u32::MAX] {
        let got = reader.page(page, 8).unwrap();
        assert_eq!(got.total, 100_000);
        let newest = 100_000u64.saturating_sub(u64::from(page) * 8);
        let want: Vec<u64> = (newest.saturating_sub(7).max(1)..=newest).rev().collect();
        assert_eq!(got.lines.iter().map(|l| l.seq).collect::<Vec<_>>(), want, "page {page}");
    }
    for seq in [1, 2, 50_000, 99_999, 100_000] {
        assert_eq!(reader.entry(seq).unwrap().unwrap().entry, restart(seq as i64));
    }
    assert_eq!(reader.entry(100_001).unwrap(), None);
    // Reading all of it takes about ten times as long even without parsing.
    let took = spent() - begun;
    assert!(took < Duration::from_secs(2), "{took:?}");
    println!("13 places in 100,000 entries: {took:?}");

    let found = reader.search("DRE unit77777.service", 0, 8).unwrap();
    assert_eq!(found.lines.iter().map(|l| l.seq).collect::<Vec<_>>(), [77_777]);
    assert!(!found.more);
    let found = reader.search("unit999", 1, 8).unwrap();
    assert_eq!(found.lines.len(), 8);
    assert!(found.more);
    assert!(verify(folder.path()).unwrap().is_whole());
}

fn reader(lang: Lang) -> domain::Reader {
    domain::Reader {
        lang,
        tz: jiff::tz::TimeZone::fixed(jiff::tz::offset(7)),
        role: Role::Owner,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: at(0) + SignedDuration::from_secs(60),
    }
}

fn shown(blocks: &[Block]) -> String {
    blocks
        .iter()
        .map(|block| match block {
            Block::Heading(text) => format!("# {text}\n"),
            Block::State(mark, text) => format!("{} {text}\n", mark.sign()),
            Block::Note(text) => format!("_{text}_\n"),
            Block::Text(spans) => format!("{spans:?}\n"),
            other => format!("{other:?}\n"),
        })
        .collect()
}

#[tokio::test]
async fn the_screens_show_what_is_in_the_files_in_both_languages() {
    let folder = Folder::temporary().unwrap();
    let flying = start(folder.path(), Limits::default()).await;
    let room = FlightRecorder { port: flying.port.clone(), folder: folder.path().into() };
    let empty = room.view(&View::List { page: 0 }, &reader(Lang::En)).await;
    assert_eq!(shown(&empty.blocks), "_Nothing is recorded yet._\n");

    flying.audit.record(restart(0)).await.unwrap();
    let stranger = Who::Stranger { id: PilotId(666), name: "Eve".into() };
    let knock = Entry { who: stranger, outcome: Outcome::Refused, verb: "door.knock".into(), ..restart(1) };
    flying.audit.record(Entry { subject: String::new(), ..knock }).await.unwrap();
    flying.audit.record(Entry { outcome: Outcome::Accepted, ..restart(80_000) }).await.unwrap();
    for n in 4..20 {
        flying
            .audit
            .record(Entry::noted(at(100_000 + n), "scheduler", "schedule.ran", "report"))
            .await
            .unwrap();
    }

    let last = room.view(&View::List { page: 2 }, &reader(Lang::En)).await;
    expect_test::expect![[r##"
        # 2025-06-02
        … 19:16:42 Dre: services.restart unit80000.service, accepted
        # 2025-06-01
        ▲ 21:03:23 stranger Eve: door.knock, refused
        ✔ 21:03:22 Dre: services.restart unit0.service
    "##]]
    .assert_eq(&shown(&last.blocks));
    assert_eq!(last.pager.as_ref().map(|p| (p.page, p.pages)), Some((2, 3)));

    let one = room.view(&View::Entry(2), &reader(Lang::Id)).await;
    expect_test::expect![[r##"
        ▲ ditolak
        [Bold("Apa: "), Plain("door.knock")]
        [Bold("Siapa: "), Plain("orang tak dikenal Eve (666)")]
        [Bold("Kapan: "), Plain("2025-06-01 21:03:23 +07")]
        [Bold("Obrolan: "), Plain("1001")]
        [Bold("took_ms: "), Plain("1")]
        [Bold("Permintaan: "), Plain("op1")]
    "##]]
    .assert_eq(shown(&one.blocks).rsplit_once("[Bold(\"Segel").unwrap().0);

    let found = room.view(&View::Search { words: "eve REFUSED".into(), page: 0 }, &reader(Lang::En)).await;
    assert!(shown(&found.blocks).contains("stranger Eve: door.knock, refused"), "{}", shown(&found.blocks));
    let chain = room.view(&View::Chain, &reader(Lang::En)).await;
    assert!(shown(&chain.blocks).starts_with("✔ 19 entries, #1 to #19, whole and in order.\n"));
    let gone = room.view(&View::Entry(999), &reader(Lang::En)).await;
    assert_eq!(shown(&gone.blocks), "_There is no entry #999._\n");

    let ask = room.view(&View::SEARCH, &reader(Lang::Id)).await;
    assert_eq!(ask.prompt.unwrap().hole, Hole::AuditSearch);
    let filled = room.fill(&Hole::AuditSearch, "  nginx   restart ", &reader(Lang::En)).await;
    let want = View::Search { words: "nginx restart".into(), page: 0 };
    assert_eq!(filled, Ok(Intent::View(intent::View::Audit(want))));
    assert!(room.fill(&Hole::AuditSearch, "  ", &reader(Lang::En)).await.is_err());
}
