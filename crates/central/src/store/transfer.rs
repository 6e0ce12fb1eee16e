//! What a request to move customers or to merge a branch rests on beside the branch that is left: the branch that would receive,
//! and the customers who would go. Looked at in the deciding transaction, when it is asked for and again when it is confirmed.

use domain::branch::{BranchChange, BranchCommand, BranchEvent, Leaving};
use domain::customer::may_leave;
use domain::id::BranchCode;
use domain::{ErrorCode, Event, Refusal, Subject};

use super::act::Command;
use super::aggregate::{self, Aggregate};
use super::batch::Batch;
use super::db::query;
use super::writer::Fault;

/// Where to, and who; of a merger nobody by name.
fn asked<'a>(state: &'a Aggregate, command: &'a Command) -> Option<(&'a BranchCode, &'a [Leaving])> {
    match (state, command) {
        (_, Command::Branch(_, BranchCommand::MergeBranch { into, .. })) => Some((into, &[])),
        (_, Command::Branch(_, BranchCommand::MoveCustomers { into, customers })) => Some((into, customers)),
        (Aggregate::Branch(branch), Command::Branch(_, BranchCommand::ConfirmBranchChange { .. })) => {
            match &branch.decided.proposal.as_ref()?.change {
                BranchChange::Merge { into, .. } => Some((into, &[])),
                BranchChange::MoveCustomers { into, customers } => Some((into, customers)),
                BranchChange::WithdrawMerger {} => None,
            }
        }
        // What was decided takes place, whatever becomes of the branch it goes into.
        _ => None,
    }
}

/// Is there something to be carried out now?
pub(super) fn begins(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::Branch(BranchEvent::BranchChangeConfirmed { .. })))
}

impl Batch<'_> {
    /// Do the others that an act rests on allow it?
    pub(super) async fn elsewhere_fits(
        &mut self,
        state: &Aggregate,
        command: &Command,
    ) -> Result<Result<(), Refusal>, Fault> {
        let Some((into, leaving)) = asked(state, command) else { return Ok(Ok(())) };
        let subject = Subject::Branch(into.clone());
        let Aggregate::Branch(branch) = self.load(&subject, &aggregate::key(&subject)).await? else {
            return Ok(Err(ErrorCode::Internal.into()));
        };
        if let Err(refusal) = branch.may_receive() {
            return Ok(Err(refusal));
        }
        let Command::Branch(from, _) = command else { return Ok(Ok(())) };
        for one in leaving {
            if let Err(refusal) = self.may_go(one, from, into).await? {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }

    async fn may_go(
        &mut self,
        one: &Leaving,
        from: &BranchCode,
        into: &BranchCode,
    ) -> Result<Result<(), Refusal>, Fault> {
        let subject = Subject::Customer(one.customer);
        let Aggregate::Customer(customer) = self.load(&subject, &aggregate::key(&subject)).await? else {
            return Ok(Err(ErrorCode::Internal.into()));
        };
        if let Err(refusal) = may_leave(&customer, from) {
            return Ok(Err(refusal));
        }
        let taken: Option<(String,)> = query("SELECT customer_id FROM customer_number WHERE branch = $1 AND cif = $2")
            .bind(into.as_str())
            .bind(one.cif.as_str())
            .fetch_optional(&mut *self.db)
            .await?;
        Ok(match taken {
            Some(_) => Err(Refusal::new(ErrorCode::CustomerNumberTaken).at("customers").with("cif", &one.cif)),
            None => Ok(()),
        })
    }
}
