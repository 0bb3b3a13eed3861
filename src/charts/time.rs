//! The time axis: ticks at round local times of a zone, right across its clock changes, dates at midnight.

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};

use super::model::Words;

/// What the pilot's clock says at an instant worth a grid line.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Unix time, seconds.
    pub at: f64,
    pub label: String,
    /// A new day: the label is a date.
    pub date: bool,
}

/// The zone by its IANA name; UTC where the name is unknown (the axis says which zone it is in).
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// Steps below a day, seconds. Each divides a day.
const CLOCK: [i64; 18] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200];
const DAYS: [i64; 4] = [1, 2, 7, 14];
const MONTHS: [i64; 4] = [1, 2, 3, 6];
const DAY_S: i64 = 86_400;
/// As counted on average, to choose a step.
const MONTH_S: i64 = 2_629_746;

/// Offsets between zones, and so their clock changes, are whole quarters of an hour today.
const QUARTER_S: i64 = 900;

/// The finest ticks of which at most `room` fit between two instants.
pub fn ticks(from: Timestamp, to: Timestamp, zone: &TimeZone, words: &Words, room: usize) -> Vec<Tick> {
    let span = (to.as_second() - from.as_second()).max(1);
    let room = i64::try_from(room.max(1)).unwrap_or(i64::MAX);
    let fits = |step: i64| span / step <= room;
    let axis = Axis { from, to, zone, words };
    if let Some(&step) = CLOCK.iter().find(|&&step| fits(step)) {
        return axis.clock(step);
    }
    if let Some(&days) = DAYS.iter().find(|&&days| fits(days * DAY_S)) {
        return axis.days(days);
    }
    if let Some(&months) = MONTHS.iter().find(|&&months| fits(months * MONTH_S)) {
        return axis.months(months);
    }
    let years = (0..5).flat_map(|power| [1, 2, 5].map(|n| n * 10i64.pow(power)));
    axis.months(12 * years.into_iter().find(|&years| fits(years * 12 * MONTH_S)).unwrap_or(10_000))
}

struct Axis<'a> {
    from: Timestamp,
    to: Timestamp,
    zone: &'a TimeZone,
    words: &'a Words,
}

impl Axis<'_> {
    fn inside(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.to
    }

    fn tick(&self, at: &Zoned, label: String, date: bool) -> Option<Tick> {
        self.inside(at.timestamp()).then(|| Tick { at: at.timestamp().as_second() as f64, label, date })
    }

    /// Each local day that touches the axis, from its first instant (not always 00:00) to the next one's.
    fn each_day(&self, mut day: impl FnMut(&Zoned, Timestamp)) {
        let mut date = self.zone.to_datetime(self.from).date();
        while let Ok(start) = midnight(date, self.zone) {
            if start.timestamp() > self.to {
                return;
            }
            let Ok(tomorrow) = date.tomorrow() else { return };
            let end = midnight(tomorrow, self.zone).map_or(self.to, |next| next.timestamp());
            day(&start, end);
            date = tomorrow;
        }
    }

    /// Times of day that are multiples of a step. An hour that comes twice is shown twice below an hour's step and
    /// once from there on; one that never comes is left out.
    fn clock(&self, step: i64) -> Vec<Tick> {
        let mut ticks = Vec::new();
        let pace = step.min(QUARTER_S);
        self.each_day(|start, end| {
            ticks.extend(self.tick(start, date(start.date(), self.words), true));
            let mut last_hour = None;
            let begin = start.timestamp().as_second();
            // A day within the axis may be long and the axis short: begin where it begins.
            let skipped = (self.from.as_second() - begin).max(0) / pace;
            for n in skipped.max(1).. {
                let Ok(at) = Timestamp::from_second(begin + n * pace) else { return };
                if at >= end || at > self.to {
                    return;
                }
                let local = at.to_zoned(self.zone.clone());
                let of_day = i64::from(local.hour()) * 3600
                    + i64::from(local.minute()) * 60
                    + i64::from(local.second());
                let again = step >= 3600 && last_hour == Some(of_day);
                if of_day == 0 || of_day % step != 0 || again {
                    continue;
                }
                last_hour = Some(of_day);
                let seconds = if step < 60 { format!(":{:02}", local.second()) } else { String::new() };
                let label = format!("{:02}:{:02}{seconds}", local.hour(), local.minute());
                ticks.extend(self.tick(&local, label, false));
            }
        });
        ticks
    }

    /// Every so many days; weeks begin on Mondays.
    fn days(&self, step: i64) -> Vec<Tick> {
        let mut ticks = Vec::new();
        // A Monday, so that whole weeks fall on Mondays.
        let monday = jiff::civil::date(1970, 1, 5);
        self.each_day(|start, _| {
            let number = monday.until(start.date()).map_or(0, |span| i64::from(span.get_days()));
            if number.rem_euclid(step) == 0 {
                ticks.extend(self.tick(start, date(start.date(), self.words), true));
            }
        });
        ticks
    }

    /// Every so many months, from Januaries on; years by their number.
    fn months(&self, step: i64) -> Vec<Tick> {
        let mut ticks = Vec::new();
        let first = self.zone.to_datetime(self.from).date();
        let number = i64::from(first.year()) * 12 + i64::from(first.month()) - 1;
        let mut number = number.div_euclid(step) * step;
        loop {
            let (year, month) = (number.div_euclid(12), number.rem_euclid(12) + 1);
            let (Ok(year), Ok(month)) = (i16::try_from(year), i8::try_from(month)) else { return ticks };
            number += step;
            let Ok(date) = Date::new(year, month, 1) else {
                if year > 0 {
                    return ticks;
                }
                continue;
            };
            let Ok(start) = midnight(date, self.zone) else { continue };
            if start.timestamp() > self.to {
                return ticks;
            }
            let label = if month == 1 { year.to_string() } else { self.words.month(month) };
            ticks.extend(self.tick(&start, label, true));
        }
    }
}

/// A day's first instant: in some zones and years clocks go from 00:00 to 01:00.
fn midnight(date: Date, zone: &TimeZone) -> Result<Zoned, jiff::Error> {
    date.to_zoned(zone.clone())?.start_of_day()
}

fn date(date: Date, words: &Words) -> String {
    format!("{} {}", date.day(), words.month(date.month()))
}

impl Words {
    /// The name of a month (1 to 12), or its number where there are no names.
    fn month(&self, month: i8) -> String {
        match self.months.get(usize::try_from(month - 1).unwrap_or(usize::MAX)) {
            Some(name) if self.months.len() == 12 => name.clone(),
            _ => format!("/{month}"),
        }
    }
}

/// Which days and zone an axis is in: "22 Nov · WIB", "30 Nov – 7 Dec · CET".
pub fn caption(from: Timestamp, to: Timestamp, zone: &TimeZone, words: &Words) -> String {
    let (first, last) = (zone.to_datetime(from).date(), zone.to_datetime(to).date());
    let days = if first == last {
        date(last, words)
    } else if first.year() != last.year() {
        format!("{} {} – {} {}", date(first, words), first.year(), date(last, words), last.year())
    } else if first.month() == last.month() {
        format!("{}–{}", first.day(), date(last, words))
    } else {
        format!("{} – {}", date(first, words), date(last, words))
    };
    format!("{days} · {}", zone_name(to, zone))
}

/// "WIB", "CEST", and "UTC+07:30" where a zone has no letters of its own.
fn zone_name(at: Timestamp, zone: &TimeZone) -> String {
    let info = zone.to_offset_info(at);
    match info.abbreviation() {
        name if name.starts_with(|c: char| c.is_ascii_alphabetic()) => name.to_owned(),
        _ => format!("UTC{}", info.offset()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Lang;

    fn labels(from: &str, hours: i64, zone_name: &str, lang: Lang, room: usize) -> String {
        let from: Timestamp = from.parse().expect("a timestamp");
        let to = from + jiff::SignedDuration::from_hours(hours);
        let ticks = ticks(from, to, &zone(zone_name), &Words::of(lang), room);
        ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_round_in_the_pilots_zone() {
        for (from, hours, zone, want) in [
            ("2026-11-22T05:07:00Z", 1, "Asia/Jakarta", "12:10 12:20 12:30 12:40 12:50 13:00"),
            ("2026-11-22T05:07:00Z", 24, "Asia/Jakarta", "15:00 18:00 21:00 23 Nov 03:00 06:00 09:00 12:00"),
            ("2026-11-22T05:07:00Z", 24, "Asia/Kolkata", "12:00 15:00 18:00 21:00 23 Nov 03:00 06:00 09:00"),
            ("2026-11-22T05:07:00Z", 7 * 24, "UTC", "23 Nov 24 Nov 25 Nov 26 Nov 27 Nov 28 Nov 29 Nov"),
            ("2026-11-22T05:07:00Z", 30 * 24, "UTC", "23 Nov 30 Nov 7 Dec 14 Dec 21 Dec"),
            ("2026-11-22T05:07:00Z", 365 * 24, "UTC", "2027 Mar May Jul Sep Nov"),
            ("2026-11-22T05:07:00Z", 87_660, "UTC", "2028 2030 2032 2034 2036"),
        ] {
            assert_eq!(labels(from, hours, zone, Lang::En, 8), want, "{hours} h in {zone}");
        }
        assert_eq!(labels("2026-05-02T00:00:00Z", 48, "UTC", Lang::Id, 4), "2 Mei 12:00 3 Mei 12:00 4 Mei");
    }

    #[test]
    fn clock_changes_shift_no_label() {
        for (from, hours, zone, want) in [
            // Spring in Berlin: 02:00 does not come.
            ("2027-03-27T23:00:00Z", 6, "Europe/Berlin", "28 Mar 01:00 03:00 04:00 05:00 06:00 07:00"),
            // Autumn: it comes twice, and stands once.
            ("2026-10-24T22:00:00Z", 6, "Europe/Berlin", "25 Oct 01:00 02:00 03:00 04:00 05:00"),
            // In steps below an hour both are shown.
            ("2026-10-25T00:00:00Z", 2, "Europe/Berlin", "02:00 02:30 02:00 02:30 03:00"),
            // A day without midnight begins at 01:00 and is still marked by its date.
            ("2026-09-06T02:00:00Z", 6, "America/Santiago", "22:00 23:00 6 Sep 02:00 03:00 04:00 05:00"),
            // Half-hour change.
            ("2026-10-03T13:00:00Z", 6, "Australia/Lord_Howe", "4 Oct 01:00 03:00 04:00 05:00 06:00"),
        ] {
            let room = if hours == 2 { 4 } else { 8 };
            assert_eq!(labels(from, hours, zone, Lang::En, room), want, "{zone} from {from}");
        }
    }

    #[test]
    fn the_caption_names_days_and_zone() {
        let words = Words::of(Lang::En);
        for (from, to, name, want) in [
            ("2026-11-22T01:00:00Z", "2026-11-22T05:00:00Z", "Asia/Jakarta", "22 Nov · WIB"),
            ("2026-11-22T20:00:00Z", "2026-11-23T05:00:00Z", "Europe/Berlin", "22–23 Nov · CET"),
            ("2026-11-28T20:00:00Z", "2026-12-05T20:00:00Z", "Nowhere/Land", "28 Nov – 5 Dec · UTC"),
            (
                "2026-11-28T20:00:00Z",
                "2027-01-05T20:00:00Z",
                "America/Sao_Paulo",
                "28 Nov 2026 – 5 Jan 2027 · UTC-03",
            ),
        ] {
            let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
            assert_eq!(caption(at(from), at(to), &zone(name), &words), want);
        }
    }

    proptest! {
        #[test]
        fn labels_never_crowd_and_lie_inside(
            from in Timestamp::MIN.as_second()..Timestamp::MAX.as_second(),
            exponent in 0f64..11.5, room in 1usize..12,
            name in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia", "No/Such"]),
        ) {
            let to = from.saturating_add(10f64.powf(exponent) as i64).min(Timestamp::MAX.as_second());
            let at = |second| Timestamp::from_second(second).expect("inside the range");
            let ticks = ticks(at(from), at(to), &zone(name), &Words::default(), room);
            // A clock change of an hour can add one, and a day's or month's end another.
            prop_assert!(ticks.len() <= room + 3, "{} ticks, room for {room}", ticks.len());
            prop_assert!(ticks.windows(2).all(|pair| pair[0].at < pair[1].at), "{ticks:?}");
            prop_assert!(ticks.iter().all(|tick| (from as f64..=to as f64).contains(&tick.at)));
        }
    }
}
