//! Branches and the customers that go from one to another, for head office: one person asks, another agrees.

use domain::branch::{Branch, BranchChange, BranchCommand, Leaving, TakenAlong};
use domain::event::ViewKind;
use domain::id::{BranchCode, CifNumber, CustomerId};
use domain::{ErrorCode, Refusal};
use wire::Body;
use wire::api::branch::AskTakenAlong;
use wire::api::session::SignedIn;

use super::straight::token;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{
    BranchChangeKind, BranchProposalView, BranchView, CarriedView, LeavingView, MoveForm, MoveOutlook, TakenAlongView,
};

/// Customers whose names stand beside a branch: those that are to go, and those that could not.
fn leaving(branch: &Branch) -> impl Iterator<Item = CustomerId> + '_ {
    let asked = branch.decided.proposal.iter().flat_map(|open| match &open.change {
        BranchChange::MoveCustomers { customers, .. } => customers.as_slice(),
        BranchChange::Merge { .. } | BranchChange::WithdrawMerger {} => &[],
    });
    let stayed = branch.decided.carried.iter().flat_map(|carried| carried.stayed.iter().copied());
    asked.map(|one| one.customer).chain(stayed)
}

impl Desk {
    /// Every branch the log knows, with how many customers this copy of the log has of each.
    ///
    /// # Errors
    /// Nobody of head office works here, or the replica failed.
    pub async fn branches(&self) -> Result<Vec<BranchView>, DeskError> {
        let staff = self.working()?;
        if !staff.role.reads_every_branch() {
            return Err(ErrorCode::RoleNotPermitted.into());
        }
        let counts: Vec<(Option<String>, i64)> =
            sqlx::query_as("SELECT json_extract(state, '$.branch') AS branch, COUNT(*) FROM customer GROUP BY branch")
                .fetch_all(&self.inner.replica.readers)
                .await?;
        let count = |code: &str| counts.iter().find(|(one, _)| one.as_deref() == Some(code)).map_or(0, |(_, n)| *n);
        let (mut views, mut named) = (Vec::new(), Vec::new());
        for branch in self.inner.replica.branches_known().await?.into_iter().filter(Branch::opened) {
            named.extend(leaving(&branch).map(|id| id.to_string()));
            let customers = u32::try_from(count(branch.code.as_str())).unwrap_or(u32::MAX);
            views.push(self.branch_view(branch, customers, &staff).await?);
        }
        self.showing(&staff, ViewKind::List, named).await?;
        Ok(views)
    }

    async fn branch_view(&self, branch: Branch, customers: u32, staff: &SignedIn) -> Result<BranchView, DeskError> {
        let today = domain::calendar::jst_day(self.centre_now());
        let on_their_way: usize = branch.decided.transfers.iter().map(|transfer| transfer.customers.len()).sum();
        let carried = match &branch.decided.carried {
            Some(carried) => {
                let mut stayed = Vec::new();
                for id in &carried.stayed {
                    stayed.push(self.leaving_view(*id, String::new()).await?);
                }
                let (number, into, moved) = (carried.number, carried.into.to_string(), carried.moved);
                Some(CarriedView { number, into, moved, stayed, at: carried.at.to_rfc3339() })
            }
            None => None,
        };
        Ok(BranchView {
            customers,
            merged: branch.merged_into(today).is_some(),
            merges_into: branch.merger.as_ref().map(|merger| merger.into.to_string()),
            merges_on: branch.merger.as_ref().map(|merger| merger.on.to_string()),
            proposal: self.branch_proposal_view(&branch, staff).await?,
            on_their_way: u32::try_from(on_their_way).unwrap_or(u32::MAX),
            carried,
            code: branch.code.to_string(),
            name: branch.name,
            kana: branch.kana,
        })
    }

    async fn branch_proposal_view(
        &self,
        branch: &Branch,
        staff: &SignedIn,
    ) -> Result<Option<BranchProposalView>, DeskError> {
        let Some(open) = &branch.decided.proposal else { return Ok(None) };
        let (change, on, leaving) = match &open.change {
            BranchChange::Merge { on, .. } => (BranchChangeKind::Merge, Some(on.to_string()), &[][..]),
            BranchChange::WithdrawMerger {} => (BranchChangeKind::WithdrawMerger, None, &[][..]),
            BranchChange::MoveCustomers { customers, .. } => {
                (BranchChangeKind::MoveCustomers, None, customers.as_slice())
            }
        };
        let mut customers = Vec::with_capacity(leaving.len());
        for one in leaving {
            customers.push(self.leaving_view(one.customer, one.cif.to_string()).await?);
        }
        let into = open.change.goes_into().map(ToString::to_string);
        Ok(Some(BranchProposalView {
            number: open.number,
            change,
            into_name: into.as_deref().map(|code| self.branch_name(code)).unwrap_or_default(),
            into,
            on,
            customers,
            by: self.staff_name(open.by.as_str()).await,
            at: open.at.to_rfc3339(),
            own: open.by == staff.staff,
        }))
    }

    /// By name, where this copy of the log has the customer.
    async fn leaving_view(&self, id: CustomerId, new_cif: String) -> Result<LeavingView, DeskError> {
        let known = match self.find_customer(id).await {
            Ok(customer) => Some(customer),
            Err(error) if error.code() == ErrorCode::CustomerUnknown => None,
            Err(error) => return Err(error),
        };
        let cif = known.as_ref().and_then(|customer| customer.cif.as_ref()).map(ToString::to_string);
        let name = known.and_then(|customer| customer.details).map(|details| details.name);
        Ok(LeavingView { name: name.unwrap_or_default(), cif: cif.unwrap_or_default(), new_cif })
    }

    /// Asks for a branch to be merged into another on a day.
    ///
    /// # Errors
    /// The centre refuses, or is out of reach.
    pub async fn merge_branch(&self, code: &str, into: &str, on: &str) -> Result<(), DeskError> {
        let into: BranchCode = into.parse().map_err(|refusal: Refusal| refusal.at("into"))?;
        let on = on.parse().map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at("on"))?;
        self.on_branch(code, BranchCommand::MergeBranch { into, on }).await
    }

    /// Asks for a merger not to take place.
    ///
    /// # Errors
    /// The centre refuses, or is out of reach.
    pub async fn withdraw_merger(&self, code: &str) -> Result<(), DeskError> {
        self.on_branch(code, BranchCommand::WithdrawMerger {}).await
    }

    /// Asks for customers to go over (移管).
    ///
    /// # Errors
    /// There is no such customer in this copy, the centre refuses, or is out of reach.
    pub async fn move_customers(&self, form: &MoveForm) -> Result<(), DeskError> {
        self.head_office()?;
        let into: BranchCode = form.into.parse().map_err(|refusal: Refusal| refusal.at("into"))?;
        let customers = self.leaving(form).await?.into_iter().map(|(leaving, _)| leaving).collect();
        self.on_branch(&form.branch, BranchCommand::MoveCustomers { into, customers }).await
    }

    /// Agrees to what another person asked for.
    ///
    /// # Errors
    /// It is one's own, the centre refuses, or is out of reach.
    pub async fn confirm_branch_change(&self, code: &str, number: u32) -> Result<(), DeskError> {
        self.on_branch(code, BranchCommand::ConfirmBranchChange { number }).await
    }

    /// Drops it.
    ///
    /// # Errors
    /// The centre refuses, or is out of reach.
    pub async fn dismiss_branch_change(&self, code: &str, number: u32) -> Result<(), DeskError> {
        self.on_branch(code, BranchCommand::DismissBranchChange { number }).await
    }

    /// Who would go over by a request, and with what; counted at the centre.
    ///
    /// # Errors
    /// There is no such customer in this copy, or the centre is out of reach.
    pub async fn move_outlook(&self, form: &MoveForm) -> Result<MoveOutlook, DeskError> {
        let staff = self.head_office()?;
        let branch: BranchCode = form.branch.parse().map_err(|refusal: Refusal| refusal.at("branch"))?;
        let found = self.leaving(form).await?;
        let ids = found.iter().map(|(leaving, _)| leaving.customer).collect();
        let taken_along = self.taken_along(&staff, branch, Some(ids)).await?;
        Ok(MoveOutlook { customers: found.into_iter().map(|(_, view)| view).collect(), taken_along })
    }

    /// What would go over with all customers of a branch; counted at the centre.
    ///
    /// # Errors
    /// The centre is out of reach.
    pub async fn merge_outlook(&self, code: &str) -> Result<TakenAlongView, DeskError> {
        let staff = self.head_office()?;
        self.taken_along(&staff, code.parse()?, None).await
    }

    /// What would go over by the request that waits; counted at the centre.
    ///
    /// # Errors
    /// There is none, or the centre is out of reach.
    pub async fn branch_proposal_outlook(&self, code: &str) -> Result<TakenAlongView, DeskError> {
        let staff = self.head_office()?;
        let branch: BranchCode = code.parse()?;
        let known = self.inner.replica.branches_known().await?;
        let open = known.into_iter().find(|one| one.code == branch).and_then(|one| one.decided.proposal);
        let customers = match open.ok_or(ErrorCode::ProposalUnknown)?.change {
            BranchChange::MoveCustomers { customers, .. } => {
                Some(customers.into_iter().map(|one| one.customer).collect())
            }
            BranchChange::Merge { .. } | BranchChange::WithdrawMerger {} => None,
        };
        self.taken_along(&staff, branch, customers).await
    }

    async fn taken_along(
        &self,
        staff: &SignedIn,
        branch: BranchCode,
        customers: Option<Vec<CustomerId>>,
    ) -> Result<TakenAlongView, DeskError> {
        let asked = AskTakenAlong { branch, customers };
        let TakenAlong { customers, users, certificates, held } =
            self.inner.centre.taken_along(token(staff)?, &asked).await?;
        Ok(TakenAlongView { customers, users, certificates, held })
    }

    async fn on_branch(&self, code: &str, command: BranchCommand) -> Result<(), DeskError> {
        let branch: BranchCode = code.parse().map_err(|refusal: Refusal| refusal.at("branch"))?;
        self.straight(Body::Branch { branch, command }, None).await
    }

    /// The customers of a form, in its order; empty lines are left out.
    async fn leaving(&self, form: &MoveForm) -> Result<Vec<(Leaving, LeavingView)>, DeskError> {
        let from: BranchCode = form.branch.parse().map_err(|refusal: Refusal| refusal.at("branch"))?;
        let mut found = Vec::with_capacity(form.customers.len());
        for line in form.customers.iter().filter(|line| !line.cif.trim().is_empty()) {
            let named = |refusal: Refusal| refusal.at("customers").with("cif", line.cif.trim());
            let cif: CifNumber = line.cif.trim().parse().map_err(named)?;
            let new_cif = match line.new_cif.trim() {
                "" => cif.clone(),
                text => text.parse().map_err(named)?,
            };
            let row: Option<(String,)> = sqlx::query_as(
                "SELECT customer_id FROM customer
                 WHERE json_extract(state, '$.branch') = $1 AND json_extract(state, '$.cif') = $2",
            )
            .bind(from.as_str())
            .bind(cif.as_str())
            .fetch_optional(&self.inner.replica.readers)
            .await?;
            let (id,) = row.ok_or_else(|| named(Refusal::new(ErrorCode::CustomerUnknown)))?;
            let customer: CustomerId = id.parse()?;
            let view = self.leaving_view(customer, new_cif.to_string()).await?;
            found.push((Leaving { customer, cif: new_cif }, view));
        }
        match found.is_empty() {
            true => Err(Refusal::new(ErrorCode::TextMissing).at("customers").into()),
            false => Ok(found),
        }
    }
}
