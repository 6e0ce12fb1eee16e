//! How far a customer's things have come, and what was done for it.

/// How far a customer's things have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    /// Nobody has heard of the customer.
    Nothing,
    Recorded,
    Held,
    Submitted,
    Returned,
    Rejected,
    Withdrawn,
    /// The right is granted, the slip not printed.
    Authorised,
    Printed,
    /// Stopped by the institution before it was fetched.
    Cancelled,
    Signed,
    Active,
    /// A reissue is approved: asked about is the new right.
    Replacing,
    /// The new certificate is in use: asked about is the one before it.
    Replaced,
    /// Stopped after a loss; the paper has not come.
    Stopped,
    PaperThere,
    Resumed,
    Revoked,
    /// The contract ends on a day ahead.
    Closing,
    Closed,
    /// Not fetched in time.
    Lapsed,
    Expired,
    /// In use, and its holder has begun to exchange it: asked about is what comes next.
    Renewing,
    /// The same, and it has expired since.
    RenewingExpired,
    StoppedExpired,
    /// Expired so long ago that it can't be exchanged any more.
    GraceOver,
}

impl Stage {
    /// Only time brings it about: see `Persons::long_ago`.
    pub(super) fn by_time(self) -> bool {
        self.renewed_since() || matches!(self, Self::Lapsed | Self::Expired | Self::StoppedExpired | Self::GraceOver)
    }

    /// What was issued is exchanged later on.
    pub(super) fn renewed_since(self) -> bool {
        matches!(self, Self::Renewing | Self::RenewingExpired)
    }

    /// Somebody took a call that is not settled, or was not settled before.
    pub(super) fn reported(self) -> bool {
        matches!(self, Self::Stopped | Self::PaperThere | Self::Resumed | Self::Revoked | Self::StoppedExpired)
    }

    /// What was done, in its order.
    pub(super) fn steps(self) -> Vec<&'static str> {
        let (before, step) = match self {
            Self::Nothing => return Vec::new(),
            Self::Lapsed => return Self::Printed.steps(),
            Self::Expired | Self::Renewing | Self::RenewingExpired | Self::GraceOver => return Self::Active.steps(),
            Self::StoppedExpired => return Self::Stopped.steps(),
            Self::Recorded => (Self::Nothing, "record_customer"),
            Self::Held => (Self::Recorded, LATE),
            Self::Submitted => (Self::Recorded, "submit_application"),
            Self::Returned => (Self::Submitted, "return_application"),
            Self::Rejected => (Self::Submitted, "reject_application"),
            Self::Withdrawn => (Self::Submitted, "withdraw_application"),
            Self::Authorised => (Self::Submitted, "approve_application"),
            Self::Printed => (Self::Authorised, "print_slip"),
            Self::Cancelled => (Self::Printed, FORCE),
            Self::Signed => (Self::Printed, FETCH),
            Self::Active => (Self::Signed, CONFIRM),
            Self::Replacing => (Self::Active, REISSUE),
            Self::Replaced => (Self::Replacing, EXCHANGE),
            Self::Stopped => (Self::Active, "suspend_certificates"),
            Self::PaperThere => (Self::Stopped, "record_revocation_paper"),
            Self::Resumed => (Self::Stopped, "resume_incident"),
            Self::Revoked => (Self::PaperThere, "revoke_incident"),
            Self::Closing => (Self::Active, CLOSE_LATER),
            Self::Closed => (Self::Active, CLOSE),
        };
        [before.steps(), vec![step]].concat()
    }
}

// Steps that are no row of a table.
pub(super) const LATE: &str = "submit_application (late)";
pub(super) const FETCH: &str = "(fetch)";
pub(super) const CONFIRM: &str = "(confirm)";
pub(super) const EXCHANGE: &str = "(print, fetch and confirm)";
pub(super) const FORCE: &str = "submit_application (強制停止)";
pub(super) const REISSUE: &str = "submit_application (再発行)";
pub(super) const CLOSE: &str = "submit_application (解約)";
pub(super) const CLOSE_LATER: &str = "submit_application (解約, a month ahead)";
