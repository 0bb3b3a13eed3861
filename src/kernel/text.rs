//! Cutting the kernel's text: bytes in, numbers out, nothing allocated. Whatever is not as expected is `None`.

/// A whole decimal number; `None` when there is anything else in it or it does not fit.
pub fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |sum, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        sum.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// A decimal number that may be negative.
pub fn signed(text: &[u8]) -> Option<i64> {
    match text.strip_prefix(b"-") {
        Some(rest) => 0i64.checked_sub_unsigned(number(rest)?),
        None => i64::try_from(number(text)?).ok(),
    }
}

/// A decimal number with a fraction ("95.13").
pub fn decimal(text: &[u8]) -> Option<f64> {
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// What stands between blanks.
pub fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty())
}

/// Lines without their end; faster than splitting, as files of /proc have very long ones that are only skipped.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest);
        let line = &rest[..end.unwrap_or(rest.len())];
        rest = &rest[end.map_or(rest.len(), |end| end + 1)..];
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_or_nothing() {
        for (text, want) in [
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("", None),
            ("12x", None),
            ("-1", None),
        ] {
            assert_eq!(number(text.as_bytes()), want, "{text:?}");
        }
        assert_eq!(signed(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(signed(b"-"), None);
        assert_eq!(decimal(b"95.13"), Some(95.13));
        assert_eq!(decimal(b"inf"), None);
    }

    #[test]
    fn lines_need_no_last_end() {
        let cut = |text: &'static str| lines(text.as_bytes()).map(<[u8]>::len).collect::<Vec<_>>();
        assert_eq!(cut("a\nbb\n\nccc"), [1, 2, 0, 3]);
        assert_eq!(cut("a\n"), [1]);
        assert_eq!(cut(""), [] as [usize; 0]);
    }
}
