//! The closed list of what can be wrong, and a refusal that carries one of them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $status:literal,)*) => {
        /// What was wrong, as a stable label. The screen holds a total map from it to title, body and next step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name),*];

            /// The label on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text,)* }
            }

            /// The HTTP status that carries it.
            pub fn http_status(self) -> u16 {
                match self { $(ErrorCode::$name => $status,)* }
            }
        }
    };
}

error_codes! {
    // --- form of input
    /// The request is not what the API describes (not JSON, a lone surrogate, an unknown field).
    RequestMalformed "request_malformed" 400,
    /// The body is larger than allowed.
    BodyTooLarge "body_too_large" 413,
    /// No such address in the API.
    NotFound "not_found" 404,
    /// An identifier has the wrong form.
    IdMalformed "id_malformed" 400,
    /// 店番 is not three digits.
    BranchCodeMalformed "branch_code_malformed" 422,
    /// 顧客番号 is not one to ten digits.
    CifMalformed "cif_malformed" 422,
    /// 契約者番号 is not eight to twelve digits.
    ContractNumberMalformed "contract_number_malformed" 422,
    /// 利用者ID is not six to twenty letters and digits.
    UserIdMalformed "user_id_malformed" 422,
    /// 職員番号 is not four to sixteen letters and digits.
    StaffIdMalformed "staff_id_malformed" 422,
    /// A serial number is not hex.
    SerialMalformed "serial_malformed" 400,
    /// A text is empty where one is needed. Arg `field`.
    TextMissing "text_missing" 422,
    /// A text is longer than allowed. Args `field`, `max`.
    TextTooLong "text_too_long" 422,
    /// A text holds a control or direction-override character. Args `field`, `character`.
    TextForbiddenCharacter "text_forbidden_character" 422,
    /// A reading holds something else than katakana. Args `field`, `character`.
    KanaMalformed "kana_malformed" 422,
    /// A phone number has the wrong form.
    PhoneMalformed "phone_malformed" 422,
    /// An e-mail address has the wrong form.
    EmailMalformed "email_malformed" 422,
    /// A date lies ahead or too far back. Arg `field`.
    DateOutOfRange "date_out_of_range" 422,

    // --- who
    /// No session, or it has ended.
    SessionMissing "session_missing" 401,
    /// The session belongs to another terminal or another person.
    SessionMismatch "session_mismatch" 403,
    /// Staff id or password wrong.
    SignInDenied "sign_in_denied" 401,
    /// Too many wrong tries. Arg `until` (RFC 3339).
    SignInLocked "sign_in_locked" 423,
    /// The terminal is unknown, revoked, or showed no certificate.
    TerminalDenied "terminal_denied" 403,
    /// The invitation is unknown, used or too old.
    InvitationDenied "invitation_denied" 403,
    // --- terminals
    /// The terminal was cut off: it deletes what it holds.
    TerminalRevoked "terminal_revoked" 403,
    /// The terminal works for another branch now. Args `branch`, `label`.
    TerminalMoved "terminal_moved" 409,
    /// The terminal's certificate has ended: it is enrolled anew.
    TerminalCertificateEnded "terminal_certificate_ended" 403,
    /// Acts of this terminal wait, or are refused and not dealt with. Args `waiting`, `refused`, `drafts`.
    TerminalBusy "terminal_busy" 409,
    /// Held because its terminal was revoked before it arrived.
    HeldTerminalRevoked "held_terminal_revoked" 409,
    /// The address of the centre is not `https://host:port`.
    CentreAddressMalformed "centre_address_malformed" 422,
    /// Something answers at the address, but no enrolment of a centre.
    CentreNotThere "centre_not_there" 502,
    /// The fingerprint is neither sixteen words nor 64 hex digits.
    FingerprintMalformed "fingerprint_malformed" 422,
    /// A word of the fingerprint is none of the words. Arg `word`.
    FingerprintWordUnknown "fingerprint_word_unknown" 422,
    /// The words of the fingerprint don't fit together: one is wrong, or two are exchanged.
    FingerprintTypo "fingerprint_typo" 422,
    /// The head of the log on a paper is not the one of this log at that size. Arg `size`.
    HeadDiffers "head_differs" 409,
    /// The centre that answers is another one than the paper names.
    FingerprintMismatch "fingerprint_mismatch" 403,
    /// Nobody said which centre to trust.
    FingerprintMissing "fingerprint_missing" 422,
    /// The text of an invitation can't be read.
    InvitationTextMalformed "invitation_text_malformed" 422,
    /// A certificate file can't be read.
    RootMalformed "root_malformed" 422,

    /// The envelope's signature does not fit the terminal.
    EnvelopeSignatureInvalid "envelope_signature_invalid" 403,
    /// The envelope is for another institution.
    InstitutionMismatch "institution_mismatch" 403,
    /// The role may not do this. Arg `role`.
    RoleNotPermitted "role_not_permitted" 403,
    /// The customer belongs to another branch.
    BranchNotPermitted "branch_not_permitted" 403,
    /// The one who registered it can't approve, return or reject it.
    TwoPersonRule "two_person_rule" 403,

    // --- commands
    /// The same command id came with another body.
    CommandIdReused "command_id_reused" 409,
    /// Somebody else changed it in between. Args `expected`, `actual`.
    VersionConflict "version_conflict" 409,
    /// The attachment is missing, of another kind, or does not fit the hash in the envelope.
    AttachmentMismatch "attachment_mismatch" 400,
    /// The pickup code's hash is missing beside the command, or stands where none belongs.
    CodeHashMismatch "code_hash_mismatch" 400,
    /// No such customer.
    CustomerUnknown "customer_unknown" 404,
    /// The customer exists already (same branch and CIF number).
    CustomerExists "customer_exists" 409,
    /// No such contract of this customer.
    ContractUnknown "contract_unknown" 404,
    /// The contract number is taken.
    ContractExists "contract_exists" 409,
    /// The contract is closed.
    ContractClosed "contract_closed" 409,
    /// No such user ID in the contract. Arg `user_id`.
    UserUnknown "user_unknown" 404,
    /// The user ID is taken. Arg `user_id`.
    UserExists "user_exists" 409,
    /// No user ID was chosen.
    UsersMissing "users_missing" 422,
    /// The same user ID stands twice in the application. Arg `user_id`.
    UserTwice "user_twice" 422,
    /// A contract has exactly one administrator.
    AdministratorCount "administrator_count" 422,
    /// More user IDs than the policy allows. Arg `max`.
    UsersTooMany "users_too_many" 422,
    /// The user ID is in 電子証明書方式 already. Arg `user_id`.
    AlreadyCertificateMethod "already_certificate_method" 409,
    /// The user ID never had a certificate. Arg `user_id`.
    NothingToReissue "nothing_to_reissue" 409,
    /// The certificate is stopped by a report of a loss, which must be settled first. Arg `user_id`.
    StoppedByIncident "stopped_by_incident" 409,
    /// The customer's own administrator reissues this one (policy). Arg `user_id`.
    ReissueByAdministrator "reissue_by_administrator" 409,
    /// The contract has a closing day already. Arg `closing_on`.
    ContractClosing "contract_closing" 409,
    /// The policy says whether user IDs are kept or renumbered. Arg `user_id`.
    RecontractUserId "recontract_user_id" 422,
    /// The cause of a reissue was not chosen.
    CauseMissing "cause_missing" 422,
    /// Another open application touches the user ID. Args `user_id`, `receipt`, `by`.
    ApplicationOpen "application_open" 409,
    /// The user ID has a usable certificate already. Arg `user_id`.
    CertificateUsable "certificate_usable" 409,
    /// The user ID has a right not yet used. Arg `user_id`.
    SuccessorExists "successor_exists" 409,
    /// A check the paper needs was not made. Arg `field`.
    CheckMissing "check_missing" 422,
    /// No such application.
    ApplicationUnknown "application_unknown" 404,
    /// An application with this id exists.
    ApplicationExists "application_exists" 409,
    /// The application is in another state. Arg `state`.
    ApplicationState "application_state" 409,
    /// No such act waits for a supervisor.
    HeldActUnknown "held_act_unknown" 404,
    /// Made off-line; held because its author's account was locked after the sign-in.
    HeldStaffLocked "held_staff_locked" 409,
    /// Made off-line; held because its author has another role or branch now.
    HeldStaffChanged "held_staff_changed" 409,
    /// Made off-line; held because by its own claim it was made too long after the last sign-in.
    HeldLate "held_late" 409,
    /// A supervisor looked at it and dismissed it. Arg `by`.
    HeldActDismissed "held_act_dismissed" 409,
    /// No such certificate.
    CertificateUnknown "certificate_unknown" 404,
    /// The certificate is in another state. Arg `state`.
    CertificateState "certificate_state" 409,
    /// The slip has not been printed, so there is nothing to hand over.
    SlipNotPrinted "slip_not_printed" 409,
    /// The staff id is taken.
    StaffExists "staff_exists" 409,
    /// No such member of staff.
    StaffUnknown "staff_unknown" 404,

    // --- staff administration
    /// The account is locked by head office.
    AccountLocked "account_locked" 423,
    /// Nobody administers the own account.
    OwnAccount "own_account" 403,
    /// The account is in another state. Arg `state`.
    StaffState "staff_state" 409,
    /// Something about this person waits for a second person of head office already. Arg `by`.
    ProposalOpen "proposal_open" 409,
    /// No such proposal waits.
    ProposalUnknown "proposal_unknown" 404,
    /// A temporary password must be changed before anything else.
    PasswordChangeNeeded "password_change_needed" 403,
    /// The temporary password is too old. A new one is needed.
    TemporaryPasswordOver "temporary_password_over" 403,
    /// The person has a temporary password and has not changed it.
    PasswordTemporary "password_temporary" 409,
    /// Who gave a person a temporary password takes no part in letting that person approve for a while. Arg `until`.
    PasswordGivenLately "password_given_lately" 409,
    /// Where a password belongs beside the command there is none, or the other way round.
    PasswordMissing "password_missing" 400,
    /// The old password is wrong.
    PasswordWrong "password_wrong" 403,
    /// The password is too short. Arg `min`.
    PasswordTooShort "password_too_short" 422,
    /// The password is longer than allowed. Arg `max`.
    PasswordTooLong "password_too_long" 422,
    /// The password is one that everybody tries first. Arg `why`.
    PasswordCommon "password_common" 422,
    /// The new password is the old one.
    PasswordSame "password_same" 422,
    /// The new password was typed in two ways.
    PasswordDiffers "password_differs" 422,
    // --- end of staff administration

    /// The terminal exists, or is in another state.
    TerminalState "terminal_state" 409,
    /// Not allowed to this kind of actor.
    ActorNotPermitted "actor_not_permitted" 403,

    /// No such report.
    IncidentUnknown "incident_unknown" 404,
    /// A report with this id exists, or it is in another state. Args `state`, `by`.
    IncidentState "incident_state" 409,
    /// None of the user IDs has a certificate or a right that could be stopped.
    NothingToStop "nothing_to_stop" 409,
    /// Everything that was to be stopped is stopped, by a report that is open. Args `by`, `at` (RFC 3339), `incident`.
    StoppedAlready "stopped_already" 409,
    /// Only a lost PC that was never out of the customer's control may be resumed.
    ResumeRefused "resume_refused" 409,
    /// The sealed 失効依頼書 has not arrived.
    PaperMissing "paper_missing" 409,

    // --- branches
    /// No such branch. Arg `field`.
    BranchUnknown "branch_unknown" 404,
    /// The branch is there already.
    BranchExists "branch_exists" 409,
    /// The branch was, or will be, merged into another. Arg `into`.
    BranchMerged "branch_merged" 409,
    /// The centre holds no such file, or nobody has looked at it: it is chosen again.
    ImportMissing "import_missing" 409,
    /// Another file is being looked at or written.
    ImportUnderWay "import_under_way" 409,
    /// The file has bad lines: nothing of it is written.
    ImportLines "import_lines" 409,
    /// It is no CSV. Arg `line`, where one is known.
    ImportUnreadable "import_unreadable" 422,
    /// Its first line names other columns than it must. Args `missing`, `unknown`, `twice`: those that are wrong so.
    ImportColumns "import_columns" 422,
    /// It has more lines than are taken at a time. Args `rows`, `max`, `line` (the first that is too many).
    ImportTooLong "import_too_long" 422,
    /// It was given up by whoever began it; nothing was written.
    ImportCancelled "import_cancelled" 409,
    /// Another instance of the service writes: asked again, it may answer.
    ImportElsewhere "import_elsewhere" 503,
    /// More customers than one request may name. Args `field`, `max`.
    CustomersTooMany "customers_too_many" 422,
    /// The number that a customer is to have at another branch is another one's there. Args `field`, `cif`.
    CustomerNumberTaken "customer_number_taken" 409,
    /// A customer, or the number it is to have, stands twice in a request, or is on its way by another. Args `field`, `cif`.
    CustomerTwice "customer_twice" 422,
    /// It is the customer's branch already, or a branch would be merged into itself. Arg `field`.
    BranchSame "branch_same" 422,
    /// Acts made off-line wait for a supervisor first.
    HeldActsOpen "held_acts_open" 409,

    // --- daily sign-off
    /// The day is signed off already. Args `by`, `at` (RFC 3339).
    DaySignedOff "day_signed_off" 409,
    /// No business is done on that day. Arg `day`.
    DayNotBusiness "day_not_business" 422,
    /// The business day has not closed yet. Arg `closes` (RFC 3339).
    DayNotOver "day_not_over" 409,
    /// The log did not tell of the branch then. Arg `first`, if there is one.
    DayBeforeFirst "day_before_first" 422,
    /// Entries of the day are there that the one who looked at it has not seen.
    DayChanged "day_changed" 409,
    /// The tree head as of which it was looked at is none of this log.
    DayHeadUnknown "day_head_unknown" 409,
    /// Whoever did something exceptional that day does not sign it off. Arg `what`.
    DayOwnWork "day_own_work" 403,
    /// A comment is needed: there were exceptions, or head office signs for the branch. Arg `count`.
    DayCommentMissing "day_comment_missing" 422,

    // --- policy
    /// There is no such setting. Arg `field`.
    PolicySettingUnknown "policy_setting_unknown" 422,
    /// The setting can't hold this. Args `field`, and of numbers `min`, `max`.
    PolicyValueRefused "policy_value_refused" 422,
    /// Nothing would be different.
    PolicyUnchanged "policy_unchanged" 422,
    /// Another change waits for its second person. Arg `by`.
    PolicyChangeWaiting "policy_change_waiting" 409,
    /// No such change.
    PolicyChangeUnknown "policy_change_unknown" 404,
    /// The change is confirmed or withdrawn already. Args `state`, `by`.
    PolicyChangeState "policy_change_state" 409,

    /// A renewal is fetched with the present certificate, there is no slip for it.
    NoSlipForRenewal "no_slip_for_renewal" 409,

    // --- renewal
    /// No certificate was shown, or one that this institution did not issue.
    RenewalDenied "renewal_denied" 403,
    /// Too early. Arg `opens_on`.
    RenewalNotOpen "renewal_not_open" 409,
    /// The certificate is stopped, revoked or replaced, or its user ID or contract has ended. Arg `state`.
    RenewalRefused "renewal_refused" 409,
    /// Too long after its end: a new application is needed. Arg `ended_on`.
    RenewalTooLate "renewal_too_late" 410,

    // --- pickup
    /// Unknown user ID or wrong code: alike on purpose.
    PickupDenied "pickup_denied" 403,
    /// Too many wrong tries for this ID from this address. Arg `retry_after_s`.
    PickupTooManyTries "pickup_too_many_tries" 429,
    /// The pickup deadline has passed. Arg `deadline`.
    PickupDeadlinePassed "pickup_deadline_passed" 410,
    /// The contract has not begun. Arg `opens_on`.
    PickupNotOpen "pickup_not_open" 409,
    /// The certificate was fetched with another key.
    PickupOtherKey "pickup_other_key" 409,
    /// The right was withdrawn.
    PickupCancelled "pickup_cancelled" 410,
    /// The right is stopped while a loss is being looked into.
    PickupHeld "pickup_held" 423,
    /// Another system or browser than the policy allows. Args `platform`, `browser`.
    PlatformNotAllowed "platform_not_allowed" 403,
    /// The PKCS#10 can't be read.
    CsrMalformed "csr_malformed" 400,
    /// The PKCS#10's own signature does not fit (no proof of possession).
    CsrSignatureInvalid "csr_signature_invalid" 400,
    /// The PKCS#10 asks for extensions; the centre decides those.
    CsrExtensionRefused "csr_extension_refused" 400,
    /// The kind of key is not allowed. Arg `key`.
    KeyTypeRefused "key_type_refused" 400,
    /// The key is weak. Arg `why`.
    KeyWeak "key_weak" 400,
    /// The key was used in an earlier certificate, or is blocked.
    KeyReused "key_reused" 409,
    /// The confirmation does not verify with the new key.
    ConfirmSignatureInvalid "confirm_signature_invalid" 400,

    // --- desk
    /// The keyring of the system can't be used.
    KeyringUnavailable "keyring_unavailable" 500,
    /// The replica can't be opened with the key of the keyring.
    ReplicaUnreadable "replica_unreadable" 500,
    /// Neither the replica nor the file beside it can be read with the key of the keyring: nothing can be carried over.
    ReplicaBeyondRecovery "replica_beyond_recovery" 500,
    /// The disk of this PC is full: nothing was written, nothing was sent.
    DiskFull "disk_full" 507,
    /// The folder of the replica can't be written.
    ProfileReadOnly "profile_read_only" 500,
    /// The centre's log goes on as another epoch from an earlier place. Args `epoch`, `size`.
    EpochEnded "epoch_ended" 409,
    /// The log of the centre contradicts what this desk has seen. Sync is stopped.
    LogMismatch "log_mismatch" 500,
    /// The replica belongs to a newer version of the program.
    ReplicaNewer "replica_newer" 500,
    /// The desk's settings can't be used. Arg `why`.
    ConfigInvalid "config_invalid" 500,
    /// The root this desk was enrolled under is not the one that its settings name.
    CentreNotTrusted "centre_not_trusted" 500,
    /// Signed in without the centre, where only registering and reporting a loss are possible.
    SignInOffline "sign_in_offline" 403,
    /// Nobody of this id signed in at the centre on this PC lately enough. Arg `hours`.
    OfflineSignInOver "offline_sign_in_over" 403,
    /// Too many wrong passwords without the centre.
    OfflineSignInLocked "offline_sign_in_locked" 423,
    /// The PC's clock was set back; how long ago the last sign-in was can't be told.
    ClockSetBack "clock_set_back" 403,
    /// The desk is locked.
    DeskLocked "desk_locked" 423,
    /// This desk is not enrolled.
    NotEnrolled "not_enrolled" 409,
    /// The centre can't be reached.
    Offline "offline" 503,
    /// The same right's slip was printed again in the same moment, and the code of that one is in force.
    SlipOvertaken "slip_overtaken" 409,
    /// The printing module failed, or a character can't be printed. Arg `character`.
    SlipFailed "slip_failed" 500,
    /// Saving the slip is possible in training mode only.
    SlipSaveRefused "slip_save_refused" 403,
    /// A file can't be written where it was to be saved.
    FileNotSaved "file_not_saved" 500,
    /// A character has no place in the encoding of the file. Args `row`, `column`, `character`.
    ExportUnmappable "export_unmappable" 422,
    /// A workbook or a paper of so many rows helps nobody. Args `rows`, `most`.
    ExportTooLong "export_too_long" 422,
    /// More customers than can be gathered have a number that begins with the text. Args `field`, `most`.
    TextTooBroad "text_too_broad" 422,

    // --- the service
    /// Too many requests. Arg `retry_after_s`.
    RateLimited "rate_limited" 429,
    /// The service is starting, stopping, or out of resources.
    Unavailable "unavailable" 503,
    /// The centre was put back from a backup and collects what came after it.
    Recovering "recovering" 503,
    /// A defect or a broken disk. The reference number leads to the diagnostics.
    Internal "internal" 500,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why something was not done: a code, its arguments, and the input field it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}")]
pub struct Refusal {
    /// What was wrong.
    pub code: ErrorCode,
    /// Values for the text on the screen. Never personal data.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

impl Refusal {
    /// A refusal without arguments.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, args: BTreeMap::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Names who did what stands in the way, where that is known (argument `by`).
    #[must_use]
    pub fn by(self, who: Option<&crate::id::StaffId>) -> Self {
        match who {
            Some(who) => self.with("by", who),
            None => self,
        }
    }

    /// Names the input field it belongs to (argument `field`).
    #[must_use]
    pub fn at(self, field: &str) -> Self {
        self.with("field", field)
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}
