//! What an application asks for: from the form to the rules, and from the rules to the screen.

use chrono::{DateTime, Utc};
use domain::customer::{ChosenUser, Contract, Customer, MovedUser, NewUser, ReissueCause, Request, UserRole, outlook};
use domain::{ErrorCode, Refusal};

use crate::view::{ApplicationForm, EndView, RequestKind, RequestUser};

/// What was typed, as a request; the first malformed field is named.
pub(super) fn request(form: &ApplicationForm) -> Result<Request, Refusal> {
    let contract = form.contract.parse().map_err(|r: Refusal| r.at("contract"))?;
    let user_id = |row: usize, user: &RequestUser| {
        user.user_id
            .parse()
            .map_err(|r: Refusal| r.at("user_id").with("row", row).with("user_id", user.user_id.to_uppercase()))
    };
    let new = |(row, user): (usize, &RequestUser)| -> Result<NewUser, Refusal> {
        Ok(NewUser {
            user: user_id(row, user)?,
            role: user.role.unwrap_or(UserRole::Operator),
            device_label: user.device_label.trim().to_owned(),
        })
    };
    let chosen = |(row, user): (usize, &RequestUser)| -> Result<ChosenUser, Refusal> {
        Ok(ChosenUser { user: user_id(row, user)?, device_label: user.device_label.trim().to_owned() })
    };
    let gone = || form.users.iter().enumerate().map(|(row, user)| user_id(row, user)).collect::<Result<Vec<_>, _>>();
    let day = |text: &str, field: &str| text.parse().map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at(field));
    match form.kind {
        RequestKind::RemoveUsers => Ok(Request::RemoveUsers { contract, users: gone()? }),
        RequestKind::ForceStop => Ok(Request::ForceStop { contract, users: gone()? }),
        RequestKind::Close => Ok(Request::Close { contract, closing_on: day(&form.closing_on, "closing_on")? }),
        RequestKind::Rename => Ok(Request::Rename {
            contract,
            users: form.users.iter().enumerate().map(chosen).collect::<Result<_, _>>()?,
        }),
        RequestKind::Recontract => Ok(Request::Recontract {
            contract,
            old: form.old_contract.parse().map_err(|r: Refusal| r.at("old"))?,
            closing_on: day(&form.closing_on, "closing_on")?,
            opened_on: day(&form.opened_on, "opened_on")?,
            users: form
                .users
                .iter()
                .enumerate()
                .map(|(row, user)| {
                    let from = user_id(row, user)?;
                    let called = RequestUser { user_id: user.new_user_id.clone(), ..user.clone() };
                    let called = if user.new_user_id.is_empty() && !form.renumbered { user } else { &called };
                    Ok(MovedUser { from, user: new((row, called))? })
                })
                .collect::<Result<_, Refusal>>()?,
        }),
        RequestKind::MoveToCertificate => Ok(Request::MoveToCertificate {
            contract,
            users: form.users.iter().enumerate().map(chosen).collect::<Result<_, _>>()?,
        }),
        RequestKind::Reissue => Ok(Request::Reissue {
            contract,
            cause: form.cause.ok_or(Refusal::new(ErrorCode::CauseMissing).at("cause"))?,
            users: form.users.iter().enumerate().map(chosen).collect::<Result<_, _>>()?,
        }),
        RequestKind::NewContract => Ok(Request::NewContract {
            contract,
            users: form.users.iter().enumerate().map(new).collect::<Result<_, _>>()?,
        }),
        RequestKind::AddUser => {
            let user = form.users.iter().enumerate().next().ok_or(Refusal::new(ErrorCode::UsersMissing).at("users"))?;
            Ok(Request::AddUser { contract, user: new(user)? })
        }
    }
}

pub(crate) fn kind(request: &Request) -> RequestKind {
    match request {
        Request::MoveToCertificate { .. } => RequestKind::MoveToCertificate,
        Request::NewContract { .. } => RequestKind::NewContract,
        Request::AddUser { .. } => RequestKind::AddUser,
        Request::Reissue { .. } => RequestKind::Reissue,
        Request::RemoveUsers { .. } => RequestKind::RemoveUsers,
        Request::Close { .. } => RequestKind::Close,
        Request::Recontract { .. } => RequestKind::Recontract,
        Request::Rename { .. } => RequestKind::Rename,
        Request::ForceStop { .. } => RequestKind::ForceStop,
    }
}

pub(super) fn cause(request: &Request) -> Option<ReissueCause> {
    match request {
        Request::Reissue { cause, .. } => Some(*cause),
        _ => None,
    }
}

/// The user IDs of a contract as a re-contract takes them over; another string is typed where the policy wants one.
pub(super) fn staying(contract: &Contract) -> Vec<RequestUser> {
    let staying = contract.users.iter().filter(|user| !user.removed);
    staying
        .map(|user| RequestUser {
            user_id: user.id.to_string(),
            role: Some(user.role),
            device_label: user.device_label.clone(),
            new_user_id: String::new(),
        })
        .collect()
}

/// The days of a request: old contract, closing day, first day of the new one, and the days between without access.
#[derive(Default)]
pub(super) struct Days {
    pub(super) old_contract: String,
    pub(super) closing_on: String,
    pub(super) opened_on: String,
    pub(super) without: u32,
}

pub(super) fn days(request: &Request) -> Days {
    match request {
        Request::Close { closing_on, .. } => Days { closing_on: closing_on.to_string(), ..Days::default() },
        Request::Recontract { old, closing_on, opened_on, .. } => Days {
            old_contract: old.to_string(),
            closing_on: closing_on.to_string(),
            opened_on: opened_on.to_string(),
            without: u32::try_from((*opened_on - *closing_on).num_days()).unwrap_or_default(),
        },
        _ => Days::default(),
    }
}

/// What an approval of this request would end.
pub(super) fn ends(customer: &Customer, request: &Request, now: DateTime<Utc>) -> Vec<EndView> {
    let known = outlook(customer, request, now);
    let known = known.into_iter().filter_map(|one| customer.certificate(one.certificate).map(|found| (one, found)));
    known
        .map(|(one, found)| EndView {
            certificate_id: found.id.to_string(),
            user_id: found.user.to_string(),
            contract: found.contract.to_string(),
            device_label: found.device_label.clone(),
            state: found.state,
            at_confirmation: one.at_confirmation,
            on: one.on.map(|day| day.to_string()),
            reason: one.reason,
        })
        .collect()
}
