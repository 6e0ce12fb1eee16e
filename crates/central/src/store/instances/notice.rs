//! What the writing instance says with each commit, and an instance that has handed something over. A payload is shorter than
//! 8,000 octets, so a long list of serials is said in several; all of one transaction are heard together, in order.

use super::super::standing::SerialOctets;

/// Longest list of serials in one payload: 41 octets each.
const SERIALS: usize = 150;
/// Most instances that are named as answered; beyond that everybody looks.
const ANSWERED: usize = 20;

/// Something heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Notice {
    /// Something was handed over.
    Asked,
    /// The policy changed.
    Policy,
    /// The standing of these certificates changed.
    Changed(Vec<SerialOctets>),
    /// A batch was committed.
    Committed {
        /// Entries of the log.
        size: u64,
        /// Time of the last entry.
        last_ms: i64,
        /// Instances whose jobs were answered; empty and `all`: look, whoever you are.
        answered: Vec<String>,
    },
}

/// Said to everybody.
pub(in crate::store) const ALL: &str = "*";

impl Notice {
    /// What a commit says.
    pub(in crate::store) fn of_commit(
        size: u64,
        last_ms: i64,
        changed: &[SerialOctets],
        mut answered: Vec<String>,
    ) -> Vec<Self> {
        if answered.len() > ANSWERED {
            answered = vec![ALL.to_owned()];
        }
        let changed = changed.chunks(SERIALS).map(|some| Self::Changed(some.to_vec()));
        changed.chain([Self::Committed { size, last_ms, answered }]).collect()
    }

    pub(in crate::store) fn to_payload(&self) -> String {
        match self {
            Self::Asked => "asked".to_owned(),
            Self::Policy => "policy".to_owned(),
            Self::Changed(serials) => {
                let serials: Vec<_> = serials.iter().map(|serial| hex::encode_upper(serial.as_slice())).collect();
                format!("changed {}", serials.join(","))
            }
            Self::Committed { size, last_ms, answered } => {
                format!("committed {size} {last_ms} {}", answered.join(","))
            }
        }
    }

    /// `None`: not one of ours.
    pub(super) fn read(payload: &str) -> Option<Self> {
        let (kind, rest) = payload.split_once(' ').unwrap_or((payload, ""));
        let list =
            |text: &str| text.split(',').filter(|one| !one.is_empty()).map(ToOwned::to_owned).collect::<Vec<_>>();
        match kind {
            "asked" => Some(Self::Asked),
            "policy" => Some(Self::Policy),
            "changed" => {
                let octets = |serial: String| SerialOctets::from_slice(&hex::decode(serial).ok()?);
                list(rest).into_iter().map(octets).collect::<Option<_>>().map(Self::Changed)
            }
            "committed" => {
                let mut words = rest.split(' ');
                let (size, last_ms) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
                Some(Self::Committed { size, last_ms, answered: list(words.next().unwrap_or_default()) })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_said_is_understood_and_fits() {
        let serials: Vec<_> = (0..400_u32)
            .map(|n| SerialOctets::from_slice(&[&[1; 16][..], &n.to_be_bytes()].concat()).unwrap())
            .collect();
        let names: Vec<_> = (0..50).map(|_| uuid::Uuid::new_v4().to_string()).collect();
        for answered in [Vec::new(), names.get(..20).unwrap().to_vec(), names] {
            let notices = Notice::of_commit(u64::MAX, i64::MIN, &serials, answered);
            assert_eq!(notices.len(), 4);
            let mut changed = Vec::new();
            for notice in &notices {
                let payload = notice.to_payload();
                assert!(payload.len() < 8_000, "{}", payload.len());
                assert_eq!(Notice::read(&payload).as_ref(), Some(notice));
                if let Notice::Changed(some) = notice {
                    changed.extend_from_slice(some);
                }
            }
            assert_eq!(changed, serials);
            assert!(matches!(notices.last(), Some(Notice::Committed { .. })), "said last");
        }
        assert_eq!(Notice::read(&Notice::Asked.to_payload()), Some(Notice::Asked));
        assert_eq!(Notice::read(&Notice::Policy.to_payload()), Some(Notice::Policy));
        for strange in ["", "committed", "committed x 1", "changed zz", "changed 0", "gone"] {
            assert_eq!(Notice::read(strange), None, "{strange}");
        }
    }
}
