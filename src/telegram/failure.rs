//! What can go wrong with one request to the Bot API, told apart by what is to be done about it.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    domain::{BlobError, ChatId},
    screen::text::{clean, fit},
};

/// Never holds the token: texts come from the server's answer or from an error whose address was taken out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("Telegram asks to wait for {} s", .0.as_secs())]
    TooMany(Duration),
    #[error("Telegram does not know this token")]
    Unauthorised,
    #[error("another program polls with the same token")]
    OtherPoller,
    #[error("a webhook is set for this bot")]
    Webhook,
    /// The message looks like this already.
    #[error("nothing to change")]
    NotModified,
    /// Deleted, too old, or of another kind: cannot be edited.
    #[error("the message cannot be changed any more")]
    Gone,
    /// Blocked by the person, removed from the group, no such chat.
    #[error("the chat takes no messages: {0}")]
    Closed(String),
    #[error("the group has a new id")]
    Moved(ChatId),
    /// A tap that waited too long for its answer.
    #[error("the tap is too old to be answered")]
    QueryOld,
    #[error("the file is too large for Telegram")]
    TooLarge,
    /// A file that Telegram once gave an id to and no longer has.
    #[error("Telegram no longer has this file")]
    FileUnknown,
    /// The HTML of a message: a fault of the renderer.
    #[error("the text was not understood: {0}")]
    Entities(String),
    #[error("refused: {0}")]
    Refused(String),
    #[error("Telegram has a problem (status {0})")]
    Server(u16),
    #[error("Telegram cannot be reached: {0}")]
    Unreachable(String),
    /// The file that was to be sent.
    #[error("{0}")]
    Unread(BlobError),
    /// What was to be sent cannot be drawn, or not be sent, here.
    #[error("{0}")]
    Own(String),
}

impl Failure {
    /// Worth another try, as it is.
    pub fn passes(&self) -> bool {
        matches!(self, Failure::TooMany(_) | Failure::Server(_) | Failure::Unreachable(_))
    }
}

/// What keeps a file from coming from Telegram.
impl From<Failure> for BlobError {
    fn from(failure: Failure) -> BlobError {
        match failure {
            Failure::TooLarge => BlobError::TooLarge,
            Failure::FileUnknown => BlobError::Gone,
            Failure::Refused(why) => BlobError::Refused(why),
            other => BlobError::NoLine(other.to_string()),
        }
    }
}

/// The `parameters` of an answer.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Hints {
    pub retry_after: Option<u64>,
    pub migrate_to_chat_id: Option<i64>,
}

/// Waits longer than this are a mistake of the server.
const RETRY_AFTER_MAX_S: u64 = 3600;
const TEXT_COLUMNS: usize = 200;

/// From the answer's code and text. `code` is the HTTP status where the answer has none.
pub fn classify(code: u16, description: &str, hints: Hints) -> Failure {
    let lower = description.to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let text = || fit(&clean(description), TEXT_COLUMNS);
    if let Some(chat) = hints.migrate_to_chat_id {
        return Failure::Moved(ChatId(chat));
    }
    match code {
        401 => Failure::Unauthorised,
        // A token whose shape is wrong matches no route; an unknown method says more.
        404 if lower == "not found" => Failure::Unauthorised,
        403 => Failure::Closed(text()),
        409 if says(&["webhook"]) => Failure::Webhook,
        409 => Failure::OtherPoller,
        413 => Failure::TooLarge,
        429 => {
            let wait = hints.retry_after.unwrap_or(1).clamp(1, RETRY_AFTER_MAX_S);
            Failure::TooMany(Duration::from_secs(wait))
        }
        500.. => Failure::Server(code),
        _ if says(&["message is not modified"]) => Failure::NotModified,
        _ if says(&[
            "message to edit not found",
            "message can't be edited",
            "message to delete not found",
            "message can't be deleted",
            "message_id_invalid",
            "message identifier is not specified",
            "there is no text in the message to edit",
            "there is no caption in the message to edit",
        ]) =>
        {
            Failure::Gone
        }
        _ if says(&["query is too old", "query id is invalid"]) => Failure::QueryOld,
        _ if says(&[
            "chat not found",
            "peer_id_invalid",
            "chat_write_forbidden",
            "rights to send",
            "user is deactivated",
        ]) =>
        {
            Failure::Closed(text())
        }
        _ if says(&["file is too big", "too large"]) => Failure::TooLarge,
        _ if says(&["wrong file identifier", "wrong remote file", "file_reference", "file_id_invalid"]) => {
            Failure::FileUnknown
        }
        _ if says(&["can't parse entities"]) => Failure::Entities(text()),
        _ => Failure::Refused(text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_apart_by_what_is_to_be_done() {
        let check = |code, text: &str, want: Failure| {
            assert_eq!(classify(code, text, Hints::default()), want, "{code} {text}");
        };
        check(401, "Unauthorized", Failure::Unauthorised);
        check(404, "Not Found", Failure::Unauthorised);
        check(404, "Not Found: method sendJoke", Failure::Refused("Not Found: method sendJoke".into()));
        check(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly \
             the same",
            Failure::NotModified,
        );
        check(400, "Bad Request: message to edit not found", Failure::Gone);
        check(400, "Bad Request: there is no text in the message to edit", Failure::Gone);
        check(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            Failure::QueryOld,
        );
        let blocked = "Forbidden: bot was blocked by the user";
        check(403, blocked, Failure::Closed(blocked.into()));
        check(400, "Bad Request: chat not found", Failure::Closed("Bad Request: chat not found".into()));
        check(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            Failure::OtherPoller,
        );
        check(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it",
            Failure::Webhook,
        );
        check(413, "Request Entity Too Large", Failure::TooLarge);
        check(400, "Bad Request: wrong file identifier/HTTP URL specified", Failure::FileUnknown);
        check(502, "Bad Gateway", Failure::Server(502));
        check(400, "new\u{1b}[31m error\n", Failure::Refused("new error".into()));
        check(429, "Too Many Requests", Failure::TooMany(Duration::from_secs(1)));
    }

    #[test]
    fn what_the_server_asks_for_is_believed_within_reason() {
        let hints = |retry_after, migrate_to_chat_id| Hints { retry_after, migrate_to_chat_id };
        let wait = |s| Failure::TooMany(Duration::from_secs(s));
        assert_eq!(classify(429, "", hints(Some(7), None)), wait(7));
        assert_eq!(classify(429, "", hints(Some(0), None)), wait(1));
        assert_eq!(classify(429, "", hints(Some(u64::MAX), None)), wait(RETRY_AFTER_MAX_S));
        assert_eq!(classify(400, "upgraded", hints(None, Some(-100))), Failure::Moved(ChatId(-100)));
    }
}
