//! What is asked for about staff.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Role;
use crate::id::{BranchCode, SessionId, TerminalId};

/// A command on a member of staff. Head office sends what is about others; signing in and out is the centre's own doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum StaffCommand {
    /// Add a member of staff (attachment: `Staff`).
    AddStaff {
        /// Role.
        role: Role,
        /// Branch.
        branch: BranchCode,
    },
    /// Another role, or another branch.
    ChangeStaff {
        /// Role.
        role: Role,
        /// Branch.
        branch: BranchCode,
    },
    /// The password was right: open a session.
    SignIn {
        /// At which terminal.
        terminal: TerminalId,
        /// The session.
        session: SessionId,
        /// For one approval over somebody's locked screen?
        over_lock: bool,
        /// The terminal's branch, where it is not known to be the person's own.
        #[serde(default)]
        at: Option<BranchCode>,
    },
    /// End a session.
    SignOut {
        /// The session.
        session: SessionId,
    },
    /// Too many wrong passwords.
    LockOut {
        /// At which terminal the last one was tried.
        terminal: TerminalId,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Lock the account until it is unlocked.
    LockStaff {},
    /// Unlock it, whoever or whatever locked it.
    UnlockStaff {},
    /// Give a temporary password (beside the command, never in it).
    ResetPassword {},
    /// Change the own password (old and new beside the command, never in it).
    ChangePassword {},
    /// 代行: let somebody approve at a branch between two days.
    NameDeputy {
        /// At which branch.
        branch: BranchCode,
        /// First day (JST).
        from: NaiveDate,
        /// Last day (JST).
        until: NaiveDate,
    },
    /// End a deputyship before its last day.
    EndDeputy {
        /// At which branch.
        branch: BranchCode,
    },
    /// The employment has ended: locked for good.
    EndEmployment {},
    /// The second person agrees to what was proposed.
    ConfirmProposal {
        /// Which.
        number: u32,
    },
    /// Somebody of head office drops what was proposed.
    DismissProposal {
        /// Which.
        number: u32,
    },
}

impl StaffCommand {
    /// The kind, as in the serde tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AddStaff { .. } => "add_staff",
            Self::ChangeStaff { .. } => "change_staff",
            Self::SignIn { .. } => "sign_in",
            Self::SignOut { .. } => "sign_out",
            Self::LockOut { .. } => "lock_out",
            Self::LockStaff {} => "lock_staff",
            Self::UnlockStaff {} => "unlock_staff",
            Self::ResetPassword {} => "reset_password",
            Self::ChangePassword {} => "change_password",
            Self::NameDeputy { .. } => "name_deputy",
            Self::EndDeputy { .. } => "end_deputy",
            Self::EndEmployment {} => "end_employment",
            Self::ConfirmProposal { .. } => "confirm_proposal",
            Self::DismissProposal { .. } => "dismiss_proposal",
        }
    }

    /// May it come in an envelope? Sessions and wrong passwords are the centre's own words.
    pub fn from_desk(&self) -> bool {
        !matches!(self, Self::SignIn { .. } | Self::SignOut { .. } | Self::LockOut { .. })
    }
}
