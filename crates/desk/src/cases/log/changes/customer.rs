//! A customer, with everything that hangs on it.

use domain::Event;
use domain::customer::Customer;
use domain::id::CustomerId;

use super::{Label, Told, Values, stored};
use crate::replica::Opened;

/// `entries`: the customer's own, up to the one that is shown.
pub(in crate::cases::log) fn customer(id: CustomerId, entries: &[Opened], label: Label<'_>) -> Told {
    let (mut before, mut after) = (Customer::unknown(id), Customer::unknown(id));
    for Opened { entry, personal, .. } in entries {
        before = after.clone();
        for event in &entry.events {
            if let Event::Customer(event) = event {
                domain::customer::apply(&mut after, event, personal.as_ref(), &entry.actor, entry.happened_at());
            }
        }
    }
    Told { before: values(&before, label), after: values(&after, label) }
}

fn values(customer: &Customer, label: Label<'_>) -> Values {
    let mut values = Values::default();
    values.put("branch", "", customer.branch.as_ref().map(label).unwrap_or_default());
    values.put("cif", "", customer.cif.as_ref().map(ToString::to_string).unwrap_or_default());
    if let Some(details) = &customer.details {
        for (what, value) in [
            ("name", &details.name),
            ("kana", &details.kana),
            ("address", &details.address),
            ("phone", &details.phone),
            ("email", &details.email),
        ] {
            values.put(what, "", value);
        }
    }
    for contract in &customer.contracts {
        values.put("contract", &contract.number, if contract.active { "active" } else { "closed" });
        let closing_on = contract.closing_on.map(|day| day.to_string()).unwrap_or_default();
        values.put("closing_on", &contract.number, closing_on);
        for user in &contract.users {
            values.put("user", &user.id, &contract.number);
            values.put("login", &user.id, stored(user.login));
        }
    }
    for application in &customer.applications {
        values.put("application", &application.receipt, stored(application.state));
    }
    for certificate in &customer.certificates {
        // One user ID has several in its life, told apart by when they were granted.
        let of = format!("{} {}", certificate.user, certificate.granted_at.to_rfc3339());
        values.put("certificate", &of, stored(certificate.state));
        if certificate.slips > 0 {
            values.put("slips", &of, certificate.slips);
        }
        values.put("deadline", of, certificate.deadline);
    }
    for incident in &customer.incidents {
        let state = match (incident.outcome, incident.confirmed_by.is_some()) {
            (Some(outcome), _) => stored(outcome),
            (None, true) => "confirmed".to_owned(),
            (None, false) => "reported".to_owned(),
        };
        values.put("incident", stored(incident.cause), state);
        let paper_on = incident.paper_on.map(|day| day.to_string()).unwrap_or_default();
        values.put("paper", stored(incident.cause), paper_on);
    }
    values
}
