//! The looking itself: files, sockets and the versions of programs. Every wait has a deadline.

use std::{
    ffi::OsStr,
    fs,
    io::{ErrorKind, Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Finding, Standing};
use crate::{
    domain::Bytes,
    process::{self, Command},
    store::{self, Inspected, StoreError},
};

const WITHIN: Duration = Duration::from_secs(3);
/// Less free space than this under the data folder is worth a word.
const FREE_BYTES_MIN: u64 = 200 << 20;
const SYSTEM_BUS: &str = "/run/dbus/system_bus_socket";

/// What is looked at, so that a test can point it elsewhere.
pub struct Looked {
    /// The root of what is read: `/`.
    pub root: PathBuf,
    pub data: PathBuf,
    /// The sentence about the config file, and what to do where it keeps the daemon from starting.
    pub config: (String, Option<String>),
    pub token: bool,
    /// The first one that is there is the one that is used.
    pub engine_sockets: Vec<PathBuf>,
}

/// Every capability the landed panels use, in the order things are set up in.
pub async fn examine(looked: &Looked) -> Vec<Finding> {
    let at = |path: &str| looked.root.join(path.trim_start_matches('/'));
    vec![
        config(looked),
        token(looked),
        data_folder(&looked.data),
        store(&looked.data.join("cockpit.db")),
        time_zone(),
        kernel(),
        pressure(&at("/proc/pressure/cpu")),
        sensors(&at("/sys/class/hwmon")),
        system_bus(&at(SYSTEM_BUS)).await,
        journal(&[at("/var/log/journal"), at("/run/log/journal")]).await,
        as_root(program("smartctl", "--version", "disk health", "sudo apt install smartmontools").await),
        engine(&looked.engine_sockets),
        program("restic", "version", "backups by restic", "sudo apt install restic").await,
        program("borg", "--version", "backups by Borg", "sudo apt install borgbackup").await,
    ]
}

fn config(looked: &Looked) -> Finding {
    let (says, mend) = &looked.config;
    let finding = Finding::good("config", "everything", says.as_str());
    match mend {
        None => finding,
        Some(mend) => finding.not(Standing::Fatal, mend),
    }
}

fn token(looked: &Looked) -> Finding {
    let finding = |found: &str| Finding::good("bot token", "talking to Telegram", found);
    if looked.token {
        finding("configured")
    } else {
        finding("none").not(
            Standing::Fatal,
            "ask @BotFather for one; sudo install -m 600 /dev/stdin /etc/cockpit-bot/token <<< 'TOKEN'",
        )
    }
}

fn data_folder(folder: &Path) -> Finding {
    let finding = |found: String| Finding::good("data folder", "history, audit trail, settings", found);
    let shown = folder.display();
    let make = format!("sudo install -d -m 700 -o $USER {shown}");
    // The unit makes its folder by itself (StateDirectory=), so one that is not there yet is no fault of its parent's.
    let nearest = folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    if rustix::fs::access(nearest, rustix::fs::Access::WRITE_OK).is_err() {
        return finding(format!("{shown} is not writable for this user")).not(Standing::Fatal, make);
    }
    if nearest != folder {
        return finding(format!("{shown} will be made at the first start"));
    }
    match rustix::fs::statvfs(folder) {
        Ok(fs) if fs.f_bavail * fs.f_frsize < FREE_BYTES_MIN => {
            finding(format!("{shown}: only {} free", Bytes(fs.f_bavail * fs.f_frsize)))
                .not(Standing::NotAllowed, format!("df -h {shown}"))
        }
        Ok(fs) => finding(format!("{shown}, {} free", Bytes(fs.f_bavail * fs.f_frsize))),
        Err(error) => finding(format!("{shown}: {error}")).not(Standing::Fatal, make),
    }
}

/// The database, if there is one yet: its age, and SQLite's own check of it.
fn store(file: &Path) -> Finding {
    let finding = |found: String| Finding::good("store", "history, settings, confirmations", found);
    if !file.exists() {
        return finding("will be made at the first start".into());
    }
    match store::inspect(file) {
        Ok(Inspected { bytes, schema, complaints }) if complaints.is_empty() => {
            finding(format!("sound, {}, schema {schema}", Bytes(bytes)))
        }
        Ok(Inspected { complaints, .. }) => {
            finding(format!("damaged: {}", complaints[0])).not(Standing::Fatal, store::rescue(file))
        }
        Err(error @ StoreError::NotWritable { .. }) if !rustix::process::geteuid().is_root() => {
            finding(error.to_string()).not(Standing::NotAllowed, "sudo cockpit-bot doctor")
        }
        Err(error) => finding(error.to_string()).not(Standing::Fatal, error.hint()),
    }
}

fn time_zone() -> Finding {
    let finding = |found: String| Finding::good("time zone", "times on screens, schedules", found);
    match jiff::tz::TimeZone::try_system() {
        Ok(zone) => finding(zone.iana_name().unwrap_or("set, without a name").to_owned()),
        Err(error) => finding(format!("unknown, so UTC: {error}")).not(
            Standing::Missing,
            "sudo timedatectl set-timezone Asia/Jakarta, or ship.timezone in the config",
        ),
    }
}

/// pidfd_send_signal came with Linux 5.1, openat2 with 5.6: acts on processes and files stand on them.
fn kernel() -> Finding {
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    let mut numbers = release.split(['.', '-']).map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let finding = Finding::good("kernel", "safe signals to processes, safe paths", release.as_str());
    if version >= (5, 6) {
        finding
    } else {
        finding.not(Standing::Missing, "5.6 or newer is wanted: upgrade the system")
    }
}

fn pressure(file: &Path) -> Finding {
    let finding = |found: &str| Finding::good("pressure (PSI)", "how much work has to wait", found);
    if file.exists() {
        finding("measured by the kernel")
    } else {
        finding("not measured by this kernel")
            .not(Standing::Missing, "boot with psi=1 (in GRUB_CMDLINE_LINUX), if the kernel has it")
    }
}

fn sensors(hwmon: &Path) -> Finding {
    let count = fs::read_dir(hwmon)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|chip| fs::read_dir(chip.path()).ok())
        .flatten()
        .flatten()
        .filter(|file| is_temperature(&file.file_name()))
        .count();
    let finding = |found: String| Finding::good("sensors", "temperatures", found);
    match count {
        0 => finding("none: usual in a virtual machine".into())
            .not(Standing::Missing, "on real hardware: sudo apt install lm-sensors && sudo sensors-detect"),
        n => finding(format!("{n} temperatures")),
    }
}

fn is_temperature(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("temp") && name.ends_with("_input"))
}

async fn system_bus(socket: &Path) -> Finding {
    let finding = |found: String| Finding::good("system bus", "services", found);
    if !socket.exists() {
        return finding("no system bus here".into())
            .not(Standing::Missing, "sudo apt install dbus, on a machine that runs systemd");
    }
    match tokio::time::timeout(WITHIN, systemd_version(socket)).await {
        Err(_) => finding("does not answer".into()).not(Standing::Missing, "systemctl status dbus"),
        Ok(Err(error)) => finding(error.to_string()).not(Standing::NotAllowed, "systemctl status dbus"),
        Ok(Ok(version)) if rustix::process::geteuid().is_root() => finding(format!("systemd {version}")),
        Ok(Ok(version)) => finding(format!("systemd {version}; reading only for this user")).not(
            Standing::NotAllowed,
            "run as root (the shipped unit does), or allow org.freedesktop.systemd1.manage-units in polkit",
        ),
    }
}

async fn systemd_version(socket: &Path) -> zbus::Result<String> {
    let address = format!("unix:path={}", socket.display());
    let bus = zbus::connection::Builder::address(address.as_str()).method_timeout(WITHIN).build().await?;
    let manager = zbus::Proxy::new(
        &bus,
        "org.freedesktop.systemd1",
        "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager",
    )
    .await?;
    manager.get_property("Version").await
}

async fn journal(folders: &[PathBuf]) -> Finding {
    const MEND: &str = "sudo usermod -aG systemd-journal $USER, then log in anew";
    let finding = |found: &str| Finding::good("journal", "logs of services", found);
    if process::find(OsStr::new("journalctl")).is_err() {
        return finding("no journalctl").not(Standing::Missing, "this needs a machine that runs systemd");
    }
    let there = folders.iter().filter(|folder| folder.exists()).collect::<Vec<_>>();
    if there.is_empty() {
        return finding("no journal is kept").not(Standing::Missing, "sudo systemctl start systemd-journald");
    }
    let machines: Vec<PathBuf> = there
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .flatten()
        .map(|machine| machine.path())
        .collect();
    if machines.is_empty() {
        return finding("no journal is kept yet")
            .not(Standing::Missing, "sudo systemctl start systemd-journald");
    }
    if machines.iter().any(|machine| fs::read_dir(machine).is_ok()) {
        finding("readable")
    } else {
        finding("not readable for this user").not(Standing::NotAllowed, MEND)
    }
}

/// A program that panels run: its first line with a digit is taken for its version.
async fn program(name: &'static str, ask: &str, used_for: &'static str, mend: &str) -> Finding {
    let finding = |found: String| Finding::good(name, used_for, found);
    if process::find(OsStr::new(name)).is_err() {
        return finding("not installed".into()).not(Standing::Missing, mend);
    }
    match process::run(Command::new(name).arg(ask).deadline(WITHIN)).await {
        Ok(output) => {
            let text = output.text();
            let line = text.lines().find(|line| line.chars().any(|c| c.is_ascii_digit())).unwrap_or("found");
            finding(line.chars().take(60).collect())
        }
        Err(error) => finding(error.to_string()).not(Standing::NotAllowed, mend),
    }
}

/// A program that is of use to root only.
fn as_root(finding: Finding) -> Finding {
    if finding.standing == Standing::Good && !rustix::process::geteuid().is_root() {
        let found = format!("{}; asks disks as root only", finding.found);
        return Finding { found, ..finding }.not(Standing::NotAllowed, "run as root (the shipped unit does)");
    }
    finding
}

/// Docker's or Podman's own words for what answers, by the one question both have always answered.
fn engine_version(mut engine: UnixStream) -> std::io::Result<String> {
    const ANSWER_MAX: u64 = 64 << 10;
    engine.set_read_timeout(Some(WITHIN))?;
    engine.set_write_timeout(Some(WITHIN))?;
    engine.write_all(b"GET /version HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    engine.take(ANSWER_MAX).read_to_string(&mut answer)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let body: serde_json::Value = serde_json::from_str(body)?;
    let version = body["Version"].as_str().unwrap_or("of no version").chars().take(40).collect::<String>();
    Ok(version)
}

/// The first socket that is there; where none is, the first one that was looked for.
fn engine(sockets: &[PathBuf]) -> Finding {
    let socket = sockets.iter().find(|socket| socket.exists()).or(sockets.first());
    docker(socket.map_or(Path::new(""), PathBuf::as_path))
}

fn docker(socket: &Path) -> Finding {
    let finding = |found: String| Finding::good("container engine", "containers", found);
    match UnixStream::connect(socket) {
        Ok(engine) => match engine_version(engine) {
            Ok(version) => finding(format!("{version} at {}", socket.display())),
            Err(error) => finding(format!("{} does not answer: {error}", socket.display()))
                .not(Standing::Missing, "systemctl status docker"),
        },
        Err(error) if error.kind() == ErrorKind::PermissionDenied => finding(format!(
            "{} refuses this user",
            socket.display()
        ))
        .not(Standing::NotAllowed, "run as root (the shipped unit does), or sudo usermod -aG docker $USER"),
        Err(_) => finding(format!("nothing answers at {}", socket.display()))
            .not(Standing::Missing, "sudo apt install docker.io, or set containers.socket to Podman's"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(root: &Path) -> Looked {
        Looked {
            root: root.to_owned(),
            data: root.join("data"),
            config: ("clean".into(), None),
            token: true,
            engine_sockets: vec![root.join("none.sock"), root.join("docker.sock")],
        }
    }

    fn standing(findings: &[Finding], what: &str) -> Standing {
        findings.iter().find(|finding| finding.what == what).unwrap_or_else(|| panic!("no {what}")).standing
    }

    #[tokio::test]
    async fn an_empty_machine_misses_much_and_each_loss_has_its_mend() {
        let root = tempfile::tempdir().unwrap();
        let findings = examine(&looked(root.path())).await;
        for what in ["pressure (PSI)", "sensors", "system bus", "container engine"] {
            assert_eq!(standing(&findings, what), Standing::Missing, "{what}");
        }
        assert_eq!(standing(&findings, "data folder"), Standing::Good);
        for finding in findings.iter().filter(|finding| finding.standing != Standing::Good) {
            assert!(!finding.mend.is_empty(), "{} has no mend", finding.what);
        }
    }

    #[tokio::test]
    async fn what_is_there_is_found() {
        let root = tempfile::tempdir().unwrap();
        let chip = root.path().join("sys/class/hwmon/hwmon0");
        fs::create_dir_all(&chip).unwrap();
        fs::write(chip.join("temp1_input"), "42000").unwrap();
        fs::write(chip.join("fan1_input"), "900").unwrap();
        let engine = std::os::unix::net::UnixListener::bind(root.path().join("docker.sock")).unwrap();
        let answering = std::thread::spawn(move || {
            let (mut asked, _) = engine.accept().unwrap();
            let mut question = [0; 100];
            let read = asked.read(&mut question).unwrap();
            asked.write_all(b"HTTP/1.0 200 OK\r\n\r\n{\"Version\":\"20.10.24\"}").unwrap();
            String::from_utf8_lossy(&question[..read]).into_owned()
        });
        let findings = examine(&looked(root.path())).await;
        assert_eq!(findings.iter().find(|f| f.what == "sensors").unwrap().found, "1 temperatures");
        assert!(answering.join().unwrap().starts_with("GET /version "));
        let engine = findings.iter().find(|f| f.what == "container engine").unwrap();
        assert!(engine.standing == Standing::Good && engine.found.starts_with("20.10.24 at "), "{engine:?}");
    }

    #[test]
    fn the_store_is_looked_at_without_being_touched() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("cockpit.db");
        assert_eq!(super::store(&file).standing, Standing::Good);
        assert!(!file.exists(), "looking makes none");
        store::prove(&file, &crate::domain::SystemClock).unwrap();
        let sound = super::store(&file);
        assert!(sound.standing == Standing::Good && sound.found.starts_with("sound, "), "{sound:?}");
        fs::write(&file, "no database ".repeat(1000)).unwrap();
        let damaged = super::store(&file);
        assert_eq!(damaged.standing, Standing::Fatal, "{damaged:?}");
        assert!(damaged.mend.contains("recover"), "{damaged:?}");
    }

    #[tokio::test]
    async fn a_broken_config_and_a_missing_token_are_fatal() {
        let root = tempfile::tempdir().unwrap();
        let findings = examine(&Looked {
            config: ("3 problems".into(), Some("check".into())),
            token: false,
            ..looked(root.path())
        })
        .await;
        assert_eq!(standing(&findings, "config"), Standing::Fatal);
        assert_eq!(standing(&findings, "bot token"), Standing::Fatal);
    }
}
