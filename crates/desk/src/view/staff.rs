//! Staff, as head office sees and changes them.

use domain::Role;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StaffState {
    /// Is to be added, when the second person agrees.
    Proposed,
    /// Can work.
    Working,
    /// Was given a temporary password and has not changed it.
    Temporary,
    /// Locked by wrong passwords, for a while.
    LockedOut,
    /// Locked by head office.
    Locked,
    /// 退職
    Left,
}

/// What waits for the second person, or was done at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StaffChangeKind {
    /// 登録
    Add,
    /// 役割・所属の変更
    Change,
    /// ロック解除
    Unlock,
    /// パスワード再発行
    ResetPassword,
    /// 代行
    Deputy,
}

/// What head office asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum StaffAct {
    /// 登録
    Add {
        /// Name on screen and paper.
        name: String,
        /// Role.
        role: Role,
        /// 店番
        branch_code: String,
    },
    /// 役割・所属の変更
    Change {
        /// Role.
        role: Role,
        /// 店番
        branch_code: String,
    },
    /// ロック
    Lock,
    /// ロック解除
    Unlock,
    /// パスワード再発行
    ResetPassword,
    /// 代行の任命
    NameDeputy {
        /// 店番
        branch_code: String,
        /// First day.
        from: String,
        /// Last day.
        until: String,
    },
    /// 代行の終了
    EndDeputy {
        /// 店番
        branch_code: String,
    },
    /// 退職
    EndEmployment,
    /// The second person agrees.
    Confirm {
        /// Which proposal.
        number: u32,
    },
    /// Somebody drops it.
    Dismiss {
        /// Which proposal.
        number: u32,
    },
}

/// What became of a password that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TemporaryPart {
    /// All of it.
    Whole,
    /// The first half.
    First,
    /// The second half.
    Second,
}

/// A temporary password, or the half of one: shown once, kept nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TemporaryPassword {
    /// As it is typed.
    pub text: String,
    /// How much of it this is.
    pub part: TemporaryPart,
}

impl std::fmt::Debug for TemporaryPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TemporaryPassword({:?}, …)", self.part)
    }
}

views! {
    /// What became of an act on a member of staff.
    StaffResult {
        /// To be handed over, and not shown again.
        temporary: Option<TemporaryPassword>,
    }
    /// 代行
    DeputyView { branch_code: String, branch_name: String, from: String, until: String, in_force: bool, }
    /// What waits for the second person.
    ProposalView {
        number: u32,
        change: StaffChangeKind,
        role: Option<Role>,
        branch_code: String,
        branch_name: String,
        from: String,
        until: String,
        by: String,
        at: String,
        /// Asked for by whoever looks: somebody else has to agree.
        own: bool,
    }
    /// A member of staff.
    StaffRow {
        staff_id: String,
        name: String,
        /// `None` until the second person agrees.
        role: Option<Role>,
        branch_code: String,
        branch_name: String,
        /// What is judged by this row is decided against it.
        version: String,
        state: StaffState,
        last_sign_in: Option<String>,
        /// Who gave the last temporary password, and when.
        reset_by: Option<String>,
        reset_at: Option<String>,
        deputies: Vec<DeputyView>,
        proposal: Option<ProposalView>,
        /// Can approve, today or on a day that lies ahead: what opens the account takes two persons.
        approves: bool,
        /// Whoever looks.
        own: bool,
    }
    /// The staff this desk knows of.
    StaffList {
        rows: Vec<StaffRow>,
        /// Those of every branch are here, not only of this one.
        every_branch: bool,
        /// May whoever looks change anything?
        may_change: bool,
        /// Branches, for choosing.
        branches: Vec<BranchOption>,
    }
    /// A branch to choose.
    BranchOption { code: String, name: String, }
}
