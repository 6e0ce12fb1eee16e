//! Staff: who may sign in, with which role, at which branch. Passwords and tries are not here; they never enter the log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};
use crate::error::{ErrorCode, Refusal};
use crate::id::{BranchCode, SessionId, StaffId, TerminalId};
use crate::personal::{PersonalData, StaffDetails};

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
    /// When that happened.
    #[serde(default)]
    pub locked_at: Option<DateTime<Utc>>,
    /// The newest sign-ins at each terminal, oldest first: what was made off-line is judged by them when it arrives.
    #[serde(default)]
    pub sign_ins: Vec<SignInMark>,
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
}

/// So many sign-ins are kept of one terminal,
const MARKS_OF_TERMINAL: usize = 8;
/// and so many of one person.
const MARKS: usize = 64;

/// What is asked for.
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
}

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
    },
    /// Signed in.
    SignedIn {
        /// At which terminal.
        terminal: TerminalId,
        /// The session.
        session: SessionId,
        /// For one approval over a locked screen?
        over_lock: bool,
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
        }
    }

    /// The sign-in a session began with.
    pub fn sign_in(&self, terminal: TerminalId, session: SessionId) -> Option<&SignInMark> {
        self.sign_ins.iter().find(|mark| mark.terminal == terminal && mark.session == session)
    }

    fn signed_in(&mut self, terminal: TerminalId, session: SessionId, at: DateTime<Utc>) {
        let (Some(role), Some(branch)) = (self.role, self.branch.clone()) else { return };
        self.sign_ins.push(SignInMark { terminal, session, at, role, branch, ended_at: None });
        let of_terminal = self.sign_ins.iter().filter(|mark| mark.terminal == terminal).count();
        let oldest = match of_terminal > MARKS_OF_TERMINAL {
            true => self.sign_ins.iter().position(|mark| mark.terminal == terminal),
            false => (self.sign_ins.len() > MARKS).then_some(0),
        };
        if let Some(oldest) = oldest {
            self.sign_ins.remove(oldest);
        }
    }
}

/// Decides a command.
///
/// # Errors
/// A [`Refusal`] that names the rule.
pub fn decide(
    staff: &Staff,
    command: &StaffCommand,
    personal: Option<&PersonalData>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<StaffEvent>, Refusal> {
    if let StaffCommand::AddStaff { role, branch } = command {
        if !matches!(actor, Actor::Operator { .. }) {
            return Err(ErrorCode::ActorNotPermitted.into());
        }
        if staff.role.is_some() {
            return Err(ErrorCode::StaffExists.into());
        }
        let Some(personal @ PersonalData::Staff(_)) = personal else {
            return Err(ErrorCode::AttachmentMismatch.into());
        };
        personal.check()?;
        return Ok(vec![StaffEvent::StaffAdded { role: *role, branch: branch.clone() }]);
    }
    let (Some(role), Some(branch)) = (staff.role, &staff.branch) else {
        return Err(ErrorCode::StaffUnknown.into());
    };
    match command {
        StaffCommand::AddStaff { .. } => Err(ErrorCode::StaffExists.into()),
        StaffCommand::ChangeStaff { role, branch } => match actor {
            Actor::Operator { .. } => Ok(vec![StaffEvent::StaffChanged { role: *role, branch: branch.clone() }]),
            _ => Err(ErrorCode::ActorNotPermitted.into()),
        },
        StaffCommand::SignIn { terminal, session, over_lock } => {
            if let Some(until) = staff.locked_until.filter(|until| *until > now) {
                return Err(Refusal::new(ErrorCode::SignInLocked).with("until", until.to_rfc3339()));
            }
            // Signing in over another's lock exists for the supervisor's approval alone.
            if *over_lock && !matches!(role, Role::Supervisor | Role::HeadOffice) {
                return Err(Refusal::new(ErrorCode::RoleNotPermitted).with("role", branch));
            }
            Ok(vec![StaffEvent::SignedIn { terminal: *terminal, session: *session, over_lock: *over_lock }])
        }
        StaffCommand::SignOut { session } => Ok(vec![StaffEvent::SignedOut { session: *session }]),
        StaffCommand::LockOut { terminal, until } => {
            Ok(vec![StaffEvent::LockedOut { terminal: *terminal, until: *until }])
        }
    }
}

/// Applies an event of an entry of the time `at`. Infallible: what was decided has happened.
pub fn apply(staff: &mut Staff, event: &StaffEvent, personal: Option<&PersonalData>, at: DateTime<Utc>) {
    staff.version += 1;
    match event {
        StaffEvent::StaffAdded { role, branch } => {
            staff.role = Some(*role);
            staff.branch = Some(branch.clone());
            if let Some(PersonalData::Staff(details)) = personal {
                staff.details = Some(details.clone());
            }
        }
        StaffEvent::StaffChanged { role, branch } => {
            staff.role = Some(*role);
            staff.branch = Some(branch.clone());
        }
        // A session over somebody's lock is for one approval, which is never made off-line.
        StaffEvent::SignedIn { over_lock: true, .. } => {}
        StaffEvent::SignedIn { terminal, session, .. } => staff.signed_in(*terminal, *session, at),
        StaffEvent::SignedOut { session } => {
            if let Some(mark) = staff.sign_ins.iter_mut().find(|mark| mark.session == *session) {
                mark.ended_at = Some(at);
            }
        }
        StaffEvent::LockedOut { until, .. } => {
            staff.locked_until = Some(*until);
            staff.locked_at = Some(at);
        }
    }
}
