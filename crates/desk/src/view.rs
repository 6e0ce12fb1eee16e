//! What the screens show and send: the contract between the desk and its window. Plain data, strings for identifiers
//! (no 64-bit integer crosses the border), times as RFC 3339 in UTC, days as `YYYY-MM-DD`. No rule lives here.

use domain::customer::{
    ApplicationState, CertificateState, HandoverMethod, IdentityDocument, IncidentCause, IncidentOutcome, LoginMethod,
    ReissueCause, RevocationReason, UserRole,
};
use domain::terminal::TerminalState;
use domain::{ErrorCode, Role};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
        #[serde(rename_all = "camelCase")]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
    )*};
}

mod branch;
mod export;
mod guide;
mod import;
mod log;
mod policy;
mod report;
mod sign_off;
mod staff;
pub use branch::*;
pub use export::*;
pub use guide::*;
pub use import::*;
pub use log::*;
pub use policy::*;
pub use report::*;
pub use sign_off::*;
pub use staff::*;

/// Where this desk stands; decides which screen is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DeskState {
    /// Training centre is being started, first sync is running.
    Starting,
    /// Nobody is signed in.
    SignedOut,
    /// Signed in and working.
    Open,
    /// Idle lock: nothing personal may be shown.
    Locked,
    /// Signed in with a temporary password, which must be changed first.
    PasswordChange,
    /// Stopped for good until somebody acts (log mismatch, replica unreadable).
    Stopped,
    /// This PC is not enrolled yet.
    NotEnrolled,
}

/// State of an act in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// 送信待ち
    Waiting,
    /// 送信中
    Sending,
    /// 確定
    Confirmed,
    /// 審査待ち: made off-line, and a supervisor looks at it first.
    Held,
    /// 受付不可
    Refused,
}

/// Where a check of the replica stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckPhase {
    /// None was asked for.
    #[default]
    None,
    /// Everything that is stored is read and hashed again.
    Reading,
    /// What is made from the entries is made anew.
    Rebuilding,
    /// It came out as it was.
    Same,
    /// It came out otherwise: what was there before was wrong, and is right now.
    Repaired,
    /// What is stored is not what was verified.
    Damaged,
    /// It could not be finished.
    Failed,
}

/// Which kind of application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// ID・パスワード方式から電子証明書方式へ
    MoveToCertificate,
    /// 新規契約
    NewContract,
    /// 利用者IDの追加
    AddUser,
    /// 再発行
    Reissue,
    /// 利用者ID削除
    RemoveUsers,
    /// 解約
    Close,
    /// 再契約
    Recontract,
    /// 名義変更
    Rename,
    /// 強制停止
    ForceStop,
}

/// Which list of applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationList {
    /// 承認待ち, oldest first.
    WaitingForApproval,
    /// 差戻し
    Returned,
    /// Approved, slips to print or to hand over, not yet fetched.
    InProgress,
    /// Decided lately, newest first.
    Done,
}

/// A list of 今日の仕事.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TodayList {
    /// 承認待ち, oldest first.
    Waiting,
    /// 差戻し, oldest first.
    Returned,
    /// 通知書の印刷
    ToPrint,
    /// 通知書の交付
    ToHandOver,
    /// 取得待ち, fewest days left first.
    NotFetched,
    /// 受渡中
    BeingFetched,
    /// 期限が近い証明書: ending soon, or ended and still to be replaced on-line.
    Ending,
    /// 停止中の事故, oldest first.
    Incidents,
    /// 未検印
    Unconfirmed,
    /// 失効依頼書 未着
    PapersOutstanding,
    /// 申込一覧, newest first.
    Applications,
}

/// A paper about something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// 一時停止のお知らせ; its id is the report's or the certificate's.
    Suspension,
    /// 失効完了通知書; its id is the certificate's.
    Revocation,
    /// バックアップからの復元手順; its id is the 利用者ID.
    Restore,
}

views! {
    /// Every error that reaches a screen.
    ErrorView {
        code: ErrorCode,
        args: BTreeMap<String, String>,
        /// Reference number.
        request_id: String,
    }
    /// What became of what only this desk knows when its replica was damaged and fetched again.
    RefetchView {
        /// Acts on their way that were carried over.
        outbox: u32,
        /// Drafts.
        drafts: u32,
        /// What could not be read any more.
        lost: Vec<LostRows>,
        /// The name of the damaged file.
        kept_as: String,
    }

    /// Rows of a table that could not be read.
    LostRows {
        /// The table: `outbox`, `draft`, `offline_staff`, `epoch`, `orphan` or `meta`.
        what: String,
        /// Their keys, as far as they are known; fifty at most.
        rows: Vec<String>,
        /// How many are known by their keys.
        count: u32,
        /// And more, of which not even the keys could be read.
        more: bool,
    }

    /// The frame of every screen.
    Status {
        state: DeskState,
        training: bool,
        institution_name: String,
        branch_code: String,
        branch_name: String,
        terminal_label: String,
        staff: Option<StaffView>,
        /// Connected to the centre at the last try?
        online: bool,
        /// The desk's clock is off by so many seconds (centre minus desk).
        clock_offset_s: i32,
        idle_lock_minutes: u32,
        /// In state `stopped` or when the start failed: why.
        stopped: Option<ErrorView>,
        version: String,
        pickup_url: String,
        counts: Counts,
        /// Signed in without the centre: until when.
        offline_until: Option<String>,
        /// Stops that are not in force.
        queued_stops: Vec<QueuedStop>,
        /// Whom to call about them.
        emergency: Vec<ContactView>,
        /// While much of the log is still to come.
        progress: Option<Progress>,
        /// The centre was put back from a backup and collects what came after it: only stops are possible.
        recovering: bool,
        /// Acts of this branch that were lost with the centre's database.
        lost: u32,
        /// The log was fetched again, and nobody has read yet what became of it.
        refetched: Option<RefetchView>,
    }
    /// A stop that was asked for here and is not in force.
    QueuedStop {
        command_id: String,
        /// Empty where nobody is signed in.
        customer_id: String,
        customer_name: String,
        /// 利用者ID or 契約者番号; empty where nobody is signed in.
        target: String,
        /// When it was asked for.
        since: String,
        /// Refused by the centre; else it waits to be sent.
        refused: bool,
    }
    /// How much of the log is here.
    Progress {
        /// Leaves stored and verified; of those, applied.
        stored: u32,
        applied: u32,
        total: u32,
        per_second: u32,
        /// Seconds, where that can be told.
        remaining_s: Option<u32>,
        /// Fetching was stopped at this desk.
        paused: bool,
    }
    /// A check of the replica.
    #[derive(Default)]
    CheckView { phase: CheckPhase, done: u32, total: u32, at: Option<String>, }
    /// Numbers beside the navigation and on 今日の仕事.
    #[derive(Default)]
    Counts {
        waiting_for_approval: u32,
        /// Of those, how many this person may not decide.
        own_waiting: u32,
        returned: u32,
        slips_to_print: u32,
        slips_to_hand_over: u32,
        not_fetched: u32,
        unconfirmed: u32,
        /// Reports of losses not settled; of those, without a supervisor's check mark; without the paper.
        incidents: u32,
        incidents_unconfirmed: u32,
        incidents_without_paper: u32,
        /// Without the check mark though its time is over.
        incidents_overdue: u32,
        /// Certificates that end soon, or ended and may still be replaced on-line.
        ending: u32,
        outbox_waiting: u32,
        outbox_refused: u32,
        /// Acts made off-line that wait for a supervisor.
        held: u32,
    }
    /// A member of staff.
    StaffView {
        staff_id: String,
        name: String,
        /// What the screens are made for: where somebody stands in, a supervisor.
        role: Role,
        branch_code: String,
        /// 代行
        deputy: bool,
    }
    /// A sample account of the training mode (shown on the sign-in screen there, with the training password).
    TrainingAccount { staff_id: String, name: String, role: Role, branch_code: String, password: String, }
    /// A hit of the search.
    SearchHit {
        customer_id: String,
        cif: String,
        branch_code: String,
        name: String,
        kana: String,
        phone: String,
        /// What matched: `name`, `kana`, `cif`, `contract`, `user_id`, `phone`, `receipt`.
        matched: String,
        matched_text: String,
        contracts: u32,
        certificates_active: u32,
    }
    /// What the search found.
    SearchPage {
        /// Best first.
        hits: Vec<SearchHit>,
        /// Only some of what matches: whoever is not there may be found by more of the text.
        more: bool,
    }
    /// A customer's page.
    CustomerView {
        customer_id: String,
        /// Version on screen, as text; goes back with the command.
        version: String,
        cif: String,
        branch_code: String,
        branch_name: String,
        /// `None`: 消去済.
        details: Option<CustomerDetailsView>,
        contracts: Vec<ContractView>,
        applications: Vec<ApplicationView>,
        certificates: Vec<CertificateView>,
        incidents: Vec<IncidentView>,
        /// Kinds of application that the one who is signed in may register.
        kinds: Vec<RequestKind>,
        /// Acts of this desk on the customer that the centre has not confirmed.
        pending: Vec<OutboxItem>,
        /// Acts made off-line that wait for a supervisor.
        held: Vec<HeldView>,
    }
    /// Name and ways to reach.
    CustomerDetailsView { name: String, kana: String, address: String, phone: String, email: String, }
    /// A contract.
    ContractView {
        number: String,
        opened_on: String,
        active: bool,
        /// Ends (or ended) on this day.
        closing_on: Option<String>,
        /// The contract whose place it took, and the one that took its place (再契約).
        predecessor: Option<String>,
        successor: Option<String>,
        users: Vec<UserView>,
    }
    /// A user ID.
    UserView {
        user_id: String,
        role: UserRole,
        device_label: String,
        login: LoginMethod,
        /// Left the contract.
        removed: bool,
        /// State of its usable certificate or successor, if any.
        certificate: Option<CertificateState>,
        /// Receipt number of an open application that touches it.
        open_receipt: Option<String>,
    }
    /// An application.
    ApplicationView {
        application_id: String,
        customer_id: String,
        customer_version: String,
        customer_name: String,
        customer_kana: String,
        cif: String,
        receipt: String,
        state: ApplicationState,
        kind: RequestKind,
        contract: String,
        /// With kind `reissue`.
        cause: Option<ReissueCause>,
        /// With kind `recontract`: the contract whose place the new one takes.
        old_contract: String,
        /// With kinds `close` and `recontract`.
        closing_on: String,
        /// With kind `recontract`.
        opened_on: String,
        /// With kind `recontract`: days between the end of the old certificates and the first possible pickup.
        days_without: u32,
        /// With kind `rename`.
        renamed: Option<CustomerDetailsView>,
        /// With kind `rename`, until it is decided: what the customer is called now.
        present: Option<CustomerDetailsView>,
        /// Until it is decided: what an approval would end.
        ends: Vec<EndView>,
        /// Until it is decided: what it would change.
        changes: Vec<ContractChangesView>,
        users: Vec<RequestUser>,
        checks: ChecksView,
        received_on: String,
        applicant: String,
        note: String,
        registered_by: Vec<String>,
        submitted_at: String,
        decided_by: Option<String>,
        decided_at: Option<String>,
        comment: Option<String>,
        /// May the one who is signed in decide it? If not: why.
        decide_refusal: Option<ErrorCode>,
        certificates: Vec<CertificateView>,
        /// Waits for a slip to be printed / handed over (list `in_progress`).
        next_step: String,
        /// The desk's claim, where it differs from the centre's time or it was made off-line.
        made_at: Option<String>,
        offline: bool,
    }
    /// What an approval would change about a contract.
    ContractChangesView {
        contract: String,
        /// `None`: the contract itself stays as it is.
        itself: Option<ContractTimesView>,
        /// Those of its user IDs that change.
        users: Vec<UserTimesView>,
    }
    /// A contract now, with the approval, and when the new certificate was fetched; `None`: there is none then.
    ContractTimesView {
        now: Option<ContractStandsView>,
        approved: Option<ContractStandsView>,
        fetched: Option<ContractStandsView>,
    }
    /// How a contract stands at one of the times.
    ContractStandsView {
        active: bool,
        opened_on: String,
        closing_on: Option<String>,
    }
    /// A user ID at the same times; `None`: it is not there, or has left.
    UserTimesView {
        user_id: String,
        now: Option<UserStandsView>,
        approved: Option<UserStandsView>,
        fetched: Option<UserStandsView>,
    }
    /// How a user ID stands at one of the times.
    UserStandsView {
        role: UserRole,
        device_label: String,
        login: LoginMethod,
        /// Rights and certificates that have not ended, oldest first.
        certificates: Vec<StandingCertificate>,
    }
    /// A certificate at one of the times.
    StandingCertificate {
        state: CertificateState,
        device_label: String,
    }
    /// A certificate or right that an approval would end. Neither at the confirmation nor on a day: at once.
    EndView {
        certificate_id: String,
        user_id: String,
        contract: String,
        device_label: String,
        state: CertificateState,
        /// When the one that takes its place is confirmed.
        at_confirmation: bool,
        /// On this day at the latest.
        on: Option<String>,
        /// `None`: a right that is withdrawn unused.
        reason: Option<RevocationReason>,
    }
    /// A user ID of an application.
    #[derive(Default)]
    RequestUser {
        user_id: String,
        role: Option<UserRole>,
        device_label: String,
        /// With kind `recontract`: what it is called in the new contract.
        #[serde(default)]
        new_user_id: String,
    }
    /// Paper checks.
    #[derive(Default)]
    ChecksView { seal: bool, identity: Option<IdentityDocument>, environment: bool, terms: bool, }
    /// A certificate or right.
    CertificateView {
        certificate_id: String,
        user_id: String,
        contract: String,
        device_label: String,
        state: CertificateState,
        receipt: String,
        granted_at: String,
        deadline: String,
        days_left: i32,
        slips: u32,
        handover: Option<HandoverView>,
        serial: Option<String>,
        not_before: Option<String>,
        not_after: Option<String>,
        signed_at: Option<String>,
        activated_at: Option<String>,
        /// Stopped by a report of a loss.
        held: bool,
        /// Begun on-line by its holder: there is no slip.
        renews: bool,
        revoked_at: Option<String>,
        reason: Option<RevocationReason>,
    }
    /// A report of a lost or stolen PC.
    IncidentView {
        incident_id: String,
        customer_id: String,
        customer_version: String,
        customer_name: String,
        cause: IncidentCause,
        /// The user ID, or every one of `contract`.
        user_id: Option<String>,
        contract: Option<String>,
        /// User IDs whose certificates or rights it stops now.
        stopped: Vec<String>,
        reported_by: String,
        reported_at: String,
        lost_at: Option<String>,
        caller: String,
        phone: String,
        note: String,
        paper_on: Option<String>,
        confirmed_by: Option<String>,
        outcome: Option<IncidentOutcome>,
        /// May the one who is signed in settle it? If not: why.
        settle_refusal: Option<ErrorCode>,
        /// Last day for the check mark, and has it passed without one?
        confirm_by: String,
        overdue: bool,
        /// Business days the 失効依頼書 has been outstanding; 0 when it is there.
        paper_days: u32,
        /// How often it was asked for again, and when last.
        paper_reminders: u32,
        reminded_at: Option<String>,
        /// Time to ask (again).
        reminder_due: bool,
        /// The desk's claim, where it differs from the centre's time or it was made off-line.
        made_at: Option<String>,
        offline: bool,
        /// Why to look closer before the check mark.
        review: Option<ErrorCode>,
    }
    /// What the caller said, as typed.
    IncidentForm {
        caller: String,
        phone: String,
        note: String,
        /// RFC 3339; empty: not known.
        lost_at: String,
    }
    /// A hand-over.
    HandoverView { method: HandoverMethod, handed_on: String, recipient: Option<String>, by: Option<String>, }
    /// A new customer, as typed.
    CustomerForm { cif: String, name: String, kana: String, address: String, phone: String, email: String, }
    /// An application, as typed. Also the form of a draft.
    ApplicationForm {
        /// UUID drawn when the form was opened: a double click is one application.
        application_id: String,
        customer_id: String,
        /// The version that was on screen.
        customer_version: String,
        /// A correction of a returned application?
        resubmission: bool,
        kind: RequestKind,
        contract: String,
        /// With kind `reissue`; drafts of older versions have none.
        #[serde(default)]
        cause: Option<ReissueCause>,
        /// With kind `recontract`.
        #[serde(default)]
        old_contract: String,
        /// With kinds `close` and `recontract`: `YYYY-MM-DD`.
        #[serde(default)]
        closing_on: String,
        /// With kind `recontract`.
        #[serde(default)]
        opened_on: String,
        /// With kind `recontract`: must user IDs be new ones (policy)?
        #[serde(default)]
        renumbered: bool,
        /// With kind `rename`.
        #[serde(default)]
        renamed: Option<CustomerDetailsView>,
        users: Vec<RequestUser>,
        checks: ChecksView,
        received_on: String,
        applicant: String,
        note: String,
    }
    /// A draft.
    DraftView { application_id: String, customer_id: String, customer_name: String, kind: RequestKind, saved_at: String, form: ApplicationForm, }
    /// What became of an act.
    ActResult {
        command_id: String,
        state: OutboxState,
        /// With `refused`.
        error: Option<ErrorView>,
        /// With `submit_application`: 受付番号.
        receipt: Option<String>,
    }
    /// A page of a list; of the three kinds of rows only the list's own is there.
    ListPage {
        list: TodayList,
        certificates: Vec<CertificateRow>,
        incidents: Vec<IncidentRow>,
        applications: Vec<ApplicationRow>,
        /// Where the next page begins; `None`: the end.
        next: Option<String>,
    }
    /// A certificate or right in a list.
    CertificateRow {
        certificate_id: String,
        application_id: String,
        customer_id: String,
        customer_name: String,
        customer_kana: String,
        phone: String,
        user_id: String,
        contract: String,
        role: Option<UserRole>,
        device_label: String,
        state: CertificateState,
        /// The last day of the pickup, or with list `ending` the end of its validity.
        day: String,
        days_left: i32,
        /// Begun on-line by its holder: there is no slip.
        renews: bool,
        /// What was begun to take its place.
        successor: Option<CertificateState>,
    }
    /// A report of a loss in a list.
    IncidentRow {
        incident_id: String,
        customer_id: String,
        customer_name: String,
        customer_kana: String,
        /// The customer's own.
        phone: String,
        cause: IncidentCause,
        /// The user ID; empty: every one of `contract`.
        user_id: String,
        contract: String,
        reported_at: String,
        age_days: i32,
        caller: String,
        call_back: String,
        confirmed: bool,
        paper: bool,
        /// How often the paper was asked for again.
        reminded: u32,
        /// Without the check mark though its time is over.
        overdue: bool,
    }
    /// An application in a list.
    ApplicationRow {
        application_id: String,
        customer_id: String,
        customer_name: String,
        customer_kana: String,
        phone: String,
        receipt: String,
        kind: RequestKind,
        contract: String,
        users: String,
        state: ApplicationState,
        submitted_at: String,
        comment: String,
    }
    /// A slip on screen: one SVG a page.
    SlipView {
        certificate_id: String,
        /// 0: preview, masked code.
        number: u32,
        masked: bool,
        pages: Vec<String>,
        /// Ticket of the unmasked slip, good for one print or one training PDF.
        print_ticket: Option<String>,
        deadline: String,
    }
    /// An act in the outbox.
    OutboxItem {
        command_id: String,
        kind: String,
        customer_id: String,
        customer_name: String,
        made_at: String,
        staff_id: String,
        state: OutboxState,
        tries: u32,
        error: Option<ErrorView>,
        /// Of a stop: 利用者ID or 契約者番号.
        stop: Option<String>,
        /// Made while the centre was out of reach.
        offline: bool,
        /// The form it was made of, to be opened again.
        draft: Option<DraftLink>,
        /// What was done with a refusal (`dismissed`, `sent_again`), and by whom.
        dealt: Option<String>,
        dealt_by: Option<String>,
        settled_at: Option<String>,
    }
    /// A form that is kept.
    DraftLink { application_id: String, kind: RequestKind, resubmission: bool, }
    /// An act made off-line that waits for a supervisor.
    HeldView {
        act: String,
        customer_id: String,
        customer_version: String,
        customer_name: String,
        /// `held_staff_locked`, `held_staff_changed`, `held_late` or `held_terminal_revoked`.
        reason: ErrorCode,
        /// Of an application; `None`: a stop.
        kind: Option<RequestKind>,
        /// Of a stop: why.
        cause: Option<IncidentCause>,
        contract: String,
        users: Vec<RequestUser>,
        checks: ChecksView,
        received_on: String,
        applicant: String,
        note: String,
        by: String,
        /// The desk's claim, and when it arrived.
        made_at: String,
        at: String,
        /// May the one who is signed in decide it? If not: why.
        decide_refusal: Option<ErrorCode>,
    }
    /// A terminal.
    TerminalView {
        terminal_id: String,
        label: String,
        branch_code: String,
        branch_name: String,
        state: TerminalState,
        /// This very desk.
        own: bool,
        /// Who asked for it, and may the one who is signed in agree?
        requested_by: String,
        may_authorise: bool,
        /// Until when its invitation can be used, while it is out.
        invited_until: Option<String>,
        /// End of its certificate, where the log says it.
        certificate_until: Option<String>,
        /// When the centre heard it last, and what it told then; `None` while that is not known.
        heard_at: Option<String>,
        version: String,
        waiting: u32,
        refused: u32,
        drafts: u32,
    }
    /// An invitation that was just drawn: shown once.
    InvitationView {
        invitation: String,
        centre: String,
        words: Vec<String>,
        hex: String,
        /// All of it as one line.
        line: String,
        until: String,
        /// The paper, SVG.
        pages: Vec<String>,
    }
    /// What the enrolment screen asks for.
    EnrolForm {
        /// Address of the centre.
        centre: String,
        /// Its fingerprint, words or hex; empty: compared on screen.
        fingerprint: String,
        /// The fingerprint (hex) that somebody has compared with the paper, on screen.
        compared: Option<String>,
        invitation: String,
    }
    /// What the one line of an invitation's paper says.
    EnrolPaper { centre: String, fingerprint: String, invitation: String, }
    /// Who answers at the address.
    EnrolPresented {
        centre: String,
        words: Vec<String>,
        hex: String,
        /// Is it the one of the fingerprint that was typed? `None`: none was.
        fits: Option<bool>,
    }
    /// 同期状態.
    SyncStatus {
        online: bool,
        /// Leaves held here, leaves at the centre.
        size: u32,
        centre_size: u32,
        root: String,
        checkpoint_at: Option<String>,
        last_contact_at: Option<String>,
        last_error: Option<ErrorView>,
        clock_offset_s: i32,
        outbox: Vec<OutboxItem>,
        /// Acts that are done, newest first: confirmed ones, and refusals that somebody dealt with.
        done: Vec<OutboxItem>,
        progress: Option<Progress>,
        /// Acts that were lost with the centre's database, oldest first.
        lost: Vec<LogLine>,
        check: CheckView,
        centre_url: String,
        log_key: String,
    }
}

impl Status {
    /// Of a desk that is not open.
    pub fn bare(state: DeskState, stopped: Option<ErrorView>, training: bool) -> Self {
        Self {
            state,
            stopped,
            training,
            institution_name: String::new(),
            branch_code: String::new(),
            branch_name: String::new(),
            terminal_label: String::new(),
            staff: None,
            online: false,
            clock_offset_s: 0,
            idle_lock_minutes: 5,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pickup_url: String::new(),
            counts: Counts::default(),
            offline_until: None,
            queued_stops: Vec::new(),
            emergency: Vec::new(),
            progress: None,
            recovering: false,
            lost: 0,
            refetched: None,
        }
    }
}
