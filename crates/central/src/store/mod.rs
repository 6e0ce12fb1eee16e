//! The database: one writer, many readers. Only [`writing`] changes anything.

pub mod act;
mod aggregate;
pub(crate) use aggregate::{Aggregate, key as aggregate_key};
mod aside;
pub(crate) mod batch;
pub(crate) mod bulk;
mod day;
pub mod db;
pub mod epoch;
mod group;
pub(crate) mod head;
mod instances;
#[cfg(test)]
pub(crate) use instances::Stamp;
pub mod intent;
mod job;
pub mod lookup;
pub(crate) mod opening;
pub(crate) mod policy;
pub mod read;
pub mod recovery;
pub(crate) mod rows;
mod serving;
pub mod span;
mod staff;
pub mod standing;
pub(crate) mod tables;
pub(crate) mod takeover;
#[cfg(test)]
mod tests;
mod trace;
mod transfer;
mod unwritable;
pub(crate) mod waiting;
pub(crate) mod whose;
pub mod writer;
pub(crate) mod writing;

pub use batch::Setting;

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::Context as _;
use db::{Connection, Place, Readers};

/// An open database: the writer's connection, the readers, and (beside a file) the lock that keeps a second process out.
pub struct Database {
    pub(crate) place: Place,
    pub(crate) writer: Connection,
    pub(crate) readers: Readers,
    pub(crate) lock: Option<File>,
}

/// Opens (and migrates) the database. The lock file beside a file is held as long as the process lives.
///
/// # Errors
/// Another process holds the file, it can't be written, the disk refuses, the server can't be reached or is too old, or the database belongs to a
/// newer version.
pub async fn open(place: &Place) -> anyhow::Result<Database> {
    let lock = match place {
        Place::Sqlite(path) => Some(lock(path)?),
        Place::Postgres(_) => None,
    };
    let mut writer = place.writer().await.map_err(|error| unwritable::told(place, error))?;
    unwritable::tried(&mut writer).await.map_err(|error| unwritable::told(place, error))?;
    Ok(Database { place: place.clone(), writer, readers: place.readers().await?, lock })
}

/// Opens a database for a command that works alone on it.
///
/// # Errors
/// As [`open`]; or an instance of the service writes to the server.
pub(crate) async fn open_alone(place: &Place) -> anyhow::Result<Database> {
    let mut database = open(place).await?;
    if matches!(place, Place::Postgres(_)) {
        instances::alone(&mut database.writer).await?;
    }
    Ok(database)
}

fn lock(path: &Path) -> anyhow::Result<File> {
    let beside = path.with_extension("lock");
    let opened = File::options().create(true).truncate(false).write(true).open(&beside);
    let lock = opened.map_err(|error| unwritable::not_opened(&beside, error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => anyhow::bail!("another process serves {}; stop it first", path.display()),
        Err(TryLockError::Error(error)) => Err(error).context("can't lock the database"),
    }
}
