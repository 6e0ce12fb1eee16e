//! What takes two persons of head office: everything that lets somebody approve, or gives a key to such an account.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Deputy, Staff, StaffCommand, StaffEvent};
use crate::actor::Role;
use crate::id::{BranchCode, StaffId};

/// What was proposed. Part of a stored event: frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StaffChange {
    /// Add.
    Add {
        /// Role.
        role: Role,
        /// Branch.
        branch: BranchCode,
    },
    /// Another role, or another branch.
    Change {
        /// Role.
        role: Role,
        /// Branch.
        branch: BranchCode,
    },
    /// Unlock.
    Unlock {},
    /// Give a temporary password.
    ResetPassword {},
    /// Let stand in for a supervisor.
    Deputy {
        /// At which branch.
        branch: BranchCode,
        /// First day (JST).
        from: NaiveDate,
        /// Last day (JST).
        until: NaiveDate,
    },
}

/// A proposal that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The how-manieth about this person.
    pub number: u32,
    /// What.
    pub change: StaffChange,
    /// Who asked for it.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
}

impl StaffChange {
    /// What a command asks for, where it can be proposed at all.
    pub(super) fn of(command: &StaffCommand) -> Option<Self> {
        Some(match command {
            StaffCommand::AddStaff { role, branch } => Self::Add { role: *role, branch: branch.clone() },
            StaffCommand::ChangeStaff { role, branch } => Self::Change { role: *role, branch: branch.clone() },
            StaffCommand::UnlockStaff {} => Self::Unlock {},
            StaffCommand::ResetPassword {} => Self::ResetPassword {},
            StaffCommand::NameDeputy { branch, from, until } => {
                Self::Deputy { branch: branch.clone(), from: *from, until: *until }
            }
            _ => return None,
        })
    }

    /// Does it make somebody able to approve, or open the account of somebody who is?
    pub fn takes_two(&self, staff: &Staff, now: DateTime<Utc>) -> bool {
        match self {
            Self::Add { role, .. } | Self::Change { role, .. } => role.approves(),
            Self::Unlock {} | Self::ResetPassword {} => staff.approves(now),
            Self::Deputy { .. } => true,
        }
    }

    /// What happens when it takes effect.
    pub(super) fn event(&self, staff: &Staff) -> StaffEvent {
        match self.clone() {
            Self::Add { role, branch } => StaffEvent::StaffAdded { role, branch },
            Self::Change { role, branch } => {
                let from = staff.branch.clone().filter(|from| *from != branch);
                StaffEvent::StaffChanged { role, branch, from }
            }
            Self::Unlock {} => StaffEvent::StaffUnlocked {},
            Self::ResetPassword {} => StaffEvent::PasswordReset {},
            Self::Deputy { branch, from, until } => StaffEvent::DeputyNamed { branch, from, until },
        }
    }

    pub(super) fn deputy(&self) -> Option<Deputy> {
        match self.clone() {
            Self::Deputy { branch, from, until } => Some(Deputy { branch, from, until }),
            _ => None,
        }
    }
}
