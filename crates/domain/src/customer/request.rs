//! The checks on what an application asks for, at submission and once more at approval.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::command::{ChosenUser, NewUser, PaperChecks, Request};
use super::decide::Context;
use super::state::{Contract, Customer, LoginMethod, User, UserRole};
use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::{ApplicationId, ContractNumber, UserId};
use crate::policy::Policy;
use crate::text;

/// Longest label of a PC, characters.
const DEVICE_LABEL_MAX: usize = 40;

/// Checks the request of the application `own` against the customer.
pub(super) fn check(
    customer: &Customer,
    own: ApplicationId,
    request: &Request,
    policy: &Policy,
) -> Result<(), Refusal> {
    match request {
        Request::MoveToCertificate { contract, users } => {
            chosen(customer, contract, users, |user| match user.login {
                LoginMethod::Password => Ok(()),
                LoginMethod::Certificate => {
                    Err(Refusal::new(ErrorCode::AlreadyCertificateMethod).with("user_id", &user.id))
                }
            })?;
        }
        Request::NewContract { contract, users } => {
            new_contract(customer, contract, users, policy)?;
            for user in users {
                device_label(&user.user, &user.device_label)?;
            }
        }
        Request::AddUser { contract, user } => {
            let contract = active_contract(customer, contract)?;
            if user.role == UserRole::Administrator {
                return Err(Refusal::new(ErrorCode::AdministratorCount).at("role"));
            }
            within_cap(contract.users.len() + 1, policy)?;
            unknown_user(customer, &user.user)?;
            device_label(&user.user, &user.device_label)?;
        }
        Request::Reissue { contract, users, .. } => {
            chosen(customer, contract, users, |user| reissuable(customer, &user.id))?;
        }
    }
    let reissue = matches!(request, Request::Reissue { .. });
    for (user, _) in request.users() {
        unencumbered(customer, own, user, reissue)?;
    }
    Ok(())
}

/// Checks user IDs that exist in this very contract: nobody's certificate replaces another's.
fn chosen(
    customer: &Customer,
    contract: &ContractNumber,
    users: &[ChosenUser],
    fits: impl Fn(&User) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let contract = active_contract(customer, contract)?;
    if users.is_empty() {
        return Err(Refusal::new(ErrorCode::UsersMissing).at("users"));
    }
    distinct(users.iter().map(|u| &u.user))?;
    for chosen in users {
        let user = contract
            .users
            .iter()
            .find(|u| u.id == chosen.user)
            .ok_or_else(|| Refusal::new(ErrorCode::UserUnknown).with("user_id", &chosen.user))?;
        fits(user)?;
        device_label(&chosen.user, &chosen.device_label)?;
    }
    Ok(())
}

/// Checks a contract that does not exist yet.
pub(super) fn new_contract(
    customer: &Customer,
    contract: &ContractNumber,
    users: &[NewUser],
    policy: &Policy,
) -> Result<(), Refusal> {
    if customer.contract(contract).is_some() {
        return Err(Refusal::new(ErrorCode::ContractExists).at("contract"));
    }
    if users.is_empty() {
        return Err(Refusal::new(ErrorCode::UsersMissing).at("users"));
    }
    within_cap(users.len(), policy)?;
    distinct(users.iter().map(|u| &u.user))?;
    if users.iter().filter(|u| u.role == UserRole::Administrator).count() != 1 {
        return Err(Refusal::new(ErrorCode::AdministratorCount).at("users"));
    }
    for user in users {
        unknown_user(customer, &user.user)?;
        text::line("device_label", &user.device_label, DEVICE_LABEL_MAX)?;
    }
    Ok(())
}

/// Checks what the paper needs.
pub(super) fn paper(checks: &PaperChecks, received_on: NaiveDate, context: &Context<'_>) -> Result<(), Refusal> {
    let made = [
        ("seal", checks.seal),
        ("identity", checks.identity.is_some()),
        ("environment", checks.environment),
        ("terms", checks.terms),
    ];
    if let Some((field, _)) = made.into_iter().find(|(_, made)| !made) {
        return Err(Refusal::new(ErrorCode::CheckMissing).at(field));
    }
    let today = calendar::jst_day(context.now);
    let oldest =
        today.checked_sub_days(Days::new(u64::from(context.policy.received_days_back))).unwrap_or(NaiveDate::MIN);
    if received_on > today || received_on < oldest {
        return Err(Refusal::new(ErrorCode::DateOutOfRange).at("received_on"));
    }
    Ok(())
}

fn active_contract<'a>(customer: &'a Customer, number: &ContractNumber) -> Result<&'a Contract, Refusal> {
    match customer.contract(number) {
        None => Err(Refusal::new(ErrorCode::ContractUnknown).at("contract")),
        Some(contract) if !contract.active => Err(Refusal::new(ErrorCode::ContractClosed).at("contract")),
        Some(contract) => Ok(contract),
    }
}

fn distinct<'a>(users: impl Iterator<Item = &'a UserId>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for user in users {
        if !seen.insert(user) {
            return Err(Refusal::new(ErrorCode::UserTwice).at("users").with("user_id", user));
        }
    }
    Ok(())
}

fn within_cap(count: usize, policy: &Policy) -> Result<(), Refusal> {
    if count > policy.users_per_contract as usize {
        return Err(Refusal::new(ErrorCode::UsersTooMany).at("users").with("max", policy.users_per_contract));
    }
    Ok(())
}

fn unknown_user(customer: &Customer, user: &UserId) -> Result<(), Refusal> {
    if customer.user(user).is_some() {
        return Err(Refusal::new(ErrorCode::UserExists).at("users").with("user_id", user));
    }
    Ok(())
}

/// The label tells the customer which slip belongs to which PC, so it can't be empty.
fn device_label(user: &UserId, label: &str) -> Result<(), Refusal> {
    text::required("device_label", label)
        .and_then(|()| text::line("device_label", label, DEVICE_LABEL_MAX))
        .map_err(|refusal| refusal.with("user_id", user))
}

/// There was a right or a certificate before, and it is not stopped by an open report.
fn reissuable(customer: &Customer, user: &UserId) -> Result<(), Refusal> {
    let mut former = customer.certificates.iter().filter(|c| c.user == *user).peekable();
    if former.peek().is_none() {
        return Err(Refusal::new(ErrorCode::NothingToReissue).with("user_id", user));
    }
    if former.any(|c| c.held.is_some()) {
        return Err(Refusal::new(ErrorCode::StoppedByIncident).with("user_id", user));
    }
    Ok(())
}

/// No certificate (but one that is to be replaced), no right, and no other open application for the same user ID.
fn unencumbered(customer: &Customer, own: ApplicationId, user: &UserId, reissue: bool) -> Result<(), Refusal> {
    for certificate in customer.certificates.iter().filter(|c| c.user == *user) {
        if certificate.state.usable() && !reissue {
            return Err(Refusal::new(ErrorCode::CertificateUsable).with("user_id", user));
        }
        if certificate.state.successor() {
            return Err(Refusal::new(ErrorCode::SuccessorExists).with("user_id", user));
        }
    }
    let other = customer
        .applications
        .iter()
        .find(|a| a.id != own && a.state.open() && a.request.users().iter().any(|(u, _)| *u == user));
    match other {
        Some(other) => {
            Err(Refusal::new(ErrorCode::ApplicationOpen).with("user_id", user).with("receipt", &other.receipt))
        }
        None => Ok(()),
    }
}
