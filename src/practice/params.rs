//! Parameters of a Bot API call, however they came: JSON, a form, a query, multipart. Owns names and types only; what
//! they mean is the methods' business. Limit: one body of at most [`BODY_MAX`].

use std::collections::{BTreeMap, HashMap};

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
    http::{StatusCode, header},
};
use serde_json::Value;

use super::refusal::{Answer, Refusal};

/// Telegram takes files of up to 50 MB from bots; the rest of the form needs a little more.
pub(super) const BODY_MAX: usize = 51 << 20;

/// What a parameter has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Boolean,
    Text,
    /// A chat's number, or a name with @.
    Chat,
    /// An object or array; in forms its JSON text.
    Json,
    /// An uploaded part, or the text that names one.
    File,
}

/// A part of a form with a file name.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub name: String,
    pub bytes: Bytes,
}

#[derive(Debug, Default)]
pub(super) struct Params {
    values: BTreeMap<String, Value>,
    uploads: HashMap<String, Upload>,
}

impl Params {
    /// Reads a request whole. Values of the body win over those of the query.
    pub async fn read(request: Request) -> Answer<Params> {
        let mut params = Params::default();
        if let Some(query) = request.uri().query() {
            params.form(query.as_bytes())?;
        }
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        if kind == "multipart/form-data" {
            let form = Multipart::from_request(request, &())
                .await
                .map_err(|_| Refusal::bad("can't parse multipart body"))?;
            params.multipart(form).await?;
            return Ok(params);
        }
        let body =
            axum::body::to_bytes(request.into_body(), BODY_MAX).await.map_err(|_| Refusal::too_large())?;
        match kind.as_str() {
            _ if body.is_empty() => {}
            "application/json" => match serde_json::from_slice(&body) {
                Ok(Value::Object(object)) => {
                    params.values.extend(object.into_iter().filter(|(_, value)| !value.is_null()));
                }
                _ => return Err(Refusal::bad("can't parse JSON object")),
            },
            "application/x-www-form-urlencoded" => params.form(&body)?,
            _ => return Err(Refusal::strict(format!("a body of type \"{kind}\" carries no parameters"))),
        }
        Ok(params)
    }

    fn form(&mut self, encoded: &[u8]) -> Answer<()> {
        for pair in encoded.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let equals = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let value = pair.get(equals + 1..).unwrap_or_default();
            self.values.insert(decode(&pair[..equals])?, Value::String(decode(value)?));
        }
        Ok(())
    }

    async fn multipart(&mut self, mut form: Multipart) -> Answer<()> {
        let broken = |error: axum::extract::multipart::MultipartError| {
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::too_large()
            } else {
                Refusal::bad("can't parse multipart body")
            }
        };
        while let Some(part) = form.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(broken)?;
            match file {
                Some(file) => {
                    self.uploads.insert(name, Upload { name: file, bytes });
                }
                None => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| not_utf8())?;
                    self.values.insert(name, Value::String(text));
                }
            }
        }
        Ok(())
    }

    /// Every name is in the table and has its type; JSON texts become what they say.
    pub fn check(&mut self, method: &str, known: &[(&str, Kind)], unpractised: &[&str]) -> Answer<()> {
        let refers = |name: &str| self.values.values().any(|v| names_upload(v, name));
        for name in self.uploads.keys() {
            let is_file = known.iter().any(|(known, kind)| known == name && *kind == Kind::File);
            if !is_file && !refers(name) {
                return Err(Refusal::strict(format!("no parameter of {method} takes the file \"{name}\"")));
            }
        }
        for (name, value) in &mut self.values {
            let Some((_, kind)) = known.iter().find(|(known, _)| known == name) else {
                let why = if unpractised.contains(&name.as_str()) { "not practised here" } else { "unknown" };
                return Err(Refusal::strict(format!("parameter \"{name}\" of {method} is {why}")));
            };
            coerce(name, value, *kind)?;
        }
        Ok(())
    }

    pub fn integer(&self, name: &str) -> Option<i64> {
        self.values.get(name).and_then(Value::as_i64)
    }

    pub fn flag(&self, name: &str) -> bool {
        self.values.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// An empty text is the same as none, as in Telegram.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub fn json(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    pub fn upload(&self, name: &str) -> Option<&Upload> {
        self.uploads.get(name)
    }
}

fn names_upload(value: &Value, name: &str) -> bool {
    match value {
        Value::String(text) => {
            text.match_indices("attach://").any(|(at, _)| text[at + "attach://".len()..].starts_with(name))
        }
        Value::Array(list) => list.iter().any(|v| names_upload(v, name)),
        Value::Object(object) => object.values().any(|v| names_upload(v, name)),
        _ => false,
    }
}

/// Numbers and flags may come as text (forms know nothing else); anything else is a mistake that Telegram would read
/// as zero or false.
fn coerce(name: &str, value: &mut Value, kind: Kind) -> Answer<()> {
    let wrong = |wanted: &str| Refusal::strict(format!("parameter \"{name}\" has to be {wanted}"));
    match kind {
        Kind::Integer => {
            let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
            *value = Value::from(number.ok_or_else(|| wrong("an Integer"))?);
        }
        Kind::Boolean => {
            let flag = value.as_bool().or_else(|| match value.as_str()? {
                "true" | "True" | "1" => Some(true),
                "false" | "False" | "0" | "" => Some(false),
                _ => None,
            });
            *value = Value::from(flag.ok_or_else(|| wrong("a Boolean"))?);
        }
        Kind::Text | Kind::File => {
            if !value.is_string() {
                return Err(wrong("a String"));
            }
        }
        Kind::Chat => match value {
            Value::Number(number) if number.is_i64() => *value = Value::String(number.to_string()),
            Value::String(_) => {}
            _ => return Err(wrong("an Integer or String")),
        },
        // What is not JSON stays a text: each method has its own words for that.
        Kind::Json => {
            if let Value::String(text) = value
                && let Ok(parsed) = serde_json::from_str(text)
            {
                *value = parsed;
            }
        }
    }
    Ok(())
}

fn not_utf8() -> Refusal {
    Refusal::bad("strings must be encoded in UTF-8")
}

/// Percent and plus decoding of forms.
fn decode(text: &[u8]) -> Answer<String> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let hex = |i: usize| text.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (text[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => plain.push(b' '),
            (other, ..) => plain.push(other),
        }
        at += 1;
    }
    String::from_utf8(plain).map_err(|_| not_utf8())
}
