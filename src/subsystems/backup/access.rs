//! How a repository is reached: where it is, which password file opens it, what the engine's environment holds, which
//! share of the machine it may take. Owns the rule that no secret is an argument, a log line or a Debug output.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::domain::Bytes;
pub use crate::process::IoShare;

/// Everything an engine needs to open one repository. Built by the room from its plan.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// As the engine itself understands it: a path, `sftp:…`, `rest:https://…`, `s3:…`, `ssh://…`. May hold a password,
    /// so it is given by environment and shown only by [`Access::shown`].
    pub repository: String,
    pub password: Password,
    /// `NAME=value` lines for the engine: keys of an object store, `BORG_RSH`. Read at each start.
    pub environment: Option<PathBuf>,
    pub limits: Limits,
}

/// Where the password lies. Cockpit never reads it: the engine does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Password {
    File(PathBuf),
    /// A repository of Borg without encryption. restic has no such thing.
    Nothing,
}

impl Password {
    /// A systemd credential (`LoadCredential=`), in the folder that systemd names in `$CREDENTIALS_DIRECTORY`.
    pub fn credential(folder: &Path, name: &str) -> Password {
        Password::File(folder.join(name))
    }
}

/// Which share of the machine and of the line an engine takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes per second towards the repository.
    pub upload: Option<Bytes>,
    /// Bytes per second from the repository. Borg has no such limit.
    pub download: Option<Bytes>,
    /// 0 to 19.
    pub nice: u8,
    pub io: IoShare,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { upload: None, download: None, nice: 10, io: IoShare::Low }
    }
}

impl Access {
    pub fn new(repository: impl Into<String>, password: Password) -> Access {
        Access { repository: repository.into(), password, environment: None, limits: Limits::default() }
    }

    /// For people: a password in an address is masked.
    pub fn shown(&self) -> String {
        match secret_of(&self.repository) {
            Some(secret) => self.repository.replacen(secret, "***", 1),
            None => self.repository.clone(),
        }
    }

    /// A line of an engine without the password that the address may hold.
    pub fn scrub(&self, line: &str) -> String {
        match secret_of(&self.repository) {
            Some(secret) => line.replace(secret, "***"),
            None => line.to_owned(),
        }
    }

    /// Its folder, if it lies on this machine.
    pub fn local(&self) -> Option<&Path> {
        let path = self.repository.strip_prefix("local:").unwrap_or(&self.repository);
        let path = path.strip_prefix("file://").unwrap_or(path);
        path.starts_with('/').then(|| Path::new(path))
    }
}

/// The password of `scheme://user:password@host/`.
fn secret_of(repository: &str) -> Option<&str> {
    let (_, rest) = repository.split_once("://")?;
    let authority = &rest[..rest.find('/').unwrap_or(rest.len())];
    let (user, _) = authority.rsplit_once('@')?;
    let (_, secret) = user.split_once(':')?;
    (!secret.is_empty()).then_some(secret)
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("repository", &self.shown())
            .field("password", &self.password)
            .field("environment", &self.environment)
            .field("limits", &self.limits)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_never_shown() {
        for (repository, shown) in [
            ("/srv/backup", "/srv/backup"),
            ("sftp:dre@nas:/srv/backup", "sftp:dre@nas:/srv/backup"),
            ("rest:https://dre:s3cr3t@nas:8000/dre/", "rest:https://dre:***@nas:8000/dre/"),
            ("rest:https://dre@nas:8000/", "rest:https://dre@nas:8000/"),
            ("rest:https://dre:pa@ss@nas:8000/", "rest:https://dre:***@nas:8000/"),
            ("ssh://dre@nas:22/./backup", "ssh://dre@nas:22/./backup"),
            ("s3:https://s3.example.org/bucket", "s3:https://s3.example.org/bucket"),
        ] {
            let access = Access::new(repository, Password::Nothing);
            assert_eq!(access.shown(), shown);
            assert!(!format!("{access:?}").contains("s3cr3t"), "{access:?}");
        }
        let access = Access::new("rest:https://dre:s3cr3t@nas/", Password::Nothing);
        assert_eq!(
            access.scrub("Fatal: https://dre:s3cr3t@nas/ is away"),
            "Fatal: https://dre:***@nas/ is away"
        );
    }

    #[test]
    fn only_a_path_is_local() {
        for (repository, local) in [
            ("/srv/backup", Some("/srv/backup")),
            ("local:/srv/backup", Some("/srv/backup")),
            ("file:///srv/backup", Some("/srv/backup")),
            ("sftp:nas:/srv/backup", None),
            ("nas:/srv/backup", None),
        ] {
            assert_eq!(
                Access::new(repository, Password::Nothing).local(),
                local.map(Path::new),
                "{repository}"
            );
        }
    }
}
