//! How the program ends when it cannot begin: one clear sentence with what to do, a code of its own, no backtrace.

use std::{
    fs::Permissions,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Output, Stdio},
};

use crate::ship::PATIENCE;

async fn run(args: &[&str], env: &[(&str, &str)]) -> Output {
    #[expect(clippy::disallowed_methods, reason = "the product itself, as a child of its test")]
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_cockpit-bot"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    // The stricter case: who asks for backtraces still gets a sentence.
    command.env("RUST_BACKTRACE", "1").env_remove("COCKPIT_FAULTS").envs(env.iter().copied());
    tokio::time::timeout(PATIENCE, command.output()).await.expect("it ends").expect("the binary")
}

fn config(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    let data = folder.join("data");
    std::fs::write(&file, text.replace("DATA", data.to_str().expect("text"))).expect("room");
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("ours");
    file.to_str().expect("text").to_owned()
}

const TOKEN: &str = "[telegram]\ntoken = \"42:AAExampleExampleExampleExampleExample\"\n";
const OWNER: &str = "[[pilots]]\nid = 1001\nrole = \"owner\"\n";

#[tokio::test]
async fn each_way_not_to_begin_says_what_to_do_and_has_its_code() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let folder = dir.path();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").to_string();
    let at = |name: &str| folder.join(name).to_str().expect("text").to_owned();
    let data = format!("[data]\ndir = \"{}\"\n", at("data"));

    let ownerless = config(folder, "ownerless.toml", &format!("{TOKEN}{data}"));
    let tokenless = config(folder, "tokenless.toml", &format!("{data}{OWNER}"));
    let wrong = config(folder, "wrong.toml", &format!("{TOKEN}{OWNER}[metrics]\nintervall = \"5s\"\n"));
    let binary = at("binary.toml");
    std::fs::write(&binary, [0xff, 0xfe, 0x00]).expect("room");
    let (file, foreign) = (at("file"), at("foreign"));
    std::fs::write(&file, "no folder").expect("room");
    let nowhere = config(folder, "nowhere.toml", &format!("{TOKEN}[data]\ndir = \"{file}/data\"\n{OWNER}"));
    std::fs::create_dir(&foreign).expect("room");
    std::fs::write(Path::new(&foreign).join("cockpit.db"), "not a database ".repeat(1000)).expect("room");
    let damaged = config(folder, "damaged.toml", &format!("{TOKEN}[data]\ndir = \"{foreign}\"\n{OWNER}"));
    let complete = config(folder, "complete.toml", &format!("{TOKEN}{data}{OWNER}"));
    let (missing, folder_itself) = (at("missing.toml"), at(""));
    let token_file = [("COCKPIT_TELEGRAM__TOKEN_FILE", missing.as_str())];
    let faults = [("COCKPIT_FAULTS", "metrics:sulk:1s")];

    // (arguments, environment, code, what is said, what to do)
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], i32, &'a str, &'a str);
    let cases: &[Case<'_>] = &[
        (&["fly"], &[], 2, "unrecognized subcommand 'fly'", "--help"),
        (&["run", "--sym"], &[], 2, "unexpected argument '--sym'", "'--sim'"),
        (&["practice", "--listen", "here"], &[], 2, "invalid value 'here'", "--help"),
        (&["practice", "--listen", "0.0.0.0:0"], &[], 64, "can be reached from other machines", "127.0.0.1"),
        (&["run", "--config", &complete], &faults, 64, "is not a fault", "ACTOR:fail|hang|panic"),
        (&["run", "--config", &wrong], &[], 65, "wrong.toml:7:1", "did you mean `interval`?"),
        (&["run", "--config", &missing], &[], 66, "cannot read", "cockpit-bot practice"),
        (&["run", "--config", &folder_itself], &[], 66, "cannot read", "--config"),
        (&["run", "--config", &binary], &[], 65, "this is not UTF-8 text", "binary.toml"),
        (&["practice", "--config", &missing], &[], 66, "cannot read", "--config"),
        (&["check", "--config", &missing], &[], 66, "cannot read", "--config"),
        (&["run", "--config", &ownerless], &[], 67, "no owner is configured", "@userinfobot"),
        (&["practice", "--listen", &port], &[], 69, "cannot listen on", "--listen 127.0.0.1:PORT"),
        (&["run", "--config", &nowhere], &[], 74, "cannot use the data folder", "Not a directory"),
        (&["run", "--config", &damaged], &[], 74, "is damaged", "move the file aside"),
        (&["run", "--config", &tokenless], &[], 78, "no bot token is configured", "@BotFather"),
        (&["run", "--config", &tokenless], &token_file, 65, "telegram.token_file", "missing.toml"),
        (&["check", "--config", &wrong], &[], 2, "", ""),
    ];
    for (args, env, code, says, mends) in cases {
        let output = run(args, env).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*code), "{args:?}: {said}");
        assert!(said.contains(says) && said.contains(mends), "{args:?}: {said}");
        for ugly in ["panicked", "backtrace", "Error {", "Os {", "stack"] {
            assert!(!said.contains(ugly), "{args:?}: {ugly:?} in {said}");
        }
        // clap shows the usage below its sentence.
        assert!(said.lines().count() <= if *code == 2 { 12 } else { 3 }, "{args:?}: {said}");
    }
    drop(taken);
}
