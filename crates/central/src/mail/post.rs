//! The task that sends what waits, looks at the calendar once a day, and forgets what was sent long ago.
//!
//! A mail is marked as sent after the server has accepted it. Between the two a crash makes it go again (at least once,
//! recognisable by its Message-ID); nothing is ever marked that was not accepted.

use std::time::Duration;

use chrono::NaiveDate;
use domain::calendar;
use tokio::sync::watch;

use super::queue::{self, Due, KEPT, Mark};
use super::send::{Outcome, Server};
use super::{Letterhead, remind};
use crate::clock::Clock;
use crate::random;
use crate::store::act::Aside;
use crate::store::db::Readers;
use crate::store::writer::Writer;

/// It looks at least so often, whatever the clock says.
const LONGEST: Duration = Duration::from_secs(60);
/// Mails read at a time.
const PAGE: i64 = 50;
/// Waiting after the first failure; doubled by each further one.
const FIRST_MS: i64 = 2_000;
/// Longest wait of a mail that the server put off.
const MAIL_MS: i64 = 3_600_000;
/// Longest wait for a server that can't be reached.
const SERVER_MS: i64 = 300_000;
/// A mail that the server put off so long has failed (RFC 5321 section 4.5.4.1: at least four to five days).
const GIVE_UP: chrono::Duration = chrono::Duration::days(5);

/// What the task works with.
pub(crate) struct Post {
    pub(crate) server: Option<Server>,
    pub(crate) letterhead: Option<Letterhead>,
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
    pub(crate) clock: Clock,
}

/// Runs until told to stop; a mail that is on its way is finished. A failure is logged and tried again.
pub(crate) async fn run(post: Post, mut stopping: watch::Receiver<bool>) {
    let mut grown = post.writer.size();
    let (mut looked, mut unreachable) = (None, 0);
    let mut leads = post.writer.leads();
    while !*stopping.borrow() {
        if !*leads.borrow_and_update() {
            // Another instance writes, and sends.
            tokio::select! {
                changed = leads.changed() => if changed.is_err() { return },
                _ = stopping.changed() => {}
            }
            continue;
        }
        if let Err(error) = post.day(&mut looked).await {
            tracing::error!(%error, "mail: the look at the calendar failed; trying again");
        }
        let wait = match post.round(&stopping).await {
            Ok(None) => {
                unreachable = 0;
                post.until_next().await
            }
            Ok(Some(words)) => {
                unreachable += 1;
                let wait = backoff_ms(unreachable, SERVER_MS, random_byte());
                tracing::warn!(words, wait_ms = wait, "mail: the server can't be used; nothing is lost, trying again");
                Duration::from_millis(wait.unsigned_abs())
            }
            Err(error) => {
                tracing::error!(%error, "mail: the queue can't be read or written; trying again");
                LONGEST
            }
        };
        let entry = async {
            // A server that can't be reached is not asked again at each entry.
            if unreachable > 0 || grown.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = entry => {}
            _ = stopping.changed() => {}
        }
    }
}

/// 2 s, 4 s, 8 s, … up to `longest`, and up to a quarter more or less, so that several don't come at once.
fn backoff_ms(failures: i64, longest: i64, dice: u8) -> i64 {
    let doubled = u32::try_from(failures - 1).unwrap_or_default().min(20);
    let wait = FIRST_MS.saturating_mul(1 << doubled).min(longest);
    wait * 3 / 4 + wait / 2 * i64::from(dice) / 255
}

fn random_byte() -> u8 {
    let [byte] = random::bytes();
    byte
}

impl Post {
    /// Once a day (JST), and at the start.
    async fn day(&self, looked: &mut Option<NaiveDate>) -> anyhow::Result<()> {
        let today = calendar::jst_day(self.clock.now());
        if *looked == Some(today) {
            return Ok(());
        }
        if let Some(letterhead) = &self.letterhead {
            let policy = self.writer.policy(self.clock.now());
            let count = remind::look(letterhead, &policy, &self.writer, &self.readers, &self.clock).await?;
            tracing::info!(count, "mail: reminders of certificates that end soon");
        }
        let sent_before_ms = (self.clock.now() - KEPT).timestamp_millis();
        if queue::old(&self.readers, sent_before_ms).await? {
            self.mark(Mark::Forget { sent_before_ms }).await?;
        }
        *looked = Some(today);
        Ok(())
    }

    /// Sends whatever is due. Gives the reason where the server can't be used at all.
    pub(super) async fn round(&self, stopping: &watch::Receiver<bool>) -> anyhow::Result<Option<String>> {
        let Some(server) = &self.server else { return Ok(None) };
        loop {
            let due = queue::due(&self.readers, self.clock.now_ms(), PAGE).await?;
            let Some(first) = due.first() else { return Ok(None) };
            let mut line = match server.connect().await {
                Ok(line) => line,
                Err(error) => {
                    // Not this mail's fault: it is tried again with all the others, and never fails by that.
                    let (id, tries, next_ms) = (first.id.clone(), first.tries, self.clock.now_ms());
                    self.mark(Mark::Later { id, tries, next_ms, error: error.clone() }).await?;
                    return Ok(Some(error));
                }
            };
            for mail in due {
                if *stopping.borrow() {
                    return Ok(None);
                }
                let outcome = line.send(&mail).await;
                fault::point("mail-accepted");
                self.became(mail, outcome).await?;
                if line.broken() {
                    break;
                }
            }
            if !line.broken() {
                line.quit().await;
            }
        }
    }

    async fn became(&self, mail: Due, outcome: Outcome) -> anyhow::Result<()> {
        let Due { id, tries, made_ms, .. } = mail;
        let (tries, now_ms) = (tries + 1, self.clock.now_ms());
        let given_up = now_ms - made_ms > GIVE_UP.num_milliseconds();
        let mark = match outcome {
            Outcome::Accepted => Mark::Sent { id, now_ms },
            Outcome::Later(error) if !given_up => {
                // The server's words may name the customer: they stay in the table.
                tracing::warn!(id, tries, "mail: put off");
                let next_ms = now_ms + backoff_ms(tries, MAIL_MS, random_byte());
                Mark::Later { id, tries, next_ms, error }
            }
            Outcome::Later(error) | Outcome::Refused(error) => {
                tracing::error!(id, tries, "mail: failed; see `madoguchi-central mail list`");
                Mark::Failed { id, tries, error }
            }
        };
        self.mark(mark).await
    }

    async fn mark(&self, mark: Mark) -> anyhow::Result<()> {
        Ok(self.writer.aside(Aside::Mail(mark)).await?)
    }

    async fn until_next(&self) -> Duration {
        match queue::next(&self.readers).await {
            Ok(Some(next)) if self.server.is_some() => {
                Duration::from_millis((next - self.clock.now_ms()).max(0).unsigned_abs()).min(LONGEST)
            }
            _ => LONGEST,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_within_bounds() {
        for (failures, longest, least, most) in [
            (1, MAIL_MS, 1_500, 2_500),
            (2, MAIL_MS, 3_000, 5_000),
            (12, MAIL_MS, 2_700_000, 4_500_000),
            (90, SERVER_MS, 225_000, 375_000),
        ] {
            assert_eq!(backoff_ms(failures, longest, 0), least, "{failures}");
            assert_eq!(backoff_ms(failures, longest, 255), most, "{failures}");
        }
    }
}
