//! What the incident guide and the stop of another branch's customer show.

use domain::customer::{Advice, Happening, IncidentCause, ReissueCause, UserRole};
use domain::guide::{Answer, Effect, Note, Question, Reason, When};

use super::{CertificateState, Deserialize, ErrorCode, RequestKind, Serialize, Type};

/// What the guide ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GuideOutcome {
    /// Stop at once.
    SuspendNow,
    /// Application 利用者ID削除.
    RemoveUser,
    /// Application 解約.
    CloseContract,
    /// Application 再契約.
    Recontract,
    /// A supervisor settles the open report.
    SettleReport,
    /// Application 再発行 (or 名義変更).
    Reissue,
    /// Restore from the backup.
    Restore,
    /// Print a new pickup code.
    NewPickupCode,
    /// Nothing.
    NothingToDo,
}

views! {
    /// Where a conversation stands: a question, or an end.
    GuideView {
        customer_id: String,
        customer_name: String,
        asks: Option<GuideAsk>,
        ends: Option<GuideEnd>,
    }
    /// A question with its answers, in the order of the number keys.
    GuideAsk { question: Question, options: Vec<GuideOption>, }
    /// An answer, with what is known of a user ID.
    GuideOption {
        answer: Answer,
        role: Option<UserRole>,
        device_label: String,
        certificate: Option<CertificateState>,
    }
    /// What to do, and what stands on the last screen before the confirmation.
    GuideEnd {
        outcome: GuideOutcome,
        happened: Happening,
        /// With `suspend_now`.
        cause: Option<IncidentCause>,
        /// With `reissue`.
        reissue_cause: Option<ReissueCause>,
        /// What is recorded, with `restore` and `nothing_to_do`.
        advice: Option<Advice>,
        user_id: Option<String>,
        contract: Option<String>,
        /// With `new_pickup_code`: the right, and the application it came from.
        certificate_id: Option<String>,
        application_id: Option<String>,
        /// With `settle_report`.
        incident_id: Option<String>,
        note: Option<Note>,
        /// Told to relying parties; `None`: nothing new.
        reason: Option<Reason>,
        /// The reason that follows unless resumed.
        later: Option<Reason>,
        when: Option<When>,
        touched: Vec<GuideTouched>,
        /// May the one who is signed in do it? If not: why.
        refusal: Option<ErrorCode>,
    }
    /// A user ID it is done to.
    GuideTouched { user_id: String, role: Option<UserRole>, device_label: String, effect: Effect, }
    /// A form the guide has filled; it is kept as a draft.
    GuidedForm { application_id: String, kind: RequestKind, }
    /// Whom a stop would hit: any branch's contract, name and states only.
    StopTargetView {
        customer_id: String,
        name: String,
        branch_code: String,
        branch_name: String,
        contract: String,
        users: Vec<StopUserView>,
    }
    /// A user ID of it.
    StopUserView { user_id: String, certificate: Option<CertificateState>, stopped: bool, }
    /// Whom to call when the centre can't be reached.
    ContactView { title: String, phone: String, hours: String, }
}
