//! What is asked for. The serde form is the body of an envelope (wire API v1) and therefore frozen: only additions.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::state::{Customer, RevocationReason, SignedCertificate, UserRole};
use crate::id::{ApplicationId, BranchCode, CertificateId, CifNumber, CommandId, ContractNumber, IncidentId, UserId};

/// A command on a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum CustomerCommand {
    /// Record a customer (attachment: `Customer`).
    RecordCustomer {
        /// 店番.
        branch: BranchCode,
        /// 顧客番号.
        cif: CifNumber,
    },
    /// Take over a contract that exists in the banking system (operator's import).
    RecordContract {
        /// 契約者番号.
        contract: ContractNumber,
        /// Opened on.
        opened_on: NaiveDate,
        /// Closed already?
        closed: bool,
        /// Its user IDs, in ID・パスワード方式.
        users: Vec<NewUser>,
    },
    /// Submit an application (attachment: `Application`).
    SubmitApplication {
        /// Drawn by the desk.
        application: ApplicationId,
        /// What the customer signed.
        request: Request,
        /// What was checked on the paper.
        checks: PaperChecks,
        /// Day the paper was received (JST).
        received_on: NaiveDate,
    },
    /// Submit a returned application again, corrected (attachment: `Application`).
    ResubmitApplication {
        /// Which.
        application: ApplicationId,
        /// What the customer signed.
        request: Request,
        /// What was checked on the paper.
        checks: PaperChecks,
        /// Day the paper was received (JST).
        received_on: NaiveDate,
    },
    /// Take an application back before it is approved.
    WithdrawApplication {
        /// Which.
        application: ApplicationId,
    },
    /// Approve: the rights to fetch are granted.
    ApproveApplication {
        /// Which.
        application: ApplicationId,
    },
    /// Return for correction (attachment: `Comment`).
    ReturnApplication {
        /// Which.
        application: ApplicationId,
    },
    /// Reject for good (attachment: `Comment`).
    RejectApplication {
        /// Which.
        application: ApplicationId,
    },
    /// Print the slip with a new pickup code, whose SHA-256 travels beside the envelope.
    PrintSlip {
        /// Which right.
        certificate: CertificateId,
    },
    /// Record to whom the slip was handed (attachment: `Handover`).
    RecordHandover {
        /// Which right.
        certificate: CertificateId,
        /// How.
        method: HandoverMethod,
        /// On which day (JST).
        handed_on: NaiveDate,
    },
    /// The customer fetched: the centre signed this certificate.
    FetchCertificate {
        /// Which right.
        certificate: CertificateId,
        /// What was signed.
        signed: SignedCertificate,
    },
    /// The customer proved possession: the certificate becomes usable.
    ConfirmCertificate {
        /// Which.
        certificate: CertificateId,
    },
    /// Stop at once, before anything is asked: certificates are suspended, rights not yet fetched are frozen.
    SuspendCertificates {
        /// Drawn by the desk.
        incident: IncidentId,
        /// What was reported.
        cause: IncidentCause,
        /// Whose.
        scope: StopScope,
    },
    /// What the caller said, asked after the stop (attachment: `Incident`).
    RecordIncident {
        /// Which report.
        incident: IncidentId,
        /// When the PC was lost, as far as the caller knows.
        lost_at: Option<DateTime<Utc>>,
    },
    /// The sealed 失効依頼書 has arrived.
    RecordRevocationPaper {
        /// Which report.
        incident: IncidentId,
        /// On which day (JST).
        received_on: NaiveDate,
    },
    /// 事後検印: a supervisor confirms the stop.
    ConfirmIncident {
        /// Which report.
        incident: IncidentId,
    },
    /// The PC was found: what was stopped works again.
    ResumeIncident {
        /// Which report.
        incident: IncidentId,
        /// Was it ever out of the customer's control?
        out_of_control: bool,
    },
    /// Revoke what was stopped, for good.
    RevokeIncident {
        /// Which report.
        incident: IncidentId,
    },
    /// The sealed 失効依頼書 was asked for again (督促).
    RecordPaperReminder {
        /// Which report.
        incident: IncidentId,
    },
    /// What the customer was told to do at a report that changes no certificate.
    RecordAdvice {
        /// Whose.
        user: UserId,
        /// What the customer reported.
        happened: Happening,
        /// What was said.
        advice: Advice,
    },
    /// The holder replaces a certificate on-line, shown at the door (mutual TLS): before it ends, or in the grace after it.
    RenewCertificate {
        /// The present one.
        certificate: CertificateId,
        /// Begin again: a successor that was begun before, with a key that is gone, ends.
        again: bool,
    },
    /// An act that was made off-line and held counts after all.
    AcceptHeldAct {
        /// Which.
        act: CommandId,
    },
    /// An act that was made off-line and held does not count (attachment: `Comment`).
    DismissHeldAct {
        /// Which.
        act: CommandId,
    },
    /// Take over a customer of the banking system with contracts, in one entry (attachment: `Customer`); or further contracts
    /// of one that is known (no attachment).
    ImportCustomer {
        /// 店番.
        branch: BranchCode,
        /// 顧客番号.
        cif: CifNumber,
        /// Contracts.
        contracts: Vec<KnownContract>,
    },
    /// 移管: the customer goes over to another branch, with everything that was recorded.
    MoveCustomer {
        /// 店番 from now on.
        branch: BranchCode,
        /// 顧客番号 there; the same, unless it is taken.
        cif: CifNumber,
    },
    /// The deadline has passed (job of the centre).
    LapseRight {
        /// Which right.
        certificate: CertificateId,
    },
    /// Its validity has ended (job of the centre).
    ExpireCertificate {
        /// Which.
        certificate: CertificateId,
    },
    /// The time after its end in which it could be replaced on-line is over (job of the centre).
    EndGrace {
        /// Which.
        certificate: CertificateId,
    },
    /// The closing day has come (job of the centre).
    CloseContract {
        /// 契約者番号.
        contract: ContractNumber,
    },
}

impl CustomerCommand {
    /// The application it registers.
    pub fn application(&self) -> Option<ApplicationId> {
        match self {
            Self::SubmitApplication { application, .. } | Self::ResubmitApplication { application, .. } => {
                Some(*application)
            }
            _ => None,
        }
    }

    /// May it happen while the centre, put back from a backup, collects what came after that? Only a stop may, with what the
    /// caller said: everything else would build on a state of which nobody knows whether it is the last one.
    pub fn while_recovering(&self) -> bool {
        matches!(self, Self::SuspendCertificates { .. } | Self::RecordIncident { .. })
    }

    /// The kind, as in the serde tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RecordCustomer { .. } => "record_customer",
            Self::RecordContract { .. } => "record_contract",
            Self::SubmitApplication { .. } => "submit_application",
            Self::ResubmitApplication { .. } => "resubmit_application",
            Self::WithdrawApplication { .. } => "withdraw_application",
            Self::ApproveApplication { .. } => "approve_application",
            Self::ReturnApplication { .. } => "return_application",
            Self::RejectApplication { .. } => "reject_application",
            Self::PrintSlip { .. } => "print_slip",
            Self::RecordHandover { .. } => "record_handover",
            Self::FetchCertificate { .. } => "fetch_certificate",
            Self::ConfirmCertificate { .. } => "confirm_certificate",
            Self::SuspendCertificates { .. } => "suspend_certificates",
            Self::RecordIncident { .. } => "record_incident",
            Self::RecordRevocationPaper { .. } => "record_revocation_paper",
            Self::ConfirmIncident { .. } => "confirm_incident",
            Self::ResumeIncident { .. } => "resume_incident",
            Self::RevokeIncident { .. } => "revoke_incident",
            Self::RecordPaperReminder { .. } => "record_paper_reminder",
            Self::RecordAdvice { .. } => "record_advice",
            Self::RenewCertificate { .. } => "renew_certificate",
            Self::AcceptHeldAct { .. } => "accept_held_act",
            Self::DismissHeldAct { .. } => "dismiss_held_act",
            Self::ImportCustomer { .. } => "import_customer",
            Self::MoveCustomer { .. } => "move_customer",
            Self::LapseRight { .. } => "lapse_right",
            Self::ExpireCertificate { .. } => "expire_certificate",
            Self::EndGrace { .. } => "end_grace",
            Self::CloseContract { .. } => "close_contract",
        }
    }
}

/// Why certificates are stopped at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum IncidentCause {
    /// 紛失
    Lost,
    /// 盗難
    Stolen,
    /// 不正利用の疑い
    Misuse,
}

/// What brought a customer to the branch, in the branch's words. Part of a stored event: frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// 紛失
    Lost,
    /// 盗難
    Stolen,
    /// 不正利用の疑い
    Misuse,
    /// 故障・修理・再インストール
    Broken,
    /// 電子証明書が消えた
    Gone,
    /// PC入替
    Replaced,
    /// 取得期限切れ・コード紛失
    NotFetched,
    /// 利用者の退職・PCの減少
    Left,
    /// 解約
    Closed,
    /// 再契約
    Recontract,
    /// 名義変更
    Renamed,
}

/// What the customer was told to do. Part of a stored event: frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Restore the certificate from the administrator's backup.
    RestoreBackup,
    /// There is nothing to do for the branch.
    NothingToDo,
}

/// Whose certificates are stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum StopScope {
    /// Of one user ID.
    User {
        /// 利用者ID.
        user: UserId,
    },
    /// Of every user ID of a contract.
    Contract {
        /// 契約者番号.
        contract: ContractNumber,
    },
}

/// What the customer applies for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Chosen user IDs of a contract move from ID・パスワード方式 to 電子証明書方式.
    MoveToCertificate {
        /// The contract.
        contract: ContractNumber,
        /// The user IDs, each with the PC it is for.
        users: Vec<ChosenUser>,
    },
    /// A new contract, in 電子証明書方式 from the start.
    NewContract {
        /// The number the banking system gave.
        contract: ContractNumber,
        /// Its user IDs.
        users: Vec<NewUser>,
    },
    /// One more user ID for one more PC.
    AddUser {
        /// The contract.
        contract: ContractNumber,
        /// The user ID.
        user: NewUser,
    },
    /// New certificates for user IDs that had one.
    Reissue {
        /// The contract.
        contract: ContractNumber,
        /// What happened.
        cause: ReissueCause,
        /// The user IDs, each with the PC it is for.
        users: Vec<ChosenUser>,
    },
    /// 利用者ID削除: a user left, one PC fewer.
    RemoveUsers {
        /// The contract.
        contract: ContractNumber,
        /// The user IDs.
        users: Vec<UserId>,
    },
    /// 解約: the contract ends, and with it every certificate of it.
    Close {
        /// The contract.
        contract: ContractNumber,
        /// From this day on (JST) nothing of it is good; may lie ahead.
        closing_on: NaiveDate,
    },
    /// 再契約: a new contract takes an old one's place.
    Recontract {
        /// The new contract's number.
        contract: ContractNumber,
        /// The old contract.
        old: ContractNumber,
        /// The old one's certificates end on this day (JST); may lie ahead.
        closing_on: NaiveDate,
        /// The new ones may be fetched from this day on (JST).
        opened_on: NaiveDate,
        /// Which user IDs go on, and how they are called in the new contract.
        users: Vec<MovedUser>,
    },
    /// 名義変更: the attachment holds the new name; chosen user IDs get a new certificate.
    Rename {
        /// The contract of the user IDs.
        contract: ContractNumber,
        /// The user IDs, may be none.
        users: Vec<ChosenUser>,
    },
    /// 強制停止 by head office: revoked at approval.
    ForceStop {
        /// The contract.
        contract: ContractNumber,
        /// The user IDs.
        users: Vec<UserId>,
    },
}

/// A contract of the banking system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownContract {
    /// 契約者番号.
    pub number: ContractNumber,
    /// Opened on.
    pub opened_on: NaiveDate,
    /// Closed already?
    pub closed: bool,
    /// User IDs, in ID・パスワード方式.
    pub users: Vec<NewUser>,
    /// Those of them that log in with a certificate which was not issued here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<UserId>,
}

/// A user ID of an old contract in the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedUser {
    /// 利用者ID in the old contract.
    pub from: UserId,
    /// In the new one: the same string or another, as the policy has it.
    pub user: NewUser,
}

/// Why a certificate is reissued. When the old one ends, and with which reason, follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ReissueCause {
    /// 故障・修理・再インストール, the disk never left the customer's hands.
    Broken,
    /// 故障・修理, and the disk left the customer's hands.
    DiskLeft,
    /// 誤削除, by somebody who remembers doing it.
    Deleted,
    /// Gone, and nobody remembers deleting it: malware does that to have one reissued.
    Vanished,
    /// PC入替
    Replaced,
    /// 名義変更
    Renamed,
    /// After a revocation, or where the right lapsed: there is no old one.
    Ended,
}

impl ReissueCause {
    /// The RFC 5280 reason for the old certificate, and whether it ends at once (or when the new one is confirmed).
    pub fn ends(self) -> (RevocationReason, bool) {
        match self {
            Self::DiskLeft | Self::Vanished => (RevocationReason::KeyCompromise, true),
            Self::Renamed => (RevocationReason::AffiliationChanged, false),
            Self::Broken | Self::Deleted | Self::Replaced | Self::Ended => (RevocationReason::Superseded, false),
        }
    }
}

/// A user ID that exists, and the PC it will be for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenUser {
    /// 利用者ID.
    pub user: UserId,
    /// 利用PC.
    pub device_label: String,
}

/// A user ID that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// 利用者ID.
    pub user: UserId,
    /// Role in the contract.
    pub role: UserRole,
    /// 利用PC.
    pub device_label: String,
}

/// What a member of staff checked on the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperChecks {
    /// The registered seal (届出印) was compared.
    pub seal: bool,
    /// The document of 本人確認.
    pub identity: Option<IdentityDocument>,
    /// Windows with Edge or Chrome was confirmed for every PC.
    pub environment: bool,
    /// The terms were handed over.
    pub terms: bool,
}

/// A document of 本人確認.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum IdentityDocument {
    /// 運転免許証
    DriversLicence,
    /// マイナンバーカード
    MyNumberCard,
    /// 旅券
    Passport,
    /// 在留カード
    ResidenceCard,
    /// 登記事項証明書と印鑑証明書
    CompanyRegister,
    /// 当金庫で確認済(既存取引)
    KnownCustomer,
}

/// How a slip reached the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum HandoverMethod {
    /// 窓口交付
    Window,
    /// 書留郵便
    RegisteredPost,
    /// 渉外担当による交付
    SalesRep,
}

impl Request {
    /// The contract it is about.
    pub fn contract(&self) -> &ContractNumber {
        match self {
            Self::MoveToCertificate { contract, .. }
            | Self::NewContract { contract, .. }
            | Self::AddUser { contract, .. }
            | Self::Reissue { contract, .. }
            | Self::RemoveUsers { contract, .. }
            | Self::Close { contract, .. }
            | Self::Recontract { contract, .. }
            | Self::Rename { contract, .. }
            | Self::ForceStop { contract, .. } => contract,
        }
    }

    /// Does it end this contract?
    pub fn closes(&self, number: &ContractNumber) -> bool {
        match self {
            Self::Close { contract, .. } => contract == number,
            Self::Recontract { old, .. } => old == number,
            _ => false,
        }
    }

    /// Does a certificate come out of it? Then the PC must fit and the terms must be handed over.
    pub fn grants(&self) -> bool {
        !self.users().is_empty()
    }

    /// Every user ID it is about, whether it gets a right or loses one.
    pub fn touches(&self, customer: &Customer) -> Vec<UserId> {
        let all = |contract: &ContractNumber| -> Vec<UserId> {
            let users = customer.contract(contract).map(|c| c.users.iter().map(|u| u.id.clone()).collect());
            users.unwrap_or_default()
        };
        match self {
            Self::RemoveUsers { users, .. } | Self::ForceStop { users, .. } => users.clone(),
            Self::Close { contract, .. } => all(contract),
            Self::Recontract { old, users, .. } => {
                all(old).into_iter().chain(users.iter().map(|u| u.user.user.clone())).collect()
            }
            _ => self.users().into_iter().map(|(user, _)| user.clone()).collect(),
        }
    }

    /// The user IDs that will get a right, with their PCs.
    pub fn users(&self) -> Vec<(&UserId, &str)> {
        match self {
            Self::RemoveUsers { .. } | Self::Close { .. } | Self::ForceStop { .. } => Vec::new(),
            Self::Recontract { users, .. } => {
                users.iter().map(|u| (&u.user.user, u.user.device_label.as_str())).collect()
            }
            Self::MoveToCertificate { users, .. } | Self::Reissue { users, .. } | Self::Rename { users, .. } => {
                users.iter().map(|u| (&u.user, u.device_label.as_str())).collect()
            }
            Self::NewContract { users, .. } => users.iter().map(|u| (&u.user, u.device_label.as_str())).collect(),
            Self::AddUser { user, .. } => vec![(&user.user, user.device_label.as_str())],
        }
    }
}
