//! How every act goes: decided early here, sealed, written to the outbox, pushed, and (on-line) answered at once.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use domain::customer::{Context, Customer, CustomerCommand, decide};
use domain::id::{CommandId, CustomerId};
use domain::{Actor, ErrorCode, PersonalData};
use std::time::Duration;
use wire::api::command::PushCommand;
use wire::api::session::SignedIn;
use wire::{Attachment, Body, Envelope, message};

use super::{draft, elsewhere};
use crate::desk::{Desk, Topics};
use crate::error::DeskError;
use crate::outbox::{self, Row};
use crate::view::{ActResult, ApplicationForm, OutboxState};

/// How long the screen waits for its own entry to come back by the feed.
const ECHO: Duration = Duration::from_secs(3);

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
        matches!(self.command, CustomerCommand::SubmitApplication { .. } | CustomerCommand::ResubmitApplication { .. })
    }
}

impl Desk {
    /// Makes an act in the name of `staff`.
    pub(super) async fn act(&self, staff: &SignedIn, act: Act) -> Result<ActResult, DeskError> {
        let online = self.online();
        if !online && !act.may_wait() {
            return Err(ErrorCode::Offline.into());
        }
        self.decide_early(staff, &act).await?;
        let row = self.seal(staff, &act, !online, self.checkpoint().await?)?;
        {
            let mut writer = self.inner.replica.writer().await?;
            let mut db = sqlx::Connection::begin(&mut *writer).await?;
            outbox::insert(&mut db, &row).await?;
            if let Some(form) = &act.form {
                draft::save(&mut db, form, self.inner.clock.now()).await?;
            }
            fault::point("desk-before-outbox");
            db.commit().await?;
            fault::point("desk-outbox");
        }
        // Held until the row's fate is settled, so that the sender does not take up a row that is about to be dropped.
        let busy = self.inner.pushing.lock().await;
        let pushed = if online { self.push_now(&row).await } else { Err(DeskError::Offline("off-line".into())) };
        if matches!(&pushed, Err(error) if error.permanent() || !act.may_wait()) {
            self.drop_row(&row.command_id).await?;
        }
        drop(busy);
        let (state, error) = match pushed {
            Ok(accepted) => {
                self.wait_for(accepted.index).await;
                (OutboxState::Confirmed, None)
            }
            // The screen shows the refusal and keeps the input: the row has done its work.
            Err(error) if error.permanent() => (OutboxState::Refused, Some(error.view())),
            Err(error) if act.may_wait() => {
                self.changed(Topics::OUTBOX);
                tracing::info!(%error, "queued");
                (OutboxState::Waiting, None)
            }
            // The answer was lost and the act may not wait: whoever asked must ask again; the entry, if there is one,
            // comes by the feed.
            Err(error) => return Err(error),
        };
        Ok(ActResult { command_id: row.command_id, state, error, receipt: None })
    }

    async fn drop_row(&self, command: &str) -> Result<(), DeskError> {
        let mut db = self.inner.replica.writer().await?;
        sqlx::query("DELETE FROM outbox WHERE command_id = $1").bind(command).execute(&mut *db).await?;
        Ok(())
    }

    /// A lost answer is asked for again, with the same bytes: the centre gives the first one.
    async fn push_now(&self, row: &Row) -> Result<wire::api::command::CommandAccepted, DeskError> {
        let mut last = outbox::push(self, &self.inner.centre, row).await;
        for wait in [200, 800] {
            match &last {
                Err(error) if !error.permanent() => {
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                    last = outbox::push(self, &self.inner.centre, row).await;
                }
                _ => break,
            }
        }
        last
    }

    /// Names wrong fields before anything is sent. The centre decides again, and may know more.
    async fn decide_early(&self, staff: &SignedIn, act: &Act) -> Result<(), DeskError> {
        let customer = match self.find_customer(act.customer).await {
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
        let actor = Actor::Staff {
            staff: staff.staff.clone(),
            role: staff.role,
            branch: staff.branch.clone(),
            terminal: self.inner.identity.terminal,
            session: staff.session,
        };
        let context = Context { actor: &actor, policy: &staff.policy, now: self.centre_now() };
        decide(&customer, &act.command, act.personal.as_ref(), &context)?;
        Ok(())
    }

    /// The last checkpoint this desk verified: with it in every envelope, a fork shown to one desk alone comes to light.
    async fn checkpoint(&self) -> Result<Option<String>, DeskError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT value FROM meta WHERE key = 'checkpoint'")
            .fetch_optional(&self.inner.replica.readers)
            .await?;
        Ok(row.and_then(|(note,)| String::from_utf8(note).ok()))
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
        let id = CommandId(uuid::Uuid::now_v7());
        let made_at = self.inner.clock.now();
        let envelope = Envelope {
            v: 1,
            institution: self.inner.identity.institution.clone(),
            id,
            terminal: self.inner.identity.terminal,
            session: staff.session,
            staff: staff.staff.clone(),
            expected_version: act.expected_version,
            made_at,
            offline,
            last_checkpoint,
            attachment: attachment.as_deref().map(Attachment::hash),
            body: Body::Customer { customer: act.customer, command: act.command.clone() },
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
            code_sha256: act.code_sha256.clone(),
        };
        Ok(Row {
            command_id: id.to_string(),
            customer_id: act.customer.to_string(),
            kind: act.command.kind().to_owned(),
            staff_id: staff.staff.to_string(),
            made_at: made_at.to_rfc3339(),
            token: staff.token.clone(),
            request: serde_json::to_string(&request)?,
            state: "waiting".into(),
            tries: 0,
            error: None,
            draft: act.form.as_ref().map(|form| form.application_id.clone()),
        })
    }

    /// Waits (a little) until the entry has come back by the feed, so that the screen reads what it just did.
    async fn wait_for(&self, index: u64) {
        let mut size = self.inner.replica.size.subscribe();
        let _ = tokio::time::timeout(ECHO, size.wait_for(|size| *size > index)).await;
    }
}
