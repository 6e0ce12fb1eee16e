//! 停止解除: what a report had stopped works again.

use domain::customer::{Customer, CustomerEvent};

use super::{Letter, UNEXPECTED, chosen, paragraphs};

pub(super) fn resumed(customer: &Customer, events: &[&CustomerEvent]) -> Option<Letter> {
    let works = chosen(customer, events, |event| match event {
        CustomerEvent::CertificateResumed { certificate } => Some(*certificate),
        _ => None,
    });
    let open = chosen(customer, events, |event| match event {
        CustomerEvent::RightReleased { certificate } => Some(*certificate),
        _ => None,
    });
    if works.is_empty() && open.is_empty() {
        return None;
    }
    let mut text = "一時停止を解除しました。\n".to_owned();
    if !works.is_empty() {
        text.push_str("\n【解除した電子証明書】ふたたびログインできます。\n");
        text.push_str(&paragraphs(works));
    }
    if !open.is_empty() {
        text.push_str("\n【取得の停止を解除したもの】取得期限までに取得できます。\n");
        text.push_str(&paragraphs(open));
    }
    text.push_str(&format!("\n{UNEXPECTED}"));
    Some(Letter { kind: "resumed", subject: "電子証明書の一時停止を解除しました".to_owned(), text })
}
