//! Where the bot's token comes from: the file, a file of its own, the environment or a systemd credential. Exactly one
//! of them; two are an error, because nobody could tell which one holds.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{domain::ConfigIssue, telegram::config::Token};

/// The credential's name: `LoadCredential=telegram-token:/etc/cockpit-bot/token`.
pub const CREDENTIAL: &str = "telegram-token";
/// A token is about 50 bytes.
const BYTES_MAX: u64 = 4096;

/// The token, if there is one, and what is to be said about it. Keys are relative to `[telegram]`.
pub fn token(
    given: Option<&Token>,
    given_twice: bool,
    file: Option<&Path>,
    env: &BTreeMap<String, String>,
) -> (Option<Token>, Vec<ConfigIssue>) {
    let credential = env.get("CREDENTIALS_DIRECTORY").map(|dir| PathBuf::from(dir).join(CREDENTIAL));
    let credential = credential.filter(|path| path.exists());
    let mut sources = Vec::new();
    if given.is_some() {
        sources.push("`token`");
    }
    if given_twice {
        sources.push("COCKPIT_TELEGRAM__TOKEN");
    }
    if file.is_some() {
        sources.push("`token_file`");
    }
    if credential.is_some() {
        sources.push("the systemd credential \"telegram-token\"");
    }
    if sources.len() > 1 {
        let message = format!("the token is given twice, by {}: keep one", sources.join(" and by "));
        let key = if file.is_some() { "token_file" } else { "token" };
        return (None, vec![issue(key, message, false)]);
    }
    if let Some(token) = given {
        return (Some(token.clone()), Vec::new());
    }
    match (file, credential) {
        (Some(path), _) => read(path, "token_file", true),
        (None, Some(path)) => read(&path, "token", false),
        (None, None) => (None, Vec::new()),
    }
}

fn read(path: &Path, key: &str, mode_matters: bool) -> (Option<Token>, Vec<ConfigIssue>) {
    let mut issues = Vec::new();
    if mode_matters && fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o004 != 0) {
        let message = format!("everybody on this machine can read {0}: chmod 600 {0}", path.display());
        issues.push(issue(key, message, true));
    }
    let mut text = String::new();
    match File::open(path).and_then(|file| file.take(BYTES_MAX).read_to_string(&mut text)) {
        Ok(_) => match Token::parse(&text) {
            Ok(token) => return (Some(token), issues),
            // The text is not repeated: it may be a secret with a slip in it.
            Err(error) => issues.push(issue(key, format!("{}: {error}", path.display()), false)),
        },
        Err(error) => {
            // `check` by somebody who may not read the token is no fault of the config.
            let warning = error.kind() == io::ErrorKind::PermissionDenied;
            issues.push(issue(key, format!("cannot read {}: {error}", path.display()), warning));
        }
    }
    (None, issues)
}

fn issue(key: &str, message: String, warning: bool) -> ConfigIssue {
    ConfigIssue { key: key.into(), message, warning }
}
