//! What one instance writes for another is authenticated with a key that only instances have: whoever can write to the
//! database, and no more, can neither ask the writer for an act nor invent an answer.

use aws_lc_rs::hmac;

/// What was handed over is good so long, by the clocks of both machines, milliseconds.
const GOOD_MS: i64 = 120_000;

/// The key. Derived from the key files, so all instances have the same.
#[derive(Clone)]
pub(crate) struct Stamp(hmac::Key);

/// A job on its way.
pub(super) struct Handed<'a> {
    pub(super) id: &'a str,
    pub(super) instance: &'a str,
    pub(super) again: bool,
    pub(super) at_ms: i64,
    pub(super) work: &'a str,
}

impl Handed<'_> {
    fn message(&self) -> String {
        let Self { id, instance, again, at_ms, work } = self;
        format!("work/{id}/{instance}/{again}/{at_ms}/{work}")
    }
}

impl Stamp {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    pub(super) fn work(&self, handed: &Handed<'_>) -> Vec<u8> {
        hmac::sign(&self.0, handed.message().as_bytes()).as_ref().to_vec()
    }

    /// Is it an instance's, and of now?
    pub(super) fn work_good(&self, handed: &Handed<'_>, mac: &[u8], now_ms: i64) -> bool {
        hmac::verify(&self.0, handed.message().as_bytes(), mac).is_ok()
            && now_ms.saturating_sub(handed.at_ms).saturating_abs() <= GOOD_MS
    }

    pub(in crate::store) fn answer(&self, id: &str, size: i64, answer: &str) -> Vec<u8> {
        hmac::sign(&self.0, format!("answer/{id}/{size}/{answer}").as_bytes()).as_ref().to_vec()
    }

    pub(super) fn answer_good(&self, id: &str, size: i64, answer: &str, mac: &[u8]) -> bool {
        hmac::verify(&self.0, format!("answer/{id}/{size}/{answer}").as_bytes(), mac).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_it_can_be_changed_or_used_later_or_elsewhere() {
        let stamp = Stamp::new(&[1; 32]);
        let handed = || Handed { id: "a", instance: "i", again: false, at_ms: 1_000_000, work: "{}" };
        let mac = stamp.work(&handed());
        assert!(stamp.work_good(&handed(), &mac, 1_000_000 + GOOD_MS));
        assert!(!stamp.work_good(&handed(), &mac, 1_000_001 + GOOD_MS));
        assert!(!stamp.work_good(&handed(), &mac, 999_999 - GOOD_MS));
        for other in [
            Handed { id: "b", ..handed() },
            Handed { instance: "j", ..handed() },
            Handed { again: true, ..handed() },
            Handed { at_ms: 1_000_001, ..handed() },
            Handed { work: "[]", ..handed() },
        ] {
            assert!(!stamp.work_good(&other, &mac, 1_000_000));
        }
        assert!(!Stamp::new(&[2; 32]).work_good(&handed(), &mac, 1_000_000));
        let mac = stamp.answer("a", 5, "yes");
        assert!(stamp.answer_good("a", 5, "yes", &mac));
        for (id, size, answer) in [("b", 5, "yes"), ("a", 6, "yes"), ("a", 5, "no")] {
            assert!(!stamp.answer_good(id, size, answer, &mac));
        }
    }
}
