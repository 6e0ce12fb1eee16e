//! `POST /api/terminal/v1/session` opens, `DELETE` ends, `POST …/session/verify` unlocks. The bearer token goes into
//! the `Authorization` header and nowhere else.

use chrono::{DateTime, Utc};
use domain::Role;
use domain::id::{BranchCode, SessionId, StaffId};
use serde::{Deserialize, Serialize};

/// Staff id and password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// 職員番号.
    pub staff: StaffId,
    /// Password.
    pub password: String,
    /// Over somebody's locked screen, for one approval: a short session.
    #[serde(default)]
    pub over_lock: bool,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignIn({}, …)", self.staff)
    }
}

/// An open session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Its id, part of every envelope.
    pub session: SessionId,
    /// Bearer token, 32 random bytes in hex.
    pub token: String,
    /// Who.
    pub staff: StaffId,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Branch.
    pub branch: BranchCode,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// 代行: the branch of this terminal, where this person may approve there today.
    #[serde(default)]
    pub deputy: Option<BranchCode>,
    /// The password is a temporary one: nothing but changing it is possible.
    #[serde(default)]
    pub must_change_password: bool,
    /// The policy in force. A newer centre may say more than a desk knows.
    #[serde(deserialize_with = "domain::policy::tolerant")]
    pub policy: domain::Policy,
}

impl SignedIn {
    /// Role and branch as the screens take them: where somebody stands in, those he stands in for.
    pub fn works_as(&self) -> (Role, &BranchCode) {
        match &self.deputy {
            Some(branch) => (Role::Supervisor, branch),
            None => (self.role, &self.branch),
        }
    }
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedIn({}, {}, …)", self.session, self.staff)
    }
}

/// The password again, to unlock an idle desk. 204 if right; wrong ones count.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyPassword {
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for VerifyPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerifyPassword(…)")
    }
}

/// `GET /api/terminal/v1/info`: what a desk shows and prints of the institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalInfo {
    /// Name on screen and paper.
    pub institution_name: String,
    /// Training?
    pub training: bool,
    /// Address of the pickup pages, printed on slips.
    pub portal_url: String,
    /// Help desk and systems section.
    pub contacts: Vec<crate::api::portal::Contact>,
    /// The policy in force. A newer centre may say more than a desk knows.
    #[serde(deserialize_with = "domain::policy::tolerant")]
    pub policy: domain::Policy,
    /// `https://host:port` of the enrolment, printed on invitations.
    #[serde(default)]
    pub enrol_url: String,
}
