//! Troubles of the outside world: rights, full disks, old programs. As root the engines are put behind small scripts
//! that take rights away or give them a tiny disk; what this machine does not allow prints "skipped: why".

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use cockpit_bot::{
    jobs::Link,
    process::{Command, run},
    subsystems::backup::{
        borg::Borg,
        engine::{Engine, EngineError, EngineKind},
        restic::Restic,
    },
};

use super::yard::{Yard, below, installed, modest, noise, yards};

/// A script that ends in the engine.
fn behind(yard: &Yard, name: &str, script: &str) -> Arc<dyn Engine> {
    let path = yard.folder.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    // Of anybody: the script may run as somebody else.
    let base = yard.folder.path().join(format!("cache of {name}"));
    fs::create_dir(&base).unwrap();
    fs::set_permissions(&base, fs::Permissions::from_mode(0o777)).unwrap();
    match yard.engine.kind() {
        EngineKind::Restic => Arc::new(Restic::new(base).program(path)),
        EngineKind::Borg => Arc::new(Borg::new(base).program(path)),
    }
}

fn program(yard: &Yard) -> &'static str {
    match yard.engine.kind() {
        EngineKind::Restic => "restic",
        EngineKind::Borg => "borg",
    }
}

fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The engine without root's power to read and write everything.
fn without_power(yard: &Yard) -> Option<Arc<dyn Engine>> {
    if !rustix::process::getuid().is_root() {
        return Some(yard.engine.clone());
    }
    installed("setpriv").then(|| {
        open_to_all(yard.folder.path());
        let script =
            format!("exec setpriv --reuid=65534 --regid=65534 --clear-groups {} \"$@\"", program(yard));
        behind(yard, "nobody", &script)
    })
}

fn each(folder: &Path, change: &mut impl FnMut(&Path)) {
    change(folder);
    if folder.is_dir() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            each(&entry.path(), change);
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_a_warning_with_its_name() {
    for yard in yards() {
        let Some(engine) = without_power(&yard) else { continue };
        yard.fill();
        let secret = yard.write("sub/secret", "for root only");
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
        let mut at = yard.at.clone();
        at.repository = yard.folder.path().join("cache of nobody/repository").to_str().unwrap().to_owned();
        if !rustix::process::getuid().is_root() {
            at.repository = yard.at.repository.clone();
        }
        engine.init(&at).await.unwrap();
        modest(Path::new(&at.repository));
        let summary = engine.backup(&at, &yard.order(1), &Link::loose()).await.unwrap();
        assert!(summary.snapshot.is_some(), "{summary:?}");
        assert_eq!(summary.warnings.count, 1, "{summary:?}");
        let warning = &summary.warnings.first[0];
        assert_eq!(warning.path.as_deref(), secret.to_str(), "{warning:?}");
        assert!(warning.why.to_lowercase().contains("permission denied"), "{warning:?}");
    }
}

#[tokio::test]
async fn a_repository_that_cannot_be_written_to_is_still_read_and_restored_from() {
    for yard in yards() {
        let kind = yard.engine.kind();
        yard.init().await;
        yard.fill();
        let which = yard.back_up(1).await.snapshot.unwrap();
        let Some(engine) = without_power(&yard) else { continue };
        let repository = PathBuf::from(&yard.at.repository);
        each(&repository, &mut |path| {
            let mode = if path.is_dir() { 0o555 } else { 0o444 };
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        });
        let began = tokio::time::Instant::now();
        let error = engine.backup(&yard.at, &yard.order(2), &Link::loose()).await.unwrap_err();
        assert!(matches!(&error, EngineError::ReadOnly(_)), "{kind:?} {error:?}");
        // restic 0.14 tries for 45 s by itself, newer ones for 15 minutes.
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{kind:?} tried in vain for {:?}",
            began.elapsed()
        );
        let listed = engine.snapshots(&yard.at).await.unwrap();
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert_eq!(listed[0].which, which);
        let scratch = yard.scratch("scratch");
        fs::set_permissions(&scratch, fs::Permissions::from_mode(0o777)).unwrap();
        let wanted = yard.data().join("new\nline.txt");
        let paths = [wanted.clone()];
        engine.restore(&yard.at, &which, &paths, &scratch, &Link::loose()).await.unwrap();
        assert_eq!(fs::read(below(&scratch, &wanted)).unwrap(), b"line");
        // The temporary folder is to be removed afterwards.
        each(&repository, &mut |path| {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        });
    }
}

#[tokio::test]
async fn a_full_disk_is_called_that() {
    let namespaces = run(Command::new("unshare").args(["--map-root-user", "--mount", "true"])).await;
    if !namespaces.is_ok_and(|output| output.exit.success()) {
        println!("skipped: this machine allows no mount namespace of one's own");
        return;
    }
    for yard in yards() {
        yard.init().await;
        let repository = &yard.at.repository;
        // A disk of 1.5 MiB in the place of the repository, seen by this one run only.
        let inner = format!(
            "cp -a \"{repository}\" \"{repository}.seed\"; mount -t tmpfs -o size=1536k none \"{repository}\" || exit 77; \
             cp -a \"{repository}.seed/.\" \"{repository}\"; exec {} \"$@\"",
            program(&yard)
        );
        let script = format!("exec unshare --map-root-user --mount sh -c '{inner}' sh \"$@\"");
        let engine = behind(&yard, "tiny", &script);
        yard.write("blob", noise(6_000_000));
        let link = Link::loose();
        let error = engine.backup(&yard.at, &yard.order(1), &link).await.unwrap_err();
        assert!(matches!(&error, EngineError::DiskFull(_)), "{error:?}\n{:#?}", link.log_tail());
    }
}

#[tokio::test]
async fn a_program_that_is_missing_or_too_old_is_told_with_its_version() {
    for yard in yards() {
        let old = behind(
            &yard,
            "old",
            "case \"$1\" in version) echo 'restic 0.9.6 compiled with go1.12';; --version) echo 'borg 1.0.9';;\n\
             *) echo \"unknown flag: --json\" >&2; echo \"borg: error: unrecognized arguments: --json\" >&2; exit 2;; esac",
        );
        let error = old.about().await.unwrap_err();
        let EngineError::TooOld { found, .. } = &error else { panic!("{error:?}") };
        let found = found.clone();
        assert!(["0.9.6", "1.0.9"].contains(&found.as_str()), "{error:?}");
        yard.fill();
        let error = old.backup(&yard.at, &yard.order(1), &Link::loose()).await.unwrap_err();
        assert!(
            matches!(&error, EngineError::TooOld { found: said, .. } if *said == found.as_str()),
            "{error:?}"
        );

        let gone: Arc<dyn Engine> = match yard.engine.kind() {
            EngineKind::Restic => Arc::new(Restic::new("/nowhere").program("no-such-restic")),
            EngineKind::Borg => Arc::new(Borg::new("/nowhere").program("no-such-borg")),
        };
        let error = gone.about().await.unwrap_err();
        assert!(
            matches!(&error, EngineError::Program { program, .. } if program.starts_with("no-such")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn neither_arguments_nor_words_hold_a_secret() {
    for mut yard in yards() {
        // Says all it was given, as a hostile program could.
        let engine = behind(&yard, "blabber", "echo \"$0\" \"$@\" >&2; env >&2; exit 1");
        let keys = yard.folder.path().join("environment");
        fs::write(
            &keys,
            "AWS_ACCESS_KEY_ID=AKIA\nRESTIC_PASSWORD=from-the-file\nBORG_PASSPHRASE=from-the-file\n",
        )
        .unwrap();
        yard.at.environment = Some(keys);
        yard.at.repository = "rest:https://dre:hunter2@127.0.0.1:9/".into();
        yard.fill();
        let link = Link::loose();
        let error = engine.backup(&yard.at, &yard.order(1), &link).await.unwrap_err();
        let said = format!("{error:?} {:?}", link.log_tail());
        assert!(said.contains("AKIA"), "the environment file did not arrive: {said}");
        for secret in ["hunter2", "correct horse", "from-the-file"] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
        let arguments =
            link.log_tail().into_iter().find(|line| line.contains("--json")).expect("its arguments");
        assert!(!arguments.contains("127.0.0.1"), "the repository is an argument: {arguments}");
    }
}

#[tokio::test]
async fn a_listing_nobody_wants_any_more_ends_and_a_slow_reader_slows_it() {
    let Some(yard) = Yard::of(EngineKind::Borg) else { return };
    let line = r#"{"type": "-", "mode": "-rw-r--r--", "path": "srv/some/file number %d", "linktarget": "", "mtime": "2026-11-22T15:50:20.122810", "size": 7}"#;
    let endless =
        format!("exec awk 'BEGIN {{ for (i = 0; ; i++) printf \"{}\\n\", i }}'", line.replace('"', "\\\""));
    let engine = behind(&yard, "endless", &endless);
    let which = cockpit_bot::subsystems::backup::engine::Which {
        id: cockpit_bot::subsystems::backup::engine::SnapshotId::parse("00000000").unwrap(),
        name: Some("endless".into()),
    };
    let (to, mut from) = tokio::sync::mpsc::channel(2);
    let link = Link::loose();
    let (sent, ()) = tokio::join!(engine.walk(&yard.at, &which, to, &link), async {
        for number in 0..20 {
            let batch = from.recv().await.expect("a batch");
            assert_eq!(batch.len(), 500);
            // Never more on the way than the channel and one batch in the hand.
            let on_the_way = link.progress().figures.first().map_or(0, |figure| figure.done);
            assert!(on_the_way <= 500 * (number + 5), "{on_the_way} after {number}");
        }
        drop(from);
    });
    let sent = sent.expect("ended early, not failed");
    assert!((10_000..=11_500).contains(&sent), "{sent}");
}
