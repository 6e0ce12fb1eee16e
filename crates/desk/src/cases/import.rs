//! A file of customers that head office has taken over: sent to the centre in pieces, looked at there, and written when whoever works
//! here has signed for it. Nothing of the file is kept at the desk.

use domain::ErrorCode;
use domain::branch::BranchCommand;
use wire::api::import::{
    ImportEncoding, ImportLook, ImportPhase, ImportPiece, ImportProblem, ImportReport, ImportState, MOST, PIECE,
};
use wire::{Base64, Body};

use super::straight::token;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ImportFileEncoding, ImportProblemView, ImportReportView, ImportStep, ImportView};

impl Desk {
    /// Sends a file and has it looked at. How far that is, is asked for by [`Desk::import_state`].
    ///
    /// # Errors
    /// Nobody of head office works here, the file is too large, or the centre refuses or is out of reach.
    pub async fn import_file(&self, bytes: &[u8], encoding: ImportFileEncoding) -> Result<(), DeskError> {
        let staff = self.head_office()?;
        let (sha256, size) = (wire::sha256_hex(bytes), bytes.len() as u64);
        if size > MOST {
            return Err(ErrorCode::BodyTooLarge.into());
        }
        if bytes.is_empty() {
            return Err(ErrorCode::ImportUnreadable.into());
        }
        let mut from = 0;
        for part in bytes.chunks(PIECE) {
            let piece = ImportPiece { sha256: sha256.clone(), size, from, part: Base64(part.to_vec()) };
            self.inner.centre.import_piece(token(&staff)?, &piece).await?;
            from += part.len() as u64;
        }
        let encoding = match encoding {
            ImportFileEncoding::Utf8 => ImportEncoding::Utf8,
            ImportFileEncoding::ShiftJis => ImportEncoding::ShiftJis,
        };
        self.inner.centre.import_look(token(&staff)?, &ImportLook { sha256, encoding }).await
    }

    /// Where it stands at the centre.
    ///
    /// # Errors
    /// Nobody of head office works here, or the centre is out of reach.
    pub async fn import_state(&self) -> Result<ImportView, DeskError> {
        let staff = self.head_office()?;
        Ok(view(self.inner.centre.import_state(token(&staff)?, 0).await?))
    }

    /// Has the file written that was looked at: all of it, or nothing.
    ///
    /// # Errors
    /// The centre has another file or none, the file has bad lines, or the centre is out of reach.
    pub async fn import_begin(&self, sha256: &str, rows: u32) -> Result<(), DeskError> {
        let staff = self.head_office()?;
        let command = BranchCommand::ImportCustomers { sha256: sha256.to_owned(), rows };
        self.straight(Body::Branch { branch: staff.branch, command }, None).await
    }

    /// Gives up what is under way, or has the centre forget a file that waits.
    ///
    /// # Errors
    /// Nobody of head office works here, or the centre is out of reach.
    pub async fn import_cancel(&self) -> Result<(), DeskError> {
        let staff = self.head_office()?;
        self.inner.centre.import_cancel(token(&staff)?).await
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn view(state: ImportState) -> ImportView {
    let step = match state.phase {
        ImportPhase::Nothing => ImportStep::Nothing,
        ImportPhase::Receiving => ImportStep::Sending,
        ImportPhase::Looking => ImportStep::Looking,
        ImportPhase::Looked => ImportStep::Looked,
        ImportPhase::Writing => ImportStep::Writing,
        ImportPhase::Written => ImportStep::Written,
        ImportPhase::Failed => ImportStep::Failed,
    };
    ImportView {
        step,
        sha256: state.sha256,
        done: small(state.done),
        total: small(state.total),
        report: state.report.map(report),
        failed: state.failed,
        failed_args: state.failed_args,
    }
}

fn report(report: ImportReport) -> ImportReportView {
    let problem = |one: ImportProblem| ImportProblemView {
        line: small(one.line),
        column: one.column,
        code: one.code,
        args: one.args,
    };
    ImportReportView {
        rows: small(report.rows),
        customers: small(report.customers),
        known_customers: small(report.known_customers),
        contracts: small(report.contracts),
        users: small(report.users),
        problems: report.problems.into_iter().map(problem).collect(),
        problem_count: small(report.problem_count),
    }
}
