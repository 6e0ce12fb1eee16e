//! How SQLCipher encrypts the files of a replica. Every page is authenticated whenever it is read, and who verifies the log reads
//! all of them: SHA-256 has instructions of its own on today's processors, where SQLCipher's own choice, SHA-512, has none; and a
//! page of twice SQLCipher's own size costs less than two. Files of older versions are brought over as they are opened.

use std::path::{Path, PathBuf};

use domain::ErrorCode;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::Mutex;

use super::own::{self, run};
use crate::error::DeskError;

/// The file being brought over.
const NEW: &str = "replica-new.sqlite";

/// Rows that are read ahead of whoever asked for them: of thousands, each would wake him by itself.
const AHEAD: usize = 1024;

/// One way to encrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    Now,
    /// Of half the page.
    SmallPages,
    /// As SQLCipher does it by itself.
    Plain,
}

impl Cipher {
    /// How older versions did it, the latest first.
    const OLDER: [Self; 2] = [Self::SmallPages, Self::Plain];

    /// What authenticates a page.
    const fn hmac(self) -> &'static str {
        match self {
            Self::Now | Self::SmallPages => "HMAC_SHA256",
            Self::Plain => "HMAC_SHA512",
        }
    }

    /// Octets of a page.
    pub(super) const fn page(self) -> usize {
        match self {
            Self::Now => 8192,
            Self::SmallPages | Self::Plain => 4096,
        }
    }

    /// A file under its raw key; there need not be one yet. `Debug` of these options would print the key: they are never formatted.
    pub(super) fn options(self, file: &Path, key: &[u8]) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .pragma("key", format!("\"{}\"", own::raw(key).as_str()))
            .pragma("cipher_page_size", self.page().to_string())
            .pragma("cipher_hmac_algorithm", self.hmac())
            .row_buffer_size(AHEAD)
            .disable_statement_logging()
    }

    async fn attach(self, db: &mut SqliteConnection, file: &Path, key: &[u8], name: &str) -> Result<(), DeskError> {
        /// What is attached takes what the whole process has for its default.
        static DEFAULT: Mutex<()> = Mutex::const_new(());
        let file = file.to_str().ok_or_else(|| DeskError::Internal("the profile's path is not Unicode".into()))?;
        let key = own::raw(key);
        let _mine = DEFAULT.lock().await;
        let (hmac, page) = (self.hmac(), self.page());
        run(db, format!("PRAGMA cipher_default_hmac_algorithm = {hmac}; PRAGMA cipher_default_page_size = {page};"))
            .await?;
        sqlx::query(AssertSqlSafe(format!("ATTACH DATABASE $1 AS {name} KEY $2")))
            .bind(file)
            .bind(key.as_str())
            .execute(db)
            .await?;
        Ok(())
    }
}

/// Attaches a file, of an older version too.
pub(super) async fn attach(db: &mut SqliteConnection, file: &Path, key: &[u8], name: &str) -> Result<(), DeskError> {
    let attached = Cipher::Now.attach(db, file, key, name).await;
    if !attached.as_ref().is_err_and(|error| error.code() == ErrorCode::ReplicaUnreadable) {
        return attached;
    }
    for older in Cipher::OLDER {
        if older.attach(db, file, key, name).await.is_ok() {
            return Ok(());
        }
    }
    attached
}

/// Is this its key?
pub(super) async fn opens(cipher: Cipher, file: &Path, key: &[u8]) -> bool {
    let Ok(mut db) = cipher.options(file, key).connect().await else { return false };
    let read = run(&mut db, "SELECT COUNT(*) FROM sqlite_master".into()).await;
    db.close().await.is_ok() && read.is_ok()
}

/// Brings a replica of an older version over, which does not open as today's, and says how it is encrypted now. `None`: it is none
/// of an older version, or this is not its key; it is left as it is.
///
/// # Errors
/// It can't be read to its end.
pub(super) async fn brought_over(replica: &Path, key: &[u8]) -> Result<Option<Cipher>, DeskError> {
    let mut older = None;
    for cipher in Cipher::OLDER {
        if older.is_none() && opens(cipher, replica, key).await {
            older = Some(cipher);
        }
    }
    let Some(older) = older else { return Ok(None) };
    tracing::info!(?older, "the replica is encrypted as older versions did: it is written anew");
    match written(replica, key, older).await {
        Ok(()) => Ok(Some(Cipher::Now)),
        // No room for another: it is as good as it was.
        Err(error) if error.code() == ErrorCode::DiskFull => {
            tracing::warn!(%error, "no room to write the replica anew");
            own::remove(&new(replica))?;
            Ok(Some(older))
        }
        Err(error) => Err(error),
    }
}

/// The file while it is written.
pub(super) fn new(replica: &Path) -> PathBuf {
    replica.with_file_name(NEW)
}

/// Writes it anew, and puts it in its place when it is whole.
async fn written(replica: &Path, key: &[u8], older: Cipher) -> Result<(), DeskError> {
    let new = new(replica);
    own::remove(&new)?;
    // Nobody else knows of it yet, and it is written through at the end.
    let mut db = Cipher::Now.options(&new, key).pragma("synchronous", "OFF").connect().await?;
    let exported = async {
        older.attach(&mut db, replica, key, "older").await?;
        run(&mut db, "SELECT sqlcipher_export('main', 'older')".into()).await?;
        own::detach(&mut db, "older").await
    };
    let exported = exported.await;
    db.close().await?;
    exported?;
    // With its last connection the log of the old file went into it, or it is still needed.
    let [_, wal, _] = own::with_its_own(replica);
    if std::fs::metadata(&wal).is_ok_and(|wal| wal.len() > 0) {
        return Err(DeskError::Internal("the log of the replica is still in use".into()));
    }
    let file = std::fs::File::options().write(true).open(&new);
    file.and_then(|file| file.sync_all()).map_err(super::afresh::file)?;
    own::put_in_place(&new, replica)
}
