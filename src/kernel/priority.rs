//! Giving way: a thread that works for itself lets everybody else go first.

/// This thread runs and reads only when nobody else wants to, from now to its end: idle class for the disk, last
/// niceness but a few for the processor. Threads it starts inherit both. Best effort; there is no way back without
/// privileges, so it is for a thread made for one task.
pub fn give_way() {
    const NICE: i32 = 10;
    // Of this thread alone: Linux keeps niceness by thread.
    let _ = rustix::process::nice(NICE);
    // linux/ioprio.h: WHO_PROCESS is 1, with 0 for this thread; the class idle (3) in the bits from 13.
    const WHO_PROCESS: libc::c_int = 1;
    const IDLE: libc::c_int = 3 << 13;
    #[expect(
        unsafe_code,
        reason = "no safe wrapper exists; the call takes three integers and touches no memory"
    )]
    // SAFETY: `ioprio_set` reads its integer arguments only, and fails with an error code on any value it does not like.
    unsafe {
        libc::syscall(libc::SYS_ioprio_set, WHO_PROCESS, 0, IDLE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_gives_way_alone() {
        let niceness = || rustix::process::getpriority_process(None).expect("our own");
        let before = niceness();
        let (own, inherited) = std::thread::spawn(move || {
            give_way();
            (niceness(), std::thread::spawn(niceness).join().expect("it only reads"))
        })
        .join()
        .expect("it only gives way");
        assert_eq!(own, (before + 10).min(19));
        assert_eq!(inherited, own);
        assert_eq!(niceness(), before, "the others are left alone");
    }
}
