//! Mail to customers: told of what happened to their certificates, and of certificates that end soon.
//!
//! `message` makes the words, `queue` keeps them in a table until they are sent, `send` speaks SMTP, `remind` looks at the
//! calendar, `post` runs all of it. Never in a mail: a code, a password, a link.

mod letterhead;
mod message;
mod post;
pub(crate) mod queue;
mod remind;
mod send;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use domain::Event;
use domain::customer::{Customer, CustomerEvent};
use domain::id::CommandId;

pub(crate) use letterhead::Letterhead;
use message::Letter;
pub(crate) use post::{Post, run};
use queue::NewMail;
pub(crate) use send::Server;

/// What an entry is told by: at most one mail of each kind, whatever the number of certificates.
pub(crate) fn of(
    letterhead: &Letterhead,
    customer: &Customer,
    events: &[Event],
    entry: CommandId,
    now: DateTime<Utc>,
) -> Vec<NewMail> {
    let events: Vec<&CustomerEvent> =
        events.iter().filter_map(|e| if let Event::Customer(e) = e { Some(e) } else { None }).collect();
    let letters = message::of(customer, &events, now);
    letters
        .into_iter()
        .map(|letter| new(letterhead, customer, format!("{entry}.{}", letter.kind), letter, now))
        .collect()
}

fn new(letterhead: &Letterhead, customer: &Customer, id: String, letter: Letter, now: DateTime<Utc>) -> NewMail {
    let details = customer.details.as_ref();
    let recipient = details.map(|d| d.email.trim()).filter(|email| !email.is_empty()).map(ToOwned::to_owned);
    let (subject, body) = letterhead.frame(details.map(|d| d.name.as_str()), &letter);
    let customer_id = customer.id.to_string();
    NewMail { id, kind: letter.kind.to_owned(), customer_id, recipient, subject, body, made_ms: now.timestamp_millis() }
}
