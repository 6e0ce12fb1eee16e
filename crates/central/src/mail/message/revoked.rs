//! 失効: ended for good, with the branch's word for the reason.

use domain::customer::{
    Certificate, Customer, CustomerEvent, IncidentOutcome, ReissueCause, Request, RevocationReason,
};

use super::{Letter, UNEXPECTED, cause_word, chosen, paragraph, paragraphs};

pub(super) fn revoked(customer: &Customer, events: &[&CustomerEvent]) -> Option<Letter> {
    let ended = chosen(customer, events, |event| match event {
        CustomerEvent::CertificateRevoked { certificate, .. } => Some(*certificate),
        _ => None,
    });
    let mut cancelled = chosen(customer, events, |event| match event {
        CustomerEvent::RightCancelled { certificate } => Some(*certificate),
        _ => None,
    });
    // A renewal that was begun and not finished is nothing the customer holds.
    cancelled.retain(|c| c.renews.is_none());
    if ended.is_empty() && cancelled.is_empty() {
        return None;
    }
    let subject = if ended.is_empty() {
        "電子証明書の発行を取り消しました"
    } else {
        "電子証明書を失効しました"
    };
    let mut text = String::new();
    if !ended.is_empty() {
        text.push_str("次の電子証明書を失効しました。この電子証明書では二度とログインできません。\n\n");
        for certificate in ended {
            text.push_str(&paragraph(certificate, &[("理由", word(customer, events, certificate).to_owned())]));
        }
    }
    if !cancelled.is_empty() {
        let space = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!(
            "{space}まだ取得されていない次の発行を取り消しました。書面をお持ちでも、取得できません。\n\n"
        ));
        text.push_str(&paragraphs(cancelled));
    }
    text.push_str(&format!("\n{UNEXPECTED}"));
    Some(Letter { kind: "revoked", subject: subject.to_owned(), text })
}

/// The branch's word: what brought the customer to the branch, as far as the act tells, else what the reason means.
fn word(customer: &Customer, events: &[&CustomerEvent], certificate: &Certificate) -> &'static str {
    let reason = certificate.revocation.as_ref().map(|r| r.reason);
    if forced(customer, events) {
        return "強制停止(当金庫による利用停止)";
    }
    match reason {
        Some(RevocationReason::KeyCompromise) => {
            report(customer, events).or(reissue(customer, events)).unwrap_or("鍵がほかの人に使われるおそれ")
        }
        Some(RevocationReason::AffiliationChanged) => "名義変更",
        Some(RevocationReason::Superseded) => reissue(customer, events).unwrap_or("新しい電子証明書への切替"),
        Some(RevocationReason::CessationOfOperation) => cessation(customer, events, certificate),
        Some(RevocationReason::PrivilegeWithdrawn) => "強制停止(当金庫による利用停止)",
        None => "お手続き",
    }
}

/// Whatever the reason in the list says: the institution has stopped it.
fn forced(customer: &Customer, events: &[&CustomerEvent]) -> bool {
    events.iter().any(|event| match event {
        CustomerEvent::ApplicationApproved { application } => {
            customer.application(*application).is_some_and(|found| matches!(found.request, Request::ForceStop { .. }))
        }
        _ => false,
    })
}

fn report(customer: &Customer, events: &[&CustomerEvent]) -> Option<&'static str> {
    events.iter().find_map(|event| match event {
        CustomerEvent::IncidentClosed { incident, outcome: IncidentOutcome::Revoked } => {
            customer.incident(*incident).map(|found| cause_word(found.cause))
        }
        _ => None,
    })
}

/// By the application that was approved, or by the one whose certificate has now taken the place.
fn reissue(customer: &Customer, events: &[&CustomerEvent]) -> Option<&'static str> {
    let application = events.iter().find_map(|event| match event {
        CustomerEvent::ApplicationApproved { application } => Some(Ok(*application)),
        CustomerEvent::CertificateActivated { certificate } => {
            let new = customer.certificate(*certificate)?;
            Some(if new.renews.is_some() {
                Err("更新(新しい電子証明書への切替)")
            } else {
                Ok(new.application)
            })
        }
        _ => None,
    })?;
    let application = match application {
        Ok(id) => customer.application(id)?,
        Err(word) => return Some(word),
    };
    let Request::Reissue { cause, .. } = &application.request else { return None };
    Some(match cause {
        ReissueCause::Broken => "故障・修理・再インストール",
        ReissueCause::DiskLeft => "故障・修理(ディスクがお客様の手元を離れたため)",
        ReissueCause::Deleted => "誤削除",
        ReissueCause::Vanished => "電子証明書の消失(不正利用のおそれ)",
        ReissueCause::Replaced => "PC入替",
        ReissueCause::Renamed => "名義変更",
        ReissueCause::Ended => return None,
    })
}

fn cessation(customer: &Customer, events: &[&CustomerEvent], certificate: &Certificate) -> &'static str {
    if events.iter().any(|e| matches!(e, CustomerEvent::UserRemoved { user, .. } if *user == certificate.user)) {
        return "利用者削除";
    }
    match customer.contract(&certificate.contract).and_then(|c| c.successor.as_ref()) {
        Some(_) => "再契約",
        None => "解約",
    }
}
