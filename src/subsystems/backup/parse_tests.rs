//! Both engines' words: real lines (tests/data/backup), lines of newer and older versions, and nonsense.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{
    access::{Access, Password},
    borg_judge, borg_parse as borg,
    engine::*,
    flight::Landed,
    restic_judge, restic_parse as restic,
};
use crate::{domain::Bytes, jobs::Unit, process::Exit};

fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/backup").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

#[test]
fn a_backup_of_restic_0_14_is_understood() {
    let text = data("restic-backup.jsonl");
    let said: Vec<restic::Said> = text.lines().map(restic::message).collect();
    let [first, second, third, last] = &said[..] else { panic!("{said:?}") };
    let restic::Said::Status(progress) = first else { panic!("{first:?}") };
    assert_eq!((progress.figures[0].done, progress.figures[0].total), (0, Some(2_000_000)));
    let restic::Said::Status(progress) = second else { panic!("{second:?}") };
    assert_eq!((progress.figures[1].done, progress.figures[1].total), (20, Some(21)));
    assert_eq!(progress.note.as_deref(), Some("/tmp/s-data/blob.bin"));
    assert!((progress.share.expect("a share") - 0.78).abs() < 0.01);
    assert!(matches!(third, restic::Said::Status(_)));
    let restic::Said::Summary(summary) = last else { panic!("{last:?}") };
    assert_eq!(summary.snapshot.as_ref().expect("an id").id.as_str(), "c3630fd6");
    assert_eq!((summary.files, summary.bytes, summary.added), (21, Bytes(2_000_151), Bytes(2_008_073)));
    assert_eq!((summary.files_new, summary.files_changed, summary.took_ms), (Some(21), Some(0), 246));
}

#[test]
fn newer_lines_of_restic_are_understood_too() {
    let whole = "c3630fd67dcccebb825db336f541c33bc011946b12fcce34e975e60aea4a3ce0";
    let line = format!(
        r#"{{"message_type":"summary","dry_run":true,"files_new":1,"data_blobs":1,"tree_blobs":2,"data_added":900,"data_added_packed":400,"total_files_processed":3,"total_bytes_processed":1000,"total_duration":1.5,"backup_start":"2026-11-22T15:50:22Z","snapshot_id":"{whole}"}}"#
    );
    let restic::Said::Summary(summary) = restic::message(&line) else { panic!("{line}") };
    assert_eq!((summary.added, summary.snapshot.expect("an id").id.as_str()), (Bytes(400), whole));

    let warning = |path: &str, why: &str| {
        restic::Said::Warning(Warning { path: Some(path.to_owned()), why: why.to_owned() })
    };
    for (line, want) in [
        (
            r#"{"message_type":"error","error":{"Op":"open","Path":"/s","Err":13},"during":"archival","item":"/s"}"#,
            warning("/s", "Permission denied (os error 13)"),
        ),
        (
            r#"{"message_type":"error","error":{},"during":"archival","item":"/d"}"#,
            warning("/d", "could not be read"),
        ),
        (
            r#"{"message_type":"error","error":{"message":"open /s: permission denied"},"during":"archival","item":"/s"}"#,
            warning("/s", "open /s: permission denied"),
        ),
        (r#"{"message_type":"error","error":{},"during":"scan","item":"/d"}"#, restic::Said::ScanWarning),
        (
            r#"{"message_type":"exit_error","code":12,"message":"Fatal: wrong password or no key found"}"#,
            restic::Said::Exit("Fatal: wrong password or no key found".into()),
        ),
        (r#"{"message_type":"verbose_status","action":"new"}"#, restic::Said::Other),
        ("Warning: at least one source file could not be read", restic::Said::Text),
        (r#"{"broken"#, restic::Said::Text),
    ] {
        assert_eq!(restic::message(line), want, "{line}");
    }
    let line = r#"{"message_type":"status","seconds_elapsed":3,"percent_done":0.5,"total_files":4,"files_restored":2,"total_bytes":100,"bytes_restored":50}"#;
    let restic::Said::Status(progress) = restic::message(line) else { panic!("{line}") };
    assert_eq!((progress.figures[0].done, progress.figures[1].done), (50, 2));
}

#[test]
fn snapshots_of_restic_are_listed_oldest_first() {
    let snapshots = restic::snapshots(&data("restic-snapshots.json")).expect("a list");
    let shown: Vec<_> = snapshots.iter().map(|s| (s.which.id.short(), s.at.to_string(), s.size)).collect();
    assert_eq!(
        shown,
        [
            ("c3630fd6", "2026-11-22T15:50:22.142824169Z".to_owned(), None),
            ("67aa21d4", "2026-11-22T15:50:22.738895518Z".to_owned(), None),
        ]
    );
    assert_eq!(snapshots[0].tags, ["nightly"]);
    assert_eq!(snapshots[0].paths, [PathBuf::from("/tmp/s-data")]);
    assert_eq!(restic::snapshots("null\n").expect("none"), []);
    let newer = r#"[{"time":"2026-11-22T15:50:22+07:00","paths":["/x"],"hostname":"h","id":"c3630fd6","program_version":"restic 0.17.3","summary":{"total_files_processed":7,"total_bytes_processed":900}}]"#;
    let newer = restic::snapshots(newer).expect("a list");
    assert_eq!(
        (newer[0].size, newer[0].files, newer[0].at.to_string().as_str()),
        (Some(Bytes(900)), Some(7), "2026-11-22T08:50:22Z")
    );
}

#[test]
fn folders_of_restic_are_listed() {
    let entries: Vec<Entry> = data("restic-ls.jsonl").lines().filter_map(restic::node).collect();
    assert_eq!(entries[0].path, Path::new("/tmp"));
    assert_eq!((entries[0].kind, entries[0].size, entries[0].mode), (EntryKind::Folder, None, Some(0o777)));
    let blob = entries.iter().find(|entry| entry.path.ends_with("blob.bin")).expect("the blob");
    assert_eq!((blob.kind, blob.size, blob.mode), (EntryKind::File, Some(Bytes(2_000_000)), Some(0o644)));
    let newer = r#"{"name":"new\nline","type":"file","path":"/d/new\nline","size":0,"mode":420,"message_type":"node"}"#;
    assert_eq!(restic::node(newer).expect("a node").path, Path::new("/d/new\nline"));
}

#[test]
fn a_retention_of_restic_says_what_goes_and_why_the_rest_stays() {
    let retained = restic::retained(&data("restic-forget-dry-run.json")).expect("an answer");
    let show = |kept: &[Kept]| -> Vec<String> {
        kept.iter().map(|kept| format!("{} {:?}", kept.which.id.short(), kept.why)).collect()
    };
    assert_eq!(show(&retained.kept), [r#"67aa21d4 ["last snapshot"]"#]);
    assert_eq!(show(&retained.removed), ["c3630fd6 []"]);
    assert_eq!(restic::retained("").expect("nothing"), Retained::default());
}

#[test]
fn figures_in_text_are_read() {
    assert_eq!(restic::counter("[0:04] 37.50%  3 / 8 packs"), Some((0.375, 3, 8, "packs")));
    assert_eq!(restic::counter("check all packs"), None);
    let freed = data("restic-forget-prune.txt").lines().find_map(restic::freed);
    assert_eq!(freed, Some(Bytes(1856)));
    assert_eq!(restic::version(&data("restic-version.txt")).as_deref(), Some("0.14.0"));
    assert_eq!(restic::stats(&data("restic-stats-raw.json")), Some((2_304_981, Some(2))));
    assert_eq!(borg::version(&data("borg-version.txt")).as_deref(), Some("1.2.4"));
    assert_eq!(borg::freed("compaction freed about 1.76 kB repository space."), Some(Bytes(1760)));
    assert!(!super::borg_judge::OLDEST.refuses("2.0.0b19") && super::borg_judge::OLDEST.refuses("1.0.9"));
}

#[test]
fn who_holds_a_lock_of_restic_is_said() {
    let line = "unable to create lock in backend: repository is already locked by PID 23563 on vm by root (UID 0, GID 0)";
    let lock = restic::locked_by(line, "vm", |_| false).expect("a lock");
    assert_eq!((lock.who().as_str(), lock.holder), ("root@vm, PID 23563", Holder::Gone));
    assert_eq!(restic::locked_by(line, "vm", |_| true).expect("a lock").holder, Holder::Runs);
    assert_eq!(restic::locked_by(line, "other", |_| true).expect("a lock").holder, Holder::Unknown);
    let exclusively = "repository is already locked exclusively by PID 7 on nas by dre (UID 0, GID 0)";
    assert!(restic::locked_by(exclusively, "vm", |_| false).expect("a lock").exclusive);
    let json = r#"{"time":"2026-11-22T20:51:52.489622421Z","exclusive":false,"hostname":"vm","username":"root","pid":23563}"#;
    let lock = restic::lock(json, "nas", |_| true).expect("a lock");
    assert_eq!((lock.holder, lock.exclusive), (Holder::Unknown, false));
    assert!(lock.since.is_some());
}

#[test]
fn names_are_escaped_for_patterns() {
    for (path, want) in [
        ("/plain name", "/plain name"),
        ("/[a]*?/x", r"/\[a]\*\?/x"),
        (r"/back\slash", r"/back\\slash"),
        ("/bad\u{fffd}", "/bad?"),
        ("/new\nline 🚀", "/new\nline 🚀"),
    ] {
        assert_eq!(restic::literal(path), want);
    }
}

/// What an exit of restic means.
fn restic_judged(code: i32, lines: &str) -> EngineError {
    let at = Access::new("/srv/backup", Password::Nothing);
    let landed = Landed { exit: Exit::Code(code), tail: lines.lines().map(str::to_owned).collect() };
    restic_judge::judge(&at, &landed)
}

#[test]
fn every_failure_of_restic_has_its_name() {
    let name = |error: EngineError| {
        format!("{error:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned()
    };
    for (code, lines, want) in [
        (1, data("restic-wrong-password.txt.stderr"), "WrongPassword"),
        (12, String::new(), "WrongPassword"),
        (1, data("restic-no-repository.txt.stderr"), "NoRepository"),
        (10, "Fatal: repository does not exist: unable to open config file".into(), "NoRepository"),
        (1, data("restic-backup-missing-path.jsonl.stderr"), "NothingThere"),
        (1, data("restic-check-damaged.txt.stderr"), "Damaged"),
        (1, "Fatal: create repository at /r failed: config file already exists".into(), "Exists"),
        (1, "unable to create lock in backend: repository is already locked by PID 1 on x by y (UID 0, GID 0)".into(), "Locked"),
        (11, "Fatal: unable to lock".into(), "Locked"),
        (1, "Fatal: unable to save snapshot: write /r/data/02: no space left on device".into(), "DiskFull"),
        (1, "Save(<lock/9e>) returned error, retrying after 1s: open /r/locks/9e: permission denied".into(), "ReadOnly"),
        (1, "Save(<lock/9e>) returned error, retrying after 1s: open /r/locks/9e: read-only file system".into(), "ReadOnly"),
        (1, "Fatal: unable to open config file: Head \"http://nas:8000/config\": dial tcp: lookup nas: no such host\nIs there a repository at the following location?\nrest:http://nas:8000/".into(), "Unreachable"),
        (1, "Fatal: unable to open repository: dial tcp 10.0.0.1:22: connect: connection refused".into(), "Unreachable"),
        (1, "unknown flag: --json".into(), "TooOld"),
        (1, "Fatal: load tree: ciphertext verification failed".into(), "Damaged"),
        (1, "Fatal: something new".into(), "Other"),
        (1, String::new(), "Other"),
    ] {
        assert_eq!(name(restic_judged(code, &lines)), want, "{lines}");
    }
    let EngineError::Other(words) = restic_judged(
        1,
        "open x: boom\ngithub.com/restic/restic/x\n\t/go/x.go:3\nmain.main\nFatal: it broke",
    ) else {
        panic!("not other");
    };
    assert_eq!(words, "it broke");
}

#[test]
fn a_backup_of_borg_is_understood() {
    let mut seen = Vec::new();
    for line in data("borg-create-log.json.stderr").lines() {
        match borg::line(line) {
            borg::Said::Progress(progress) => {
                seen.push((progress.figures[0].done, progress.figures[0].unit, progress.note.clone()))
            }
            borg::Said::Log(log) => panic!("{log:?}"),
            borg::Said::Other => {}
            borg::Said::Text => panic!("{line}"),
        }
    }
    assert_eq!(seen[0], (0, Unit::Bytes, Some("tmp/s-data".into())));
    for name in ["borg-create-log.json", "borg-create.json"] {
        let summary = borg::created(&data(name)).expect("a summary");
        let which = summary.snapshot.expect("an id");
        assert!(which.name.expect("a name").starts_with("nightly-"));
        assert!(summary.files >= 22 && summary.bytes > Bytes(2_300_000), "{name}");
    }
    assert_eq!(borg::created(&data("borg-create-log.json")).expect("a summary").added, Bytes(584));
}

#[test]
fn lists_of_borg_are_read_as_utc() {
    let (id, mode, archives) = borg::list(&data("borg-list.json")).expect("a list");
    assert_eq!((id.len(), mode.as_deref()), (64, Some("repokey")));
    let shown: Vec<_> = archives.iter().map(|a| (a.which.name.as_deref(), a.at.to_string())).collect();
    assert_eq!(
        shown,
        [
            (Some("nightly-1"), "2026-11-22T15:50:35Z".to_owned()),
            (Some("nightly-2"), "2026-11-22T15:50:36Z".to_owned())
        ]
    );
    let items: Vec<Entry> = data("borg-list-files.jsonl").lines().filter_map(borg::item).collect();
    assert_eq!(items[0].path, Path::new("/tmp/s-data"));
    assert_eq!((items[0].kind, items[0].mode), (EntryKind::Folder, Some(0o755)));
    assert_eq!((items[1].kind, items[1].size, items[1].mode), (EntryKind::File, Some(Bytes(7)), Some(0o644)));
    assert_eq!(items[1].modified.expect("a time").to_string(), "2026-11-22T15:50:20.12281Z");
    let line = r#"{"type": "l", "mode": "lrwsrwsrwt", "path": "a/\ud83d\ude00 new\nline", "linktarget": "x", "mtime": "2026-11-22T15:50:20.122810+07:00", "size": 5}"#;
    let link = borg::item(line).expect("an item");
    assert_eq!(link.path, Path::new("/a/😀 new\nline"));
    assert_eq!((link.kind, link.mode, link.size), (EntryKind::Link, Some(0o7777), None));
    assert_eq!(link.modified.expect("a time").to_string(), "2026-11-22T08:50:20.12281Z");
    assert_eq!(borg::info(&data("borg-info.json")).expect("figures"), (2_305_307, 4_600_304));
}

#[test]
fn a_retention_of_borg_says_what_goes_and_why_the_rest_stays() {
    let text = data("borg-prune-dry-run.txt.stderr");
    let said: Vec<_> = text.lines().filter_map(borg::pruned).collect();
    let [borg::Pruned::Kept(kept), borg::Pruned::Removed(removed)] = &said[..] else { panic!("{said:?}") };
    assert_eq!(
        (kept.which.name.as_deref(), kept.why.as_slice()),
        (Some("nightly-2"), &["secondly #1".to_owned()][..])
    );
    assert_eq!(kept.at.expect("a time").to_string(), "2026-11-22T15:50:36Z");
    assert_eq!(removed.which.name.as_deref(), Some("nightly-1"));
    let real = "Pruning archive (1/1):                   home-2026-11-22T023001Z              Sun, 2026-11-22 20:49:45 [9b383f0c5400e1a2c28457fa1d907c9f405bbf7bd3070da8a9333dac4bdfa29b]";
    assert!(matches!(borg::pruned(real), Some(borg::Pruned::Removed(_))));
    assert_eq!(borg::pruned("Repository: something"), None);
}

#[test]
fn changes_in_borg_are_told_from_touched_files() {
    let mut diff = Diff::default();
    for line in [
        r#"{"changes": [{"new_mtime": "x", "old_mtime": "y", "type": "mtime"}], "path": "d"}"#,
        r#"{"changes": [{"added": 0, "removed": 0, "type": "modified"}, {"type": "ctime"}], "path": "touched"}"#,
        r#"{"changes": [{"added": 5, "removed": 4, "type": "modified"}, {"type": "mtime"}], "path": "a"}"#,
        r#"{"changes": [{"added": 0, "removed": 0, "type": "modified"}, {"type": "mode"}], "path": "rights"}"#,
        r#"{"changes": [{"type": "added", "size": 7}], "path": "b"}"#,
        r#"{"changes": [{"type": "added directory"}], "path": "c"}"#,
        r#"{"changes": [{"type": "removed link"}], "path": "l"}"#,
    ] {
        borg::diff(line, &mut diff);
    }
    assert_eq!((diff.added, diff.removed, diff.changed), (1, 1, 1));
    assert_eq!((diff.added_bytes, diff.removed_bytes), (Some(Bytes(12)), Some(Bytes(4))));
    let shown: Vec<_> =
        diff.changes.iter().map(|change| (change.path.to_str().unwrap_or_default(), change.how)).collect();
    assert_eq!(
        shown,
        [
            ("/a", How::Changed),
            ("/rights", How::Meta),
            ("/b", How::Added),
            ("/c", How::Added),
            ("/l", How::Removed)
        ]
    );
}

#[test]
fn warnings_of_borg_name_the_file() {
    for (message, path, why) in [
        ("/nd/secret: open: [Errno 13] Permission denied: 'secret'", Some("/nd/secret"), "Permission denied"),
        ("/nd/a: b: dir_open: [Errno 13] Permission denied: 'a: b'", Some("/nd/a: b"), "Permission denied"),
        ("/nope: [Errno 2] No such file or directory: 'nope'", Some("/nope"), "No such file or directory"),
        ("/x: file changed while we backed it up", Some("/x"), "file changed while we backed it up"),
        ("Include pattern 'a' never matched.", None, "Include pattern 'a' never matched."),
    ] {
        let warning = borg::warning(message);
        assert_eq!((warning.path.as_deref(), warning.why.as_str()), (path, why));
    }
}

#[test]
fn locks_of_borg_name_their_holder() {
    let judge =
        |host: &str, pid: u32| if host == "vm@7" && pid == 42 { Holder::Runs } else { Holder::Unknown };
    let locks = borg::roster(r#"{"exclusive": [["vm@7", 42, 0]], "shared": [["nas@9", 3, 0]]}"#, judge);
    let shown: Vec<_> = locks.iter().map(|lock| (lock.who(), lock.exclusive, lock.holder)).collect();
    assert_eq!(
        shown,
        [("vm, PID 42".to_owned(), true, Holder::Runs), ("nas, PID 3".to_owned(), false, Holder::Unknown)]
    );
    let lock = borg::exclusive("my.host.lan@3281355014145.24024-0", judge).expect("a lock");
    assert_eq!((lock.who().as_str(), lock.pid), ("my.host.lan, PID 24024", Some(24024)));
    assert_eq!(borg::exclusive("nonsense", judge), None);
    assert_eq!(borg::roster("not json", judge), []);
}

fn borg_judged(code: i32, lines: &str) -> EngineError {
    let at = Access::new("/srv/backup", Password::Nothing);
    let mut logs = borg_judge::Logs::default();
    let mut tail = Vec::new();
    for line in lines.lines() {
        match borg::line(line) {
            borg::Said::Log(log) => {
                tail.push(log.message.clone());
                logs.kept.push(log);
            }
            _ => tail.push(line.to_owned()),
        }
    }
    borg_judge::judge(&at, &Landed { exit: Exit::Code(code), tail }, &logs)
}

#[test]
fn every_failure_of_borg_has_its_name() {
    let name = |error: EngineError| {
        format!("{error:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned()
    };
    let log = |id: &str, message: &str| {
        let message = serde_json::to_string(message).expect("text");
        format!(
            r#"{{"type": "log_message", "message": {message}, "levelname": "ERROR", "name": "borg.archiver", "msgid": "{id}"}}"#
        )
    };
    for (lines, want) in [
        (data("borg-wrong-passphrase-log.txt.stderr"), "WrongPassword"),
        (log("Repository.DoesNotExist", "Repository /b does not exist."), "NoRepository"),
        (log("Repository.AlreadyExists", "A repository already exists at /b."), "Exists"),
        (log("LockTimeout", "Failed to create/acquire the lock /b/lock.exclusive (timeout)."), "Locked"),
        (
            log(
                "LockFailed",
                "Failed to create/acquire the lock /b/lock.exclusive ([Errno 13] Permission denied: '/b/x').",
            ),
            "ReadOnly",
        ),
        (
            log(
                "LockFailed",
                "Failed to create/acquire the lock /b/lock.exclusive ([Errno 30] Read-only file system: '/b/x').",
            ),
            "ReadOnly",
        ),
        (
            log("Exception", "Local Exception")
                + "\n"
                + &log(
                    "",
                    "Traceback (most recent call last):\nOSError: [Errno 28] No space left on device\n",
                ),
            "DiskFull",
        ),
        (log("Archive.DoesNotExist", "Archive zz does not exist"), "NoSnapshot"),
        (
            log(
                "ConnectionClosedWithHint",
                "Connection closed by remote host. Is borg working on the server?",
            ),
            "Unreachable",
        ),
        (log("IntegrityError", "Data integrity error: Segment entry checksum mismatch"), "Damaged"),
        ("borg: error: unrecognized arguments: --max-duration=5".to_owned(), "TooOld"),
        (
            log(
                "Cache.EncryptionMethodMismatch",
                "Repository encryption method changed since last access, refusing to continue",
            ),
            "Other",
        ),
    ] {
        assert_eq!(name(borg_judged(2, &lines)), want, "{lines}");
    }
}

proptest! {
    #[test]
    fn nonsense_breaks_no_parser(text in "\\PC{0,120}") {
        take_in(&text);
    }

    /// Real lines with pieces cut out and put in elsewhere.
    #[test]
    fn torn_lines_break_no_parser(from in 0usize..400, to in 0usize..400, other in 0usize..400, put in "\\PC{0,8}") {
        for name in ["restic-backup.jsonl", "restic-ls.jsonl", "borg-check-log.jsonl.stderr", "borg-list-files.jsonl", "borg-prune-dry-run.txt.stderr", "restic-forget-dry-run.json"] {
            for line in data(name).lines().take(3) {
                let chars: Vec<char> = line.chars().collect();
                let cut = |at: usize| at.min(chars.len());
                let torn: String = chars[..cut(from)].iter().chain(put.chars().collect::<Vec<_>>().iter()).chain(&chars[cut(to.max(other))..]).collect();
                take_in(&torn);
            }
        }
    }

    #[test]
    fn an_escaped_name_means_nothing_but_itself(path in "[a-z*?\\[\\]\\\\ ]{0,12}") {
        // Taken apart again by the rules of Go's filepath.Match.
        let escaped = restic::literal(&path);
        let mut plain = String::new();
        let mut chars = escaped.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => plain.push(chars.next().expect("no lone backslash")),
                '*' | '?' | '[' => prop_assert!(false, "{escaped}"),
                c => plain.push(c),
            }
        }
        prop_assert_eq!(plain, path);
    }
}

/// Everything that reads an engine's words.
fn take_in(text: &str) {
    let _ = (restic::message(text), restic::text_warning(text), restic::node(text), restic::counter(text));
    let _ = (restic::snapshots(text), restic::retained(text), restic::freed(text), restic::version(text));
    let _ = (restic::config(text), restic::stats(text), restic::locked_by(text, "vm", |_| false));
    let _ = (restic::lock(text, "vm", |_| false), restic::literal(text));
    let mut diff = Diff::default();
    restic::diff(text, &mut diff);
    borg::diff(text, &mut diff);
    let _ = (borg::line(text), borg::warning(text), borg::created(text), borg::list(text), borg::info(text));
    let _ = (borg::item(text), borg::pruned(text), borg::freed(text), borg::version(text));
    let _ = (borg::roster(text, |_, _| Holder::Unknown), borg::exclusive(text, |_, _| Holder::Unknown));
    let _ = (restic_judged(1, text), borg_judged(2, text));
}
