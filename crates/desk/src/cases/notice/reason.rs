//! Why a certificate was revoked, in the branch's words. The log keeps RFC 5280's reason; what stands behind it is found
//! where it was brought in: the report, the application, or the contract.

use chrono::{DateTime, Utc};
use domain::customer::{
    Certificate, Customer, Incident, IncidentOutcome, Request, Revocation, RevocationReason, StopScope,
};

use crate::cases::words;

/// The branch's word, and the time of the loss if the caller knew it.
pub(super) struct Why {
    pub(super) word: &'static str,
    pub(super) lost_at: Option<DateTime<Utc>>,
}

/// The report that ended in this revocation.
fn report<'a>(customer: &'a Customer, certificate: &Certificate, revoked: &Revocation) -> Option<&'a Incident> {
    let covers = |incident: &Incident| match &incident.scope {
        StopScope::User { user } => *user == certificate.user,
        StopScope::Contract { contract } => {
            *contract == certificate.contract
                || customer.user(&certificate.user).is_some_and(|(found, _)| found.number == *contract)
        }
    };
    customer.incidents.iter().rev().find(|incident| {
        incident.outcome == Some(IncidentOutcome::Revoked)
            && revoked.invalid_from.is_some_and(|from| from <= incident.lost_at.unwrap_or(incident.reported_at))
            && incident.reported_at <= revoked.at
            && covers(incident)
    })
}

/// The certificate or right that took its place.
fn successor<'a>(customer: &'a Customer, certificate: &Certificate, revoked: &Revocation) -> Option<&'a Certificate> {
    customer
        .certificates
        .iter()
        .filter(|c| c.user == certificate.user && c.id != certificate.id && c.granted_at <= revoked.at)
        .filter(|c| c.granted_at >= certificate.granted_at)
        .max_by_key(|c| c.granted_at)
}

/// Has the institution stopped it, whatever the reason in the list says?
fn forced(customer: &Customer, certificate: &Certificate, revoked: &Revocation) -> bool {
    revoked.reason == RevocationReason::PrivilegeWithdrawn
        || customer.applications.iter().any(|one| {
            one.decided_at == Some(revoked.at)
                && matches!(&one.request, Request::ForceStop { users, .. } if users.contains(&certificate.user))
        })
}

pub(super) fn of(customer: &Customer, certificate: &Certificate, revoked: &Revocation) -> Why {
    if forced(customer, certificate, revoked) {
        return Why { word: "強制停止", lost_at: None };
    }
    if let Some(incident) = report(customer, certificate, revoked) {
        return Why { word: words::incident_cause(incident.cause), lost_at: incident.lost_at };
    }
    let word = match revoked.reason {
        RevocationReason::PrivilegeWithdrawn => "強制停止",
        RevocationReason::CessationOfOperation => ended(customer, certificate),
        RevocationReason::AffiliationChanged => "名義変更",
        RevocationReason::KeyCompromise | RevocationReason::Superseded => replaced(customer, certificate, revoked)
            .unwrap_or(match revoked.reason {
                RevocationReason::KeyCompromise => "鍵の危殆化",
                _ => "新しい電子証明書への切替",
            }),
    };
    Why { word, lost_at: None }
}

fn ended(customer: &Customer, certificate: &Certificate) -> &'static str {
    let contract = customer.contract(&certificate.contract);
    let removed = contract.is_some_and(|c| c.users.iter().any(|u| u.id == certificate.user && u.removed));
    match contract {
        _ if removed => "利用者IDの削除",
        Some(contract) if contract.successor.is_some() => "再契約",
        _ => "解約",
    }
}

fn replaced(customer: &Customer, certificate: &Certificate, revoked: &Revocation) -> Option<&'static str> {
    let successor = successor(customer, certificate, revoked)?;
    if successor.renews.is_some() {
        return Some("更新");
    }
    match &customer.application(successor.application)?.request {
        Request::Reissue { cause, .. } => Some(words::reissue_cause(*cause)),
        Request::Rename { .. } => Some("名義変更"),
        Request::Recontract { .. } => Some("再契約"),
        _ => None,
    }
}

/// What the customer does now; one step a line.
pub(super) fn next_steps(customer: &Customer, certificate: &Certificate, revoked: &Revocation) -> &'static str {
    let others = || customer.certificates.iter().filter(|c| c.user == certificate.user && c.id != certificate.id);
    let goes_on = customer
        .user(&certificate.user)
        .is_some_and(|(contract, user)| contract.active && contract.closing_on.is_none() && !user.removed);
    if others().any(|c| c.state.usable()) {
        "新しい電子証明書が有効です。WEB-FBログイン画面の「電子証明書ログイン」から、新しい電子証明書を選んでログインしてください。"
    } else if others().any(|c| c.state.successor()) {
        "新しい電子証明書の発行通知書をお渡しします。発行通知書に記載の取得期限までに、電子証明書を取得してください。取得が終わるまではログインできません。"
    } else if forced(customer, certificate, revoked) {
        "この利用者IDでは、WEB-FBにログインできません。詳しくは、お取引店へお問い合わせください。"
    } else if !goes_on {
        "この利用者IDでは、今後WEB-FBにログインできません。再びご利用になるときは、お取引店の窓口または渉外担当者へお申し出ください。"
    } else if revoked.reason == RevocationReason::KeyCompromise {
        "引き続きご利用になるときは、再発行のお申し込みが必要です。お取引店の窓口または渉外担当者へお申し出ください。
お使いになるパソコンのウイルス検査を済ませてから、お申し込みください。
パソコンが後で見つかったときも、失効した電子証明書は使えません。"
    } else {
        "引き続きご利用になるときは、再発行のお申し込みが必要です。お取引店の窓口または渉外担当者へお申し出ください。"
    }
}
