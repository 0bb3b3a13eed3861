//! When something runs: cron expressions and plain forms, read once, asked for the next time in a named zone.
//!
//! A fixed time of day ("daily 02:30", "30 2 * * *") runs once on every day it names: where the clocks jump over it,
//! at the first moment after the jump; where it comes twice, the first time. "every 6 h" is six hours of elapsed time,
//! whatever the clocks do. croner computes the calendar; nothing here reads a clock.

use std::{fmt, time::Duration};

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::parse_duration;

/// Shorter intervals are for watching, not for running something.
pub const EVERY_MIN: Duration = Duration::from_secs(60);
pub const EVERY_MAX: Duration = Duration::from_secs(366 * 86_400);
/// A plan is written by a person; what is longer is no plan.
const TEXT_MAX: usize = 120;

/// A plan as it was written and as it is computed. Equal when written alike.
#[derive(Clone)]
pub struct Plan {
    text: String,
    form: Form,
    when: When,
}

#[derive(Clone)]
enum When {
    Calendar(Box<Cron>),
    Every(SignedDuration),
}

/// What kind of plan it is, for saying it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    Hourly {
        minute: u8,
    },
    Daily {
        at: civil::Time,
    },
    /// Days from Monday = 0 to Sunday = 6, in order.
    Weekly {
        days: Vec<u8>,
        at: civil::Time,
    },
    Monthly {
        day: u8,
        at: civil::Time,
    },
    Every(Duration),
    Cron,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(
        "{0:?} is not a plan: write \"daily 02:30\", \"Mon,Thu 08:00\", \"monthly 1 04:00\", \"hourly\", \"every 6 h\" or a cron expression of 5 fields"
    )]
    Unreadable(String),
    #[error("{0:?} is not a cron expression: {1}")]
    Cron(String, String),
    #[error("{0:?} is shorter than a minute or longer than 366 days")]
    Interval(String),
    #[error("{0:?} never comes")]
    Never(String),
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Plan {
    /// Reads a plain form or a cron expression (5 fields, or `@daily` and the like).
    pub fn parse(text: &str) -> Result<Plan, PlanError> {
        let text = text.trim();
        let short = || text.chars().take(TEXT_MAX).collect::<String>();
        if text.is_empty() || text.len() > TEXT_MAX {
            return Err(PlanError::Unreadable(short()));
        }
        let form = plain(text)?;
        let when = match &form {
            Form::Every(step) => When::Every(SignedDuration::from_secs(
                i64::try_from(step.as_secs()).expect("at most 366 days"),
            )),
            Form::Cron => When::Calendar(Box::new(cron(text)?)),
            known => When::Calendar(Box::new(cron(&known.as_cron())?)),
        };
        let plan = Plan { text: short(), form, when };
        // 2024 is a leap year: a plan for 29 February has a next time whatever the year.
        let some_day: Timestamp = "2024-01-01T00:00:00Z".parse().expect("a timestamp");
        match plan.next_after(some_day, &TimeZone::UTC) {
            Some(_) => Ok(plan),
            None => Err(PlanError::Never(short())),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The first time after `after`, never `after` itself. `None` only past the calendar's end.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match &self.when {
            When::Calendar(cron) => {
                let from = after.to_zoned(zone.clone());
                let next = cron.find_next_occurrence(&from, false).ok()?.timestamp();
                (next > after).then_some(next)
            }
            When::Every(step) => {
                let origin = origin(zone);
                let steps = after.duration_since(origin).as_secs().div_euclid(step.as_secs()) + 1;
                origin.checked_add(SignedDuration::from_secs(steps.checked_mul(step.as_secs())?)).ok()
            }
        }
    }

    /// The next `count` times.
    pub fn coming(&self, after: Timestamp, zone: &TimeZone, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.next_after(after, zone), |last| self.next_after(*last, zone))
            .take(count)
            .collect()
    }
}

/// Where intervals are counted from: midnight of a Monday in the plan's zone, so that "every 6 h" falls on 0, 6, 12
/// and 18 o'clock for half of the year at least, and survives restarts.
fn origin(zone: &TimeZone) -> Timestamp {
    civil::date(2001, 1, 1)
        .at(0, 0, 0, 0)
        .to_zoned(zone.clone())
        .map_or(Timestamp::UNIX_EPOCH, |monday| monday.timestamp())
}

fn cron(text: &str) -> Result<Cron, PlanError> {
    CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(text)
        .map_err(|why| PlanError::Cron(text.to_owned(), why.to_string()))
}

/// The form a text is written in; what is no plain form is left for cron when it looks like one.
fn plain(text: &str) -> Result<Form, PlanError> {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let unreadable = || PlanError::Unreadable(text.to_owned());
    match words.as_slice() {
        ["hourly"] => Ok(Form::Hourly { minute: 0 }),
        ["daily", at] => Ok(Form::Daily { at: time(at).ok_or_else(unreadable)? }),
        ["monthly", day, at] => {
            // The 29th to 31st would be left out in some months without a word.
            let day = day.parse().ok().filter(|day| (1..=28).contains(day)).ok_or_else(unreadable)?;
            Ok(Form::Monthly { day, at: time(at).ok_or_else(unreadable)? })
        }
        ["every", rest @ ..] if !rest.is_empty() => {
            let step = parse_duration(&rest.join(" ")).map_err(|_| unreadable())?;
            if step < EVERY_MIN || step > EVERY_MAX {
                return Err(PlanError::Interval(text.to_owned()));
            }
            Ok(Form::Every(Duration::from_secs(step.as_secs())))
        }
        ["weekly", days_of, at] | [days_of, at] => {
            let days = days(days_of).ok_or_else(unreadable)?;
            Ok(Form::Weekly { days, at: time(at).ok_or_else(unreadable)? })
        }
        [nickname] if nickname.starts_with('@') => Ok(Form::Cron),
        [_, _, _, _, _] => Ok(Form::Cron),
        _ => Err(unreadable()),
    }
}

/// "02:30" or "2:30".
fn time(text: &str) -> Option<civil::Time> {
    let (hour, minute) = text.split_once(':')?;
    let figures =
        |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !figures(hour) || !figures(minute) || minute.len() != 2 {
        return None;
    }
    civil::Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// "mon", "mon,thu", "mon-fri", "weekdays", "weekend"; sorted, each once.
fn days(text: &str) -> Option<Vec<u8>> {
    let day = |name: &str| {
        let at = DAYS.iter().position(|known| name.len() >= 3 && full_name(known).starts_with(name))?;
        u8::try_from(at).ok()
    };
    let mut found = std::collections::BTreeSet::new();
    for part in text.split(',') {
        match part {
            "weekdays" => found.extend(0..5),
            "weekend" | "weekends" => found.extend(5..7),
            _ => match part.split_once('-') {
                Some((from, to)) => {
                    let (from, to) = (day(from)?, day(to)?);
                    // "fri-mon" goes round the week's end.
                    found.extend(
                        (0..7).map(|step| (from + step) % 7).take(usize::from((to + 7 - from) % 7) + 1),
                    );
                }
                None => {
                    found.insert(day(part)?);
                }
            },
        }
    }
    Some(found.into_iter().collect())
}

fn full_name(short: &str) -> &'static str {
    match short {
        "mon" => "monday",
        "tue" => "tuesday",
        "wed" => "wednesday",
        "thu" => "thursday",
        "fri" => "friday",
        "sat" => "saturday",
        _ => "sunday",
    }
}

impl Form {
    fn as_cron(&self) -> String {
        match self {
            Form::Hourly { minute } => format!("{minute} * * * *"),
            Form::Daily { at } => format!("{} {} * * *", at.minute(), at.hour()),
            Form::Weekly { days, at } => {
                // cron counts from Sunday = 0.
                let days: Vec<String> = days.iter().map(|day| ((day + 1) % 7).to_string()).collect();
                format!("{} {} * * {}", at.minute(), at.hour(), days.join(","))
            }
            Form::Monthly { day, at } => format!("{} {} {day} * *", at.minute(), at.hour()),
            Form::Every(_) | Form::Cron => String::new(),
        }
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan({:?})", self.text)
    }
}

impl PartialEq for Plan {
    fn eq(&self, other: &Plan) -> bool {
        self.text == other.text
    }
}

impl Eq for Plan {}

impl Serialize for Plan {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Plan, D::Error> {
        Plan::parse(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
