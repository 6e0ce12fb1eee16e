//! Renewal and re-acquisition: the holder of a certificate replaces it on-line. Whoever shows the certificate is
//! authenticated by that; whether it may be replaced is decided here, from its state and nothing else.

use chrono::{Days, NaiveDate};

use super::command::ChosenUser;
use super::decide::Context;
use super::event::CustomerEvent as E;
use super::state::{Certificate, CertificateState, Customer, RevocationReason};
use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::CertificateId;

fn refused(state: &str) -> Refusal {
    Refusal::new(ErrorCode::RenewalRefused).with("state", state)
}

/// May the holder of this certificate replace it now? Gives the day after which he can't any more.
///
/// # Errors
/// [`ErrorCode::RenewalNotOpen`], [`ErrorCode::RenewalTooLate`], [`ErrorCode::RenewalRefused`],
/// [`ErrorCode::CertificateUnknown`].
pub fn may_renew(customer: &Customer, id: CertificateId, context: &Context<'_>) -> Result<NaiveDate, Refusal> {
    let present = customer.certificate(id).ok_or(ErrorCode::CertificateUnknown)?;
    let signed = present.signed.as_ref().ok_or(ErrorCode::CertificateUnknown)?;
    if present.held.is_some() {
        return Err(refused("suspended"));
    }
    let ends_on = calendar::jst_day(signed.not_after);
    let last = calendar::later(ends_on, context.policy.grace_days);
    let opens_on =
        ends_on.checked_sub_days(Days::new(u64::from(context.policy.renewal_opens_days))).unwrap_or(NaiveDate::MIN);
    match present.state {
        CertificateState::Active if calendar::jst_day(context.now) < opens_on => {
            return Err(Refusal::new(ErrorCode::RenewalNotOpen).with("opens_on", opens_on));
        }
        CertificateState::Active | CertificateState::Expired if calendar::passed(last, context.now) => {
            return Err(Refusal::new(ErrorCode::RenewalTooLate).with("ended_on", ends_on));
        }
        CertificateState::Active => {}
        CertificateState::Expired if present.grace_over => {
            return Err(Refusal::new(ErrorCode::RenewalTooLate).with("ended_on", ends_on));
        }
        CertificateState::Expired => {}
        other => return Err(refused(other.as_str())),
    }
    let contract = customer.contract(&present.contract).filter(|c| c.active).ok_or_else(|| refused("closed"))?;
    // After a 再契約 the user ID lives in the new contract, and its certificate is fetched there.
    if !contract.users.iter().any(|u| u.id == present.user && !u.removed) {
        return Err(refused("removed"));
    }
    let mut later = customer.certificates.iter().filter(|c| c.user == present.user && c.id != id);
    match later.find(|c| c.state.usable() || (c.granted_at > present.granted_at && barred(c))) {
        Some(one) if one.state.usable() => Err(refused("replaced")),
        Some(_) => Err(refused("revoked")),
        None => Ok(last),
    }
}

/// Taken away from its holder. An older certificate does not give him another one.
fn barred(certificate: &Certificate) -> bool {
    use RevocationReason::{KeyCompromise, PrivilegeWithdrawn};
    certificate.revocation.as_ref().is_some_and(|one| matches!(one.reason, KeyCompromise | PrivilegeWithdrawn))
}

pub(super) fn renew(
    customer: &Customer,
    id: CertificateId,
    again: bool,
    context: &Context<'_>,
) -> Result<Vec<E>, Refusal> {
    let last = may_renew(customer, id, context)?;
    let present = customer.certificate(id).ok_or(ErrorCode::CertificateUnknown)?;
    let mut events = Vec::new();
    if let Some(begun) = customer.certificates.iter().find(|c| c.user == present.user && c.state.successor()) {
        if begun.renews != Some(id) || !again {
            return Err(Refusal::new(ErrorCode::SuccessorExists).with("user_id", &present.user));
        }
        events.push(E::RightCancelled { certificate: begun.id });
    }
    let rights = customer.certificates.iter().filter(|c| c.application == present.application);
    let number = rights.filter(|c| c.user == present.user).count();
    events.push(E::RenewalGranted {
        certificate: CertificateId::of(present.application, &present.user, u32::try_from(number).unwrap_or(u32::MAX)),
        replaces: id,
        deadline: last.min(calendar::days_after(context.now, context.policy.pickup_deadline_days)),
    });
    Ok(events)
}

/// What the branch approves for a user ID ends a renewal that was begun and not finished.
pub(super) fn cancelled<'a>(customer: &'a Customer, users: &'a [ChosenUser]) -> impl Iterator<Item = E> + 'a {
    let begun = |c: &&Certificate| c.state.successor() && c.renews.is_some() && users.iter().any(|u| u.user == c.user);
    customer.certificates.iter().filter(begun).map(|c| E::RightCancelled { certificate: c.id })
}
