//! One row of history as bytes: every series' span at its slot. Pure.
//!
//! Layout, little-endian: version (1 byte, 1), number of slots n (u16), n codes of two bits (0 absent, 1 one value,
//! 2 a span), then for each present slot an f32 (the value or average) and, for a span, minimum and maximum as the
//! upper halves of f32s, rounded away from the average (0.4 % coarse), so that they still enclose it. An absent series
//! costs a quarter of a byte, so that services and containers may come and go.

use super::ring::Span;

const VERSION: u8 = 1;
const HEAD: usize = 3;
/// The highest number of slots: the name table's own limit.
pub const SLOTS_MAX: usize = 1024;

/// `spans` by slot; later ones of the same slot win.
pub fn encode(spans: &[(usize, Span)]) -> Vec<u8> {
    let mut by_slot: Vec<(usize, Span)> =
        spans.iter().filter(|(slot, _)| *slot < SLOTS_MAX).copied().collect();
    by_slot.sort_by_key(|(slot, _)| *slot);
    let slots = by_slot.last().map_or(0, |(slot, _)| slot + 1);
    let mut row = vec![VERSION];
    row.extend((slots as u16).to_le_bytes());
    row.resize(HEAD + slots.div_ceil(4), 0);
    for (nth, (slot, span)) in by_slot.iter().enumerate() {
        if by_slot.get(nth + 1).is_some_and(|(next, _)| next == slot) {
            continue;
        }
        let single = span.min == span.max;
        row[HEAD + slot / 4] |= (if single { 1 } else { 2 }) << (slot % 4 * 2);
        row.extend(span.avg.to_le_bytes());
        if !single {
            row.extend(coarse_below(span.min).to_le_bytes());
            row.extend(coarse_above(span.max).to_le_bytes());
        }
    }
    row
}

/// The spans of these slots, in the order asked. A row of another version or cut short has none.
pub fn decode(row: &[u8], slots: &[usize]) -> Vec<Option<Span>> {
    let mut found = vec![None; slots.len()];
    for (slot, span) in Row::of(row) {
        for (place, wanted) in found.iter_mut().zip(slots) {
            if *wanted == slot {
                *place = Some(span);
            }
        }
    }
    found
}

/// All that a row holds.
pub fn decode_all(row: &[u8]) -> Vec<(usize, Span)> {
    Row::of(row).collect()
}

struct Row<'r> {
    codes: &'r [u8],
    values: &'r [u8],
    slot: usize,
    slots: usize,
}

impl<'r> Row<'r> {
    fn of(row: &'r [u8]) -> Row<'r> {
        let empty = Row { codes: &[], values: &[], slot: 0, slots: 0 };
        let [VERSION, low, high, rest @ ..] = row else { return empty };
        let slots = usize::from(u16::from_le_bytes([*low, *high]));
        match rest.split_at_checked(slots.div_ceil(4)) {
            Some((codes, values)) => Row { codes, values, slot: 0, slots },
            None => empty,
        }
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.values.split_first_chunk::<N>()?;
        self.values = rest;
        Some(*taken)
    }
}

impl Iterator for Row<'_> {
    type Item = (usize, Span);

    fn next(&mut self) -> Option<(usize, Span)> {
        while self.slot < self.slots {
            let slot = self.slot;
            self.slot += 1;
            match self.codes[slot / 4] >> (slot % 4 * 2) & 3 {
                0 => {}
                1 => return Some((slot, Span::single(f32::from_le_bytes(self.take()?)))),
                2 => {
                    let avg = f32::from_le_bytes(self.take()?);
                    let min = fine(u16::from_le_bytes(self.take()?));
                    let max = fine(u16::from_le_bytes(self.take()?));
                    return Some((slot, Span { min, avg, max }));
                }
                _ => return None,
            }
        }
        None
    }
}

fn fine(coarse: u16) -> f32 {
    f32::from_bits(u32::from(coarse) << 16)
}

/// The greatest coarse number that is not above.
fn coarse_below(value: f32) -> u16 {
    coarse(value, value < 0.0)
}

/// The least coarse number that is not below.
fn coarse_above(value: f32) -> u16 {
    coarse(value, value > 0.0)
}

/// The upper half, one step further from zero where `away` and something was cut off.
fn coarse(value: f32, away: bool) -> u16 {
    let bits = value.to_bits();
    let upper = (bits >> 16) as u16;
    // A step beyond the largest finite number would be infinity, which history does not hold.
    let step = away && bits & 0xFFFF != 0 && fine(upper + 1).is_finite();
    if step { upper + 1 } else { upper }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_row_costs_what_its_values_cost() {
        let span = |min, avg, max| Span { min, avg, max };
        let row = encode(&[(0, Span::single(1.5)), (9, span(1.0, 2.0, 99.6))]);
        assert_eq!(row.len(), 3 + 3 + 4 + 8);
        assert_eq!(decode_all(&row), [(0, Span::single(1.5)), (9, span(1.0, 2.0, 100.0))]);
        assert_eq!(
            decode(&row, &[9, 5, 0]).iter().map(Option::is_some).collect::<Vec<_>>(),
            [true, false, true]
        );
    }

    #[test]
    fn percentages_do_not_pass_their_ends() {
        for (min, max) in [(0.0, 100.0), (0.1, 99.9), (0.001, 99.999)] {
            let row = encode(&[(0, Span { min, avg: 50.0, max })]);
            let [(_, span)] = decode_all(&row)[..] else { panic!("one span") };
            assert!(span.min >= 0.0 && span.max <= 100.0, "{span:?}");
        }
    }

    #[test]
    fn rows_of_others_are_empty() {
        for row in [
            &b""[..],
            b"\x02\x01\x00\x01",
            b"\x01\xff\xff\x55",
            b"\x01\x01\x00\x03\0\0\0\0",
            b"\x01\x04\x00\x55\0",
        ] {
            assert_eq!(decode_all(row), [], "{row:?}");
        }
    }

    fn spans() -> impl Strategy<Value = Vec<(usize, Span)>> {
        let value = -1.0e12f32..1.0e12;
        let span = (value.clone(), value.clone(), value).prop_map(|(a, b, c)| {
            let mut sorted = [a, b, c];
            sorted.sort_by(f32::total_cmp);
            Span { min: sorted[0], avg: sorted[1], max: sorted[2] }
        });
        proptest::collection::btree_map(0..SLOTS_MAX, span, 0..60).prop_map(|map| map.into_iter().collect())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_never_narrower(spans in spans()) {
            let read = decode_all(&encode(&spans));
            prop_assert_eq!(read.len(), spans.len());
            for ((slot, was), (read_slot, is)) in spans.iter().zip(&read) {
                prop_assert_eq!(slot, read_slot);
                prop_assert_eq!(was.avg, is.avg);
                prop_assert!(is.min <= was.min && was.max <= is.max, "{:?} {:?}", was, is);
                let coarse = |was: f32, is: f32| (was - is).abs() <= was.abs() * 0.0079;
                prop_assert!(coarse(was.min, is.min) && coarse(was.max, is.max), "{:?} {:?}", was, is);
            }
        }

        #[test]
        fn any_bytes_are_survived(row: Vec<u8>) {
            decode_all(&row);
        }
    }
}
