//! What happened to staff.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::StaffChange;
use crate::actor::Role;
use crate::id::{BranchCode, SessionId, TerminalId};

/// What happened. Stored: variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StaffEvent {
    /// Added.
    StaffAdded {
        /// Role.
        role: Role,
        /// Branch.
        branch: BranchCode,
    },
    /// Has another role, or works at another branch.
    StaffChanged {
        /// Role.
        role: Role,
        /// Branch.
        branch: BranchCode,
        /// The branch that was left with it, whose desks hear of it too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<BranchCode>,
    },
    /// Signed in.
    SignedIn {
        /// At which terminal.
        terminal: TerminalId,
        /// The session.
        session: SessionId,
        /// For one approval over a locked screen?
        over_lock: bool,
        /// 代行: the branch at which this person may approve at this terminal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deputy: Option<BranchCode>,
    },
    /// Signed out.
    SignedOut {
        /// The session.
        session: SessionId,
    },
    /// Locked by wrong passwords.
    LockedOut {
        /// At which terminal the last one was tried.
        terminal: TerminalId,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Locked by head office.
    StaffLocked {},
    /// Unlocked.
    StaffUnlocked {},
    /// Was given a temporary password.
    PasswordReset {},
    /// Changed the own password.
    PasswordChanged {
        /// At which terminal.
        terminal: TerminalId,
        /// In which session, which goes on.
        session: SessionId,
    },
    /// 代行: may approve at a branch between two days.
    DeputyNamed {
        /// At which branch.
        branch: BranchCode,
        /// First day (JST).
        from: NaiveDate,
        /// Last day (JST).
        until: NaiveDate,
    },
    /// A deputyship ended before its last day.
    DeputyEnded {
        /// At which branch.
        branch: BranchCode,
    },
    /// The employment has ended.
    StaffLeft {},
    /// One person of head office asks for what takes two.
    StaffProposed {
        /// The how-manieth proposal about this person.
        number: u32,
        /// What.
        change: StaffChange,
    },
    /// Another one agreed; what was proposed stands in the events after this.
    ProposalConfirmed {
        /// Which.
        number: u32,
    },
    /// It was dropped.
    ProposalDismissed {
        /// Which.
        number: u32,
    },
}

/// Which sessions an event ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// None.
    Nothing,
    /// All of them.
    Every,
    /// All but this one.
    Others(SessionId),
}

impl StaffEvent {
    /// Does it come with a new password?
    pub fn sets_password(&self) -> bool {
        matches!(self, Self::StaffAdded { .. } | Self::PasswordReset {} | Self::PasswordChanged { .. })
    }

    /// Which sessions of the person end with it, at once and everywhere.
    pub fn ends(&self) -> Ends {
        match self {
            Self::StaffLocked {} | Self::StaffLeft {} | Self::PasswordReset {} => Ends::Every,
            // They are of terminals at which this person may not sign in any more.
            Self::StaffChanged { from: Some(_), .. } => Ends::Every,
            Self::PasswordChanged { session, .. } => Ends::Others(*session),
            _ => Ends::Nothing,
        }
    }

    /// Is it every branch's business? Whoever is locked, has another password or stands in at a branch may have worked at any
    /// terminal, and its desk must hear of it, and of its end. There is no personal data in it.
    pub fn concerns_every_branch(&self) -> bool {
        matches!(
            self,
            Self::StaffLocked {}
                | Self::StaffUnlocked {}
                | Self::StaffLeft {}
                | Self::PasswordReset {}
                | Self::PasswordChanged { .. }
                | Self::DeputyNamed { .. }
                | Self::DeputyEnded { .. }
        )
    }
}
