//! The state of a customer, derived from the log. Kept as JSON in caches that can be thrown away; not frozen.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::command::{
    Advice, CustomerCommand, HandoverMethod, Happening, IncidentCause, PaperChecks, Request, StopScope,
};
use super::held::HoldReason;
use crate::actor::Actor;
use crate::id::{
    ApplicationId, BranchCode, CertificateId, CifNumber, CommandId, ContractNumber, CustomerId, IncidentId,
    ReceiptNumber, Serial, StaffId, UserId,
};
use crate::personal::{ApplicationDetails, CustomerDetails, IncidentDetails};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Number of events applied; a command says which version it was made against.
    pub version: u64,
    /// 店番; `None` before the first event.
    pub branch: Option<BranchCode>,
    /// 顧客番号; `None` before the first event.
    pub cif: Option<CifNumber>,
    /// Name and ways to reach; `None` after erasure.
    pub details: Option<CustomerDetails>,
    /// Contracts, oldest first.
    pub contracts: Vec<Contract>,
    /// Applications, oldest first.
    pub applications: Vec<Application>,
    /// Certificates and rights, oldest first.
    pub certificates: Vec<Certificate>,
    /// Reports of losses, oldest first.
    #[serde(default)]
    pub incidents: Vec<Incident>,
    /// Acts made off-line that wait for a supervisor, oldest first.
    #[serde(default)]
    pub held: Vec<HeldAct>,
    /// What was advised without changing anything, oldest first.
    #[serde(default)]
    pub advice: Vec<AdviceGiven>,
}

/// An act made off-line that waits for a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldAct {
    /// Its id.
    pub act: CommandId,
    /// Why.
    pub reason: HoldReason,
    /// What was asked for.
    pub command: CustomerCommand,
    /// Applicant and note; `None` after erasure.
    pub details: Option<ApplicationDetails>,
    /// Its author, with role and branch of the sign-in.
    pub actor: Actor,
    /// The desk's claim.
    pub made_at: DateTime<Utc>,
    /// When it arrived.
    pub at: DateTime<Utc>,
    /// A supervisor has accepted it, in the entry that is being applied.
    #[serde(default)]
    pub accepted: bool,
}

/// A report that ended in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceGiven {
    /// Whose.
    pub user: UserId,
    /// What was reported.
    pub happened: Happening,
    /// What was said.
    pub advice: Advice,
    /// By whom.
    pub by: Option<StaffId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A WEB-FB contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// 契約者番号.
    pub number: ContractNumber,
    /// Opened on.
    pub opened_on: NaiveDate,
    /// Still active?
    pub active: bool,
    /// From this day on nothing of it is good.
    #[serde(default)]
    pub closing_on: Option<NaiveDate>,
    /// The contract whose place it took (再契約).
    #[serde(default)]
    pub predecessor: Option<ContractNumber>,
    /// The contract that took its place.
    #[serde(default)]
    pub successor: Option<ContractNumber>,
    /// Its user IDs.
    pub users: Vec<User>,
}

/// A user ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// 利用者ID.
    pub id: UserId,
    /// Role in the contract.
    pub role: UserRole,
    /// 利用PC.
    pub device_label: String,
    /// How it logs in.
    pub login: LoginMethod,
    /// Left the contract (利用者ID削除)?
    #[serde(default)]
    pub removed: bool,
}

/// The role of a user ID in its contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum UserRole {
    /// 管理者, one a contract.
    Administrator,
    /// 承認者
    Approver,
    /// 一般者
    Operator,
}

/// How a user ID logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum LoginMethod {
    /// ID・パスワード方式
    Password,
    /// 電子証明書方式
    Certificate,
    /// 電子証明書方式, with a certificate that was not issued here: nothing of it is known or can be stopped here.
    Elsewhere,
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// 受付番号.
    pub receipt: ReceiptNumber,
    /// State.
    pub state: ApplicationState,
    /// What the customer signed.
    pub request: Request,
    /// What was checked.
    pub checks: PaperChecks,
    /// Received on.
    pub received_on: NaiveDate,
    /// Applicant and note; `None` after erasure.
    pub details: Option<ApplicationDetails>,
    /// Everybody who registered or corrected it: none of them may approve it.
    pub registered_by: BTreeSet<StaffId>,
    /// When it was last submitted.
    pub submitted_at: DateTime<Utc>,
    /// Who decided it last (approved, returned, rejected).
    pub decided_by: Option<StaffId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// The supervisor's last words; `None` if none, or after erasure.
    pub comment: Option<String>,
}

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ApplicationState {
    /// 承認待ち
    Submitted,
    /// 差戻し
    Returned,
    /// 否認
    Rejected,
    /// 取下げ
    Withdrawn,
    /// 承認済
    Approved,
    /// 完了
    Completed,
}

/// A certificate, from the right to fetch it to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// For which user ID.
    pub user: UserId,
    /// Of which contract.
    pub contract: ContractNumber,
    /// By which application.
    pub application: ApplicationId,
    /// For which PC.
    pub device_label: String,
    /// State.
    pub state: CertificateState,
    /// When the right was granted.
    pub granted_at: DateTime<Utc>,
    /// Last day of the pickup (JST).
    pub deadline: NaiveDate,
    /// Slips printed so far; 0 means there is no pickup code yet.
    pub slips: u32,
    /// The hand-over of the last slip.
    pub handover: Option<Handover>,
    /// What was signed.
    pub signed: Option<SignedFacts>,
    /// When it was signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// When it became usable.
    pub activated_at: Option<DateTime<Utc>>,
    /// Stopped by this report.
    #[serde(default)]
    pub held: Option<IncidentId>,
    /// Its revocation.
    #[serde(default)]
    pub revocation: Option<Revocation>,
    /// When it lapsed, was withdrawn or expired.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// The certificate it takes the place of, where its holder renewed that on-line; such a right has no pickup code.
    #[serde(default)]
    pub renews: Option<CertificateId>,
    /// Expired so long ago that it can't be replaced on-line any more.
    #[serde(default)]
    pub grace_over: bool,
}

/// The revocation of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Reason.
    pub reason: RevocationReason,
    /// When it was revoked.
    pub at: DateTime<Utc>,
    /// From when on it must not be trusted.
    pub invalid_from: Option<DateTime<Utc>>,
}

/// Why a certificate was revoked, in RFC 5280's words (section 5.3.1). Part of a stored event: frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
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

/// A report of a lost or stolen PC, or of suspected misuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// What was reported.
    pub cause: IncidentCause,
    /// Whose certificates were stopped.
    pub scope: StopScope,
    /// Who took the report; may not settle it.
    pub reported_by: Option<StaffId>,
    /// When the stop came into force.
    pub reported_at: DateTime<Utc>,
    /// Time of the loss, if known.
    pub lost_at: Option<DateTime<Utc>>,
    /// Caller and call-back number; `None` before they were asked, or after erasure.
    pub details: Option<IncidentDetails>,
    /// Day the 失効依頼書 arrived.
    pub paper_on: Option<NaiveDate>,
    /// When it was asked for again, oldest first.
    #[serde(default)]
    pub reminded: Vec<DateTime<Utc>>,
    /// Who set the check mark (事後検印).
    pub confirmed_by: Option<StaffId>,
    /// Why whoever sets the check mark should look closer.
    #[serde(default)]
    pub review: Option<HoldReason>,
    /// How it was settled.
    pub outcome: Option<IncidentOutcome>,
}

/// How a report was settled. Part of a stored event: frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum IncidentOutcome {
    /// 再開
    Resumed,
    /// 失効
    Revoked,
}

/// The hand-over of a slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// How.
    pub method: HandoverMethod,
    /// When.
    pub handed_on: NaiveDate,
    /// To whom; `None` after erasure.
    pub recipient: Option<String>,
    /// By whom.
    pub by: Option<StaffId>,
}

/// A signed certificate. Part of a stored event: frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedCertificate {
    /// Serial number.
    pub serial: Serial,
    /// SHA-256 of the SubjectPublicKeyInfo's DER, hex.
    pub key_sha256: String,
    /// Start of validity.
    pub not_before: DateTime<Utc>,
    /// End of validity.
    pub not_after: DateTime<Utc>,
    /// The certificate's DER, base64.
    pub der: String,
}

/// What a state knows of a signed certificate. The certificate itself stands in its event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedFacts {
    /// Serial number.
    pub serial: Serial,
    /// SHA-256 of the SubjectPublicKeyInfo's DER, hex.
    pub key_sha256: String,
    /// Start of validity.
    pub not_before: DateTime<Utc>,
    /// End of validity.
    pub not_after: DateTime<Utc>,
}

impl From<&SignedCertificate> for SignedFacts {
    fn from(signed: &SignedCertificate) -> Self {
        let SignedCertificate { serial, key_sha256, not_before, not_after, der: _ } = signed;
        Self { serial: serial.clone(), key_sha256: key_sha256.clone(), not_before: *not_before, not_after: *not_after }
    }
}

/// Where a certificate stands: one word each, the same on screen, paper, log and in code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum CertificateState {
    /// 発行済・未取得
    Authorised,
    /// 受渡中
    Signed,
    /// 有効
    Active,
    /// 一時停止
    Suspended,
    /// 失効
    Revoked,
    /// 期限切れ
    Expired,
    /// 取得期限切れ
    Lapsed,
    /// 取消
    Cancelled,
}

impl CertificateState {
    /// The word in databases and arguments.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authorised => "authorised",
            Self::Signed => "signed",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Lapsed => "lapsed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Usable: at most one a user ID.
    pub fn usable(self) -> bool {
        matches!(self, Self::Active | Self::Suspended)
    }

    /// Successor: at most one a user ID.
    pub fn successor(self) -> bool {
        matches!(self, Self::Authorised | Self::Signed)
    }
}

impl Certificate {
    /// Something that can still be used, fetched, or exchanged for a new one: what a stop or a revocation is about.
    pub fn alive(&self) -> bool {
        self.state.usable() || self.state.successor() || self.in_grace()
    }

    /// Expired, and its holder may still exchange it for a new one.
    pub fn in_grace(&self) -> bool {
        self.state == CertificateState::Expired && !self.grace_over
    }
}

impl ApplicationState {
    /// The word in databases and arguments.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Approved => "approved",
            Self::Completed => "completed",
        }
    }

    /// Open: it may still grant rights.
    pub fn open(self) -> bool {
        matches!(self, Self::Submitted | Self::Returned)
    }
}

impl Customer {
    /// A customer nobody has recorded yet.
    pub fn unknown(id: CustomerId) -> Self {
        Self {
            id,
            version: 0,
            branch: None,
            cif: None,
            details: None,
            contracts: Vec::new(),
            applications: Vec::new(),
            certificates: Vec::new(),
            incidents: Vec::new(),
            held: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// A contract by number.
    pub fn contract(&self, number: &ContractNumber) -> Option<&Contract> {
        self.contracts.iter().find(|c| c.number == *number)
    }

    /// An application by id.
    pub fn application(&self, id: ApplicationId) -> Option<&Application> {
        self.applications.iter().find(|a| a.id == id)
    }

    /// A certificate by id.
    pub fn certificate(&self, id: CertificateId) -> Option<&Certificate> {
        self.certificates.iter().find(|c| c.id == id)
    }

    /// A report by id.
    pub fn incident(&self, id: IncidentId) -> Option<&Incident> {
        self.incidents.iter().find(|i| i.id == id)
    }

    /// What a user ID has: its newest certificate or right, or else the one that may still be exchanged.
    pub fn newest_alive(&self, user: &UserId) -> Option<&Certificate> {
        let own = || self.certificates.iter().rev().filter(|c| c.user == *user);
        own().find(|c| c.state.usable() || c.state.successor()).or_else(|| own().find(|c| c.in_grace()))
    }

    /// The report that stops a certificate and is not settled.
    pub fn holding(&self, certificate: &Certificate) -> Option<&Incident> {
        certificate.held.and_then(|id| self.incident(id)).filter(|report| report.outcome.is_none())
    }

    /// Acts that wait for a supervisor. (An accepted stop stays in `held`, for its author and for when he made it.)
    pub fn waiting_acts(&self) -> impl Iterator<Item = &HeldAct> {
        self.held.iter().filter(|held| !held.accepted)
    }

    /// Everybody who brought a report in: none of them settles it.
    pub fn reporters<'a>(&'a self, report: &'a Incident) -> impl Iterator<Item = &'a StaffId> {
        let author = self.accepted_stop(report.id).and_then(|held| held.actor.staff());
        report.reported_by.iter().chain(author)
    }

    /// The stop that made a report, where a supervisor had to accept it first.
    pub fn accepted_stop(&self, incident: IncidentId) -> Option<&HeldAct> {
        self.held.iter().filter(|held| held.accepted).find(
            |held| matches!(held.command, CustomerCommand::SuspendCertificates { incident: of, .. } if of == incident),
        )
    }

    /// A user ID with its contract.
    pub fn user(&self, id: &UserId) -> Option<(&Contract, &User)> {
        self.contracts.iter().find_map(|c| c.users.iter().find(|u| u.id == *id).map(|u| (c, u)))
    }
}
