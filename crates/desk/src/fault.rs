//! Named points at which a test kills the process. Without the feature `fault-points` they are nothing at all.

/// Aborts here if `MADOGUCHI_KILL_AT` names this point.
#[cfg(feature = "fault-points")]
pub(crate) fn point(name: &str) {
    if std::env::var("MADOGUCHI_KILL_AT").is_ok_and(|wanted| wanted == name) {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(feature = "fault-points"))]
#[inline(always)]
pub(crate) fn point(_name: &str) {}
