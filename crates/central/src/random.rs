//! Random bytes of the cryptography library.

/// `N` random bytes. Aborts the process if the system has no randomness: nothing could go on safely.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}
