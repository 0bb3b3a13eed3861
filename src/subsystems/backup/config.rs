//! The `[backup]` section: the plans. Passwords are named by file or credential only and never stand in the config.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use super::{
    access::{self, Access, IoShare, Password},
    engine::{EngineKind, Keep},
};
use crate::{
    domain::{Bytes, ConfigIssue, duration},
    intent::backup::PlanName,
    scheduler::{Missed, Plan as Times},
};

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub enabled: bool,
    pub plans: Vec<PlanConfig>,
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: true, plans: Vec::new() }
    }
}

/// One `[[backup.plans]]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanConfig {
    pub name: String,
    pub engine: EngineKind,
    /// As the engine takes it: a path, "sftp:user@host:/path", "rest:https://…", "s3:…", "rclone:…".
    pub repository: String,
    pub paths: Vec<PathBuf>,
    /// As the engine reads them.
    #[serde(default)]
    pub excludes: Vec<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub one_file_system: bool,
    /// Leaves out folders marked by a CACHEDIR.TAG.
    #[serde(default)]
    pub exclude_caches: bool,
    /// `None`: only when asked for.
    #[serde(default)]
    pub schedule: Option<Times>,
    #[serde(default)]
    pub missed: Missed,
    /// How late a backup may be before it is told as overdue.
    #[serde(default = "hour", deserialize_with = "duration::deserialize")]
    pub overdue_after: Duration,
    /// A run that takes longer is stopped.
    #[serde(default = "day", deserialize_with = "duration::deserialize")]
    pub deadline: Duration,
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// The name of a systemd credential (`LoadCredential=`).
    #[serde(default)]
    pub credential: Option<String>,
    /// Lines of `NAME=value` for the engine: keys of S3 and the like.
    #[serde(default)]
    pub environment_file: Option<PathBuf>,
    #[serde(default)]
    pub retention: Retention,
    #[serde(default)]
    pub check: CheckConfig,
    #[serde(default)]
    pub proof: ProofConfig,
    #[serde(default)]
    pub hooks: Hooks,
    #[serde(default)]
    pub limits: Limits,
}

/// How many of each to keep; all empty keeps everything.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    pub last: Option<u32>,
    pub hourly: Option<u32>,
    pub daily: Option<u32>,
    pub weekly: Option<u32>,
    pub monthly: Option<u32>,
    pub yearly: Option<u32>,
    /// When what is not kept is removed by itself. `None`: only when an owner asks.
    pub schedule: Option<Times>,
}

impl Retention {
    pub fn keeps_all(&self) -> bool {
        let Retention { last, hourly, daily, weekly, monthly, yearly, schedule: _ } = self;
        [last, hourly, daily, weekly, monthly, yearly].iter().all(|count| count.is_none_or(|n| n == 0))
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckConfig {
    pub schedule: Option<Times>,
    /// Each check with data reads one of so many parts, the next one each time.
    pub parts: u32,
    /// Scheduled checks read data too.
    pub data: bool,
    /// Borg stops reading after this and goes on from there the next time.
    #[serde(deserialize_with = "duration::deserialize")]
    pub time: Duration,
}

impl Default for CheckConfig {
    fn default() -> CheckConfig {
        CheckConfig { schedule: None, parts: 20, data: true, time: Duration::from_secs(3600) }
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProofConfig {
    pub schedule: Option<Times>,
    /// Files that are restored and compared.
    pub files: u32,
    /// Larger files are left out.
    pub file_max: Bytes,
}

impl Default for ProofConfig {
    fn default() -> ProofConfig {
        ProofConfig { schedule: None, files: 5, file_max: Bytes(64 << 20) }
    }
}

/// Programs with their arguments; never a shell.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hooks {
    /// When it fails, nothing is backed up.
    pub before: Vec<String>,
    /// Runs however the backup went.
    pub after: Vec<String>,
    #[serde(deserialize_with = "duration::deserialize")]
    pub deadline: Duration,
}

impl Default for Hooks {
    fn default() -> Hooks {
        Hooks { before: Vec::new(), after: Vec::new(), deadline: Duration::from_secs(600) }
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// A second.
    pub upload: Option<Bytes>,
    /// A second.
    pub download: Option<Bytes>,
    /// 0 to 19.
    pub nice: u8,
    pub ionice: IoNice,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { upload: None, download: None, nice: 10, ionice: IoNice::Low }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IoNice {
    /// Like everything else.
    Normal,
    /// The last of the ordinary level.
    Low,
    /// Only when nobody else wants the disk.
    Idle,
}

fn hour() -> Duration {
    Duration::from_secs(3600)
}

fn day() -> Duration {
    Duration::from_secs(24 * 3600)
}

impl IoNice {
    fn share(self) -> IoShare {
        match self {
            IoNice::Normal => IoShare::Normal,
            IoNice::Low => IoShare::Low,
            IoNice::Idle => IoShare::Idle,
        }
    }
}

impl Config {
    const PLANS_MAX: usize = 32;

    pub fn validate(&self) -> Vec<ConfigIssue> {
        let mut issues = Vec::new();
        if self.plans.len() > Self::PLANS_MAX {
            let message = format!("{} plans; at most {} are allowed", self.plans.len(), Self::PLANS_MAX);
            issues.push(ConfigIssue { key: "plans".into(), message, warning: false });
        }
        let mut names = BTreeSet::new();
        for (i, plan) in self.plans.iter().enumerate() {
            let mut found = plan.faults();
            if !names.insert(plan.name.to_ascii_lowercase()) {
                found.push(("name", "another plan has this name".into(), false));
            }
            issues.extend(found.into_iter().map(|(key, message, warning)| ConfigIssue {
                key: format!("plans[{i}].{key}"),
                message,
                warning,
            }));
        }
        issues
    }

    pub fn plan(&self, name: &PlanName) -> Option<&PlanConfig> {
        self.plans.iter().find(|plan| plan.name == name.as_str())
    }

    /// Each with its name; those without a valid one were refused at reading.
    pub fn named(&self) -> impl Iterator<Item = (PlanName, &PlanConfig)> {
        self.plans.iter().filter_map(|plan| Some((PlanName::parse(&plan.name).ok()?, plan)))
    }
}

/// The plans of a simulated server: what its engine knows.
pub fn simulated() -> Vec<PlanConfig> {
    let plan = |name: &str, repository: &str, path: &str, engine: &str| {
        let text = format!(
            "name = {name:?}\nengine = {engine:?}\nrepository = {repository:?}\npaths = [{path:?}]\n\
             schedule = \"daily 02:30\"\npassword_file = \"/etc/cockpit-bot/{name}.password\"\n\
             retention = {{ daily = 7, weekly = 4, monthly = 6 }}\n\
             check = {{ schedule = \"Sun 05:00\" }}\nproof = {{ schedule = \"Sun 07:00\", file_max = \"64 KiB\" }}"
        );
        toml::from_str(&text).expect("a plan of ours")
    };
    vec![
        plan("home", "/mnt/dre/restic", "/home", "restic"),
        plan("photos", "ssh://backup@nas/./photos", "/mnt/dre/photos", "borg"),
    ]
}

impl PlanConfig {
    /// How its repository is opened. `credentials`: the folder that systemd puts credentials in.
    pub fn access(&self, credentials: Option<&Path>) -> Access {
        let password = match (&self.password_file, &self.credential) {
            (Some(file), _) => Password::File(file.clone()),
            // Without systemd's folder the engine says which file it looked for.
            (None, Some(name)) => {
                Password::credential(credentials.unwrap_or(Path::new("/run/credentials")), name)
            }
            (None, None) => Password::Nothing,
        };
        let limits = access::Limits {
            upload: self.limits.upload,
            download: self.limits.download,
            nice: self.limits.nice,
            io: self.limits.ionice.share(),
        };
        let environment = self.environment_file.clone();
        Access { repository: self.repository.trim().to_owned(), password, environment, limits }
    }

    pub fn keep(&self) -> Keep {
        let Retention { last, hourly, daily, weekly, monthly, yearly, .. } = self.retention;
        let [last, hourly, daily, weekly, monthly, yearly] =
            [last, hourly, daily, weekly, monthly, yearly].map(Option::unwrap_or_default);
        Keep { last, hourly, daily, weekly, monthly, yearly, within: None }
    }

    /// The same for all plans of one repository: at most one operation of it runs.
    pub fn key(&self) -> String {
        format!("backup:{}", self.repository.trim_end_matches('/'))
    }

    fn faults(&self) -> Vec<(&'static str, String, bool)> {
        let mut faults = Vec::new();
        let mut complain = |key, message: &str| faults.push((key, message.to_owned(), false));
        if let Err(error) = PlanName::parse(&self.name) {
            complain("name", &error.to_string());
        }
        let repository = self.repository.trim();
        // What begins with a dash would be read as an option.
        if repository.is_empty()
            || repository.starts_with('-')
            || self.repository.chars().any(char::is_control)
        {
            complain(
                "repository",
                "expected a path or what the engine takes, such as \"sftp:me@nas:/backups\"",
            );
        } else if !repository.contains(':') && !repository.starts_with('/') {
            complain("repository", "expected a path from the root, or a scheme such as \"sftp:\"");
        }
        if has_password(repository) {
            complain(
                "repository",
                "holds a password, which would be shown: put it into environment_file instead",
            );
        }
        if self.paths.is_empty() {
            complain("paths", "expected at least one path");
        }
        for path in &self.paths {
            let plain =
                path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
            if !path.is_absolute() || !plain {
                complain("paths", "expected paths from the root, without \"..\"");
            }
        }
        for (key, words) in [("excludes", &self.excludes), ("tags", &self.tags)] {
            if words.iter().any(|word| {
                word.is_empty()
                    || word.chars().any(char::is_control)
                    || key == "tags" && (word.contains(',') || word.starts_with('-'))
            }) {
                complain(key, "expected words on one line; a tag has no comma");
            }
        }
        match (&self.password_file, &self.credential) {
            (Some(_), Some(_)) => {
                complain("credential", "given twice: keep one of password_file and credential")
            }
            // Borg knows repositories without encryption.
            (None, None) if self.engine == EngineKind::Restic => {
                complain("password_file", "expected password_file or credential: restic needs a password");
            }
            (Some(file), None) if !file.is_absolute() => {
                complain("password_file", "expected a path from the root");
            }
            (None, Some(name)) if name.is_empty() || name.contains('/') || name.starts_with('.') => {
                complain("credential", "expected a credential's name, as in LoadCredential=");
            }
            _ => {}
        }
        if self.environment_file.as_ref().is_some_and(|file| !file.is_absolute()) {
            complain("environment_file", "expected a path from the root");
        }
        if !(Duration::from_secs(60)..=Duration::from_secs(30 * 86_400)).contains(&self.overdue_after) {
            complain("overdue_after", "expected from 1m to 30 days");
        }
        if !(Duration::from_secs(60)..=Duration::from_secs(30 * 86_400)).contains(&self.deadline) {
            complain("deadline", "expected from 1m to 30 days");
        }
        if self.retention.schedule.is_some() && self.retention.keeps_all() {
            complain("retention.schedule", "keeps everything: say how many to keep, such as daily = 7");
        }
        if !(1..=1000).contains(&self.check.parts) {
            complain("check.parts", "expected from 1 to 1000");
        }
        if !(1..=100).contains(&self.proof.files) {
            complain("proof.files", "expected from 1 to 100");
        }
        if self.limits.nice > 19 {
            complain("limits.nice", "expected from 0 to 19");
        }
        for (key, rate) in [("limits.upload", self.limits.upload), ("limits.download", self.limits.download)]
        {
            if rate.is_some_and(|rate| rate.0 < 1024) {
                complain(key, "expected at least 1 KiB (a second)");
            }
        }
        for (key, hook) in [("hooks.before", &self.hooks.before), ("hooks.after", &self.hooks.after)] {
            if hook.first().is_some_and(|program| program.is_empty() || program.starts_with('-')) {
                complain(key, "expected a program and its arguments, such as [\"/usr/local/bin/dump-db\"]");
            }
        }
        faults
    }
}

/// "https://user:secret@host" and the like.
fn has_password(repository: &str) -> bool {
    let Some((_, rest)) = repository.split_once("://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    host.rsplit_once('@').is_some_and(|(who, _)| who.contains(':'))
}

#[cfg(test)]
pub fn example(name: &str) -> PlanConfig {
    toml::from_str(&format!(
        "name = \"{name}\"\nengine = \"restic\"\nrepository = \"/srv/{name}\"\npaths = [\"/home\"]\n\
         password_file = \"/etc/p\"\nschedule = \"daily 02:30\""
    ))
    .expect("an example")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_named_by_their_key() {
        let base = "name = \"home\"\nengine = \"restic\"\nrepository = \"/srv/r\"\npaths = [\"/home\"]\npassword_file = \"/p\"\n";
        for (change, want) in [
            ("", &[][..]),
            ("name = \"a b\"", &["name"]),
            ("repository = \"srv/r\"", &["repository"]),
            ("repository = \"-r\"", &["repository"]),
            ("repository = \"sftp:me@nas:/r\"", &[]),
            ("repository = \"rest:https://me:secret@nas/r\"", &["repository"]),
            ("repository = \"rest:https://me@nas/r\"", &[]),
            ("paths = []", &["paths"]),
            ("paths = [\"home\"]", &["paths"]),
            ("paths = [\"/home/../etc\"]", &["paths"]),
            ("credential = \"pass\"", &["credential"]),
            ("tags = [\"a,b\"]", &["tags"]),
            ("overdue_after = \"1s\"", &["overdue_after"]),
            ("retention = { schedule = \"daily 03:00\" }", &["retention.schedule"]),
            ("retention = { schedule = \"daily 03:00\", daily = 7 }", &[]),
            ("check = { parts = 0 }", &["check.parts"]),
            ("limits = { nice = 20, upload = \"1\" }", &["limits.nice", "limits.upload"]),
            ("hooks = { before = [\"--x\"] }", &["hooks.before"]),
        ] {
            let mut table: toml::Table = base.parse().expect("a table");
            table.extend(change.parse::<toml::Table>().expect(change));
            let plan: PlanConfig = table.try_into().expect(change);
            let config = Config { plans: vec![plan], ..Config::default() };
            let keys: Vec<String> = config.validate().into_iter().map(|issue| issue.key).collect();
            let want: Vec<String> = want.iter().map(|key| format!("plans[0].{key}")).collect();
            assert_eq!(keys, want, "{change}");
        }
    }

    #[test]
    fn two_plans_of_one_name_are_refused_and_two_of_one_repository_share_a_key() {
        let mut config = Config { plans: vec![example("home"), example("home")], ..Config::default() };
        assert_eq!(config.validate()[0].key, "plans[1].name");
        config.plans[1].name = "other".into();
        config.plans[1].repository = "/srv/home/".into();
        assert_eq!(config.plans[0].key(), config.plans[1].key());
    }

    #[test]
    fn restic_needs_a_password_and_borg_does_not() {
        let mut plan = example("home");
        plan.password_file = None;
        assert_eq!(plan.faults()[0].0, "password_file");
        plan.engine = EngineKind::Borg;
        assert_eq!(plan.faults(), []);
    }
}
