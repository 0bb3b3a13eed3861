//! Plans over ordinary days and both clock changes.

use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The next times after `from`, as the zone's clock shows them.
fn check(plan: &str, zone_name: &str, from: &str, want: &[&str]) {
    let zone = zone(zone_name);
    let from: jiff::Zoned = from.parse::<civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap();
    let plan = Plan::parse(plan).unwrap_or_else(|e| panic!("{e}"));
    let got: Vec<String> = plan
        .coming(from.timestamp(), &zone, want.len())
        .into_iter()
        .map(|t| t.to_zoned(zone.clone()).strftime("%a %d %b %H:%M %z").to_string())
        .collect();
    assert_eq!(got, want, "{} from {from}", plan.text());
}

#[test]
fn plain_forms_fall_where_people_expect_them() {
    check("daily 02:30", "Asia/Jakarta", "2026-07-01T02:30:00", &["Thu 02 Jul 02:30 +0700"]);
    check("daily 2:30", "Asia/Jakarta", "2026-07-01T02:29:59", &["Wed 01 Jul 02:30 +0700"]);
    check(
        "Mon 08:00",
        "Asia/Jakarta",
        "2026-07-01T00:00:00",
        &["Mon 06 Jul 08:00 +0700", "Mon 13 Jul 08:00 +0700"],
    );
    check(
        "thu,mon 08:00",
        "Asia/Jakarta",
        "2026-07-01T00:00:00",
        &["Thu 02 Jul 08:00 +0700", "Mon 06 Jul 08:00 +0700"],
    );
    check(
        "fri-sun 23:59",
        "UTC",
        "2026-07-01T00:00:00",
        &[
            "Fri 03 Jul 23:59 +0000",
            "Sat 04 Jul 23:59 +0000",
            "Sun 05 Jul 23:59 +0000",
            "Fri 10 Jul 23:59 +0000",
        ],
    );
    check("weekdays 07:00", "UTC", "2026-07-03T08:00:00", &["Mon 06 Jul 07:00 +0000"]);
    check("weekly Saturday 07:00", "UTC", "2026-07-03T08:00:00", &["Sat 04 Jul 07:00 +0000"]);
    check("monthly 1 04:00", "UTC", "2026-07-03T08:00:00", &["Sat 01 Aug 04:00 +0000"]);
    check("hourly", "UTC", "2026-07-03T08:00:00", &["Fri 03 Jul 09:00 +0000"]);
    check(
        "every 6 h",
        "Asia/Jakarta",
        "2026-07-01T05:00:00",
        &["Wed 01 Jul 06:00 +0700", "Wed 01 Jul 12:00 +0700"],
    );
    check(
        "every 90 min",
        "UTC",
        "2026-07-01T00:00:00",
        &["Wed 01 Jul 01:30 +0000", "Wed 01 Jul 03:00 +0000"],
    );
    check("every 1 week", "UTC", "2026-07-01T00:00:00", &["Mon 06 Jul 00:00 +0000"]);
}

#[test]
fn cron_expressions_are_cron() {
    check(
        "*/20 9 * * MON-FRI",
        "UTC",
        "2026-07-03T09:30:00",
        &["Fri 03 Jul 09:40 +0000", "Mon 06 Jul 09:00 +0000"],
    );
    check("@daily", "UTC", "2026-07-03T09:30:00", &["Sat 04 Jul 00:00 +0000"]);
    check("0 4 29 2 *", "UTC", "2026-07-03T09:30:00", &["Tue 29 Feb 04:00 +0000"]);
    check("0 0 * * 7", "UTC", "2026-07-03T09:30:00", &["Sun 05 Jul 00:00 +0000"]);
}

#[test]
fn a_time_that_the_clocks_jump_over_runs_right_after_the_jump() {
    // Berlin, 29 March 2026: 02:00 becomes 03:00.
    check(
        "daily 02:30",
        "Europe/Berlin",
        "2026-03-27T12:00:00",
        &["Sat 28 Mar 02:30 +0100", "Sun 29 Mar 03:00 +0200", "Mon 30 Mar 02:30 +0200"],
    );
    check(
        "Sun 02:30",
        "Europe/Berlin",
        "2026-03-27T12:00:00",
        &["Sun 29 Mar 03:00 +0200", "Sun 05 Apr 02:30 +0200"],
    );
    // New York, 8 March 2026; Lord Howe jumps by half an hour on 4 October 2026.
    check(
        "daily 02:00",
        "America/New_York",
        "2026-03-07T12:00:00",
        &["Sun 08 Mar 03:00 -0400", "Mon 09 Mar 02:00 -0400"],
    );
    check(
        "daily 02:15",
        "Australia/Lord_Howe",
        "2026-10-03T12:00:00",
        &["Sun 04 Oct 02:30 +1100", "Mon 05 Oct 02:15 +1100"],
    );
}

#[test]
fn a_time_that_comes_twice_runs_once() {
    // Berlin, 25 October 2026: 03:00 becomes 02:00.
    check(
        "daily 02:30",
        "Europe/Berlin",
        "2026-10-24T12:00:00",
        &["Sun 25 Oct 02:30 +0200", "Mon 26 Oct 02:30 +0100"],
    );
    check(
        "30 1 * * *",
        "America/New_York",
        "2026-10-31T12:00:00",
        &["Sun 01 Nov 01:30 -0400", "Mon 02 Nov 01:30 -0500"],
    );
}

#[test]
fn midnight_that_does_not_exist_still_has_its_day() {
    // Beirut, 29 March 2026: midnight becomes 01:00.
    check(
        "daily 00:00",
        "Asia/Beirut",
        "2026-03-28T12:00:00",
        &["Sun 29 Mar 01:00 +0300", "Mon 30 Mar 00:00 +0300"],
    );
}

#[test]
fn intervals_are_elapsed_time_on_both_nights() {
    check(
        "every 6 h",
        "Europe/Berlin",
        "2026-03-28T18:00:00",
        &["Sun 29 Mar 00:00 +0100", "Sun 29 Mar 07:00 +0200", "Sun 29 Mar 13:00 +0200"],
    );
    for (from, to) in
        [("2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z"), ("2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z")]
    {
        let times: Vec<_> = Plan::parse("every 45 min")
            .unwrap()
            .coming(at(from), &zone("Europe/Berlin"), 200)
            .into_iter()
            .take_while(|t| *t <= at(to))
            .collect();
        assert_eq!(times.len(), 96);
        assert!(times.windows(2).all(|pair| pair[1].duration_since(pair[0]).as_mins() == 45));
    }
}

#[test]
fn every_day_of_a_year_has_exactly_one_daily_run_in_every_zone() {
    for name in [
        "Europe/Berlin",
        "America/New_York",
        "Asia/Jakarta",
        "Australia/Lord_Howe",
        "Asia/Beirut",
        "America/Sao_Paulo",
    ] {
        for plan in ["daily 00:00", "daily 01:30", "daily 02:30", "daily 03:00"] {
            let zone = zone(name);
            let plan = Plan::parse(plan).unwrap();
            let start = civil::date(2026, 1, 1).to_zoned(zone.clone()).unwrap().timestamp();
            let before = start.checked_sub(SignedDuration::from_secs(1)).unwrap();
            let days: Vec<_> = plan
                .coming(before, &zone, 365)
                .into_iter()
                .map(|t| t.to_zoned(zone.clone()).date())
                .collect();
            let want: Vec<_> = civil::date(2026, 1, 1).series(jiff::Span::new().days(1)).take(365).collect();
            assert_eq!(days, want, "{plan:?} in {name}");
        }
    }
}

#[test]
fn what_is_no_plan_is_refused_with_the_forms() {
    for text in [
        "",
        "daily",
        "daily 24:00",
        "daily 2",
        "daily 02:30:00",
        "monthly 31 04:00",
        "every",
        "every 5 s",
        "every 400 days",
        "every -1 h",
        "mon",
        "noday 08:00",
        "mo 08:00",
        "61 * * * *",
        "* * * *",
        "0 0 * * * *",
        "0 0 31 2 *",
        "a b c d e",
        "; rm -rf /",
        "@never",
    ] {
        assert!(Plan::parse(text).is_err(), "{text:?}");
    }
    let long = format!("daily {}", "0".repeat(500));
    let error = Plan::parse(&long).unwrap_err().to_string();
    assert!(error.contains("daily 02:30") && error.len() < 400, "{error}");
}

#[test]
fn a_plan_is_read_from_the_config_file_and_kept_as_written() {
    let plan: Plan = serde_json::from_str("\"Mon,Thu 08:00\"").unwrap();
    assert_eq!(plan.form(), &Form::Weekly { days: vec![0, 3], at: civil::time(8, 0, 0, 0) });
    assert_eq!(serde_json::to_string(&plan).unwrap(), "\"Mon,Thu 08:00\"");
}
