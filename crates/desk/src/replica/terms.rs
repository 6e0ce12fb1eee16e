//! What search looks in: every suffix of a name's search key, so that a part of it is found by a range of the index.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::customer::Customer;
use domain::text;
use sqlx::SqliteConnection;

use super::{one_row, rows};

/// Kind and text of something a customer is found by.
pub(super) type Term = (&'static str, String);

/// What a customer is found by; once, where two contracts have had the same user ID.
pub(super) fn of(state: &Customer) -> BTreeSet<Term> {
    let mut found = BTreeSet::new();
    if let Some(details) = &state.details {
        found.extend([
            ("name", details.name.clone()),
            ("kana", details.kana.clone()),
            ("phone", details.phone.clone()),
        ]);
    }
    found.extend(state.cif.iter().map(|cif| ("cif", cif.to_string())));
    for contract in &state.contracts {
        found.insert(("contract", contract.number.to_string()));
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

/// Writes what customers are found by now, and takes away what they were found by `before`.
pub(super) async fn write(
    db: &mut SqliteConnection,
    customers: &BTreeMap<String, Customer>,
    before: &HashMap<String, BTreeSet<Term>>,
) -> Result<(), sqlx::Error> {
    let (nothing, mut new) = (BTreeSet::new(), Vec::new());
    for (customer, state) in customers {
        let (then, now) = (before.get(customer).unwrap_or(&nothing), of(state));
        erase(db, customer, then.difference(&now)).await?;
        for (kind, shown) in now.difference(then) {
            let key = text::search_key(shown);
            new.extend(suffixes(&key).map(|term| (term.to_owned(), customer.clone(), *kind, shown.clone())));
        }
    }
    let into = ("INSERT INTO term (term, customer_id, kind, shown) ", 4, "");
    rows::insert(db, into, new, |row, (term, customer, kind, shown)| {
        row.push_bind(term).push_bind(customer).push_bind(kind).push_bind(shown);
    })
    .await
}

/// Takes away what this customer is found by.
pub(super) async fn forget(db: &mut SqliteConnection, customer: &str, state: &Customer) -> Result<(), sqlx::Error> {
    erase(db, customer, &of(state)).await
}

/// Row by row by its whole key: the table has no other order.
async fn erase<'a>(
    db: &mut SqliteConnection,
    customer: &str,
    terms: impl IntoIterator<Item = &'a Term>,
) -> Result<(), sqlx::Error> {
    for (kind, shown) in terms {
        let key = text::search_key(shown);
        sqlx::query(
            "DELETE FROM term WHERE customer_id = $1 AND kind = $2 AND shown = $3
             AND term IN (SELECT value FROM json_each($4))",
        )
        .bind(customer)
        .bind(kind)
        .bind(shown)
        .bind(one_row::list(suffixes(&key)))
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use domain::id::CustomerId;
    use domain::personal::CustomerDetails;
    use sqlx::Connection as _;

    use super::*;

    fn named(name: &str) -> Customer {
        let mut customer = Customer::unknown(CustomerId(uuid::Uuid::from_u128(7)));
        let (kana, phone) = ("ミホンショウテン".to_owned(), "025-000-0001".to_owned());
        customer.details =
            Some(CustomerDetails { name: name.to_owned(), kana, address: String::new(), phone, email: String::new() });
        customer
    }

    async fn all(db: &mut SqliteConnection) -> BTreeSet<(String, String, String)> {
        sqlx::query_as("SELECT term, kind, shown FROM term").fetch_all(db).await.unwrap().into_iter().collect()
    }

    /// From one state to the other leaves what the other alone would have left; to nobody leaves nothing.
    #[tokio::test]
    async fn a_change_leaves_what_the_customer_is_found_by_now() {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        super::super::MIGRATIONS.run(&mut db).await.unwrap();
        // A part twice in one name, a name that is its reading, one that is its phone number.
        let states = ["見本商店", "商店商店", "ミホンショウテン", "025-000-0001", "見本"].map(named);
        let key = states[0].id.to_string();
        for before in &states {
            for after in &states {
                let of = |state: &Customer| BTreeMap::from([(key.clone(), state.clone())]);
                write(&mut db, &of(before), &HashMap::new()).await.unwrap();
                write(&mut db, &of(after), &HashMap::from([(key.clone(), super::of(before))])).await.unwrap();
                let changed = all(&mut db).await;
                forget(&mut db, &key, after).await.unwrap();
                assert!(all(&mut db).await.is_empty());
                write(&mut db, &of(after), &HashMap::new()).await.unwrap();
                assert_eq!(changed, all(&mut db).await);
                forget(&mut db, &key, after).await.unwrap();
            }
        }
    }
}
