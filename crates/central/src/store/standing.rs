//! What relying parties are told, kept in step with the log: the list of certificates that are not good (for the CRL), and
//! the answers already signed (for OCSP). The writer changes both after each commit and before it answers, so that
//! nobody who was told "stopped" can still see "good".

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use domain::Event;
use domain::customer::{Certificate, Customer, Stopped, stopped};
use domain::id::Serial;
use tokio::time::Instant;

use super::aggregate::Aggregate;
use super::db::{self, Connection, Many, Readers, query};

/// Rows read at a time.
const PAGE: i64 = 10_000;
/// Serials whose answers are kept, and requests that are known: more than log in within half the life of an answer.
const KNOWN: usize = 50_000;
/// Longest request that is known, octets. One about a single certificate needs 120; anybody could send longer ones, all
/// different.
const REQUEST_LONGEST: usize = 160;
/// Forms of asking for one serial (hash algorithms, parameters there or not).
const FORMS: usize = 4;

/// A serial number's octets, at most 20 (RFC 5280 §4.1.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SerialOctets([u8; 20], u8);

impl SerialOctets {
    /// From big-endian octets; `None` for more than 20.
    pub fn from_slice(octets: &[u8]) -> Option<Self> {
        let mut kept = [0; 20];
        kept.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(Self(kept, u8::try_from(octets.len()).ok()?))
    }

    /// From the form of the log.
    pub fn of(serial: &Serial) -> Option<Self> {
        Self::from_slice(&hex::decode(serial.as_str()).ok()?)
    }

    /// Big-endian.
    pub fn as_slice(&self) -> &[u8] {
        self.0.get(..usize::from(self.1)).unwrap_or_default()
    }
}

/// A certificate that is not good. Times are seconds since 1970, good until 2106, so that a million take 40 MB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub serial: SerialOctets,
    /// CRLReason.
    pub reason: u8,
    /// Since when.
    pub since: u32,
    /// invalidityDate; 0: none.
    pub invalid_from: u32,
    /// End of its validity.
    pub not_after: u32,
}

fn seconds(at: DateTime<Utc>) -> u32 {
    u32::try_from(at.timestamp().max(0)).unwrap_or(u32::MAX)
}

impl Listed {
    fn new(serial: SerialOctets, stopped: &Stopped, not_after: DateTime<Utc>) -> Self {
        let invalid_from = stopped.invalid_from.map_or(0, seconds);
        Self {
            serial,
            reason: stopped.reason,
            since: seconds(stopped.since),
            invalid_from,
            not_after: seconds(not_after),
        }
    }
}

/// What became of one certificate.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    serial: SerialOctets,
    listed: Option<Listed>,
}

impl Change {
    /// Whose.
    pub(crate) fn serial(&self) -> SerialOctets {
        self.serial
    }

    /// What the events of one act did to signed certificates.
    pub(crate) fn of(after: &Aggregate, events: &[Event]) -> Vec<Self> {
        let Aggregate::Customer(customer) = after else { return Vec::new() };
        let touched = events.iter().filter_map(|event| match event {
            Event::Customer(event) => customer.certificate(event.certificate()?),
            _ => None,
        });
        let change = |found| {
            let (signed, stop) = standing(customer, found)?;
            let serial = SerialOctets::of(&signed.serial)?;
            Some(Self { serial, listed: stop.map(|stop| Listed::new(serial, &stop, signed.not_after)) })
        };
        touched.filter_map(change).collect()
    }
}

fn standing<'a>(
    customer: &Customer,
    certificate: &'a Certificate,
) -> Option<(&'a domain::customer::SignedFacts, Option<Stopped>)> {
    Some((certificate.signed.as_ref()?, stopped(customer, certificate)))
}

/// Where a serial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Never issued here.
    Unknown,
    /// Not revoked.
    Good,
    /// Revoked or on hold.
    Stopped(Stopped),
}

/// An answer that was signed for one form of the question.
#[derive(Clone)]
pub struct Signed {
    /// DER of the question's CertID.
    pub asked: Box<[u8]>,
    /// The answer.
    pub answer: Bytes,
    /// Hash of the answer, for conditional requests.
    pub tag: Arc<str>,
    /// thisUpdate.
    pub at: DateTime<Utc>,
}

/// The serial in a question, and the DER of its CertID.
type Form = (SerialOctets, Box<[u8]>);

struct Known {
    standing: Standing,
    signed: Vec<Signed>,
}

#[derive(Default)]
struct Inner {
    /// Ordered by serial.
    list: Arc<Vec<Listed>>,
    known: HashMap<SerialOctets, Known>,
    /// Which serial and which form of asking a request's bytes are. Says nothing of the answer, so it is never wrong.
    requests: HashMap<Box<[u8]>, Form>,
    /// Grows with every change.
    generation: u64,
    /// Grows when the list is another one.
    list_generation: u64,
    heard: Heard,
}

/// Is everything known that was committed?
#[derive(Debug, Clone, Copy, Default)]
enum Heard {
    /// Nothing is committed but here.
    #[default]
    Own,
    /// Others commit, and it was known until then.
    Until(Instant),
    /// Others commit, and nothing is heard of it.
    Nothing,
}

impl Heard {
    fn fresh(self) -> bool {
        match self {
            Self::Own => true,
            Self::Until(until) => Instant::now() < until,
            Self::Nothing => false,
        }
    }
}

impl Inner {
    fn publish(&mut self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        self.generation += 1;
        for change in changes {
            self.known.remove(&change.serial);
            let place = self.list.binary_search_by_key(&change.serial, |l| l.serial);
            if place.ok().and_then(|place| self.list.get(place)) == change.listed.as_ref() {
                continue;
            }
            self.list_generation += 1;
            // A CRL being written holds the former list; only then is it copied.
            let list = Arc::make_mut(&mut self.list);
            match (place, change.listed) {
                (Ok(place), Some(listed)) => list.splice(place..=place, [listed]).for_each(drop),
                (Ok(place), None) => drop(list.remove(place)),
                (Err(place), Some(listed)) => list.insert(place, listed),
                (Err(_), None) => {}
            }
        }
    }
}

/// Shared by the writer, which changes it, and the status listener.
#[derive(Default)]
pub struct Standings(Mutex<Inner>);

impl Standings {
    /// Reads the whole list from the database.
    pub(crate) async fn read_all(db: &mut Connection) -> Result<Vec<Listed>, db::Error> {
        let (mut list, mut after) = (Vec::new(), String::new());
        loop {
            let rows: Vec<Row> = query(
                "SELECT serial, stop_reason, stopped_ms, invalid_from_ms, not_after FROM certificate
                 WHERE stop_reason IS NOT NULL AND serial > $1 ORDER BY serial LIMIT $2",
            )
            .bind(&after)
            .bind(PAGE)
            .fetch_all(&mut *db)
            .await?;
            let Some((last, ..)) = rows.last() else { break };
            after.clone_from(last);
            list.extend(rows.into_iter().filter_map(listed));
        }
        list.sort_unstable_by_key(|l| l.serial);
        list.shrink_to_fit();
        Ok(list)
    }

    /// Forgets everything, and begins with this list.
    pub(crate) fn replace(&self, list: Vec<Listed>) {
        let mut inner = self.inner();
        inner.generation += 1;
        inner.list_generation += 1;
        inner.list = Arc::new(list);
        inner.known.clear();
    }

    /// What others commit is known until then; `None`: nothing is heard of them.
    pub(crate) fn fresh_until(&self, until: Option<Instant>) {
        self.inner().heard = until.map_or(Heard::Nothing, Heard::Until);
    }

    /// May anything be said? An old "good" is worse than no answer.
    pub fn fresh(&self) -> bool {
        self.inner().heard.fresh()
    }

    /// Reads again where these stand, for somebody else has changed it.
    pub(crate) async fn look_again(&self, db: &Readers, serials: &[SerialOctets]) -> Result<(), db::Error> {
        loop {
            let generation = self.generation();
            let mut statement = Many::new(
                "SELECT serial, stop_reason, stopped_ms, invalid_from_ms, not_after FROM certificate WHERE serial IN ",
            );
            statement.push_list(serials.iter().map(|serial| hex::encode_upper(serial.as_slice())));
            let rows: Vec<Row> = statement.build().fetch_all(db).await?;
            let listed: HashMap<SerialOctets, Listed> =
                rows.into_iter().filter_map(listed).map(|listed| (listed.serial, listed)).collect();
            let changes = serials.iter().map(|serial| Change { serial: *serial, listed: listed.get(serial).copied() });
            let mut inner = self.inner();
            // Meanwhile this instance may have changed one of them itself; then what was read is older than that.
            if inner.generation == generation {
                inner.publish(changes.collect());
                return Ok(());
            }
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn publish(&self, changes: Vec<Change>) {
        self.inner().publish(changes);
    }

    /// The list, and its generation: another one means that it has changed.
    pub fn list(&self) -> (Arc<Vec<Listed>>, u64) {
        let inner = self.inner();
        (Arc::clone(&inner.list), inner.list_generation)
    }

    /// The generation now.
    pub fn generation(&self) -> u64 {
        self.inner().generation
    }

    /// An answer signed before for this very question, if it is from `since` or later.
    pub fn signed(&self, serial: &SerialOctets, asked: &[u8], since: DateTime<Utc>) -> Option<Signed> {
        let inner = self.inner();
        let known = inner.known.get(serial)?;
        known.signed.iter().find(|s| *s.asked == *asked && s.at >= since).cloned()
    }

    /// The answer signed before for a request of these very bytes, if it is from `since` or later, and anything may be said.
    pub fn signed_for(&self, request: &[u8], since: DateTime<Utc>) -> Option<Bytes> {
        let inner = self.inner();
        if !inner.heard.fresh() {
            return None;
        }
        let (serial, asked) = inner.requests.get(request)?;
        let signed = inner.known.get(serial)?.signed.iter().find(|s| s.asked == *asked && s.at >= since)?;
        Some(signed.answer.clone())
    }

    /// Keeps an answer and the request it was for, unless anything changed since `generation`.
    pub fn keep(&self, serial: SerialOctets, request: &[u8], signed: Signed, generation: u64) {
        let mut inner = self.inner();
        if inner.generation != generation {
            return;
        }
        // A serial that was never issued is not known: its answers would only push others out.
        if !inner.known.contains_key(&serial) {
            return;
        }
        if request.len() <= REQUEST_LONGEST {
            if inner.requests.len() >= KNOWN {
                inner.requests.clear();
            }
            inner.requests.insert(request.into(), (serial, signed.asked.clone()));
        }
        let Some(known) = inner.known.get_mut(&serial) else { return };
        known.signed.retain(|s| s.asked != signed.asked);
        known.signed.truncate(FORMS - 1);
        known.signed.push(signed);
    }

    /// Where a serial stands; the database is asked once. Unknown serials are not remembered, for there are too many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn standing(&self, db: &Readers, serial: &SerialOctets) -> Result<(Standing, u64), db::Error> {
        let generation = {
            let inner = self.inner();
            if let Some(known) = inner.known.get(serial) {
                return Ok((known.standing, inner.generation));
            }
            inner.generation
        };
        let row: Option<(Option<i64>, Option<i64>, Option<i64>)> =
            query("SELECT stop_reason, stopped_ms, invalid_from_ms FROM certificate WHERE serial = $1")
                .bind(hex::encode_upper(serial.as_slice()))
                .fetch_optional(db)
                .await?;
        let standing = match row {
            None => return Ok((Standing::Unknown, generation)),
            Some((None, ..)) => Standing::Good,
            Some((Some(reason), since, invalid_from)) => {
                // A reason that can't be read is still a stop.
                Standing::Stopped(stop(reason, since.unwrap_or_default(), invalid_from).unwrap_or(Stopped {
                    reason: domain::customer::CERTIFICATE_HOLD,
                    since: DateTime::UNIX_EPOCH,
                    invalid_from: None,
                }))
            }
        };
        let mut inner = self.inner();
        // What was read may be older than the last change; then it is only this answer's.
        if inner.generation == generation {
            if inner.known.len() >= KNOWN {
                inner.known.clear();
            }
            inner.known.entry(*serial).or_insert(Known { standing, signed: Vec::new() });
        }
        Ok((standing, generation))
    }
}

/// Serial, reason, since, invalid from, end of validity.
type Row = (String, Option<i64>, Option<i64>, Option<i64>, Option<String>);

/// On the list, or not stopped.
fn listed((serial, reason, since, invalid_from, not_after): Row) -> Option<Listed> {
    let serial = SerialOctets::from_slice(&hex::decode(serial).ok()?)?;
    let not_after = DateTime::parse_from_rfc3339(&not_after?).ok()?.to_utc();
    Some(Listed::new(serial, &stop(reason?, since.unwrap_or_default(), invalid_from)?, not_after))
}

fn stop(reason: i64, since_ms: i64, invalid_from_ms: Option<i64>) -> Option<Stopped> {
    Some(Stopped {
        reason: u8::try_from(reason).ok()?,
        since: DateTime::from_timestamp_millis(since_ms)?,
        invalid_from: invalid_from_ms.and_then(DateTime::from_timestamp_millis),
    })
}
