//! 取得: somebody fetched a certificate, with a code or as a renewal. The registered contact is told of every one.

use chrono::{DateTime, Utc};
use domain::calendar::jst_day;
use domain::customer::{Certificate, Customer, CustomerEvent};

use super::{Letter, chosen, day, minute, paragraph};

pub(super) fn fetched(customer: &Customer, events: &[&CustomerEvent], now: DateTime<Utc>) -> Option<Letter> {
    let signed = chosen(customer, events, |event| match event {
        CustomerEvent::CertificateSigned { certificate, .. } => Some(*certificate),
        _ => None,
    });
    let renewed = signed.first()?.renews.is_some();
    let about = |certificate: &Certificate| {
        let mut more = vec![("取得日時", minute(now))];
        if let Some(signed) = &certificate.signed {
            more.push(("有効期限", day(jst_day(signed.not_after))));
        }
        paragraph(certificate, &more)
    };
    let list: String = signed.into_iter().map(about).collect();
    let (subject, what) = if renewed {
        ("電子証明書が更新されました", "電子証明書の更新により、新しい電子証明書が取得されました。")
    } else {
        ("電子証明書が取得されました", "電子証明書が取得されました。")
    };
    Some(Letter {
        kind: "fetched",
        subject: subject.to_owned(),
        text: format!(
            "{what}\n\n{list}\n\
             お心当たりがない場合は、第三者による不正な取得のおそれがあります。\n\
             ただちに取引店または下記へご連絡ください。電子証明書を一時停止します。"
        ),
    })
}
