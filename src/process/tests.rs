//! With real small programs, under the real clock: limits, ends, groups.

use std::{ffi::OsStr, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use tokio::time::{Instant, timeout};

use super::*;
use crate::domain::Lang;

const MS: fn(u64) -> Duration = Duration::from_millis;
/// For what ends by itself in milliseconds; a loaded machine may take its time.
const SOON: Duration = Duration::from_secs(20);

/// What ignores SIGINT hands that on to the programs it starts, and a shell starts its background jobs so. The daemon
/// listens to SIGINT, which puts an end to that; a test that interrupts has to listen as well. Inside a runtime only.
pub(crate) fn heed_interrupts() {
    use tokio::signal::unix::{SignalKind, signal};
    let _stays_in_force = signal(SignalKind::interrupt()).expect("a signal that may be listened to");
}

/// A script of the test's own, run by `/bin/sh`.
fn sh(script: &str) -> Command {
    Command::new("/bin/sh").arg("-c").arg(script).deadline(SOON)
}

/// A program that a test has started by its path. A child writes it: a file that this process holds open for writing
/// would be "busy" for every program that another test starts at that moment.
pub(crate) async fn executable(path: &Path, text: &str) {
    let write =
        Command::new("/bin/sh").args(["-c", "cat > \"$0\" && chmod 755 \"$0\""]).arg(path).stdin(text);
    run(write).await.and_then(Output::success).expect("room for a script");
}

async fn all(mut running: Running) -> (Vec<String>, Ended) {
    let mut lines = Vec::new();
    loop {
        match timeout(SOON, running.next()).await.expect("goes on").expect("no trouble") {
            Happened::Line(line) => lines.push(format!("{:?} {}", line.stream, line.text)),
            Happened::Ended(ended) => return (lines, ended),
        }
    }
}

async fn first_line(running: &mut Running) -> String {
    match timeout(SOON, running.next()).await.expect("goes on").expect("no trouble") {
        Happened::Line(line) => line.text,
        Happened::Ended(ended) => panic!("ended early: {ended:?}"),
    }
}

/// Whether a process number is in use by something that is not a zombie.
fn lives(pid: u32) -> bool {
    Identity::of(pid).is_some()
}

async fn gone(pid: u32) {
    let given_up = Instant::now() + SOON;
    while lives(pid) {
        assert!(Instant::now() < given_up, "{pid} still lives");
        tokio::time::sleep(MS(5)).await;
    }
}

#[tokio::test]
async fn a_short_command_gives_its_output_whole_and_its_exit_as_data() {
    let output = run(Command::new("printf").args(["%s|", "a b", "$HOME", "*"])).await.expect("runs");
    assert_eq!(output.text(), "a b|$HOME|*|", "no shell reads the arguments");
    let output = run(sh("echo out; echo first >&2; echo 'no such unit' >&2; exit 3")).await.expect("runs");
    assert_eq!((output.text().as_ref(), output.exit), ("out\n", Exit::Code(3)));
    let error = output.success().expect_err("exit 3");
    assert_eq!(error.to_string(), "sh: exit 3: no such unit");
    assert!(run(Command::new("true")).await.expect("runs").success().is_ok());
}

#[tokio::test]
async fn input_is_handed_over_whole_while_output_is_read() {
    let bytes = vec![b'x'; 3 << 20];
    let output = run(Command::new("cat").stdin(bytes.clone())).await.expect("runs");
    assert_eq!(output.stdout.len(), bytes.len());
    let output = run(Command::new("cat")).await.expect("runs");
    assert_eq!(output.stdout, b"", "without input there is none");
    let output = run(Command::new("true").stdin(bytes)).await.expect("one that does not read is left alone");
    assert!(output.exit.success());
    assert_eq!(run(Command::new("cat").stdin("")).await.expect("an empty input ends").stdout, b"");
}

#[tokio::test]
async fn a_program_sees_only_the_named_environment() {
    let output = run(Command::new("env").env("RESTIC_PASSWORD_FILE", "/run/pw")).await.expect("runs");
    let text = output.text().into_owned();
    let mut names: Vec<&str> = text.lines().filter_map(|line| line.split('=').next()).collect();
    names.sort_unstable();
    names.retain(|name| !command::KEPT.contains(name));
    assert_eq!(names, ["LC_ALL", "PATH", "RESTIC_PASSWORD_FILE"]);
    assert!(text.contains("LC_ALL=C.UTF-8\n") && text.contains("/usr/sbin"), "{text}");
}

#[tokio::test]
async fn it_starts_in_its_folder_and_says_when_that_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let real = folder.path().canonicalize().expect("is there");
    let output = run(Command::new("pwd").cwd(&real)).await.expect("runs");
    assert_eq!(Path::new(output.text().trim_end()), real);
    assert_eq!(run(Command::new("pwd")).await.expect("runs").text(), "/\n");
    let error = run(Command::new("pwd").cwd(real.join("nowhere"))).await.expect_err("no folder");
    assert!(matches!(error, ProcessError::NoFolder { .. }), "{error:?}");
}

#[tokio::test]
async fn what_is_missing_or_not_allowed_says_so_with_a_hint_in_both_languages() {
    let error = run(Command::new("borg-that-is-not-there")).await.expect_err("missing");
    assert_eq!(error.to_string(), "borg-that-is-not-there is not installed");
    let missing = ProcessError::Missing { program: "borg".into() };
    assert_eq!(missing.hint(Lang::En), "Install it on the server: apt install borgbackup");
    assert_eq!(missing.told(Lang::Id), "borg belum terpasang.");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tool");
    std::fs::write(&file, "#!/bin/sh\necho hi\n").expect("written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("set");
    let error = run(Command::new(&file)).await.expect_err("not executable");
    assert!(matches!(error, ProcessError::NotAllowed { .. }), "{error:?}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("set");
    let linked = folder.path().join("linked");
    std::os::unix::fs::symlink("/bin/echo", &linked).expect("linked");
    assert_eq!(run(Command::new(&linked).arg("hi")).await.expect("runs").text(), "hi\n");
    assert!(
        matches!(find(folder.path().as_os_str()), Err(ProcessError::Missing { .. })),
        "a folder is no program"
    );
    std::fs::write(&file, "#!/no/such/interpreter\n").expect("written");
    assert!(matches!(run(Command::new(&file)).await, Err(ProcessError::Start { .. })));
}

#[test]
fn a_program_is_found_in_the_first_folder_that_has_it_executable() {
    let (first, second) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for (folder, mode) in [(&first, 0o644), (&second, 0o755)] {
        let file = folder.path().join("tool");
        std::fs::write(&file, "").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("set");
    }
    let search = std::env::join_paths([first.path(), second.path()]).expect("joined");
    assert_eq!(find::find_in(OsStr::new("tool"), &search).expect("found"), second.path().join("tool"));
    let only_first = std::env::join_paths([first.path()]).expect("joined");
    assert!(matches!(find::find_in(OsStr::new("tool"), &only_first), Err(ProcessError::NotAllowed { .. })));
    for odd in ["", "no-such-tool", "/no/such/tool"] {
        let missing = find::find_in(OsStr::new(odd), &search);
        assert!(matches!(missing, Err(ProcessError::Missing { .. })), "{odd:?}: {missing:?}");
    }
    assert!(find(OsStr::new("sh")).is_ok_and(|path| path.is_absolute()));
}

#[tokio::test]
async fn out_of_time_means_interrupted_then_killed_with_the_whole_group() {
    let begun = Instant::now();
    let error = run(Command::new("sleep").arg("1000").deadline(MS(100))).await.expect_err("too slow");
    assert!(matches!(error, ProcessError::OutOfTime { after, .. } if after == MS(100)), "{error:?}");
    assert!(begun.elapsed() < SOON);

    // Deaf to SIGINT, as is the child it started.
    let deaf = sh("trap '' INT; sleep 1000 & echo $!; wait").deadline(MS(100)).grace(MS(100));
    let mut running = spawn(deaf).expect("starts");
    let child: u32 = first_line(&mut running).await.parse().expect("a number");
    let (_, ended) = all(running).await;
    assert_eq!((ended.exit, ended.cause, ended.killed), (Exit::Signal(9), Cause::OutOfTime, true));
    assert_eq!(ended.exit.to_string(), "ended by SIGKILL");
    gone(child).await;
}

#[tokio::test]
async fn a_cancelled_program_may_tidy_up() {
    heed_interrupts();
    let mut running =
        spawn(sh("trap 'echo unlocked; exit 130' INT; echo ready; while :; do sleep 0.01; done"))
            .expect("starts");
    assert_eq!(first_line(&mut running).await, "ready");
    running.control().cancel();
    let (lines, ended) = all(running).await;
    assert_eq!(lines, ["Out unlocked"]);
    assert_eq!((ended.exit, ended.cause, ended.killed), (Exit::Code(130), Cause::Cancelled, false));
    assert!(!ended.success());
}

#[tokio::test]
async fn a_kill_does_not_wait_for_the_grace() {
    let mut running = spawn(sh("trap '' INT; echo ready; while :; do sleep 0.01; done")).expect("starts");
    assert_eq!(first_line(&mut running).await, "ready");
    let control = running.control();
    control.cancel();
    control.kill();
    control.cancel();
    let (_, ended) = all(running).await;
    assert_eq!((ended.cause, ended.killed), (Cause::Cancelled, true));
    control.kill();
}

#[tokio::test]
async fn lines_of_both_streams_come_as_they_are_written_and_long_ones_are_cut() {
    let (lines, ended) = all(spawn(sh("echo one; echo two >&2; printf three")).expect("starts")).await;
    let of = |stream: &str| lines.iter().filter(|line| line.starts_with(stream)).cloned().collect::<Vec<_>>();
    assert_eq!(of("Out"), ["Out one", "Out three"]);
    assert_eq!(of("Err"), ["Err two"]);
    assert!(ended.success());

    let mut running = spawn(sh("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo next").line_bytes_max(10))
        .expect("starts");
    let Happened::Line(line) = running.next().await.expect("reads") else { panic!("a line") };
    assert_eq!((line.text.as_str(), line.cut), ("xxxxxxxxxx", true));
    assert_eq!(first_line(&mut running).await, "next");
}

#[tokio::test]
async fn too_much_output_ends_the_program() {
    let endless = sh("echo $$ >&2; while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done");
    let error = run(endless.output_bytes_max(100_000)).await.expect_err("too much");
    assert!(
        matches!(error, ProcessError::TooMuch { stream: Stream::Out, bytes_max: 100_000, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn one_that_left_a_child_on_its_pipes_still_ends() {
    let begun = Instant::now();
    let mut running = spawn(sh("sleep 1000 & echo $!")).expect("starts");
    let child: u32 = first_line(&mut running).await.parse().expect("a number");
    let (_, ended) = all(running).await;
    assert!(ended.success(), "its own end counts: {ended:?}");
    assert!(begun.elapsed() < SOON);
    gone(child).await;
}

#[tokio::test]
async fn dropping_it_ends_the_whole_group() {
    let mut running = spawn(sh("sleep 1000 & echo $!; wait").no_deadline()).expect("starts");
    let child: u32 = first_line(&mut running).await.parse().expect("a number");
    let parent = running.pid();
    assert!(lives(child) && lives(parent));
    drop(running);
    gone(child).await;
    gone(parent).await;
}

#[tokio::test]
async fn a_background_program_gives_way() {
    let mut running =
        spawn(sh("read line; nice; ionice").stdin("go\n").priority(Priority::Background)).expect("starts");
    assert_eq!(first_line(&mut running).await, "10");
    match timeout(SOON, running.next()).await.expect("goes on").expect("no trouble") {
        Happened::Line(line) if line.stream == Stream::Out => assert_eq!(line.text, "best-effort: prio 7"),
        other => println!("skipped: no ionice here ({other:?})"),
    }
}

#[tokio::test]
async fn a_surviving_process_is_known_again_and_can_be_ended() {
    heed_interrupts();
    let running = spawn(Command::new("sleep").arg("1000")).expect("starts");
    let identity = Identity::of(running.pid()).expect("it runs");
    assert!(identity.alive());
    assert!(!Identity { start_ticks: 1, ..identity.clone() }.interrupt(), "another process is left alone");
    assert!(identity.interrupt());
    let (_, ended) = all(running).await;
    assert_eq!(ended.exit.to_string(), "ended by SIGINT");
    assert!(!identity.alive() && !identity.kill());
}

#[test]
fn nothing_secret_is_in_the_debug_text() {
    let command = Command::new("restic").arg("--password=hunter2").env("AWS_SECRET", "s3cr3t").stdin("pa55");
    assert_eq!(format!("{command:?}"), r#"Command("restic", 1 arguments)"#);
}
