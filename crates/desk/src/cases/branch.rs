//! Branches and the customers that go from one to another, for head office.

use domain::branch::{Branch, BranchCommand};
use domain::customer::CustomerCommand;
use domain::id::{BranchCode, CifNumber, CustomerId};
use domain::{ErrorCode, Refusal, Role};
use wire::Body;

use super::act::Act;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ActResult, BranchView, MoveForm};

impl Desk {
    /// Every branch the log knows, with how many customers this copy of the log has of each.
    ///
    /// # Errors
    /// Nobody of head office works here, or the replica failed.
    pub async fn branches(&self) -> Result<Vec<BranchView>, DeskError> {
        if !self.working()?.role.reads_every_branch() {
            return Err(ErrorCode::RoleNotPermitted.into());
        }
        let today = domain::calendar::jst_day(self.centre_now());
        let counts: Vec<(Option<String>, i64)> =
            sqlx::query_as("SELECT json_extract(state, '$.branch') AS branch, COUNT(*) FROM customer GROUP BY branch")
                .fetch_all(&self.inner.replica.readers)
                .await?;
        let count = |code: &str| counts.iter().find(|(one, _)| one.as_deref() == Some(code)).map_or(0, |(_, n)| *n);
        let view = |branch: Branch| BranchView {
            customers: u32::try_from(count(branch.code.as_str())).unwrap_or(u32::MAX),
            merged: branch.merged_into(today).is_some(),
            merges_into: branch.merger.as_ref().map(|merger| merger.into.to_string()),
            merges_on: branch.merger.as_ref().map(|merger| merger.on.to_string()),
            code: branch.code.to_string(),
            name: branch.name,
            kana: branch.kana,
        };
        Ok(self.inner.replica.branches_known().await?.into_iter().filter(Branch::opened).map(view).collect())
    }

    /// A branch will be merged into another on a day.
    ///
    /// # Errors
    /// The centre refuses, or is out of reach.
    pub async fn merge_branch(&self, code: &str, into: &str, on: &str) -> Result<(), DeskError> {
        let branch: BranchCode = code.parse()?;
        let into: BranchCode = into.parse().map_err(|refusal: Refusal| refusal.at("into"))?;
        let on = on.parse().map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at("on"))?;
        self.straight(Body::Branch { branch, command: BranchCommand::MergeBranch { into, on } }, None).await
    }

    /// It will not.
    ///
    /// # Errors
    /// The centre refuses, or is out of reach.
    pub async fn withdraw_merger(&self, code: &str) -> Result<(), DeskError> {
        let (branch, command) = (code.parse()?, BranchCommand::WithdrawMerger {});
        self.straight(Body::Branch { branch, command }, None).await
    }

    /// 移管 of one customer.
    ///
    /// # Errors
    /// There is no such customer in this copy, the centre refuses, or is out of reach.
    pub async fn move_customer(&self, form: &MoveForm) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        if staff.role != Role::HeadOffice {
            return Err(ErrorCode::RoleNotPermitted.into());
        }
        let (from, cif): (BranchCode, CifNumber) = (form.branch.parse()?, form.cif.parse()?);
        let branch: BranchCode = form.into.parse().map_err(|refusal: Refusal| refusal.at("into"))?;
        let new_cif = match form.new_cif.trim() {
            "" => cif.clone(),
            text => text.parse().map_err(|refusal: Refusal| refusal.at("newCif"))?,
        };
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT customer_id FROM customer
             WHERE json_extract(state, '$.branch') = $1 AND json_extract(state, '$.cif') = $2",
        )
        .bind(from.as_str())
        .bind(cif.as_str())
        .fetch_optional(&self.inner.replica.readers)
        .await?;
        let (id,) = row.ok_or_else(|| Refusal::new(ErrorCode::CustomerUnknown).at("cif"))?;
        let id: CustomerId = id.parse()?;
        let version = self.find_customer(id).await?.version;
        let command = CustomerCommand::MoveCustomer { branch, cif: new_cif };
        self.act(&staff, Act { expected_version: Some(version), ..Act::new(id, command) }).await
    }
}
