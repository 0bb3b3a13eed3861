//! Podman's service behind the same room. It is not in the lab: `COCKPIT_LAB_PODMAN` names a folder with its Debian
//! packages (podman, conmon, crun, containernetworking-plugins, catatonit, golang-github-containers-common and -image, and the
//! libraries they want).

use cockpit_bot::{
    events::Event,
    intent::containers::{Act, Filter, Log, Prune, Since, Stock, View},
    room::Outcome,
};

use super::{
    TURN,
    lab::Lab,
    room::{Flight, demo, name},
};

/// Installed, with the demo's image, and Docker out of the way.
async fn podman() -> Option<Lab> {
    let Some(packages) = std::env::var_os("COCKPIT_LAB_PODMAN").filter(|path| !path.is_empty()) else {
        eprintln!("skipped: set COCKPIT_LAB_PODMAN to fly with Podman in the lab");
        return None;
    };
    let lab = Lab::up().await?;
    lab.sh("systemctl start docker.socket docker.service").await;
    demo(&lab).await;
    lab.sh("rm -rf /root/podman").await;
    lab.push(packages.as_ref(), "/root/podman").await;
    // An overlay cannot lie on the lab's own overlay.
    let storage = "[storage]\ndriver = \"vfs\"\nrunroot = \"/run/containers/storage\"\ngraphroot = \"/var/lib/containers/storage\"";
    lab.sh("mkdir -p /etc/containers; dpkg -i --force-depends --force-confold /root/podman/*.deb >/dev/null 2>&1; podman --version").await;
    lab.write("/etc/containers/storage.conf", storage).await;
    lab.sh(
        "docker save lab/busybox:1 -o /root/podman/image.tar; systemctl stop docker.socket docker.service; \
         systemctl start podman.socket; podman pod rm -af >/dev/null; podman rm -af >/dev/null; podman volume prune -f >/dev/null; \
         podman load -q -i /root/podman/image.tar >/dev/null; \
         podman tag localhost/lab/busybox:1 docker.io/lab/busybox:1",
    )
    .await;
    Some(lab)
}

const CAST: &str = "run() { podman run -d \"$@\" >/dev/null || exit 1; }; \
    podman volume create pod-unused >/dev/null; podman network create pod-front >/dev/null 2>&1; \
    run --name pod-web --network pod-front -p 127.0.0.1:8097:80 -e SECRET=lab-secret -v pod-kept:/data \
      --health-cmd true --health-interval 1s \
      lab/busybox:1 sh -c 'while :; do echo said; echo cried >&2; sleep 1; done'; \
    run --name pod-sick --health-cmd 'sh -c \"echo not well; exit 1\"' --health-interval 1s --health-retries 2 lab/busybox:1 sleep 100000; \
    run --name pod-crash --restart always lab/busybox:1 sh -c 'echo fatal; sleep 1; exit 42'; \
    run --name pod-failed lab/busybox:1 sh -c 'exit 3'; \
    run --name pod-paused lab/busybox:1 sleep 100000; podman pause pod-paused >/dev/null; \
    podman pod create --name pod-pod >/dev/null; run --pod pod-pod --name pod-in-pod lab/busybox:1 sleep 100000";

#[tokio::test]
async fn podman_s_service_is_looked_at_and_obeys() {
    let _turn = TURN.lock().await;
    let Some(lab) = podman().await else { return };
    lab.sh(CAST).await;
    let flight = Flight::take_off(lab, "run/podman/podman.sock").await;
    let list = |filter| View::List { filter, search: None, page: 0 };
    let stock = |what| View::Stock { what, page: 0 };
    let of = |text: &str| Log::of(name(text));
    for (view, says) in [
        (list(Filter::All), "pod-in-pod"),
        (list(Filter::Troubled), "unhealthy"),
        (View::One(name("pod-web")), "127.0.0.1:8097"),
        (View::One(name("pod-web")), "✔ healthy"),
        (View::One(name("pod-web")), " %"),
        (View::One(name("pod-sick")), "✖ unhealthy"),
        (View::One(name("pod-sick")), "not well"),
        (View::One(name("pod-crash")), "Restart  always"),
        (View::One(name("pod-failed")), "exited 3"),
        (View::One(name("pod-paused")), "paused"),
        (View::Details(name("pod-web")), "pod-front 10."),
        (View::Values(name("pod-web")), "SECRET=lab-secret"),
        (View::Log(of("pod-web")), "┃ cried"),
        (View::Log(Log { since: Since::Hour, ..of("pod-crash") }), "fatal"),
        (View::Log(Log { follow: true, ..of("pod-web") }), "said"),
        (stock(Stock::Usage), "Images   █"),
        (stock(Stock::Images), "lab/busybox:1"),
        (stock(Stock::Volumes), "pod-kept"),
        (stock(Stock::Networks), "pod-front"),
        (View::UnusedVolumes, "pod-unused"),
    ] {
        let shown = format!("{view:?} with {says:?}");
        flight.eventually(&shown, async |f| f.show(&view).await.contains(says)).await;
    }
    // What is not to be had is said, and not guessed.
    assert!(matches!(flight.act(&Act::CheckUpdates).await, Outcome::Done { .. }));
    let asked = View::Updates { page: 0 };
    flight
        .eventually("the round to be over", async |f| f.show(&asked).await.contains("cannot be asked"))
        .await;
    let told = flight.heard();
    let unwell = |event: &Event| matches!(event, Event::ContainerUnhealthy { container, .. } if container == "pod-sick");
    let loops =
        |event: &Event| matches!(event, Event::ContainerDied { container, .. } if container == "pod-crash");
    assert!(told.iter().any(unwell) && told.iter().any(loops), "{told:?}");
    for (act, says) in [
        (Act::Pause(name("pod-web")), "pod-web is paused."),
        (Act::Unpause(name("pod-web")), "pod-web is up and healthy."),
        (Act::Restart(name("pod-web")), "pod-web is up and healthy."),
        (Act::Stop(name("pod-web")), "pod-web is down"),
        (Act::Start(name("pod-web")), "pod-web is up and healthy."),
        (Act::Kill(name("pod-in-pod")), "pod-in-pod is down: exited 137"),
        (Act::Remove(name("pod-in-pod")), "pod-in-pod is removed."),
        (Act::Restart(name("pod-crash")), "pod-crash did not hold"),
    ] {
        flight.done(&act, says).await;
    }
    flight
        .lab
        .sh("podman stop -t 1 pod-web >/dev/null 2>&1; podman network create pod-empty >/dev/null")
        .await;
    flight.eventually("a stop from elsewhere", async |f| f.one("pod-web").await.contains("exited 137")).await;
    for what in [Prune::Images, Prune::Networks, Prune::Containers] {
        let usage = stock(Stock::Usage);
        flight.eventually("nothing to be under way", async |f| !f.show(&usage).await.contains("On it")).await;
        assert!(matches!(flight.act(&Act::Prune(what)).await, Outcome::Done { .. }), "{what:?}");
    }
    let cleared = async |f: &Flight| !f.show(&list(Filter::All)).await.contains("pod-failed");
    flight.eventually("the stopped ones to be gone", cleared).await;
    let left = flight.lab.sh("podman network ls -q").await;
    assert!(
        !left.contains("pod-empty") && left.contains("pod-front"),
        "a stopped one was tied to it: {left}"
    );
    let asked =
        |event: &Event| matches!(event, Event::ContainerDied { container, .. } if container != "pod-crash");
    let told = flight.heard();
    assert!(!told.iter().any(asked), "{told:?}");
    flight.lab.sh("podman pod rm -af >/dev/null; podman rm -af >/dev/null; podman network rm pod-front pod-empty >/dev/null 2>&1; systemctl stop podman.socket podman.service; systemctl start docker.socket docker.service").await;
    flight.land().await;
}
