//! The adapter before a `org.freedesktop.systemd1` made of the simulated world: over a socket pair, and on a private
//! message bus where one is installed. Never the host's.

mod server;

use std::{
    os::unix::net::UnixStream,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::task::JoinSet;
use zbus::{Connection, connection::Builder};

use self::server::{Bag, serve, text};
use super::{
    super::{
        bus::{BusError, Changes, Systemd},
        contract_tests::{contract, name, until, world},
        systemd_fake::World,
        unit::{Active, Exit},
    },
    NAME, PROPERTIES, UNIT, Zbus,
    decode::unit_path,
};

/// The adapter over socket pairs, each with a server of its own.
fn paired(world: &World) -> Zbus {
    let world = world.clone();
    let servers = Arc::new(Mutex::new(JoinSet::new()));
    Zbus::over(move || {
        let (world, servers) = (world.clone(), servers.clone());
        Box::pin(async move {
            if world.connect().await.is_err() {
                return Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into());
            }
            let (a, b) = UnixStream::pair().unwrap();
            let guid = zbus::Guid::generate();
            let (server, client) = tokio::join!(
                Builder::unix_stream(a).server(guid).p2p().build(),
                Builder::unix_stream(b).p2p().method_timeout(Duration::from_secs(10)).build()
            );
            servers.lock().unwrap().spawn(serve(server?, world));
            client
        })
    })
}

#[tokio::test]
async fn the_adapter_keeps_the_contract_over_a_socket() {
    let world = world();
    contract(&paired(&world), &world).await;
}

#[tokio::test]
async fn a_systemd_that_is_not_there_is_told_in_words() {
    let Err(BusError::NoBus { address, why }) = Zbus::at("unix:path=/nonexistent/bus").connect().await else {
        panic!("there is no such bus");
    };
    assert!(address.contains("/nonexistent/bus") && why.contains("No such file"), "{address}: {why}");
}

/// A message bus of this test's own.
struct PrivateBus {
    running: crate::process::Running,
    folder: tempfile::TempDir,
}

impl PrivateBus {
    /// `None`, and a word why, where no bus is installed.
    async fn start() -> Option<PrivateBus> {
        let folder = tempfile::tempdir().unwrap();
        let running = Self::launch(folder.path()).await?;
        Some(PrivateBus { running, folder })
    }

    async fn launch(folder: &std::path::Path) -> Option<crate::process::Running> {
        let config = folder.join("bus.conf");
        let socket = folder.join("socket");
        std::fs::write(
            &config,
            format!(
                r#"<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>
                <policy context="default"><allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#,
                socket.display()
            ),
        )
        .unwrap();
        let _ = std::fs::remove_file(&socket);
        let command = crate::process::Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .no_deadline();
        let mut running = match crate::process::spawn(command) {
            Ok(running) => running,
            Err(why) => {
                eprintln!("skipped: {why}");
                return None;
            }
        };
        // It says its address when it listens.
        while let Ok(crate::process::Happened::Line(line)) = running.next().await {
            if line.text.starts_with("unix:") {
                return Some(running);
            }
        }
        panic!("the private bus did not start");
    }

    fn address(&self) -> String {
        format!("unix:path={}", self.folder.path().join("socket").display())
    }

    async fn connection(&self) -> Connection {
        Builder::address(self.address().as_str()).build().await.unwrap()
    }
}

#[tokio::test]
async fn on_a_bus_systemd_may_be_born_again_and_the_bus_may_go() {
    let Some(mut bus) = PrivateBus::start().await else { return };
    let world = world();
    let mut servers = JoinSet::new();
    let adapter = Zbus::at(&bus.address());
    assert!(matches!(adapter.connect().await, Err(BusError::NoBus { .. })), "nobody is systemd yet");

    let systemd = bus.connection().await;
    systemd.request_name(NAME).await.unwrap();
    servers.spawn(serve(systemd.clone(), world.clone()));
    let mut link = adapter.connect().await.unwrap();
    world.crash("nginx", Exit::Code(1));
    let failed = |changes: &Changes, unit: &str| {
        changes.patches.get(&name(unit)).is_some_and(|patch| patch.active == Some(Active::Failed))
    };
    until(&mut link, "the failure", |changes| failed(changes, "nginx")).await;

    // Somebody else on the bus says the same of another unit: not believed. What systemd says after it is.
    let liar = bus.connection().await;
    let client = link_name(&bus).await;
    for to in client {
        let body = (UNIT, Bag::from([("ActiveState", text("failed"))]), Vec::<&str>::new());
        let path = unit_path("once.service");
        let to = zbus::names::BusName::try_from(to).unwrap();
        liar.emit_signal(Some(to), path.as_str(), PROPERTIES, "PropertiesChanged", &body).await.unwrap();
    }
    // The liar's connection is used up to here before systemd's next word.
    liar.call_method(Some("org.freedesktop.DBus"), "/", Some("org.freedesktop.DBus"), "GetId", &())
        .await
        .unwrap();
    world.crash("shop", Exit::Code(1));
    let heard = until(&mut link, "systemd's word", |changes| failed(changes, "shop")).await;
    assert!(!heard.patches.contains_key(&name("once")), "a stranger's word was believed: {heard:?}");

    // daemon-reexec: the name has another owner.
    systemd.release_name(NAME).await.unwrap();
    let reborn = bus.connection().await;
    reborn.request_name(NAME).await.unwrap();
    servers.spawn(serve(reborn, world.clone()));
    until(&mut link, "the call to list again", |changes| changes.relist).await;
    assert!(link.bus.units().await.is_ok());
    world.crash("broken", Exit::Code(3));
    until(&mut link, "a word of the new one", |changes| failed(changes, "broken")).await;

    // The bus ends, and comes back.
    bus.running.control().kill();
    while !matches!(bus.running.next().await, Ok(crate::process::Happened::Ended(_)) | Err(_)) {}
    let ended = async { while link.changes.recv().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(10), ended).await.expect("the changes end with the bus");
    assert!(matches!(adapter.connect().await, Err(BusError::NoBus { .. })));
    bus.running = PrivateBus::launch(bus.folder.path()).await.unwrap();
    let systemd = bus.connection().await;
    systemd.request_name(NAME).await.unwrap();
    servers.spawn(serve(systemd, world.clone()));
    let link = adapter.connect().await.expect("connects again");
    assert!(link.bus.units().await.is_ok());
}

/// The unique names on the bus, the adapter's among them.
async fn link_name(bus: &PrivateBus) -> Vec<String> {
    let connection = bus.connection().await;
    let reply = connection
        .call_method(Some("org.freedesktop.DBus"), "/", Some("org.freedesktop.DBus"), "ListNames", &())
        .await
        .unwrap();
    let names: Vec<String> = reply.body().deserialize().unwrap();
    names.into_iter().filter(|name| name.starts_with(':')).collect()
}
