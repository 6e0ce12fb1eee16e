//! One entry of 発行ログ: what it changed, what was signed, and where it stands in the tree.

use domain::event::ViewKind;
use domain::{Actor, ErrorCode, PersonalData};
use tlog::LeafHash;
use wire::{Entry, signed};

use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::terminal_key::TerminalKey;
use crate::replica::{Opened, chunk, entries, epoch};
use crate::view::{EnvelopeView, LogEntryView, PlaceView};

impl Desk {
    /// One entry, with everything that can be said of it here.
    ///
    /// # Errors
    /// Nobody works here; [`ErrorCode::NotFound`]: there is none, or this desk may not read it; or the replica failed.
    pub async fn log_entry(&self, index: u32) -> Result<LogEntryView, DeskError> {
        let staff = self.working()?;
        let mut db = self.inner.replica.readers.acquire().await?;
        let found = entries::opened(&mut db, &[index]).await?.pop();
        let Opened { entry, personal, .. } = found.ok_or(ErrorCode::NotFound)?;
        let line = self.lines(&mut db, &[(index, entry.clone())]).await?.pop().ok_or(ErrorCode::NotFound)?;
        drop(db);
        self.showing(&staff, ViewKind::Log, line.customer_id.iter().cloned().collect()).await?;
        let comment = match personal {
            Some(PersonalData::Comment(comment)) => Some(comment.text),
            _ => None,
        };
        let bytes = entry.to_bytes()?;
        Ok(LogEntryView {
            line,
            changes: self.changed_by(index, &entry).await?,
            comment,
            text: indented(&bytes),
            envelope: self.envelope(&entry, &bytes).await?,
            place: self.place_of(index, &bytes).await?,
        })
    }

    /// `bytes`: the entry as it is stored.
    async fn envelope(&self, entry: &Entry, bytes: &[u8]) -> Result<Option<EnvelopeView>, DeskError> {
        let (Some(envelope), Some(signature), Actor::Staff { terminal, .. }) =
            (&entry.envelope, &entry.signature, &entry.actor)
        else {
            return Ok(None);
        };
        let row: Option<(String,)> = sqlx::query_as("SELECT state FROM terminal WHERE terminal_id = $1")
            .bind(terminal.to_string())
            .fetch_optional(&self.inner.replica.readers)
            .await?;
        let terminal: Option<domain::terminal::Terminal> =
            row.map(|(state,)| serde_json::from_str(&state)).transpose()?;
        let key = terminal.and_then(TerminalKey::of);
        let fits = key.map(|key| signed::fits(bytes, |_, message, signature| key.signed(message, signature)).is_ok());
        Ok(Some(EnvelopeView { text: indented(&envelope.0), signature: hex::encode(&signature.0), fits }))
    }

    /// From its leaf to the root of everything held here.
    async fn place_of(&self, index: u32, bytes: &[u8]) -> Result<PlaceView, DeskError> {
        let replica = &self.inner.replica;
        let frontier = chunk::head(&replica.readers).await?;
        let (size, root) = (frontier.size(), frontier.root());
        let mut leaves: Vec<LeafHash> = Vec::new();
        epoch::each_leaf(&replica.readers, size, |leaf| leaves.push(leaf)).await?;
        let leaf = tlog::leaf_hash(bytes);
        let found = tokio::task::spawn_blocking(move || {
            let path = tlog::inclusion_proof(&leaves, u64::from(index)).ok()?;
            let leads = tlog::verify_inclusion(leaf, u64::from(index), size, &path, root).is_ok();
            Some((path, leads))
        });
        let (path, leads) = found.await.map_err(|e| DeskError::Internal(e.to_string()))?.ok_or(ErrorCode::NotFound)?;
        Ok(PlaceView {
            leaf: hex::encode(leaf.0),
            size: u32::try_from(size).unwrap_or(u32::MAX),
            root: hex::encode(root.0),
            path: path.iter().map(hex::encode).collect(),
            leads,
        })
    }
}

/// JSON for reading. What can't be read as JSON is shown as it is.
fn indented(bytes: &[u8]) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_slice(bytes);
    let text = value.and_then(|value| serde_json::to_string_pretty(&value));
    text.unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
}
