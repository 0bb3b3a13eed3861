//! The room of services against a real systemd, journal and D-Bus, in the lab: `COCKPIT_LAB=1 cargo test --test
//! lab_services`. Each test has units of its own; they take turns, as one of them stops the bus.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod lab;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use cockpit_bot::{
    domain::{
        Attachment, Blobs, ChatId, ChatKind, Lang, PilotId, Reader, Role, SystemClock, Theme, UnitName,
    },
    events::{Event, Outlet},
    intent::services::{Act, Amount, Filter, Log, Since, View},
    process::journal::Journalctl,
    room::{Order, Outcome, Room},
    screen::{Block, Screen, Topic},
    subsystems::services::{
        Config, Msg, Services, Setup,
        actor::Keeper,
        messages::UnitReport,
        ops::{Conclusion, Evidence},
        systemd::Zbus,
        unit::{Active, Exit, Verb},
    },
    supervision::{Health, Port},
};
use jiff::Timestamp;
use lab::Lab;
use ractor::{Actor, ActorRef};
use tokio::time::Instant;

static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
const SOON: Duration = Duration::from_secs(20);

fn name(text: &str) -> UnitName {
    UnitName::parse(text).expect("a unit name")
}

struct Flight {
    lab: Lab,
    actor: ActorRef<Msg>,
    room: Services,
    events: Arc<Mutex<Vec<(Instant, Event)>>>,
    changed: Arc<Mutex<Vec<Topic>>>,
    blobs: Blobs,
    _scratch: tempfile::TempDir,
    _turn: tokio::sync::MutexGuard<'static, ()>,
}

impl Flight {
    async fn take_off(watch: &[&str]) -> Option<Flight> {
        let turn = TURN.lock().await;
        let lab = Lab::up().await?;
        let socket = lab.root().await.join("run/dbus/system_bus_socket");
        let systemd = Zbus::at(&format!("unix:path={}", socket.display()));
        let mut journalctl = lab.exec();
        journalctl.push("journalctl".into());
        let scratch = tempfile::tempdir().unwrap();
        let (events, changed) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let (to_events, to_changed) = (events.clone(), changed.clone());
        let blobs = Blobs::default();
        let setup = Setup {
            systemd: Arc::new(systemd),
            journal: Arc::new(Journalctl { command: journalctl }),
            outlet: Outlet::new(
                move |topic| to_changed.lock().unwrap().push(topic),
                move |(_, event)| to_events.lock().unwrap().push((Instant::now(), event)),
            ),
            clock: Arc::new(SystemClock),
            blobs: blobs.clone(),
            scratch: scratch.path().into(),
            own: None,
        };
        let config =
            Config { watch: watch.iter().map(|text| (*text).to_owned()).collect(), ..Config::default() };
        let (actor, _) = Actor::spawn(None, Keeper { setup }, config).await.unwrap();
        let port = Port::new();
        port.bind(actor.clone());
        let room = Services { port };
        let flight = Flight { lab, actor, room, events, changed, blobs, _scratch: scratch, _turn: turn };
        flight.eventually("a connection", async |f| f.counter("connections").await == 1).await;
        Some(flight)
    }

    async fn land(self) {
        self.actor.stop(None);
        self.actor.wait(None).await.unwrap();
    }

    fn reader(&self) -> Reader {
        let (lang, tz, now) = (Lang::En, jiff::tz::TimeZone::UTC, Timestamp::now());
        Reader { lang, tz, role: Role::Pilot, theme: Theme::Dark, chat: ChatKind::Private, now }
    }

    async fn report(&self, unit: &str) -> UnitReport {
        self.room.port.call(SOON, |reply| Msg::Unit(name(unit), reply)).await.unwrap()
    }

    async fn counter(&self, name: &str) -> u64 {
        let status = self.room.port.call(SOON, Msg::Status).await.unwrap();
        status.counters.iter().find(|(counter, _)| counter == name).unwrap().1
    }

    async fn is_degraded(&self) -> bool {
        let status = self.room.port.call(SOON, Msg::Status).await.unwrap();
        matches!(status.health, Health::Degraded { .. })
    }

    async fn act(&self, verb: Verb, unit: &str) {
        let by = "Dre".to_owned();
        let began =
            self.room.port.call(SOON, |reply| Msg::Act { verb, unit: name(unit), by, reply }).await.unwrap();
        assert_eq!(began, Ok(()));
    }

    async fn outcome(&self, verb: Verb, unit: &str) -> Evidence {
        self.act(verb, unit).await;
        self.end_of(unit).await
    }

    async fn end_of(&self, unit: &str) -> Evidence {
        self.eventually("the act's end", async |f| f.report(unit).await.op.is_none()).await;
        let evidence = self.report(unit).await.evidence.expect("what became of it");
        eprintln!("{:?} {unit}: {:?} after {:?}", evidence.verb, evidence.conclusion, evidence.took);
        evidence
    }

    async fn show(&self, view: View) -> String {
        let screen = self.room.view(&view, &self.reader()).await;
        let words = words(&screen);
        eprintln!("--- {}\n{words}", screen.crumbs.join(" › "));
        words
    }

    async fn eventually(&self, what: &str, is: impl AsyncFn(&Flight) -> bool) {
        let until = Instant::now() + Duration::from_secs(40);
        while Instant::now() < until {
            if is(self).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{what} did not come");
    }

    /// A unit of this test's own.
    async fn add(&self, unit: &str, text: &str) {
        let unit = name(unit);
        let line =
            format!("cat > '/etc/systemd/system/{unit}' <<'END'\n{text}\nEND\nsystemctl daemon-reload");
        self.lab.sh(&line).await;
    }

    fn events(&self) -> Vec<String> {
        let word = |(_, event): &(Instant, Event)| match event {
            Event::UnitFailed { unit, result } => format!("{} failed: {result}", unit.short()),
            Event::UnitRecovered { unit } => format!("{} recovered", unit.short()),
            other => format!("{other:?}"),
        };
        self.events.lock().unwrap().iter().map(word).collect()
    }
}

fn words(screen: &Screen) -> String {
    let mut out = String::new();
    for block in &screen.blocks {
        match block {
            Block::State(mark, text) => out.push_str(&format!("{} {text}\n", mark.sign())),
            Block::Note(text) | Block::Pre(text) => out.push_str(&format!("{text}\n")),
            Block::Pairs(pairs) => {
                pairs.iter().for_each(|(label, value)| out.push_str(&format!("{label}: {value}\n")));
            }
            Block::Log(lines) => lines.iter().for_each(|line| out.push_str(&format!("| {}\n", line.text))),
            other => out.push_str(&format!("{other:?}\n")),
        }
    }
    out
}

#[tokio::test]
async fn what_is_shown_is_what_systemctl_shows() {
    let Some(flight) = Flight::take_off(&["nginx", "ssh", "chatty", "nosuchthing"]).await else {
        return;
    };
    // What other tests left behind would fill the page.
    flight.lab.sh("systemctl reset-failed").await;
    let show = async |unit: &str, property: &str| {
        flight.lab.sh(&format!("systemctl show --value -p {property} {unit}")).await
    };
    let details = flight.report("nginx").await.details.unwrap();
    assert_eq!(details.reading.pid.unwrap().to_string(), show("nginx", "MainPID").await);
    assert_eq!(details.unit.description, show("nginx", "Description").await);
    assert_eq!(details.file_state, show("nginx", "UnitFileState").await);
    let memory: u64 = show("nginx", "MemoryCurrent").await.parse().unwrap();
    assert!(
        details.reading.memory.unwrap().0.abs_diff(memory) < 2 << 20,
        "{memory} {:?}",
        details.reading.memory
    );
    let cpu: u64 = show("nginx", "CPUUsageNSec").await.parse().unwrap();
    let ours = u64::try_from(details.reading.cpu.unwrap().as_nanos()).unwrap();
    assert!(ours <= cpu && cpu - ours < 200_000_000, "{ours} {cpu}");
    let since: i64 = flight
        .lab
        .sh("date +%s -d \"$(systemctl show --value -p StateChangeTimestamp nginx)\"")
        .await
        .parse()
        .unwrap();
    assert_eq!(details.unit.since.unwrap().as_second(), since);

    let all: usize = flight
        .lab
        .sh("systemctl list-units --all --plain --no-legend --type=service | grep -vc not-found")
        .await
        .parse()
        .unwrap();
    let screen = flight.show(View::List { filter: Filter::All, search: None, page: 0 }).await;
    assert!(screen.contains(&format!("{all} in all")), "systemctl counts {all}");
    let watched = flight.show(View::List { filter: Filter::Watched, search: None, page: 0 }).await;
    assert!(watched.contains("✔ nginx") && watched.contains("✖ nosuchthing"), "{watched}");

    let timers = flight.show(View::List { filter: Filter::Timers, search: None, page: 0 }).await;
    assert!(timers.contains("heartbeat"), "{timers}");
    let timer = flight.report("heartbeat.timer").await.details.unwrap().timer.unwrap();
    let next = flight
        .lab
        .sh("systemctl list-timers -o json heartbeat.timer | sed 's/.*\"next\":\\([0-9]*\\).*/\\1/'")
        .await;
    let next: i64 = next.parse().unwrap();
    assert!((timer.next.unwrap().as_microsecond() - next).abs() < 2_000_000, "{timer:?} {next}");
    flight.show(View::Unit(name("heartbeat"))).await;
    flight.land().await;
}

#[tokio::test]
async fn a_failed_unit_appears_within_a_second() {
    let Some(flight) = Flight::take_off(&["flaky"]).await else { return };
    flight.lab.sh("rm -f /run/lab/flaky.fail; systemctl reset-failed flaky; systemctl start flaky").await;
    flight
        .eventually("flaky runs", async |f| {
            f.report("flaky").await.details.is_ok_and(|d| d.unit.active == Active::Active)
        })
        .await;
    flight.events.lock().unwrap().clear();
    flight.lab.sh("systemctl kill -s USR1 flaky").await;
    flight
        .eventually("the failure", async |f| f.events().contains(&"flaky failed: exit-code".to_owned()))
        .await;
    let heard = flight.events.lock().unwrap().last().unwrap().0;
    // When systemd says it failed, against when it was heard: one clock, as the lab's kernel is the host's.
    let since = flight.report("flaky").await.details.unwrap().unit.since.unwrap();
    let heard = Timestamp::now() - jiff::SignedDuration::try_from(heard.elapsed()).unwrap();
    let late = heard.duration_since(since);
    eprintln!("heard {} ms after it failed", late.as_millis());
    assert!(late < jiff::SignedDuration::from_secs(1), "{late:?}");
    let screen = flight.show(View::Unit(name("flaky"))).await;
    assert!(screen.contains("✖ failed") && screen.contains("exit 3"), "{screen}");
    let screen = flight.show(View::List { filter: Filter::Failed, search: None, page: 0 }).await;
    assert!(screen.contains("✖ flaky"), "{screen}");
    assert_eq!(flight.outcome(Verb::ResetFailed, "flaky").await.conclusion, Conclusion::Reset);
    assert_eq!(flight.outcome(Verb::Start, "flaky").await.conclusion, Conclusion::Steady);
    flight.land().await;
}

#[tokio::test]
async fn acts_end_in_what_really_happened() {
    let Some(flight) = Flight::take_off(&[]).await else { return };
    let nginx = flight.outcome(Verb::Restart, "nginx").await;
    assert_eq!(nginx.conclusion, Conclusion::Steady);
    assert_eq!(flight.outcome(Verb::Reload, "nginx").await.conclusion, Conclusion::Steady);
    assert_eq!(flight.outcome(Verb::Stop, "nginx").await.conclusion, Conclusion::Stopped);
    assert_eq!(flight.lab.sh("systemctl is-active nginx || true").await, "inactive");
    assert_eq!(flight.outcome(Verb::Start, "nginx").await.conclusion, Conclusion::Steady);

    // Restarted, and dead a second later.
    let body = "[Service]\nExecStart=/bin/sh -c 'sleep 1; echo out of ideas >&2; exit 3'";
    flight.add("cockpit-dies", body).await;
    let dies = flight.outcome(Verb::Restart, "cockpit-dies").await;
    assert_eq!((dies.conclusion, dies.unit.exit), (Conclusion::Died, Some(Exit::Code(3))));
    assert!(dies.log.iter().any(|line| line.text.contains("out of ideas")), "{:?}", dies.log);
    let screen = flight.show(View::Unit(name("cockpit-dies"))).await;
    assert!(screen.contains("came up and went down again: exit 3"), "{screen}");

    // The same of one that ran well until then.
    flight.lab.sh("rm -f /run/lab/flaky.fail; systemctl reset-failed flaky; systemctl start flaky").await;
    flight.act(Verb::Restart, "flaky").await;
    flight.lab.sh("sleep 1; systemctl kill -s USR1 flaky").await;
    let flaky = flight.end_of("flaky").await;
    assert_eq!((flaky.conclusion, flaky.unit.exit), (Conclusion::Died, Some(Exit::Code(3))));
    assert_eq!(flight.outcome(Verb::Start, "flaky").await.conclusion, Conclusion::Steady);

    // Dead a second later, and restarted by systemd: up again, but not the same run.
    flight.add("cockpit-relives", "[Service]\nExecStart=/bin/sh -c 'sleep 1; kill -SEGV $$$$'\nRestart=always\nRestartSec=200ms\nLimitCORE=0").await;
    let relives = flight.outcome(Verb::Start, "cockpit-relives").await;
    assert_eq!(relives.conclusion, Conclusion::Died, "{:?}", relives.unit);
    assert_eq!(flight.outcome(Verb::Stop, "cockpit-relives").await.conclusion, Conclusion::Stopped);

    let looping = flight.outcome(Verb::Start, "crashloop").await;
    assert_eq!(looping.conclusion, Conclusion::Died);
    flight
        .eventually("systemd gives up", async |f| {
            f.report("crashloop").await.details.is_ok_and(|d| d.unit.active == Active::Failed)
        })
        .await;
    let screen = flight.show(View::Unit(name("crashloop"))).await;
    assert!(screen.contains("then systemd gave up") && screen.contains("exit 7"), "{screen}");

    let broken = flight.outcome(Verb::Start, "broken").await;
    assert_eq!(broken.unit.exit, Some(Exit::Code(203)));
    assert!(
        matches!(broken.conclusion, Conclusion::NotStarted(_) | Conclusion::Died),
        "{:?}",
        broken.conclusion
    );
    let screen = flight.show(View::Unit(name("broken"))).await;
    assert!(screen.contains("program missing or not executable"), "{screen}");

    // 8 s to start, 4 s until it is killed.
    flight.act(Verb::Start, "slow").await;
    let screen = flight.show(View::Unit(name("slow"))).await;
    assert!(screen.contains("starting…"), "{screen}");
    let slow = flight.end_of("slow").await;
    assert!(slow.conclusion == Conclusion::Steady && slow.took >= Duration::from_millis(7900), "{slow:?}");
    let slow = flight.outcome(Verb::Stop, "slow").await;
    assert_eq!(slow.conclusion, Conclusion::StoppedBadly);
    assert!(slow.took >= Duration::from_millis(3900), "{:?}", slow.took);

    flight.add("cockpit-once", "[Service]\nType=oneshot\nExecStart=/bin/true").await;
    assert_eq!(flight.outcome(Verb::Start, "cockpit-once").await.conclusion, Conclusion::Ran);
    flight
        .add("cockpit-if", "[Unit]\nConditionPathExists=/nowhere\n[Service]\nExecStart=/bin/sleep 99")
        .await;
    assert_eq!(flight.outcome(Verb::Start, "cockpit-if").await.conclusion, Conclusion::PassedOver);
    let missing = flight.outcome(Verb::Start, "cockpit-nosuch").await;
    assert!(matches!(missing.conclusion, Conclusion::Refused(_)), "{:?}", missing.conclusion);
    flight.add("cockpit-masked", "[Service]\nExecStart=/bin/sleep 99").await;
    flight.lab.sh("rm /etc/systemd/system/cockpit-masked.service; systemctl mask cockpit-masked").await;
    let masked = flight.outcome(Verb::Start, "cockpit-masked").await;
    assert!(matches!(masked.conclusion, Conclusion::Refused(_)), "{:?}", masked.conclusion);
    let screen = flight.show(View::Unit(name("cockpit-masked"))).await;
    assert!(screen.contains("systemctl unmask"), "{screen}");

    flight
        .add("cockpit-boot", "[Service]\nExecStart=/bin/sleep 99\n[Install]\nWantedBy=multi-user.target")
        .await;
    assert_eq!(flight.outcome(Verb::Enable, "cockpit-boot").await.conclusion, Conclusion::Enabled);
    assert_eq!(flight.lab.sh("systemctl is-enabled cockpit-boot").await, "enabled");
    assert_eq!(flight.outcome(Verb::Disable, "cockpit-boot").await.conclusion, Conclusion::Disabled);
    let no = flight.outcome(Verb::Enable, "cockpit-dies").await;
    assert!(matches!(no.conclusion, Conclusion::Refused(_)), "{:?}", no.conclusion);
    flight.land().await;
}

#[tokio::test]
async fn a_kill_for_want_of_memory_is_named() {
    let Some(flight) = Flight::take_off(&[]).await else { return };
    flight.add("cockpit-hungry", "[Service]\nExecStart=/bin/sh -c 'sleep 0.5; exec tail /dev/zero'\nMemoryMax=24M\nMemorySwapMax=0").await;
    let hungry = flight.outcome(Verb::Start, "cockpit-hungry").await;
    eprintln!("{:?} {:?}", hungry.unit.result, hungry.unit.exit);
    assert_eq!(hungry.conclusion, Conclusion::Died);
    assert_eq!(hungry.unit.exit, Some(Exit::Signal { number: 9, dumped: false }));
    let screen = flight.show(View::Unit(name("cockpit-hungry"))).await;
    // On cgroup v1 systemd is not told why; there "killed by SIGKILL" is all that is known.
    if hungry.unit.result.as_deref() == Some("oom-kill") {
        assert!(screen.contains("killed by SIGKILL – out of memory"), "{screen}");
    } else {
        eprintln!("skipped: this kernel's cgroups do not tell of out of memory");
        assert!(screen.contains("killed by SIGKILL"), "{screen}");
    }
    flight.land().await;
}

#[tokio::test]
async fn a_stopped_bus_is_survived() {
    let Some(flight) = Flight::take_off(&["nginx"]).await else { return };
    flight.lab.sh("systemctl stop dbus.socket dbus.service").await;
    flight.eventually("word of it", async |f| f.is_degraded().await).await;
    let screen = flight.show(View::List { filter: Filter::Watched, search: None, page: 0 }).await;
    assert!(screen.contains("Reconnecting to systemd") && screen.contains("nginx"), "{screen}");
    flight.lab.sh("systemctl start dbus.socket dbus.service").await;
    let back = Instant::now();
    flight
        .eventually("the connection", async |f| f.counter("connections").await >= 2 && !f.is_degraded().await)
        .await;
    eprintln!("connected again {:?} after the bus came back", back.elapsed());
    assert_eq!(flight.outcome(Verb::Restart, "nginx").await.conclusion, Conclusion::Steady);

    // systemd executes itself anew, and reads all units anew: the connection stands, the screens too.
    flight.lab.sh("systemctl daemon-reexec; systemctl daemon-reload").await;
    flight.eventually("an answer", async |f| f.report("nginx").await.details.is_ok()).await;
    flight
        .lab
        .sh("systemctl reset-failed flaky; systemctl start flaky; sleep 0.3; systemctl kill -s USR1 flaky")
        .await;
    flight
        .eventually("signals after it", async |f| f.events().iter().any(|e| e.starts_with("flaky failed")))
        .await;
    flight.lab.sh("systemctl start flaky").await;
    flight.land().await;
}

#[tokio::test]
async fn hostile_names_are_only_names() {
    let Some(flight) = Flight::take_off(&[]).await else { return };
    flight.lab.sh("rm -f /pwned*").await;
    for text in ["a; touch /pwned1", "$(touch /pwned2)", "`touch /pwned3`", "a|b", "--root=/", "a\nb", "a'b"]
    {
        assert!(UnitName::parse(text).is_err(), "{text:?} is no unit's name");
        let forged = format!("{{\"a\":{{\"s\":{{\"r\":{}}}}}}}", serde_json::to_string(text).unwrap());
        assert!(serde_json::from_str::<cockpit_bot::intent::Intent>(&forged).is_err(), "{forged}");
    }
    // What systemd-escape makes of them are real names.
    let shell = flight.lab.sh("systemd-escape --suffix=service '$(touch /pwned4); `id` > x'").await;
    let long = format!("{}.service", "n".repeat(192));
    let odd = ["cockpit-odd\\x20name\\x2d1.service", "-cockpit.service", "cockpit:a_b.c@d-e.service"];
    for unit in [shell.as_str(), &long].into_iter().chain(odd) {
        let Ok(parsed) = UnitName::parse(unit) else {
            assert!(unit.starts_with('-'), "{unit} is a name for systemd");
            continue;
        };
        let path = format!("/etc/systemd/system/{parsed}");
        flight.lab.sh(&format!("cat > '{path}' <<'END'\n[Service]\nExecStart=/bin/sh -c 'echo hello from %n; sleep 99'\nEND\nsystemctl daemon-reload")).await;
        assert_eq!(flight.outcome(Verb::Start, unit).await.conclusion, Conclusion::Steady, "{unit}");
        let log = flight.show(View::Log(Log::of(parsed.clone()))).await;
        assert!(log.contains("hello from"), "{log}");
        flight.show(View::Unit(parsed.clone())).await;
        assert_eq!(flight.outcome(Verb::Stop, unit).await.conclusion, Conclusion::Stopped, "{unit}");
        flight.lab.sh(&format!("rm '{path}'")).await;
    }
    assert_eq!(flight.lab.sh("ls /pwned* 2>/dev/null || true").await, "");
    flight.land().await;
}

#[tokio::test]
async fn a_diagnosis_names_the_cause_of_a_real_failure() {
    let Some(flight) = Flight::take_off(&[]).await else { return };
    let why = async |unit: &str| flight.show(View::Diagnose(name(unit))).await;
    // Of this type, starting it fails when its program can't be started, and with it what needs it.
    flight.add("cockpit-noprog", "[Service]\nType=exec\nExecStart=/no/such/program").await;
    flight.outcome(Verb::Start, "cockpit-noprog").await;
    let words = why("cockpit-noprog").await;
    assert!(words.contains("can't be started") && words.contains("ExecStart="), "{words}");

    // nginx of the lab holds port 80: a second one says so in its own words.
    let start = "ExecStart=/usr/sbin/nginx -c /root/second.conf -g 'daemon off;'";
    flight.add("cockpit-second", &format!("[Service]\n{start}")).await;
    let conf = "pid /run/second.pid; events {} http { server { listen 80; } }";
    flight.lab.sh(&format!("echo '{conf}' > /root/second.conf; systemctl start nginx")).await;
    flight.outcome(Verb::Start, "cockpit-second").await;
    flight
        .eventually("a failure", async |f| {
            f.report("cockpit-second").await.details.is_ok_and(|d| d.unit.active == Active::Failed)
        })
        .await;
    let words = why("cockpit-second").await;
    assert!(words.contains("Port 80 is taken"), "{words}");

    // What it needs is told before anything else.
    flight.add("cockpit-needy", "[Unit]\nRequires=cockpit-noprog.service\nAfter=cockpit-noprog.service\n[Service]\nExecStart=/bin/sleep 99").await;
    flight.act(Verb::Start, "cockpit-needy").await;
    flight.end_of("cockpit-needy").await;
    let words = why("cockpit-needy").await;
    assert!(words.contains("It needs cockpit-noprog, which is failed"), "{words}");

    let well = why("cron").await;
    assert!(well.contains("It runs"), "{well}");
    flight.lab.sh("rm /etc/systemd/system/cockpit-noprog.service /etc/systemd/system/cockpit-second.service /etc/systemd/system/cockpit-needy.service; systemctl daemon-reload; systemctl reset-failed").await;
    flight.land().await;
}

#[tokio::test]
async fn a_real_journal_is_read_in_every_way() {
    let Some(flight) = Flight::take_off(&[]).await else { return };
    let chatty = Log::of(name("chatty"));
    let page = async |log: &Log| {
        flight.room.port.call(SOON, |reply| Msg::Log(log.clone(), reply)).await.unwrap().unwrap()
    };
    flight.lab.sh("systemctl kill -s USR1 chatty").await;
    let two_hundred = Log { amount: Amount::TwoHundred, ..chatty.clone() };
    flight.eventually("500 lines", async |_| page(&two_hundred).await.entries.len() == 200).await;
    let began = Instant::now();
    let fifty = page(&chatty).await;
    eprintln!("last 50 lines in {:?}", began.elapsed());
    assert!(fifty.entries.len() == 50 && fifty.entries.is_sorted_by_key(|entry| entry.at));
    let errors = page(&Log { priority: Some(3), ..chatty.clone() }).await;
    assert!(!errors.entries.is_empty() && errors.entries.iter().all(|e| e.priority.unwrap() <= 3));
    let search = Some("unicode".to_owned());
    let found = page(&Log { search, since: Since::Boot, ..chatty.clone() }).await;
    assert!(
        found.entries.iter().all(|e| e.text.as_deref().unwrap().contains("🚀")) && !found.entries.is_empty()
    );

    // Live: from the last line on, without a gap and without one twice.
    let follow = Log { follow: true, ..chatty.clone() };
    let first = page(&follow).await;
    flight.lab.sh("systemctl kill -s USR1 chatty").await;
    let feed = Topic::Feed(first.feed.unwrap());
    flight.eventually("new lines", async |f| f.changed.lock().unwrap().contains(&feed)).await;
    flight
        .eventually("the burst", async |_| {
            page(&follow).await.entries.iter().any(|e| {
                e.text.as_deref().unwrap_or_default().contains("499")
                    || e.text.as_deref().unwrap_or_default().contains("500")
            })
        })
        .await;

    // A message of a megabyte, colours, control bytes, and one that is no text.
    flight.add("cockpit-loud", "[Service]\nType=oneshot\nExecStart=/usr/bin/python3 /root/loud.py").await;
    flight.lab.sh(concat!(
        "cat > /root/loud.py <<'END'\n",
        "import fcntl, os, socket, time\n",
        "print('\\033[31mred\\033[0m \\007bell', flush=True)\n",
        "to = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n",
        "to.connect('/run/systemd/journal/socket')\n",
        "big = os.memfd_create('big', os.MFD_ALLOW_SEALING)\n",
        "os.write(big, b'MESSAGE=BIG ' + b'x' * 2000000 + b'\\nPRIORITY=4\\n')\n",
        "fcntl.fcntl(big, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)\n",
        "socket.send_fds(to, [b''], [big])\n",
        "to.send(b'MESSAGE=after\\n')\n",
        // journald asks whose words these are; nobody can tell of a process that has ended.
        "time.sleep(3)\n",
        "END\n",
        "systemctl start cockpit-loud"
    )).await;
    let loud = Log::of(name("cockpit-loud"));
    let texts = async || {
        page(&loud).await.entries.iter().map(|e| e.text.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    flight.eventually("its words", async |_| texts().await.iter().any(|text| text == "after")).await;
    let texts = texts().await;
    assert!(texts.contains(&"red bell".to_owned()), "{texts:?}");
    let big = texts.iter().find(|text| text.starts_with("BIG xxx")).expect("the beginning of the big one");
    assert!(big.len() < 5000 && big.ends_with('…'), "{}", big.len());

    // The whole, as a file: line for line what journalctl has.
    let order = Order {
        pilot: PilotId(1),
        pilot_name: "Dre".into(),
        chat: ChatId(1),
        reader: flight.reader(),
        op: "1".into(),
    };
    let began = Instant::now();
    let Outcome::File(Attachment { blob, caption }) =
        flight.room.act(&Act::LogFile(chatty.clone()), &order).await
    else {
        panic!("a file");
    };
    eprintln!("{caption} in {:?}", began.elapsed());
    let (_, mut stream) = flight.blobs.open(blob).await.unwrap();
    let mut text = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text).await.unwrap();
    let last =
        text.lines().rfind(|line| line.contains("chatty") || line.contains("python3")).unwrap().to_owned();
    let until = last.split(' ').next().unwrap().to_owned();
    let theirs = flight
        .lab
        .sh(&format!("journalctl -u chatty -o json --until=\"@$(date +%s -d '{until}')\" | wc -l"))
        .await;
    let theirs: usize = theirs.parse().unwrap();
    let ours = text.lines().filter(|line| !line.starts_with("    ")).count();
    assert!(
        ours >= theirs && ours - theirs < 600,
        "{ours} lines in the file, {theirs} in the journal until its last second"
    );
    flight.land().await;
}
