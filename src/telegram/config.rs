//! The `[telegram]` section. Where the token comes from in the end (file, environment, credential) is decided by
//! `config/`; here is only what stands in the file.

use std::{fmt, path::PathBuf};

use serde::Deserialize;

use crate::domain::ConfigIssue;

/// What gives full control of the bot. Shown nowhere: not in logs, not in errors, not in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a bot token: it looks like 123456789:AAF… (BotFather gives it out)")]
pub struct TokenError;

impl Token {
    /// `digits:text`, as BotFather gives them out; whitespace around it (a file's last newline) is dropped.
    ///
    /// # Errors
    /// [`TokenError`], which does not repeat the text.
    pub fn parse(text: &str) -> Result<Token, TokenError> {
        let text = text.trim();
        let (bot, secret) = text.split_once(':').ok_or(TokenError)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let whole = (1..=20).contains(&bot.len())
            && bot.chars().all(|c| c.is_ascii_digit())
            && (1..=128).contains(&secret.len())
            && secret.chars().all(plain);
        if whole { Ok(Token(text.to_owned())) } else { Err(TokenError) }
    }

    /// The secret itself: only for building a request's address.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }

    /// The bot's own id, which is no secret.
    pub fn bot_id(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Token, D::Error> {
        Token::parse(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub token: Option<Token>,
    pub token_file: Option<PathBuf>,
    /// Telegram's own server, a local Bot API server, or a simulator.
    pub api_url: String,
    /// Practice's own server, which keeps Telegram's limits. Never in the file.
    #[serde(skip)]
    pub practised: bool,
}

/// Telegram's own server: files of at most 20 MB down and 50 MB up.
pub const OFFICIAL_API: &str = "https://api.telegram.org";

impl Default for Config {
    fn default() -> Config {
        Config { token: None, token_file: None, api_url: OFFICIAL_API.into(), practised: false }
    }
}

impl Config {
    pub fn validate(&self) -> Vec<ConfigIssue> {
        let issue = |key: &str, message: &str, warning| ConfigIssue {
            key: key.into(),
            message: message.into(),
            warning,
        };
        let mut found = Vec::new();
        if self.token.is_some() && self.token_file.is_some() {
            found.push(issue("token_file", "the token is given twice: keep `token` or `token_file`", false));
        }
        match reqwest::Url::parse(&self.api_url) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") || url.host().is_none() => {
                found.push(issue(
                    "api_url",
                    "expected an address such as \"https://api.telegram.org\"",
                    false,
                ));
            }
            Ok(url) if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() => {
                found.push(issue("api_url", "expected a bare address: no user, no `?`, no `#`", false));
            }
            Ok(url) if url.scheme() == "http" && !near(&url) => {
                found.push(issue(
                    "api_url",
                    "the token travels unencrypted to another machine: use https",
                    true,
                ));
            }
            Ok(_) => {}
            Err(_) => {
                found.push(issue(
                    "api_url",
                    "expected an address such as \"https://api.telegram.org\"",
                    false,
                ));
            }
        }
        found
    }

    /// A local Bot API server has no practical limits on files.
    pub fn is_local(&self) -> bool {
        !self.practised && self.api_url.trim_end_matches('/') != OFFICIAL_API
    }

    /// The server is on this machine.
    pub(super) fn is_near(&self) -> bool {
        reqwest::Url::parse(&self.api_url).is_ok_and(|url| near(&url))
    }
}

/// On this machine: what is sent there crosses no network.
fn near(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_trimmed_and_never_shown() {
        let token = Token::parse("123:AAF-x_y\n").expect("a token");
        assert_eq!(token.secret(), "123:AAF-x_y");
        assert_eq!(token.bot_id(), "123");
        assert_eq!(format!("{token:?}"), "Token(..)");
        for text in ["", "123", ":x", "abc:def", "123:", "123:a/b", "123:a b", "1:é"] {
            let error = Token::parse(text).expect_err(text).to_string();
            assert!(text.len() < 4 || !error.contains(text), "{error}");
        }
    }

    #[test]
    fn problems_of_the_section_are_told_with_their_key() {
        let issues = |text: &str| {
            let config: Config = toml::from_str(text).expect("keys that exist");
            config.validate().into_iter().map(|i| (i.key, i.warning)).collect::<Vec<_>>()
        };
        let api = |warning| vec![("api_url".to_owned(), warning)];
        assert_eq!(issues(""), vec![]);
        assert_eq!(issues("token = '1:a'\ntoken_file = '/x'"), vec![("token_file".to_owned(), false)]);
        assert_eq!(issues("api_url = 'api.telegram.org'"), api(false));
        assert_eq!(issues("api_url = 'ftp://x'"), api(false));
        assert_eq!(issues("api_url = 'https://x/?a'"), api(false));
        assert_eq!(issues("api_url = 'http://10.0.0.1:8081'"), api(true));
        assert_eq!(issues("api_url = 'http://127.0.0.1:8081'"), vec![]);
        assert_eq!(issues("api_url = 'http://[::1]:8081'"), vec![]);
    }

    #[test]
    fn only_telegrams_own_server_has_its_limits() {
        let local = |url: &str| Config { api_url: url.into(), ..Config::default() }.is_local();
        assert!(!local("https://api.telegram.org"));
        assert!(!local("https://api.telegram.org/"));
        assert!(local("http://127.0.0.1:8081"));
    }
}
