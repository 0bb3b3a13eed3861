//! The `[alerts]` section: from where on a figure is worth a word. The dashboard judges by it now; notices do too.
//! A rule may name only what it changes: `cpu = { above = "95%" }` keeps the rest.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, de};

use crate::domain::{ConfigIssue, Percent, duration};

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub enabled: bool,
    pub cpu: Rule<Percent>,
    pub memory: Rule<Percent>,
    pub disk: Rule<Percent>,
    pub temperature: Rule<Celsius>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            enabled: true,
            cpu: Rule::default(),
            memory: Rule::default(),
            disk: Rule::default(),
            temperature: Rule::default(),
        }
    }
}

/// A rule as it stands in the file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
pub struct Rule<T> {
    pub enabled: bool,
    pub above: Option<T>,
    /// Told as over when it is below this again.
    pub clear_below: Option<T>,
    /// How long it must stay above before it is told.
    #[serde(rename = "for", deserialize_with = "duration::option")]
    pub lasting: Option<Duration>,
}

impl<T> Default for Rule<T> {
    fn default() -> Rule<T> {
        Rule { enabled: true, above: None, clear_below: None, lasting: None }
    }
}

/// A rule with nothing left open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    pub above: f32,
    pub clear_below: f32,
    pub lasting: Duration,
}

/// Degrees, written "85 °C".
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Celsius(pub f32);

impl Celsius {
    const WANT: &str = "a temperature such as \"85 °C\", from 0 to 150";

    pub fn parse(text: &str) -> Option<Celsius> {
        let figure = text.trim().strip_suffix(['C', 'c'])?.trim_end().trim_end_matches('°').trim_end();
        figure.parse().ok().filter(|t| (0.0..=150.0).contains(t)).map(Celsius)
    }
}

impl<'de> Deserialize<'de> for Celsius {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Celsius, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Celsius;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Celsius::WANT)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Celsius, E> {
                Celsius::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        d.deserialize_str(Visitor)
    }
}

impl Config {
    /// `None`: this is not watched.
    pub fn cpu(&self) -> Option<Threshold> {
        self.rule(&self.cpu, |p| p.0, 90.0, 10.0, minutes(5))
    }

    pub fn memory(&self) -> Option<Threshold> {
        self.rule(&self.memory, |p| p.0, 90.0, 5.0, minutes(5))
    }

    pub fn disk(&self) -> Option<Threshold> {
        self.rule(&self.disk, |p| p.0, 85.0, 2.0, minutes(1))
    }

    pub fn temperature(&self) -> Option<Threshold> {
        self.rule(&self.temperature, |t| t.0, 85.0, 5.0, minutes(2))
    }

    /// `gap`: how far below `above` it is over, unless the file says otherwise.
    fn rule<T: Copy>(
        &self,
        rule: &Rule<T>,
        figure: impl Fn(T) -> f32,
        above: f32,
        gap: f32,
        lasting: Duration,
    ) -> Option<Threshold> {
        let above = rule.above.map_or(above, &figure);
        let clear_below = rule.clear_below.map_or((above - gap).max(0.0), &figure);
        let lasting = rule.lasting.unwrap_or(lasting);
        (self.enabled && rule.enabled).then_some(Threshold { above, clear_below, lasting })
    }

    pub fn validate(&self) -> Vec<ConfigIssue> {
        let rules = [
            ("cpu", self.cpu()),
            ("memory", self.memory()),
            ("disk", self.disk()),
            ("temperature", self.temperature()),
        ];
        let mut issues = Vec::new();
        for (name, rule) in rules {
            let Some(rule) = rule else { continue };
            if rule.clear_below > rule.above {
                issues.push(ConfigIssue {
                    key: format!("{name}.clear_below"),
                    message: "is above `above`: it would be over before it begins".into(),
                    warning: false,
                });
            }
            if rule.lasting > LASTING_MAX {
                issues.push(ConfigIssue {
                    key: format!("{name}.for"),
                    message: "expected at most 1 day".into(),
                    warning: false,
                });
            }
        }
        issues
    }
}

const LASTING_MAX: Duration = Duration::from_secs(24 * 3600);

const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_keeps_what_it_does_not_name() {
        let config: Config = toml::from_str(
            "cpu = { above = \"95%\" }\ndisk = { for = \"10m\" }\nmemory = { enabled = false }",
        )
        .unwrap();
        let of = |rule: Option<Threshold>| rule.map(|r| (r.above, r.clear_below, r.lasting.as_secs()));
        assert_eq!(of(config.cpu()), Some((95.0, 85.0, 300)));
        assert_eq!(of(config.disk()), Some((85.0, 83.0, 600)));
        assert_eq!(of(config.memory()), None);
        assert_eq!(of(config.temperature()), Some((85.0, 80.0, 120)));
        assert_eq!(of(Config { enabled: false, ..config }.cpu()), None);
    }

    #[test]
    fn faults_are_told_with_their_key() {
        let keys = |text: &str| {
            let config: Config = toml::from_str(text).unwrap();
            config.validate().into_iter().map(|issue| issue.key).collect::<Vec<_>>()
        };
        assert_eq!(keys(""), [] as [&str; 0]);
        assert_eq!(keys("cpu = { above = \"50%\", clear_below = \"60%\" }"), ["cpu.clear_below"]);
        assert_eq!(keys("temperature = { above = \"70°C\", for = \"2 days\" }"), ["temperature.for"]);
    }

    #[test]
    fn temperatures_are_read_as_people_write_them() {
        for (text, want) in [
            ("85 °C", Some(85.0)),
            ("85°C", Some(85.0)),
            ("85C", Some(85.0)),
            ("85.5 c", Some(85.5)),
            ("85", None),
            ("200C", None),
            ("hot", None),
        ] {
            assert_eq!(Celsius::parse(text).map(|t| t.0), want, "{text}");
        }
    }
}
