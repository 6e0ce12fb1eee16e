//! One box that finds a customer by anything that may be said on the phone: any part of it, in any width or kana.

use std::collections::HashMap;

use domain::customer::CertificateState;
use domain::event::ViewKind;
use domain::id::{BranchCode, CifNumber, CustomerId};
use domain::personal::CustomerDetails;
use domain::text::search_key;
use serde::Deserialize;
use serde::de::IgnoredAny;
use sqlx::AssertSqlSafe;

use super::typed::number;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::one_row::{self, OneRow};
use crate::replica::rows;
use crate::view::{SearchHit, SearchPage};

/// Most hits on screen.
const HITS: usize = 50;
/// Most matches that are looked at: who types what more have is told to go on typing.
const MATCHES: u32 = 120;

impl Desk {
    /// Customers that match, best first: a beginning before a middle, then by reading. Of many matches only some are there.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn search(&self, text: &str) -> Result<SearchPage, DeskError> {
        let staff = self.working()?;
        let key = number(&search_key(text)).into_owned();
        if key.is_empty() {
            return Ok(SearchPage { hits: Vec::new(), more: false });
        }
        let after = format!("{key}\u{10ffff}");
        let mut db = self.inner.replica.readers.acquire().await?;
        let columns = one_row::columns("customer_id", "kind || ':' || shown");
        let found = format!("SELECT {columns} FROM (SELECT * FROM term WHERE term >= $1 AND term < $2 LIMIT $3)");
        let found =
            sqlx::query(AssertSqlSafe(found)).bind(&key).bind(after).bind(MATCHES + 1).fetch_one(&mut *db).await?;
        let found = OneRow::<String>::of(found)?;
        let mut found = found.as_ref().map(OneRow::texts).transpose()?.unwrap_or_default();
        let cut = found.len() > MATCHES as usize;
        found.truncate(MATCHES as usize);
        let found = found.into_iter().filter_map(|(customer, found)| Some((customer, found.split_once(':')?)));
        // By what each customer is found best: a beginning before a middle.
        let mut best: HashMap<String, Match> = HashMap::new();
        for (row, (customer_id, (kind, shown))) in found.enumerate() {
            let place = search_key(shown).find(&key).unwrap_or(usize::MAX).min(1);
            match best.get(customer_id) {
                Some(known) if known.place <= place => {}
                _ => {
                    drop(best.insert(
                        customer_id.clone(),
                        Match { place, row, kind: kind.to_owned(), shown: shown.to_owned() },
                    ))
                }
            }
        }
        let mut ids: Vec<String> = best.keys().cloned().collect();
        ids.sort_by_key(|id| best.get(id).map(|found| (found.place, found.row)));
        let more = cut || ids.len() > HITS;
        ids.truncate(HITS);
        // Only of those that are shown anything else is read.
        let states = rows::states(&mut db, ("customer", "customer_id"), &ids).await?;
        drop(db);
        let mut hits = Vec::with_capacity(ids.len());
        for (id, state) in states {
            if let Some(Match { place, kind, shown, .. }) = best.remove(&id) {
                hits.push((place, hit(serde_json::from_str(&state)?, kind, shown)));
            }
        }
        hits.sort_by_cached_key(|(place, hit)| (*place, hit.kana.clone(), hit.customer_id.clone()));
        let hits: Vec<SearchHit> = hits.into_iter().map(|(_, hit)| hit).collect();
        self.showing(&staff, ViewKind::Search, hits.iter().map(|hit| hit.customer_id.clone()).collect()).await?;
        Ok(SearchPage { hits, more })
    }
}

/// What a customer is found by.
struct Match {
    /// 0: a beginning, 1: a middle.
    place: usize,
    /// Among what was found.
    row: usize,
    kind: String,
    shown: String,
}

/// What a hit shows of a customer's state. The rest of it is not taken apart.
#[derive(Deserialize)]
struct Shown {
    id: CustomerId,
    cif: Option<CifNumber>,
    branch: Option<BranchCode>,
    details: Option<CustomerDetails>,
    contracts: Vec<IgnoredAny>,
    certificates: Vec<Standing>,
}

#[derive(Deserialize)]
struct Standing {
    state: CertificateState,
}

fn hit(customer: Shown, matched: String, matched_text: String) -> SearchHit {
    let details = customer.details;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let active = |one: &&Standing| one.state == CertificateState::Active;
    SearchHit {
        customer_id: customer.id.to_string(),
        cif: customer.cif.as_ref().map(ToString::to_string).unwrap_or_default(),
        branch_code: customer.branch.as_ref().map(ToString::to_string).unwrap_or_default(),
        name: details.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
        kana: details.as_ref().map(|d| d.kana.clone()).unwrap_or_default(),
        phone: details.map(|d| d.phone).unwrap_or_default(),
        matched,
        matched_text,
        contracts: count(customer.contracts.len()),
        certificates_active: count(customer.certificates.iter().filter(active).count()),
    }
}
