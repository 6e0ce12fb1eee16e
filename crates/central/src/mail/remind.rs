//! Reminders of certificates that end soon: once for each certificate and threshold. After a rest in which several
//! thresholds passed, only the nearest one is said.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use domain::Policy;
use domain::calendar::{jst_day, later};
use domain::customer::Customer;
use domain::id::CertificateId;

use super::queue::{Mark, NewMail};
use super::{Letterhead, message, new};
use crate::clock::Clock;
use crate::store::act::Aside;
use crate::store::db::{self, Readers, query};
use crate::store::writer::Writer;

/// Reminders of one transaction.
const PAGE: usize = 100;

/// Puts every reminder that is due into the queue; gives their number.
pub(super) async fn look(
    letterhead: &Letterhead,
    policy: &Policy,
    writer: &Writer,
    readers: &Readers,
    clock: &Clock,
) -> anyhow::Result<usize> {
    let now = clock.now();
    let mut thresholds = policy.reminder_days.clone();
    thresholds.sort_unstable();
    thresholds.dedup();
    let (mut count, mut nearer) = (0, now);
    for days in thresholds {
        // Ends today + days at the latest, and later than what the nearer threshold says.
        let beyond = midnight(later(jst_day(now), days.saturating_add(1)));
        let found = ending(readers, days, nearer, beyond).await?;
        for page in found.chunks(PAGE) {
            let mut mails = Vec::with_capacity(page.len());
            for (customer, certificate) in page {
                let certificate: CertificateId = certificate.parse()?;
                if let Some(mail) = reminder(letterhead, policy, readers, customer, certificate, days, now).await? {
                    mails.push((certificate, mail));
                }
            }
            count += mails.len();
            writer.aside(Aside::Mail(Mark::Remind(mails))).await?;
        }
        nearer = beyond;
    }
    Ok(count)
}

/// The beginning of a day in Japan.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    (day.and_time(NaiveTime::MIN) - Duration::hours(9)).and_utc()
}

/// Active certificates that end in this window and were not told of it. Whoever's contract ends anyway is not asked to renew.
async fn ending(
    db: &Readers,
    days: u32,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<(String, String)>, db::Error> {
    query(
        "SELECT c.customer_id, c.certificate_id FROM certificate c JOIN contract k ON k.number = c.contract
         WHERE c.state = 'active' AND c.not_after >= $1 AND c.not_after < $2 AND k.closing_on IS NULL
             AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.id = c.certificate_id || $3)
         ORDER BY c.not_after",
    )
    .bind(from.to_rfc3339())
    .bind(to.to_rfc3339())
    .bind(format!(".ending-{days}"))
    .fetch_all(db)
    .await
}

async fn reminder(
    letterhead: &Letterhead,
    policy: &Policy,
    readers: &Readers,
    customer: &str,
    certificate: CertificateId,
    days: u32,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<NewMail>> {
    let stored: Option<(String,)> = query("SELECT state FROM aggregate WHERE subject = 'customer/' || $1")
        .bind(customer)
        .fetch_optional(readers)
        .await?;
    let Some((json,)) = stored else { return Ok(None) };
    let customer: Customer = serde_json::from_str(&json)?;
    let letter = customer.certificate(certificate).and_then(|found| message::ending(found, policy, now));
    Ok(letter.map(|letter| new(letterhead, &customer, format!("{certificate}.ending-{days}"), letter, now)))
}
