//! A sentence as data: a message's id and its values. Records and notices keep phrases, so that an old one can be
//! read in any language. `locale::say` renders them; figures with units are formatted before and kept as text.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phrase {
    pub id: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(Cow<'static, str>, PhraseArg)>,
}

/// What a message's variable can be. A count stays a number, so that plurals work.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PhraseArg {
    Number(i64),
    Text(String),
    /// A sentence within a sentence, said in the same language.
    Said(Box<Phrase>),
}

impl From<Phrase> for PhraseArg {
    fn from(phrase: Phrase) -> PhraseArg {
        PhraseArg::Said(Box::new(phrase))
    }
}

impl From<String> for PhraseArg {
    fn from(text: String) -> PhraseArg {
        PhraseArg::Text(text)
    }
}

impl From<&str> for PhraseArg {
    fn from(text: &str) -> PhraseArg {
        PhraseArg::Text(text.to_owned())
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for PhraseArg {
            fn from(number: $number) -> PhraseArg {
                PhraseArg::Number(i64::from(number))
            }
        }
    )*};
}
numbers!(u8, u16, u32, i32, i64);

impl From<u64> for PhraseArg {
    fn from(number: u64) -> PhraseArg {
        PhraseArg::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for PhraseArg {
    fn from(number: usize) -> PhraseArg {
        PhraseArg::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// `phrase!("schedule-missed", count = 3)`; rendered by `locale::say`.
#[macro_export]
macro_rules! phrase {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::domain::Phrase {
            id: std::borrow::Cow::Borrowed($id),
            args: vec![$((
                std::borrow::Cow::Borrowed(stringify!($name)),
                $crate::domain::PhraseArg::from($value),
            )),*],
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_survives_the_store() {
        let phrase = phrase!("jobs-files", number = 3, figure = "3");
        let json = serde_json::to_string(&phrase).unwrap();
        assert_eq!(json, r#"{"id":"jobs-files","args":[["number",3],["figure","3"]]}"#);
        let nested = phrase!("backup-after-failed", why = phrase);
        let json = serde_json::to_string(&nested).unwrap();
        assert_eq!(serde_json::from_str::<Phrase>(&json).unwrap(), nested);
        let phrase = phrase!("jobs-files", number = 3, figure = "3");
        let json = serde_json::to_string(&phrase).unwrap();
        assert_eq!(serde_json::from_str::<Phrase>(&json).unwrap(), phrase);
    }
}
