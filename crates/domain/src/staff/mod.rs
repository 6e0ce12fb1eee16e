//! Staff: who may sign in, with which role, at which branch. Passwords and tries are not here; they never enter the log.

mod apply;
mod command;
mod decide;
mod deputy;
mod event;
mod proposal;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use apply::apply;
pub use command::StaffCommand;
pub use decide::decide;
pub use deputy::{Deputy, LONGEST_DEPUTY_DAYS};
pub use event::{Ends, StaffEvent};
pub use proposal::{Proposal, StaffChange};

use crate::actor::Role;
use crate::id::{BranchCode, SessionId, StaffId, TerminalId};
use crate::personal::StaffDetails;

/// A temporary password is good for so many hours: it is handed over within a working day or two, or given anew.
pub const TEMPORARY_PASSWORD_HOURS: u32 = 72;

/// So long somebody who gave a person a temporary password takes no part in making that person approve, days: whoever took an
/// account over by it would be found out, since its owner could not work.
pub const APART_DAYS: i64 = 30;

/// A member of staff, derived from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// 職員番号.
    pub id: StaffId,
    /// Number of events applied.
    pub version: u64,
    /// Name; `None` before the first event or after erasure.
    pub details: Option<StaffDetails>,
    /// Role; `None` before the first event.
    pub role: Option<Role>,
    /// Branch; `None` before the first event.
    pub branch: Option<BranchCode>,
    /// When the account was last locked by wrong passwords, until when.
    pub locked_until: Option<DateTime<Utc>>,
    /// When it was last locked, by wrong passwords or by head office.
    #[serde(default)]
    pub locked_at: Option<DateTime<Utc>>,
    /// The newest sign-ins at each terminal, oldest first: what was made off-line is judged by them when it arrives.
    #[serde(default)]
    pub sign_ins: Vec<SignInMark>,
    /// What head office has done.
    #[serde(default, skip_serializing_if = "Administered::is_nothing")]
    pub administered: Administered,
}

/// What head office has done to an account. Apart, so that the state of whom nobody touched is written as it always was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Administered {
    /// Locked by head office, and not unlocked.
    pub locked: bool,
    /// Since when the password is the one it is.
    pub password_at: Option<DateTime<Utc>>,
    /// It is a temporary one: nothing but changing it is possible.
    pub temporary: bool,
    /// Who last gave a temporary one,
    pub reset_by: Option<StaffId>,
    /// and when.
    pub reset_at: Option<DateTime<Utc>>,
    /// Where this person stands in for a supervisor.
    pub deputies: Vec<Deputy>,
    /// When this person last went to another branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_at: Option<DateTime<Utc>>,
    /// When the employment ended.
    pub left_at: Option<DateTime<Utc>>,
    /// Proposals so far.
    pub proposed: u32,
    /// What waits for a second person.
    pub proposal: Option<Proposal>,
}

impl Administered {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A sign-in at the centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInMark {
    /// At which terminal.
    pub terminal: TerminalId,
    /// The session.
    pub session: SessionId,
    /// When.
    pub at: DateTime<Utc>,
    /// Role of that moment.
    pub role: Role,
    /// Branch of that moment.
    pub branch: BranchCode,
    /// When it was ended by its holder.
    pub ended_at: Option<DateTime<Utc>>,
    /// 代行: the branch at which this person could approve at that terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<BranchCode>,
}

impl Staff {
    /// A member of staff nobody has added yet.
    pub fn unknown(id: StaffId) -> Self {
        Self {
            id,
            version: 0,
            details: None,
            role: None,
            branch: None,
            locked_until: None,
            locked_at: None,
            sign_ins: Vec::new(),
            administered: Administered::default(),
        }
    }

    /// The sign-in a session began with.
    pub fn sign_in(&self, terminal: TerminalId, session: SessionId) -> Option<&SignInMark> {
        self.sign_ins.iter().find(|mark| mark.terminal == terminal && mark.session == session)
    }

    /// May this person work now: not locked by whatever, and still employed?
    pub fn may_work(&self, now: DateTime<Utc>) -> bool {
        let Administered { locked, left_at, .. } = &self.administered;
        !locked && left_at.is_none() && self.locked_until.is_none_or(|until| until <= now)
    }

    /// What was known of this person before this moment, a verifier at a desk above all, is worth nothing any more.
    pub fn unknown_before(&self) -> Option<DateTime<Utc>> {
        let Administered { password_at, moved_at, left_at, .. } = &self.administered;
        [self.locked_at, *password_at, *moved_at, *left_at].into_iter().flatten().max()
    }

    /// Does this person work at a branch's terminals: of the own branch, standing in there, or reading every branch?
    pub fn works_at(&self, branch: &BranchCode, now: DateTime<Utc>) -> bool {
        self.branch.as_ref() == Some(branch)
            || self.deputy_at(branch, now)
            || self.role.is_some_and(Role::reads_every_branch)
    }

    /// Can this person approve, now or on a day that lies ahead? What widens such an account takes two persons of head office.
    pub fn approves(&self, now: DateTime<Utc>) -> bool {
        self.role.is_some_and(Role::approves) || self.deputyships().any(|deputy| !deputy.over(now))
    }

    /// Where somebody who is only proposed is to work.
    pub fn proposed_branch(&self) -> Option<BranchCode> {
        match &self.administered.proposal.as_ref()?.change {
            StaffChange::Add { branch, .. } => Some(branch.clone()),
            _ => None,
        }
    }

    /// 代行: does this person stand in for a supervisor of the branch now?
    pub fn deputy_at(&self, branch: &BranchCode, now: DateTime<Utc>) -> bool {
        self.deputyships().any(|deputy| deputy.branch == *branch && deputy.in_force(now))
    }

    /// Head office needs none, and an auditor changes nothing, whatever was arranged before.
    fn deputyships(&self) -> impl Iterator<Item = &Deputy> {
        let counts = self.role.is_some_and(|role| !role.reads_every_branch());
        self.administered.deputies.iter().filter(move |_| counts)
    }
}
