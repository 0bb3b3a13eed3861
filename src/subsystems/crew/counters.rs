//! What the actors count, in the pilot's language. An actor names its counters in English, as they stand in the log; one
//! that is not in this table shows that name.

use crate::{domain::Lang, locale};

const WORDS: &[(&str, &str)] = &[
    ("running", "crew-counter-running"),
    ("started", "crew-counter-started"),
    ("reloads", "crew-counter-reloads"),
    ("refused", "crew-counter-refused"),
    ("parked", "crew-counter-parked"),
    ("restarts", "crew-counter-restarts"),
    ("entries", "crew-counter-entries"),
    ("flushes", "crew-counter-flushes"),
    ("lost", "crew-counter-lost"),
    ("tasks", "crew-counter-tasks"),
    ("taps", "crew-counter-taps"),
    ("typed", "crew-counter-typed"),
    ("drawn", "crew-counter-drawn"),
    ("redrawn", "crew-counter-redrawn"),
    ("strangers", "crew-counter-strangers"),
    ("requests", "crew-counter-requests"),
    ("retried", "crew-counter-retried"),
    ("slowed", "crew-counter-slowed"),
    ("dropped", "crew-counter-dropped"),
    ("waiting", "crew-counter-waiting"),
    ("writes", "crew-counter-writes"),
    ("reads", "crew-counter-reads"),
    ("failed", "crew-counter-failed"),
    ("living", "crew-counter-living"),
    ("told", "crew-counter-told"),
    ("stopped", "crew-counter-stopped"),
    ("troubled", "crew-counter-troubled"),
    ("connections", "crew-counter-connections"),
    ("events", "crew-counter-events"),
    ("acts", "crew-counter-acts"),
    ("failures", "crew-counter-failures"),
    ("followed logs", "crew-counter-followed-logs"),
    ("units", "crew-counter-units"),
    ("changes", "crew-counter-changes"),
    ("rounds", "crew-counter-rounds"),
    ("reads failed", "crew-counter-reads-failed"),
    ("found asleep", "crew-counter-found-asleep"),
    ("writes failed", "crew-counter-writes-failed"),
    ("passes", "crew-counter-passes"),
    ("signals sent", "crew-counter-signals-sent"),
    ("passes failed", "crew-counter-passes-failed"),
    ("questions waiting", "crew-counter-questions-waiting"),
    ("samples", "crew-counter-samples"),
    ("minutes written", "crew-counter-minutes-written"),
    ("minutes lost", "crew-counter-minutes-lost"),
    ("clock jumps", "crew-counter-clock-jumps"),
    ("errands away", "crew-counter-errands-away"),
    ("bytes in memory", "crew-counter-bytes-in-memory"),
];

pub fn told(lang: Lang, name: &str) -> String {
    match WORDS.iter().find(|(known, _)| *known == name) {
        Some((_, id)) => locale::text(lang, id, &[]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_keeps_the_names_and_indonesian_has_words_for_all() {
        for (name, _) in WORDS {
            assert_eq!(told(Lang::En, name), *name);
            let words = told(Lang::Id, name);
            assert!(!words.is_empty() && !words.starts_with("crew-"), "{name}: {words}");
        }
        assert_eq!(told(Lang::Id, "something new"), "something new");
    }
}
