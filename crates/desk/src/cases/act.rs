//! How every act goes: decided early here, sealed, written to the outbox, pushed, and (on-line) answered at once.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use chrono::{DateTime, Utc};
use domain::authorisation::acting;
use domain::customer::{Context, Customer, CustomerCommand, StopScope, decide, may_wait};
use domain::id::{CommandId, CustomerId};
use domain::{Actor, ErrorCode, PersonalData};
use std::time::Duration;
use wire::api::command::{CommandAccepted, PushCommand};
use wire::api::session::SignedIn;
use wire::{Attachment, Body, Envelope, message};

use super::{draft, elsewhere};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::outbox::order::Lane;
use crate::outbox::{self, Queued, Row, Which, send};
use crate::replica;
use crate::view::{ActResult, ApplicationForm, OutboxState};

/// How long the screen waits for its own entry to come back by the feed.
const ECHO: Duration = Duration::from_secs(3);
/// After this a lost answer is not asked for again while somebody waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// An act to be made.
pub(super) struct Act {
    pub(super) customer: CustomerId,
    pub(super) command: CustomerCommand,
    pub(super) personal: Option<PersonalData>,
    pub(super) expected_version: Option<u64>,
    pub(super) code_sha256: Option<String>,
    /// The form it was made of: kept as a draft until the centre has accepted the act, so that a refusal that comes later
    /// finds the input again.
    pub(super) form: Option<ApplicationForm>,
}

impl Act {
    /// On a customer, with nothing beside the command.
    pub(super) fn new(customer: CustomerId, command: CustomerCommand) -> Self {
        Self { customer, command, personal: None, expected_version: None, code_sha256: None, form: None }
    }

    /// May it wait in the outbox while the centre is out of reach?
    fn may_wait(&self) -> bool {
        may_wait(&self.command)
    }

    /// Of a stop: whose, as the screens say it while it is not in force.
    fn stop(&self) -> Option<String> {
        match &self.command {
            CustomerCommand::SuspendCertificates { scope: StopScope::User { user }, .. } => Some(user.to_string()),
            CustomerCommand::SuspendCertificates { scope: StopScope::Contract { contract }, .. } => {
                Some(contract.to_string())
            }
            _ => None,
        }
    }
}

impl Desk {
    /// Makes an act in the name of `staff`.
    pub(super) async fn act(&self, staff: &SignedIn, act: Act) -> Result<ActResult, DeskError> {
        Ok(self.acted(staff, act).await?.0)
    }

    /// The same, with the place of its entry if it was accepted at once.
    pub(super) async fn acted(&self, staff: &SignedIn, act: Act) -> Result<(ActResult, Option<u64>), DeskError> {
        let online = self.online();
        if staff.token.is_empty() && !act.may_wait() {
            return Err(ErrorCode::SignInOffline.into());
        }
        if !online && !act.may_wait() {
            return Err(ErrorCode::Offline.into());
        }
        self.decide_early(staff, &act).await?;
        let offline = !online || staff.token.is_empty();
        let row = self.seal(staff, &act, offline, self.checkpoint().await?)?;
        let pushed = self.keep_and_push(staff, &act, &row, online).await?;
        let index = pushed.as_ref().ok().map(|accepted| accepted.index);
        let (state, error) = match pushed {
            Ok(accepted) => (self.wait_for(accepted.index, &row).await?, None),
            // The screen shows the refusal and keeps the input: the row has done its work.
            Err(error) if error.permanent() => (OutboxState::Refused, Some(self.named(error.view()).await)),
            Err(error) if act.may_wait() => {
                self.queued();
                tracing::info!(%error, "queued");
                (OutboxState::Waiting, None)
            }
            // The answer was lost and the act may not wait: whoever asked must ask again; the entry, if there is one,
            // comes by the feed.
            Err(error) => return Err(error),
        };
        Ok((ActResult { command_id: row.command_id, state, error, receipt: None }, index))
    }

    /// Writes the row, and pushes it where the centre is in reach. The outer error is this desk's own.
    async fn keep_and_push(
        &self,
        staff: &SignedIn,
        act: &Act,
        row: &Row,
        online: bool,
    ) -> Result<Result<CommandAccepted, DeskError>, DeskError> {
        let lane = Lane::of(row);
        // What was made before on the same customer goes first; a stop waits for nothing.
        let in_order = match lane {
            Lane::Others if online => send::before(self, &row.customer_id).await,
            _ => Ok(()),
        };
        if let Err(error) = &in_order
            && !act.may_wait()
        {
            return Ok(Err(DeskError::Offline(error.to_string())));
        }
        // Held until the row's fate is settled, so that the sender does not take up a row that is about to be dropped.
        let busy = match lane {
            Lane::Others => Some(self.inner.others.lock().await),
            Lane::Stops => None,
        };
        {
            let mut writer = self.inner.replica.writer().await?;
            let mut db = sqlx::Connection::begin(&mut *writer).await?;
            outbox::insert(&mut db, row).await?;
            if let Some(form) = &act.form {
                let now = self.inner.clock.now();
                draft::save(&mut db, form, now).await?;
                outbox::deal(&mut db, Which::Draft(&form.application_id), "sent_again", staff.staff.as_str(), now)
                    .await?;
            }
            fault::point("desk-before-outbox");
            db.commit().await?;
            fault::point("desk-outbox");
        }
        let pushed = match in_order {
            Ok(()) if online => self.push_now(row).await,
            Ok(()) => Err(DeskError::Offline("off-line".into())),
            Err(error) => Err(error),
        };
        if matches!(&pushed, Err(error) if error.permanent() || !act.may_wait()) {
            self.drop_row(&row.command_id).await?;
        }
        drop(busy);
        Ok(pushed)
    }

    async fn drop_row(&self, command: &str) -> Result<(), DeskError> {
        let mut db = self.inner.replica.writer().await?;
        sqlx::query("DELETE FROM outbox WHERE command_id = $1").bind(command).execute(&mut *db).await?;
        Ok(())
    }

    /// A lost answer is asked for again, with the same bytes: the centre gives the first one.
    async fn push_now(&self, row: &Row) -> Result<CommandAccepted, DeskError> {
        let begun = self.inner.clock.instant();
        let mut last = send::push(self, &self.inner.centre, row).await;
        for wait in [200, 800] {
            match &last {
                // Somebody looks at the screen: a line that hangs is left to the sender.
                Err(error) if !error.permanent() && begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                    last = send::push(self, &self.inner.centre, row).await;
                }
                _ => break,
            }
        }
        last
    }

    /// Names wrong fields before anything is sent. The centre decides again, and may know more.
    async fn decide_early(&self, staff: &SignedIn, act: &Act) -> Result<(), DeskError> {
        let mut customer = match self.find_customer(act.customer).await {
            Ok(customer) => customer,
            Err(DeskError::Refused(refusal))
                if refusal.code == ErrorCode::CustomerUnknown && elsewhere::may_be_unknown(&act.command) =>
            {
                if let Some(personal) = &act.personal {
                    personal.check()?;
                }
                return Ok(());
            }
            Err(DeskError::Refused(refusal)) if refusal.code == ErrorCode::CustomerUnknown => {
                Customer::unknown(act.customer)
            }
            Err(error) => return Err(error),
        };
        let here = (&self.inner.identity.branch, staff.deputy.is_some());
        let (role, branch, deputy) = acting((staff.role, &staff.branch), here, &act.command);
        let actor = Actor::Staff {
            staff: staff.staff.clone(),
            role,
            branch,
            terminal: self.inner.identity.terminal,
            session: staff.session,
            deputy,
        };
        let context = Context { actor: &actor, policy: &staff.policy, now: self.centre_now() };
        self.as_queued(&mut customer, &context).await?;
        match decide(&customer, &act.command, act.personal.as_ref(), &context) {
            // This copy may be old: what is to be stopped is the centre's to say.
            Err(refusal)
                if matches!(refusal.code, ErrorCode::NothingToStop | ErrorCode::StoppedAlready) && !self.online() =>
            {
                Ok(())
            }
            decided => Ok(decided.map(|_| ())?),
        }
    }

    /// The customer as it will be when the acts that wait here have been accepted: what is made after them is made on
    /// top of them.
    async fn as_queued(&self, customer: &mut Customer, context: &Context<'_>) -> Result<(), DeskError> {
        let of = customer.id.to_string();
        for Queued { envelope, attachment } in outbox::queued(&self.inner.replica.readers, Some(&of)).await? {
            let Body::Customer { command, .. } = envelope.body else { continue };
            let personal = attachment.and_then(|bytes| Attachment::from_bytes(&bytes).ok()).map(|a| a.data);
            if let Ok(events) = decide(customer, &command, personal.as_ref(), context) {
                for event in &events {
                    domain::customer::apply(customer, event, personal.as_ref(), context.actor, envelope.made_at);
                }
            }
        }
        Ok(())
    }

    /// The last checkpoint this desk verified: with it in every envelope, a fork shown to one desk alone comes to light.
    pub(super) async fn checkpoint(&self) -> Result<Option<String>, DeskError> {
        replica::note(&self.inner.replica.readers).await
    }

    fn seal(
        &self,
        staff: &SignedIn,
        act: &Act,
        offline: bool,
        last_checkpoint: Option<String>,
    ) -> Result<Row, DeskError> {
        let attachment = match &act.personal {
            None => None,
            Some(data) => {
                let mut salt = [0; 16];
                aws_lc_rs::rand::fill(&mut salt).map_err(|_| DeskError::Internal("no randomness".into()))?;
                Some(Attachment::new(salt, data.clone()).to_bytes()?)
            }
        };
        let body = Body::Customer { customer: act.customer, command: act.command.clone() };
        let code_sha256 = act.code_sha256.clone();
        let (id, made_at, request) = self.sealed(
            staff,
            Sealing { body, expected_version: act.expected_version, offline, last_checkpoint, attachment, code_sha256 },
        )?;
        Ok(Row {
            command_id: id.to_string(),
            customer_id: act.customer.to_string(),
            kind: act.command.kind().to_owned(),
            staff_id: staff.staff.to_string(),
            made_at: made_at.to_rfc3339(),
            token: staff.token.clone(),
            request: serde_json::to_string(&request)?,
            draft: act.form.as_ref().map(|form| form.application_id.clone()),
            stop: act.stop(),
            offline,
            ..Row::default()
        })
    }

    /// Puts an envelope around it and signs it with this terminal's key.
    pub(super) fn sealed(
        &self,
        staff: &SignedIn,
        sealing: Sealing,
    ) -> Result<(CommandId, DateTime<Utc>, PushCommand), DeskError> {
        let Sealing { body, expected_version, offline, last_checkpoint, attachment, code_sha256 } = sealing;
        let id = CommandId(uuid::Uuid::now_v7());
        let made_at = self.inner.clock.now();
        let envelope = Envelope {
            v: 1,
            institution: self.inner.identity.institution.clone(),
            id,
            terminal: self.inner.identity.terminal,
            session: staff.session,
            staff: staff.staff.clone(),
            expected_version,
            made_at,
            offline,
            last_checkpoint,
            attachment: attachment.as_deref().map(Attachment::hash),
            body,
        }
        .to_bytes()?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.inner.key)
            .map_err(|e| DeskError::Keyring(e.to_string()))?;
        let signature = key
            .sign(&SystemRandom::new(), &message::envelope(&envelope))
            .map_err(|_| DeskError::Internal("can't sign".into()))?;
        let request = PushCommand {
            envelope: envelope.into(),
            signature: signature.as_ref().to_vec().into(),
            attachment: attachment.map(Into::into),
            code_sha256,
            password: None,
        };
        Ok((id, made_at, request))
    }

    /// Waits (a little) until an entry has come back by the feed.
    pub(super) async fn wait_until(&self, index: u64) {
        let mut applied = self.inner.replica.applied.subscribe();
        let _ = tokio::time::timeout(ECHO, applied.wait_for(|applied| *applied > index)).await;
    }

    /// Waits (a little) until the entry has come back by the feed, so that the screen reads what it just did. An act that
    /// the centre holds for a supervisor is not done.
    async fn wait_for(&self, index: u64, row: &Row) -> Result<OutboxState, DeskError> {
        self.wait_until(index).await;
        let state = outbox::state(&self.inner.replica.readers, &row.command_id).await?;
        Ok(if state.as_deref() == Some("held") { OutboxState::Held } else { OutboxState::Confirmed })
    }
}

/// What goes into an envelope, and beside it.
pub(super) struct Sealing {
    pub(super) body: Body,
    pub(super) expected_version: Option<u64>,
    pub(super) offline: bool,
    pub(super) last_checkpoint: Option<String>,
    pub(super) attachment: Option<Vec<u8>>,
    pub(super) code_sha256: Option<String>,
}
