//! What the frame of every screen shows, and the state of the sync.

use wire::api::session::SignedIn;

use crate::desk::{Desk, held};
use crate::error::DeskError;
use crate::outbox;
use crate::replica::chunk;
use crate::view::{Counts, DeskState, OutboxItem, OutboxState, StaffView, Status, SyncStatus};

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Desk {
    /// The frame of every screen. Answers in every state.
    ///
    /// # Errors
    /// The replica failed.
    pub async fn status(&self) -> Result<Status, DeskError> {
        let line = held(&self.inner.line).clone();
        let (staff, locked) = {
            let session = held(&self.inner.session);
            (session.staff().cloned(), session.locked())
        };
        let info = held(&self.inner.info).clone();
        let state = match (&line.stopped, &staff) {
            (Some(_), _) => DeskState::Stopped,
            (None, Some(_)) if locked => DeskState::Locked,
            (None, Some(_)) => DeskState::Open,
            (None, None) if !line.synced => DeskState::Starting,
            (None, None) => DeskState::SignedOut,
        };
        let counts = match (&staff, locked) {
            (Some(staff), false) => self.counts(staff).await?,
            _ => Counts::default(),
        };
        let identity = &self.inner.identity;
        Ok(Status {
            state,
            training: self.inner.profile.training,
            institution_name: info.as_ref().map(|i| i.institution_name.clone()).unwrap_or_default(),
            branch_code: identity.branch.to_string(),
            branch_name: self.branch_name(identity.branch.as_str()),
            terminal_label: identity.label.clone(),
            idle_lock_minutes: staff.as_ref().map_or(5, |s| s.policy.idle_lock_minutes),
            staff: staff.map(|s| StaffView {
                staff_id: s.staff.to_string(),
                name: s.name,
                role: s.role,
                branch_code: s.branch.to_string(),
            }),
            online: line.online,
            clock_offset_s: i32::try_from(line.clock_offset_ms / 1000).unwrap_or(0),
            stopped: line.stopped,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pickup_url: info.map(|i| i.portal_url).unwrap_or_default(),
            counts,
        })
    }

    async fn counts(&self, staff: &SignedIn) -> Result<Counts, DeskError> {
        let rows = outbox::open_rows(&self.inner.replica.readers).await?;
        let refused = rows.iter().filter(|row| row.outbox_state() == OutboxState::Refused).count();
        Ok(Counts {
            outbox_waiting: small((rows.len() - refused) as u64),
            outbox_refused: small(refused as u64),
            ..self.list_counts(staff).await?
        })
    }

    /// 同期状態.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn sync_status(&self) -> Result<SyncStatus, DeskError> {
        self.working()?;
        let line = held(&self.inner.line).clone();
        let head = chunk::head(&self.inner.replica.readers).await?;
        Ok(SyncStatus {
            online: line.online,
            size: small(head.size()),
            centre_size: small(line.centre_size),
            root: head.root().to_base64(),
            checkpoint_at: None,
            last_contact_at: line.last_contact.map(|at| at.to_rfc3339()),
            last_error: line.last_error,
            clock_offset_s: i32::try_from(line.clock_offset_ms / 1000).unwrap_or(0),
            outbox: self.outbox_items(None).await?,
            centre_url: self.inner.url.clone(),
            log_key: self.inner.identity.log_key.clone(),
        })
    }

    /// Asks the centre now instead of after the pause.
    pub fn sync_now(&self) {
        self.inner.wake.notify_waiters();
    }

    /// Acts on their way, of one customer or of all.
    pub(super) async fn outbox_items(&self, customer: Option<&str>) -> Result<Vec<OutboxItem>, DeskError> {
        let mut items = Vec::new();
        for row in outbox::open_rows(&self.inner.replica.readers).await? {
            if customer.is_some_and(|id| id != row.customer_id) {
                continue;
            }
            items.push(OutboxItem {
                customer_name: self.customer_name(&row.customer_id).await,
                state: row.outbox_state(),
                error: row.error_view(),
                tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
                command_id: row.command_id,
                kind: row.kind,
                customer_id: row.customer_id,
                made_at: row.made_at,
                staff_id: row.staff_id,
            });
        }
        Ok(items)
    }

    /// A refused act was dealt with.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn refused_dismiss(&self, command_id: &str) -> Result<(), DeskError> {
        self.working()?;
        {
            let mut db = self.inner.replica.writer().await?;
            sqlx::query("DELETE FROM outbox WHERE command_id = $1 AND state = 'refused'")
                .bind(command_id)
                .execute(&mut *db)
                .await?;
        }
        self.changed(crate::desk::Topics::OUTBOX);
        Ok(())
    }
}
