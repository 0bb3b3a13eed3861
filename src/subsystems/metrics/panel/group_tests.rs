//! A service's own chart, of a history that was written and read as the actor does.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    charts::Point,
    domain::{ChatKind, Lang, Role, UnitName},
    subsystems::metrics::{groups::Group as Known, messages::Line},
};

fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: jiff::tz::TimeZone::UTC,
        role: Role::Observer,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: "2025-06-01T05:00:00Z".parse().unwrap(),
    }
}

fn groups(now: Timestamp) -> Groups {
    let nginx = Known {
        owner: Owner::Unit("nginx.service".into()),
        memory_bytes: Some(110 << 20),
        working_bytes: Some(100 << 20),
        cpu: Some(1.52),
    };
    Groups { at: Some(now), list: vec![nginx] }
}

fn history(group: &Group, values: &[f32], now: Timestamp) -> History {
    let Lines::Named(named) = lines(group) else { panic!("named lines") };
    let from = now - SignedDuration::from_secs(group.range.seconds());
    let point =
        |(nth, value): (usize, &f32)| Point::single(from.as_second() as f64 + 60.0 * nth as f64, *value);
    let line = |series| Line { series, points: values.iter().enumerate().map(point).collect() };
    History { from, to: now, lines: named.into_iter().map(line).collect(), gap_s: 150.0, in_part: false }
}

fn told(screen: &Screen, reader: &Reader) -> String {
    crate::screen::html::plain(screen, reader)
}

fn drawn(screen: &Screen) -> &Chart {
    match &screen.picture {
        Some(Picture::Chart(chart)) => chart,
        other => panic!("no chart but {other:?}"),
    }
}

fn of_nginx(take: Take) -> Group {
    match Group::of_unit(&UnitName::parse("nginx").unwrap(), take) {
        View::Group(group) => group,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_service_has_a_chart_of_its_own_in_both_languages() {
    for (lang, words) in [(Lang::En, ["Memory", "File cache"]), (Lang::Id, ["Memori", "Cache berkas"])] {
        let reader = reader(lang);
        let group = of_nginx(Take::Memory);
        let history = history(&group, &[9e7, 1.1e8, 1e8], reader.now);
        let screen = view(&group, &history, &groups(reader.now), &reader);
        let chart = drawn(&screen);
        assert_eq!((chart.unit, chart.series.len(), chart.series[0].points.len()), (Unit::Bytes, 1, 3));
        assert!(chart.title.starts_with("nginx.service: "), "{}", chart.title);
        let text = told(&screen, &reader);
        for word in words.iter().chain(&["100 MiB", "10.0 MiB"]) {
            assert!(text.contains(word), "{word} is not in:\n{text}");
        }
    }
}

#[test]
fn what_was_never_recorded_says_why_and_shows_no_zero() {
    let reader = reader(Lang::En);
    let group = Group { owner: "cron.service".into(), ..of_nginx(Take::Cpu) };
    let screen = view(&group, &history(&group, &[], reader.now), &groups(reader.now), &reader);
    let text = told(&screen, &reader);
    assert!(text.contains("not running") && text.contains("48"), "{text}");
    assert!(!text.contains("0 %") && !text.contains("0 B"), "{text}");
}

#[test]
fn its_buttons_stay_with_it_and_back_leads_to_its_owner() {
    let reader = reader(Lang::En);
    let id = "5".repeat(64);
    let name = crate::intent::containers::Name::parse("web").unwrap();
    let View::Group(group) = Group::of_container(&id, name.clone(), Take::Memory) else { panic!("a group") };
    let screen = view(&group, &history(&group, &[1e6], reader.now), &groups(reader.now), &reader);
    let ranges: Vec<&str> = screen.rows[0].iter().map(|button| button.label.as_str()).collect();
    assert_eq!(ranges, ["1h", "6h", "• 24h", "7d"]);
    assert!(drawn(&screen).title.starts_with("web: "));
    let container = AnyView::Containers(crate::intent::containers::View::One(name));
    assert_eq!(AnyView::Metrics(View::Group(group)).parent(), Some(container));
    let View::Group(unit) = Group::of_unit(&UnitName::parse("nginx").unwrap(), Take::Cpu) else { panic!() };
    let service = crate::intent::services::View::Unit(UnitName::parse("nginx").unwrap());
    assert_eq!(AnyView::Metrics(View::Group(unit)).parent(), Some(AnyView::Services(service)));
}
