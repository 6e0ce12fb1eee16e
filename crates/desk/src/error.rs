//! What can go wrong at the desk, and how it reaches the screen.

use domain::{ErrorCode, Refusal};
use wire::api::ErrorAnswer;

use crate::view::ErrorView;

/// An error of a use case.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Decided here, before anything was sent.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The centre's answer.
    #[error("the centre refused: {}", .0.code)]
    Centre(ErrorAnswer),
    /// The centre can't be reached, or the answer was lost. Trying again is always safe.
    #[error("no connection: {0}")]
    Offline(String),
    /// The replica's database.
    #[error("replica: {0}")]
    Replica(#[from] sqlx::Error),
    /// The replica's file is not whole.
    #[error("the replica is damaged: {0}")]
    Damaged(String),
    /// The replica, or an entry in it, is of a newer version of the program.
    #[error("of a newer version of this program: {0}")]
    Newer(String),
    /// The settings file.
    #[error("the settings can't be used: {0}")]
    Config(String),
    /// The centre's log contradicts what was seen before.
    #[error("log mismatch: {0}")]
    LogMismatch(String),
    /// The keyring.
    #[error(
        "the keyring of this user can't be used ({0}); sign in to the desktop so that it is unlocked, and try again"
    )]
    Keyring(String),
    /// Something that should not be.
    #[error("{0}")]
    Internal(String),
}

impl DeskError {
    /// The code for the screen.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Centre(answer) => answer.code,
            Self::Offline(_) => ErrorCode::Offline,
            Self::Replica(error) => of_database(error),
            Self::Damaged(_) => ErrorCode::ReplicaUnreadable,
            Self::Newer(_) => ErrorCode::ReplicaNewer,
            Self::Config(_) => ErrorCode::ConfigInvalid,
            Self::LogMismatch(_) => ErrorCode::LogMismatch,
            Self::Keyring(_) => ErrorCode::KeyringUnavailable,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// Will the same request get the same answer again?
    pub fn permanent(&self) -> bool {
        match self {
            Self::Offline(_) => false,
            Self::Centre(answer) => !matches!(
                answer.code,
                ErrorCode::RateLimited | ErrorCode::Unavailable | ErrorCode::Recovering | ErrorCode::Internal
            ),
            _ => true,
        }
    }

    /// How long the centre asks to be left alone, seconds.
    pub(crate) fn retry_after_s(&self) -> u64 {
        match self {
            Self::Centre(answer) => answer.args.get("retry_after_s").and_then(|s| s.parse().ok()).unwrap_or(0),
            _ => 0,
        }
    }

    /// For the screen. A failure of the desk itself is logged here, once.
    pub fn view(&self) -> ErrorView {
        let code = self.code();
        let (args, request_id) = match self {
            Self::Refused(refusal) => (refusal.args.clone(), "-".to_owned()),
            Self::Centre(answer) => (answer.args.clone(), answer.request_id.clone()),
            Self::Config(why) => ([("why".to_owned(), why.clone())].into(), "-".to_owned()),
            _ => {
                let request_id = uuid::Uuid::new_v4().simple().to_string().chars().take(8).collect::<String>();
                tracing::error!(error = %self, %request_id, "a use case failed");
                (Default::default(), request_id)
            }
        };
        ErrorView { code, args, request_id }
    }
}

/// No answer came: why, down to the last cause, and without the address.
pub(crate) fn lost(error: reqwest::Error) -> DeskError {
    let error = error.without_url();
    let mut why = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(one) = cause {
        why = format!("{why}: {one}");
        cause = one.source();
    }
    DeskError::Offline(why)
}

/// What the disk said, where it is the disk (SQLite's primary result codes; an extended one keeps it in the low octet).
fn of_database(error: &sqlx::Error) -> ErrorCode {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    const READ_ONLY: u32 = 8;
    const IO: u32 = 10;
    const FULL: u32 = 13;
    const CANT_OPEN: u32 = 14;
    const CONSTRAINT: u32 = 19;
    let cause = match error {
        sqlx::Error::Database(cause) => cause,
        // A PC that is too busy, or a fault of ours: fetching everything again would help against neither.
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => return ErrorCode::Internal,
        _ => return ErrorCode::ReplicaUnreadable,
    };
    let code = cause.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default();
    match code & 0xff {
        READ_ONLY | CANT_OPEN => ErrorCode::ProfileReadOnly,
        FULL => ErrorCode::DiskFull,
        BUSY | LOCKED | CONSTRAINT => ErrorCode::Internal,
        // A write that found no room may be told as an input/output error of a write.
        IO if code >> 8 == 3 => ErrorCode::DiskFull,
        _ => ErrorCode::ReplicaUnreadable,
    }
}

impl From<ErrorCode> for DeskError {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code.into())
    }
}

impl From<serde_json::Error> for DeskError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<wire::WireError> for DeskError {
    fn from(error: wire::WireError) -> Self {
        Self::Internal(error.to_string())
    }
}
