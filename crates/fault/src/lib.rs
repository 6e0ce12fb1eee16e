//! Named points at which a test kills the process. In release builds they are nothing at all.

/// Aborts here if `MADOGUCHI_KILL_AT` names this point (with `name:n`, at its n-th passing).
#[cfg(debug_assertions)]
pub fn point(name: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let Ok(wanted) = std::env::var("MADOGUCHI_KILL_AT") else { return };
    let (wanted, times) = wanted.split_once(':').map_or((wanted.as_str(), 1), |(n, t)| (n, t.parse().unwrap_or(1)));
    if wanted == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == times {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn point(_name: &str) {}
