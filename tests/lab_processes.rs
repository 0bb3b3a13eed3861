//! Signals to real processes, pressed in the chat: the daemon itself runs inside the lab, as root and as a service, and
//! speaks to a Bot API in this test. `COCKPIT_LAB=1 cargo test --test lab_processes`.

mod lab;
mod pilot;

use std::{path::Path, sync::Arc, time::Duration};

use cockpit_bot::{
    domain::SystemClock,
    practice::{PracticeOptions, Running, start},
};
use lab::Lab;
use pilot::{Bubble, OWNER, Pilot, View};

/// In the lab.
const DIR: &str = "/root/signals";
const DAEMON: &str = "cockpit-signals";

/// Hears HUP and does not mind TERM; counts while it runs.
const STUBBORN: &str = r#"#!/bin/bash
trap 'echo hup >> /root/signals/heard' HUP
trap 'echo term >> /root/signals/heard' TERM
while :; do echo >> /root/signals/ticks; sleep 0.1; done
"#;

struct Flight {
    lab: Lab,
    pilot: Pilot,
    _telegram: Running,
}

impl Flight {
    async fn take_off() -> Option<Flight> {
        let lab = Lab::up().await?;
        let options = PracticeOptions::new("127.0.0.1:0".parse().expect("an address"), Arc::new(SystemClock));
        let telegram = start(options).await.expect("a Bot API on loopback");
        let port = telegram.api_url.rsplit(':').next().expect("a port").to_owned();
        let port = port.trim_end_matches('/');
        lab.forward_to_host(port).await;
        lab.sh(&format!("systemctl stop {DAEMON} 2>/dev/null; rm -rf {DIR}; mkdir -p {DIR}")).await;
        lab.push(Path::new(env!("CARGO_BIN_EXE_cockpit-bot")), &format!("{DIR}/cockpit-bot")).await;
        let config = format!(
            "[telegram]\ntoken = \"{}\"\napi_url = \"{}\"\n[data]\ndir = \"{DIR}/data\"\n\
             [[pilots]]\nid = {OWNER}\nrole = \"owner\"\nname = \"Captain\"\n",
            telegram.token, telegram.api_url
        );
        lab.write(&format!("{DIR}/cockpit.toml"), &config).await;
        lab.write(&format!("{DIR}/stubborn"), STUBBORN).await;
        lab.sh(&format!(
            "chmod 600 {DIR}/cockpit.toml; chmod 755 {DIR}/stubborn; \
             systemd-run -q --collect --unit={DAEMON} {DIR}/cockpit-bot run --config {DIR}/cockpit.toml"
        ))
        .await;
        let pilot = Pilot::new(&telegram.page_url);
        pilot.until("the bot in the lab to listen", |view| view.listening().then_some(())).await;
        Some(Flight { lab, pilot, _telegram: telegram })
    }

    /// A service of its own around a program; its pid.
    async fn start(&self, unit: &str, program: &str) -> String {
        let line = format!(
            "systemctl reset-failed {unit} 2>/dev/null; systemd-run -q --unit={unit} {program} && \
             systemctl show --value -p MainPID {unit}"
        );
        self.lab.sh(&line).await
    }

    /// The screen of a process, reached as a pilot does: search by its pid, and tap it.
    async fn screen(&self, name: &str, pid: &str) -> Bubble {
        let typed = self.pilot.say(OWNER, OWNER, &format!("/top {pid}")).await;
        let label = format!("{name} {pid}");
        let find = |view: &View| {
            let mine = |b: &Bubble| b.id() > typed && b.is_bots() && b.button(&label).is_some();
            view.bubbles(OWNER).into_iter().find(mine)
        };
        let list = self.pilot.until("the process among those found", find).await;
        self.pilot.tap(OWNER, &list, &label).await;
        self.pilot.becomes(&list, "Runs for").await
    }

    /// Taps a button of a bubble as it is now: figures redraw it.
    async fn tap(&self, bubble: &Bubble, label: &str) {
        let find =
            |view: &View| view.bubbles(OWNER).into_iter().find(|b| b.id() == bubble.id())?.data_of(label);
        let data = self.pilot.until(&format!("a button {label:?}"), find).await;
        self.pilot.tap_data(OWNER, OWNER, bubble.id(), &data).await;
    }

    /// Taps a signal, reads its question, taps again; the screen with what became of it.
    async fn press(&self, bubble: &Bubble, signal: &str, warned: &str, evidence: &str) -> Bubble {
        self.tap(bubble, signal).await;
        let question = self.pilot.becomes(bubble, "This question ends").await;
        assert!(question.text().contains(warned), "{}", question.text());
        self.tap(bubble, signal).await;
        let told = self.pilot.becomes(bubble, evidence).await;
        eprintln!("--- {signal}\n{}\n{:?}", told.text(), told.labels());
        told
    }

    async fn state(&self, pid: &str) -> String {
        self.lab.sh(&format!("sed -n 's/^State:\\t\\(.\\).*/\\1/p' /proc/{pid}/status")).await
    }

    /// Waits inside the lab until a shell's condition holds.
    async fn until(&self, condition: &str) {
        self.lab.sh(&format!("timeout 60 sh -c 'until {condition}; do sleep 0.05; done'")).await;
    }

    async fn land(self) {
        self.lab.sh(&format!("systemctl stop {DAEMON}; rm -rf {DIR}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_signal_of_the_chat_reaches_a_real_process() {
    let Some(flight) = Flight::take_off().await else { return };
    let pid = flight.start("cockpit-stubborn", &format!("{DIR}/stubborn")).await;
    let screen = flight.screen("stubborn", &pid).await;
    assert!(screen.text().contains("cockpit-stubborn"), "{}", screen.text());

    // STOP: it is there, and does nothing.
    flight.until(&format!("[ -s {DIR}/ticks ]")).await;
    let paused = flight.press(&screen, "Pause", "does nothing at all", "STOP sent").await;
    assert!(paused.text().contains("paused"), "{}", paused.text());
    assert_eq!(flight.state(&pid).await, "T");
    let ticks = format!("wc -l < {DIR}/ticks");
    let still = flight.lab.sh(&ticks).await;
    assert_eq!(flight.lab.sh(&format!("sleep 1; {ticks}")).await, still, "it ran on while paused");

    // CONT: no question, as nothing is lost by it.
    flight.tap(&paused, "Go on").await;
    flight.pilot.becomes(&paused, "CONT sent").await;
    flight.until(&format!("[ $({ticks}) -gt {still} ]")).await;
    assert_ne!(flight.state(&pid).await, "T");

    // HUP is heard, and it lives on.
    flight.press(&screen, "HUP", "read their files again", "HUP sent").await;
    flight.until(&format!("grep -q hup {DIR}/heard")).await;

    // TERM is heard and not minded; KILL is offered after five seconds, and ends it.
    flight.press(&screen, "End", "cockpit-stubborn", "it still lives").await;
    assert_eq!(flight.lab.sh(&format!("cat {DIR}/heard")).await, "hup\nterm");
    flight.press(&screen, "Kill", "no chance to tidy up", "after KILL").await;
    flight.until(&format!("[ ! -e /proc/{pid} ]")).await;
    let end = flight.lab.sh("systemctl show --value -p Result -p ExecMainStatus cockpit-stubborn").await;
    assert_eq!(end, "signal\n9", "as systemd saw it end");

    // One that minds TERM, and one that has nothing for HUP.
    let mild = flight.start("cockpit-mild", "/bin/sleep 99999").await;
    let screen = flight.screen("sleep", &mild).await;
    flight.press(&screen, "End", "cockpit-mild", "after TERM").await;
    flight.until(&format!("[ ! -e /proc/{mild} ]")).await;
    let plain = flight.start("cockpit-plain", "/bin/sleep 99999").await;
    let screen = flight.screen("sleep", &plain).await;
    flight.press(&screen, "HUP", "other programs end", "ended").await;
    flight.until(&format!("[ ! -e /proc/{plain} ]")).await;

    // What must never be hit: the machine's first process, and the daemon itself.
    let own = flight.lab.sh(&format!("systemctl show --value -p MainPID {DAEMON}")).await;
    for (command, refused) in [("/kill 1".to_owned(), "PID 1"), (format!("/kill {own}"), "Cockpit itself")] {
        flight.pilot.say(OWNER, OWNER, &command).await;
        flight.pilot.bubble(OWNER, refused).await;
    }
    assert_eq!(flight.lab.sh(&format!("systemctl is-active {DAEMON}")).await, "active");
    tokio::time::timeout(Duration::from_secs(60), flight.land()).await.expect("the daemon stops");
}
