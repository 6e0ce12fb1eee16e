//! 発行ログ, as its screen shows it and asks for it.

use std::collections::BTreeMap;

use domain::Role;
use domain::policy::Unit;
use serde::{Deserialize, Serialize};
use specta::Type;

views! {
    /// A line of 発行ログ.
    LogLine {
        /// Index in the log.
        index: u32,
        entry_id: String,
        at: String,
        /// `customer`, `staff`, `terminal`, `institution`, `policy`, `branch`.
        subject_kind: String,
        /// Event types (`application_approved`).
        events: Vec<String>,
        /// `staff`, `customer`, `terminal`, `system`, `operator`.
        actor_kind: String,
        actor_id: String,
        actor_name: String,
        actor_role: Option<Role>,
        /// 代行: the role is the one this person stood in for.
        actor_deputy: bool,
        terminal_label: String,
        customer_id: Option<String>,
        customer_name: String,
        user_id: String,
        receipt: String,
        detail: BTreeMap<String, String>,
        /// The desk's claim, where it differs from the centre's time or the act was made off-line.
        made_at: Option<String>,
        offline: bool,
    }
    /// Lines of 発行ログ, newest first.
    LogPage {
        lines: Vec<LogLine>,
        /// Entries before the first of them.
        offset: u32,
        /// Entries that fit the filter.
        total: u32,
        /// Entries of the whole log that this counts.
        as_of: u32,
        /// More customers than so many have a number that the filter's text is the beginning of: the entries of the others are
        /// not among these.
        cut: Option<u32>,
    }
    /// Something to choose.
    Choice {
        id: String,
        name: String,
    }
    /// What stands in this desk's entries.
    LogChoices {
        kinds: Vec<String>,
        actors: Vec<String>,
        reasons: Vec<String>,
        staff: Vec<Choice>,
        terminals: Vec<Choice>,
        branches: Vec<Choice>,
    }
}

/// Where 検証 stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum VerifyPhase {
    /// There was none on this PC.
    Never,
    Running,
    /// Stopped on the way; the next one goes on from there.
    Stopped,
    /// Nothing was found.
    Sound,
    /// Something is not as it was signed.
    Broken,
    /// It did not come to its end.
    Failed,
}

/// What this desk can't say by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// Entries that came after it.
    Since,
    /// Other branches' entries: their hash is in the tree, their content is elsewhere.
    HashOnly,
    /// Acts at terminals of other branches: whoever has their key can check the signature.
    KeyElsewhere,
    /// Entries of jobs and operators, sign-ins: the centre alone says so.
    CentresWord,
    /// So many times the centre was put back from a backup.
    Restored,
    /// It is being recovered now.
    Recovering,
    /// Acts that were lost with it.
    Lost,
}

/// What of an entry, or of the tree, is not as it was signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The entry has other octets than when it came.
    Entry,
    /// The personal data beside it does not fit.
    Attachment,
    /// No terminal signed what it says, or what was signed says something else.
    Signature,
    /// Its desk had seen another log: somebody is shown a fork.
    Fork,
    /// It names more entries than there were.
    Ahead,
    /// The tree is not the one that was verified before.
    Tree,
    /// The centre signed another tree.
    Checkpoint,
    /// Found before there were kinds.
    #[default]
    Other,
}

views! {
    /// Something that is not as it was signed.
    FindingView {
        kind: FindingKind,
        /// Its entry; `None`: the tree as a whole.
        index: Option<u32>,
        /// For whoever looks closer, in English.
        why: String,
    }
    /// Something this desk can't say.
    GapView {
        kind: GapKind,
        count: u32,
    }
    /// The head of the log at some size, as it stands on paper.
    HeadView {
        size: u32,
        /// Hex.
        root: String,
        words: Vec<String>,
        /// Text of the QR code.
        line: String,
    }
    /// 検証
    VerifyView {
        phase: VerifyPhase,
        done: u32,
        total: u32,
        at: Option<String>,
        /// Entries under a signature that fits, and how many of those were known from before.
        signed: u32,
        remembered: u32,
        /// The centre's own words.
        own: u32,
        findings: Vec<FindingView>,
        gaps: Vec<GapView>,
        head: HeadView,
        /// The signed note over it (C2SP tlog-checkpoint).
        checkpoint: String,
        /// The key it is signed with.
        log_key: String,
    }
    /// A value of the state that an entry changed.
    ChangeView {
        /// What it is a value of (`role`, `terminal_state`, `setting`): of a request for a second person `asked_…`, of a dropped one
        /// `dropped_…`.
        what: String,
        /// Which one (利用者ID, 契約者番号, 受付番号, the key of a setting, a branch).
        of: String,
        /// Empty: there was none. `None`: entries are elsewhere, and this desk can't say.
        before: Option<String>,
        after: String,
        /// What the numbers of a setting count.
        unit: Option<Unit>,
    }
    /// What a terminal signed.
    EnvelopeView {
        /// As it was signed, indented for reading.
        text: String,
        signature: String,
        /// Does it fit? `None`: the terminal's key is not held here.
        fits: Option<bool>,
    }
    /// Where an entry stands in the tree.
    PlaceView {
        leaf: String,
        size: u32,
        root: String,
        /// RFC 9162 §2.1.3: the hashes that lead from the leaf to the root.
        path: Vec<String>,
        /// They do, computed now.
        leads: bool,
    }
    /// One entry of 発行ログ.
    LogEntryView {
        line: LogLine,
        changes: Vec<ChangeView>,
        /// What was written beside it.
        comment: Option<String>,
        /// The entry as it is stored and hashed, indented for reading.
        text: String,
        envelope: Option<EnvelopeView>,
        place: PlaceView,
    }
}

/// What of 発行ログ is shown: entries that fit every part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LogFilter {
    /// First day (JST, `YYYY-MM-DD`).
    pub from: Option<String>,
    /// Last day.
    pub until: Option<String>,
    /// What happened (`application_approved`).
    pub kind: Option<String>,
    /// By whom.
    pub staff: Option<String>,
    /// By nobody of the staff: `customer`, `system`, `operator`, `terminal`.
    pub actor: Option<String>,
    /// At which terminal.
    pub terminal: Option<String>,
    /// Of which branch.
    pub branch: Option<String>,
    /// Why (`revocation.key_compromise`).
    pub reason: Option<String>,
    /// Two or more characters of a name or a reading, or a number: 顧客番号, 契約者番号, 利用者ID, serial, 受付番号, phone.
    pub text: Option<String>,
    /// A customer's own history.
    pub customer: Option<String>,
    /// A certificate's own history.
    pub certificate: Option<String>,
}
