//! What an open report waits for, in business days: the check mark (事後検印), and the sealed 失効依頼書.

use chrono::{DateTime, NaiveDate, Utc};
use domain::customer::Incident;
use domain::{Policy, calendar};

/// How long an open report has waited.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Last day for the check mark.
    pub(super) confirm_by: NaiveDate,
    /// It has passed without one.
    pub(super) overdue: bool,
    /// Business days the paper has been outstanding.
    pub(super) paper_days: u32,
    /// Time to ask for the paper (again).
    pub(super) reminder_due: bool,
}

pub(super) fn waiting(incident: &Incident, policy: &Policy, now: DateTime<Utc>) -> Waiting {
    let closed = &policy.closed_days;
    let (reported, today) = (calendar::jst_day(incident.reported_at), calendar::jst_day(now));
    let confirm_by = calendar::business_days_after(reported, policy.hold_confirm_days, closed);
    let open = incident.outcome.is_none();
    let outstanding = open && incident.paper_on.is_none();
    let asked = incident.reminded.last().map_or(reported, |at| calendar::jst_day(*at));
    Waiting {
        confirm_by,
        overdue: open && incident.confirmed_by.is_none() && today > confirm_by,
        paper_days: if outstanding { calendar::business_days_between(reported, today, closed) } else { 0 },
        reminder_due: outstanding
            && calendar::business_days_between(asked, today, closed) >= policy.paper_reminder_days,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use domain::customer::{IncidentCause, StopScope};
    use domain::id::IncidentId;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Reported on Friday 18 September 2026, 10:00 JST; the 21st, 22nd and 23rd are holidays.
    fn report() -> Incident {
        Incident {
            id: IncidentId(uuid::Uuid::nil()),
            cause: IncidentCause::Lost,
            scope: StopScope::User { user: "ADMIN001".parse().unwrap() },
            reported_by: None,
            reported_at: at("2026-09-18T01:00:00Z"),
            lost_at: None,
            details: None,
            paper_on: None,
            reminded: Vec::new(),
            confirmed_by: None,
            review: None,
            outcome: None,
        }
    }

    fn seen(incident: &Incident, now: &str) -> (String, bool, u32, bool) {
        let w = waiting(incident, &Policy::default(), at(now));
        (w.confirm_by.to_string(), w.overdue, w.paper_days, w.reminder_due)
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        let mut incident = report();
        let by = || "2026-09-24".to_owned();
        assert_eq!(seen(&incident, "2026-09-23T10:00:00Z"), (by(), false, 0, false));
        assert_eq!(seen(&incident, "2026-09-24T14:59:59Z"), (by(), false, 1, false), "to its last second");
        assert_eq!(seen(&incident, "2026-09-24T15:00:00Z"), (by(), true, 2, false));
        assert_eq!(seen(&incident, "2026-09-30T01:00:00Z"), (by(), true, 5, true));
        incident.reminded.push(at("2026-09-30T01:00:00Z"));
        assert_eq!(seen(&incident, "2026-09-30T01:00:01Z"), (by(), true, 5, false), "asked for today");
        assert_eq!(seen(&incident, "2026-10-07T01:00:00Z"), (by(), true, 10, true));
        incident.confirmed_by = Some("S2001".parse().unwrap());
        incident.paper_on = Some("2026-10-08".parse().unwrap());
        assert_eq!(seen(&incident, "2026-10-20T01:00:00Z"), (by(), false, 0, false));
        let mut settled = report();
        settled.outcome = Some(domain::customer::IncidentOutcome::Resumed);
        assert_eq!(seen(&settled, "2026-10-20T01:00:00Z"), (by(), false, 0, false));
    }
}
