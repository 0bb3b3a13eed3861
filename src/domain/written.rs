//! How values with units stand in the config file: as text, and a wrong one is told with what it should look like.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, de};

use super::units::{Bytes, DURATION_WANT, PERCENT_WANT, Percent, UnitError, parse_duration, parse_percent};

/// Reads a text by a parser of ours.
struct Written<T> {
    want: &'static str,
    parse: fn(&str) -> Result<T, UnitError>,
    /// For what may also be a bare number.
    number: Option<fn(u64) -> T>,
}

impl<T> de::Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.want)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<T, E> {
        match self.number {
            Some(number) => Ok(number(n)),
            None => Err(E::invalid_type(de::Unexpected::Unsigned(n), &self)),
        }
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<T, E> {
        match u64::try_from(n) {
            Ok(n) => self.visit_u64(n),
            Err(_) => Err(E::invalid_type(de::Unexpected::Signed(n), &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    /// A number of bytes, or text as [`Bytes::parse`] reads it.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Bytes, D::Error> {
        d.deserialize_any(Written { want: Bytes::WANT, parse: Bytes::parse, number: Some(Bytes) })
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Percent, D::Error> {
        d.deserialize_str(Written { want: PERCENT_WANT, parse: parse_percent, number: None })
    }
}

/// Durations: `#[serde(deserialize_with = "duration::deserialize")]`, or `duration::option` for one that may be
/// missing (the field then needs a default).
pub mod duration {
    use super::*;

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
        d.deserialize_str(Written { want: DURATION_WANT, parse: parse_duration, number: None })
    }

    pub fn option<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Duration>, D::Error> {
        deserialize(d).map(Some)
    }
}
