//! What the writer is asked to do: an act (a command that becomes an entry) and what is stored beside it.

use chrono::{DateTime, Utc};
use domain::branch::BranchCommand;
use domain::customer::{CustomerCommand, HeldCommand};
use domain::event::ViewKind;
use domain::id::{BranchCode, CertificateId, CommandId, CustomerId, InstitutionId, SessionId, StaffId, TerminalId};
use domain::institution::InstitutionEvent;
use domain::policy::PolicyCommand;
use domain::staff::StaffCommand;
use domain::terminal::TerminalCommand;
use domain::{Actor, ErrorCode, PersonalData, Refusal};
use serde::{Deserialize, Serialize};
use wire::api::terminal::DeskNote;

use super::job::octets;

/// A command on one of the aggregates.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Command {
    /// On a customer.
    Customer(CustomerId, CustomerCommand),
    /// On a customer, made off-line by somebody whose standing has changed since: a supervisor looks at it.
    Held(CustomerId, HeldCommand),
    /// On a member of staff.
    Staff(StaffId, StaffCommand),
    /// On a terminal.
    Terminal(TerminalId, TerminalCommand),
    /// The institution's own: already decided.
    Institution(InstitutionId, InstitutionEvent),
    /// On a branch.
    Branch(BranchCode, BranchCommand),
    /// On the policy.
    Policy(InstitutionId, PolicyCommand),
}

/// The signed envelope an act came in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sealed {
    /// The exact bytes.
    #[serde(with = "octets")]
    pub envelope: Vec<u8>,
    /// The terminal's signature.
    #[serde(with = "octets")]
    pub signature: Vec<u8>,
    /// SHA-256 over everything that was sent, for the replay check.
    pub request_sha256: String,
    /// The command's kind, for the entry of a refusal.
    pub kind: String,
}

/// Personal data with the exact bytes that travel beside the entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attached {
    /// Bytes to store.
    #[serde(with = "octets")]
    pub bytes: Vec<u8>,
    /// What they say.
    pub data: PersonalData,
}

/// One act.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Act {
    /// The entry's id.
    pub id: CommandId,
    /// Who, as authenticated.
    pub actor: Actor,
    /// What.
    pub command: Command,
    /// The version that was on screen.
    pub expected_version: Option<u64>,
    /// Personal data.
    pub attached: Option<Attached>,
    /// The envelope.
    pub sealed: Option<Sealed>,
    /// Stored in the same transaction, if the act is accepted.
    pub asides: Vec<Aside>,
}

impl Act {
    /// A new act, with nothing beside it.
    pub fn new(actor: Actor, command: Command) -> Self {
        let (expected_version, attached, sealed, asides) = Default::default();
        Self { id: CommandId(uuid::Uuid::now_v7()), actor, command, expected_version, attached, sealed, asides }
    }
}

/// Something an authenticated member of staff was refused: becomes an entry of kind access.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refused {
    /// The command's id, as claimed.
    pub command: CommandId,
    /// Who, as authenticated. Anybody but staff leaves no entry.
    pub actor: Actor,
    /// The command's kind, as claimed.
    pub kind: String,
    /// Why.
    pub code: ErrorCode,
    /// Envelope and signature, where the signature was good.
    pub sealed: Option<(Vec<u8>, Vec<u8>)>,
}

/// A member of staff looked for whom a stop would hit: becomes an entry of kind access.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sought {
    /// Who, as authenticated.
    pub actor: Actor,
    /// Whose log it belongs to: the customer's branch, or (nobody found) that of the one who looked.
    pub branch: BranchCode,
    /// What was looked for.
    pub sought: String,
    /// Who was found.
    pub customer: Option<CustomerId>,
}

/// An auditor is shown personal data: becomes an entry of kind access.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Looked {
    /// Who, as authenticated.
    pub actor: Actor,
    /// Whose log it belongs to.
    pub branch: BranchCode,
    /// Where.
    pub what: ViewKind,
    /// Whose.
    pub customers: Vec<CustomerId>,
    /// How many.
    pub count: u32,
}

/// A terminal was heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Which.
    pub terminal: TerminalId,
    /// When.
    pub at_ms: i64,
    /// What it told.
    pub note: DeskNote,
}

/// Secrets, counters and mails outside the log.
#[derive(Clone, Serialize, Deserialize)]
pub enum Aside {
    /// The pickup code in force; ends the former one and a fetch that was begun with it.
    PickupCode {
        certificate: CertificateId,
        #[serde(with = "octets")]
        hmac: Vec<u8>,
    },
    /// A new password, or a half of one: what becomes of it, the events of its act say.
    Password { staff: StaffId, hash: String },
    /// One more wrong password.
    WrongPassword { staff: StaffId },
    /// Wrong passwords so far.
    Tries { staff: StaffId, tries: i64, locked_until_ms: i64 },
    /// A session begins.
    Session { session: SessionId, token_sha256: String, staff: StaffId, terminal: TerminalId, expires_ms: i64 },
    /// A session ends.
    EndSession { session: SessionId },
    /// Sessions that ended by themselves are forgotten.
    Sweep { expired_before_ms: i64 },
    /// A terminal is invited.
    Invitation { code_sha256: String, terminal: TerminalId, expires_ms: i64 },
    /// The certificate an invitation led to: the first answer, for a repeated enrolment.
    Enrolled {
        terminal: TerminalId,
        #[serde(with = "octets")]
        certificate: Vec<u8>,
    },
    /// A certificate a terminal was given in the place of the one before.
    TerminalCertificate {
        terminal: TerminalId,
        #[serde(with = "octets")]
        certificate: Vec<u8>,
        not_before_ms: i64,
        not_after_ms: i64,
    },
    /// The sessions at a terminal end.
    EndSessions { terminal: TerminalId },
    /// What terminals told of themselves.
    Contacts(Vec<Contact>),
    /// One more wrong pickup code of an address for a user ID; the last one of `most` locks it.
    WrongCode { user: String, address: String, most: i64, locked_until_ms: i64 },
    /// What became of a mail.
    Mail(crate::mail::queue::Mark),
}

impl std::fmt::Debug for Aside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Aside(…)")
    }
}

/// An act became an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Its place.
    pub index: u64,
    /// The subject's version after it.
    pub version: u64,
    /// The centre's time.
    pub at: DateTime<Utc>,
}

/// The answer to an act.
pub type Answer = Result<Accepted, Refusal>;
