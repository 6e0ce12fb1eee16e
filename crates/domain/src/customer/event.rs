//! What happened to a customer. Stored in entries for ever: variants and fields are only ever added, never changed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::command::{HandoverMethod, NewUser, PaperChecks, Request};
use super::state::SignedCertificate;
use crate::id::{ApplicationId, BranchCode, CertificateId, CifNumber, ContractNumber, ReceiptNumber, UserId};

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
    /// Not fetched in time.
    RightLapsed {
        /// Which.
        certificate: CertificateId,
    },
}
