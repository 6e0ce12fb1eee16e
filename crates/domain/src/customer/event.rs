//! What happened to a customer. Stored in entries for ever: variants and fields are only ever added, never changed.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::command::{
    Advice, CustomerCommand, HandoverMethod, Happening, IncidentCause, NewUser, PaperChecks, Request, StopScope,
};
use super::held::HoldReason;
use super::state::{IncidentOutcome, RevocationReason, SignedCertificate};
use crate::id::{
    ApplicationId, BranchCode, CertificateId, CifNumber, CommandId, ContractNumber, IncidentId, ReceiptNumber, UserId,
};

/// An event on a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CustomerEvent {
    /// Recorded (attachment: `Customer`).
    CustomerRecorded {
        /// 店番.
        branch: BranchCode,
        /// 顧客番号.
        cif: CifNumber,
    },
    /// 移管: from now on another branch's, with everything that was recorded.
    CustomerMoved {
        /// 店番 until now.
        from: BranchCode,
        /// 店番 from now on.
        branch: BranchCode,
        /// 顧客番号 there.
        cif: CifNumber,
    },
    /// A contract of the banking system was taken over.
    ContractRecorded {
        /// 契約者番号.
        contract: ContractNumber,
        /// Opened on.
        opened_on: NaiveDate,
        /// Closed already?
        closed: bool,
        /// User IDs, in ID・パスワード方式.
        users: Vec<NewUser>,
        /// Those of them that log in with a certificate which was not issued here.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        elsewhere: Vec<UserId>,
    },
    /// Submitted for the first time (attachment: `Application`).
    ApplicationSubmitted {
        /// Which.
        application: ApplicationId,
        /// 受付番号.
        receipt: ReceiptNumber,
        /// What the customer signed.
        request: Request,
        /// What was checked.
        checks: PaperChecks,
        /// Received on.
        received_on: NaiveDate,
    },
    /// Submitted again after a return (attachment: `Application`).
    ApplicationResubmitted {
        /// Which.
        application: ApplicationId,
        /// What the customer signed.
        request: Request,
        /// What was checked.
        checks: PaperChecks,
        /// Received on.
        received_on: NaiveDate,
    },
    /// Taken back.
    ApplicationWithdrawn {
        /// Which.
        application: ApplicationId,
    },
    /// Approved.
    ApplicationApproved {
        /// Which.
        application: ApplicationId,
    },
    /// Returned (attachment: `Comment`).
    ApplicationReturned {
        /// Which.
        application: ApplicationId,
    },
    /// Rejected (attachment: `Comment`).
    ApplicationRejected {
        /// Which.
        application: ApplicationId,
    },
    /// Every right of it was used or ended.
    ApplicationCompleted {
        /// Which.
        application: ApplicationId,
    },
    /// A new contract began.
    ContractOpened {
        /// 契約者番号.
        contract: ContractNumber,
        /// Opened on.
        opened_on: NaiveDate,
    },
    /// A user ID was added to a contract.
    UserAdded {
        /// The contract.
        contract: ContractNumber,
        /// The user ID.
        user: NewUser,
    },
    /// The right to fetch one certificate was granted.
    RightGranted {
        /// The certificate to be.
        certificate: CertificateId,
        /// For which user ID.
        user: UserId,
        /// Of which contract.
        contract: ContractNumber,
        /// By which application.
        application: ApplicationId,
        /// For which PC.
        device_label: String,
        /// Last day of the pickup (JST).
        deadline: NaiveDate,
    },
    /// A slip with a new pickup code was printed; the former code ended.
    SlipPrinted {
        /// Which right.
        certificate: CertificateId,
        /// 1 for the first.
        number: u32,
    },
    /// The code of the last slip was lost with the centre's database: the right needs a new one.
    PickupCodeLost {
        /// Which right.
        certificate: CertificateId,
    },
    /// The slip was handed over (attachment: `Handover`).
    SlipHandedOver {
        /// Which right.
        certificate: CertificateId,
        /// How.
        method: HandoverMethod,
        /// When.
        handed_on: NaiveDate,
    },
    /// Signed and on hold until confirmed.
    CertificateSigned {
        /// Which.
        certificate: CertificateId,
        /// What was signed.
        signed: SignedCertificate,
    },
    /// Confirmed with the new key: usable from now on.
    CertificateActivated {
        /// Which.
        certificate: CertificateId,
    },
    /// A loss was reported and the stop is in force.
    IncidentReported {
        /// Which report.
        incident: IncidentId,
        /// What was reported.
        cause: IncidentCause,
        /// Whose.
        scope: StopScope,
    },
    /// A usable certificate was suspended (RFC 5280 certificateHold).
    CertificateSuspended {
        /// Which.
        certificate: CertificateId,
        /// By which report.
        incident: IncidentId,
    },
    /// A right not yet used was frozen.
    RightFrozen {
        /// Which.
        certificate: CertificateId,
        /// By which report.
        incident: IncidentId,
    },
    /// What the caller said (attachment: `Incident`).
    IncidentRecorded {
        /// Which report.
        incident: IncidentId,
        /// Time of the loss, if known.
        lost_at: Option<DateTime<Utc>>,
    },
    /// The sealed 失効依頼書 arrived.
    RevocationPaperReceived {
        /// Which report.
        incident: IncidentId,
        /// When.
        received_on: NaiveDate,
    },
    /// 事後検印.
    IncidentConfirmed {
        /// Which report.
        incident: IncidentId,
    },
    /// Works again.
    CertificateResumed {
        /// Which.
        certificate: CertificateId,
    },
    /// May be fetched again.
    RightReleased {
        /// Which.
        certificate: CertificateId,
    },
    /// Revoked for good.
    CertificateRevoked {
        /// Which.
        certificate: CertificateId,
        /// RFC 5280 reason.
        reason: RevocationReason,
        /// From when on it must not be trusted (RFC 5280 invalidityDate).
        invalid_from: Option<DateTime<Utc>>,
    },
    /// A right was withdrawn before it was used.
    RightCancelled {
        /// Which.
        certificate: CertificateId,
    },
    /// The report was settled.
    IncidentClosed {
        /// Which report.
        incident: IncidentId,
        /// How.
        outcome: IncidentOutcome,
    },
    /// The 失効依頼書 was asked for again.
    PaperReminderRecorded {
        /// Which report.
        incident: IncidentId,
    },
    /// What the customer was told to do; no certificate changed.
    AdviceGiven {
        /// Whose.
        user: UserId,
        /// What was reported.
        happened: Happening,
        /// What was said.
        advice: Advice,
    },
    /// The holder of a certificate may fetch its successor; user ID, contract, application and PC are those of the present
    /// one.
    RenewalGranted {
        /// The successor to be.
        certificate: CertificateId,
        /// The present one.
        replaces: CertificateId,
        /// Last day of the fetch (JST).
        deadline: NaiveDate,
    },
    /// Not fetched in time.
    RightLapsed {
        /// Which.
        certificate: CertificateId,
    },
    /// Its validity ended.
    CertificateExpired {
        /// Which.
        certificate: CertificateId,
    },
    /// The time in which an expired certificate could be replaced on-line is over.
    GraceEnded {
        /// Which.
        certificate: CertificateId,
    },
    /// The contract will end (解約 or 再契約).
    ContractClosing {
        /// 契約者番号.
        contract: ContractNumber,
        /// From this day on (JST) nothing of it is good.
        closing_on: NaiveDate,
    },
    /// The contract has ended.
    ContractClosed {
        /// 契約者番号.
        contract: ContractNumber,
    },
    /// 再契約: one contract takes the other's place.
    ContractLinked {
        /// The old one.
        old: ContractNumber,
        /// The new one.
        new: ContractNumber,
    },
    /// A user ID goes on under the same string in another contract.
    UserMoved {
        /// From this contract,
        from: ContractNumber,
        /// to this one.
        contract: ContractNumber,
        /// As it is there.
        user: NewUser,
    },
    /// A user ID left its contract for good.
    UserRemoved {
        /// Its contract.
        contract: ContractNumber,
        /// Which.
        user: UserId,
    },
    /// Name and ways to reach are now those of an application's attachment.
    CustomerChanged {
        /// Which application.
        application: ApplicationId,
    },
    /// An application that was made off-line waits for a supervisor: its author's standing has changed since
    /// (attachment: `Application`).
    ActHeld {
        /// Its id: the envelope's, and this entry's.
        act: CommandId,
        /// Why.
        reason: HoldReason,
        /// The desk's clock when it was made: a claim.
        made_at: DateTime<Utc>,
        /// What was asked for.
        command: Box<CustomerCommand>,
    },
    /// A supervisor accepted it: what follows in the entry counts as its author's.
    HeldActAccepted {
        /// Which.
        act: CommandId,
    },
    /// A supervisor dismissed it (attachment: `Comment`).
    HeldActDismissed {
        /// Which.
        act: CommandId,
    },
    /// The stop is in force, and whoever sets the check mark looks closer: its author's standing has changed since.
    StopToReview {
        /// Which report.
        incident: IncidentId,
        /// Why.
        reason: HoldReason,
    },
}

impl CustomerEvent {
    /// The certificate whose state it changes.
    pub fn certificate(&self) -> Option<CertificateId> {
        match self {
            Self::CertificateSigned { certificate, .. }
            | Self::CertificateActivated { certificate }
            | Self::CertificateSuspended { certificate, .. }
            | Self::CertificateResumed { certificate }
            | Self::CertificateRevoked { certificate, .. }
            | Self::RightFrozen { certificate, .. }
            | Self::RightReleased { certificate }
            | Self::RightCancelled { certificate }
            | Self::RenewalGranted { certificate, .. }
            | Self::RightLapsed { certificate }
            | Self::CertificateExpired { certificate }
            | Self::GraceEnded { certificate } => Some(*certificate),
            _ => None,
        }
    }
}
