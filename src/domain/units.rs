//! Sizes, percentages and durations, as people write them and as panels show them.

use std::{fmt, time::Duration};

use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{got:?} is not {want}")]
pub struct UnitError {
    pub got: String,
    pub want: &'static str,
}

fn bad(got: &str, want: &'static str) -> UnitError {
    UnitError { got: got.chars().take(80).collect(), want }
}

/// A number of bytes. Shown in binary units (1 KiB = 1024 B), as Linux counts memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    pub(super) const WANT: &str = "a size such as \"10 GiB\" or \"512 MB\"";
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// The power of 1024 this amount is shown in: 0 is bytes, 1 KiB and so on.
    pub fn scale(self) -> usize {
        let mut value = self.0 as f64;
        let mut scale = 0;
        // Four digits do not fit beside a bar: 1000 B is 1.0 KiB.
        while value >= 999.5 && scale < Self::UNITS.len() - 1 {
            value /= 1024.0;
            scale += 1;
        }
        scale
    }

    pub fn unit(scale: usize) -> &'static str {
        Self::UNITS[scale.min(Self::UNITS.len() - 1)]
    }

    /// The figure alone, in the unit of `scale`: three digits at most, one decimal below ten.
    pub fn figure(self, scale: usize) -> String {
        let value = self.0 as f64 / 1024f64.powi(scale as i32);
        if scale == 0 || value >= 99.95 { format!("{value:.0}") } else { format!("{value:.1}") }
    }

    /// "10 GiB", "1.5 TB", "512k" and "1024" (bytes). KB, MB … are powers of 1000, KiB, k, K, M … of 1024.
    pub fn parse(text: &str) -> Result<Bytes, UnitError> {
        const WANT: &str = Bytes::WANT;
        let text = text.trim();
        let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (figure, unit) = text.split_at(split);
        let value: f64 = figure.parse().map_err(|_| bad(text, WANT))?;
        let unit = unit.trim().to_ascii_lowercase();
        let factor = match unit.as_str() {
            "" | "b" => 1f64,
            "k" | "kib" => 1024f64,
            "m" | "mib" => 1024f64.powi(2),
            "g" | "gib" => 1024f64.powi(3),
            "t" | "tib" => 1024f64.powi(4),
            "kb" => 1e3,
            "mb" => 1e6,
            "gb" => 1e9,
            "tb" => 1e12,
            _ => return Err(bad(text, WANT)),
        };
        let bytes = value * factor;
        if bytes.is_finite() && bytes <= u64::MAX as f64 {
            Ok(Bytes(bytes as u64))
        } else {
            Err(bad(text, WANT))
        }
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = self.scale();
        write!(f, "{} {}", self.figure(scale), Self::unit(scale))
    }
}

/// A share of a whole, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize)]
#[serde(transparent)]
pub struct Percent(pub f32);

impl Percent {
    /// `part` of `whole`; `None` where the whole is nothing, as 0 of 0 is not 0 %.
    pub fn of(part: u64, whole: u64) -> Option<Percent> {
        (whole > 0).then(|| Percent((part as f64 * 100.0 / whole as f64) as f32))
    }
}

impl fmt::Display for Percent {
    /// "87 %", never "100 %" before it is full and never "0 %" while something is used.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = self.0.round();
        let shown = if self.0 < 100.0 && rounded >= 100.0 { 99.0 } else { rounded };
        if self.0 > 0.0 && shown < 1.0 { f.write_str("<1 %") } else { write!(f, "{shown:.0} %") }
    }
}

pub(super) const PERCENT_WANT: &str = "a percentage such as \"85%\", from 0% to 100%";

/// "85%" or "85 %": 0 to 100.
pub fn parse_percent(text: &str) -> Result<Percent, UnitError> {
    const WANT: &str = PERCENT_WANT;
    let figure = text.trim().strip_suffix('%').ok_or_else(|| bad(text, WANT))?;
    match figure.trim().parse::<f32>() {
        Ok(value) if (0.0..=100.0).contains(&value) => Ok(Percent(value)),
        _ => Err(bad(text, WANT)),
    }
}

pub(super) const DURATION_WANT: &str = "a duration such as \"5s\", \"10m\" or \"1h 30m\"";

/// "5s", "90 s", "1h 30m", "2 days": jiff's friendly form, not negative.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    const WANT: &str = DURATION_WANT;
    let span: jiff::SignedDuration = match text.trim().parse() {
        Ok(span) => span,
        Err(_) => days(text).ok_or_else(|| bad(text, WANT))?,
    };
    Duration::try_from(span).map_err(|_| bad(text, WANT))
}

/// Days and weeks are of fixed length here: a threshold of "2 d" means 48 hours, whatever the clock does.
fn days(text: &str) -> Option<jiff::SignedDuration> {
    let span: jiff::Span = text.trim().parse().ok()?;
    span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, want) in [
            ("1024", Some(1024)),
            ("10 GiB", Some(10 << 30)),
            ("10GiB", Some(10 << 30)),
            ("1.5 KiB", Some(1536)),
            ("512k", Some(512 << 10)),
            ("20 MB", Some(20_000_000)),
            ("-1", None),
            ("ten", None),
            ("5 XB", None),
            ("", None),
        ] {
            assert_eq!(Bytes::parse(text).ok().map(|b| b.0), want, "{text:?}");
        }
    }

    #[test]
    fn sizes_are_shown_short_and_with_their_unit() {
        for (bytes, want) in [
            (0, "0 B"),
            (1023, "1.0 KiB"),
            (999, "999 B"),
            (1536, "1.5 KiB"),
            (6_549_825_126, "6.1 GiB"),
            (99 << 30, "99.0 GiB"),
            (271 << 30, "271 GiB"),
            ((1 << 40) - 1, "1.0 TiB"),
            (u64::MAX, "16.0 EiB"),
            (1000, "1.0 KiB"),
        ] {
            assert_eq!(Bytes(bytes).to_string(), want, "{bytes}");
        }
    }

    #[test]
    fn a_percentage_is_full_only_when_it_is() {
        assert_eq!(Percent(99.7).to_string(), "99 %");
        assert_eq!(Percent(100.0).to_string(), "100 %");
        assert_eq!(Percent(0.2).to_string(), "<1 %");
        assert_eq!(Percent(0.0).to_string(), "0 %");
        assert_eq!(Percent::of(1, 0), None);
        assert!(parse_percent("101%").is_err() && parse_percent("85").is_err());
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, want) in [
            ("5s", Some(5)),
            ("1h 30m", Some(5400)),
            ("2 days", Some(172_800)),
            ("1w", Some(604_800)),
            ("-5s", None),
            ("5", None),
        ] {
            assert_eq!(parse_duration(text).ok().map(|d| d.as_secs()), want, "{text:?}");
        }
    }
}
