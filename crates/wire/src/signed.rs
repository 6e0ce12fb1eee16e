//! Does an entry say what the terminal signed? So nobody who only has the database can write an act in the name of an
//! enrolled terminal. One place, for the centre and for every desk.
//!
//! Of entry and envelope only that is read which is compared: who verifies a log asks this of a million entries, and most of what
//! is in them is what happened.

use std::borrow::Cow;

use domain::event::AccessEvent;
use domain::id::TerminalId;
use domain::staff::StaffEvent;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::{Base64, message};

/// What an entry says of its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// The centre's own word: a job, an operator, a sign-in, what somebody looked at. Nobody signed it.
    Own,
    /// An act of staff under a terminal's signature.
    Terminal {
        /// Whose.
        terminal: TerminalId,
        /// The head of the log that its desk had seen (signed note).
        last_checkpoint: Option<String>,
    },
}

/// Entry and envelope are both written from the same values: what is the same is spelled the same.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Of [`crate::Entry`].
#[derive(Deserialize)]
struct Claim<'a> {
    v: u32,
    #[serde(borrow)]
    institution: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    subject: Subject<'a>,
    #[serde(borrow)]
    actor: Actor<'a>,
    envelope: Option<Base64>,
    signature: Option<Base64>,
    #[serde(borrow)]
    attachment: Option<Text<'a>>,
    #[serde(borrow)]
    events: Vec<Happened<'a>>,
    recovered: Option<IgnoredAny>,
}

/// Of [`domain::Subject`].
#[derive(Deserialize)]
struct Subject<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
}

/// Of [`domain::Actor`]; a session is only a member of staff's.
#[derive(Deserialize)]
struct Actor<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    staff: Option<Text<'a>>,
    #[serde(borrow)]
    terminal: Option<Text<'a>>,
    #[serde(borrow)]
    session: Option<Text<'a>>,
}

/// Of [`domain::Event`].
#[derive(Deserialize)]
struct Happened<'a> {
    #[serde(borrow)]
    on: Text<'a>,
    #[serde(borrow)]
    event: &'a RawValue,
}

/// Of [`crate::Envelope`].
#[derive(Deserialize)]
struct Asked<'a> {
    v: u32,
    #[serde(borrow)]
    institution: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    terminal: Text<'a>,
    #[serde(borrow)]
    session: Text<'a>,
    #[serde(borrow)]
    staff: Text<'a>,
    last_checkpoint: Option<String>,
    #[serde(borrow)]
    attachment: Option<Text<'a>>,
    #[serde(borrow)]
    body: Body<'a>,
}

/// Of [`crate::Body`].
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    on: Text<'a>,
    #[serde(borrow)]
    customer: Option<Text<'a>>,
    #[serde(borrow)]
    terminal: Option<Text<'a>>,
    #[serde(borrow)]
    branch: Option<Text<'a>>,
    #[serde(borrow)]
    staff: Option<Text<'a>>,
}

impl Happened<'_> {
    /// Sign-ins, sign-outs and what somebody looked at are the centre's own words; an act never is.
    fn own(&self) -> bool {
        let text = self.event.get();
        match &*self.on.0 {
            "access" => serde_json::from_str::<AccessEvent>(text).is_ok(),
            "staff" => {
                matches!(serde_json::from_str(text), Ok(StaffEvent::SignedIn { .. } | StaffEvent::SignedOut { .. }))
            }
            _ => false,
        }
    }

    /// The command that was refused, where this says that one was.
    fn refused(&self) -> Option<String> {
        if self.on.0 != "access" {
            return None;
        }
        match serde_json::from_str(self.event.get()) {
            Ok(AccessEvent::Refused { command, .. }) => Some(command.to_string()),
            _ => None,
        }
    }
}

impl<'a> Claim<'a> {
    /// Of a version that this program knows.
    fn read(entry: &'a [u8]) -> Option<Self> {
        let read: Self = serde_json::from_slice(entry).ok()?;
        matches!((read.v, &read.recovered), (1, None) | (2, Some(_))).then_some(read)
    }

    /// The command it says was refused, if that is what it says.
    fn refused(&self) -> Option<String> {
        match self.events.as_slice() {
            [only] => only.refused(),
            _ => None,
        }
    }

    /// Is it about what was asked for, and by the same person at the same place?
    fn says(&self, envelope: &Asked<'_>) -> bool {
        envelope.id == self.id
            && envelope.institution == self.institution
            && Some(&envelope.terminal) == self.actor.terminal.as_ref()
            && Some(&envelope.session) == self.actor.session.as_ref()
            && Some(&envelope.staff) == self.actor.staff.as_ref()
            && envelope.attachment == self.attachment
            && envelope.body.on == self.subject.kind
            && envelope.target() == Some(&self.subject.id)
    }
}

impl<'a> Asked<'a> {
    /// Of a version that this program knows.
    fn read(envelope: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(envelope).ok().filter(|read: &Self| read.v == 1)
    }

    /// The id of what it is for; kinds of bodies and of subjects have the same words.
    fn target(&self) -> Option<&Text<'_>> {
        match &*self.body.on.0 {
            "customer" => self.body.customer.as_ref(),
            "terminal" => self.body.terminal.as_ref(),
            "branch" => self.body.branch.as_ref(),
            "staff" => self.body.staff.as_ref(),
            "policy" => Some(&self.institution),
            _ => None,
        }
    }
}

/// Compares an entry (its stored octets) with its envelope. `verify` is given the terminal that the entry names, the message that
/// was signed and the signature (ECDSA P-256, SHA-256, ASN.1), and says whether the terminal's key made it.
///
/// # Errors
/// What does not fit.
pub fn fits(entry: &[u8], verify: impl FnOnce(TerminalId, &[u8], &[u8]) -> bool) -> Result<Signed, &'static str> {
    let entry = Claim::read(entry).ok_or("the entry can't be read")?;
    if entry.actor.kind.0 != "staff" {
        return if entry.envelope.is_none() { Ok(Signed::Own) } else { Err("an envelope without a member of staff") };
    }
    let (Some(bytes), Some(signature)) = (&entry.envelope, &entry.signature) else {
        let all = entry.events.iter().all(Happened::own);
        return if all { Ok(Signed::Own) } else { Err("an act of staff without a signed envelope") };
    };
    let named = entry.actor.terminal.as_ref().and_then(|text| text.0.parse::<TerminalId>().ok());
    let terminal = named.ok_or("an act of staff without a terminal")?;
    if !verify(terminal, &message::envelope(&bytes.0), &signature.0) {
        return Err("the terminal's signature does not fit");
    }
    let envelope = Asked::read(&bytes.0).ok_or("the envelope can't be read")?;
    match entry.refused() {
        Some(command) if command != envelope.id.0 => Err("the refusal is of another command"),
        None if !entry.says(&envelope) => Err("the entry says something else than its envelope"),
        _ => Ok(Signed::Terminal { terminal, last_checkpoint: envelope.last_checkpoint }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use domain::id::{BranchCode, CommandId, CustomerId, SessionId};
    use domain::policy::PolicyCommand;
    use domain::{Actor, ErrorCode, Event, Subject};
    use uuid::Uuid;

    use super::*;
    use crate::golden::{administers, cut_off, entry, envelope, moves_customers, sought};
    use crate::{Body, Entry, Envelope, Recovered};

    const UNREADABLE: &str = "the entry can't be read";
    const UNSIGNED: &str = "an act of staff without a signed envelope";
    const DIFFERS: &str = "the entry says something else than its envelope";

    fn said(entry: &Entry) -> Result<Signed, &'static str> {
        fits(&entry.to_bytes().unwrap(), |_, _, _| true)
    }

    fn of(envelope: &Envelope) -> Option<Base64> {
        Some(Base64(envelope.to_bytes().unwrap()))
    }

    #[test]
    fn an_act_is_its_terminals() {
        let Actor::Staff { terminal, .. } = entry().actor else { unreachable!() };
        let signed = Signed::Terminal { terminal, last_checkpoint: envelope().last_checkpoint };
        assert_eq!(said(&entry()), Ok(signed));
        let mut asked = None;
        let refused = fits(&entry().to_bytes().unwrap(), |terminal, message, signature| {
            asked = Some((terminal, message.to_vec(), signature.to_vec()));
            false
        });
        assert_eq!(refused, Err("the terminal's signature does not fit"));
        let message = message::envelope(&envelope().to_bytes().unwrap());
        assert_eq!(asked, Some((terminal, message, entry().signature.unwrap().0)));
    }

    #[test]
    fn every_subject_is_the_one_its_envelope_is_for() {
        let branch: BranchCode = "011".parse().unwrap();
        let Body::Staff { staff, .. } = administers().body else { unreachable!() };
        let Body::Terminal { terminal, .. } = cut_off().body else { unreachable!() };
        let (change, institution) = (domain::id::PolicyChangeId(Uuid::nil()), envelope().institution);
        let policy = Envelope {
            body: Body::Policy { command: PolicyCommand::ConfirmPolicyChange { change } },
            attachment: None,
            ..envelope()
        };
        let kinds = [
            (administers(), Subject::Staff(staff)),
            (cut_off(), Subject::Terminal(terminal)),
            (moves_customers(), Subject::Branch(branch)),
            (policy, Subject::Policy(institution)),
        ];
        for (envelope, subject) in kinds {
            let entry = Entry { envelope: of(&envelope), attachment: None, ..entry() };
            assert_eq!(said(&entry), Err(DIFFERS));
            assert!(said(&Entry { subject, ..entry }).is_ok(), "{:?}", envelope.body);
        }
    }

    #[test]
    fn what_differs_does_not_fit() {
        let acted = |change: fn(&mut Actor)| {
            let mut entry = entry();
            change(&mut entry.actor);
            entry
        };
        let others = [
            Entry { id: CommandId(Uuid::from_u128(99)), ..entry() },
            Entry { institution: "nihon".parse().unwrap(), ..entry() },
            Entry { subject: Subject::Customer(CustomerId(Uuid::from_u128(99))), ..entry() },
            Entry { attachment: None, ..entry() },
            Entry { attachment: Some("00".repeat(32)), ..entry() },
            Entry { envelope: of(&Envelope { attachment: None, ..envelope() }), ..entry() },
            acted(|actor| {
                let Actor::Staff { session, .. } = actor else { unreachable!() };
                *session = SessionId(Uuid::from_u128(99));
            }),
            acted(|actor| {
                let Actor::Staff { staff, .. } = actor else { unreachable!() };
                *staff = "T1002".parse().unwrap();
            }),
            acted(|actor| {
                let Actor::Staff { terminal, .. } = actor else { unreachable!() };
                *terminal = TerminalId(Uuid::from_u128(99));
            }),
        ];
        for other in others {
            assert_eq!(said(&other), Err(DIFFERS), "{other:?}");
        }
    }

    #[test]
    fn the_centres_own_words_need_no_envelope_and_acts_do() {
        assert_eq!(said(&sought()), Ok(Signed::Own));
        let job = Entry { actor: Actor::System { job: "deadline".into() }, ..entry() };
        assert_eq!(said(&job), Err("an envelope without a member of staff"));
        assert_eq!(said(&Entry { envelope: None, signature: None, ..job }), Ok(Signed::Own));
        assert_eq!(said(&Entry { envelope: None, ..entry() }), Err(UNSIGNED));
        assert_eq!(said(&Entry { signature: None, ..entry() }), Err(UNSIGNED));
        let Actor::Staff { terminal, session, .. } = entry().actor else { unreachable!() };
        let signed_in = StaffEvent::SignedIn { terminal, session, over_lock: false, deputy: None };
        let words = |events: &[StaffEvent]| {
            let events = events.iter().cloned().map(Event::Staff).collect();
            said(&Entry { envelope: None, signature: None, events, ..entry() })
        };
        assert_eq!(words(std::slice::from_ref(&signed_in)), Ok(Signed::Own));
        assert_eq!(words(&[signed_in, StaffEvent::StaffLocked {}]), Err(UNSIGNED), "an act beside a sign-in");
    }

    #[test]
    fn a_refusal_is_of_its_own_command() {
        let refusal = |command| {
            let (command_kind, code) = ("approve_application".into(), ErrorCode::VersionConflict);
            let events = vec![Event::Access(AccessEvent::Refused { command, command_kind, code })];
            // It is about whatever was asked for; the entry stands at the terminal.
            Entry { subject: sought().subject, attachment: None, events, ..entry() }
        };
        assert!(said(&refusal(envelope().id)).is_ok());
        let other = CommandId(Uuid::from_u128(99));
        assert_eq!(said(&refusal(other)), Err("the refusal is of another command"));
    }

    #[test]
    fn junk_is_said_to_be_junk() {
        for junk in ["", "{}", "[]", "null", "{\"actor\":{\"kind\":\"staff\"}}"] {
            assert_eq!(fits(junk.as_bytes(), |_, _, _| true), Err(UNREADABLE), "{junk}");
        }
        let whole = entry().to_bytes().unwrap();
        assert_eq!(fits(&whole[..whole.len() - 1], |_, _, _| true), Err(UNREADABLE));
        // Who says a thing twice might be read in two ways.
        let twice = String::from_utf8(whole).unwrap().replacen("{\"v\":1,", "{\"v\":1,\"attachment\":null,", 1);
        assert_eq!(fits(twice.as_bytes(), |_, _, _| true), Err(UNREADABLE));
        let junk = Entry { envelope: Some(Base64(b"{\"id\":1}".to_vec())), ..entry() };
        assert_eq!(said(&junk), Err("the envelope can't be read"));
    }

    #[test]
    fn another_version_is_not_read_as_this_one() {
        let recovered = Recovered { epoch: 0, index: 1, at: entry().at };
        assert!(said(&Entry { v: 2, recovered: Some(recovered), ..entry() }).is_ok());
        for (v, recovered) in [(2, None), (1, Some(recovered)), (0, None), (3, Some(recovered))] {
            assert_eq!(said(&Entry { v, recovered, ..entry() }), Err(UNREADABLE), "{v} {recovered:?}");
        }
        for v in [0, 2] {
            let later = Entry { envelope: of(&Envelope { v, ..envelope() }), ..entry() };
            assert_eq!(said(&later), Err("the envelope can't be read"), "{v}");
        }
    }
}
