//! Reads: what the listeners ask the database. Nothing here changes anything.

use chrono::{DateTime, Utc};
use domain::Subject;
use domain::branch::Branch;
use domain::customer::Customer;
use domain::id::{BranchCode, CommandId, CustomerId, Serial, StaffId, TerminalId};
use domain::policy::Asked;
use domain::staff::Staff;
use domain::terminal::Terminal;
use sqlx::FromRow;
use wire::Entry;

use super::aggregate;
use super::db::{Readers, query};
use super::rows::int;
use super::writer::Fault;

/// Rights whose deadline lies before `today` (`YYYY-MM-DD`).
pub async fn overdue(db: &Readers, today: &str) -> Result<Vec<(String, String)>, Fault> {
    Ok(query(
        "SELECT customer_id, certificate_id FROM certificate WHERE state IN ('authorised', 'signed') AND deadline < $1 ORDER BY deadline LIMIT 1000",
    )
    .bind(today)
    .fetch_all(db)
    .await?)
}

/// A password and its tries.
#[derive(Debug, Clone, FromRow)]
pub struct StaffSecret {
    /// PHC string.
    pub password_hash: String,
    /// Wrong ones in a row.
    pub tries: i64,
    /// Locked until.
    pub locked_until_ms: i64,
}

/// The secret of a member of staff.
pub async fn staff_secret(db: &Readers, staff: &StaffId) -> Result<Option<StaffSecret>, Fault> {
    Ok(query("SELECT password_hash, tries, locked_until_ms FROM staff_secret WHERE staff_id = $1")
        .bind(staff.as_str())
        .fetch_optional(db)
        .await?)
}

/// Was a terminal given an answer to this command?
pub async fn answered(db: &Readers, id: CommandId) -> Result<bool, Fault> {
    let row: Option<(String,)> =
        query("SELECT id FROM outcome WHERE id = $1").bind(id.to_string()).fetch_optional(db).await?;
    Ok(row.is_some())
}

/// An entry by its id.
pub async fn entry(db: &Readers, id: CommandId) -> Result<Option<wire::Entry>, Fault> {
    let row: Option<(Vec<u8>,)> =
        query("SELECT bytes FROM entry WHERE id = $1").bind(id.to_string()).fetch_optional(db).await?;
    Ok(row.map(|(bytes,)| wire::Entry::from_bytes(&bytes)).transpose()?)
}

/// An open session.
#[derive(Debug, Clone, FromRow)]
pub struct Session {
    /// Id.
    pub session_id: String,
    /// Whose.
    pub staff_id: String,
    /// Bound to which terminal.
    pub terminal_id: String,
    /// Ends by itself.
    pub expires_ms: i64,
}

/// A session by its token's hash.
pub async fn session(db: &Readers, token_sha256: &str) -> Result<Option<Session>, Fault> {
    Ok(query("SELECT session_id, staff_id, terminal_id, expires_ms FROM session WHERE token_sha256 = $1")
        .bind(token_sha256)
        .fetch_optional(db)
        .await?)
}

/// An invitation: terminal, expiry, certificate already given.
pub async fn invitation(db: &Readers, code_sha256: &str) -> Result<Option<(String, i64, Option<Vec<u8>>)>, Fault> {
    Ok(query("SELECT terminal_id, expires_ms, certificate FROM invitation WHERE code_sha256 = $1")
        .bind(code_sha256)
        .fetch_optional(db)
        .await?)
}

async fn state(db: &Readers, subject: &Subject) -> Result<Option<String>, Fault> {
    let row: Option<(String,)> = query("SELECT state FROM aggregate WHERE subject = $1")
        .bind(aggregate::key(subject))
        .fetch_optional(db)
        .await?;
    Ok(row.map(|(state,)| state))
}

/// A member of staff.
pub async fn staff(db: &Readers, id: &StaffId) -> Result<Option<Staff>, Fault> {
    Ok(state(db, &Subject::Staff(id.clone())).await?.map(|json| serde_json::from_str(&json)).transpose()?)
}

/// A terminal.
pub async fn terminal(db: &Readers, id: TerminalId) -> Result<Option<Terminal>, Fault> {
    Ok(state(db, &Subject::Terminal(id)).await?.map(|json| serde_json::from_str(&json)).transpose()?)
}

/// A branch.
pub(crate) async fn branch(db: &Readers, code: &BranchCode) -> Result<Option<Branch>, Fault> {
    Ok(state(db, &Subject::Branch(code.clone())).await?.map(|json| serde_json::from_str(&json)).transpose()?)
}

/// The newest certificate a terminal was given after its enrolment: DER, start and end.
pub async fn terminal_certificate(db: &Readers, id: TerminalId) -> Result<Option<(Vec<u8>, i64, i64)>, Fault> {
    Ok(query("SELECT certificate, not_before_ms, not_after_ms FROM terminal_certificate WHERE terminal_id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?)
}

/// When the log told of a terminal last.
pub async fn terminal_told_at(db: &Readers, id: TerminalId) -> Result<Option<DateTime<Utc>>, Fault> {
    let row: Option<(Vec<u8>,)> = query("SELECT bytes FROM entry WHERE subject = $1 ORDER BY idx DESC LIMIT 1")
        .bind(aggregate::key(&Subject::Terminal(id)))
        .fetch_optional(db)
        .await?;
    Ok(row.map(|(bytes,)| Entry::from_bytes(&bytes)).transpose()?.map(|entry| entry.happened_at()))
}

/// What a terminal told of itself, as it is stored.
#[derive(Debug, Clone, FromRow)]
pub struct StoredContact {
    /// Which.
    pub terminal_id: String,
    /// When.
    pub at_ms: i64,
    /// Version of its program.
    pub version: String,
    /// Acts that wait.
    pub waiting: i64,
    /// Acts that were refused.
    pub refused: i64,
    /// Drafts.
    pub drafts: i64,
}

/// What every terminal told of itself.
pub async fn contacts(db: &Readers) -> Result<Vec<StoredContact>, Fault> {
    Ok(query("SELECT terminal_id, at_ms, version, waiting, refused, drafts FROM terminal_contact")
        .fetch_all(db)
        .await?)
}

/// Invitations that were not used: terminal, end.
pub async fn open_invitations(db: &Readers) -> Result<Vec<(String, i64)>, Fault> {
    Ok(query("SELECT terminal_id, expires_ms FROM invitation WHERE certificate IS NULL").fetch_all(db).await?)
}

/// Does the log tell of a terminal in this span?
pub async fn terminals_told(db: &Readers, from: u64, to: u64) -> Result<bool, Fault> {
    let row: Option<(i64,)> =
        query("SELECT idx FROM entry WHERE idx >= $1 AND idx < $2 AND subject LIKE 'terminal/%' ORDER BY idx LIMIT 1")
            .bind(int(from))
            .bind(int(to))
            .fetch_optional(db)
            .await?;
    Ok(row.is_some())
}

/// A customer.
pub async fn customer(db: &Readers, id: CustomerId) -> Result<Option<Customer>, Fault> {
    Ok(state(db, &Subject::Customer(id)).await?.map(|json| serde_json::from_str(&json)).transpose()?)
}

/// Whose is this user ID, or this contract number? Exactly this one.
pub async fn customer_by_id(db: &Readers, user: &str, contract: &str) -> Result<Option<String>, Fault> {
    let row: Option<(String,)> = query(
        "SELECT customer_id FROM login_user WHERE user_id = $1 UNION ALL
         SELECT customer_id FROM contract WHERE number = $2 LIMIT 1",
    )
    .bind(user)
    .bind(contract)
    .fetch_optional(db)
    .await?;
    Ok(row.map(|(id,)| id))
}

/// Which certificate has this serial number?
pub async fn certificate_by_serial(db: &Readers, serial: &Serial) -> Result<Option<String>, Fault> {
    let row: Option<(String,)> = query("SELECT certificate_id FROM certificate WHERE serial = $1")
        .bind(serial.as_str())
        .fetch_optional(db)
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Are there sessions that ended by themselves before this time?
pub async fn sessions_over(db: &Readers, before_ms: i64) -> Result<bool, Fault> {
    let row: Option<(i64,)> = query("SELECT expires_ms FROM session WHERE expires_ms < $1 LIMIT 1")
        .bind(before_ms)
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

/// Which customer holds this number at this branch?
pub async fn customer_by_number(db: &Readers, branch: &str, cif: &str) -> Result<Option<String>, Fault> {
    let row: Option<(String,)> = query("SELECT customer_id FROM customer_number WHERE branch = $1 AND cif = $2")
        .bind(branch)
        .bind(cif)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Every entry of a customer before an index: place, entry, attachment.
pub(crate) async fn history(
    db: &Readers,
    customer: CustomerId,
    to: u64,
) -> Result<Vec<(i64, Vec<u8>, Option<Vec<u8>>)>, Fault> {
    Ok(query(
        "SELECT e.idx, e.bytes, a.bytes FROM entry e LEFT JOIN attachment a ON a.entry_id = e.id
         WHERE e.subject = $1 AND e.idx < $2 ORDER BY e.idx",
    )
    .bind(aggregate::key(&Subject::Customer(customer)))
    .bind(int(to))
    .fetch_all(db)
    .await?)
}

/// Every branch the log knows.
pub(crate) async fn branches(db: &Readers) -> Result<Vec<Branch>, Fault> {
    let rows: Vec<(String,)> =
        query("SELECT state FROM aggregate WHERE subject >= 'branch/' AND subject < 'branch0' ORDER BY subject")
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().map(|(json,)| serde_json::from_str(&json)).collect::<Result<_, _>>()?)
}

/// Customers of a branch whose number comes after this one.
pub(crate) async fn customers_of(db: &Readers, branch: &str, after: &str) -> Result<Vec<(String, String)>, Fault> {
    Ok(query("SELECT cif, customer_id FROM customer_number WHERE branch = $1 AND cif > $2 ORDER BY cif LIMIT 500")
        .bind(branch)
        .bind(after)
        .fetch_all(db)
        .await?)
}

/// The checkpoint at which a chunk of at most `limit` leaves from `from` ends: the largest within the limit, else the
/// first beyond it. None lies beyond `log_size`.
pub async fn chunk_end(db: &Readers, from: u64, limit: u32, log_size: u64) -> Result<Option<(u64, String)>, Fault> {
    let (from, log_size) = (int(from), int(log_size));
    let within: Option<(i64, String)> =
        query("SELECT size, note FROM checkpoint WHERE size > $1 AND size <= $2 ORDER BY size DESC LIMIT 1")
            .bind(from)
            .bind(from.saturating_add(i64::from(limit)).min(log_size))
            .fetch_optional(db)
            .await?;
    let found = match within {
        Some(found) => Some(found),
        None => {
            query("SELECT size, note FROM checkpoint WHERE size > $1 AND size <= $2 ORDER BY size LIMIT 1")
                .bind(from)
                .bind(log_size)
                .fetch_optional(db)
                .await?
        }
    };
    Ok(found.and_then(|(size, note)| Some((u64::try_from(size).ok()?, note))))
}

/// The note of exactly this size.
pub async fn checkpoint_at(db: &Readers, size: u64) -> Result<Option<String>, Fault> {
    let row: Option<(String,)> =
        query("SELECT note FROM checkpoint WHERE size = $1").bind(int(size)).fetch_optional(db).await?;
    Ok(row.map(|(note,)| note))
}

/// How many entries the log has.
pub async fn log_size(db: &Readers) -> Result<u64, Fault> {
    let row: Option<(i64,)> =
        query("SELECT size FROM checkpoint ORDER BY size DESC LIMIT 1").fetch_optional(db).await?;
    Ok(row.and_then(|(size,)| u64::try_from(size).ok()).unwrap_or_default())
}

/// How many there are of what a change of the policy would touch.
pub(crate) async fn counted(db: &Readers, asked: Asked, now_ms: i64) -> Result<u64, Fault> {
    let asked = match asked {
        Asked::Rights => query("SELECT COUNT(*) FROM certificate WHERE state = 'authorised'"),
        Asked::Usable => query("SELECT COUNT(*) FROM certificate WHERE state IN ('active', 'suspended')"),
        Asked::Ending(from, to) => query(
            "SELECT COUNT(*) FROM certificate WHERE state IN ('active', 'suspended') AND not_after >= $1 AND not_after < $2",
        )
        .bind(from.to_rfc3339())
        .bind(to.to_rfc3339()),
        Asked::InGrace => query("SELECT COUNT(*) FROM certificate WHERE state = 'expired' AND grace_over = 0"),
        Asked::InGraceEnded(before) => {
            query("SELECT COUNT(*) FROM certificate WHERE state = 'expired' AND grace_over = 0 AND not_after < $1")
                .bind(before.to_rfc3339())
        }
        Asked::OverEnded(from) => {
            query("SELECT COUNT(*) FROM certificate WHERE state = 'expired' AND grace_over = 1 AND not_after >= $1")
                .bind(from.to_rfc3339())
        }
        Asked::Sessions => query("SELECT COUNT(*) FROM session WHERE expires_ms > $1").bind(now_ms),
    };
    let row: Option<(i64,)> = asked.fetch_optional(db).await?;
    Ok(row.and_then(|(count,)| u64::try_from(count).ok()).unwrap_or_default())
}

/// Customers of a branch with their numbers, from a number on; some at a time.
pub(crate) async fn customer_states_of(
    db: &Readers,
    branch: &str,
    after: &str,
) -> Result<Vec<(String, Customer)>, Fault> {
    let rows: Vec<(String, String)> = query(
        "SELECT n.cif, a.state FROM customer_number n JOIN aggregate a ON a.subject = 'customer/' || n.customer_id
         WHERE n.branch = $1 AND n.cif > $2 ORDER BY n.cif LIMIT 500",
    )
    .bind(branch)
    .bind(after)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|(cif, state)| Ok((cif, serde_json::from_str(&state)?))).collect()
}

/// Certificates whose validity has ended before `now` (RFC 3339).
pub async fn ended(db: &Readers, now: &str) -> Result<Vec<(String, String)>, Fault> {
    Ok(query(
        "SELECT customer_id, certificate_id FROM certificate WHERE state IN ('active', 'suspended') AND not_after < $1
         ORDER BY not_after LIMIT 1000",
    )
    .bind(now)
    .fetch_all(db)
    .await?)
}

/// Expired certificates whose validity ended before `since` (RFC 3339) and whose grace was not ended.
pub async fn grace_over(db: &Readers, since: &str) -> Result<Vec<(String, String)>, Fault> {
    Ok(query(
        "SELECT customer_id, certificate_id FROM certificate WHERE state = 'expired' AND grace_over = 0 AND not_after < $1
         ORDER BY not_after LIMIT 1000",
    )
    .bind(since)
    .fetch_all(db)
    .await?)
}

/// Contracts whose closing day has come (`YYYY-MM-DD`).
pub async fn closing(db: &Readers, today: &str) -> Result<Vec<(String, String)>, Fault> {
    Ok(query(
        "SELECT customer_id, number FROM contract WHERE closing_on IS NOT NULL AND closed = 0 AND closing_on <= $1
         ORDER BY closing_on LIMIT 1000",
    )
    .bind(today)
    .fetch_all(db)
    .await?)
}
