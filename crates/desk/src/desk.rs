//! The desk as the window (or a test) holds it: cheap to clone, every use case a method.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex as StdMutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::customer::Customer;
use domain::id::CustomerId;
use tlog::CheckpointVerifier;
use tokio::sync::{Mutex, Notify, broadcast, watch};
use wire::api::session::{SignedIn, TerminalInfo};

use crate::cases::over_lock::Looking;
use crate::cases::slip::OpenSlips;
use crate::centre::Centre;
use crate::clock::Clock;
use crate::config::Config;
use crate::enrol::{Identity, TERMINAL_KEY};
use crate::error::DeskError;
use crate::line::{Line, SEEN};
use crate::outbox::order::{Lane, Waits};
use crate::outbox::{self, send};
use crate::profile::Profile;
use crate::progress::Meter;
use crate::replica::{Replica, lists};
use crate::secrets::Secrets;
use crate::seen::{Kept, Seen};
use crate::session::Session;
use crate::view::CheckView;
use crate::{cut_off, moved, renew, replica, send_back, sync};

/// The secret's name in the keyring.
pub(crate) const REPLICA_KEY: &str = "replica-key";

/// What changed; the window reads it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topics(&'static [&'static str]);

impl Topics {
    /// Everything that comes from the log.
    pub const ALL: Self = Self(&["status", "customers", "applications", "log", "outbox", "sync"]);
    /// Who works here, and whether the centre is in reach.
    pub const STATUS: Self = Self(&["status", "sync"]);
    /// Acts on their way.
    pub const OUTBOX: Self = Self(&["outbox", "sync", "customers"]);
    /// Drafts.
    pub const DRAFTS: Self = Self(&["applications"]);

    /// Their names on the window's event.
    pub fn names(self) -> &'static [&'static str] {
        self.0
    }
}

/// Is the work of this desk over, and why?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It goes on.
    No,
    /// It is being ended.
    Ending,
    /// The terminal was revoked: there is nothing left here.
    Revoked,
    /// It works for another branch: opened again, it fetches that one's copy.
    Moved,
}

pub(crate) struct Inner {
    pub(crate) profile: Profile,
    pub(crate) identity: Identity,
    pub(crate) url: String,
    pub(crate) config: Config,
    pub(crate) secrets: Secrets,
    /// The certificate shown now, PEM.
    pub(crate) certificate: StdMutex<String>,
    /// Whether it is over with this desk.
    pub(crate) over: watch::Sender<Over>,
    /// Somebody lets go what is left behind.
    pub(crate) go_on: Notify,
    pub(crate) replica: Replica,
    pub(crate) centre: Centre,
    pub(crate) key: zeroize::Zeroizing<Vec<u8>>,
    pub(crate) clock: Clock,
    pub(crate) session: StdMutex<Session>,
    pub(crate) line: StdMutex<Line>,
    pub(crate) info: StdMutex<Option<TerminalInfo>>,
    pub(crate) branches: BTreeMap<String, String>,
    pub(crate) changes: broadcast::Sender<Topics>,
    pub(crate) wake: Notify,
    /// One push at a time: the order of acts on a customer is the order they were made in. Stops go apart.
    pub(crate) others: Mutex<()>,
    pub(crate) stops: Mutex<()>,
    /// Wakes the senders.
    pub(crate) queued: watch::Sender<u64>,
    /// Acts that failed and will be tried again.
    pub(crate) waits: StdMutex<Waits>,
    /// Acts that are being sent just now.
    pub(crate) sending: StdMutex<HashSet<String>>,
    /// The latest time known to have come.
    pub(crate) seen: StdMutex<Seen>,
    /// Fetching was stopped by somebody at the desk.
    pub(crate) paused: watch::Sender<bool>,
    /// Held while a chunk is stored, and while a check must not be disturbed by one.
    pub(crate) fetching: Mutex<()>,
    /// How fast leaves come, and how fast they are applied.
    pub(crate) stored: StdMutex<Meter>,
    pub(crate) applied: StdMutex<Meter>,
    /// The check of the replica, if there was one.
    pub(crate) check: StdMutex<CheckView>,
    pub(crate) verifier: CheckpointVerifier,
    pub(crate) slips: StdMutex<OpenSlips>,
    /// A supervisor who looks over the lock.
    pub(crate) looking: StdMutex<Option<Looking>>,
    pub(crate) verification: StdMutex<crate::cases::verify::Verification>,
    /// What was looked for in 発行ログ last.
    pub(crate) log_found: StdMutex<Option<crate::cases::log::Found>>,
    tasks: StdMutex<Vec<tokio::task::JoinHandle<()>>>,
}

/// A desk.
#[derive(Clone)]
pub struct Desk {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) fn held<T>(mutex: &StdMutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads the identity a profile was enrolled with.
///
/// # Errors
/// Keyring or replica can't be opened.
pub(crate) async fn open_replica(profile: &Profile, secrets: &Secrets) -> Result<Replica, DeskError> {
    std::fs::create_dir_all(&profile.dir).map_err(|e| DeskError::Internal(e.to_string()))?;
    if profile.replica().exists() && secrets.get(REPLICA_KEY)?.is_none() {
        return Err(DeskError::Keyring("the replica's key is not in the keyring".into()));
    }
    Replica::open(&profile.replica(), &secrets.get_or_draw(REPLICA_KEY)?).await
}

/// What a desk is opened with.
struct Found {
    config: Config,
    key: zeroize::Zeroizing<Vec<u8>>,
    url: String,
    centre: Centre,
    verifier: CheckpointVerifier,
    info: Option<TerminalInfo>,
    kept: Option<Kept>,
}

impl Found {
    async fn of(
        replica: &Replica,
        profile: &Profile,
        secrets: &Secrets,
        identity: &Identity,
        clock: &Clock,
    ) -> Result<Self, DeskError> {
        let config = Config::read(&profile.dir)?;
        let key = secrets
            .get(TERMINAL_KEY)?
            .ok_or_else(|| DeskError::Keyring("the terminal's key is not in the keyring".into()))?;
        let url = match config.centre.url.as_str() {
            "" => identity.terminal_url.clone(),
            url => url.to_owned(),
        };
        let centre = Centre::new(identity, &config, &url, &key)?;
        let verifier = CheckpointVerifier::parse(&identity.log_key).map_err(|e| DeskError::Internal(e.to_string()))?;
        let info = replica.get("info").await?;
        replica::moved::belongs_to(replica, &identity.branch).await?;
        outbox::forget_lost_codes(replica).await?;
        let kept = replica.get::<Kept>(SEEN).await?;
        outbox::sweep(replica, clock.now()).await?;
        Ok(Self { config, key, url, centre, verifier, info, kept })
    }
}

impl Desk {
    /// Opens the desk of this user, outside the training mode: secrets from the keyring, identity from the replica.
    ///
    /// # Errors
    /// No keyring, or this PC is not enrolled.
    pub async fn open_enrolled(profile: Profile) -> Result<Self, DeskError> {
        let secrets = Secrets::keyring(&profile.dir)?;
        Self::open_with(profile, &secrets).await
    }

    /// The same with secrets from wherever they are.
    ///
    /// # Errors
    /// This PC is not enrolled, or was revoked; or secrets or replica can't be opened.
    pub async fn open_with(profile: Profile, secrets: &Secrets) -> Result<Self, DeskError> {
        cut_off::was(&profile, secrets)?;
        let replica = open_replica(&profile, secrets).await?;
        let identity = replica.get::<Identity>("identity").await;
        match identity.and_then(|identity| Ok(identity.ok_or(domain::ErrorCode::NotEnrolled)?)) {
            Ok(identity) => Self::on(replica, profile, secrets, identity, BTreeMap::new()).await,
            Err(error) => {
                let _ = replica.close().await;
                Err(error)
            }
        }
    }

    /// Opens the desk of an enrolled profile and starts to follow the log. `url` is where the terminal API is now.
    ///
    /// # Errors
    /// Keyring, replica or identity can't be opened.
    pub async fn open(
        profile: Profile,
        secrets: &Secrets,
        identity: Identity,
        branches: BTreeMap<String, String>,
    ) -> Result<Self, DeskError> {
        let replica = open_replica(&profile, secrets).await?;
        Self::on(replica, profile, secrets, identity, branches).await
    }

    /// The same on an open replica, which is closed if it comes to nothing.
    async fn on(
        replica: Replica,
        profile: Profile,
        secrets: &Secrets,
        identity: Identity,
        branches: BTreeMap<String, String>,
    ) -> Result<Self, DeskError> {
        let clock = Clock;
        let found = Found::of(&replica, &profile, secrets, &identity, &clock).await;
        let Found { config, key, url, centre, verifier, info, kept } = match found {
            Ok(found) => found,
            Err(error) => {
                let _ = replica.close().await;
                return Err(error);
            }
        };
        let line = Line { clock_offset_ms: kept.map_or(0, |kept| kept.offset_ms), ..Line::default() };
        let desk = Self {
            inner: Arc::new(Inner {
                profile,
                certificate: StdMutex::new(identity.certificate.clone()),
                identity,
                url,
                config,
                secrets: secrets.clone(),
                over: watch::channel(Over::No).0,
                go_on: Notify::new(),
                replica,
                centre: centre.clone(),
                key,
                seen: StdMutex::new(Seen::new(kept, clock.now(), clock.instant())),
                clock,
                session: StdMutex::default(),
                line: StdMutex::new(line),
                info: StdMutex::new(info),
                branches,
                changes: broadcast::channel(64).0,
                wake: Notify::new(),
                others: Mutex::new(()),
                stops: Mutex::new(()),
                queued: watch::channel(0).0,
                waits: StdMutex::default(),
                sending: StdMutex::default(),
                paused: watch::channel(false).0,
                fetching: Mutex::new(()),
                stored: StdMutex::default(),
                applied: StdMutex::default(),
                check: StdMutex::default(),
                verifier: verifier.clone(),
                slips: StdMutex::default(),
                looking: StdMutex::default(),
                verification: StdMutex::default(),
                log_found: StdMutex::default(),
                tasks: StdMutex::default(),
            }),
        };
        let tasks = vec![
            tokio::spawn(sync::run(desk.clone(), centre.clone(), verifier)),
            tokio::spawn(sync::follow(desk.clone())),
            tokio::spawn(send::run(desk.clone(), centre.clone(), Lane::Stops)),
            tokio::spawn(send::run(desk.clone(), centre.clone(), Lane::Others)),
            tokio::spawn(send_back::run(desk.clone(), centre.clone())),
            tokio::spawn(moved::run(desk.clone(), centre)),
            tokio::spawn(renew::run(desk.clone())),
            tokio::spawn(watch_idle(desk.clone())),
        ];
        *held(&desk.inner.tasks) = tasks;
        Ok(desk)
    }

    /// Ends the background work. What is in the outbox stays there.
    pub async fn close(&self) {
        if self.inner.replica.readers.is_closed() {
            return;
        }
        self.keep_time().await;
        self.end_tasks().await;
        if let Err(error) = self.inner.replica.close().await {
            tracing::error!(%error, "the replica was not closed in good order");
        }
    }

    pub(crate) async fn end_tasks(&self) {
        let tasks = std::mem::take(&mut *held(&self.inner.tasks));
        for task in tasks {
            task.abort();
            let _ = task.await;
        }
    }

    /// Tells when the work of this desk is over.
    pub fn over(&self) -> watch::Receiver<Over> {
        self.inner.over.subscribe()
    }

    /// A task that ends with the desk.
    pub(crate) fn begun(&self, task: tokio::task::JoinHandle<()>) {
        held(&self.inner.tasks).push(task);
    }

    /// Announces changes to whoever listens.
    pub fn changes(&self) -> broadcast::Receiver<Topics> {
        self.inner.changes.subscribe()
    }

    pub(crate) fn changed(&self, topics: Topics) {
        let _ = self.inner.changes.send(topics);
    }

    /// Nobody works here now: what was shown goes.
    pub(crate) fn hide(&self) {
        held(&self.inner.slips).forget_all();
        self.changed(Topics::ALL);
    }

    /// Stops the desk: nothing goes on until somebody acts.
    pub(crate) fn stop(&self, error: DeskError) {
        let view = error.view();
        held(&self.inner.line).stopped = Some(view);
        self.changed(Topics::ALL);
    }

    /// Who works here now. Refuses when nobody does, when the desk is locked, and when it is stopped.
    pub(crate) fn working(&self) -> Result<SignedIn, DeskError> {
        if let Some(stopped) = &held(&self.inner.line).stopped {
            return Err(DeskError::Refused(stopped.code.into()));
        }
        let mut staff = held(&self.inner.session).working().cloned()?;
        self.in_force(&mut staff);
        Ok(staff)
    }

    /// Whoever works here works by the policy of now, and not by that of the sign-in.
    pub(crate) fn in_force(&self, staff: &mut SignedIn) {
        let now = self.centre_now();
        if let Some(timeline) = &*self.inner.replica.policy.borrow() {
            staff.policy.clone_from(timeline.at(now));
        }
    }

    /// A customer of the replica.
    pub(crate) async fn find_customer(&self, id: CustomerId) -> Result<Customer, DeskError> {
        lists::customer(&mut *self.inner.replica.readers.acquire().await?, id).await
    }

    pub(crate) fn branch_name(&self, code: &str) -> String {
        let known = self.inner.replica.branches.borrow().get(code).cloned();
        known.or_else(|| self.inner.branches.get(code).cloned()).unwrap_or_default()
    }
}

async fn watch_idle(desk: Desk) {
    let mut seconds = 0_u32;
    let mut applied = desk.inner.replica.applied.subscribe();
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        seconds = seconds.wrapping_add(1);
        let (now, set_back) = desk.time();
        if seconds.is_multiple_of(60) {
            desk.keep_time().await;
        }
        // Whoever works without the centre does so for a while only.
        let online = desk.online();
        if held(&desk.inner.session).over(now, set_back, online) {
            desk.hide();
        }
        if let Some(staff) = held(&desk.inner.session).staff_mut() {
            desk.in_force(staff);
        }
        // Only the feed can have told it.
        if applied.has_changed().unwrap_or(false) && held(&desk.inner.session).staff().is_some() {
            applied.mark_unchanged();
            if desk.end_session().await {
                desk.hide();
            }
        }
        if held(&desk.inner.session).lock_if_idle(desk.inner.clock.moment()) {
            desk.hide();
        }
    }
}
