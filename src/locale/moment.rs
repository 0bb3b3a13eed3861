//! Moments and counts in words: "14:03", "Tue 14:03", "12 Jul 14:03"; "41,220".

use jiff::Timestamp;

use crate::{
    domain::{Lang, Reader},
    t,
};

/// Days around today that are named by their weekday.
const NEAR_DAYS: i32 = 6;

/// A moment on the reader's clock, as short as it stays clear.
pub fn moment(reader: &Reader, at: Timestamp) -> String {
    let (at, now) = (at.to_zoned(reader.tz.clone()), reader.now.to_zoned(reader.tz.clone()));
    let clock = at.strftime("%H:%M").to_string();
    let apart = at.date().since(now.date()).map_or(i32::MAX, |span| span.get_days());
    if apart == 0 {
        return clock;
    }
    if apart.abs() <= NEAR_DAYS {
        return format!("{} {clock}", weekday(reader.lang, at.weekday()));
    }
    let month = t!(reader.lang, "common-month", n = i64::from(at.month()));
    if at.year() == now.year() {
        format!("{} {month} {clock}", at.day())
    } else {
        format!("{} {month} {} {clock}", at.day(), at.year())
    }
}

/// "Mon"; "Sen".
pub fn weekday(lang: Lang, day: jiff::civil::Weekday) -> String {
    t!(lang, "common-weekday", n = i64::from(day.to_monday_one_offset()))
}

/// A bare count with its thousands apart: 41,220; 41.220 in Indonesian.
pub fn count(lang: Lang, number: u64) -> String {
    let mark = match lang {
        Lang::En => ',',
        Lang::Id => '.',
    };
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(mark);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::domain::{ChatKind, Role, Theme};

    #[test]
    fn a_moment_is_as_short_as_it_stays_clear() {
        let reader = |lang| Reader {
            lang,
            tz: TimeZone::get("Asia/Jakarta").unwrap(),
            role: Role::Pilot,
            theme: Theme::Dark,
            chat: ChatKind::Private,
            now: "2026-07-15T14:03:22+07:00".parse().unwrap(),
        };
        for (at, en, id) in [
            ("2026-07-15T00:00:00+07:00", "00:00", "00:00"),
            ("2026-07-14T23:59:00+07:00", "Tue 23:59", "Sel 23:59"),
            ("2026-07-14T16:59:00Z", "Tue 23:59", "Sel 23:59"),
            ("2026-07-21T09:05:00+07:00", "Tue 09:05", "Sel 09:05"),
            ("2026-07-22T09:05:00+07:00", "22 Jul 09:05", "22 Jul 09:05"),
            ("2026-08-01T09:05:00+07:00", "1 Aug 09:05", "1 Agu 09:05"),
            ("2025-12-31T09:05:00+07:00", "31 Dec 2025 09:05", "31 Des 2025 09:05"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(moment(&reader(Lang::En), at), en);
            assert_eq!(moment(&reader(Lang::Id), at), id);
        }
    }

    #[test]
    fn thousands_stand_apart() {
        for (number, en, id) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1,000", "1.000"),
            (1_234_567, "1,234,567", "1.234.567"),
        ] {
            assert_eq!((count(Lang::En, number), count(Lang::Id, number)), (en.to_owned(), id.to_owned()));
        }
    }
}
