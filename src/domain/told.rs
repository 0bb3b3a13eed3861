//! A sentence in every language, made where its parts are at hand and read by whoever looks. For what is told for a
//! while and not kept: records keep a [`super::Phrase`].

use serde::{Deserialize, Serialize};

use super::Lang;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Told([String; 2]);

impl Told {
    pub fn new(say: impl Fn(Lang) -> String) -> Told {
        Told(Lang::ALL.map(say))
    }

    pub fn in_lang(&self, lang: Lang) -> &str {
        &self.0[lang as usize]
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }
}

/// The words of a machine or a command to type: the same for all.
impl From<String> for Told {
    fn from(text: String) -> Told {
        Told([text.clone(), text])
    }
}

impl From<&str> for Told {
    fn from(text: &str) -> Told {
        text.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_sentence() {
        let told = Told::new(|lang| format!("in {}", lang.tag()));
        assert_eq!(Lang::ALL.map(|lang| told.in_lang(lang).to_owned()), ["in en", "in id"]);
        let command = Told::from("ls -la");
        assert_eq!(Lang::ALL.map(|lang| command.in_lang(lang).to_owned()), ["ls -la", "ls -la"]);
        assert!(!told.is_empty() && Told::default().is_empty());
    }
}
