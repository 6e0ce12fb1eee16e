//! 発行: rights to fetch were granted.

use chrono::{DateTime, Utc};
use domain::calendar::jst_day;
use domain::customer::{Certificate, Customer, CustomerEvent};

use super::{Letter, UNEXPECTED, chosen, day, paragraph};

pub(super) fn issued(customer: &Customer, events: &[&CustomerEvent], now: DateTime<Utc>) -> Option<Letter> {
    let granted = chosen(customer, events, |event| match event {
        CustomerEvent::RightGranted { certificate, .. } => Some(*certificate),
        _ => None,
    });
    if granted.is_empty() {
        return None;
    }
    let about = |certificate: &Certificate| {
        let mut more = Vec::new();
        let opens = customer.contract(&certificate.contract).map(|c| c.opened_on);
        if let Some(opens) = opens.filter(|opens| *opens > jst_day(now)) {
            more.push(("取得開始日", day(opens)));
        }
        more.push(("取得期限", day(certificate.deadline)));
        paragraph(certificate, &more)
    };
    let list: String = granted.into_iter().map(about).collect();
    Some(Letter {
        kind: "issued",
        subject: "電子証明書を発行しました(取得のお願い)".to_owned(),
        text: format!(
            "お申し込みの電子証明書を発行しました。\n取引店からお渡しする書面をご用意のうえ、取得期限までに、WEB-FBログイン画面の\n\
             「電子証明書の取得・更新」から取得してください。\n\n{list}\n\
             取得コードは書面だけに記載しています。メールでお送りすることはありません。\n{UNEXPECTED}"
        ),
    })
}
