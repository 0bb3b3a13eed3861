//! What somebody searches for: words in any case, all of which must be found.

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// `None`, or nothing but spaces: everything is wanted.
    pub fn of(search: Option<&str>) -> Words {
        Words(search.unwrap_or_default().to_lowercase().split_whitespace().map(str::to_owned).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all_in(&self, text: &str) -> bool {
        if self.is_empty() {
            return true;
        }
        let text = text.to_lowercase();
        self.0.iter().all(|word| text.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_are_wanted_in_any_case_and_order() {
        for (search, text, want) in [
            (None, "anything", true),
            (Some("  "), "anything", true),
            (Some("ERROR disk"), "a Disk error", true),
            (Some("error tape"), "a disk error", false),
            (Some("É"), "café", true),
        ] {
            assert_eq!(Words::of(search).all_in(text), want, "{search:?} in {text:?}");
        }
    }
}
