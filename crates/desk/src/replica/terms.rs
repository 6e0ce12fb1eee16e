//! What search looks in: every suffix of a name's search key, so that a part of it is found by a range of the index.

use std::collections::{BTreeMap, HashMap};

use domain::customer::Customer;
use domain::text;
use sqlx::SqliteConnection;

use super::rows;

/// Kind and text of something a customer is found by.
pub(super) type Term = (&'static str, String);

/// What a customer is found by.
pub(super) fn of(state: &Customer) -> Vec<Term> {
    let mut found: Vec<Term> = Vec::new();
    if let Some(details) = &state.details {
        found.extend([
            ("name", details.name.clone()),
            ("kana", details.kana.clone()),
            ("phone", details.phone.clone()),
        ]);
    }
    found.extend(state.cif.iter().map(|cif| ("cif", cif.to_string())));
    for contract in &state.contracts {
        found.push(("contract", contract.number.to_string()));
        found.extend(contract.users.iter().map(|user| ("user_id", user.id.to_string())));
    }
    found.extend(state.applications.iter().map(|a| ("receipt", a.receipt.to_string())));
    for certificate in &state.certificates {
        found.extend(certificate.signed.iter().map(|signed| ("serial", signed.serial.to_string())));
    }
    found
}

/// Every suffix of a key, so that any part of it is the beginning of a term.
fn suffixes(key: &str) -> impl Iterator<Item = &str> {
    key.char_indices().filter_map(|(at, _)| key.get(at..))
}

/// Writes the terms of the customers that are found by something else than `before`.
pub(super) async fn write(
    db: &mut SqliteConnection,
    customers: &BTreeMap<String, Customer>,
    before: &HashMap<String, Vec<Term>>,
) -> Result<(), sqlx::Error> {
    let (mut changed, mut lines) = (Vec::new(), Vec::new());
    for (customer, state) in customers {
        let terms = of(state);
        if before.get(customer) == Some(&terms) {
            continue;
        }
        for (kind, shown) in terms {
            let key = text::search_key(&shown);
            lines.extend(suffixes(&key).map(|term| (term.to_owned(), customer.clone(), kind, shown.clone())));
        }
        changed.push(customer.clone());
    }
    rows::among(db, "DELETE FROM term WHERE customer_id", &changed).await?;
    let into = ("INSERT INTO term (term, customer_id, kind, shown) ", 4, "");
    rows::insert(db, into, lines, |row, (term, customer, kind, shown)| {
        row.push_bind(term).push_bind(customer).push_bind(kind).push_bind(shown);
    })
    .await
}
