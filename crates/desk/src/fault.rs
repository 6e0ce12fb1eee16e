//! Named points at which a test kills the process. In release builds they are nothing at all.

/// Aborts here if `MADOGUCHI_KILL_AT` names this point.
#[cfg(debug_assertions)]
pub(crate) fn point(name: &str) {
    if std::env::var("MADOGUCHI_KILL_AT").is_ok_and(|wanted| wanted == name) {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub(crate) fn point(_name: &str) {}
