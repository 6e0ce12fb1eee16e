//! A file of customers taken over while the service runs: by the one writer, in one transaction, or not at all.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use domain::{Actor, ErrorCode, Refusal};

use super::bulk::Bulk;
use super::writer::Fault;
use super::writing::Writing;
use crate::import::{self, Cancelled, Plan, Report, Step};

/// What is to be taken over.
pub(crate) struct TakeOver {
    /// What the file says; taken out once.
    pub(crate) plan: Mutex<Option<Plan>>,
    /// Is it to be written, or only compared?
    pub(crate) write: bool,
    /// Turns true when it is to be given up.
    pub(crate) cancel: Arc<AtomicBool>,
    /// Is told how far it is.
    pub(crate) seen: Box<dyn Fn(Step) + Send + Sync>,
}

impl fmt::Debug for TakeOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TakeOver(write: {})", self.write)
    }
}

impl TakeOver {
    fn plan(&self) -> Option<Plan> {
        self.plan.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}

impl Writing {
    /// Everything of it, with the checkpoints that desks read up to, becomes durable at once. Nothing is known outside before.
    pub(super) async fn take_over(&mut self, asked: &TakeOver) -> Result<Result<Report, Refusal>, Fault> {
        let Some(mut plan) = asked.plan() else { return Ok(Err(ErrorCode::ImportMissing.into())) };
        if self.known.recovering() {
            return Ok(Err(ErrorCode::Recovering.into()));
        }
        self.tick();
        self.db.begin().await?;
        let policy = (*self.known.policy.at(self.last)).clone();
        let epoch = self.known.epochs.borrow().current();
        let actor = Actor::System { job: "import".to_owned() };
        let at = (self.frontier.clone(), epoch);
        let mut bulk =
            Bulk::within(&mut self.db, &self.setting, Arc::clone(&self.signer), at, (self.last, policy), actor);
        let goes_on = || !asked.cancel.load(Ordering::Acquire);
        let done = import::take_over(&mut bulk, &mut plan, asked.write, &goes_on, &mut |step| (asked.seen)(step)).await;
        let frontier = bulk.into_frontier();
        match done {
            Ok(true) => {
                self.tell_grown(frontier.size()).await?;
                fault::point("centre-import-before-commit");
                self.db.commit().await?;
                // Customers that were known have changed.
                self.cache.clear();
                self.frontier = frontier;
                self.known.grown(self.frontier.size());
                Ok(Ok(Report { written: true, ..plan.report() }))
            }
            Ok(false) => {
                self.db.rollback().await?;
                Ok(Ok(plan.report()))
            }
            Err(error) => {
                self.db.rollback().await?;
                if error.is::<Cancelled>() {
                    return Ok(Err(ErrorCode::ImportCancelled.into()));
                }
                tracing::error!(%error, "a file of customers was not taken over; nothing of it was written");
                Ok(Err(ErrorCode::Internal.into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::testing::{Kind, World, on_both};

    fn asked(write: bool, cancel_at: Option<fn(Step) -> bool>) -> TakeOver {
        let mut text = crate::import::COLUMNS.join(",");
        for n in 0..1_200 {
            text.push_str(&format!(
                "\n011,{},見本{n},ミホン,,,,{:010},2019-04-01,契約中,TAKEN{n:05},管理者,PC",
                100_000 + n,
                7_000_000 + n
            ));
        }
        let plan = Plan::read(text.as_bytes(), None, &mut |_| {}).unwrap();
        let cancel = Arc::new(AtomicBool::new(false));
        let seen: Box<dyn Fn(Step) + Send + Sync> = match cancel_at {
            Some(now) => {
                let cancel = Arc::clone(&cancel);
                Box::new(move |step| cancel.store(now(step), Ordering::Release))
            }
            None => Box::new(|_| {}),
        };
        TakeOver { plan: Mutex::new(Some(plan)), write, cancel, seen }
    }

    /// Looked at, or given up half way, nothing has happened, and the service goes on; taken over, it is all there at once.
    async fn beside_the_service_all_of_it_or_nothing(kind: Kind) {
        let world = World::on(kind).await;
        let right = world.right(1, "ADMIN001").await;
        let before = world.everything().await;
        let looked = world.writer.take_over(asked(false, None)).await.unwrap();
        assert_eq!((looked.customers, looked.written, looked.problems.len()), (1_200, false, 0));
        for at in [|step| matches!(step, Step::Compared), |step| matches!(step, Step::Written(500, _))] {
            let refused = world.writer.take_over(asked(true, Some(at))).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::ImportCancelled);
            assert_eq!(world.everything().await, before);
        }
        world.writer.act(world.print(1, right)).await.unwrap();
        let size = *world.writer.size().borrow();
        let written = world.writer.take_over(asked(true, None)).await.unwrap();
        assert!(written.written);
        assert_eq!(*world.writer.size().borrow(), size + 1_200);
        // What comes after it goes on from there.
        world.right(2, "ADMIN002").await;
        assert_eq!(world.check().await.findings, []);
        let again = world.writer.take_over(asked(true, None)).await.unwrap();
        assert_eq!((again.written, again.problems.len()), (false, 1_200));
        assert_eq!(world.check().await.findings, []);
    }

    on_both!(beside_the_service_all_of_it_or_nothing);
}
