//! 台帳の写しの取り直し, for a desk that can't read its replica any more. Nobody can sign in at it, so nobody has to; and nothing
//! is thrown away that is not at the centre.

use crate::desk::REPLICA_KEY;
use crate::error::DeskError;
use crate::profile::Profile;
use crate::replica::afresh;
use crate::secrets::Secrets;
use crate::view::RefetchView;

/// Is this what fetching the log again helps against? A log that contradicts itself is not: the replica is evidence of it.
pub fn helps(why: domain::ErrorCode) -> bool {
    why == domain::ErrorCode::ReplicaUnreadable
}

/// Puts the damaged file aside and a fresh one in its place, with whatever only this desk knows. The desk must be closed; opened
/// again it fetches the log from its beginning.
///
/// # Errors
/// The keyring, the disk, or [`domain::ErrorCode::ReplicaBeyondRecovery`]: nothing was touched.
pub async fn begin(profile: &Profile, secrets: &Secrets) -> Result<RefetchView, DeskError> {
    let key = secrets
        .get(REPLICA_KEY)?
        .ok_or_else(|| DeskError::Keyring("the replica's key is not in the keyring".into()))?;
    let outcome = afresh::begin(&profile.replica(), &key).await?;
    tracing::warn!(?outcome, "the replica was damaged, and is fetched again");
    Ok(outcome)
}
