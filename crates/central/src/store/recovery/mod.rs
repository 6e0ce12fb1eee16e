//! After a restore: takes what the desks send back, says what is still missing, and puts back what came.

mod append;
mod own;
mod report;
mod status;
#[cfg(test)]
mod tests;

pub(crate) use append::end;
pub use report::Report;
pub(crate) use report::take;
#[cfg(test)]
pub(crate) use status::status;
pub use status::{Status, ask};

use domain::staff::StaffCommand;
use domain::terminal::TerminalCommand;

use super::act::Command;
use domain::ErrorCode;

/// May it happen while what came after the backup is still being collected? Stops may, and who signs in to report them.
pub(super) fn may_happen(command: &Command) -> bool {
    match command {
        Command::Customer(_, command) => command.while_recovering(),
        Command::Held(..) => false,
        Command::Staff(_, command) => {
            matches!(
                command,
                StaffCommand::SignIn { .. }
                    | StaffCommand::SignOut { .. }
                    | StaffCommand::LockOut { .. }
                    | StaffCommand::LockStaff {}
            )
        }
        Command::Terminal(_, command) => matches!(command, TerminalCommand::RevokeTerminal { .. }),
        Command::Policy(..) | Command::Branch(..) => false,
        Command::Institution(..) => true,
    }
}

/// Refusals that may be wrong while entries are still to come: whoever asks must ask again.
pub(super) fn too_early(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NothingToStop
            | ErrorCode::StoppedAlready
            | ErrorCode::CustomerUnknown
            | ErrorCode::ContractUnknown
            | ErrorCode::UserUnknown
            | ErrorCode::IncidentUnknown
            | ErrorCode::StaffUnknown
            | ErrorCode::VersionConflict
    )
}
