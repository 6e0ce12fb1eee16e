//! How a conversation ends, and what the last screen before the confirmation says about it.

use serde::{Deserialize, Serialize};

use crate::customer::{Happening, IncidentCause, ReissueCause, RevocationReason, UserRole};
use crate::id::{CertificateId, ContractNumber, IncidentId, UserId};

/// Whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// One user ID, that is: one PC.
    User(UserId),
    /// Every user ID of a contract.
    Contract(ContractNumber),
}

/// What is to be done: exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Stop at once; approval comes after.
    SuspendNow {
        /// As what.
        cause: IncidentCause,
    },
    /// End it for good.
    Revoke {
        /// How.
        path: RevokePath,
    },
    /// A new certificate.
    Reissue {
        /// Why; when the old one ends follows from it.
        cause: ReissueCause,
    },
    /// Restore from the customer's backup; no certificate changes.
    Restore,
    /// Print a new pickup code for the right that is waiting.
    NewPickupCode {
        /// That right.
        certificate: CertificateId,
    },
    /// No certificate changes; the note says why.
    NothingToDo,
}

/// The way a revocation is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokePath {
    /// Application 利用者ID削除.
    RemoveUser,
    /// Application 解約.
    CloseContract,
    /// Application 再契約: the old certificates end, new ones are fetched.
    Recontract,
    /// A supervisor settles the report that stopped it.
    SettleReport {
        /// Which.
        incident: IncidentId,
    },
}

/// What else has to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Have the PC checked for malware before anything is issued again.
    MalwareCheck,
    /// The customer has no user ID or contract this could be about.
    NobodyThere,
    /// The user ID logs in with ID and password, or never got a certificate.
    NoCertificate,
    /// What it had has ended.
    EndedAlready,
    /// It is stopped, and the report stays open.
    StoppedAlready,
    /// The report that stopped it must be settled first.
    SettleFirst,
    /// A supervisor who did not take the report resumes it.
    SupervisorResumes,
    /// A supervisor who did not take the report revokes it, once the 失効依頼書 is there.
    SupervisorSettles,
    /// An application about it is under way.
    ApplicationOpen,
    /// Begun and not confirmed: goes on on the PC where it was begun, or lapses at the deadline.
    Unconfirmed,
    /// The deadline has just passed; the centre is about to record that.
    DeadlineJustPassed,
    /// It was fetched, nothing is waiting.
    FetchedAlready,
    /// A renewal is under way; it has no code.
    RenewsOnline,
    /// The customer's own administrator reissues it (policy).
    CustomersAdministrator,
    /// The contract has a closing day already.
    ContractCloses,
}

/// Why a relying party will refuse it, in RFC 5280's words (section 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// certificateHold (6)
    CertificateHold,
    /// keyCompromise (1)
    KeyCompromise,
    /// affiliationChanged (3)
    AffiliationChanged,
    /// superseded (4)
    Superseded,
    /// cessationOfOperation (5)
    CessationOfOperation,
    /// privilegeWithdrawn (9)
    PrivilegeWithdrawn,
}

impl From<RevocationReason> for Reason {
    fn from(reason: RevocationReason) -> Self {
        match reason {
            RevocationReason::KeyCompromise => Self::KeyCompromise,
            RevocationReason::AffiliationChanged => Self::AffiliationChanged,
            RevocationReason::Superseded => Self::Superseded,
            RevocationReason::CessationOfOperation => Self::CessationOfOperation,
            RevocationReason::PrivilegeWithdrawn => Self::PrivilegeWithdrawn,
        }
    }
}

/// When it comes into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// With the confirmation.
    Now,
    /// When a supervisor approves.
    AtApproval,
    /// When the customer has confirmed the new certificate.
    NewConfirmed,
    /// On the closing day.
    ClosingDay,
    /// When a supervisor settles the report, after the paper has arrived.
    AfterPaper,
}

/// What becomes of a user ID's certificate or right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Suspended.
    Suspended,
    /// The right can't be fetched.
    Frozen,
    /// Revoked.
    Revoked,
    /// The right is withdrawn.
    Cancelled,
    /// Nothing.
    Kept,
}

/// A user ID it is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// 利用者ID.
    pub user: UserId,
    /// Its role, where the contract still knows it.
    pub role: Option<UserRole>,
    /// 利用PC.
    pub device_label: String,
    /// What becomes of it.
    pub effect: Effect,
}

/// The end of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What happened.
    pub happened: Happening,
    /// To whom; `None` when there is nobody.
    pub whose: Option<Whose>,
    /// What to do.
    pub outcome: Outcome,
    /// What else to say.
    pub note: Option<Note>,
    /// The reason relying parties will be told; `None`: they are told nothing new.
    pub reason: Option<Reason>,
    /// The reason that follows unless the certificates are resumed.
    pub later: Option<Reason>,
    /// When; `None` where nothing happens.
    pub when: Option<When>,
    /// To whom what is done.
    pub touched: Vec<Touched>,
}

impl Ending {
    pub(super) fn nobody(happened: Happening) -> Self {
        let (outcome, note) = (Outcome::NothingToDo, Some(Note::NobodyThere));
        Self { happened, whose: None, outcome, note, reason: None, later: None, when: None, touched: Vec::new() }
    }
}
