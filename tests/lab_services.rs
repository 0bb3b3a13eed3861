//! The room of services against a real systemd, journal and D-Bus, in the lab: `COCKPIT_LAB=1 cargo test --test
//! lab_services`. Each test has units of its own; they take turns, as one of them stops the bus.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "lab_services/acts.rs"]
mod acts;
#[path = "lab_services/flight.rs"]
mod flight;
mod lab;
#[path = "lab_services/words.rs"]
mod words;

use cockpit_bot::{
    domain::UnitName,
    intent::services::{Filter, Log, View},
    subsystems::services::{
        ops::Conclusion,
        unit::{Active, Verb},
    },
};
use jiff::Timestamp;
use tokio::time::Instant;

use flight::{Flight, name};

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
