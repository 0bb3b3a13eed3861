//! Policies, endings and times of actors in words, for the Crew screen and for `actors.md`.

use std::time::Duration;

use super::{crew::Ending, retry::RetryPolicy};
use crate::{domain::Lang, locale::span, t};

/// "Started again after 100 ms, then 250 ms, doubling up to 30 s. …"
pub fn policy(lang: Lang, policy: &RetryPolicy) -> String {
    let again = t!(
        lang,
        "crew-policy-again",
        first = brief(lang, policy.grace),
        second = brief(lang, policy.base),
        cap = brief(lang, policy.cap)
    );
    let end = match &policy.give_up {
        None => t!(lang, "crew-policy-for-ever"),
        Some(limit) => {
            let (failures, within) = (limit.failures, brief(lang, limit.within));
            match limit.retry_every {
                Some(every) => t!(
                    lang,
                    "crew-policy-parked",
                    failures = failures,
                    within = within,
                    every = brief(lang, every)
                ),
                None => t!(lang, "crew-policy-parked-for-good", failures = failures, within = within),
            }
        }
    };
    format!("{again} {end}")
}

pub fn ending(lang: Lang, ending: &Ending) -> String {
    match ending {
        Ending::NotStarted(why) => t!(lang, "crew-ending-not-started", why = why.as_str()),
        Ending::Failed(why) => why.clone(),
        Ending::Killed => t!(lang, "crew-ending-killed"),
        Ending::Finished(Some(why)) => t!(lang, "crew-ending-finished-why", why = why.as_str()),
        Ending::Finished(None) => t!(lang, "crew-ending-finished"),
        Ending::NotStopped(within) => t!(lang, "crew-ending-not-stopped", within = brief(lang, *within)),
    }
}

/// As [`span`], but in µs and ms below a second, and with tenths below ten.
pub fn brief(lang: Lang, time: Duration) -> String {
    match time.as_micros() {
        0..1000 => format!("{} µs", time.as_micros()),
        1000..1_000_000 => format!("{} ms", time.as_millis()),
        1_000_000..10_000_000 if time.subsec_millis() >= 100 => {
            let point = match lang {
                Lang::En => '.',
                Lang::Id => ',',
            };
            t!(lang, "common-second", n = format!("{}{point}{}", time.as_secs(), time.subsec_millis() / 100))
        }
        _ => span(lang, time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervision::GiveUp;

    #[test]
    fn a_policy_is_told_with_all_its_figures() {
        assert_eq!(
            policy(Lang::En, &RetryPolicy::child()),
            "Started again after 100 ms, then 250 ms, doubling up to 30 s. \
             Parked after 5 failures within 1 min, then tried every 5 min."
        );
        assert_eq!(
            policy(Lang::Id, &RetryPolicy::reconnect()),
            "Dinyalakan lagi setelah 500 ms, lalu 1 dtk, terus dilipatduakan sampai 1 mnt. Nggak pernah menyerah."
        );
        let give_up = Some(GiveUp { failures: 1, within: Duration::from_secs(5), retry_every: None });
        assert!(
            policy(Lang::En, &RetryPolicy { give_up, ..RetryPolicy::child() })
                .ends_with("Parked after 1 failure within 5 s, until somebody asks.")
        );
    }

    #[test]
    fn short_times_keep_their_digits() {
        let us = Duration::from_micros;
        for (time, want) in [
            (us(0), "0 µs"),
            (us(420), "420 µs"),
            (us(1500), "1 ms"),
            (us(999_999), "999 ms"),
            (us(1_000_000), "1 s"),
            (us(1_240_000), "1.2 s"),
            (us(61_000_000), "1 min"),
        ] {
            assert_eq!(brief(Lang::En, time), want);
        }
        assert_eq!(brief(Lang::Id, us(1_240_000)), "1,2 dtk");
    }
}
