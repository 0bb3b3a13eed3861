//! What the Bot API answers when it refuses: code, description, how long to wait. Descriptions that begin with
//! "practice: " are refusals of this server alone: things that Telegram ignores in silence and that are mistakes of
//! a bot all the same, or documented things that are not practised here.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub code: u16,
    pub description: String,
    pub retry_after_s: Option<u64>,
}

pub(super) type Answer<T> = Result<T, Refusal>;

impl Refusal {
    fn new(code: u16, description: String) -> Refusal {
        Refusal { code, description, retry_after_s: None }
    }

    /// 400 with Telegram's prefix; the first letter as Telegram writes it (small, unless it is a name in capitals).
    pub fn bad(text: impl AsRef<str>) -> Refusal {
        let text = text.as_ref();
        let second_is_name = text.chars().nth(1).is_some_and(|c| c == '_' || c.is_ascii_uppercase());
        let mut letters = text.chars();
        let text = match letters.next() {
            Some(first) if !second_is_name => format!("{}{}", first.to_ascii_lowercase(), letters.as_str()),
            _ => text.to_owned(),
        };
        Refusal::new(400, format!("Bad Request: {text}"))
    }

    /// 400 of this server's own strictness.
    pub fn strict(text: impl AsRef<str>) -> Refusal {
        Refusal::new(400, format!("Bad Request: practice: {}", text.as_ref()))
    }

    pub fn forbidden(text: &str) -> Refusal {
        Refusal::new(403, format!("Forbidden: {text}"))
    }

    pub fn unauthorized(why: &str) -> Refusal {
        Refusal::new(401, format!("Unauthorized{why}"))
    }

    pub fn not_found(why: &str) -> Refusal {
        Refusal::new(404, format!("Not Found{why}"))
    }

    pub fn conflict() -> Refusal {
        let why = "terminated by other getUpdates request; make sure that only one bot instance is running";
        Refusal::new(409, format!("Conflict: {why}"))
    }

    pub fn too_large() -> Refusal {
        Refusal::new(413, "Request Entity Too Large".to_owned())
    }

    pub fn too_many(retry_after_s: u64) -> Refusal {
        Refusal {
            code: 429,
            description: format!("Too Many Requests: retry after {retry_after_s}"),
            retry_after_s: Some(retry_after_s),
        }
    }

    /// A status chosen in the fault panel.
    pub fn chosen(code: u16, description: Option<String>, retry_after_s: u64) -> Refusal {
        match (code, description) {
            (429, None) => Refusal::too_many(retry_after_s),
            (code, Some(description)) => Refusal::new(code, description),
            (500, None) => Refusal::new(500, "Internal Server Error: restart".to_owned()),
            (502, None) => Refusal::new(502, "Bad Gateway".to_owned()),
            (code, None) => {
                let name = StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason());
                Refusal::new(code, name.unwrap_or("Error").to_owned())
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = json!({ "ok": false, "error_code": self.code, "description": self.description });
        if let Some(seconds) = self.retry_after_s {
            body["parameters"] = json!({ "retry_after": seconds });
        }
        let mut response = (status, axum::Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
