//! What leaves a trace without changing anything: refusals of people who are signed in, and looks at another branch's customer.

use domain::event::AccessEvent;
use domain::id::{BranchCode, CommandId};
use domain::{Actor, Event, Subject};
use wire::{Base64, Entry};

use super::act::{Looked, Refused, Sought};
use super::batch::Batch;
use super::writer::Fault;
use crate::random;

impl Batch<'_> {
    /// A refusal after authentication leaves a trace: an entry of kind access, never applied.
    pub(crate) async fn refused(&mut self, id: CommandId, refused: &Refused, again: bool) -> Result<(), Fault> {
        let Actor::Staff { branch, .. } = &refused.actor else { return Ok(()) };
        if again && self.done_before(id).await?.is_some() {
            return Ok(());
        }
        let event =
            AccessEvent::Refused { command: refused.command, command_kind: refused.kind.clone(), code: refused.code };
        self.access(id, &refused.actor, branch.clone(), event, refused.sealed.clone().unzip())
    }

    /// Whoever looks at another branch's customer leaves a trace there.
    pub(crate) async fn sought(&mut self, id: CommandId, sought: &Sought, again: bool) -> Result<(), Fault> {
        if again && self.done_before(id).await?.is_some() {
            return Ok(());
        }
        let event = AccessEvent::StopTargetSought { sought: sought.sought.clone(), customer: sought.customer };
        self.access(id, &sought.actor, sought.branch.clone(), event, (None, None))
    }

    /// An auditor's look at personal data.
    pub(crate) async fn looked(&mut self, id: CommandId, looked: &Looked, again: bool) -> Result<(), Fault> {
        if again && self.done_before(id).await?.is_some() {
            return Ok(());
        }
        let Looked { actor, branch, what, customers, count } = looked;
        let event = AccessEvent::Viewed { what: *what, customers: customers.clone(), count: *count };
        self.access(id, actor, branch.clone(), event, (None, None))
    }

    fn access(
        &mut self,
        id: CommandId,
        actor: &Actor,
        branch: BranchCode,
        event: AccessEvent,
        (envelope, signature): (Option<Vec<u8>>, Option<Vec<u8>>),
    ) -> Result<(), Fault> {
        let Actor::Staff { terminal, .. } = actor else { return Ok(()) };
        self.append(
            id,
            Entry {
                v: 1,
                institution: self.setting.institution.clone(),
                epoch: self.epochs.current(),
                id,
                at: self.now,
                subject: Subject::Terminal(*terminal),
                branch: Some(branch),
                version: 0,
                actor: actor.clone(),
                envelope: envelope.map(Base64),
                signature: signature.map(Base64),
                attachment: None,
                events: vec![Event::Access(event)],
                salt: Base64(random::bytes::<16>().to_vec()),
                recovered: None,
            },
            format!("access/{terminal}"),
        )
    }
}
