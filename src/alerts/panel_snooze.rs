//! Screens and words of putting a warning to rest. Pure.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Time};

use super::{
    facts::Alert,
    panel::name,
    snooze::{LONGEST, SHORTEST},
};
use crate::{
    domain::{Reader, Role, parse_duration},
    intent::{
        Act as AnyAct, Hole, View as AnyView,
        alerts::{About, Act, Span, View},
    },
    locale::moment,
    screen::{Block, Button, Prompt, Screen, Topic},
    t,
};

const HOUR: u32 = 60;
/// Who sleeps until it is light is awake by then.
const MORNING: Time = Time::constant(8, 0, 0, 0);

fn about(alert: &Alert) -> About {
    let subject = alert.subject();
    About { kind: subject.kind.as_str().to_owned(), of: subject.of }
}

fn button(label: String, alert: &Alert, span: Span) -> Button {
    let act = Act::Snooze { alert: alert.id, about: about(alert), span };
    Button::act(label, AnyAct::Alerts(act))
}

/// "🔕 Snoozed until 03:10 by Dre."
pub fn line(alert: &Alert, reader: &Reader) -> Option<String> {
    let snooze = alert.rests(reader.now)?;
    let until = moment(reader, snooze.until);
    Some(t!(reader.lang, "alerts-snoozed", until = until, by = snooze.by.as_str()))
}

/// Under a warning, for whoever may quiet it.
pub fn row(alert: &Alert, reader: &Reader) -> Option<Vec<Button>> {
    let lang = reader.lang;
    if reader.role < Role::Pilot {
        return None;
    }
    if alert.rests(reader.now).is_some() {
        let wake = Act::Wake { alert: alert.id, about: about(alert) };
        return Some(vec![Button::act(t!(lang, "alerts-button-wake"), AnyAct::Alerts(wake))]);
    }
    let longer = AnyView::Alerts(View::Snooze(alert.id));
    alert.is_living().then(|| {
        vec![
            button(t!(lang, "alerts-button-snooze-hour"), alert, Span::For(HOUR)),
            Button::view(t!(lang, "alerts-button-snooze"), longer),
        ]
    })
}

/// Until when?
pub fn ask(alert: &Alert, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = vec![Block::text(t!(lang, "alerts-snooze-says"))];
    blocks.extend(line(alert, reader).map(Block::text));
    let hours = |n: u32| t!(lang, "alerts-button-snooze-hours", n = n);
    let mut rows = vec![vec![
        button(t!(lang, "alerts-button-snooze-hour"), alert, Span::For(HOUR)),
        button(hours(4), alert, Span::For(4 * HOUR)),
        button(hours(24), alert, Span::For(24 * HOUR)),
    ]];
    if let Some(morning) = next(MORNING, reader) {
        let label = t!(lang, "alerts-button-snooze-until", until = moment(reader, morning));
        rows.push(vec![button(label, alert, Span::Until(morning.as_second()))]);
    }
    if alert.rests(reader.now).is_some() {
        rows.extend(row(alert, reader));
    }
    Screen {
        crumbs: vec![t!(lang, "alerts-crumb"), name(alert, reader), t!(lang, "alerts-snooze-crumb")],
        blocks,
        rows,
        topics: vec![Topic::Alerts],
        prompt: Some(Prompt { hole: Hole::AlertSnooze(alert.id), hint: t!(lang, "alerts-snooze-hint") }),
        ..Screen::default()
    }
}

/// A typed answer as the act it stands for.
///
/// # Errors
/// What is wrong with it, in the reader's words.
pub fn typed(alert: &Alert, text: &str, reader: &Reader) -> Result<Act, String> {
    let until = moment_of(text, reader).ok_or_else(|| t!(reader.lang, "alerts-snooze-not-a-time"))?;
    let span = Span::Until(until.as_second());
    end(span, reader)?;
    Ok(Act::Snooze { alert: alert.id, about: about(alert), span })
}

/// When it would be over.
///
/// # Errors
/// It is in the past, or too far away, in the reader's words.
pub fn end(span: Span, reader: &Reader) -> Result<Timestamp, String> {
    let until = match span {
        Span::For(minutes) => reader.now.checked_add(i64::from(minutes).minutes()).ok(),
        Span::Until(second) => Timestamp::from_second(second).ok(),
    };
    // A typed span of a whole week has lost some moments on its way here.
    let short = SHORTEST - SignedDuration::from_secs(2);
    match until {
        Some(until) if until.duration_since(reader.now) < short => {
            Err(t!(reader.lang, "alerts-snooze-short"))
        }
        Some(until) if until.duration_since(reader.now) <= LONGEST => Ok(until),
        _ => Err(t!(reader.lang, "alerts-snooze-long")),
    }
}

/// "03:10" is the next one on the reader's clock; "90 min" is from now on.
fn moment_of(text: &str, reader: &Reader) -> Option<Timestamp> {
    let text = text.trim().to_lowercase();
    if let Some((hour, minute)) = text.split_once([':', '.'])
        && let (Ok(hour), Ok(minute)) = (hour.trim().parse(), minute.trim().parse())
    {
        return next(Time::new(hour, minute, 0, 0).ok()?, reader);
    }
    let english = text.replace("jam", "h").replace("menit", "m").replace("mnt", "m").replace("hari", "d");
    let span = parse_duration(&english).ok()?;
    reader.now.checked_add(SignedDuration::try_from(span).ok()?).ok()
}

fn next(time: Time, reader: &Reader) -> Option<Timestamp> {
    let today = reader.now.to_zoned(reader.tz.clone()).date();
    let on =
        |day: jiff::civil::Date| Some(day.to_datetime(time).to_zoned(reader.tz.clone()).ok()?.timestamp());
    match on(today)? {
        at if at > reader.now => Some(at),
        _ => on(today.tomorrow().ok()?),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::domain::{ChatKind, Lang, Theme};

    #[test]
    fn a_time_is_read_as_people_type_it_and_lies_ahead() {
        let reader = Reader {
            lang: Lang::En,
            tz: TimeZone::get("Asia/Jakarta").unwrap(),
            role: Role::Pilot,
            theme: Theme::Dark,
            chat: ChatKind::Private,
            now: "2026-07-15T18:20:00+07:00".parse().unwrap(),
        };
        let read = |text: &str| moment_of(text, &reader).map(|at| moment(&reader, at));
        for (text, want) in [
            ("03:10", Some("Thu 03:10")),
            (" 3.10 ", Some("Thu 03:10")),
            ("23:59", Some("23:59")),
            ("18:20", Some("Thu 18:20")),
            ("90 min", Some("19:50")),
            ("2h", Some("20:20")),
            ("2 jam", Some("20:20")),
            ("45 menit", Some("19:05")),
            ("1 hari", Some("Thu 18:20")),
            ("24:00", None),
            ("soon", None),
            ("-5m", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), want, "{text:?}");
        }
        for (span, fits) in [
            (Span::For(60), true),
            (Span::For(7 * 24 * 60), true),
            (Span::For(7 * 24 * 60 + 1), false),
            (Span::For(0), false),
            (Span::Until(0), false),
            (Span::Until(i64::MAX), false),
        ] {
            assert_eq!(end(span, &reader).is_ok(), fits, "{span:?}");
        }
    }
}
