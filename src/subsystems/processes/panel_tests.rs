//! The screens as the pilot reads them, of the simulated processes.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    domain::{ChatKind, Clock, Theme},
    intent::processes::{Act, ProcessId},
    screen::html,
    subsystems::processes::{
        engine::{Answer, Engine, Process, Question},
        messages::Sent,
        panel_one::{consequences, gone, process, refused},
        table::{Refused, Signal},
        world::World,
    },
};

struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Scene {
    engine: Engine,
    hand: Arc<Hand>,
    mono: Duration,
}

impl Scene {
    fn new() -> Scene {
        let hand = Arc::new(Hand(Mutex::new(Timestamp::constant(1_748_736_000, 0))));
        let engine = Engine::new(Box::new(World::new(hand.clone())));
        Scene { engine, hand, mono: Duration::from_secs(50) }
    }

    fn ask(&mut self, question: Question) -> Answer {
        let questions = [question];
        self.engine.lay_base(self.mono, &questions);
        self.mono += Duration::from_secs(2);
        *self.hand.0.lock().unwrap() += SignedDuration::from_secs(2);
        self.engine.answer(self.mono, &questions).remove(0)
    }

    fn process(&mut self, pid: u32) -> Box<Process> {
        match self.ask(Question::Pid(pid)) {
            Answer::Process(Some(process)) => process,
            other => panic!("{other:?}"),
        }
    }

    fn reader(&self, lang: Lang, role: Role) -> Reader {
        Reader {
            lang,
            tz: jiff::tz::TimeZone::UTC,
            role,
            theme: Theme::Dark,
            chat: ChatKind::Private,
            now: self.hand.now(),
        }
    }
}

fn container(id: &str) -> Option<String> {
    id.starts_with("dd74f301").then(|| "n8n".to_owned())
}

fn told(screen: &Screen, reader: &Reader) -> String {
    let buttons = screen
        .rows
        .iter()
        .map(|row| row.iter().map(|button| format!("[{}]", button.label)).collect::<Vec<_>>().join(" "));
    html::plain(screen, reader) + &buttons.collect::<Vec<_>>().join("\n") + "\n"
}

fn check(screen: &Screen, reader: &Reader, expected: Expect) {
    expected.assert_eq(&told(screen, reader));
}

#[test]
fn the_table_is_sorted_and_searched() {
    let mut scene = Scene::new();
    for (lang, sort, which, expected) in [
        (
            Lang::En,
            Sort::Cpu,
            Which::All,
            expect![[r#"
                Engine › Processes
                26 processes, 4 % of 4 cores
                Name                CPU %      RAM
                node                  4.0  1.8 GiB
                  n8n (container) · dre · 12 d 3…
                stubborn              2.0 55.0 MiB
                  stubborn · dre · 12 d 3 h
                dockerd               1.5 96.0 MiB
                  docker · root · 12 d 3 h
                kworker/0:1-events    0.5        –
                  the kernel · root · 12 d 4 h
                nginx                 0.5 22.0 MiB
                  nginx · www-data · 12 d 3 h
                nginx                 0.5 22.0 MiB
                  nginx · www-data · 12 d 3 h
                nginx                 0.5 22.0 MiB
                  nginx · www-data · 12 d 3 h
                nginx                 0.5 22.0 MiB
                  nginx · www-data · 12 d 3 h
                as of 00:00:02
                [node 960] [stubborn 1400]
                [dockerd 640] [kworker/0:1-events 15]
                [nginx 701] [nginx 702]
                [nginx 703] [nginx 704]
                [• CPU] [RAM] [Disk I/O]
                [🧩 By service]
            "#]],
        ),
        (
            Lang::Id,
            Sort::Io,
            Which::Search("nginx".into()),
            expect![[r#"
                Mesin › Proses › "nginx"
                5 dari 26 proses
                Nama               baca      tulis
                nginx         6.2 KiB/s 27.3 KiB/s
                  nginx · www-data · 12 hari 3 jam
                nginx         6.2 KiB/s 27.3 KiB/s
                  nginx · www-data · 12 hari 3 jam
                nginx         6.2 KiB/s 27.3 KiB/s
                  nginx · www-data · 12 hari 3 jam
                nginx         6.2 KiB/s 27.3 KiB/s
                  nginx · www-data · 12 hari 3 jam
                nginx             0 B/s      0 B/s
                  nginx · root · 12 hari 3 jam
                per 00:00:04
                [nginx 701] [nginx 702]
                [nginx 703] [nginx 704]
                [nginx 700]
                [CPU] [RAM] [• I/O disk]
                [🧩 Per layanan] [Semua proses]
            "#]],
        ),
        (
            Lang::En,
            Sort::Memory,
            Which::Search("nobody".into()),
            expect![[r#"
            Engine › Processes › "nobody"
            0 of 26 processes
            ○ None is called so.
            as of 00:00:06
            [CPU] [• RAM] [Disk I/O]
            [🧩 By service] [All processes]
        "#]],
        ),
    ] {
        let question = Question::Top { sort, which: which.clone(), page: 0, per_page: PER_PAGE };
        let Answer::Top(answer) = scene.ask(question) else { panic!("another answer") };
        let reader = scene.reader(lang, Role::Owner);
        check(&top(&answer, (sort, &which), &container, &reader), &reader, expected);
    }
}

#[test]
fn groups_are_told_by_service() {
    let mut scene = Scene::new();
    let question = Question::Groups { sort: Sort::Memory, page: 0, per_page: PER_PAGE };
    let Answer::Groups(answer) = scene.ask(question) else { panic!("another answer") };
    let reader = scene.reader(Lang::En, Role::Owner);
    check(
        &groups(&answer, Sort::Memory, &container, &reader),
        &reader,
        expect![[r#"
            Engine › Processes › by service
            Service           # CPU %      RAM
            n8n (container)   1   4.0  1.8 GiB
            postgresql       10   5.0  612 MiB
            docker            1   1.5 96.0 MiB
            nginx             5   2.0 94.0 MiB
            stubborn          1   2.0 55.0 MiB
            systemd-journald  1   0.0 38.0 MiB
            sessions of use…  3   0.0 26.0 MiB
            init.scope        1   0.0 12.0 MiB
            as of 00:00:02
            [n8n (container)] [postgresql]
            [docker] [nginx]
            [stubborn] [systemd-journald]
            [sessions of user 1000] [init.scope]
            [CPU] [• RAM] [Disk I/O]
        "#]],
    );
}

#[test]
fn one_process_is_told_whole() {
    let mut scene = Scene::new();
    for (pid, lang, expected) in [
        (
            700,
            Lang::En,
            expect![[r#"
                Engine › Processes › nginx 700
                ✔ sleeping until there is work
                nginx: master process
                /usr/sbin/nginx
                CPU         0.0 % now, 0 s in all
                RAM         6.0 MiB (<1 %)
                Disk I/O    r 0 w 0 B/s
                Of          nginx
                User        root
                Runs for    12 d 3 h
                Threads     1
                Open files  82 of 1024
                Waits on    80/tcp, 443/tcp
                Started by  systemd 1
                Group       /system.slice/nginx.se
                            rvice
                Its children: nginx 701, nginx 702, nginx 703, nginx 704
                as of 00:00:02
                [■ End (TERM)]
                [↻ HUP] [⏸ Pause]
                [🧩 nginx] [↑ systemd 1]
            "#]],
        ),
        (
            1400,
            Lang::Id,
            expect![[r#"
                Mesin › Proses › stubborn 1400
                ✔ tidur sampai ada kerjaan
                /opt/stubborn/run --password=•••
                --no-term
                CPU           2.0 % kini, total 1
                              jam 6 mnt
                RAM           55.0 MiB (1 %)
                I/O disk      b 17.6 t 78.1 KiB/s
                Milik         stubborn
                Pengguna      dre
                Sudah jalan   12 hari 3 jam
                Thread        1
                File terbuka  62 dari 1024
                Menunggu di   9100/tcp
                Dijalankan    systemd 1
                Grup          /system.slice/stubbo
                              rn.service
                per 00:00:04
                [■ Akhiri (TERM)]
                [↻ HUP] [⏸ Jeda]
                [🧩 stubborn] [↑ systemd 1]
            "#]],
        ),
    ] {
        let answer = scene.process(pid);
        let reader = scene.reader(lang, Role::Owner);
        check(&process(&answer, None, &container, &reader), &reader, expected);
    }
}

#[test]
fn kill_is_offered_when_term_was_not_enough() {
    let mut scene = Scene::new();
    let answer = scene.process(1400);
    let reader = scene.reader(Lang::En, Role::Owner);
    let screen = |seconds: i64, signal: Signal, ended: Option<i64>| {
        let at = reader.now - SignedDuration::from_secs(seconds);
        let ended = ended.map(|after| at + SignedDuration::from_millis(after));
        process(&answer, Some(Sent { signal, at, ended }), &container, &reader)
    };
    let offers_kill = |screen: &Screen| told(screen, &reader).contains("KILL)");
    assert!(!offers_kill(&screen(4, Signal::Term, None)) && screen(4, Signal::Term, None).live);
    assert!(offers_kill(&screen(6, Signal::Term, None)));
    assert!(!offers_kill(&screen(6, Signal::Hup, None)));
    assert!(told(&screen(6, Signal::Term, None), &reader).contains("▲ TERM sent 6 s ago, it still lives"));
    let at = reader.now - SignedDuration::from_secs(3);
    let ended = Some(Sent { signal: Signal::Term, at, ended: Some(at + SignedDuration::from_millis(800)) });
    assert!(told(&gone(1400, ended, &reader), &reader).contains("✔ ended 0.8 s after TERM"));
}

#[test]
fn who_may_not_act_sees_no_acts() {
    let mut scene = Scene::new();
    let has_acts = |answer: &Process, reader: &Reader| {
        let screen = process(answer, None, &container, reader);
        let mut buttons = screen.rows.iter().flatten();
        buttons.any(|button| matches!(button.intent, crate::intent::Intent::Act(_)))
    };
    let nginx = scene.process(700);
    assert!(has_acts(&nginx, &scene.reader(Lang::En, Role::Pilot)));
    assert!(!has_acts(&nginx, &scene.reader(Lang::En, Role::Observer)));
    for pid in [1, 15] {
        let answer = scene.process(pid);
        assert!(!has_acts(&answer, &scene.reader(Lang::En, Role::Owner)), "{pid}");
    }
}

#[test]
fn an_act_is_weighed_with_what_it_would_cause() {
    let mut scene = Scene::new();
    let answer = scene.process(700);
    let weigh = |act: Act, own: u32| {
        let found = consequences(&answer, &act, own, &container, Lang::En);
        found.iter().map(|found| format!("{} {}\n", found.mark.sign(), found.line)).collect::<String>()
    };
    expect![[r#"
        ○ nginx: master process /usr/sbin/nginx
        ○ of nginx, runs for 12 d 3 h
        ▲ waits on 80/tcp, 443/tcp
        ▲ has 4 child processes
        ▲ nginx.service may start it again
        ✖ Cockpit itself was started by it and may end too
        ▲ it gets no chance to tidy up: data not written yet is lost
    "#]]
    .assert_eq(&weigh(Act::Kill(answer.shown.id), 702));
    expect![[r#"
        ○ nginx: master process /usr/sbin/nginx
        ○ of nginx, runs for 12 d 3 h
        ▲ waits on 80/tcp, 443/tcp
        ▲ has 4 child processes
    "#]]
    .assert_eq(&weigh(Act::Cont(answer.shown.id), 1));
}

#[test]
fn every_refusal_says_what_to_do() {
    let id = ProcessId { pid: 5, start_ticks: 1, boot: 1 };
    for lang in Lang::ALL {
        for why in [
            Refused::Init,
            Refused::KernelThread,
            Refused::Own,
            Refused::Gone,
            Refused::NotAllowed,
            Refused::TooOld,
            Refused::Failed("x".into()),
        ] {
            assert!(refused(&why, id, lang).len() > 15, "{why:?}");
        }
    }
}
