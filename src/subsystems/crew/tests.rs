//! The screens from made-up crews, and the room with a real supervisor.

use std::{sync::Arc, time::Duration};

use expect_test::{Expect, expect};
use jiff::{Timestamp, tz::TimeZone};
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};

use super::*;
use crate::{
    domain::{ChatId, ChatKind, PilotId, Role, SystemClock, Theme},
    events::Outlet,
    screen::html,
    supervision::{
        Asked, Cause, ChildSpec, Crew as Told, Dice, Ending, Faults, Figures, Health, Incident, Member, Port,
        Report, RetryPolicy, Standing, Status, Surroundings,
    },
};

const S: fn(u64) -> Duration = Duration::from_secs;

fn now() -> Timestamp {
    "2026-11-22T07:03:22Z".parse().expect("a time")
}

fn ago(seconds: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_secs(seconds)
}

fn reader(lang: Lang, role: Role) -> Reader {
    let tz = TimeZone::get("Asia/Jakarta").expect("bundled");
    Reader { lang, tz, role, theme: Theme::Dark, chat: ChatKind::Private, now: now() }
}

fn member(id: &str, standing: Standing) -> Member {
    let report = match standing {
        Standing::Running { .. } => {
            Report::Answered { status: Status::default(), took: Duration::from_micros(420) }
        }
        _ => Report::NotAsked,
    };
    Member {
        id: id.into(),
        standing,
        restarts: 0,
        past: vec![],
        report,
        figures: None,
        policy: RetryPolicy::child(),
        grace: S(2),
    }
}

fn running(id: &str, seconds: i64) -> Member {
    member(id, Standing::Running { since: ago(seconds) })
}

fn failed(seconds: i64, why: &str) -> Incident {
    Incident { at: ago(seconds), cause: Cause::Failed(Ending::Failed(why.into())) }
}

/// One of each kind.
fn mixed() -> Told {
    let why = Ending::Failed("index out of bounds: the len is 3".into());
    let parked = Standing::Parked {
        since: ago(130),
        why,
        failures: 5,
        until: Some(now() + jiff::SignedDuration::from_secs(170)),
    };
    let degraded = Health::Degraded {
        since: ago(3900),
        why: "no system bus".into(),
        mend: "Start dbus: systemctl start dbus".into(),
    };
    let figures = Figures {
        up: S(1000),
        handled: 41_220,
        busy: S(12),
        slowest: Duration::from_millis(1240),
        in_handler: Some(S(7)),
    };
    let status = Status { health: degraded, counters: vec![("reconnects".into(), 61)], last_error: None };
    Told {
        as_of: now(),
        members: vec![
            running("store", 1_051_200),
            Member { restarts: 1, past: vec![failed(7200, "disk I/O error")], ..running("audit", 7100) },
            Member {
                restarts: 6,
                past: vec![
                    failed(200, "disk on fire"),
                    Incident { at: ago(150), cause: Cause::Asked },
                    failed(130, "index out of bounds: the len is 3"),
                ],
                ..member("metrics", parked)
            },
            Member { report: Report::Answered { status, took: S(0) }, ..running("services", 4000) },
            Member { report: Report::Silent, figures: Some(figures), ..running("backup", 400) },
            Member {
                restarts: 2,
                past: vec![Incident {
                    at: ago(1),
                    cause: Cause::Failed(Ending::NotStarted("port in use".into())),
                }],
                ..member("gateway", Standing::BackOff { until: now() + jiff::SignedDuration::from_secs(4) })
            },
            member("outbox", Standing::Starting),
        ],
    }
}

fn drawn(screen: &Screen, reader: &Reader) -> String {
    let mut text = html::plain(screen, reader);
    for row in &screen.rows {
        let labels: Vec<String> = row.iter().map(|button| format!("[{}]", button.label)).collect();
        text += &format!("{}\n", labels.join(" "));
    }
    text
}

fn check(screen: &Screen, reader: &Reader, want: Expect) {
    want.assert_eq(&drawn(screen, reader));
    assert_eq!(screen.topics, [crate::screen::Topic::Crew]);
}

#[test]
fn the_list_says_first_who_needs_something_and_why() {
    let reader = reader(Lang::En, Role::Owner);
    check(
        &panel::list(&mixed(), &reader),
        &reader,
        expect![[r#"
        Crew
        ✖ One is parked: metrics
          Actor    State        ↻
        ✔ store    12 d 4 h
        ✔ audit    1 h 58 min   1
        ✖ metrics  parked       6
        ▲ services degraded
        ▲ backup   busy 7 s
        ▲ gateway  again in 4 s 2
        … outbox   starting
        ✖ metrics: index out of bounds: the len is 3 (2 min ago)
        ▲ gateway: could not start: port in use (1 s ago)
        ▲ services: no system bus (1 h 5 min ago)
        ▲ backup: busy with one message for 7 s
        ○ audit: disk I/O error (2 h ago)
        as of 14:03:22
        [✖ metrics] [▲ services] [▲ backup]
        [▲ gateway] [outbox] [store]
        [audit]
        [⟳ Read the config again]
    "#]],
    );
}

#[test]
fn the_list_in_indonesian_without_the_owners_button() {
    let reader = reader(Lang::Id, Role::Pilot);
    check(
        &panel::list(&mixed(), &reader),
        &reader,
        expect![[r#"
        Awak
        ✖ 1 diparkir: metrics
          Aktor    Keadaan        ↻
        ✔ store    12 hari 4 jam
        ✔ audit    1 jam 58 mnt   1
        ✖ metrics  diparkir       6
        ▲ services terganggu
        ▲ backup   sibuk 7 dtk
        ▲ gateway  lagi dlm 4 dtk 2
        … outbox   mulai
        ✖ metrics: index out of bounds: the len is 3 (2 mnt yang lalu)
        ▲ gateway: nggak bisa mulai: port in use (1 dtk yang lalu)
        ▲ services: no system bus (1 jam 5 mnt yang lalu)
        ▲ backup: sibuk dengan satu pesan, sudah 7 dtk
        ○ audit: disk I/O error (2 jam yang lalu)
        per 14:03:22
        [✖ metrics] [▲ services] [▲ backup]
        [▲ gateway] [outbox] [store]
        [audit]
    "#]],
    );
}

#[test]
fn what_an_actor_lacks_is_said_in_the_pilots_language() {
    let status = Status {
        health: Health::Degraded {
            since: ago(90),
            why: crate::domain::Told::new(|lang| crate::t!(lang, "crew-storage-waits")),
            mend: crate::domain::Told::new(|lang| crate::t!(lang, "crew-mend-hung-disk")),
        },
        ..Status::default()
    };
    let report = Report::Answered { status, took: S(0) };
    let crew = Told { as_of: now(), members: vec![Member { report, ..running("storage", 600) }] };
    for (lang, why, mend) in [
        (Lang::En, "all workers wait for a disk", "Look for a disk"),
        (Lang::Id, "semua pekerja menunggu disk", "Cari disk"),
    ] {
        let reader = reader(lang, Role::Pilot);
        assert!(drawn(&panel::list(&crew, &reader), &reader).contains(why));
        let one = drawn(&panel::actor(&crew, "storage", &reader), &reader);
        assert!(one.contains(why) && one.contains(mend), "{one}");
    }
}

#[test]
fn a_healthy_crew_is_one_line_and_its_table() {
    let reader = reader(Lang::En, Role::Pilot);
    let crew = Told { as_of: now(), members: vec![running("store", 60), running("audit", 60)] };
    let screen = panel::list(&crew, &reader);
    assert!(!screen.live);
    check(
        &screen,
        &reader,
        expect![[r#"
        Crew
        ✔ All 2 are well
          Actor State ↻
        ✔ store 1 min
        ✔ audit 1 min
        as of 14:03:22
        [store] [audit]
    "#]],
    );
}

#[test]
fn an_actor_shows_its_past_its_figures_and_its_policy() {
    let reader = reader(Lang::En, Role::Owner);
    check(
        &panel::actor(&mixed(), "metrics", &reader),
        &reader,
        expect![[r#"
            Crew › metrics
            ✖ parked for 2 min, after 5 failures in a row
            Tried again by itself in 2 min, or now by the button.
            Restarts  6

            What happened
            14:00:02 ✖ disk on fire
            14:00:52 restarted on request
            14:01:12 ✖ index out of bounds:
              the len is 3

            When it fails
            Started again after 100 ms, then 250 ms, doubling up to 30 s. Parked after 5 failures within 1 min, then tried every 5 min. Has 2 s to end by itself.
            as of 14:03:22
            [↻ Restart metrics]
        "#]],
    );
    let pilot = self::reader(Lang::Id, Role::Pilot);
    check(
        &panel::actor(&mixed(), "services", &pilot),
        &pilot,
        expect![[r#"
            Awak › services
            ▲ no system bus, sudah 1 jam 5 mnt
            Start dbus: systemctl start dbus
            Nyala ulang   0
            Menjawab dlm  0 µs
            reconnects    61

            Kalau gagal
            Dinyalakan lagi setelah 100 ms, lalu 250 ms, terus dilipatduakan sampai 30 dtk. Diparkir setelah 5 kali gagal dalam 1 mnt, lalu dicoba tiap 5 mnt. Punya 2 dtk untuk berhenti sendiri.
            per 14:03:22
        "#]],
    );
    check(
        &panel::actor(&mixed(), "backup", &reader),
        &reader,
        expect![[r#"
            Crew › backup
            ▲ busy with one message for 7 s
            Restarts        0
            Messages        41,220
            Busy with them  1 %, longest 1.2 s

            When it fails
            Started again after 100 ms, then 250 ms, doubling up to 30 s. Parked after 5 failures within 1 min, then tried every 5 min. Has 2 s to end by itself.
            as of 14:03:22
            [↻ Restart backup]
        "#]],
    );
    let gone = panel::actor(&mixed(), "smart", &reader);
    assert!(drawn(&gone, &reader).contains("There is no actor named smart now"));
    assert!(gone.rows.is_empty());
}

#[test]
fn the_dashboard_hears_of_actors_that_fail_the_worst_first() {
    let glance = panel::glance(&mixed(), &reader(Lang::En, Role::Owner));
    let lines: Vec<&str> = glance.problems.iter().map(|problem| problem.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "Cockpit's metrics is parked: index out of bounds: the len is 3",
            "Cockpit's backup does not answer",
            "Cockpit's gateway failed and starts again",
        ]
    );
}

struct Quiet;

struct Ask(RpcReplyPort<Status>);

impl Asked for Ask {
    fn status(reply: RpcReplyPort<Status>) -> Ask {
        Ask(reply)
    }
}

impl Actor for Quiet {
    type Msg = Ask;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Ask>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(&self, _: ActorRef<Ask>, Ask(reply): Ask, (): &mut ()) -> Result<(), ActorProcessingErr> {
        let _ = reply.send(Status::default());
        Ok(())
    }
}

fn order(lang: Lang) -> Order {
    Order {
        pilot: PilotId(1001),
        pilot_name: "Dre".into(),
        chat: ChatId(1001),
        reader: reader(lang, Role::Owner),
        op: "7f3a".into(),
    }
}

#[tokio::test(start_paused = true)]
async fn the_room_restarts_one_and_refuses_what_it_does_not_know() {
    let around = Surroundings {
        clock: Arc::new(SystemClock),
        outlet: Outlet::nowhere(),
        faults: Faults::none(),
        dice: Dice::new(1),
    };
    let (tree, _done) = Tree::root(around).await.expect("starts");
    tree.apply(vec![ChildSpec::new("metrics", &Port::new(), || (Quiet, ()))]).await.expect("applied");
    tree.settled(S(5)).await.expect("settles");
    let reload: Reload = Arc::new(|_| Box::pin(async { Err("cockpit.toml:3:1: unknown key".into()) }));
    let room = Crew { tree: tree.clone(), reload };

    let restart = |id: &str| Act::Restart(id.into());
    let done = room.act(&restart("metrics"), &order(Lang::En)).await;
    assert_eq!(done, Outcome::Done { next: AnyView::Crew(View::Actor("metrics".into())) });
    tree.settled(S(5)).await.expect("settles");
    let screen = room.view(&View::Actor("metrics".into()), &order(Lang::En).reader).await;
    assert!(drawn(&screen, &order(Lang::En).reader).contains("restarted on request"));

    let refused = room.act(&restart("nginx"), &order(Lang::En)).await;
    let Outcome::Refused { why, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(why, "There is no actor named nginx, so nothing was restarted.");
    let refused = room.act(&Act::Reload, &order(Lang::En)).await;
    assert!(matches!(refused, Outcome::Refused { why, .. } if why.starts_with("cockpit.toml:3:1")));
    assert_eq!(room.complete("met").await, ["metrics"]);
    assert!(room.glance(&order(Lang::En).reader).await.problems.is_empty());

    tree.stop().await.expect("stops");
    let screen = room.view(&View::List, &order(Lang::Id).reader).await;
    assert!(drawn(&screen, &order(Lang::Id).reader).contains("Pengawasnya nggak menjawab dalam 300 ms"));
    assert!(matches!(room.act(&restart("metrics"), &order(Lang::En)).await, Outcome::Refused { .. }));
}
