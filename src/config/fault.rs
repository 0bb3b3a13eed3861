//! What is wrong with a value, as the deserialiser finds it: by kind, with the way to it, so that the message can be
//! made of it instead of being guessed from somebody else's.

use std::fmt;

use serde::de;

use super::node::Step;

#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The way from the section to the value.
    pub path: Vec<Step>,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Its name is the last step of the path.
    UnknownKey {
        known: &'static [&'static str],
    },
    Missing {
        key: &'static str,
    },
    WrongType {
        got: String,
        want: String,
    },
    NotOneOf {
        got: String,
        known: &'static [&'static str],
    },
    /// In the words of the value's own parser.
    Bad(String),
}

impl Fault {
    pub fn under(mut self, step: Step) -> Fault {
        self.path.insert(0, step);
        self
    }

    pub fn wrong_type(got: &str, want: &str) -> Fault {
        Kind::WrongType { got: got.into(), want: want.into() }.into()
    }
}

impl From<Kind> for Fault {
    fn from(kind: Kind) -> Fault {
        Fault { path: Vec::new(), kind }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::UnknownKey { .. } => f.write_str("unknown key"),
            Kind::Missing { key } => write!(f, "`{key}` is missing"),
            Kind::WrongType { got, want } => write!(f, "expected {want}, found {got}"),
            Kind::NotOneOf { got, known } => write!(f, "expected {}, found \"{got}\"", choice(known)),
            Kind::Bad(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Fault {
        Kind::Bad(message.to_string()).into()
    }

    fn invalid_type(got: de::Unexpected<'_>, want: &dyn de::Expected) -> Fault {
        Kind::WrongType { got: found(got), want: wanted(&want.to_string()) }.into()
    }

    fn invalid_value(got: de::Unexpected<'_>, want: &dyn de::Expected) -> Fault {
        Fault::invalid_type(got, want)
    }

    fn unknown_variant(got: &str, known: &'static [&'static str]) -> Fault {
        Kind::NotOneOf { got: got.into(), known }.into()
    }

    fn unknown_field(got: &str, known: &'static [&'static str]) -> Fault {
        Fault { path: vec![Step::Key(got.into())], kind: Kind::UnknownKey { known } }
    }

    fn missing_field(key: &'static str) -> Fault {
        Kind::Missing { key }.into()
    }

    fn duplicate_field(key: &'static str) -> Fault {
        Kind::Bad(format!("`{key}` stands here twice")).into()
    }
}

/// `"a", "b" or "c"`
fn choice(known: &[&str]) -> String {
    let quoted: Vec<String> = known.iter().map(|name| format!("\"{name}\"")).collect();
    match quoted.split_last() {
        None => "nothing".into(),
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
    }
}

fn found(got: de::Unexpected<'_>) -> String {
    use de::Unexpected::{Bool, Float, Map, Seq, Signed, Str, Unsigned};
    match got {
        Bool(b) => b.to_string(),
        Unsigned(n) => n.to_string(),
        Signed(n) => n.to_string(),
        Float(n) => n.to_string(),
        Str(text) => format!("\"{}\"", text.chars().take(80).collect::<String>()),
        Seq => "a list".into(),
        Map => "a table".into(),
        other => other.to_string(),
    }
}

/// serde's names of types in the words of the file.
fn wanted(want: &str) -> String {
    let known = match want {
        "a string" | "string" | "str" | "a borrowed string" | "path string" => "text in quotes",
        "a boolean" | "bool" => "true or false",
        "a sequence" => "a list, such as [\"a\", \"b\"]",
        "a map" => "a table, such as { key = \"value\" }",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "u128" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other if other.starts_with("struct ") => "a table, such as { key = \"value\" }",
        other => other,
    };
    known.to_owned()
}
