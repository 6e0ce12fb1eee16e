//! What the frame of every screen shows, and the state of the sync.

use domain::event::ViewKind;
use domain::terminal::Terminal;
use domain::{ErrorCode, Role};
use wire::api::session::SignedIn;
use wire::api::terminal::DeskNote;

use crate::desk::{Desk, held};
use crate::error::DeskError;
use crate::line::Line;
use crate::outbox::{self, Row, Which};
use crate::replica::{afresh, chunk, epoch};
use crate::view::{
    Counts, DeskState, DraftLink, OutboxItem, OutboxState, Progress, QueuedStop, RefetchView, StaffView, Status,
    SyncStatus,
};

/// So many leaves behind are worth a word.
const BEHIND: u64 = 100;

/// What the frame shows of the replica.
#[derive(Default)]
struct HeldHere {
    counts: Counts,
    queued_stops: Vec<QueuedStop>,
    recovering: bool,
    lost: u32,
    refetched: Option<RefetchView>,
}

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
        if *self.inner.over.borrow() != crate::desk::Over::No {
            // There is no copy any more, or there will be none.
            return Ok(Status::bare(DeskState::Stopped, line.stopped, self.inner.profile.training));
        }
        let (staff, locked) = {
            let session = held(&self.inner.session);
            (session.staff().cloned(), session.locked())
        };
        let info = held(&self.inner.info).clone();
        let state = match (&line.stopped, &staff) {
            (Some(_), _) => DeskState::Stopped,
            (None, Some(_)) if locked => DeskState::Locked,
            (None, Some(staff)) if staff.must_change_password => DeskState::PasswordChange,
            (None, Some(_)) => DeskState::Open,
            (None, None) if !line.synced => DeskState::Starting,
            (None, None) => DeskState::SignedOut,
        };
        // Who has to change the password first sees nothing yet.
        let working = staff.as_ref().filter(|staff| !locked && !staff.must_change_password);
        // Whose they are is not for auditors here: their looks leave a trace, and this is on every screen.
        let auditor = staff.as_ref().is_some_and(|staff| staff.role == Role::Auditor);
        let read = match self.held_here(working, state == DeskState::Open && !auditor).await {
            Err(error) if line.stopped.is_none() => {
                if error.code() == ErrorCode::ReplicaUnreadable {
                    self.stop(error);
                    return Box::pin(self.status()).await;
                }
                return Err(error);
            }
            // Stopped, and perhaps for that very reason: what can't be read is not said.
            read => read.unwrap_or_default(),
        };
        let HeldHere { counts, queued_stops, recovering, lost, refetched } = read;
        let identity = &self.inner.identity;
        Ok(Status {
            state,
            training: self.inner.profile.training,
            institution_name: info.as_ref().map(|i| i.institution_name.clone()).unwrap_or_default(),
            branch_code: identity.branch.to_string(),
            branch_name: self.branch_name(identity.branch.as_str()),
            terminal_label: self.place().await.unwrap_or_else(|| identity.label.clone()),
            idle_lock_minutes: staff.as_ref().map_or(5, |s| s.policy.idle_lock_minutes),
            offline_until: staff.as_ref().filter(|s| s.token.is_empty()).map(|s| s.expires_at.to_rfc3339()),
            staff: staff.map(|s| {
                let (role, branch) = s.works_as();
                let (branch_code, deputy) = (branch.to_string(), s.deputy.is_some());
                StaffView { staff_id: s.staff.to_string(), name: s.name, role, branch_code, deputy }
            }),
            online: line.online,
            clock_offset_s: i32::try_from(line.clock_offset_ms / 1000).unwrap_or(0),
            progress: self.progress(&line),
            stopped: line.stopped,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pickup_url: info.map(|i| i.portal_url).unwrap_or_default(),
            counts,
            emergency: if queued_stops.is_empty() { Vec::new() } else { self.emergency() },
            queued_stops,
            recovering,
            lost,
            refetched,
        })
    }

    async fn held_here(&self, working: Option<&SignedIn>, open: bool) -> Result<HeldHere, DeskError> {
        let replica = &self.inner.replica;
        let rows = outbox::open_rows(&replica.readers).await?;
        Ok(HeldHere {
            counts: match working {
                Some(staff) => self.counts(staff, &rows).await?,
                None => Counts::default(),
            },
            queued_stops: self.queued_stops(open, rows).await,
            recovering: epoch::current(&replica.readers).await?.1,
            lost: small(epoch::lost_count(&replica.readers).await?),
            refetched: afresh::outcome(replica).await?,
        })
    }

    /// A use case met something in the replica that can't be read: the desk stops, and says what helps.
    pub fn damaged(&self) {
        if held(&self.inner.line).stopped.is_none() {
            self.stop(ErrorCode::ReplicaUnreadable.into());
        }
    }

    /// Somebody has read what became of fetching the log again.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn refetched_read(&self) -> Result<(), DeskError> {
        self.working()?;
        afresh::read(&self.inner.replica).await?;
        self.changed(crate::desk::Topics::STATUS);
        Ok(())
    }

    /// Stops that were asked for and are not in force: not those that somebody else's stop was faster than. Whose they are is
    /// said only to somebody who works here.
    async fn queued_stops(&self, open: bool, rows: Vec<Row>) -> Vec<QueuedStop> {
        let mut stops = Vec::new();
        for row in rows.into_iter().filter(|row| matches!(row.state.as_str(), "waiting" | "refused")) {
            if row.refused_with(ErrorCode::StoppedAlready) {
                continue;
            }
            let Some(target) = row.stop else { continue };
            let refused = row.state == "refused";
            let (command_id, since) = (row.command_id, row.made_at);
            let (customer_id, customer_name, target) = match open {
                true => (row.customer_id.clone(), self.customer_name(&row.customer_id).await, target),
                false => Default::default(),
            };
            stops.push(QueuedStop { command_id, customer_id, customer_name, target, since, refused });
        }
        stops
    }

    fn progress(&self, line: &Line) -> Option<Progress> {
        let (stored, applied) = (*self.inner.replica.size.borrow(), *self.inner.replica.applied.borrow());
        let total = line.centre_size.max(stored);
        let paused = *self.inner.paused.borrow();
        if total.saturating_sub(applied) <= BEHIND && !paused {
            return None;
        }
        let now = self.inner.clock.instant();
        let (fetching, applying) = (held(&self.inner.stored), held(&self.inner.applied));
        let left = fetching.remaining(total - stored, now).zip(applying.remaining(total - applied, now));
        let rate = if stored < total { fetching.per_second(now) } else { applying.per_second(now) };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shown to people")]
        let whole = |number: f64| number.round() as u32;
        Some(Progress {
            stored: small(stored),
            applied: small(applied),
            total: small(total),
            per_second: rate.map_or(0, whole),
            remaining_s: left.filter(|_| !paused).map(|(fetch, apply)| whole(fetch.max(apply))),
            paused,
        })
    }

    /// Where this terminal stands, as the log has it: it may have been given another name.
    async fn place(&self) -> Option<String> {
        let row: Option<(String,)> = sqlx::query_as("SELECT state FROM terminal WHERE terminal_id = $1")
            .bind(self.inner.identity.terminal.to_string())
            .fetch_optional(&self.inner.replica.readers)
            .await
            .ok()?;
        let terminal: Terminal = serde_json::from_str(&row?.0).ok()?;
        (terminal.branch.as_ref() == Some(&self.inner.identity.branch)).then_some(terminal.label)
    }

    /// What this desk tells of itself whenever it asks.
    pub(crate) async fn note(&self) -> Result<DeskNote, DeskError> {
        let (waiting, refused, drafts): (i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'waiting'),
             (SELECT COUNT(*) FROM outbox WHERE state = 'refused'), (SELECT COUNT(*) FROM draft)",
        )
        .fetch_one(&self.inner.replica.readers)
        .await?;
        let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ok(DeskNote { version, waiting: number(waiting), refused: number(refused), drafts: number(drafts) })
    }

    async fn counts(&self, staff: &SignedIn, rows: &[Row]) -> Result<Counts, DeskError> {
        let refused = rows.iter().filter(|row| row.outbox_state() == OutboxState::Refused).count();
        let (held,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM held").fetch_one(&self.inner.replica.readers).await?;
        Ok(Counts {
            outbox_waiting: small((rows.len() - refused) as u64),
            outbox_refused: small(refused as u64),
            held: u32::try_from(held).unwrap_or(u32::MAX),
            ..self.list_counts(staff).await?
        })
    }

    /// 同期状態.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn sync_status(&self) -> Result<SyncStatus, DeskError> {
        let staff = self.working()?;
        let line = held(&self.inner.line).clone();
        let head = chunk::head(&self.inner.replica.readers).await?;
        let mut done = self.items(outbox::done_rows(&self.inner.replica.readers).await?).await;
        done.reverse();
        let check = held(&self.inner.check).clone();
        let outbox = self.outbox_items(None).await?;
        let lost = self.lost_records().await?;
        let customers = outbox.iter().chain(&done).map(|item| item.customer_id.clone());
        let customers = customers.chain(lost.iter().filter_map(|lost| lost.customer_id.clone()));
        self.showing(&staff, ViewKind::List, customers.collect()).await?;
        Ok(SyncStatus {
            online: line.online,
            size: small(head.size()),
            centre_size: small(line.centre_size),
            root: head.root().to_base64(),
            checkpoint_at: None,
            last_contact_at: line.last_contact.map(|at| at.to_rfc3339()),
            progress: self.progress(&line),
            lost,
            check,
            last_error: line.last_error,
            clock_offset_s: i32::try_from(line.clock_offset_ms / 1000).unwrap_or(0),
            outbox,
            done,
            centre_url: self.inner.url.clone(),
            log_key: self.inner.identity.log_key.clone(),
        })
    }

    /// Asks the centre now instead of after the pause, and sends what waits for another try.
    pub fn sync_now(&self) {
        held(&self.inner.waits).forget();
        self.queued();
        self.inner.wake.notify_waiters();
    }

    /// Stops fetching, or goes on with it where it stopped. What is here can be used either way.
    pub fn sync_pause(&self, paused: bool) {
        self.inner.paused.send_replace(paused);
        self.use_meanwhile();
    }

    /// Does not wait for the rest of the log: what is here can be used while it comes.
    pub fn use_meanwhile(&self) {
        held(&self.inner.line).synced = true;
        self.changed(crate::desk::Topics::STATUS);
    }

    /// Acts on their way, of one customer or of all.
    pub(super) async fn outbox_items(&self, customer: Option<&str>) -> Result<Vec<OutboxItem>, DeskError> {
        let mut rows = outbox::open_rows(&self.inner.replica.readers).await?;
        rows.retain(|row| customer.is_none_or(|id| id == row.customer_id));
        Ok(self.items(rows).await)
    }

    async fn items(&self, rows: Vec<Row>) -> Vec<OutboxItem> {
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let state = match row.outbox_state() {
                OutboxState::Waiting if held(&self.inner.sending).contains(&row.command_id) => OutboxState::Sending,
                state => state,
            };
            let error = match row.error_view() {
                Some(error) => Some(self.named(error).await),
                None => None,
            };
            items.push(OutboxItem {
                customer_name: self.customer_name(&row.customer_id).await,
                state,
                error,
                tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
                draft: self.draft_link(row.draft.as_deref()).await,
                command_id: row.command_id,
                kind: row.kind,
                customer_id: row.customer_id,
                made_at: row.made_at,
                staff_id: row.staff_id,
                stop: row.stop,
                offline: row.offline,
                dealt: row.dealt,
                dealt_by: self.named_staff(row.dealt_by).await,
                settled_at: row.settled_at,
            });
        }
        items
    }

    async fn named_staff(&self, staff: Option<String>) -> Option<String> {
        match staff {
            Some(id) => Some(self.staff_name(&id).await),
            None => None,
        }
    }

    async fn draft_link(&self, draft: Option<&str>) -> Option<DraftLink> {
        let row: Option<(String,)> = sqlx::query_as("SELECT form FROM draft WHERE application_id = $1")
            .bind(draft?)
            .fetch_optional(&self.inner.replica.readers)
            .await
            .ok()?;
        let form: crate::view::ApplicationForm = serde_json::from_str(&row?.0).ok()?;
        let (application_id, kind, resubmission) = (form.application_id, form.kind, form.resubmission);
        Some(DraftLink { application_id, kind, resubmission })
    }

    /// A refused act was dealt with otherwise: it goes to what is done, with the name and the time.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn refused_dismiss(&self, command_id: &str) -> Result<(), DeskError> {
        let staff = self.working()?;
        {
            let mut db = self.inner.replica.writer().await?;
            let (which, now) = (Which::Command(command_id), self.inner.clock.now());
            outbox::deal(&mut db, which, "dismissed", staff.staff.as_str(), now).await?;
        }
        self.changed(crate::desk::Topics::OUTBOX);
        Ok(())
    }
}
