//! What a file says, and all that can be wrong with one.

mod actor;
mod shipped;

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::PathBuf, time::Duration};

use expect_test::{Expect, expect};

use super::{Config, Language, Loaded, Secrets, check, load, load_file};
use crate::{
    domain::{Lang, Percent, PilotId, Role},
    store::Folder,
};

type Env = BTreeMap<String, String>;

fn env(pairs: &[(&str, &str)]) -> Env {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn told(loaded: &Loaded) -> String {
    loaded.problems.iter().map(|problem| format!("{problem}\n")).collect()
}

/// What is said about a text, and about an environment over it.
fn check_text(text: &str, over: &[(&str, &str)], want: Expect) {
    let loaded = load(Some(("f.toml", text)), &env(over), Secrets::Find);
    assert_eq!(loaded.config.is_none(), loaded.problems.iter().any(|problem| !problem.warning));
    want.assert_eq(&told(&loaded));
}

#[test]
fn nothing_at_all_is_a_good_config() {
    let loaded = load(None, &Env::new(), Secrets::LeaveAlone);
    assert_eq!(loaded.config, Some(Config::default()));
    assert_eq!(told(&loaded), "");
    assert_eq!(loaded.config.unwrap().data.dir, PathBuf::from("/var/lib/cockpit-bot"));
}

#[test]
fn the_keys_of_the_contract_are_read() {
    let text = r#"
        [telegram]
        api_url = "http://127.0.0.1:8081"
        [data]
        dir = "/srv/cockpit"
        [ship]
        name = "potion"
        timezone = "Asia/Jakarta"
        language = "id"
        [[pilots]]
        id = 1001
        role = "owner"
        name = "Captain"
        [[pilots]]
        id = 7
        role = "observer"
        [metrics]
        interval = "10s"
        mounts = ["/", "/mnt/dre"]
        [services]
        watch = ["ssh.service", "docker.service"]
        [alerts]
        cpu = { above = "95%", for = "5m" }
        disk = { above = "80%" }
    "#;
    let loaded = load(Some(("f.toml", text)), &Env::new(), Secrets::LeaveAlone);
    assert_eq!(told(&loaded), "");
    let config = loaded.config.unwrap();
    assert_eq!(config.ship.name(), "potion");
    assert_eq!(config.ship.zone().iana_name(), Some("Asia/Jakarta"));
    assert_eq!(config.ship.language.for_tag(Some("en")), Lang::Id);
    assert_eq!(Language::Auto.for_tag(Some("id-ID")), Lang::Id);
    assert_eq!(config.pilots.get(PilotId(7)).unwrap().role, Role::Observer);
    assert_eq!(config.metrics.interval, Duration::from_secs(10));
    assert_eq!(config.services.watch, ["ssh.service", "docker.service"]);
    assert_eq!(config.alerts.cpu.above, Some(Percent(95.0)));
}

#[test]
fn all_problems_are_told_at_once_each_with_its_place() {
    let text = r#"
[telegram]
api_url = "ftp://x"
tokne_file = "/x"
[ship]
timezone = "Jakarta"
language = "ind"
api_url = "http://localhost"
[metrcs]
interval = "5s"
[metrics]
intervall = "5s"
interval = 5
mounts = ["/", 3, "relative"]
watch = 1
colour = "red"
history = { minutes = "1h", quarter = "1y" }
[[pilots]]
id = 1001
role = "captain"
[[pilots]]
id = 1001
role = "pilot"
[[pilots]]
role = "owner"
nick = "Eve"
[[pilots]]
id = 1001
role = "owner"
[alerts]
cpu = { above = "95", for = "often" }
disk = "80%"
"#;
    check_text(
        text,
        &[],
        expect![[r#"
            f.toml:3:11: error: telegram.api_url: expected an address such as "https://api.telegram.org"
            f.toml:4:1: error: telegram.tokne_file: unknown key; did you mean `token_file`?
            f.toml:6:12: error: ship.timezone: "Jakarta" is no time zone such as "Asia/Jakarta"; did you mean "Asia/Jakarta"?
            f.toml:7:12: error: ship.language: expected "auto", "en" or "id", found "ind"; did you mean "id"?
            f.toml:8:1: error: ship.api_url: unknown key; `api_url` is a key of [telegram]
            f.toml:9:2: error: metrcs: unknown section; did you mean [metrics]?
            f.toml:12:1: error: metrics.intervall: unknown key; did you mean `interval`?
            f.toml:13:12: error: metrics.interval: expected a duration such as "5s", "10m" or "1h 30m", found 5
            f.toml:14:16: error: metrics.mounts[1]: expected text in quotes, found 3
            f.toml:14:19: error: metrics.mounts[2]: expected a path from the root, such as "/mnt/data"
            f.toml:15:1: error: metrics.watch: unknown key; `watch` is a key of [services]
            f.toml:16:1: error: metrics.colour: unknown key; known here: enabled, interval, mounts, history
            f.toml:17:23: error: metrics.history.minutes: expected from 1 day to 1825 days
            f.toml:17:29: error: metrics.history.quarter: unknown key; did you mean `quarters`?
            f.toml:20:8: error: pilots[0].role: expected "observer", "pilot" or "owner", found "captain"
            f.toml:24:1: error: pilots[2]: `id` is missing
            f.toml:26:1: error: pilots[2].nick: unknown key; known here: id, role, name
            f.toml:28:6: error: pilots[3].id: 1001 stands here twice: which role holds would be chance
            f.toml:31:17: error: alerts.cpu.above: "95" is not a percentage such as "85%", from 0% to 100%
            f.toml:31:29: error: alerts.cpu.for: "often" is not a duration such as "5s", "10m" or "1h 30m"
            f.toml:32:8: error: alerts.disk: expected a table, such as { key = "value" }, found text
        "#]],
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_place_and_the_rest_is_still_read() {
    check_text(
        "[metrics]\ninterval = 5s\n[ship]\nnmae = \"x\"\n[ship\n",
        &[],
        expect![[r#"
            f.toml:2:12: error: this is not TOML: string values must be quoted, expected literal string
            f.toml:4:1: error: ship.nmae: unknown key; did you mean `name`?
            f.toml:5:6: error: this is not TOML: unclosed table, expected `]`
        "#]],
    );
    check_text(
        "a = \"\u{feff}",
        &[],
        expect![[r#"
            f.toml:1:7: error: this is not TOML: invalid basic string, expected `"`
        "#]],
    );
}

#[test]
fn what_follows_from_a_problem_is_not_told_as_another() {
    check_text(
        "[[pilots]]\nid = 1\nrole = \"ownr\"\n",
        &[],
        expect![[r#"
            f.toml:3:8: error: pilots[0].role: expected "observer", "pilot" or "owner", found "ownr"; did you mean "owner"?
        "#]],
    );
}

#[test]
fn the_environment_lies_over_the_file() {
    let file = "[metrics]\ninterval = \"5s\"\n[alerts]\ncpu = { above = \"95%\", for = \"1m\" }\n";
    let over = env(&[
        ("COCKPIT_METRICS__INTERVAL", "10s"),
        ("COCKPIT_METRICS__MOUNTS", "[\"/srv\"]"),
        ("COCKPIT_METRICS__HISTORY__MINUTES", "2 days"),
        ("COCKPIT_ALERTS__CPU__ABOVE", "80%"),
        ("COCKPIT_SHIP__NAME", "42"),
        ("COCKPIT_FAULTS", "not ours"),
    ]);
    let loaded = load(Some(("f.toml", file)), &over, Secrets::LeaveAlone);
    assert_eq!(told(&loaded), "");
    let config = loaded.config.unwrap();
    assert_eq!(config.metrics.interval, Duration::from_secs(10));
    assert_eq!(config.metrics.mounts, Some(vec!["/srv".into()]));
    assert_eq!(config.metrics.history.minutes, Duration::from_secs(2 * 86_400));
    assert_eq!(config.alerts.cpu.above, Some(Percent(80.0)));
    assert_eq!(config.alerts.cpu.lasting, Some(Duration::from_secs(60)), "beside it the file holds");
    assert_eq!(config.ship.name(), "42");

    check_text(
        file,
        &[
            ("COCKPIT_METRICS__INTERVALL", "1s"),
            ("COCKPIT_METRIC__X", "1"),
            ("COCKPIT_METRICS__INTERVAL", "x"),
        ],
        expect![[r#"
            f.toml: warning: pilots: nobody is an owner: `run` refuses until somebody is
            COCKPIT_METRIC__X: error: metric: unknown section; did you mean [metrics]?
            COCKPIT_METRICS__INTERVAL: error: metrics.interval: "x" is not a duration such as "5s", "10m" or "1h 30m"
            COCKPIT_METRICS__INTERVALL: error: metrics.intervall: unknown key; did you mean `interval`?
        "#]],
    );
}

#[test]
fn every_key_of_a_section_is_known() {
    let keys: Vec<String> = Config::keys().iter().map(|(section, key)| format!("{section} {key}")).collect();
    for key in [
        "telegram token_file",
        "ship language",
        "pilots [].id",
        "metrics history.minutes",
        "metrics mounts",
        "alerts cpu.for",
    ] {
        assert!(keys.iter().any(|k| k == key), "{key} is not among {keys:#?}");
    }
}

/// A folder with files to read a token from.
fn with_files() -> Folder {
    let folder = Folder::temporary().unwrap();
    let write = |name: &str, text: &str, mode: u32| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    write("token", "1234:AAF-secret\n", 0o600);
    write("open", "1234:AAF-secret\n", 0o644);
    write("bad", "hunter2\n", 0o600);
    fs::create_dir(folder.path().join("credentials")).unwrap();
    write("credentials/telegram-token", "5678:AAF-credential", 0o400);
    folder
}

#[test]
fn the_token_comes_from_exactly_one_place() {
    let folder = with_files();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let file = |name: &str| format!("[telegram]\ntoken_file = \"{}\"\n", at(name));
    let inline = "[telegram]\ntoken = \"9:AAF\"\n".to_owned();
    let credentials = at("credentials");
    let credential = ("CREDENTIALS_DIRECTORY", credentials.as_str());
    let by_env = ("COCKPIT_TELEGRAM__TOKEN", "77:AAF");
    let none: &[(&str, &str)] = &[];
    // (file, environment) → whose token, and what is said.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<&'a str>, &'a str);
    let cases: [Case<'_>; 10] = [
        ("", none, None, ""),
        (&inline, none, Some("9"), ""),
        (&file("token"), none, Some("1234"), ""),
        ("", &[by_env], Some("77"), ""),
        ("", &[credential], Some("5678"), ""),
        (&file("open"), none, Some("1234"), "everybody on this machine can read"),
        (&file("bad"), none, None, "not a bot token"),
        (&file("missing"), none, None, "No such file"),
        (&file("token"), &[by_env], None, "given twice"),
        (&inline, &[by_env], None, "given twice, by `token` and by COCKPIT_TELEGRAM__TOKEN"),
    ];
    for (text, over, bot, said) in cases {
        let text = format!("[[pilots]]\nid = 1\nrole = \"owner\"\n{text}");
        let loaded = load(Some(("f.toml", &text)), &env(over), Secrets::Find);
        let problems = told(&loaded);
        assert!(said.is_empty() == problems.is_empty() && problems.contains(said), "{text}: {problems}");
        assert!(!problems.contains("hunter2") && !problems.contains("secret"), "{problems}");
        let token = loaded.config.and_then(|config| config.telegram.token);
        assert_eq!(token.as_ref().map(|token| token.bot_id()), bot, "{text}");
    }
    let both = load(Some(("f.toml", &file("token"))), &env(&[credential]), Secrets::Find);
    assert!(told(&both).contains("by `token_file` and by the systemd credential"), "{}", told(&both));
}

#[test]
fn check_ends_with_a_code_that_says_how_bad_it_is() {
    let folder = Folder::temporary().unwrap();
    let file = folder.path().join("cockpit.toml");
    let owner = "[[pilots]]\nid = 1\nrole = \"owner\"\n";
    for (text, strict, code, last) in [
        (owner.to_owned(), true, 0, "no problems"),
        (String::new(), false, 0, "1 warning"),
        (String::new(), true, 1, "1 warning"),
        (format!("{owner}[metrics]\ninterval = \"x\"\n"), false, 2, "1 error"),
        ("[metrics]\ninterval = \"x\"\nx = 1\n".into(), false, 2, "2 errors, 1 warning"),
    ] {
        fs::write(&file, &text).unwrap();
        let (said, got) = check(&file, &Env::new(), strict).unwrap();
        assert_eq!(got, code, "{text}: {said}");
        assert!(said.ends_with(&format!("{}: {last}\n", file.display())), "{said}");
    }
    fs::write(&file, format!("{owner}[telegram]\ntoken = \"1:AAF\"\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (said, _) = check(&file, &Env::new(), false).unwrap();
    assert!(said.contains("everybody on this machine can read the token"), "{said}");
    assert!(check(&folder.path().join("none"), &Env::new(), false).is_err());
}

#[test]
fn files_that_are_no_text_or_too_much_of_it_are_told_as_that() {
    let folder = Folder::temporary().unwrap();
    let file = folder.path().join("cockpit.toml");
    fs::write(&file, b"[ship]\nname = \"\xff\"\n").unwrap();
    let said = told(&load_file(&file, &Env::new(), Secrets::Find).unwrap());
    assert!(said.ends_with("cockpit.toml:2:9: error: this is not UTF-8 text\n"), "{said}");
    fs::write(&file, " ".repeat((1 << 20) + 1)).unwrap();
    assert!(load_file(&file, &Env::new(), Secrets::Find).is_err());
    fs::write(&file, "\u{feff}[ship]\r\nname = \"potion\"\r\n").unwrap();
    let loaded = load_file(&file, &Env::new(), Secrets::LeaveAlone).unwrap();
    assert_eq!(told(&loaded), "", "as Windows editors write it");
}

proptest::proptest! {
    #[test]
    fn no_text_and_no_environment_makes_it_fall_over(
        text in "([a-z]{1,9}|[\\[\\]{}\"'=.,#\n 0-9-]|metrics|pilots|interval|\\[\\[pilots\\]\\]|\u{e9}|true){0,60}",
        names in "(METRICS|PILOTS|SHIP|X)(__(INTERVAL|HISTORY|0|ID)){0,3}",
        value in "[a-z0-9\\[{\"=%-]{0,12}",
    ) {
        let variable = format!("COCKPIT_{names}");
        let loaded = load(Some(("f", &text)), &env(&[(&variable, &value)]), Secrets::Find);
        let good = loaded.problems.iter().all(|problem| problem.warning);
        proptest::prop_assert_eq!(loaded.config.is_some(), good);
    }
}
