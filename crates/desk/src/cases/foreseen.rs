//! What an approval would change, for the screen.

use chrono::{DateTime, Utc};
use domain::customer::{Application, Changes, ContractStands, Customer, Foreseen, UserStands, changes};
use domain::id::UserId;

use crate::view::{
    ContractChangesView, ContractStandsView, ContractTimesView, StandingCertificate, UserStandsView, UserTimesView,
};

/// Contract by contract.
pub(super) fn changed(customer: &Customer, application: &Application, now: DateTime<Utc>) -> Vec<ContractChangesView> {
    changes(customer, application, now).into_iter().map(view).collect()
}

fn view(changes: Changes) -> ContractChangesView {
    ContractChangesView {
        contract: changes.contract.to_string(),
        itself: changes.itself.map(|Foreseen { now, approved, fetched }| ContractTimesView {
            now: now.map(contract),
            approved: approved.map(contract),
            fetched: fetched.map(contract),
        }),
        users: changes.users.into_iter().map(user_times).collect(),
    }
}

fn contract(stands: ContractStands) -> ContractStandsView {
    ContractStandsView {
        active: stands.active,
        opened_on: stands.opened_on.to_string(),
        closing_on: stands.closing_on.map(|day| day.to_string()),
    }
}

fn user_times((id, Foreseen { now, approved, fetched }): (UserId, Foreseen<UserStands>)) -> UserTimesView {
    UserTimesView {
        user_id: id.to_string(),
        now: now.map(user),
        approved: approved.map(user),
        fetched: fetched.map(user),
    }
}

fn user(stands: UserStands) -> UserStandsView {
    let certificates = stands.certificates.into_iter();
    UserStandsView {
        role: stands.role,
        device_label: stands.device_label,
        login: stands.login,
        certificates: certificates.map(|(state, device_label)| StandingCertificate { state, device_label }).collect(),
    }
}
