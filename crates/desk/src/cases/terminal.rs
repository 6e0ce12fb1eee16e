//! Terminals, for head office: which there are, and cutting one off that was stolen.

use domain::ErrorCode;
use domain::id::TerminalId;
use domain::terminal::{Terminal, TerminalCommand};
use wire::Body;

use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::TerminalView;

impl Desk {
    /// Every terminal this desk knows of.
    ///
    /// # Errors
    /// Nobody of head office works here, or the replica failed.
    pub async fn terminals(&self) -> Result<Vec<TerminalView>, DeskError> {
        if !self.working()?.role.reads_every_branch() {
            return Err(ErrorCode::RoleNotPermitted.into());
        }
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT state FROM terminal").fetch_all(&self.inner.replica.readers).await?;
        let mut views = Vec::with_capacity(rows.len());
        for (json,) in rows {
            let terminal: Terminal = serde_json::from_str(&json)?;
            let branch_code = terminal.branch.as_ref().map(ToString::to_string).unwrap_or_default();
            let state = serde_json::to_value(terminal.state)?;
            views.push(TerminalView {
                own: terminal.id == self.inner.identity.terminal,
                terminal_id: terminal.id.to_string(),
                label: terminal.label,
                branch_name: self.branch_name(&branch_code),
                branch_code,
                state: state.as_str().unwrap_or_default().to_owned(),
            });
        }
        views.sort_by(|a, b| (&a.branch_code, &a.label).cmp(&(&b.branch_code, &b.label)));
        Ok(views)
    }

    /// Cuts a terminal off for good; its connections end within a second.
    ///
    /// # Errors
    /// The centre refuses, or is out of reach.
    pub async fn revoke_terminal(&self, terminal_id: &str) -> Result<(), DeskError> {
        let terminal: TerminalId = terminal_id.parse()?;
        self.straight(Body::Terminal { terminal, command: TerminalCommand::RevokeTerminal {} }, None).await
    }
}
