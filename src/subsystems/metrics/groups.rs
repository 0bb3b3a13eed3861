//! What services, containers and users take of the machine, from their control groups. Pure. Two looks give a share
//! of processor time; once a minute the largest go into the history.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;

use super::{ring::Span, series::Series};
use crate::kernel::cgroup::{Owner, Usage};

/// Those with the most memory; the rest is small change, and rows have 1,024 slots in a fortnight.
pub const REMEMBERED_MAX: usize = 48;

/// One service, container or user, at the last look.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub owner: Owner,
    /// With file cache, as `systemctl status` counts; `None` where memory is not accounted.
    pub memory_bytes: Option<u64>,
    /// Without the cache that can go at once.
    pub working_bytes: Option<u64>,
    /// Since the look before; 100 is one core. `None` for one that is new.
    pub cpu: Option<f32>,
}

/// The groups at the last look, the largest memory first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Groups {
    pub at: Option<Timestamp>,
    pub list: Vec<Group>,
}

impl Groups {
    pub fn of(&self, owner: &Owner) -> Option<&Group> {
        self.list.iter().find(|group| group.owner == *owner)
    }
}

#[derive(Debug, Default)]
pub struct Book {
    pub groups: Groups,
    /// Processor time at the last look, and when that was.
    before: HashMap<Owner, u64>,
    before_mono: Duration,
    /// The same at the last minute's look, for the history.
    minute: HashMap<Owner, u64>,
    minute_mono: Option<Duration>,
    spans: Vec<(Series, Span)>,
}

impl Book {
    /// A look was taken. `for_history`: it is this minute's.
    pub fn looked(&mut self, usage: Vec<Usage>, at: Timestamp, mono: Duration, for_history: bool) {
        let ticks: HashMap<Owner, u64> =
            usage.iter().filter_map(|usage| Some((usage.owner.clone(), usage.cpu_us?))).collect();
        let since = mono.saturating_sub(self.before_mono);
        let first = self.groups.at.is_none();
        let mut list: Vec<Group> = usage
            .into_iter()
            .map(|usage| Group {
                memory_bytes: usage.memory_bytes,
                working_bytes: usage.working_bytes(),
                cpu: share(&self.before, &usage.owner, usage.cpu_us, since).filter(|_| !first),
                owner: usage.owner,
            })
            .collect();
        list.sort_by(|a, b| b.working_bytes.cmp(&a.working_bytes).then_with(|| a.owner.cmp(&b.owner)));
        if for_history {
            self.note(&list, &ticks, mono);
        }
        self.groups = Groups { at: Some(at), list };
        (self.before, self.before_mono) = (ticks, mono);
    }

    fn note(&mut self, list: &[Group], ticks: &HashMap<Owner, u64>, mono: Duration) {
        let since = self.minute_mono.map(|minute| mono.saturating_sub(minute));
        self.spans.clear();
        for group in list.iter().take(REMEMBERED_MAX) {
            let name: std::sync::Arc<str> = group.owner.to_string().into();
            let cpu = since
                .and_then(|since| share(&self.minute, &group.owner, ticks.get(&group.owner).copied(), since));
            if let Some(bytes) = group.working_bytes {
                self.spans.push((Series::GroupMemory(name.clone()), Span::single(bytes as f32)));
            }
            if let Some(cpu) = cpu {
                self.spans.push((Series::GroupCpu(name), Span::single(cpu)));
            }
        }
        self.minute = ticks.clone();
        self.minute_mono = Some(mono);
    }

    /// For one row of history; each look is written once.
    pub fn take_spans(&mut self) -> Vec<(Series, Span)> {
        std::mem::take(&mut self.spans)
    }
}

/// Processor time over real time, 100 is one core.
fn share(before: &HashMap<Owner, u64>, owner: &Owner, now: Option<u64>, since: Duration) -> Option<f32> {
    // A group that was made anew under an old name counts from zero again.
    let spent_us = now?.checked_sub(*before.get(owner)?)?;
    (since >= Duration::from_millis(100)).then(|| (spent_us as f64 / since.as_micros() as f64 * 100.0) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::constant(1_748_736_000, 0);

    fn usage(name: &str, memory: u64, cache: u64, cpu_us: u64) -> Usage {
        Usage {
            owner: Owner::Unit(name.into()),
            memory_bytes: Some(memory),
            cache_bytes: Some(cache),
            cpu_us: Some(cpu_us),
        }
    }

    fn told(book: &Book) -> Vec<(String, Option<u64>, Option<f32>)> {
        book.groups.list.iter().map(|g| (g.owner.to_string(), g.working_bytes, g.cpu)).collect()
    }

    #[test]
    fn the_largest_comes_first_and_cpu_needs_two_looks() {
        let mut book = Book::default();
        let second = Duration::from_secs;
        book.looked(vec![usage("a", 100, 90, 0), usage("b", 50, 0, 500_000)], AT, second(5), false);
        assert_eq!(told(&book), [("b".into(), Some(50), None), ("a".into(), Some(10), None)]);
        book.looked(vec![usage("a", 100, 0, 1_000_000), usage("b", 50, 0, 400_000)], AT, second(7), false);
        assert_eq!(told(&book), [("a".into(), Some(100), Some(50.0)), ("b".into(), Some(50), None)]);
    }

    #[test]
    fn history_spans_the_minute_whoever_looks_in_between() {
        let mut book = Book::default();
        let second = Duration::from_secs;
        book.looked(vec![usage("a", 100, 0, 0)], AT, second(0), true);
        assert_eq!(book.take_spans(), [(Series::GroupMemory("a".into()), Span::single(100.0))]);
        book.looked(vec![usage("a", 100, 0, 59_000_000)], AT, second(59), false);
        assert_eq!(book.take_spans(), []);
        book.looked(vec![usage("a", 120, 0, 60_000_000)], AT, second(60), true);
        assert_eq!(
            book.take_spans(),
            [
                (Series::GroupMemory("a".into()), Span::single(120.0)),
                (Series::GroupCpu("a".into()), Span::single(100.0)),
            ]
        );
    }

    #[test]
    fn a_crowd_is_remembered_in_part() {
        let mut book = Book::default();
        let crowd = (0..500).map(|nth| usage(&format!("{nth:03}"), nth, 0, 0)).collect();
        book.looked(crowd, AT, Duration::ZERO, true);
        let spans = book.take_spans();
        assert_eq!(spans.len(), REMEMBERED_MAX);
        assert_eq!(spans[0].0, Series::GroupMemory("499".into()));
        assert_eq!(book.groups.list.len(), 500);
    }
}
