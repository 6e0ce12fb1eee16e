//! 一時停止: stopped at a report, what was not yet fetched too.

use domain::customer::{Certificate, CertificateState, Customer, CustomerEvent};
use domain::id::CertificateId;

use super::{Letter, UNEXPECTED, cause_word, chosen, paragraphs};

pub(super) fn suspended(customer: &Customer, events: &[&CustomerEvent]) -> Option<Letter> {
    let cause = events.iter().find_map(|event| match event {
        CustomerEvent::IncidentReported { cause, .. } => Some(*cause),
        _ => None,
    })?;
    let state = |id: &CertificateId| customer.certificate(*id).map(|found| found.state);
    // One that was stopped as lost before, too.
    let suspended = |id: &CertificateId| state(id) == Some(CertificateState::Suspended);
    let stopped = chosen(customer, events, |event| match event {
        CustomerEvent::CertificateSuspended { certificate, .. } => Some(*certificate),
        CustomerEvent::RightFrozen { certificate, .. } if suspended(certificate) => Some(*certificate),
        _ => None,
    });
    let in_grace = |id: &CertificateId| customer.certificate(*id).is_some_and(Certificate::in_grace);
    let frozen = |expired: bool| {
        chosen(customer, events, move |event| match event {
            CustomerEvent::RightFrozen { certificate, .. }
                if in_grace(certificate) == expired && !suspended(certificate) =>
            {
                Some(*certificate)
            }
            _ => None,
        })
    };
    let (frozen, expired) = (frozen(false), frozen(true));
    let mut text = format!("「{}」のご連絡により、次のとおり停止しました。\n", cause_word(cause));
    if !stopped.is_empty() {
        text.push_str("\n【一時停止した電子証明書】ログインできません。\n");
        text.push_str(&paragraphs(stopped));
    }
    if !frozen.is_empty() {
        text.push_str("\n【取得を停止したもの】取得の書面をお持ちでも、取得できません。\n");
        text.push_str(&paragraphs(frozen));
    }
    if !expired.is_empty() {
        text.push_str(
            "\n【再取得を停止したもの】有効期限の切れた電子証明書です。新しい電子証明書に取り替えられません。\n",
        );
        text.push_str(&paragraphs(expired));
    }
    text.push_str(&format!(
        "\n停止の解除または失効は、取引店でのお手続きが必要です。取引店からのご連絡をお待ちください。\n{UNEXPECTED}"
    ));
    Some(Letter { kind: "suspended", subject: "電子証明書を一時停止しました".to_owned(), text })
}
