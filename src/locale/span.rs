//! Spans of time in words: "4 s", "3 min", "2 h 5 min", "12 d 4 h".

use std::time::Duration;

use crate::{domain::Lang, t};

/// Two units at most, rounded down: what is shown as "3 min" has lasted at least that long.
pub fn span(lang: Lang, span: Duration) -> String {
    let seconds = span.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => t!(lang, "common-second", n = seconds),
        60..3600 => t!(lang, "common-minute", n = minutes),
        3600..86_400 if minutes % 60 > 0 => t!(lang, "common-hour-minute", h = hours, m = minutes % 60),
        3600..86_400 => t!(lang, "common-hour", n = hours),
        _ if hours % 24 > 0 && days < 30 => t!(lang, "common-day-hour", d = days, h = hours % 24),
        _ => t!(lang, "common-day", n = days),
    }
}

/// "3 min ago".
pub fn ago(lang: Lang, age: Duration) -> String {
    t!(lang, "common-ago", age = span(lang, age))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units_at_most() {
        for (seconds, en, id) in [
            (0, "0 s", "0 dtk"),
            (59, "59 s", "59 dtk"),
            (179, "2 min", "2 mnt"),
            (3600, "1 h", "1 jam"),
            (3900, "1 h 5 min", "1 jam 5 mnt"),
            (1_051_200, "12 d 4 h", "12 hari 4 jam"),
            (8_640_000, "100 d", "100 hari"),
        ] {
            assert_eq!(span(Lang::En, Duration::from_secs(seconds)), en);
            assert_eq!(span(Lang::Id, Duration::from_secs(seconds)), id);
        }
        assert_eq!(ago(Lang::Id, Duration::from_secs(60)), "1 mnt yang lalu");
    }
}
