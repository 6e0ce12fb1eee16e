//! Every command on a member of staff in every state of the account, by everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::staff::StaffCommand;
use domain::{ErrorCode, Role, calendar};
use e2e::centre::BRANCH;

use super::person::{Person, Persons};
use super::table::Table;
use super::thing::{Thing, chapter};

/// Accounts with a password of their own, which the operator makes while the centre is down: head office gives temporary ones.
pub(super) const ACCOUNTS: [(char, &str, u32); 2] = [('W', "teller", 52), ('U', "supervisor", 28)];

/// Ids of people whom head office adds, and of those whom nobody adds.
static COUNT: AtomicU32 = AtomicU32::new(1);
/// The operator's that were taken.
static TAKEN: [AtomicU32; 2] = [AtomicU32::new(1), AtomicU32::new(1)];

/// Which of the two of head office did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Whose column it is.
    First,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Nobody,
    /// To be added, once a second person agrees.
    Proposed(By),
    Active(Role),
    Temporary(Role),
    Locked(Role),
    /// By wrong passwords, for a quarter of an hour.
    LockedOut(Role),
    Left,
    Deputy,
    /// A teller who is to stand in for a supervisor, once a second person agrees.
    Waiting(By),
}

const STATES: [(&str, State); 15] = [
    ("nobody", State::Nobody),
    ("proposed by the same person", State::Proposed(By::First)),
    ("proposed by another", State::Proposed(By::Other)),
    ("teller", State::Active(Role::Teller)),
    ("teller with a temporary password", State::Temporary(Role::Teller)),
    ("locked teller", State::Locked(Role::Teller)),
    ("teller locked by wrong passwords", State::LockedOut(Role::Teller)),
    ("deputy", State::Deputy),
    ("teller with a proposal by the same person", State::Waiting(By::First)),
    ("teller with a proposal by another", State::Waiting(By::Other)),
    ("supervisor", State::Active(Role::Supervisor)),
    ("supervisor with a temporary password", State::Temporary(Role::Supervisor)),
    ("locked supervisor", State::Locked(Role::Supervisor)),
    ("supervisor locked by wrong passwords", State::LockedOut(Role::Supervisor)),
    ("left", State::Left),
];

impl Thing for State {
    type Id = String;
    type Command = StaffCommand;

    fn commands(persons: &Persons) -> Vec<(&'static str, StaffCommand)> {
        let branch = || BRANCH.parse().unwrap();
        let teller = persons.named("teller");
        let (terminal, session) = (teller.terminal.id(), teller.session.session);
        vec![
            ("add_staff (teller)", StaffCommand::AddStaff { role: Role::Teller, branch: branch() }),
            ("change_staff (to sales rep)", StaffCommand::ChangeStaff { role: Role::SalesRep, branch: branch() }),
            ("change_staff (to supervisor)", StaffCommand::ChangeStaff { role: Role::Supervisor, branch: branch() }),
            ("lock_staff", StaffCommand::LockStaff {}),
            ("unlock_staff", StaffCommand::UnlockStaff {}),
            ("reset_password", StaffCommand::ResetPassword {}),
            ("change_password", StaffCommand::ChangePassword {}),
            ("name_deputy", deputy(persons)),
            ("end_deputy", StaffCommand::EndDeputy { branch: branch() }),
            ("end_employment", StaffCommand::EndEmployment {}),
            ("confirm_proposal", StaffCommand::ConfirmProposal { number: 1 }),
            ("dismiss_proposal", StaffCommand::DismissProposal { number: 1 }),
            ("sign_in", StaffCommand::SignIn { terminal, session, over_lock: false, at: None }),
            ("sign_out", StaffCommand::SignOut { session }),
            ("lock_out", StaffCommand::LockOut { terminal, until: chrono::DateTime::UNIX_EPOCH }),
        ]
    }

    async fn made(self, persons: &Persons) -> String {
        let (head, other) = (persons.named("head office"), &persons.second_head);
        let one = |by| if by == By::First { head } else { other };
        let fresh = || format!("V{:04}", COUNT.fetch_add(1, Ordering::Relaxed));
        let add = |role| StaffCommand::AddStaff { role, branch: BRANCH.parse().unwrap() };
        let (by, id, command) = match self {
            Self::Nobody => return fresh(),
            Self::Active(role) => return theirs(role),
            Self::LockedOut(role) => return locked_out(persons, theirs(role)).await,
            Self::Proposed(by) => (one(by), fresh(), add(Role::Supervisor)),
            Self::Temporary(role) => (head, fresh(), add(role)),
            Self::Locked(role) => (head, theirs(role), StaffCommand::LockStaff {}),
            Self::Left => (head, theirs(Role::Teller), StaffCommand::EndEmployment {}),
            Self::Deputy => (head, theirs(Role::Teller), deputy(persons)),
            Self::Waiting(by) => (one(by), theirs(Role::Teller), deputy(persons)),
        };
        by.administer(&id, command).await.unwrap();
        if matches!(self, Self::Deputy | Self::Temporary(Role::Supervisor)) {
            agree(other, &id, self).await.unwrap();
        }
        id
    }

    async fn asked(self, person: &Person, id: &String, command: &StaffCommand) -> Result<(), ErrorCode> {
        match command {
            StaffCommand::ConfirmProposal { .. } => agree(person, id, self).await,
            _ => person.administer(id, command.clone()).await,
        }
    }
}

fn deputy(persons: &Persons) -> StaffCommand {
    let today = persons.today();
    StaffCommand::NameDeputy { branch: BRANCH.parse().unwrap(), from: today, until: calendar::later(today, 1) }
}

/// So many wrong passwords at once that the last of them locks.
async fn locked_out(persons: &Persons, id: String) -> String {
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..domain::policy::Policy::default().sign_in_tries {
        let (terminal, id) = (persons.named("teller").terminal.another(), id.clone());
        tries.spawn(async move { terminal.try_sign_in(&id, "chigau", false).await.unwrap_err().code });
    }
    while let Some(code) = tries.join_next().await {
        if code.unwrap() == ErrorCode::SignInLocked {
            return id;
        }
    }
    panic!("{id} is not locked");
}

/// Somebody whom the operator made.
fn theirs(role: Role) -> String {
    let place = usize::from(role == Role::Supervisor);
    let (letter, _, count) = ACCOUNTS[place];
    let n = TAKEN[place].fetch_add(1, Ordering::Relaxed);
    assert!(n <= count, "more accounts of {role:?}");
    format!("{letter}{n:04}")
}

/// The second person gives the other half of a password, where there is one.
async fn agree(person: &Person, id: &str, state: State) -> Result<(), ErrorCode> {
    let half = matches!(state, State::Proposed(_) | State::Temporary(_)).then_some("0000-0000");
    let agree = StaffCommand::ConfirmProposal { number: 1 };
    let done = person.terminal.administer(&person.session, id, agree, half).await;
    done.map(drop).map_err(|answer| answer.code)
}

pub(super) async fn accounts(persons: &Arc<Persons>) -> Table {
    let lead = "The same in every state of the account; \"the same person\" is the one of head office who tries. **yes** where somebody \
                approves, or is to approve, is a proposal that waits for another person.";
    chapter(persons, "Staff by state", lead, &STATES).await
}
