//! One box that finds a customer by anything that may be said on the phone: any part of it, in any width or kana.

use std::collections::HashMap;

use domain::customer::{CertificateState, Customer};
use domain::event::ViewKind;
use domain::text::search_key;

use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::SearchHit;

/// Most hits on screen.
const HITS: usize = 50;

impl Desk {
    /// Customers that match, best first: a beginning before a middle, then by reading.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn search(&self, text: &str) -> Result<Vec<SearchHit>, DeskError> {
        let staff = self.working()?;
        let key = search_key(text);
        if key.is_empty() {
            return Ok(Vec::new());
        }
        let after = format!("{key}\u{10ffff}");
        let found: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT t.customer_id, t.kind, t.shown, c.state FROM term t JOIN customer c ON c.customer_id = t.customer_id
             WHERE t.term >= $1 AND t.term < $2 LIMIT 400",
        )
        .bind(&key)
        .bind(after)
        .fetch_all(&self.inner.replica.readers)
        .await?;
        let mut best: HashMap<String, ((usize, String), SearchHit)> = HashMap::new();
        for (customer_id, kind, shown, state) in found {
            let place = search_key(&shown).find(&key).unwrap_or(usize::MAX);
            let hit = hit(&serde_json::from_str(&state)?, kind, shown);
            let rank = (place.min(1), hit.kana.clone());
            match best.get(&customer_id) {
                Some((known, _)) if *known <= rank => {}
                _ => drop(best.insert(customer_id, (rank, hit))),
            }
        }
        let mut hits: Vec<_> = best.into_values().collect();
        hits.sort_by(|(a, _), (b, _)| a.cmp(b));
        let hits: Vec<SearchHit> = hits.into_iter().take(HITS).map(|(_, hit)| hit).collect();
        self.showing(&staff, ViewKind::Search, hits.iter().map(|hit| hit.customer_id.clone()).collect()).await?;
        Ok(hits)
    }
}

fn hit(customer: &Customer, matched: String, matched_text: String) -> SearchHit {
    let details = customer.details.clone();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
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
        certificates_active: count(
            customer.certificates.iter().filter(|c| c.state == CertificateState::Active).count(),
        ),
    }
}
