//! Which role may send which command. One table; the centre enforces it, the desk uses it to hide what would be refused.

use crate::actor::Role;
use crate::branch::BranchCommand;
use crate::customer::{CustomerCommand, Request};
use crate::id::BranchCode;

/// May a role register an application: a customer's, or the institution's own (強制停止)?
pub fn may_register(role: Role, by_force: bool) -> bool {
    if by_force { role == Role::HeadOffice } else { matches!(role, Role::Teller | Role::SalesRep | Role::Supervisor) }
}

/// May a role send this command (to a customer of a branch it may act for)?
pub fn role_may(role: Role, command: &CustomerCommand) -> bool {
    use CustomerCommand as C;
    match command {
        // Of applications head office brings in the 強制停止 alone (`decide` looks at the request).
        C::SubmitApplication { request: Request::ForceStop { .. }, .. }
        | C::ResubmitApplication { request: Request::ForceStop { .. }, .. } => may_register(role, true),
        C::SubmitApplication { .. } | C::ResubmitApplication { .. } => may_register(role, false),
        C::WithdrawApplication { .. } => role != Role::Auditor,
        C::RecordCustomer { .. } | C::RecordHandover { .. } | C::PrintSlip { .. } => {
            matches!(role, Role::Teller | Role::SalesRep | Role::Supervisor)
        }
        // Whoever hears of it first stops it, head office too, out of hours.
        C::SuspendCertificates { .. }
        | C::RecordIncident { .. }
        | C::RecordRevocationPaper { .. }
        | C::RecordPaperReminder { .. }
        | C::RecordAdvice { .. } => may_stop(role),
        C::ConfirmIncident { .. } | C::ResumeIncident { .. } | C::RevokeIncident { .. } => {
            matches!(role, Role::Supervisor | Role::HeadOffice)
        }
        C::AcceptHeldAct { .. } | C::DismissHeldAct { .. } => matches!(role, Role::Supervisor | Role::HeadOffice),
        C::ApproveApplication { .. } | C::ReturnApplication { .. } | C::RejectApplication { .. } => {
            matches!(role, Role::Supervisor | Role::HeadOffice)
        }
        // Import, the customer's own acts and the centre's jobs have no role. Whom two persons of head office let move
        // (`BranchCommand::MoveCustomers`) is moved by a job.
        C::MoveCustomer { .. }
        | C::RecordContract { .. }
        | C::ImportCustomer { .. }
        | C::FetchCertificate { .. }
        | C::ConfirmCertificate { .. }
        | C::RenewCertificate { .. }
        | C::LapseRight { .. }
        | C::ExpireCertificate { .. }
        | C::EndGrace { .. }
        | C::CloseContract { .. } => false,
    }
}

/// May a role send this command (to a branch it may act for)?
pub fn role_may_branch(role: Role, command: &BranchCommand) -> bool {
    match command {
        BranchCommand::SignOffDay { .. } => matches!(role, Role::Supervisor | Role::HeadOffice),
        BranchCommand::OpenBranch { .. }
        | BranchCommand::RenameBranch { .. }
        | BranchCommand::MergeBranch { .. }
        | BranchCommand::WithdrawMerger {}
        | BranchCommand::MoveCustomers { .. }
        | BranchCommand::ConfirmBranchChange { .. }
        | BranchCommand::DismissBranchChange { .. }
        | BranchCommand::ImportCustomers { .. } => role == Role::HeadOffice,
        // The centre's own.
        BranchCommand::EndTransfer { .. } => false,
    }
}

/// As whom somebody acts at a terminal: as himself where that is enough, else as the deputy he is there.
pub fn acting(
    who: (Role, &BranchCode),
    here: (&BranchCode, bool),
    command: &CustomerCommand,
) -> (Role, BranchCode, bool) {
    acting_where(who, here, |role| role_may(role, command))
}

/// The same of a command on a branch.
pub fn acting_on_branch(
    who: (Role, &BranchCode),
    here: (&BranchCode, bool),
    command: &BranchCommand,
) -> (Role, BranchCode, bool) {
    acting_where(who, here, |role| role_may_branch(role, command))
}

fn acting_where(
    (role, branch): (Role, &BranchCode),
    (terminal, deputy): (&BranchCode, bool),
    may: impl Fn(Role) -> bool,
) -> (Role, BranchCode, bool) {
    let himself = terminal == branch && may(role);
    match deputy && !himself && may(Role::Supervisor) {
        true => (Role::Supervisor, terminal.clone(), true),
        false => (role, branch.clone(), false),
    }
}

/// May a role stop certificates, of whatever branch, and look up whom that would hit?
pub fn may_stop(role: Role) -> bool {
    matches!(role, Role::Teller | Role::SalesRep | Role::Supervisor | Role::HeadOffice)
}
