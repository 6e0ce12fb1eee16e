//! A terminal that was revoked keeps nothing. The centre says so over the pinned line, as the answer to a certificate that was
//! this terminal's: whoever else answers is not heard. What waits is sent once more (a supervisor looks at it); then the keys
//! go, and with them everything that was readable.

use std::time::Duration;

use domain::ErrorCode;

use crate::desk::{Desk, Over, REPLICA_KEY, held};
use crate::enrol::TERMINAL_KEY;
use crate::error::DeskError;
use crate::outbox::{self, send};
use crate::profile::Profile;
use crate::replica;
use crate::secrets::Secrets;

/// Noted before the keys go: what was begun is finished at the next start, whatever happens in between.
const REVOKED: &str = "revoked";
/// So long what waits is sent; a thief's patience is not longer.
const SENDING: Duration = Duration::from_secs(5);
/// Between two tries of it.
const AGAIN: Duration = Duration::from_millis(200);

impl Desk {
    /// The centre says that this terminal was revoked.
    pub(crate) fn cut_off(&self, error: DeskError) {
        if !self.ending(error) {
            return;
        }
        let desk = self.clone();
        // Not one of the desk's own tasks: it ends them.
        tokio::spawn(async move { desk.forget().await });
    }

    /// Ends the work at this desk, once: nothing is shown any more, nobody is signed in.
    pub(crate) fn ending(&self, error: DeskError) -> bool {
        let first = self.inner.over.send_if_modified(|over| {
            let first = *over == Over::No;
            *over = Over::Ending;
            first
        });
        if first {
            held(&self.inner.session).close();
            held(&self.inner.slips).forget_all();
            self.lost(&error);
            self.stop(error);
        }
        first
    }

    async fn forget(&self) {
        // A connection that broke a moment ago is not the end of it: this is the last chance.
        let all = async {
            while !send::rest(self).await {
                tokio::time::sleep(AGAIN).await;
            }
        };
        let _ = tokio::time::timeout(SENDING, all).await;
        let unsent = outbox::unsent(&self.inner.replica.readers).await.map_or(0, |rows| rows.len());
        fault::point("desk-before-forgetting");
        let forgotten = forget_keys(&self.inner.secrets);
        self.close().await;
        remove_copy(&self.inner.profile);
        match forgotten {
            Ok(()) => tracing::warn!(unsent, "this terminal was revoked: its keys and its copy are gone"),
            Err(error) => tracing::error!(%error, "this terminal was revoked, and its keys could not be deleted"),
        }
        if let Some(stopped) = &mut held(&self.inner.line).stopped {
            stopped.args.insert("unsent".into(), unsent.to_string());
        }
        self.inner.over.send_replace(Over::Revoked);
        self.changed(crate::desk::Topics::ALL);
    }
}

fn forget_keys(secrets: &Secrets) -> Result<(), DeskError> {
    secrets.set(REVOKED, b"1")?;
    fault::point("desk-forgetting");
    secrets.delete(REPLICA_KEY)?;
    fault::point("desk-forgotten-replica");
    secrets.delete(TERMINAL_KEY)
}

/// Unreadable already; gone, too.
fn remove_copy(profile: &Profile) {
    if let Err(error) = replica::remove(&profile.replica()) {
        tracing::warn!(%error, "a file of the copy can't be removed; nobody can read it");
    }
}

/// Was this terminal revoked before? Then whatever was left is taken away now.
pub(crate) fn was(profile: &Profile, secrets: &Secrets) -> Result<(), DeskError> {
    if secrets.get(REVOKED)?.is_none() {
        return Ok(());
    }
    forget_keys(secrets)?;
    remove_copy(profile);
    Err(ErrorCode::TerminalRevoked.into())
}

/// Makes a PC that was revoked ready to be enrolled as another terminal. Its keys went when it was told.
///
/// # Errors
/// The keyring, or nothing was revoked here.
pub fn start_over(profile: &Profile, secrets: &Secrets) -> Result<(), DeskError> {
    match was(profile, secrets) {
        Err(DeskError::Refused(refusal)) if refusal.code == ErrorCode::TerminalRevoked => secrets.delete(REVOKED),
        Err(error) => Err(error),
        Ok(()) => Err(ErrorCode::TerminalState.into()),
    }
}
