//! The checks on what an application asks for, at submission and once more at approval.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::command::{ChosenUser, MovedUser, NewUser, PaperChecks, Request};
use super::decide::Context;
use super::state::{Certificate, Contract, Customer, LoginMethod, User, UserRole};
use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::{ApplicationId, ContractNumber, StaffId, UserId};
use crate::personal::PersonalData;
use crate::policy::{BranchReissues, Policy, RecontractUserIds};
use crate::text;

/// Longest 利用PC, characters.
pub const DEVICE_LABEL_MAX: usize = 40;

/// Checks the request of the application `own` against the customer.
pub(super) fn check(
    customer: &Customer,
    own: ApplicationId,
    request: &Request,
    personal: Option<&PersonalData>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let policy = context.policy;
    let renamed = matches!(personal, Some(PersonalData::Application(details)) if details.customer.is_some());
    if renamed != matches!(request, Request::Rename { .. }) {
        return Err(ErrorCode::AttachmentMismatch.into());
    }
    match request {
        Request::MoveToCertificate { contract, users } => {
            chosen(customer, contract, users, |user| match user.login {
                LoginMethod::Password | LoginMethod::Elsewhere => Ok(()),
                LoginMethod::Certificate => {
                    let last = customer.certificates.iter().rev().find(|c| c.user == user.id);
                    Err(Refusal::new(ErrorCode::AlreadyCertificateMethod)
                        .with("user_id", &user.id)
                        .by(last.and_then(|last| granted_by(customer, last))))
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
            // One a contract; where the former has left, another may come.
            let administrator = |one: &User| !one.removed && one.role == UserRole::Administrator;
            if user.role == UserRole::Administrator && contract.users.iter().any(administrator) {
                return Err(Refusal::new(ErrorCode::AdministratorCount).at("role"));
            }
            not_closing(contract)?;
            within_cap(contract.users.iter().filter(|u| !u.removed).count() + 1, policy)?;
            unknown_user(customer, &user.user)?;
            device_label(&user.user, &user.device_label)?;
        }
        Request::Reissue { contract, users, .. } => {
            chosen(customer, contract, users, |user| {
                reissued_here(user, policy)?;
                reissuable(customer, &user.id)
            })?;
        }
        Request::Rename { contract, users } => {
            active_contract(customer, contract)?;
            if !users.is_empty() {
                chosen(customer, contract, users, |user| reissuable(customer, &user.id))?;
            }
        }
        Request::RemoveUsers { contract, users } | Request::ForceStop { contract, users } => {
            leaving(customer, contract, users)?;
            let force = matches!(request, Request::ForceStop { .. });
            let alive = |user: &UserId| customer.certificates.iter().any(|c| c.user == *user && c.alive());
            if let Some(user) = users.iter().find(|user| force && !alive(user)) {
                return Err(Refusal::new(ErrorCode::NothingToStop).with("user_id", user));
            }
        }
        Request::Close { contract, closing_on } => {
            not_closing(active_contract(customer, contract)?)?;
            near(*closing_on, "closing_on", context)?;
        }
        Request::Recontract { contract, old, closing_on, opened_on, users } => {
            let old = active_contract(customer, old).map_err(|refusal| refusal.at("old"))?;
            not_closing(old).map_err(|refusal| refusal.at("old"))?;
            near(*closing_on, "closing_on", context)?;
            near(*opened_on, "opened_on", context)?;
            recontracted(customer, contract, old, users, policy)?;
        }
    }
    let replaces = matches!(request, Request::Reissue { .. } | Request::Rename { .. });
    // A closing contract takes everything with it, and a stop by the institution asks nobody.
    let ends = matches!(
        request,
        Request::RemoveUsers { .. } | Request::ForceStop { .. } | Request::Close { .. } | Request::Recontract { .. }
    );
    for (user, _) in request.users().iter().filter(|_| !ends) {
        unencumbered(customer, user, replaces)?;
    }
    if matches!(request, Request::ForceStop { .. }) {
        return Ok(());
    }
    not_open_elsewhere(customer, own, request)
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
            .find(|u| u.id == chosen.user && !u.removed)
            .ok_or_else(|| Refusal::new(ErrorCode::UserUnknown).with("user_id", &chosen.user))?;
        fits(user)?;
        device_label(&chosen.user, &chosen.device_label)?;
    }
    Ok(())
}

/// Does the branch reissue it, or the customer's own administrator?
fn reissued_here(user: &User, policy: &Policy) -> Result<(), Refusal> {
    match policy.branch_reissues {
        BranchReissues::Administrator if user.role != UserRole::Administrator => {
            Err(Refusal::new(ErrorCode::ReissueByAdministrator).with("user_id", &user.id))
        }
        _ => Ok(()),
    }
}

/// User IDs that are in the contract and will leave it, or lose what they have.
fn leaving(customer: &Customer, contract: &ContractNumber, users: &[UserId]) -> Result<(), Refusal> {
    let contract = active_contract(customer, contract)?;
    if users.is_empty() {
        return Err(Refusal::new(ErrorCode::UsersMissing).at("users"));
    }
    distinct(users.iter())?;
    match users.iter().find(|user| !contract.users.iter().any(|u| u.id == **user && !u.removed)) {
        Some(user) => Err(Refusal::new(ErrorCode::UserUnknown).with("user_id", user)),
        None => Ok(()),
    }
}

fn not_closing(contract: &Contract) -> Result<(), Refusal> {
    match contract.closing_on {
        Some(day) => Err(Refusal::new(ErrorCode::ContractClosing).at("contract").with("closing_on", day)),
        None => Ok(()),
    }
}

/// A day that was a while ago at most, or lies less than a year ahead.
fn near(day: NaiveDate, field: &str, context: &Context<'_>) -> Result<(), Refusal> {
    let today = calendar::jst_day(context.now);
    let oldest = today.checked_sub_days(Days::new(u64::from(context.policy.received_days_back)));
    if oldest.is_some_and(|oldest| day < oldest) || day > calendar::later(today, 366) {
        return Err(Refusal::new(ErrorCode::DateOutOfRange).at(field));
    }
    Ok(())
}

/// The new contract of a 再契約: user IDs of the old one, kept or renumbered as the policy has it.
fn recontracted(
    customer: &Customer,
    contract: &ContractNumber,
    old: &Contract,
    users: &[MovedUser],
    policy: &Policy,
) -> Result<(), Refusal> {
    if customer.contract(contract).is_some() {
        return Err(Refusal::new(ErrorCode::ContractExists).at("contract"));
    }
    if users.is_empty() {
        return Err(Refusal::new(ErrorCode::UsersMissing).at("users"));
    }
    within_cap(users.len(), policy)?;
    distinct(users.iter().map(|u| &u.from))?;
    distinct(users.iter().map(|u| &u.user.user))?;
    if users.iter().filter(|u| u.user.role == UserRole::Administrator).count() != 1 {
        return Err(Refusal::new(ErrorCode::AdministratorCount).at("users"));
    }
    for moved in users {
        if !old.users.iter().any(|u| u.id == moved.from && !u.removed) {
            return Err(Refusal::new(ErrorCode::UserUnknown).with("user_id", &moved.from));
        }
        let kept = moved.from == moved.user.user;
        if kept != (policy.recontract_user_ids == RecontractUserIds::Kept) {
            return Err(Refusal::new(ErrorCode::RecontractUserId).at("users").with("user_id", &moved.user.user));
        }
        if !kept {
            unknown_user(customer, &moved.user.user)?;
        }
        if customer.certificates.iter().any(|c| c.user == moved.from && customer.holding(c).is_some()) {
            return Err(Refusal::new(ErrorCode::StoppedByIncident).with("user_id", &moved.from));
        }
        device_label(&moved.user.user, &moved.user.device_label)?;
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
pub(super) fn paper(
    request: &Request,
    checks: &PaperChecks,
    received_on: NaiveDate,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    // The institution's own act has no paper of the customer; where nothing is fetched, no PC has to fit.
    let (signed, fetched) = (!matches!(request, Request::ForceStop { .. }), request.grants());
    let made = [
        ("seal", checks.seal || !signed),
        ("identity", checks.identity.is_some() || !signed),
        ("environment", checks.environment || !fetched),
        ("terms", checks.terms || !fetched),
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
    if former.any(|c| customer.holding(c).is_some()) {
        return Err(Refusal::new(ErrorCode::StoppedByIncident).with("user_id", user));
    }
    Ok(())
}

/// Who approved it: whoever comes second hears of him.
fn granted_by<'a>(customer: &'a Customer, certificate: &Certificate) -> Option<&'a StaffId> {
    customer.application(certificate.application).and_then(|application| application.decided_by.as_ref())
}

/// No certificate (but one that is to be replaced) and no right for the same user ID.
fn unencumbered(customer: &Customer, user: &UserId, replaces: bool) -> Result<(), Refusal> {
    for certificate in customer.certificates.iter().filter(|c| c.user == *user) {
        let refused = |code| Refusal::new(code).with("user_id", user).by(granted_by(customer, certificate));
        if certificate.state.usable() && !replaces {
            return Err(refused(ErrorCode::CertificateUsable));
        }
        // One that its holder began on-line makes room for what the branch approves.
        if certificate.state.successor() && !(replaces && certificate.renews.is_some()) {
            return Err(refused(ErrorCode::SuccessorExists));
        }
    }
    Ok(())
}

/// No other open application about the same user IDs.
fn not_open_elsewhere(customer: &Customer, own: ApplicationId, request: &Request) -> Result<(), Refusal> {
    let touched = request.touches(customer);
    for other in customer.applications.iter().filter(|a| a.id != own && a.state.open()) {
        if let Some(user) = other.request.touches(customer).into_iter().find(|user| touched.contains(user)) {
            let refusal =
                Refusal::new(ErrorCode::ApplicationOpen).with("user_id", user).with("receipt", &other.receipt);
            return Err(refusal.by(other.registered_by.first()));
        }
    }
    Ok(())
}
