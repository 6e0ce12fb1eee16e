//! Who acts, and by what evidence. The centre fills this in from what it authenticated, never from what was claimed.

use serde::{Deserialize, Serialize};

use crate::id::{BranchCode, Serial, SessionId, StaffId, TerminalId};

/// What a member of staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 窓口担当
    Teller,
    /// 渉外担当
    SalesRep,
    /// 役席
    Supervisor,
    /// 事務部システム課
    HeadOffice,
    /// 監査
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] = [Role::Teller, Role::SalesRep, Role::Supervisor, Role::HeadOffice, Role::Auditor];

    /// May this role read every branch?
    pub fn reads_every_branch(self) -> bool {
        matches!(self, Role::HeadOffice | Role::Auditor)
    }

    /// May this role approve?
    pub fn approves(self) -> bool {
        matches!(self, Role::Supervisor | Role::HeadOffice)
    }
}

/// Who acted. Stored in entries: variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A member of staff at an enrolled terminal; the envelope and its signature are the evidence.
    Staff {
        /// Staff id.
        staff: StaffId,
        /// Role at the time.
        role: Role,
        /// The staff's branch at the time.
        branch: BranchCode,
        /// Terminal.
        terminal: TerminalId,
        /// Session at the centre.
        session: SessionId,
        /// 代行: role and branch are those this person stood in for.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        deputy: bool,
    },
    /// The customer on the pickup page.
    Customer {
        /// What the customer proved.
        evidence: Evidence,
    },
    /// A terminal itself, without a person (enrolment).
    Terminal {
        /// Terminal.
        terminal: TerminalId,
    },
    /// A job of the centre.
    System {
        /// Which job.
        job: String,
    },
    /// Somebody with the operator's command line at the centre.
    Operator {
        /// Account name on the server.
        name: String,
    },
}

impl Actor {
    /// Who acted, where it was a member of staff.
    pub fn staff(&self) -> Option<&StaffId> {
        match self {
            Self::Staff { staff, .. } => Some(staff),
            _ => None,
        }
    }
}

/// What a customer's act rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The pickup code and a PKCS#10 with proof of possession.
    PickupCode {
        /// SHA-256 of the PKCS#10's DER, hex.
        csr_sha256: String,
    },
    /// A signature with the certificate's own key over the centre's nonce.
    KeyConfirmation {
        /// SHA-256 of the signature, hex.
        signature_sha256: String,
    },
    /// The present certificate, shown in a TLS handshake that proved its key.
    MutualTls {
        /// Its serial number.
        serial: Serial,
        /// SHA-256 of the PKCS#10's DER, hex; empty where none was sent.
        csr_sha256: String,
    },
    /// The present certificate, and a signature with its key over the centre's nonce and the PKCS#10: for one that has
    /// expired, which no browser shows any more.
    HolderSignature {
        /// Its serial number.
        serial: Serial,
        /// SHA-256 of the signature, hex.
        signature_sha256: String,
        /// SHA-256 of the PKCS#10's DER, hex.
        csr_sha256: String,
    },
}
