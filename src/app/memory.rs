//! Keeping the resident set small: glibc holds on to what a burst of charts and strings used, and the kernel keeps in
//! our account every page of the program that was ever looked at.
//!
//! Owns no memory, only gives it back: what the allocator has free, and the program's own code, which the kernel can
//! read again from its file whenever it is needed. Never touches what was written to.
#![expect(
    unsafe_code,
    reason = "mallopt, malloc_trim and madvise are C calls without a safe wrapper; see each for why it is sound"
)]

use std::{io, time::Duration};

/// How often is looked: one small read of /proc.
const LOOK: Duration = Duration::from_secs(5);
/// So much more than at rest is worth giving back, bytes. Together with [`LOOK`]: ten seconds after any command the
/// resident set is within this of what it was.
const SLACK: u64 = 1 << 20;

/// One arena for all threads: eight of them keep eight times the garbage. To be called before any thread is started.
pub fn tune() {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets an allocator parameter by value; no memory of ours is passed.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Gives back after start-up and after each burst of work; never ends where /proc can be read.
pub async fn breathe() {
    let mut rest = Rest::default();
    loop {
        tokio::time::sleep(LOOK).await;
        match resident() {
            Ok(bytes) if rest.looked(bytes) => give_back(),
            Ok(_) => {}
            // Nothing to go by: the flight goes on as it is.
            Err(_) => std::future::pending().await,
        }
    }
}

/// When to give back: whenever more than at rest is there, and then not before a look has passed, so that at most
/// every other one does it. Less than a millisecond of work; without it, what is touched now and then (a screen, the
/// row of a minute) would add up over the hours.
#[derive(Debug, Default)]
struct Rest {
    /// The least that was resident one look after giving back, bytes.
    floor: Option<u64>,
    gave: bool,
}

impl Rest {
    /// Whether to give back now.
    fn looked(&mut self, bytes: u64) -> bool {
        if std::mem::take(&mut self.gave) {
            self.floor = Some(self.floor.map_or(bytes, |floor| floor.min(bytes)));
            return false;
        }
        self.gave = self.floor.is_none_or(|floor| bytes > floor + SLACK);
        self.gave
    }
}

/// Bytes.
fn resident() -> io::Result<u64> {
    let text = std::fs::read_to_string("/proc/self/statm")?;
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    let pages = pages.ok_or_else(|| io::Error::other("statm has another shape"))?;
    Ok(pages * rustix::param::page_size() as u64)
}

/// Takes about a millisecond, and some page faults of whoever works next: for rest, never on a hot path.
fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: works on the allocator's own free lists under its own locks.
    unsafe {
        libc::malloc_trim(0);
    }
    // Where memory is short, code that is not in our account is the first to be dropped, and a tap in the middle of an
    // incident would wait for the disk.
    if std::fs::read_to_string("/proc/pressure/memory").is_ok_and(|text| is_short(&text)) {
        return;
    }
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else { return };
    for (start, length) in code(&maps) {
        // SAFETY: only for pages of files that are mapped read-only and were never written to: the kernel drops them
        // from our account, as it does by itself under pressure, and reads the same bytes again at the next access,
        // be it the return from this very call. (A debugger's breakpoints are written to them, and are lost.)
        unsafe {
            libc::madvise(start as *mut libc::c_void, length, libc::MADV_DONTNEED);
        }
    }
}

/// Whether anybody waited for memory in the last ten seconds.
fn is_short(pressure: &str) -> bool {
    let some = pressure.lines().find_map(|line| line.strip_prefix("some avg10="));
    some.and_then(|rest| rest.split(' ').next()?.parse::<f32>().ok()).is_some_and(|share| share >= 1.0)
}

/// (address, length) of what of the program and its libraries is mapped and cannot have been written to: code, and the
/// constants at the beginning of each file. Other read-only parts hold addresses filled in at the start. A file may
/// have been replaced meanwhile: what is mapped is still the old one, whatever its path says.
fn code(maps: &str) -> Vec<(usize, usize)> {
    let mapping = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let (range, may, offset) = (fields.next()?, fields.next()?, fields.next()?);
        let of_a_file = fields.nth(2)?.starts_with('/');
        let is_code = may == "r-xp" || (may == "r--p" && usize::from_str_radix(offset, 16) == Ok(0));
        if !is_code || !of_a_file {
            return None;
        }
        let (start, end) = range.split_once('-')?;
        let (start, end) = (usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?);
        Some((start, end.checked_sub(start)?))
    };
    maps.lines().filter_map(mapping).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
555555554000-555555a00000 r--p 00000000 fe:00 77 /usr/local/bin/cockpit-bot
555555a00000-555556800000 r-xp 004ab000 fe:00 77 /usr/local/bin/cockpit-bot
555556800000-555556900000 r--p 012ab000 fe:00 77 /usr/local/bin/cockpit-bot
555556900000-555556908000 rw-p 013ab000 fe:00 77 /usr/local/bin/cockpit-bot
555556908000-555556a00000 rw-p 00000000 00:00 0 [heap]
7ffff7c00000-7ffff7c26000 r--p 00000000 fe:00 12 /usr/lib/x86_64-linux-gnu/libc.so.6
7ffff7c26000-7ffff7d7b000 r-xp 00026000 fe:00 12 /usr/lib/x86_64-linux-gnu/libc.so.6
7ffff7fc1000-7ffff7fc3000 r-xp 00000000 00:00 0 [vdso]
";

    #[test]
    fn only_what_was_never_written_to_is_given_back() {
        let want = [
            (0x5555_5555_4000, 0x4a_c000),
            (0x5555_55a0_0000, 0xe0_0000),
            (0x7fff_f7c0_0000, 0x2_6000),
            (0x7fff_f7c2_6000, 0x15_5000),
        ];
        assert_eq!(code(MAPS), want);
        // As after an upgrade, or from a folder with a space.
        let replaced = MAPS.replace("/usr/local/bin/cockpit-bot", "/srv/my bots/cockpit-bot (deleted)");
        assert_eq!(code(&replaced), want);
    }

    #[test]
    fn after_a_burst_it_gives_back_and_learns_where_rest_is() {
        let mut rest = Rest::default();
        let mib = |n: u64| n << 20;
        assert!(rest.looked(mib(20)), "the start itself");
        assert!(!rest.looked(mib(9)));
        assert!(!rest.looked(mib(10)), "within the slack");
        assert!(rest.looked(mib(14)), "a burst");
        assert!(!rest.looked(mib(9)), "it helped");
        assert!(rest.looked(mib(30)), "the next burst at once");
    }

    #[test]
    fn what_is_needed_again_at_once_is_given_back_every_other_time() {
        let mut rest = Rest::default();
        rest.looked(20 << 20);
        rest.looked(9 << 20);
        let gave: Vec<bool> = (0..6).map(|_| rest.looked(15 << 20)).collect();
        assert_eq!(gave, [true, false, true, false, true, false]);
        assert!(!rest.looked(10 << 20), "at rest");
    }

    #[test]
    fn where_memory_is_short_code_stays() {
        let text =
            |share: &str| format!("some avg10={share} avg60=0.00 avg300=0.00 total=42\nfull avg10=9.00 x\n");
        assert!(is_short(&text("1.50")) && !is_short(&text("0.00")) && !is_short("nonsense"));
    }

    #[test]
    fn this_program_gives_back_its_own_code_and_goes_on() {
        let before = resident().unwrap();
        assert!(before > 0);
        give_back();
        let own = code(&std::fs::read_to_string("/proc/self/maps").unwrap());
        let here = this_program_gives_back_its_own_code_and_goes_on as fn() as usize;
        assert!(
            own.iter().any(|(start, length)| (*start..start + length).contains(&here)),
            "its own code is"
        );
    }
}
