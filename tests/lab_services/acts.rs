//! What acts end in: what really happened, not what was wished.

use std::time::Duration;

use cockpit_bot::{
    intent::services::View,
    subsystems::services::{
        ops::Conclusion,
        unit::{Active, Exit, Verb},
    },
};

use crate::flight::{Flight, name};

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
