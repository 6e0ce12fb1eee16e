//! Which role may send which command. One table; the centre enforces it, the desk uses it to hide what would be refused.

use crate::actor::Role;
use crate::customer::CustomerCommand;

/// May a role send this command (to a customer of a branch it may act for)?
pub fn role_may(role: Role, command: &CustomerCommand) -> bool {
    use CustomerCommand as C;
    match command {
        C::RecordCustomer { .. }
        | C::SubmitApplication { .. }
        | C::ResubmitApplication { .. }
        | C::WithdrawApplication { .. }
        | C::RecordHandover { .. }
        | C::PrintSlip { .. } => matches!(role, Role::Teller | Role::SalesRep | Role::Supervisor),
        // Whoever hears of it first stops it, head office too, out of hours.
        C::SuspendCertificates { .. } | C::RecordIncident { .. } | C::RecordRevocationPaper { .. } => {
            matches!(role, Role::Teller | Role::SalesRep | Role::Supervisor | Role::HeadOffice)
        }
        C::ConfirmIncident { .. } | C::ResumeIncident { .. } | C::RevokeIncident { .. } => {
            matches!(role, Role::Supervisor | Role::HeadOffice)
        }
        C::ApproveApplication { .. } | C::ReturnApplication { .. } | C::RejectApplication { .. } => {
            matches!(role, Role::Supervisor | Role::HeadOffice)
        }
        // Import, the customer's own acts and the centre's jobs have no role.
        C::RecordContract { .. } | C::FetchCertificate { .. } | C::ConfirmCertificate { .. } | C::LapseRight { .. } => {
            false
        }
    }
}
