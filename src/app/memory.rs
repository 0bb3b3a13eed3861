//! Keeping the resident set small: glibc's arenas hold on to what a burst of charts and strings used.
#![expect(
    unsafe_code,
    reason = "mallopt and malloc_trim are C calls without a safe wrapper; both take plain integers"
)]

/// One arena for all threads: eight of them keep eight times the garbage. To be called before any thread is started.
pub fn tune() {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets an allocator parameter by value; no memory of ours is passed.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Gives unused pages back to the kernel. Takes about a millisecond: for after heavy commands, never on a hot path.
pub fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: works on the allocator's own free lists under its own locks.
    unsafe {
        libc::malloc_trim(0);
    }
}
