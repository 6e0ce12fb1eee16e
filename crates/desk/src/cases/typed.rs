//! Numbers as people copy them.

use std::borrow::Cow;

/// A serial as openssl and browsers print it, in pairs with colons between them, is the serial; whoever is typing has half of the
/// last pair.
pub(super) fn number(key: &str) -> Cow<'_, str> {
    let hex = |pair: &str| pair.bytes().all(|octet| octet.is_ascii_hexdigit());
    match key.trim_matches(':').rsplit_once(':') {
        Some((pairs, last))
            if pairs.split(':').all(|pair| pair.len() == 2 && hex(pair)) && last.len() <= 2 && hex(last) =>
        {
            Cow::Owned(key.replace(':', ""))
        }
        _ => Cow::Borrowed(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_in_pairs_is_a_serial_and_a_name_with_a_colon_is_none() {
        for (key, meant) in [
            ("00:11:AA:BB", "0011AABB"),
            ("00:11:AA:B", "0011AAB"),
            ("00:11:", "0011"),
            ("00:1", "001"),
            ("0011", "0011"),
            ("00:", "00:"),
            ("A:BC", "A:BC"),
            ("ABC:DE", "ABC:DE"),
            ("XY:00", "XY:00"),
            ("00::11", "00::11"),
            ("見本:00", "見本:00"),
            (":", ":"),
        ] {
            assert_eq!(number(key), meant, "{key}");
        }
    }
}
