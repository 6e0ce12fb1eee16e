//! What an entry changed: the values of a customer's state before and after.

use std::collections::BTreeMap;

use domain::customer::Customer;
use serde::Serialize;

use crate::view::ChangeView;

/// What kind of value, and of which one.
type Key = (&'static str, String);

pub(super) fn between(before: &Customer, after: &Customer) -> Vec<ChangeView> {
    let (before, after) = (values(before), values(after));
    let mut keys: Vec<&Key> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    let value = |of: &BTreeMap<Key, String>, key: &Key| of.get(key).cloned().unwrap_or_default();
    keys.into_iter()
        .map(|key| (key, value(&before, key), value(&after, key)))
        .filter(|(_, before, after)| before != after)
        .map(|((what, of), before, after)| ChangeView { what: (*what).to_owned(), of: of.clone(), before, after })
        .collect()
}

/// As it is stored.
fn stored(of: impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn values(customer: &Customer) -> BTreeMap<Key, String> {
    let mut values = BTreeMap::new();
    let mut put = |what: &'static str, of: String, value: String| {
        if !value.is_empty() {
            values.insert((what, of), value);
        }
    };
    put("branch", String::new(), customer.branch.as_ref().map(ToString::to_string).unwrap_or_default());
    put("cif", String::new(), customer.cif.as_ref().map(ToString::to_string).unwrap_or_default());
    if let Some(details) = &customer.details {
        for (what, value) in [
            ("name", &details.name),
            ("kana", &details.kana),
            ("address", &details.address),
            ("phone", &details.phone),
            ("email", &details.email),
        ] {
            put(what, String::new(), value.clone());
        }
    }
    for contract in &customer.contracts {
        let state = if contract.active { "active" } else { "closed" };
        put("contract", contract.number.to_string(), state.to_owned());
        put(
            "closing_on",
            contract.number.to_string(),
            contract.closing_on.map(|day| day.to_string()).unwrap_or_default(),
        );
        for user in &contract.users {
            put("user", user.id.to_string(), contract.number.to_string());
            put("login", user.id.to_string(), stored(user.login));
        }
    }
    for application in &customer.applications {
        put("application", application.receipt.to_string(), stored(application.state));
    }
    for certificate in &customer.certificates {
        // One user ID has several in its life, told apart by when they were granted.
        let of = format!("{} {}", certificate.user, certificate.granted_at.to_rfc3339());
        put("certificate", of.clone(), stored(certificate.state));
        put(
            "slips",
            of.clone(),
            match certificate.slips {
                0 => String::new(),
                slips => slips.to_string(),
            },
        );
        put("deadline", of, certificate.deadline.to_string());
    }
    for incident in &customer.incidents {
        let state = match (incident.outcome, incident.confirmed_by.is_some()) {
            (Some(outcome), _) => stored(outcome),
            (None, true) => "confirmed".to_owned(),
            (None, false) => "reported".to_owned(),
        };
        put("incident", stored(incident.cause), state);
        put("paper", stored(incident.cause), incident.paper_on.map(|day| day.to_string()).unwrap_or_default());
    }
    values
}
