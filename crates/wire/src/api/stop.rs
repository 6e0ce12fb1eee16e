//! `GET /api/terminal/v1/stop-target?id=…`: whom a stop would hit, for staff of any branch, by exact user ID or contract
//! number. Tells no more than the one on the phone needs to be sure of the name.

use domain::customer::CertificateState;
use domain::id::{BranchCode, ContractNumber, CustomerId, UserId};
use serde::{Deserialize, Serialize};

/// The query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopTargetQuery {
    /// 利用者ID or 契約者番号, as typed, in full.
    pub id: String,
}

/// A contract with its user IDs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopTarget {
    /// Whom the command goes to.
    pub customer: CustomerId,
    /// Name; empty after erasure.
    pub name: String,
    /// 取引店.
    pub branch: BranchCode,
    /// 契約者番号.
    pub contract: ContractNumber,
    /// Its user IDs.
    pub users: Vec<StopUser>,
}

/// A user ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopUser {
    /// 利用者ID.
    pub user: UserId,
    /// State of what could be used or fetched, if anything could.
    pub certificate: Option<CertificateState>,
    /// Stopped already by a report.
    pub stopped: bool,
}
