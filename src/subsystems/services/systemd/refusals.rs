//! What the bus and systemd refuse with, in the room's words.

use zbus::fdo;

use super::{CALL_MAX, NAME, decode::full_name};
use crate::subsystems::services::bus::BusError;

/// An error's innermost words, without the library's frame around them.
pub(super) fn plain(error: &zbus::Error) -> String {
    match error {
        zbus::Error::Connection(io, _) | zbus::Error::InputOutput(io) => io.to_string(),
        zbus::Error::MethodError(_, Some(text), _) => text.clone(),
        other => other.to_string(),
    }
}

pub(super) fn garbled(error: zbus::Error) -> BusError {
    BusError::Garbled(error.to_string())
}

pub(super) fn broken(error: zbus::Error) -> BusError {
    match &error {
        zbus::Error::MethodError(name, text, _) => refusal(name.as_str(), text.clone().unwrap_or_default()),
        zbus::Error::FDO(inner) => match &**inner {
            fdo::Error::AccessDenied(text)
            | fdo::Error::AuthFailed(text)
            | fdo::Error::InteractiveAuthorizationRequired(text) => BusError::Denied(text.clone()),
            fdo::Error::NoReply(_) | fdo::Error::Disconnected(_) => BusError::Lost,
            fdo::Error::Timeout(_) | fdo::Error::TimedOut(_) => BusError::Slow(CALL_MAX.as_secs()),
            fdo::Error::ServiceUnknown(text) | fdo::Error::NameHasNoOwner(text) => {
                BusError::NoBus { address: NAME.into(), why: text.clone() }
            }
            other => BusError::Refused(other.to_string()),
        },
        zbus::Error::InputOutput(io) if io.kind() == std::io::ErrorKind::TimedOut => {
            BusError::Slow(CALL_MAX.as_secs())
        }
        zbus::Error::InputOutput(_) => BusError::Lost,
        _ => BusError::Garbled(error.to_string()),
    }
}

/// systemd's own errors, by the end of their names.
fn refusal(name: &str, text: String) -> BusError {
    // "Unit nginx.service not found."
    let unit = || text.split_whitespace().find_map(|word| full_name(word.trim_end_matches(['.', ','])));
    match (name.rsplit('.').next().unwrap_or(name), unit()) {
        ("NoSuchUnit", Some(unit)) => BusError::NoSuchUnit(unit),
        ("UnitMasked", Some(unit)) => BusError::Masked(unit),
        _ => BusError::Refused(text),
    }
}
