//! Intents as callback data: `1` (the version) and the intent as JSON with short names, at most 64 bytes.
//! What does not fit is kept in the store under a token ([`Encoded::TooLong`]), and the button carries `1#TOKEN`.
//!
//! The text is not trusted: a pilot's client can send any. What it decodes to is judged like a typed command.

use super::Intent;

/// Telegram's limit on `callback_data`, in bytes.
pub const DATA_BYTES_MAX: usize = 64;
const VERSION: char = '1';
const TOKEN_MARK: char = '#';

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoded {
    Fits(String),
    /// The whole text, to be kept under a token.
    TooLong(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    Intent(Intent),
    /// To be looked up in the store; the kept text is then decoded like any other.
    Token(String),
    /// Old, altered or another program's: answered with a fresh screen.
    Unknown,
}

pub fn encode(intent: &Intent) -> Encoded {
    let json = serde_json::to_string(intent).expect("intents are plain data with string keys");
    let text = format!("{VERSION}{json}");
    if text.len() <= DATA_BYTES_MAX { Encoded::Fits(text) } else { Encoded::TooLong(text) }
}

/// The callback data of a kept text.
pub fn token_data(token: &str) -> String {
    format!("{VERSION}{TOKEN_MARK}{token}")
}

pub fn decode(text: &str) -> Decoded {
    let Some(rest) = text.strip_prefix(VERSION) else { return Decoded::Unknown };
    if let Some(token) = rest.strip_prefix(TOKEN_MARK) {
        return Decoded::Token(token.to_owned());
    }
    serde_json::from_str(rest).map_or(Decoded::Unknown, Decoded::Intent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::UnitName,
        intent::{Act, View, dashboard, processes, services},
    };

    #[test]
    fn buttons_of_common_screens_need_no_store() {
        let unit = UnitName::parse("systemd-networkd-wait-online").expect("a unit name");
        for intent in [
            Intent::View(View::HOME),
            Intent::View(View::Dashboard(dashboard::View::Panel(dashboard::Panel::Engine))),
            Intent::Act(Act::Services(services::Act::Restart(unit.clone()))),
            Intent::View(View::Services(services::View::Unit(unit))),
            Intent::View(View::Processes(processes::View::TOP)),
            Intent::Act(Act::Processes(processes::Act::Term((4_194_304, 99_999_999_999, u32::MAX).into()))),
            Intent::Confirm(crate::domain::Nonce::random()),
        ] {
            let Encoded::Fits(text) = encode(&intent) else { panic!("{intent:?} does not fit") };
            assert_eq!(decode(&text), Decoded::Intent(intent));
        }
    }

    #[test]
    fn what_is_not_ours_is_unknown() {
        for text in [
            "",
            "1",
            "1{}",
            "2{\"v\":{\"h\":\"h\"}}",
            "1{\"a\":{\"zz\":1}}",
            "{\"v\":{\"h\":\"h\"}}",
            "1[[[[[[[",
        ] {
            assert_eq!(decode(text), Decoded::Unknown, "{text:?}");
        }
        assert_eq!(decode("1#abc"), Decoded::Token("abc".into()));
    }
}
