//! A certificate ends soon.

use chrono::{DateTime, Days, Utc};
use domain::Policy;
use domain::calendar::{jst_day, later};
use domain::customer::Certificate;

use super::{Letter, day, paragraph};

/// `None` for what was never signed.
pub(in crate::mail) fn ending(certificate: &Certificate, policy: &Policy, now: DateTime<Utc>) -> Option<Letter> {
    let ends_on = jst_day(certificate.signed.as_ref()?.not_after);
    let left = (ends_on - jst_day(now)).num_days();
    let opens_on = ends_on.checked_sub_days(Days::new(u64::from(policy.renewal_opens_days)))?;
    let more = [
        ("有効期限", format!("{}(あと{left}日)", day(ends_on))),
        ("更新できる期間", format!("{}から有効期限まで", day(opens_on))),
    ];
    let list = paragraph(certificate, &more);
    let after = match policy.grace_days {
        0 => "有効期限を過ぎると、取引店での再発行のお手続きが必要です。".to_owned(),
        days => format!(
            "有効期限を過ぎるとログインできなくなります。{}までは同じ画面から取得し直せますが、\nその後は取引店での再発行のお手続きが必要です。",
            day(later(ends_on, days))
        ),
    };
    Some(Letter {
        kind: "ending",
        subject: format!("電子証明書の有効期限のお知らせ(あと{left}日)"),
        text: format!(
            "電子証明書の有効期限が近づいています。\n今の電子証明書が入っているパソコンで、WEB-FBログイン画面の\n\
             「電子証明書の取得・更新」から更新してください。\n\n{list}\n{after}"
        ),
    })
}
