//! The words of files in English, the same as on screen (`ui/src/shared/text/words.en.ts`, `en.ts`).

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::customer::{ApplicationState, CertificateState, IncidentCause, UserRole};

use crate::view::{RequestKind, TodayList};

/// `24 November 2026`.
pub(super) fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// `24 November 2026, 14:30:05 JST`.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    (at + Duration::hours(9)).format("%-d %B %Y, %H:%M:%S JST").to_string()
}

pub(super) fn role(role: UserRole) -> &'static str {
    match role {
        UserRole::Administrator => "Administrator",
        UserRole::Approver => "Approver",
        UserRole::Operator => "Operator",
    }
}

pub(super) fn certificate_state(state: CertificateState) -> &'static str {
    match state {
        CertificateState::Authorised => "issued, not fetched",
        CertificateState::Signed => "being fetched",
        CertificateState::Active => "active",
        CertificateState::Suspended => "suspended",
        CertificateState::Revoked => "revoked",
        CertificateState::Expired => "expired",
        CertificateState::Lapsed => "deadline passed",
        CertificateState::Cancelled => "cancelled",
    }
}

pub(super) fn application_state(state: ApplicationState) -> &'static str {
    match state {
        ApplicationState::Submitted => "waiting for approval",
        ApplicationState::Returned => "returned",
        ApplicationState::Rejected => "rejected",
        ApplicationState::Withdrawn => "withdrawn",
        ApplicationState::Approved => "approved",
        ApplicationState::Completed => "completed",
    }
}

pub(super) fn kind(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::MoveToCertificate => "Move to certificates",
        RequestKind::NewContract => "New contract",
        RequestKind::AddUser => "Add user IDs",
        RequestKind::Reissue => "Reissue",
        RequestKind::RemoveUsers => "Remove user IDs",
        RequestKind::Close => "Close the contract",
        RequestKind::Recontract => "Re-contract",
        RequestKind::Rename => "Change of name",
        RequestKind::ForceStop => "Forced stop",
    }
}

pub(super) fn incident_cause(cause: IncidentCause) -> &'static str {
    match cause {
        IncidentCause::Lost => "Lost",
        IncidentCause::Stolen => "Stolen",
        IncidentCause::Misuse => "Misuse suspected",
    }
}

pub(super) fn list(list: TodayList) -> &'static str {
    match list {
        TodayList::Waiting => "Waiting for approval",
        TodayList::Returned => "Returned",
        TodayList::ToPrint => "Slips to print",
        TodayList::ToHandOver => "Slips to hand over",
        TodayList::NotFetched => "Not fetched yet",
        TodayList::BeingFetched => "Being fetched",
        TodayList::Ending => "Certificates ending soon",
        TodayList::Incidents => "Open incidents",
        TodayList::Unconfirmed => "Without check mark",
        TodayList::PapersOutstanding => "Revocation requests outstanding",
        TodayList::Applications => "Applications",
    }
}
