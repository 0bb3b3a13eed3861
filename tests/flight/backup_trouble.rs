//! What goes wrong outside, with the real engines and as the pilot reads it: rights, full disks, passwords, old programs.
//! As root the engines are put behind small scripts that take root's power away or show them a small disk; what this
//! machine does not allow prints "skipped: why".

use std::{fs, path::Path, process::Stdio};

use tokio::process::{Child, Command};

use crate::{
    depot::{Depot, each_engine, installed, modest, noise, script, write},
    ship::Ship,
};

/// Root may read and write everything; without these two it is held to the rights of files like anybody.
const POWERLESS: &str = "setpriv --bounding-set=-dac_override,-dac_read_search";

/// What stands before an engine that is to be held to rights; `None` where that cannot be had.
async fn powerless() -> Option<&'static str> {
    if !rustix::process::getuid().is_root() {
        return Some("");
    }
    installed("setpriv")?;
    #[expect(clippy::disallowed_methods, reason = "whether this machine lets root give up its power")]
    let tried = Command::new("sh").args(["-c", &format!("{POWERLESS} true")]).status().await;
    let may = tried.is_ok_and(|status| status.success());
    if !may {
        println!("skipped: root cannot give up its power over files here");
    }
    may.then_some(POWERLESS)
}

async fn speak_indonesian(ship: &Ship) {
    let screen = ship.ask("/display", "Language").await;
    ship.tap(&screen, "Indonesia").await;
    ship.pilot.becomes(&screen, "Bahasa: Indonesia").await;
}

/// Backs up by a button of this label, up to where it says all of this.
async fn told(depot: &Depot, label: &str, says: &[&str]) {
    let job = depot.ship.ask("/backup home", "home").await;
    depot.ship.tap(&job, label).await;
    depot.ship.settles(&job, |text| says.iter().all(|words| text.contains(words))).await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_by_its_name_in_both_languages() {
    let Some(powerless) = powerless().await else { return };
    let held =
        async |engine| Depot::behind(engine, "", |_, real| format!("exec {powerless} {real} \"$@\"")).await;
    each_engine(held, async |depot| {
        write(&depot.live().join("open"), "for all");
        let secret = depot.live().join("secret 🔑.txt");
        write(&secret, "for nobody");
        mode(&secret, 0o000);
        depot.initialise().await;
        let name = secret.to_str().expect("ours");
        told(&depot, "Back up now", &["▲", "Saved, but one file could not be read and is not in it:", name])
            .await;
        // Neither a success nor a failure, on its own screen and to all.
        depot.ship.eventually_says("/backup home", "▲ One file could not be read").await;
        depot.notice(&["Backup home", "could not be read", name]).await;
        assert_eq!(depot.recorded("backup.warned").len(), 1);

        speak_indonesian(&depot.ship).await;
        told(&depot, "Cadangkan", &["Tersimpan, tapi 1 file nggak bisa dibaca dan nggak ikut:", name]).await;
        depot.ship.eventually_says("/backup home", "▲ 1 file nggak").await;
        mode(&secret, 0o600);
    })
    .await;
}

/// A small filesystem in the place of the repository, in a mount namespace that lives as long as this.
struct SmallDisk {
    _holder: Child,
    /// How the repository is reached from outside.
    repo: std::path::PathBuf,
}

impl SmallDisk {
    async fn below(depot: &Depot) -> Option<SmallDisk> {
        fs::create_dir(depot.repo()).expect("room");
        let (repo, ready) = (depot.repo(), depot.dir.join("mounted"));
        let inside = format!(
            "mount -t tmpfs -o size=8m none '{}' && touch '{}' && exec sleep 900",
            repo.display(),
            ready.display()
        );
        #[expect(clippy::disallowed_methods, reason = "holds the mount for as long as the test lives")]
        let holder = Command::new("unshare")
            .args(["--mount", "--map-root-user", "sh", "-c", &inside])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut holder = holder.ok()?;
        let pid = holder.id()?;
        let mounted = async {
            while !ready.exists() {
                if holder.try_wait().ok().flatten().is_some() {
                    println!("skipped: this machine allows no mounts of one's own");
                    return false;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            true
        };
        if !tokio::time::timeout(crate::ship::PATIENCE, mounted).await.expect("it mounts or ends") {
            return None;
        }
        write(&depot.dir.join("holder"), pid.to_string());
        let repo = format!("/proc/{pid}/root{}", repo.display()).into();
        Some(SmallDisk { _holder: holder, repo })
    }
}

#[tokio::test]
async fn a_full_disk_is_told_with_what_to_do_in_both_languages() {
    if installed("unshare").is_none() || installed("nsenter").is_none() {
        return;
    }
    let inside = async |engine| {
        let says = |dir: &Path, real: &str| {
            let holder = dir.join("holder").display().to_string();
            format!(
                "[ -e {holder} ] || exec {real} \"$@\"\n\
                 exec nsenter -t $(cat {holder}) --mount --user --preserve-credentials {real} \"$@\""
            )
        };
        Depot::behind(engine, "", says).await
    };
    each_engine(inside, async |depot| {
        let Some(disk) = SmallDisk::below(&depot).await else { return };
        depot.initialise().await;
        modest(&disk.repo);
        write(&depot.live().join("small"), "fits");
        depot.back_up().await;
        let big = depot.live().join("big");
        write(&big, noise(12_000_000));
        let (english, indonesian) =
            ("No space is left where the repository is", "Tempat repositorinya sudah penuh");
        told(&depot, "Back up now", &["✖ failed", english, "Free space there, or let old snapshots go"])
            .await;
        depot.notice(&["Backup home", english]).await;
        speak_indonesian(&depot.ship).await;
        told(&depot, "Cadangkan", &[indonesian, "Kosongkan ruang di sana, atau lepas snapshot lama"]).await;
        assert_eq!(depot.recorded("backup.failed").len(), 2);

        // What is there is whole, and with less to save it goes on.
        fs::remove_file(&big).expect("ours");
        write(&depot.live().join("other"), "fits too");
        told(&depot, "Cadangkan", &["✔"]).await;
    })
    .await;
}

#[tokio::test]
async fn each_trouble_has_its_own_words() {
    let Some(powerless) = powerless().await else { return };
    let says = |_: &Path, real: &str| {
        format!(
            "case \"$RESTIC_REPOSITORY\" in */frozen) exec {powerless} {real} \"$@\";; esac\nexec {real} \"$@\""
        )
    };
    let Some(mut depot) = Depot::behind("restic", "", says).await else { return };
    let dir = depot.dir.clone();
    script(&dir.join("bin/borg"), "echo borg 1.0.9");
    write(&dir.join("other"), "another horse");
    write(&dir.join("live/x"), "x");
    let of = |plan: &str, from: &str, to: &str| plan.replace(from, to);
    let home = depot.plan("home", "");
    let plans = [
        home.clone(),
        of(&of(&home, "\"home\"", "\"wrong\""), "/password\"", "/other\""),
        of(&of(&home, "\"home\"", "\"nokey\""), "/password\"", "/missing\""),
        of(&of(&home, "\"home\"", "\"frozen\""), "/repo\"", "/frozen\""),
        of(&of(&home, "\"home\"", "\"photos\""), "\"restic\"", "\"borg\""),
    ];
    depot.ship.terminate().await;
    depot.fly(&plans.concat()).await;
    depot.initialise().await;
    depot.back_up().await;
    let ship = &depot.ship;
    let plan = ship.ask("/backup wrong", "wrong").await;
    ship.tap(&plan, "Look again").await;
    ship.eventually_says("/backup wrong", "The password does not open the repository.").await;
    ship.eventually_says("/backup nokey", "missing: No such file or directory").await;
    ship.eventually_says("/backup photos", "borg 1.0.9 is too old for this; 1.1 or newer").await;

    // A copy that nobody may write to.
    copy(&dir.join("repo"), &dir.join("frozen"));
    each(&dir.join("frozen"), &|path| mode(path, if path.is_dir() { 0o555 } else { 0o444 }));
    let plan = ship.ask("/backup frozen", "frozen").await;
    ship.tap(&plan, "Look again").await;
    let plan = ship.eventually_says("/backup frozen", "Snapshots").await;
    ship.tap(&plan, "Back up now").await;
    let told = ship.pilot.becomes(&plan, "cannot be written to").await;
    assert!(
        told.text().contains("rights of the repository’s folder")
            || told.text().contains("rights of the repository's folder"),
        "{}",
        told.text()
    );
    writable(&dir.join("frozen"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("room");
    for entry in fs::read_dir(from).expect("there").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("room");
        }
    }
}

fn each(path: &Path, change: &impl Fn(&Path)) {
    change(path);
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("there").flatten() {
            each(&entry.path(), change);
        }
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("ours");
}

/// The temporary folder is to be removed afterwards.
fn writable(folder: &Path) {
    each(folder, &|path| mode(path, 0o755));
}
