//! What an approval would change, for the screen.

use chrono::{DateTime, Utc};
use domain::customer::{Application, ContractStands, Customer, UserStands, changes};

use crate::view::{ForeseenView, StandingCertificate, StandsView};

/// Contract by contract, each before its user IDs.
pub(super) fn of(customer: &Customer, application: &Application, now: DateTime<Utc>) -> Vec<ForeseenView> {
    let found = changes(customer, application, now);
    let contracts = found.contracts.iter().map(|(contract, seen)| ForeseenView {
        contract: contract.to_string(),
        user_id: String::new(),
        now: contract_view(seen.now.as_ref()),
        approved: contract_view(seen.approved.as_ref()),
        fetched: contract_view(seen.fetched.as_ref()),
    });
    let users = found.users.iter().map(|(contract, user, seen)| ForeseenView {
        contract: contract.to_string(),
        user_id: user.to_string(),
        now: user_view(seen.now.as_ref()),
        approved: user_view(seen.approved.as_ref()),
        fetched: user_view(seen.fetched.as_ref()),
    });
    let mut lines: Vec<ForeseenView> = contracts.chain(users).collect();
    let order: Vec<String> = customer.contracts.iter().map(|contract| contract.number.to_string()).collect();
    // One that is new stands last.
    lines.sort_by_key(|line| order.iter().position(|number| *number == line.contract).unwrap_or(order.len()));
    lines
}

fn contract_view(stands: Option<&ContractStands>) -> StandsView {
    let Some(stands) = stands else { return StandsView::default() };
    StandsView {
        there: stands.active,
        opened_on: stands.opened_on.to_string(),
        closing_on: stands.closing_on.map(|day| day.to_string()),
        ..StandsView::default()
    }
}

fn user_view(stands: Option<&UserStands>) -> StandsView {
    let Some(stands) = stands.filter(|stands| !stands.removed) else { return StandsView::default() };
    let certificates = stands.certificates.iter();
    StandsView {
        there: true,
        role: Some(stands.role),
        device_label: stands.device_label.clone(),
        login: Some(stands.login),
        certificates: certificates
            .map(|(state, label)| StandingCertificate { state: *state, device_label: label.clone() })
            .collect(),
        ..StandsView::default()
    }
}
