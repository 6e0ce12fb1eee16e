//! What of a report is read from how customers stand, and not from what happened: what is not fetched, and what ends.

use domain::calendar::{jst_day, later};
use domain::policy::Policy;

use super::count::Counted;
use crate::desk::Desk;
use crate::error::DeskError;

impl Desk {
    /// Not fetched by the month in which the right was granted; ending by the month of the certificate's end, as far as nothing
    /// comes after it. Of the branch the customer is at now.
    pub(super) async fn standing_by_month(
        &self,
        branch: Option<&str>,
        (first, last): (&str, &str),
    ) -> Result<Vec<Counted>, DeskError> {
        // When it was granted stands in the customer's state alone. Months are those of Japan, as everywhere.
        let found = sqlx::query_as(
            "WITH standing AS (
                SELECT 'not_fetched' AS kind, c.state AS state,
                    (SELECT strftime('%Y-%m', json_extract(g.value, '$.granted_at'), '+9 hours')
                     FROM json_each(c.state, '$.certificates') g
                     WHERE json_extract(g.value, '$.id') = t.certificate_id) AS month
                FROM certificate t JOIN customer c ON c.customer_id = t.customer_id WHERE t.state = 'authorised'
                UNION ALL
                SELECT 'ending', c.state, substr(t.ends_on, 1, 7)
                FROM certificate t JOIN customer c ON c.customer_id = t.customer_id
                WHERE t.state IN ('active', 'expired') AND t.needed = 1 AND substr(t.ends_on, 1, 7) BETWEEN $1 AND $2
             ), placed AS (
                SELECT kind, month, COALESCE(json_extract(state, '$.branch'), '') AS branch FROM standing
                WHERE month BETWEEN $1 AND $2
             )
             SELECT kind, '' AS detail, month, branch, COUNT(*) AS count FROM placed
             WHERE $3 IS NULL OR branch = $3 GROUP BY kind, month, branch",
        );
        Ok(found.bind(first).bind(last).bind(branch).fetch_all(&self.inner.replica.readers).await?)
    }

    /// Not fetched and ending soon, today.
    pub(super) async fn standing_now(&self, branch: Option<&str>, policy: &Policy) -> Result<(u32, u32), DeskError> {
        let soon = later(jst_day(self.centre_now()), policy.renewal_opens_days).to_string();
        let found = sqlx::query_as(
            "SELECT COUNT(*) FILTER (WHERE t.state = 'authorised'),
                    COUNT(*) FILTER (WHERE t.state = 'active' AND t.needed = 1 AND t.ends_on <= $2)
             FROM certificate t JOIN customer c ON c.customer_id = t.customer_id
             WHERE $1 IS NULL OR json_extract(c.state, '$.branch') = $1",
        );
        Ok(found.bind(branch).bind(soon).fetch_one(&self.inner.replica.readers).await?)
    }
}
